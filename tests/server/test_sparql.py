"""`/sparql` by the protocol: every way to ask, every form of answer, every way to be wrong."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from rdflib import Dataset, Graph
from rdflib.query import Result, ResultRow
from werkzeug.test import TestResponse

from kg.store.answer import GRAPH_FORMATS, RESULT_FORMATS
from tests.elsewhere.stores import Place, Stores
from tests.server.conftest import client_of

KG = "https://w3id.org/controlgraph/ontology#"
STANCES = f"""
PREFIX kg: <{KG}>
PREFIX event: <https://w3id.org/controlgraph/id/event/>
SELECT ?stance ?gloss {{ ?claim kg:about event:brook ; kg:stance ?stance ; kg:gloss ?gloss }} ORDER BY ?gloss
"""
EXPECTED = [
    (f"{KG}Announces", "The Blues say the ferry is theirs since the third."),
    (f"{KG}Reports", "The Blues took the Brook ferry."),
    (f"{KG}Denies", "The Crown says the ferry never changed hands."),
]
NAMES = """
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX kg: <https://w3id.org/controlgraph/ontology#>
CONSTRUCT { ?place skos:prefLabel ?name } WHERE { ?place a kg:Place ; skos:prefLabel ?name }
"""
PROBLEM = "application/problem+json"
FORM = "application/x-www-form-urlencoded"


def ask(client: FlaskClient, query: str, **more: Any) -> TestResponse:
    """The query by GET."""
    return client.get("/sparql", query_string={"query": query, **more.pop("parameters", {})}, **more)


def problem(response: TestResponse) -> dict[str, Any]:
    """The problem document of a response, which it must be."""
    assert response.content_type == PROBLEM
    document: dict[str, Any] = json.loads(response.data)
    assert document["status"] == response.status_code
    assert document["type"].startswith("https://w3id.org/controlgraph/problem/")
    assert document["title"]
    return document


def pairs(media_type: str, data: bytes) -> list[tuple[str, str]]:
    """The (stance, gloss) rows of an answer in any of the forms."""
    if media_type == "text/csv":
        return [(row["stance"], row["gloss"]) for row in csv.DictReader(io.StringIO(data.decode()))]
    form = {"text/tab-separated-values": "tsv", "application/sparql-results+xml": "xml"}.get(media_type, "json")
    parsed = Result.parse(io.BytesIO(data), format=form)
    return [(str(stance), str(gloss)) for stance, gloss in (row for row in parsed if isinstance(row, ResultRow))]


@pytest.mark.parametrize(("name", "media_type"), RESULT_FORMATS.items())
def test_solutions_in_every_form(client: FlaskClient, name: str, media_type: str) -> None:
    by_header = ask(client, STANCES, headers={"Accept": media_type})
    by_name = ask(client, STANCES, parameters={"format": name}, headers={"Accept": "image/png"})
    for response in (by_header, by_name):
        assert response.status_code == 200
        assert response.mimetype == media_type
        assert response.content_length == len(response.data)
        assert pairs(media_type, response.data) == EXPECTED
        assert response.vary.as_set() == {"accept", "accept-encoding"}
        assert response.headers["Controlgraph-Version"].startswith("000001-")
    assert ("charset=utf-8" in by_header.content_type) == media_type.startswith("text/")


@pytest.mark.parametrize(
    ("address", "media_type"),
    [
        ("format=tsv&format=text/tab-separated-values", "text/tab-separated-values"),
        ("format=none&format=&format=csv", "text/csv"),
        ("format=n3&output=n3", "text/turtle"),
    ],
)
def test_of_several_names_for_a_form_the_first_known_counts(client: FlaskClient, address: str, media_type: str) -> None:
    query = NAMES if media_type == "text/turtle" else "SELECT * {}"
    assert client.post(f"/sparql?{address}", data={"query": query}).mimetype == media_type


@pytest.mark.parametrize(("name", "media_type"), RESULT_FORMATS.items())
def test_booleans_in_every_form(client: FlaskClient, name: str, media_type: str) -> None:
    for query, truth in (("ASK { ?s ?p ?o }", True), ("ASK { <e:no> ?p ?o }", False)):
        data = ask(client, query, parameters={"format": name}).data
        if name in ("csv", "tsv"):
            assert data.decode().strip() == str(truth).lower()
        else:
            assert Result.parse(io.BytesIO(data), format=name).askAnswer is truth


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
@pytest.mark.parametrize(("name", "media_type"), GRAPH_FORMATS.items())
def test_graphs_in_every_form(client: FlaskClient, name: str, media_type: str) -> None:
    response = ask(client, NAMES, headers={"Accept": media_type})
    assert response.mimetype == media_type
    parser = {"ttl": "turtle", "rdf": "xml", "jsonld": "json-ld", "nq": "nquads", "trig": "trig"}.get(name, name)
    graph = Dataset(default_union=True) if name in ("nq", "trig") else Graph()
    graph.parse(data=response.data, format=parser)
    assert {str(o) for o in graph.objects()} == {"Alden", "آلدن", "Eastmark", "Westmark", "Cairn airfield"}


def test_turtle_is_short(client: FlaskClient) -> None:
    assert b"place:town-alden skos:prefLabel" in ask(client, NAMES).data


@pytest.mark.parametrize(
    "how",
    [
        {"path": "/sparql", "data": {"query": STANCES}},
        {"path": "/sparql", "data": STANCES, "content_type": "application/sparql-query"},
        {"path": "/sparql", "data": STANCES.encode(), "content_type": "application/sparql-query; charset=utf-8"},
        {"path": "/sparql", "data": {"query": STANCES, "format": "json"}},
    ],
    ids=["form", "body", "body with charset", "form with format"],
)
def test_asking_by_post(client: FlaskClient, how: dict[str, Any]) -> None:
    response = client.post(**how)
    assert response.status_code == 200
    assert pairs(response.mimetype or "", response.data) == EXPECTED


def test_a_head_has_the_headers_of_a_get(client: FlaskClient) -> None:
    get, head = (client.open("/sparql", method=method, query_string={"query": STANCES}) for method in ("GET", "HEAD"))
    assert head.data == b""
    assert head.content_length == len(get.data)
    assert head.content_type == get.content_type


def test_a_large_answer_is_whole(client: FlaskClient) -> None:
    response = ask(client, "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 5000", headers={"Accept": "text/csv"})
    assert len(response.data) == response.content_length
    assert response.content_length is not None
    assert response.content_length > 256 * 1024
    assert response.data.count(b"\r\n") == 5001


def test_relative_iris_are_resolved_against_the_endpoint(client: FlaskClient) -> None:
    response = ask(
        client, "SELECT (<#x> AS ?iri) {}", parameters={"format": "csv"}, base_url="https://graph.example.org"
    )
    assert response.text.split() == ["iri", "https://graph.example.org/sparql#x"]


def test_the_public_address_is_the_base(world: Place) -> None:
    with client_of(world, children=1, public_url="https://example.org/graph") as behind:
        response = ask(behind, "SELECT (<x> AS ?iri) {}", parameters={"format": "csv"})
    assert response.text.split()[1] == "https://example.org/graph/x"


def test_a_syntax_error_has_line_and_column(client: FlaskClient) -> None:
    document = problem(ask(client, "SELECT *\nWHERE {\n  ?s ?p\n}"))
    assert document["status"] == 400
    assert document["type"].endswith("/query-syntax")
    assert (document["line"], document["column"]) == (4, 2)
    assert "expected" in document["detail"]


@pytest.mark.parametrize(
    ("accept", "query", "offered"),
    [
        ("image/png", STANCES, "text/csv"),
        ("text/csv;q=0", STANCES, "text/turtle"),
        ("text/turtle", STANCES, None),
        ("text/csv", NAMES, None),
    ],
)
def test_nothing_that_fits_is_406(client: FlaskClient, accept: str, query: str, offered: str | None) -> None:
    document = problem(ask(client, query, headers={"Accept": accept}))
    assert document["status"] == 406
    assert offered is None or offered in document["detail"]


def test_an_unknown_format_is_406_and_named(client: FlaskClient) -> None:
    document = problem(ask(client, STANCES, parameters={"format": "pdf"}))
    assert document["status"] == 406
    assert "format=pdf" in document["detail"]


def body(data: str | bytes, content_type: str | None = "application/sparql-query", **more: Any) -> dict[str, Any]:
    """A POST with this body."""
    return {"method": "POST", "data": data, "content_type": content_type, **more}


WRONG: dict[str, tuple[dict[str, Any], int, str]] = {
    "no query": ({"path": "/sparql?timeout=3"}, 400, "one-operation"),
    "two in the address": ({"path": "/sparql?query=ASK{}&query=ASK{}"}, 400, "one-operation"),
    "address and form": (body("query=ASK{}", FORM, path="/sparql?query=ASK{}"), 400, "one-operation"),
    "address and body": (body("ASK {}", path="/sparql?query=ASK{}"), 400, "one-operation"),
    "form without query": (body("x=1", FORM), 400, "one-operation"),
    "plain text": (body("ASK {}", "text/plain"), 415, "body-type"),
    "no type": (body(b"ASK {}", None), 415, "body-type"),
    "not UTF-8": (body(b"ASK { ?s ?p '\xff' }"), 400, "query-encoding"),
    "update as body": (body("CLEAR ALL", "application/sparql-update"), 403, "read-only"),
    "update in a form": (body("update=CLEAR+ALL", FORM), 403, "read-only"),
    "default graph": ({"path": "/sparql?query=ASK{}&default-graph-uri=g"}, 400, "iri"),
    "named graph": ({"path": "/sparql?query=ASK{}&named-graph-uri=e:%3E"}, 400, "iri"),
    "graph of an update": ({"path": "/sparql?query=ASK{}&using-graph-uri=e:g"}, 400, "data-set"),
    "address not UTF-8": ({"path": "/sparql?query=ASK%FF{}"}, 400, "query-encoding"),
    "another charset": (body(b"ASK {}", "application/sparql-query; charset=utf-16"), 415, "body-charset"),
    "query-id that can be guessed": ({"path": "/sparql?query=ASK{}&query-id=1"}, 400, "query-id"),
    "timeout word": ({"path": "/sparql?query=ASK{}&timeout=soon"}, 400, "timeout"),
    "timeout zero": ({"path": "/sparql?query=ASK{}&timeout=0"}, 400, "timeout"),
    "timeout infinite": ({"path": "/sparql?query=ASK{}&timeout=inf"}, 400, "timeout"),
    "timeout twice": ({"path": "/sparql?query=ASK{}&timeout=1&timeout=2"}, 400, "one-value"),
    "large body": (body(b"#" * (1 << 20) + b"\nASK {}"), 413, "request-entity-too-large"),
    "large form": (body(b"query=%23" + b"a" * (1 << 20), FORM), 413, "request-entity-too-large"),
    "another method": ({"method": "PUT"}, 405, "method-not-allowed"),
}


@pytest.mark.parametrize(("wrong", "status", "slug"), WRONG.values(), ids=WRONG)
def test_a_wrong_request_is_told_so(client: FlaskClient, wrong: dict[str, Any], status: int, slug: str) -> None:
    document = problem(client.open(**{"path": "/sparql", **wrong}))
    assert document["status"] == status
    assert document["type"].endswith(f"/{slug}")


def test_a_long_query_is_taken(client: FlaskClient) -> None:
    long = "#" + "a" * (700 << 10) + "\nASK {}"
    assert client.post("/sparql", data={"query": long}).json == {"head": {}, "boolean": True}


def test_a_timeout_shortens(world: Place, stores: Stores, tmp_path: Path) -> None:
    slow = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    own = stores.copy(world, tmp_path / "store")  # an engine goes on with what was given up
    with client_of(own, children=1) as client:
        document = problem(ask(client, slow, parameters={"timeout": "0.2"}))
        assert document["status"] == 504
        assert document["seconds"] == 0.2
        assert ask(client, "ASK {}", parameters={"timeout": "9999"}).status_code == 200


def test_an_answer_that_is_too_large_is_422(world: Place) -> None:
    with client_of(world, children=1, result_max=2000) as narrow:
        document = problem(ask(narrow, "SELECT * { ?s ?p ?o }"))
        assert (document["status"], document["limit"]) == (422, 2000)
        assert ask(narrow, "ASK {}").status_code == 200


def test_a_browser_that_asks_nothing_is_sent_to_the_query_page(client: FlaskClient) -> None:
    response = client.get("/sparql", headers={"Accept": "text/html,*/*;q=0.8"})
    assert response.status_code == 302
    assert response.location == "/query"


def test_scripts_of_other_sites_may_ask(client: FlaskClient) -> None:
    preflight = client.options(
        "/sparql", headers={"Origin": "https://example.org", "Access-Control-Request-Method": "POST"}
    )
    assert preflight.status_code == 200
    assert "POST" in preflight.headers["Access-Control-Allow-Methods"]
    assert "Content-Type" in preflight.headers["Access-Control-Allow-Headers"]
    for response in (preflight, ask(client, "ASK {}"), ask(client, "ASK {")):
        assert response.headers["Access-Control-Allow-Origin"] == "*"
