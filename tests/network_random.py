"""Small random worlds of networks, in the form of the golden ones, and questions about them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import groupby
from random import Random

from tests.network_worlds import World

START = date(2021, 5, 1).toordinal()
DAYS = 9
"""Days on which anything happens."""
ACTORS = ["A", "B", "C"]


def day(number: int) -> str:
    return date.fromordinal(START + number).isoformat()


def world(chance: Random, places: int = 6, pieces: int = 9) -> World:
    """Two to so many places with one to so many pieces of road, two areas, three actors."""
    names = [f"p{number}" for number in range(chance.randint(2, places))]
    roads = [piece(chance, number, names) for number in range(chance.randint(1, pieces))]
    controlled, partly = [], []
    for name in [*names, "d0", "d1"]:
        controlled += intervals(chance, name, silent=0.6 if name.startswith("d") else 0.2)
    for area in ("d0", "d1"):
        if chance.random() < 0.5:
            first = day(chance.randint(0, DAYS))
            partly.append({"place": area, "holder": chance.choice(ACTORS), "possibleFrom": first})
    named = named_road(chance, names, roads)
    return {
        "id": "random", "studyStart": day(0), "areas": ["d0", "d1"],
        "places": [place(chance, name) for name in names],
        "pieces": roads, "roads": [named] if named else [],
        "actors": [
            {"id": "A", "seat": chance.choice(names), "allies": ["B"] if chance.random() < 0.3 else []},
            {"id": "B", "seat": chance.choice(names)} if chance.random() < 0.5 else {"id": "B"},
            {"id": "C"},
        ],
        "control": controlled, "partial": partly, "questions": [],
    }  # fmt: skip


def place(chance: Random, name: str) -> World:
    told: World = {"id": name}
    if chance.random() < 0.6:
        told["population"] = chance.choice([1000, 2000])
    if chance.random() < 0.3:
        told["crossing"] = True
    return told


def piece(chance: Random, number: int, names: list[str]) -> World:
    """A piece; its length is unlike all others, so that no two ways are equally long."""
    told: World = {"id": f"r{number}", "ends": chance.sample(names, 2), "km": float(1 << number)}
    if chance.random() < 0.15:
        told["evidence"] = "RoadAssumed"
    if chance.random() < 0.4:
        told["areas"] = chance.sample(["d0", "d1"], chance.choice([1, 1, 2]))
    return told


def named_road(chance: Random, names: list[str], pieces: list[World]) -> World | None:
    """A named road along a walk that comes to no place twice."""
    here = chance.choice(names)
    stops, along = [here], list[str]()
    for _ in range(3):
        onward = [
            (each["id"], end) for each in pieces if stops[-1] in each["ends"]
            for end in each["ends"] if end not in stops
        ]  # fmt: skip
        if not onward:
            break
        name, end = chance.choice(onward)
        stops.append(end)
        along.append(name)
    return {"id": "k0", "ends": [stops[0], stops[-1]], "pieces": chance.sample(along, len(along))} if along else None


def intervals(chance: Random, name: str, silent: float) -> list[World]:
    """Who held a place: on each day one actor certainly, or some possibly, or nobody is named."""
    daily: list[dict[str, bool]] = []
    for number in range(DAYS):
        if number and chance.random() < 0.7:
            daily.append(daily[-1])
        elif chance.random() < silent:
            daily.append({})
        elif chance.random() < 0.5:
            daily.append({chance.choice(ACTORS): True})
        else:
            daily.append(dict.fromkeys(chance.sample(ACTORS, chance.choice([1, 1, 2, 3])), False))
    return [
        interval(chance, name, actor, sure, [number for number, _ in run])
        for actor in ACTORS
        for sure, run in groupby(enumerate(each.get(actor) for each in daily), lambda told: told[1])
        if sure is not None
    ]


def interval(chance: Random, name: str, actor: str, sure: bool, days: list[int]) -> World:
    told: World = {"place": name, "controller": actor, "possibleFrom": day(days[0])}
    if sure:
        told["certainFrom"] = day(days[0])
    if days[-1] < DAYS - 1:
        told |= {"possibleUntil": day(days[-1])} | ({"certainUntil": day(days[-1])} if sure else {})
    if chance.random() < 0.5:
        told["captured"] = True
    if chance.random() < 0.3:
        told["extent"] = "Centre"
    return told


def questions(chance: Random, world: World) -> Iterator[World]:
    """A question of each kind."""
    names = [each["id"] for each in world["places"]]
    yield {"kind": "network"}
    for kind in ("levels", "reach", "corridors", "links", "holdings", "changes", "pockets", "chokepoints", "fronts",
                 "border", "paths"):  # fmt: skip
        one, other = chance.sample(names, 2)
        actor = chance.choice(ACTORS)
        asked: World = {"kind": kind, "day": day(chance.randint(0, DAYS)), "actor": actor}
        if kind in ("reach", "paths"):
            asked |= {"from": one, "to": other, "avoiding": actor}
        if kind in ("holdings", "changes"):
            asked["reading"] = chance.choice(["certainly", "possibly"])
        yield asked
    yield {"kind": "pocketIntervals", "actor": "A"}
    for road in world["roads"]:
        yield {"kind": "roadIntervals", "actor": chance.choice(ACTORS), "road": road["id"]}
