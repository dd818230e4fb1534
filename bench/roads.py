"""Roads for the invented world that `bench.generate` tells of: three pieces a place, a named road for 100 places."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from math import cos, hypot, radians

import numpy as np
from scipy.spatial import cKDTree

from bench.world import World, name_of, place_of, position

PIECES_A_PLACE = 3
NEIGHBOURS = 9
PLACES_A_ROAD = 100
LENGTH = 20
"""Pieces that a named road has at most."""
ASSUMED, PASSING = 20, 10
"""One piece in so many is only assumed; one in so many passes an area."""
KM_A_DEGREE = 111.2


def pieces(size: World) -> list[tuple[int, int]]:
    """The ends of all pieces, the lower number first, in order: the shortest ones between neighbours."""
    points = [position(number) for number in range(size.places)]
    flat = np.array([(x * cos(radians(y)), y) for x, y in points])
    _, near = cKDTree(flat).query(flat, k=min(NEIGHBOURS, size.places))
    found = {
        (min(one, other), max(one, other)) for one, row in enumerate(near.tolist()) for other in row if one != other
    }
    by_length = sorted(found, key=lambda ends: (hypot(*(flat[ends[0]] - flat[ends[1]])), ends))
    return sorted(by_length[: PIECES_A_PLACE * size.places])


def roads(size: World) -> Iterator[str]:
    """All pieces of road, and the named roads."""
    every = pieces(size)
    beside: dict[int, list[int]] = {}
    for one, other in every:
        beside.setdefault(one, []).append(other)
        beside.setdefault(other, []).append(one)
    for number, (one, other) in enumerate(every):
        evidence = "RoadAssumed" if number % ASSUMED == 7 else "RoadShown"
        area = place_of(min(beside[one], key=lambda each: each % 97), size)
        passed = f" kg:passesArea {area} ;" if number % PASSING == 3 else ""
        (x, y), (u, v) = position(one), position(other)
        km = KM_A_DEGREE * hypot((x - u) * cos(radians((y + v) / 2)), y - v)
        yield (
            f"segment:{one}--{other} a kg:RouteSegment ; kg:placeType kg:Road ;"
            f" kg:endpoint {place_of(one, size)} , {place_of(other, size)} ;{passed}"
            f" kg:lengthKm {max(km, 0.1):.1f} ; kg:lengthKind kg:GreatCircle ; kg:roadEvidence kg:{evidence} ;"
            f' skos:prefLabel "{name_of(one)}–{name_of(other)}"@en .\n'
        )
    for number in range(size.places // PLACES_A_ROAD):
        stops = walk(beside, number * PLACES_A_ROAD)
        if len(stops) > 1:
            along = (f"segment:{min(two)}--{max(two)}" for two in pairwise(stops))
            yield (
                f"road:{number} a kg:Route ; kg:placeType kg:Corridor ;"
                f" kg:endpoint {place_of(stops[0], size)} , {place_of(stops[-1], size)} ;"
                f' kg:segment {" , ".join(along)} ; skos:prefLabel "Road of {name_of(stops[0])}"@en .\n'
            )


def walk(beside: dict[int, list[int]], start: int) -> list[int]:
    """A simple path from a place, always on to the neighbour furthest from the start."""
    stops, (x, y) = [start], position(start)
    while len(stops) <= LENGTH:
        onward = [each for each in beside.get(stops[-1], ()) if each not in stops]
        if not onward:
            break
        stops.append(max(onward, key=lambda each: (hypot(position(each)[0] - x, position(each)[1] - y), each)))
    return stops
