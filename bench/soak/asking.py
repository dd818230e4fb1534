"""What the long runs have in common: what they are told, asking a server, measuring the processes behind it."""

from __future__ import annotations

import http.client
import json
import os
import statistics
import time
import urllib.parse
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bench import peers
from kg import files, publish
from kg.store import open_store

DEADLINE = 5
"""Seconds that a query may compute in the runs that are about that."""
CHANGES = 10_000
"""Changes of control in the data that the runs about queries ask; made once and kept in the working folder."""


@dataclass(frozen=True)
class Options:
    """What a run is told: where data is kept, how many seconds it lasts, between how many seconds a server lives."""

    work: Path
    seconds: int
    life: tuple[float, float]


@dataclass
class Answers:
    """What a client got: seconds of each answer, how many of each status, what was wrong."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def ask(endpoint: str, query: str, address: str | None = None, **parameters: str) -> tuple[int, bytes, float]:
    """One query by POST, as from another loopback address where given: status, body, seconds."""
    headers = {"Content-Type": "application/sparql-query", "Accept": "application/sparql-results+json"}
    return send(endpoint, query.encode(), headers, address, **parameters)


def write(
    endpoint: str, body: str, content_type: str = "application/sparql-update", **parameters: str
) -> tuple[int, bytes, float]:
    """One write by POST with the token of the long runs: status, body, seconds."""
    return send(endpoint, body.encode(), {"Content-Type": content_type, "Authorization": f"Bearer {peers.TOKEN}"}, **parameters)  # fmt: skip


def send(
    address: str, body: bytes, headers: dict[str, str], source: str | None = None, **parameters: str
) -> tuple[int, bytes, float]:
    """One POST, answered within two minutes: status, body, seconds. Raises OSError and HTTPException where it breaks off."""
    url = urllib.parse.urlsplit(address)
    origin = (source, 0) if source else None
    connection = http.client.HTTPConnection(url.hostname or "", url.port, timeout=120, source_address=origin)
    begun = time.monotonic()
    try:
        path = f"{url.path}?{urllib.parse.urlencode(parameters)}" if parameters else url.path
        connection.request("POST", path, body, headers)
        response = connection.getresponse()
        return response.status, response.read(), time.monotonic() - begun
    finally:
        connection.close()


def rows(body: bytes) -> list[dict[str, str]]:
    """The solutions of an answer in JSON, as plain values."""
    found = json.loads(body)["results"]["bindings"]
    return [{name: term["value"] for name, term in row.items()} for row in found]


def shipped(folder: str) -> Path:
    """A new store in `folder` with everything that is shipped."""
    store = open_store(Path(folder) / "store")
    publish.load(store, files.shipped_files(), who="soak")
    store.close()
    return store.location


def members(group: int) -> Iterator[Path]:
    """The directories in /proc of the processes of a group that have not ended."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
                if os.getpgid(int(entry.name)) == group and state not in "ZX":
                    yield entry
            except OSError:
                continue  # ended in between


def memory(group: int) -> int:
    """The memory of a process group, shared pages counted once (sum of PSS), in bytes."""
    total = 0
    for entry in members(group):
        try:
            total += int((entry / "smaps_rollup").read_text().partition("Pss:")[2].split()[0]) * 1024
        except (OSError, IndexError):
            continue  # ended in between
    return total


def p99(seconds: list[float]) -> float:
    """The 99th percentile, in milliseconds."""
    return statistics.quantiles(seconds, n=100)[98] * 1000 if len(seconds) > 1 else 0.0


def is_problem(status: int, body: bytes) -> bool:
    """Whether this is an error with its problem document, and none that the service did not foresee (500)."""
    try:
        return 400 <= status < 600 and status != 500 and bool(json.loads(body)["status"] == status)
    except (ValueError, KeyError, TypeError):
        return False


def verdict(good: bool, text: str) -> bool:
    """Print a line that begins with whether what it tells of is as promised; whether it is."""
    print(f"{'ok ' if good else 'BAD'} {text}", flush=True)
    return good
