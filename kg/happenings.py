"""What happened: events by day, place, actor and type, with the claims about them."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from kg import entities, queries
from kg.entities import Claim
from kg.files import BASE
from kg.store.embedded import Store
from kg.store.terms import Row, read_rows

LARGEST = 500
"""How many events a page has at most."""
Span = tuple[date | None, date | None]


@dataclass(frozen=True)
class Part:
    """A participation or a toll: what is stated of it, by local name of the property (`actor`, `role`, `min`, …)."""

    iri: str
    facts: dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Happening:
    """An event: its name, what is stated of it by local name of the property (`eventType`, `place`, `toController`,
    `edtf`, …), its participations and tolls, and the claims about all of these.

    It happened between `earliest` and `latest`, by its own date and those that claims give; None is an open bound.
    `fits` says whether that is certainly within the days that were asked for, or possibly; None where none were.
    """

    event: str
    label: str
    earliest: date | None
    latest: date | None
    fits: Literal["certain", "possible"] | None
    facts: dict[str, tuple[str, ...]]
    parts: tuple[Part, ...]
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
    spans = sorted(_spans(seen, found).items(), key=lambda pair: (*_order(pair[1]), pair[0]))
    if days is not None:
        spans = [(event, span) for event, span in spans if span != (None, None) and _may(span, days)]
    shown = dict(spans[start : start + min(most, LARGEST)])
    return _page(seen, len(spans), shown, days)


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


def _spans(store: Store, events: set[str] | None) -> dict[str, Span]:
    """Between which days each event happened."""
    if events is not None and not events:
        return {}
    text = queries.text("event-days") if events is None else queries.text_for("event-days", "event", events)
    rows = csv.reader(io.StringIO(store.query(text, results="csv").text(), newline=""))
    next(rows)
    bounds: dict[str, tuple[set[str], set[str]]] = {}
    for event, earliest, latest, end in rows:
        firsts, lasts = bounds.setdefault(event, (set(), set()))
        firsts.add(earliest)
        lasts.add(end or latest)
    return {event: (_day(min(firsts)), _latest(lasts)) for event, (firsts, lasts) in bounds.items()}


def _latest(lasts: set[str]) -> date | None:
    return None if "" in lasts else _day(max(lasts))


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
    rows = read_rows(store.query(queries.text_for("events", "event", shown)).read())
    told = read_rows(store.query(queries.text_for("claims-on-events", "event", shown)).read())
    labels = entities.names(store, {*shown, *_named(rows), *_named(told)})
    facts, claims = _by(rows, "event"), _by(told, "event")
    events = tuple(
        Happening(
            event,
            labels.get(event, event),
            *span,
            None if days is None else "certain" if _surely(span, days) else "possible",
            _facts([row for row in facts.get(event, []) if "part" not in row]),
            tuple(Part(part, _facts(of)) for part, of in _by(facts.get(event, []), "part").items()),
            tuple(entities.claims_in(claims.get(event, []))),
        )
        for event, span in shown.items()
    )
    return Page(store.version(), total, events, labels)


def _by(rows: list[Row], name: str) -> dict[str, list[Row]]:
    """The rows that have a value for a variable, by it."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        if name in row:
            found.setdefault(str(row[name]), []).append(row)
    return found


def _surely(span: Span, days: tuple[date, date]) -> bool:
    return span[0] is not None and span[1] is not None and days[0] <= span[0] and span[1] <= days[1]


def _facts(rows: list[Row]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(str(row["property"]).rpartition("#")[2], []).append(str(row["value"]))
    return {name: tuple(dict.fromkeys(values)) for name, values in found.items()}


def _named(rows: list[Row]) -> set[str]:
    """Everything of ours that the rows name."""
    return {
        str(term)
        for row in rows
        for name in ("value", "claimant", "source", "stance", "part")
        if (term := row.get(name)) is not None and str(term).startswith(BASE)
    }
