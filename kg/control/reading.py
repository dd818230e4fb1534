"""What is said about control, read out of a store: RDF becomes the record that the rules are applied to."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import cache
from typing import cast

from kg import queries
from kg.control.record import Baseline, Claim, Day, Event, Extent, Record, Source, Stance, Window
from kg.store.embedded import Store

KG = "https://w3id.org/controlgraph/ontology#"
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
OPEN: Window = (None, None)

Values = dict[str, tuple[str, ...]]
"""Node → the values of one property, each once, in order."""


class NoStudyStart(ValueError):
    """No data set says on which day its study starts, so that no question about control has an answer."""


class Reading:
    """The properties of a store's published version, each read once, when it is first asked for."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.version = store.version()
        self.read: dict[str, Values] = {}

    def all(self, name: str) -> Values:
        """Every node that has the property kg:`name`, with its values."""
        if name not in self.read:
            self.read[name] = self._values(RDF_TYPE if name == "type" else KG + name)
        return self.read[name]

    def several(self, node: str, name: str) -> tuple[str, ...]:
        """The values of a property of a node."""
        return self.all(name).get(node, ())

    def one(self, node: str, name: str) -> str | None:
        """The value of a property that a node has at most once; of several, the first in order."""
        return next(iter(self.several(node, name)), None)

    def days(self, node: str, name: str) -> list[Day]:
        """The days that are the values of a property."""
        return [_day(text) for text in self.several(node, name)]

    def window(self, node: str, name: str, last: str = "latest") -> Window | None:
        """From the earliest until the `last` bound of the dates of a node; None where it has no date.

        A date without a bound is open. Where graphs give several dates, the window is the whole of them.
        """
        dates = self.several(node, name)
        if not dates:
            return None
        firsts, lasts = ([self.days(when, bound) for when in dates] for bound in ("earliest", last))
        return (
            min(day for days in firsts for day in days) if all(firsts) else None,
            max(day for days in lasts for day in days) if all(lasts) else None,
        )

    def _values(self, iri: str) -> Values:
        # CSV, because the values of each property are of one kind, and a term for each would take most of the time
        answer = self.store.query(queries.text_for("values", "property", [iri]), results="csv")
        if answer.version != self.version:
            answer.close()
            raise Changed(self.version)
        found: Values = {}
        rows = csv.reader(io.StringIO(answer.text(), newline=""))
        next(rows)
        for node, value in rows:
            known = found.get(node)
            # nearly every node has one value: more of them are put in order one by one
            found[node] = (value,) if known is None else tuple(sorted({*known, value}))
        return found


class Changed(Exception):
    """Another version was published while one was read."""


def read(store: Store) -> Record:
    """The record of the published version.

    Claims with an attribute, and events that nobody claims, are no words on control. Where several data sets are
    loaded, the study starts with the first of them. What is derived has no claims, so it never comes back in.
    Raises NoStudyStart, NothingPublished, StoreUnreadable, and the QueryProblem of a query that takes too long.
    """
    while True:
        try:
            return record(Reading(store))
        except Changed:
            continue  # what was read belongs to no version; the new one has it all


def record(reading: Reading) -> Record:
    """The record that the properties make."""
    starts = [day for node in reading.all("studyStart") for day in reading.days(node, "studyStart")]
    if not starts:
        raise NoStudyStart("no data set says by kg:studyStart from which day on questions about control are answered")
    kinds = {f"{KG}ControlChange", f"{KG}ControlObservation"}
    events = {node for node, types in reading.all("type").items() if not kinds.isdisjoint(types)}
    on_control = {
        claim: about
        for claim, named in sorted(reading.all("about").items())
        if claim not in reading.all("attribute") and (about := tuple(event for event in named if event in events))
    }
    assumed = {claim: about for claim, about in on_control.items() if reading.one(claim, "stance") == f"{KG}Assumes"}
    claims = {claim: _claim(reading, claim, about) for claim, about in on_control.items() if claim not in assumed}
    follows = {event: _before(reading, event) & events for event in events if event in reading.all("follows")}
    heirs = _heirs(reading, assumed)
    told = sorted({event for claim in claims.values() for event in claim.about})
    sources = {claim.source for claim in claims.values()} | {
        node for node, types in reading.all("type").items() if f"{KG}Source" in types
    }
    return Record(
        min(starts),
        dict(reading.all("within")),
        {organ: whose[0] for organ, whose in reading.all("organOf").items()},
        {source: _source(reading, source) for source in sorted(sources)},
        {event: _event(reading, event, follows.get(event, set()), heirs.get(event, set())) for event in told},
        claims,
        dict(_baselines(reading, assumed)),
    )


def _claim(reading: Reading, claim: str, about: tuple[str, ...]) -> Claim:
    return Claim(
        reading.several(claim, "source")[0],
        about,
        cast("Stance", reading.several(claim, "stance")[0].removeprefix(KG)),
        reading.several(claim, "claimant"),
        reading.window(claim, "statedOn"),
        reading.window(claim, "statesWhen"),
        _moment(reading.one(claim, "recordedAt")),
        _moment(reading.one(claim, "retiredAt")),
        reading.several(claim, "supersedes"),
    )


def _event(reading: Reading, event: str, follows: set[str], heirs: set[str]) -> Event:
    parties = reading.several(event, "party")
    return Event(
        reading.several(event, "place"),
        f"{KG}ControlObservation" in reading.several(event, "type"),
        reading.one(event, "toController") or reading.one(event, "controller"),
        reading.one(event, "fromController"),
        parties,
        bool(parties) or "true" in reading.several(event, "contested"),
        reading.window(event, "when") or OPEN,
        cast("Extent", reading.several(event, "extent")[0].removeprefix(KG)),
        tuple(sorted(follows)),
        reading.several(event, "sameOccurrence"),
        tuple(sorted(heirs)),
    )


def _source(reading: Reading, source: str) -> Source:
    published = reading.window(source, "published") or OPEN
    return Source(
        published[1],
        max(reading.days(source, "knowledge"), default=None),
        reading.several(source, "derivedFrom"),
        reading.several(source, "side"),
    )


def _before(reading: Reading, event: str) -> set[str]:
    """Everything that an event follows, over whatever steps: an order holds through other events too."""
    found: set[str] = set()
    ahead = [event]
    while ahead:
        new = set(reading.several(ahead.pop(), "follows")) - found
        found |= new
        ahead += new
    return found


def _heirs(reading: Reading, assumed: dict[str, tuple[str, ...]]) -> dict[str, set[str]]:
    """Event → who is presumed to hold the place after it. An assumption that was taken back is none."""
    heirs: dict[str, set[str]] = defaultdict(set)
    for claim, about in assumed.items():
        if not reading.several(claim, "retiredAt"):
            for event in about:
                heirs[event].update(reading.several(claim, "presumes"))
    return heirs


def _baselines(reading: Reading, assumed: dict[str, tuple[str, ...]]) -> Iterator[tuple[str, Baseline]]:
    """The assumptions about who holds places, by the claim that makes them; those taken back are none."""
    for claim, about in assumed.items():
        holder = reading.one(about[0], "controller")
        if holder is not None and not reading.several(claim, "retiredAt"):
            window = reading.window(about[0], "when", "endLatest") or OPEN
            yield claim, Baseline(reading.several(about[0], "place"), holder, *window)


@cache
def _day(text: str) -> Day:
    return date.fromisoformat(text[:10]).toordinal()


@cache
def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
