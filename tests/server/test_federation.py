"""Queries that ask other services, over HTTP: answers, problems, and what is said of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from rdflib import RDFS, Graph, Namespace
from SPARQLWrapper import JSON, SPARQLWrapper

from tests.elsewhere import hostile
from tests.elsewhere.engine import Elsewhere
from tests.elsewhere.hostile import Hostile
from tests.elsewhere.stores import Place
from tests.server.conftest import TOKEN, WRITER, Service, running

pytestmark = pytest.mark.embedded("an engine is given no SERVICE (docs/deploy.md)")

SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
PLACES = "?place a kg:Place ; skos:prefLabel ?name"


@pytest.fixture(scope="module")
def bad() -> Iterator[Hostile]:
    with hostile.started() as started:
        yield started


@pytest.fixture(scope="module")
def federated(world: Place, elsewhere: Elsewhere, bad: Hostile) -> Iterator[Service]:
    """A server of the invented world whose queries may ask the other engine, and the hostile server in two ways."""
    listed = f"{elsewhere.query} {bad.url}/failing\n{bad.url}/silent"
    with running(world, KG_FEDERATION=listed, KG_DEADLINE="4", KG_PATIENCE="4", KG_TOKENS=f"tester:{TOKEN}") as started:
        yield started


def test_a_client_joins_our_places_with_what_others_know(federated: Service, elsewhere: Elsewhere) -> None:
    client = SPARQLWrapper(f"{federated.url}/sparql", returnFormat=JSON)
    client.setQuery(f"SELECT ?place ?there {{ {PLACES} SERVICE <{elsewhere.query}> {{ ?there rdfs:label ?name }} }}")
    answer: Any = client.queryAndConvert()
    rows = answer["results"]["bindings"]
    assert {row["place"]["value"].rpartition("/")[2] for row in rows} == {"town-alden"}
    assert {row["there"]["value"].rpartition("/")[2] for row in rows} == {"Q900000011", "Q900000012", "alden"}


def test_an_answer_of_others_is_not_kept_and_says_so(federated: Service, elsewhere: Elsewhere) -> None:
    for _ in range(2):
        reply = federated.query(f"ASK {{ SERVICE <{elsewhere.query}> {{ ?s ?p ?o }} }}")
        assert reply.status == 200
        assert reply.headers["cache-control"] == "no-store"
        assert "etag" not in reply.headers


@pytest.mark.parametrize("path", ["/sparql", "/sparql/"])  # answered before the application, and by it
def test_a_failure_elsewhere_is_a_problem_that_names_it(federated: Service, bad: Hostile, path: str) -> None:
    query = f"SELECT * {{ SERVICE <{bad.url}/failing> {{ ?s ?p ?o }} }}"
    reply = federated.ask("QUERY", path, query, Content_Type="application/sparql-query")
    assert (reply.status, reply.headers["content-type"]) == (502, "application/problem+json")
    document = json.loads(reply.body)
    assert document["type"].endswith("/problem/service-failed")
    assert document["endpoint"] == f"{bad.url}/failing"
    assert document["remoteStatus"] == 500
    assert document["detail"] == f"<{bad.url}/failing> answered with status 500: the index is being rebuilt at line 3"
    assert json.loads(federated.query(query).body) == document


def test_a_service_that_says_nothing_leaves_time_for_an_answer(federated: Service, bad: Hostile) -> None:
    call = f"<{bad.url}/silent> {{ ?s ?p ?o }}"
    with ThreadPoolExecutor(2) as threads:
        loud = threads.submit(federated.query, f"SELECT * {{ SERVICE {call} }}")
        silent = threads.submit(
            federated.query, f"SELECT ?name {{ {PLACES} SERVICE SILENT {call} }}", Accept="text/csv"
        )
    assert loud.result().status == 502
    assert "gave no whole answer in " in json.loads(loud.result().body)["detail"]
    assert silent.result().status == 200
    assert b"Alden" in silent.result().body


def test_only_what_is_listed_may_be_asked(federated: Service, service: Service, elsewhere: Elsewhere) -> None:
    for asked, endpoint in ((federated, "http://127.0.0.1:1/"), (service, elsewhere.query)):
        reply = asked.query(f"SELECT * {{ SERVICE SILENT <{endpoint}> {{ ?s ?p ?o }} }}")
        assert reply.status == 403
        assert json.loads(reply.body)["type"].endswith("/query-reaches-out")
    reply = federated.update(f"INSERT {{ ?s ?p ?o }} WHERE {{ SERVICE <{elsewhere.query}> {{ ?s ?p ?o }} }}", **WRITER)
    assert reply.status == 403
    assert "not allowed in an update" in json.loads(reply.body)["detail"]


def test_the_description_says_who_may_be_asked(federated: Service, service: Service, elsewhere: Elsewhere) -> None:
    def described(of: Service) -> Graph:
        return Graph().parse(data=of.ask("GET", "/sparql", Accept="text/turtle").body, format="turtle")

    with_others, alone = described(federated), described(service)
    assert (None, SD.feature, SD.BasicFederatedQuery) in with_others
    assert (None, SD.feature, SD.BasicFederatedQuery) not in alone
    assert any(f"<{elsewhere.query}>" in str(words) for words in with_others.objects(None, RDFS.comment))
