"""Ways by road on a day: named roads and their detours, and the ways that avoid an actor."""

from __future__ import annotations

from itertools import pairwise

import networkx as nx
import numpy as np

from kg.control.names import Array, spans
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
from kg.derive.held import SOME_PARTS, WHOLE
from kg.derive.network import Network
from kg.derive.standing import Standing, joined_up


def corridors(standing: Standing, areas: Areas = "all", *, detours: bool = True) -> list[Corridor]:
    """The state of every named road for an actor, in the order of roads. `areas` is what `standing` was made with;
    without `detours` none is looked for."""
    network = standing.network
    found = []
    for number, road in enumerate(network.roads):
        stops, pieces = network.stops(number), network.pieces_of(number)
        strength = int(min(standing.place[stops].min(), standing.piece[pieces].min()))
        blockers, ground = blocked(standing, stops, pieces, areas)
        possible = stops[(standing.place[stops] == KNOWN) & ~standing.silent[stops]]
        found.append(Corridor(
            road, strength, _places(network, stops), tuple(map(network.piece, pieces.tolist())),
            _places(network, stops[standing.silent[stops]]), _places(network, possible), ground, blockers,
            detour(standing, int(stops[0]), int(stops[-1]), strength) if detours and strength <= DOUBTFUL else None,
        ))  # fmt: skip
    return found


def _places(network: Network, numbers: Array) -> tuple[str, ...]:
    return tuple(map(network.place, numbers.tolist()))


def blocked(
    standing: Standing, stops: Array, pieces: Array, areas: Areas
) -> tuple[tuple[Blocker, ...], tuple[Ground, ...]]:
    """The others' intervals that weaken a road, in order of places, holders and grounds; and all its grounds."""
    held, network = standing.situation.held, standing.network
    weak = standing.saying(stops[standing.place[stops] <= DOUBTFUL])
    weak = weak[held.extent[weak] != SOME_PARTS]
    start = np.searchsorted(network.passes[0], pieces, "left")
    count = np.searchsorted(network.passes[0], pieces, "right") - start
    inside = standing.saying(np.unique(network.passes[1][spans(start, count)]))
    if areas != "all":
        inside = inside[held.extent[inside] != SOME_PARTS] if areas == "named" else inside[:0]
    ends = {int(stops[0]), int(stops[-1])}
    told = [
        *(_told(standing, number, "EndLost" if int(held.place[number]) in ends else "HeldByOther")
          for number in standing.of_others(weak).tolist()),
        *(_told(standing, number, "AreaPartly" if held.extent[number] == SOME_PARTS else "AreaHeld")
          for number in standing.of_others(inside).tolist()),
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


def detour(standing: Standing, one: int, other: int, strength: Level) -> Detour | None:
    """The shortest way at the greatest reach between two places, their own levels included, where that is more than a
    strength."""
    reach = standing.reach(one, other)
    if reach <= strength:
        return None
    way = shortest(standing.network, standing.place >= reach, standing.piece >= reach, one, other)
    return Detour(reach, way) if way else None


def strongest(standing: Standing, one: int, other: int) -> Detour | None:
    """How far one place is reached from another, both taken as held, and the shortest way at that reach: what a pocket,
    or the connection of a place with the seat, rests on. None where the reach is 0."""
    for level in (HELD, KNOWN, DOUBTFUL):
        inside = standing.place >= level
        inside[[one, other]] = True
        if way := shortest(standing.network, inside, standing.piece >= level, one, other):
            return Detour(level, way)
    return None


def shortest(network: Network, places: Array, pieces: Array, one: int, other: int) -> Way | None:
    """The shortest way by kilometres over these places and pieces (masks); None where there is none."""
    graph = network.graph
    labels = joined_up(network, places, pieces)
    if one not in graph or other not in graph or labels[one] < 0 or labels[one] != labels[other]:
        return None
    inside, usable = places.tolist(), pieces.tolist()

    def best(parallel: dict[int, dict[str, float]]) -> tuple[float, int] | None:
        return min(((told["km"], piece) for piece, told in parallel.items() if usable[piece]), default=None)

    def km(here: int, there: int, parallel: dict[int, dict[str, float]]) -> float | None:
        step = best(parallel) if inside[here] and inside[there] else None
        return step and step[0]

    length, found = nx.bidirectional_dijkstra(graph, one, other, weight=km)
    steps = [best(graph[here][there]) for here, there in pairwise(found)]
    return Way(float(length), tuple(map(network.place, found)), tuple(network.piece(step[1]) for step in steps if step))


def avoiding(standing: Standing, one: int, other: int) -> Ways:
    """The shortest ways between two places that avoid the actor that stands so, and its allies; the ends count too."""
    network, held = standing.network, standing.situation.held
    theirs = standing.in_force[np.isin(held.actor[standing.in_force], standing.side)]
    surely = theirs[held.certain(standing.day)[theirs] & (held.extent[theirs] == WHOLE)]
    quiet, open_ = (passing_none(network, standing.mask(held.place[each])) for each in (theirs, surely))
    lost = standing.place == LOST
    return Ways(
        shortest(network, lost, quiet & ~network.assumed, one, other),
        shortest(network, lost | standing.silent, quiet, one, other),
        shortest(network, standing.place < HELD, open_, one, other),
    )


def passing_none(network: Network, areas: Array) -> Array:
    """Whether each piece passes none of some areas (a mask)."""
    found = np.ones(len(network.end), bool)
    found[network.passes[0][areas[network.passes[1]]]] = False
    return found
