"""How an actor stands on a day: the levels of places and pieces, and what they join up to (docs/networks.md)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from kg.control.names import Array, spans
from kg.control.record import Day
from kg.derive.answers import DOUBTFUL, HELD, KNOWN, LOST, THRESHOLDS, Areas, Level, Reading
from kg.derive.held import SOME_PARTS, WHOLE
from kg.derive.network import Network
from kg.derive.situation import Situation


@dataclass(frozen=True, eq=False)
class Standing:
    """The levels of all places and pieces for an actor on a day, by their numbers.

    `silent`, `own` and `captured` tell of each place whether nobody says anything of it, whether the actor or an ally
    is named, and whether one of them came by a change of control. `in_force` are the numbers of the
    intervals of that day.
    """

    situation: Situation
    day: Day
    actor: int
    place: Array
    piece: Array
    silent: Array
    own: Array
    captured: Array
    in_force: Array

    @property
    def network(self) -> Network:
        """The network it is about."""
        return self.situation.network

    @property
    def seat(self) -> int:
        """The place of the actor's seat; -1 where there is none, or it is certainly lost."""
        seat = int(self.network.seat[self.actor])
        return seat if seat >= 0 and self.place[seat] > LOST else -1

    @cached_property
    def side(self) -> Array:
        """The actor and its allies."""
        return self.network.side(self.actor)

    def saying(self, places: Array) -> Array:
        """The intervals of that day at some places, by their numbers."""
        start, end = self._starts[places], self._starts[places + 1]
        return self.in_force[spans(start, end - start)]

    @cached_property
    def _starts(self) -> Array:
        """Where the intervals of each place begin among those in force, which are in the order of places."""
        return np.searchsorted(self.situation.held.place[self.in_force], np.arange(len(self.place) + 1))

    def of_others(self, intervals: Array) -> Array:
        """Those of some intervals that are neither the actor's nor an ally's."""
        return intervals[~np.isin(self.situation.held.actor[intervals], self.side)]

    def mask(self, names: Array) -> Array:
        """Whether each place is one of these."""
        found = np.zeros(len(self.place), bool)
        found[names] = True
        return found

    def components(self, threshold: Level, *, taken: Array | None = None) -> Array:
        """For each place the number of the component that it lies in, of places and pieces of at least this level; -1
        for a place of a lower level. Places in `taken` count as held."""
        inside = self.place >= threshold
        if taken is not None:
            inside = inside.copy()
            inside[taken] = True
        return joined_up(self.network, inside, self.piece >= threshold)

    def own_components(self, reading: Reading) -> Array:
        """The same at the threshold of a reading, with -1 too where no place of the component is the actor's own."""
        labels = self.components(THRESHOLDS[reading])
        has = np.zeros(int(labels.max(initial=-1)) + 2, bool)
        has[labels[self.own & self.network.on_network]] = True
        has[-1] = False
        return np.where(has[labels], labels, -1)

    @cached_property
    def _labels(self) -> dict[Level, Array]:
        return {level: self.components(level) for level in (HELD, KNOWN, DOUBTFUL)}

    def reach(self, one: int, other: int) -> Level:
        """How far one place is reached from another: the greatest strength of any way, the levels of both included."""
        for level, labels in self._labels.items():
            if labels[one] >= 0 and labels[one] == labels[other]:
                return level
        return LOST

    def reach_from(self, place: int) -> Array:
        """How far every place is reached from one, which counts as held, and so does the place that is reached: the
        greatest strength of any way."""
        taken = np.array([place])
        reach = np.zeros(len(self.place), np.int64)
        one, other, piece = self.network.end, self.network.other_end, self.piece
        for threshold in (DOUBTFUL, KNOWN, HELD):
            labels = self.components(threshold, taken=taken)
            near = labels == labels[place]
            reach[near] = threshold
            # a place that is not good enough itself is reached from a neighbour that is
            usable = piece >= threshold
            for here, there in ((one, other), (other, one)):
                reach[there[usable & near[here]]] = threshold
        return reach


def standing(situation: Situation, day: Day, actor: int, areas: Areas = "all") -> Standing:
    """How an actor, by its number, stands on a day."""
    held, network = situation.held, situation.network
    mine = np.zeros(len(network.actors), bool)
    mine[network.side(actor)] = True
    in_force = np.flatnonzero(held.possible(day)) if day >= situation.study_start else np.zeros(0, np.int64)
    place, extent = held.place[in_force], held.extent[in_force]
    theirs, sure = mine[held.actor[in_force]], held.certain(day)[in_force]
    size = len(network.places)

    def where(chosen: Array) -> Array:
        found = np.zeros(size, bool)
        found[place[chosen & (extent != SOME_PARTS)]] = True
        return found

    own, firm, others = where(theirs), where(theirs & sure), where(~theirs)
    level = np.select([firm, own & others, others], [HELD, DOUBTFUL, LOST], KNOWN)
    area_level = np.full(size, HELD)
    foreign = ~theirs if areas == "all" else ~theirs & (extent != SOME_PARTS) if areas == "named" else theirs & ~theirs
    lowered = np.where((extent == WHOLE) & sure, LOST, DOUBTFUL)
    np.minimum.at(area_level, place[foreign], lowered[foreign])
    piece = np.where(network.assumed, KNOWN, HELD)
    np.minimum.at(piece, network.passes[0], area_level[network.passes[1]])
    return Standing(
        situation, day, actor, level, piece, ~own & ~others, own, where(theirs & held.captured[in_force]), in_force
    )


def joined_up(network: Network, places: Array, pieces: Array) -> Array:
    """For each place the number of its component, of these places and pieces (masks) only; -1 for other places."""
    usable = np.flatnonzero(pieces & places[network.end] & places[network.other_end])
    size = len(network.places)
    graph = coo_array((np.ones(len(usable), bool), (network.end[usable], network.other_end[usable])), (size, size))
    labels = connected_components(graph, directed=False)[1]
    return np.where(places, labels, -1)
