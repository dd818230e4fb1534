"""A situation as plain sets and a networkx graph, which the reference reads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import networkx as nx
import numpy as np

from kg.control.ledger import NEVER
from kg.control.record import Day
from kg.derive.describing import Piece
from kg.derive.graphs import pieces_graph
from kg.derive.situation import Situation

EXTENTS = ("Whole", "Centre", "SomeParts")


class Interval(NamedTuple):
    """An interval of control, half-open."""

    iri: str
    place: str
    actor: str
    possible_from: Day
    certain_from: Day
    certain_until: Day
    possible_until: Day
    extent: str
    captured: bool

    def possible(self, day: Day) -> bool:
        """Whether it is in force."""
        return self.possible_from <= day < self.possible_until

    def certain(self, day: Day) -> bool:
        """Whether it is certain."""
        return self.certain_from <= day < self.certain_until


@dataclass(frozen=True, eq=False)
class Plain:
    """What `kg.derive.situation.Situation` says. `graph` has all pieces of road, `roads` the stops and pieces of each
    named road, in order; `allies` go both ways."""

    study_start: Day
    graph: nx.MultiGraph
    pieces: dict[str, Piece]
    roads: dict[str, tuple[tuple[str, ...], tuple[str, ...]]]
    places: list[str]
    areas: list[str]
    crossings: list[str]
    population: dict[str, int]
    seats: dict[str, str]
    allies: dict[str, frozenset[str]]
    intervals: dict[str, list[Interval]]

    def in_force(self, place: str, day: Day) -> list[Interval]:
        """What is said of a place or area on a day; before the study start nothing."""
        if day < self.study_start:
            return []
        return [each for each in self.intervals.get(place, []) if each.possible(day)]

    def side(self, actor: str) -> frozenset[str]:
        """An actor and its allies."""
        return self.allies.get(actor, frozenset()) | {actor}

    def part(self, places: Callable[[str], bool], pieces: Callable[[str], bool]) -> nx.MultiGraph:
        """The part of the graph that has some places and pieces only."""
        kept = nx.MultiGraph()
        kept.add_nodes_from(place for place in self.graph if places(place))
        kept.add_edges_from(
            (one, other, piece, told) for one, other, piece, told in self.graph.edges(keys=True, data=True)
            if one in kept and other in kept and pieces(piece)
        )  # fmt: skip
        return kept

    def last_change(self) -> Day:
        """The last day on which anything changes."""
        days = [
            day for several in self.intervals.values() for each in several
            for day in (each.possible_from, each.certain_from, each.certain_until, each.possible_until) if day < NEVER
        ]  # fmt: skip
        return max([self.study_start, *days])


def plain(situation: Situation) -> Plain:
    """A situation as plain values."""
    network, held = situation.network, situation.held
    graph = pieces_graph(network)
    intervals = defaultdict[str, list[Interval]](list)
    for number in range(len(held)):
        place = network.place(int(held.place[number]))
        intervals[place].append(Interval(
            held.iri(network, number), place, network.actor(int(held.actor[number])), int(held.possible_from[number]),
            int(held.certain_from[number]), int(held.certain_until[number]), int(held.possible_until[number]),
            EXTENTS[held.extent[number]], bool(held.captured[number]),
        ))  # fmt: skip
    return Plain(
        situation.study_start, graph,
        {piece: Piece(piece, tuple(sorted((one, other))), told["km"], told["assumed"], told["areas"])
         for one, other, piece, told in graph.edges(keys=True, data=True)},
        {road: (tuple(map(network.place, network.stops(number).tolist())),
                tuple(map(network.piece, network.pieces_of(number).tolist())))
         for number, road in enumerate(network.roads)},
        [network.place(at) for at in np.flatnonzero(~network.area).tolist()],
        sorted({area for _, _, told in graph.edges(data=True) for area in told["areas"]}),
        [network.place(at) for at in np.flatnonzero(network.crossing).tolist()],
        {place: int(people) for place, people in zip(network.places, network.population, strict=True) if people},
        {actor: network.place(seat) for actor, seat in zip(network.actors, network.seat.tolist(), strict=True)
         if seat >= 0},
        {actor: frozenset(map(network.actor, network.side(number).tolist()))
         for number, actor in enumerate(network.actors)},
        dict(intervals),
    )  # fmt: skip
