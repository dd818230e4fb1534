"""Everything that is to be told of many places at once: verdicts as columns of plain values.

`verdicts.verdict` tells the same of one place; a test holds one against the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from itertools import accumulate, pairwise
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from kg.control.answers import Reason, Stay, Unheard, Verdict, View
from kg.control.grounds import Grounds, bounds, grounds, together
from kg.control.index import DEFAULT, Index, verdict, whole
from kg.control.ledger import WIDEST, Ledger
from kg.control.names import Array, Names, distinct, spans
from kg.control.record import Day
from kg.control.runs import Runs, runs_of
from kg.control.spells import OPEN, Spells, covering, holders, spells
from kg.control.verdicts import FLAGS, REASONS, STATES, flags_of
from kg.control.weighing import EVIDENT, UNKNOWN

Told = tuple[str, bool, Day | None, Day | None, Day | None, Day | None, bool]
"""A stay in plain values: the actor, whether certain, the four bounds, whether interrupted."""
Voice = tuple[str | None, str, Reason]
"""A voice that was not heard: the claimant (None: the source's own), the source, the reason."""

_starts: WeakKeyDictionary[Runs, Array] = WeakKeyDictionary()
_names: WeakKeyDictionary[Names, list[str]] = WeakKeyDictionary()


@dataclass(frozen=True, eq=False)
class Accounts:
    """The verdicts about some places on the days from `first` to `last`, in the order of `places`.

    `state` and `flags` are numbers as in `Columns`. What there may be several of is in lists: those of place `i` are
    `stays[stay_start[i] : stay_start[i + 1]]`, and so on, in order.
    """

    places: list[str]
    first: Day
    last: Day
    state: list[int]
    flags: list[int]
    stay_start: list[int]
    stays: list[Told]
    excluded_start: list[int]
    excluded: list[str]
    because_start: list[int]
    because: list[str]
    conflict_start: list[int]
    conflicts: list[list[str]]
    unheard_start: list[int]
    unheard: list[Voice]

    def __len__(self) -> int:
        return len(self.places)

    def verdict(self, number: int) -> Verdict:
        """The verdict about one of the places, without its runs."""

        def mine(start: list[int]) -> slice:
            return slice(start[number], start[number + 1])

        told = self.stays[mine(self.stay_start)]
        return Verdict(
            self.places[number], self.first, self.last, STATES[self.state[number]],
            {each[0]: Stay("certain" if each[1] else "possible", *each[2:]) for each in told},
            flags_of(self.flags[number]), frozenset(self.excluded[mine(self.excluded_start)]),
            frozenset(self.because[mine(self.because_start)]),
            tuple(frozenset(group) for group in self.conflicts[mine(self.conflict_start)]),
            frozenset(Unheard(*voice) for voice in self.unheard[mine(self.unheard_start)]),
        )  # fmt: skip

    def part(self, number: int) -> Accounts:
        """The verdict about one of the places as columns."""

        def mine(start: list[int]) -> slice:
            return slice(start[number], start[number + 1])

        stays, excluded = self.stays[mine(self.stay_start)], self.excluded[mine(self.excluded_start)]
        because, conflicts = self.because[mine(self.because_start)], self.conflicts[mine(self.conflict_start)]
        unheard = self.unheard[mine(self.unheard_start)]
        return Accounts(
            [self.places[number]], self.first, self.last, [self.state[number]], [self.flags[number]],
            [0, len(stays)], stays, [0, len(excluded)], excluded, [0, len(because)], because,
            [0, len(conflicts)], conflicts, [0, len(unheard)], unheard,
        )  # fmt: skip

    def __iter__(self) -> Iterator[Verdict]:
        return (self.verdict(number) for number in range(len(self)))


def accounts(
    index: Index, names: list[str], numbers: Array, first: Day, last: Day, view: View = DEFAULT, *,
    grounded: bool = True,
) -> Accounts:  # fmt: skip
    """The verdicts about places, given in order by their names and numbers in the ledger; one of which nothing is said
    has the number -1. What they rest on (claims, conflicts, who was not heard) is left out unless `grounded`, which
    takes a fraction of the time.
    """
    ledger, size = index.ledger, len(names)
    at = np.flatnonzero(numbers >= 0)
    large = at[ledger.holder_start[numbers[at] + 1] - ledger.holder_start[numbers[at]] > WIDEST]
    if len(large):
        return spliced(index, names, numbers, first, last, view, large.tolist(), grounded=grounded)
    places = numbers[at]
    runs, lower, upper = runs_from(index, places, view)
    begin, end = covering(runs, lower, upper, max(first, ledger.study_start)), covering(runs, lower, upper, last)
    if last < ledger.study_start:
        # nobody's, and nothing is known
        at, places, begin, end, lower, upper = (each[:0] for each in (at, places, begin, end, lower, upper))
    held = spells(ledger, runs, places, lower, upper, begin, end, early=first < ledger.study_start)
    found = whole(chosen(runs, spans(begin, end - begin + 1)), first < ledger.study_start)
    state, flags = np.full(size, UNKNOWN), np.zeros(size, np.int64)
    state[at], flags[at] = found.state, found.flags & (EVIDENT - 1)
    without, excluded = members(ledger, places, found.excluded)
    rests = grounds(ledger, places, first, last, view) if grounded else together([])
    claims, in_conflict = claim_names(ledger, rests.claim, rests.member)
    actors = every(ledger.actors)
    return Accounts(
        names, first, last, state.tolist(), flags.tolist(), bounds(at[held.at], size), stays(held, actors),
        bounds(at[without], size), [actors[each] for each in excluded.tolist()],
        bounds(at[rests.claim_at], size), claims,
        *groups(at[rests.group_at], rests.group, in_conflict, size, several=first < last),
        bounds(at[rests.unheard_at], size), voices(ledger, rests),
    )  # fmt: skip


def chosen(runs: Runs, at: Array) -> Runs:
    """Some runs, by their positions."""
    return Runs(*(getattr(runs, each.name)[at].astype(np.int64) for each in fields(Runs)))


def members(ledger: Ledger, places: Array, sets: Array) -> tuple[Array, Array]:
    """The actors in the sets of holders of places: the position of the place, in order, and the number of the actor."""
    at, bit = holders(ledger, places, np.arange(len(places)), sets)
    return at, ledger.holder_actor[ledger.holder_start[places[at]] + bit]


def spliced(
    index: Index, names: list[str], numbers: Array, first: Day, last: Day, view: View,
    large: list[int], *, grounded: bool,
) -> Accounts:  # fmt: skip
    """The verdicts where some places, at the positions `large`, are wide: these are told one by one."""
    parts = []
    done = 0
    for at in [*large, len(names)]:
        parts.append(accounts(index, names[done:at], numbers[done:at], first, last, view, grounded=grounded))
        if at < len(names):
            parts.append(of_verdict(verdict(index, names[at], first, last, view)))
        done = at + 1
    return joined(first, last, parts)


def of_verdict(found: Verdict) -> Accounts:
    """One verdict as columns."""
    told = [
        (actor, stay.certainty == "certain", stay.possible_from, stay.certain_from, stay.certain_until,
         stay.possible_until, stay.interrupted)
        for actor, stay in found.controllers.items()
    ]  # fmt: skip
    flags = sum(1 << FLAGS.index(flag) for flag in found.flags)
    conflicts = sorted(sorted(group) for group in found.conflicts)
    unheard = sorted((each.source, each.claimant or "", each.reason) for each in found.unheard)
    return Accounts(
        [found.place], found.first, found.last, [STATES.index(found.state)], [flags], [0, len(told)], told,
        [0, len(found.excluded)], sorted(found.excluded), [0, len(found.because)], sorted(found.because),
        [0, len(conflicts)], conflicts, [0, len(unheard)],
        [(claimant or None, source, reason) for source, claimant, reason in unheard],
    )  # fmt: skip


def joined(first: Day, last: Day, parts: list[Accounts]) -> Accounts:
    """Accounts one after the other."""
    columns: dict[str, list[Any]] = {}
    for each in fields(Accounts):
        if each.name in ("first", "last"):
            continue
        column: list[Any] = [0] if each.name.endswith("_start") else []
        for part in parts:
            more = getattr(part, each.name)
            column += [column[-1] + start for start in more[1:]] if each.name.endswith("_start") else more
        columns[each.name] = column
    return Accounts(first=first, last=last, **columns)


def runs_from(index: Index, places: Array, view: View) -> tuple[Runs, Array, Array]:
    """The runs of places under a view, and the first and the last of those of each place."""
    if view != DEFAULT:
        runs = runs_of(index.ledger, places, view)
        return runs, np.searchsorted(runs.place, places, "left"), np.searchsorted(runs.place, places, "right") - 1
    starts = _starts.get(index.runs)
    if starts is None:
        starts = np.searchsorted(index.runs.place, np.arange(len(index.ledger.places) + 1))
        _starts[index.runs] = starts
    return index.runs, starts[places], starts[places + 1] - 1


def stays(held: Spells, actors: list[str]) -> list[Told]:
    """Spells in plain values."""
    four = (held.possible_from, held.certain_from, held.certain_until, held.possible_until)
    days = ([None if day == OPEN else day for day in column.tolist()] for column in four)
    named = map(actors.__getitem__, held.actor.tolist())
    return list(zip(named, held.certain.tolist(), *days, held.interrupted.tolist(), strict=True))


def groups(at: Array, group: Array, members: list[str], size: int, several: bool) -> tuple[list[int], list[list[str]]]:
    """The groups of claims in conflict, and where those of each place begin."""
    begin = np.flatnonzero(np.diff(group, prepend=-1))
    ends = [*begin[1:].tolist(), len(members)] if len(begin) else []
    listed = [members[first:last] for first, last in zip(begin.tolist(), ends, strict=True)]
    starts = bounds(at[begin], size)
    if not several:
        return starts, listed
    # on several days a group may come back
    each = [[list(one) for one in sorted(set(map(tuple, listed[first:last])))] for first, last in pairwise(starts)]
    return [0, *accumulate(map(len, each))], [one for those in each for one in those]


def voices(ledger: Ledger, rests: Grounds) -> list[Voice]:
    """The voices that are not heard, in plain values."""
    # the last one of the actors stands for nobody
    actors = [*every(ledger.actors), None]
    named = map(actors.__getitem__, rests.claimant.tolist())
    sources = map(every(ledger.sources).__getitem__, rests.source.tolist())
    return list(zip(named, sources, map(REASONS.__getitem__, rests.fate.tolist()), strict=True))


def claim_names(ledger: Ledger, *columns: Array) -> tuple[list[str], ...]:
    """The names of claims by their numbers; baselines have the number of all claims added. Each is read once."""
    numbers = distinct(np.concatenate(columns))
    size = len(ledger.claims)
    known = decoded(ledger.claims, numbers[numbers < size])
    known += decoded(ledger.baselines, numbers[numbers >= size] - size)
    return tuple([known[at] for at in np.searchsorted(numbers, column).tolist()] for column in columns)


def every(names: Names) -> list[str]:
    """All names of a small table, read once."""
    found = _names.get(names)
    if found is None:
        found = _names[names] = list(names)
    return found


def decoded(names: Names, numbers: Array) -> list[str]:
    """Names by their numbers; many at once are read faster than one by one."""
    text: Any = memoryview(names.text)  # type: ignore[arg-type]
    # what comes before the first name is what all begin with
    prefix = bytes(text[: int(names.ends[0])])
    begins, ends = names.ends[numbers].tolist(), names.ends[numbers + 1].tolist()
    return [str(prefix + text[begin:end], "utf-8") for begin, end in zip(begins, ends, strict=True)]
