"""Conclusions as RDF: `kg:ControlRun`, `kg:ControlInterval` and `kg:PartialControl` (docs/ontology.md), place by place.

Whoever reads them needs no engine of ours: who held a place on a day is told by its run whose first day is not after
that day, and whose last is not before.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from urllib.parse import quote

import numpy as np

from kg.control.conclusions import Drawn, Part
from kg.control.ledger import ACTOR_SHIFT, NEVER
from kg.control.names import Array, spans
from kg.control.record import Day
from kg.control.weighing import UNKNOWN
from kg.files import BASE
from kg.ontology import PREFIXES

GRAPH = f"{BASE}graph/derived/control"
"""The graph that the conclusions are in."""
ACTIVITY = f"{BASE}id/activity/control"
RULES = "1"
"""Another number whenever the rules give other answers, so that what was concluded by older ones is told from these."""
STATES = ("Controlled", "Possible", "Contested", "Disputed", "Unknown")
FLAGS = ((2, "Contested"), (4, "Partial"), (8, "Baseline"), (16, "Presupposed"), (32, "Carried"), (64, "SelfClaimed"))
"""The bits of a run's flags, and their concepts; "disputed" is a state already."""
CHUNK = 1 << 25
"""Characters of one piece of text."""
HEAD = "".join(f"@prefix {name}: <{PREFIXES[name]}> .\n" for name in ("kg", "prov", "xsd"))
HOW = f"""<{GRAPH}> prov:wasGeneratedBy <{ACTIVITY}> .
<{ACTIVITY}> a prov:Activity ; <{PREFIXES["rdfs"]}label> "Conclusions on control"@en ;
  <{PREFIXES["dcterms"]}description> "From all that was said, by the default policy, with the baselines."@en ;
  <{PREFIXES["owl"]}versionInfo> "{RULES}" .
"""
"""How the graph came about: by which version of the rules and whose choice of words."""


def written(drawn: Drawn) -> Iterator[bytes]:
    """All that is concluded, as pieces of Turtle that stand alone. The same facts give the same bytes."""
    places, found = drawn.places, drawn.conclusions
    names = Writer(drawn)
    told = dict[int, list[str]]()
    for part in drawn.parts:
        told.setdefault(part.place, []).append(names.part(part))
    runs, stays = edges(found.runs.place, places), edges(np.sort(found.stays[:, 0]), places)
    order = np.lexsort((found.stays[:, 2], found.stays[:, 1], found.stays[:, 0])).tolist()
    pieces, size = [HEAD], 0
    for position, place in enumerate(places.tolist()):
        texts = [
            *(names.run(run) for run in range(runs[position], runs[position + 1])),
            *(names.stay(stay) for stay in order[stays[position] : stays[position + 1]]), *told.get(place, ()),
        ]  # fmt: skip
        pieces += texts
        size += sum(map(len, texts))
        if size > CHUNK:
            yield "".join(pieces).encode()
            pieces, size = [HEAD], 0
    yield "".join(pieces).encode()


def edges(sorted_places: Array, places: Array) -> list[int]:
    """Where the entries of each of the places begin, and the last ones end, among entries sorted by place."""
    starts = np.searchsorted(sorted_places, places)
    return [*starts.tolist(), len(sorted_places)]


