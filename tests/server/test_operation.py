"""Health, numbers, log, running queries, and the feed of versions."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
from prometheus_client.parser import text_string_to_metric_families

from kg.store import open_store
from tests.elsewhere.stores import Place, Stores
from tests.server.conftest import TOKEN, WRITER, Reply, Service, client_of, environment

SLOW = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
ATOM = {"a": "http://www.w3.org/2005/Atom"}


def numbers(text: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Samples by name and labels."""
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_healthy_and_ready(service: Service, world: Place) -> None:
    assert json.loads(service.ask("GET", "/healthz").body)["status"] == "ok"
    ready = service.ask("GET", "/readyz")
    assert json.loads(ready.body) == {"status": "ready", "version": open_store(world).version()}
    assert ready.headers["cache-control"] == "no-store"


def test_alive_but_not_ready(tmp_path: Path) -> None:
    with client_of(tmp_path) as client:
        assert client.get("/healthz").status_code == 200
        assert client.get("/readyz").status_code == 503
        (tmp_path / "CURRENT").write_text("000009-0123456789ab\n")
        response = client.get("/readyz")
        assert response.status_code == 503
        assert json.loads(response.data)["type"].endswith("/store-unreadable")
        assert client.get("/healthz").status_code == 200


@pytest.mark.embedded("the directory is what is lost; of engines: test_a_copy_is_not_ready_while_the_engine_is_away")
def test_a_version_that_is_lost_is_not_ready(world: Path, tmp_path: Path) -> None:
    location = shutil.copytree(world, tmp_path / "store")
    with client_of(location) as client:
        assert client.get("/readyz").status_code == 200
        shutil.rmtree(location / "versions")
        assert client.get("/readyz").status_code == 503


def test_requests_are_counted_by_route_method_and_status(world: Place) -> None:
    with client_of(world, children=1) as client:
        for path in ("/sparql?query=ASK{}", "/sparql?query=ASK{}", "/sparql?query=ASK{", "/id/place/town-alden", "/no"):
            client.get(path)
        client.open("/sparql", method="INVENTED")
        response = client.get("/metrics")
        assert response.mimetype == "text/plain"
        told = numbers(response.text)

    def requests(route: str, status: str, method: str = "GET") -> float:
        labels = (("method", method), ("route", route), ("status", status))
        return told["controlgraph_requests_total", labels]

    assert requests("/sparql", "200") == 2
    assert requests("/sparql", "400") == 1
    assert requests("/id/<kind>/<path:rest>", "200") == 1
    assert requests("", "404") == 1
    assert requests("", "405", "other") == 1
    assert told["controlgraph_request_seconds_count", (("route", "/sparql"),)] == 3
    assert told["controlgraph_cache_total", (("found", "hit"),)] == 1
    assert told["controlgraph_problems_total", (("problem", "query-syntax"),)] == 1
    assert told["controlgraph_version", ()] == 1
    manifest = open_store(world).manifest()
    for graph, record in manifest.graphs.items():
        assert told["controlgraph_triples", (("graph", graph),)] == record.triples
    assert told["controlgraph_queries", (("lane", "short"),)] == 0


def test_ended_queries_are_counted_by_reason(world: Place, tmp_path: Path, stores: Stores) -> None:
    own = stores.copy(world, tmp_path / "store")  # an engine goes on with what was given up
    with client_of(own, children=1) as client:
        assert client.get("/sparql?" + urlencode({"query": SLOW, "timeout": "0.1"})).status_code == 504
        told = numbers(client.get("/metrics").text)
    assert told["controlgraph_queries_ended_total", (("reason", "QueryTimeout"),)] == 1
    assert told["controlgraph_problems_total", (("problem", "query-timeout"),)] == 1


def test_numbers_are_told_of_a_store_without_a_version(tmp_path: Path, stores: Stores) -> None:
    with client_of(stores.at(tmp_path / "store")) as client:
        told = numbers(client.get("/metrics").text)
    assert not [name for name, _ in told if name in ("controlgraph_version", "controlgraph_triples")]


