"""Answers about control: all places on days, one place through time, what changed, two sides, how many.

    question = asking.question(open_gazetteer(store), {"at": ["2021-08-09"]})
    states = {verdict.place: verdict.state for verdict in held(store, question)}

Each function takes the store first and answers from the version that is published when it is called, or that the store
is seen at (`kg.store.embedded.Store.at`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from kg import parts
from kg.asking import Question
from kg.control import index as indexes
from kg.control.accounts import Accounts, accounts
from kg.control.answers import Counts, Run, Verdict, View
from kg.control.findings import Findings, findings
from kg.control.index import Columns, Index
from kg.control.ledger import Ledger
from kg.control.names import Array
from kg.control.opening import open_control
from kg.control.record import Day
from kg.control.verdicts import STATES
from kg.control.weighing import UNKNOWN
from kg.gazetteer import ROUTES, Entry, Gazetteer, open_gazetteer
from kg.store.embedded import Store
from kg.store.made import Made

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True, eq=False)
class Known:
    """What one version knows: the names, the index, and all places. `numbers` are those of the places in the index, -1
    where nothing is said; `plain` tells which are listed where none are asked for: all but the routes of which nothing
    is said."""

    gazetteer: Gazetteer
    index: Index
    places: list[str]
    numbers: Array
    plain: Array

    @property
    def version(self) -> str:
        """The version's name."""
        return self.gazetteer.version

    def entry(self, place: str) -> Entry:
        """The entry of a place; an empty one where nothing describes it."""
        return self.gazetteer.places.get(place) or Entry(place, "place")

    @cached_property
    def position(self) -> dict[str, int]:
        """Where each place is in `places`."""
        return {place: at for at, place in enumerate(self.places)}


def known(store: Store) -> Known:
    """What the version of a store knows; that of a few versions is kept. Raises NoStudyStart, NothingPublished,
    StoreUnreadable."""
    return _every.of(store)


def _read(store: Store, _: Known | None) -> Known:
    seen = store.at(store.version())
    gazetteer, control = open_gazetteer(seen), open_control(seen)
    ledger = control.index.ledger
    told = (np.diff(ledger.row_start) > 0) | (np.diff(ledger.baseline_start) > 0)
    mentioned = {place: number for number, place in enumerate(ledger.places)}
    routes = {place for place, entry in gazetteer.places.items() if not ROUTES.isdisjoint(entry.types)}
    # what the index mentions may be no place: a count of places lies within one too
    places = sorted({*gazetteer.places, *(place for place, number in mentioned.items() if told[number])})
    numbers = np.array([mentioned.get(place, -1) for place in places], np.int64)
    plain = np.array([place not in routes for place in places], bool)
    plain[numbers >= 0] |= told[numbers[numbers >= 0]]
    return Known(gazetteer, control.index, places, numbers, plain)


_every = Made(_read)


@dataclass(frozen=True, eq=False)
class Held:
    """The answer to a question: the places that it lists, in the order of their IRIs, with their verdicts.

    `at` are the positions of the listed places among all that are known.
    """

    question: Question
    known: Known
    at: Array

    def __len__(self) -> int:
        return len(self.at)

    def __iter__(self) -> Iterator[Verdict]:
        return iter(self.accounts())

    @property
    def version(self) -> str:
        """The version that answers."""
        return self.known.version

    @cached_property
    def columns(self) -> Columns:
        """The answers about all places of the index."""
        return columns(self.known, self.question)

    def findings(self, start: int = 0, stop: int | None = None, *, grounded: bool = True) -> Findings:
        """The verdicts about the listed places from `start` to before `stop`, in numbers; without what they rest on
        unless `grounded`."""
        asked, numbers = self.question, self.known.numbers[self.at[start:stop]]
        return findings(self.known.index, numbers, asked.first, asked.last, asked.view, grounded=grounded)

    def accounts(self, start: int = 0, stop: int | None = None) -> Accounts:
        """The verdicts about the listed places from `start` to before `stop`, as columns of plain values."""
        asked, at = self.question, self.at[start:stop]
        names = [self.known.places[each] for each in at.tolist()]
        return accounts(self.known.index, names, self.known.numbers[at], asked.first, asked.last, asked.view)

    def of(self, places: Iterable[str]) -> list[Verdict]:
        """The verdicts about some of the listed places, in their order."""
        wanted = list(places)
        at = np.array(sorted(self.known.position[place] for place in wanted), np.int64)
        told = {verdict.place: verdict for verdict in replace(self, at=at)}
        return [told[place] for place in wanted]

    def label(self, iri: str) -> str:
        """What a place or an actor is called in the language of the question."""
        return self.known.gazetteer.label(iri, self.question.lang)

    def runs(self, place: str) -> tuple[Run, ...]:
        """The spans of an interval's answer about a place; none for a single day."""
        asked = self.question
        if asked.first == asked.last:
            return ()
        return indexes.verdict(self.known.index, place, asked.first, asked.last, asked.view).runs

    def to_pandas(self) -> pandas.DataFrame:
        """A row for each listed place; controllers, flags and claims as lists. Needs pandas, which is not installed
        with the library."""
        import pandas

        return pandas.DataFrame.from_records([_row(verdict, self.known) for verdict in self])


