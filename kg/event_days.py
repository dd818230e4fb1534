"""Between which days every event happened, by its own date and by those that claims give: read once a version.

A page of events in the order of their days needs to know those of all events, which no query of millions of statements
answers before its deadline; seven scans do, and what they find is kept on disk (`kg.store.beside`).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kg import queries
from kg.control.facts import OPEN, Pairs
from kg.control.ledger import save
from kg.control.names import Array, Names, tabulated
from kg.control.reading import asserted, joined
from kg.control.statements import KG, Statements, statements
from kg.store import beside
from kg.store.embedded import Store
from kg.store.made import Made
from kg.store.scan import scan

READ = ("about", "statesWhen", "when", "earliest", "latest", "endLatest")
NAME = "event-days"
"""The folder of what is kept."""
FORMAT = 1
"""Another number for every change of what the files hold, and of how anything in them is found."""
NEVER = 1 << 40
"""After all days, where no last day is put in order; no first day is before all, as `OPEN` is."""
Span = tuple[int | None, int | None]
"""The first and the last day on which something may have happened, as ordinals; None is an open bound."""


@dataclass(frozen=True, eq=False)
class EventDays:
    """The events of one version but state reports, by their latest days, then the earliest, then their IRIs; those
    without are last. `first` and `last` are ordinals of days, `OPEN` where there is no bound."""

    version: str
    events: list[str]
    first: Array
    last: Array

    def spans(self, days: tuple[int, int] | None, among: Collection[str] | None) -> list[tuple[str, Span]]:
        """The events that may have happened on the days (both included), in order; None asks for all. Of an event
        without any bound nobody says that it did."""
        fits = np.ones(len(self.events), bool)
        if days is not None:
            fits = (self.first != OPEN) | (self.last != OPEN)
            fits &= (self.first == OPEN) | (self.first <= days[1])
            fits &= (self.last == OPEN) | (self.last >= days[0])
        at = np.flatnonzero(fits)
        bounds = ([None if day == OPEN else day for day in column[at].tolist()] for column in (self.first, self.last))
        spans = zip(*bounds, strict=True)
        every = ((self.events[number], span) for number, span in zip(at.tolist(), spans, strict=True))
        return [pair for pair in every if among is None or pair[0] in among]


def event_days(store: Store) -> EventDays:
    """Those of the version of a store; those of a few versions are kept.

    Raises NothingPublished, StoreUnreadable.
    """
    return _every.of(store)


def _read(store: Store, _former: EventDays | None) -> EventDays:
    directory = store.published.directory()
    return beside.kept(
        directory, NAME, lambda place: _stored(place, directory.name), lambda: _made(store, directory), _save
    )


def _stored(place: Path, version: str) -> EventDays | None:
    here = place / NAME
    if not (here / f"{FORMAT}").exists():
        return None
    text, ends, first, last = (np.load(here / f"{name}.npy") for name in ("text", "ends", "first", "last"))
    return EventDays(version, list(Names(text, ends)), first, last)


def _save(days: EventDays, place: Path) -> None:
    names = tabulated([event.encode() for event in days.events], b"")
    save({"text": names.text, "ends": names.ends, "first": days.first, "last": days.last}, place / NAME)
    (place / NAME / f"{FORMAT}").touch()


def _made(store: Store, directory: Path) -> EventDays:
    graphs = store.at(directory.name).manifest().graphs
    told = asserted(graphs)
    texts = {name: queries.text_for("values", "property", [KG + name]) for name in READ}
    kinds = {"type": queries.text_for("values", "property", [f"{KG}eventType"])}
    said = statements(scan(directory, told, {**kinds, **texts}, sum(graphs[name].triples for name in told)))
    events = np.flatnonzero(_is_event(said))
    first, last = (column[events] for column in event_windows(said))
    order = np.lexsort((events, first, np.where(last == OPEN, NEVER, last)))
    return EventDays(directory.name, [said.texts[each] for each in events[order].tolist()], first[order], last[order])


def event_windows(said: Statements) -> tuple[Array, Array]:
    """For everything the days on which it happened, by its own date and those that claims about it give: `OPEN` where
    there is no bound. The last bound of a date that lasts is that of its end, from then on."""
    said.pairs["latest"] = _ends(said)
    said.pairs["told"] = joined(tuple(reversed(said.pairs["about"])), said.pairs["statesWhen"])  # type: ignore[arg-type]
    _, first, last = said.windows("when")
    has, first_told, last_told = said.windows("told")
    undated = (first == OPEN) & (last == OPEN)
    # what has no date of its own has that of its claims
    first, last = (
        np.where(
            undated, told, np.where(has, np.where((own == OPEN) | (told == OPEN), OPEN, outermost(own, told)), own)
        )
        for own, told, outermost in ((first, first_told, np.minimum), (last, last_told, np.maximum))
    )
    return first, last


def _is_event(said: Statements) -> Array:
    """Whether each thing is an event and no state report, or also something else."""
    node, value = said.pairs["type"]
    reports = [number for number, text in enumerate(said.texts) if text == f"{KG}StateReport"]
    found = np.zeros(len(said.texts), bool)
    found[node[~np.isin(value, reports)]] = True
    return found


def _ends(said: Statements) -> Pairs:
    """The last bound of each date: that of its end, where it has one."""
    (date, day), (lasting, end) = said.pairs["latest"], said.pairs["endLatest"]
    alone = ~np.isin(date, lasting)
    return np.concatenate([date[alone], lasting]), np.concatenate([day[alone], end])


_every = Made(_read)
