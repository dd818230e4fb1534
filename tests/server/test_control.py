"""Who controlled what, over HTTP: as JSON, GeoJSON, CSV and RDF, in pages, and what is said to a bad question."""

from __future__ import annotations

import csv
import io
import json
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from openapi_spec_validator import validate
from pydantic import BaseModel
from rdflib import Graph

from kg.ontology import KG, PREFIXES
from server import answered, questions
from server.declared import named
from tests.server.conftest import Service, client_of

PLACE = PREFIXES["place"]
TALIBAN, GOVERNMENT = PREFIXES["actor"] + "taliban", PREFIXES["actor"] + "islamic-republic-government"
BOLDAK = f"{PLACE}crossing-spin-boldak"


def asked(client: FlaskClient, address: str, **headers: str) -> Any:
    response = client.get(address, headers=headers)
    assert response.status_code == 200, response.text
    assert response.headers["Controlgraph-Version"] == json.loads(response.text)["version"]
    return json.loads(response.text)


def problem(client: FlaskClient, address: str) -> dict[str, Any]:
    response = client.get(address)
    assert response.mimetype == "application/problem+json"
    assert json.loads(response.text)
    return dict(json.loads(response.text))


def test_one_place_on_a_day(shipped_client: FlaskClient) -> None:
    told = asked(shipped_client, "/api/control?at=2021-07-14&place=crossing-spin-boldak")
    assert list(told) == [
        "at", "known", "recorded", "sources", "policy", "baseline", "version", "total", "places",
    ]  # fmt: skip
    (place,) = told["places"]
    assert list(place) == [
        "place", "label", "type", "coordinates", "state", "flags", "controllers", "excluded", "because", "conflicts",
        "unheard", "undated",
    ]  # fmt: skip
    assert (place["place"], place["state"], len(place["because"])) == (BOLDAK, "disputed", 6)
    assert [stay["certainty"] for stay in place["controllers"]] == ["possible", "possible"]
    assert list(place["controllers"][0]) == [
        "actor", "label", "certainty", "possibleFrom", "certainFrom", "certainUntil", "possibleUntil", "interrupted",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("address", "model"),
    [
        ("/api/control?at=2021-08-09", answered.Map),
        ("/api/control?at=2021-07-01/2021-08-09&place=city-kabul,city-zaranj&known=2021-08", answered.Map),
        ("/api/control?at=1999-01-01&grounds=off", answered.Map),
        ("/api/history/city-kunduz", answered.History),
        ("/api/history/city-kunduz?at=2021-08&sources=-seed&recorded=2027-01-01&baseline=off", answered.History),
        ("/api/changes?at=2021-05-01/2021-09-30", answered.Changes),
        ("/api/compare?at=2021-08-11&a.sources=seed&b.policy=majority", answered.Compared),
        ("/api/aggregates?at=2021-08-14/2021-08-15&actor=taliban&type=ProvincialCapital", answered.Aggregates),
        ("/api/aggregates", answered.Aggregates),
    ],
)
def test_answers_are_as_they_are_described(shipped_client: FlaskClient, address: str, model: type[BaseModel]) -> None:
    told = asked(shipped_client, address)
    assert model.model_validate(told, strict=True)
    assert any(told[name] for name in ("places", "runs", "changes", "aggregates") if name in told)


def test_answers_name_their_evidence(shipped_client: FlaskClient) -> None:
    told = asked(shipped_client, "/api/control?at=2021-08-09")
    assert {place["state"] for place in told["places"]} == {"controlled", "possible", "disputed", "unknown"}
    for place in told["places"]:
        assert bool(place["because"]) or place["state"] == "unknown", place["place"]
    quick = asked(shipped_client, "/api/control?at=2021-08-09&grounds=off")
    for place, without in zip(told["places"], quick["places"], strict=True):
        grounds = {"because", "conflicts", "unheard", "undated"}
        assert {name: value for name, value in place.items() if name not in grounds} == without


