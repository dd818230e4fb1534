"""Measure control: `python -m bench.control [--sizes 20000,200000] [--store STORE] [--plot FILE]`.

For each size a record is made in memory (`bench.invented`), and its conclusions are asked with SPARQL as well, up to
`--sparql` changes. With `--store`, a store with a data set of `bench.generate`, also what only a store shows: the index
from the database, and small writes (into a copy).
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TypeVar

import numpy as np
import pyoxigraph as ox

from bench.invented import PARTIES, START, invented
from bench.plot import Line, plotted
from kg import publish, queries, validate
from kg.control.answers import POLICIES, View
from kg.control.conclusions import draw
from kg.control.facts import of_record
from kg.control.index import Index, build, counts, history, open_index, state_at, verdict
from kg.control.opening import index_of, open_control
from kg.control.reading import read_facts
from kg.control.writing import written
from kg.ontology import PREFIXES
from kg.store import open_store, versions
from kg.store.embedded import Store

T = TypeVar("T")
DAY = START + 2000
WRITES = 20


def timed(what: str, work: Callable[[], T], times: int = 1) -> tuple[T, float]:
    """Do something, and say how long the fastest time took, and how much of a processor's time; with its seconds."""
    fastest = busy = float("inf")
    for _ in range(times):
        begun, spent = time.perf_counter(), time.process_time()
        done = work()
        fastest, busy = min(fastest, time.perf_counter() - begun), min(busy, time.process_time() - spent)
    print(f"{what:<50} {fastest * 1000:>12,.1f} ms {busy * 1000:>12,.1f} ms of a processor", flush=True)
    return done, fastest


def measured(changes: int, seed: int, sparql: bool) -> dict[str, float]:
    """Make a record, index it, ask; the seconds that the map took, and with SPARQL."""
    print(f"\n{changes:,} changes")
    facts = of_record(invented(changes, seed))
    built, _ = timed("the index, from columns", lambda: build(facts))
    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        built.save(Path(folder) / "index")
        sizes = {path.name: path.stat().st_size for path in (Path(folder) / "index").iterdir()}
        names = sum(size for name, size in sizes.items() if name.endswith(("-text.npy", "-ends.npy")))
        print(f"{len(facts.claims):,} claims, {len(built.ledger.claim):,} rows, {len(built.runs.place):,} runs; bytes a "
              f"change: columns {(sum(sizes.values()) - names) / changes:.0f}, names {names / changes:.0f}")  # fmt: skip
        index, _ = timed("opening the index", lambda: open_index(Path(folder) / "index"), 5)
        _, found["all places on a day, from the index"] = timed(
            "all places on a day", lambda: state_at(index, DAY, DAY), 20
        )
        asked(index)
        if sparql:
            found |= by_query(built, facts, Path(folder) / "runs")
    return found


def asked(index: Index) -> None:
    """The other questions."""
    sources = frozenset(name for name in index.ledger.sources if not name.endswith("-0"))
    for name, view in (
        ("another known by", View(known=DAY + 10)), ("other sources", View(sources=sources)),
        *((policy, View(policy=policy)) for policy in POLICIES[1:]),
    ):  # fmt: skip
        timed(f"all places on a day, {name}", lambda view=view: state_at(index, DAY, DAY, view), 3)  # type: ignore[misc]
    timed("all places in a month", lambda: state_at(index, DAY, DAY + 30), 3)
    place = index.ledger.places[7]
    timed("the verdict on a place", lambda: verdict(index, place, DAY, DAY), 20)
    timed("the history of a place", lambda: history(index, place), 20)
    timed("counts over 200 places", lambda: counts(index, list(index.ledger.places[:200]), PARTIES[0], DAY), 5)


def by_query(built: Index, facts: object, directory: Path) -> dict[str, float]:
    """Write the conclusions, load them into a database, and ask it for all places on a day."""
    texts, _ = timed(
        "writing the conclusions", lambda: list(written(draw(facts, built.ledger, np.arange(len(built.ledger.places)))))
    )  # type: ignore[arg-type]
    store = ox.Store(str(directory))

    def load() -> None:
        for text in texts:
            store.bulk_load(text, ox.RdfFormat.TURTLE)
        store.optimize()

    timed(f"loading them ({sum(map(len, texts)) / 1e6:,.0f} MB)", load)
    print(f"{len(store):,} triples")
    question = next(each for each in queries.examples() if each.slug == "all-places-on-a-day").text
    question = question.replace("2021-08-09", date.fromordinal(DAY).isoformat())
    bare = question.partition("  OPTIONAL { ?run kg:certainController")[0].replace(" ?certain ?possible", "") + "}"
    found = {}
    for what, text in (("as shipped", question), ("place and state alone", bare)):
        _, found[what] = timed(f"all places on a day, by SPARQL, {what}", lambda text=text: answered(store, text), 3)  # type: ignore[misc]
    return {"all places on a day, by SPARQL": min(found.values())}


