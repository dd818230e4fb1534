"""What the long runs have in common: asking a server, and measuring the processes behind it."""

from __future__ import annotations

import http.client
import json
import os
import statistics
import time
import urllib.parse
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from kg import files, publish
from kg.store import open_store

DEADLINE = 5
"""Seconds that a query may compute in the runs that are about that."""


@dataclass
class Answers:
    """What a client got: seconds of each answer, how many of each status, what was wrong."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def ask(endpoint: str, query: str, address: str | None = None, **parameters: str) -> tuple[int, bytes, float]:
    """One query by POST, as from another loopback address where given: status, body, seconds."""
    url = urllib.parse.urlsplit(endpoint)
    source = (address, 0) if address else None
    connection = http.client.HTTPConnection(url.hostname or "", url.port, timeout=120, source_address=source)
    begun = time.monotonic()
    try:
        path = f"{url.path}?{urllib.parse.urlencode(parameters)}" if parameters else url.path
        connection.request(
            "POST",
            path,
            query.encode(),
            {"Content-Type": "application/sparql-query", "Accept": "application/sparql-results+json"},
        )
        response = connection.getresponse()
        return response.status, response.read(), time.monotonic() - begun
    finally:
        connection.close()


def shipped(folder: str) -> Path:
    """A new store in `folder` with everything that is shipped."""
    store = open_store(Path(folder) / "store")
    publish.load(store, files.shipped_files(), who="soak")
    store.close()
    return store.location


def memory(group: int) -> int:
    """The memory of a process group, shared pages counted once (sum of PSS), in bytes."""
    total = 0
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if os.getpgid(int(entry.name)) == group:
                    rollup = (entry / "smaps_rollup").read_text()
                    total += int(rollup.partition("Pss:")[2].split()[0]) * 1024
            except (OSError, ProcessLookupError, IndexError):
                continue  # ended in between
    return total


def p99(seconds: list[float]) -> float:
    """The 99th percentile, in milliseconds."""
    return statistics.quantiles(seconds, n=100)[98] * 1000 if len(seconds) > 1 else 0.0


def is_problem(status: int, body: bytes) -> bool:
    """Whether this is an error with its problem document."""
    return 400 <= status < 600 and status != 500 and json.loads(body)["status"] == status
