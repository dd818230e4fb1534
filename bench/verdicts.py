"""One place's verdict over HTTP: `python -m bench.verdicts --store STORE [--seconds 10] [--work DIR]`.

STORE is one with a data set of `bench.generate` and its index. The peer is the Oxigraph server over the very conclusions
of that store (`graph/derived/control`), asked for the runs of one place on one day. Both are asked by wrk, one after the
other: one question again and again, and another place each time without a cache. The whole map is asked of ours alone.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
import urllib.request
from pathlib import Path
from urllib.parse import quote

from bench import peers
from bench.load import told, wrk
from kg import files, queries
from kg.ontology import PREFIXES
from kg.store import open_store
from kg.store.pool import Limits

DAY = "2019-06-24"
DERIVED = f"{files.BASE}graph/derived/control"


def main() -> None:
    """Measure, and print a line for each load."""
    parser = argparse.ArgumentParser(prog="python -m bench.verdicts", description=__doc__)
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--day", default=DAY, help="default %(default)s")
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "controlgraph-bench")
    chosen = parser.parse_args()
    chosen.work.mkdir(parents=True, exist_ok=True)
    slugs = places(chosen.store)
    ours = [f"api/control?at={chosen.day}&place={slug}&format=json" for slug in slugs]
    theirs = [f"?query={quote(question(slug, chosen.day), safe='')}" for slug in slugs]
    loads = {"one question": 1, "another place each time": len(slugs)}
    location = exported(chosen.store, chosen.work)
    with peers.oxigraph(location) as server:
        other = [wrk(server.endpoint, theirs[:size], chosen.seconds) for size in loads.values()]
        name = server.name
    with peers.ours(chosen.store) as server:
        root = server.endpoint.removesuffix("sparql")
        urllib.request.urlopen(root + ours[-1], timeout=300).read()  # opens the index and what is kept of places
        mine = [wrk(root, ours[:1], chosen.seconds)]
        for grounds in ("off", "on"):
            taken = []
            for turn in range(1, 6):
                address = f"{root}api/control?at={chosen.day[:-1]}{turn}&limit=100000&grounds={grounds}"
                begun = time.perf_counter()
                body = urllib.request.urlopen(address, timeout=600).read()
                taken.append(time.perf_counter() - begun)
            print(f"all places, grounds={grounds}: best {min(taken):.2f} s, {len(body) / 1e6:.1f} MB", flush=True)
    with peers.ours(chosen.store, KG_CACHE="0") as server:  # a small store has not enough places for as many questions
        root = server.endpoint.removesuffix("sparql")
        urllib.request.urlopen(root + ours[-1], timeout=300).read()
        mine.append(wrk(root, ours, chosen.seconds))
    for label, my, their in zip(loads, mine, other, strict=True):
        print(f"{label}: {my.rate / their.rate:.2f}; ours {told(my)}; {name} {told(their)}", flush=True)


def places(location: Path) -> list[str]:
    """The slugs of places that have runs, in an order of no meaning."""
    store = open_store(location, Limits(seconds=None))
    query = f"SELECT DISTINCT ?place {{ GRAPH <{DERIVED}> {{ ?run kg:place ?place }} }}"
    found = [row.rpartition("/")[2] for row in store.query(query, results="csv", prefixes=PREFIXES).text().split()[1:]]
    store.close()
    random.Random(1).shuffle(found)
    return found


def question(slug: str, day: str) -> str:
    """The example of a holder on a day, for another place and day."""
    text = next(each.text for each in queries.examples() if each.slug == "holder-on-a-day")
    return text.replace("crossing-spin-boldak", slug).replace("2021-07-16", day)


def exported(location: Path, work: Path) -> Path:
    """A store of the Oxigraph server with the conclusions of ours, made if it is not there."""
    target = work / f"conclusions-{location.name}"
    if not (target / "done").exists():
        file = next(each for each in peers.concluded(location) if each.stem.endswith("-control"))
        peers.load_oxigraph(target, [file])
        (target / "done").touch()
    return target


if __name__ == "__main__":
    main()
