"""`/api/events`: what happened, by day, place, actor and type, with the claims about it, as JSON or a table."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

from flask import Blueprint, Response, json

from kg import asking
from kg.entities import Claim
from kg.errors import BadQuestion
from kg.gazetteer import Gazetteer, last_part, open_gazetteer
from kg.happenings import LARGEST, Happening, Page, Part, happenings
from kg.naming import expanded
from kg.ontology import PREFIXES
from kg.search import open_names
from server import current, listing, parameters

bp = Blueprint("events", __name__)

FORMS = {"json": ("application/json",), "csv": ("text/csv",)}
SHOWN = 100
"""How many events a page has where nothing else is asked for."""
_COLUMNS = (
    "event", "label", "types", "places", "earliest", "latest", "fits", "actors", "claim", "stance", "claimants",
    "source", "gloss",
)  # fmt: skip


@bp.route("/api/events")
def events() -> Response:
    """The events that may have happened on the days, at the places, with the actors, of the types; page by page."""
    form = listing.form(FORMS)
    given = parameters.given()
    start, most = listing.page(SHOWN, LARGEST)
    store = current.store()
    gazetteer = open_gazetteer(store)
    at = asking.one(given, "at")
    days = None if at is None else asking.days(at)
    found = happenings(
        store,
        None if days is None else (date.fromordinal(days[0]), date.fromordinal(days[1])),
        _places(gazetteer, given),
        asking.things(gazetteer, "actor", asking.several(given, "actor")) or None,
        _types(given),
        start=start,
        most=most,
    )
    if form == "csv":
        response = Response(_table(found), content_type="text/csv; charset=utf-8")
    else:
        told = {
            "version": found.version, "at": at, "total": found.total, "offset": start,
            "events": [_event(each, found.labels) for each in found.events],
        }  # fmt: skip
        response = Response(json.dumps(told, ensure_ascii=False), content_type="application/json")
    return listing.linked(response, start, most, found.total)


def _places(gazetteer: Gazetteer, given: parameters.Given) -> frozenset[str] | None:
    """The places that are asked for, and all that lie in those of `within`, these too."""
    places = frozenset(asking.things(gazetteer, "place", asking.several(given, "place")))
    around = asking.things(gazetteer, "place", asking.several(given, "within"))
    inside = frozenset(around).union(*(gazetteer.inside(each) for each in around))
    if places and around:
        return places & inside
    return places or inside or None


def _types(given: parameters.Given) -> tuple[str, ...] | None:
    """The types of events that are asked for, by IRI, CURIE or the last part of it, in any case."""
    known = [iri for iri, _ in open_names(current.store()).event_types]
    by_name = {last_part(iri).casefold(): iri for iri in known}
    found = []
    for text in asking.several(given, "type"):
        iri = expanded(text) or by_name.get(text.replace("-", "").replace(" ", "").casefold(), "")
        if iri not in known:
            raise BadQuestion("type", text, f"accepted are {', '.join(sorted(map(last_part, known)))}")
        found.append(iri)
    return tuple(found) or None


def _event(event: Happening, labels: dict[str, str]) -> dict[str, Any]:
    facts = {name: values for name, values in event.facts.items() if name not in ("eventType", "place", "edtf")}
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
            *(_participant(part, labels) for part in event.parts if "actor" in part.facts),
        ],
        "tolls": [_toll(part) for part in event.parts if "kind" in part.facts],
        "facts": {name: list(values) for name, values in facts.items() if name not in _ROLES},
        "claims": [_claim(claim, labels) for claim in event.claims],
    }


_ROLES = ("toController", "fromController", "party")


def _thing(kind: str, iri: str, labels: dict[str, str]) -> dict[str, Any]:
    return {kind: iri, "label": labels.get(iri, last_part(iri))}


def _actor(iri: str, role: str, labels: dict[str, str]) -> dict[str, Any]:
    return _thing("actor", iri, labels) | {"role": f"{PREFIXES['kg']}{role}", "participation": None}


def _participant(part: Part, labels: dict[str, str]) -> dict[str, Any]:
    actor = _thing("actor", part.facts["actor"][0], labels)
    return actor | {"role": next(iter(part.facts.get("role", ())), None), "participation": part.iri}


def _toll(part: Part) -> dict[str, Any]:
    numbers: dict[str, Any] = {name: int(part.facts[name][0]) for name in ("min", "max", "best") if name in part.facts}
    return {"toll": part.iri, "kind": part.facts["kind"][0], **numbers}


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
