"""An engine that vanishes in mid-use, and comes back: who asks is told in time, and all goes on by itself."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from kg import publish
from kg.engine_errors import EngineLoading
from kg.store import open_store
from kg.store.pool import Limits
from kg.store.remote import claims
from kg.store.remote.engine import Engine
from kg.store.remote.state import table
from kg.store.remote.store import RemoteStore
from tests.elsewhere import faulty
from tests.elsewhere.engine import Lasting
from tests.elsewhere.waiting import LEFT, SOON, comes, handles
from tests.server.conftest import TOKEN, WRITER, client_of

pytestmark = pytest.mark.embedded("engines are started here as they are needed")

DEADLINE = 8.0
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
LONG = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?a != ?d && ?d != ?g) }"
CLAIMED = "SELECT ?since { GRAPH <urn:controlgraph:store> { ?claim <urn:controlgraph:since> ?since } }"


@pytest.fixture
def lasting(tmp_path: Path) -> Iterator[Lasting]:
    """An engine with its data on disk, with 300 statements as a first version."""
    (tmp_path / "data").mkdir()
    engine = Lasting(tmp_path / "data")
    engine.start()
    try:
        said = " ".join(f"<urn:test:s{number}> <urn:test:p> {number} ." for number in range(300))
        with opened(engine, tmp_path / "first") as store:
            publish.write(store, [{"update": f"INSERT DATA {{ GRAPH <urn:test:g> {{ {said} }} }}"}], who="test")
        yield engine
    finally:
        engine.kill()


@contextmanager
def opened(engine: Lasting, cache: Path, update: str | None = None) -> Iterator[RemoteStore]:
    """A store on that engine, of which an update may name 600 statements."""
    there = Engine(engine.query, update or engine.update, dialect="virtuoso", cache=cache)
    store = open_store(there, Limits(children=2))
    assert isinstance(store, RemoteStore)
    yield store
    store.close()


@pytest.fixture
def service(lasting: Lasting, tmp_path: Path) -> Iterator[FlaskClient]:
    """A service on it that answers within eight seconds, with its process for writes."""
    place = Engine(lasting.query, lasting.update, dialect="oxigraph", cache=tmp_path / "cache")
    with client_of(place, children=4, deadline=DEADLINE, cache=0, tokens=(("tester", TOKEN),)) as client:
        assert client.get("/readyz").status_code == 200
        yield client


def number(client: FlaskClient, query: str) -> int:
    """The one number that a query answers."""
    reply = client.get("/sparql", query_string={"query": query, "format": "csv"})
    assert reply.status_code == 200, reply.text
    return int(reply.text.split()[1])


def test_who_asks_while_the_engine_vanishes_is_told_in_time_and_is_answered_once_it_is_back(
    service: FlaskClient, lasting: Lasting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[int, str | None, dict[str, object], float]] = []
    pool = service.application.extensions["controlgraph"].store.pool

    def asked(query: str, update: str | None = None) -> int:
        client, begun = service.application.test_client(), time.monotonic()
        if update is None:
            reply = client.get("/sparql", query_string={"query": query})
        else:
            reply = client.post("/sparql", data=update, headers=WRITER, content_type="application/sparql-update")
        told.append((reply.status_code, reply.content_type, json.loads(reply.data), time.monotonic() - begun))
        return reply.status_code

    first = "INSERT DATA { GRAPH <urn:test:g> { <urn:test:begin> <urn:test:p> 1 } }"
    assert comes(lambda: asked("", first) == 200)  # its process is started, which may take its time
    told.clear()
    assert number(service, COUNT) == 301
    update = "INSERT DATA { GRAPH <urn:test:g> { <urn:test:more> <urn:test:p> 1 } }"
    threads, before = threading.active_count(), handles()
    asking = [threading.Thread(target=asked, args=(LONG,)) for _ in range(2)]
    for each in asking:
        each.start()
    assert comes(lambda: pool.numbers()["short"] + pool.numbers()["long"] == 2)
    asking.append(threading.Thread(target=asked, args=("", update)))
    asking[2].start()
    requests = service.application.extensions["controlgraph"].store.requests
    assert comes(lambda: bool(table(requests, CLAIMED, SOON)) or not asking[2].is_alive())
    lasting.kill()
    for each in asking:
        each.join(DEADLINE + claims.KNOWS + SOON)
    assert len(told) == 3
    for status, content_type, document, seconds in told:
        was_written = "version" in document and status == 200
        assert status in (503, 504) or was_written, document
        assert content_type == "application/problem+json" or was_written
        assert seconds < DEADLINE + (claims.KNOWS if "written" in str(document) else 0) + 2
    assert comes(lambda: service.get("/readyz").status_code == 503)
    assert service.get("/healthz").status_code == 200
    lasting.start()
    assert comes(lambda: service.get("/readyz").status_code == 200)
    assert number(service, COUNT) in (301, 302)
    assert comes(lambda: threading.active_count() <= threads + 1, LEFT)  # a child that was ended is buried
    assert comes(lambda: handles() <= before + 4, LEFT)
    monkeypatch.setattr(claims, "LEASE", 2.0)  # seconds after which a claim that nobody could end is none
    with opened(lasting, tmp_path / "next") as store:
        publish.write(store, [{"update": update}], who="next")
    assert comes(lambda: number(service, COUNT) == 302)


@pytest.mark.parametrize("step", [b"INSERT+%7B+GRAPH+%3Curn%3Atest%3Aa", b"INSERT+%7B+GRAPH+%3Curn%3Atest%3Ab"])
def test_a_load_during_which_the_engine_vanishes_is_completed_by_the_next_writer(
    step: bytes, service: FlaskClient, lasting: Lasting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[dict[str, object]] = []
    for name in "ab":
        data = tmp_path / f"{name}.nt"
        data.write_text("".join(f"<urn:test:s{number}> <urn:test:q> <urn:test:o> .\n" for number in range(400)))
        steps.append({"put": f"urn:test:{name}", "file": str(data), "form": "nt"})
    with faulty.started(lasting.update) as (update, fault), opened(lasting, tmp_path / "dying", update) as dying:
        fault.where, fault.meanwhile = step, lasting.kill
        with pytest.raises(EngineLoading, match="kg load"):
            publish.write(dying, steps, who="dying")
    assert comes(lambda: service.get("/readyz").status_code == 503)
    lasting.start()
    assert service.get("/readyz").status_code == 503
    assert json.loads(service.get("/sparql", query_string={"query": COUNT}).data)["type"].endswith("/engine-loading")
    monkeypatch.setattr(claims, "LEASE", 2.0)  # seconds after which the one who could not end his claim is dead
    with opened(lasting, tmp_path / "next") as store:
        less = "DELETE DATA { GRAPH <urn:test:a> { <urn:test:s0> <urn:test:q> <urn:test:o> } }"
        publish.write(store, [{"update": less}], who="next")
        assert [line["who"] for line in store.journal()] == ["test", "dying", "next"]
    assert comes(lambda: service.get("/readyz").status_code == 200)
    assert number(service, COUNT) == 300 + 399 + 400
