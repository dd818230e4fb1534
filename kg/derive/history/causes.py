"""Why something came apart, or together: what was lost, or came, that alone would undo it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kg.control.facts import Pairs
from kg.control.names import Array, distinct, spans
from kg.derive.history.blocks import Block, cells
from kg.derive.history.components import Components, joined


class Touches(NamedTuple):
    """What things lost, or come, on some days would touch if they were put into another day.

    `thing` is a place, or an area as a place, in `row`; put there, it would join the components of one `group` by
    `piece`s; `label` is one of these (a number of `Components.of`). Sorted by label.
    """

    row: Array
    thing: Array
    group: Array
    piece: Array
    label: Array


class Reasons(NamedTuple):
    """For questions by number: the place or area that is a reason, and a piece by which it is one; -1 for none."""

    question: Array
    thing: Array
    piece: Array


def touches(block: Block, found: Components, threshold: int, *, back: bool = False, held: int = -1) -> Touches:
    """What was at or above a threshold in the row before and is below it in this one, put back into this one.

    With `back`, what is so now and was not the row before, put into the row before. The place `held` is taken as held.
    """
    step = slice(None, -1) if back else slice(1, None)
    other = slice(1, None) if back else slice(None, -1)
    offset = 0 if back else 1
    row, place = cells(found.open[other] & ~found.open[step])
    row = row + offset
    thing, piece, beyond = block.roads.around(place)
    used = block.usable(row[thing], piece, threshold)
    thing, piece, beyond = thing[used], piece[used], beyond[used]
    touched: list[tuple[Array, ...]] = [(row[thing], place[thing], thing, piece, found.of[row[thing], beyond])]
    row, area = cells((block.passage[other] >= threshold) & (block.passage[step] < threshold))
    if len(row):
        past = 1 if back else -1
        touched.append(through_areas(block, found, threshold, held, (row + offset, area), past, len(place)))
    columns = [np.concatenate(each) for each in zip(*touched, strict=True)]
    order = np.lexsort((columns[3], columns[1], columns[4]))
    return Touches(*(column[order] for column in columns))


def through_areas(
    block: Block, found: Components, threshold: int, held: int, lost: tuple[Array, Array], past: int, before: int
) -> tuple[Array, ...]:
    """What areas would touch: the ends of their pieces, and joined by those that nothing but the area closes.

    Pieces of one area may join several components one after the other. An end below the threshold leads no further.
    """
    roads = block.roads
    row, area = lost
    owner = np.repeat(np.arange(len(roads.passing)), np.diff(np.append(roads.passed_start, len(roads.passed))))
    order = np.argsort(roads.passed, kind="stable")
    start = np.searchsorted(roads.passed[order], np.arange(len(roads.areas) + 1))
    count = start[area + 1] - start[area]
    thing = np.repeat(np.arange(len(row)), count)
    column = owner[order[spans(start[area], count)]]
    # every area of these pieces, but for the lost one itself
    some = np.append(roads.passed_start, len(roads.passed))
    extent = some[column + 1] - some[column]
    at = spans(some[column], extent)
    of = np.repeat(np.arange(len(column)), extent)
    shut = (block.passage[row[thing[of]], roads.passed[at]] < threshold) & (roads.passed[at] != area[thing[of]])
    earlier = shut & (block.passage[row[thing[of]] + past, roads.passed[at]] < threshold)
    closed, for_long = (np.bincount(of[each], minlength=len(column)) > 0 for each in (shut, earlier))
    kept = np.flatnonzero((roads.bare[roads.passing[column]] >= threshold) & ~for_long)
    thing, piece, closed = thing[kept], roads.passing[column[kept]], closed[kept]
    one, other = roads.end[piece], roads.other_end[piece]
    leads, also = (found.open[row[thing], end] | (end == held) for end in (one, other))
    first, second = found.of[row[thing], one], found.of[row[thing], other]
    # a node is a component as one area meets it; below the threshold, or behind something else, as one piece meets it
    half, size = len(thing), found.size
    alone = size + np.arange(2 * half)
    inner = np.where(leads & ~closed, first, alone[:half])
    outer = np.where(also & ~closed, second, alone[half:])
    node = np.concatenate([inner, outer]) + np.tile(thing, 2) * (size + 2 * half)
    nodes = distinct(node)
    number = np.searchsorted(nodes, node)
    group = joined(len(nodes), number[:half][~closed], number[half:][~closed])
    places = roads.areas[area[thing]]
    return tuple(
        np.concatenate(both) for both in (
            (row[thing], row[thing]), (places, places), (group[number[:half]] + before, group[number[half:]] + before),
            (piece, piece), (first, second),
        )
    )  # fmt: skip


def met(touched: Touches, question: Array, label: Array) -> tuple[Array, Array]:
    """Where questions about components meet what touches them: positions in `question` and in `touched`."""
    start = np.searchsorted(touched.label, label, "left")
    count = np.searchsorted(touched.label, label, "right") - start
    return np.repeat(np.arange(len(question)), count), spans(start, count)


def reasons(touched: Touches, asked: Array, at: Array, undone: Array) -> Reasons:
    """The reasons for questions `asked` that are met at touches `at`: those things that alone would undo it; where
    there is none, all of them. `undone` tells which of these pairs are part of undoing it."""
    size = int(asked.max(initial=-1)) + 1
    by_one = np.zeros(size, bool)
    by_one[asked[undone]] = True
    kept = undone | ~by_one[asked]
    asked, at = asked[kept], at[kept]
    size = int(touched.piece.max(initial=-1)) + 1
    question, reason = once(asked, touched.thing[at] * size + touched.piece[at])
    return Reasons(question, reason // max(1, size), reason % max(1, size))


def marked(size: int, numbers: Array) -> Array:
    """A mask of so many with these numbers set."""
    found = np.zeros(size, bool)
    found[numbers] = True
    return found


def once(first: Array, second: Array) -> Pairs:
    """Pairs, each once, in order."""
    size = int(second.max(initial=0)) + 1
    keys = distinct(first * size + second)
    return keys // size, keys % size
