"""Who held what: the intervals of control as columns, the same that are published as `kg:ControlInterval` and
`kg:PartialControl` (docs/ontology.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np

from kg.control.conclusions import Part, Stays
from kg.control.ledger import NEVER
from kg.control.names import Array, Names, table
from kg.control.record import Day
from kg.control.writing import interval_iri, partial_iri
from kg.derive.describing import LeftOut
from kg.derive.network import Network

WHOLE, CENTRE, SOME_PARTS = range(3)
"""The numbers of extents. Some parts are never an answer to who controls a place; only the areas of pieces ask."""


@dataclass(frozen=True, eq=False)
class Held:
    """Intervals, sorted by place, actor, first day, extent and source; places and actors by their numbers in a network.

    Days are half-open: an actor possibly holds a place from `possible_from` until the day before `possible_until`, and
    certainly from `certain_from` until the day before `certain_until` (equal: never certainly). No known end is
    `NEVER`. `captured` tells whether somebody says that it came by a change of control. `source` is the number of
    whoever speaks of some parts, -1 for the other extents.
    """

    place: Array
    actor: Array
    possible_from: Array
    certain_from: Array
    certain_until: Array
    possible_until: Array
    extent: Array
    captured: Array
    source: Array
    sources: Names

    def __len__(self) -> int:
        return len(self.place)

    def possible(self, day: Day) -> Array:
        """Whether each interval is in force on a day."""
        return np.asarray((self.possible_from <= day) & (day < self.possible_until), bool)

    def certain(self, day: Day) -> Array:
        """Whether each interval is certain on a day."""
        return np.asarray((self.certain_from <= day) & (day < self.certain_until), bool)

    def iri(self, network: Network, number: int) -> str:
        """What an interval is called in the graph of conclusions on control, from which its claims are told."""
        place, actor = network.place(int(self.place[number])), network.actor(int(self.actor[number]))
        first = int(self.possible_from[number])
        if self.extent[number] == SOME_PARTS:
            return partial_iri(place, actor, first, self.sources[int(self.source[number])])
        return interval_iri(place, actor, first)

    def of(self, places: Array) -> Held:
        """The intervals of some places only, by their numbers."""
        return self.only(np.isin(self.place, places))

    def falling(self, first: Day, last: Day) -> Held:
        """The intervals that are in force on any of the days between two, both included, or on the day before."""
        return self.only((self.possible_from <= last) & (first <= self.possible_until))

    def only(self, kept: Array) -> Held:
        """Some of the intervals."""
        return Held(**{name: column[kept] for name, column in self.plain().items()}, sources=self.sources)

    def columns(self) -> dict[str, Array]:
        """All columns by name; the table of names is two."""
        return {**self.plain(), "sources-text": self.sources.text, "sources-ends": self.sources.ends}

    def plain(self) -> dict[str, Array]:
        """All columns by name, without the sources."""
        return {each.name: getattr(self, each.name) for each in fields(self) if each.name != "sources"}


def of_columns(named: Mapping[str, Array]) -> Held:
    """The intervals that have these columns."""
    plain = {each.name: named[each.name] for each in fields(Held) if each.name != "sources"}
    return Held(**plain, sources=Names(named["sources-text"], named["sources-ends"]))


def ordered(rows: Array, sources: Names) -> Held:
    """Intervals from rows with the columns of `Held` in their order, half-open days."""
    rows = rows[np.lexsort((rows[:, 8], rows[:, 6], rows[:, 2], rows[:, 1], rows[:, 0]))]
    named = [each.name for each in fields(Held) if each.name != "sources"]
    columns = {name: rows[:, at] for at, name in enumerate(named)}
    return Held(**{**columns, "captured": rows[:, 7].astype(bool)}, sources=sources)


def held(network: Network, concluded: Stays) -> tuple[Held, list[LeftOut]]:
    """The intervals of what is concluded; and the places with intervals that are left out because nothing describes
    them or their holder."""
    ledger, stays, some = concluded
    rows = np.concatenate([
        np.concatenate([stays, np.full((len(stays), 1), -1)], axis=1), partial_rows(some)
    ])  # fmt: skip
    place, actor = moved(ledger.places, network.places)[rows[:, 0]], moved(ledger.actors, network.actors)[rows[:, 1]]
    unknown = np.flatnonzero((place < 0) | (actor < 0))
    left = [
        LeftOut(ledger.places[int(number)], "is about an unknown place or actor")
        for number in np.unique(rows[unknown, 0])
    ]
    rows[:, 0], rows[:, 1] = place, actor
    rows = np.delete(rows, unknown, axis=0)
    sure = rows[:, 3] > 0
    rows[:, 4] = np.where(sure, until(rows[:, 4]), 0)
    rows[:, 5] = until(rows[:, 5])
    speakers = table(ledger.sources[part.source] for part in some)
    renumbered = np.append(moved(ledger.sources, speakers), -1)
    rows[:, 8] = renumbered[rows[:, 8]]
    return ordered(rows, speakers), left


def evidence_of_parts(concluded: Stays) -> dict[str, list[str]]:
    """The claims behind every interval of partial control, by what the interval is called."""
    ledger = concluded.ledger
    return {
        partial_iri(ledger.places[part.place], ledger.actors[part.actor], part.first, ledger.sources[part.source]):
        [ledger.claims[claim] for claim in part.claims]
        for part in concluded.parts
    }  # fmt: skip


def partial_rows(some: list[Part]) -> Array:
    """What is said of some parts, in the columns of stays, with the source after them."""
    rows = [
        (each.place, each.actor, each.first, each.certain_first, each.certain_last, each.last, SOME_PARTS, 0,
         each.source) for each in some
    ]  # fmt: skip
    return np.array(rows, np.int64).reshape(-1, 9)


def until(last: Array) -> Array:
    """The day after an inclusive last day; `NEVER` stays."""
    return np.where(last >= NEVER, NEVER, last + 1)


def moved(old: Names, new: Names) -> Array:
    """For each number in one table of names the number in another, -1 where that does not have it."""
    return new.numbers(old)
