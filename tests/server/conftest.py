"""The server, as a process on a port of its own and as a Flask client, on the invented world and on what is shipped."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from flask.testing import FlaskClient

from kg.store.embedded import Store
from server.app import create_app
from server.settings import from_environment
from tests.elsewhere.stores import Place, Stores, settings_of


@dataclass(frozen=True)
class Reply:
    """What came back: status, headers by lower-case name, body."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Service:
    """A running server."""

    process: subprocess.Popen[str]
    greeting: str
    url: str

    def ask(self, method: str, path: str, body: str | bytes | None = None, **headers: str) -> Reply:
        """One request; underscores in the names of headers are hyphens."""
        place = urlsplit(self.url)
        assert place.hostname
        connection = http.client.HTTPConnection(place.hostname, place.port, timeout=60)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, named)
            response = connection.getresponse()
            return Reply(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
        finally:
            connection.close()

    def cut(self, method: str, path: str, body: str, came: int, **headers: str) -> Reply:
        """One request of whose body, all of which is told, so many bytes come before the connection breaks off."""
        place = urlsplit(self.url)
        assert place.hostname
        connection = http.client.HTTPConnection(place.hostname, place.port, timeout=60)
        try:
            connection.putrequest(method, path)
            connection.putheader("Content-Length", str(len(body.encode())))
            for name, value in headers.items():
                connection.putheader(name.replace("_", "-"), value)
            connection.endheaders(body.encode()[:came])
            connection.sock.shutdown(socket.SHUT_WR)
            response = connection.getresponse()
            return Reply(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
        finally:
            connection.close()

    def unmeasured(self, method: str, path: str, body: str, **headers: str) -> Reply:
        """One request in chunks, without the length of its body."""
        place = urlsplit(self.url)
        with socket.create_connection((place.hostname or "", place.port or 80), timeout=60) as connection:
            named = {**headers, "Host": place.netloc, "Transfer-Encoding": "chunked", "Connection": "close"}
            head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in named.items())
            data = body.encode()
            chunks = b"%x\r\n%b\r\n0\r\n\r\n" % (len(data), data)
            connection.sendall(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + chunks)
            response = http.client.HTTPResponse(connection, method=method)
            response.begin()
            return Reply(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())

    def update(self, text: str, path: str = "/sparql", **headers: str) -> Reply:
        """One update by POST, by someone who may."""
        return self.ask("POST", path, text, Content_Type="application/sparql-update", **{**WRITER, **headers})

    def truth(self, query: str, parameters: str = "") -> bool:
        """The answer to an ASK."""
        reply = self.ask("GET", f"/sparql?{urlencode({'query': query})}{parameters}", Accept="text/csv")
        assert reply.status == 200, reply.body
        return reply.body == b"true"

    def query(self, text: str, **headers: str) -> Reply:
        """One query by GET."""
        return self.ask("GET", "/sparql?" + urlencode({"query": text}), **headers)


def own_address() -> dict[str, str]:
    """Settings for a port that was free a moment ago, and for the address that goes with it."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    return {"KG_PORT": str(port), "KG_PUBLIC_URL": f"http://127.0.0.1:{port}"}


def environment(store: Place, **settings: str) -> dict[str, str]:
    """The environment of a server on this store and a free port."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("KG_")}
    return {**clean, **settings_of(store), "KG_PORT": "0", "KG_LOG": "off", **settings}


@contextmanager
def running(store: Place, **settings: str) -> Iterator[Service]:
    """A server, told to stop at the end; it says where it listens once it does."""
    process = subprocess.Popen(
        [sys.executable, "-m", "server"], env=environment(store, **settings), stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    with process.stdout:
        greeting = process.stdout.readline()
        found = re.search(r"http://\S+", greeting)
        assert found, f"no greeting, exit code {process.wait()}"
        try:
            yield Service(process, greeting, found[0])
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


@pytest.fixture(scope="session")
def service(world: Place) -> Iterator[Service]:
    """A server of the invented world."""
    with running(world) as started:
        yield started


TOKEN = "the-token-of-the-tests"
WRITER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture(scope="module")
def writable(world: Place, tmp_path_factory: pytest.TempPathFactory, stores: Stores) -> Iterator[Service]:
    """A server of a copy of the invented world, in which the holder of `TOKEN` may write."""
    place = stores.copy(world, tmp_path_factory.mktemp("writable") / "store")
    with running(place, KG_TOKENS=f"tester:{TOKEN}") as started:
        yield started


@contextmanager
def client_of(store: Place, **settings: Any) -> Iterator[FlaskClient]:
    """A Flask client of an application on this store, whose child processes end with it."""
    app = create_app(replace(from_environment(settings_of(store)), **{"log": False, **settings}))
    yield app.test_client()
    app.extensions["controlgraph"].store.close()
    app.extensions["controlgraph"].writer.close()
    app.extensions["controlgraph.dumps"].close()


@pytest.fixture(scope="session")
def client(world: Place) -> Iterator[FlaskClient]:
    """A client of the invented world."""
    with client_of(world, children=2) as made:
        yield made


@pytest.fixture(scope="session")
def shipped_client(shipped: Store) -> Iterator[FlaskClient]:
    """A client of everything that is shipped."""
    with client_of(shipped.origin, children=2) as made:
        yield made
