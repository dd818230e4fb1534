"""Links to another data set: proposed from a second engine and from files, reviewed, checked, enriched; and who answers
badly."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from urllib.parse import quote

import pytest
from click.testing import Result
from hypothesis import given
from hypothesis import strategies as st
from rdflib import Graph

from kg import publish
from kg.distances import kilometres
from kg.errors import BadFile, BadReview, ElsewhereFailed, Refused
from kg.gazetteer import Entry, Gazetteer, open_gazetteer
from kg.kinds import sorts
from kg.links import checking, deciding, enriching, proposing, reading, review, stated, things
from kg.links.endpoint import Endpoint
from kg.links.scoring import Pool, Proposal, Score, Scorer, nearness
from kg.links.things import Thing
from kg.store import open_store
from kg.store.embedded import Store
from kg.store.pool import Limits
from kg.store.terms import Row
from tests.elsewhere.engine import Elsewhere
from tests.elsewhere.hostile import Hostile
from tests.elsewhere.stores import Place, Stores, command, settings_of

WD = "http://www.wikidata.org/entity/"
PLACE = "https://w3id.org/controlgraph/id/place/"
POPULATION = "http://www.wikidata.org/prop/direct/P1082"
INSTANCE = "http://www.wikidata.org/prop/direct/P31"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
GRAPHS = "https://w3id.org/controlgraph/graph/"


@pytest.fixture
def mine(shipped: Store, tmp_path: Path, stores: Stores) -> Iterator[Store]:
    """A store of what is shipped, to write to."""
    store = open_store(stores.copy(shipped.origin, tmp_path / "store"), Limits(children=1))
    yield store
    store.close()


@pytest.fixture(scope="module")
def bare(shipped: Store, tmp_path_factory: pytest.TempPathFactory, stores: Stores) -> Iterator[Store]:
    """A store of what is shipped without its links; tests only read it."""
    store = open_store(stores.copy(shipped.origin, tmp_path_factory.mktemp("bare") / "store"), Limits(children=1))
    publish.write(store, [{"drop": f"{GRAPHS}links"}], who="test")
    yield store
    store.close()


def quick(address: str, **limits: float) -> Endpoint:
    """An endpoint without pauses between queries."""
    return Endpoint(address, **{"rate": 10_000, "tries": 1, "seconds": 20, **limits})  # type: ignore[arg-type]


def run(store: Place, *arguments: str) -> Result:
    return command(store, *arguments)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def decide(path: Path, decision: Callable[[dict[str, str]], str]) -> None:
    """Fill in the decisions of a review."""
    told = rows(path)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, review.COLUMNS)
        writer.writeheader()
        writer.writerows({**row, "decision": decision(row)} for row in told)


def ask(store: Store, query: str) -> str:
    return store.query(query, results="csv").text()


# ── proposals from an engine that is not ours ─────────────────────────────────────────────────────────────────────────


def test_every_match_that_is_known_is_proposed_first(bare: Store, shipped: Store, elsewhere: Elsewhere) -> None:
    truth = {
        (link.subject, link.target)
        for link in stated.links(shipped)
        if link.status == stated.ACCEPTED and link.relation == stated.EXACT and link.target.startswith(WD)
        and link.subject.startswith(PLACE)
    }  # fmt: skip
    assert len(truth) > 60
    gazetteer = open_gazetteer(bare)
    ours = proposing.choose(gazetteer, ["place"], [])
    found = proposing.from_endpoint(bare, quick(elsewhere.query), ours, 50)
    best: dict[str, str] = {}
    for each in found:
        best.setdefault(each.ours.iri, each.thing.iri)
    missed = {subject for subject, target in truth if best.get(subject) != target}
    assert missed == {f"{PLACE}town-islam-qala"}, "whose name there has a remark in it"


def test_a_namesake_far_away_is_not_proposed_and_one_of_another_sort_comes_last(
    bare: Store, elsewhere: Elsewhere
) -> None:
    gazetteer = open_gazetteer(bare)
    ours = proposing.choose(gazetteer, ["place"], [f"{PLACE}city-kandahar", f"{PLACE}city-kunduz"])
    found = proposing.from_endpoint(bare, quick(elsewhere.query), ours, 50)
    assert f"{WD}Q900000001" not in {each.thing.iri for each in found}, "1,600 km away"
    kunduz = [each for each in found if each.ours.slug == "city-kunduz"]
    river = next(each for each in kunduz if each.thing.iri == f"{WD}Q900000002")
    assert river is kunduz[-1]
    assert river.relation == "closeMatch"
    assert "type clashes" in river.score.evidence
    assert kunduz[0].relation == "exactMatch"
    assert kunduz[0].score.total > river.score.total


def test_what_lies_in_the_same_place_speaks_for_a_link(mine: Store, elsewhere: Elsewhere) -> None:
    """The provinces are linked already, so that their capitals can be told by what they lie in."""
    publish.write(
        mine,
        [{"update": f"""
            PREFIX kg: <https://w3id.org/controlgraph/ontology#>
            DELETE {{ GRAPH <{GRAPHS}links> {{ ?link ?property ?value . ?city ?match ?target }} }}
            WHERE {{ GRAPH <{GRAPHS}links> {{
              ?link kg:linkSubject ?city ; ?property ?value OPTIONAL {{ ?city ?match ?target }} }}
              FILTER(?city = <{PLACE}city-zaranj>) }}"""}],
        who="test",
    )  # fmt: skip
    ours = proposing.choose(open_gazetteer(mine), ["place"], [f"{PLACE}city-zaranj"])
    (found,) = proposing.from_endpoint(mine, quick(elsewhere.query), ours, 50)
    assert found.score.containment is True
    assert "lies in the same" in found.score.evidence
    assert found.score.total == 100


# ── the way through the command line ──────────────────────────────────────────────────────────────────────────────────


def test_from_a_proposal_to_a_link_with_its_provenance(mine: Store, elsewhere: Elsewhere, tmp_path: Path) -> None:
    location, path = mine.origin, tmp_path / "review.csv"
    drop = f"DROP GRAPH <{GRAPHS}links>"
    publish.write(mine, [{"update": drop}], who="test")
    asked = ("link", "propose", "--endpoint", elsewhere.query, "--rate", "1000", "--kind", "place")
    done = run(location, *asked, "-o", str(path))
    assert done.exit_code == 0, done.output
    assert run(location, *asked, "-o", str(path)).exit_code == 2, "a review is not written over"

    best = {row["ours"]: row["theirs"] for row in reversed(rows(path))}
    decide(path, lambda row: "accept" if best[row["ours"]] == row["theirs"] else "reject")
    told = rows(path)
    accepted = sum(row["decision"] == "accept" for row in told)
    refused = run(location, "link", "accept", str(path), "--reviewer", "nobody")
    assert refused.exit_code == 1
    assert "--new-reviewer" in refused.output
    done = run(location, "link", "accept", str(path), "--new-reviewer", "Jane Doe")
    assert done.exit_code == 0, done.output
    assert f"{accepted} links accepted, {len(told) - accepted} rejected" in done.output

    asked_again = run(location, "link", "accept", str(path), "--reviewer", "jane-doe")
    assert "nothing to do" in asked_again.output
    mine.published.look()
    link = ask(mine, f"""
        PREFIX kg: <https://w3id.org/controlgraph/ontology#>
        PREFIX prov: <http://www.w3.org/ns/prov#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
        PREFIX dcterms: <http://purl.org/dc/terms/>
        SELECT ?target ?by ?source {{
          <{PLACE}city-zaranj> skos:exactMatch ?target .
          ?link kg:linkSubject <{PLACE}city-zaranj> ; kg:linkTarget ?target ; kg:linkStatus kg:Accepted ;
            kg:linkRelation skos:exactMatch ; kg:linkEvidence ?evidence ; kg:reviewedBy/skos:prefLabel ?by ;
            prov:generatedAtTime ?at ; dcterms:source ?source .
          FILTER(CONTAINS(?evidence, "km apart")) }}""")  # fmt: skip
    (told_of,) = link.splitlines()[1:]
    assert told_of == f"{best[f'{PLACE}city-zaranj']},Jane Doe,{elsewhere.query}"
    orphans = ask(mine, """
        PREFIX kg: <https://w3id.org/controlgraph/ontology#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
        ASK { ?ours skos:exactMatch|skos:closeMatch ?target FILTER(STRSTARTS(STR(?ours), STR(kg:)) = false)
          FILTER NOT EXISTS { ?link kg:linkSubject ?ours ; kg:linkTarget ?target ; kg:linkStatus kg:Accepted }
          FILTER(CONTAINS(STR(?ours), "/id/")) }""")  # fmt: skip
    assert orphans == "false"

    again = tmp_path / "again.csv"
    done = run(location, *asked, "-o", str(again))
    assert done.exit_code == 0, done.output
    pairs = {(row["ours"], row["theirs"]) for row in told}
    assert pairs.isdisjoint({(row["ours"], row["theirs"]) for row in rows(again)}), "decided, and proposed again"


def test_a_decision_may_be_taken_back(mine: Store, tmp_path: Path) -> None:
    path = tmp_path / "review.csv"
    line = f",{PLACE}city-zaranj,Zaranj,https://gaz.example.org/1,Zaranj,exactMatch,95,fits,g.csv,2026-11-26,\n"
    for decision, match in (("accept", "true"), ("reject", "false"), ("accept", "true")):
        path.write_text(",".join(review.COLUMNS) + f"\n{decision}{line}")
        deciding.accept(mine, path, "Jane Doe", who="test", new=True)
        asked = f"ASK {{ <{PLACE}city-zaranj> ?match <https://gaz.example.org/1> }}"
        assert ask(mine, asked) == match
    known = [link for link in stated.links(mine) if link.target == "https://gaz.example.org/1"]
    assert len(known) == 1


def test_a_candidate_of_a_file_is_decided_on_beside_it(mine: Store, tmp_path: Path) -> None:
    candidate = next(link for link in stated.links(mine) if link.status == stated.CANDIDATE)
    path = tmp_path / "review.csv"
    path.write_text(f"decision,ours,theirs,relation\naccept,{candidate.subject},{candidate.target},closeMatch\n")
    deciding.accept(mine, path, "taliban", who="test")
    assert not mine.manifest().graphs[f"{GRAPHS}links"].edited
    revised = f"ASK {{ ?link <http://www.w3.org/ns/prov#wasRevisionOf> <{candidate.iri}> }}"
    assert ask(mine, revised) == "true"


def test_what_the_record_proposes_is_reviewed_too(mine: Store, tmp_path: Path) -> None:
    path = tmp_path / "review.csv"
    done = run(mine.origin, "link", "candidates", "-o", str(path))
    assert done.exit_code == 0, done.output
    told = rows(path)
    proposed = {(link.subject, link.target) for link in stated.links(mine) if link.status == stated.CANDIDATE}
    assert {(row["ours"], row["theirs"]) for row in told} == proposed
    assert all(row["evidence"] and row["ours_name"] for row in told)
    assert run(mine.origin, "link", "candidates", "-o", str(path)).exit_code == 2

    decide(path, lambda row: "reject" if row["theirs"] == told[0]["theirs"] else "")
    outcome = deciding.accept(mine, path, "taliban", who="test")
    assert outcome.rejected >= 1
    left = {(link.subject, link.target) for link in stated.candidates(stated.links(mine))}
    assert proposed - left == {(row["ours"], row["theirs"]) for row in told if row["theirs"] == told[0]["theirs"]}


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("maybe,{place}city-zaranj,https://x.example/1,exactMatch", "r.csv:2: decision='maybe': accepted are accept"),
        ("accept,{place}city-nowhere,https://x.example/1,exactMatch", "r.csv:2: <{place}city-nowhere> is no place"),
        ("accept,{place}city-zaranj,Zaranj,exactMatch", "r.csv:2: theirs='Zaranj': accepted is an absolute IRI"),
        ("accept,{place}city-zaranj,https://x.example/1,sameAs", "accepted are exactMatch, closeMatch"),
        ("accept,{place}city-zaranj,{place}city-kabul,exactMatch", "is one of ours"),
        ("reject,{place}province-kabul,{wd}Q188933,exactMatch", "graph/links> has it otherwise (Accepted, exactMatch)"),
        ("accept,{place}city-zaranj,{wd}Q188933,exactMatch", "r.csv:2: "),
    ],
)
def test_a_review_that_cannot_be_taken_says_where(mine: Store, tmp_path: Path, line: str, words: str) -> None:
    path = tmp_path / "r.csv"
    path.write_text("decision,ours,theirs,relation\n" + line.format(place=PLACE, wd=WD) + "\n")
    before = mine.version()
    with pytest.raises(BadReview) as raised:
        deciding.accept(mine, path, "taliban", who="test")
    assert words.format(place=PLACE) in str(raised.value)
    assert mine.version() == before


def test_a_review_needs_a_directory_before_anything_is_looked_for(tmp_path: Path) -> None:
    there = tmp_path / "things.csv"
    there.write_text("iri,name\n", "utf-8")
    output = tmp_path / "nowhere" / "review.csv"
    done = run(tmp_path / "store", "link", "propose", "--file", str(there), "-o", str(output))
    assert done.exit_code == 2
    assert f"there is no directory {output.parent}" in done.output


def test_texts_of_others_are_no_formulas(tmp_path: Path, shipped: Store) -> None:
    evil = Thing("https://gaz.example.org/1", ('=HYPERLINK("http://x")', "Zaranj"), point=(61.86, 30.96))
    ours = proposing.choose(open_gazetteer(shipped), ["place"], [f"{PLACE}city-zaranj"])
    found = proposing.from_things(shipped, [evil], ours, 50)
    path = tmp_path / "review.csv"
    with path.open("w", newline="") as file:
        assert review.write(file, found, "evil.csv", date(2026, 11, 26)) == 1
    assert rows(path)[0]["theirs_name"].startswith("'=")


names = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=40).filter(str.strip)


@given(st.lists(st.tuples(names, st.booleans()), min_size=1, max_size=5))
def test_a_review_is_read_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, told: list[tuple[str, bool]]
) -> None:
    """Whatever others call their things, the lines that somebody decided on are those that were proposed."""
    score = Score(80.0, 100.0, ("A", "B"))
    ours = Entry(f"{PLACE}city-zaranj", "place", labels={"en": ("Zaranj",)})
    found = [
        Proposal(ours, Thing(f"https://g.example/{number}", (name,)), "exactMatch", score)
        for number, (name, _) in enumerate(told)
    ]
    path = tmp_path_factory.mktemp("review") / "review.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        assert review.write(file, found, "g.csv", date(2026, 11, 26)) == len(told)
    assert review.read(path) == []
    decisions = iter(accepted for _, accepted in told)
    decide(path, lambda row: "accept" if next(decisions) else "reject")
    decided = review.read(path)
    assert [(each.theirs, each.accepted) for each in decided] == [
        (f"https://g.example/{number}", accepted) for number, (_, accepted) in enumerate(told)
    ]
    assert all(cell[:1] not in "=+-@" for row in rows(path) for cell in row.values() if cell)


# ── files ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

CSV = "iri,name,names,type,latitude,longitude,within\nhttps://g.example/1,Zaranj,زرنج|Zarandj,city,30.96,61.86,\n"
GEOJSON = """{"type": "FeatureCollection", "features": [{"type": "Feature", "@id": "https://g.example/1",
 "properties": {"title": "Zaranj"}, "types": [{"label": "city"}],
 "names": [{"toponym": "زرنج"}, {"toponym": "Zarandj"}],
 "geometry": {"type": "GeometryCollection", "geometries": [{"type": "Point", "coordinates": [61.86, 30.96]}]}}]}"""
TURTLE = """@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix geo: <http://www.w3.org/2003/01/geo/wgs84_pos#> .
<https://g.example/1> a <https://g.example/City> ; rdfs:label "Zaranj"@en , "زرنج"@fa , "Zarandj" ;
  geo:lat 30.96 ; geo:long 61.86 . <https://g.example/City> rdfs:label "city"@en ."""


