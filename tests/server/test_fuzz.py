"""Requests that nobody would write: whatever is sent to whichever door, the answer is one that is told of."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from itertools import product

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.exceptions import HTTPException

from tests.elsewhere.stores import Place, Stores
from tests.server.conftest import TOKEN, WRITER, client_of

PATHS = [
    "/", "/query", "/sparql", "/sparql/", "/graphs", "/graphs/x", "/graph/world", "/id/place/town-alden", "/id/x/y",
    "/resource", "/ontology", "/.well-known/void", "/dumps/controlgraph.nq", "/dumps/world.ttl", "/queries/x",
    "/feed/versions", "/healthz", "/readyz", "/metrics", "/static/style.css", "/static/../app.py", "/nowhere",
]  # fmt: skip
METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "QUERY", "OPTIONS", "PROPFIND"]
NAMES = [
    "query", "update", "format", "default-graph-uri", "named-graph-uri", "using-graph-uri", "using-named-graph-uri",
    "graph", "default", "timeout", "query-id", "iri", "example",
]  # fmt: skip
VALUES = [
    "ASK {}", "SELECT * { ?s ?p ?o } LIMIT 3", "CONSTRUCT WHERE { ?s ?p ?o } LIMIT 3", "INSERT DATA { <e:a> <e:b> 1 }",
    "DELETE WHERE { ?s <e:b> ?o }", "json", "ttl", "csv", "https://w3id.org/controlgraph/graph/world", "e:g", "1", "",
    "inf", "-1", "a-name_of-16-letters", "https://w3id.org/controlgraph/id/place/town-alden", "\u0000", "\ud7ff😀",
]  # fmt: skip
TYPES = [
    "application/sparql-query", "application/sparql-update", "application/x-www-form-urlencoded", "text/turtle",
    "application/ld+json", "application/rdf+xml", "multipart/form-data; boundary=x", "multipart/form-data",
    "text/plain", "text/turtle; charset=latin-1", "", ";", "\u00e9/x",
]  # fmt: skip
ACCEPTED = ["*/*", "text/html", "text/turtle", "application/json;q=0.1", ";;,,", "text/*;q=x", "", "image/png"]
DOCUMENTED = {503, 504}


@pytest.fixture(scope="module")
def open_door(world: Place, tmp_path_factory: pytest.TempPathFactory, stores: Stores) -> Iterator[FlaskClient]:
    """A client of a store to which anything may be written."""
    location = stores.copy(world, tmp_path_factory.mktemp("fuzz") / "store")
    with client_of(location, children=1, deadline=5, body_max=4096, tokens=(("tester", TOKEN),)) as client:
        yield client


values = st.sampled_from(VALUES) | st.text(max_size=20)
bodies = st.binary(max_size=200) | st.sampled_from(VALUES).map(str.encode) | st.just(b"x" * 5000)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    method=st.sampled_from(METHODS),
    path=st.sampled_from(PATHS) | st.text("abc/%.é ", max_size=12).map(lambda text: "/" + text.lstrip("/")),
    parameters=st.lists(st.tuples(st.sampled_from(NAMES), values), max_size=4),
    raw=st.none() | st.binary(max_size=20),
    body=bodies,
    content_type=st.sampled_from(TYPES),
    accept=st.sampled_from(ACCEPTED),
    token=st.booleans(),
)
def test_no_request_ends_in_an_answer_that_nobody_told_of(
    open_door: FlaskClient,
    method: str,
    path: str,
    parameters: list[tuple[str, str]],
    raw: bytes | None,
    body: bytes,
    content_type: str,
    accept: str,
    token: bool,
) -> None:
    query = {"query_string": parameters} if raw is None else {"query_string": raw.decode("latin-1")}
    headers = {"Accept": accept, "Content-Type": content_type, **(WRITER if token else {})}
    with open_door.open(path, method=method, data=body, headers=headers, **query) as response:
        data = response.data
    assert response.status_code < 500 or response.status_code in DOCUMENTED, data
    assert b"Traceback" not in data
    if response.status_code >= 400 and response.mimetype != "text/html" and method != "HEAD":
        assert response.mimetype == "application/problem+json"
        assert json.loads(data)["status"] == response.status_code


QUESTIONS = [
    "/map", "/map.svg", "/timeline", "/timeline.svg", "/compare", "/dossier", "/feed", "/api/control",
    "/api/history/town-alden", "/api/history/nowhere", "/api/changes", "/api/compare", "/api/aggregates", "/api/events",
    "/api/search", "/api/claims", "/api/openapi.json", "/api/docs",
    "/browse", "/browse/place", "/browse/claim", "/data", "/help", "/search", "/routes", "/routes.svg", "/map/reel",
    "/graph", "/graph/ties", "/graph/way", "/graph/both", "/query/words", "/id/source/gazette", "/ontology/Claim",
    "/claims/new", "/claims/reading", "/claims/x/correction", "/claims/x/retraction", "/api/claims/x/corrections",
    "/api/claims/x/retraction", "/api/routes", "/api/path", "/api/pockets", "/api/chokepoints", "/api/fronts",
    "/api/holdings", "/api/borders", "/api/links", "/api/network", "/reconcile", "/reconcile/suggest/entity",
    "/reconcile/flyout/entity/x", "/reconcile/preview/x", "/reconcile/properties", "/problem/bad-date",
    "/sitemap.xml", "/sitemaps/1.xml", "/robots.txt", "/context.jsonld", "/alignments",
]  # fmt: skip
ASKED = [
    "at", "known", "recorded", "place", "within", "type", "actor", "state", "sources", "policy", "baseline", "lang",
    "format", "q", "page", "size", "sel", "version", "a.at", "b.at", "a.sources", "b.policy",
    "month", "stance", "source", "offset", "limit", "more", "open", "property", "direction", "from", "to", "width",
    "z", "c", "cal", "embed", "view", "when", "prefix", "cursor", "queries", "strength",
]  # fmt: skip
ANSWERS = [
    "2031-05-04", "2031-05-01/2031-06-01", "2031-06-01/2031-05-01", "2031-13-01", "uuuu", "..", "2031-05~",
    "0001-01-01", "9999-12-31", "-9999", "town-alden", "alden", "kg:Town", "id:place/town-alden", "majority", "off",
    "controlled", "csv", "geojson", "ttl", "fa", "-seed", ",", "%", "", "0", "-1", "99999999999999999999",
    "9" * 5000, "in,kg:place,,9", "kg:place", "in", "both", "control", "\u0000", "\ud7ff😀",
]  # fmt: skip


def test_every_door_is_tried(open_door: FlaskClient) -> None:
    """Of both lists together: who adds a door adds it to one."""
    doors = open_door.application.url_map.bind("localhost")
    tried = set()
    for path, method in product((*PATHS, *QUESTIONS), METHODS):
        with suppress(HTTPException):
            tried.add(doors.match(path, method=method, return_rule=True)[0].rule)
    assert {rule.rule for rule in open_door.application.url_map.iter_rules()} - tried == set()


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    method=st.sampled_from(["GET", "GET", "GET", "POST", "DELETE"]),
    path=st.sampled_from(QUESTIONS),
    parameters=st.lists(st.tuples(st.sampled_from(ASKED), st.sampled_from(ANSWERS) | st.text(max_size=12)), max_size=5),
    body=bodies | st.dictionaries(st.text(max_size=8), st.text(max_size=8)).map(lambda each: json.dumps(each).encode()),
    accept=st.sampled_from([*ACCEPTED, "text/csv", "application/geo+json", "image/svg+xml"]),
    token=st.booleans(),
)
def test_no_question_ends_in_an_answer_that_nobody_told_of(
    open_door: FlaskClient,
    method: str,
    path: str,
    parameters: list[tuple[str, str]],
    body: bytes,
    accept: str,
    token: bool,
) -> None:
    headers = {"Accept": accept, "Content-Type": "application/json", **(WRITER if token else {})}
    with open_door.open(path, method=method, data=body, headers=headers, query_string=parameters) as response:
        data = response.data
    assert response.status_code < 500 or response.status_code in DOCUMENTED, data
    assert b"Traceback" not in data
