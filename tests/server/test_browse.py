"""Browsing: what is counted is what is there, every choice leads to as much as it says, and pages follow each other."""

from __future__ import annotations

import csv
import io
import json
import time
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from rdflib import Graph, URIRef

from kg import publish
from kg.ontology import PREFIXES
from kg.store import open_store
from kg.store.embedded import Store
from kg.store.terms import read_rows
from tests.elsewhere.stores import Place, Stores
from tests.server.conftest import client_of
from tests.server.reading import read

KG = PREFIXES["kg"]
TALIBAN = f"{PREFIXES['actor']}taliban"


def told(client: FlaskClient, sort: str, **asked: str) -> dict[str, Any]:
    """What is browsed, as JSON."""
    response = client.get(f"/browse/{sort}", query_string={**asked, "format": "json"})
    assert response.status_code == 200, response.text
    found: dict[str, Any] = json.loads(response.data)
    return found


def counts(found: dict[str, Any], facet: str) -> dict[str, int]:
    return {each["value"]: each["count"] for each in found["facets"][facet]}


def asked(store: Store, pattern: str, key: str = "?key") -> dict[str, int]:
    """How many ?thing there are of each key, by a query."""
    text = f"SELECT {key} (COUNT(DISTINCT ?thing) AS ?number) {{ {pattern} }} GROUP BY {key}"
    rows = read_rows(store.query(text, prefixes=PREFIXES).read())
    return {str(row[key[1:]]): int(str(row["number"])) for row in rows if key[1:] in row}


TAKING = """?thing kg:eventType ?type .
    { ?thing kg:toController|kg:fromController|kg:controller|kg:party actor:taliban }
    UNION { ?thing kg:participation/kg:actor actor:taliban }"""


def test_events_are_counted_as_queries_count_them(shipped_client: FlaskClient, shipped: Store) -> None:
    found = told(shipped_client, "event", actor="taliban")
    assert counts(found, "type") == asked(shipped, TAKING, "?type")
    assert found["total"] == sum(asked(shipped, f"{TAKING} BIND(1 AS ?key)").values())
    assert counts(found, "source") == asked(
        shipped, f"{TAKING} {{ ?claim kg:about ?thing }} UNION {{ ?thing kg:participation|kg:toll ?part . "
        "?claim kg:about ?part } ?claim kg:source ?key"
    )  # fmt: skip
    assert counts(found, "within") == asked(
        shipped, f"{TAKING} ?thing kg:place/kg:within* ?key . ?key kg:placeType ?of"
    )
    # of one facet any choice will do, so the others of it are counted as if none were chosen
    assert counts(found, "actor") == counts(told(shipped_client, "event"), "actor")


def test_claims_and_sources_are_counted_as_queries_count_them(shipped_client: FlaskClient, shipped: Store) -> None:
    claims = told(shipped_client, "claim")
    assert counts(claims, "stance") == asked(shipped, "?thing kg:stance ?key ; kg:source ?source")
    assert counts(claims, "source") == asked(shipped, "?thing kg:source ?key")
    assert counts(claims, "claimant") == asked(shipped, "?thing kg:claimant ?key")
    sources = told(shipped_client, "source", limit="500")
    assert {each["source"]: each["claims"] for each in sources["things"] if each["claims"]} == counts(claims, "source")
    assert sources["total"] == len(asked(shipped, "?key kg:sourceKind ?thing"))
    dated = asked(
        shipped,
        "?thing kg:sourceKind ?kind ; kg:published ?when . ?when kg:earliest ?first ; kg:latest ?last "
        "BIND(SUBSTR(STR(?first), 1, 7) AS ?key) FILTER(SUBSTR(STR(?last), 1, 7) = ?key)",
    )
    assert {each["month"]: each["certain"] for each in sources["months"] if each["certain"]} == dated


def test_places_are_chosen_by_the_answer_of_a_day(shipped_client: FlaskClient) -> None:
    answers = json.loads(shipped_client.get("/api/control?at=2021-07-16&limit=1000").data)["places"]
    for state in ("disputed", "controlled"):
        wanted = {each["place"] for each in answers if each["state"] == state}
        found = told(shipped_client, "place", state=state, at="2021-07-16", limit="500")
        assert {each["place"] for each in found["things"]} == wanted
        assert counts(found, "state")[state] == len(wanted)
    held = {each["place"] for each in answers if TALIBAN in {who["actor"] for who in each["controllers"]}}
    found = told(shipped_client, "place", actor="taliban", at="2021-07-16", limit="500")
    assert {each["place"] for each in found["things"]} == held
    actor = next(each for each in told(shipped_client, "actor", at="2021-07-16")["things"] if each["actor"] == TALIBAN)
    assert actor["holds"] + actor["mayHold"] == len(held)


@pytest.mark.parametrize(
    ("sort", "chosen"),
    [
        ("event", {}), ("event", {"actor": "taliban", "month": "2021-08"}), ("claim", {"stance": "Denies"}),
        ("place", {"at": "2021-08-09", "within": "country-afghanistan"}), ("source", {}), ("actor", {}),
    ],
)  # fmt: skip
def test_a_choice_leads_to_as_much_as_it_says(shipped_client: FlaskClient, sort: str, chosen: dict[str, str]) -> None:
    found = told(shipped_client, sort, **chosen)
    followed = 0
    for facet, values in found["facets"].items():
        for each in values[:6] if facet not in chosen else ():
            assert told(shipped_client, sort, **chosen, **{facet: each["value"]})["total"] == each["count"] > 0
            followed += 1
    for each in found["months"] if "month" not in chosen else ():
        total = told(shipped_client, sort, **chosen, month=each["month"])["total"]
        assert total == each["certain"] + each["possible"]
    assert followed >= 6


