"""The server as people run it: a process, a socket, and clients that others wrote."""

from __future__ import annotations

import csv
import http.client
import io
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import Request, urlopen

import pytest
from rdflib import RDF, SKOS, Dataset, Graph, Literal, URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from rdflib.query import Result, ResultRow
from SPARQLWrapper import CSV, JSON, JSONLD, RDFXML, TSV, TURTLE, XML, SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import QueryBadFormed

from kg.store import open_store
from server.__main__ import Address, CannotServe, free_address, greeting
from server.settings import Settings
from tests.conftest import load
from tests.elsewhere.stores import EMBEDDED, Place, Stores
from tests.server.conftest import Service, environment, running

KG = "https://w3id.org/controlgraph/ontology#"
PLACE = "https://w3id.org/controlgraph/id/place/"
CROSSINGS = f"SELECT ?place ?name {{ ?place a <{KG}BorderCrossing> ; <{SKOS.prefLabel}> ?name }}"
EXPECTED = (f"{PLACE}crossing-brook", "Brook ferry")
TOWNS = f"""CONSTRUCT {{ ?place <{SKOS.prefLabel}> ?name }}
WHERE {{ ?place <{KG}placeType> <{KG}Town> ; <{SKOS.prefLabel}> ?name }}"""
NAMES = {Literal("Alden", lang="en"), Literal("آلدن", lang="fa")}
SORTED_PRODUCT = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?i ?c ?f"
LONG_PLAN = "ASK { ?s " + "/".join(["<https://example.org/next>"] * 900) + " ?o }"
DEEP = "ASK " + "{" * 3000 + "}" * 3000


def wrapped(service: Service, query: str, form: str, method: str = "GET") -> Any:
    """What SPARQLWrapper makes of the answer."""
    made = SPARQLWrapper(f"{service.url}/sparql")
    made.setQuery(query)
    made.setReturnFormat(form)
    made.setMethod(method)
    return made.queryAndConvert()


def test_the_greeting_is_one_line_with_a_command_to_try(service: Service, world: Place) -> None:
    assert service.greeting.count("\n") == 1
    assert service.greeting.startswith(
        f"Controlgraph serves version {open_store(world).version()} on {service.url}  try: curl "
    )
    command = service.greeting.partition("try: ")[2].strip()
    answer = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    if answer.returncode == 127:
        pytest.skip("no curl here")
    header, number = answer.stdout.split()
    assert header == "statements"
    assert int(number) > 1000


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_sparqlwrapper_gets_solutions(service: Service, method: str) -> None:
    bindings = wrapped(service, CROSSINGS, JSON, method)["results"]["bindings"]
    assert [(row["place"]["value"], row["name"]["value"]) for row in bindings] == [EXPECTED]


def test_sparqlwrapper_gets_solutions_as_xml_csv_and_tsv(service: Service) -> None:
    document = wrapped(service, CROSSINGS, XML)
    assert [node.firstChild.data for node in document.getElementsByTagName("uri")] == [EXPECTED[0]]
    rows = list(csv.reader(io.StringIO(wrapped(service, CROSSINGS, CSV).decode())))
    assert rows == [["place", "name"], list(EXPECTED)]
    tsv = Result.parse(io.BytesIO(wrapped(service, CROSSINGS, TSV)), format="tsv")
    assert [tuple(map(str, row)) for row in tsv if isinstance(row, ResultRow)] == [EXPECTED]


def test_sparqlwrapper_gets_a_truth(service: Service) -> None:
    assert wrapped(service, "ASK { ?s ?p ?o }", JSON)["boolean"] is True
    document = wrapped(service, "ASK { <e:none> ?p ?o }", XML)
    assert document.getElementsByTagName("boolean")[0].firstChild.data == "false"


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib", "ignore::DeprecationWarning:SPARQLWrapper")
@pytest.mark.parametrize("form", [TURTLE, RDFXML, JSONLD])
def test_sparqlwrapper_gets_graphs(service: Service, form: str) -> None:
    found = wrapped(service, TOWNS, form)
    graph = found if isinstance(found, Graph) else Graph().parse(data=found, format="turtle")
    assert set(graph.objects(URIRef(f"{PLACE}town-alden"))) == NAMES


