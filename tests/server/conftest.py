"""The server, as a process on a port of its own and as a Flask client, on the invented world and on what is shipped."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from flask.testing import FlaskClient

from kg.store.embedded import Store
from server.app import create_app
from server.settings import Settings


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


def environment(store: Path | str, **settings: str) -> dict[str, str]:
    """The environment of a server on this store and a free port."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("KG_")}
    return {**clean, "KG_STORE": str(store), "KG_PORT": "0", "KG_LOG": "off", **settings}


@contextmanager
def running(store: Path | str, **settings: str) -> Iterator[Service]:
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
def service(world: Path) -> Iterator[Service]:
    """A server of the invented world."""
    with running(world) as started:
        yield started


TOKEN = "the-token-of-the-tests"
WRITER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture(scope="module")
def writable(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A server of a copy of the invented world, in which the holder of `TOKEN` may write."""
    location = tmp_path_factory.mktemp("writable") / "store"
    shutil.copytree(world, location)
    with running(location, KG_TOKENS=f"tester:{TOKEN}") as started:
        yield started


@contextmanager
def client_of(store: Path | str, **settings: Any) -> Iterator[FlaskClient]:
    """A Flask client of an application on this store, whose child processes end with it."""
    app = create_app(Settings(store=store, **{"log": False, **settings}))
    yield app.test_client()
    app.extensions["controlgraph"].store.close()
    app.extensions["controlgraph"].writer.close()
    app.extensions["controlgraph.dumps"].close()


@pytest.fixture(scope="session")
def client(world: Path) -> Iterator[FlaskClient]:
    """A client of the invented world."""
    with client_of(world, children=2) as made:
        yield made


@pytest.fixture(scope="session")
def shipped_client(shipped: Store) -> Iterator[FlaskClient]:
    """A client of everything that is shipped."""
    with client_of(shipped.location, children=2) as made:
        yield made
