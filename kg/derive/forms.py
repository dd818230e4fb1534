"""Graphs in the forms that other programs read: JSON (node-link), GeoJSON, GraphML, GEXF, Cytoscape JSON.

All are written by networkx but GeoJSON, for which it has no writer. Equal graphs give equal text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any, Literal, get_args

import networkx as nx

from kg.control.record import Day
from kg.gazetteer import Gazetteer, Kind, last_part

Form = Literal["json", "geojson", "graphml", "gexf", "cytoscape"]
FORMS: tuple[Form, ...] = get_args(Form)
Attributes = dict[str, Any]
SCALE = 10.0
"""What a degree is on the canvas of Gephi: so the places of a country lie a few hundred units apart."""

_DATED = re.compile(r' lastmodifieddate="[^"]*"')


def day(number: Day) -> str:
    """A day as a text."""
    return date.fromordinal(number).isoformat()


def described(gazetteer: Gazetteer, kind: Kind, iri: str, lang: str) -> Attributes:
    """What a node is called, of what kind it is, and where; what is not known is left out."""
    entry = gazetteer.entries[kind].get(iri)
    found: Attributes = {"kind": kind, "label": gazetteer.label(iri, lang)}
    if entry and entry.types:
        found["type"] = last_part(entry.types[0])
    if entry and entry.point:
        found["longitude"], found["latitude"] = entry.point
    return found


def written(graph: nx.Graph, form: Form) -> str:
    """A graph as a text in one of `FORMS`.

    In the forms of XML lists are texts with spaces between. GEXF has `spells` and `runs` as lifetimes that Gephi plays,
    and places at their positions. There a day is the moment at which it begins, so the end of a lifetime is the day
    after its last one.
    """
    if form == "json":
        return _dumped(nx.node_link_data(graph, edges="edges"))
    if form == "geojson":
        return _dumped(features(graph))
    if form == "cytoscape":
        # networkx writes what is told of the whole graph as pairs; Cytoscape reads an object
        return _dumped(nx.cytoscape_data(graph) | {"data": graph.graph})
    if form == "graphml":
        return "\n".join(nx.generate_graphml(_flat(graph))) + "\n"
    # networkx dates the file by the day on which it is written
    return _DATED.sub("", "\n".join(nx.generate_gexf(_played(graph)))) + "\n"


def features(graph: nx.Graph) -> dict[str, Any]:
    """A graph as GeoJSON (RFC 7946): nodes are points, edges lines between two of them; without a position null."""

    def point(node: str) -> list[float] | None:
        about = graph.nodes[node]
        return [about["longitude"], about["latitude"]] if "longitude" in about else None

    def feature(name: str, geometry: dict[str, Any] | None, about: Mapping[str, Any]) -> dict[str, Any]:
        told = {key: value for key, value in about.items() if key not in ("longitude", "latitude")}
        return {"type": "Feature", "id": name, "geometry": geometry, "properties": told}

    found = [
        feature(node, {"type": "Point", "coordinates": point(node)} if point(node) else None, about)
        for node, about in graph.nodes(data=True)
    ]
    for name, source, target, about in edges(graph):
        ends = [point(source), point(target)]
        line = {"type": "LineString", "coordinates": ends} if all(ends) else None
        found.append(feature(name, line, {"source": source, "target": target, **about}))
    return {"type": "FeatureCollection", **graph.graph, "features": found}


def edges(graph: nx.Graph) -> Iterator[tuple[str, str, str, Attributes]]:
    """Every edge: its key, or its ends where it has none, the two ends, its attributes."""
    if graph.is_multigraph():
        yield from ((str(key), one, other, about) for one, other, key, about in graph.edges(keys=True, data=True))
    else:
        yield from ((f"{one} {other}", one, other, about) for one, other, about in graph.edges(data=True))


def _dumped(told: object) -> str:
    return json.dumps(told, ensure_ascii=False) + "\n"


def _flat(graph: nx.Graph) -> nx.Graph:
    """A graph whose attributes are texts, numbers and truths."""
    found = graph.__class__(**_texts(graph.graph))
    found.add_nodes_from((node, _texts(about)) for node, about in graph.nodes(data=True))
    if graph.is_multigraph():
        found.add_edges_from((one, other, key, _texts(about)) for one, other, key, about in
                             graph.edges(keys=True, data=True))  # fmt: skip
    else:
        found.add_edges_from((one, other, _texts(about)) for one, other, about in graph.edges(data=True))
    return found


def _texts(about: Mapping[str, Any]) -> Attributes:
    return {key: _text(value) for key, value in about.items() if value is not None}


def _text(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return " ".join(map(str, map(_text, value)))
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    return value


def _played(graph: nx.Graph) -> nx.Graph:
    """A graph with lifetimes and positions as networkx's writer of GEXF takes them."""
    found = _flat(graph)
    for node, about in graph.nodes(data=True):
        told = found.nodes[node]
        if "longitude" in about:
            told["viz"] = {"position": {"x": about["longitude"] * SCALE, "y": about["latitude"] * SCALE, "z": 0.0}}
        if runs := about.get("runs"):
            told.pop("runs")
            told["state"] = [(run["state"], *_moments(run)) for run in runs]
    for (_, _, _, about), (name, _, _, told) in zip(edges(graph), edges(found), strict=True):
        told["id"] = name
        if spells := about.get("spells"):
            told["spells"] = [_moments(life) for life in _lives(spells)]
            told["certainty"] = [(spell["certainty"], *_moments(spell)) for spell in spells]
    return found


def _lives(spells: Iterable[Mapping[str, str]]) -> list[dict[str, str]]:
    """Spells without their certainty: those that follow each other are one."""
    found: list[dict[str, str]] = []
    for spell in spells:
        if found and date.fromisoformat(found[-1]["last"]) + timedelta(days=1) == date.fromisoformat(spell["first"]):
            found[-1]["last"] = spell["last"]
        else:
            found.append({"first": spell["first"], "last": spell["last"]})
    return found


def _moments(told: Mapping[str, str]) -> tuple[str, str]:
    """From the beginning of the first day until the beginning of the day after the last, where there is such a day."""
    last = date.fromisoformat(told["last"])
    return told["first"], (last if last == date.max else last + timedelta(days=1)).isoformat()
