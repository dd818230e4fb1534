"""Places from GeoJSON and the Linked Places Format: names, kinds, positions, what lies in what, candidates of links.

GeoJSON (RFC 7946) says nothing of what properties are called; the mapping's table `properties` does, and what GeoNames
and VIINA's tessellation call them is known. The Linked Places Format is GeoJSON with names, types, relations and links
in members of their own (https://github.com/LinkedPasts/linked-places-format). An outline becomes the middle of its
bounds: a point is what answers and maps need.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from kg.errors import BadMapping
from kg.files import BASE
from kg.ingest import features, rows
from kg.ingest.cells import Cells, Rejected
from kg.ingest.rows import Part
from kg.ingest.tables import Record
from kg.ingest.task import Task
from kg.ingest.things import key
from kg.ingest.turtle import curie, quoted, slug
from kg.naming import is_iri
from kg.ontology import PREFIXES

PROPERTIES = {
    "id": ("geonameid", "id", "kod"),
    "name": ("name", "title", "asciiname"),
    "type": ("feature_code", "type"),
    "names": ("alternatenames", "asciiname"),
    "latitude": ("latitude",),
    "longitude": ("longitude",),
    "population": ("population",),
    "within": ("ADM1_NAME", "ADM2_NAME"),
}
"""What a place has, and what properties that hold it are called, where the mapping does not say."""
KINDS = {
    "PPL": "PopulatedPlace", "PCL": "Country", "ADM1": "Province", "ADM2": "District", "AIRB": "Airbase",
    "AIRP": "Airport", "RD": "Road", "P": "PopulatedPlace",
}  # fmt: skip
"""Kinds of places for the beginnings of GeoNames' codes."""
OURS = (
    "Airbase", "Airport", "City", "Country", "Crossing", "District", "Locality", "PopulatedPlace", "Province", "Region",
    "Town",
)  # fmt: skip
_NUMBER = re.compile(r"[0-9]{1,9}")
_IN_GEONAMES = re.compile(r"geonames\.org/([0-9]{1,9})\b|\bgn:([0-9]{1,9})\b")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
MEMBERS = ("type", "@id", "id", "properties", "names", "types", "geometry", "links", "relations")
"""Members of a feature that are read; the others (when, descriptions, depictions …) are told of and left out."""


def read(task: Task) -> None:
    """Read the files. Raises BadFile, BadMapping."""
    known = {kind.casefold(): kind for kind in OURS}
    for text, kind in task.mapping.get("types", {}).items():
        if str(kind).removeprefix("kg:") not in OURS:
            raise BadMapping(f"types, {text}", f"{kind!r} is no kind of place; accepted are {', '.join(OURS)}")
        known[text.casefold()] = str(kind).removeprefix("kg:")
    if strange := set(task.mapping.get("properties", {})) - set(PROPERTIES):
        raise BadMapping("properties", f"{', '.join(sorted(strange))}; accepted are {', '.join(PROPERTIES)}")
    for what, called in task.mapping.get("properties", {}).items():
        several = called if what == "within" and isinstance(called, list) else [called]
        if not all(isinstance(each, str) for each in several):
            raise BadMapping(f"properties, {what}", f"{called!r} is no name of a property")

    def take(cells: Cells, part: Part) -> None:
        _take(cells, part, known)

    rows.read(task, features.records(task.paths), lambda record: _identity(task, record), take, lambda _: "")


def _identity(task: Task, record: Record) -> str:
    own = record.fields.get("@id") or record.fields.get("id")
    properties = record.fields.get("properties") or {}
    return str(own or _property(task, properties, "id", pop=False) or "")


