"""With every version what follows from its roads and from who held what; a small write gives what all anew would."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from kg import files, publish
from kg.derive import holdings, ways
from kg.derive.opening import open_situation
from kg.derive.publishing import rebuild
from kg.derive.standing import standing
from kg.derive.stored import FORMAT, folder, stored, without_roads
from kg.derive.writing import GRAPH
from kg.errors import Refused, StoreUnreadable
from kg.ontology import PREFIXES
from kg.store import open_store
from kg.store.embedded import Store
from kg.store.pool import Limits
from kg.store.terms import read_rows
from tests.conftest import load
from tests.elsewhere.stores import Place, Stores

USED = ("kg", "event", "claim", "source", "place", "actor", "road", "segment", "when", "graph", "prov", "xsd", "edtf")
PROLOGUE = "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in USED)
GOVERNMENT = f"{PREFIXES['actor']}islamic-republic-government"


@pytest.fixture
def store(shipped: Store, tmp_path: Path, stores: Stores) -> Iterator[Store]:
    """A copy of the store with everything that is shipped, to write to."""
    copy = open_store(stores.copy(shipped.origin, tmp_path / "copy"), Limits(children=1))
    yield copy
    copy.close()


@pytest.fixture
def kept(store: Store) -> Store:
    """The same, with what was made of its version beside it."""
    keep(store, "city-zaranj")
    return store


def keep(store: Store, place: str) -> None:
    """Have what is made of a version beside it: of an engine's it is once somebody has written from here."""
    if not isinstance(store.origin, Path):
        update(store, f"INSERT DATA {{ GRAPH graph:notes {{ place:{place} kg:isoCode 'XX' }} }}")


def update(store: Store, text: str) -> None:
    publish.write(store, [{"update": PROLOGUE + text}], who="test")


def said(store: Store) -> str:
    """All that is derived, in order."""
    text = store.query(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{GRAPH}> {{ ?s ?p ?o }} }}", graph="nt").text()
    return "\n".join(sorted(text.splitlines()))


def anew(store: Store) -> str:
    """All that is derived from what the published version asserts, found from everything."""
    with store.candidate() as candidate:
        rebuild(candidate)
        candidate.settle()
        lines = str(candidate.graph(GRAPH).serialize(format="nt")).splitlines()
    return "\n".join(sorted(line for line in lines if line))


def select(store: Store, text: str) -> list[dict[str, str]]:
    rows = read_rows(store.query(PROLOGUE + text).read())
    return [{name: str(value).rpartition("/")[2] for name, value in row.items()} for row in rows]


CAPTURE = """INSERT DATA {{ GRAPH graph:record {{
    event:new a kg:ControlChange ; kg:eventType kg:Capture ; kg:place place:{place} ; kg:extent kg:Whole ;
      kg:toController actor:{actor} ; kg:when when:new .
    when:new a kg:When ; kg:edtf "{day}"^^edtf:EDTF ; kg:earliest "{day}"^^xsd:date ;
      kg:latest "{day}"^^xsd:date ; kg:precision kg:Day .
    claim:new a kg:Claim ; kg:about event:new ; kg:stance kg:Reports ; kg:source source:new ;
      kg:gloss "It was taken."@en ; kg:recordedAt "2026-01-01T00:00:00Z"^^xsd:dateTime .
    source:new a kg:Source ; kg:sourceKind kg:Dataset ; kg:published when:new ;
      <http://www.w3.org/2004/02/skos/core#prefLabel> "new"@en }} }}"""

