"""Properties of places, actors and sources as other programs ask for them: by a short name, with plain values."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from rdflib import Literal

from kg import answering, asking, queries
from kg.distances import kilometres
from kg.errors import BadQuestion
from kg.files import BASE
from kg.gazetteer import Entry, Gazetteer, Kind, last_part, open_gazetteer
from kg.naming import expanded, fold, likeness
from kg.ontology import PREFIXES
from kg.store.embedded import Store
from kg.store.terms import read_rows

ALIKE = 85.0
"""The likeness, of 100, from which on two texts are the same value, spelled differently."""
CLOSE = 25.0
"""Kilometres up to which two positions are the same value."""
AT_ONCE = 500
"""Things that one query asks about."""
_KG, _SKOS = PREFIXES["kg"], PREFIXES["skos"]


@dataclass(frozen=True)
class Value:
    """A value as a text; `iri` where it is a thing of ours, `number` where it is one."""

    text: str
    iri: str | None = None
    number: float | None = None


Values = Mapping[str, Sequence[Value]]
"""IRI → its values, in order; every thing that was asked about is there."""


@dataclass(frozen=True)
class Property:
    """A property: its name in words, the kinds of things that have it, the kind that its values are, if they are ours,
    and the IRI under which the record has it, if it does."""

    name: str
    kinds: frozenset[Kind]
    value: Kind | None = None
    iri: str | None = None
    daily: bool = False


def _of(*kinds: Kind) -> frozenset[Kind]:
    return frozenset(kinds)


PROPERTIES: Mapping[str, Property] = {
    "type": Property("type", _of("place", "actor", "source")),
    "names": Property("names, in all languages", _of("place", "actor", "source")),
    "within": Property("lies in", _of("place"), "place"),
    "coordinates": Property("coordinates (latitude, longitude)", _of("place")),
    "latitude": Property("latitude", _of("place")),
    "longitude": Property("longitude", _of("place")),
    "capitalOf": Property("is the capital of", _of("place"), "place", f"{_KG}capitalOf"),
    "isoCode": Property("ISO 3166 code", _of("place"), None, f"{_KG}isoCode"),
    "population": Property("population", _of("place"), None, f"{_KG}population"),
    "controller": Property("who certainly held it on a day", _of("place"), "actor", daily=True),
    "possibleController": Property("who may have held it on a day", _of("place"), "actor", daily=True),
    "controlState": Property("what is known of its control on a day", _of("place"), daily=True),
    "organOf": Property("is an organ of", _of("actor"), "actor", f"{_KG}organOf"),
    "address": Property("web address", _of("source"), None, f"{_KG}address"),
    "exactMatch": Property("the same thing elsewhere", _of("place", "actor"), None, f"{_SKOS}exactMatch"),
    "closeMatch": Property("nearly the same thing elsewhere", _of("place", "actor"), None, f"{_SKOS}closeMatch"),
}
"""Every property that can be asked for. `daily` ones need a day (`at`), and may be asked as was known on one
(`known`)."""


def values(store: Store, things: Sequence[Entry], name: str, settings: Mapping[str, str] | None = None) -> Values:
    """The values of a property, of things.

    Raises BadQuestion for a property that there is not, and, like BadDate, for settings that are none.
    """
    if name not in PROPERTIES:
        raise BadQuestion("property", name, f"there is no such property; there are {', '.join(PROPERTIES)}")
    property_ = PROPERTIES[name]
    having = [thing for thing in things if thing.kind in property_.kinds]
    if property_.iri:
        found = _stored(store, having, property_.iri)
    elif property_.daily:
        found = _on_a_day(store, having, name, settings or {})
    else:
        gazetteer = open_gazetteer(store)
        found = {thing.iri: _IN_GAZETTEER[name](gazetteer, thing) for thing in having}
    return {thing.iri: found.get(thing.iri, ()) for thing in things}


def agrees(name: str, having: Iterable[Value], given: Iterable[str]) -> bool:
    """Whether any of the values that something has is one of those given."""
    if name == "coordinates":
        return any(_close(value.text, text) for value in having for text in given)
    return any(_same(value, text) for value in having for text in given)


def _same(value: Value, text: str) -> bool:
    if value.iri and value.iri in (expanded(text), f"{BASE}id/{text}"):
        return True
    if value.number is not None:
        try:
            return math.isclose(value.number, float(text), rel_tol=1e-6)
        except ValueError:
            return False
    return likeness(fold(value.text), fold(text)) >= ALIKE


def _close(one: str, other: str) -> bool:
    """Whether two positions, each latitude and longitude, are the same."""
    try:
        (north, east), (norther, easter) = (tuple(map(float, each.split(","))) for each in (one, other))
        return kilometres((east, north), (easter, norther)) <= CLOSE
    except ValueError:  # an infinite number is no position either
        return False


def _within(gazetteer: Gazetteer, thing: Entry) -> list[Value]:
    """What a place lies in, directly or not, the nearest first."""
    return [Value(gazetteer.label(iri), iri) for iri in gazetteer.above(thing.iri)]


def _position(part: Callable[[float, float], Value]) -> Callable[[Gazetteer, Entry], list[Value]]:
    return lambda _, thing: [part(*thing.point)] if thing.point else []


_IN_GAZETTEER: Mapping[str, Callable[[Gazetteer, Entry], list[Value]]] = {
    "type": lambda gazetteer, thing: [Value(gazetteer.concepts[each]) for each in thing.types],
    "names": lambda _, thing: [Value(name) for names in thing.labels.values() for name in names],
    "within": _within,
    "coordinates": _position(lambda east, north: Value(f"{north},{east}")),
    "latitude": _position(lambda _, north: Value(str(north), number=north)),
    "longitude": _position(lambda east, _: Value(str(east), number=east)),
}


def _stored(store: Store, things: Sequence[Entry], iri: str) -> dict[str, list[Value]]:
    gazetteer = open_gazetteer(store)
    query = queries.text_for("said-of-things", "property", [iri])
    found: defaultdict[str, dict[Value, None]] = defaultdict(dict)
    for start in range(0, len(things), AT_ONCE):
        asked = queries.filled(query, "thing", (thing.iri for thing in things[start : start + AT_ONCE]))
        for row in sorted(read_rows(store.query(asked).read()), key=lambda row: str(row["value"])):
            value = row["value"]
            ours = str(value) in gazetteer.places or str(value) in gazetteer.actors
            number = value.toPython() if isinstance(value, Literal) else None
            told = Value(
                gazetteer.label(str(value)) if ours else str(value),
                str(value) if ours else None,
                float(number) if isinstance(number, (int, float)) else None,
            )
            found[str(row["thing"])].setdefault(told)
    return {thing: list(told) for thing, told in found.items()}


def _on_a_day(store: Store, things: Sequence[Entry], name: str, settings: Mapping[str, str]) -> dict[str, list[Value]]:
    gazetteer = open_gazetteer(store)
    given = {setting: [text] for setting, text in settings.items() if text}
    if unknown := sorted(given.keys() - {"at", "known"}):
        raise BadQuestion(unknown[0], settings[unknown[0]], "there is no such setting; there are at, known")
    if not things:
        return {}
    question = asking.question(gazetteer, {**given, "place": [thing.iri for thing in things]})
    told: dict[str, list[Value]] = {}
    for verdict in answering.held(store, question):
        if name == "controlState":
            told[verdict.place] = [Value(verdict.state)]
            continue
        wanted = "certain" if name == "controller" else "possible"
        told[verdict.place] = [
            Value(gazetteer.label(actor), actor)
            for actor, stay in verdict.controllers.items()
            if stay.certainty == wanted
        ]
    return told


def for_type(identifier: str, gazetteer: Gazetteer) -> list[str]:
    """The properties that things of a type have."""
    kinds = {"Place": "place", "Actor": "actor", "Source": "source"}
    kinds |= {
        last_part(each): kind
        for kind, entries in gazetteer.entries.items() for entry in entries.values() for each in entry.types
    }  # fmt: skip
    kind = kinds.get(identifier)
    return [name for name, each in PROPERTIES.items() if kind is None or kind in each.kinds]
