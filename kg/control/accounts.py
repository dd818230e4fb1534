"""Everything that is to be told of many places at once: findings with the names put to them, in plain values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np

from kg.control.answers import Reason, Stay, Unheard, Verdict, View
from kg.control.findings import findings, undated
from kg.control.grounds import Grounds, bounds
from kg.control.index import DEFAULT, Index
from kg.control.ledger import Ledger
from kg.control.names import Array, Names, distinct
from kg.control.record import Day
from kg.control.spells import OPEN, Spells
from kg.control.verdicts import FLAGS, REASONS, STATES, flags_of

Told = tuple[str, bool, Day | None, Day | None, Day | None, Day | None, bool]
"""A stay in plain values: the actor, whether certain, the four bounds, whether interrupted."""
Voice = tuple[str | None, str, Reason]
"""A voice that was not heard: the claimant (None: the source's own), the source, the reason."""

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
    undated_start: list[int]
    undated: list[str]

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
            undated=frozenset(self.undated[mine(self.undated_start)]),
        )  # fmt: skip

    def __iter__(self) -> Iterator[Verdict]:
        return (self.verdict(number) for number in range(len(self)))


def accounts(
    index: Index, names: list[str], numbers: Array, first: Day, last: Day, view: View = DEFAULT
) -> Accounts:  # fmt: skip
    """The verdicts about places, given in order by their names and numbers in the ledger (see `findings`)."""
    found = findings(index, numbers, first, last, view)
    ledger, size, rests = index.ledger, len(names), found.rests
    claims, in_conflict = claim_names(ledger, rests.claim, rests.member)
    actors, dateless = every(ledger.actors), np.flatnonzero(undated(ledger, rests.claim))
    return Accounts(
        names, first, last, found.state.tolist(), found.flags.tolist(), bounds(found.stays.at, size),
        stays(found.stays, actors), bounds(found.excluded_at, size),
        [actors[each] for each in found.excluded.tolist()], bounds(rests.claim_at, size), claims,
        *groups(rests.group_at, rests.group, in_conflict, size),
        bounds(rests.unheard_at, size), voices(ledger, rests),
        bounds(rests.claim_at[dateless], size), [claims[number] for number in dateless.tolist()],
    )  # fmt: skip


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
        [(claimant or None, source, reason) for source, claimant, reason in unheard], [0, len(found.undated)],
        sorted(found.undated),
    )  # fmt: skip


def stays(held: Spells, actors: list[str]) -> list[Told]:
    """Spells in plain values."""
    four = (held.possible_from, held.certain_from, held.certain_until, held.possible_until)
    days = ([None if day == OPEN else day for day in column.tolist()] for column in four)
    named = map(actors.__getitem__, held.actor.tolist())
    return list(zip(named, held.certain.tolist(), *days, held.interrupted.tolist(), strict=True))


def groups(at: Array, group: Array, members: list[str], size: int) -> tuple[list[int], list[list[str]]]:
    """The groups of claims in conflict, and where those of each place begin."""
    begin = np.flatnonzero(np.diff(group, prepend=-1))
    ends = [*begin[1:].tolist(), len(members)] if len(begin) else []
    listed = [members[first:last] for first, last in zip(begin.tolist(), ends, strict=True)]
    return bounds(at[begin], size), listed


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
    prefix = names.prefix
    return [str(prefix + rest, "utf-8") for rest in names.rests(numbers)]
