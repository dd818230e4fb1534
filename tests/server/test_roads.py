"""Roads over HTTP: the golden network of the offensive, answers as they are described, forms, and bad questions."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from flask.testing import FlaskClient
from pydantic import BaseModel

from kg import files, publish
from kg.ontology import PREFIXES
from kg.store import open_store
from kg.store.embedded import Store
from server import connected
from tests.elsewhere.stores import Stores
from tests.server.conftest import client_of
from tests.server.test_control import asked, problem

GOLDEN = Path(__file__).parent.parent / "golden" / "networks" / "offensive-2021.jsonl"
ADDED = "city-charikar--city-bamyan"
"""The piece of road that the data has and the golden network has not (docs/networks.md)."""
WORLDS = {"all": "", "seed": "&sources=seed", "record": "&sources=-seed,-source-089"}
"""Each golden world with the parameter that listens to its sources."""
DAY = "at=2021-08-10"


def short(told: Any) -> Any:
    """The same with slugs in place of IRIs."""
    if isinstance(told, dict):
        return {name: short(value) for name, value in told.items()}
    if isinstance(told, list):
        return [short(each) for each in told]
    return told.rpartition("/")[2] if isinstance(told, str) and told.startswith("https://") else told


@pytest.fixture(scope="module")
def golden_client(shipped: Store, tmp_path_factory: pytest.TempPathFactory, stores: Stores) -> Iterator[FlaskClient]:
    """The service with the roads that the golden network has."""
    folder = tmp_path_factory.mktemp("golden")
    place = stores.copy(shipped.origin, folder / "store")
    (routes,) = (path for path in files.shipped_files() if path.name == "routes.ttl")
    text, cut = re.subn(rf"\nsegment:{ADDED}\n.*?\n\.\n", "\n", routes.read_text("utf-8"), flags=re.DOTALL)
    assert cut == 1
    (folder / "routes.ttl").write_text(text, "utf-8")
    store = open_store(place)
    publish.load(store, [folder / "routes.ttl"], who="test")
    store.close()
    with client_of(place) as client:
        yield client


def questions(world: str, kind: str) -> Iterator[tuple[dict[str, Any], str]]:
    """The golden questions of a kind, and the parameters that ask them."""
    lines = map(json.loads, GOLDEN.read_text("utf-8").splitlines())
    (found,) = (line for line in lines if line["id"] == world)
    for question in found["questions"]:
        if question["kind"] == kind:
            actor = f"&actor={question['actor']}" if "actor" in question else ""
            at = f"at={question['day']}" if "day" in question else ""
            yield question, f"{at}{actor}{WORLDS[world]}"


def one_way(names: list[str]) -> list[str]:
    """A way from the end that comes first in order: in RDF a road has two ends, and neither is the first."""
    return min(names, names[::-1])


@pytest.mark.parametrize("world", WORLDS)
def test_golden_named_roads(golden_client: FlaskClient, world: str) -> None:
    for question, given in questions(world, "corridors"):
        told = short(asked(golden_client, f"/api/routes?{given}"))["routes"]
        assert [each["route"] for each in told] == [each["road"] for each in question["answer"]]
        for each, expected in zip(told, question["answer"], strict=True):
            for name in ("strength", "ground"):
                assert each[name] == expected[name], (question["day"], each["route"])
            assert one_way([stop["place"] for stop in each["stops"]]) == one_way(expected["stops"])
            for name in ("silentAt", "onlyPossible"):
                assert sorted(each[name]) == sorted(expected[name])
            blocked = sorted([by["place"], by["holder"], by["ground"]] for by in each["blockedBy"])
            assert blocked == sorted(expected["blockedBy"])
            around, way = each["detour"], expected["detour"]
            assert (around is None) == (way is None), (question["day"], each["route"])
            if way:
                assert (around["reach"], around["km"]) == (way["reach"], way["km"])
                assert one_way([stop["place"] for stop in around["places"]]) == one_way(way["places"])
                assert one_way(around["pieces"]) == one_way(way["pieces"])


@pytest.mark.parametrize("world", WORLDS)
def test_golden_bounds_of_named_roads(golden_client: FlaskClient, world: str) -> None:
    """Since when a road is open, or cut, on the days that are asked about."""
    spells = {question["road"]: question["answer"] for question, _ in questions(world, "roadIntervals")}
    for question, given in questions(world, "corridors"):
        for each in short(asked(golden_client, f"/api/routes?{given}"))["routes"]:
            for name, state in (("open", "Open"), ("cut", "Cut")):
                inside = [
                    spell for spell in spells[each["route"]].get(state, ())
                    if spell[0] <= question["day"] and (spell[3] is None or question["day"] <= spell[3])
                ]  # fmt: skip
                assert ([list(each[name].values())] if each[name] else []) == inside, (question["day"], each["route"])


@pytest.mark.parametrize("world", WORLDS)
def test_golden_pockets(golden_client: FlaskClient, world: str) -> None:
    for question, given in questions(world, "pockets"):
        told = short(asked(golden_client, f"/api/pockets?{given}"))
        if question["answer"] == "seat lost":
            assert told["seatLostSince"] <= question["day"]
            assert told["pockets"] == []
            continue
        found = [
            {
                **{name: each[name] for name in ("place", "verdict", "level", "reach")},
                **{
                    reading: each[reading] and {
                        "since": each[reading]["since"],
                        "because": sorted(cause["place"] for cause in each[reading]["because"]),
                    }
                    for reading in ("possible", "certain")
                },
            }
            for each in told["pockets"]
        ]  # fmt: skip
        assert found == question["answer"], question["day"]


@pytest.mark.parametrize("world", WORLDS)
def test_golden_links_fronts_holdings_and_chokepoints(golden_client: FlaskClient, world: str) -> None:
    for question, given in questions(world, "links"):
        told = short(asked(golden_client, f"/api/links?{given}&captured=0"))["links"]
        assert [[each["piece"], each["strength"], each["captured"]] for each in told] == question["answer"]["links"]
        told = short(asked(golden_client, f"/api/links?{given}&captured=1"))["links"]
        assert [each["piece"] for each in told if each["piece"]] == [
            piece for piece, _, captured in question["answer"]["links"] if captured
        ]
        crossed = [
            [each["ends"][0]["place"], each["across"]["place"], each["ends"][1]["place"], each["strength"],
             each["pieces"]] for each in told if each["across"]
        ]  # fmt: skip
        assert crossed == [[*each[:4], list(each[4])] for each in question["answer"]["across"]]
    for question, given in questions(world, "fronts"):
        told = short(asked(golden_client, f"/api/fronts?{given}"))["fronts"]
        assert [
            [each["piece"], "certain" if each["certain"] else "possible",
             [[pair["from"], pair["to"]] for pair in each["holders"]]] for each in told
        ] == question["answer"]  # fmt: skip
    for question, given in questions(world, "holdings"):
        told = short(asked(golden_client, f"/api/holdings?{given}&reading={question['reading']}"))["holdings"]
        assert [[each["place"], each["places"], each["through"]] for each in told] == [
            [each["principal"], each["places"], each["through"]] for each in question["answer"]
        ]
    for question, given in questions(world, "chokepoints"):
        told = short(asked(golden_client, f"/api/chokepoints?{given}"))["chokepoints"]
        assert sorted([each["place"], each["severs"]] for each in told) == question["answer"]


@pytest.mark.parametrize("world", WORLDS)
def test_golden_changes_of_holdings_and_borders(golden_client: FlaskClient, world: str) -> None:
    for question, given in questions(world, "changes"):
        told = short(asked(golden_client, f"/api/holdings?{given}&reading={question['reading']}"))["changes"]
        found = [
            [each["kind"], each["place"], each["pieces"], each["size"], [cause["place"] for cause in each["because"]]]
            for each in told
        ]
        expected = [
            [each["change"], each["principal"], max(each["piecesBefore"], each["piecesAfter"]), len(each["places"]),
             each["because"]] for each in question["answer"]
        ]  # fmt: skip
        assert sorted(found) == sorted(expected), question
    for question, given in questions(world, "border"):
        told = short(asked(golden_client, f"/api/borders?{given}"))
        names = ("level", "reach", "reading", "holding")
        assert told["notOnNetwork"] == question["answer"]["notOnNetwork"]
        assert [[each["place"], *(each[name] for name in names)] for each in told["crossings"]] == [
            [access["crossing"], *(access.get(name) for name in names)] for access in question["answer"]["access"]
        ]


# ── the answers themselves ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("address", "model"),
    [
        (f"/api/routes?{DAY}", connected.Routes),
        ("/api/routes?at=2021-08-12&sources=seed&areas=named&lang=fa&route=kabul-kandahar", connected.Routes),
        (f"/api/path?{DAY}&from=kabul&to=city-herat&avoid=taliban", connected.Path),
        (f"/api/pockets?{DAY}", connected.Pockets),
        ("/api/pockets?at=2021-08-13&actor=taliban&seat=kunduz", connected.Pockets),
        ("/api/chokepoints?at=2021-08-08", connected.Chokepoints),
        ("/api/chokepoints", connected.Chokepoints),
        (f"/api/fronts?{DAY}", connected.Fronts),
        ("/api/holdings?at=2021-08-14&actor=taliban", connected.Holdings),
        (f"/api/borders?{DAY}&actor=taliban", connected.Borders),
        (f"/api/links?{DAY}&captured=1&actor=taliban", connected.Links),
    ],
)
def test_answers_are_as_they_are_described(shipped_client: FlaskClient, address: str, model: type[BaseModel]) -> None:
    told = asked(shipped_client, address)
    assert model.model_validate(told, strict=True)
    assert any(told[name] for name in told if isinstance(told[name], list | dict) and name != "sources")
    described = shipped_client.get("/api/openapi.json").get_json()
    path = described["paths"][address.partition("?")[0]]["get"]
    schema = path["responses"]["200"]["content"]["application/json"]["schema"]
    assert schema["$ref"].rpartition("/")[2] == model.__name__
    assert path["tags"] == ["roads"]


def test_why_a_road_is_cut_leads_to_claims(shipped_client: FlaskClient) -> None:
    (road,) = asked(shipped_client, "/api/routes?at=2021-08-12&route=road:kabul-kandahar")["routes"]
    assert (road["state"], road["cut"]["possibleFrom"], road["cut"]["certainFrom"]) == (
        "cut",
        "2021-05-11",
        "2021-08-12",
    )
    assert {by["ground"] for by in road["blockedBy"]} == {"HeldByOther", "EndLost", "AreaHeld", "AreaPartly"}
    for by in road["blockedBy"]:
        assert by["because"], by["interval"]
        for iri in (*by["because"], by["interval"]):
            page = shipped_client.get(
                iri.replace("https://w3id.org/controlgraph", ""), headers={"Accept": "text/turtle"}
            )
            assert page.status_code == 200, iri
    # who else is listened to has intervals of its own, which are in no graph
    (road,) = asked(shipped_client, "/api/routes?at=2021-08-12&route=kabul-kandahar&sources=seed")["routes"]
    assert [by["interval"] for by in road["blockedBy"]] == [None] * len(road["blockedBy"])
    assert all(by["because"] for by in road["blockedBy"])


def test_what_is_asked_beyond_what_is_known(shipped_client: FlaskClient) -> None:
    def knowledge(given: str) -> str | None:
        told: str | None = asked(shipped_client, f"/api/pockets?at=2021-08-20{given}")["knowledge"]
        return told

    assert knowledge("&sources=seed") == "2021-08-11"
    assert knowledge("&sources=seed&known=2021-08-01") == "2021-08-01"
    whole = knowledge("")
    assert whole is not None
    assert whole > "2021-08-15"


def test_areas_count_as_it_is_asked(shipped_client: FlaskClient) -> None:
    def told(areas: str) -> tuple[str, list[str], str | None]:
        (road,) = asked(shipped_client, f"/api/routes?{DAY}&route=kabul-kandahar&areas={areas}")["routes"]
        return road["state"], road["ground"], road["cut"] and road["cut"]["possibleFrom"]

    assert told("all") == ("possibly cut", ["AreaHeld", "AreaPartly"], "2021-05-11")
    assert told("named") == ("possibly cut", ["AreaHeld"], "2021-06-27")
    assert told("none") == ("open as far as known", [], None)


def test_the_road_through_ghorband_opens_pockets(shipped_client: FlaskClient, golden_client: FlaskClient) -> None:
    """What the added piece of road changes on 10 August: fifteen places are not cut off any more."""
    with_it, without = (
        {each["place"]: each["words"] for each in asked(client, f"/api/pockets?{DAY}")["pockets"]}
        for client in (shipped_client, golden_client)
    )
    assert with_it.items() < without.items()
    capitals = {place for place in without if "/city-" in place}
    assert (len(capitals), len(capitals & with_it.keys())) == (16, 5)


def test_ways_that_avoid(shipped_client: FlaskClient) -> None:
    told = asked(shipped_client, f"/api/path?{DAY}&from=kabul&to=herat&avoid=taliban")
    way = short(told["ways"]["lost"])
    assert [each["place"] for each in way["places"]] == [
        "city-kabul", "city-charikar", "city-bamyan", "city-firozkoh", "city-herat",
    ]  # fmt: skip
    assert len(way["pieces"]) == 4
    told = asked(shipped_client, "/api/path?at=2021-08-13&from=kabul&to=herat&avoid=taliban")
    assert told["ways"] == {"lost": None, "known": None, "doubtful": None}, "an end counts too"


def test_features_are_lines_and_points(shipped_client: FlaskClient) -> None:
    def features(address: str) -> list[Any]:
        told = shipped_client.get(f"{address}&format=geojson").get_json()
        assert told["type"] == "FeatureCollection"
        return list(told["features"])

    (road,) = features(f"/api/routes?{DAY}&route=kabul-kandahar")
    assert road["geometry"]["type"] == "LineString"
    assert len(road["geometry"]["coordinates"]) == 5
    assert road["properties"]["state"] == "possibly cut"
    assert {each["geometry"]["type"] for each in features(f"/api/pockets?{DAY}")} == {"Point"}
    assert {each["id"] for each in features(f"/api/path?{DAY}&from=kabul&to=herat&avoid=taliban")} == {
        "lost", "known", "doubtful",
    }  # fmt: skip
    links = features(f"/api/links?{DAY}&captured=1&actor=taliban")
    assert [each["geometry"] is None for each in links if "shir-khan" in each["id"]] == [True], "it has no position"


def test_rows(shipped_client: FlaskClient) -> None:
    def rows(address: str) -> list[dict[str, str]]:
        response = shipped_client.get(f"{address}&format=csv")
        assert response.mimetype == "text/csv"
        return list(csv.DictReader(io.StringIO(response.text)))

    (road,) = rows(f"/api/routes?{DAY}&route=kabul-kandahar")
    assert (road["strength"], road["ground"], road["cut.possibleFrom"]) == ("1", "AreaHeld AreaPartly", "2021-05-11")
    assert len(road["blockedBy"].split()) == len(set(road["blockedBy"].split())) == 3
    pocket = next(row for row in rows(f"/api/pockets?{DAY}") if row["label"] == "Mazar-i-Sharif")
    assert (pocket["words"], pocket["possible.since"]) == ("cut off, if still held", "2021-08-09")
    assert pocket["possible.because"] == PREFIXES["place"] + "city-aybak"
    assert {row["way"] for row in rows(f"/api/path?{DAY}&from=kabul&to=herat&avoid=taliban")} == {
        "lost", "known", "doubtful",
    }  # fmt: skip
    assert any(row["across"] for row in rows(f"/api/links?{DAY}&captured=1&actor=taliban"))
    assert all(row["from.holders"] for row in rows(f"/api/fronts?{DAY}"))
    assert rows("/api/fronts?at=2021-05-01") == []
    assert [row["kind"] for row in rows("/api/chokepoints?at=2021-08-08&limit=2")] == ["place", "place"]


def test_lists_come_in_pages(shipped_client: FlaskClient) -> None:
    whole = asked(shipped_client, f"/api/fronts?{DAY}")["fronts"]
    told = []
    for start in range(0, len(whole), 3):
        response = shipped_client.get(f"/api/fronts?{DAY}&limit=3&offset={start}")
        assert 'rel="first"' in response.headers["Link"]
        told += response.get_json()["fronts"]
    assert told == whole


@pytest.mark.parametrize(
    ("address", "status", "kind", "said"),
    [
        ("/api/routes", 400, "bad-question", "at: it is missing"),
        ("/api/routes?at=2021-08", 400, "bad-question", "one day at a time"),
        ("/api/routes?at=soon", 400, "bad-date", "no date that is understood"),
        (f"/api/routes?{DAY}&areas=some", 400, "bad-question", "accepted are all, named or none"),
        (f"/api/routes?{DAY}&actor=talibann", 404, "unknown-name", "the nearest are taliban"),
        (f"/api/routes?{DAY}&route=kabul-kandahr", 404, "unknown-name", "kabul-kandahar"),
        (f"/api/routes?{DAY}&route=city-kabul", 400, "bad-question", "route='city-kabul': it is no named road"),
        (f"/api/routes?{DAY}&rute=kabul-kandahar", 400, "unknown-parameter", "route"),
        (f"/api/path?{DAY}&from=kabul&to=herat", 400, "bad-question", "avoid: it is missing"),
        (f"/api/path?{DAY}&from=kabul&to=kandahar&avoid=taliban", 400, "ambiguous-name", "city-kandahar"),
        (f"/api/path?{DAY}&from=kabul&to=province-ghor&avoid=taliban", 400, "bad-question", "no piece of road ends"),
        (f"/api/pockets?{DAY}&actor=taliban&seat=province-ghor", 400, "bad-question", "no piece of road ends"),
        (f"/api/pockets?{DAY}&format=ttl", 406, "no-such-form", "geojson"),
        ("/api/network?at=2021-08-01/2021-08-15", 400, "bad-question", "one day at a time"),
        (f"/api/network?{DAY}&kind=rivers", 400, "bad-question", "roads, areas or control"),
    ],
)
def test_bad_questions(shipped_client: FlaskClient, address: str, status: int, kind: str, said: str) -> None:
    told = problem(shipped_client, address)
    assert (told["status"], told["type"].rpartition("/")[2]) == (status, kind)
    assert said in told["detail"]


# ── the network as a graph ──────────────────────────────────────────────────────────────────────────────────────────


def test_the_network_in_five_forms(shipped_client: FlaskClient) -> None:
    def told(form: str) -> str:
        response = shipped_client.get(f"/api/network?{DAY}&format={form}")
        assert response.status_code == 200
        return response.text

    graph = nx.node_link_graph(json.loads(told("json")), edges="edges")
    assert connected.Network.model_validate(json.loads(told("json")), strict=True)
    assert (len(graph), len(graph.edges)) == (50, 58)
    kunduz = graph.nodes[PREFIXES["place"] + "city-kunduz"]
    assert (kunduz["level"], kunduz["own"], kunduz["holders"]) == (0, False, [PREFIXES["actor"] + "taliban"])
    left = {(short(each["thing"]), each["why"]) for each in graph.graph["leftOut"]}
    assert ("crossing-shir-khan-bandar", "has no coordinates") in left
    assert ("crossing-ai-khanoum", "no piece of road ends there") in left
    others = {
        "graphml": nx.parse_graphml(told("graphml"), force_multigraph=True),
        "gexf": nx.read_gexf(io.BytesIO(told("gexf").encode())),
        "cytoscape": nx.cytoscape_graph(json.loads(told("cytoscape"))),
    }
    for form, other in others.items():
        assert set(other.nodes) == set(graph.nodes), form
        assert {frozenset(ends[:2]) for ends in other.edges} == {frozenset(ends[:2]) for ends in graph.edges}, form
    features = json.loads(told("geojson"))["features"]
    assert len(features) == 50 + 58
    assert sum(feature["geometry"] is None for feature in features) == 3 + 3, "of these there is no position"


def test_areas_and_who_holds_what_as_graphs(shipped_client: FlaskClient) -> None:
    areas = shipped_client.get(f"/api/network?{DAY}&kind=areas").get_json()
    assert sum(node["type"] == "Province" for node in areas["nodes"]) == 34
    assert len(areas["edges"]) == 105
    held = shipped_client.get("/api/network?at=2021-08-01/2021-08-15&kind=control").get_json()
    assert {node["kind"] for node in held["nodes"]} == {"actor", "place"}
    assert all(edge["spells"] for edge in held["edges"])
    played = shipped_client.get("/api/network?at=2021-08-01/2021-08-15&kind=control&format=gexf")
    assert played.mimetype == "application/gexf+xml"
    assert 'mode="dynamic"' in played.text
