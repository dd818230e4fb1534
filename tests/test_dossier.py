"""The citable answer: its sentence, its claims, its document, and what is kept of it."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from rdflib import DCTERMS, PROV, Graph, Literal, Namespace, URIRef

from kg import files, publish
from kg.control.answers import View
from kg.control.index import history
from kg.control.opening import open_control
from kg.dossier.citing import cited
from kg.dossier.document import Document, address, compared, document
from kg.dossier.kept import Shelf
from kg.dossier.making import Dossier, dossier
from kg.errors import UnknownEntity, UnknownVersion, VersionGone
from kg.ontology import KG, PREFIXES
from kg.store import open_store, versions
from kg.store.embedded import Store
from kg.store.pool import Limits
from kg.store.terms import read_rows
from tests.conftest import WORLD, load
from tests.elsewhere.stores import Place, Stores

SEED = View(sources=frozenset({f"{PREFIXES['source']}seed"}))
SCHEMA = Namespace(PREFIXES["schema"])
GOLDEN = Path(__file__).parent / "golden" / "dossier" / "sentences.csv"
with GOLDEN.open(newline="") as file:
    SENTENCES = list(csv.DictReader(file))
DELL = """
place:village-dell a kg:Place ; kg:placeType kg:Town ; skos:prefLabel "Dell"@en .
event:dell a kg:ControlChange ; kg:eventType kg:BecameContested ; kg:place place:village-dell ;
  kg:party actor:blues , actor:crown ; kg:extent kg:Whole ; kg:when when:1931-04-20 .
claim:dell-1 a kg:Claim ; kg:about event:dell ; kg:stance kg:Reports ; kg:source source:courier ;
  kg:gloss "There was fighting in Dell."@en ; kg:recordedAt "2026-01-01T00:00:00Z"^^xsd:dateTime .
