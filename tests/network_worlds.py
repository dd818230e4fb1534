"""The golden worlds of tests/golden/networks as situations, and answers in their words."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from kg.control.ledger import NEVER
from kg.control.names import table
from kg.control.record import Day
from kg.derive.answers import (
    Access,
    Across,
    Borders,
    Chokepoint,
    Corridor,
    Front,
    Holding,
    HoldingChange,
    Link,
    Pocket,
    Since,
    Way,
    Ways,
)
from kg.derive.describing import Party, Piece, Road, build
from kg.derive.held import CENTRE, SOME_PARTS, WHOLE, ordered
from kg.derive.situation import Situation

GOLDEN = Path(__file__).parent / "golden" / "networks"

World = dict[str, Any]


def worlds(path: Path) -> Iterator[World]:
    """The worlds of a file, one a line."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            if line.strip():
                yield json.loads(line)


def day(text: str) -> Day:
    """The number of a day."""
    return date.fromisoformat(text).toordinal()


def shown(number: Day | None) -> str | None:
    """The day of a number that may be absent."""
    return None if number is None else date.fromordinal(number).isoformat()


def situation(world: World) -> Situation:
    """What a world says, without RDF in between."""
    network, left = build(
        [*(place["id"] for place in world["places"]), *world["areas"]],
        [Piece(one["id"], tuple(one["ends"]), one["km"], one.get("evidence") == "RoadAssumed",
               tuple(one.get("areas", ()))) for one in world["pieces"]],
        [Road(one["id"], tuple(one["ends"]), tuple(one["pieces"])) for one in world["roads"]],
        [Party(one["id"], one.get("seat"), tuple(one.get("allies", ()))) for one in world["actors"]],
        areas=world["areas"],
        population={one["id"]: one["population"] for one in world["places"] if "population" in one},
        crossings=[one["id"] for one in world["places"] if one.get("crossing")],
    )  # fmt: skip
    assert {why for _, why in left} <= {"has a seat at which no piece of road ends"}
    speakers = table(["somebody"])
    rows = []
    for one in [*world["control"], *world["partial"]]:
        partly = "holder" in one
        sure = "certainFrom" in one
        rows.append([
            network.places.number(one["place"]), network.actors.number(one["holder" if partly else "controller"]),
            day(one["possibleFrom"]), day(one["certainFrom"]) if sure else 0,
            _until(one, "certainUntil") if sure else 0, _until(one, "possibleUntil"),
            SOME_PARTS if partly else CENTRE if one.get("extent") == "Centre" else WHOLE,
            bool(one.get("captured")), 0 if partly else -1,
        ])  # fmt: skip
    held = ordered(np.array(rows, np.int64).reshape(-1, 9), speakers)
    return Situation(world["id"], day(world["studyStart"]), network, held)


def _until(one: World, bound: str) -> Day:
    """The day after an inclusive bound, which may be absent."""
    return day(one[bound]) + 1 if one.get(bound) else NEVER


def as_in(world: World, told: Situation) -> tuple[Situation, set[str]]:
    """What a store says, in the names of a golden world and without the pieces of road that this does not have; and
    these."""
    network = told.network
    places, actors, pieces = (
        [name.rpartition("/")[2] for name in names] for names in (network.places, network.actors, network.pieces)
    )
    areas: list[list[str]] = [[] for _ in pieces]
    for piece, area in zip(*(column.tolist() for column in network.passes), strict=True):
        areas[piece].append(places[area])
    known = {one["id"] for one in world["pieces"]}
    built, left = build(
        places,
        [Piece(name, (places[network.end[at]], places[network.other_end[at]]), float(network.km[at]),
               bool(network.assumed[at]), tuple(areas[at])) for at, name in enumerate(pieces) if name in known],
        [Road(one["id"], tuple(one["ends"]), tuple(one["pieces"])) for one in world["roads"]],
        [Party(name, places[seat] if seat >= 0 else None,
               tuple(actors[each] for each in network.side(at).tolist() if each != at))
         for at, (name, seat) in enumerate(zip(actors, network.seat.tolist(), strict=True))],
        areas=world["areas"], population=dict(zip(places, network.population.tolist(), strict=True)),
        crossings=[places[at] for at in np.flatnonzero(network.crossing).tolist()],
    )  # fmt: skip
    assert not left
    moved = replace(
        told.held, place=built.places.numbers(places)[told.held.place],
        actor=built.actors.numbers(actors)[told.held.actor],
    )  # fmt: skip
    return Situation(told.version, told.study_start, built, moved), set(pieces) - known


# ── answers in the words of the golden ones ─────────────────────────────────────────────────────────────────────────


def way(found: Way | None) -> World | None:
    return None if found is None else {"km": found.km, "places": list(found.places), "pieces": list(found.pieces)}


def ways(found: Ways) -> World:
    return {"a": way(found.lost), "b": way(found.known), "c": way(found.doubtful)}


def pocket(found: Pocket) -> World:
    return {"place": found.place, "verdict": found.verdict, "level": found.level, "reach": found.reach}


def bounds(found: Mapping[str, Iterable[Iterable[Day | None]]]) -> World:
    return {name: [[shown(day) for day in each] for each in several] for name, several in found.items()}


def corridor(found: Corridor) -> World:
    detour = found.detour and {"reach": found.detour.reach, **(way(found.detour.way) or {})}
    return {
        "road": found.road, "strength": found.strength, "stops": list(found.stops), "silentAt": list(found.silent_at),
        "onlyPossible": list(found.only_possible), "ground": list(found.ground),
        "blockedBy": [list(each) for each in sorted({(one.place, one.holder, one.ground) for one in found.blocked_by})],
        "detour": detour,
    }  # fmt: skip


def links(found: list[Link], across: list[Across]) -> World:
    return {
        "links": [[link.piece, link.strength, link.captured] for link in found],
        "across": sorted([one.ends[0], one.junction, one.ends[1], one.strength, list(one.pieces)] for one in across),
    }


def holding(found: Holding) -> World:
    return {"principal": found.principal, "places": list(found.places), "through": list(found.through)}


def change(found: HoldingChange) -> World:
    return {
        "change": found.kind, "principal": found.principal, "piecesBefore": found.pieces_before,
        "piecesAfter": found.pieces_after, "places": list(found.places), "because": list(found.because),
    }  # fmt: skip


def since(found: Since | None) -> World | None:
    return None if found is None else {"since": shown(found.day), "because": list(found.because)}


def chokepoint(found: Chokepoint) -> list[Any]:
    return [found.name, list(found.severs)]


def network(found: list[Chokepoint]) -> World:
    return {
        "places": [each.name for each in found if not each.is_piece],
        "pieces": [each.name for each in found if each.is_piece],
    }


def front(found: Front) -> list[Any]:
    return [found.piece, "certain" if found.certain else "possible", [list(pair) for pair in found.holders]]


def access(found: Access) -> World:
    told = {"crossing": found.crossing, "level": found.level, "reach": found.reach, "reading": found.reading,
            "holding": found.holding}  # fmt: skip
    return {name: value for name, value in told.items() if value is not None}


def borders(found: Borders) -> World:
    return {"access": [access(each) for each in found.access], "notOnNetwork": list(found.not_on_network)}


def by_level(names: list[str], levels: list[int]) -> World:
    """Names by their level, the highest first."""
    told = {
        str(level): [name for name, own in zip(names, levels, strict=True) if own == level] for level in (3, 2, 1, 0)
    }
    return {level: some for level, some in told.items() if some}
