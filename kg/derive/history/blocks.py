"""The days on which something changes for an actor, some at a time: what every place and piece is to it on each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from kg.control.names import Array, distinct, spans
from kg.control.record import Day
from kg.derive.history.states import FREE, LEVEL, SILENT, Course
from kg.derive.network import Network

CELLS = 1 << 20
"""Places times days of one block, about."""


class Roads(NamedTuple):
    """The pieces of road as the sweep wants them.

    `bare` is the level that a piece has by itself. Those that pass areas have a column each, `column`, -1 for the
    others; `passing` are these pieces, and `passed` the areas of each from `passed_start` on, as positions in `areas`.
    The pieces that end at a place are `there[there_start[place] : there_start[place + 1]]`, with the place at the
    other end.
    """

    end: Array
    other_end: Array
    bare: Array
    column: Array
    passing: Array
    passed: Array
    passed_start: Array
    areas: Array
    there: Array
    beyond: Array
    there_start: Array

    def around(self, places: Array) -> tuple[Array, Array, Array]:
        """The pieces that end at places: the position among these, the piece, and the place at its other end."""
        count = self.there_start[places + 1] - self.there_start[places]
        at = spans(self.there_start[places], count)
        return np.repeat(np.arange(len(places)), count), self.there[at], self.beyond[at]


def roads_of(network: Network) -> Roads:
    """The pieces of a network."""
    piece, area = network.passes
    areas = distinct(area)
    passing = distinct(piece)
    column = np.full(len(network.pieces), -1)
    column[passing] = np.arange(len(passing))
    near, far = np.append(network.end, network.other_end), np.append(network.other_end, network.end)
    order = np.argsort(near, kind="stable")
    return Roads(
        network.end, network.other_end, np.where(network.assumed, 2, 3).astype(np.uint8), column, passing,
        np.searchsorted(areas, area), np.searchsorted(piece, passing), areas,
        np.tile(np.arange(len(network.pieces)), 2)[order], far[order],
        np.searchsorted(near[order], np.arange(len(network.places) + 1)),
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Block:
    """Some days on end: row 0 tells how things were before the first of `days`, row i what is so since `days[i - 1]`.

    `state` has a column for each place, `passage` one for each area that is passed, `through` one for each piece that
    passes any: the least of its areas' passages and of its own level.
    """

    roads: Roads
    days: Array
    state: Array
    passage: Array
    through: Array

    def level(self) -> Array:
        """The level of every place."""
        return LEVEL[self.state]

    def usable(self, row: Array, piece: Array, threshold: int) -> Array:
        """Whether pieces have at least a level in rows."""
        column = self.roads.column[piece]
        found: Array = self.roads.bare[piece] >= threshold
        some = np.flatnonzero(column >= 0)
        if len(some):
            found = found.copy()
            found[some] = self.through[np.broadcast_to(row, piece.shape)[some], column[some]] >= threshold
        return found


def blocks(
    network: Network, roads: Roads, places: Course, areas: Course, first: Day, last: Day
) -> Iterator[Block]:  # fmt: skip
    """The blocks of the days between two, both included, on which the state of a place on a road or the passage of an
    area changes. The first begins with how it was before; it is
    there even where nothing changes."""
    on_network = network.on_network
    places = places.only(on_network[places.thing])
    position = np.full(len(network.places), -1)
    position[roads.areas] = np.arange(len(roads.areas))
    areas = areas.only(position[areas.thing] >= 0)
    areas = areas._replace(thing=position[areas.thing])
    state = places.at(first - 1, len(network.places), SILENT)
    passage = areas.at(first - 1, len(roads.areas), FREE)
    places, areas = in_time(places.between(first, last)), in_time(areas.between(first, last))
    days = np.union1d(places.day, areas.day)
    size = max(1, CELLS // max(1, len(state)))
    for begin in range(0, max(1, len(days)), size):
        some = days[begin : begin + size]
        states, passages = rows(state, places, some), rows(passage, areas, some)
        state, passage = states[-1], passages[-1]
        through = np.zeros((len(some) + 1, 0), np.uint8)
        if len(roads.passing):
            through = np.minimum.reduceat(passages[:, roads.passed], roads.passed_start, axis=1)
            through = np.minimum(through, roads.bare[roads.passing])
        yield Block(roads, some, states, passages, through)


def in_time(changes: Course) -> Course:
    """A course in the order of days."""
    return changes.only(np.argsort(changes.day, kind="stable"))


def rows(current: Array, changes: Course, days: Array) -> Array:
    """The values before some days, and at the end of each."""
    found = np.empty((len(days) + 1, len(current)), np.uint8)
    found[0] = current
    first, last = np.searchsorted(changes.day, days, "left"), np.searchsorted(changes.day, days, "right")
    for number, (begin, end) in enumerate(zip(first.tolist(), last.tolist(), strict=True), 1):
        found[number] = found[number - 1]
        found[number, changes.thing[begin:end]] = changes.value[begin:end]
    return found


def cells(mask: Array) -> tuple[Array, Array]:
    """Rows and columns of all that is set; `np.nonzero` in two dimensions takes several times as long."""
    row, column = np.divmod(np.flatnonzero(mask), max(1, mask.shape[1]))
    return row, column