@contextmanager
def logging(store: Place, lines: list[dict[str, Any]], **settings: str) -> Iterator[Service]:
    """A server that logs; its lines are read when it has stopped."""
    process = subprocess.Popen(
        [sys.executable, "-m", "server"],
        env=environment(store, KG_LOG="on", **settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    greeting = process.stdout.readline()
    found = re.search(r"http://\S+", greeting)
    assert found
    try:
        yield Service(process, greeting, found[0])
    finally:
        process.terminate()
        _, errors = process.communicate(timeout=30)
        lines += [json.loads(line) for line in errors.splitlines() if line.startswith("{")]


def test_each_request_is_a_line(world: Place, tmp_path: Path, stores: Stores) -> None:
    location = stores.copy(world, tmp_path / "store")
    lines: list[dict[str, Any]] = []
    with logging(location, lines, KG_TOKENS=f"tester:{TOKEN}", KG_PROXIES="1") as service:
        first = service.query("ASK {}", X_Forwarded_For="6.6.6.6, 192.0.2.7")
        service.query("ASK {}")
        service.query('ASK {"\n')
        service.update("INSERT DATA { GRAPH <https://example.org/g> { <e:a> <e:b> 1 } }")
        service.ask("GET", "/id/place/town-alden?format=ttl")
    assert [line["status"] for line in lines] == [200, 200, 400, 200, 200]
    assert lines[0]["client"] == "192.0.2.7"
    assert lines[1]["client"] == "127.0.0.1"
    assert [line["cache"] for line in lines] == ["miss", "hit", "", "", "miss"]
    assert lines[0]["query"] == lines[1]["query"] != ""
    assert re.fullmatch(r"[0-9a-f]{12}", lines[2]["query"])
    assert lines[2]["problem"] == "query-syntax"
    assert lines[3]["who"] == "tester"
    assert lines[4]["path"] == "/id/place/town-alden"
    assert lines[0]["bytes"] == len(first.body)
    assert all(line["ms"] > 0 and line["method"] and line["time"] for line in lines)
    assert lines[0]["version"] < lines[4]["version"]
    assert TOKEN not in json.dumps(lines)


def test_a_running_query_can_be_ended_by_its_name(service: Service) -> None:
    name = "the-name-of-a-slow-query"
    replies: list[Reply] = []
    address = "/sparql?" + urlencode({"query": SLOW, "query-id": name})
    thread = threading.Thread(target=lambda: replies.append(service.ask("GET", address)))
    thread.start()
    while service.ask("DELETE", f"/queries/{name}").status != 204:
        assert thread.is_alive(), "the slow query was over before it could be ended"
    thread.join(10)
    assert replies[0].status == 422
    assert json.loads(replies[0].body)["type"].endswith("/query-cancelled")
    assert service.ask("DELETE", f"/queries/{name}").status == 404


def test_a_query_has_a_name(service: Service) -> None:
    chosen = "a-name_of-16-letters"
    assert service.ask("GET", f"/sparql?query=ASK{{}}&query-id={chosen}").headers["controlgraph-query"] == chosen
    assert "controlgraph-query" not in service.query("ASK {}").headers


def test_the_feed_tells_every_version(world: Place, tmp_path: Path, stores: Stores) -> None:
    location = stores.copy(world, tmp_path / "store")
    with client_of(location, children=1, tokens=(("ann & bob", TOKEN),)) as client:
        update = {"update": "INSERT DATA { GRAPH <https://example.org/g> { <e:a> <e:b> 1, 2 } }"}
        version = json.loads(client.post("/sparql", data=update, headers=WRITER).data)["version"]
        response = client.get("/feed/versions")
    assert response.mimetype == "application/atom+xml"
    feed = ElementTree.fromstring(response.data)
    entries = feed.findall("a:entry", ATOM)
    assert len(entries) == 2
    newest = entries[0]
    assert newest.findtext("a:author/a:name", namespaces=ATOM) == "ann & bob"
    assert f"{version}: 2 statements came, 0 went" in str(newest.findtext("a:title", namespaces=ATOM))
    assert "<https://example.org/g>: 2 came" in str(newest.findtext("a:summary", namespaces=ATOM))
    assert feed.findtext("a:updated", namespaces=ATOM) == newest.findtext("a:updated", namespaces=ATOM)
    for element in (feed, *entries):
        for required in ("id", "title", "updated"):
            assert element.findtext(f"a:{required}", namespaces=ATOM)
    assert len({entry.findtext("a:id", namespaces=ATOM) for entry in entries}) == 2


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/feed/versions"])
def test_what_is_of_this_moment_is_not_kept(service: Service, path: str) -> None:
    reply = service.ask("GET", path)
    assert reply.headers["cache-control"] == "no-store"
    assert "etag" not in reply.headers
