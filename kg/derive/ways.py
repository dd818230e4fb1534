"""Ways by road on a day: named roads and their detours, and the ways that avoid an actor."""

from __future__ import annotations

import networkx as nx
import numpy as np

from kg.control.names import Array
from kg.derive.answers import (
    DOUBTFUL,
    GROUNDS,
    HELD,
    KNOWN,
    LOST,
    Areas,
    Blocker,
    Corridor,
    Detour,
    Ground,
    Level,
    Way,
    Ways,
)
from kg.derive.graphs import numbered
from kg.derive.held import SOME_PARTS
from kg.derive.network import Network
from kg.derive.standing import Standing


def corridors(standing: Standing, areas: Areas = "all", *, detours: bool = True) -> list[Corridor]:
    """The state of every named road for an actor, in the order of roads. `areas` is what `standing` was made with;
    without `detours` none is looked for."""
    network = standing.network
    detour = Detours(standing)
    found = []
    for number, road in enumerate(network.roads):
        stops, pieces = network.stops(number), network.pieces_of(number)
        strength = int(min(standing.place[stops].min(), standing.piece[pieces].min()))
        blockers, ground = blocked(standing, stops, pieces, areas)
        possible = stops[(standing.place[stops] == KNOWN) & ~standing.silent[stops]]
        found.append(Corridor(
            road, strength, _places(network, stops), tuple(map(network.piece, pieces.tolist())),
            _places(network, stops[standing.silent[stops]]), _places(network, possible), ground, blockers,
            detour.between(int(stops[0]), int(stops[-1]), strength) if detours and strength <= DOUBTFUL else None,
        ))  # fmt: skip
    return found


def _places(network: Network, numbers: Array) -> tuple[str, ...]:
    return tuple(map(network.place, numbers.tolist()))


def blocked(
    standing: Standing, stops: Array, pieces: Array, areas: Areas
) -> tuple[tuple[Blocker, ...], tuple[Ground, ...]]:
    """The others' intervals that weaken a road, in order of places, holders and grounds; and all its grounds."""
    held, network = standing.situation.held, standing.network
    on_road = standing.mask(stops[standing.place[stops] <= DOUBTFUL])
    passed = standing.mask(network.passes[1][np.isin(network.passes[0], pieces)] if areas != "none" else stops[:0])
    force = standing.in_force
    theirs = ~np.isin(held.actor[force], standing.side)
    partly = held.extent[force] == SOME_PARTS
    ends = {int(stops[0]), int(stops[-1])}
    inside = theirs & passed[held.place[force]] & (~partly | (areas == "all"))
    told = [
        *(_told(standing, number, "EndLost" if int(held.place[number]) in ends else "HeldByOther")
          for number in force[theirs & on_road[held.place[force]] & ~partly].tolist()),
        *(_told(standing, number, "AreaPartly" if held.extent[number] == SOME_PARTS else "AreaHeld")
          for number in force[inside].tolist()),
    ]  # fmt: skip
    grounds = {ground for _, _, ground, _ in told}
    if network.assumed[pieces].any():
        grounds.add("RoadAssumed")
    blockers = tuple(Blocker(iri, place, holder, ground) for place, holder, ground, iri in sorted(told))
    return blockers, tuple(ground for ground in GROUNDS if ground in grounds)


def _told(standing: Standing, number: int, ground: Ground) -> tuple[str, str, Ground, str]:
    held, network = standing.situation.held, standing.network
    place, holder = network.place(int(held.place[number])), network.actor(int(held.actor[number]))
    return place, holder, ground, held.iri(network, number)


class Detours:
    """The ways around on a day; the graph of each level is made once."""

    def __init__(self, standing: Standing) -> None:
        self.standing = standing
        self.labels = {level: standing.components(level) for level in (DOUBTFUL, KNOWN, HELD)}
        self.graphs: dict[Level, nx.Graph] = {}

    def reach(self, one: int, other: int) -> Level:
        """How far one place is reached from another, the levels of both included."""
        for level in (HELD, KNOWN, DOUBTFUL):
            labels = self.labels[level]
            if labels[one] >= 0 and labels[one] == labels[other]:
                return level
        return LOST

    def between(self, one: int, other: int, strength: Level) -> Detour | None:
        """The shortest way at the greatest reach, where that is more than a strength."""
        reach = self.reach(one, other)
        if reach <= strength:
            return None
        if reach not in self.graphs:
            here = self.standing
            self.graphs[reach] = numbered(here.network, here.place >= reach, here.piece >= reach)
        way = shortest(self.standing.network, self.graphs[reach], one, other)
        assert way is not None
        return Detour(reach, way)


def shortest(network: Network, graph: nx.Graph, one: int, other: int) -> Way | None:
    """The shortest way by kilometres in a graph of numbers; None where there is none."""
    if one not in graph or other not in graph:
        return None
    try:
        km, places = nx.bidirectional_dijkstra(graph, one, other, weight="km")
    except nx.NetworkXNoPath:
        return None
    pieces = [graph.edges[here, there]["piece"] for here, there in nx.utils.pairwise(places)]
    return Way(float(km), tuple(map(network.place, places)), tuple(map(network.piece, pieces)))


def strongest(standing: Standing, one: int, other: int) -> Detour | None:
    """How far one place is reached from another, both taken as held, and the shortest way at that reach: what a pocket,
    or the connection of a place with the seat, rests on. None where the reach is 0."""
    network, ends = standing.network, np.array([one, other])
    for level in (HELD, KNOWN, DOUBTFUL):
        inside = standing.place >= level
        inside[ends] = True
        if way := shortest(network, numbered(network, inside, standing.piece >= level), one, other):
            return Detour(level, way)
    return None


def avoiding(standing: Standing, one: int, other: int) -> Ways:
    """The shortest ways between two places that avoid the actor that stands so, and its allies; the ends count too."""
    network, held = standing.network, standing.situation.held
    force = standing.in_force
    theirs = np.isin(held.actor[force], standing.side)
    sure = held.certain(standing.day)[force] & (held.extent[force] == 0)
    said, taken = standing.mask(held.place[force[theirs]]), standing.mask(held.place[force[theirs & sure]])
    quiet, open_ = passing_none(network, said), passing_none(network, taken)
    lost = standing.place == LOST
    masks = (
        (lost, quiet & ~network.assumed),
        (lost | standing.silent, quiet),
        (standing.place < HELD, open_),
    )
    return Ways(*(shortest(network, numbered(network, *mask), one, other) for mask in masks))


def passing_none(network: Network, areas: Array) -> Array:
    """Whether each piece passes none of some areas (a mask)."""
    found = np.ones(len(network.end), bool)
    found[network.passes[0][areas[network.passes[1]]]] = False
    return found
