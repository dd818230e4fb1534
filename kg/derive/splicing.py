"""What a small write changes of what was found through time: the days and actors concerned, and the rest as it was."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from kg.control.ledger import NEVER
from kg.control.names import Array, distinct, merged, spans
from kg.control.record import Day
from kg.derive.held import Held
from kg.derive.history.states import FREE, SILENT, Course, states_of, steps
from kg.derive.history.sweep import change_key, turn_key
from kg.derive.network import Network

Window = tuple[int, Day, Day]
"""An actor, a first day and a last one."""


def replaced(old: Held, new: Held, places: Array) -> Held:
    """The intervals with those of some places replaced."""
    kept = np.flatnonzero(~np.isin(old.place, places))
    names, former, latter = merged(old.sources, new.sources)
    order = np.insert(kept, np.searchsorted(old.place[kept], new.place), len(old) + np.arange(len(new)))
    source = np.concatenate([np.append(former, -1)[old.source], np.append(latter, -1)[new.source]])
    both = {each: np.concatenate([before, getattr(new, each)])[order] for each, before in old.plain().items()}
    return Held(**{**both, "source": source[order]}, sources=names)


def windows(network: Network, actors: list[int], old: Held, new: Held) -> list[Window]:
    """On which days, to which of some actors, a place on a road is another thing, or an area lets through otherwise;
    with the day after, on which this ends. `old` and `new` are all intervals of the same places."""
    found = []
    stepped = steps(old), steps(new)
    on_network, passed = network.on_network, np.isin(np.arange(len(network.places)), network.passes[1])
    for actor in actors:
        before, after = states_of(network, old, stepped[0], actor), states_of(network, new, stepped[1], actor)
        days = [
            *differing(before[0], after[0], on_network, SILENT), *differing(before[1], after[1], passed, FREE)
        ]  # fmt: skip
        found += [(actor, first, last) for first, last in together(days)]
    return found


def differing(old: Course, new: Course, counting: Array, untold: int) -> list[tuple[Day, Day]]:
    """The days on which things that count have different values, with the day after."""
    told = defaultdict[int, dict[Day, list[int | None]]](dict)
    for which, course in enumerate((old, new)):
        for thing, day, value in zip(*(column.tolist() for column in course), strict=True):
            if counting[thing]:
                told[thing].setdefault(day, [None, None])[which] = value
    found = []
    for days in told.values():
        one, other = untold, untold
        for day, until in pairwise([*sorted(days), NEVER - 1]):
            before, after = days[day]
            one, other = one if before is None else before, other if after is None else after
            if one != other:
                found.append((day, until))
    return found


def together(days: list[tuple[Day, Day]]) -> list[tuple[Day, Day]]:
    """Spans of days, in order, those that meet as one."""
    found: list[tuple[Day, Day]] = []
    for first, last in sorted(days):
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        else:
            found.append((first, last))
    return found


class Table(NamedTuple):
    """Rows of what was found, with their keys (`turn_key`, `change_key`), in the order of these."""

    rows: Array
    key: Array

    def between(self, first: Array, last: Array) -> Array:
        """The rows from each of some keys until the one before each of others."""
        start = np.searchsorted(self.key, first, "left")
        found: Array = self.rows[spans(start, np.searchsorted(self.key, last, "left") - start)]
        return found

    def without(self, gone: Array, more: Table) -> Table:
        """The rows without some (a mask), and with others."""
        if not gone.any() and not len(more.rows):
            return self
        order = np.insert(
            np.arange(len(gone)), np.searchsorted(self.key, more.key), len(gone) + np.arange(len(more.key))
        )
        order = order[np.append(~gone, np.ones(len(more.key), bool))[order]]
        rows = np.empty((len(order), self.rows.shape[1]), self.rows.dtype, order="F")
        for column in range(rows.shape[1]):
            rows[:, column] = np.append(self.rows[:, column], more.rows[:, column])[order]
        return Table(rows, np.append(self.key, more.key)[order])


class Spliced(NamedTuple):
    """A table before and after a write, and the keys of which not the same rows are in both."""

    before: Table
    after: Table
    different: Array


def spliced(old: Array, new: Array, some: list[Window], network: Network, *, of_changes: bool) -> Spliced:
    """What was found, with what was found in windows in its place: rows of changes of holdings and their causes, or of
    the turns of pockets and their reasons."""
    key, day = (change_key, 1) if of_changes else (turn_key, 2)
    before, fresh = Table(old, key(network, old)), Table(new, key(network, new))
    gone = within(old, some, day)
    return Spliced(before, before.without(gone, fresh), different(Table(old[gone], before.key[gone]), fresh))


def within(rows: Array, some: list[Window], day: int) -> Array:
    """Whether rows, whose first column is an actor, fall into windows."""
    found = np.zeros(len(rows), bool)
    for actor, first, last in some:
        found |= (rows[:, 0] == actor) & (first <= rows[:, day]) & (rows[:, day] <= last)
    return found


def different(old: Table, new: Table) -> Array:
    """The keys of which not the same rows are in both."""
    keys = distinct(np.append(old.key, new.key))
    first, start = np.searchsorted(old.key, keys, "left"), np.searchsorted(new.key, keys, "left")
    count = np.searchsorted(old.key, keys, "right") - first
    other = count != np.searchsorted(new.key, keys, "right") - start
    alike = np.flatnonzero(~other)
    rows, found = spans(first[alike], count[alike]), spans(start[alike], count[alike])
    unlike = (old.rows[rows] != new.rows[found]).any(axis=1)
    other[np.repeat(alike, count[alike])[unlike]] = True
    told: Array = keys[other]
    return told
