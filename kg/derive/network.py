"""The network: places, pieces of road between two of them, the areas these pass, named roads, actors.

Things are numbers, their places in tables of names, which are in order; so the order of numbers is that of IRIs, and
does not depend on how anything was read. `kg.derive.describing` makes it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Literal, get_args

import numpy as np

from kg.control.facts import Pairs
from kg.control.names import Array, Names

Kind = Literal["places", "pieces", "roads", "actors"]


@dataclass(frozen=True, eq=False)
class Network:
    """Places and areas (both in `places`), pieces, named roads and actors, by their numbers; -1 stands for none.

    The pieces of named road `i` are `road_piece[road_start[i] : road_start[i + 1]]`, in order from its first stop; its
    stops, one more than its pieces, begin at `road_start[i] + i` in `road_stop`. Two pieces may have the same ends.
    Every pair is there once, in order; allies and adjacent areas in both directions, nobody with itself.
    """

    places: Names
    pieces: Names
    roads: Names
    actors: Names
    # places: inhabitants (0: not known), whether each is a border crossing, and whether it is only an area
    population: Array
    crossing: Array
    area: Array
    # pieces: the ends, the lower number first; the length; whether only assumed; pairs (piece, area)
    end: Array
    other_end: Array
    km: Array
    assumed: Array
    passes: Pairs
    # named roads
    road_start: Array
    road_piece: Array
    road_stop: Array
    # actors: the place, and pairs (actor, actor)
    seat: Array
    allies: Pairs
    # pairs (area, area) that share a stretch of boundary
    adjacent: Pairs

    @cached_property
    def named(self) -> Mapping[Kind, list[str]]:
        """The IRIs of everything, by kind and number."""
        return {kind: list(getattr(self, kind)) for kind in get_args(Kind)}

    def place(self, number: int) -> str:
        """The IRI of a place."""
        return self.named["places"][number]

    def piece(self, number: int) -> str:
        """The IRI of a piece."""
        return self.named["pieces"][number]

    def actor(self, number: int) -> str:
        """The IRI of an actor."""
        return self.named["actors"][number]

    @cached_property
    def on_network(self) -> Array:
        """Whether a piece ends at each place."""
        found = np.zeros(len(self.places), bool)
        found[self.end] = found[self.other_end] = True
        return found

    def stops(self, road: int) -> Array:
        """The places of a named road, in order."""
        return self.road_stop[self.road_start[road] + road : self.road_start[road + 1] + road + 1]

    def pieces_of(self, road: int) -> Array:
        """The pieces of a named road, in order."""
        return self.road_piece[self.road_start[road] : self.road_start[road + 1]]

    def side(self, actor: int) -> Array:
        """An actor and its allies, in order; no further than that."""
        return np.sort(np.append(self.allies[1][self.allies[0] == actor], actor))

    def columns(self) -> dict[str, Array]:
        """All columns by name; a table of names, and pairs, are two."""
        found: dict[str, Array] = {}
        for each in fields(self):
            value = getattr(self, each.name)
            if isinstance(value, Names):
                found |= {f"{each.name}-text": value.text, f"{each.name}-ends": value.ends}
            elif isinstance(value, tuple):
                found |= {f"{each.name}-first": value[0], f"{each.name}-second": value[1]}
            else:
                found[each.name] = value
        return found

    def road_hash(self) -> str:
        """SHA-256 of the roads: pieces with ends, lengths, evidence and areas, named roads, and adjacent areas. Equal
        for the same roads, whatever else is in the store and in whatever order it was written."""
        places, told = self.named["places"], list[str]()
        areas: list[list[str]] = [[] for _ in self.pieces]
        for piece, area in zip(*(column.tolist() for column in self.passes), strict=True):
            areas[piece].append(places[area])
        rows = zip(self.pieces, self.end.tolist(), self.other_end.tolist(), self.km.tolist(), self.assumed.tolist(),
                   areas, strict=True)  # fmt: skip
        for name, end, other, km, assumed, passed in rows:
            told.append(" ".join([name, places[end], places[other], repr(km), str(int(assumed)), *passed]))
        for number, road in enumerate(self.roads):
            told.append(" ".join([road, *sorted(map(self.piece, self.pieces_of(number).tolist()))]))
        one, other_one = (column.tolist() for column in self.adjacent)
        told += [f"{places[area]} {places[beside]}" for area, beside in zip(one, other_one, strict=True)]
        return hashlib.sha256("\n".join(told).encode()).hexdigest()


def of_columns(named: Mapping[str, Array]) -> Network:
    """The network that has these columns."""
    found: dict[str, object] = {}
    for each in fields(Network):
        if each.type == "Names":
            found[each.name] = Names(named[f"{each.name}-text"], named[f"{each.name}-ends"])
        elif each.type == "Pairs":
            found[each.name] = (named[f"{each.name}-first"], named[f"{each.name}-second"])
        else:
            found[each.name] = named[each.name]
    return Network(**found)  # type: ignore[arg-type]
