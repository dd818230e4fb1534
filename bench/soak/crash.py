"""The server killed again and again: `python -m bench.soak crash`."""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import AbstractContextManager
from pathlib import Path

import pyoxigraph as ox

from bench import peers, run
from bench.soak.asking import Options, ask, members, rows, shipped, verdict, write
from kg.store import journal, versions

GRAPH = "http://example.org/soak"
ENDED = (OSError, http.client.HTTPException)
"""What a client gets from a server that is killed."""
WRITERS, READERS = 2, 2


class Ledger:
    """What was sent, what was acknowledged as which version, what was read, what was not as promised."""

    def __init__(self) -> None:
        self.change = threading.Lock()
        self.sent = 0
        self.acknowledged: dict[int, str] = {}
        self.statuses: Counter[str] = Counter()
        self.wrong: list[str] = []

    def take(self) -> int:
        """The number of a new write."""
        with self.change:
            self.sent += 1
            return self.sent

    def tell(self, what: str, wrong: str | None = None) -> None:
        """Count an answer, and remember what is wrong about it."""
        with self.change:
            self.statuses[what] += 1
            if wrong:
                self.wrong.append(wrong)


def crash(options: Options) -> bool:
    """Reads and writes while the server is killed again and again: every acknowledged write stays, nothing half."""
    with tempfile.TemporaryDirectory() as folder:
        store = shipped(folder)
        ledger, kills, slowest = killed(store, options.seconds, options.life)
        good = verdict(
            not ledger.wrong,
            f"{kills} kills, {ledger.sent} writes sent, {len(ledger.acknowledged)} acknowledged; "
            f"answers {dict(ledger.statuses)}; longest start {slowest:.1f} s",
        )
        for wrong in ledger.wrong[:10]:
            print("    wrong:", wrong)
        problems = damage(store, ledger)
        count = len(list((store / "versions").iterdir()))
        good &= verdict(
            not problems, f"{count} versions that are kept are complete, the journal has every acknowledged one"
        )
        for problem in problems[:10]:
            print("    wrong:", problem)
    return good


def killed(store: Path, seconds: float, life: tuple[float, float], least: int = 1) -> tuple[Ledger, int, float]:
    """Read and write for some seconds and kill the server, all of its processes, when it has lived for `life`.

    It is killed at least `least` times, however long that takes.

    What happened, how often it was killed, and the longest time in seconds that it took to answer after a start.
    Nothing is done to the store in between. After each start, and at the end, all that was acknowledged is asked for.
    """
    chance, ledger = random.Random(1), Ledger()
    port = peers.free_port()
    end, kills, slowest = time.monotonic() + seconds, 0, 0.0
    while True:
        begun = time.monotonic()
        with _serving(store, port) as server:
            slowest = max(slowest, time.monotonic() - begun)
            _look(server.endpoint, ledger)
            if kills >= least and time.monotonic() >= end:
                _write_one(server.endpoint, ledger)  # which also ends what the last kill left unfinished
                return ledger, kills, slowest
            stop = threading.Event()
            clients = [
                threading.Thread(target=client, args=(server.endpoint, ledger, stop, chance.random()))
                for client in [_write] * WRITERS + [_read] * READERS
            ]
            for client in clients:
                client.start()
            left = end - time.monotonic()
            time.sleep(min(chance.uniform(*life), left) if left > 0 else chance.uniform(*life))
            os.killpg(server.process.pid, signal.SIGKILL)
            stop.set()
            for client in clients:
                client.join()
            while any(members(server.process.pid)):
                time.sleep(0.01)
            kills += 1
        run.note(f"kill {kills}: {len(ledger.acknowledged)} writes acknowledged, {ledger.statuses['read']} reads")


def _serving(store: Path, port: int) -> AbstractContextManager[peers.Server]:
    """Our server, always at the same port, as one that is started again after a crash."""
    settings = {"KG_STORE": str(store), "KG_PORT": str(port), "KG_TOKENS": f"bench:{peers.TOKEN}", "KG_LOG": "off"}
    return peers.running("controlgraph", [sys.executable, "-m", "server"], f"http://127.0.0.1:{port}/sparql", settings)


def _write(endpoint: str, ledger: Ledger, stop: threading.Event, _: float) -> None:
    """Send pairs of statements until the server is gone."""
    while not stop.is_set():
        _write_one(endpoint, ledger)


