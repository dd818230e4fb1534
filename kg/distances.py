"""How far positions lie apart."""

from __future__ import annotations

import math

EARTH = 6371.0088
"""The mean radius of the Earth in kilometres (IUGG)."""


def kilometres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """The distance between two positions, each longitude and latitude in degrees, on a sphere."""
    (east, north), (easter, norther) = (map(math.radians, each) for each in (one, other))
    chord = math.sin((norther - north) / 2) ** 2
    chord += math.cos(north) * math.cos(norther) * math.sin((easter - east) / 2) ** 2
    return 2 * EARTH * math.asin(min(1.0, math.sqrt(chord)))