def test_what_nobody_dates_is_named_in_every_form(shipped_client: FlaskClient) -> None:
    about = "/api/control?at=2021-08-09&place=airbase-bagram"
    (place,) = asked(shipped_client, about)["places"]
    undated = [f"{PREFIXES['claim']}{each}" for each in ("source-043-02", "source-073-01", "source-075-01")]
    assert place["undated"] == undated
    assert set(undated) <= set(place["because"])
    rows = list(csv.DictReader(io.StringIO(shipped_client.get(f"{about}&format=csv").text)))
    assert {row["undated"] for row in rows} == {" ".join(undated)}
    graph = Graph().parse(data=shipped_client.get(f"{about}&format=ttl").text, format="turtle")
    assert sorted(map(str, graph.objects(None, KG.undatedClaim))) == undated
    feature = json.loads(shipped_client.get(f"{about}&format=geojson").text)["features"][0]
    assert feature["properties"]["undated"] == undated


def test_several_days_are_answered_for_with_their_runs(shipped_client: FlaskClient) -> None:
    at = "/api/control?at=2021-07-13/2021-07-14&sources=seed"
    (place,) = asked(shipped_client, f"{at}&place=crossing-spin-boldak")["places"]
    assert place["state"] == "possible"
    assert [(run["first"], run["state"]) for run in place["runs"]] == [
        ("2021-07-13", "possible"),
        ("2021-07-14", "controlled"),
    ]
    assert "runs" not in asked(shipped_client, at)["places"][0]


@pytest.mark.parametrize(
    "named",
    [BOLDAK, quote(BOLDAK, safe=""), "place:crossing-spin-boldak", "crossing-spin-boldak", "Crossing-Spin-Boldak"],
)
def test_a_place_in_the_path_by_any_of_its_names(shipped_client: FlaskClient, named: str) -> None:
    told = asked(shipped_client, f"/api/history/{named}")
    assert told["place"] == BOLDAK
    assert told["runs"][0]["first"] == "2021-05-01"
    assert told["runs"][-1]["last"] is None


def test_names_in_a_language(shipped_client: FlaskClient) -> None:
    (place,) = asked(shipped_client, "/api/control?at=2021-08-15&place=city-kabul&lang=fa")["places"]
    assert place["label"] == "کابل"
    (place,) = asked(shipped_client, "/api/control?at=2021-08-15&place=city-kabul&lang=tlh")["places"]
    assert place["label"] == "Kabul"


def test_the_form_by_accept_and_by_name(shipped_client: FlaskClient) -> None:
    at = "/api/control?at=2021-08-09&type=Crossing"
    for form, media_type in (
        ("json", "application/json"),
        ("geojson", "application/geo+json"),
        ("csv", "text/csv"),
        ("ttl", "text/turtle"),
        ("nt", "application/n-triples"),
        ("rdf", "application/rdf+xml"),
        ("jsonld", "application/ld+json"),
    ):
        by_name = shipped_client.get(f"{at}&format={form}", headers={"Accept": "image/png"})
        by_accept = shipped_client.get(at, headers={"Accept": media_type})
        assert by_name.status_code == by_accept.status_code == 200, form
        assert by_name.mimetype == by_accept.mimetype == media_type
        assert "Accept" in by_accept.headers["Vary"]
        if form not in ("nt", "rdf", "jsonld"):  # of which nodes without names come in any order
            assert by_name.data == by_accept.data
    for address in (f"{at}&format=docx", "/api/compare?a.at=2021&b.at=2021&format=ttl"):
        refused = problem(shipped_client, address)
        assert (refused["status"], refused["type"].rpartition("/")[2]) == (406, "no-such-form")
        assert "csv (text/csv)" in refused["detail"]


