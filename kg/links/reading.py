"""Things of another data set from a file: a table (CSV), GeoJSON or Linked Places Format, or RDF."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from rdflib import RDFS, Graph, URIRef
from rdflib.term import Node

from kg.errors import BadFile
from kg.links.things import LONGEST_NAME, ROLES, Thing, of_statements, position
from kg.naming import is_iri
from kg.store.syntaxes import ENDINGS, triples

COLUMNS = {
    "iri": "the IRI of the thing",
    "name": "what it is called",
    "names": "further names, | between them",
    "type": "its types in words, | between them",
    "latitude": "degrees north (WGS 84)",
    "longitude": "degrees east (WGS 84)",
    "within": "the IRIs of the things it lies in, | between them",
}
"""The columns of a table; the first two are needed, in any order."""


def things(path: Path) -> list[Thing]:
    """The things that a file tells of; its form is known by the end of its name.

    Raises BadFile, with the line of a table, where it cannot be read, or has a thing without IRI or name.
    """
    ending = path.suffix.casefold()
    readers: dict[str, Callable[[Path], Iterable[Thing]]] = {
        **dict.fromkeys(ENDINGS, _graph), ".csv": _table, ".geojson": _features, ".json": _features,
    }  # fmt: skip
    if ending not in readers:
        raise BadFile(str(path), None, f"is of no known form; accepted are names that end with {', '.join(readers)}")
    try:
        found = list(readers[ending](path))
    except UnicodeDecodeError:
        raise BadFile(str(path), None, "not UTF-8") from None
    except OSError as error:
        raise BadFile(str(path), None, f"cannot be read: {error.strerror}") from None
    if not found:
        raise BadFile(str(path), None, "has no thing with an IRI and a name")
    return found


def _table(path: Path) -> Iterator[Thing]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file, restkey="more")
        header = reader.fieldnames or []
        if missing := [name for name in ("iri", "name") if name not in header]:
            accepted = ", ".join(f"{name} ({told})" for name, told in COLUMNS.items())
            raise BadFile(str(path), 1, f"has no column {' and no column '.join(missing)}; columns are {accepted}")
        try:
            for row in reader:
                yield _row(path, reader.line_num, row)
        except csv.Error as error:
            raise BadFile(str(path), reader.line_num, f"is no CSV: {error}") from None


def _row(path: Path, line: int, row: dict[str, Any]) -> Thing:
    if row.get("more"):
        raise BadFile(str(path), line, "has more cells than the header has names")
    cells = {name: (row.get(name) or "").strip() for name in COLUMNS}
    if not is_iri(cells["iri"]):
        raise BadFile(str(path), line, f"iri={cells['iri']!r}: accepted is an absolute IRI")
    names = [cells["name"], *_parts(cells["names"])]
    if not cells["name"] or any(len(name) > LONGEST_NAME for name in names):
        raise BadFile(str(path), line, f"name={cells['name']!r}: accepted are 1 to {LONGEST_NAME} letters")
    point = position(cells["longitude"], cells["latitude"])
    if point is None and (cells["longitude"] or cells["latitude"]):
        shown = f"longitude={cells['longitude']!r}, latitude={cells['latitude']!r}"
        raise BadFile(str(path), line, f"{shown}: accepted are degrees, -180 to 180 and -90 to 90")
    return Thing(
        cells["iri"], tuple(dict.fromkeys(names)), tuple(_parts(cells["type"])), tuple(_parts(cells["within"])), point
    )


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split("|") if part.strip()]


def _features(path: Path) -> Iterator[Thing]:
    try:
        told = json.loads(path.read_text("utf-8-sig"))
        features = told["features"] if told.get("type") == "FeatureCollection" else [told]
        for number, feature in enumerate(features, 1):
            yield _feature(path, number, feature)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadFile(str(path), None, f"is no GeoJSON: {error}") from None


def _feature(path: Path, number: int, feature: dict[str, Any]) -> Thing:
    """A feature of GeoJSON, or of the Linked Places Format, which has more of a place."""
    told = feature.get("properties") or {}
    iri = feature.get("@id") or feature.get("id") or told.get("iri") or told.get("@id")
    names = [told.get("title"), told.get("name"), told.get("label")]
    names += [each.get("toponym") for each in feature.get("names", ())]
    kept = [name for name in names if isinstance(name, str) and name.strip() and len(name) <= LONGEST_NAME]
    if not (isinstance(iri, str) and is_iri(iri)) or not kept:
        message = f"feature {number} has no id that is an absolute IRI, or no name (title, name, label, names)"
        raise BadFile(str(path), None, message)
    types = [each.get("label") for each in feature.get("types", ())] + [told.get("type")]
    within = [each.get("relationTo") for each in feature.get("relations", ()) if _is_part_of(each)]
    return Thing(
        iri, tuple(dict.fromkeys(kept)), tuple(each for each in types if isinstance(each, str)),
        tuple(each for each in within if isinstance(each, str)), _first_point(feature.get("geometry")),
    )  # fmt: skip


def _is_part_of(relation: dict[str, Any]) -> bool:
    return str(relation.get("relationType", "")).endswith("broaderPartitive")


def _first_point(geometry: Any) -> tuple[float, float] | None:
    if not isinstance(geometry, dict):
        return None
    if geometry.get("type") == "Point":
        east, north, *_ = geometry["coordinates"]
        return position(str(east), str(north))
    return next((point for each in geometry.get("geometries", ()) if (point := _first_point(each))), None)


def _graph(path: Path) -> Iterator[Thing]:
    graph = Graph()
    graph += triples(path, path.absolute().as_uri())
    said: defaultdict[str, set[tuple[str, Node, str]]] = defaultdict(set)
    for subject, property_, value in graph:
        if isinstance(subject, URIRef) and (role := ROLES.get(str(property_))):
            label = graph.value(value, RDFS.label, any=True) if isinstance(value, URIRef) else None
            said[str(subject)].add((role, value, str(label or "")))
    for iri, told in sorted(said.items()):
        thing = of_statements(iri, told)
        if thing.names:
            yield thing