class Writer:
    """The texts of single nodes."""

    def __init__(self, drawn: Drawn) -> None:
        ledger, found = drawn.ledger, drawn.conclusions
        claims = [found.claims[1], np.array([claim for part in drawn.parts for claim in part.claims], np.int64)]
        sources = np.array([part.source for part in drawn.parts], np.int64)
        self.places, self.sources = ledger.places.spelled(drawn.places), ledger.sources.spelled(sources)
        self.claims = ledger.claims.spelled(np.concatenate(claims))
        self.baselines = ledger.baselines.spelled(found.baselines[1])
        self.actors = list(ledger.actors)
        count = np.diff(ledger.holder_start)[drawn.places]
        self.holders = dict(zip(drawn.places.tolist(), (np.cumsum(count) - count).tolist(), strict=True))
        self.holder_actor = ledger.holder_actor[spans(ledger.holder_start[drawn.places], count)].tolist()
        self.columns = [getattr(found.runs, name).tolist() for name in (
            "place", "first", "state", "flags", "certain", "controllers", "excluded",
        )]  # fmt: skip
        self.stays, self.covered = found.stays.tolist(), found.covered.tolist()
        size = len(found.runs.place)
        self.behind = [
            (np.searchsorted(pairs[0], np.arange(size + 1)).tolist(), pairs[1].tolist(), table)
            for pairs, table in ((found.claims, self.claims), (found.baselines, self.baselines))
        ]  # fmt: skip

    def run(self, number: int) -> str:
        """A run; nothing where it is unknown who holds the place and there is nothing to add to that."""
        place, first, state, flags, certain, controllers, excluded = (column[number] for column in self.columns)
        if state == UNKNOWN and not flags and not excluded:
            return ""
        places = self.columns[0]
        ends = number + 1 < len(places) and places[number + 1] == place
        name = self.places[place]
        told = [
            f"<{BASE}id/run/{slug(name)}/{day(first)}> a kg:ControlRun ; kg:place <{name}> ; "
            f'kg:firstDay "{day(first)}"^^xsd:date'
        ]
        if ends:
            told.append(f'kg:lastDay "{day(self.columns[1][number + 1] - 1)}"^^xsd:date')
        told.append(f"kg:state kg:{STATES[state]}")
        told += [f"kg:flag kg:{concept}" for bit, concept in FLAGS if flags & bit]
        told += [f"kg:certainController <{actor}>" for actor in self.members(place, certain)]
        told += [f"kg:possibleController <{actor}>" for actor in self.members(place, controllers & ~certain)]
        told += [f"kg:excludes <{actor}>" for actor in self.members(place, excluded)]
        told += [f"prov:wasDerivedFrom <{claim}>" for claim in self.evidence(number, number)]
        return " ;\n  ".join(told) + " .\n"

    def members(self, place: int, holders: int) -> list[str]:
        """The actors in a set of holders of a place."""
        rest, found, at = holders >> ACTOR_SHIFT, [], self.holders[place]
        while rest:
            if rest & 1:
                found.append(self.actors[self.holder_actor[at]])
            rest >>= 1
            at += 1
        return found

    def evidence(self, first: int, last: int) -> list[str]:
        """The claims and baselines behind some runs."""
        found: set[str] = set()
        for start, numbers, table in self.behind:
            found.update(table[number] for number in numbers[start[first] : start[last + 1]])
        return sorted(found)

    def stay(self, number: int) -> str:
        """An interval."""
        place, actor, first, certain_first, certain_last, last, centre, _ = self.stays[number]
        name, who = self.places[place], self.actors[actor]
        told = [
            f"<{interval_iri(name, who, first)}> a kg:ControlInterval ; "
            f"kg:place <{name}> ; kg:controller <{who}> ; kg:extent kg:{'Centre' if centre else 'Whole'}",
            *bounds(first, certain_first, certain_last, last),
            *(f"prov:wasDerivedFrom <{claim}>" for claim in self.evidence(*self.covered[number])),
        ]
        return " ;\n  ".join(told) + " .\n"

    def part(self, told: Part) -> str:
        """Partial control."""
        name, who = self.places[told.place], self.actors[told.actor]
        lines = [
            f"<{partial_iri(name, who, told.first, self.sources[told.source])}> "
            f"a kg:PartialControl ; kg:place <{name}> ; kg:holder <{who}> ; kg:extent kg:SomeParts",
            *bounds(told.first, told.certain_first, told.certain_last, told.last),
            *(f"prov:wasDerivedFrom <{self.claims[claim]}>" for claim in told.claims),
        ]
        return " ;\n  ".join(lines) + " .\n"


def interval_iri(place: str, actor: str, first: Day) -> str:
    """What a `kg:ControlInterval` is called."""
    return f"{BASE}id/interval/{slug(place)}/{slug(actor, 'actor')}/{day(first)}"


def partial_iri(place: str, actor: str, first: Day, source: str) -> str:
    """What a `kg:PartialControl` is called."""
    return f"{BASE}id/partial/{slug(place)}/{slug(actor, 'actor')}/{day(first)}/{slug(source, 'source')}"


def bounds(first: int, certain_first: int, certain_last: int, last: int) -> Iterator[str]:
    """The four days of a stay, as far as there are such."""
    named = ("possibleFrom", "certainFrom", "certainUntil", "possibleUntil")
    for name, number in zip(named, (first, certain_first, certain_last, last), strict=True):
        if number and number != NEVER:
            yield f'kg:{name} "{day(number)}"^^xsd:date'


@cache
def day(number: int) -> str:
    """A day as ISO 8601 has it."""
    return date.fromordinal(number).isoformat()


@cache
def slug(name: str, kind: str = "place") -> str:
    """What stands for a thing of some kind in the names of conclusions: its own slug, or the whole of another IRI."""
    ours = f"{BASE}id/{kind}/"
    return name.removeprefix(ours) if name.startswith(ours) else quote(name, safe="")
