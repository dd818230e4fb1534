"""Since when and until when: the spells of many controllers at once, from runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from kg.control.ledger import ACTOR_SHIFT, Ledger
from kg.control.names import Array, distinct, spans
from kg.control.record import Day
from kg.control.runs import Runs

Holds = Callable[[Array, Array], Array]

WORD = 64
"""More holders than one place has in a machine word."""
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


def spells(
    ledger: Ledger, runs: Runs, places: Array, lower: Array, upper: Array, begin: Array, end: Array, *, early: bool
) -> Spells:
    """The spells of the controllers of places, by their numbers, on some days.

    `lower` and `upper` are the first and the last run of each place, `begin` and `end` those that hold on the days;
    `early` tells that the days reach back beyond the study start, so that nobody controls on all of them.
    """
    run = spans(begin, end - begin + 1)
    owner = np.repeat(np.arange(len(places)), end - begin + 1)
    at, bit = holders(ledger, places, owner, runs.controllers[run].astype(np.int64))
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

    everywhere = np.full(len(at), not early)
    size = end[at] - begin[at] + 1
    every, pair = spans(begin[at], size), np.repeat(np.arange(len(at)), size)
    certainly = np.asarray(runs.certain[every].astype(np.int64) & mask[pair] != 0, bool)
    everywhere[pair[~certainly]] = False
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


def holders(ledger: Ledger, places: Array, at: Array, sets: Array) -> tuple[Array, Array]:
    """The pairs of the position of a place and the number of one of its holders that is in a set of it, in order."""
    left = sets >> ACTOR_SHIFT
    pairs: list[Array] = []
    for bit in range(int((ledger.holder_start[places + 1] - ledger.holder_start[places]).max(initial=0))):
        having = left & 1 != 0
        if having.any():
            pairs.append(at[having] * WORD + bit)
        left = left >> 1
    if not pairs:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    unique = distinct(np.concatenate(pairs))
    return unique // WORD, unique % WORD


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
