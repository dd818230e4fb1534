"""Places of an actor that are cut off from its seat, since when and why (docs/networks.md)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kg.control.names import Array
from kg.derive.history.blocks import Block, cells
from kg.derive.history.causes import Reasons, marked, met, reasons, touches
from kg.derive.history.components import Components
from kg.derive.history.states import HELD, LOST, OWN

NONE, MAYBE, SURE = range(3)
"""No pocket, possibly one, certainly one."""
THRESHOLD = {MAYBE: 2, SURE: 1}
"""A place is such a pocket where no way of this level leads to the seat."""


class Turns(NamedTuple):
    """Where something becomes another thing: row of a block, place, and what it is from then on."""

    row: Array
    place: Array
    value: Array


class Why(NamedTuple):
    """Why a place is a pocket since a row, in a reading (`MAYBE` or `SURE`): a place or area, and a piece, or -1."""

    row: Array
    place: Array
    reading: Array
    thing: Array
    piece: Array


def in_reach(block: Block, found: Components, threshold: int, seat: int) -> Array:
    """Which components of each row the seat, taken as held, is joined with."""
    rows = np.arange(len(found.of))
    good = marked(found.size, found.of[:, seat])
    _, piece, beyond = block.roads.around(np.array([seat]))
    for each, place in zip(piece.tolist(), beyond.tolist(), strict=True):
        way = np.flatnonzero(block.usable(rows, np.full(len(rows), each), threshold) & found.open[:, place])
        good[found.of[way, place]] = True
    return good


def reached(
    block: Block, found: Components, threshold: int, good: Array, row: Array, place: Array
) -> Array:  # fmt: skip
    """Whether places, taken as held, are joined with what is `good` in rows."""
    fine = good[found.of[row, place]]
    shut = np.flatnonzero(~found.open[row, place] & ~fine)
    at, piece, beyond = block.roads.around(place[shut])
    way = block.usable(row[shut[at]], piece, threshold) & good[found.of[row[shut[at]], beyond]]
    fine[shut[at[way]]] = True
    return fine


def verdicts(block: Block, found: dict[int, Components], good: dict[int, Array], seat: int) -> Array:
    """What each place is in each row: `NONE`, `MAYBE` or `SURE`."""
    verdict = np.zeros(block.state.shape, np.uint8)
    row, place = cells(OWN[block.state] & (block.state[:, seat] != LOST)[:, None])
    far = ~reached(block, found[2], 2, good[2], row, place)
    row, place = row[far], place[far]
    verdict[row, place] = MAYBE
    held = np.flatnonzero(block.state[row, place] == HELD)
    cut = held[~reached(block, found[1], 1, good[1], row[held], place[held])]
    verdict[row[cut], place[cut]] = SURE
    return verdict


def pockets(block: Block, found: dict[int, Components], seat: int) -> tuple[Turns, Why]:
    """The turns of a block, and the reasons for what begins. `found` has the components at 1 and at 2."""
    good = {threshold: in_reach(block, found[threshold], threshold, seat) for threshold in (1, 2)}
    verdict = verdicts(block, found, good, seat)
    row, place = cells(verdict[1:] != verdict[:-1])
    row = row + 1
    now, before = verdict[row, place], verdict[row - 1, place]
    why = []
    for reading, threshold in THRESHOLD.items():
        new = (now >= reading) & (before < reading)
        begun = because(block, found[threshold], threshold, good[threshold], seat, row[new], place[new])
        at = np.flatnonzero(new)[begun.question]
        why.append(Why(row[at], place[at], np.full(len(at), reading), begun.thing, begun.piece))
    return Turns(row, place, now), Why(*(np.concatenate(both) for both in zip(*why, strict=True)))


def because(
    block: Block, found: Components, threshold: int, good: Array, seat: int, row: Array, place: Array
) -> Reasons:  # fmt: skip
    """Why places are cut off since rows: what was lost then, and alone, put back, would join them with the seat again.

    If nothing alone would, all that was lost and touches what they are in; if nothing was, the places themselves.
    """
    touched = touches(block, found, threshold, held=seat)
    group_good = marked(int(touched.group.max(initial=-1)) + 1, touched.group[good[touched.label]])
    # what a place hangs together with: its component, or if it is below the threshold, its neighbours' and itself
    shut = np.flatnonzero(~found.open[row, place])
    at, piece, beyond = block.roads.around(place[shut])
    way = block.usable(row[shut[at]], piece, threshold) & found.open[row[shut[at]], beyond]
    at, beyond = shut[at[way]], beyond[way]
    question = np.concatenate([np.arange(len(row)), at])
    label = np.concatenate([found.of[row, place], found.of[row[at], beyond]])
    which, touch = met(touched, question, label)
    # a place that is taken as held was not lost
    others = touched.thing[touch] != place[question[which]]
    asked, touch = question[which[others]], touch[others]
    known = reasons(touched, asked, touch, group_good[touched.group[touch]])
    rest = np.flatnonzero(~marked(len(row), known.question))
    own = Reasons(rest, place[rest], np.full(len(rest), -1))
    return Reasons(*(np.concatenate(both) for both in zip(known, own, strict=True)))
