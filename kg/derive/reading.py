"""The network as a store describes it, read from the graphs that were asserted."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from kg import queries
from kg.control.reading import asserted
from kg.control.statements import KG, plain
from kg.derive.describing import LeftOut, Party, Piece, Road, build
from kg.derive.network import Network
from kg.gazetteer import ROUTES
from kg.store.scan import scan
from kg.store.versions import GraphRecord

PROPERTIES = (
    "endpoint", "lengthKm", "roadEvidence", "passesArea", "segment", "placeType", "population", "measures",
    "adjacentTo", "actorType", "seat", "ally",
)  # fmt: skip
"""All that the network is read from, besides the types of pieces and named roads."""

Values = Mapping[str, list[str]]
"""The values of one property of each node that has it, in order."""


def read_network(directory: Path, graphs: Mapping[str, GraphRecord]) -> tuple[Network, list[LeftOut]]:
    """The network that the database in a directory describes, and what is not in it.

    Graphs with conclusions are not read. `directory` is that of a version, or of a candidate nobody writes to.
    """
    told = asserted(dict(graphs))
    texts = {name: queries.text_for("values", "property", [KG + name]) for name in PROPERTIES}
    wanted = {"type": queries.text("road-kinds"), **texts}
    size = sum(graphs[name].triples for name in told)
    return described({name: grouped(terms) for name, terms in scan(directory, told, wanted, size)})


def grouped(terms: Iterator[str]) -> Values:
    """The values of every node, each once, from nodes and values one after the other, as TSV writes terms."""
    found = defaultdict[str, set[str]](set)
    for node, value in zip(terms, terms, strict=True):
        found[node].add(plain(value))
    return {plain(node): sorted(values) for node, values in found.items()}


def described(said: Mapping[str, Values]) -> tuple[Network, list[LeftOut]]:
    """The network that statements describe: for each of `PROPERTIES`, and for "type", the values of each node."""
    kinds, types = said["type"], said["placeType"]
    seats = {seat for each in said["seat"].values() for seat in each}
    pieces = [
        Piece(name, tuple(said["endpoint"].get(name, ())), _least(said["lengthKm"].get(name)),
              f"{KG}RoadAssumed" in said["roadEvidence"].get(name, ()), tuple(said["passesArea"].get(name, ())))
        for name, kind in kinds.items() if f"{KG}RouteSegment" in kind
    ]  # fmt: skip
    roads = [
        Road(name, tuple(sorted(said["endpoint"].get(name, ()), key=lambda end: (end not in seats, end))),
             tuple(said["segment"].get(name, ())))
        for name, kind in kinds.items() if f"{KG}Route" in kind
    ]  # fmt: skip
    actors = [
        Party(name, next(iter(said["seat"].get(name, ())), None), tuple(said["ally"].get(name, ())))
        for name in said["actorType"]
    ]
    places = [name for name in types if ROUTES.isdisjoint(types[name]) and name not in said["measures"]]
    adjacent = [(one, other) for one, beside in said["adjacentTo"].items() for other in beside]
    ends = {end for piece in pieces for end in piece.ends}
    passed = {area for piece in pieces for area in piece.areas} | {area for two in adjacent for area in two}
    return build(
        places, pieces, roads, actors, areas=passed - ends, adjacent=adjacent,
        population={name: int(max(_numbers(counts), default=0)) for name, counts in said["population"].items()},
        crossings=[name for name in places if f"{KG}Crossing" in types[name]],
    )  # fmt: skip


def _least(values: list[str] | None) -> float | None:
    """The least of the numbers that are given; None where nothing is, NaN where nothing that is given is a number."""
    return None if values is None else min(_numbers(values), default=math.nan)


def _numbers(values: list[str]) -> list[float]:
    """The finite numbers among some literals."""
    found = []
    for value in values:
        with suppress(ValueError):
            found.append(float(value))
    return list(filter(math.isfinite, found))