RDF = {".ttl": "turtle", ".n3": "n3", ".rdf": "xml", ".xml": "xml", ".owl": "xml", ".jsonld": "json-ld"}
LINES = Graph().parse(data=TURTLE, format="turtle").serialize(format="nt")
QUADS = LINES.replace(" .\n", " <https://g.example/graph> .\n")
TRIG = f"<https://g.example/graph> {{ {LINES} }}"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("g.csv", CSV), ("g.geojson", GEOJSON), ("g.nt", LINES), ("g.nq", QUADS), ("g.trig", TRIG),
        *((f"g{ending}", Graph().parse(data=TURTLE).serialize(format=form)) for ending, form in RDF.items()),
    ],
)  # fmt: skip
def test_a_file_of_any_form_tells_the_same(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    thing = next(each for each in reading.things(path) if each.iri == "https://g.example/1")
    assert (thing.names[0], set(thing.names)) == ("Zaranj", {"Zaranj", "زرنج", "Zarandj"})
    assert (thing.types, thing.point) == (("city",), (61.86, 30.96))


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("g.csv", "id,label\n1,a\n", "g.csv:1: has no column iri and no column name"),
        ("g.csv", "iri,name\nhttps://g.example/1,\n", "g.csv:2: name='': accepted are"),
        ("g.csv", "iri,name\nx y,a\n", "g.csv:2: iri='x y': accepted is an absolute IRI"),
        ("g.csv", "iri,name,latitude,longitude\nhttps://g.example/1,a,61.8,230.9\n", "g.csv:2: longitude='230.9'"),
        ("g.csv", "iri,name\nhttps://g.example/1,a,b\n", "g.csv:2: has more cells"),
        ("g.geojson", "{", "g.geojson: is no GeoJSON"),
        ("g.geojson", '{"type": "Feature", "properties": {}}', "feature 1 has no id"),
        ("g.ttl", "<a> <b>", "g.ttl"),
        ("g.xlsx", "", "accepted are names that end with"),
        ("g.csv", "iri,name\n", "has no thing"),
    ],
)
def test_a_file_that_cannot_be_read_says_where(tmp_path: Path, name: str, text: str, words: str) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadFile, match=r"(?s).*") as raised:
        reading.things(path)
    assert words in str(raised.value)


