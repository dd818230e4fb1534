"""Places and actors that the rows of a table name, described where they first occur."""

from __future__ import annotations

import hashlib

from kg.ingest.rows import Part
from kg.ingest.turtle import curie, quoted, slug
from kg.ontology import PREFIXES


def key(*parts: object) -> str:
    """Six hexadecimal digits that stand for the parts."""
    return hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()[:6]


def place(
    part: Part, local: str, name: str, kind: str, within: str | None = None, point: tuple[float, float] | None = None
) -> str:
    """The name as Turtle of a place (the local part of its IRI), of a kind in kg:PlaceTypes, with its position."""
    if known := part.known("place", local):
        return known
    iri = curie("place", local)
    text = f"{iri} a kg:Place ; kg:placeType kg:{kind} ; skos:prefLabel {quoted(name, 'en')}"
    text += f" ; kg:within {within}" if within else ""
    if point:
        geometry = curie("geometry", local)
        text += f" ; geo:hasDefaultGeometry {geometry} .\n{geometry} geo:asWKT"
        text += f' "POINT({point[0]} {point[1]})"^^geo:wktLiteral'
    if part.describe(iri, f"{text} .\n") and kind in ("Locality", "PopulatedPlace"):
        assert part.record is not None
        part.names.meet("place", f"{PREFIXES['place']}{local}", name, part.record, part.tally, point)
    return iri


def actor(part: Part, local: str, name: str, kind: str) -> str:
    """The name as Turtle of an actor, of a kind in kg:ActorTypes."""
    if known := part.known("actor", local):
        return known
    iri = curie("actor", local)
    text = f"{iri} a kg:Actor ; kg:actorType kg:{kind} ; skos:prefLabel {quoted(name, 'en')} .\n"
    if part.describe(iri, text):
        assert part.record is not None
        part.names.meet("actor", f"{PREFIXES['actor']}{local}", name, part.record, part.tally)
    return iri


def participation(part: Part, event: str, local: str, who: str, role: str) -> None:
    """An actor takes part in an event, in a role of kg:Roles."""
    name = curie("participation", local)
    part.say(f"{event} kg:participation {name} .\n{name} a kg:Participation ; kg:actor {who} ; kg:role kg:{role} .\n")


def toll(part: Part, event: str, local: str, what: str) -> None:
    """A toll of an event: what it counts and how much, as Turtle."""
    name = curie("toll", local)
    part.say(f"{event} kg:toll {name} .\n{name} a kg:Toll ; kg:kind kg:Killed ; {what} .\n")


def claim(part: Part, local: str, event: str, gloss: str, locator: str, more: str = "") -> None:
    """The source's claim about an event."""
    task = part.task
    part.say(
        f"{curie('claim', local)} a kg:Claim ; kg:about {event} ; kg:stance kg:Reports ; kg:source source:{task.stem} ;"
        f" kg:locator {quoted(locator)} ; kg:gloss {quoted(gloss, 'en')} ;{more} kg:recordedAt {task.recorded} .\n"
    )


def within(country: str, name: str, level: str) -> str:
    """The local name of an administrative division: of a country's name or number, its own name, its level."""
    return f"{slug(country)}-{level}-{slug(name)}-{key(country, name)}"
