"""What is different: answers from day to day, and the two sides of a comparison."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from kg.answering import Held, Known, fitting, held, listed, narrowed
from kg.asking import Question
from kg.control import index as indexes
from kg.control.accounts import claim_names, decoded, every
from kg.control.answers import Run
from kg.control.findings import runs_from
from kg.control.grounds import bounds, grounds_of
from kg.control.ledger import ACTOR_SHIFT
from kg.control.names import Array, spans
from kg.control.record import Day
from kg.control.runs import Runs, is_wide
from kg.control.verdicts import STATES, flags_of
from kg.store.embedded import Store


@dataclass(frozen=True)
class Change:
    """On `day` the answer about a place became another: `before` holds until the day before, `after` from then on.

    What each rests on (`because`) is that of the day before and of the day.
    """

    place: str
    day: Day
    before: Run
    after: Run


@dataclass(frozen=True, eq=False)
class Changes:
    """The changes of state or controllers within the days of a question, by day and place.

    `at` are the positions in `runs` of what came after; `more` those of places with too many actors for that.
    """

    question: Question
    known: Known
    runs: Runs
    at: Array
    more: list[Change]

    def __len__(self) -> int:
        return len(self.at) + len(self.more)

    def __iter__(self) -> Iterator[Change]:
        return iter(self.page())

    def page(self, start: int = 0, stop: int | None = None) -> list[Change]:
        """The changes from `start` to before `stop`."""
        if not self.more:
            return self.told(self.at[start:stop])
        every = [*self.told(self.at), *self.more]
        return sorted(every, key=lambda change: (change.day, change.place))[start:stop]

    def told(self, at: Array) -> list[Change]:
        """Changes by their positions."""
        before, after = self.told_runs(at - 1, ends=True), self.told_runs(at, ends=False)
        return [Change(new.place, new.first, old, new) for old, new in zip(before, after, strict=True)]

    def told_runs(self, at: Array, *, ends: bool) -> list[Run]:
        """Runs by their positions, with what they rest on on their last day (`ends`) or their first."""
        ledger, runs = self.known.index.ledger, self.runs
        place, first = runs.place[at].astype(np.int64), runs.first[at].astype(np.int64)
        following = np.minimum(at + 1, len(runs.place) - 1)
        bound = (following > at) & (runs.place[following] == place)
        until = [
            int(day) - 1 if there else None for day, there in zip(runs.first[following], bound.tolist(), strict=True)
        ]
        day = np.array([until[number] for number in range(len(at))], np.int64) if ends else first
        order = np.argsort(place, kind="stable")
        rests = grounds_of(ledger, place[order], day[order], self.question.view)
        (claims,) = claim_names(ledger, rests.claim)
        starts = bounds(rests.claim_at, len(at))
        rank = np.argsort(order, kind="stable").tolist()
        names = decoded(ledger.places, place)
        told = []
        for number, position in enumerate(at.tolist()):
            here = int(place[number])
            sure = self.actors(here, int(runs.certain[position]))
            possible = self.actors(here, int(runs.controllers[position])) - sure
            excluded = self.actors(here, int(runs.excluded[position]))
            because = frozenset(claims[starts[rank[number]] : starts[rank[number] + 1]])
            state, flags = STATES[int(runs.state[position])], flags_of(int(runs.flags[position]))
            days = int(first[number]), until[number]
            told.append(Run(names[number], *days, state, next(iter(sure), None), possible, excluded, flags, because))
        return told

    def actors(self, place: int, members: int) -> frozenset[str]:
        """The names of the actors in a set of holders."""
        ledger = self.known.index.ledger
        first, rest = int(ledger.holder_start[place]), members >> ACTOR_SHIFT
        numbers = (first + bit for bit in range(rest.bit_length()) if rest >> bit & 1)
        names = every(ledger.actors)
        return frozenset(names[int(ledger.holder_actor[number])] for number in numbers)


def changes(store: Store, question: Question) -> Changes:
    """What changed after the first of the question's days, until the last: state or controllers, of the places that it
    lists. Of `actors` one has to be a controller before or after, of `states` one the state before or after.

    Raises NoStudyStart, NothingPublished, StoreUnreadable.
    """
    of, question = narrowed(store, question)
    ledger = of.index.ledger
    numbers = of.numbers[listed(of, question)]
    numbers = numbers[numbers >= 0]
    wide = is_wide(ledger)[numbers]
    runs, lower, upper = runs_from(of.index, numbers[~wide], question.view)
    after = spans(lower + 1, upper - lower)
    day = runs.first[after]
    at = after[(day > question.first) & (day <= question.last)]
    columns = (runs.state, runs.certain, runs.controllers)
    different = np.zeros(len(at), bool)
    for column in columns:
        different |= np.asarray(column[at] != column[at - 1], bool)
    at = at[different]
    at = at[np.lexsort((runs.place[at], runs.first[at]))]
    found = Changes(question, of, runs, at, wide_changes(of, question, numbers[wide]))
    return chosen(found) if question.actors or question.states else found


def wide_changes(of: Known, question: Question, numbers: Array) -> list[Change]:
    """The changes of places with too many actors for columns."""
    found = []
    for number in numbers.tolist():
        told = indexes.history(of.index, of.index.ledger.places[number], question.view)
        for before, after in pairwise(told):
            differs = (before.state, before.certain, before.possible) != (after.state, after.certain, after.possible)
            if differs and question.first < after.first <= question.last:
                found.append(Change(after.place, after.first, before, after))
    return found


def chosen(found: Changes) -> Changes:
    """The changes that the question lists by actor and state."""
    question, runs = found.question, found.runs
    at = found.at
    keep = np.ones(len(at), bool)
    if question.states:
        states = [STATES.index(each) for each in question.states]
        keep &= np.isin(runs.state[at], states) | np.isin(runs.state[at - 1], states)
    wanted = frozenset(question.actors)
    if wanted:
        either = runs.controllers[at].astype(np.int64) | runs.controllers[at - 1].astype(np.int64)
        places = runs.place[at].tolist()
        having = (
            not wanted.isdisjoint(found.actors(place, members))
            for place, members in zip(places, either.tolist(), strict=True)
        )
        keep &= np.fromiter(having, bool, len(at))

    def fits(change: Change) -> bool:
        sides = (change.before, change.after)
        controllers = {actor for run in sides for actor in (run.certain, *run.possible)}
        states = {run.state for run in sides}
        return not (wanted and wanted.isdisjoint(controllers)) and not (
            question.states and states.isdisjoint(question.states)
        )

    return Changes(question, found.known, runs, at[keep], [change for change in found.more if fits(change)])


class Restated(NamedTuple):
    """A place of which two answers are alike, and the claims that only the first, and only the second, rests on."""

    place: str
    first: frozenset[str]
    second: frozenset[str]


@dataclass(frozen=True, eq=False)
class Compared:
    """Two answers, of one version: `first` and `second` list the places in which they differ, in the same order; `same`
    are the positions of the further places that both list, of which they have the same state and controllers."""

    first: Held
    second: Held
    same: Array

    def __len__(self) -> int:
        return len(self.first)

    @property
    def alike(self) -> int:
        """How many places have the same state and controllers."""
        return len(self.same)

    @property
    def both(self) -> Array:
        """The positions of all places that both sides list."""
        return np.sort(np.concatenate([self.first.at, self.same]))

    def restated(self) -> list[Restated]:
        """Of the places that are alike those whose answers rest on other claims than each other."""
        told = self.same[self.first.known.numbers[self.same] >= 0]
        one, other = (replace(side, at=told).accounts() for side in (self.first, self.second))
        found = []
        for number, place in enumerate(one.places):
            mine, others = (
                side.because[side.because_start[number] : side.because_start[number + 1]] for side in (one, other)
            )
            if mine != others:
                a, b = frozenset(mine), frozenset(others)
                found.append(Restated(place, a - b, b - a))
        return found


def compare(store: Store, first: Question, second: Question) -> Compared:
    """Two sides of a question: the places that both list, where state, controllers or how sure they are differ. Of
    `states` and `actors` of a side, one side has to fit.

    Raises NoStudyStart, NothingPublished, StoreUnreadable.
    """
    while True:
        one, other = held(store, whole(first)), held(store, whole(second))
        if one.known is other.known:
            break
    of = one.known
    both = np.intersect1d(one.at, other.at)
    if first.states or first.actors or second.states or second.actors:
        both = both[(fitting(of, first, one.columns) | fitting(of, second, other.columns))[both]]
    differs = np.zeros(len(of.places), bool)
    told = of.numbers >= 0
    mask = np.asarray(one.columns.state != other.columns.state, bool) | (one.columns.certain != other.columns.certain)
    mask[np.setxor1d(pairs(one), pairs(other)) // max(1, len(one.columns.actors))] = True
    differs[told] = mask[of.numbers[told]]
    at = both[differs[both]]
    return Compared(Held(first, of, at), Held(second, of, at), both[~differs[both]])


def whole(question: Question) -> Question:
    """The question without a choice by answers."""
    return question if not (question.states or question.actors) else replace(question, states=(), actors=())


def pairs(side: Held) -> Array:
    """Each place with each of its controllers, as one number."""
    columns = side.columns
    place = np.repeat(np.arange(len(columns.places)), np.diff(columns.controller_start))
    numbers: Array = place * max(1, len(columns.actors)) + columns.controller
    return numbers
