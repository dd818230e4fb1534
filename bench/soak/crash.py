"""The server killed again and again: `python -m bench.soak crash`."""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import tempfile
import threading
import time
from pathlib import Path

import pyoxigraph as ox

from bench import peers, run
from bench.soak.asking import ask, shipped
from kg.store import versions

PARTS = "SELECT ?n (COUNT(*) AS ?parts) { GRAPH <http://example.org/soak> { ?s ?p ?n } } GROUP BY ?n"


def crash(_: Path, seconds: int) -> bool:
    """Reads and writes while the server is killed again and again: every acknowledged write stays, nothing half."""
    chance = random.Random(1)
    acknowledged: set[int] = set()
    sent = 0
    kills = reads = torn = 0
    end = time.monotonic() + seconds
    with tempfile.TemporaryDirectory() as folder:
        store = shipped(folder)
        while time.monotonic() < end:
            with peers.ours(store) as server:
                reader = Reader(server.endpoint)
                reader.start()
                until = min(end, time.monotonic() + chance.uniform(20, 60))
                while time.monotonic() < until:
                    sent += 1
                    try:
                        run.update(server.endpoint, _pair(sent))
                        acknowledged.add(sent)
                    except OSError as error:
                        print("write failed:", error)
                threading.Timer(chance.uniform(0, 0.05), lambda: os.killpg(server.process.pid, signal.SIGKILL)).start()
                try:
                    sent += 1
                    run.update(server.endpoint, _pair(sent))
                    acknowledged.add(sent)
                except OSError:
                    pass  # killed in between: it may be there or not, but whole
                reader.stop.set()
                reader.join()
                reads += reader.reads
                torn += reader.torn
                kills += 1
        with peers.ours(store) as server:
            found = parts(ask(server.endpoint, PARTS)[1])
        wrong = incomplete(store)
    lost = acknowledged - set(found)
    half = {number for number, count in found.items() if count != 2}
    unknown = set(found) - set(range(1, sent + 1))
    print(f"{reads} reads, {torn} of them with half a write; versions that are not what they say: {wrong or 'none'}")
    print(
        f"{kills} kills, {sent} writes sent, {len(acknowledged)} acknowledged, {len(found)} found; lost {len(lost)}, half {len(half)}, unknown {len(unknown)}"
    )
    return not (lost or half or unknown or torn or wrong)


class Reader(threading.Thread):
    """Asks for everything that was written, again and again, until the server dies; `torn` counts halves of writes."""

    def __init__(self, endpoint: str) -> None:
        super().__init__(daemon=True)
        self.endpoint = endpoint
        self.stop = threading.Event()
        self.reads = self.torn = 0

    def run(self) -> None:
        """Ask until told to stop."""
        while not self.stop.wait(0.05):
            try:
                status, body, _ = ask(self.endpoint, PARTS)
            except (OSError, http.client.HTTPException):
                continue
            if status == 200:
                self.reads += 1
                self.torn += any(count != 2 for count in parts(body).values())


def parts(body: bytes) -> dict[int, int]:
    """How many statements each write has left."""
    rows = json.loads(body)["results"]["bindings"]
    return {int(row["n"]["value"]): int(row["parts"]["value"]) for row in rows}


def incomplete(store: Path) -> list[str]:
    """Versions whose graphs do not have as many statements as their manifest says."""
    wrong = []
    for version in sorted((store / "versions").iterdir()):
        database = ox.Store.read_only(str(version))
        for graph, record in versions.read_manifest(version).graphs.items():
            name = ox.NamedNode(graph) if graph else ox.DefaultGraph()
            if sum(1 for _ in database.quads_for_pattern(None, None, None, name)) != record.triples:
                wrong.append(f"{version.name} {graph}")
    return wrong


def _pair(number: int) -> str:
    """An update that writes two statements which belong together."""
    return f"INSERT DATA {{ GRAPH <http://example.org/soak> {{ <http://example.org/a{number}> <http://example.org/p> {number} . <http://example.org/b{number}> <http://example.org/p> {number} }} }}"
