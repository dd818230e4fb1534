"""The server killed again and again: `python -m bench.soak crash`."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from bench import peers, run
from bench.soak.asking import ask


def crash(_: Path, seconds: int) -> bool:
    """Reads and writes while the server is killed again and again: every acknowledged write stays, nothing half."""
    chance = random.Random(1)
    acknowledged: set[int] = set()
    sent = 0
    kills = 0
    end = time.monotonic() + seconds
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "store"
        subprocess.run(
            [sys.executable, "-m", "kg.cli", "--store", str(store), "load"], check=True, stdout=subprocess.DEVNULL
        )
        while time.monotonic() < end:
            with peers.ours(store) as server:
                until = min(end, time.monotonic() + chance.uniform(5, 30))
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
                time.sleep(0.1)
                kills += 1
        with peers.ours(store) as server:
            query = "SELECT ?n (COUNT(*) AS ?parts) { GRAPH <http://example.org/soak> { ?s ?p ?n } } GROUP BY ?n"
            rows = json.loads(ask(server.endpoint, query)[1])["results"]["bindings"]
    found = {int(row["n"]["value"]): int(row["parts"]["value"]) for row in rows}
    lost = acknowledged - set(found)
    half = {number for number, parts in found.items() if parts != 2}
    unknown = set(found) - set(range(1, sent + 1))
    print(
        f"{kills} kills, {sent} writes sent, {len(acknowledged)} acknowledged, {len(found)} found; lost {len(lost)}, half {len(half)}, unknown {len(unknown)}"
    )
    return not (lost or half or unknown)


def _pair(number: int) -> str:
    """An update that writes two statements which belong together."""
    return f"INSERT DATA {{ GRAPH <http://example.org/soak> {{ <http://example.org/a{number}> <http://example.org/p> {number} . <http://example.org/b{number}> <http://example.org/p> {number} }} }}"
