"""One place after the other on the same days: told with its neighbours, once it is seen that more are asked about.

One place costs more than a millisecond, mostly for a few hundred calls of numpy; with its 255 neighbours it costs a
thirtieth of that. So the fifth question about the same days tells of its neighbours too, and theirs are kept.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

import numpy as np

from kg.control.accounts import Accounts, accounts, decoded
from kg.control.answers import View
from kg.control.index import Index
from kg.control.record import Day

NEIGHBOURS = 256
"""Places told together."""
OFTEN = 4
"""Questions about the same days before that is done."""
QUESTIONS = 64
"""Days and views whose questions are counted, for each index."""
KEPT = 96
"""Groups of neighbours that are kept for each index, about a megabyte each where much is told."""

Days = tuple[Day, Day, View]


@dataclass(eq=False)
class Asked:
    """How often was asked about some days, and the neighbours that were told of then, by their number."""

    times: OrderedDict[Days, int] = field(default_factory=OrderedDict)
    told: OrderedDict[tuple[Days, int], Accounts] = field(default_factory=OrderedDict)


_asked: WeakKeyDictionary[Index, Asked] = WeakKeyDictionary()
_changing = threading.Lock()


def account(index: Index, place: int, first: Day, last: Day, view: View) -> Accounts:
    """The verdict about one place, by its number, as columns."""
    days, group = (first, last, view), place // NEIGHBOURS
    with _changing:
        asked = _asked.setdefault(index, Asked())
        times = asked.times[days] = asked.times.get(days, 0) + 1
        asked.times.move_to_end(days)
        if len(asked.times) > QUESTIONS:
            asked.times.popitem(last=False)
        found = asked.told.get((days, group))
    if found is not None:
        return found.part(place - group * NEIGHBOURS)
    if times <= OFTEN:
        return told(index, place, place + 1, days)
    found = told(index, group * NEIGHBOURS, (group + 1) * NEIGHBOURS, days)
    with _changing:
        asked.told[days, group] = found
        if len(asked.told) > KEPT:
            asked.told.popitem(last=False)
    return found.part(place - group * NEIGHBOURS)


def told(index: Index, begin: int, end: int, days: Days) -> Accounts:
    """The verdicts about the places from one number to before another."""
    numbers = np.arange(begin, min(end, len(index.ledger.places)))
    return accounts(index, decoded(index.ledger.places, numbers), numbers, *days)
