"""`/api/events`: what happened, by day, place, actor and type, with the claims about it, as JSON or a table."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any, Literal

from flask import Blueprint, Response
from pydantic import BaseModel, Field

from kg import asking
from kg.errors import BadQuestion
from kg.gazetteer import Gazetteer, last_part, open_gazetteer
from kg.happenings import LARGEST, Happening, Page, happenings
from kg.naming import expanded
from kg.ontology import PREFIXES
from kg.search import open_names
from kg.told import Claim, Facts
from server import current
from server.answered import Day, Exact, Iri, Versioned
from server.declared import Paged, endpoint
from server.questions import DAY
from server.replies import CSV, JSON, paged, reply

bp = Blueprint("events", __name__)

FORMS = {**JSON, **CSV}
_COLUMNS = (
    "event", "label", "types", "places", "earliest", "latest", "fits", "actors", "claim", "stance", "claimants",
    "source", "gloss",
)  # fmt: skip
_ROLES = ("toController", "fromController", "party")


class Happened(Paged):
    """Which events."""

    at: str | None = Field(None, description=f"those that may have happened then: {DAY}", examples=["2021-08-09"])
    place: list[str] = Field([], description="only at these places", examples=[["city-kabul"]])
    within: list[str] = Field([], description="only at these places and what lies in them")
    actor: list[str] = Field([], description="only with one of these actors", examples=[["taliban"]])
    type: list[str] = Field([], description="only of these types", examples=[["Capture"]])
    limit: int = Field(100, ge=1, le=LARGEST, description="how many at most")


class Typed(Exact):
    """A type of events."""

    type: Iri
    label: str


class Where(Exact):
    """A place of an event."""

    place: Iri
    label: str


class When(Exact):
    """When it happened: the event's own date, and the bounds of all dates that anybody gives; null is open. `fits` says
    whether that is certainly within the days that were asked for."""

    edtf: str | None
    earliest: Day | None
    latest: Day | None
    fits: Literal["certain", "possible"] | None


class Who(Exact):
    """An actor of an event, and its role: a property of a change of control, or the role of a participation."""

    actor: Iri
    label: str
    role: Iri | None
    participation: Iri | None


class Toll(BaseModel):
    """A number of people or things, with its bounds."""

    toll: Iri
    kind: Iri


class Speaker(Exact):
    """Who is quoted."""

    actor: Iri
    label: str


class Telling(Exact):
    """A claim about an event or a part of it."""

    claim: Iri
    stance: str
    claimants: list[Speaker]
    source: Iri
    sourceLabel: str  # noqa: N815
    published: str | None
    sentence: int | None
    gloss: str
    stated: str | None
    when: str | None


class Event(Exact):
    """What is said to have happened; `facts` has further properties by their local names."""

    event: Iri
    label: str
    types: list[Typed]
    places: list[Where]
    when: When
    actors: list[Who]
    tolls: list[Toll]
    facts: dict[str, list[str]]
    claims: list[Telling]


class Events(Exact, Versioned):
    """Events in the order of their latest days; `total` counts all that fit."""

    at: str | None
    total: int
    events: list[Event]


@bp.get("/api/events")
@endpoint(Happened, Events, FORMS, tags=("events",))
def events(asked: Happened, form: str) -> Response:
    """What may have happened on the days, at the places, with the actors, of the types; with the claims about it."""
    store = current.store()
    gazetteer = open_gazetteer(store)
    days = None if asked.at is None else asking.days(asked.at)
    found = happenings(
        store,
        None if days is None else (date.fromordinal(days[0]), date.fromordinal(days[1])),
        _places(gazetteer, asked),
        asking.things(gazetteer, "actor", asked.actor) or None,
        _types(asked.type),
        start=asked.offset,
        most=asked.limit,
    )
    if form == "csv":
        told: str | dict[str, object] = _table(found)
    else:
        listed = [_event(each, found.labels) for each in found.events]
        told = {"version": found.version, "at": asked.at, "total": found.total, "events": listed}
    return paged(reply(told, FORMS[form][0], found.version), asked.offset, asked.limit, found.total)


def _places(gazetteer: Gazetteer, asked: Happened) -> frozenset[str] | None:
    """The places that are asked for, and all that lie in those of `within`, these too."""
    places = frozenset(asking.things(gazetteer, "place", asked.place))
    around = asking.things(gazetteer, "place", asked.within)
    inside = frozenset(around).union(*(gazetteer.inside(each) for each in around))
    if places and around:
        return places & inside
    return places or inside or None


def _types(texts: list[str]) -> tuple[str, ...] | None:
    """The types of events that are asked for, by IRI, CURIE or the last part of it, in any case."""
    known = [iri for iri, _ in open_names(current.store()).event_types]
    by_name = {last_part(iri).casefold(): iri for iri in known}
    found = []
    for text in texts:
        iri = expanded(text) or by_name.get(text.replace("-", "").replace(" ", "").casefold(), "")
        if iri not in known:
            raise BadQuestion("type", text, f"accepted are {', '.join(sorted(map(last_part, known)))}")
        found.append(iri)
    return tuple(found) or None


def _event(event: Happening, labels: dict[str, str]) -> dict[str, Any]:
    facts = {name: values for name, values in event.facts.items() if name not in ("type", "eventType", "place", "edtf")}
    return {
        "event": event.event,
        "label": event.label,
        "types": [_thing("type", iri, labels) for iri in event.facts.get("eventType", ())],
        "places": [_thing("place", iri, labels) for iri in event.facts.get("place", ())],
        "when": {
            "edtf": next(iter(event.facts.get("edtf", ())), None),
            "earliest": event.earliest and event.earliest.isoformat(),
            "latest": event.latest and event.latest.isoformat(),
            "fits": event.fits,
        },
        "actors": [
            *(_actor(iri, role, labels) for role in _ROLES for iri in facts.get(role, ())),
            *(_participant(iri, part, labels) for iri, part in event.parts.items() if "actor" in part),
        ],
        "tolls": [_toll(iri, part) for iri, part in event.parts.items() if "kind" in part],
        "facts": {name: list(values) for name, values in facts.items() if name not in _ROLES},
        "claims": [_claim(claim, labels) for claim in event.claims],
    }


def _thing(kind: str, iri: str, labels: dict[str, str]) -> dict[str, Any]:
    return {kind: iri, "label": labels.get(iri, last_part(iri))}


def _actor(iri: str, role: str, labels: dict[str, str]) -> dict[str, Any]:
    return _thing("actor", iri, labels) | {"role": f"{PREFIXES['kg']}{role}", "participation": None}


def _participant(iri: str, part: Facts, labels: dict[str, str]) -> dict[str, Any]:
    actor = _thing("actor", part["actor"][0], labels)
    return actor | {"role": next(iter(part.get("role", ())), None), "participation": iri}


def _toll(iri: str, part: Facts) -> dict[str, Any]:
    numbers: dict[str, Any] = {name: int(part[name][0]) for name in ("min", "max", "best") if name in part}
    return {"toll": iri, "kind": part["kind"][0], **numbers}


def _claim(claim: Claim, labels: dict[str, str]) -> dict[str, Any]:
    return {
        "claim": claim.iri,
        "stance": last_part(claim.stance),
        "claimants": [_thing("actor", iri, labels) for iri in claim.claimants],
        "source": claim.source,
        "sourceLabel": labels.get(claim.source, last_part(claim.source)),
        "published": claim.published,
        "sentence": claim.sentence,
        "gloss": claim.gloss,
        "stated": claim.stated,
        "when": claim.when,
    }


def _table(found: Page) -> str:
    """A row for each claim of each event; an event that nobody claims has one row too."""
    output = io.StringIO(newline="")
    rows = csv.writer(output)
    rows.writerow(_COLUMNS)
    for event in found.events:
        told = _event(event, found.labels)
        days = told["when"]
        head = [
            event.event, event.label, *(" ".join(each[kind] for each in told[several]) for kind, several in _LISTS),
            days["earliest"], days["latest"], days["fits"], " ".join(each["actor"] for each in told["actors"]),
        ]  # fmt: skip
        for claim in event.claims:
            tail = [claim.iri, last_part(claim.stance), " ".join(claim.claimants), claim.source, claim.gloss]
            rows.writerow([*head, *tail])
        if not event.claims:
            rows.writerow([*head, *[""] * 5])
    return output.getvalue()


_LISTS = (("type", "types"), ("place", "places"))
