"""`/api/events` and `/api/search`: what is in them, in which order, part by part, and what is refused."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kg.happenings import MANY
from kg.ontology import PREFIXES
from kg.search import open_names
from kg.store.embedded import Store


def body(response: TestResponse) -> Any:
    return json.loads(response.data)


def get(client: FlaskClient, path: str = "/api/events", **parameters: str) -> Any:
    response = client.get(f"{path}?{urlencode(parameters)}", headers={"Accept": "application/json"})
    assert response.status_code == 200, response.text
    return body(response)


def names(told: Any) -> list[str]:
    return [event["event"].rpartition("/")[2] for event in told["events"]]


def test_what_happened_with_who_claims_it(client: FlaskClient) -> None:
    told = get(client)
    assert told["total"] == len(told["events"])
    assert names(told)[0] == "brook"
    days = [event["when"]["latest"] or "9999" for event in told["events"]]
    assert days == sorted(days)
    brook = told["events"][0]
    assert brook["label"] == "Capture: Brook ferry, from Crown, to Blues"
    assert brook["types"] == [{"type": f"{PREFIXES['kg']}Capture", "label": "capture"}]
    assert brook["places"] == [{"place": f"{PREFIXES['place']}crossing-brook", "label": "Brook ferry"}]
    when = {"edtf": "1931-04-02", "earliest": "1931-04-02", "latest": "1931-04-03", "fits": None}
    assert brook["when"] == when, "from the earliest to the latest day that anybody gives"
    assert {(actor["label"], actor["role"].rpartition("#")[2]) for actor in brook["actors"]} == {
        ("Blues", "toController"), ("Crown", "fromController"),
    }  # fmt: skip
    assert [(claim["stance"], claim["sourceLabel"]) for claim in brook["claims"]] == [
        ("Reports", "The Courier"), ("Announces", "Radio Westmark"), ("Denies", "Radio Westmark"),
    ] or {claim["stance"] for claim in brook["claims"]} == {"Reports", "Announces", "Denies"}  # fmt: skip
    market = next(event for event in told["events"] if event["event"].endswith("/market"))
    assert market["tolls"] == [
        {"toll": f"{PREFIXES['toll']}market", "kind": f"{PREFIXES['kg']}Killed", "min": 3, "max": 5}
    ]
    assert {"Alleges", "Denies"} <= {claim["stance"] for claim in market["claims"]}, "claims about its parts too"


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"at": "1931-04-02"}, {"brook": "possible", "cairn": "possible"}),
        ({"at": "1931-04-11/1931-04-12"}, {"alden": "certain", "cairn": "possible"}),
        ({"at": "1931-04-11"}, {"alden": "possible", "cairn": "possible"}),
        ({"place": "town-alden", "at": "1931-04"}, {"alden": "certain", "market": "certain"}),
        ({"place": "town-alden", "type": "bombing"}, {"market": None}),
        ({"place": "town-alden", "type": "kg:Capture"}, {"alden": None}),
        ({"actor": "crown"}, {"brook": None, "cairn": None}),
        ({"within": "country-eastmark", "type": "withdrawal"}, {"cairn": None}),
        ({"within": "country-westmark"}, {}),
        ({"place": "town-alden", "within": "country-westmark"}, {}),
        ({"at": "1931-05-01"}, {}),
    ],
)
def test_events_are_chosen_by_day_place_actor_and_type(
    client: FlaskClient, parameters: dict[str, str], expected: dict[str, str | None]
) -> None:
    told = get(client, **parameters)
    assert {event["event"].rpartition("/")[2]: event["when"]["fits"] for event in told["events"]} == expected


def test_an_assumption_and_a_state_report_are_no_events(shipped_client: FlaskClient) -> None:
    told = get(shipped_client, limit="500")
    assert told["total"] > 80
    assert not [name for name in names(told) if name.startswith("baseline-")]
    assert not [event for event in told["events"] for kind in event["types"] if kind["type"].endswith("#StateReport")]


@pytest.mark.parametrize("days", [{}, {"at": "2021-08-09"}, {"at": "2021-05/2021-08"}, {"at": "2021-09-03"}])
def test_all_events_have_the_days_of_single_ones(
    shipped: Store, shipped_client: FlaskClient, days: dict[str, str]
) -> None:
    """Few events are looked up, the days of all are read at once; by all their types all are looked up."""
    types = ",".join(iri for iri, _ in open_names(shipped).event_types)
    every = get(shipped_client, limit="500", **days)
    assert 1 < every["total"] == len(every["events"]) < MANY
    assert get(shipped_client, limit="500", type=types, **days)["events"] == every["events"]


def test_a_list_has_parts_that_know_of_each_other(client: FlaskClient) -> None:
    whole = names(get(client))
    path: str | None = "/api/events?limit=2"
    found: list[str] = []
    while path:
        response = client.get(path)
        found += names(body(response))
        links = {rel: target for target, rel in re.findall(r'<([^>]*)>; rel="(\w+)"', response.headers["Link"])}
        assert links["first"] == "http://localhost/api/events?limit=2&offset=0"
        path = links.get("next", "").removeprefix("http://localhost") or None
    assert found == whole


def test_a_table_has_a_row_for_each_claim(client: FlaskClient) -> None:
    response = client.get("/api/events?format=csv&place=crossing-brook")
    assert response.mimetype == "text/csv"
    rows = list(csv.DictReader(io.StringIO(response.text, newline="")))
    assert {row["stance"] for row in rows} == {"Reports", "Announces", "Denies"}
    assert {row["latest"] for row in rows} == {"1931-04-03"}


@pytest.mark.parametrize(
    ("path", "status", "kind"),
    [
        ("/api/events?at=1931-13-01", 400, "bad-date"),
        ("/api/events?type=picnic", 400, "bad-question"),
        ("/api/events?place=nowhere", 404, "unknown-name"),
        ("/api/events?limit=0", 400, "bad-question"),
        ("/api/events?limit=501", 400, "bad-question"),
        ("/api/events?offset=-1", 400, "bad-question"),
        ("/api/events?offset=1e3", 400, "bad-question"),
        ("/api/events?format=png", 406, "no-such-form"),
        ("/api/search", 400, "bad-question"),
        ("/api/search?q=%20", 400, "bad-question"),
        (f"/api/search?q={'a' * 300}", 400, "bad-question"),
        ("/api/search?q=a&kind=river", 400, "bad-question"),
        ("/api/search?q=a&colour=red", 400, "unknown-parameter"),
    ],
)
def test_what_cannot_be_answered_is_told(client: FlaskClient, path: str, status: int, kind: str) -> None:
    response = client.get(path)
    assert response.status_code == status
    assert json.loads(response.data)["type"].endswith(f"/{kind}")


def test_search(client: FlaskClient) -> None:
    told = get(client, "/api/search", q="آلدن")
    best = told["found"][0]
    assert (best["slug"], best["label"], best["name"], best["match"]) == ("town-alden", "Alden", "آلدن", "exact")
    assert best["types"] == [{"type": f"{PREFIXES['kg']}Town", "label": "town"}]
    assert client.get(best["page"]).status_code == 200
    assert {hit["kind"] for hit in told["found"]} == {"place", "event"}
    actors = get(client, "/api/search", q="alden", kind="actor")
    assert [hit["slug"] for hit in actors["found"]] == ["townsfolk"]
    assert get(client, "/api/search", q="zzzz") == {**told, "q": "zzzz", "total": 0, "found": []}


def test_a_search_has_parts_too(shipped_client: FlaskClient) -> None:
    response = shipped_client.get("/api/search?q=taliban&limit=5&offset=5")
    assert len(body(response)["found"]) == 5
    assert 'rel="prev"' in response.headers["Link"]
    assert 'rel="next"' in response.headers["Link"]