# ── scores ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("types", "expected"),
    [
        (["provincial capital"], {"P"}), (["PopulatedPlace"], {"P"}), (["human settlement"], {"P"}),
        (["A.ADM1"], {"A"}),
        (["district of Afghanistan"], {"A"}), (["air base"], {"S"}), (["human"], {"person"}), (["Q515"], set()),
        (["armed organization"], {"organisation"}), (["river"], {"H"}),
    ],
)  # fmt: skip
def test_types_are_of_sorts(types: list[str], expected: set[str]) -> None:
    assert sorts(types) == expected


degrees = st.tuples(st.floats(-180, 180), st.floats(-90, 90))


@given(degrees, degrees)
def test_a_distance_is_the_same_both_ways_and_never_more_than_half_round(
    one: tuple[float, float], other: tuple[float, float]
) -> None:
    assert kilometres(one, other) == pytest.approx(kilometres(other, one), abs=1e-6)
    assert 0 <= kilometres(one, other) <= 20016


def test_a_known_distance() -> None:
    assert kilometres((0, 0), (1, 0)) == pytest.approx(111.195, abs=0.01)
    assert (nearness(5, 50), nearness(50, 50), nearness(27.5, 50)) == (1, 0, 0.5)


@given(degrees, degrees, st.floats(10, 400))
def test_nothing_near_is_left_out(one: tuple[float, float], other: tuple[float, float], far: float) -> None:
    """Squares are looked at in place of all things: whatever lies within reach is among them."""
    entry = Entry("https://x.example/a", "place", labels={"en": ("A",)}, point=one)
    gazetteer = Gazetteer("1", {"place": {entry.iri: entry}, "actor": {}, "source": {}}, {})
    pool = Pool([Thing("https://x.example/b", ("B",), point=other)])
    scorer = Scorer(gazetteer, {}, far)
    if kilometres(one, other) <= far:
        assert [thing.iri for thing in pool.near(scorer, entry)] == ["https://x.example/b"]


