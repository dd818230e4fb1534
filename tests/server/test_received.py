"""A body that breaks off is none, whatever had come of it: half of a graph, or of an update, can be whole by itself."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote_plus, urlsplit

import pytest

from tests.elsewhere.waiting import comes
from tests.server.conftest import TOKEN, WRITER, Service, client_of

GRAPH = "/graphs?graph=urn:test:cut"
LINES = "".join(f"<urn:test:{number:04}> <http://purl.org/dc/terms/title> 'a title' .\n" for number in range(100))
FIRST = "DROP GRAPH <urn:test:cut> ;"
UPDATE = f"{FIRST}\nINSERT DATA {{ GRAPH <urn:test:cut> {{ {LINES} }} }}"
THERE = "ASK { GRAPH <urn:test:cut> { <urn:test:0099> ?p ?o MINUS { ?s ?p 'more' } } }"
MORE = "<urn:test:more> <http://purl.org/dc/terms/title> 'more' .\n"
PARTS = (
    '--x\r\nContent-Disposition: form-data; name="a"; filename="a.ttl"\r\nContent-Type: text/turtle\r\n\r\n'
    f"{MORE}\r\n--x"
)
FORM = "application/x-www-form-urlencoded"
CUT = [
    ("PUT", GRAPH, "text/turtle", LINES, LINES[: len(LINES) // 10]),
    ("POST", GRAPH, "text/turtle", MORE + LINES, MORE),
    ("POST", GRAPH, "multipart/form-data; boundary=x", f"{PARTS}--\r\n", PARTS),
    ("PATCH", GRAPH, "application/sparql-update", UPDATE, FIRST),
    ("POST", "/sparql", "application/sparql-update", UPDATE, FIRST),
    ("POST", "/sparql", FORM, f"update={quote_plus(UPDATE)}", f"update={quote_plus(FIRST)}"),
    ("POST", "/api/claims", "application/json", "{}  ", "{}"),
    ("POST", "/claims/new", FORM, f"token={TOKEN}&do=write", f"token={TOKEN}&do=w"),
]
"""Method, path, type, a body, and what comes of it."""


@pytest.fixture
def filled(writable: Service) -> Iterator[Service]:
    """A server with a hundred statements in a graph, which is as it was at the end."""
    if not writable.truth(THERE):
        assert writable.ask("PUT", GRAPH, LINES, Content_Type="text/turtle", **WRITER).status in (201, 204)
    before = version(writable)
    yield writable
    assert version(writable) == before
    assert writable.truth(THERE)


def version(service: Service) -> str:
    """The version that is published."""
    return service.query("ASK {}").headers["controlgraph-version"]


@pytest.mark.parametrize(("method", "path", "kind", "body", "came"), CUT)
def test_of_a_body_that_breaks_off_nothing_is_written(
    filled: Service, method: str, path: str, kind: str, body: str, came: str
) -> None:
    assert body.startswith(came)
    reply = filled.cut(method, path, body, len(came), Content_Type=kind, Accept="application/json", **WRITER)
    assert (reply.status, json.loads(reply.body)["type"].rpartition("/")[2]) == (400, "body-cut")


def test_of_a_body_whose_sender_is_gone_nothing_is_written(filled: Service) -> None:
    def cuts() -> int:
        told = filled.ask("GET", "/metrics").body.decode()
        return sum(int(float(line.split()[1])) for line in told.splitlines() if 'problem="body-cut"' in line)

    before, place = cuts(), urlsplit(filled.url)
    assert place.hostname
    connection = http.client.HTTPConnection(place.hostname, place.port)
    connection.putrequest("PUT", GRAPH)
    for name, value in {**WRITER, "Content-Type": "text/turtle", "Content-Length": str(len(LINES))}.items():
        connection.putheader(name, value)
    connection.endheaders(LINES[:640].encode())
    connection.close()
    assert comes(lambda: cuts() == before + 1)


@pytest.mark.parametrize(("method", "path", "kind", "body"), [case[:4] for case in CUT])
def test_a_write_without_a_length_is_refused(filled: Service, method: str, path: str, kind: str, body: str) -> None:
    reply = filled.unmeasured(method, path, body, Content_Type=kind, Accept="application/json", **WRITER)
    assert (reply.status, json.loads(reply.body)["type"].rpartition("/")[2]) == (411, "length-missing")


def test_what_reads_needs_no_length_and_neither_does_what_has_no_body(writable: Service, world: Path) -> None:
    place = urlsplit(writable.url)
    assert place.hostname
    assert writable.unmeasured("POST", "/sparql", "ASK {}", Content_Type="application/sparql-query").status == 200
    assert writable.unmeasured("POST", "/sparql", "query=ASK+%7B%7D", Content_Type=FORM).status == 200
    for method, path in (("DELETE", "/graphs?graph=urn:test:none"), ("POST", "/api/claims/x/retraction")):
        with socket.create_connection((place.hostname, place.port or 80), timeout=60) as plain:
            head = f"{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {TOKEN}\r\n\r\n"
            plain.sendall(head.encode())
            assert plain.makefile("rb").readline().split()[1] == b"404"
    with client_of(world, children=1, tokens=(("tester", TOKEN),)) as client:
        for method, status in (("PUT", 411), ("DELETE", 404)):  # of HTTP/2, in which what has no length may have a body
            environ = {"SERVER_PROTOCOL": "HTTP/2"}
            reply = client.open("/graphs?graph=urn:test:none", method=method, headers=WRITER, environ_overrides=environ)
            assert reply.status_code == status
