"""The files that come from the tables: they are what the tables give, and the tables are what the record says."""

import csv
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from rdflib import RDF, SKOS, BNode, Graph, Literal, URIRef
from rdflib.term import Node

from tools import build
from tools.turtle import GEO, KG, concepts, iri

ROOT = Path(__file__).parent.parent
TABLES = ROOT / "data" / "tables"
GOLDEN = ROOT / "tests" / "golden"
FILES = ("sources.ttl", "gazetteer.ttl", "routes.ttl", "links.ttl", "record.ttl")


@pytest.fixture(scope="module")
def data() -> dict[str, Graph]:
    return {name: Graph().parse(ROOT / "data" / name) for name in FILES}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the tables in a folder of their own, to be spoilt."""
    shutil.copytree(TABLES, tmp_path / "tables")
    return tmp_path


def local(node: Node | None) -> str | None:
    """The last part of an IRI, None for nothing."""
    return None if node is None else str(node).rpartition("/")[2].rpartition("#")[2]


def locals_of(graph: Graph, subject: Node, predicate: URIRef) -> set[str | None]:
    return {local(node) for node in graph.objects(subject, predicate)}


def days(graph: Graph, node: Node | None) -> list[str | None] | None:
    """Both bounds of a date, None for an open one."""
    if node is None:
        return None
    bounds = [graph.value(node, KG.earliest), graph.value(node, KG.latest)]
    return [str(bound) if bound is not None else None for bound in bounds]


def golden(name: str, world: str) -> dict[str, Any]:
    lines = (GOLDEN / name / "offensive-2021.jsonl").read_text("utf-8").splitlines()
    found: dict[str, Any] = next(line for line in map(json.loads, lines) if line["id"] == world)
    return found


# ── the files and the tables ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("seed", ["0", "1"])
def test_a_rebuild_changes_nothing_whatever_the_order_of_sets(seed: str) -> None:
    command = [sys.executable, "-m", "tools.build", "--check"]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | {"PYTHONHASHSEED": seed}, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_check_names_the_file_that_differs_and_writes_nothing(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert build.main(["--data", str(copy)]) == 0
    routes = copy / "routes.ttl"
    routes.write_text(routes.read_text("utf-8").replace("NH01", "NH02", 1), "utf-8")
    spoilt = routes.read_text("utf-8")
    capsys.readouterr()
    assert build.main(["--check", "--data", str(copy)]) == 1
    assert capsys.readouterr().err == "data/routes.ttl is not what the tables give: run python -m tools.build\n"
    assert routes.read_text("utf-8") == spoilt


def test_a_corrected_cell_is_in_the_file_after_a_rebuild(copy: Path) -> None:
    assert build.main(["--data", str(copy)]) == 0
    spoil(copy, "roads.csv", "from_id", "city-kabul", "road_km", "44")
    assert build.main(["--data", str(copy)]) == 0
    graph = Graph().parse(copy / "routes.ttl")
    piece = iri("segment", "city-kabul--city-maidan-shahr")
    assert (str(graph.value(piece, KG.lengthKm)), graph.value(piece, KG.lengthKind)) == ("44.0", KG.Stated)


def spoil(folder: Path, name: str, key: str, entry: str, column: str, cell: str) -> int:
    """Put ``cell`` into ``column`` of the first line whose ``key`` is ``entry``; return the number of that line."""
    path = folder / "tables" / name
    with path.open(encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file))
    header = lines[0]
    number = next(n for n, line in enumerate(lines) if line[header.index(key)] == entry)
    lines[number][header.index(column)] = cell
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(lines)
    return number + 1


@pytest.mark.parametrize(
    ("name", "key", "entry", "column", "cell", "accepted"),
    [
        ("places.csv", "id", "city-herat", "lat", "north", "a number"),
        ("places.csv", "id", "city-herat", "lat", "134.3", "degrees from -90 to 90"),
        ("places.csv", "id", "city-herat", "kind", "capital", "one of airbase"),
        ("places.csv", "id", "city-herat", "population", "4.5", "a whole number"),
        ("places.csv", "id", "crossing-torkham", "connects", "country-pakistan", "two countries"),
        ("places.csv", "id", "crossing-torkham", "connects", "country-pakistan country-india", "two countries"),
        ("actors.csv", "id", "interior-ministry", "organ_of", "nobody", "an actor"),
        ("borders.csv", "a", "AF-BAL", "b", "AF-XXX", "one of AF"),
        ("borders.csv", "a", "AF-BAL", "b_name", "Ghor", "'Baghlan'"),
        ("roads.csv", "from_id", "city-kabul", "great_circle_km", "far", "a number"),
        ("roads.csv", "from_id", "city-kabul", "to_id", "city-atlantis", "places of places.csv"),
        ("roads.csv", "from_id", "city-kabul", "topology", "perhaps", "verified"),
        ("corridors.csv", "id", "kabul-kandahar", "segments", "city-qalat--city-kandahar", "pieces that form one path"),
        ("sources.csv", "id", "source-001", "published_edtf", "2021-13", "a day"),
        ("sources.csv", "id", "source-001", "address", "example.org/a b", "a web address"),
        ("documents.csv", "id", "seed", "sides", "taliban", "two actors"),
        ("external_linksets.csv", "local_id", "city-herat", "wikidata_status", "sure", "accepted, candidate"),
        ("external_linksets.csv", "local_id", "city-herat", "geonames_iri", "https://example.org/1", "begins with"),
        ("external_linksets.csv", "local_id", "city-herat", "suggested_predicate", "owl:sameAs", "skos:exactMatch"),
        ("record_claims.csv", "claim", "source-054-01", "stance", "Doubts", "Denies"),
        ("record_claims.csv", "claim", "source-054-01", "latest", "2021-07-13", "not before 2021-07-14"),
        ("record_claims.csv", "claim", "source-054-01", "source", "source-999", "a source of sources.csv"),
        ("record_claims.csv", "claim", "source-054-01", "extent", "Half", "one of Centre"),
        ("record_claims.csv", "claim", "source-054-01", "parties", "taliban nrf", "two or more actors where"),
        ("record_claims.csv", "claim", "source-055-02", "claim", "source-055-01", "no other line has"),
        ("events.csv", "id", "record-school-bombing", "event_types", "Party", "event types"),
        ("event_tolls.csv", "id", "record-school-bombing-killed-55", "highest", "5", "not less than 55"),
        ("event_claims.csv", "id", "source-083-01", "about", "toll:none", "event:, participation:, toll: or place:"),
        ("event_claims.csv", "id", "source-083-01", "id", "source-054-01", "no other claim has"),
    ],
)
def test_a_bad_cell_is_named(
    copy: Path,
    capsys: pytest.CaptureFixture[str],
    name: str,
    key: str,
    entry: str,
    column: str,
    cell: str,
    accepted: str,
) -> None:
    line = spoil(copy, name, key, entry, column, cell)
    assert build.main(["--data", str(copy)]) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"data/tables/{name}:{line}: column {column}: found ")
    assert cell.split()[-1] in said
    assert accepted in said
    assert not list(copy.glob("*.ttl"))


def test_a_column_that_nobody_knows_is_named(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = copy / "tables" / "roads.csv"
    lines = path.read_text("utf-8").splitlines()
    path.write_text("\n".join([f"{lines[0]},colour", *(f"{line},red" for line in lines[1:])]) + "\n", "utf-8")
    assert build.main(["--data", str(copy)]) == 1
    assert capsys.readouterr().err == "data/tables/roads.csv:1: column colour is not known\n"


def test_a_missing_column_a_missing_cell_and_a_missing_table_are_named(
    copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = copy / "tables" / "events.csv"
    whole = path.read_text("utf-8")
    path.write_text(whole.replace("geo_precision", "precision", 1), "utf-8")
    assert build.main(["--data", str(copy)]) == 1
    assert capsys.readouterr().err == "data/tables/events.csv:1: column geo_precision is missing\n"
    path.write_text(whole + "one,two\n", "utf-8")
    assert build.main(["--data", str(copy)]) == 1
    assert capsys.readouterr().err == "data/tables/events.csv:7: found 2 cells; the header has 6\n"
    path.unlink()
    assert build.main(["--data", str(copy)]) == 1
    assert capsys.readouterr().err.startswith("data/tables/events.csv: cannot be read: ")


def test_places_that_contradict_each_other_are_named(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spoil(copy, "places.csv", "id", "town-khulm", "admin_parent", "Samangan")
    assert build.main(["--data", str(copy)]) == 1
    said = capsys.readouterr().err
    assert "town-khulm: iso_3166_2 AF-BAL is the code of Balkh, but admin_parent is Samangan" in said


def test_one_event_for_one_content(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spoil(copy, "record_claims.csv", "claim", "source-002-01", "event", "another-name")
    assert build.main(["--data", str(copy)]) == 1
    assert "record_claims.csv: source-002-01: column event: found 'another-name'" in capsys.readouterr().err


# ── what the files hold ─────────────────────────────────────────────────────────────────────────────────────────


def test_everything_of_the_tables_is_there(data: dict[str, Graph]) -> None:
    gazetteer, routes, record = data["gazetteer.ttl"], data["routes.ttl"], data["record.ttl"]
    kinds = Counter(local(kind) for kind in gazetteer.objects(None, KG.placeType))
    assert (kinds["Province"], kinds["ProvincialCapital"], kinds["Country"], kinds["Crossing"]) == (34, 34, 9, 11)
    assert len(set(gazetteer.subjects(RDF.type, KG.BorderCrossing))) == 11
    assert len(set(routes.subjects(RDF.type, KG.RouteSegment))) == 58
    assert len(set(routes.subjects(RDF.type, KG.Route))) == 12
    assert len(set(data["sources.ttl"].subjects(RDF.type, KG.Source))) == 91 + 1
    control = {
        event
        for kind in (KG.ControlChange, KG.ControlObservation)
        for event in record.subjects(RDF.type, kind)
    }  # fmt: skip
    assert len(control) == 82
    assert sum(1 for _, event in record.subject_objects(KG.about) if event in control) == 173


def test_no_node_is_without_a_name(data: dict[str, Graph]) -> None:
    for name, graph in data.items():
        assert not [term for triple in graph for term in triple if isinstance(term, BNode)], name


def test_every_capital_lies_in_its_province(data: dict[str, Graph]) -> None:
    graph = data["gazetteer.ttl"]
    pairs = list(graph.subject_objects(KG.capitalOf))
    assert len({province for _, province in pairs}) == len({capital for capital, _ in pairs}) == 34
    assert all((capital, KG.within, province) in graph for capital, province in pairs)


def test_places_lie_where_the_rules_of_control_need_them(data: dict[str, Graph]) -> None:
    graph = data["gazetteer.ttl"]
    for inner, outer in golden("control", "all")["within"].items():
        assert (iri("place", inner), KG.within, iri("place", outer)) in graph
    assert (iri("place", "crossing-shir-khan-bandar"), KG.within, iri("place", "district-imam-sahib")) in graph
    for organ, whole in golden("control", "all")["sideOf"].items():
        assert (iri("actor", organ), KG.organOf, iri("actor", whole)) in graph


def test_borders_go_both_ways(data: dict[str, Graph]) -> None:
    graph = data["gazetteer.ttl"]
    pairs = set(graph.subject_objects(KG.adjacentTo))
    assert len(pairs) == 2 * 105
    assert {(b, a) for a, b in pairs} == pairs
    assert (iri("place", "province-badakhshan"), iri("place", "country-china")) in pairs


def test_places_have_names_positions_and_their_own_code_only(data: dict[str, Graph]) -> None:
    graph, kandahar = data["gazetteer.ttl"], iri("place", "province-kandahar")
    names = {
        str(name.language): str(name) for name in graph.objects(kandahar, SKOS.prefLabel) if isinstance(name, Literal)
    }
    assert names == {"en": "Kandahar", "fa": "قندهار", "ps": "کندهار"}
    assert locals_of(graph, kandahar, KG.isoCode) == {"AF-KAN"}
    assert graph.value(iri("place", "city-kandahar"), KG.isoCode) is None
    geometry = graph.value(iri("place", "airbase-bagram"), GEO.hasDefaultGeometry)
    assert str(graph.value(geometry, GEO.asWKT)) == "POINT(69.265 34.9461)"
    assert graph.value(iri("place", "crossing-torghundi"), GEO.hasDefaultGeometry) is None
    assert all(str(term) != "unverified" for triple in graph for term in triple)


def test_a_plain_match_stands_exactly_while_its_link_is_accepted(data: dict[str, Graph]) -> None:
    graph = data["links.ttl"]
    matches = set(graph.triples((None, SKOS.exactMatch, None))) | set(graph.triples((None, SKOS.closeMatch, None)))
    accepted = {
        (graph.value(link, KG.linkSubject), graph.value(link, KG.linkRelation), graph.value(link, KG.linkTarget))
        for link in graph.subjects(KG.linkStatus, KG.Accepted)
    }
    assert matches == accepted
    assert accepted
    targets = {str(target) for _, _, target in accepted}
    assert not any("dbpedia.org" in target for target in targets)
    parwan = iri("link", "province-parwan-wikidata"), iri("link", "province-parwan-geonames")
    assert [local(graph.value(link, KG.linkStatus)) for link in parwan] == ["Accepted", "Candidate"]


def test_sources_say_when_they_were_published_where_that_is_known(data: dict[str, Graph]) -> None:
    graph = data["sources.ttl"]
    seed = iri("source", "seed")
    assert days(graph, graph.value(seed, KG.published)) == ["2021-08-15", "2021-08-15"]
    assert str(graph.value(seed, KG.knowledge)) == "2021-08-11"
    for source in golden("control", "all")["sources"]:
        node = iri("source", source["id"])
        published = days(graph, graph.value(node, KG.published))
        assert published is None or published[1] == source["published"]
        assert locals_of(graph, node, KG.side) == set(source["sides"])
        assert locals_of(graph, node, KG.derivedFrom) == set(source["derivedFrom"])
    assert sum(1 for _ in graph.subjects(KG.published)) == 25 + 1


def test_roads_are_those_of_the_golden_network(data: dict[str, Graph]) -> None:
    graph, network = data["routes.ttl"], golden("networks", "all")
    for piece in network["pieces"]:
        node = iri("segment", piece["id"])
        assert locals_of(graph, node, KG.endpoint) == set(piece["ends"])
        assert locals_of(graph, node, KG.passesArea) == set(piece["areas"])
        assert float(str(graph.value(node, KG.lengthKm) or 0)) == piece["km"]
        assert local(graph.value(node, KG.roadEvidence)) == piece.get("evidence", "RoadShown")
        assert (graph.value(node, KG.lengthKm) is None) == (graph.value(node, KG.lengthKind) is None)
    for road in network["roads"]:
        node = iri("road", road["id"])
        assert locals_of(graph, node, KG.endpoint) == set(road["ends"])
        assert locals_of(graph, node, KG.segment) == set(road["pieces"])
    added = set(map(local, graph.subjects(RDF.type, KG.RouteSegment))) - {piece["id"] for piece in network["pieces"]}
    assert added == {"city-charikar--city-bamyan"}, "docs/networks.md explains what is beyond the golden network"


# ── the record ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("world", "claims"), [("record", 157), ("all", 173)])
def test_the_record_says_what_the_golden_world_says(data: dict[str, Graph], world: str, claims: int) -> None:
    graph, expected = data["record.ttl"], golden("control", world)
    events = {event["id"]: event for event in expected["events"]}
    told = [claim for claim in expected["claims"] if claim["source"] != "seed"]
    assert len(told) == claims
    for claim in told:
        node, event = iri("claim", claim["id"]), events[claim["about"]]
        about = iri("event", claim["about"])
        assert set(graph.objects(node, KG.about)) == {about}
        assert local(graph.value(node, KG.stance)) == claim["stance"]
        assert local(graph.value(node, KG.source)) == claim["source"]
        assert local(graph.value(node, KG.claimant)) == claim["claimant"]
        assert days(graph, graph.value(node, KG.statesWhen)) == claim["statesWhen"]
        stated = days(graph, graph.value(node, KG.statedOn))
        assert (stated and stated[1]) == claim["statedOn"]
        report = event["kind"] == "report"
        assert (about, RDF.type, KG.ControlObservation if report else KG.ControlChange) in graph
        assert local(graph.value(about, KG.place)) == event["place"]
        assert local(graph.value(about, KG.controller if report else KG.toController)) == event["to"]
        assert local(graph.value(about, KG.fromController)) == event["from"]
        assert locals_of(graph, about, KG.party) == set(event["parties"])
        assert local(graph.value(about, KG.extent)) == event["extent"]


def test_the_date_of_a_change_is_the_hull_of_what_its_claims_tell(data: dict[str, Graph]) -> None:
    graph = data["record.ttl"]

    def when(event: str) -> list[str | None] | None:
        return days(graph, graph.value(iri("event", event), KG.when))

    assert when("city-kandahar-government-to-taliban") == ["2021-08-12", "2021-08-13"]
    assert when("crossing-islam-qala-government-to-taliban") == ["2021-07-08", "2021-07-09"]
    assert when("city-zaranj-to-taliban") == ["2021-08-06", None]
    assert when("city-zaranj-held-by-taliban") is None
    assert all(len(list(graph.objects(change, KG.when))) == 1 for change in graph.subjects(RDF.type, KG.ControlChange))


def test_events_have_the_type_that_their_content_has(data: dict[str, Graph]) -> None:
    graph = data["record.ttl"]
    kinds = Counter(
        local(kind) for event, kind in graph.subject_objects(KG.eventType) if (event, RDF.type, KG.Event) not in graph
    )
    assert kinds.keys() == {"Capture", "Handover", "Withdrawal", "BecameContested", "StateReport"}
    assert kinds["Handover"] == kinds["Withdrawal"] == 2
    assert kinds["StateReport"] == 10
    known = set(concepts("EventTypes").values())
    assert all(kind in known for kind in graph.objects(None, KG.eventType))


def test_glosses_are_sentences(data: dict[str, Graph]) -> None:
    graph = data["record.ttl"]
    glosses = {local(claim): str(text) for claim, text in graph.subject_objects(KG.gloss)}
    assert glosses["source-054-01"] == (
        "The interior ministry denied on 14 July 2021 that the Taliban had taken the Spin Boldak crossing from the "
        "government that day."
    )
    assert glosses["source-017-02"] == "The Taliban took Kandahar from the government on 12 or 13 August 2021."
    assert glosses["source-057-02"].startswith("The Taliban denied on 15 July 2021 that the government had taken")
    assert glosses["source-089-10"] == "The Taliban took Zaranj on or after 6 August 2021."
    assert all(text[0].isupper() or text[0].isdigit() for text in glosses.values())
    assert all(text.endswith(".") and "  " not in text and "None" not in text for text in glosses.values())


def test_the_toll_of_the_school_bombing_grew(data: dict[str, Graph]) -> None:
    graph = data["record.ttl"]
    tolls = {
        str(days(graph, graph.value(toll, KG.when))): int(str(graph.value(toll, KG.best)))
        for toll in graph.objects(iri("event", "record-school-bombing"), KG.toll)
        if graph.value(toll, KG.kind) == KG.Killed
    }
    assert [tolls[day] for day in sorted(tolls)] == [55, 58, 85]


def test_pages_differ_on_where_the_official_was_killed(data: dict[str, Graph]) -> None:
    graph, killing = data["record.ttl"], iri("event", "record-menapal-killing")
    venues = {
        str(graph.value(claim, KG.value))
        for claim in graph.subjects(KG.about, killing)
        if graph.value(claim, KG.attribute) == KG.Venue
    }
    assert venues == {"in a mosque", "in his car on Darul Aman Road", "on the way to a mosque"}


def test_blame_is_alleged_and_denied_about_one_participation(data: dict[str, Graph]) -> None:
    graph = data["record.ttl"]
    for event in ("record-school-bombing", "record-spin-boldak-killings"):
        perpetrator = iri("participation", f"{event}-perpetrator")
        stances = {local(graph.value(claim, KG.stance)) for claim in graph.subjects(KG.about, perpetrator)}
        assert stances >= {"Alleges", "Denies"}


def test_every_event_participation_and_toll_is_told_by_a_claim(data: dict[str, Graph]) -> None:
    graph = data["record.ttl"]
    told = set(graph.objects(None, KG.about))
    for kind in (KG.Event, KG.ControlChange, KG.ControlObservation, KG.Participation, KG.Toll):
        assert set(graph.subjects(RDF.type, kind)) <= told
