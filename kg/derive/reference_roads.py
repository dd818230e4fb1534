"""What the reference asks of a graph of roads: what falls apart without what, and the shortest ways."""

from __future__ import annotations

import networkx as nx

from kg.derive.answers import Way


def falling_apart(graph: nx.MultiGraph) -> list[tuple[str, bool]]:
    """The cut places and the bridges (true) of a graph: without them it has more components."""
    size = nx.number_connected_components(graph)
    things = [*((place, False) for place in graph), *((piece, True) for *_, piece in graph.edges(keys=True))]
    return [thing for thing in things if nx.number_connected_components(without(graph, *thing)) > size]


def without(graph: nx.MultiGraph, name: str, is_piece: bool) -> nx.MultiGraph:
    """A graph without a place or a piece."""
    rest = nx.MultiGraph(graph)
    if is_piece:
        rest.remove_edges_from([(one, other, key) for one, other, key in graph.edges(keys=True) if key == name])
    else:
        rest.remove_node(name)
    return rest


def shortest(graph: nx.MultiGraph, one: str, other: str) -> Way | None:
    """The shortest way by kilometres."""
    if one not in graph or other not in graph or not nx.has_path(graph, one, other):
        return None
    places = nx.dijkstra_path(graph, one, other, weight="km")
    steps = [
        min((told["km"], piece) for piece, told in graph[here][there].items())
        for here, there in nx.utils.pairwise(places)
    ]
    return Way(sum(km for km, _ in steps), tuple(places), tuple(piece for _, piece in steps))
