"""The network from plain descriptions of its parts, and a list of what cannot be part of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

import numpy as np

from kg.control.facts import Pairs, pairs
from kg.control.names import Array, Names, table
from kg.derive.network import Network

Why = Literal[
    "does not have two different ends",
    "ends at an unknown place",
    "has a length that is negative or no number",
    "has no length, and counts as 0 km",
    "passes an unknown area",
    "has a piece that was left out",
    "is no simple path between its ends",
    "has a seat at which no piece of road ends",
    "has an unknown ally",
    "is about an unknown place or actor",
    "has no coordinates",
    "no piece of road ends there",
]


class LeftOut(NamedTuple):
    """Something that is not part of the network, or only partly, by its IRI, and why."""

    name: str
    why: Why


class Piece(NamedTuple):
    """A piece of road as it is described: the places it ends at, its length (None: not known), whether it is only
    assumed that there is a road, and the areas it passes."""

    name: str
    ends: tuple[str, ...]
    km: float | None = None
    assumed: bool = False
    areas: tuple[str, ...] = ()


class Road(NamedTuple):
    """A named road as it is described: the place it begins at and the one it ends at, and its pieces in no order."""

    name: str
    ends: tuple[str, ...]
    pieces: tuple[str, ...]


class Party(NamedTuple):
    """An actor as it is described: its seat, and its allies."""

    name: str
    seat: str | None = None
    allies: tuple[str, ...] = ()


def build(
    places: Iterable[str],
    pieces: Iterable[Piece],
    roads: Iterable[Road] = (),
    actors: Iterable[Party] = (),
    *,
    areas: Iterable[str] = (),
    population: Mapping[str, int] | None = None,
    crossings: Iterable[str] = (),
    adjacent: Iterable[tuple[str, str]] = (),
) -> tuple[Network, list[LeftOut]]:
    """The network of what is described, and what is not in it.

    `places` are all that are described, `areas` those of them that are only passed or adjacent. A piece without two
    described ends, or with a negative length, is left out, and with it the named roads that have it. Whatever is only
    listed, such as an unknown ally, leaves the rest as it is.
    """
    left: list[LeftOut] = []
    known, regions = table(places), set(areas)
    number = {name: at for at, name in enumerate(known)}
    kept: list[Piece] = []
    for piece in sorted(pieces):
        if why := _unfit(piece, number):
            left.append(LeftOut(piece.name, why))
            continue
        if piece.km is None:
            left.append(LeftOut(piece.name, "has no length, and counts as 0 km"))
        if any(area not in number for area in piece.areas):
            left.append(LeftOut(piece.name, "passes an unknown area"))
        kept.append(piece)
    ends = np.array([sorted(number[end] for end in set(piece.ends)) for piece in kept], np.int64).reshape(-1, 2)
    piece_number = {piece.name: at for at, piece in enumerate(kept)}
    passes = pairs((at, number[area]) for at, piece in enumerate(kept) for area in piece.areas if area in number)
    lines = _lines(sorted(roads), kept, piece_number, left)
    parties, seat, allies = _parties(sorted(actors), number, set(ends.ravel().tolist()), left)
    beside = [(number[one], number[other]) for one, other in adjacent if one in number and other in number]
    people = population or {}
    return Network(
        known, table(piece_number), table(road.name for road, *_ in lines), parties,
        population=np.array([people.get(name, 0) for name in known], np.int64),
        crossing=_mask(number, crossings), area=_mask(number, regions),
        end=ends[:, 0], other_end=ends[:, 1],
        km=np.array([piece.km or 0.0 for piece in kept], np.float64),
        assumed=np.array([piece.assumed for piece in kept], bool), passes=passes,
        road_start=np.cumsum([0, *(len(along) for _, _, along in lines)]),
        road_piece=np.array([piece_number[piece] for _, _, along in lines for piece in along], np.int64),
        road_stop=np.array([number[stop] for _, stops, _ in lines for stop in stops], np.int64),
        seat=seat, allies=allies,
        adjacent=pairs((one, other) for two in beside for one, other in (two, two[::-1]) if one != other),
    ), left  # fmt: skip


def _mask(number: Mapping[str, int], names: Iterable[str]) -> Array:
    found = np.zeros(len(number), bool)
    found[[number[name] for name in names if name in number]] = True
    return found


def _unfit(piece: Piece, known: Mapping[str, int]) -> Why | None:
    if len(piece.ends) != 2 or piece.ends[0] == piece.ends[1]:
        return "does not have two different ends"
    if any(end not in known for end in piece.ends):
        return "ends at an unknown place"
    if piece.km is not None and not piece.km >= 0:
        return "has a length that is negative or no number"
    return None


def _lines(
    roads: Sequence[Road], kept: Sequence[Piece], number: Mapping[str, int], left: list[LeftOut]
) -> list[tuple[Road, list[str], list[str]]]:
    """The named roads that are simple paths, with their stops and pieces in order."""
    found = []
    for road in roads:
        if any(name not in number for name in road.pieces):
            left.append(LeftOut(road.name, "has a piece that was left out"))
            continue
        along = _path(road, [kept[number[name]] for name in road.pieces])
        if along is None:
            left.append(LeftOut(road.name, "is no simple path between its ends"))
        else:
            found.append((road, *along))
    return found


def _path(road: Road, pieces: Sequence[Piece]) -> tuple[list[str], list[str]] | None:
    """The stops and the pieces of a named road in order; None where the pieces are no simple path between its ends."""
    meetings = Counter(end for piece in pieces for end in piece.ends)
    if len(road.ends) != 2 or {stop for stop, count in meetings.items() if count == 1} != set(road.ends):
        return None
    stops, along, rest = [road.ends[0]], list[str](), list(pieces)
    while rest:
        onward = [piece for piece in rest if stops[-1] in piece.ends]
        if len(onward) != 1:
            return None
        stops.append(next(end for end in onward[0].ends if end != stops[-1]))
        along.append(onward[0].name)
        rest.remove(onward[0])
    return (stops, along) if len(set(stops)) == len(stops) else None


def _parties(
    actors: Sequence[Party], place: Mapping[str, int], on_network: set[int], left: list[LeftOut]
) -> tuple[Names, Array, Pairs]:
    """The table of actors, their seats and their allies. From a seat off the roads nothing is reached or cut off, so it
    is none."""
    names = table(actor.name for actor in actors)
    number = {name: at for at, name in enumerate(names)}
    seat, both = np.full(len(names), -1), list[tuple[int, int]]()
    for actor in actors:
        if actor.seat is not None:
            if place.get(actor.seat) in on_network:
                seat[number[actor.name]] = place[actor.seat]
            else:
                left.append(LeftOut(actor.name, "has a seat at which no piece of road ends"))
        if any(ally not in number for ally in actor.allies):
            left.append(LeftOut(actor.name, "has an unknown ally"))
        both += [(number[actor.name], number[ally]) for ally in actor.allies if ally in number and ally != actor.name]
    return names, seat, pairs([*both, *(pair[::-1] for pair in both)])