# ── the checker ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_checker_finds_what_was_planted(mine: Store, tmp_path: Path) -> None:
    place = ("crossing-islam-qala", "district-panjwai", "city-zaranj", "city-kunduz")
    lines = [
        f"accept,{PLACE}{place[0]},https://g.example/1,closeMatch",
        f"accept,{PLACE}{place[1]},https://g.example/1,closeMatch",
        f"accept,{PLACE}{place[2]},https://g.example/2,exactMatch",
        f"accept,{PLACE}{place[2]},https://g.example/3,exactMatch",
        f"accept,{PLACE}{place[3]},https://g.example/4,exactMatch",
        f"accept,{PLACE}{place[3]},https://h.example/5,exactMatch",
    ]
    path = tmp_path / "review.csv"
    path.write_text("\n".join(["decision,ours,theirs,relation", *lines, ""]))
    deciding.accept(mine, path, "taliban", who="test")
    (tmp_path / "g.csv").write_text(
        "iri,name,type,latitude,longitude\nhttps://g.example/1,A,,,\nhttps://g.example/2,Zaranj,city,30.96,61.86\n"
        "https://g.example/3,Zaranj,city,12,40\nhttps://h.example/5,Kunduz,river,36.8,68.9\n"
    )
    done = run(mine.origin, "link", "check", "--file", str(tmp_path / "g.csv"))
    assert done.exit_code == 1
    for words in (
        "one-id-two-things: district-panjwai (accepted): <https://g.example/1> is linked to crossing-islam-qala",
        "one-thing-two-ids: city-zaranj (accepted): <https://g.example/3>, and <https://g.example/2> (accepted)",
        "type-clash: city-kunduz (accepted): <https://h.example/5>: provincial capital / river",
        "far-apart: city-zaranj (accepted): <https://g.example/3>: ",
        "not-there: city-kunduz (accepted): <https://g.example/4> is not there",
    ):
        assert words in done.output
    assert "far-apart: city-zaranj (accepted): <https://g.example/2>" not in done.output


