"""Derived relationships on one day, straight from their definitions (docs/networks.md), with networkx alone.

Slow on purpose, and the yardstick: `kg.derive.standing` and what builds on it have to give the same answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import networkx as nx

from kg.control.record import Day
from kg.derive.answers import (
    GROUNDS,
    HELD,
    KNOWN,
    LOST,
    THRESHOLDS,
    Access,
    Across,
    Blocker,
    Borders,
    Chokepoint,
    Corridor,
    Detour,
    Ground,
    Holding,
    Level,
    Link,
    Pocket,
    Reading,
    Way,
    Ways,
)
from kg.derive.reference_plain import Interval, Plain
from kg.derive.reference_roads import falling_apart, shortest, without

Places = frozenset[str]


@dataclass(frozen=True)
class On:
    """How an actor stands on a day."""

    plain: Plain
    day: Day
    actor: str

    @cached_property
    def graph(self) -> nx.MultiGraph:
        """All pieces of road."""
        return self.plain.graph

    @cached_property
    def side(self) -> Places:
        """The actor and its allies."""
        return self.plain.side(self.actor)

    def in_force(self, place: str) -> list[Interval]:
        """What is said of a place or area on that day."""
        return self.plain.in_force(place, self.day)

    def named(self, place: str) -> list[Interval]:
        """Who is said to control a place that day; partial control is no control."""
        return [each for each in self.in_force(place) if each.extent != "SomeParts"]

    def silent(self, place: str) -> bool:
        """Whether nobody says anything of a place."""
        return not self.named(place)

    def own(self, place: str) -> bool:
        """Whether the actor or an ally is named at a place."""
        return any(each.actor in self.side for each in self.named(place))

    def captured(self, place: str) -> bool:
        """Whether an own interval in force came by a change of control."""
        return any(each.actor in self.side and each.captured for each in self.named(place))

    @cached_property
    def levels(self) -> dict[str, Level]:
        """The levels of all places on the network."""
        return {place: self._level(place) for place in self.graph}

    def level(self, place: str) -> Level:
        """How far the actor can count on a place."""
        return self.levels[place] if place in self.levels else self._level(place)

    def _level(self, place: str) -> Level:
        named = self.named(place)
        ours = [each for each in named if each.actor in self.side]
        if any(each.certain(self.day) for each in ours):
            return HELD
        if len(ours) == len(named):
            return KNOWN
        return 1 if ours else LOST

    def area_level(self, area: str) -> Level:
        """To what an area that is passed lowers a piece of road."""
        theirs = [each for each in self.in_force(area) if each.actor not in self.side]
        return min((LOST if each.extent == "Whole" and each.certain(self.day) else 1 for each in theirs), default=HELD)

    @cached_property
    def piece_levels(self) -> dict[str, Level]:
        """The levels of all pieces of road."""
        return {
            name: min([KNOWN if piece.assumed else HELD, *map(self.area_level, piece.areas)])
            for name, piece in self.plain.pieces.items()
        }

    def piece_level(self, piece: str) -> Level:
        """How far the actor can count on a piece of road."""
        return self.piece_levels[piece]

    def at(self, threshold: Level, taken: Iterable[str] = ()) -> nx.MultiGraph:
        """The places and pieces of at least a level; those that are taken as held count as such."""
        raised = frozenset(place for place in taken if self.level(place) < threshold)
        if (threshold, raised) not in self._graphs:
            self._graphs[threshold, raised] = self.plain.part(
                lambda place: place in raised or self.level(place) >= threshold,
                lambda piece: self.piece_level(piece) >= threshold,
            )
        return self._graphs[threshold, raised]

    @cached_property
    def _graphs(self) -> dict[tuple[Level, Places], nx.MultiGraph]:
        return {}

    @property
    def seat(self) -> str | None:
        """The actor's seat; None where there is none, or it is certainly lost."""
        seat = self.plain.seats.get(self.actor)
        return None if seat is None or self.level(seat) == LOST else seat

    # ── relationships ───────────────────────────────────────────────────────────────────────────────────────────────

    def reach(self, one: str, other: str, taken: Iterable[str] = ()) -> Level:
        """The greatest strength of any way between two places."""
        for threshold in (3, 2, 1):
            graph = self.at(threshold, taken)
            if one in graph and other in graph and nx.has_path(graph, one, other):
                return threshold
        return LOST

    def corridors(self) -> list[Corridor]:
        """The state of every named road."""
        return [self.corridor(road) for road in sorted(self.plain.roads)]

    def corridor(self, road: str) -> Corridor:
        """The state of a named road."""
        stops, pieces = self.plain.roads[road]
        strength = min([*map(self.level, stops), *map(self.piece_level, pieces)])
        blockers = {
            Blocker(each.iri, stop, each.actor, "EndLost" if stop in (stops[0], stops[-1]) else "HeldByOther")
            for stop in stops if self.level(stop) <= 1
            for each in self.named(stop) if each.actor not in self.side
        } | {
            Blocker(each.iri, area, each.actor, "AreaPartly" if each.extent == "SomeParts" else "AreaHeld")
            for piece in pieces for area in self.plain.pieces[piece].areas
            for each in self.in_force(area) if each.actor not in self.side
        }  # fmt: skip
        grounds: set[Ground] = {each.ground for each in blockers}
        if any(self.plain.pieces[piece].assumed for piece in pieces):
            grounds.add("RoadAssumed")
        reach = self.reach(stops[0], stops[-1])
        way = shortest(self.at(reach), stops[0], stops[-1]) if strength <= 1 and reach > strength else None
        return Corridor(
            road, strength, stops, pieces, tuple(filter(self.silent, stops)),
            tuple(stop for stop in stops if self.level(stop) == KNOWN and not self.silent(stop)),
            tuple(ground for ground in GROUNDS if ground in grounds),
            tuple(sorted(blockers, key=lambda each: (each.place, each.holder, each.ground, each.interval))),
            Detour(reach, way) if way else None,
        )  # fmt: skip

    def links(self) -> list[Link]:
        """The pieces between two own places."""
        found = []
        for name, piece in sorted(self.plain.pieces.items()):
            one, other = piece.ends
            strength = min(self.level(one), self.level(other), self.piece_level(name))
            if self.own(one) and self.own(other) and strength >= 1:
                found.append(Link(name, (one, other), strength, self.captured(one) and self.captured(other)))
        return found

    def across(self) -> list[Across]:
        """The pairs of captured places with a piece each to the same silent place."""
        found = []
        for junction in self.graph:
            if not self.silent(junction):
                continue
            spokes = [(end, piece) for _, end, piece in self.graph.edges(junction, keys=True) if self.captured(end)]
            for (one, first), (other, second) in combinations(sorted(spokes), 2):
                strength = min(
                    self.level(one), self.level(other), KNOWN, self.piece_level(first), self.piece_level(second)
                )
                if one != other and strength >= 1:
                    found.append(Across((one, other), junction, strength, (first, second)))
        return sorted(found, key=lambda each: (each.ends[0], each.junction, each.ends[1], each.pieces))

    def components(self, reading: Reading) -> list[Places]:
        """The places that join up, with at least one own place."""
        graph = self.at(THRESHOLDS[reading])
        return [frozenset(places) for places in nx.connected_components(graph) if any(map(self.own, places))]

    def principal(self, places: Iterable[str]) -> str:
        """The place that a holding is named by: the seat, else the one with most inhabitants, else the first."""
        own = sorted(filter(self.own, places))
        seat = self.plain.seats.get(self.actor)
        return seat if seat in own else max(own, key=lambda place: self.plain.population.get(place, 0))

    def holdings(self, reading: Reading) -> list[Holding]:
        """What hangs together."""
        found = [
            Holding(self.principal(places), tuple(sorted(filter(self.own, places))),
                    tuple(sorted(filter(self.silent, places)))) for places in self.components(reading)
        ]  # fmt: skip
        return sorted(found, key=lambda each: each.principal)

    def pockets(self) -> list[Pocket] | None:
        """The own places that are cut off from the seat; None without a verdict."""
        seat = self.seat
        if seat is None:
            return None
        found = []
        for place in sorted(filter(self.own, self.graph)):
            reach, level = self.reach(place, seat, {place, seat}), self.level(place)
            if reach <= 1:
                found.append(Pocket(place, "certain" if level == HELD and reach == LOST else "possible", level, reach))
        return found

    def borders(self) -> Borders:
        """The own border crossings."""
        crossings = sorted(filter(self.own, self.plain.crossings))
        apart = tuple(place for place in crossings if place not in self.graph)
        found = []
        for crossing in filter(self.graph.has_node, crossings):
            level, seat = self.level(crossing), self.seat
            if seat is not None:
                found.append(Access(crossing, level, reach=self.reach(crossing, seat, {seat})))
                continue
            reading: Reading = "certainly" if level == HELD else "possibly"
            around = next(places for places in self.components(reading) if crossing in places)
            found.append(Access(crossing, level, reading=reading, holding=self.principal(around)))
        return Borders(tuple(found), apart)

    def chokepoints(self) -> list[Chokepoint]:
        """The places and pieces that hold together what the actor holds, as far as known."""
        seat = self.seat
        graph = self.at(KNOWN, {seat} if seat else ())
        found = []
        for places in nx.connected_components(graph):
            if not any(map(self.own, places)):
                continue
            part = graph.subgraph(places)
            for name, is_piece in falling_apart(part):
                if name == seat:
                    continue
                rest = without(part, name, is_piece)
                near = nx.node_connected_component(rest, seat) if seat in rest else places
                severed = sorted(place for place in places - near - {name} if self.own(place))
                found.append(Chokepoint(name, is_piece, tuple(severed)))
        return sorted(found, key=lambda each: each.name)

    def avoiding(self, one: str, other: str) -> Ways:
        """The shortest ways that avoid the actor."""
        said = {area for area in self.plain.areas if any(each.actor in self.side for each in self.in_force(area))}
        taken = {
            area for area in self.plain.areas
            for each in self.in_force(area)
            if each.actor in self.side and each.extent == "Whole" and each.certain(self.day)
        }  # fmt: skip
        pieces = self.plain.pieces

        def way(place: Callable[[str], bool], piece: Callable[[str], bool]) -> Way | None:
            return shortest(self.plain.part(place, piece), one, other)

        return Ways(
            way(lambda place: self.level(place) == LOST,
                lambda piece: not pieces[piece].assumed and said.isdisjoint(pieces[piece].areas)),
            way(lambda place: self.level(place) == LOST or self.silent(place),
                lambda piece: said.isdisjoint(pieces[piece].areas)),
            way(lambda place: self.level(place) < HELD, lambda piece: taken.isdisjoint(pieces[piece].areas)),
        )  # fmt: skip
