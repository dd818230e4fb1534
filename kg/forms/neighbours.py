"""One place after the other on the same days: told with its neighbours, once it is seen that more are asked about.

One place costs more than a millisecond, mostly for a few hundred calls of numpy; with its 255 neighbours it costs a
thirtieth of that. So the fifth question about the same days tells of its neighbours too, and what is written of them
is kept.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

import numpy as np

from kg.answering import Held, Known
from kg.control.answers import View
from kg.control.findings import Findings, findings
from kg.control.record import Day

NEIGHBOURS = 256
"""Places told together."""
OFTEN = 4
"""Questions about the same days before that is done."""
QUESTIONS = 64
"""Days and views whose questions are counted, for each version."""
KEPT = 96
"""Groups of neighbours that are kept for each version, about a megabyte each where much is told."""

Days = tuple[Day, Day, View, str, bool]
"""Days and view, language, and whether with grounds."""
Writer = Callable[..., list[bytes]]
"""Writes what is found of places, `(held, findings, grounded=…)`: a text for each."""


@dataclass(eq=False)
class Asked:
    """How often was asked about some days, and what was written of neighbours then, by their number."""

    times: OrderedDict[Days, int] = field(default_factory=OrderedDict)
    told: OrderedDict[tuple[Days, int], list[bytes]] = field(default_factory=OrderedDict)


_asked: WeakKeyDictionary[Known, Asked] = WeakKeyDictionary()
_changing = threading.Lock()


def body(held: Held, position: int, write: Writer, *, grounded: bool) -> bytes:
    """What is written of one of the listed places, by its position among them."""
    question, place = held.question, int(held.known.numbers[held.at[position]])
    days = (question.first, question.last, question.view, question.lang, grounded)
    if place < 0:
        return write(held, told(held, [place], grounded=grounded), grounded=grounded)[0]
    group = place // NEIGHBOURS
    with _changing:
        asked = _asked.setdefault(held.known, Asked())
        times = asked.times[days] = asked.times.get(days, 0) + 1
        asked.times.move_to_end(days)
        if len(asked.times) > QUESTIONS:
            asked.times.popitem(last=False)
        found = asked.told.get((days, group))
    if found is not None:
        return found[place - group * NEIGHBOURS]
    if times <= OFTEN:
        return write(held, told(held, [place], grounded=grounded), grounded=grounded)[0]
    every = range(group * NEIGHBOURS, min((group + 1) * NEIGHBOURS, len(held.known.index.ledger.places)))
    found = write(held, told(held, every, grounded=grounded), grounded=grounded)
    with _changing:
        asked.told[days, group] = found
        if len(asked.told) > KEPT:
            asked.told.popitem(last=False)
    return found[place - group * NEIGHBOURS]


def told(held: Held, places: list[int] | range, *, grounded: bool) -> Findings:
    """What is found of places, by their numbers in the index."""
    asked = held.question
    return findings(
        held.known.index, np.array(places, np.int64), asked.first, asked.last, asked.view, grounded=grounded
    )
