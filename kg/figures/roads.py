"""Pieces of road on a map: how far each can be counted on, told by colour, by dashes and in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from kg.figures.drawing import Element, add, alone, text_of
from kg.figures.legend import Entry
from kg.figures.outlines import Projection
from kg.figures.shapes import Point

WORDS = ("cut", "possibly cut", "open as far as known", "open: held at both ends")
"""What a piece of road of each strength is called."""
CROSS = 3.2
"""Pixels that the cross on a road that is cut reaches to each side."""


@dataclass(frozen=True)
class Stretch:
    """A piece of road on a map: what it is called, where its ends are (longitude and latitude), how strong it is with
    its two ends (0 to 3), and the address of more about it."""

    name: str
    ends: tuple[Point, Point]
    strength: int
    href: str | None = None


def draw(body: Element, onto: Projection, stretches: Iterable[Stretch]) -> None:
    """Draw pieces of road as straight lines, the strong ones first, so that what is cut is on top."""
    for each in sorted(stretches, key=lambda each: (-each.strength, each.name)):
        told = f"{each.name}: {WORDS[each.strength]}"
        tag = {"href": each.href, "tabindex": -1} if each.href else {"role": "img"}
        group = add(body, "a" if each.href else "g", class_="road", aria_label=told, **tag)
        add(group, "title", told)
        _line(group, onto(each.ends[0]), onto(each.ends[1]), each.strength)


def sample(parent: Element, strength: int, at: Point) -> None:
    """A piece of road in a legend, 26 pixels wide, from its upper left corner."""
    x, y = at
    _line(add(parent, "g", class_="road"), (x, y + 7), (x + 26, y + 7), strength)


def entries(stretches: Iterable[Stretch]) -> list[Entry]:
    """The lines of a legend: each strength that occurs, the strong first."""
    count = Counter(each.strength for each in stretches)
    return [Entry(None, f"road: {WORDS[each]}", count[each], road=each) for each in sorted(count, reverse=True)]


def sign(strength: int) -> str:
    """A piece of road as a small drawing of its own, for a line of text."""
    root = alone(30, 14)
    sample(root, strength, (2.0, 0.0))
    return text_of(root)


def _line(group: Element, one: Point, other: Point, strength: int) -> None:
    line = f"M{one[0]:.1f} {one[1]:.1f}L{other[0]:.1f} {other[1]:.1f}"
    add(group, "path", class_="casing", d=line)
    add(group, "path", class_=f"way w{strength}", d=line)
    if strength == 0:
        x, y = (one[0] + other[0]) / 2, (one[1] + other[1]) / 2
        cross = (f"M{x - CROSS:.1f} {y - CROSS:.1f}L{x + CROSS:.1f} {y + CROSS:.1f}"
                 f"M{x - CROSS:.1f} {y + CROSS:.1f}L{x + CROSS:.1f} {y - CROSS:.1f}")  # fmt: skip
        add(group, "path", class_="casing", d=cross)
        add(group, "path", class_="way cross", d=cross)
