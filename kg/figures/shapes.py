"""Lines and areas on the plane: reading TopoJSON, thinning lines out, telling what lies where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate, pairwise
from typing import Any

Point = tuple[float, float]
"""Longitude and latitude in degrees, or x and y."""
Ring = list[Point]
"""A closed line: its last point is its first."""
Box = tuple[float, float, float, float]
"""Least x, least y, greatest x, greatest y; of degrees: west, south, east, north."""


def decoded(topology: Mapping[str, Any]) -> list[list[Point]]:
    """The arcs of a TopoJSON object, in degrees (TopoJSON 1.0, section 2.1.3)."""
    (scale_x, scale_y), (left, low) = topology["transform"]["scale"], topology["transform"]["translate"]
    return [
        [
            (x * scale_x + left, y * scale_y + low)
            for x, y in accumulate(arc, lambda at, step: (at[0] + step[0], at[1] + step[1]))
        ]
        for arc in topology["arcs"]
    ]


def ring_of(numbers: Sequence[int], arcs: Sequence[list[Point]]) -> Ring:
    """The ring that arcs form, one after the other; the arc ~n is arc n backwards."""
    ring: Ring = []
    for number in numbers:
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        ring += arc if not ring else arc[1:]
    return ring


def holds(rings: Sequence[Ring], point: Point) -> bool:
    """Whether a point lies in an area with these rings, of which those inside others are holes."""
    x, y = point
    inside = False
    for ring in rings:
        for (ax, ay), (bx, by) in pairwise(ring):
            if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
                inside = not inside
    return inside


def apart(point: Point, a: Point, b: Point) -> float:
    """The square of the distance between a point and the line from a to b."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = dx * dx + dy * dy
    along = ((point[0] - a[0]) * dx + (point[1] - a[1]) * dy) / length if length else 0.0
    along = min(1.0, max(0.0, along))
    return float((point[0] - a[0] - along * dx) ** 2 + (point[1] - a[1] - along * dy) ** 2)


def simplified(line: Sequence[Point], tolerance: float) -> list[Point]:
    """A line with fewer points, none of whose left-out ones is further than `tolerance` from it (Douglas and Peucker).

    The ends stay. Of a closed line the furthest point from them stays too, so that it keeps an area.
    """
    keep = {0, len(line) - 1}
    open_ = [(0, len(line) - 1)]
    while open_:
        first, last = open_.pop()
        furthest, distance = first, tolerance * tolerance
        for number in range(first + 1, last):
            off = apart(line[number], line[first], line[last])
            if off > distance:
                furthest, distance = number, off
        if furthest != first:
            keep.add(furthest)
            open_ += [(first, furthest), (furthest, last)]
    return [line[number] for number in sorted(keep)]


def cut(ring: Ring, along: Point, bound: float) -> Ring:
    """What of a ring lies on one side of a line: where `along` · point is at most `bound` (Sutherland and Hodgman)."""
    kept: Ring = []
    for a, b in pairwise(ring):
        beyond_a = along[0] * a[0] + along[1] * a[1] - bound
        beyond_b = along[0] * b[0] + along[1] * b[1] - bound
        if beyond_a <= 0:
            kept.append(a)
        if (beyond_a <= 0) != (beyond_b <= 0):
            part = beyond_a / (beyond_a - beyond_b)
            kept.append((a[0] + part * (b[0] - a[0]), a[1] + part * (b[1] - a[1])))
    return [*kept, kept[0]] if kept else []


def clipped(ring: Ring, window: Box) -> Ring:
    """What of a ring lies in a window."""
    west, south, east, north = window
    for along, bound in (((-1.0, 0.0), -west), ((1.0, 0.0), east), ((0.0, -1.0), -south), ((0.0, 1.0), north)):
        ring = cut(ring, along, bound)
    return ring


def thinned(line: Sequence[Point], step: float) -> list[Point]:
    """A line without the points that are less than `step` away from the one before; the ends stay."""
    kept = [line[0]]
    for point in line[1:-1]:
        if abs(point[0] - kept[-1][0]) + abs(point[1] - kept[-1][1]) >= step:
            kept.append(point)
    return [*kept, line[-1]]


def bounds(points: Iterable[Point]) -> Box:
    """The least box around points. Raises ValueError where there is none."""
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def area(ring: Ring) -> float:
    """The area that a ring encloses, never negative."""
    return abs(sum(ax * by - bx * ay for (ax, ay), (bx, by) in pairwise(ring))) / 2
