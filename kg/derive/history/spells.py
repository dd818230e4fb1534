"""Intervals with four bounds, from the days on which something is possible or certain."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby, pairwise

from kg.control.ledger import NEVER
from kg.control.names import Array
from kg.control.record import Day

Run = tuple[Day, Day, int]
"""From a day until the day before another (`NEVER`: no end), 1 possibly or 2 certainly."""
Spell = tuple[Day, Day, Day, Day]
"""Possible from, certain from, certain until, possible until: half-open, the middle two 0 where never certain."""


def runs(turns: Iterable[tuple[Day, int]]) -> Iterator[Run]:
    """The runs of something that is 0, 1 or 2 from days on, given in order; 0 before."""
    told = [*turns, (NEVER, 0)]
    for (first, value), (until, _) in pairwise(told):
        if value and first < until:
            yield first, until, value


def spells(told: Iterable[Run]) -> Iterator[Spell]:
    """The intervals of runs in order: each stretch of days on end, cut where a second certain one begins in it."""
    stretch: list[Run] = []
    for run in told:
        if stretch and stretch[-1][1] != run[0]:
            yield from cut(stretch)
            stretch = []
        stretch.append(run)
    if stretch:
        yield from cut(stretch)


def cut(stretch: list[Run]) -> Iterator[Spell]:
    """The intervals of one stretch. Runs of the same kind that follow one another are one."""
    sure: list[list[Day]] = []
    for first, until, value in stretch:
        if value == 2 and sure and sure[-1][1] == first:
            sure[-1][1] = until
        elif value == 2:
            sure.append([first, until])
    begin, end = stretch[0][0], stretch[-1][1]
    if not sure:
        yield begin, 0, 0, end
    for number, (first, until) in enumerate(sure):
        following = sure[number + 1][0] if number + 1 < len(sure) else end
        yield (first if number else begin), first, until, following


def dated(turns: Array) -> Iterator[tuple[tuple[int, int], tuple[Day, ...]]]:
    """The intervals of rows of who, what, day and value from then on, sorted: who and what, the four bounds, and the
    first day of the stretch of days on end that the interval lies in."""
    for key, rows in groupby(turns.tolist(), key=lambda row: (row[0], row[1])):
        since, ended = 0, -1
        for spell in spells(runs((row[2], row[3]) for row in rows)):
            since = since if spell[0] == ended else spell[0]
            ended = spell[3]
            yield key, (*spell, since)