def test_sparqlwrapper_is_told_of_a_bad_query(service: Service) -> None:
    with pytest.raises(QueryBadFormed, match="query-syntax"):
        wrapped(service, "SELECT * {", JSON)


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
@pytest.mark.parametrize("form", ["xml", "json", "csv", "tsv"])
@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
def test_rdflib_as_a_remote_store(service: Service, form: str, method: Any) -> None:
    store = SPARQLStore(f"{service.url}/sparql", returnFormat=form, method=method)
    graph = Graph(store)
    rows = [row for row in graph.query(CROSSINGS) if isinstance(row, ResultRow)]
    assert [tuple(map(str, row)) for row in rows] == [EXPECTED]
    names = set(graph.objects(URIRef(f"{PLACE}town-alden"), SKOS.prefLabel))
    # CSV has no languages, so it cannot tell them
    assert names == ({Literal(str(name)) for name in NAMES} if form == "csv" else NAMES)
    if form in ("xml", "json"):  # rdflib reads a truth in these two
        assert (URIRef(EXPECTED[0]), RDF.type, URIRef(f"{KG}BorderCrossing")) in graph


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
@pytest.mark.parametrize(
    ("media_type", "parser"),
    [
        ("text/turtle", "turtle"),
        ("application/n-triples", "nt"),
        ("application/n-quads", "nquads"),
        ("application/trig", "trig"),
        ("application/rdf+xml", "xml"),
        ("application/ld+json", "json-ld"),
    ],
)
def test_urllib_gets_graphs(service: Service, media_type: str, parser: str) -> None:
    request = Request(f"{service.url}/sparql?query={quote(TOWNS)}", headers={"Accept": media_type})
    with urlopen(request, timeout=30) as response:
        assert response.headers.get_content_type() == media_type
        data = response.read()
    graph = Dataset(default_union=True) if parser in ("nquads", "trig") else Graph()
    assert set(graph.parse(data=data, format=parser).objects(URIRef(f"{PLACE}town-alden"))) == NAMES


def test_rdflib_reads_an_entity_by_its_address(service: Service) -> None:
    graph = Graph().parse(f"{service.url}/id/place/town-alden")
    assert set(graph.objects(URIRef(f"{PLACE}town-alden"), SKOS.prefLabel)) == NAMES


def test_a_head_over_the_socket(service: Service) -> None:
    path = f"/sparql?query={quote(CROSSINGS)}"
    get, head = service.ask("GET", path), service.ask("HEAD", path)
    assert (head.status, head.body) == (200, b"")
    assert head.headers["content-length"] == str(len(get.body))


def test_a_large_answer_over_the_socket_is_whole(service: Service) -> None:
    reply = service.query("SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 20000", Accept="text/csv")
    assert int(reply.headers["content-length"]) == len(reply.body) > 1 << 20
    assert reply.body.count(b"\r\n") == 20001


def test_errors_over_the_socket(service: Service) -> None:
    bad = service.query("SELECT *\nWHERE {\n  ?s nope:p ?o\n}")
    assert bad.status == 400
    assert bad.headers["content-type"] == "application/problem+json"
    assert json.loads(bad.body)["line"] == 3
    assert json.loads(bad.body)["column"] > 1
    assert service.ask("GET", "/id/place/none").status == 404
    assert service.query("ASK {}", Accept="image/png").status == 406
    assert service.ask("POST", "/sparql", "ASK {}", Content_Type="text/plain").status == 415
    long = service.ask("POST", "/sparql", b"#" * (2 << 20), Content_Type="application/sparql-query")
    assert long.status == 413
    assert service.query("ASK {}").status == 200


