"""routes.ttl: pieces of road and named roads, from roads.csv and corridors.csv."""

from collections import Counter
from pathlib import Path

from rdflib import RDF, SKOS, Graph, Literal, URIRef
from rdflib.namespace import DCTERMS

from tools.gazetteer import IN_PLACES, Place
from tools.tables import Row, rows
from tools.turtle import KG, add, english, iri, new_graph

ABOUT = "Roads: pieces between two named places, and the named roads made of them."
TABLES = "roads.csv and corridors.csv"
EVIDENCE = {"verified": KG.RoadShown, "verified in outline": KG.RoadShown, "": KG.RoadAssumed}


def routes_graph(tables: Path, places: dict[str, Place]) -> Graph:
    """Return the graph of routes.ttl; the ends and areas of the roads stand in ``places``."""
    graph = new_graph()
    pieces: dict[str, tuple[str, str]] = {}
    for row in rows(tables, "roads.csv"):
        piece, ends = add_piece(graph, row, places)
        if piece in pieces:
            raise row.bad("to_id", ends[1], f"a pair of places that has no line yet; {piece} has one")
        pieces[piece] = ends
    for row in rows(tables, "corridors.csv"):
        add_road(graph, row, places, pieces)
    return graph


def place_of(row: Row, column: str, places: dict[str, Place]) -> Place:
    """Return the place that ``column`` names."""
    key = row.known(column, places, IN_PLACES)
    if key is None:
        raise row.bad(column, "", IN_PLACES)
    return places[key]


def add_piece(graph: Graph, row: Row, places: dict[str, Place]) -> tuple[str, tuple[str, str]]:
    """State one piece of road; return its identifier and its two ends."""
    start, end = place_of(row, "from_id", places), place_of(row, "to_id", places)
    row.same("from_name", start.name)
    row.same("to_name", end.name)
    piece = f"{start.id}--{end.id}"
    node = iri("segment", piece)
    add(graph, node, RDF.type, KG.RouteSegment)
    add(graph, node, KG.placeType, KG.Road)
    add(graph, node, SKOS.prefLabel, english(f"{start.label}–{end.label}"))
    add(graph, node, KG.endpoint, iri("place", start.id), iri("place", end.id))
    number = row.optional("road_number")
    add(graph, node, KG.roadNumber, Literal(number) if number else None)
    stated, computed = row.decimal("road_km"), row.decimal("great_circle_km")
    length = computed if stated is None else stated
    if length is not None:
        add(graph, node, KG.lengthKm, Literal(length))
        add(graph, node, KG.lengthKind, KG.GreatCircle if stated is None else KG.Stated)
    add(graph, node, KG.roadEvidence, evidence(row))
    for column in ("passes_provinces", "passes_districts"):
        areas = row.several(column, places, f"{IN_PLACES}, separated by spaces")
        add(graph, node, KG.passesArea, *(iri("place", area) for area in areas))
    add(graph, node, SKOS.note, english(f"Road as listed: {row.text('highway')}."))
    remarks = (("km_kind", "Length"), ("note", "Remark"), ("passes_kind", "Provinces passed"))
    for column, what in remarks:
        remark = row.optional(column)
        add(graph, node, SKOS.note, english(f"{what}: {remark}") if remark else None)
    for column, what in (("source", ""), ("passes_districts_source", "Districts passed: ")):
        origin = row.optional(column)
        add(graph, node, DCTERMS.source, Literal(what + origin) if origin else None)
    return piece, (start.id, end.id)


def evidence(row: Row) -> URIRef:
    """Return whether a source shows the road; a line that is not verified is an assumption."""
    found = row.optional("topology") or ""
    if found not in EVIDENCE:
        raise row.bad("topology", found, "verified, verified in outline, or unverified")
    return EVIDENCE[found]


def add_road(graph: Graph, row: Row, places: dict[str, Place], pieces: dict[str, tuple[str, str]]) -> None:
    """State one named road; ``pieces`` are the ends of every piece of road."""
    road = row.slug("id")
    start, end = place_of(row, "from_id", places), place_of(row, "to_id", places)
    parts = row.several("segments", pieces, "pieces of roads.csv as from--to, separated by spaces")
    if not one_path({part: pieces[part] for part in parts}, start.id, end.id):
        raise row.bad("segments", " ".join(parts), f"pieces that form one path from {start.id} to {end.id}")
    node = iri("road", road)
    add(graph, node, RDF.type, KG.Route)
    add(graph, node, KG.placeType, KG.Corridor)
    add(graph, node, SKOS.prefLabel, english(row.text("label")))
    add(graph, node, KG.endpoint, iri("place", start.id), iri("place", end.id))
    add(graph, node, KG.segment, *(iri("segment", part) for part in parts))
    add(graph, node, DCTERMS.source, Literal(row.text("source")))


def one_path(pieces: dict[str, tuple[str, str]], start: str, end: str) -> bool:
    """Return whether ``pieces``, in any order, are one path from ``start`` to ``end`` that meets no place twice."""
    left, here = dict(pieces), start
    met = Counter(stop for ends in pieces.values() for stop in ends)
    if start == end or any(times > 2 for times in met.values()):
        return False
    while left:
        onward = [piece for piece, ends in left.items() if here in ends]
        if len(onward) != 1:
            return False
        first, second = left.pop(onward[0])
        here = second if here == first else first
    return here == end