def test_features(shipped_client: FlaskClient) -> None:
    def features(address: str) -> list[Any]:
        told = shipped_client.get(f"{address}&format=geojson").get_json()
        assert told["type"] == "FeatureCollection"
        for feature in told["features"]:
            assert set(feature) == {"type", "id", "geometry", "properties"}
            assert "coordinates" not in feature["properties"]
        return list(told["features"])

    boldak = next(each for each in features("/api/control?at=2021-08-09&type=Crossing") if each["id"] == BOLDAK)
    assert boldak["geometry"] == {"type": "Point", "coordinates": [66.43944, 30.96528]}
    assert boldak["properties"]["state"] == "disputed"
    assert features("/api/changes?at=2021-07-01/2021-07-31&place=crossing-spin-boldak")[0]["id"] == BOLDAK
    assert features("/api/compare?a.at=2021-07-01&b.at=2021-08-15&type=Crossing")[0]["properties"]["a"]
    one = shipped_client.get("/api/history/crossing-spin-boldak?format=geojson").get_json()
    assert (one["type"], one["geometry"]["type"]) == ("Feature", "Point")


def test_rows(shipped_client: FlaskClient) -> None:
    def rows(address: str) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(shipped_client.get(f"{address}&format=csv").text)))

    zaranj = rows("/api/control?at=2021-08-09&place=city-zaranj")
    assert [(row["state"], row["controller"], row["certainFrom"]) for row in zaranj] == [
        ("controlled", TALIBAN, "2021-08-06")
    ]
    assert rows("/api/history/city-zaranj?at=2021-08-09")[0]["certain"] == TALIBAN
    (changed,) = rows("/api/changes?at=2021-08-05/2021-08-06&place=city-zaranj")
    assert (changed["day"], changed["before.certain"], changed["after.certain"]) == ("2021-08-06", GOVERNMENT, TALIBAN)
    (compared,) = rows("/api/compare?a.at=2021-08-05&b.at=2021-08-06&place=city-zaranj")
    assert (compared["kind"], compared["a.certain"], compared["b.certain"]) == ("changed-hands", GOVERNMENT, TALIBAN)
    counts = [
        row for row in rows("/api/aggregates?at=2021-08-15&actor=taliban&type=ProvincialCapital") if not row["outcome"]
    ]
    assert [(row["certain"], row["possible"], row["of"]) for row in counts] == [("29", "33", "34")]


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
def test_rdf_says_the_same_in_every_form(shipped_client: FlaskClient) -> None:
    at = "/api/control?at=2021-08-09&type=ProvincialCapital"
    graphs = [
        Graph().parse(data=shipped_client.get(f"{at}&format={form}").data, format=name)
        for form, name in (("ttl", "turtle"), ("nt", "nt"), ("rdf", "xml"), ("jsonld", "json-ld"))
    ]
    assert {len(graph) for graph in graphs} == {len(graphs[0])}
    assert len(list(graphs[0].subjects(KG.state))) == 34
    runs = Graph().parse(data=shipped_client.get("/api/history/city-zaranj?format=ttl").data, format="turtle")
    assert (None, KG.state, KG.Controlled) in runs
    changed = "/api/changes?at=2021-08-05/2021-08-09&format=ttl"
    assert Graph().parse(data=shipped_client.get(changed).data, format="turtle")


def test_a_list_in_pages(shipped_client: FlaskClient) -> None:
    whole = asked(shipped_client, "/api/control?at=2021-08-09&type=ProvincialCapital,Crossing")
    assert whole["total"] == len(whole["places"]) == 45
    address = "/api/control?at=2021-08-09&type=ProvincialCapital,Crossing&limit=20"
    found: list[str] = []
    for _ in range(3):
        response = shipped_client.get(address)
        links = {
            part.partition("; ")[2]: part.partition(">")[0].strip(" <") for part in response.headers["Link"].split(",")
        }
        found += [place["place"] for place in json.loads(response.text)["places"]]
        address = links.get('rel="next"', "")
    assert address == ""
    assert found == [place["place"] for place in whole["places"]]
    assert {'rel="first"', 'rel="prev"', 'rel="last"'} == set(links)
    assert "limit=20&offset=20" in links['rel="prev"']
    assert "type=ProvincialCapital%2CCrossing" in links['rel="last"']
    assert "Link" not in shipped_client.get("/api/control?at=2021-08-09").headers
    beyond = asked(shipped_client, "/api/control?at=2021-08-09&offset=100000")
    assert (beyond["places"], beyond["total"] > 90) == ([], True)


