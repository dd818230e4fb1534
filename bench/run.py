"""The benchmark: `python -m bench.run [--sizes 10000,200000] [--seconds 20] [--work DIR]`; results into `results.md`.

Everything is measured in one run, on one machine, on the same data; what counts are the ratios.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyoxigraph as ox

from bench import lookups, peers, virtuoso
from bench.load import told, wrk
from kg import files, publish
from kg.store import open_store
from kg.store.pool import Limits


@dataclass(frozen=True)
class Row:
    """One line of the report: what was measured, ours, theirs, their ratio and the least ratio that was asked for."""

    what: str
    ours: str
    theirs: str
    ratio: float
    target: str


def generated(changes: int, work: Path) -> list[Path]:
    """The files of a data set of this size, made when they are not there."""
    folder = work / f"data-{changes}"
    if not (folder / "done").exists():
        command = [sys.executable, "-m", "bench.generate", "--roads", "--changes", str(changes), "--out", str(folder)]
        subprocess.run(command, check=True)
        (folder / "done").touch()
    return [files.shipped() / "ontology" / "control.ttl", *sorted(folder.glob("*.ttl"))]


def loaded(changes: int, work: Path) -> Path:
    """A store of ours with a data set of this size, made when it is not there."""
    location = work / f"store-{changes}"
    if not (location / "CURRENT").exists():
        store = open_store(location)
        begun = time.monotonic()
        publish.load(store, generated(changes, work), who="bench")
        store.close()
        note(f"loaded {changes:,} changes in {time.monotonic() - begun:.0f} s")
    return location


def complete(changes: int, work: Path) -> list[Path]:
    """The same data for a peer: the files, and what our store concluded of them."""
    return [*generated(changes, work), *peers.concluded(loaded(changes, work))]


def oxigraph_store(changes: int, work: Path) -> Path:
    """A store of the Oxigraph server with the same data."""
    location = work / f"oxigraph-{changes}"
    if not (location / "done").exists():
        seconds = peers.load_oxigraph(location, complete(changes, work))
        (location / "done").touch()
        note(f"oxigraph loaded {changes:,} changes in {seconds:.0f} s")
    return location


def note(text: str) -> None:
    """Say on standard error what is going on."""
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def places(changes: int, work: Path) -> list[str]:
    """The slugs of places at which something changed hands."""
    store = open_store(loaded(changes, work), Limits(seconds=None))
    query = "SELECT DISTINCT ?place { ?change a kg:ControlChange ; kg:place ?place } ORDER BY ?place"
    rows = store.query(query, results="csv", prefixes={"kg": f"{files.BASE}ontology#"}).text().split()[1:]
    store.close()
    return [row.rpartition("/")[2] for row in rows]


def update(endpoint: str, text: str) -> float:
    """Send one update; seconds until it was acknowledged."""
    headers = {"Authorization": f"Bearer {peers.TOKEN}", "Content-Type": "application/sparql-update"}
    request = urllib.request.Request(endpoint, text.encode(), headers)
    begun = time.monotonic()
    with urllib.request.urlopen(request, timeout=60) as response:
        response.read()
    return time.monotonic() - begun


def claim(number: int, place: str) -> str:
    """An update that adds one claim to the data."""
    return f"""PREFIX kg: <{files.BASE}ontology#> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
INSERT {{ GRAPH <{files.BASE}graph/added> {{
  <{files.BASE}id/claim/added-{time.time_ns()}-{number}> a kg:Claim ; kg:about ?event ; kg:stance kg:Confirms ;
    kg:source ?source ; kg:gloss "Confirmed once more."@en ; kg:recordedAt "2026-11-24T00:00:00Z"^^xsd:dateTime }} }}