def _take(cells: Cells, part: Part, known: dict[str, str]) -> None:
    task, feature = part.task, cells.left
    properties = dict(feature.get("properties") or {})
    names = [each for each in _objects(feature, "names") if str(each.get("toponym", "")).strip()]
    own = str(feature.get("@id") or feature.get("id") or "")
    counted = _is_geonames(task, properties)
    number = str(_property(task, properties, "id") or own or "").strip()
    name = " ".join(str(_property(task, properties, "name") or (names[0]["toponym"] if names else "")).split())
    if not name:
        raise Rejected("a place without a name: feature")
    links = _objects(feature, "links")
    local = _local(task, own, number if counted else "", number, name, links)
    point = _point(properties, feature.get("geometry"), task)
    kind = _kind(task, properties, _objects(feature, "types"), known)
    outer = _outer(part, properties, _objects(feature, "relations"), cells)
    iri, whole = curie("place", local), PREFIXES["place"] + local
    told = f"{iri} a kg:Place ; kg:placeType kg:{kind}"
    if whole in task.gazetteer.places:
        part.tally.made["names of places known already"] += 1
        told = f"{iri} skos:altLabel {quoted(name, 'en')}"
    else:
        part.tally.made["places"] += 1
        told += f" ; skos:prefLabel {quoted(name, 'en')}" + (f" ; kg:within {outer}" if outer else "")
        if point:
            geometry = curie("geometry", local)
            told += f" ; geo:hasDefaultGeometry {geometry}"
            part.say(f'{geometry} geo:asWKT "POINT({point[0]} {point[1]})"^^geo:wktLiteral .\n')
        else:
            cells.odd.append("a place without a position: geometry")
        population = str(_property(task, properties, "population") or "0").removesuffix(".0")
        if population.isascii() and population.isdigit() and int(population):
            told += f" ; kg:population {population}"
    part.say(told + "".join(f" ; skos:altLabel {each}" for each in _names(task, properties, names, name)) + " .\n")
    if part.describe(iri, "") and part.record:
        part.names.meet("place", whole, name, part.record, part.tally, point)
    _candidates(part, iri, local, links)
    for member in sorted(set(feature) - set(MEMBERS)):
        part.tally.notes.append(f"the member {member!r} of features is left out")
    unread = sorted(set(properties) - {each for known in PROPERTIES.values() for each in known})
    part.tally.notes += [f"the property {each!r} is left out" for each in unread]
    part.tally.notes[:] = dict.fromkeys(part.tally.notes)
    feature.clear()


def _property(task: Task, properties: dict[str, Any], what: str, *, pop: bool = True) -> Any:
    """The value of the property that holds something; taken out, so that what nobody reads is seen."""
    given = task.mapping.get("properties", {}).get(what)
    for called in [given] if given else PROPERTIES[what]:
        if properties.get(called) not in (None, ""):
            return properties.pop(called) if pop else properties[called]
    return None


def _objects(feature: dict[str, Any], member: str) -> list[dict[str, Any]]:
    """The objects in a member that is a list."""
    found = feature.get(member) or []
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise Rejected(f"no list of objects: {member}")
    return found


def _is_geonames(task: Task, properties: dict[str, Any]) -> bool:
    """Whether the property that holds the number of a place is one of GeoNames' numbers."""
    given = task.mapping.get("properties", {}).get("id")
    called = (each for each in ([given] if given else PROPERTIES["id"]) if properties.get(each) not in (None, ""))
    return next(called, None) == PROPERTIES["id"][0]


def _local(task: Task, own: str, counted: str, number: str, name: str, links: list[dict[str, Any]]) -> str:
    """The last part of the place's IRI: of ours where it has one, by its number in GeoNames (`counted`, or in a link),
    else by its own number."""
    if own.startswith(PREFIXES["place"]):
        if not is_iri(own):
            raise Rejected(f"no IRI: @id {own!r}")
        return own.removeprefix(PREFIXES["place"])
    exact = [str(each.get("identifier", "")) for each in links if each.get("type") == "exactMatch"]
    plain, counted = number.removesuffix(".0"), counted.removesuffix(".0")
    found = next((each for text in (own, *exact) if (each := _IN_GEONAMES.search(text))), None)
    entry = found[1] or found[2] if found else counted if _NUMBER.fullmatch(counted) else ""
    if entry and int(entry) in task.geonames:
        return task.geonames[int(entry)].removeprefix(PREFIXES["place"])
    if entry:
        return f"geonames-{int(entry)}"
    if plain and slug(plain, len(plain)) == plain:
        return f"{task.stem}-{plain}"
    return f"{task.stem}-{slug(plain or name)}-{key(plain or name)}"


def _kind(task: Task, properties: dict[str, Any], types: list[dict[str, Any]], known: dict[str, str]) -> str:
    words = [str(_property(task, properties, "type") or "")]
    words += [str(each.get("label", "")) for each in types]
    labels = [each["sourceLabels"] for each in types if isinstance(each.get("sourceLabels"), list)]
    words += [str(label.get("label", "")) for several in labels for label in several if isinstance(label, dict)]
    for word in filter(None, words):
        if word.casefold() in known:
            return known[word.casefold()]
        for beginning, kind in KINDS.items():
            if word.startswith(beginning) and (len(beginning) > 1 or word == beginning):
                return kind
    return "Locality"


