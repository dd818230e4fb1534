"""The pieces of road that some places and pieces leave, one between any two places."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kg.control.names import Array
from kg.derive.network import Network


@dataclass(frozen=True, eq=False)
class Single:
    """Of all pieces between the same two places the shortest one, the first of equal ones; `several` tells where there
    are more. Sorted by the two places, the lower one first (`pairs`, which are first * places + second)."""

    size: int
    piece: Array
    end: Array
    other_end: Array
    km: Array
    several: Array
    pairs: Array

    def between(self, one: int, other: int) -> int:
        """The position of the piece between two places that have one."""
        return int(np.searchsorted(self.pairs, min(one, other) * self.size + max(one, other)))


def single(network: Network, places: Array, pieces: Array) -> Single:
    """What these places and pieces (masks) leave."""
    usable = np.flatnonzero(pieces & places[network.end] & places[network.other_end])
    usable = usable[np.lexsort((usable, network.km[usable]))]
    size = len(network.places)
    pairs, first, count = np.unique(
        network.end[usable] * size + network.other_end[usable], return_index=True, return_counts=True
    )
    piece = usable[first]
    return Single(size, piece, network.end[piece], network.other_end[piece], network.km[piece], count > 1, pairs)