def test_pages_follow_each_other_and_have_each_thing_once(shipped_client: FlaskClient) -> None:
    path: str | None = "/browse/event?format=csv&limit=40"
    rows: list[dict[str, str]] = []
    while path:
        response = shipped_client.get(path)
        rows += csv.DictReader(io.StringIO(response.text, newline=""))
        links = {rel: link for link, rel in (each.split("; rel=") for each in response.headers["Link"].split(", "))}
        path = links['"next"'][1:-1] if '"next"' in links else None
    assert len({row["event"] for row in rows}) == len(rows) == told(shipped_client, "event")["total"]
    days = [row["latest"] for row in rows]
    assert days == sorted(days, key=lambda day: day or "9")
    assert 0 < sum(int(row["denials"]) for row in rows) < sum(int(row["claims"]) for row in rows)


def test_rdf_has_all_that_is_stated_of_what_is_listed(client: FlaskClient) -> None:
    found = told(client, "claim", stance="Denies")
    graph = Graph().parse(data=client.get("/browse/claim?stance=Denies&format=ttl").data, format="turtle")
    denials = {URIRef(each["claim"]) for each in found["things"]}
    assert denials
    assert set(graph.subjects()) == denials == set(graph.subjects(URIRef(f"{KG}stance"), URIRef(f"{KG}Denies")))
    assert client.get("/browse/place", headers={"Accept": "text/turtle"}).mimetype == "text/turtle"


def test_months_are_certain_or_possible(client: FlaskClient) -> None:
    found = told(client, "event")
    bounds = [(each["earliest"], each["latest"]) for each in found["things"]]
    assert found["undated"] == sum(None in pair for pair in bounds) > 0
    april = next(each for each in found["months"] if each["month"] == "1931-04")
    assert april["certain"] == sum(
        bool(first and last) and first[:7] == last[:7] == "1931-04" for first, last in bounds
    )


def test_the_page_shows_what_is_chosen_and_how_to_take_it_away(shipped_client: FlaskClient) -> None:
    shown = read(shipped_client.get("/browse/event?actor=taliban&within=province-kunduz&at=2021-08-09&extra=1").text)
    assert "of 118" in shown.heading
    assert "/browse/event?actor=taliban&at=2021-08-09&extra=1" in shown.links
    assert "/browse/event?within=province-kunduz&at=2021-08-09&extra=1" in shown.links
    assert "Events by month" in shown.source
    assert "Who held what on 9 August 2021" in shown.source
    places = read(shipped_client.get("/browse/place?type=crossing&lang=fa").text)
    assert places.tables["answers bearing"][0][:2] == ["Place", "In"]
    door = read(shipped_client.get("/browse").text)
    assert {"/browse/place", "/browse/actor", "/browse/event", "/browse/claim", "/browse/source"} <= set(door.links)


def test_where_nothing_fits_the_page_says_which_choice_to_leave_out(shipped_client: FlaskClient) -> None:
    path = "/browse/claim?stance=Denies&within=province-nimroz"
    shown = read(shipped_client.get(path).text)
    assert "Nothing fits all of this" in shown.text
    for without in ("/browse/claim?within=province-nimroz", "/browse/claim?stance=Denies"):
        assert without in shown.links
        assert told(shipped_client, "claim", **dict([without.partition("?")[2].split("=")]))["total"] > 0
    beyond = read(shipped_client.get("/browse/claim?offset=5000").text)
    assert "none from number 5,001 on" in beyond.text


def test_while_a_large_new_version_is_read_the_lists_are_of_the_one_before(
    world: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stores: Stores
) -> None:
    location = stores.copy(world, tmp_path / "store")
    monkeypatch.setattr("kg.browsing.shelves.LARGE", 0)
    with client_of(location, children=1) as client:
        first = told(client, "claim")
        store = open_store(location)
        gone = f"DELETE WHERE {{ GRAPH ?graph {{ <{first['things'][0]['claim']}> ?property ?value }} }}"
        version = publish.write(store, [{"update": gone}], who="test").version
        store.close()
        response = client.get("/browse/claim?format=json")
        while json.loads(response.data)["version"] != version:
            assert json.loads(response.data) == first
            assert response.headers["Controlgraph-Version"] == first["version"]
            assert response.headers["Cache-Control"] == "no-store"
            time.sleep(0.05)
            response = client.get("/browse/claim?format=json")
        assert json.loads(response.data)["total"] == first["total"] - 1
        if isinstance(location, Path):  # an engine has only its present version
            assert told(client, "claim", version=first["version"]) == first


@pytest.mark.parametrize(
    ("asked", "status", "said"),
    [
        ("/browse/planet", 404, "claim"), ("/browse/event?month=July", 400, "2021-07"),
        ("/browse/event?type=Feast", 400, "Capture"), ("/browse/event?limit=501", 400, "500"),
        ("/browse/event?offset=-1", 400, "0"), ("/browse/place?at=2021-13-01", 400, "2021-06-22"),
        ("/browse/place?within=Kabull", 404, "city-kabul"), ("/browse/place?state=lost", 400, "disputed"),
        ("/browse/event?format=xlsx", 406, "csv"), ("/browse/event?limit=1&limit=2", 400, "once"),
    ],
)  # fmt: skip
def test_what_is_not_accepted_is_said(shipped_client: FlaskClient, asked: str, status: int, said: str) -> None:
    response = shipped_client.get(asked, headers={"Accept": "*/*"} if "format" not in asked else {})
    assert response.status_code == status
    assert said in json.loads(response.data)["detail"]
