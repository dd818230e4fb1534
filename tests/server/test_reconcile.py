"""The reconciliation service: what the specification says, and a client that is not ours."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pandas as pd
import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from kg import reconciling
from kg.store.embedded import Store
from tests.server.conftest import running

SCHEMAS = json.loads((Path(__file__).parent / "reconciliation.json").read_text())
"""What each answer has to be like, written from the text of the specification (docs/reconciliation.md)."""


def conforms(name: str, told: Any) -> None:
    jsonschema.validate(told, {**SCHEMAS[name], "definitions": SCHEMAS["definitions"]})


def matched(client: FlaskClient, *queries: dict[str, Any]) -> list[list[dict[str, Any]]]:
    batch = json.dumps({f"q{number}": query for number, query in enumerate(queries)})
    reply = client.post("/reconcile", data={"queries": batch})
    assert reply.status_code == 200, reply.text
    conforms("result batch", reply.json)
    assert reply.json is not None
    return [reply.json[f"q{number}"]["result"] for number in range(len(queries))]


def extended(client: FlaskClient, ids: list[str], *properties: dict[str, Any]) -> dict[str, Any]:
    reply = client.post("/reconcile", data={"extend": json.dumps({"ids": ids, "properties": properties})})
    assert reply.status_code == 200, reply.text
    conforms("extension", reply.json)
    assert reply.json is not None
    told: dict[str, Any] = reply.json
    return told


# ── the manifest ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_manifest_leads_to_doors_that_open(shipped_client: FlaskClient) -> None:
    told = shipped_client.get("/reconcile").json
    conforms("manifest", told)
    assert told is not None
    kabul, address = "place%2Fcity-kabul", "http://localhost"
    templates = [told["preview"]["url"]]
    for kind, each in told["suggest"].items():
        found = shipped_client.get(
            (each["service_url"] + each["service_path"]).removeprefix(address), query_string={"prefix": ""}
        )
        assert found.status_code == 200
        id_ = {"entity": kabul, "property": "within", "type": "ProvincialCapital"}[kind]
        path = (each["flyout_service_url"] + each["flyout_service_path"]).replace("${id}", id_)
        flyout = shipped_client.get(path.removeprefix(address)).json
        conforms("flyout", flyout)
    for template in templates:
        assert shipped_client.get(template.replace("{{id}}", kabul).removeprefix(address)).status_code == 200
    view = told["view"]["url"].replace("{{id}}", kabul).removeprefix(address)
    assert shipped_client.get(view, headers={"Accept": "text/turtle"}).status_code in (200, 303)


@pytest.mark.parametrize(
    "path",
    ["/reconcile", "/reconcile/suggest/entity?prefix=ka", "/reconcile/preview/place/city-kabul",
     "/reconcile/flyout/type/City", "/reconcile/properties?type=City", "/reconcile/suggest/nothing"],
)  # fmt: skip
def test_every_door_may_be_used_by_scripts_of_other_sites(shipped_client: FlaskClient, path: str) -> None:
    """Section 3.3: cross-origin access for all endpoints in a uniform way; errors too."""
    reply = shipped_client.get(path, headers={"Origin": "https://refine.example"})
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    asked = {"Origin": "https://refine.example", "Access-Control-Request-Method": "POST"}
    preflight = shipped_client.options(path, headers=asked)
    assert preflight.status_code == 200
    if path == "/reconcile":
        assert "POST" in preflight.headers["Access-Control-Allow-Methods"]


# ── queries ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_namesakes_are_told_apart_by_type_and_by_what_they_lie_in(shipped_client: FlaskClient) -> None:
    crossing = [{"pid": "type", "v": "border crossing"}, {"pid": "within", "v": {"id": "place/province-kandahar"}}]
    both, city, inside = matched(
        shipped_client,
        {"query": "Kandahar"},
        {"query": "Kandahar", "type": "ProvincialCapital"},
        {"query": "Spin Boldak", "properties": crossing},
    )
    assert {"place/city-kandahar", "place/province-kandahar"} <= {each["id"] for each in both if each["score"] == 100}
    assert not any(each["match"] for each in both)
    assert (city[0]["id"], city[0]["match"]) == ("place/city-kandahar", True)
    assert city[0]["type"][0] == {
        "id": "ProvincialCapital", "name": "provincial capital", "broader": [{"id": "Place", "name": "place"}]
    }  # fmt: skip
    assert inside[0]["id"] == "place/crossing-spin-boldak"
    assert {"id": "within", "value": True} in inside[0]["features"]


@pytest.mark.parametrize(
    ("text", "id_"),
    [
        ("کابل", "place/city-kabul"), ("كابل", "place/city-kabul"), ("Mazar-e-Sharif", "place/city-mazar-i-sharif"),
        ("mazar i sharif", "place/city-mazar-i-sharif"), ("Lashkargah", "place/city-lashkar-gah"),
        ("Boldak Spin", "place/town-spin-boldak"), ("Zarang", "place/city-zaranj"), ("taleban", "actor/taliban"),
        ("place/city-kabul", "place/city-kabul"), ("place:city-kabul", "place/city-kabul"),
        ("https://w3id.org/controlgraph/id/place/city-kabul", "place/city-kabul"),
    ],
)  # fmt: skip
def test_a_name_is_found_as_people_spell_it(shipped_client: FlaskClient, text: str, id_: str) -> None:
    (found,) = matched(shipped_client, {"query": text})
    assert id_ in [each["id"] for each in found[:3]]


def test_every_thing_is_found_by_its_name_and_by_its_identifier(shipped: Store, shipped_client: FlaskClient) -> None:
    from kg.gazetteer import open_gazetteer
    from kg.reconciling import identifier

    gazetteer = open_gazetteer(shipped)
    entries = [*gazetteer.places.values(), *gazetteer.actors.values()]
    for start in range(0, len(entries), 50):
        some = entries[start : start + 50]
        names = matched(shipped_client, *({"query": each.label()} for each in some))
        for each, found in zip(some, names, strict=True):
            assert identifier(each.iri) in [one["id"] for one in found], each.label()
        ids = matched(shipped_client, *({"query": identifier(each.iri)} for each in some))
        assert [found[0]["id"] for found in ids] == [identifier(each.iri) for each in some]


def test_scores_fall_and_a_limit_is_kept(shipped_client: FlaskClient) -> None:
    (all_, few) = matched(shipped_client, {"query": "Kabul", "limit": 100}, {"query": "Kabul", "limit": 2})
    scores = [each["score"] for each in all_]
    assert scores == sorted(scores, reverse=True)
    assert few == all_[:2]


def test_properties_without_a_name_are_enough(shipped_client: FlaskClient) -> None:
    """Section 4.1: at least one of query and properties."""
    (found, near) = matched(
        shipped_client,
        {"type": ["Crossing"], "properties": [{"pid": "within", "v": "Kandahar"}]},
        {"query": "Kandahar", "properties": [{"pid": "coordinates", "v": "31.61,65.71"}], "type": "ProvincialCapital"},
    )
    assert [each["id"] for each in found] == ["place/crossing-spin-boldak"]
    assert {"id": "coordinates", "value": True} in near[0]["features"]
    query = {"query": "Kandahar", "properties": [{"pid": "coordinates", "v": "inf,inf"}], "type": "ProvincialCapital"}
    reply = shipped_client.post("/reconcile", data={"queries": json.dumps({"q": query})})
    assert reply.json is not None
    assert {"id": "coordinates", "value": False} in reply.json["q"]["result"][0]["features"]


@pytest.mark.parametrize(
    ("parameter", "text", "status", "words"),
    [
        ("queries", "{", 400, "queries"), ("queries", '{"q": {}}', 400, "queries/q: give a query, or properties"),
        ("queries", '{"q": {"query": "a", "limit": 0}}', 400, "queries/q/limit"),
        ("queries", '{"q": {"query": "a", "colour": 1}}', 400, "queries/q/colour"),
        ("queries", '{"q": {"query": "a", "type": "Castle"}}', 400, "there is no such type; there are Actor"),
        ("queries", '{"q": {"query": "kabul", "properties": [{"pid": "mayor", "v": 1}]}}', 400, "no such property"),
        (
            "queries", json.dumps({"q": {"properties": [{"pid": "within", "v": ["a"] * 21}]}}), 400,
            "21 values; accepted are at most 20",
        ),
        ("queries", json.dumps({str(number): {"query": "a"} for number in range(51)}), 413, "at most 50"),
        ("extend", '{"ids": [], "properties": [{"id": "mayor"}]}', 400, "no such property"),
        ("extend", '{"ids": ["place/city-kabul"], "properties": [{"id": "controller"}]}', 400, "a day is missing"),
        ("extend", json.dumps({"ids": ["a"] * 1001, "properties": []}), 413, "accepted are 1000"),
    ],
)  # fmt: skip
def test_a_request_that_cannot_be_answered_says_why(
    shipped_client: FlaskClient, parameter: str, text: str, status: int, words: str
) -> None:
    reply = shipped_client.post("/reconcile", data={parameter: text})
    assert reply.status_code == status
    assert reply.content_type == "application/problem+json"
    assert reply.json is not None
    assert words in reply.json["detail"]


def test_a_batch_may_come_by_get_and_one_thing_at_a_time(shipped_client: FlaskClient) -> None:
    batch = json.dumps({"q": {"query": "Zaranj"}})
    reply = shipped_client.get("/reconcile", query_string={"queries": batch})
    assert reply.json == shipped_client.post("/reconcile", data={"queries": batch}).json
    both = shipped_client.get("/reconcile", query_string={"queries": batch, "extend": "{}"})
    assert both.status_code == 400


@given(st.text(max_size=30), st.sampled_from(["", "Place", "Actor", "City", "Source"]))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_asked_is_answered_in_order(shipped: Store, text: str, type_: str) -> None:
    asked = reconciling.Query(text, (type_,) if type_ else (), 20, (("within", ("Kabul",)),))
    found = reconciling.candidates(shipped, asked)
    scores = [each.score for each in found]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 100 for score in scores)
    assert sum(each.match for each in found) <= 1
    assert len({each.entry.iri for each in found}) == len(found)


# ── suggestions, previews, extension ──────────────────────────────────────────────────────────────────────────────────


def suggested(client: FlaskClient, kind: str, **parameters: str) -> list[dict[str, Any]]:
    reply = client.get(f"/reconcile/suggest/{kind}", query_string=parameters)
    conforms(f"suggest {kind}", reply.json)
    assert reply.json is not None
    found: list[dict[str, Any]] = reply.json["result"]
    return found


def test_what_begins_so_is_suggested(shipped_client: FlaskClient) -> None:
    assert "place/city-kabul" in [each["id"] for each in suggested(shipped_client, "entity", prefix="kab")]
    assert [each["id"] for each in suggested(shipped_client, "entity", prefix="actor/taliban")] == ["actor/taliban"]
    assert [each["id"] for each in suggested(shipped_client, "type", prefix="provincial")] == ["ProvincialCapital"]
    names = [each["id"] for each in suggested(shipped_client, "property", prefix="contr")]
    assert {"controller", "controlState"} <= set(names)
    first = suggested(shipped_client, "entity", prefix="a")
    assert len(first) == 20
    assert suggested(shipped_client, "entity", prefix="a", cursor="1")[:19] == first[1:]


def test_a_preview_may_be_framed_and_says_who_it_is(shipped_client: FlaskClient) -> None:
    reply = shipped_client.get("/reconcile/preview/place%2Fcity-zaranj")
    assert reply.status_code == 200
    assert "frame-ancestors *" in reply.headers["Content-Security-Policy"]
    for words in ("Zaranj", "زرنج", "provincial capital in Nimroz", "controlled: Taliban, since 2021-08-08"):
        assert words in reply.text
    assert shipped_client.get("/reconcile/preview/place/nowhere").status_code == 404


def test_who_controlled_it_is_a_column_for_a_day(shipped_client: FlaskClient) -> None:
    ids, day = ["place/city-zaranj", "place/city-kabul", "place/nowhere"], {"at": "2021-08-09"}
    names = ("controller", "possibleController", "controlState")
    told = extended(
        shipped_client, ids, *({"id": name, "settings": day} for name in names),
        *({"id": name} for name in ("within", "population", "coordinates", "exactMatch")),
    )  # fmt: skip
    assert told["meta"][0] == {
        "id": "controller", "name": "who certainly held it on a day", "type": {"id": "Actor", "name": "actor"}
    }  # fmt: skip
    zaranj, kabul, nowhere = (told["rows"][id_] for id_ in ids)
    assert zaranj["controller"] == [{"id": "actor/taliban", "name": "Taliban"}]
    assert (kabul["controller"], kabul["controlState"]) == ([], [{"str": "possible"}])
    assert [each["id"] for each in kabul["possibleController"]] == ["actor/islamic-republic-government"]
    assert zaranj["within"][0] == {"id": "place/province-nimroz", "name": "Nimroz"}
    assert zaranj["population"] == [{"int": 49851}]
    assert kabul["coordinates"] == [{"str": "34.52813,69.17233"}]
    assert {"str": "http://www.wikidata.org/entity/Q5838"} in kabul["exactMatch"]
    assert [*map(tuple, nowhere.values())] == [()] * 7


def test_a_column_may_be_as_was_known_on_a_day(shipped_client: FlaskClient) -> None:
    """What became known later does not count: nobody had told of Zaranj on the fifth."""
    settings = {"at": "2021-08-06", "known": "2021-08-05"}
    early = extended(shipped_client, ["place/city-zaranj"], {"id": "controller", "settings": settings})
    late = extended(shipped_client, ["place/city-zaranj"], {"id": "controller", "settings": {"at": "2021-08-06"}})
    assert early["rows"] != late["rows"]


def test_every_property_that_is_proposed_can_be_had(shipped_client: FlaskClient) -> None:
    for type_, id_ in (("Place", "place/city-kabul"), ("ArmedMovement", "actor/taliban"), ("Source", "source/seed")):
        reply = shipped_client.get("/reconcile/properties", query_string={"type": type_})
        conforms("proposal", reply.json)
        assert reply.json is not None
        names = [each["id"] for each in reply.json["properties"]]
        assert names
        extended(shipped_client, [id_], *({"id": name, "settings": {"at": "2021-08-09"}} for name in names))
    few = shipped_client.get("/reconcile/properties", query_string={"type": "Place", "limit": "2"}).json
    assert few is not None
    assert len(few["properties"]) == few["limit"] == 2


# ── a client that is not ours ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.filterwarnings("ignore::pandas.errors.PandasChangeWarning")
def test_a_client_that_is_not_ours_matches_a_column(shipped: Store) -> None:
    from reconciler import reconcile

    provinces = {
        "Zaranj": "Nimroz", "Kunduz": "Kunduz", "Mazar-e-Sharif": "Balkh", "هرات": "Herat", "Lashkargah": "Helmand",
        "Spin Boldak": "Kandahar", "Sheberghan": "Jowzjan", "Talokan": "Takhar", "Aybak": "Samangan", "Farah": "Farah",
        "Puli Khumri": "Baghlan", "Qalat": "Zabul",
    }  # fmt: skip
    frame = pd.DataFrame({"city": list(provinces), "province": list(provinces.values())})
    with running(shipped.origin) as service:
        found = reconcile(
            frame["city"], property_mapping={"within": frame["province"]}, top_res=1,
            reconciliation_endpoint=f"{service.url}/reconcile",
        )  # fmt: skip
    told = dict(zip(found["input_value"], found["id"], strict=True))
    assert told["Mazar-e-Sharif"] == "place/city-mazar-i-sharif"
    assert told["هرات"] == "place/city-herat"
    assert told["Puli Khumri"] == "place/city-pul-e-khumri"
    assert len(told) == len(provinces)
    assert re.fullmatch(r"place/[a-z-]+", told["Qalat"])


def test_the_answer_of_a_batch_is_kept_like_any_other(shipped_client: FlaskClient) -> None:
    def ask(**headers: str) -> TestResponse:
        return shipped_client.post("/reconcile", data={"queries": '{"q": {"query": "Farah"}}'}, headers=headers)

    tag = ask().headers["ETag"]
    assert ask().headers["ETag"] == tag
    assert ask(**{"If-None-Match": tag}).status_code in (200, 304)
