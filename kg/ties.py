"""The graph around a thing: what it is tied to by which properties, and by what way two things hang together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from kg import entities, queries
from kg.ontology import PREFIXES
from kg.store.embedded import Store
from kg.store.terms import read_rows

Direction = Literal["out", "in"]
MOST = 20_000
"""How many ties of a thing are counted; of more, so many."""
FURTHEST = 6
"""How many steps a way has at most."""
BREADTH = 3_000
"""How many things are looked at in a step from either end; what has more neighbours is no way, but a crowd."""
CLASSES = frozenset(
    PREFIXES["kg"] + name for name in ("stance", "eventType", "placeType", "extent", "manner", "certainty")
) | {PREFIXES["rdf"] + "type"}
"""Properties that tell of what kind a thing is: two things of one kind do not hang together by that."""


@dataclass(frozen=True, order=True)
class Tie:
    """A statement between two things, seen from `thing`: it is the subject (`out`) or the object (`in`).

    `day` is the first day on which the other may have happened (ISO 8601), where it is an event with a day.
    """

    thing: str
    property: str
    direction: Direction
    other: str
    day: str | None = None


def ties(store: Store, things: Iterable[str]) -> list[Tie]:
    """The ties of things, in the order of properties and the others' IRIs; at most `MOST`.

    Raises the QueryProblem that fits.
    """
    rows = read_rows(store.query(queries.text_for("tied", "thing", sorted(things))).read())
    found: dict[tuple[str, str, Direction, str], str | None] = {}
    for row in rows[:MOST]:
        key = (str(row["thing"]), str(row["property"]), _direction(str(row["direction"])), str(row["other"]))
        days = [day for day in (found.get(key), str(row["day"]) if "day" in row else None) if day]
        found[key] = min(days, default=None)
    return [Tie(*key, day) for key, day in sorted(found.items(), key=lambda pair: pair[0])]


def around(store: Store, thing: str) -> list[Tie]:
    """The ties of one thing. Raises UnknownEntity where nothing is said of it at all."""
    found = ties(store, [thing])
    if not found:
        entities.describe(store, thing)
    return found


def counts(found: Iterable[Tie]) -> list[tuple[str, Direction, int]]:
    """How many others each property ties to, by direction: outgoing first, in the order of properties."""
    counted = Counter((tie.direction == "in", tie.property) for tie in found)
    return [(name, "in" if inwards else "out", many) for (inwards, name), many in sorted(counted.items())]


def way(store: Store, begin: str, end: str) -> list[Tie]:
    """A shortest way from one thing to another as ties, each from where the one before led; empty where there is none
    of at most `FURTHEST` steps.

    From both ends at once, always from where fewer things are to be looked at (bidirectional breadth-first search,
    Pohl 1971). What things are (`CLASSES`) is no step.
    """
    if begin == end:
        return []
    came: tuple[dict[str, Tie | None], dict[str, Tie | None]] = ({begin: None}, {end: None})
    edge: list[set[str]] = [{begin}, {end}]
    for _ in range(FURTHEST):
        side = 0 if len(edge[0]) <= len(edge[1]) else 1
        if not edge[side] or len(edge[side]) > BREADTH:
            return []
        fresh = set()
        for tie in ties(store, edge[side]):
            if tie.property in CLASSES or tie.other in came[side]:
                continue
            came[side][tie.other] = tie
            fresh.add(tie.other)
        if met := sorted(fresh & came[1 - side].keys()):
            return [*_back(came[0], met[0])[::-1], *map(_turned, _back(came[1], met[0]))]
        edge[side] = fresh
    return []


def both(store: Store, one: str, other: str) -> list[Tie]:
    """The ties of two things to what both are tied to, in any direction, in the order of what that is. What things are
    (`CLASSES`) counts for nothing."""
    found = [tie for tie in ties(store, [one, other]) if tie.property not in CLASSES]
    reached = {thing: {tie.other for tie in found if tie.thing == thing} for thing in (one, other)}
    common = (reached[one] & reached[other]) - {one, other}
    return sorted((tie for tie in found if tie.other in common), key=lambda tie: (tie.other, tie))


def _back(came: dict[str, Tie | None], at: str) -> list[Tie]:
    """The ties by which a thing was come to, the last first."""
    found = []
    while tie := came[at]:
        found.append(tie)
        at = tie.thing
    return found


def _turned(tie: Tie) -> Tie:
    """A tie seen from its other end."""
    return Tie(tie.other, tie.property, "in" if tie.direction == "out" else "out", tie.thing, None)


def _direction(text: str) -> Direction:
    return "in" if text == "in" else "out"
