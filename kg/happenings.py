"""What happened: events by day, place, actor and type, with the claims about them."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from kg import queries, told
from kg.event_days import event_days
from kg.store.embedded import Store
from kg.store.terms import read_rows
from kg.told import Claim, Facts

LARGEST = 500
"""How many events a page has at most."""
MANY = 1000
"""How many chosen events are looked up one by one; the days of more are those of all events (`kg.event_days`)."""
Span = tuple[date | None, date | None]


@dataclass(frozen=True)
class Happening:
    """An event: its name, what is stated of it by local name of the property (`eventType`, `place`, `toController`,
    `edtf`, …), its participations and tolls by their IRIs, and the claims about all of these.

    It happened between `earliest` and `latest`, by its own date and those that claims give; None is an open bound.
    `fits` says whether that is certainly within the days that were asked for, or possibly; None where none were.
    """

    event: str
    label: str
    earliest: date | None
    latest: date | None
    fits: Literal["certain", "possible"] | None
    facts: Facts
    parts: Mapping[str, Facts]
    claims: tuple[Claim, ...]


@dataclass(frozen=True)
class Page:
    """Some events of all that fit, in order: by their latest day, undated ones last. `total` counts all that fit.
    `labels` are English names of everything that is named in it."""

    version: str
    total: int
    events: tuple[Happening, ...]
    labels: dict[str, str] = field(default_factory=dict, repr=False)


def happenings(
    store: Store,
    days: tuple[date, date] | None = None,
    places: Collection[str] | None = None,
    actors: Collection[str] | None = None,
    types: Collection[str] | None = None,
    *,
    start: int = 0,
    most: int = 100,
) -> Page:
    """The events that may have happened on the days (both included), at one of the places, with one of the actors, of
    one of the types; None asks for any. Those from number `start` on, at most `most`.

    Raises NothingPublished, StoreUnreadable, and the QueryProblem that fits.
    """
    seen = store.at(store.version())
    found = _chosen(seen, places, actors, types)
    if found is None or len(found) > MANY:
        asked = None if days is None else (days[0].toordinal(), days[1].toordinal())
        every = event_days(seen).spans(asked, found)
        shown = {event: _dates(*span) for event, span in every[start : start + min(most, LARGEST)]}
        return _page(seen, len(every), shown, days)
    spans = sorted(_spans(seen, found).items(), key=lambda pair: (*_order(pair[1]), pair[0]))
    if days is not None:
        spans = [(event, span) for event, span in spans if span != (None, None) and _may(span, days)]
    shown = dict(spans[start : start + min(most, LARGEST)])
    return _page(seen, len(spans), shown, days)


def _dates(first: int | None, last: int | None) -> Span:
    return date.fromordinal(first) if first else None, date.fromordinal(last) if last else None


def _chosen(store: Store, *wanted: Collection[str] | None) -> set[str] | None:
    """The events that all choices leave; None where nothing was chosen."""
    found: set[str] | None = None
    for (query, variable), iris in zip(_CHOICES, wanted, strict=True):
        if iris is not None:
            text = queries.text_for(query, variable, iris) if iris else None
            events = {str(row["event"]) for row in read_rows(store.query(text).read())} if text else set()
            found = events if found is None else found & events
    return found


_CHOICES = (("events-at", "place"), ("events-of-actor", "actor"), ("events-of-type", "type"))


def _spans(store: Store, events: set[str]) -> dict[str, Span]:
    """Between which days each event happened."""
    if not events:
        return {}
    found: dict[str, list[Span]] = {event: [span] for event, span in _bounds(store, "event-days", events)}
    for event, span in _bounds(store, "event-days-told", events):
        if event in found:
            # what has no date of its own has that of its claims
            found[event] = [span] if found[event] == [(None, None)] else [*found[event], span]
    return {event: _hull(spans) for event, spans in found.items()}


def _bounds(store: Store, query: str, events: set[str]) -> Iterator[tuple[str, Span]]:
    """Events and the bounds of a date of theirs, as a query tells."""
    text = queries.text_for(query, "event", events)
    rows = csv.reader(io.StringIO(store.query(text, results="csv").text(), newline=""))
    next(rows)
    for thing, earliest, latest, end in rows:
        yield thing, (_day(earliest), _day(end or latest))


def _hull(spans: list[Span]) -> Span:
    """From the earliest to the latest day of several spans; open where one of them is."""
    firsts, lasts = [first for first, _ in spans], [last for _, last in spans]
    return (
        None if None in firsts else min(day for day in firsts if day),
        None if None in lasts else max(day for day in lasts if day),
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text[:10]) if text else None


def _order(span: Span) -> tuple[date, date]:
    return span[1] or date.max, span[0] or date.min


def _may(span: Span, days: tuple[date, date]) -> bool:
    """Whether something that happened between two bounds may have happened on the days."""
    return (span[0] or date.min) <= days[1] and (span[1] or date.max) >= days[0]


def _page(store: Store, total: int, shown: dict[str, Span], days: tuple[date, date] | None) -> Page:
    if not shown:
        return Page(store.version(), total, ())
    select = told.of(store)
    found = told.events(select, shown)
    pairs = told.by(select(queries.text_for("event-claims", "event", shown)), "event")
    claims = told.claims(select, {str(row["claim"]) for rows in pairs.values() for row in rows})
    parts = [facts for event in found.values() for facts in event.parts.values()]
    labels = told.names(store, told.named(*(event.facts for event in found.values()), *parts, *claims.values()))
    events = []
    for event, span in shown.items():
        about = sorted({str(row["claim"]) for row in pairs.get(event, [])} & claims.keys())
        events.append(
            Happening(
                event,
                told.called(found[event], labels),
                *span,
                None if days is None else "certain" if _surely(span, days) else "possible",
                found[event].facts,
                found[event].parts,
                tuple(sorted((told.claim(claim, claims[claim]) for claim in about), key=_published)),
            )
        )
    return Page(store.version(), total, tuple(events), labels)


def _published(claim: Claim) -> tuple[str, str, str]:
    """The order of claims: by when their sources were published, undated ones first."""
    return claim.published or "", claim.source, claim.iri


def _surely(span: Span, days: tuple[date, date]) -> bool:
    return span[0] is not None and span[1] is not None and days[0] <= span[0] and span[1] <= days[1]