def _write_one(endpoint: str, ledger: Ledger) -> None:
    number = ledger.take()
    subjects = f"<http://example.org/a{number}>", f"<http://example.org/b{number}>"
    pair = " . ".join(f"{subject} <http://example.org/p> {number}" for subject in subjects)
    try:
        status, body, _ = write(endpoint, f"INSERT DATA {{ GRAPH <{GRAPH}> {{ {pair} }} }}")
    except ENDED:
        ledger.tell("write broken off")  # it may be there afterwards or not, but whole
        return
    if status == 200:
        ledger.acknowledged[number] = json.loads(body)["version"]
    ledger.tell(f"write {status}", None if status == 200 else f"write {number}: {status} {body[:200]!r}")


def _read(endpoint: str, ledger: Ledger, stop: threading.Event, seed: float) -> None:
    """Ask for what was acknowledged, and for halves, until the server is gone."""
    chance = random.Random(seed)
    while not stop.wait(0.01):
        known = list(ledger.acknowledged)
        number = chance.choice(known) if known else 0
        query = f"SELECT ?s {{ GRAPH <{GRAPH}> {{ ?s <http://example.org/p> {number} }} }}"
        try:
            status, body, _ = ask(endpoint, query)
        except ENDED:
            ledger.tell("read broken off")
            continue
        right = status == 200 and len(rows(body)) == (2 if number else 0)
        ledger.tell("read" if right else "read wrong", None if right else f"read {number}: {status} {body[:200]!r}")


def _look(endpoint: str, ledger: Ledger) -> None:
    """Ask for everything, after a start: all that was acknowledged is there, and nothing is there by half."""
    query = f"SELECT ?n (COUNT(*) AS ?parts) {{ GRAPH <{GRAPH}> {{ ?s ?p ?n }} }} GROUP BY ?n"
    status, body, _ = ask(endpoint, query)
    if status != 200:
        ledger.tell("look refused", f"after a start: {status} {body[:200]!r}")
        return
    found = {int(row["n"]): int(row["parts"]) for row in rows(body)}
    lost = set(ledger.acknowledged) - set(found)
    half = [number for number, parts in found.items() if parts != 2]
    unknown = set(found) - set(range(1, ledger.sent + 1))
    wrong = f"after a start: lost {sorted(lost)[:5]}, half {half[:5]}, unknown {sorted(unknown)[:5]}"
    ledger.tell("look", wrong if lost or half or unknown else None)


def damage(store: Path, ledger: Ledger) -> list[str]:
    """What is not whole in the store: a version without what its manifest says, a gap in the journal.

    Every acknowledged write is one version, each made from the one before it in the journal.
    """
    problems = []
    published = versions.current(store).name
    for number, version in enumerate(sorted((store / "versions").iterdir()), start=1):
        if number % 500 == 0:
            run.note(f"{number} versions looked at")
        manifest = versions.read_manifest(version)
        counted = _counted(version)
        if counted != {graph: record.triples for graph, record in manifest.graphs.items() if record.triples}:
            problems.append(f"version {version.name} has {counted}")
    lines = journal.every(store)
    names = [line["version"] for line in lines]
    parents = [line["parent"] for line in lines]
    if parents[1:] != names[:-1] or len(set(names)) < len(names):
        problems.append("the journal is no chain of versions")
    if names[-1] != published:
        problems.append(f"the journal ends with {names[-1]}, published is {published}")
    missing = set(ledger.acknowledged.values()) - set(names)
    if missing:
        problems.append(f"not in the journal: {sorted(missing)[:5]}")
    return problems


def _counted(version: Path) -> dict[str, int]:
    """How many statements each graph of a version has; "" is the unnamed one."""
    counts = "SELECT ?g (COUNT(*) AS ?n) { { ?s ?p ?o BIND('' AS ?g) } UNION { GRAPH ?g { ?s ?p ?o } } } GROUP BY ?g"
    solutions = ox.Store.read_only(str(version)).query(counts)
    assert isinstance(solutions, ox.QuerySolutions)
    found: dict[str, int] = {}
    for row in solutions:
        graph, number = row["g"], row["n"]
        assert isinstance(graph, (ox.NamedNode, ox.Literal))
        assert isinstance(number, ox.Literal)
        found[graph.value] = int(number.value)
    return found
