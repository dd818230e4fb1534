"""Measure networks: `python -m bench.networks [--sizes 2500,5000,10000,20000] [--store STORE] [--plot FILE]`.

For each number of places a world with fronts is made in memory (`bench.fronts`: three pieces of road and ten changes a
place): one day, all days, one change. Plotted and compared are seconds of a processor, because others may use the
machine. With `--store`, a store with a data set of `bench.generate --roads`, also
what only a store shows: everything found and published anew, and small writes (into a copy).
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from random import Random

import networkx as nx
import numpy as np

from bench.control import districts, small_write, timed
from bench.fronts import START, fronts
from bench.plot import Line, plotted
from kg import validate
from kg.control.ledger import NEVER
from kg.control.names import Array
from kg.control.opening import open_control
from kg.derive import holdings, links
from kg.derive.answers import Reading
from kg.derive.chokepoints import chokepoints
from kg.derive.held import WHOLE, Held, ordered
from kg.derive.history.states import LEVEL, SILENT, states_of, steps
from kg.derive.history.sweep import everything
from kg.derive.network import Network
from kg.derive.publishing import rebuild
from kg.derive.renewing import renewed
from kg.derive.situation import Situation
from kg.derive.standing import standing
from kg.derive.stored import Stored, stored
from kg.derive.ways import corridors
from kg.derive.writing import written
from kg.store import open_store
from kg.store.embedded import Store

DAYS = 1096
READINGS: tuple[Reading, ...] = ("certainly", "possibly")
CHANGES = 20
WRITES = 20


def measured(places: int) -> dict[str, float]:
    """Make a world, sweep it; the seconds of some of it."""
    network, held = fronts(places)
    print(f"\n{len(network.places):,} places and areas, {len(network.pieces):,} pieces of road, {len(network.roads)} named "
          f"roads, {len(held):,} intervals")  # fmt: skip
    spent = time.process_time()
    found, _ = timed("all days, all there is", lambda: everything(network, held, START))
    seconds = time.process_time() - spent
    about = Stored(START, network, (), held, (), found)
    print(f"{len(found.turns):,} turns of pockets, {len(found.changes):,} changes of holdings, {len(found.strengths):,} of "
          "roads")  # fmt: skip
    timed("as RDF", lambda: sum(map(len, written(about))))
    days = len(np.unique(np.concatenate([held.possible_from, held.certain_from])))
    here = Situation("bench", START, network, held)
    for _ in range(2):
        timed("one day, but for betweenness, all actors", lambda: one_day(here))
    by_day = by_networkx(network, held)
    print(f"with networkx {by_day:.2f} s a day, on {days:,} days {by_day * days:,.0f} s: {by_day * days / seconds:.0f} times as "
          "much")  # fmt: skip
    result = {"all days": seconds}
    for what, first in (("today", DAYS - 1), ("in the last 30 days", DAYS - 30), ("on any day", 0)):
        result[f"a change {what}"] = changes_on(about, what, first)
    result["the first word on a silent place"] = first_words(about)
    return result


def one_day(here: Situation) -> None:
    """All that is answered about a day, to all actors."""
    day = START + DAYS // 2
    links.fronts(here, day)
    for actor in range(len(here.network.actors)):
        on = standing(here, day, actor)
        for reading in READINGS:
            holdings.holdings(on, reading)
        for each in (holdings.pockets, holdings.borders, links.links, links.across, corridors, chokepoints):
            each(on)


def by_networkx(network: Network, held: Held) -> float:
    """Seconds that one day takes with networkx: for each actor its levels as attributes of one graph, and the components
    at three levels, as subgraph views (`networkx.connected_components`)."""
    stepped = steps(held)
    levels = [
        LEVEL[states_of(network, held, stepped, actor)[0].at(START + DAYS // 2, len(network.places), SILENT)].tolist()
        for actor in range(len(network.actors))
    ]
    begun = time.process_time()
    ends = list(zip(network.end.tolist(), network.other_end.tolist(), strict=True))
    for level in levels:
        for threshold in (1, 2, 3):
            graph = nx.Graph()
            graph.add_nodes_from(place for place, each in enumerate(level) if each >= threshold)
            graph.add_edges_from(two for two in ends if level[two[0]] >= threshold and level[two[1]] >= threshold)
            sum(1 for _ in nx.connected_components(graph))
    return time.process_time() - begun


def changes_on(about: Stored, what: str, first: int) -> float:
    """Move changes of places by a day or two; the median of the seconds that finding what follows took."""
    chance, seconds = Random(1), []
    place, begins = about.held.place, about.held.possible_from
    some = np.flatnonzero((begins >= START + first) & (about.held.extent == WHOLE) & ~about.network.area[place])
    for number in chance.sample(some.tolist(), min(CHANGES, len(some))):
        here = about.held.of(place[number : number + 1])
        fresh = moved(here, int(begins[number]), chance.choice((1, 2)))
        begun = time.process_time()
        renewed(about, fresh, place[number : number + 1])
        seconds.append(time.process_time() - begun)
    middle = sorted(seconds)[len(seconds) // 2] if seconds else float("nan")
    print(
        f"a change {what}: median {middle * 1000:,.0f} ms, most {max(seconds, default=0) * 1000:,.0f} ms of a processor"
    )
    return middle


def moved(here: Held, day: int, by: int) -> Held:
    """The intervals of a place, with what changes on a day some days earlier."""
    rows = np.stack([np.asarray(column, np.int64) for name, column in here.columns().items() if not name.startswith("s")
                     or name == "source"], axis=1)  # fmt: skip
    bounds = rows[:, 2:6]
    bounds[bounds == day] -= by
    return ordered(rows[rows[:, 2] < rows[:, 5]], here.sources)


def first_words(about: Stored) -> float:
    """The first claim about a place that was silent: it concerns all actors, on all days; how long that took."""
    told: Array = np.isin(np.arange(len(about.network.places)), about.held.place)
    place = int(np.flatnonzero(~told & about.network.on_network)[0])
    row = np.array([(place, 0, START + 5, START + 5, NEVER, NEVER, WHOLE, 1, -1)])
    begun = time.process_time()
    timed("the first word on a silent place", lambda: renewed(about, ordered(row, about.held.sources), row[:, 0]))
    return time.process_time() - begun


def in_a_store(location: Path) -> None:
    """What only a store shows."""
    print(f"\n{location}")
    store = open_store(location)
    timed("opening what is stored", lambda: stored(store.published.directory()), 3)
    with tempfile.TemporaryDirectory(dir=location.parent) as folder:
        store.backup(Path(folder) / "copy")
        copy = open_store(Path(folder) / "copy")
        with copy.candidate() as candidate:
            timed("everything anew, read, found and published", lambda: rebuild(candidate))
        validate.prepare()
        chosen, last = districts(open_control(copy).index), start(copy) + 3590
        for what, day in (("of the last 30 days", last), ("of any day", last - 1800)):
            writes = sorted(small_write(copy, number, chosen[8 * number], day + number) for number in range(WRITES))
            print(f"{WRITES} small writes {what}: median {writes[WRITES // 2] * 1000:,.0f} ms, fastest "
                  f"{writes[0] * 1000:,.0f} ms, slowest {writes[-1] * 1000:,.0f} ms")  # fmt: skip
        copy.close()
    store.close()


def start(store: Store) -> int:
    """The first day of what is told."""
    found = stored(store.published.directory())
    assert found is not None
    return found.study_start


def main() -> None:
    """Read the command line, measure."""
    parser = argparse.ArgumentParser(description="Measure relationships through roads.")
    parser.add_argument("--sizes", default="2500,5000,10000,20000", help="numbers of places")
    parser.add_argument("--store", type=Path, help="a store with a data set of bench.generate --roads")
    parser.add_argument("--plot", type=Path, help="where to draw how it grows (SVG)")
    arguments = parser.parse_args()
    lines: dict[str, Line] = {}
    for places in map(int, filter(None, arguments.sizes.split(","))):
        for what, seconds in measured(places).items():
            lines.setdefault(what, []).append((places, seconds))
    if arguments.plot:
        arguments.plot.write_text(plotted(lines, "places", "seconds"), "utf-8")
    if arguments.store:
        in_a_store(arguments.store)


if __name__ == "__main__":
    main()
