"""The reference where nobody's view is taken: fronts, what the network falls apart without, the shortest ways."""

from __future__ import annotations

from itertools import product

import networkx as nx

from kg.control.record import Day
from kg.derive.answers import Chokepoint, Front, Way
from kg.derive.reference_plain import Plain


def fronts(plain: Plain, day: Day) -> list[Front]:
    """The pieces of road at whose ends different, not allied actors are named."""
    found = []
    for name, piece in sorted(plain.pieces.items()):
        named = [
            {each.actor: each.certain(day) for each in plain.in_force(end, day) if each.extent != "SomeParts"}
            for end in piece.ends
        ]
        pairs = [(a, b) for a, b in product(*map(sorted, named)) if b not in plain.side(a)]
        if pairs:
            certain = any(named[0][a] and named[1][b] for a, b in pairs)
            found.append(Front(name, (piece.ends[0], piece.ends[1]), certain, tuple(pairs)))
    return found


def of_network(plain: Plain) -> list[Chokepoint]:
    """The places and pieces without which the whole network falls into more parts."""
    return sorted((Chokepoint(*each) for each in falling_apart(plain.graph)), key=lambda each: each.name)


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