WRITES = {
    "a claim more": CAPTURE.format(place="city-pul-e-khumri", actor="islamic-republic-government", day="2021-08-12"),
    "a claim taken back": """INSERT { GRAPH graph:record { ?claim kg:retiredAt "2027-02-01T00:00:00Z"^^xsd:dateTime } }
        WHERE { GRAPH graph:record { ?claim kg:about/kg:place place:city-charikar } }""",
    "a silent place": """INSERT { GRAPH graph:record { ?claim kg:retiredAt "2027-02-01T00:00:00Z"^^xsd:dateTime } }
        WHERE { GRAPH graph:record { ?claim kg:about/kg:place place:city-zaranj } }""",
    "an area": """INSERT { GRAPH graph:record { ?claim kg:retiredAt "2027-02-01T00:00:00Z"^^xsd:dateTime } }
        WHERE { GRAPH graph:record { ?claim kg:about/kg:place place:province-wardak } }""",
    "a road less": """DELETE WHERE { GRAPH graph:routes { segment:city-charikar--city-kabul ?p ?o } } ;
        DELETE WHERE { GRAPH graph:routes { ?road kg:segment segment:city-charikar--city-kabul ; ?p ?o } }""",
    "another seat": """DELETE { GRAPH ?g { actor:islamic-republic-government kg:seat ?seat } }
        INSERT { GRAPH ?g { actor:islamic-republic-government kg:seat place:city-herat } }
        WHERE { GRAPH ?g { actor:islamic-republic-government kg:seat ?seat } }""",
}


def test_small_writes_are_like_finding_everything_anew(store: Store) -> None:
    assert said(store) == anew(store)
    for name, text in WRITES.items():
        before = said(store)
        update(store, text)
        assert said(store) == anew(store), name
        assert said(store) != before, name


def test_what_concerns_neither_roads_nor_control_keeps_all_files(kept: Store) -> None:
    before = kept.published.directory()
    update(kept, 'INSERT DATA { GRAPH graph:notes { place:city-kunduz kg:isoCode "KDZ" } }')
    after = kept.published.directory()
    names = {path.name: path.stat().st_ino for path in folder(before).iterdir()}
    assert names == {path.name: path.stat().st_ino for path in folder(after).iterdir()}
    assert len(names) == 4
    update(kept, WRITES["a claim more"])
    network = folder(kept.published.directory()) / "network.npz"
    assert network.stat().st_ino == names["network.npz"]


def test_everything_leads_on_to_claims_and_pieces_of_road(shipped: Store) -> None:
    kinds = {"RouteState": 24, "Pocket": 1, "HoldingChange": 1, "Chokepoint": 1}
    for kind, least in kinds.items():
        every = select(shipped, f"SELECT ?x {{ GRAPH <{GRAPH}> {{ ?x a kg:{kind} ; prov:wasGeneratedBy ?how }} }}")
        assert len(every) >= least, kind
    lost = """SELECT ?x ?why { VALUES ?by { kg:because kg:blockedBy prov:wasDerivedFrom }
        GRAPH <%s> { ?x ?by ?why }
        FILTER NOT EXISTS { ?why prov:wasDerivedFrom/kg:source ?source }
        FILTER NOT EXISTS { ?why a kg:RouteSegment ; kg:endpoint ?place } }"""
    assert select(shipped, lost % GRAPH) == []
    for kind in ("Pocket", "HoldingChange"):
        bare = f"SELECT ?x {{ ?x a kg:{kind} FILTER NOT EXISTS {{ ?x kg:because ?why }} }}"
        assert select(shipped, bare) == [], kind


def test_every_statement_is_as_the_ontology_has_it(shipped: Store) -> None:
    """No term is used on what it is not for; and each is defined."""
    foreign = """SELECT DISTINCT ?kind ?term { GRAPH <%s> { ?x a ?kind ; ?term ?value } ?kind rdfs:isDefinedBy ?ontology
        FILTER(STRSTARTS(STR(?term), STR(kg:))) FILTER NOT EXISTS { ?term rdfs:domain|schema:domainIncludes ?kind } }"""
    names = f"PREFIX rdfs: <{PREFIXES['rdfs']}>\nPREFIX schema: <{PREFIXES['schema']}>\n"
    assert select(shipped, names + foreign % GRAPH) == []
    loose = """SELECT ?kind { GRAPH <%s> { ?x a ?kind FILTER(?kind != prov:Activity) }
        FILTER NOT EXISTS { ?kind a owl:Class } }"""
    assert select(shipped, f"PREFIX owl: <{PREFIXES['owl']}>\n" + loose % GRAPH) == []


