"""Measure the answers about roads on one day: `python -m bench.one_day [--places 20000] [--store STORE]`.

For every actor, on a day in the middle of a world with fronts made in memory (`bench.fronts`), or with `--store` of a
store with a data set of `bench.generate --roads`; the first answers too, with the opening of the version.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from bench.control import timed
from bench.fronts import START, fronts
from kg.control.record import Day
from kg.derive import chokepoints, holdings, links, ways
from kg.derive.held import Held
from kg.derive.history.sweep import sweep
from kg.derive.network import Network
from kg.derive.opening import open_situation
from kg.derive.situation import Situation
from kg.derive.standing import Standing, standing
from kg.derive.stored import Stored, save, stored
from kg.store import open_store

QUESTIONS: dict[str, Callable[[Standing], object]] = {
    "links": links.links,
    "across silent places": links.across,
    "fronts": lambda on: links.fronts(on.situation, on.day),
    "holdings, certainly": lambda on: holdings.holdings(on, "certainly"),
    "holdings, possibly": lambda on: holdings.holdings(on, "possibly"),
    "pockets": holdings.pockets,
    "border crossings": holdings.borders,
    "named roads with detours": ways.corridors,
    "chokepoints with what they sever": chokepoints.chokepoints,
    "a way that avoids the actor": lambda on: ways.avoiding(on, *ends(on)),
}


def ends(on: Standing) -> tuple[int, int]:
    """Two places on roads, far from one another in the table."""
    places = np.flatnonzero(on.network.on_network)
    return int(places[len(places) // 10]), int(places[-len(places) // 10])


def answered(situation: Situation, day: Day, actor: int) -> None:
    """All questions about one day, for one actor."""
    on = standing(situation, day, actor)
    for question in QUESTIONS.values():
        question(on)


def kept(network: Network, held: Held, folder: Path) -> Path:
    """A version's directory with what is kept beside it, but for what a sweep finds."""
    save(Stored(START, network, (), held, (), sweep(network, held, [])), folder, None)
    return folder


def opened(folder: Path) -> Situation:
    """The situation from what is kept beside a version."""
    told = stored(folder)
    assert told is not None
    return Situation("", told.study_start, told.network, told.held)


def first(open_: Callable[[], Situation], day: Day | None = None) -> tuple[Situation, Day]:
    """Open something, and ask everything about one day, by default the middle one, for the first time."""
    begun, wall = time.process_time(), time.perf_counter()
    situation = open_()
    day = int(np.median(situation.held.possible_from)) if day is None else day
    answered(situation, day, int(situation.held.actor[0]))
    print(f"a new version opened, and everything about one day: {time.process_time() - begun:.3f} s of a processor, "
          f"{time.perf_counter() - wall:.3f} s")  # fmt: skip
    return situation, day


def measured(situation: Situation, day: Day) -> None:
    """Print what each question takes, and all of them together for each actor."""
    network = situation.network
    print(f"{len(network.places):,} places and areas, {len(network.pieces):,} pieces of road, {len(network.roads)} named "
          f"roads, {len(situation.held):,} intervals")  # fmt: skip
    actors = sorted({int(actor) for actor in np.unique(situation.held.actor)})
    on = timed("levels of all places and pieces", lambda: standing(situation, day, actors[0]), 5)[0]
    for what, question in QUESTIONS.items():
        timed(what, lambda: question(on), 5)  # noqa: B023 (it is called at once)
    for actor in actors:
        begun, wall = time.process_time(), time.perf_counter()
        answered(situation, day, actor)
        print(f"everything about one day for actor {actor}: {time.process_time() - begun:.3f} s of a processor, "
              f"{time.perf_counter() - wall:.3f} s")  # fmt: skip
    timed("chokepoints of all roads", lambda: chokepoints.of_network(network))
    timed("betweenness", lambda: chokepoints.betweenness(network))


def main() -> None:
    """Read the command line, measure."""
    parser = argparse.ArgumentParser(description="Measure the answers about roads on one day.")
    parser.add_argument("--places", type=int, default=20_000, help="the size of the world that is made (default 20000)")
    parser.add_argument("--store", type=Path, help="a store with a data set of bench.generate --roads")
    arguments = parser.parse_args()
    if arguments.store is None:
        with tempfile.TemporaryDirectory() as folder:
            version = kept(*fronts(arguments.places), Path(folder))
            measured(*first(lambda: opened(version), START + 548))
        return
    store = open_store(arguments.store)
    measured(*first(lambda: open_situation(store)))
    store.close()


if __name__ == "__main__":
    main()
