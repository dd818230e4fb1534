"""The network as networkx graphs, for notebooks and for what networkx does best.

graph = road_graph(store)
networkx.shortest_path(graph, kabul, herat, weight="km")
"""

from __future__ import annotations

import networkx as nx
import numpy as np

from kg.derive.network import Network
from kg.derive.opening import open_situation
from kg.gazetteer import Entry, open_gazetteer
from kg.store.embedded import Store


def road_graph(store: Store) -> nx.MultiGraph:
    """All pieces of road, from the graphs that were asserted: a `networkx.MultiGraph` whose nodes are the IRIs of
    places and whose edge keys are those of pieces.

    Nodes have `label`, `types` (IRIs), `population` (None: not known), `crossing`, and `longitude` and `latitude` where
    there is a point; edges `km` (0 where no length is known), `assumed`, `areas` and `roads`, the named ones that they
    belong to; the graph `version` and `left_out`. Raises NoStudyStart, NothingPublished, StoreUnreadable.
    """
    situation = open_situation(store)
    graph = pieces_graph(situation.network)
    graph.graph |= {"version": situation.version, "left_out": situation.left_out}
    described(graph, store)
    network = situation.network
    for number, place in enumerate(network.places):
        if place in graph:
            graph.nodes[place]["population"] = int(network.population[number]) or None
            graph.nodes[place]["crossing"] = bool(network.crossing[number])
    return graph


def area_graph(store: Store) -> nx.Graph:
    """The areas that share a stretch of boundary (`kg:adjacentTo`): a `networkx.Graph` whose nodes are their IRIs, with
    `label`, `types`, and `longitude` and `latitude` where there is a point. Raises what `road_graph` raises."""
    situation = open_situation(store)
    network = situation.network
    graph = nx.Graph(version=situation.version)
    graph.add_nodes_from(sorted({network.place(area) for area in network.adjacent[0].tolist()}))
    for one, other in zip(*(column.tolist() for column in network.adjacent), strict=True):
        graph.add_edge(network.place(one), network.place(other))
    described(graph, store)
    return graph


def described(graph: nx.Graph, store: Store) -> None:
    """Give the nodes of a graph their names, types and positions."""
    places = open_gazetteer(store).places
    for place, told in graph.nodes(data=True):
        entry = places.get(place) or Entry(place, "place")
        told |= {"label": entry.label(), "types": entry.types}
        if entry.point:
            told["longitude"], told["latitude"] = entry.point


def pieces_graph(network: Network) -> nx.MultiGraph:
    """The pieces of road with nothing but `km`, `assumed`, `areas` and `roads`; nodes and edges in order."""
    graph = nx.MultiGraph()
    graph.add_nodes_from(network.place(at) for at in np.flatnonzero(network.on_network).tolist())
    areas, roads = ([list[str]() for _ in network.pieces] for _ in range(2))
    for piece, area in zip(*(column.tolist() for column in network.passes), strict=True):
        areas[piece].append(network.place(area))
    for number, road in enumerate(network.roads):
        for piece in network.pieces_of(number).tolist():
            roads[piece].append(road)
    rows = zip(network.pieces, network.end.tolist(), network.other_end.tolist(), network.km.tolist(),
               network.assumed.tolist(), areas, roads, strict=True)  # fmt: skip
    for piece, one, other, km, assumed, passed, named in rows:
        graph.add_edge(network.place(one), network.place(other), piece, km=km, assumed=assumed,
                       areas=tuple(passed), roads=tuple(named))  # fmt: skip
    return graph
