"""The index of control: who held every place on every day, from columns.

`build` makes it of a record, `Index.save` writes it, `open_index` maps it into memory. `state_at` answers for all
places at once, `verdict` and `history` tell everything about one, `counts` counts over a set. The default view of all
places is stored as runs, so that its map is one lookup a place; any other view is weighed when it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from kg.control import ledger as ledgers
from kg.control import verdicts
from kg.control.answers import Counts, Run, Verdict, View
from kg.control.facts import Facts, of_record
from kg.control.gathering import gather
from kg.control.ledger import ACTOR_SHIFT, Ledger
from kg.control.names import Array, Names, merged, spans
from kg.control.record import Day, Record
from kg.control.runs import Runs, blocks, breakpoints, is_wide, joined, runs_of
from kg.control.splicing import spliced
from kg.control.timelines import STRIDE, timelines
from kg.control.weighing import CONTROLLED, DISPUTED, EVIDENT, F_DISPUTED, POSSIBLE, UNKNOWN, weigh

DEFAULT = View()


@dataclass(frozen=True, eq=False)
class Index:
    """The ledger, and the runs of the default view for all places but the wide ones."""

    ledger: Ledger
    runs: Runs

    def columns(self) -> dict[str, Array]:
        """All columns by name."""
        return {**ledgers.columns(self.ledger), **columns_of(self.runs)}

    def save(self, directory: Path) -> None:
        """Write the index into a directory, which is made if it is missing, a file for each column."""
        ledgers.save(self.columns(), directory)

    def updated(self, part: Record | Facts, touched: Iterable[str]) -> Index:
        """The index with what `part` says of the touched places in place of what it said of them before.

        Places are touched if anything about them changes: an event, a claim, its successors, its source, a baseline,
        what they lie in, for whom an actor speaks. The part holds everything that is said of the touched places and of
        areas around them, every claim that supersedes one of those, whole events and baselines, the sources of all
        these with those that they derive from, and all claims of an undated source.
        """
        return self.patched(patch(part, touched), touched)

    def patched(self, part: Index, touched: Iterable[str]) -> Index:
        """The index with another one in place of what was known of the touched places."""
        wanted = sorted(set(touched))
        ledger = spliced(self.ledger, part.ledger, wanted)
        mask = np.zeros(len(ledger.places), bool)
        mask[ledger.places.numbers(wanted)] = True
        _, former, latter = merged(self.ledger.places, part.ledger.places)
        kept = []
        for runs, moved, replaced in ((self.runs, former, False), (part.runs, latter, True)):
            place = moved[runs.place]
            chosen = mask[place] == replaced
            columns = {each.name: getattr(runs, each.name)[chosen].astype(np.int64) for each in fields(Runs)}
            kept.append(Runs(**{**columns, "place": place[chosen]}))
        runs = joined(kept)
        order = np.argsort(runs.place * STRIDE + runs.first, kind="stable")  # quick where much is in order
        return Index(ledger, Runs(*(getattr(runs, each.name)[order] for each in fields(Runs))))


def patch(part: Record | Facts, touched: Iterable[str]) -> Index:
    """The index of a part of what is said, with the runs of the touched places only."""
    wanted = sorted(set(touched))
    ledger = gather(in_columns(part, wanted))
    numbers = ledger.places.numbers(wanted)
    return Index(ledger, runs_of(ledger, numbers[~is_wide(ledger)[numbers]], DEFAULT))


def in_columns(said: Record | Facts, places: list[str]) -> Facts:
    """What is said, in columns in which the places occur."""
    if isinstance(said, Facts):
        return said
    return of_record(replace(said, within={**dict.fromkeys(places, ()), **said.within}))


class Columns(NamedTuple):
    """The answers about all places, in the order of `places`.

    `state` are numbers in `verdicts.STATES`, `flags` bits in the order of `verdicts.FLAGS`; `certain` numbers in
    `actors`, -1 for none. The controllers of place `i`, the certain one too, are
    `controller[controller_start[i] : controller_start[i + 1]]`, those excluded likewise.
    `evident` tells whether somebody's word, not only a baseline or presumption, names a controller.
    """

    places: Names
    actors: Names
    state: Array
    flags: Array
    certain: Array
    controller_start: Array
    controller: Array
    excluded_start: Array
    excluded: Array
    evident: Array


def build(said: Record | Facts) -> Index:
    """The index of a record, which may be in columns already."""
    ledger = gather(in_columns(said, []))
    return Index(ledger, runs_of(ledger, np.flatnonzero(~is_wide(ledger)), DEFAULT))


def columns_of(runs: Runs) -> dict[str, Array]:
    """The columns of runs by name, in numbers as small as fit."""
    columns = {f"run-{each.name}": getattr(runs, each.name) for each in fields(Runs)}
    return {name: column.astype(np.min_scalar_type(column.max(initial=0))) for name, column in columns.items()}


def of_columns(named: Mapping[str, Array]) -> Index:
    """The index that has these columns."""
    return Index(ledgers.of_columns(named), Runs(*(named[f"run-{each.name}"] for each in fields(Runs))))


def open_index(directory: Path) -> Index:
    """The index that was saved in a directory, mapped into memory."""
    return of_columns({path.stem: ledgers.mapped(path) for path in directory.iterdir()})


def verdict(index: Index, place: str, first: Day, last: Day, view: View = DEFAULT) -> Verdict:
    """Who held a place throughout the days from first to last (which may be the same), and all that it rests on."""
    return verdicts.verdict(index.ledger, place, first, last, view)


def history(index: Index, place: str, view: View = DEFAULT) -> list[Run]:
    """All runs of a place, from the study start on."""
    return verdicts.history(index.ledger, place, view)


def state_at(index: Index, first: Day, last: Day, view: View = DEFAULT) -> Columns:
    """The answers about all places for the days from first to last (which may be the same).

    Raises ValueError for a policy that is none and days in the wrong order.
    """
    verdicts.check(first, last, view)
    ledger = index.ledger
    wide = is_wide(ledger)
    size = len(ledger.places)
    state, flags = np.full(size, UNKNOWN, np.uint8), np.zeros(size, np.uint8)
    certain = np.full(size, -1, np.int64)
    lists: list[tuple[Array, Array]] = []
    excluded: list[tuple[Array, Array]] = []
    if last >= ledger.study_start:
        for places, is_large in ((np.flatnonzero(~wide), False), (np.flatnonzero(wide), True)):
            if len(places):
                found = whole(answers(index, places, first, last, view, is_large), first < ledger.study_start)
                state[places], flags[places] = found.state, found.flags
                owner, actor = members(ledger, places, found.certain)
                certain[owner] = actor
                lists.append(members(ledger, places, found.controllers))
                excluded.append(members(ledger, places, found.excluded))
    return Columns(
        ledger.places, ledger.actors, state, flags & (EVIDENT - 1), certain,
        *listed(lists, size), *listed(excluded, size), flags & EVIDENT != 0,
    )  # fmt: skip


def answers(index: Index, places: Array, first: Day, last: Day, view: View, wide: bool) -> Runs:
    """All answers about the places that hold on any of the days."""
    first = max(first, index.ledger.study_start)
    if view == DEFAULT and not wide:
        runs = index.runs
        begin = in_force(runs, first)
        at = begin if last == first else spans(begin, in_force(runs, last) - begin + 1)
        return Runs(*(getattr(runs, each.name)[at].astype(np.int64) for each in fields(Runs)))
    return joined([weighed(index.ledger, some, first, last, view, wide) for some in blocks(index.ledger, places)])


def weighed(ledger: Ledger, places: Array, first: Day, last: Day, view: View, wide: bool) -> Runs:
    """All answers about some places that hold on any of the days, from the rows."""
    heard = timelines(ledger, places, view, wide)
    place, day = places, np.full(len(places), first)
    if last > first:
        where, when = breakpoints(ledger, heard, places)
        inside = (when > first) & (when <= last)
        place, day = np.append(place, where[inside]), np.append(day, when[inside])
        order = np.lexsort((day, place))
        place, day = place[order], day[order]
    found = weigh(ledger, heard, place, day, view)
    return Runs(place, day, found.state, found.flags, found.certain, found.controllers, found.excluded)


def in_force(runs: Runs, day: Day) -> Array:
    """The run of every place that a day lies in."""
    begun = runs.first <= day
    # Two passes over all runs take a tenth of the time of a bisection for each place.
    over = ~begun[1:] | (runs.place[1:] != runs.place[:-1])
    return np.flatnonzero(begun & np.append(over, True))


def whole(found: Runs, before: bool) -> Runs:
    """One answer for each place: what holds on every day, or may hold on some (rule 4, *Interval*). `before` tells
    that the days reach back beyond the study start, where nothing is known."""
    start = np.flatnonzero(np.diff(found.place, prepend=-1))
    if len(start) == len(found.place) and not before:
        return found
    state = found.state.astype(np.int64)
    lowest, highest = np.minimum.reduceat(state, start), np.maximum.reduceat(state, start)
    if before:
        highest = np.full_like(highest, UNKNOWN)
    flags = np.bitwise_or.reduceat(found.flags.astype(np.int64), start)
    never = 0 if before else -1
    both = np.bitwise_and.reduceat(found.certain, start) & never
    same = (lowest == highest) & ((lowest != CONTROLLED) | np.asarray(both != 0, bool))
    settled = np.where(same, lowest, POSSIBLE)
    return Runs(
        found.place[start], found.first[start], np.where(flags & F_DISPUTED, DISPUTED, settled), flags, both,
        np.bitwise_or.reduceat(found.controllers, start), np.bitwise_and.reduceat(found.excluded, start) & never,
    )  # fmt: skip


def members(ledger: Ledger, places: Array, sets: Array) -> tuple[Array, Array]:
    """The pairs of place and actor that sets of holders stand for."""
    owners: list[Array] = []
    numbers: list[Array] = []
    most = int(np.diff(ledger.holder_start).max(initial=0))
    left = sets >> ACTOR_SHIFT
    for number in range(most):
        having = np.flatnonzero(left >> number & 1)
        if len(having):
            owners.append(places[having])
            numbers.append(ledger.holder_actor[ledger.holder_start[places[having]] + number])
    nothing = np.zeros(0, np.int64)
    return np.concatenate([nothing, *owners]), np.concatenate([nothing, *numbers])


def listed(pairs: list[tuple[Array, Array]], size: int) -> tuple[Array, Array]:
    """Pairs as one list of actors, and where the actors of each place begin in it."""
    nothing = np.zeros(0, np.int64)
    owner = np.concatenate([nothing, *(each[0] for each in pairs)])
    actor = np.concatenate([nothing, *(each[1] for each in pairs)])
    order = np.argsort(owner, kind="stable")
    return np.searchsorted(owner[order], np.arange(size + 1)), actor[order]


def counts(index: Index, places: Iterable[str], actor: str, day: Day, view: View = DEFAULT) -> Counts:
    """How many of the places an actor holds on a day."""
    found = state_at(index, day, day, view)
    wanted = found.places.numbers(set(places))
    unknown = int((wanted < 0).sum())
    wanted = wanted[wanted >= 0]
    number = found.actors.number(actor)

    def having(start: Array, actors: Array) -> Array:
        mask = np.zeros(len(found.places), bool)
        mask[np.repeat(np.arange(len(mask)), np.diff(start))[actors == number]] = True
        return mask[wanted]

    controls = having(found.controller_start, found.controller)
    denied = having(found.excluded_start, found.excluded)
    certain = (found.certain[wanted] == number) & (number >= 0)
    state = found.state[wanted]
    vague = (state == UNKNOWN) | ((state == POSSIBLE) & ~found.evident[wanted])
    without = int((vague & ~controls & ~denied).sum()) + unknown
    return Counts(int(certain.sum()), int(controls.sum()), without)