def test_the_shipped_links_have_one_suspicious_candidate_and_nothing_accepted(
    shipped: Store, elsewhere: Elsewhere
) -> None:
    wanted = [iri for iri in checking.targets(shipped) if iri.startswith(WD)]
    known = {thing.iri: thing for thing in things.described(quick(elsewhere.query), wanted)}
    found = checking.check(shipped, known, 50, asked=False)
    assert [each.rule for each in found] == ["one-id-two-things"]
    assert "(candidate)" in found[0].message


# ── enrichment ────────────────────────────────────────────────────────────────────────────────────────────────────────


def enrich(store: Store, endpoint: Endpoint, *properties: str) -> enriching.Brought:
    return enriching.enrich(store, endpoint, properties, WD, who="test")


def test_what_others_say_lies_in_a_graph_of_its_own_with_source_and_time(mine: Store, elsewhere: Elsewhere) -> None:
    sizes = {name: record.triples for name, record in mine.manifest().graphs.items()}
    done = enrich(mine, quick(elsewhere.query), POPULATION, INSTANCE)
    assert done.known > 60
    assert done.graph.startswith(f"{GRAPHS}enriched/127.0.0.1-")
    mine.published.look()
    after = {name: record.triples for name, record in mine.manifest().graphs.items()}
    assert after.keys() - sizes.keys() == {done.graph}
    assert {name: after[name] for name in sizes} == sizes, "nothing else was touched"
    told = ask(mine, f"""
        PREFIX prov: <http://www.w3.org/ns/prov#> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
        SELECT (COUNT(DISTINCT ?thing) AS ?things) (COUNT(DISTINCT ?source) AS ?sources) {{ GRAPH <{done.graph}> {{
          ?note prov:specializationOf ?thing ; prov:wasDerivedFrom ?source ; prov:generatedAtTime ?at }}
          FILTER(DATATYPE(?at) = xsd:dateTime) }}""")  # fmt: skip
    assert told.splitlines()[1] == f"{done.asked},1"
    kinds = f'ASK {{ GRAPH <{done.graph}> {{ <{WD}Q188933> <{INSTANCE}> ?type . ?type <{LABEL}> "province"@en }} }}'
    assert ask(mine, kinds) == "true"
    found = checking.brought(mine)
    assert found[f"{WD}Q188933"].types == ("province",)

    again = enrich(mine, quick(elsewhere.query), POPULATION, INSTANCE)
    mine.published.look()
    assert again.statements == done.statements
    assert mine.manifest().graphs[done.graph].triples == after[done.graph], "a second run replaces the first"


