"""Names are no keys: what is called like something else is not merged with it, but put before a person."""

from __future__ import annotations

from functools import cached_property

from kg.distances import kilometres
from kg.gazetteer import Entry, Kind, last_part
from kg.ingest.report import Question, Tally
from kg.ingest.tables import Record
from kg.ingest.task import Task
from kg.naming import candidates, fold
from kg.ontology import PREFIXES

MOST = 5
"""Candidates that are told."""

Point = tuple[float, float]


class Names:
    """The names of places and actors that the store knows, and of those that were described since."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._since: dict[str, list[str]] = {}
        self._new: list[tuple[str, str]] = []

    @cached_property
    def _known(self) -> dict[str, list[Entry]]:
        found: dict[str, list[Entry]] = {}
        kinds: tuple[Kind, ...] = ("place", "actor")
        for kind in kinds:
            for entry in self._task.gazetteer.entries[kind].values():
                for name in {fold(each) for labels in entry.labels.values() for each in labels}:
                    found.setdefault(f"{kind} {name}", []).append(entry)
        return found

    def named(self, kind: Kind, name: str) -> list[Entry]:
        """The things of the store that are called so, without regard to case, accents and the like."""
        return self._known.get(f"{kind} {fold(name)}", [])

    def meet(self, kind: Kind, iri: str, name: str, record: Record, tally: Tally, point: Point | None = None) -> None:
        """A thing that the files name: where others are called so, ask which of them it is."""
        key = f"{kind} {fold(name)}"
        same = self._since.setdefault(key, [])
        if iri in same:
            return
        others = [entry for entry in self._known.get(key, []) if entry.iri != iri]
        told = [f"{each}{_distance(point, entry.point)}" for each, entry in
                zip(candidates(self._task.gazetteer, others), others, strict=True)]  # fmt: skip
        told += [each.removeprefix(PREFIXES[kind]) for each in same if each not in {entry.iri for entry in others}]
        if told:
            tally.review.append(Question(kind, name, last_part(iri), record.file, record.line, "; ".join(told[:MOST])))
        same.append(iri)
        self._new.append((key, iri))

    def new(self) -> list[tuple[str, str]]:
        """What was met since this was last asked."""
        found, self._new = self._new, []
        return found

    def again(self, met: list[tuple[str, str]]) -> None:
        """Meet what an earlier run met."""
        for key, iri in met:
            same = self._since.setdefault(key, [])
            if iri not in same:
                same.append(iri)


def _distance(here: Point | None, there: Point | None) -> str:
    if here is None or there is None:
        return ""
    return f", {kilometres(here, there):.0f} km away"
