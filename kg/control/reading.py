"""What is said about control, read out of a store: RDF becomes the record that the rules are applied to."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from functools import cache
from typing import cast

from kg import queries
from kg.control.record import Baseline, Claim, Day, Event, Extent, Record, Source, Stance, Window
from kg.store.embedded import Store

KG = "https://w3id.org/controlgraph/ontology#"

Rows = dict[str, list[dict[str, str]]]
"""Solutions by the node they are about: variable → text, "" where unbound."""


class NoStudyStart(ValueError):
    """No data set says on which day its study starts, so that no question about control has an answer."""


def read(store: Store) -> Record:
    """The record of the published version.

    Claims with an attribute and events that nobody claims are no words on control. Of an event that several graphs date
    differently, the window is the whole of them. Where several data sets are loaded, the study starts with the first.
    What is derived holds no claims, so it never comes back in.
    Raises NoStudyStart, NothingPublished, StoreUnreadable, and the QueryProblem of a query that takes too long.
    """
    claims = _by("claim", _select(store, "control-claims"))
    assumed = {name: rows for name, rows in claims.items() if rows[0]["stance"] == f"{KG}Assumes"}
    events = _by("event", _select(store, "control-events"))
    order = _related(_select(store, "control-order"), "event")
    frame = _related(_select(store, "control-frame"), "node")
    starts = [_day(day) for days in frame[f"{KG}studyStart"].values() for day in days]
    if not starts:
        raise NoStudyStart("no data set says by kg:studyStart from which day on questions about control are answered")
    heirs = defaultdict(set)
    for rows in assumed.values():
        for row in rows:
            if row["presumes"] and not row["retired"]:
                heirs[row["event"]].add(row["presumes"])
    told = {row["event"] for name, rows in claims.items() if name not in assumed for row in rows}
    return Record(
        min(start for start in starts if start is not None),
        {inner: tuple(outer) for inner, outer in frame[f"{KG}within"].items()},
        {organ: whose[0] for organ, whose in frame[f"{KG}organOf"].items()},
        {name: _source(rows) for name, rows in _by("source", _select(store, "control-sources")).items()},
        {name: _event(name, rows, order, heirs.get(name, ())) for name, rows in events.items() if name in told},
        {name: _claim(rows) for name, rows in claims.items() if name not in assumed},
        dict(_baselines(assumed, events)),
    )


def _select(store: Store, name: str) -> Iterator[dict[str, str]]:
    """The solutions of one of our queries; as CSV, because every variable has one kind of term."""
    text = store.query(queries.text(name), results="csv").text()
    return csv.DictReader(io.StringIO(text, newline=""))


def _by(variable: str, solutions: Iterable[dict[str, str]]) -> Rows:
    found: Rows = {}
    for row in solutions:
        found.setdefault(row[variable], []).append(row)
    return dict(sorted(found.items()))


def _related(solutions: Iterable[dict[str, str]], subject: str) -> dict[str, dict[str, list[str]]]:
    """Relation → node → the others, in order."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in sorted(solutions, key=lambda row: row["other"]):
        found[row["relation"]][row[subject]].append(row["other"])
    return found


def _all(rows: list[dict[str, str]], variable: str) -> tuple[str, ...]:
    """The values of a variable, each once, in order."""
    return tuple(sorted({row[variable] for row in rows} - {""}))


def _one(rows: list[dict[str, str]], variable: str) -> str | None:
    """The value of a variable that has at most one."""
    return next(iter(_all(rows, variable)), None)


@cache
def _day(text: str | None) -> Day | None:
    return date.fromisoformat(text[:10]).toordinal() if text else None


@cache
def _moment(text: str | None) -> datetime | None:
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _name(iri: str | None) -> str:
    return (iri or "").removeprefix(KG)


def _window(rows: list[dict[str, str]], when: str, first: str, last: str) -> Window | None:
    """The window that holds all that are named; None where none is. A date without a bound is open."""
    dated = [row for row in rows if row[when]]
    if not dated:
        return None
    firsts, lasts = [_day(row[first]) for row in dated], [_day(row[last]) for row in dated]
    return (
        None if None in firsts else min(day for day in firsts if day is not None),
        None if None in lasts else max(day for day in lasts if day is not None),
    )


def _source(rows: list[dict[str, str]]) -> Source:
    days = [day for day in map(_day, _all(rows, "published")) if day is not None]
    return Source(
        max(days, default=None),
        _day(_one(rows, "knowledge")),
        _all(rows, "origin"),
        _all(rows, "side"),
    )


def _event(
    name: str, rows: list[dict[str, str]], order: dict[str, dict[str, list[str]]], heirs: Iterable[str]
) -> Event:
    return Event(
        _all(rows, "place"),
        f"{KG}ControlObservation" in _all(rows, "kind"),
        _one(rows, "to"),
        _one(rows, "from"),
        _all(rows, "party"),
        bool(_all(rows, "party")) or "true" in _all(rows, "contested"),
        _window(rows, "when", "first", "last") or (None, None),
        cast("Extent", _name(_one(rows, "extent")) or "Whole"),
        tuple(order[f"{KG}follows"].get(name, ())),
        tuple(order[f"{KG}sameOccurrence"].get(name, ())),
        tuple(sorted(heirs)),
    )


def _claim(rows: list[dict[str, str]]) -> Claim:
    return Claim(
        rows[0]["source"],
        _all(rows, "event"),
        cast("Stance", _name(rows[0]["stance"])),
        _all(rows, "claimant"),
        _window(rows, "stated", "statedFirst", "statedLast"),
        _window(rows, "window", "windowFirst", "windowLast"),
        _moment(_one(rows, "recorded")),
        _moment(_one(rows, "retired")),
        _all(rows, "supersedes"),
    )


def _baselines(assumed: Rows, events: Rows) -> Iterator[tuple[str, Baseline]]:
    """The assumptions about state reports, by the claim that makes them; those taken back are none."""
    for name, rows in assumed.items():
        for event in _all(rows, "event"):
            told = events.get(event, [])
            holder = _one(told, "to")
            if holder is None or _one(rows, "retired") or _one(rows, "presumes"):
                continue
            window = _window(told, "when", "first", "until") or (None, None)
            yield name, Baseline(_all(told, "place"), holder, *window)
