"""From what was said to rows: the meaning of each claim, before anything depends on who asks (rules 1 and 2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

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
from kg.control.record import Claim, Day, Event, Record, Source


class Meaning(NamedTuple):
    """What a stance towards an event says: of the holder, of the time before, and who is presumed with it."""

    says: int
    before: int
    traits: int
    who: str | None = None
    was: str | None = None
    presumed: str | None = None
    heirs: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()


def opponent(actor: str, sides: tuple[str, ...]) -> str | None:
    """The other of exactly two sides of which the actor is one."""
    pair = set(sides)
    return next(iter(pair - {actor})) if len(pair) == 2 and actor in pair else None


def is_report(event: Event) -> bool:
    """Whether the event tells who holds the place rather than a change: a change to its holder does no more."""
    return event.report or (event.to is not None and event.to == event.from_)


def meaning(event: Event, stance: str, sides: tuple[str, ...]) -> Meaning:
    """The row of the table of rule 2 that fits."""
    return denied(event, sides) if stance == "Denies" else told(event, stance, sides)


def denied(event: Event, sides: tuple[str, ...]) -> Meaning:
    """What is left when an event is denied: a weak word about its first day, and nothing about the time before."""
    traits = WEAK | DENIAL
    if event.parties or event.contested:
        return Meaning(NOT_CONTESTED, NO_BEFORE, traits, presumed=event.from_)
    if event.to is None:
        return Meaning(HELD, NO_BEFORE, traits, who=event.from_)
    if event.from_ is None:
        return Meaning(NOT, NO_BEFORE, traits, who=event.to, presumed=opponent(event.to, sides))
    loser = None if event.from_ == event.to else event.from_
    return Meaning(NOT, NO_BEFORE, traits, who=event.to, presumed=loser)


def told(event: Event, stance: str, sides: tuple[str, ...]) -> Meaning:
    """What an event says to those who tell of it."""
    traits = WEAK if stance == "Alleges" else 0
    if event.extent == "SomeParts":
        return Meaning(PARTS, NO_BEFORE, traits)
    traits |= CENTRE if event.extent == "Centre" else WHOLE
    if event.report:
        traits |= REPORT
    elif not is_report(event) and stance != "Alleges":
        # An allegation does not end what others say.
        traits |= TOLD
    before = ANYTHING if event.from_ is None else WAS_HELD
    if event.parties or event.contested:
        return Meaning(CONTESTED, before, traits, was=event.from_, parties=event.parties)
    if event.to is None:
        return Meaning(NOT, before, traits, who=event.from_, was=event.from_, heirs=event.presumed_heirs)
    if event.from_ is None and not event.report:
        return Meaning(HELD, WAS_NOT, traits, who=event.to, presumed=opponent(event.to, sides))
    return Meaning(HELD, before, traits, who=event.to, was=event.from_)


def window(event: Event, claim: Claim, cap: Day, study_start: Day) -> tuple[Day, Day] | None:
    """The days on which it may have happened, none later than `cap`; None if it was still to come: a plan."""
    lo, hi = event.when if claim.states_when is None else claim.states_when
    hi = cap if hi is None else min(hi, cap)
    if lo is None:
        lo = hi if is_report(event) else study_start
    if lo > hi:
        return None
    return (lo, lo) if claim.stance == "Denies" else (lo, hi)


def latest_told(record: Record) -> dict[str, Day]:
    """For each undated source the latest day that any of its claims tells of: it cannot have spoken earlier."""
    latest: dict[str, Day] = {}
    for claim in record.claims.values():
        source = record.sources.get(claim.source)
        if source is None or source.published is None:
            windows = [claim.states_when] if claim.states_when else [record.events[each].when for each in claim.about]
            days = [day for bounds in (*windows, claim.stated or (None, None)) for day in bounds if day is not None]
            if days:
                latest[claim.source] = max(*days, latest.get(claim.source, days[0]))
    return latest


def published(record: Record) -> dict[str, Day]:
    """The day on which each source counts as published."""
    latest = latest_told(record)
    named = {*record.sources, *(claim.source for claim in record.claims.values())}
    found: dict[str, Day] = {}
    for name in named:
        day = record.sources.get(name, Source()).published
        found[name] = latest.get(name, record.study_start) if day is None else day
    return found


def said(claim: Claim, publication: Day) -> Day:
    """The day by which the claim had been made."""
    return publication if claim.stated is None or claim.stated[1] is None else claim.stated[1]


def enclosing(place: str, within: dict[str, tuple[str, ...]]) -> set[str]:
    """The places that a place lies in, directly or not."""
    found: set[str] = set()
    ring = [place]
    while ring:
        ring = [outer for each in ring for outer in within.get(each, ()) if outer not in found]
        found.update(ring)
    return found - {place}


class Telling(NamedTuple):
    """What one claim says of one event at one of its places, and the days it gives; `inside` are the places within
    the area it speaks of."""

    claim: str
    source: str
    claimants: tuple[str | None, ...]
    event: str
    place: str
    report: bool
    stated: Meaning
    narrated: tuple[Day, Day] | None
    quoted: tuple[Day, Day] | None
    inside: list[str]


def tellings(record: Record, days: dict[str, Day]) -> Iterator[Telling]:
    """Everything that is told of places, plans too (their windows are None); `days` are those of publication."""
    inside: dict[str, list[str]] = {}
    for place in record.within:
        for outer in enclosing(place, record.within):
            inside.setdefault(outer, []).append(place)
    nowhere: list[str] = []
    unknown = Source()
    for name, claim in record.claims.items():
        source = record.sources.get(claim.source, unknown)
        spoken = said(claim, days[claim.source])
        knowledge = days[claim.source] if source.knowledge is None else source.knowledge
        for about in claim.about:
            event = record.events[about]
            stated = meaning(event, claim.stance, source.sides)
            narrated = window(event, claim, min(spoken, knowledge), record.study_start)
            quoted = window(event, claim, spoken, record.study_start)
            goes_down = event.extent == "EntireArea" and claim.stance != "Denies"
            for place in event.places:
                below = inside.get(place, nowhere) if goes_down else nowhere
                voices = claim.claimants or (None,)
                report = is_report(event)
                yield Telling(name, claim.source, voices, about, place, report, stated, narrated, quoted, below)
