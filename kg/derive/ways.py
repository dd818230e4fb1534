"""Ways by road on a day: named roads and their detours, and the ways that avoid an actor."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

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
from kg.derive.single import single
from kg.derive.standing import Standing


def corridors(standing: Standing, areas: Areas = "all") -> list[Corridor]:
    """The state of every named road for an actor, in the order of roads. `areas` is what `standing` was made with."""
    network = standing.network
    around = Detours(standing).around
    found = []
    for number, road in enumerate(network.roads):
        stops, pieces = network.stops(number), network.pieces_of(number)
        strength = int(min(standing.place[stops].min(), standing.piece[pieces].min()))
        blockers, ground = blocked(standing, stops, pieces, areas)
        possible = stops[(standing.place[stops] == KNOWN) & ~standing.silent[stops]]
        found.append(Corridor(
            road, strength, _places(network, stops), tuple(map(network.piece, pieces.tolist())),
            _places(network, stops[standing.silent[stops]]), _places(network, possible), ground, blockers,
            around(int(stops[0]), int(stops[-1]), strength) if strength <= DOUBTFUL else None,
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


class Passable:
    """The places and pieces (masks) by which ways lead."""

    def __init__(self, network: Network, places: Array, pieces: Array) -> None:
        self._network, self._places = network, places
        self._single = single(network, places, pieces)
        ends, size = (self._single.end, self._single.other_end), len(places)
        self._graph = coo_array((self._single.km, ends), (size, size)).tocsr()

    def shortest(self, one: int, other: int) -> Way | None:
        """The shortest way by kilometres between two places; None where there is none."""
        if not (self._places[one] and self._places[other]):
            return None
        far, came = dijkstra(self._graph, directed=False, indices=one, return_predecessors=True)
        if not np.isfinite(far[other]):
            return None
        stops = [other]
        while stops[-1] != one:
            stops.append(int(came[stops[-1]]))
        stops.reverse()
        steps = [self._single.between(*step) for step in pairwise(stops)]
        network, pieces = self._network, self._single.piece[steps].tolist() if steps else []
        # however the sum was made: of the same pieces always the same
        km = math.fsum(network.km[piece] for piece in pieces)
        return Way(km, tuple(map(network.place, stops)), tuple(map(network.piece, pieces)))


class Detours:
    """The ways around for an actor on a day; what is passable at a level is found once."""

    def __init__(self, standing: Standing) -> None:
        self._standing = standing
        self._passable: dict[Level, Passable] = {}

    def around(self, one: int, other: int, strength: Level) -> Detour | None:
        """The shortest way at the greatest reach between two places, their own levels included, where that is more than
        a strength."""
        here = self._standing
        reach = here.reach(one, other)
        if reach <= strength:
            return None
        if reach not in self._passable:
            self._passable[reach] = Passable(here.network, here.place >= reach, here.piece >= reach)
        way = self._passable[reach].shortest(one, other)
        return Detour(reach, way) if way else None


def strongest(standing: Standing, one: int, other: int) -> Detour | None:
    """How far one place is reached from another, both taken as held, and the shortest way at that reach: what a pocket,
    or the connection of a place with the seat, rests on. None where the reach is 0."""
    for level in (HELD, KNOWN, DOUBTFUL):
        inside = standing.place >= level
        inside[[one, other]] = True
        if way := Passable(standing.network, inside, standing.piece >= level).shortest(one, other):
            return Detour(level, way)
    return None


def avoiding(standing: Standing, one: int, other: int) -> Ways:
    """The shortest ways between two places that avoid the actor that stands so, and its allies; the ends count too."""
    network, held = standing.network, standing.situation.held
    theirs = standing.in_force[np.isin(held.actor[standing.in_force], standing.side)]
    surely = theirs[held.certain(standing.day)[theirs] & (held.extent[theirs] == WHOLE)]
    quiet, open_ = (passing_none(network, standing.mask(held.place[each])) for each in (theirs, surely))
    lost = standing.place == LOST
    return Ways(
        Passable(network, lost, quiet & ~network.assumed).shortest(one, other),
        Passable(network, lost | standing.silent, quiet).shortest(one, other),
        Passable(network, standing.place < HELD, open_).shortest(one, other),
    )


def passing_none(network: Network, areas: Array) -> Array:
    """Whether each piece passes none of some areas (a mask)."""
    found = np.ones(len(network.end), bool)
    found[network.passes[0][areas[network.passes[1]]]] = False
    return found
