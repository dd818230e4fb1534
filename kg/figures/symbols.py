"""The shape of an answer: who, how certain, in which kind of doubt. No two kinds differ by colour alone."""

from __future__ import annotations

import math

from kg.figures.drawing import Element, add, alone, text_of
from kg.figures.outlines import path
from kg.figures.shapes import Point, Ring, cut
from kg.figures.states import Answer, Party


def polygon(corners: int, turn: float, stretch: float = 1.0) -> Ring:
    """A regular polygon around the origin, its first corner `turn` degrees from the top."""
    angles = [math.radians(turn + 360 * corner / corners) for corner in range(corners + 1)]
    return [(stretch * math.sin(angle), -stretch * math.cos(angle)) for angle in angles]


SIZE = 6.4
"""About half the height of a symbol, in pixels, in a figure that has room."""
SHAPES: tuple[Ring, ...] = (
    polygon(4, 45, 1.22),  # a square
    polygon(4, 0, 1.25),  # a diamond
    polygon(24, 0),  # a circle
    [(x, y + 0.15) for x, y in polygon(3, 0, 1.35)],  # a triangle
    polygon(6, 0, 1.12),  # a hexagon
)
"""The shape of each series, of about the same area."""
CIRCLE = polygon(24, 0)
CORNER = (math.sqrt(0.5), -math.sqrt(0.5))
"""Towards the upper right, where what holds in part only has its corner cut off."""


def shape(series: int, size: float, at: Point, partial: bool, half: int = 0) -> str:
    """The path of a series' shape: `half` -1 is the left half, 1 the right one, 0 the whole."""
    ring = SHAPES[series]
    if half:
        ring = cut(ring, (-float(half), 0.0), 0.0)
    if partial and half >= 0:
        ring = cut(ring, CORNER, 0.52 if half else 0.5)
    return path([(at[0] + size * x, at[1] + size * y) for x, y in ring])


def symbol(parent: Element, answer: Answer, at: Point, size: float) -> Element:
    """Draw the symbol of an answer around a position; `size` is about half its height."""
    partial = "partial" in answer.flags
    group = add(parent, "g", class_="symbol carried" if "carried" in answer.flags else "symbol")
    parties = answer.parties
    if answer.state == "controlled" and answer.certain:
        add(group, "path", class_=f"f{answer.certain.series} solid", d=shape(answer.certain.series, size, at, partial))
        if "self-claimed" in answer.flags:
            add(group, "circle", class_="own", cx=at[0], cy=at[1], r=size * 0.36)
    elif answer.state == "possible" and parties:
        _beside(group, answer, parties, at, size, partial)
    elif answer.state == "contested":
        _contested(group, parties, at, size, partial)
    elif answer.state == "disputed":
        _disputed(group, parties, at, size, partial)
    else:
        ring = cut(CIRCLE, CORNER, 0.45) if partial else CIRCLE
        add(group, "path", class_="none", d=path([(at[0] + size * 0.8 * x, at[1] + size * 0.8 * y) for x, y in ring]))
    return group


def _beside(group: Element, answer: Answer, parties: tuple[Party, ...], at: Point, size: float, partial: bool) -> None:
    """Hollow shapes side by side, one for each who may hold the place."""
    small = size if len(parties) == 1 else size * 0.78
    step = small * 2.15
    left = at[0] - step * (len(parties) - 1) / 2
    kind = "hollow assumed" if answer.assumed else "hollow"
    for number, party in enumerate(parties):
        place = (left + step * number, at[1])
        add(group, "path", class_=f"o{party.series} {kind}", d=shape(party.series, small * 0.9, place, partial))


def _contested(group: Element, parties: tuple[Party, ...], at: Point, size: float, partial: bool) -> None:
    """A diamond of two halves that touch; a party that is not named has a half of paper."""
    for half, party in zip((-1, 1), (*parties[:2], None, None), strict=False):
        kind = f"f{party.series} solid" if party else "nobody"
        add(group, "path", class_=kind, d=shape(1, size * 1.2, at, partial, half))
    top, bottom = (at[0], at[1] - size * 1.5), (at[0], at[1] + size * 1.5)
    add(group, "path", class_="split", d=f"M{top[0]:.1f} {top[1]:.1f}V{bottom[1]:.1f}")


def _disputed(group: Element, parties: tuple[Party, ...], at: Point, size: float, partial: bool) -> None:
    """Two halves of two shapes, apart, with ≠ between them."""
    gap = size * 0.75
    for half, party in zip((-1, 1), (*parties[:2], None, None), strict=False):
        kind = f"f{party.series} solid" if party else "nobody"
        place = (at[0] + half * gap, at[1])
        add(group, "path", class_=kind, d=shape(party.series if party else 2, size * 1.05, place, partial, half))
    add(group, "text", "≠", class_="differs", x=at[0], y=at[1] + size * 0.55, font_size=size * 1.7)


def half_width(answer: Answer, size: float) -> float:
    """How far a symbol reaches to each side."""
    if answer.state == "disputed":
        return size * 2.0
    if answer.state == "possible" and len(answer.parties) > 1:
        return size * 0.84 * len(answer.parties) + size * 0.2
    return size * 1.3


def sign(answer: Answer) -> str:
    """The symbol of an answer as a small drawing of its own, for a line of text."""
    root = alone(30, 16)
    symbol(root, answer, (15.0, 8.0), 5.6 * min(1.0, 14.0 / half_width(answer, 5.6)))
    return text_of(root)
