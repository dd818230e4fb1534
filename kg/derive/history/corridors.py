"""How strong named roads are for an actor, from the study start on (docs/networks.md)."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from kg.control.ledger import NEVER
from kg.control.names import Array, distinct, spans
from kg.control.record import Day
from kg.derive.held import Held
from kg.derive.history.blocks import Block, blocks, roads_of
from kg.derive.history.states import states_of, steps
from kg.derive.network import Network

OPEN, CUT = (0, 1, 1, 2), (2, 1, 0, 0)
"""Whether a road of each strength is open, or cut: 0 no, 1 possibly, 2 certainly."""


def strengths(network: Network, held: Held, study_start: Day, actors: Iterable[int], roads: Array) -> Array:
    """The strengths of some named roads for actors: actor, road, day, strength from that day on, sorted.

    A road is as strong as the weakest of its places and pieces, its ends included.
    """
    if not len(roads):
        return np.zeros((0, 4), np.int64)
    pieces, part = roads_of(network), held.of(along(network, roads))
    stepped, found = steps(part), [np.zeros((0, 4), np.int64)]
    for actor in actors:
        courses = states_of(network, part, stepped, actor)
        told = list(blocks(network, pieces, *courses, study_start + 1, NEVER - 1))
        days = np.concatenate([[study_start], *(block.days for block in told)])
        strength = np.concatenate([
            strengths_in(network, block, roads)[min(number, 1) :] for number, block in enumerate(told)
        ])  # fmt: skip
        new = np.append(np.ones((1, len(roads)), bool), strength[1:] != strength[:-1], axis=0)
        road, row = np.nonzero(new.T)
        found.append(np.stack([np.full(len(row), actor), roads[road], days[row], strength[row, road]], axis=1))
    return np.concatenate(found)


def strengths_in(network: Network, block: Block, roads: Array) -> Array:
    """The strength of each of some roads in every row of a block."""
    length = network.road_start[roads + 1] - network.road_start[roads]
    stops = network.road_stop[spans(network.road_start[roads] + roads, length + 1)]
    pieces = network.road_piece[spans(network.road_start[roads], length)]
    levels = np.broadcast_to(block.roads.bare[pieces], (len(block.state), len(pieces))).copy()
    some = np.flatnonzero(block.roads.column[pieces] >= 0)
    levels[:, some] = block.through[:, block.roads.column[pieces[some]]]
    least: Array = np.minimum(
        np.minimum.reduceat(block.level()[:, stops], np.cumsum(length + 1) - length - 1, axis=1),
        np.minimum.reduceat(levels, np.cumsum(length) - length, axis=1),
    )
    return least


def along(network: Network, roads: Array) -> Array:
    """The places of named roads, and the areas that their pieces pass."""
    parts = [np.zeros(0, np.int64)]
    for road in roads.tolist():
        piece, area = network.passes
        parts += [network.stops(road), area[np.isin(piece, network.pieces_of(road))]]
    return distinct(np.concatenate(parts))