def test_what_a_client_has_is_not_sent_again(shipped_client: FlaskClient) -> None:
    address = "/api/control?at=2021-08-09&place=city-kabul"
    first = shipped_client.get(address)
    again = shipped_client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    head = shipped_client.head(address)
    assert (head.status_code, head.headers["ETag"], head.data) == (200, first.headers["ETag"], b"")


@pytest.mark.parametrize(
    ("address", "status", "slug", "says"),
    [
        ("/api/control", 400, "bad-question", "at: it is missing"),
        ("/api/control?at=", 400, "bad-question", "at: it is missing"),
        ("/api/control?at=2021-13-01", 400, "bad-date", "no day of the calendar; accepted are 2021-06-22"),
        ("/api/control?at=2202-02-30", 400, "bad-date", "no day of the calendar"),
        ("/api/control?at=uuuu", 400, "bad-date", "no date that is understood; accepted are"),
        ("/api/control?at=2021-08-15/..", 400, "bad-date", "give both, such as 2021-08-01/2021-08-15"),
        ("/api/control?at=2021-08-15/2021-08-01", 400, "bad-date", "ends before it begins"),
        ("/api/control?at=%ff", 400, "query-encoding", "not UTF-8"),
        ("/api/control?at=2021-08-09&at=2021-08-10", 400, "one-value", "at is given 2 times"),
        ("/api/control?at=2021-08-09&known=soon", 400, "bad-date", "known: 'soon' is no date"),
        ("/api/control?at=2021-08-09&recorded=soon", 400, "bad-date", "recorded: 'soon' is no day"),
        ("/api/control?at=2021-08-09&place=kabull", 404, "unknown-name", "the nearest are city-kabul"),
        ("/api/control?at=2021-08-09&place=%00", 404, "unknown-name", "there is no place"),
        ("/api/control?at=2021-08-09&place=spin-boldak", 400, "ambiguous-name", "3 places are called"),
        ("/api/control?at=2021-08-09&within=atlantis", 404, "unknown-name", "there is no place 'atlantis'"),
        ("/api/control?at=2021-08-09&actor=talban", 404, "unknown-name", "the nearest are taliban"),
        ("/api/control?at=2021-08-09&sources=nowhere", 404, "unknown-name", "there is no source"),
        ("/api/control?at=2021-08-09&sources=seed,-source-089", 400, "bad-question", "not both"),
        ("/api/control?at=2021-08-09&type=Castle", 400, "bad-question", "accepted are Airbase"),
        ("/api/control?at=2021-08-09&state=lost", 400, "bad-question", "accepted are controlled, possible"),
        ("/api/control?at=2021-08-09&policy=loud", 400, "bad-question", "accepted are default, every-word"),
        ("/api/control?at=2021-08-09&baseline=no", 400, "bad-question", "accepted are on or off"),
        ("/api/control?at=2021-08-09&limit=0", 400, "bad-question", "greater than or equal to 1"),
        ("/api/control?at=2021-08-09&limit=many", 400, "bad-question", "limit='many'"),
        ("/api/control?at=2021-08-09&offset=-1", 400, "bad-question", "offset='-1'"),
        ("/api/control?at=2021-08-09&lang=<b>", 400, "bad-question", "lang='<b>'"),
        ("/api/control?at=2021-08-09&colour=red", 400, "unknown-parameter", "colour: accepted here are actor, at"),
        ("/api/history/kabull", 404, "unknown-name", "the nearest are city-kabul"),
        ("/api/history/spin-boldak", 400, "ambiguous-name", "crossing-spin-boldak"),
        ("/api/history/", 404, "not-found", ""),
        ("/api/changes", 400, "bad-question", "at: it is missing"),
        ("/api/changes?at=2021-08-06", 400, "bad-question", "from one day to another"),
        ("/api/compare", 400, "bad-question", "at: a day is missing"),
        ("/api/compare?a.at=2021-08-09", 400, "bad-question", "at: a day is missing"),
        ("/api/compare?a.at=2021-08-09&b.at=never", 400, "bad-date", "b.at: 'never' is no date"),
        ("/api/aggregates?actor=taliban", 400, "bad-question", "counting needs a day"),
        ("/api/aggregates?at=1900/2021", 400, "bad-question", "days are too many to count; at most 400"),
    ],
)
def test_a_bad_question_is_told_what_is_accepted(
    shipped_client: FlaskClient, address: str, status: int, slug: str, says: str
) -> None:
    browser = "text/html, */*;q=0.1" if status != 404 or slug != "not-found" else "*/*"
    response = shipped_client.get(address, headers={"Accept": browser})
    assert (response.status_code, response.mimetype) == (status, "application/problem+json")
    assert json.loads(response.text)["type"].rpartition("/")[2] == slug
    assert says in json.loads(response.text)["detail"]
    assert "Traceback" not in response.text


