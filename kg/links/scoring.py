"""How well a thing of another data set fits one of ours: by name in any script, type, distance and containment."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product

from kg.distances import EARTH, kilometres
from kg.gazetteer import Entry, Gazetteer
from kg.kinds import PLACES, sorts
from kg.links.things import Thing
from kg.naming import fold, likeness

UNKNOWN = {"distance": 0.8, "type": 0.9, "containment": 0.95}
"""What is left of a score where a part of it is not known."""
AGAINST = {"distance": 0.4, "type": 0.7, "containment": 0.7}
"""What is left of it where that part speaks against the link."""
FAR = 50.0
"""Kilometres between two positions from which on they speak for two things."""
NEAR = 5.0
"""Kilometres up to which positions of one thing differ because somebody else chose them."""
WIDE = 4.0
"""How many times as far apart positions of areas may lie: each has another notion of their middle."""
LEAST_NAME = 75.0
"""The least likeness of names, of 100, with which things are compared at all."""
LEAST = 60.0
"""The least score, of 100, with which a link is proposed."""
MOST = 3
"""How many things are proposed for one of ours."""
FINE = 4
"""Squares along a degree, by which things that lie near are found."""
_AREAS = frozenset("AL")


@dataclass(frozen=True)
class Score:
    """How well two things fit: of 100 in all and by name; kilometres between them, and whether their types and what
    they lie in agree: None where that is not known. `names` are the two names that are most alike."""

    total: float
    name: float
    names: tuple[str, str]
    distance: float | None = None
    type: bool | None = None
    containment: bool | None = None

    @property
    def evidence(self) -> str:
        """What speaks for the link and against it, in words."""
        ours, theirs = self.names
        told = [f"name {self.name:.0f} of 100 ({ours} / {theirs})"]
        told += [] if self.distance is None else [f"{self.distance:.1f} km apart"]
        told += [] if self.type is None else [f"type {'fits' if self.type else 'clashes'}"]
        told += [] if self.containment is None else [f"lies in {'the same' if self.containment else 'something else'}"]
        return "; ".join(told)


@dataclass(frozen=True)
class Proposal:
    """A link that somebody should look at."""

    ours: Entry
    thing: Thing
    relation: str
    score: Score


@dataclass(frozen=True, eq=False)
class Scorer:
    """What is compared: a gazetteer, and the accepted exact matches of its things (ours → theirs)."""

    gazetteer: Gazetteer
    matches: Mapping[str, frozenset[str]]
    far: float = FAR

    @cached_property
    def _meant(self) -> dict[str, str]:
        """Their things → ours."""
        return {target: ours for ours, targets in self.matches.items() for target in targets}

    def sorts(self, entry: Entry) -> frozenset[str]:
        """The sorts that one of ours is of."""
        return sorts(self.gazetteer.concepts[each] for each in entry.types)

    def score(self, ours: Entry, thing: Thing) -> Score | None:
        """How well they fit; None where no names are alike."""
        names = [name for several in ours.labels.values() for name in several]
        pairs = [(likeness(fold(one), fold(other)), one, other) for one, other in product(names, thing.names)]
        if not pairs:
            return None
        name, one, other = max(pairs, key=lambda pair: pair[0])
        if name < LEAST_NAME:
            return None
        apart = kilometres(ours.point, thing.point) if ours.point and thing.point else None
        kind, containment = self._kinds_agree(ours, thing), self._lies_in_the_same(ours, thing)
        near = None if apart is None else nearness(apart, self.reach(ours))
        total = name
        for part, value in (("distance", near), ("type", kind), ("containment", containment)):
            total *= UNKNOWN[part] if value is None else AGAINST[part] + (1 - AGAINST[part]) * value
        return Score(round(total, 1), round(name, 1), (one, other), apart, kind, containment)

    def reach(self, ours: Entry) -> float:
        """From how many kilometres on another position speaks against it being one thing."""
        return self.far * (WIDE if self.sorts(ours) & _AREAS else 1)

    def _kinds_agree(self, ours: Entry, thing: Thing) -> bool | None:
        mine, theirs = self.sorts(ours), sorts(thing.types)
        return bool(mine & theirs) if mine and theirs else None

    def _lies_in_the_same(self, ours: Entry, thing: Thing) -> bool | None:
        known = {self._meant[each] for each in thing.within if each in self._meant}
        above = set(self.gazetteer.above(ours.iri))
        if not known or not above:
            return None
        return bool(known & above)

    def relation(self, ours: Entry, thing: Thing) -> str:
        """What to propose: a country is close to the state that acts, and not the same."""
        theirs = sorts(thing.types)
        apart = self._kinds_agree(ours, thing) is False or (ours.kind == "actor" and theirs and theirs <= PLACES)
        return "closeMatch" if apart else "exactMatch"


def nearness(apart: float, far: float) -> float:
    """How much a distance speaks for one thing: 1 up to `NEAR` kilometres, 0 from `far` on, evenly in between."""
    return min(1.0, max(0.0, (far - apart) / max(far - NEAR, 1e-9)))


def proposals(scorer: Scorer, ours: Iterable[Entry], pool: Pool) -> Iterator[Proposal]:
    """For each of ours the things that fit best, the best first."""
    for entry in ours:
        scored = [(found, thing) for thing in pool.near(scorer, entry) if (found := scorer.score(entry, thing))]
        scored.sort(key=lambda pair: (-pair[0].total, pair[1].iri))
        for found, thing in scored[:MOST]:
            if found.total >= LEAST:
                yield Proposal(entry, thing, scorer.relation(entry, thing), found)


class Pool:
    """Things to compare with, so that not each is compared with each: those that lie near, or are called the same, or
    lie nobody knows where."""

    def __init__(self, things: Iterable[Thing]) -> None:
        self.things = tuple(things)
        self._squares: dict[tuple[int, int], list[Thing]] = {}
        self._called: dict[str, list[Thing]] = {}
        self._nowhere: list[Thing] = []
        for thing in self.things:
            for name in {fold(name) for name in thing.names}:
                self._called.setdefault(name, []).append(thing)
            if thing.point:
                self._squares.setdefault(_square(thing.point), []).append(thing)
            else:
                self._nowhere.append(thing)

    def near(self, scorer: Scorer, ours: Entry) -> Iterator[Thing]:
        """The things that one of ours is compared with, each once."""
        if ours.point is None:
            yield from self.things
            return
        seen: set[str] = set()
        same = (self._called.get(fold(name), ()) for several in ours.labels.values() for name in several)
        around = (self._squares.get(square, ()) for square in _squares_around(ours.point, scorer.reach(ours)))
        for several in (*same, *around, self._nowhere):
            for thing in several:
                if thing.iri not in seen:
                    seen.add(thing.iri)
                    yield thing


def _square(point: tuple[float, float]) -> tuple[int, int]:
    """The square of a position, of which a degree has `FINE` on each side."""
    return _turned(math.floor(point[0] * FINE)), math.floor(point[1] * FINE)


def _turned(squares: int) -> int:
    """Once round is the same longitude."""
    return (squares + 180 * FINE) % (360 * FINE) - 180 * FINE


def _squares_around(point: tuple[float, float], far: float) -> Iterator[tuple[int, int]]:
    """The squares that have every position within some kilometres."""
    side = math.radians(1 / FINE) * EARTH
    north = math.ceil(far / side)
    narrowest = math.cos(math.radians(min(90.0, abs(point[1]) + north / FINE)))
    once_round = 180 * FINE
    east = once_round if narrowest < far / (once_round * side) else math.ceil(far / (side * narrowest))
    longitude, latitude = _square(point)
    for x, y in product(range(longitude - east, longitude + east + 1), range(latitude - north, latitude + north + 1)):
        yield _turned(x), y