def _row(verdict: Verdict, of: Known) -> dict[str, Any]:
    entry = of.entry(verdict.place)
    longitude, latitude = entry.point or (None, None)
    certain = [actor for actor, stay in verdict.controllers.items() if stay.certainty == "certain"]
    return {
        "place": verdict.place, "label": entry.label(), "longitude": longitude, "latitude": latitude,
        "state": verdict.state, "certain": certain[0] if certain else None,
        "possible": [actor for actor in verdict.controllers if actor not in certain],
        "excluded": sorted(verdict.excluded), "flags": sorted(verdict.flags), "because": sorted(verdict.because),
    }  # fmt: skip


def held(store: Store, question: Question) -> Held:
    """Who held which places throughout the question's days, and all that it rests on.

    Raises NoStudyStart, NothingPublished, StoreUnreadable.
    """
    of, question = narrowed(store, question)
    at = listed(of, question)
    if question.states or question.actors:
        at = at[fitting(of, question, columns(of, question))[at]]
    return Held(question, of, at)


def narrowed(store: Store, question: Question) -> tuple[Known, Question]:
    """What is known, and the question as it is answered from it: of one data set only its places are listed and only
    its sources heard, from its study start on. Raises UnknownDataset."""
    of = known(store)
    if not question.dataset:
        return of, question
    part = parts.part(store, question.dataset)
    heard = question.view.sources
    sources = part.sources if heard is None else part.sources & heard
    view = replace(question.view, sources=sources)
    if question.last < part.start:
        view = replace(view, sources=frozenset(), baseline=False)
    return of, replace(question, view=view, among=part.places | spoken_of(of.index.ledger, part.sources))


def spoken_of(ledger: Ledger, sources: Collection[str]) -> frozenset[str]:
    """The places of which any of these sources says something."""
    told = np.isin(ledger.claim_source[ledger.claim], ledger.sources.numbers(sources))
    place = np.repeat(np.arange(len(ledger.places)), np.diff(ledger.row_start))
    return frozenset(ledger.places[number] for number in np.unique(place[told]).tolist())


def columns(of: Known, question: Question) -> Columns:
    """The answers about all places of the index."""
    return indexes.state_at(of.index, question.first, question.last, question.view)


def listed(of: Known, question: Question) -> Array:
    """The positions of the places that the question lists, whatever their answers are."""
    if not (question.places or question.within or question.types or question.among is not None):
        return np.flatnonzero(of.plain)
    if question.places:
        chosen = {of.position[place] for place in question.places if place in of.position}
    else:
        chosen = set(range(len(of.places)) if question.types else np.flatnonzero(of.plain).tolist())
    if question.among is not None:
        chosen &= {of.position[place] for place in question.among if place in of.position}
    if question.within:
        inside = frozenset().union(*(of.gazetteer.inside(outer) for outer in question.within))
        chosen &= {of.position[place] for place in inside}
    if question.types:
        types = set(question.types)
        chosen = {at for at in chosen if not types.isdisjoint(of.entry(of.places[at]).types)}
    return np.array(sorted(chosen), np.int64)


def fitting(of: Known, question: Question, columns: Columns) -> Array:
    """Whether each known place has an answer that the question lists."""
    fits = np.ones(len(of.places), bool)
    told = of.numbers >= 0
    if question.states:
        state = np.full(len(of.places), UNKNOWN)
        state[told] = columns.state[of.numbers[told]]
        fits &= np.isin(state, [STATES.index(each) for each in question.states])
    if question.actors:
        has = np.zeros(len(columns.places) + 1, bool)
        place = np.repeat(np.arange(len(columns.places)), np.diff(columns.controller_start))
        has[place[np.isin(columns.controller, columns.actors.numbers(question.actors))]] = True
        fits &= has[of.numbers]
    return fits


@dataclass(frozen=True)
class History:
    """All runs of one place, from the study start on, as a view has them; `sources` are the texts that those of the
    view were given as."""

    place: str
    view: View
    known: Known
    runs: tuple[Run, ...]
    sources: tuple[str, ...] = ()


def history(
    store: Store, place: str, view: View, first: Day | None = None, last: Day | None = None,
    sources: tuple[str, ...] = (),
) -> History:  # fmt: skip
    """Everything about one place through time; of `first` and `last` those runs that reach into these days, whole."""
    of = known(store)
    runs = indexes.history(of.index, place, view)
    inside = [
        run for run in runs if (last is None or run.first <= last) and not (first and run.last and run.last < first)
    ]
    return History(place, view, of, tuple(inside), sources)


def counts(store: Store, question: Question, actor: str, day: Day) -> Counts:
    """Of the places that the question lists, whatever their answers, how many an actor holds on a day."""
    of = known(store)
    places = [of.places[at] for at in listed(of, question).tolist()]
    return indexes.counts(of.index, places, actor, day, question.view)