"""


def place(slug: str) -> str:
    return PREFIXES["place"] + slug


def day(text: str) -> int:
    return date.fromisoformat(text).toordinal()


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory, stores: Stores) -> Place:
    """Where a store of the invented world is."""
    location = stores.at(tmp_path_factory.mktemp("world") / "store")
    store = open_store(location, Limits(children=1))
    load(store, files.shipped() / "ontology" / "control.ttl", WORLD / "world.ttl")
    store.close()
    return location


@pytest.fixture
def world(loaded: Place, tmp_path: Path, stores: Stores) -> Iterator[Store]:
    """A store of the invented world that may be written."""
    store = open_store(stores.copy(loaded, tmp_path / "store"), Limits(children=1))
    yield store
    store.close()


def write(store: Store, text: str) -> str:
    return publish.write(store, [{"update": text}], who="test", prefixes=PREFIXES).version


def made(store: Store, slug: str, at: str, view: View | None = None) -> Dossier:
    first, _, last = at.partition("/")
    return dossier(store, place(slug), day(first), day(last or first), view)


@pytest.mark.parametrize("case", SENTENCES, ids=lambda case: f"{case['place']} {case['at']} {case['sources'] or 'all'}")
def test_each_kind_of_doubt_has_a_wording_of_its_own(case: dict[str, str], shipped: Store) -> None:
    view = SEED if case["sources"] == "seed" else View()
    assert made(shipped, case["place"], case["at"], view).sentence == case["sentence"]


def test_a_contested_place_is_told_with_its_parties(world: Store) -> None:
    write(world, f"INSERT DATA {{ GRAPH graph:world {{ {DELL} }} }}")
    found = made(world, "village-dell", "1931-04-20")
    assert found.verdict.state == "contested"
    assert found.sentence == "Dell was contested on 20 April 1931, between Blues and Crown."
    assert {holder.basis for holder in found.holders} == {"party"}


def test_every_claim_about_the_place_is_there_with_what_became_of_it(shipped: Store) -> None:
    found = made(shipped, "crossing-spin-boldak", "2021-07-14")
    asked = shipped.query(
        "SELECT DISTINCT ?claim { ?event kg:place place:crossing-spin-boldak . ?event a ?kind . "
        "FILTER(?kind IN (kg:ControlChange, kg:ControlObservation)) ?claim kg:about ?event . "
        "FILTER NOT EXISTS { ?claim kg:attribute ?a } }",
        prefixes=PREFIXES,
    )
    there = {str(row["claim"]) for row in read_rows(asked.read())}
    assert {told.claim for told in found.claims} == there
    by_claim = {told.claim.rpartition("/")[2]: told for told in found.claims}
    denial = by_claim["source-054-01"]
    assert (denial.fate, denial.rests) == ("heard", True)
    assert denial.excludes == (f"{PREFIXES['actor']}taliban",)
    assert denial.presumes == (f"{PREFIXES['actor']}islamic-republic-government",)
    assert by_claim["seed-14-1"].fate == "original speaks"
    assert "derives from" in by_claim["seed-14-1"].became
    assert by_claim["source-058-01"].fate == "of other days"
    windows = [told.when for told in found.claims]
    assert windows == sorted(windows, key=str)
    of_kabul = made(shipped, "city-kabul", "2021-08-15").claims
    (fall,) = (told for told in of_kabul if told.claim.endswith("source-003-08"))
    assert fall.says == ("held by Taliban; until then held by Government of the Islamic Republic of Afghanistan",)


def test_a_view_says_what_it_leaves_out(shipped: Store) -> None:
    view = View(
        known=day("2021-07-20"), recorded=datetime(2026, 11, 24, tzinfo=UTC), baseline=False, policy="confirmed"
    )
    found = made(shipped, "crossing-spin-boldak", "2021-07-14", view)
    assert found.question == (
        "Who controlled Spin Boldak crossing on 14 July 2021, by what had been said by 20 July 2021, as recorded by "
        "2026-11-24 00:00:00+00:00, under the policy “confirmed”, without baselines?"
    )
    assert {told.fate for told in found.claims if told.claim.endswith("/source-089-07")} == {"not yet said"}
    assert "Policies" in {rule.section for rule in found.rules}
    nothing = made(shipped, "crossing-spin-boldak", "2021-07-14", View(sources=frozenset()))
    assert {told.fate for told in nothing.claims} == {"other source"}
    assert nothing.verdict.state == "unknown"
    early = made(shipped, "crossing-spin-boldak", "2021-07-14", View(recorded=datetime(2020, 1, 1, tzinfo=UTC)))
    assert {told.fate for told in early.claims} == {"not yet recorded"}


def test_a_baseline_is_an_assumption_that_says_whether_it_decides(shipped: Store) -> None:
    decides = made(shipped, "city-kandahar", "2021-06-01", SEED)
    (baseline,) = (told for told in decides.assumptions if told.claim.endswith("/baseline-capitals"))
    assert baseline.rests
    assert "by it alone" in baseline.became
    idle = made(shipped, "city-kandahar", "2021-06-01")
    assert not any(told.rests for told in idle.assumptions)


def test_the_rules_are_sections_of_the_documentation(shipped: Store) -> None:
    headings = (Path(__file__).parent.parent / "docs" / "control.md").read_text("utf-8")
    found = [
        rule
        for slug, at in [("crossing-islam-qala", "2021-07-09"), ("city-kandahar", "2021-06-01/2021-08-20")]
        for rule in made(shipped, slug, at, View(policy="majority")).rules
    ]
    assert found
    for rule in found:
        assert f"# {rule.section}\n" in headings, rule.section


def test_an_unknown_place_and_a_version_that_never_was(shipped: Store, tmp_path: Path) -> None:
    with pytest.raises(UnknownEntity):
        made(shipped, "nowhere", "2021-07-14")
    shelf = Shelf(tmp_path / "dossiers")
    with pytest.raises(UnknownVersion, match="never was"):
        cited(shipped, shelf, place("city-kabul"), day("2021-08-15"), day("2021-08-15"), version="000009-0123456789ab")
    with pytest.raises(UnknownVersion):
        cited(shipped, shelf, place("city-kabul"), day("2021-08-15"), day("2021-08-15"), version="../versions")


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
def test_the_document_is_rdf_in_terms_of_the_ontology(shipped: Store) -> None:
    told = document(made(shipped, "crossing-spin-boldak", "2021-07-14"))
    assert told["id"] == f"/dossier?place=place:crossing-spin-boldak&at=2021-07-14&version={shipped.version()}"
    graph = Graph().parse(data=json.dumps(told | {"id": "https://example.org/d"}), format="json-ld")
    node = URIRef("https://example.org/d")
    assert graph.value(node, DCTERMS.title) == Literal(told["question"], lang="en")
    assert (node, PROV.wasDerivedFrom, URIRef(f"{PREFIXES['claim']}source-054-01")) in graph
    run = graph.value(node, SCHEMA.mainEntity)
    assert graph.value(run, KG.state) == KG.Disputed
    (whole,) = [
        run
        for run in history(open_control(shipped).index, place("crossing-spin-boldak"))
        if run.first <= day("2021-07-14") <= (run.last or day("2021-07-14"))
    ]
    assert graph.value(run, KG.firstDay) == Literal(date.fromordinal(whole.first))
    for term in graph.predicates():
        if str(term).startswith(PREFIXES["kg"]):
            assert KG[str(term)[len(PREFIXES["kg"]) :]]
    stances = set(graph.objects(None, KG.stance))
    assert {KG.Denies, KG.Announces, KG.Reports} <= stances


def test_equal_questions_have_one_address() -> None:
    at = day("2021-08-09")
    assert address("https://example.org/a b&c", at, at, View()) == (
        "/dossier?place=https://example.org/a%20b%26c&at=2021-08-09"
    )
    view = View(
        known=at,
        sources=frozenset({f"{PREFIXES['source']}b", f"{PREFIXES['source']}a"}),
        policy="newest",
        baseline=False,
        recorded=datetime(2026, 1, 1, tzinfo=UTC),
    )
    assert address(place("x"), at, at + 1, view, "000001-0123456789ab") == (
        "/dossier?place=place:x&at=2021-08-09/2021-08-10&known=2021-08-09&recorded=2026-01-01T00:00:00%2B00:00"
        "&sources=source:a,source:b&policy=newest&baseline=off&version=000001-0123456789ab"
    )


# ── what is kept ────────────────────────────────────────────────────────────────────────────────────────────────────


def some(number: int, size: int = 3000) -> Document:
    """A document of at least so many bytes when it is compressed."""
    return {
        "asked": {"place": "p", "at": str(number)},
        "version": "000001-0123456789ab",
        "text": os.urandom(size).hex(),
    }


def test_what_is_kept_is_found_and_never_replaced(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "dossiers")
    first = some(1)
    assert shelf.find(first["asked"], first["version"]) is None
    assert shelf.keep(first, "somebody")
    assert shelf.keep({**first, "text": "another"}, "somebody else")
    assert shelf.find(first["asked"], first["version"]) == first
    assert shelf.find(first["asked"], "000002-0123456789ab") is None
    assert Shelf(tmp_path / "dossiers").find(first["asked"], first["version"]) == first, "by another process too"


def test_nobody_can_fill_the_disk_nor_push_others_out(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "dossiers", most=100_000)
    quiet = [some(number) for number in range(5)]
    assert all(shelf.keep(each, "quiet") for each in quiet)
    for number in range(100, 200):
        shelf.keep(some(number), "greedy")
        size = sum(path.stat().st_size for path in (tmp_path / "dossiers").rglob("*") if path.is_file())
        assert size <= 100_000
    assert [shelf.find(each["asked"], each["version"]) for each in quiet] == quiet
    assert shelf.find(some(199)["asked"], quiet[0]["version"]) is not None
    assert shelf.find(some(100)["asked"], quiet[0]["version"]) is None


def test_no_address_can_be_told_from_what_is_kept(tmp_path: Path) -> None:
    names = set()
    for number in range(8):
        shelf = Shelf(tmp_path / str(number))
        shelf.keep(some(1), "192.0.2.7")
        names |= {path.parent.name for path in (tmp_path / str(number)).rglob("*.gz")}
        assert b"192.0.2.7" not in b"".join(p.read_bytes() for p in (tmp_path / str(number)).rglob("*") if p.is_file())
    assert len(names) > 1, "one address has another number in every store"


def test_a_shelf_that_is_damaged_or_cannot_be_written_keeps_nothing(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "dossiers")
    shelf.keep(some(1), "")
    (path,) = (tmp_path / "dossiers").rglob("*.gz")
    path.write_bytes(path.read_bytes()[:100])
    assert shelf.find(some(1)["asked"], some(1)["version"]) is None
    (tmp_path / "file").write_text("")
    assert not Shelf(tmp_path / "file" / "dossiers").keep(some(1), "")
    assert not Shelf(tmp_path / "none", most=0).keep(some(1), "")
    assert not (tmp_path / "none").exists()


DENIAL = """INSERT DATA { GRAPH graph:world {
  claim:alden-9 a kg:Claim ; kg:about event:alden ; kg:stance kg:Denies ; kg:claimant actor:crown ;
    kg:source source:radio ; kg:gloss "The Crown says that Alden never fell."@en ;
    kg:recordedAt "2026-01-02T00:00:00Z"^^xsd:dateTime } }"""


def test_opened_later_it_is_as_it_was_and_says_what_changed(
    world: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = Shelf(world.location / "dossiers")
    asked: tuple[str, int, int] = (place("town-alden"), day("1931-04-12"), day("1931-04-12"))
    first, changed = cited(world, shelf, *asked)
    assert changed is None
    assert first["kept"]
    cites = first["version"]

    write(
        world,
        'INSERT DATA { GRAPH graph:world { place:town-alden skos:altLabel "Alden on the Brook"@en } }',
    )
    again, changed = cited(world, shelf, *asked, version=cites)
    assert again == first
    assert changed is not None
    assert (changed["answer"], changed["evidence"], changed["new"]) == (False, False, [])

    monkeypatch.setattr(versions, "KEEP_VERSIONS", 1)
    monkeypatch.setattr(versions, "KEEP_SECONDS", -1)
    latest = write(world, DENIAL)
    if world.origin == world.location:  # of an engine's versions only what they know of their graphs is kept here
        assert [path.name for path in (world.location / "versions").iterdir()] == [latest]
    again, changed = cited(world, shelf, *asked, version=cites)
    assert again == first, "though its version is gone"
    assert changed is not None
    assert changed["new"] == [f"{PREFIXES['claim']}alden-9"]
    assert changed["labels"] == {f"{PREFIXES['claim']}alden-9": "The Crown says that Alden never fell."}
    assert changed["answer"]
    assert changed["verdict"] != first["verdict"]
    assert changed["version"] == latest
    with pytest.raises(VersionGone, match=latest):
        cited(world, shelf, place("town-alden"), day("1931-04-13"), day("1931-04-13"), version=cites)


def test_a_place_that_is_gone_is_shown_as_it_was(world: Store) -> None:
    shelf = Shelf(world.location / "dossiers")
    asked: tuple[str, int, int] = (place("town-alden"), day("1931-04-12"), day("1931-04-12"))
    first, _ = cited(world, shelf, *asked)
    now = document(dossier(world, *asked))
    assert compared(first, now)["answer"] is False
    write(world, "DROP GRAPH <https://w3id.org/controlgraph/graph/world>")
    again, changed = cited(world, shelf, *asked, version=first["version"])
    assert again == first
    assert changed is not None
    assert changed["verdict"] == "Nothing is known of this place any more."
    assert changed["gone"] == [f"{PREFIXES['claim']}alden-1"]
