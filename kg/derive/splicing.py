"""What a small write changes of what was found through time: the days and actors concerned, and the rest as it was."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from itertools import pairwise

import numpy as np

from kg.control.ledger import NEVER
from kg.control.names import Array, merged
from kg.control.record import Day
from kg.derive.held import Held
from kg.derive.history.corridors import strengths
from kg.derive.history.states import FREE, SILENT, Course, states_of, steps
from kg.derive.history.sweep import Swept, change_key, sweep, turn_key
from kg.derive.network import Network

Window = tuple[int, Day, Day]
"""An actor, a first day and a last one."""


def replaced(old: Held, new: Held, places: Array) -> Held:
    """The intervals with those of some places replaced."""
    kept = ~np.isin(old.place, places)
    names, former, latter = merged(old.sources, new.sources)
    at = np.searchsorted(old.place[kept], new.place)
    columns = {}
    for each, before in old.columns().items():
        if each in ("sources-text", "sources-ends"):
            continue
        after = getattr(new, each)
        if each == "source":
            before, after = np.append(former, -1)[before], np.append(latter, -1)[after]
        columns[each] = np.insert(before[kept], at, after)
    return Held(**columns, sources=names)


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


def spliced(found: Swept, network: Network, held: Held, some: list[Window], roads: Array, study_start: Day) -> Swept:
    """What was found, with windows swept again, and some named roads looked at again."""
    new = sweep(network, held, some)
    seated = np.flatnonzero(network.seat >= 0).tolist()
    again = strengths(network, held, study_start, seated, roads)
    kept = found.strengths[~np.isin(found.strengths[:, 1], roads)]
    key = np.array([1 << 32, 1])
    return replace(
        found,
        turns=inserted(found.turns, new.turns, turn_key(network, found.turns), turn_key(network, new.turns), 2, some),
        whys=inserted(found.whys, new.whys, turn_key(network, found.whys), turn_key(network, new.whys), 2, some),
        changes=inserted(
            found.changes, new.changes, change_key(network, found.changes), change_key(network, new.changes), 1, some
        ),
        causes=inserted(
            found.causes, new.causes, change_key(network, found.causes), change_key(network, new.causes), 1, some
        ),
        strengths=np.insert(kept, np.searchsorted(kept[:, :2] @ key, again[:, :2] @ key), again, axis=0),
    )


def inserted(old: Array, new: Array, old_key: Array, new_key: Array, day: int, some: list[Window]) -> Array:
    """Rows with those of windows replaced; both are in the order of their keys. `day` is the column of the day."""
    gone = within(old, some, day)
    if not gone.any() and not len(new):
        return old
    kept: Array = np.insert(old[~gone], np.searchsorted(old_key[~gone], new_key), new, axis=0)
    return kept


def within(rows: Array, some: list[Window], day: int) -> Array:
    """Whether rows, whose first column is an actor, fall into windows."""
    found = np.zeros(len(rows), bool)
    for actor, first, last in some:
        found |= (rows[:, 0] == actor) & (first <= rows[:, day]) & (rows[:, day] <= last)
    return found


def different(old: Array, new: Array, some: list[Window], day: int) -> Array:
    """The rows in windows that only one of both has."""
    both = np.concatenate([old[within(old, some, day)], new[within(new, some, day)]])
    rows, count = np.unique(both, axis=0, return_counts=True)
    found: Array = rows[count == 1]
    return found
