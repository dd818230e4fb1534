"""Golden worlds of networks: `python -m tests.golden_networks FILE [--engine reference|arrays] [--first N]` says what
differs, and how much passed."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from kg.control.record import Day
from kg.derive import chokepoints, holdings, links, reference, reference_plain, reference_time, ways
from kg.derive.answers import Pocket
from kg.derive.situation import Situation
from kg.derive.standing import Standing, standing
from tests import network_worlds as golden
from tests.network_worlds import World

SHOWN = 10
"""Differences that are shown in full."""

Answer = Callable[[Situation, World], Any]
"""What answers one kind of question."""


def _on(situation: Situation, question: World) -> Standing:
    return standing(situation, _day(question), situation.network.actors.number(question["actor"]))


def _day(question: World) -> Day:
    return golden.day(question["day"])


def levels(situation: Situation, question: World) -> World:
    on, network = _on(situation, question), situation.network
    places = np.flatnonzero(~network.area).tolist()
    return {
        "places": golden.by_level([network.place(at) for at in places], on.place[places].tolist()),
        "pieces": golden.by_level(list(network.pieces), on.piece.tolist()),
    }


def reach(situation: Situation, question: World) -> int:
    on, places = _on(situation, question), situation.network.places
    return ways.Detours(on).reach(places.number(question["from"]), places.number(question["to"]))


def pockets(situation: Situation, question: World) -> Any:
    on = _on(situation, question)
    if situation.network.seat[on.actor] < 0:
        return None
    found = holdings.pockets(on)
    return "seat lost" if found is None else list(map(golden.pocket, found))


def paths(situation: Situation, question: World) -> World:
    places = situation.network.places
    on = _on(situation, {**question, "actor": question["avoiding"]})
    return golden.ways(ways.avoiding(on, places.number(question["from"]), places.number(question["to"])))


ARRAYS: Mapping[str, Answer] = {
    "levels": levels,
    "reach": reach,
    "corridors": lambda here, asked: [golden.corridor(each) for each in ways.corridors(_on(here, asked))],
    "links": lambda here, asked: golden.links(links.links(_on(here, asked)), links.across(_on(here, asked))),
    "holdings": lambda here, asked: [
        golden.holding(each) for each in holdings.holdings(_on(here, asked), asked["reading"])
    ],
    "pockets": pockets,
    "network": lambda here, asked: golden.network(chokepoints.of_network(here.network)),
    "chokepoints": lambda here, asked: [golden.chokepoint(each) for each in chokepoints.chokepoints(_on(here, asked))],
    "fronts": lambda here, asked: [golden.front(each) for each in links.fronts(here, _day(asked))],
    "border": lambda here, asked: golden.borders(holdings.borders(_on(here, asked))),
    "paths": paths,
}
"""One day, as it is asked for: the questions about stretches of time are not among them."""


class ByReference:
    """The reference; a world is made plain once."""

    def __init__(self) -> None:
        self._kept: tuple[Situation, reference_plain.Plain] | None = None

    def plain(self, situation: Situation) -> reference_plain.Plain:
        if self._kept is None or self._kept[0] is not situation:
            self._kept = situation, reference_plain.plain(situation)
        return self._kept[1]

    def on(self, situation: Situation, question: World) -> reference.On:
        return reference.On(self.plain(situation), _day(question), question["actor"])

    def levels(self, here: Situation, asked: World) -> World:
        on, plain = self.on(here, asked), self.plain(here)
        pieces = sorted(plain.pieces)
        return {
            "places": golden.by_level(plain.places, list(map(on.level, plain.places))),
            "pieces": golden.by_level(pieces, list(map(on.piece_level, pieces))),
        }

    def links(self, here: Situation, asked: World) -> World:
        on = self.on(here, asked)
        return golden.links(on.links(), on.across())

    def pockets(self, here: Situation, asked: World) -> Any:
        plain, on = self.plain(here), self.on(here, asked)
        if on.actor not in plain.seats:
            return None
        found = on.pockets()

        def told(each: Pocket) -> World:
            first, sure = (reference_time.since(plain, on.day, on.actor, each.place, least) for least in (1, 2))
            return {**golden.pocket(each), "possible": golden.since(first), "certain": golden.since(sure)}

        return "seat lost" if found is None else list(map(told, found))

    def paths(self, here: Situation, asked: World) -> World:
        return golden.ways(self.on(here, {**asked, "actor": asked["avoiding"]}).avoiding(asked["from"], asked["to"]))

    def changes(self, here: Situation, asked: World) -> Any:
        found = reference_time.changes(self.plain(here), _day(asked), asked["actor"], asked["reading"])
        return list(map(golden.change, found))

    def road_intervals(self, here: Situation, asked: World) -> World:
        return golden.bounds(reference_time.road_intervals(self.plain(here), asked["actor"], asked["road"]))

    def answers(self) -> Mapping[str, Answer]:
        return {
            "levels": self.levels,
            "reach": lambda here, asked: self.on(here, asked).reach(asked["from"], asked["to"]),
            "corridors": lambda here, asked: list(map(golden.corridor, self.on(here, asked).corridors())),
            "links": self.links,
            "holdings": lambda here, asked: list(map(golden.holding, self.on(here, asked).holdings(asked["reading"]))),
            "changes": self.changes,
            "pockets": self.pockets,
            "network": lambda here, asked: golden.network(reference.of_network(self.plain(here))),
            "chokepoints": lambda here, asked: list(map(golden.chokepoint, self.on(here, asked).chokepoints())),
            "fronts": lambda here, asked: list(map(golden.front, reference.fronts(self.plain(here), _day(asked)))),
            "border": lambda here, asked: golden.borders(self.on(here, asked).borders()),
            "paths": self.paths,
            "roadIntervals": self.road_intervals,
            "pocketIntervals": lambda here, asked: golden.bounds(
                reference_time.pocket_intervals(self.plain(here), asked["actor"])
            ),
        }


ENGINES: Mapping[str, Mapping[str, Answer]] = {"arrays": ARRAYS, "reference": ByReference().answers()}


def asked(worlds: Iterable[World], engine: str, kinds: frozenset[str] | None = None) -> Iterator[str | None]:
    """For each question of the worlds that the engine answers (of `kinds`, if given), None where the answer is the
    golden one, else what differs."""
    answers = ENGINES[engine]
    for world in worlds:
        situation = golden.situation(world)
        for question in world["questions"]:
            if question["kind"] in answers and (kinds is None or question["kind"] in kinds):
                yield difference(world, question, answers[question["kind"]](situation, question))


def difference(world: World, question: World, found: Any) -> str | None:
    """What an answer has otherwise than the golden one; of what neither tells, nothing."""
    wanted = question["answer"]
    if question["kind"] == "pockets" and isinstance(wanted, list) and isinstance(found, list):
        told = {name for each in found for name in each}
        wanted = [{name: value for name, value in each.items() if name in told} for each in wanted]
    if found == wanted:
        return None
    about = {name: value for name, value in question.items() if name != "answer"}
    return f"{world['id']} {about}:\n    {found}\n    instead of\n    {wanted}"


def main(arguments: list[str]) -> int:
    """Ask the questions of a file; 0 where all passed."""
    parser = argparse.ArgumentParser(prog="golden_networks", description="golden worlds of networks")
    parser.add_argument("file", type=Path, help="worlds, one JSON object a line (tests/golden/networks/README.md)")
    parser.add_argument("--engine", choices=sorted(ENGINES), action="append", help="default: all of them")
    parser.add_argument("--kind", action="append", help="only questions of this kind")
    parser.add_argument("--first", type=int, metavar="N", help="only the first N worlds")
    options = parser.parse_args(arguments)
    worlds = list(golden.worlds(options.file))[: options.first]
    passed, failed = 0, []
    for engine in options.engine or sorted(ENGINES):
        for wrong in asked(worlds, engine, frozenset(options.kind) if options.kind else None):
            if wrong is None:
                passed += 1
            else:
                failed.append(f"{engine}: {wrong}")
    for wrong in failed[:SHOWN]:
        sys.stdout.write(f"{wrong}\n")
    if len(failed) > SHOWN:
        sys.stdout.write(f"… and {len(failed) - SHOWN} more\n")
    sys.stdout.write(f"{passed} passed, {len(failed)} failed\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