def test_an_interrupted_run_goes_on_where_it_ended(
    mine: Store, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(enriching, "BATCH", 20)
    endpoint = quick(elsewhere.query)
    asked: list[str] = []

    class Ended(BaseException):
        """What ends the process between two queries."""

    def step(word: str) -> None:
        asked.append(word)
        if len(asked) == 3:
            raise Ended

    with pytest.raises(Ended):
        enriching.enrich(mine, endpoint, [POPULATION], WD, who="test", progress=step)
    (spool,) = mine.location.glob("enriching-*.jsonl")
    with spool.open("a") as file:
        file.write('{"things": ["cut of')
    done = enrich(mine, endpoint, POPULATION)
    assert done.resumed == 40
    assert not spool.exists()
    whole = ask(mine, f"SELECT ?thing ?value {{ GRAPH ?g {{ ?thing <{POPULATION}> ?value }} }} ORDER BY ?thing ?value")
    once = enrich(mine, endpoint, POPULATION)
    mine.published.look()
    assert once.resumed == 0
    assert (
        ask(mine, f"SELECT ?thing ?value {{ GRAPH ?g {{ ?thing <{POPULATION}> ?value }} }} ORDER BY ?thing ?value")
        == whole
    )


def test_a_run_that_was_killed_goes_on_where_it_ended(mine: Store, elsewhere: Elsewhere) -> None:
    """Killed after the first answer is kept, by a signal that nobody can answer."""
    arguments = [
        sys.executable, "-c", "from kg.cli import main; main()", "enrich",
        "--endpoint", elsewhere.query, "--of", WD, "--property", POPULATION, "--rate", "0.1",
    ]  # fmt: skip
    environment = {**os.environ, **settings_of(mine.origin)}
    before = mine.version()
    with subprocess.Popen(arguments, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while not (kept := [path for path in mine.location.glob("enriching-*.jsonl") if path.stat().st_size]):
            assert process.poll() is None
        process.kill()
    mine.published.look()
    assert mine.version() == before
    done = enrich(mine, quick(elsewhere.query), POPULATION)
    assert done.resumed == enriching.BATCH
    assert not kept[0].exists()


def test_the_command_brings_and_tells(mine: Store, elsewhere: Elsewhere) -> None:
    asked = ("enrich", "--endpoint", elsewhere.query, "--rate", "1000", "--of", WD)
    done = run(mine.origin, *asked, "--property", POPULATION)
    assert done.exit_code == 0, done.output
    assert "are known there" in done.output
    for unfit in (
        ("--property", "kg:placeType"),
        ("--property", "http://a b"),
        ("--property", LABEL, "--licence", "a b"),
    ):
        assert run(mine.origin, *asked, *unfit).exit_code == 2
    nothing = run(
        mine.origin, "enrich", "--endpoint", elsewhere.query, "--of", "https://x.example/", "--property", LABEL
    )
    assert nothing.exit_code == 1
    assert "no accepted link" in nothing.output


# ── who answers badly ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("silent", "did not answer within 0.3 s"),
        ("dripping", "did not answer within 0.3 s"),
        ("slow_head", "did not answer within 0.3 s"),
        ("endless", "answers with more than 1,000,000 bytes"),
        ("page", "answers with text/html; expected is application/sparql-results+json"),
        ("broken", "answers with something that is no table of SPARQL results"),
        ("bomb", "answers with something that is no table of SPARQL results"),
        ("short", "broke off after"),
        ("failing", "answers with status 500: the index is being rebuilt at line 3"),
        ("refusing", "answers with status 429: too many"),
        ("redirect?to=http://169.254.169.254/latest/meta-data", "169.254.169.254, a private address"),
        ("redirect?to=http://localhost:1/good", "a private address"),
        ("redirect?to=http://[::ffff:10.0.0.1]/good", "a private address"),
        ("redirect?to=file:///etc/passwd", "sends us on to <file:///etc/passwd>, where nobody asks"),
    ],
)
def test_who_answers_badly_is_told_in_words(hostile: Hostile, path: str, words: str) -> None:
    patience = 0.3 if "0.3 s" in words else 20
    endpoint = quick(f"{hostile.url}/{path}", seconds=patience, most=1_000_000)
    with pytest.raises(ElsewhereFailed) as raised:
        endpoint.select("SELECT * {}")
    assert words in str(raised.value)