def test_many_at_once_are_all_answered(service: Service) -> None:
    replies: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: replies.append(service.query(CROSSINGS, Accept="text/csv").body))
        for _ in range(16)  # as many as may wait of one client, whose address they share
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert replies == [f"place,name\r\n{EXPECTED[0]},{EXPECTED[1]}\r\n".encode()] * 16


@pytest.fixture(scope="module")
def hasty(world: Place, stores: Stores, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A server whose queries have one second; its store is its own, as an engine goes on with what was given up."""
    place = stores.copy(world, tmp_path_factory.mktemp("hasty") / "store")
    with running(place, KG_DEADLINE="1", KG_CHILDREN="2") as service:
        yield service


@pytest.mark.parametrize(
    ("query", "statuses"),
    [
        pytest.param(
            SORTED_PRODUCT,
            {504, 422},
            id="sort of a cartesian product",
            marks=pytest.mark.embedded("an engine goes on with it until the memory of the machine is full"),
        ),
        pytest.param(LONG_PLAN, {504}, id="a path that is planned for minutes"),
        pytest.param(DEEP, {422}, id="6 KB of nested braces"),
    ],
)
def test_a_query_that_runs_away_costs_nobody_else(hasty: Service, query: str, statuses: set[int]) -> None:
    begun = time.monotonic()
    reply = hasty.ask("POST", "/sparql", query, Content_Type="application/sparql-query")
    assert time.monotonic() - begun < 1 + 1
    assert reply.status in statuses
    assert reply.headers["content-type"] == "application/problem+json"
    assert json.loads(reply.body)["status"] == reply.status
    assert hasty.query("ASK { ?s ?p ?o }", Accept="text/csv").body == b"true"


def test_the_server_follows_a_load(tmp_path: Path, stores: Stores) -> None:
    data = tmp_path / "one.ttl"
    store = open_store(stores.at(tmp_path / "store"))
    data.write_text("<https://e.org/a> <https://e.org/p> 1 .\n")
    first = load(store, data)
    with running(stores.at(tmp_path / "store")) as service:
        assert json.loads(service.ask("GET", "/healthz").body)["version"] == first
        assert service.query("SELECT ?o { ?s ?p ?o }", Accept="text/csv").body == b"o\r\n1\r\n"
        data.write_text("<https://e.org/a> <https://e.org/p> 2 .\n")
        second = load(store, data)
        until = time.monotonic() + (0 if stores.engine == EMBEDDED else 5)  # what was kept is given for a moment longer
        while (reply := service.query("SELECT ?o { ?s ?p ?o }", Accept="text/csv")).body != b"o\r\n2\r\n":
            assert time.monotonic() < until
        assert reply.headers["controlgraph-version"] == second != first
    store.close()


@pytest.mark.differs("virtuoso", "more rows than its ResultSetMaxRows in the tests")
def test_who_reads_slowly_holds_nobody_up(world: Place) -> None:
    large = "/sparql?" + urlencode({"query": "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 50000"})
    with running(world, KG_DOWNLOADS="4") as service:
        place = urlsplit(service.url)
        with socket.create_connection((str(place.hostname), int(place.port or 0))) as slow:
            slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            slow.sendall(f"GET {large} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            assert slow.recv(12) == b"HTTP/1.1 200"
            refused = service.ask("GET", large)
            assert refused.status == 503
            assert json.loads(refused.body)["type"].endswith("/downloads")
            assert refused.headers["retry-after"] == "10"
            assert service.ask("HEAD", "/sparql?query=ASK{}").status == 200
            assert service.query("ASK { ?s ?p ?o }").status == 200
        until = time.monotonic() + 10
        while (reply := service.ask("GET", large)).status == 503:
            assert time.monotonic() < until, "the place of a client that left is never free again"
        assert int(reply.headers["content-length"]) == len(reply.body)


@pytest.mark.parametrize("kind", ["application/sparql-query", "application/x-www-form-urlencoded"])
def test_a_body_in_chunks_is_a_body(service: Service, kind: str) -> None:
    text = b"SELECT (1 AS ?x) {}" if kind.endswith("query") else b"query=SELECT+(1+AS+?x)+{}"
    place = urlsplit(service.url)
    connection = http.client.HTTPConnection(str(place.hostname), place.port, timeout=60)
    for _ in range(2):  # and the connection is kept
        pieces = [text[at : at + 5] for at in range(0, len(text), 5)]
        headers = {"Content-Type": kind, "Accept": "text/csv"}
        connection.request("POST", "/sparql", iter(pieces), headers, encode_chunked=True)
        response = connection.getresponse()
        assert (response.status, response.read()) == (200, b"x\r\n1\r\n")
    connection.close()


def descendants(pid: int) -> set[int]:
    """The processes that a process started, and those that they did."""
    found = set()
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, children.read_text().split()):
            found |= {child} | descendants(child)
    return found


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="processes are looked up in /proc")
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_a_stop_ends_every_process(world: Place, how: signal.Signals) -> None:
    with running(world) as service:
        service.query("ASK {}")
        started = descendants(service.process.pid)
        assert len(started) >= 2  # the worker and its query process
        service.process.send_signal(how)
        assert service.process.wait(20) == (-signal.SIGKILL if how == signal.SIGKILL else 0)
        until = time.monotonic() + 10
        while any(Path(f"/proc/{pid}").exists() and not gone(pid) for pid in started):
            assert time.monotonic() < until, "a process outlived the server"
            os.sched_yield()


def gone(pid: int) -> bool:
    """Whether a process ended, and only its parent has not heard."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def refused(store: Place, **settings: str) -> str:
    """What a server says that cannot start: one sentence, exit code 1, no traceback."""
    done = subprocess.run(
        [sys.executable, "-m", "server"],
        env=environment(store, **settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1
    return done.stderr


def test_what_cannot_be_served_is_told_in_a_sentence(world: Place, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "letter.txt").write_text("dear")
    assert "is no store" in refused(tmp_path / "other")
    assert "KG_PORT='x' is not accepted: 0 to 65535" in refused(world, KG_PORT="x")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert f"cannot listen on 127.0.0.1, port {port}" in refused(world, KG_PORT=port)
    assert "KG_HOST='nowhere.invalid' is no address" in refused(world, KG_HOST="nowhere.invalid")


def test_a_store_without_a_version_is_served_until_there_is_one(tmp_path: Path, stores: Stores) -> None:
    data = tmp_path / "one.ttl"
    data.write_text("<https://e.org/a> <https://e.org/p> 1 .\n")
    with running(stores.at(tmp_path / "store")) as service:
        assert f"serves no version yet on {service.url}  load data with: kg --store" in service.greeting
        assert service.ask("GET", "/healthz").status == 200
        assert service.ask("GET", "/readyz").status == 503
        assert service.query("ASK {}").status == 503
        store = open_store(stores.at(tmp_path / "store"))
        version = load(store, data)
        store.close()
        assert json.loads(service.ask("GET", "/readyz").body)["version"] == version
        assert service.query("ASK { ?s ?p 1 }", Accept="text/csv").body == b"true"


def test_addresses() -> None:
    found = free_address(Settings(host="localhost", port=0))
    assert found.host in ("127.0.0.1", "::1")
    assert found.port > 0
    assert str(Address("::1", 80)) == "http://[::1]:80"
    with pytest.raises(CannotServe, match="KG_HOST"):
        free_address(Settings(host="nowhere.invalid"))
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(CannotServe, match="another with KG_PORT"):
        free_address(Settings(port=taken.getsockname()[1]))
    told = greeting(Settings(public_url="https://example.org/graph"), "000001-0123456789ab", Address("127.0.0.1", 80))
    assert "on https://example.org/graph  try: curl -s https://example.org/graph/sparql" in told
