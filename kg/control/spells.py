"""Since when and until when: the spells of many controllers at once, from runs (rule 4 of docs/control.md, *Spell*)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from kg.control.ledger import ACTOR_SHIFT, Ledger
from kg.control.names import Array, spans
from kg.control.record import Day
from kg.control.runs import Runs

Holds = Callable[[Array, Array], Array]

OPEN = -1
"""Stands for a day where there is none."""


@dataclass(frozen=True, eq=False)
class Spells:
    """One controller of one place a line, sorted by place: the position of the place, the number of the actor, whether
    certain, and the bounds (`OPEN`: none)."""

    at: Array
    actor: Array
    certain: Array
    possible_from: Array
    certain_from: Array
    certain_until: Array
    possible_until: Array
    interrupted: Array


def spells(ledger: Ledger, runs: Runs, places: Array, where: Array, first: Day, last: Day) -> Spells:
    """The spells of the controllers of places, by their numbers, on the days from first to last.

    `where` has two rows: where the runs of each place begin in `runs`, and where they end.
    """
    lower, upper = where[0], where[1] - 1
    begin, end = covering(runs, lower, upper, max(first, ledger.study_start)), covering(runs, lower, upper, last)
    if last < ledger.study_start:
        end = begin - 1  # nobody's
    at, bit = controllers(ledger, runs, places, begin, end)
    mask = np.left_shift(np.int64(1), bit + ACTOR_SHIFT)

    def holds(run: Array, which: Array) -> Array:
        return np.asarray(runs.controllers[run].astype(np.int64) & mask[which] != 0, bool)

    inside = stretched(at, begin, end, holds)
    low, high = moved(inside[0], lower[at], -1, holds), moved(inside[1], upper[at], 1, holds)
    size = high - low + 1
    run, pair = spans(low, size), np.repeat(np.arange(len(at)), size)
    sure = np.asarray(runs.certain[run].astype(np.int64) & mask[pair] != 0, bool)
    starts = np.cumsum(size) - size
    if len(at):
        count = np.add.reduceat(sure.astype(np.int64), starts)
        least = np.minimum.reduceat(np.where(sure, run, len(runs.first)), starts)
        most = np.maximum.reduceat(np.where(sure, run, -1), starts)
    else:
        count = least = most = at
    ever = count > 0
    final = len(runs.first) - 1

    def since(run: Array) -> Array:
        return runs.first[np.minimum(run, final)].astype(np.int64)

    def until(run: Array) -> Array:
        return np.where(run < upper[at], since(run + 1) - 1, OPEN)

    everywhere = np.ones(len(at), bool)
    if first < ledger.study_start:
        everywhere[:] = False
    else:
        every, owner = spans(begin[at], end[at] - begin[at] + 1), np.repeat(np.arange(len(at)), end[at] - begin[at] + 1)
        certainly = np.asarray(runs.certain[every].astype(np.int64) & mask[owner] != 0, bool)
        everywhere[owner[~certainly]] = False
    return Spells(
        at, ledger.holder_actor[ledger.holder_start[places[at]] + bit], everywhere, since(low),
        np.where(ever, since(least), OPEN), np.where(ever, until(most), OPEN), until(high),
        ever & (most - least + 1 != count),
    )  # fmt: skip


def covering(runs: Runs, lower: Array, upper: Array, day: Day) -> Array:
    """The run of each place that holds on a day, by bisection between `lower` and `upper`."""
    low, high = lower.copy(), upper.copy()
    while (open_ := np.flatnonzero(low < high)).size:
        middle = (low[open_] + high[open_] + 1) // 2
        early = runs.first[middle] <= day
        low[open_] = np.where(early, middle, low[open_])
        high[open_] = np.where(early, high[open_], middle - 1)
    return low


def controllers(ledger: Ledger, runs: Runs, places: Array, begin: Array, end: Array) -> tuple[Array, Array]:
    """The pairs of the position of a place and the number of one of its holders that controls it on any of the days."""
    size = np.maximum(end - begin + 1, 0)
    run, at = spans(begin, size), np.repeat(np.arange(len(places)), size)
    left = runs.controllers[run].astype(np.int64) >> ACTOR_SHIFT
    pairs: list[Array] = [np.zeros(0, np.int64)]
    most = int(np.diff(ledger.holder_start)[places].max(initial=0))
    for bit in range(most):
        pairs.append(at[left & 1 != 0] * 64 + bit)
        left = left >> 1
    unique = np.unique(np.concatenate(pairs))
    return unique >> 6, unique & 63


def stretched(at: Array, begin: Array, end: Array, holds: Holds) -> tuple[Array, Array]:
    """The first and the last of the asked runs in which each controller is one."""
    low, high, pair = begin[at], end[at], np.arange(len(at))
    while (idle := pair[~holds(low, pair)]).size:
        low[idle] += 1
    while (idle := pair[~holds(high, pair)]).size:
        high[idle] -= 1
    return low, high


def moved(run: Array, bound: Array, step: int, holds: Holds) -> Array:
    """How far each controller is one without a break, in one direction."""
    run = run.copy()
    moving = np.arange(len(run))
    while len(moving):
        moving = moving[run[moving] != bound[moving]]
        moving = moving[holds(run[moving] + step, moving)]
        run[moving] += step
    return run