def _names(task: Task, properties: dict[str, Any], names: list[dict[str, Any]], name: str) -> list[str]:
    """The other names, each with its language, as literals."""
    listed = properties.pop("alternatenames", None) if "names" not in task.mapping.get("properties", {}) else None
    listed = listed or _property(task, properties, "names")
    found = {(text.strip(), "und") for text in str(listed or "").split(",")}
    for each in names:
        language = str(each.get("lang") or "und")
        found.add((str(each["toponym"]).strip(), language if LANGUAGE.fullmatch(language) else "und"))
    return [quoted(text, language) for text, language in sorted(found) if text and (text, language) != (name, "en")]


def _outer(part: Part, properties: dict[str, Any], relations: list[dict[str, Any]], cells: Cells) -> str | None:
    """What the place lies in: the place that a relation names, or a division that a property names."""
    for each in relations:
        target = str(each.get("relationTo", ""))
        if str(each.get("relationType", "")).endswith("broaderPartitive"):
            if target.startswith(f"{BASE}id/place/") and is_iri(target):
                return f"<{target}>"
            cells.odd.append(f"a relation to a place that is not ours: {target}")
    task, outer, above = part.task, None, part.task.dataset
    given = task.mapping.get("properties", {}).get("within", list(PROPERTIES["within"]))
    for level, called in enumerate([given] if isinstance(given, str) else given, 1):
        name = str(properties.pop(called, "") or "").strip()
        if not name:
            break
        local = f"{task.dataset}-adm{level}-{slug(name)}-{key(above, name)}"
        iri = curie("place", local)
        inside = f" ; kg:within {outer}" if outer else ""
        kind = "Province" if level == 1 else "District"
        label = quoted(name, "en")
        part.describe(iri, f"{iri} a kg:Place ; kg:placeType kg:{kind} ; skos:prefLabel {label}{inside} .\n")
        outer, above = iri, f"{above}-{slug(name)}"
    return outer


def _point(properties: dict[str, Any], geometry: Any, task: Task) -> tuple[float, float] | None:
    """The position: what the properties say, else the point, or the centre of the outline."""
    east, north = (_property(task, properties, each) for each in ("longitude", "latitude"))
    if east is not None and north is not None:
        found = _degrees(east, north)
    else:
        points = list(_coordinates(geometry))
        if not points:
            return None
        easts, norths = zip(*points, strict=True)
        single = len(points) == 1
        found = points[0] if single else ((min(easts) + max(easts)) / 2, (min(norths) + max(norths)) / 2)
    if not (abs(found[0]) <= 180 and abs(found[1]) <= 90):  # what is no number is neither
        raise Rejected(f"no longitude and latitude: {found[0]}, {found[1]}")
    return found


def _degrees(east: Any, north: Any) -> tuple[float, float]:
    try:
        return float(east), float(north)
    except (TypeError, ValueError):
        raise Rejected(f"no longitude and latitude: {east}, {north}") from None


def _coordinates(geometry: Any) -> Iterable[tuple[float, float]]:
    """All points of a geometry."""
    if not isinstance(geometry, dict):
        return
    for inner in _objects(geometry, "geometries"):
        yield from _coordinates(inner)
    ring = [geometry.get("coordinates")]
    while ring:
        each = ring.pop()
        if isinstance(each, list) and len(each) >= 2 and all(isinstance(part, int | float) for part in each[:2]):
            yield float(each[0]), float(each[1])
        elif isinstance(each, list):
            ring += each


def _candidates(part: Part, iri: str, local: str, links: list[dict[str, Any]]) -> None:
    """Links to the same place elsewhere, as candidates: a person accepts them."""
    relations = {"exactMatch": "skos:exactMatch", "closeMatch": "skos:closeMatch"}
    for each in links:
        target, kind = str(each.get("identifier", "")), str(each.get("type", "")).removeprefix("skos:")
        relation = relations.get(kind)
        if relation and target.startswith(("http://", "https://")) and is_iri(target) and not target.startswith(BASE):
            name = curie("link", f"{local}-{key(target)}")
            part.say(
                f"{name} a kg:Link ; kg:linkSubject {iri} ; kg:linkTarget <{target}> ; kg:linkRelation {relation} ;"
                f' kg:linkStatus kg:Candidate ; kg:retrieved "{part.task.retrieved}"^^xsd:date .\n'
            )
            part.tally.made["candidates of links"] += 1
