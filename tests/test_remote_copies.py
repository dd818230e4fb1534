"""Three copies of the service on one engine, asked by readers and writers at once, one of them killed in the middle.

Each write raises a number in two graphs by one, in one update, and leaves its name. So the number of a version says
what everybody has to read in it.
"""

from __future__ import annotations

import csv
import http.client
import io
import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from kg import publish
from kg.store import open_store, versions
from kg.store.pool import Limits
from kg.store.remote.engine import Engine
from kg.store.remote.requests import Requests
from kg.store.remote.state import table
from tests.elsewhere import copies as copy
from tests.elsewhere import engine as engines
from tests.elsewhere.stores import EACH
from tests.server.conftest import Reply, Service

pytestmark = pytest.mark.embedded("engines are started here as they are needed")

BEGIN = """
INSERT DATA { GRAPH <urn:test:a> { <urn:test:c> <urn:test:n> 0 } GRAPH <urn:test:b> { <urn:test:c> <urn:test:n> 0 } }
"""
RAISE = """
DELETE { GRAPH <urn:test:a> { ?c <urn:test:n> ?n } GRAPH <urn:test:b> { ?c <urn:test:n> ?n } }
INSERT { GRAPH <urn:test:a> { ?c <urn:test:n> ?m } GRAPH <urn:test:b> { ?c <urn:test:n> ?m ; <urn:test:by> "NAME" } }
WHERE { GRAPH <urn:test:a> { ?c <urn:test:n> ?n } BIND(?n + 1 AS ?m) }
"""
READ = """
SELECT ?a ?b (COUNT(?name) AS ?names) {
  GRAPH <urn:test:a> { ?c <urn:test:n> ?a } GRAPH <urn:test:b> { ?c <urn:test:n> ?b }
  OPTIONAL { GRAPH <urn:test:b> { ?c <urn:test:by> ?name } }
} GROUP BY ?a ?b
"""
BROKEN = (OSError, http.client.HTTPException)
"""What a client meets whose copy is killed."""
NAMES = "SELECT ?name { GRAPH <urn:test:b> { ?c <urn:test:by> ?name } }"


class World:
    """Three copies, the version in which the numbers are 0, and what came of every write: its name, and its version
    where it was accepted."""

    def __init__(self, copies: list[Service], begun: str) -> None:
        self.copies, self.begun = copies, versions.number_of(begun)
        self.change = threading.Condition()
        self.accepted: dict[str, str] = {}
        self.refused: dict[str, int] = {}
        self.lost: set[str] = set()
        self.running = dict.fromkeys(range(len(copies)), 0)
        self.reads = 0

    def write(self, number: int, name: str) -> bool:
        """One write by a copy; whether it was accepted. Who is refused is told to try again."""
        with self.change:
            self.running[number] += 1
            self.change.notify_all()
        try:
            reply = self.copies[number].update(RAISE.replace("NAME", name))
        except BROKEN:
            with self.change:
                self.lost.add(name)
            return False
        finally:
            with self.change:
                self.running[number] -= 1
        with self.change:
            if reply.status == 200:
                self.accepted[name] = reply.headers["controlgraph-version"]
                assert json.loads(reply.body)["version"] == self.accepted[name]
            else:
                self.refused[name] = reply.status
                assert_says_when_to_come_back(reply)
            self.change.notify_all()
        return reply.status == 200

    def read(self, number: int) -> None:
        """One read from a copy; what it says has to be what its version says."""
        reply = self.copies[number].query(READ, Accept="text/csv")
        if reply.status != 200:
            assert_says_when_to_come_back(reply)
            return
        version = reply.headers["controlgraph-version"]
        assert reply.headers["etag"].startswith(f'"{version}-')
        expected = str(versions.number_of(version) - self.begun)
        assert list(csv.reader(io.StringIO(reply.body.decode())))[1:] == [[expected] * 3], version
        with self.change:
            self.reads += 1

    def check(self) -> None:
        """What is there in the end is what was accepted, and perhaps of what nobody was told."""
        number = next(number for number, each in enumerate(self.copies) if each.process.poll() is None)
        self.read(number)
        written = set(self.copies[number].query(NAMES, Accept="text/csv").body.decode().split()[1:])
        assert self.accepted.keys() <= written <= self.accepted.keys() | self.lost
        assert not written & self.refused.keys()
        journal = self.copies[number].ask("GET", "/feed/versions").body.decode()
        assert all(version in journal for version in self.accepted.values())
        assert len(set(self.accepted.values())) == len(self.accepted)


