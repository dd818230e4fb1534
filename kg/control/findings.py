"""Everything that is to be told of many places at once, in numbers: verdicts as columns.

`verdicts.verdict` tells the same of one place; a test holds one against the other. `accounts` puts the names to it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from weakref import WeakKeyDictionary

import numpy as np

from kg.control.answers import Verdict, View
from kg.control.grounds import Grounds, grounds, together
from kg.control.index import DEFAULT, Index, verdict, whole
from kg.control.ledger import WIDEST, Ledger
from kg.control.names import Array, spans
from kg.control.record import Day
from kg.control.runs import Runs, runs_of
from kg.control.spells import OPEN, Spells, covering, holders, spells
from kg.control.verdicts import FLAGS, REASONS, STATES
from kg.control.weighing import EVIDENT, UNKNOWN

_starts: WeakKeyDictionary[Runs, Array] = WeakKeyDictionary()


@dataclass(frozen=True, eq=False)
class Findings:
    """The verdicts about some places: `state` and `flags` of each are numbers as in `Columns`.

    What there may be several of is in lines in order, each with the position of its place: `stays` are those of the
    controllers, `excluded` the numbers of actors that surely do not hold it, `rests` what each answer rests on.
    """

    state: Array
    flags: Array
    stays: Spells
    excluded_at: Array
    excluded: Array
    rests: Grounds

    def __len__(self) -> int:
        return len(self.state)


def findings(
    index: Index, numbers: Array, first: Day, last: Day, view: View = DEFAULT, *, grounded: bool = True
) -> Findings:
    """The verdicts about places, given in order by their numbers in the ledger, -1 for one of which nothing is said,
    on the days from `first` to `last`. What they rest on (claims, conflicts, who was not heard) is left out unless
    `grounded`, which takes a fraction of the time.
    """
    ledger, size = index.ledger, len(numbers)
    at = np.flatnonzero(numbers >= 0)
    large = at[ledger.holder_start[numbers[at] + 1] - ledger.holder_start[numbers[at]] > WIDEST]
    if len(large):
        return spliced(index, numbers, first, last, view, large.tolist(), grounded=grounded)
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
    if first < last:
        rests = once(rests)
    return Findings(state, flags, replace(held, at=at[held.at]), at[without], excluded, placed(rests, at))


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


def chosen(runs: Runs, at: Array) -> Runs:
    """Some runs, by their positions."""
    return Runs(*(getattr(runs, each.name)[at].astype(np.int64) for each in fields(Runs)))


def members(ledger: Ledger, places: Array, sets: Array) -> tuple[Array, Array]:
    """The actors in the sets of holders of places: the position of the place, in order, and the number of the actor."""
    at, bit = holders(ledger, places, np.arange(len(places)), sets)
    return at, ledger.holder_actor[ledger.holder_start[places[at]] + bit]


def placed(rests: Grounds, at: Array) -> Grounds:
    """Grounds with the positions that `at` has in place of theirs."""
    return rests._replace(
        claim_at=at[rests.claim_at], group_at=at[rests.group_at], unheard_at=at[rests.unheard_at]
    )  # fmt: skip


def once(rests: Grounds) -> Grounds:
    """Grounds with each group of claims in conflict once, in order: on several days one may come back."""
    if not len(rests.group):
        return rests
    begin = np.flatnonzero(np.diff(rests.group, prepend=-1))
    groups = zip(rests.group_at[begin].tolist(), np.split(rests.member, begin[1:]), strict=True)
    kept = sorted({(at, *group.tolist()) for at, group in groups})
    return rests._replace(
        group_at=np.repeat([each[0] for each in kept], [len(each) - 1 for each in kept]),
        group=np.repeat(np.arange(len(kept)), [len(each) - 1 for each in kept]),
        member=np.array([claim for each in kept for claim in each[1:]], np.int64),
    )


def spliced(
    index: Index, numbers: Array, first: Day, last: Day, view: View, large: list[int], *, grounded: bool
) -> Findings:
    """The verdicts where some places, at the positions `large`, are wide: these are found one by one."""
    parts = []
    done = 0
    for at in [*large, len(numbers)]:
        parts.append(findings(index, numbers[done:at], first, last, view, grounded=grounded))
        if at < len(numbers):
            place = index.ledger.places[int(numbers[at])]
            parts.append(of_verdict(index.ledger, verdict(index, place, first, last, view)))
        done = at + 1
    return joined(parts)


def of_verdict(ledger: Ledger, found: Verdict) -> Findings:
    """One verdict in numbers."""
    names = sorted(found.controllers)
    told = [found.controllers[actor] for actor in names]

    def days(which: str) -> Array:
        bounds = (getattr(stay, which) for stay in told)
        return np.array([OPEN if day is None else day for day in bounds], np.int64)

    stays = Spells(
        np.zeros(len(told), np.int64), ledger.actors.numbers(names),
        np.array([stay.certainty == "certain" for stay in told], bool), days("possible_from"), days("certain_from"),
        days("certain_until"), days("possible_until"), np.array([stay.interrupted for stay in told], bool),
    )  # fmt: skip
    excluded = ledger.actors.numbers(sorted(found.excluded))
    claims = claim_numbers(ledger, found.because)
    groups = sorted(claim_numbers(ledger, group).tolist() for group in found.conflicts)
    reasons = {reason: number for number, reason in REASONS.items()}
    unheard = sorted((each.source, each.claimant or "", reasons[each.reason]) for each in found.unheard)
    here = np.zeros(max(len(excluded), len(claims), len(unheard), sum(map(len, groups))), np.int64)
    rests = Grounds(
        here[: len(claims)], claims, here[: sum(map(len, groups))],
        np.repeat(np.arange(len(groups)), [len(group) for group in groups]),
        np.array([claim for group in groups for claim in group], np.int64), here[: len(unheard)],
        ledger.sources.numbers(source for source, _, _ in unheard),
        ledger.actors.numbers(claimant for _, claimant, _ in unheard),
        np.array([reason for _, _, reason in unheard], np.int64),
    )  # fmt: skip
    flags = sum(1 << FLAGS.index(flag) for flag in found.flags)
    return Findings(
        np.array([STATES.index(found.state)]), np.array([flags]), stays, here[: len(excluded)], excluded, rests
    )


def claim_numbers(ledger: Ledger, names: Iterable[str]) -> Array:
    """The numbers of claims, in order; baselines have the number of all claims added."""
    wanted = list(names)
    numbers = ledger.claims.numbers(wanted)
    assumed = ledger.baselines.numbers(wanted) + len(ledger.claims)
    return np.sort(np.where(numbers < 0, assumed, numbers))


def undated(ledger: Ledger, claims: Array) -> Array:
    """Of claims by their numbers, or baselines, whether nobody says when they were made."""
    size = len(ledger.claims)
    if not ledger.undated.any():
        return np.zeros(len(claims), bool)
    return (claims < size) & ledger.undated[np.minimum(claims, size - 1)]


def joined(parts: list[Findings]) -> Findings:
    """Findings one after the other."""
    firsts = np.cumsum([0, *map(len, parts)]).tolist()
    stays = [replace(part.stays, at=part.stays.at + first) for part, first in zip(parts, firsts, strict=False)]
    rests = [
        placed(part.rests, first + np.arange(len(part))) for part, first in zip(parts, firsts, strict=False)
    ]  # fmt: skip
    return Findings(
        np.concatenate([part.state for part in parts]), np.concatenate([part.flags for part in parts]),
        Spells(**{each.name: np.concatenate([getattr(one, each.name) for one in stays]) for each in fields(Spells)}),
        np.concatenate([part.excluded_at + first for part, first in zip(parts, firsts, strict=False)]),
        np.concatenate([part.excluded for part in parts]), together(rests),
    )  # fmt: skip
