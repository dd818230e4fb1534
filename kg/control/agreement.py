"""How what one claim says of control stands to what others say of it: what excludes it, what says the same.

The exclusions are those of the rules (docs/control.md): two words that are heard on some day and share no holder. A
source that derives from another is heard beside it only where the other does not speak of the place itself; so that
its claims can be set against those of others all the same, `without` leaves its originals out there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from itertools import product
from typing import Literal

import numpy as np

from kg.control.answers import View
from kg.control.index import Index
from kg.control.testimony import Fate, Saying, Testimony, witnesses
from kg.control.verdicts import story

How = Literal["contradicts", "agrees", "other days"]
"""`contradicts`: on some day not both can be true (or, of more than two, not all of them). `agrees`: another source
says that the same actor came to hold the place, or held it, and the days can be the same; `other days`: they cannot."""
Stands = dict[str, dict[str, How]]
"""Claim → other claim → how that stands to it."""

LAST = date.max.toordinal()
_DROPPED: tuple[Fate, ...] = ("taken back", "superseded", "said anew")


def agreement(index: Index, claims: Collection[str], without: Collection[str] = ()) -> Stands:
    """What stands for and against claims on control, in any other claim of the record.

    `claims` that are no word on control have nothing. `without` are the sources that are not heard against them where
    they would not be heard beside those.
    """
    wanted = frozenset(claims)
    others = View(sources=frozenset(index.ledger.sources) - frozenset(without)) if without else View()
    found: Stands = defaultdict(dict)
    for place in _places(index, wanted):
        told = [each for each in _witnesses(index, place) if each.fate not in _DROPPED]
        mine = [each for each in told if each.claim in wanted]
        for one, other in product(mine, told):
            if other.source != one.source and (how := _alike(one, other)):
                found[one.claim].setdefault(other.claim, how)
        view = others if any(each.fate == "original speaks" for each in mine) else View()
        answers = story(index.ledger, index.ledger.places.number(place), view)
        groups = set[frozenset[str]]().union(*map(answers.conflicts, range(len(answers.days))))
        for group in groups:
            for claim in group & wanted:
                found[claim] |= dict.fromkeys(group - {claim}, "contradicts")
    return dict(found)


def _places(index: Index, claims: Collection[str]) -> list[str]:
    """The places that claims name; not those that lie in an area of which they speak as a whole."""
    ledger = index.ledger
    numbers = ledger.claims.numbers(sorted(claims))
    rows = np.flatnonzero(np.isin(ledger.claim, numbers[numbers >= 0]) & (ledger.around < 0))
    places = np.unique(np.searchsorted(ledger.row_start, rows, "right") - 1)
    return [ledger.places[int(place)] for place in places]


def _witnesses(index: Index, place: str) -> list[Testimony]:
    return witnesses(index, place, index.ledger.study_start, LAST, View())


def _alike(one: Testimony, other: Testimony) -> How | None:
    """How two claims stand to each other that name the same holder, or the same parties; None where they do not."""
    pairs = [pair for pair in product(one.sayings, other.sayings) if _same(*pair)]
    if not pairs:
        return None
    return "agrees" if any(a.first <= b.last and b.first <= a.last for a, b in pairs) else "other days"


def _same(one: Saying, other: Saying) -> bool:
    return one.says == other.says and (one.who, one.parties) == (other.who, other.parties)