def test_on_every_day_it_is_what_is_answered_for_that_day(shipped: Store) -> None:
    here = open_situation(shipped)
    actor = here.network.actors.number(GOVERNMENT)
    query = """SELECT ?what ?state ?from ?sure ?unsure ?until { ?x %s ?what ; kg:possibleFrom ?from ;
        kg:holder actor:islamic-republic-government
        OPTIONAL { ?x kg:certainFrom ?sure } OPTIONAL { ?x kg:certainUntil ?unsure }
        OPTIONAL { ?x kg:possibleUntil ?until } OPTIONAL { ?x kg:state ?state } }"""
    pockets, roads = (select(shipped, query % what) for what in ("a kg:Pocket ; kg:place", "kg:route"))
    verdicts = {
        "ontology#Open": ("", "possible", "possible", "certain"),
        "ontology#Cut": ("certain", "possible", "", ""),
    }
    days = here.change_days().tolist()
    assert len(days) > 30
    for day in [*days, days[-1] + 1]:
        on, today = standing(here, day, actor), date.fromordinal(day).isoformat()
        told = {(row["what"], held(row, today)) for row in pockets if held(row, today)}
        assert told == {(slug(each.place), each.verdict) for each in holdings.pockets(on) or ()}, today
        states = {(row["what"], row["state"], held(row, today)) for row in roads if held(row, today)}
        answered = {
            (slug(each.road), state, verdict[each.strength])
            for each in ways.corridors(on) for state, verdict in verdicts.items()
        }  # fmt: skip
        assert states == {each for each in answered if each[2]}, today


def slug(name: str) -> str:
    return name.rpartition("/")[2]


def held(row: dict[str, str], day: str) -> str:
    """Whether a day is within bounds: possible, certain, or neither."""
    if not row["from"] <= day <= row.get("until", "9999"):
        return ""
    return "certain" if row.get("sure", "9999") <= day <= row.get("unsure", "9999") else "possible"


def test_why_a_road_was_cut_and_since_when_is_one_query(shipped: Store) -> None:
    rows = select(shipped, """SELECT ?possibly ?certainly ?place ?since ?claim ?source {
        ?state a kg:RouteState ; kg:route road:kabul-kandahar ; kg:state kg:Cut ; kg:possibleFrom ?possibly ;
          kg:certainFrom ?certainly ; kg:blockedBy ?by .
        ?by kg:place ?place ; kg:possibleFrom ?since ; prov:wasDerivedFrom ?claim . ?claim kg:source ?source
        } ORDER BY ?since ?place ?claim""")  # fmt: skip
    assert {(row["possibly"], row["certainly"]) for row in rows} == {("2021-05-11", "2021-08-12")}
    assert {(row["place"], row["since"]) for row in rows} >= {
        ("province-wardak", "2021-05-11"), ("province-ghazni", "2021-05-11"), ("city-ghazni", "2021-08-12"),
    }  # fmt: skip
    assert len({row["source"] for row in rows}) > 3


def test_a_retracted_claim_takes_what_rests_on_it_along(store: Store) -> None:
    """The place that most pockets are there because of is taken away from what is said; and so they are gone."""
    [most, *_] = select(store, """SELECT ?place (COUNT(DISTINCT ?x) AS ?n) { ?x a kg:Pocket ; kg:because/kg:place ?place
        } GROUP BY ?place ORDER BY DESC(?n) ?place""")  # fmt: skip
    resting = f"SELECT DISTINCT ?x {{ ?x a kg:Pocket ; kg:because/kg:place place:{most['place']} }}"
    assert len(select(store, resting)) > 3
    gone = 'kg:retiredAt "2027-02-01T00:00:00Z"^^xsd:dateTime'
    for graph in ("record", "seed"):
        update(store, f"""INSERT {{ GRAPH graph:{graph} {{ ?claim {gone} }} }}
            WHERE {{ GRAPH graph:{graph} {{ ?claim kg:about/kg:place place:{most["place"]} }} }}""")  # fmt: skip
    assert select(store, resting) == []
    assert said(store) == anew(store)


