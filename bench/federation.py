"""What asking another service costs: `python -m bench.federation --store STORE [--times 200] [--names 200000]`.

STORE has what is shipped. Another engine (the Oxigraph server) knows as many names as is asked for, some of them of our
places. Measured are: one thing looked up there directly and by `SERVICE`; all provinces, with what is known going along
and without; and what others feel while four clients wait for a service that says nothing. Seconds of the wall are given
with seconds of the processor of the server and its children.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, urlencode

from bench import peers
from tests.elsewhere import engine, hostile

PROVINCES = "?place kg:placeType kg:Province ; skos:prefLabel ?name FILTER(LANG(?name) = 'en')"
KNOWN = f"SELECT ?place ?there {{ {{ {PROVINCES} }} SERVICE <%s> {{ ?there rdfs:label ?name }} }}"
UNKNOWN = f"SELECT ?place ?there {{ FILTER(true) {{ {PROVINCES} }} SERVICE <%s> {{ ?there rdfs:label ?name }} }}"
"""The same question: a FILTER before everything is what nothing goes along past."""
LABEL = "<http://www.w3.org/2000/01/rdf-schema#label>"


def main() -> None:
    """Measure, and print a line for each."""
    parser = argparse.ArgumentParser(prog="python -m bench.federation", description=__doc__)
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--names", type=int, default=200_000)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "names.ttl"
        invented = (f'<http://e/{number}> {LABEL} "name {number}"@en .' for number in range(chosen.names))
        data.write_text("\n".join([engine.DATA.read_text("utf-8"), *invented]), "utf-8")
        with engine.started(data) as elsewhere, hostile.started() as silent:
            listed = f"{elsewhere.query} {silent.url}/silent"
            with peers.ours(
                chosen.store, KG_FEDERATION=listed, KG_CACHE="0", KG_LONG="8", KG_CHILDREN="8", KG_PROXIES="1"
            ) as server:
                measure(server, elsewhere.query, silent, chosen.times)


def measure(server: peers.Server, there: str, silent: hostile.Hostile, times: int) -> None:
    """Everything, one after the other."""
    one = f"SELECT ?there {{ ?there {LABEL} 'village'@en }}"
    tell("looked up there directly", server, lambda: get(there, one), times)
    called = f"SELECT ?there {{ SERVICE <{there}> {{ ?there {LABEL} 'village'@en }} }}"
    tell("the same by SERVICE", server, lambda: get(server.endpoint, called), times)
    tell("all provinces, what is known goes along", server, lambda: get(server.endpoint, KNOWN % there), 10)
    tell("all provinces, nothing goes along", server, lambda: get(server.endpoint, UNKNOWN % there), 3)
    plain = "SELECT ?name { place:city-kunduz skos:prefLabel ?name }"
    tell("a plain look-up, nobody else asks", server, lambda: get(server.endpoint, plain), times * 5)
    waiting = [threading.Thread(target=wait, args=(server.endpoint, silent, str(number))) for number in range(4)]
    for each in waiting:
        each.start()
    while len(silent.asked) < len(waiting):
        time.sleep(0.01)
    tell("a plain look-up, four wait for a silent service", server, lambda: get(server.endpoint, plain), times * 5)
    silent.over.set()
    for each in waiting:
        each.join()


def get(endpoint: str, query: str) -> bytes:
    """The answer to a query, as CSV."""
    request = urllib.request.Request(f"{endpoint}?query={quote(query)}", headers={"Accept": "text/csv"})
    with urllib.request.urlopen(request, timeout=120) as reply:
        return reply.read()


def wait(endpoint: str, silent: hostile.Hostile, client: str) -> None:
    """Ask a service that says nothing, as a client of its own."""
    query = f"SELECT * {{ SERVICE <{silent.url}/silent> {{ ?s ?p ?o }} }}"
    headers = {"X-Forwarded-For": f"192.0.2.{client}"}
    request = urllib.request.Request(endpoint, urlencode({"query": query}).encode(), headers)
    try:
        urllib.request.urlopen(request, timeout=120).close()
    except urllib.error.HTTPError as error:
        error.close()


def tell(what: str, server: peers.Server, ask: Callable[[], bytes], times: int) -> None:
    """Ask some times, and print how long that took."""
    size = len(ask())
    taken, before = [], processor(server.process.pid)
    for _ in range(times):
        begun = time.perf_counter()
        ask()
        taken.append(time.perf_counter() - begun)
    used = (processor(server.process.pid) - before) / times
    taken.sort()
    worst = taken[min(len(taken) - 1, int(len(taken) * 0.99))]
    print(
        f"{what}: {times} times, {size:,} bytes; median {statistics.median(taken) * 1000:.2f} ms, "
        f"p99 {worst * 1000:.2f} ms; processor of the server {used * 1000:.2f} ms",
        flush=True,
    )


def processor(leader: int) -> float:
    """Seconds of the processor that the processes of a session have used."""
    total = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == leader:
            total += sum(map(int, fields[11:15]))  # its own, and those of its children that have ended
    return total / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
