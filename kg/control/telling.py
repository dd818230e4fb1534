"""From what was said to rows: the meaning of each claim, before anything depends on who asks (rules 1 and 2)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kg.control.facts import EXTENTS, OPEN, STANCES, Facts
from kg.control.ledger import (
    ANYTHING,
    CENTRE,
    CONTESTED,
    DENIAL,
    HELD,
    NO_BEFORE,
    NOT,
    NOT_CONTESTED,
    PARTS,
    REPORT,
    TOLD,
    WAS_HELD,
    WAS_NOT,
    WEAK,
    WHOLE,
)
from kg.control.names import Array, distinct, spans

DENIES, ALLEGES = STANCES.index("Denies"), STANCES.index("Alleges")
AREA, SEAT, SOME = (EXTENTS.index(extent) for extent in ("EntireArea", "Centre", "SomeParts"))


def published(facts: Facts) -> Array:
    """The day on which each source counts as published: an undated one cannot have spoken before the latest day that
    any of its claims tells of."""
    latest = np.full(len(facts.sources), OPEN)
    claim, event = facts.about
    own = ~facts.states[claim]
    for source, day in (
        (facts.source, facts.stated_first), (facts.source, facts.stated_last),
        (facts.source, facts.states_first), (facts.source, facts.states_last),
        (facts.source[claim[own]], facts.first[event[own]]), (facts.source[claim[own]], facts.last[event[own]]),
    ):  # fmt: skip
        np.maximum.at(latest, source, day)
    latest[latest == OPEN] = facts.study_start
    return np.where(facts.published == OPEN, latest, facts.published)


def said(facts: Facts, publication: Array) -> Array:
    """The day by which each claim had been made."""
    return np.where(facts.stated_last == OPEN, publication[facts.source], facts.stated_last)


def closed(pairs: tuple[Array, Array], size: int) -> tuple[Array, Array]:
    """The pairs of things of which one leads to the other over any number of pairs, sorted; to itself nothing leads."""
    first, second = pairs
    start = np.searchsorted(first, np.arange(size + 1))
    found = distinct(first * size + second)
    ahead = found
    while len(ahead):
        middle = ahead % size
        count = start[middle + 1] - start[middle]
        further = np.repeat(ahead // size, count) * size + second[spans(start[middle], count)]
        ahead = np.setdiff1d(further, found)
        found = np.union1d(found, ahead)
    found = found[found // size != found % size] if size else found
    return found // max(1, size), found % max(1, size)


class Meaning(NamedTuple):
    """What claims say of events, one for each pair of claim and event (`Facts.about`): of the holder, of the time
    before, who holds, who held, who is presumed with it (-1: nobody), and whether heirs and parties go with it."""

    says: Array
    before: Array
    traits: Array
    who: Array
    was: Array
    presumed: Array
    heirs: Array
    parties: Array


def meaning(facts: Facts) -> Meaning:
    """The row of the table of rule 2 that fits each claim and event."""
    claim, event = facts.about
    stance, extent, report = facts.stance[claim], facts.extent[event], facts.report[event]
    to, loser, contested = facts.to[event], facts.from_[event], facts.contested[event]
    alleged, denied = stance == ALLEGES, stance == DENIES
    opponent = opponents(facts, facts.source[claim], to)
    unsaid, nameless = loser < 0, to < 0
    nobody = np.full(len(claim), -1)
    parts = ~denied & (extent == SOME)
    capture = unsaid & ~report
    # The first that fits: denials of a contest, of a withdrawal, of the rest; then what is told.
    cases = [denied & contested, denied & nameless, denied, parts, contested, nameless, capture]
    before = np.where(unsaid, ANYTHING, WAS_HELD)
    traits = np.where(alleged, WEAK, 0) | np.where(extent == SEAT, CENTRE, WHOLE)
    traits |= np.where(report, REPORT, np.where(told_changes(facts, event) & ~alleged, TOLD, 0))
    return Meaning(
        np.select(cases, [NOT_CONTESTED, HELD, NOT, PARTS, CONTESTED, NOT, HELD], HELD),
        np.select(cases, [NO_BEFORE, NO_BEFORE, NO_BEFORE, NO_BEFORE, before, before, WAS_NOT], before),
        np.select([denied, parts], [WEAK | DENIAL, np.where(alleged, WEAK, 0)], traits),
        np.select(cases, [nobody, loser, to, nobody, nobody, loser, to], to),
        np.select(cases, [nobody, nobody, nobody, nobody, loser, loser, nobody], loser),
        np.select(
            cases,
            [loser, nobody, np.where(unsaid, opponent, np.where(loser == to, -1, loser)), *[nobody] * 3, opponent],
            -1,
        ),
        ~denied & ~parts & ~contested & nameless,
        ~denied & ~parts & contested,
    )


def told_changes(facts: Facts, event: Array) -> Array:
    """Whether events change anything: a change to the one who held the place before does no more than report."""
    same = (facts.to[event] >= 0) & (facts.to[event] == facts.from_[event])
    changes: Array = ~facts.report[event] & ~same
    return changes


def opponents(facts: Facts, source: Array, actor: Array) -> Array:
    """The other of exactly two sides of sources of which actors are one; -1 where there is none."""
    start = np.searchsorted(facts.sides[0], np.arange(len(facts.sources) + 1))
    two = np.flatnonzero(np.diff(start) == 2)
    one, other = (np.full(len(facts.sources), -2) for _ in range(2))
    one[two], other[two] = facts.sides[1][start[two]], facts.sides[1][start[two] + 1]
    return np.select([one[source] == actor, other[source] == actor], [other[source], one[source]], -1)


class Tellings(NamedTuple):
    """What voices tell, one for each claim, event and claimant (-1: the source itself): the position of claim and event
    in `Facts.about`, and the days; plans are left out."""

    about: Array
    claimant: Array
    lo: Array
    hi: Array


def tellings(facts: Facts, publication: Array) -> Tellings:
    """Everything that is told, each within the days on which it may have happened."""
    claim, event = facts.about
    start = np.searchsorted(facts.claimants[0], np.arange(len(facts.claims) + 1))
    count = np.diff(start)[claim]
    about = np.repeat(np.arange(len(claim)), np.maximum(count, 1))
    claimant = np.full(len(about), -1)
    claimant[np.repeat(count > 0, np.maximum(count, 1))] = facts.claimants[1][spans(start[claim], count)]
    spoken = said(facts, publication)
    # Nobody tells what has not happened yet, and a narrator nothing that the source does not know.
    known = np.where(facts.knowledge == OPEN, publication, facts.knowledge)[facts.source]
    cap = np.where(claimant < 0, np.minimum(spoken, known)[claim[about]], spoken[claim[about]])
    own = facts.states[claim]
    lo = np.where(own, facts.states_first[claim], facts.first[event])[about]
    hi = np.where(own, facts.states_last[claim], facts.last[event])[about]
    hi = np.where(hi == OPEN, cap, np.minimum(hi, cap))
    lo = np.where(lo != OPEN, lo, np.where(told_changes(facts, event)[about], facts.study_start, hi))
    happened = np.flatnonzero(lo <= hi)
    hi = np.where(facts.stance[claim[about]] == DENIES, lo, hi)
    return Tellings(about[happened], claimant[happened], lo[happened], hi[happened])
