"""What every claim about a place says of some days, and what became of it: heard, not heard, or not counted, and why.

A verdict names the claims it rests on. A dossier shows the others beside them; here is what tells them apart.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from kg.control.answers import View
from kg.control.hearing import Ear, ear, latest_of_group, met, nearest, numbered, underived, visible
from kg.control.index import Index
from kg.control.ledger import ACTOR_SHIFT, CONTEST, CONTESTED, HELD, NOT, NOT_CONTESTED, WAS_HELD, WEAK, Ledger
from kg.control.names import Array
from kg.control.record import Day
from kg.control.verdicts import REASONS, Story, check, story
from kg.control.weighing import HEARD, SILENT

Fate = Literal[
    "heard",
    "parts only",
    "leaves it open",
    "outdated",
    "outrun",
    "less specific",
    "overruled",
    "not newest",
    "of other days",
    "not yet said",
    "other source",
    "not yet recorded",
    "taken back",
    "superseded",
    "said anew",
    "original speaks",
    "nearer told",
]
"""What became of a claim. The first three are listened to; the next five are reasons of rule 5; `of other days` speaks
in the same voice of other days only; what follows does not count at all (rules 1 and 3)."""
Says = Literal["held", "not held", "contested", "not contested", "parts"]

_SAYS: dict[int, Says] = {HELD: "held", NOT: "not held", CONTESTED: "contested", NOT_CONTESTED: "not contested"}


@dataclass(frozen=True)
class Saying:
    """One thing that a claim says of a place: that `who` held it, or did not, or that `parties` contested it, after
    something that happened from the day `first` to the day `last` (cut to what was known); `was` held it before.

    `area` is the place of whose whole area it was said, where that is another one."""

    says: Says
    first: Day
    last: Day
    who: str | None = None
    was: str | None = None
    parties: tuple[str, ...] = ()
    area: str | None = None
    weak: bool = False


@dataclass(frozen=True)
class Testimony:
    """One claim in one voice: what it says, what became of it, and what it says of the days that are asked about.

    `claimant` is None for the source's own voice. `names` are the actors whom it lets hold the place on one of the
    days, `presumes` those it lets be presumed, `contested` whether it says that the place is; `excludes` are those of
    whom it says on all of the days it speaks of that they did not. All are empty where it says nothing of the days.
    """

    claim: str
    source: str
    claimant: str | None
    fate: Fate
    sayings: tuple[Saying, ...]
    names: frozenset[str] = frozenset()
    presumes: frozenset[str] = frozenset()
    excludes: frozenset[str] = frozenset()
    contested: bool = False


@dataclass
class _Used:
    """What the rows of a claim that count on a day say, as sets of holders."""

    fates: set[int] = field(default_factory=set)
    names: int = 0
    presumes: int = 0
    allows: int = 0
    partial: bool = False


def witnesses(index: Index, place: str, first: Day, last: Day, view: View) -> list[Testimony]:
    """Every claim that says something of a place, by the days that it tells of; plans say nothing and are not here.

    Raises ValueError for a policy that is none and days in the wrong order.
    """
    check(first, last, view)
    ledger = index.ledger
    number = ledger.places.number(place)
    if number < 0:
        return []
    told = story(ledger, number, view)
    used = _used(told, first, last)
    rows = np.arange(ledger.row_start[number], ledger.row_start[number + 1])
    dropped = _dropped(ledger, rows, number, ear(ledger, view))
    of_claim: dict[tuple[int, int], list[int]] = defaultdict(list)
    for position, row in enumerate(rows):
        of_claim[int(ledger.claim[row]), int(ledger.claimant[row])].append(position)
    found = [
        _testimony(told, key, rows[positions], [dropped[each] for each in positions], used.get(key))
        for key, positions in of_claim.items()
    ]
    return sorted(found, key=lambda each: (*_days(each), each.source, each.claim, each.claimant or ""))


def _days(told: Testimony) -> tuple[Day, Day]:
    return min(each.last for each in told.sayings), min(each.first for each in told.sayings)


def _used(told: Story, first: Day, last: Day) -> dict[tuple[int, int], _Used]:
    """What each claim, in each voice, says of the days."""
    found: dict[tuple[int, int], _Used] = defaultdict(_Used)
    if told.at(last) < 0:
        return {}
    words, heard = told.answers.words, told.heard
    stops = np.append(words.starts, len(words.row))
    for answer in range(max(0, told.at(first)), told.at(last) + 1):
        for position in told.voices(answer):
            claimant = int(heard.claimant[words.voice[position]])
            fate = int(words.fate[position])
            for at in range(stops[position], stops[position + 1]):
                row = words.row[at]
                on = words.day[position]
                key = int(heard.claim[row]), claimant
                if words.in_force[at]:
                    _add(found[key], fate, heard.allows[row], heard.names[row], heard.presumes[row])
                if words.before[at]:
                    before = heard.before_allows[row], heard.before_names[row], heard.before_presumes[row]
                    _add(found[key], fate, *before)
                if heard.partial[row] and words.partial[position] and heard.lo[row] <= on < heard.end[row]:
                    found[key].partial = True
    return found


def _add(used: _Used, fate: int, allows: Any, names: Any, presumes: Any) -> None:
    used.fates.add(fate)
    used.allows |= int(allows)
    used.names |= int(names)
    used.presumes |= int(presumes)


def _dropped(ledger: Ledger, rows: Array, place: int, view: Ear) -> list[Fate | None]:
    """Why each row does not count, by the first of the rules that leaves it out; None where it counts."""
    claims = ledger.claim[rows]
    why: list[Fate | None] = [None] * len(rows)

    def drop(which: Array, fate: Fate) -> None:
        for each in which:
            why[each] = why[each] or fate

    drop(np.flatnonzero(ledger.said[claims] > view.known), "not yet said")
    if view.sources is not None:
        drop(np.flatnonzero(~view.sources[ledger.claim_source[claims]]), "other source")
    if view.moment is not None:
        moment = np.searchsorted(ledger.instants, view.moment, "right")
        drop(np.flatnonzero(ledger.recorded[claims] >= moment), "not yet recorded")
    drop(np.flatnonzero(~met(ledger, claims, view)), "taken back")
    drop(np.flatnonzero(~visible(ledger, claims, view)), "superseded")
    left = np.flatnonzero([each is None for each in why])
    passed = latest_of_group(ledger, rows[left], view)
    drop(left[~passed], "said anew")
    left = left[passed]
    passed = underived(ledger, rows[left], np.full(len(left), place))
    drop(left[~passed], "original speaks")
    left = left[passed]
    voice = numbered(ledger.claim_source[ledger.claim[rows[left]]], ledger.claimant[rows[left]])
    drop(left[~nearest(ledger, rows[left], voice)], "nearer told")
    return why


def _testimony(
    told: Story, key: tuple[int, int], rows: Array, dropped: list[Fate | None], used: _Used | None
) -> Testimony:
    ledger = told.ledger
    claim, claimant = key
    spoken = used if used is not None and used.fates else _Used()
    actors = int(ledger.holder_start[told.place + 1] - ledger.holder_start[told.place])
    names = told.holders(spoken.names)
    return Testimony(
        ledger.claims[claim],
        ledger.sources[int(ledger.claim_source[claim])],
        None if claimant < 0 else ledger.actors[claimant],
        dropped[0] if all(dropped) and dropped[0] else _fate(used),
        tuple(_saying(told, int(row)) for row in rows),
        names,
        told.holders(spoken.presumes) - names,
        told.holders((1 << actors + ACTOR_SHIFT) - 1) - told.holders(spoken.allows) if spoken.fates else frozenset(),
        bool(spoken.names & CONTEST),
    )


def _fate(used: _Used | None) -> Fate:
    if used is None:
        return "of other days"
    if HEARD in used.fates:
        return "heard"
    if dropped := used.fates - {SILENT}:
        return REASONS[min(dropped)]
    return "parts only" if used.partial else "leaves it open"


def _saying(told: Story, row: int) -> Saying:
    ledger, kind = told.ledger, int(told.ledger.kind[row])
    actors = ledger.holder_actor[ledger.holder_start[told.place] :]

    def actor(number: int) -> str | None:
        return None if number < 0 else ledger.actors[int(actors[number])]

    parties = ledger.party_holder[slice(*np.searchsorted(ledger.party_row, [row, row + 1]))]
    around = int(ledger.around[row])
    return Saying(
        _SAYS.get(kind & 7, "parts"),
        int(ledger.lo[row]),
        int(ledger.hi[row]),
        actor(int(ledger.who[row])),
        actor(int(ledger.was[row])) if kind >> 3 == WAS_HELD else None,
        tuple(sorted(ledger.actors[int(actors[each])] for each in parties)),
        None if around < 0 else ledger.places[around],
        bool(ledger.traits[row] & WEAK),
    )
