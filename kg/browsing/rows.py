"""What is shown of things that are browsed, as plain values: a row for each, of one version, in one language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from kg import told
from kg.answering import Known, columns
from kg.asking import Question
from kg.browsing.gathering import Facet
from kg.browsing.shelf import Shelf, Shelves, Sort
from kg.control.facts import OPEN
from kg.control.index import Columns
from kg.control.names import Array, spans
from kg.control.verdicts import STATES, flags_of
from kg.gazetteer import Entry, Gazetteer, last_part
from kg.store.embedded import Store
from kg.told import Facts

Row = dict[str, Any]
_ROLES = ("fromController", "toController", "controller", "party")


@dataclass(frozen=True, eq=False)
class Standing:
    """Who held what on the days that are asked about: the answers about the places of the index, and for the places of
    the shelf their numbers in it (-1: nothing is said of them)."""

    question: Question
    columns: Columns
    numbers: Array

    def facets(self) -> dict[str, Facet]:
        """What places can be chosen by on these days: the state of the answer, and whom it has as a controller."""
        told = np.flatnonzero(self.numbers >= 0)
        state = np.full(len(self.numbers), STATES.index("unknown"))
        state[told] = self.columns.state[self.numbers[told]]
        start = self.columns.controller_start
        begin, end = (start[self.numbers[told] + step] for step in (0, 1))
        place, holder = np.repeat(told, end - begin), self.columns.controller[spans(begin, end - begin)]
        return {
            "state": Facet(list(STATES), np.arange(len(state)), state),
            "actor": Facet(list(self.columns.actors), place, holder),
        }


def standing(known: Known, shelves: Shelves, question: Question) -> Standing:
    """Who held the places that can be browsed, on the days of a question."""
    return Standing(question, columns(known, question), numbers(known, shelves.of["place"].things))


def numbers(known: Known, places: Iterable[str]) -> Array:
    """The numbers of places in the index; -1 where nothing is said of one."""
    at = np.array([known.position.get(place, -1) for place in places], np.int64)
    return np.where(at >= 0, known.numbers[at], -1)


@dataclass(frozen=True, eq=False)
class Shown:
    """Where rows are taken from."""

    store: Store
    shelves: Shelves
    gazetteer: Gazetteer
    lang: str
    standing: Standing | None = None

    def label(self, iri: str) -> str:
        """What a thing, a type or a stance is called."""
        return self.shelves.labels.get(iri) or self.gazetteer.label(iri, self.lang)

    def named(self, key: str, iris: Sequence[str]) -> list[Row]:
        """Things with what they are called."""
        return [{key: iri, "label": self.label(iri)} for iri in iris]


def rows(shown: Shown, sort: Sort, things: Array) -> list[Row]:
    """The rows of the things with these numbers in their shelf, in order."""
    shelf = shown.shelves.of[sort]
    made = _MADE[sort](shown, shelf, things.tolist())
    for row, number in zip(made, things.tolist(), strict=True):
        row |= {name: int(column[number]) for name, column in shelf.counts.items()}
    return made


def _places(shown: Shown, shelf: Shelf, numbers: list[int]) -> list[Row]:
    made = []
    for number in numbers:
        entry = shown.gazetteer.places[shelf.things[number]]
        made.append(_entry(shown, entry) | {
            "within": shown.named("place", entry.within), "coordinates": list(entry.point) if entry.point else None,
        })  # fmt: skip
        if shown.standing is not None:
            made[-1] |= _held(shown, shown.standing.columns, int(shown.standing.numbers[number]))
    return made


def _held(shown: Shown, columns: Columns, number: int) -> Row:
    """Who held a place, by its number in the index."""
    if number < 0:
        return {"state": "unknown", "flags": [], "controllers": []}
    begin, end = columns.controller_start[number : number + 2].tolist()
    certain = int(columns.certain[number])
    controllers = [
        {"actor": actor, "label": shown.label(actor), "certainty": "certain" if each == certain else "possible"}
        for each in columns.controller[begin:end].tolist()
        for actor in [columns.actors[each]]
    ]
    flags = sorted(flags_of(int(columns.flags[number])))
    return {"state": STATES[int(columns.state[number])], "flags": flags, "controllers": controllers}


def _actors(shown: Shown, shelf: Shelf, numbers: list[int]) -> list[Row]:
    made = [_entry(shown, shown.gazetteer.actors[shelf.things[number]]) for number in numbers]
    if shown.standing is not None:
        certain, possible = _holdings(shown.standing)
        for row in made:
            row |= {"holds": certain[row["actor"]], "mayHold": possible[row["actor"]]}
    return made


def _holdings(standing: Standing) -> tuple[Counter[str], Counter[str]]:
    """How many places each actor holds certainly, and how many others possibly."""
    columns, size = standing.columns, len(standing.columns.actors)
    held = standing.facets()["actor"].value
    certain = columns.certain[standing.numbers[standing.numbers >= 0]]
    sure = np.bincount(certain[certain >= 0], minlength=size)
    counted = (sure, np.bincount(held, minlength=size) - sure)
    first, second = (Counter(dict(zip(columns.actors, each.tolist(), strict=True))) for each in counted)
    return first, second


def _sources(shown: Shown, shelf: Shelf, numbers: list[int]) -> list[Row]:
    made = []
    for number in numbers:
        published = _edtf(*_bounds(shelf, number))
        made.append(_entry(shown, shown.gazetteer.sources[shelf.things[number]]) | {"published": published})
    return made


def _entry(shown: Shown, entry: Entry) -> Row:
    return {entry.kind: entry.iri, "label": entry.label(shown.lang), "types": shown.named("type", entry.types)}


def _events(shown: Shown, shelf: Shelf, numbers: list[int]) -> list[Row]:
    iris = [shelf.things[number] for number in numbers]
    found = told.events(told.of(shown.store), iris)
    parts = [facts for event in found.values() for facts in event.parts.values()]
    labels = _labels(shown, told.named(*(event.facts for event in found.values()), *parts))
    made = []
    for number, iri in zip(numbers, iris, strict=True):
        event = found.get(iri, told.Event({}, {}))
        earliest, latest = _bounds(shelf, number)
        actors = [actor for role in _ROLES for actor in event.facts.get(role, ())]
        actors += [actor for part in event.parts.values() for actor in part.get("actor", ())]
        made.append({
            "event": iri, "label": told.called(event, labels), "types": _with("type", event.facts, "eventType", labels),
            "places": _with("place", event.facts, "place", labels),
            "actors": _named("actor", dict.fromkeys(actors), labels),
            "when": told.first(event.facts, "edtf") or _edtf(earliest, latest),
            "earliest": earliest and earliest.isoformat(), "latest": latest and latest.isoformat(),
        })  # fmt: skip
    return made


def _claims(shown: Shown, shelf: Shelf, numbers: list[int]) -> list[Row]:
    iris = [shelf.things[number] for number in numbers]
    said = told.claims(told.of(shown.store), iris)
    labels = _labels(shown, told.named(*said.values()))
    made: list[Row] = []
    for iri in iris:
        claim = told.claim(iri, said[iri]) if iri in said and "source" in said[iri] else None
        if claim is None:
            made.append({"claim": iri, "label": last_part(iri), "stance": None})
            continue
        made.append({
            "claim": iri, "label": claim.gloss or last_part(iri), "stance": claim.stance,
            "about": _with("event", said[iri], "about", labels),
            "claimants": _with("actor", said[iri], "claimant", labels),
            "source": claim.source, "sourceLabel": shown.label(claim.source), "sentence": claim.sentence,
            "published": claim.published, "stated": claim.stated, "when": claim.when,
        })  # fmt: skip
    return made


def _labels(shown: Shown, iris: set[str]) -> dict[str, str]:
    return shown.gazetteer.called(told.names(shown.store, iris), shown.lang)


def _with(key: str, facts: Facts, name: str, labels: Mapping[str, str]) -> list[Row]:
    return _named(key, facts.get(name, ()), labels)


def _named(key: str, iris: Iterable[str], labels: Mapping[str, str]) -> list[Row]:
    return [{key: iri, "label": labels.get(iri, last_part(iri))} for iri in iris]


def _bounds(shelf: Shelf, number: int) -> tuple[date | None, date | None]:
    assert shelf.days is not None
    first, last = (None if column[number] == OPEN else date.fromordinal(int(column[number])) for column in shelf.days)
    return first, last


def _edtf(earliest: date | None, latest: date | None) -> str | None:
    """Bounds as an EDTF text; None where there is none."""
    if earliest is None and latest is None:
        return None
    if earliest == latest:
        return str(latest)
    return f"[{earliest or ''}..{latest or ''}]"


_MADE: Mapping[Sort, Callable[[Shown, Shelf, list[int]], list[Row]]] = {
    "place": _places, "actor": _actors, "event": _events, "claim": _claims, "source": _sources,
}  # fmt: skip