def test_nearest_names_and_candidates_are_listed(shipped_client: FlaskClient) -> None:
    near = problem(shipped_client, "/api/history/kabull")["nearest"]
    assert near[0] == {
        "iri": f"{PLACE}city-kabul", "slug": "city-kabul", "label": "Kabul", "type": "provincial capital",
    }  # fmt: skip
    several = problem(shipped_client, "/api/history/spin-boldak")["candidates"]
    assert [each["slug"] for each in several] == ["crossing-spin-boldak", "district-spin-boldak", "town-spin-boldak"]


def test_a_store_without_data_says_so(tmp_path: Any) -> None:
    with client_of(tmp_path / "store", children=1) as client:
        told = problem(client, "/api/control?at=2021-08-09")
        assert (told["status"], told["type"].rpartition("/")[2]) == (503, "nothing-published")
        assert client.get("/api/openapi.json").status_code == 200


def founded(writable: Service, slug: str) -> str:
    """Write that there is a town called New Town; the version before."""
    former = writable.ask("GET", "/api/control?at=1931-04-20").headers["controlgraph-version"]
    done = writable.update(
        "PREFIX skos: <http://www.w3.org/2004/02/skos/core#> INSERT DATA { GRAPH <https://example.org/g> {"
        f' place:{slug} a kg:Place ; kg:placeType kg:Town ; skos:prefLabel "New Town"@en }} }}'
    )
    assert done.status < 300, done.body
    return former


def test_a_write_is_in_the_next_answer(writable: Service) -> None:
    address = "/api/control?at=2001-01-01&place=place:newer-town"
    assert writable.ask("GET", address).status == 404
    founded(writable, "newer-town")
    assert b'"label": "New Town"' in writable.ask("GET", address).body
    assert b"New Town" in writable.ask("GET", "/map?at=1931-04-20").body
    assert writable.ask("GET", f"{address}&version=000999-000000000000").status == 404
    done = writable.update("DELETE WHERE { GRAPH <https://example.org/g> { place:newer-town ?p ?o } }")
    assert done.status < 300, done.body