def test_a_place_that_alone_joins_what_is_held_around_it(store: Store) -> None:
    joined = """SELECT ?day ?before ?after { ?x a kg:HoldingChange ; kg:holder actor:taliban ; kg:onDate ?day ;
        kg:reading kg:Certainly ; kg:changeKind kg:Joined ; kg:because/kg:place place:city-charikar ;
        kg:piecesBefore ?before ; kg:piecesAfter ?after } ORDER BY ?day"""
    assert [row["day"] for row in select(store, joined)] == ["2021-08-17"]
    update(store, CAPTURE.format(place="city-charikar", actor="taliban", day="2021-08-16"))
    [row] = select(store, joined)
    assert (row["day"], row["after"]) == ("2021-08-16", "1")
    assert int(row["before"]) > 1


def test_nobody_writes_there_but_the_engine(store: Store) -> None:
    with pytest.raises(Refused, match="from the other graphs"):
        update(store, "INSERT DATA { GRAPH graph:derived\\/networks { place:city-kunduz a kg:Pocket } }")
    with pytest.raises(Refused, match="from the other graphs"):
        publish.write(store, [{"drop": GRAPH}], who="test")


def test_without_study_start_nothing_is_derived(empty: Store) -> None:
    load(empty, *(path for path in files.shipped_files() if path.stem in ("control", "gazetteer")))
    assert GRAPH not in empty.manifest().graphs
    assert not folder(empty.published.directory()).exists()


def test_a_store_without_roads_has_nothing_of_it(world: Place, tmp_path: Path, stores: Stores) -> None:
    with closing(open_store(stores.copy(world, tmp_path / "copy"), Limits(children=1))) as store:
        assert GRAPH not in store.manifest().graphs
        keep(store, "town-alden")
        before = folder(store.published.directory())
        assert {path.name for path in before.iterdir()} == {"format", "without-roads"}
        update(store, "INSERT DATA { GRAPH graph:notes { place:country-eastmark kg:isoCode 'EM' } }")
        assert without_roads(store.published.directory())
        update(
            store,
            """INSERT DATA { GRAPH graph:roads { segment:new a kg:RouteSegment ; kg:placeType kg:Road ;
            <http://www.w3.org/2004/02/skos/core#prefLabel> "new"@en ; kg:roadEvidence kg:RoadShown ;
            kg:endpoint place:town-alden , place:country-eastmark } }""",
        )
        assert not without_roads(store.published.directory())
        assert said(store) == anew(store) != ""


@pytest.mark.embedded("the directory is looked at")
def test_a_version_of_another_release_is_derived_anew_with_the_next_write(store: Store) -> None:
    before = said(store)
    here = folder(store.published.directory())
    number = here / "format"
    number.unlink()
    number.write_text(f"{FORMAT + 1}\n")
    assert stored(store.published.directory()) is None
    update(store, WRITES["a claim more"])
    assert stored(store.published.directory()) is not None
    assert said(store) == anew(store) != before


def test_a_damaged_file_is_told(kept: Store) -> None:
    path = folder(kept.published.directory()) / "found.npz"
    path.unlink()
    path.write_bytes(b"nothing")
    with pytest.raises(StoreUnreadable, match="networks"):
        stored(kept.published.directory())


SOME = """
import hashlib
from itertools import islice
from kg.derive.writing import written
from tests import network_worlds as golden
from tests.test_networks_renewed import stored
from tests.elsewhere.stores import Place, Stores
told = hashlib.sha256()
for world in islice(golden.worlds(golden.GOLDEN / "networks.jsonl"), 0, None, 25):
    told.update(b"".join(written(stored(golden.situation(world)))))
print(told.hexdigest())
"""


def test_the_same_bytes_under_other_hash_seeds() -> None:
    root = Path(__file__).parent.parent
    found = {
        subprocess.run(
            [sys.executable, "-c", SOME], env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(root)},
            capture_output=True, text=True, check=True, cwd=root,
        ).stdout for seed in ("1", "2021")
    }  # fmt: skip
    assert len(found) == 1
    assert found != {hashlib.sha256().hexdigest() + "\n"}
