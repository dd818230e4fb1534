"""Derived relationships through time, straight from their definitions (docs/networks.md): day by day, with networkx."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby

import networkx as nx

from kg.control.record import Day
from kg.derive.answers import HELD, KNOWN, LOST, THRESHOLDS, HoldingChange, Level, Pocket, Reading, Since
from kg.derive.reference import On, Places
from kg.derive.reference_plain import Plain

Bounds = tuple[Day | None, Day | None, Day | None, Day | None]
"""Possible from, certain from, certain until, possible until, inclusive; None where there is no such day, or no end."""
Grade = int
"""How far a relationship holds on a day: 0 no, 1 possibly, 2 certainly."""


def days(plain: Plain) -> range:
    """Every day from the study start to the last change; after that nothing changes."""
    return range(plain.study_start, plain.last_change() + 1)


def bounds(grades: Iterable[tuple[Day, Grade]]) -> list[Bounds]:
    """The intervals of a relationship, from its grades on all days in order: each maximal stretch of days on which it
    is at least possible, cut where a second certain stretch begins."""
    found: list[Bounds] = []
    every = list(grades)
    final = every[-1][0] if every else 0

    def closed(day: Day) -> Day | None:
        return None if day == final else day

    for possible, stretch in groupby(every, lambda each: each[1] > 0):
        if not possible:
            continue
        told = list(stretch)
        first, last = told[0][0], told[-1][0]
        sure = [[day for day, _ in run] for certain, run in groupby(told, lambda each: each[1] == 2) if certain]
        if not sure:
            found.append((first, None, None, closed(last)))
        for number, run in enumerate(sure):
            until = sure[number + 1][0] - 1 if number + 1 < len(sure) else closed(last)
            found.append((run[0] if number else first, run[0], closed(run[-1]), until))
    return found


def road_intervals(plain: Plain, actor: str, road: str) -> dict[str, list[Bounds]]:
    """When a named road was open, and when it was cut."""
    strength = [(day, On(plain, day, actor).corridor(road).strength) for day in days(plain)]
    return {
        "Open": bounds((day, 2 if level == HELD else int(level >= 1)) for day, level in strength),
        "Cut": bounds((day, 2 if level == LOST else int(level <= 1)) for day, level in strength),
    }


def pocket_intervals(plain: Plain, actor: str) -> dict[str, list[Bounds]]:
    """When each place was a pocket."""
    daily = {day: {each.place: each for each in On(plain, day, actor).pockets() or []} for day in days(plain)}
    places = sorted({place for told in daily.values() for place in told})
    return {place: bounds((day, grade(told.get(place))) for day, told in daily.items()) for place in places}


def grade(pocket: Pocket | None) -> Grade:
    """How far a place is a pocket."""
    return 0 if pocket is None else 2 if pocket.verdict == "certain" else 1


def since(plain: Plain, day: Day, actor: str, place: str, least: Grade) -> Since | None:
    """Since when, without a break, a place has been a pocket at least possibly (1) or certainly (2), and because of
    what; None where it is none on the day."""
    first = None
    while day >= plain.study_start:
        on = On(plain, day, actor)
        if grade(next((each for each in on.pockets() or [] if each.place == place), None)) < least:
            break
        first, day = on, day - 1
    if first is None:
        return None
    seat = first.seat
    assert seat is not None
    threshold = KNOWN if least == 1 else 1
    before = On(plain, first.day - 1, actor)
    taken = {place, seat}

    def joins(graph: nx.MultiGraph) -> bool:
        return bool(nx.has_path(graph, place, seat))

    piece = frozenset(nx.node_connected_component(first.at(threshold, taken), place))
    return Since(first.day, because(before, first, threshold, taken, joins, piece) or (place,))


def because(
    before: On, after: On, threshold: Level, taken: set[str], joins: Callable[[nx.MultiGraph], bool], piece: Places
) -> tuple[str, ...]:
    """What was lost from one day to another: the places and areas of which one alone, put back, joins; if there is
    none, all that touch the piece.

    To explain what came, the two days are exchanged.
    """
    places = {place for place in after.graph if before.level(place) >= threshold > after.level(place)} - taken
    areas = {area for area in after.plain.areas if before.area_level(area) >= threshold > after.area_level(area)}
    alone = {name for name in places | areas if joins(put_back(after, threshold, taken, name))}
    return tuple(sorted(alone or touching(before, after, threshold, places, areas, piece)))


def put_back(on: On, threshold: Level, taken: set[str], name: str) -> nx.MultiGraph:
    """The places and pieces of at least a level, with a place or an area put back."""

    def usable(piece: str) -> bool:
        told = on.plain.pieces[piece]
        road = KNOWN if told.assumed else HELD
        return min([road, *(on.area_level(area) for area in told.areas if area != name)]) >= threshold

    return on.plain.part(lambda place: place in taken or place == name or on.level(place) >= threshold, usable)


def touching(
    before: On, after: On, threshold: Level, places: set[str], areas: set[str], piece: Places
) -> set[str]:  # fmt: skip
    """The places that a usable road joins to a piece, and the areas passed by a road out of it that was usable."""
    found = set[str]()
    for name, road in after.plain.pieces.items():
        for here, there in (road.ends, road.ends[::-1]):
            if here in piece and before.piece_level(name) >= threshold:
                found |= areas.intersection(road.areas)
            if here in piece and there in places and after.piece_level(name) >= threshold:
                found.add(there)
    return found


def changes(plain: Plain, day: Day, actor: str, reading: Reading) -> list[HoldingChange]:
    """What joined and what parted since the day before, in order of the principal places."""
    before, after = On(plain, day - 1, actor), On(plain, day, actor)
    found = [
        *_changed("Joined", before, after, reading), *_changed("Parted", after, before, reading)
    ]  # fmt: skip
    return sorted(found, key=lambda each: (each.kind, each.principal))


def _changed(kind: str, parts: On, whole: On, reading: Reading) -> Iterator[HoldingChange]:
    """The components of one day of which the places are in several components of the other."""
    pieces = parts.components(reading)
    for places in whole.components(reading):
        both = {place for place in places if whole.own(place) and parts.own(place)}
        several = [piece for piece in pieces if piece & both]
        if len(several) < 2:
            continue
        joined = kind == "Joined"
        listed = filter(whole.own, places) if joined else (place for piece in several for place in piece & both)
        reasons = reason(whole, parts, THRESHOLDS[reading], several)
        yield HoldingChange(
            "Joined" if joined else "Parted", whole.principal(places), len(several) if joined else 1,
            1 if joined else len(several), tuple(sorted(listed)), reasons,
        )  # fmt: skip


def reason(whole: On, parts: On, threshold: Level, several: list[Places]) -> tuple[str, ...]:
    """What joins pieces that were one on the other day: what alone does; else what touches any of them."""

    def joins(graph: nx.MultiGraph) -> bool:
        return any(
            nx.has_path(graph, min(one), min(other)) for one in several for other in several if min(one) < min(other)
        )

    return because(whole, parts, threshold, set(), joins, frozenset().union(*several))
