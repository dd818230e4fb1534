"""Things of other data sets: what they are called, of what kind they are, where, and in what they lie.

The properties are those of Wikidata, DBpedia, GeoNames, GeoSPARQL, SKOS, schema.org and WGS 84, so that one query reads
them all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from rdflib import Literal, URIRef
from rdflib.term import Node

from kg import queries
from kg.gazetteer import coordinates, last_part
from kg.links.endpoint import Endpoint
from kg.store.terms import Row

BATCH = 50
"""Things that one query asks about."""
NAMES_AT_ONCE = 100
"""Names that one query looks for."""
LONGEST_NAME = 300
"""Letters from which on a label is no name."""
_WD, _DBO, _GN = (
    "http://www.wikidata.org/prop/direct/",
    "http://dbpedia.org/ontology/",
    "http://www.geonames.org/ontology#",
)
_WGS84 = "http://www.w3.org/2003/01/geo/wgs84_pos#"
_SCHEMA = ("http://schema.org/", "https://schema.org/")
ROLES = {
    "http://www.w3.org/2000/01/rdf-schema#label": "name",
    "http://www.w3.org/2004/02/skos/core#prefLabel": "name",
    "http://www.w3.org/2004/02/skos/core#altLabel": "name",
    "http://xmlns.com/foaf/0.1/name": "name",
    **{f"{space}{each}": "name" for space in _SCHEMA for each in ("name", "alternateName")},
    **{f"{_GN}{each}": "name" for each in ("name", "alternateName", "officialName", "shortName")},
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#type": "type",
    **{f"{space}{each}": "type" for space, each in ((_WD, "P31"), (_GN, "featureCode"), (_GN, "featureClass"))},
    f"{_WD}P625": "point",
    "http://www.opengis.net/ont/geosparql#asWKT": "point",
    f"{_WGS84}lat": "latitude",
    f"{_WGS84}long": "longitude",
    **{f"{_WD}{each}": "within" for each in ("P131", "P17")},
    **{f"{_DBO}{each}": "within" for each in ("isPartOf", "country")},
    **{f"{_GN}{each}": "within" for each in ("parentFeature", "parentADM1", "parentCountry")},
}
"""Property → what it tells of a thing."""


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing of another data set: its IRI, its names, the first of which is what it is called, its types in words, the
    things it lies in, and longitude and latitude (WGS 84), where they are known."""

    iri: str
    names: tuple[str, ...]
    types: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    point: tuple[float, float] | None = None


def found(endpoint: Endpoint, names: Iterable[Literal], around: Iterable[str]) -> Iterator[str]:
    """The IRIs of things that have one of these names, as it is written, or lie in these things. Raises
    ElsewhereFailed."""
    query = queries.text("things-called")
    listed, containers = sorted(set(names)), sorted(set(around))
    for start in range(0, max(len(listed), 1), NAMES_AT_ONCE):
        named = queries.filled_with(query, "name", listed[start : start + NAMES_AT_ONCE])
        within = containers if start == 0 else []
        for row in endpoint.select(queries.filled(named, "around", within)):
            if isinstance(thing := row.get("thing"), URIRef):
                yield str(thing)


def described(endpoint: Endpoint, iris: Iterable[str]) -> Iterator[Thing]:
    """What an endpoint says of things; those of which it says nothing are left out. Raises ElsewhereFailed."""
    listed = sorted(set(iris))
    query = queries.text_for("said-of-things", "property", ROLES)
    for start in range(0, len(listed), BATCH):
        some = listed[start : start + BATCH]
        rows = endpoint.select(queries.filled(query, "thing", some))
        # who answers may answer anything
        asked = frozenset(some)
        yield from of_rows(row for row in rows if str(row.get("thing")) in asked)


def of_rows(rows: Iterable[Row]) -> list[Thing]:
    """Things from solutions of `kg/queries/said-of-things.rq`, in the order of their IRIs."""
    told: defaultdict[str, set[tuple[str, Node, str]]] = defaultdict(set)
    for row in rows:
        role = ROLES.get(str(row.get("property")))
        if role and isinstance(row.get("thing"), URIRef) and "value" in row:
            told[str(row["thing"])].add((role, row["value"], str(row.get("label", ""))))
    return [of_statements(iri, said) for iri, said in sorted(told.items())]


def of_statements(iri: str, said: Iterable[tuple[str, Node, str]]) -> Thing:
    """A thing from what is said of it: role, value, and what the value is called where it is an IRI."""
    values: defaultdict[str, list[tuple[Node, str]]] = defaultdict(list)
    for role, value, label in sorted(said, key=lambda each: (each[0], str(each[1]), each[2])):
        values[role].append((value, label))
    names = [value for value, _ in values["name"] if isinstance(value, Literal) and len(value) <= LONGEST_NAME]
    names.sort(key=lambda name: (name.language != "en", bool(name.language), str(name)))
    types = {label or last_part(value) for value, label in values["type"] if isinstance(value, URIRef)}
    return Thing(
        iri,
        tuple(dict.fromkeys(str(name) for name in names if name.strip())),
        tuple(sorted(types)),
        tuple(sorted({str(value) for value, _ in values["within"] if isinstance(value, URIRef)})),
        _point([str(value) for value, _ in values["point"]], *(
            [str(value) for value, _ in values[role]] for role in ("longitude", "latitude")
        )),
    )  # fmt: skip


def _point(texts: Sequence[str], longitudes: Sequence[str], latitudes: Sequence[str]) -> tuple[float, float] | None:
    pairs = [pair for text in texts if (pair := coordinates(text))]
    for longitude, latitude in [*pairs, *zip(longitudes, latitudes, strict=False)]:
        if point := position(longitude, latitude):
            return point
    return None


def position(longitude: str, latitude: str) -> tuple[float, float] | None:
    """Longitude and latitude from texts; None where they are no position on Earth."""
    with suppress(ValueError):
        east, north = float(longitude), float(latitude)
        if -180 <= east <= 180 and -90 <= north <= 90:
            return east, north
    return None
