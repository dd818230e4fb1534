"""Holdings of an actor that join or part: on which day, named by what, and why (docs/networks.md)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kg.control.facts import Pairs
from kg.control.names import Array, distinct
from kg.derive.history.blocks import Block, cells
from kg.derive.history.causes import Reasons, marked, met, once, reasons, touches
from kg.derive.history.components import Components
from kg.derive.history.states import HELD, OWN

POSSIBLY, CERTAINLY = 1, 3
"""The readings, as the level from which on places hang together."""
PARTED, JOINED = range(2)


class Changes(NamedTuple):
    """Changes of holdings: the row of a block, what happened, by which place the holding is named (that of the day
    before where it parted), into how many pieces, and how many places they have then; and why, by number."""

    row: Array
    kind: Array
    principal: Array
    pieces: Array
    places: Array
    because: Reasons


def own_of(block: Block, reading: int) -> Array:
    """Whether each place counts as the actor's in each row."""
    return block.state == HELD if reading == CERTAINLY else OWN[block.state]


def changes(block: Block, found: Components, reading: int, rank: Array) -> Changes:
    """The changes of a block. `rank` orders the places: the least one names a holding."""
    own = own_of(block, reading)[:, found.moving]
    of = found.of[:, found.moving]
    row, place = cells(own[1:] & own[:-1])
    before, after = of[row, place], of[row + 1, place]
    parts = [
        turned(block, found, reading, rank, own, (row + 1, before, after), kind) for kind in (PARTED, JOINED)
    ]  # fmt: skip
    parted, came = parts
    asked = Reasons(*(np.concatenate(both) for both in zip(parted.because, came.because, strict=True)))
    asked.question[len(parted.because.question) :] += len(parted.row)
    row, kind, principal, pieces, places = (
        np.concatenate(both) for both in zip(parted[:5], came[:5], strict=True)
    )  # fmt: skip
    return Changes(row, kind, principal, pieces, places, asked)


def turned(
    block: Block, found: Components, reading: int, rank: Array, own: Array, both: tuple[Array, Array, Array], kind: int
) -> Changes:  # fmt: skip
    """The changes of a kind. `own` tells of the places that move; `both` of those that count in a row and the one
    before it: the row, and their components before and now."""
    whole, piece = (both[2], both[1]) if kind == JOINED else (both[1], both[2])
    one, when = np.zeros(found.size, np.int64), np.zeros(found.size, np.int64)
    one[whole], when[whole] = piece, both[0]
    several = marked(found.size, whole[one[whole] != piece])
    mixed = several[whole]
    whole, piece = whole[mixed], piece[mixed]
    named = distinct(whole)
    position = np.zeros(found.size, np.int64)
    position[named] = np.arange(len(named))
    pairs = once(position[whole], piece)
    of = found.of[:, found.moving]
    row, place = cells(own & several[of])
    member = position[of[row, place]]
    least = np.full(len(named), len(rank))
    np.minimum.at(least, member, rank[found.moving[place]])
    principal = np.argsort(rank)[least] if len(named) else least
    counted = np.bincount(member if kind == JOINED else position[whole], minlength=len(named))
    pieces = np.bincount(pairs[0], minlength=len(named))
    why = because(block, found, reading, pairs, kind, principal)
    return Changes(when[named], np.full(len(named), kind), principal, pieces, counted, why)


def because(
    block: Block, found: Components, threshold: int, pairs: Pairs, kind: int, principal: Array
) -> Reasons:  # fmt: skip
    """Why pieces (pairs of change and component) have parted: what was lost that day and alone, put back, would join
    two of them again; why they have joined: what came, and alone would have joined them the day before.

    If nothing alone would, all that touches them; if nothing does, the place by which the holding is named.
    """
    touched = touches(block, found, threshold, back=kind == JOINED)
    which, touch = met(touched, *pairs)
    asked = pairs[0][which]
    key = asked * (int(touched.group.max(initial=-1)) + 1) + touched.group[touch]
    meeting, count = np.unique(once(key, pairs[1][which])[0], return_counts=True)
    known = reasons(touched, asked, touch, np.isin(key, meeting[count > 1]))
    rest = np.flatnonzero(~marked(len(principal), known.question))
    own = Reasons(rest, principal[rest], np.full(len(rest), -1))
    return Reasons(*(np.concatenate(both) for both in zip(known, own, strict=True)))
