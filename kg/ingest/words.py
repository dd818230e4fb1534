"""The words of a table as numbers: its places, holders and voices, in the order in which they first occur."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import islice
from typing import Any

from kg.distances import kilometres
from kg.gazetteer import Entry, last_part
from kg.ingest.cells import Rejected
from kg.ingest.known import CONTESTED, thing
from kg.ingest.mapping import Plan
from kg.ingest.nearby import Names, Point
from kg.ingest.report import Question, Tally
from kg.ingest.spells import Holder, Spot, Voice
from kg.ingest.tables import Record
from kg.ingest.task import Task
from kg.ingest.things import key
from kg.ingest.turtle import curie, quoted, slug
from kg.naming import candidates
from kg.ontology import PREFIXES

FAR = 25.0
"""Kilometres from which on a place of the same name is another one."""
MOST = 5
"""Candidates that are told."""


class Words:
    """What was named so far. `twofold` are names that stand for several places."""

    def __init__(self, task: Task, made: Plan, twofold: set[str]) -> None:
        self.task, self.plan, self.names, self.twofold = task, made, Names(task), twofold
        self.places: dict[str, int] = {}
        self.voices: dict[str, int] = {}
        self.points: dict[str, Point | None] = {}
        self._told = {"places": 0, "voices": 0, "points": 0}
        self._holders = {text: self._held(text, name) for text, name in made.holders.items()}
        # two words for one actor are one holder
        first: dict[Holder, int] = {}
        self._numbers = {
            text: first.setdefault(holder, at) for at, (text, holder) in enumerate(self._holders.items(), 1)
        }
        self._mapped = {text: thing(task, "place", name, f"places, {text}") for text, name in made.places.items()}
        self._sources = {text: thing(task, "source", name, f"sources, {text}") for text, name in made.sources.items()}

    def _held(self, text: str, name: str) -> Holder:
        if name == CONTESTED:
            return Holder(CONTESTED, CONTESTED, None)
        entry = thing(self.task, "actor", name, f"holders, {text}")
        return Holder(slug(entry.slug), entry.label(), f"<{entry.iri}>")

    @property
    def holders(self) -> Sequence[Holder]:
        """What the numbers stand for, from 1 on."""
        return list(self._holders.values())

    def holder(self, text: str) -> int:
        """The number of who holds a place. Raises Rejected."""
        if text not in self._numbers:
            raise Rejected(f"a holder that the mapping does not name: {text!r}")
        return self._numbers[text]

    def voice(self, text: str) -> int:
        """The number of who says so; the table itself where nobody is named."""
        return self.voices.setdefault(text, len(self.voices))

    def place(self, name: str, point: Point | None, record: Record, tally: Tally) -> int:
        """The number of a place. Raises Rejected where the name does not tell which it is."""
        found = self._place(name, point, record, tally)
        return self.places.setdefault(found, len(self.places))

    def _place(self, name: str, point: Point | None, record: Record, tally: Tally) -> str:
        """The IRI of the place of a name."""
        if name in self._mapped:
            return self._mapped[name].iri
        known = self.names.named("place", name)
        # another data set may have another place of this name
        mine = [each for each in known if each.iri in self.task.own]
        here = [each for each in mine if not (point and each.point and kilometres(point, each.point) > FAR)]
        if name in self.twofold or len(here) > 1:
            self._ask(name, here or known, record, tally)
            raise Rejected(f"a name that stands for several places: {name!r}")
        if here:
            return here[0].iri
        if self.plan.new is None:
            self._ask(name, known, record, tally)
            raise Rejected(f"no place is called so, and the mapping does not say what it is: {name!r}")
        iri = f"{PREFIXES['place']}{self.task.stem}-{slug(name)}-{key(name)}"
        first = self.points.setdefault(f"{iri}\n{name}", point)
        if point and first and kilometres(point, first) > FAR:
            self._ask(name, known, record, tally)
            raise Rejected(f"a name that stands for several places: {name!r}")
        if known:  # called so, and another data set's, or far away
            self._ask(name, known, record, tally)
        return iri

    def _ask(self, name: str, others: Sequence[Entry], record: Record, tally: Tally) -> None:
        told = "; ".join(str(each) for each in candidates(self.task.gazetteer, others[:MOST]))
        question = Question("place", name, name, record.file, record.line, told)
        if all((each.kind, each.name) != ("place", name) for each in tally.review):
            tally.review.append(question)

    def new(self) -> dict[str, object]:
        """What was named since this was last asked."""
        tables: dict[str, dict[str, Any]] = {"places": self.places, "voices": self.voices, "points": self.points}
        found: dict[str, object] = {
            name: dict(islice(table.items(), self._told[name], None)) for name, table in tables.items()
        }
        self._told = {name: len(table) for name, table in tables.items()}
        return found

    def again(self, state: Any) -> None:
        """Know what was known."""
        self.places.update(state["places"])
        self.voices.update(state["voices"])
        self.points.update({each: tuple(point) if point else None for each, point in state["points"].items()})
        self._told = {"places": len(self.places), "voices": len(self.voices), "points": len(self.points)}

    def described(self) -> str:
        """The places that the table brings along."""
        told = ""
        for both, point in self.points.items():
            iri, _, name = both.partition("\n")
            local = last_part(iri)
            place = curie("place", local)
            told += f"{place} a kg:Place ; kg:placeType kg:{self.plan.new} ; skos:prefLabel {quoted(name, 'en')}"
            if point:
                geometry = curie("geometry", local)
                told += f" ; geo:hasDefaultGeometry {geometry} .\n{geometry} geo:asWKT"
                told += f' "POINT({point[0]} {point[1]})"^^geo:wktLiteral'
            told += " .\n"
        return told

    @cached_property
    def spots(self) -> list[Spot]:
        """The places of the numbers; to be asked when all are known."""
        brought = dict(both.split("\n", 1) for both in self.points)
        found = []
        for iri in self.places:
            local = last_part(iri)
            name = local if slug(local, len(local)) == local else f"{slug(local)}-{key(iri)}"
            found.append(Spot(f"<{iri}>", name, brought.get(iri) or self.task.gazetteer.label(iri)))
        return found

    def told_voices(self) -> list[Voice]:
        """The sources of the numbers."""
        found = []
        for text in self.voices:
            if text in self._sources:
                entry = self._sources[text]
                found.append(Voice(slug(entry.slug), entry.label(), entry.label(), known=f"<{entry.iri}>"))
            elif text:
                found.append(Voice(f"{slug(text)}-{key(text)}", text, text))
            else:
                source = self.plan.source
                title = source["title"]
                found.append(Voice("table", title, title, source.get("address", ""), source.get("licence", "")))
        return found
