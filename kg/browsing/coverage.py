"""What a version covers, in numbers: how much there is, between which days control changes, how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from kg.browsing.gathering import Gathered
from kg.browsing.relations import Related
from kg.control.facts import OPEN
from kg.control.statements import KG, Statements
from kg.event_days import NEVER
from kg.gazetteer import Gazetteer


@dataclass(frozen=True)
class Coverage:
    """How many of each there are: places, events, accounts of changes of control, claims and the sources of these but
    for assumptions of a policy; denials; assumptions. `first` and `last` are the outermost days of the changes.

    Of the changes `denied` are those that a claim denies, `differing` those to which claims give different dates,
    `undated` those whose own date is open on at least one side.
    """

    places: int
    events: int
    changes: int
    claims: int
    sources: int
    denials: int
    assumptions: int
    first: date | None
    last: date | None
    denied: int
    differing: int
    undated: int


def coverage(said: Statements, of: Gathered, gazetteer: Gazetteer) -> Coverage:
    """What statements cover; `of` is what was gathered from them."""
    change = said.having("class", "ControlChange")
    policies = [at for at, each in enumerate(of.sources.things) if f"{KG}Policy" in gazetteer.sources[each].types]
    quoted = ~np.isin(of.source.other, policies)
    assuming = [at for at, each in enumerate(of.stances) if each == f"{KG}Assumes"]
    denied = of.about.other[np.isin(of.about.one, of.denials)]
    event = np.unique(of.events.of[change])
    has, first, last = (column[change] for column in said.windows("when"))
    told = Related(*said.pairs["told"]).once()
    dates = np.bincount(told.one, minlength=len(said.texts))
    return Coverage(
        len(of.places.things),
        len(of.events.things),
        int(change.sum()),
        len(np.unique(of.source.one[quoted])),
        len(np.unique(of.source.other[quoted])),
        len(of.denials),
        int(np.isin(of.stance.other, assuming).sum()),
        _day(first[first != OPEN].min(initial=NEVER)),
        _day(last[last != OPEN].max(initial=-NEVER)),
        int(np.isin(event, denied).sum()),
        int((dates[change] > 1).sum()),
        int((has & ((first == OPEN) | (last == OPEN))).sum()),
    )


def _day(day: int) -> date | None:
    return None if abs(day) == NEVER else date.fromordinal(int(day))
