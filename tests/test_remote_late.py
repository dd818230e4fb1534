"""A writer that is frozen in the middle, and wakes up when another one has taken over what it had begun."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from kg import publish
from kg.engine_errors import EngineLoading
from kg.store import open_store
from kg.store.pool import Limits
from kg.store.remote import claims, placing
from kg.store.remote.engine import Engine
from kg.store.remote.state import STORE
from kg.store.remote.store import RemoteStore
from kg.store.remote.writing import condition
from tests.elsewhere import engine as engines
from tests.elsewhere import faulty
from tests.elsewhere.stores import EACH

pytestmark = [pytest.mark.every, pytest.mark.embedded("engines are started here as they are needed")]

LARGE = "urn:test:large"
STEPS = {
    "one is staged": (b"INSERT+DATA+%7B+GRAPH+%3Curn%3Acontrolgraph%3Astaged", False),
    "it begins": (b"INSERT+%7B+GRAPH+%3Curn%3Acontrolgraph%3Astore%3E+%7B+%3Curn%3Acontrolgraph%3Astore%3E+"
                  b"%3Curn%3Acontrolgraph%3Aversion%3E+%22loading", False),
    "it says who puts it in place": (b"placing%3E+%3Fother", True),
    "the old is removed": (b"DELETE+%7B+GRAPH+%3Curn%3Atest%3Alarge", True),
    "the new is put": (b"INSERT+%7B+GRAPH+%3Curn%3Atest%3Alarge", True),
    "the version is named": (b"%3Ftold+.+%3Curn%3Acontrolgraph%3Astore%3E+%3Curn%3Acontrolgraph%3Aplacing", True),
}  # fmt: skip
"""Steps of a load: how the request begins, and whether the load is completed by who comes next, not undone."""


@pytest.fixture(scope="module", params=EACH)
def next_one(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RemoteStore]:
    """The store of an engine of its own, as the next writer sees it; more than 600 statements are staged."""
    folder = tmp_path_factory.mktemp(request.param)
    with engines.started(None) if request.param == "oxigraph" else engines.virtuoso(folder) as started:
        store = open_store(Engine(started.query, started.update, dialect="virtuoso", cache=folder / "cache"), Limits(2))
        assert isinstance(store, RemoteStore)
        yield store
        store.close()


@contextmanager
def loading(store: RemoteStore, update: str, file: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that loads a file in place of the large graph, as another machine."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("KG_")}
    settings = {
        "KG_STORE": store.engine.query, "KG_STORE_UPDATE": update, "KG_STORE_DIALECT": "virtuoso",
        "KG_STORE_CACHE": str(file.parent / "cache"),
    }  # fmt: skip
    command = [sys.executable, "-c", "from kg.cli import main; main()", "load", "--graph", LARGE, str(file)]
    with subprocess.Popen(command, env=clean | settings, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGCONT)
            process.kill()


def written(folder: Path, name: str, size: int = 700) -> Path:
    """A file of so many statements."""
    path = folder / f"{name}.ttl"
    path.write_text("".join(f'<urn:test:s{number}> <urn:test:p> "{name}" .\n' for number in range(size)))
    return path


def count(store: RemoteStore, pattern: str) -> int:
    """How many solutions a pattern has in the engine, whichever graph it names."""
    answer = store.requests.query(
        f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}", "text/csv", seconds=30, most=1 << 20
    ).body()
    return int(answer.split()[1].strip(b'"'))


@pytest.mark.parametrize("step", STEPS)
def test_a_writer_that_wakes_up_late_changes_nothing_any_more(
    step: str, next_one: RemoteStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    where, is_completed = STEPS[step]
    if not is_completed and "virtuoso" in request.node.name:
        pytest.skip("until a version is said to be loading, nothing depends on the engine")
    publish.load(next_one, [written(tmp_path, f"before {step}")], who="test", graph=LARGE, replace_edited=True)
    ours = [{"update": f"DELETE DATA {{ GRAPH <{LARGE}> {{ <urn:test:s0> <urn:test:p> '{name} {step}' }} }} ; "
             f"INSERT DATA {{ GRAPH <{LARGE}> {{ <urn:test:s0> <urn:test:p> 'next {step}' }} }}"}
            for name in ("before", "after")]  # fmt: skip
    with faulty.started(next_one.engine.update) as (update, fault):
        with loading(next_one, update, written(tmp_path, f"after {step}")) as process:

            def overtake() -> None:
                process.send_signal(signal.SIGSTOP)
                monkeypatch.setattr(claims, "LEASE", 2.0)  # seconds after which the frozen one is taken for dead
                publish.write(next_one, ours, who="next")
                process.send_signal(signal.SIGCONT)

            fault.where, fault.meanwhile = where, overtake
            _, told = process.communicate(timeout=120)
        assert fault.meanwhile is None, told
    next_one.published.look()
    assert [line["who"] for line in next_one.journal()][-1] == "next"
    assert (process.returncode == 0) is is_completed, told
    if not is_completed:
        assert "try again" in told
    stands = "after" if is_completed else "before"
    for name, number in ((stands, 699), ("next", 1)):
        assert count(next_one, f"GRAPH <{LARGE}> {{ ?s ?p '{name} {step}' }}") == number
    assert count(next_one, f"GRAPH <{LARGE}> {{ ?s ?p ?o }}") == 700
    assert count(next_one, "GRAPH ?staged { ?s <urn:test:p> ?o } FILTER(STRSTARTS(STR(?staged), 'urn:control'))") == 0
    assert count(next_one, "GRAPH <urn:controlgraph:store> { ?store <urn:controlgraph:staged> ?graph }") == 0


def test_a_step_that_arrives_while_another_one_completes_the_load_does_nothing(
    next_one: RemoteStore, tmp_path: Path
) -> None:
    def through(update: str, name: str) -> RemoteStore:
        store = open_store(replace(next_one.engine, update=update, cache=tmp_path / name), Limits(2))
        assert isinstance(store, RemoteStore)
        return store

    publish.load(next_one, [written(tmp_path, "old")], who="test", graph=LARGE, replace_edited=True)
    address = next_one.engine.update
    with faulty.started(address) as (first, late), faulty.started(address) as (second, fault):
        late.begin("late", where=STEPS["the old is removed"][0])
        with closing(through(first, "first")) as dying, pytest.raises(EngineLoading):
            publish.load(dying, [written(tmp_path, "new")], who="dying", graph=LARGE)

        def arrive() -> None:
            late.begin("")
            assert late.arrived.wait(30)

        fault.where, fault.meanwhile = STEPS["the version is named"][0], arrive
        with closing(through(second, "second")) as completing:
            step = {"update": "INSERT DATA { GRAPH <urn:test:next> { <urn:test:a> <urn:test:p> 1 } }"}
            publish.write(completing, [step], who="next")
        assert fault.meanwhile is None
    next_one.published.look()
    assert [line["who"] for line in next_one.journal()][-2:] == ["dying", "next"]
    assert count(next_one, f"GRAPH <{LARGE}> {{ ?s ?p 'new' }}") == 700
    assert count(next_one, f"GRAPH <{LARGE}> {{ ?s ?p ?o }}") == 700
    publish.write(next_one, [{"drop": "urn:test:next"}], who="test")


def test_a_claim_that_was_taken_away_is_not_renewed_and_nothing_is_written_with_it(next_one: RemoteStore) -> None:
    requests = next_one.requests
    claim = claims.Claim(requests)

    def does(parent: str | None) -> bool:
        """Whether an update is carried out that makes the first version, or one after `parent`."""
        statement = "GRAPH <urn:test:done> { <urn:test:a> <urn:test:p> 1 }"
        requests.update(f"INSERT {{ {statement} }} WHERE {{ {condition(parent, claim)} }}", seconds=30)
        done = count(next_one, statement) == 1
        requests.update(f"DELETE WHERE {{ {statement} }}", seconds=30)
        return done

    publish.write(
        next_one, [{"update": f"INSERT DATA {{ GRAPH <{LARGE}> {{ <urn:test:a> <urn:test:p> 1 }} }}"}], who="a"
    )
    name = next_one.version()
    version = f"GRAPH <{STORE}> {{ <{STORE}> <urn:controlgraph:version> '{name}' }}"
    claim.make()
    claim.make(claim.held())
    assert (does(name), does(None)) == (True, False)
    requests.update(f"DELETE DATA {{ {version} }}", seconds=30)
    assert (does(name), does(None)) == (False, True)
    claims.remove(requests, claim.name)
    assert (does(name), does(None)) == (False, False)
    claim.make(claim.held())
    assert count(next_one, f"GRAPH <{STORE}> {{ <{claim.name}> ?since ?when }}") == 0
    requests.update(f"INSERT DATA {{ {version} }}", seconds=30)
    assert (does(name), does(None)) == (False, False)


def test_a_large_graph_is_put_in_place_a_portion_at_a_time(next_one: RemoteStore, tmp_path: Path) -> None:
    for name, size in (("large", placing.PORTION + 2_000), ("small", 700)):
        publish.load(next_one, [written(tmp_path, name, size)], who="test", graph=LARGE, replace_edited=True)
        assert count(next_one, f"GRAPH <{LARGE}> {{ ?s ?p '{name}' }}") == size
        assert count(next_one, f"GRAPH <{LARGE}> {{ ?s ?p ?o }}") == size
    assert count(next_one, "GRAPH <urn:controlgraph:store> { ?store <urn:controlgraph:staged> ?graph }") == 0
