"""The outlines that are shipped (`data/geometry/outlines.json`), and how positions on the earth come onto the paper."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import pairwise

from kg import files
from kg.distances import EARTH
from kg.figures.shapes import Point, Ring, area, bounds, decoded, ring_of, thinned

FINENESS = 0.9
"""Pixels between the corners of a drawn line, at least."""


@dataclass(frozen=True)
class Outline:
    """An area: the IRI of its place (None: we have no such place), its English name, the arcs that its rings are of,
    and a point well inside it, where its name may stand (None: it has no room for a name)."""

    place: str | None
    name: str
    polygons: tuple[tuple[tuple[int, ...], ...], ...]
    middle: Point | None


@dataclass(frozen=True, eq=False)
class Outlines:
    """Areas that claims can be about, areas around them for orientation, the arcs of both in degrees, and whom to
    credit."""

    areas: tuple[Outline, ...]
    around: tuple[Outline, ...]
    arcs: tuple[tuple[Point, ...], ...]
    credit: str

    def rings(self, outline: Outline) -> list[Ring]:
        """The rings of an outline, in degrees."""
        arcs = [list(arc) for arc in self.arcs]
        return [ring_of(ring, arcs) for polygon in outline.polygons for ring in polygon]


@cache
def shipped() -> Outlines:
    """The outlines in `data/geometry/`."""
    topology = json.loads((files.shipped() / "data" / "geometry" / "outlines.json").read_text("utf-8"))

    def read(name: str) -> tuple[Outline, ...]:
        return tuple(
            Outline(
                each.get("id"),
                each["properties"]["name"],
                tuple(
                    tuple(tuple(ring) for ring in polygon)
                    for polygon in ([each["arcs"]] if each["type"] == "Polygon" else each["arcs"])
                ),
                tuple(each["properties"]["middle"]) if "middle" in each["properties"] else None,
            )
            for each in topology["objects"][name]["geometries"]
        )

    arcs = tuple(tuple(arc) for arc in decoded(topology))
    return Outlines(read("provinces"), read("countries"), arcs, topology["credit"])


@lru_cache(maxsize=8)
def known(places: frozenset[str]) -> Outlines:
    """The shipped outlines of these places, with what is around them; where there is none of them, nothing is."""
    whole = shipped()
    areas = tuple(outline for outline in whole.areas if outline.place in places)
    return replace(whole, areas=areas, around=whole.around if areas else ())


@dataclass(frozen=True)
class Projection:
    """Lambert's conformal conic projection onto a sphere, with two parallels that keep their length (Snyder, *Map
    Projections*, 1987, equations 15-1 to 15-3), fitted onto paper: `scale` pixels a radian, moved by `shift`."""

    meridian: float
    n: float
    f: float
    scale: float = 1.0
    shift: Point = (0.0, 0.0)

    def __call__(self, point: Point) -> Point:
        """Where a position in degrees lies on the paper."""
        longitude, latitude = point
        # beyond these the cone has no paper
        latitude = min(max(latitude, -89.0), 89.0)
        rho = self.f / math.tan(math.pi / 4 + math.radians(latitude) / 2) ** self.n
        theta = self.n * math.radians((longitude - self.meridian + 180) % 360 - 180)
        return (
            self.shift[0] + self.scale * rho * math.sin(theta),
            self.shift[1] + self.scale * rho * math.cos(theta),
        )

    def latitude(self, at: Point) -> float:
        """The latitude of a place on the paper."""
        x, y = ((at[axis] - self.shift[axis]) / self.scale for axis in (0, 1))
        rho = math.copysign(math.hypot(x, y), self.n)
        return math.degrees(2 * math.atan((self.f / rho) ** (1 / self.n)) - math.pi / 2)

    def told(self) -> str:
        """What the projection is made of, for the way back from paper to positions: meridian, n, f, scale, shift."""
        return " ".join(f"{part:.8g}" for part in (self.meridian, self.n, self.f, self.scale, *self.shift))

    def km(self, latitude: float) -> float:
        """Pixels a kilometre at a latitude."""
        angle = math.radians(latitude)
        rho = self.f / math.tan(math.pi / 4 + angle / 2) ** self.n
        return float(self.scale * self.n * rho / math.cos(angle) / EARTH)


def projection(points: Iterable[Point], width: float, margin: float) -> tuple[Projection, float]:
    """A projection that puts points onto paper of this width, and the height that takes, both with a margin around.

    Points that hardly differ get half a degree around them. Raises ValueError where there is no point.
    """
    west, south, east, north = bounds(points)
    if east - west < 1 and north - south < 1:
        west, east, south, north = west - 0.5, east + 0.5, south - 0.5, north + 0.5
    # a sixth of the height inside, so that lengths are right over the whole (Snyder, page 99)
    low, high = (
        math.radians(min(max(y, -80.0), 80.0)) for y in (south + (north - south) / 6, north - (north - south) / 6)
    )
    steep = math.tan(math.pi / 4 + high / 2) / math.tan(math.pi / 4 + low / 2)
    n = math.log(math.cos(low) / math.cos(high)) / math.log(steep) if abs(high - low) > 1e-9 else math.sin(low)
    n = n if abs(n) > 1e-3 else 1e-3
    f = math.cos(low) * math.tan(math.pi / 4 + low / 2) ** n / n
    raw = Projection((west + east) / 2, n, f)
    edge = [(west + (east - west) * part / 16, y) for y in (south, north) for part in range(17)]
    edge += [(x, south + (north - south) * part / 16) for x in (west, east) for part in range(17)]
    left, top, right, bottom = bounds(raw(point) for point in edge)
    scale = (width - 2 * margin) / (right - left)
    if (bottom - top) * scale > 1.4 * width:  # a tall country does not become a tower
        scale = 1.4 * width / (bottom - top)
    height = (bottom - top) * scale + 2 * margin
    shift = ((width - (left + right) * scale) / 2, margin - top * scale)
    return Projection(raw.meridian, n, f, scale, shift), height


@dataclass(frozen=True)
class Drawn:
    """An outline on paper: its rings, the largest first, and the path that draws them."""

    outline: Outline
    rings: tuple[tuple[Point, ...], ...]
    path: str


def drawn(outlines: Outlines, chosen: Sequence[Outline], onto: Projection) -> list[Drawn]:
    """Outlines on paper, with as many corners as can be told apart there; neighbours share the line between them."""
    used = {
        number if number >= 0 else ~number
        for each in chosen
        for polygon in each.polygons
        for ring in polygon
        for number in ring
    }
    arcs: list[list[Point]] = [[] for _ in outlines.arcs]
    for number in used:
        line = [onto(point) for point in outlines.arcs[number]]
        arcs[number] = [(round(x, 1), round(y, 1)) for x, y in thinned(line, FINENESS)]
    found = []
    for each in chosen:
        rings = [ring_of(ring, arcs) for polygon in each.polygons for ring in polygon]
        rings = sorted((ring for ring in rings if len(ring) > 3), key=area, reverse=True)
        found.append(Drawn(each, tuple(tuple(ring) for ring in rings), "".join(path(ring) for ring in rings)))
    return found


def path(ring: Sequence[Point]) -> str:
    """The path data of a closed line, in tenths of a pixel and relative, which is the shortest way to write it.

    >>> path([(0.0, 0.0), (10.0, 0.0), (10.0, 5.5), (0.0, 0.0)])
    'M0 0l10 0 0 5.5z'
    """
    tenths = [(round(x * 10), round(y * 10)) for x, y in ring]
    steps = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(tenths[:-1])]
    steps = [step for step in steps if step != (0, 0)]
    start = f"M{tenth(tenths[0][0])} {tenth(tenths[0][1])}"
    return f"{start}l{' '.join(f'{tenth(x)} {tenth(y)}' for x, y in steps)}z"


def tenth(number: int) -> str:
    """A number of tenths, written short.

    >>> tenth(55), tenth(-30), tenth(4)
    ('5.5', '-3', '.4')
    """
    text = f"{number / 10:g}"
    return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text
