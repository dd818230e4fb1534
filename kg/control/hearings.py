"""The timelines of a view, kept in blocks of places, so that asking for another day weighs and does not hear again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import fields
from weakref import WeakKeyDictionary

import numpy as np

from kg.control.answers import View
from kg.control.ledger import Ledger
from kg.control.names import Array
from kg.control.runs import is_wide
from kg.control.timelines import Timelines, timelines

BLOCK = 512
"""Places heard at once: more make the first question about one of them slower, fewer the map of all."""
KEPT = 64
"""Blocks kept for each ledger, those of all views together: about a megabyte each at ten changes a place."""
OF_VOICES = frozenset({"place", "source", "claimant", "min_hi", "begin", "horizon", "all_inside", "self_mask"})

_kept: WeakKeyDictionary[Ledger, OrderedDict[tuple[View, int], Timelines]] = WeakKeyDictionary()
_changing = threading.Lock()


def block(ledger: Ledger, view: View, number: int) -> Timelines:
    """The timelines of the places from number * BLOCK on, those aside that are wide."""
    with _changing:
        kept = _kept.setdefault(ledger, OrderedDict())
        found = kept.get((view, number))
        if found is not None:
            kept.move_to_end((view, number))
            return found
    first = number * BLOCK
    places = np.arange(first, min(first + BLOCK, len(ledger.places)))
    heard = timelines(ledger, places[~is_wide(ledger)[places]], view)
    with _changing:
        kept[view, number] = heard
        while len(kept) > KEPT:
            kept.popitem(last=False)
    return heard


def of_place(heard: Timelines, place: int) -> Timelines:
    """The timelines of one of the places."""
    first, last = np.searchsorted(heard.place, [place, place + 1]).tolist()
    begin, end = heard.row_start[[first, last]].tolist()
    voices, rows = slice(first, last), slice(begin, end)
    cut = {
        each.name: getattr(heard, each.name)[voices if each.name in OF_VOICES else rows] for each in fields(Timelines)
    }
    return Timelines(**{**cut, "row_start": heard.row_start[first : last + 1] - begin})


def blocks(ledger: Ledger, view: View, places: Array) -> list[tuple[Array, Timelines]]:
    """Places, given in order by their numbers and none of them wide, with the timelines that they are in."""
    if not len(places):
        return []
    if len(places) == 1:
        heard = block(ledger, view, int(places[0]) // BLOCK)
        return [(places, of_place(heard, int(places[0])))]
    number = places // BLOCK
    parts = np.split(places, np.flatnonzero(np.diff(number)) + 1)
    return [(part, block(ledger, view, int(part[0]) // BLOCK)) for part in parts]