@pytest.mark.embedded("an engine has only its present version")
def test_a_version_of_before_answers_as_it_did(writable: Service) -> None:
    address = "/api/control?at=2001-01-01&place=place:new-town"
    former = founded(writable, "new-town")
    for path in (
        "/api/control?at=1931-04-20&", "/api/history/town-alden?", "/api/changes?at=1931-04/1931-05&",
        "/api/compare?a.at=1931-04-10&b.at=1931-04-20&", "/api/aggregates?", "/map?at=1931-04-20&", "/timeline.svg?",
    ):  # fmt: skip
        asked = f"{path}version={former}"
        before = writable.ask("GET", asked)
        assert (before.status, before.headers["controlgraph-version"]) == (200, former), (asked, before.body[:300])
        assert "etag" not in before.headers
    assert writable.ask("GET", f"{address}&version={former}").status == 404, "it was not there then"
    assert b"New Town" not in writable.ask("GET", f"/map?at=1931-04-20&version={former}").body
    for roads in ("/api/fronts?", "/api/network?kind=control&", "/routes?"):
        told = writable.ask("GET", f"{roads}at=1931-04-20&version={former}")
        assert (told.status, told.headers["controlgraph-version"]) == (200, former), "and ends"


@pytest.fixture(scope="module")
def described(shipped_client: FlaskClient) -> Any:
    response = shipped_client.get("/api/openapi.json")
    assert (response.status_code, response.mimetype) == (200, "application/json")
    return json.loads(response.text)


def test_the_description_is_openapi(described: Any) -> None:
    validate(described)
    assert described["openapi"].startswith("3.1")
    assert {f"/api/{name}" for name in ("control", "history/{place}", "changes", "compare", "aggregates")} <= set(
        described["paths"]
    )
    at = {each["name"]: each for each in described["paths"]["/api/control"]["get"]["parameters"]}
    assert (at["at"]["required"], at["known"]["required"]) == (True, False)
    assert at["state"]["schema"]["items"]["enum"] == ["controlled", "possible", "contested", "disputed", "unknown"]
    answers = described["paths"]["/api/control"]["get"]["responses"]
    assert {"application/json", "application/geo+json", "text/csv", "text/turtle"} <= set(answers["200"]["content"])
    assert list(answers["404"]["content"]) == ["application/problem+json"]


def test_every_endpoint_is_described_with_its_own_parameters(described: Any, shipped_client: FlaskClient) -> None:
    for name, model in (("control", questions.Control), ("changes", questions.Changes), ("compare", questions.Compare),
                        ("aggregates", questions.Aggregates), ("history/{place}", questions.History)):  # fmt: skip
        told = described["paths"][f"/api/{name}"]["get"]["parameters"]
        assert [each["name"] for each in told if each["in"] == "query"] == [
            field.alias or own for own, field in model.model_fields.items()
        ]
        assert set(described["paths"][f"/api/{name}"]["get"]["responses"]) == {"200", "400", "404", "406", "503"}


def test_no_two_models_have_one_name() -> None:
    def below(model: type[BaseModel]) -> set[type[BaseModel]]:
        return {model}.union(*(below(each) for each in model.__subclasses__()))

    names = [named(model) for model in below(BaseModel) if model.__module__.startswith("server.")]
    assert len(names) > 20
    assert [name for name in names if names.count(name) > 1] == []


def test_the_examples_of_the_description_are_answered(described: Any, shipped_client: FlaskClient) -> None:
    for path, methods in described["paths"].items():
        for parameter in methods.get("get", {}).get("parameters", []):
            example = parameter["schema"].get("examples", [None])[0]
            tags = methods["get"].get("tags", ())
            if example is None or not {"control", "roads"} & set(tags):
                continue
            text = ",".join(example) if isinstance(example, list) else example
            at = "2021-08-09" if "roads" in tags else "2021-08-09/2021-08-11"
            needed = {"from": "city-kabul", "to": "city-herat", "avoid": "taliban"} if path == "/api/path" else {}
            values = {"at": at, **needed, parameter["name"]: text}
            response = shipped_client.get(path.replace("{place}", "city-kabul"), query_string=values)
            assert response.status_code == 200, (path, parameter["name"], response.text)


def test_the_page_of_the_description(described: Any, shipped_client: FlaskClient) -> None:
    page = shipped_client.get("/api/docs").text
    for path in described["paths"]:
        assert path in page
    assert 'name="a.at"' in page
    assert "https://" not in page.replace("https://w3id.org/", "")
    assert "<script>" not in page
