"""Names on a map that cover neither each other nor the symbols: the important first, the rest where there is room."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from kg.figures.shapes import Box, Point

CELL = 64.0
"""Pixels of a square of the grid that finds what is near."""


@dataclass
class Room:
    """What of the paper is taken: boxes, found by the squares of a grid."""

    frame: Box
    _taken: dict[tuple[int, int], list[Box]] = field(default_factory=dict)

    def is_free(self, box: Box) -> bool:
        """Whether a box lies in the frame and touches nothing that was put there."""
        left, top, right, bottom = self.frame
        if box[0] < left or box[1] < top or box[2] > right or box[3] > bottom:
            return False
        return not any(
            box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]
            for cell in _cells(box)
            for other in self._taken.get(cell, ())
        )

    def take(self, box: Box) -> None:
        """Put a box there."""
        for cell in _cells(box):
            self._taken.setdefault(cell, []).append(box)


def _cells(box: Box) -> Iterator[tuple[int, int]]:
    for column in range(math.floor(box[0] / CELL), math.floor(box[2] / CELL) + 1):
        for row in range(math.floor(box[1] / CELL), math.floor(box[3] / CELL) + 1):
            yield column, row


def around(point: Point, width: float, height: float) -> Box:
    """The box around a point."""
    return point[0] - width / 2, point[1] - height / 2, point[0] + width / 2, point[1] + height / 2


def spot(room: Room, point: Point, width: float, height: float) -> Point:
    """Where a symbol of this size goes: at its point, or as near as nothing else is; at its point if all is full.

    The place is taken.
    """
    for distance in (0.0, 0.7, 1.0, 1.4, 1.9, 2.5):
        for turn in range(1 if not distance else 12):
            angle = math.tau * turn / 12
            at = (point[0] + distance * width * math.cos(angle), point[1] + distance * height * math.sin(angle))
            if room.is_free(box := around(at, width, height)):
                room.take(box)
                return at
    room.take(around(point, width, height))
    return point


@dataclass(frozen=True)
class Label:
    """Where a name stands: its base line's end, and the `text-anchor` that makes it grow away from its symbol."""

    x: float
    y: float
    anchor: str


def label(room: Room, at: Point, reach: float, size: float, width: float) -> Label | None:
    """A place for a name of this width beside a symbol that reaches so far; None where there is none. It is taken."""
    up, down = at[1] - size * 0.55, at[1] + size * 0.55
    near, high = reach + 3, reach + 2
    tries = (
        ("start", at[0] + near, up), ("end", at[0] - near, up),
        ("middle", at[0], at[1] - high - size), ("middle", at[0], at[1] + high),
        ("start", at[0] + near * 0.8, up - size * 0.7), ("start", at[0] + near * 0.8, down - size * 0.4),
        ("end", at[0] - near * 0.8, up - size * 0.7), ("end", at[0] - near * 0.8, down - size * 0.4),
    )  # fmt: skip
    for anchor, x, top in tries:
        left = x if anchor == "start" else x - width if anchor == "end" else x - width / 2
        box = (left - 1, top, left + width + 1, top + size * 1.1)
        if room.is_free(box):
            room.take(box)
            return Label(x, top + size * 0.92, anchor)
    return None


def far(room: Room, at: Point, size: float, width: float) -> Label | None:
    """A place for a name of this width away from its symbol, to which a line has to lead; None where there is none."""
    for distance in (22.0, 32.0, 44.0, 58.0, 74.0):
        for turn in range(16):
            angle = math.tau * turn / 16
            x, y = at[0] + distance * math.cos(angle), at[1] + distance * math.sin(angle)
            left = x if math.cos(angle) > 0.3 else x - width if math.cos(angle) < -0.3 else x - width / 2
            box = (left - 2, y - size * 0.6, left + width + 2, y + size * 0.6)
            if room.is_free(box):
                room.take(box)
                anchor = "start" if left == x else "middle" if left == x - width / 2 else "end"
                return Label(x, y + size * 0.36, anchor)
    return None
