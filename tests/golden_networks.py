"""Golden worlds of networks: `python -m tests.golden_networks FILE [--engine NAME] [--kind KIND] [--first N]` says what
differs, and how much passed.

The engines are the reference, which answers everything; what answers one day from columns (`arrays`); and the sweep
through time, which answers the questions about stretches of days.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from kg.control.ledger import NEVER
from kg.control.record import Day
from kg.derive import chokepoints, holdings, links, reference, reference_plain, reference_roads, reference_time, ways
from kg.derive.answers import THRESHOLDS, Pocket
from kg.derive.history import corridors as history
from kg.derive.history import spells, sweep
from kg.derive.network import Network
from kg.derive.situation import Situation
from kg.derive.standing import Standing, standing
from tests import network_worlds as golden
from tests.golden_control import reported
from tests.network_worlds import World

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
    return on.reach(places.number(question["from"]), places.number(question["to"]))


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

    def fronts(self, here: Situation, asked: World) -> Any:
        return list(map(golden.front, reference_roads.fronts(self.plain(here), _day(asked))))

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
            "network": lambda here, asked: golden.network(reference_roads.of_network(self.plain(here))),
            "chokepoints": lambda here, asked: list(map(golden.chokepoint, self.on(here, asked).chokepoints())),
            "fronts": lambda here, asked: list(
                map(golden.front, reference_roads.fronts(self.plain(here), _day(asked)))
            ),
            "border": lambda here, asked: golden.borders(self.on(here, asked).borders()),
            "paths": self.paths,
            "roadIntervals": self.road_intervals,
            "pocketIntervals": lambda here, asked: golden.bounds(
                reference_time.pocket_intervals(self.plain(here), asked["actor"])
            ),
        }


class BySweep:
    """The sweep over all days; a world is swept once. Where it tells what happened only by numbers, the answers of the
    day complete it."""

    def __init__(self) -> None:
        self._kept: tuple[Situation, sweep.Swept] | None = None

    def swept(self, here: Situation) -> sweep.Swept:
        if self._kept is None or self._kept[0] is not here:
            self._kept = here, sweep.sweep(here.network, here.held, sweep.whole(here.network, here.held))
        return self._kept[1]

    def turns(self, here: Situation, actor: int) -> dict[int, list[tuple[Day, int]]]:
        """From which days on each place is what: 0 no pocket, 1 possibly one, 2 certainly."""
        found: dict[int, list[tuple[Day, int]]] = {}
        for who, place, day, value in self.swept(here).turns.tolist():
            if who == actor:
                found.setdefault(place, []).append((day, value))
        return found

    def pockets(self, here: Situation, asked: World) -> Any:
        network, day, actor = here.network, _day(asked), here.network.actors.number(asked["actor"])
        now = pockets(here, asked)
        if not isinstance(now, list):
            return now
        why = [row for row in self.swept(here).whys.tolist() if row[0] == actor]
        found = {}
        for place, told in self.turns(here, actor).items():
            past = [turn for turn in told if turn[0] <= day]
            if past and past[-1][1]:
                since: list[World | None] = []
                for least in (1, 2):
                    first = begun(past, least)
                    reasons = {row[4] for row in why if (row[1], row[2], row[3]) == (place, first, least)}
                    told_since = {"since": golden.shown(first), "because": names(network, reasons)}
                    since.append(told_since if first else None)
                verdict = "certain" if past[-1][1] == 2 else "possible"
                found[network.place(place)] = {"verdict": verdict, "possible": since[0], "certain": since[1]}
        return [{**each, **found.pop(each["place"], {"verdict": "none"})} for each in now] + list(found.values())

    def pocket_intervals(self, here: Situation, asked: World) -> World:
        actor = here.network.actors.number(asked["actor"])
        return {
            here.network.place(place): inclusive(spells.spells(spells.runs(told)))
            for place, told in sorted(self.turns(here, actor).items())
        }

    def road_intervals(self, here: Situation, asked: World) -> World:
        actor, road = here.network.actors.number(asked["actor"]), here.network.roads.number(asked["road"])
        rows = history.strengths(here.network, here.held, here.study_start, [actor], np.array([road])).tolist()
        return {
            name: inclusive(spells.spells(spells.runs((day, states[strength]) for *_, day, strength in rows)))
            for name, states in (("Open", history.OPEN), ("Cut", history.CUT))
        }

    def changes(self, here: Situation, asked: World) -> Any:
        network, day, actor = here.network, _day(asked), here.network.actors.number(asked["actor"])
        reading = asked["reading"]
        wanted = (actor, day, THRESHOLDS[reading])
        causes = self.swept(here).causes.tolist()
        before, after = (standing(here, each, actor) for each in (day - 1, day))
        found = []
        for row in self.swept(here).changes.tolist():
            if tuple(row[:3]) == wanted:
                kind, principal, pieces, count = row[3:]
                then = after if kind else before
                name = network.place(principal)
                held = next(each for each in holdings.holdings(then, reading) if each.principal == name)
                still = {network.place(at) for at in np.flatnonzero(after.own_components(reading) >= 0).tolist()}
                places = [place for place in held.places if place in still]
                places = [place for place in places if after.own[network.places.number(place)]]
                assert len(places) == count
                reasons = {each[5] for each in causes if each[:5] == row[:5]}
                found.append({
                    "change": "Joined" if kind else "Parted", "principal": name, "places": places,
                    "piecesBefore": pieces if kind else 1, "piecesAfter": 1 if kind else pieces,
                    "because": names(network, reasons),
                })  # fmt: skip
        return sorted(found, key=lambda each: (each["change"], each["principal"]))

    def answers(self) -> Mapping[str, Answer]:
        return {
            "pockets": self.pockets,
            "changes": self.changes,
            "pocketIntervals": self.pocket_intervals,
            "roadIntervals": self.road_intervals,
        }


def begun(past: list[tuple[Day, int]], least: int) -> Day | None:
    """The first day of the stretch, with no break up to the last turn, in which a value is at least so much."""
    first = None
    for day, value in past:
        first = (first or day) if value >= least else None
    return first


def names(network: Network, places: set[int]) -> list[str]:
    return [network.place(at) for at in sorted(places)]


def inclusive(found: Iterable[spells.Spell]) -> list[list[str | None]]:
    """Intervals as the golden answers have them."""
    return [
        [golden.shown(first), *((golden.shown(sure), last(sure_until)) if sure else (None, None)), last(until)]
        for first, sure, sure_until, until in found
    ]


def last(until: Day) -> str | None:
    return None if until >= NEVER else golden.shown(until - 1)


ENGINES: Mapping[str, Mapping[str, Answer]] = {
    "arrays": ARRAYS,
    "reference": ByReference().answers(),
    "sweep": BySweep().answers(),
}


def asked(
    worlds: Iterable[World], engine: str, kinds: frozenset[str] | None = None,
    situation_of: Callable[[World], Situation] = golden.situation,
) -> Iterator[str | None]:  # fmt: skip
    """For each question of the worlds that the engine answers (of `kinds`, if given), None where the answer is the
    golden one, else what differs."""
    answers = ENGINES[engine]
    for world in worlds:
        situation = situation_of(world)
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
    kinds = frozenset(options.kind) if options.kind else None
    engines = options.engine or sorted(ENGINES)
    answers = ((engine, wrong) for engine in engines for wrong in asked(worlds, engine, kinds))
    return reported(wrong and f"{engine}: {wrong}" for engine, wrong in answers)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