def assert_says_when_to_come_back(reply: Reply) -> None:
    """Nothing was done, which may pass."""
    assert reply.status in (409, 503), reply.body
    assert reply.headers["content-type"] == "application/problem+json"
    assert int(reply.headers["retry-after"]) > 0
    if reply.status == 409:
        assert "try again" in json.loads(reply.body)["detail"]


@pytest.fixture(scope="module", params=EACH)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """An engine without anything."""
    folder = tmp_path_factory.mktemp(request.param)
    with engines.started(None) if request.param == "oxigraph" else engines.virtuoso(folder) as started:
        yield Engine(started.query, started.update, dialect=request.param, cache=folder / "cache")


@pytest.fixture(scope="module")
def world(engine: Engine) -> Iterator[World]:
    """Three copies."""
    store = open_store(engine, Limits(children=1))
    begun = publish.write(store, [{"update": BEGIN}], who="test").version
    store.close()
    with ExitStack() as stack, ThreadPoolExecutor(3) as pool:
        caches = [engine.cache.with_name(f"copy-{number}") for number in range(3)]
        copies = [*pool.map(lambda cache: stack.enter_context(copy.copy(engine, cache, hasty=True)), caches)]
        yield World(copies, begun)


def together(*each: Callable[[], None]) -> None:
    """Do all of it at once, to the end; what one of them raises is raised."""
    with ThreadPoolExecutor(len(each)) as pool:
        for future in [pool.submit(one) for one in each]:
            future.result()


def test_two_updates_that_exclude_each_other_are_one(engine: Engine) -> None:
    if engine.particular.one_writer:
        pytest.skip("this engine carries out both now and then; who writes claims the right to")
    requests = Requests(engine)
    try:
        requests.update('INSERT DATA { GRAPH <urn:test:t> { <urn:test:t> <urn:test:v> "0" } }', seconds=30)
        for turn in range(10):

            def raise_it(by: int, turn: int = turn) -> None:
                said = "GRAPH <urn:test:t> { <urn:test:t> <urn:test:v>"
                before, after = f'{said} "{turn}"', f'{said} "{turn + 1}" ; <urn:test:by> "{turn}.{by}"'
                text = f"DELETE {{ {before} }} }} INSERT {{ {after} }} }} WHERE {{ {before} }} }}"
                requests.update(text, seconds=30)

            together(*[lambda by=by: raise_it(by) for by in range(4)])
            rows = table(requests, "SELECT ?by { GRAPH <urn:test:t> { ?t <urn:test:by> ?by } }", 30, ["urn:test:t"])
            assert len(rows) == turn + 1
    finally:
        requests.update("DROP SILENT GRAPH <urn:test:t>", seconds=30)
        requests.close()


def test_two_writers_on_two_copies_never_lose_an_update(world: World, every: bool) -> None:
    each = 3 if every else 2

    def write(number: int) -> None:
        wanted, tries = each, 0
        while wanted:
            tries += 1
            wanted -= world.write(number, f"pair-{number}-{tries}")

    together(lambda: write(0), lambda: write(1))
    assert not world.lost
    assert len(world.accepted) == 2 * each
    world.check()


def test_copies_answer_right_while_one_is_killed_and_lose_nothing(world: World) -> None:
    over, killed = threading.Event(), threading.Event()
    victim = 2

    def alive() -> list[int]:
        return [number for number, each in enumerate(world.copies) if each.process.poll() is None]

    def write(first: int) -> None:
        tries = 0
        while not over.is_set():
            tries += 1
            there = alive()
            world.write(there[(first + tries) % len(there)], f"writer-{first}-{tries}")

    def read(first: int) -> None:
        tries = 0
        while not over.is_set():
            tries += 1
            there = alive()
            try:
                world.read(there[(first + tries) % len(there)])
            except BROKEN:
                assert killed.is_set()  # so another one is asked

    def kill() -> None:
        try:
            with world.change:
                before = len(world.accepted)
                assert world.change.wait_for(lambda: len(world.accepted) > before + 3 and world.running[victim], 120)
                killed.set()
                copy.kill(world.copies[victim].process)
                before = len(world.accepted)
                assert world.change.wait_for(lambda: len(world.accepted) > before + 3, 120)
        finally:
            over.set()

    together(kill, *[lambda n=n: write(n) for n in range(3)], *[lambda n=n: read(n) for n in range(3)])
    assert alive() == [0, 1]
    assert world.reads > 10
    world.check()
