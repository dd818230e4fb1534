"""What hangs together on each of many days, by one call for all of them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from kg.control.names import Array, distinct
from kg.derive.history.blocks import Block, cells
from kg.derive.history.states import FLOOR


class Components(NamedTuple):
    """The component of every place in each row of a block, as numbers that are different in every row.

    A place below the threshold (not `open`) is a component by itself. `size` is more than all numbers. `moving` are the
    places whose component has not the same members in all rows, and perhaps others.
    """

    of: Array
    open: Array
    size: int
    moving: Array


def components(block: Block, threshold: int) -> Components:
    """What is joined by places and pieces of at least a level.

    What is joined in all rows is contracted first; of what is left, every row has its own copy in one graph.
    """
    roads = block.roads
    open_: Array = block.state >= FLOOR[threshold]
    always, ever = (np.asarray(each(open_, axis=0)) for each in (np.all, np.any))
    lasting, now_and_then = lets_through(block, threshold)
    ends = roads.end, roads.other_end
    steady = lasting & always[ends[0]] & always[ends[1]]
    settled = joined(len(always), ends[0][steady], ends[1][steady])
    piece = np.flatnonzero(now_and_then & ever[ends[0]] & ever[ends[1]] & ~steady)
    piece = piece[settled[ends[0][piece]] != settled[ends[1][piece]]]
    one, other = ends[0][piece], ends[1][piece]
    used = open_[:, one] & open_[:, other]
    some = np.flatnonzero(roads.column[piece] >= 0)
    used[:, some] &= block.through[:, roads.column[piece[some]]] >= threshold
    nodes = distinct(np.append(settled[one], settled[other]))
    row, which = cells(used)
    shift = row * len(nodes)
    one, other = (shift + np.searchsorted(nodes, settled[end])[which] for end in (one, other))
    found = joined(len(open_) * len(nodes), one, other).reshape(len(open_), len(nodes))
    size = int(found.max(initial=-1)) + 1
    position = np.full(int(settled.max(initial=-1)) + 1, -1)
    position[nodes] = np.arange(len(nodes))
    of = settled + size + np.arange(len(open_))[:, None] * len(position)
    moving = np.flatnonzero(position[settled] >= 0)
    of[:, moving] = found[:, position[settled[moving]]]
    return Components(of, open_, size + len(open_) * len(position), moving)


def lets_through(block: Block, threshold: int) -> tuple[Array, Array]:
    """Whether each piece has the level in all rows, and in any."""
    lasting = block.roads.bare >= threshold
    ever = lasting.copy()
    through = block.through >= threshold
    lasting[block.roads.passing], ever[block.roads.passing] = through.all(axis=0), through.any(axis=0)
    return lasting, ever


def joined(size: int, one: Array, other: Array) -> Array:
    """The component of each of so many nodes."""
    graph = coo_array((np.ones(len(one), bool), (one, other)), shape=(size, size))
    return np.asarray(connected_components(graph, directed=False)[1], np.int64)
