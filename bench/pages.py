"""What a start costs who comes first: `python -m bench.pages STORE [PAGE …]`; one line of JSON for each page.

For each page a server is started on the store, which keeps no answers, and asked for that page until it was answered
three times: the first time, and the least of the others, by the clock and in seconds of a processor (of the server and
its children), with the status and the most memory that they had together when asked (sum of PSS). The store is not
written to, but what is made of its version is kept beside it, so that the first run on a new store is another one than
the next: `--forget` removes that before each page.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import time
import urllib.error
import urllib.request
from datetime import timedelta
from pathlib import Path
from typing import Any

from bench import peers
from bench.soak.asking import memory
from bench.steps import DAY
from bench.world import START
from kg.store import beside, versions

AT = (START + timedelta(days=DAY)).isoformat()
TICKS = os.sysconf("SC_CLK_TCK")


def pages(place: str) -> dict[str, str]:
    """The addresses, by names: those of the whole, and those of one place (the last part of its IRI)."""
    return {
        "one place": f"api/control?at={AT}&place={place}", "all places": f"api/control?at={AT}&limit=1000&grounds=off",
        "home": "", "map": f"map?at={AT}", "page of a place": f"id/place/{place}", "timeline": "timeline",
        "search": "search?q=karan", "browse": "browse", "browse places": "browse/place", "browse events": "browse/event",
        "events": "api/events?limit=10", "routes": f"routes?at={AT}", "feed": "feed", "sitemap": "sitemap.xml",
        "data": "data", "graph": f"graph?at={AT}", "dossier": f"dossier?place={place}&at={AT}", "compare": f"compare?a.at=2020-01-01&b.at={AT}",
        "reconcile": "reconcile", "query": "query?query=ASK%7B%7D",
    }  # fmt: skip


def processor(root: int) -> float:
    """Seconds of a processor that a process and its children used so far, with those that have ended."""
    ticks, parents = dict[int, int](), dict[int, int]()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                told = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue  # it ended meanwhile
            parents[int(entry.name)] = int(told[1])
            ticks[int(entry.name)] = sum(map(int, told[11:15]))
    family = {root}
    while more := {child for child, parent in parents.items() if parent in family} - family:
        family |= more
    return sum(ticks.get(each, 0) for each in family) / TICKS


def measured(store: Path, address: str, times: int = 3) -> dict[str, Any]:
    """What a page costs after a start, and then."""
    begun = time.perf_counter()
    with peers.ours(store, KG_CACHE="0") as server:
        started = time.perf_counter() - begun
        taken = []
        for _ in range(times):
            begun, before = time.perf_counter(), processor(server.process.pid)
            try:
                with urllib.request.urlopen(
                    urllib.request.Request(
                        server.endpoint.removesuffix("sparql") + address,
                        headers={"Accept": "text/html, application/json;q=0.9"},
                    ),
                    timeout=600,
                ) as reply:
                    status, size = reply.status, len(reply.read())
            except urllib.error.HTTPError as error:
                status, size = error.code, len(error.read())
            taken.append((time.perf_counter() - begun, processor(server.process.pid) - before, status, size))
        most = memory(server.process.pid)
    again = [min(column) for column in list(zip(*taken[1:], strict=True))[:2]]
    return {
        "started": round(started, 2), "status": [each[2] for each in taken], "bytes": taken[-1][3], "first": round(taken[0][0], 2),
        "first processor": round(taken[0][1], 2), "again": round(again[0], 2), "again processor": round(again[1], 2),
        "memory": most, "load": round(os.getloadavg()[0], 1),
    }  # fmt: skip


def main() -> None:
    """Read the command line, measure."""
    parser = argparse.ArgumentParser(description="Measure what a start costs who comes first.")
    parser.add_argument("store", type=Path)
    parser.add_argument("pages", nargs="*", help="names of pages; all where none is named")
    parser.add_argument("--place", default="district-1000", help="the last part of the IRI of a place")
    parser.add_argument("--forget", action="store_true", help="remove what is kept of the version before each page")
    given = parser.parse_args()
    for name, address in pages(given.place).items():
        if not given.pages or name in given.pages:
            if given.forget:
                shutil.rmtree(given.store / beside.MADE, ignore_errors=True)
            print(
                json.dumps(
                    {"page": name, "version": versions.current(given.store).name, **measured(given.store, address)}
                ),
                flush=True,
            )


if __name__ == "__main__":
    main()
