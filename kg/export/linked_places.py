"""Linked Places Format: the gazetteer with who held each place, for Pelagios and the World Historical Gazetteer.

The format is GeoJSON that is JSON-LD too (README of LinkedPasts/linked-places-format, version 1.2.2, and the feature
classes of 1.3). Who held a place is a relation with a `when`: the earliest and latest days of beginning and end.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, Any

from kg import parts, queries
from kg.export import told
from kg.gazetteer import ROUTES, Entry, Gazetteer, last_part, open_gazetteer
from kg.kinds import PLACES, sorts
from kg.ontology import PREFIXES
from kg.properties import values
from kg.store.embedded import Store

CONTEXT = "https://raw.githubusercontent.com/LinkedPasts/linked-places/master/linkedplaces-context-v1.1.jsonld"
"""What its terms mean, as version 1.2.2 names it."""
PART_OF = "gvp:broaderPartitive"
"""The relation of a place to what it lies in."""
HELD_BY = f"{PREFIXES['kg']}controller"
"""The relation of a place to who held it."""
BOUNDS = ("possibleFrom", "certainFrom", "certainUntil", "possibleUntil")
_PARTS = "SomeParts"

Json = dict[str, Any]


@dataclass
class Stay:
    """Who held a place, or how much of it, from when until when; bounds that there are not are "". `sources` are those
    whose words it rests on."""

    controller: str
    extent: str
    bounds: tuple[str, ...]
    sources: list[str] = field(default_factory=list)


def write(store: Store, output: IO[bytes]) -> None:
    """Write every place but the routes, in the order of their IRIs."""
    whose = told.dataset(store)
    head = {"@context": CONTEXT, "title": whose.title, "license": list(whose.licences)}
    told.collection(output, head, _features(store))


def _features(store: Store) -> Iterator[Json]:
    gazetteer = open_gazetteer(store)
    entries = [entry for entry in gazetteer.places.values() if ROUTES.isdisjoint(entry.types)]
    codes = {iri: [value.text for value in several] for iri, several in values(store, entries, "isoCode").items()}
    matches, stays, titles = told.matches(store, entries), _stays(store), parts.describing(store)
    for entry in entries:
        held = stays.get(entry.iri, [])
        feature = {
            "@id": entry.iri,
            "type": "Feature",
            "properties": _properties(gazetteer, entry, codes),
            "geometry": _geometry(entry),
            "names": _names(entry, titles.get(entry.iri, [told.NOBODY])),
            "types": [_type(gazetteer, each) for each in entry.types],
            "links": [{"type": relation, "identifier": iri} for relation, iri in matches.get(entry.iri, ())],
            "relations": [*_parts(gazetteer, entry), *(_held(gazetteer, stay) for stay in held)],
        }
        if when := _spoken_of(held):
            feature["when"] = when
        yield feature


def _properties(gazetteer: Gazetteer, entry: Entry, codes: Mapping[str, Sequence[str]]) -> Json:
    """The title, the country by its code (ISO 3166-1 alpha-2), and the feature classes of GeoNames."""
    around = [entry.iri, *gazetteer.above(entry.iri)]
    countries = sorted({code[:2] for iri in around for code in codes.get(iri, ())})
    classes = sorted(sorts(gazetteer.concepts[each] for each in entry.types) & PLACES)
    return {"title": entry.label(), "ccodes": countries, "fclasses": classes}


def _geometry(entry: Entry) -> Json:
    """A collection of geometries; an empty one where it is not known where the place is."""
    points = [] if entry.point is None else [{"type": "Point", "coordinates": list(entry.point)}]
    return {"type": "GeometryCollection", "geometries": points}


def _names(entry: Entry, titles: Iterable[str]) -> list[Json]:
    """The names, as the data sets have them that describe the place."""
    cited = [{"label": title, "@id": entry.iri} for title in titles]
    named = [(name, language) for language, names in entry.labels.items() for name in names] or [(entry.slug, "")]
    return [
        {"toponym": name, **({"lang": language} if language else {}), "citations": cited} for name, language in named
    ]


def _type(gazetteer: Gazetteer, iri: str) -> Json:
    name = gazetteer.concepts[iri]
    return {"identifier": iri, "label": name, "sourceLabels": [{"label": name, "lang": "en"}]}


def _parts(gazetteer: Gazetteer, entry: Entry) -> Iterator[Json]:
    for outer in entry.within:
        yield {"relationType": PART_OF, "relationTo": outer, "label": f"part of {gazetteer.label(outer)}"}


def _held(gazetteer: Gazetteer, stay: Stay) -> Json:
    """Who held the place, as a relation; it is certain where it surely held it on some day."""
    sure = "certain" if stay.bounds[1] and stay.extent != _PARTS else "less-certain"
    words = f"{'parts held' if stay.extent == _PARTS else 'held'} by {gazetteer.label(stay.controller)}"
    return {
        "relationType": HELD_BY,
        "relationTo": stay.controller,
        "label": words,
        "when": {"timespans": [_span(stay.bounds)], "certainty": sure},
        "certainty": sure,
        "citations": [{"label": gazetteer.label(source), "@id": source} for source in stay.sources],
    }


def _span(bounds: Sequence[str]) -> Json:
    """The days between which it began, and those between which it ended; a span that is not known to have ended goes on
    at least until it had surely begun."""
    possible_from, certain_from, certain_until, possible_until = bounds
    start = {"earliest": possible_from, **({"latest": certain_from} if certain_from else {})}
    end = {"earliest": certain_until or certain_from or possible_from}
    return {"start": start, "end": {**end, **({"latest": possible_until} if possible_until else {})}}


def _spoken_of(stays: Iterable[Stay]) -> Json:
    """From which day until which at least somebody is known to hold the place."""
    spans = [_span(stay.bounds) for stay in stays]
    if not spans:
        return {}
    first, last = min(span["start"]["earliest"] for span in spans), max(span["end"]["earliest"] for span in spans)
    return {
        "timespans": [{"start": {"in": first}, "end": {"earliest": last}}],
        "label": "days of which control is told",
    }


def _stays(store: Store) -> dict[str, list[Stay]]:
    """The stays of each place, in the order in which they began."""
    found: dict[str, dict[tuple[str, ...], Stay]] = {}
    # as texts, because hundreds of thousands of terms would take gigabytes
    answer = store.query(queries.text("stays"), results="csv")
    for said in csv.DictReader(io.StringIO(answer.text(), newline="")):
        bounds = tuple(said[name] for name in BOUNDS)
        key = (said["controller"], last_part(said["extent"]), *bounds)
        stay = found.setdefault(said["place"], {}).setdefault(key, Stay(said["controller"], key[1], bounds))
        if said["source"] not in stay.sources:
            stay.sources.append(said["source"])
    return {place: list(stays.values()) for place, stays in found.items()}
