"""Places in the pool: short and long lane, shares, queue, names."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kg.errors import PoolBusy, QueryCancelled, QueryDied, QueryProblem, QueryTimeout
from kg.store import open_store
from kg.store.embedded import Store
from kg.store.pool import Limits
from tests.conftest import load
from tests.elsewhere.waiting import comes
from tests.test_pool import NUMBERS

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
"""Computes for hours and needs no memory."""

LIMITS = Limits(children=2, share=1, long=1, memory=1 << 30, seconds=20, wait=3, patience=0.2)


class Runaway:
    """A query that never ends by itself, asked in a thread of its own."""

    def __init__(self, store: Store, name: str, client: str | None = None, seconds: float | None = None) -> None:
        self.problem: QueryProblem | None = None

        def ask() -> None:
            try:
                store.query(ENDLESS, name=name, client=client, seconds=seconds)
            except QueryProblem as problem:
                self.problem = problem

        self.thread = threading.Thread(target=ask)
        self.thread.start()

    def end(self) -> QueryProblem | None:
        """Wait for its end; how it ended."""
        self.thread.join()
        return self.problem


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    path = tmp_path / "numbers.ttl"
    path.write_text(NUMBERS)
    opened = open_store(tmp_path / "store", LIMITS)
    load(opened, path)
    yield opened
    opened.close()


def test_a_long_query_makes_room(store: Store) -> None:
    runaway = Runaway(store, "long", client="a")
    assert comes(lambda: store.pool.numbers()["long"] == 1)
    assert store.pool.numbers()["short"] == 0
    begun = time.monotonic()
    assert store.query("ASK {}", client="a", results="csv").text() == "true"
    assert time.monotonic() - begun < 2
    assert store.cancel("long")
    assert isinstance(runaway.end(), QueryCancelled)
    assert store.pool.numbers()["long"] == 0


def test_the_long_lane_has_one_place_for_a_client_and_few_in_all(store: Store) -> None:
    first = Runaway(store, "first", client="a")
    assert comes(lambda: store.pool.numbers()["long"] == 1)
    with pytest.raises(PoolBusy):
        store.query(ENDLESS, client="a")
    with pytest.raises(PoolBusy):
        store.query(ENDLESS, client="b")
    assert store.cancel("first")
    first.end()
    second = Runaway(store, "second", client="b")
    assert comes(lambda: store.pool.numbers()["long"] == 1)
    store.cancel("second")
    assert isinstance(second.end(), QueryCancelled)


def test_a_clients_share_is_its_own_and_leaves_room_for_others(tmp_path: Path, store: Store) -> None:
    patient = open_store(store.location, replace(LIMITS, patience=60, wait=0.3))
    greedy = Runaway(patient, "greedy", client="a")
    assert comes(lambda: patient.pool.numbers()["short"] == 1)
    with pytest.raises(PoolBusy):
        patient.query("ASK {}", client="a")
    assert patient.query("ASK {}", client="b", results="csv").text() == "true"
    assert patient.query("ASK {}", results="csv").text() == "true"
    assert patient.cancel("greedy")
    assert isinstance(greedy.end(), QueryCancelled)
    patient.close()


def test_the_queue_is_bounded(store: Store) -> None:
    small = open_store(store.location, replace(LIMITS, children=1, share=9, queue=1, patience=60, wait=30))
    running = Runaway(small, "running")
    assert comes(lambda: small.pool.numbers()["short"] == 1)
    waiting = Runaway(small, "waiting")
    assert comes(lambda: small.pool.numbers()["waiting"] == 1)
    with pytest.raises(PoolBusy):
        small.query("ASK {}")
    assert small.cancel("running")
    assert isinstance(running.end(), QueryCancelled)
    assert comes(lambda: small.pool.numbers()["waiting"] == 0)
    assert comes(lambda: small.cancel("waiting"))
    assert isinstance(waiting.end(), QueryCancelled)
    assert small.pool.ended["QueryCancelled"] == 2
    small.close()


def test_a_long_query_still_has_its_deadline(store: Store) -> None:
    begun = time.monotonic()
    problem = Runaway(store, "x", seconds=1).end()
    assert isinstance(problem, QueryTimeout | QueryDied)
    assert time.monotonic() - begun < 2


def test_what_does_not_run_cannot_be_cancelled(store: Store) -> None:
    assert not store.cancel("nothing")


def test_a_child_that_died_while_nobody_used_it_is_nobodys_problem(store: Store) -> None:
    store.query("ASK {}")
    (child,) = store.pool._free
    os.kill(child._process.pid, signal.SIGKILL)
    child._process.wait()
    assert store.query("ASK {}", results="csv").text() == "true"


def test_children_end_with_their_parent(store: Store) -> None:
    """A parent that is killed closes the line that its children watch, whatever they do."""
    runaway = Runaway(store, "orphan")
    assert comes(lambda: store.pool.numbers()["long"] == 1)
    (ticket,) = store.pool._running
    child = ticket.child
    assert child is not None
    child._life.close()
    assert isinstance(runaway.end(), QueryDied)