@pytest.mark.parametrize("command", ["propose", "enrich"])
def test_a_command_that_gets_no_answer_says_so_and_writes_nothing(
    mine: Store, hostile: Hostile, tmp_path: Path, command: str
) -> None:
    asked = ("--endpoint", f"{hostile.url}/page")
    review_ = tmp_path / "review.csv"
    arguments = {
        "propose": ("link", "propose", *asked, "--place", "city-zaranj", "-o", str(review_)),
        "enrich": ("enrich", *asked, "--of", WD, "--property", POPULATION),
    }[command]
    before = mine.version()
    done = run(mine.origin, *arguments)
    assert done.exit_code == 1
    assert "Error: <http://127.0.0.1:" in done.output
    assert "answers with text/html" in done.output
    assert not review_.exists()
    mine.published.look()
    assert mine.version() == before


def test_a_good_answer_is_read_and_a_redirect_at_home_followed(hostile: Hostile) -> None:
    for path in ("good", f"redirect?to={hostile.url}/good"):
        assert [str(row["x"]) for row in quick(f"{hostile.url}/{path}").select("SELECT * {}")] == ["here"]
    around = f"{hostile.url}/good"
    for _ in range(4):
        around = f"{hostile.url}/redirect?to={quote(around, safe='')}"
    with pytest.raises(ElsewhereFailed, match="more than 3 times"):
        quick(around).select("SELECT * {}")


