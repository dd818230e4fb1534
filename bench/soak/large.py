"""A result of 250 MB, and a client that reads slowly: `python -m bench.soak large`."""

from __future__ import annotations

import http.client
import json
import os
import time
import urllib.parse
from pathlib import Path

from bench import peers, run
from bench.soak.asking import ask


def large(work: Path, _: int) -> bool:
    """A result of 250 MB is complete, the server hardly grows, and a slow reader holds no process."""
    query = "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 700000"
    with peers.ours(run.loaded(10_000, work), KG_DEADLINE="120") as server:
        ask(server.endpoint, "ASK {}")
        before = _server_memory(server.process.pid)
        status, body, taken = ask(server.endpoint, query)
        rows = len(json.loads(body)["results"]["bindings"])
        after = _server_memory(server.process.pid)
        size = len(body)
        slow = _slow_reader(server.endpoint, query)
        time.sleep(1)
        busy = [ask(server.endpoint, f"ASK {{}} # {number}")[2] for number in range(20)]
        slow.close()
    grown = (after - before) / (1 << 20)
    print(
        f"{status}, {size / 1e6:,.0f} MB, {rows:,} rows in {taken:.1f} s; server process grew by {grown:.0f} MiB (at most 50)"
    )
    print(f"beside a client that reads slowly: slowest of 20 queries {max(busy) * 1000:.0f} ms")
    return status == 200 and rows == 700_000 and size > 200e6 and grown < 50 and max(busy) < 2


def _slow_reader(endpoint: str, query: str) -> http.client.HTTPConnection:
    url = urllib.parse.urlsplit(endpoint)
    connection = http.client.HTTPConnection(url.hostname or "", url.port, timeout=120)
    connection.request("POST", url.path, query.encode(), {"Content-Type": "application/sparql-query"})
    response = connection.getresponse()
    response.read(100_000)
    return connection


def _server_memory(group: int) -> int:
    """Resident memory of the process that answers HTTP: the largest of the group that runs no queries."""
    sizes = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                command = (entry / "cmdline").read_bytes()
                if os.getpgid(int(entry.name)) == group and b"kg.store.child" not in command:
                    sizes.append(int((entry / "status").read_text().partition("VmRSS:")[2].split()[0]) * 1024)
            except (OSError, ProcessLookupError, IndexError):
                continue
    return max(sizes)
