"""A world with fronts, made in memory: territories whose centres move, places that change hands behind the lines too."""

from __future__ import annotations

from itertools import pairwise
from math import ceil, sqrt

import numpy as np

from kg.control.ledger import NEVER
from kg.control.names import Array, table
from kg.derive.held import CENTRE, SOME_PARTS, WHOLE, Held, ordered
from kg.derive.network import Network

START = 735_000
PARTIES = 4
CHANGES_A_PLACE = 10
SILENT, BACK = 0.1, 0.2
"""The share of places that nobody ever speaks of, and of changes that are not the front's."""
NOBODY: Array = np.zeros(0, np.int64)


def fronts(places: int, days: int = 1096, seed: int = 1) -> tuple[Network, Held]:
    """A grid of places with three pieces of road each, ten changes a place, areas with what is said of them."""
    chance = np.random.default_rng(seed)
    side, areas = ceil(sqrt(places)), max(4, places // 100)
    number = np.arange(places)
    across, down = number % side, number // side
    centres, drift = chance.random((PARTIES, 2)) * side, chance.normal(size=(PARTIES, 2)) * side * 0.3 / days
    seats = [int(y) * side + int(x) for x, y in np.clip(centres, 0, side - 2)]
    network = roads(chance, places, side, areas, seats)
    rows: list[tuple[int, ...]] = []
    for place in np.flatnonzero((chance.random(places) >= SILENT) | np.isin(number, seats)).tolist():
        moments = np.sort(chance.choice(days, CHANGES_A_PLACE, replace=False))
        moments[0] = 0
        told: list[tuple[int, int]] = []
        for day in moments.tolist():
            away = ((centres + drift * day - [across[place], down[place]]) ** 2).sum(axis=1)
            holder = int(np.argmin(away))
            if chance.random() < BACK or (told and told[-1][1] == holder):
                holder = (holder + int(chance.integers(1, PARTIES))) % PARTIES
            told.append((START + day, holder))
        rows += stays(chance, place, told)
    for area in range(places, places + areas):
        for day in chance.choice(days, 6, replace=False).tolist():
            first, until = START + day, START + day + int(chance.integers(5, 60))
            extent = int(chance.integers(3))
            sure = (first, until) if extent == WHOLE else (0, 0)
            speaker = 0 if extent == SOME_PARTS else -1
            rows.append((area, int(chance.integers(PARTIES)), first, *sure, until, extent, 0, speaker))
    assert CENTRE != SOME_PARTS
    return network, ordered(np.array(rows, np.int64), table(["source"]))


def stays(chance: np.random.Generator, place: int, told: list[tuple[int, int]]) -> list[tuple[int, ...]]:
    """The intervals of a place from its changes; half of these have a window of up to three days more."""
    rows, possible, certain = [], told[0][0], told[0][0]
    for (_, holder), (day, _) in pairwise([*told, (NEVER, -1)]):
        if day == NEVER:
            rows.append((place, holder, possible, certain, NEVER, NEVER, WHOLE, 1, -1))
            break
        window = 0 if chance.random() < 0.55 else int(chance.integers(1, 4))
        first = max(day - window, certain)
        sure = (certain, first) if certain < first else (0, 0)
        rows.append((place, holder, possible, *sure, max(day, first), WHOLE, 1, -1))
        possible, certain = first, max(day, first)
    return [row for row in rows if row[2] < row[5]]


def roads(chance: np.random.Generator, places: int, side: int, areas: int, seats: list[int]) -> Network:
    """Pieces to the right, down and across; one in ten passes an area; named roads to the right."""
    number = np.arange(places)
    across, down = number % side, number // side
    found = []
    for right, below in ((1, 0), (0, 1), (1, 1)):
        kept = (across + right < side) & (number + right + below * side < places)
        found.append(np.stack([number[kept], (number + right + below * side)[kept]], axis=1))
    ends = np.concatenate(found)
    passing = np.flatnonzero(chance.random(len(ends)) < 0.1)
    region = across[ends[passing, 0]] // 10 + (side // 10 + 1) * (down[ends[passing, 0]] // 10)
    of_right = np.full(places, -1)
    of_right[found[0][:, 0]] = np.arange(len(found[0]))
    lines = []
    for begin in (np.arange(places // 100) * 100).tolist():
        line = [int(of_right[begin + step]) for step in range(20) if begin + step < places]
        line = line[: line.index(-1)] if -1 in line else line
        if line:
            lines.append((begin, line))
    every = places + areas
    return Network(
        table(f"https://example.org/id/place/{each:07}" for each in range(every)),
        table(f"https://example.org/id/segment/{each:07}" for each in range(len(ends))),
        table(f"https://example.org/id/road/{each:05}" for each in range(len(lines))),
        table(f"https://example.org/id/actor/{each}" for each in range(PARTIES)),
        population=np.append(chance.integers(0, 100_000, places), np.zeros(areas, np.int64)),
        crossing=np.zeros(every, bool), area=np.arange(every) >= places, end=ends[:, 0], other_end=ends[:, 1],
        km=chance.random(len(ends)) * 50, assumed=chance.random(len(ends)) < 0.05,
        passes=(passing, places + region % areas),
        road_start=np.cumsum([0, *(len(line) for _, line in lines)]),
        road_piece=np.array([piece for _, line in lines for piece in line]),
        road_stop=np.array([begin + step for begin, line in lines for step in range(len(line) + 1)]),
        seat=np.array(seats), allies=(NOBODY, NOBODY), adjacent=(NOBODY, NOBODY),
    )  # fmt: skip
