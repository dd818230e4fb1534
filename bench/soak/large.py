"""A result of 250 MB, and a client that reads slowly: `python -m bench.soak large`."""

from __future__ import annotations

import http.client
import json
import re
import threading
import time
import urllib.parse
import urllib.request
from pathlib import Path

from bench import peers, run
from bench.soak.asking import CHANGES, Options, ask, members, verdict

ROWS = 600_000
QUERY = f"SELECT * {{ ?a ?b ?c . ?d ?e ?f }} LIMIT {ROWS}"
RATE = 100_000
"""Bytes a second of the client that reads slowly."""
SLOW = 20
"""Seconds for which it does."""


def large(options: Options) -> bool:
    """A result of 250 MB is complete, the server hardly grows, and a slow reader holds no process."""
    # one process for queries: were it held, nobody else would be answered
    one = {"KG_DEADLINE": "110", "KG_CHILDREN": "1", "KG_LONG": "1"}
    with peers.ours(run.loaded(CHANGES, options.work), **one) as server:
        ask(server.endpoint, "ASK {}")
        watch = Watch(server.process.pid)
        watch.start()
        status, body, taken = ask(server.endpoint, QUERY)
        grown = watch.stop()
        size, rows = len(body), len(json.loads(body)["results"]["bindings"]) if status == 200 else 0
        good = verdict(
            status == 200 and rows == ROWS and size >= 250e6,
            f"{status}, {size / 1e6:,.0f} MB, {rows:,} of {ROWS:,} rows, {taken:.1f} s",
        )
        good &= verdict(grown < 50, f"the server process grew by {grown:.0f} MiB at most meanwhile (under 50)")
        del body
        return good & _beside_a_slow_reader(server, size)


def _beside_a_slow_reader(server: peers.Server, size: int) -> bool:
    url = urllib.parse.urlsplit(server.endpoint)
    connection = http.client.HTTPConnection(url.hostname or "", url.port, timeout=120)
    connection.request("POST", url.path, QUERY.encode(), {"Content-Type": "application/sparql-query"})
    response = connection.getresponse()
    run.note(f"reading {RATE:,} bytes a second for {SLOW} s")
    watch = Watch(server.process.pid)
    watch.start()
    read, asked, lanes = 0, [], set()
    begun = time.monotonic()
    while time.monotonic() - begun < SLOW:
        read += len(response.read(RATE // 10))
        lanes.add(_lanes(server.endpoint))
        asked.append(ask(server.endpoint, f"ASK {{}} # {time.time_ns()}"))
        time.sleep(max(0.0, read / RATE - (time.monotonic() - begun)))
    grown = watch.stop()
    slowest = max(seconds for _, _, seconds in asked)
    good = verdict(
        all(status == 200 for status, _, _ in asked) and slowest < 2 and lanes == {(0, 0)},
        f"beside it {len(asked)} queries, slowest {slowest * 1000:.0f} ms; queries running for it: {lanes}",
    )
    good &= verdict(grown < 50, f"the server process grew by {grown:.0f} MiB at most meanwhile (under 50)")
    while block := response.read(1 << 20):
        read += len(block)
    connection.close()
    return good & verdict(read == size, f"read to its end afterwards: {read:,} of {size:,} bytes")


def _lanes(endpoint: str) -> tuple[int, int]:
    """How many queries run, in the short lane and in the long one."""
    with urllib.request.urlopen(endpoint.replace("/sparql", "/metrics"), timeout=10) as response:
        text = response.read().decode()
    found = dict(re.findall(r'^controlgraph_queries\{lane="(\w+)"\} (\d+)', text, re.MULTILINE))
    return int(found["short"]), int(found["long"])


class Watch(threading.Thread):
    """Looks twenty times a second how much memory the process that answers HTTP has."""

    def __init__(self, group: int) -> None:
        super().__init__(daemon=True)
        self.group, self.done = group, threading.Event()
        self.before = self.most = server_memory(group)

    def run(self) -> None:
        """Look until told to stop."""
        while not self.done.wait(0.05):
            self.most = max(self.most, server_memory(self.group))

    def stop(self) -> float:
        """End it; by how many MiB the process grew at most."""
        self.done.set()
        self.join()
        return (max(self.most, server_memory(self.group)) - self.before) / (1 << 20)


def server_memory(group: int) -> int:
    """Resident memory in bytes of the processes of a group that run no queries: what listens, and its worker."""
    total = 0
    for entry in members(group):
        try:
            if b"kg.store.child" not in Path(entry / "cmdline").read_bytes():
                total += int((entry / "status").read_text().partition("VmRSS:")[2].split()[0]) * 1024
        except (OSError, IndexError):
            continue  # ended in between
    return total