WHERE {{ {{ SELECT ?event ?source {{ GRAPH ?g {{ ?event kg:place <{files.BASE}id/place/{place}> ; a kg:ControlChange }}
  GRAPH ?g {{ ?old kg:about ?event ; kg:source ?source }} }} LIMIT 1 }} }}"""


class Writer(threading.Thread):
    """Publishes one write every `every` seconds until told to stop; `times` has how long each took."""

    def __init__(self, endpoint: str, slugs: list[str], every: float) -> None:
        super().__init__(daemon=True)
        self.endpoint, self.slugs, self.every = endpoint, slugs, every
        self.times: list[float] = []
        self.stop = threading.Event()

    def run(self) -> None:
        """Write until stopped."""
        while not self.stop.wait(self.every):
            self.times.append(update(self.endpoint, claim(len(self.times), self.slugs[len(self.times)])))


def rates(changes: int, work: Path, seconds: int) -> list[Row]:
    """Requests a second against the Oxigraph server: Zipf beside writes, one query repeated, every query new."""
    slugs = places(changes, work)
    queries = lookups.distinct(20_000, slugs)
    drawn = [queries[number] for number in lookups.zipf(len(queries), 100_000)]
    zipf, repeated = lookups.paths(drawn), lookups.paths(queries[:1])
    fresh = lookups.paths([queries[number % len(queries)] for number in range(100_000)], unique=True)
    rows = []
    with peers.oxigraph(oxigraph_store(changes, work)) as theirs:
        their = [wrk(theirs.endpoint, targets, seconds) for targets in (zipf, repeated, fresh)]
        name = theirs.name
    with peers.ours(loaded(changes, work)) as server:
        writer = Writer(server.endpoint, slugs, 5)
        writer.start()
        mine = [wrk(server.endpoint, zipf, max(seconds, 20))]
        writer.stop.set()
        writer.join()
        mine += [wrk(server.endpoint, targets, seconds) for targets in (repeated, fresh)]
        writes = [update(server.endpoint, claim(number, slugs[-number - 1])) for number in range(20)]
    labels = ("20,000 lookups by Zipf 1.1, a write every 5 s (ours only)", "one query repeated", "every query distinct")
    for label, ours, other, target in zip(labels, mine, their, ("1.2", "3", "0.5"), strict=True):
        rows.append(
            Row(
                f"{label}, {changes:,} changes, against {name}",
                told(ours),
                told(other),
                ours.rate / other.rate,
                f"≥ {target}",
            )
        )
    median, worst = statistics.median(writes) * 1000, max(writes) * 1000
    took = f"median {median:.0f} ms, most {worst:.0f} ms"
    rows.append(Row(f"publishing one small write, {changes:,} changes", took, "", median / 150, "≤ 150 ms"))
    during = ", ".join(f"{seconds * 1000:.0f}" for seconds in writer.times)
    rows.append(Row("… the writes under load", f"{during} ms", "", 0, ""))
    return rows


def against_rdflib(changes: int, work: Path, seconds: int) -> list[Row]:
    """Lookups against rdflib-endpoint, every query distinct."""
    queries = lookups.distinct(2_000, places(changes, work))
    targets = lookups.paths(queries, unique=True)
    with peers.rdflib_endpoint(complete(changes, work)) as theirs:
        other, name = wrk(theirs.endpoint, targets, seconds, connections=2), theirs.name
    with peers.ours(loaded(changes, work)) as server:
        mine = wrk(server.endpoint, targets, seconds, connections=2)
    return [
        Row(f"lookups, {changes:,} changes, against {name}", told(mine), told(other), mine.rate / other.rate, "≥ 20")
    ]


def against_virtuoso(changes: int, work: Path, seconds: int) -> list[Row]:
    """Lookups against Virtuoso, where it is installed: every query distinct, and one repeated."""
    if not virtuoso.installed():
        note("no Virtuoso here, so none is measured: apt-get install virtuoso-opensource")
        return []
    queries = lookups.distinct(20_000, places(changes, work))
    loads = {
        "every query distinct": lookups.paths(queries, unique=True),
        "one query repeated": lookups.paths(queries[:1]),
    }
    with virtuoso.virtuoso(work / f"virtuoso-{changes}", complete(changes, work)) as theirs:
        other, name = [wrk(theirs.endpoint, targets, seconds) for targets in loads.values()], theirs.name
    with peers.ours(loaded(changes, work)) as server:
        mine = [wrk(server.endpoint, targets, seconds) for targets in loads.values()]
    return [
        Row(f"{label}, {changes:,} changes, against {name}", told(ours), told(their), ours.rate / their.rate, "")
        for label, ours, their in zip(loads, mine, other, strict=True)
    ]


def heavy(changes: int, work: Path, _: int) -> list[Row]:
    """Whole-data queries over HTTP against pyoxigraph called directly in this process."""
    rows = []
    store = loaded(changes, work)
    version = store / "versions" / (store / "CURRENT").read_text().strip()
    direct = ox.Store.read_only(str(version))
    with peers.ours(store, KG_DEADLINE="600") as server:
        for path in sorted((Path(__file__).parent / "queries").glob("heavy-*.rq")):
            text = path.read_text("utf-8")
            note(path.stem)
            mine = best(lambda text=text: ask(server.endpoint, text))  # type: ignore[misc]
            other = best(lambda text=text: evaluate(direct, text))  # type: ignore[misc]
            rows.append(
                Row(
                    f"{path.stem}, {changes:,} changes, against pyoxigraph in process",
                    f"{mine:.2f} s",
                    f"{other:.2f} s",
                    mine / other,
                    "≤ 1.15 × the time",
                )
            )
    return rows


def best(run: Callable[[], None], times: int = 3) -> float:
    """The least time of a few runs, in seconds."""
    taken = []
    for _ in range(times):
        begun = time.monotonic()
        run()
        taken.append(time.monotonic() - begun)
    return min(taken)


def ask(endpoint: str, text: str) -> None:
    """Ask and read the whole answer; the comment keeps it out of caches."""
    query = urllib.parse.urlencode({"query": f"{text}# {time.time_ns()}"})
    with urllib.request.urlopen(f"{endpoint}?{query}", timeout=600) as response:
        while response.read(1 << 20):
            pass


def evaluate(store: ox.Store, text: str) -> None:
    """Evaluate and serialise, as the server has to."""
    result = store.query(text, use_default_graph_as_union=True)
    assert isinstance(result, ox.QuerySolutions)
    result.serialize(format=ox.QueryResultsFormat.JSON)


def shown(rows: list[Row]) -> list[Row]:
    """The rows, told on standard error as well."""
    for row in rows:
        note(f"{row.ratio:.2f} ({row.target}) {row.what}: {row.ours}; {row.theirs}")
    return rows


def report(rows: list[Row]) -> str:
    """The rows as a Markdown section, ratios first."""
    lines = [
        f"## {datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, {platform.platform()}, Python {platform.python_version()}",
        "",
        "| ratio | asked for | what | ours | theirs |",
        "|---|---|---|---|---|",
    ]
    lines += [f"| {row.ratio:.2f} | {row.target} | {row.what} | {row.ours} | {row.theirs} |" for row in rows]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Run everything and write the report."""
    parser = argparse.ArgumentParser(prog="python -m bench.run", description=__doc__)
    parser.add_argument("--sizes", default="10000,200000", help="numbers of changes: the first for rdflib-endpoint")
    parts = {"rates": (rates, 1), "rdflib": (against_rdflib, 0), "virtuoso": (against_virtuoso, 1), "heavy": (heavy, 1)}
    parser.add_argument("--parts", default=",".join(parts), help="what is measured (default: %(default)s)")
    parser.add_argument("--seconds", type=int, default=20, help="how long each load runs")
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "controlgraph-bench")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "results.md")
    chosen = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the servers end too
    chosen.work.mkdir(parents=True, exist_ok=True)
    sizes = [int(size) for size in chosen.sizes.split(",")]
    rows: list[Row] = []
    for measure, size in map(parts.__getitem__, chosen.parts.split(",")):
        rows += shown(measure(sizes[size], chosen.work, chosen.seconds))
    section = report(rows)
    print(section)
    print(json.dumps([row.__dict__ for row in rows]), file=sys.stderr)
    before = chosen.out.read_text("utf-8") if chosen.out.exists() else "# Results, newest first\n"
    head, _, rest = before.partition("\n## ")
    chosen.out.write_text(f"{head.rstrip()}\n\n{section}" + (f"\n## {rest}" if rest else ""), "utf-8")


if __name__ == "__main__":
    main()