def test_it_is_asked_again_as_often_as_was_said_and_not_for_what_will_not_change(hostile: Hostile) -> None:
    for path, times in (("failing", 3), ("page", 1)):
        hostile.asked.clear()
        with pytest.raises(ElsewhereFailed):
            quick(f"{hostile.url}/{path}", tries=3, pause=0.01).select("SELECT * {}")
        assert hostile.asked == [f"/{path}"] * times


def test_who_asks_us_to_wait_is_heard(hostile: Hostile) -> None:
    with pytest.raises(ElsewhereFailed) as raised:
        quick(f"{hostile.url}/refusing").select("SELECT * {}")
    assert (raised.value.again, raised.value.after) == (True, 7.0)


def test_a_pace_is_kept(hostile: Hostile) -> None:
    import time

    endpoint = quick(f"{hostile.url}/good", rate=20)
    begun = time.monotonic()
    for _ in range(5):
        endpoint.select("SELECT * {}")
    assert time.monotonic() - begun >= 4 / 20


def test_nobody_there(tmp_path: Path) -> None:
    with pytest.raises(ElsewhereFailed, match="cannot be asked: Connection refused"):
        quick("http://127.0.0.1:9/sparql").select("SELECT * {}")
    with pytest.raises(ElsewhereFailed, match="no address that is asked"):
        quick("ftp://example.org/sparql").select("SELECT * {}")


def test_what_was_not_asked_for_is_not_kept(mine: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """An endpoint that answers with statements about ours, with other properties and endless texts."""
    from rdflib import Literal, URIRef

    kabul, place = URIRef(f"{WD}Q188933"), URIRef(f"{PLACE}city-kabul")

    class Lying(Endpoint):
        def select(self, query: str) -> list[Row]:
            said = [
                (kabul, URIRef(POPULATION), Literal(4)),
                (kabul, URIRef(POPULATION), Literal("x" * 20_000)),
                (kabul, URIRef(POPULATION), place),
                (kabul, URIRef("https://w3id.org/controlgraph/ontology#placeType"), Literal("x")),
                (place, URIRef(POPULATION), Literal(5)),
            ]
            return [dict(zip(("thing", "property", "value"), each, strict=True)) for each in said]

    done = enrich(mine, Lying("http://lying.example/"), POPULATION)
    assert (done.statements, done.left_out) == (1, 3)
    mine.published.look()
    assert ask(mine, f"SELECT ?value {{ GRAPH <{done.graph}> {{ <{kabul}> <{POPULATION}> ?value }} }}").split() == [
        "value",
        "4",
    ]
    assert ask(mine, f"ASK {{ GRAPH <{done.graph}> {{ <{place}> ?p ?o }} }}") == "false"


def test_two_of_ours_cannot_be_the_same_thing(mine: Store, tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text(
        "decision,ours,theirs,relation\n"
        f"accept,{PLACE}city-zaranj,https://g.example/1,exactMatch\naccept,{PLACE}city-kunduz,https://g.example/1,exactMatch\n"
    )
    with pytest.raises(BadReview, match="two-things-one-external-id"):
        deciding.accept(mine, path, "taliban", who="test")
    assert issubclass(BadReview, Exception)
    assert not issubclass(BadReview, Refused)