def answered(store: ox.Store, text: str) -> int:
    """Ask, and read the whole answer as bytes."""
    found = store.query(text)
    assert isinstance(found, ox.QuerySolutions)
    return len(found.serialize(format=ox.QueryResultsFormat.TSV) or b"")


def in_a_store(location: Path) -> None:
    """What only a store shows: the index from everything, and small writes into a copy."""
    print(f"\n{location}")
    store = open_store(location)
    directory = store.published.directory()
    graphs = versions.read_manifest(directory).graphs
    facts, _ = timed("reading the database", lambda: read_facts(directory, graphs))
    timed("the index of what was read", lambda: build(facts))
    index, _ = timed("opening the index of the version", lambda: index_of(directory), 3)
    chosen = districts(index)
    with tempfile.TemporaryDirectory(dir=location.parent) as folder:
        store.backup(Path(folder) / "copy")
        copy = open_store(Path(folder) / "copy")
        validate.prepare()
        writes = sorted(small_write(copy, number, chosen[8 * number]) for number in range(WRITES))
        print(f"{WRITES} small writes: median {writes[WRITES // 2] * 1000:,.0f} ms, fastest {writes[0] * 1000:,.0f} ms, "
              f"slowest {writes[-1] * 1000:,.0f} ms")  # fmt: skip
        timed("opening the index after a small write", lambda: open_control(copy))
        copy.close()
    store.close()


def districts(index: Index) -> list[str]:
    """Places that are written about."""
    return [place for place in index.ledger.places if "/place/district-" in place]


def small_write(store: Store, number: int, place: str, day: int = DAY) -> float:
    """Add a claim of a new event at a place on a day; how long that took."""
    at, here = date.fromordinal(day).isoformat(), f"bench-{day}-{number}"
    text = f"""INSERT DATA {{ GRAPH graph:written {{
        event:{here} a kg:ControlChange ; kg:eventType kg:Capture ; kg:place <{place}> ;
          kg:extent kg:Whole ; kg:toController actor:party-1 ; kg:when when:{here} .
        when:{here} a kg:When ; kg:edtf "{at}"^^edtf:EDTF ; kg:earliest "{at}"^^xsd:date ; kg:latest "{at}"^^xsd:date ;
          kg:precision kg:Day .
        claim:{here} a kg:Claim ; kg:about event:{here} ; kg:stance kg:Reports ; kg:source source:{here} ;
          kg:gloss "Taken."@en ; kg:recordedAt "2026-11-26T00:00:00Z"^^xsd:dateTime .
        source:{here} a kg:Source ; kg:sourceKind kg:NewsPage ; kg:published when:{here} ; skos:prefLabel "{here}"@en ;
          kg:retrieved "2026-11-26"^^xsd:date }} }}"""
    begun = time.perf_counter()
    publish.write(store, [{"update": text}], who="bench", prefixes=PREFIXES)
    return time.perf_counter() - begun


def main() -> None:
    """Read the command line, measure."""
    parser = argparse.ArgumentParser(description="Measure the index of control and its peers.")
    parser.add_argument("--sizes", default="20000,200000", help="changes, separated by commas (default 20000,200000)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sparql", type=int, default=200_000, help="changes up to which SPARQL is asked too")
    parser.add_argument("--store", type=Path, help="a store with a data set of bench.generate")
    parser.add_argument("--plot", type=Path, help="where to draw the cost against the size, as SVG")
    arguments = parser.parse_args()
    lines: dict[str, Line] = {}
    for changes in map(int, filter(None, arguments.sizes.split(","))):
        for name, seconds in measured(changes, arguments.seed, changes <= arguments.sparql).items():
            lines.setdefault(name, []).append((changes, seconds * 1000))
    if arguments.plot:
        arguments.plot.write_text(plotted(lines, "changes of control", "ms"), encoding="utf-8")
    if arguments.store:
        in_a_store(arguments.store)


if __name__ == "__main__":
    main()
