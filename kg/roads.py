"""Questions about roads on a day, in the words of a caller: one grammar for the command line, the service and Python.

    asked = ask(store, {"at": ["2021-08-10"]})
    pockets(asked.standing)

Besides the parameters that make the view (`kg.asking`):

    at        one day (EDTF)
    actor     who has to get through; where none is given, the actor that has a seat
    areas     all (default): whatever is said of the areas that a road passes; named: nothing that is said of unnamed
              parts of them; none
    seat      a place that stands for the actor's seat
    lang      the language of names
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, lru_cache
from typing import get_args

import numpy as np

from kg import answering, asking, naming
from kg.answering import Known
from kg.asking import Given
from kg.control.accounts import accounts
from kg.control.answers import View
from kg.control.record import Day
from kg.derive.answers import Areas
from kg.derive.held import SOME_PARTS
from kg.derive.history.since import counting
from kg.derive.network import Network
from kg.derive.opening import claims_of_parts, open_situation
from kg.derive.situation import Situation
from kg.derive.standing import Standing, standing
from kg.errors import AmbiguousName, BadQuestion
from kg.gazetteer import Gazetteer
from kg.store.embedded import Store

AREAS: tuple[Areas, ...] = get_args(Areas)


@dataclass(frozen=True)
class RoadQuestion:
    """What is asked: a day, for whom the roads are open or cut, who is listened to, and what counts of areas.

    `at` and `sources` are the texts that the day and `view.sources` were given as; `actor` is None where nobody has a
    seat and none was named.
    """

    at: str
    day: Day
    actor: str | None
    view: View
    sources: tuple[str, ...]
    areas: Areas
    lang: str


@dataclass(frozen=True, eq=False)
class Asked:
    """A question about roads, and everything of one version that answers it."""

    store: Store
    question: RoadQuestion
    known: Known
    situation: Situation

    @property
    def version(self) -> str:
        """The version that answers."""
        return self.known.version

    @cached_property
    def standing(self) -> Standing:
        """How the actor stands on the day. Raises BadQuestion where there is none."""
        return self.standing_of(self.actor)

    @property
    def actor(self) -> str:
        """The actor. Raises BadQuestion where there is none."""
        if self.question.actor is None:
            raise BadQuestion("actor", "", "nobody has a seat, so it has to be said for whom the roads are")
        return self.question.actor

    def standing_of(self, actor: str) -> Standing:
        """How another actor stands on the day."""
        number = self.situation.network.actors.number(actor)
        return standing(self.situation, self.question.day, number, self.question.areas)

    @cached_property
    def counting(self) -> Situation:
        """The situation with what counts of areas, for what is asked of all days."""
        return counting(self.situation, self.question.areas)

    @cached_property
    def knowledge(self) -> Day | None:
        """The last day that any of those who are listened to knows of: an answer about a later one is what was last
        known. None where nobody is listened to."""
        ledger, view = self.known.index.ledger, self.question.view
        sources = np.unique(ledger.claim_source)
        if view.sources is not None:
            sources = np.intersect1d(sources, ledger.sources.numbers(sorted(view.sources)))
        if not len(sources):
            return None
        last = int(ledger.knowledge[sources].max())
        return last if view.known is None else min(last, view.known)

    def label(self, iri: str) -> str:
        """What a thing is called in the language of the question."""
        return self.known.gazetteer.label(iri, self.question.lang)

    def because(self, places: Iterable[str], day: Day | None = None) -> Mapping[str, list[str]]:
        """The claims behind what is told, on this or another day, of who holds each of some places, or parts of it."""
        names, when = sorted(set(places)), self.question.day if day is None else day
        numbers = self.known.index.ledger.places.numbers(names)
        told = accounts(self.known.index, names, numbers, when, when, self.question.view)
        start, parts = told.because_start, self._parts(names, when)
        return {
            name: sorted({*told.because[start[at] : start[at + 1]], *parts.get(name, ())})
            for at, name in enumerate(names)
        }  # fmt: skip

    def _parts(self, places: Iterable[str], day: Day) -> Mapping[str, set[str]]:
        """The claims about parts of places on a day."""
        network, held = self.situation.network, self.situation.held
        chosen = np.isin(held.place, network.places.numbers(places)) & (held.extent == SOME_PARTS) & held.possible(day)
        at = {held.iri(network, number): int(held.place[number]) for number in np.flatnonzero(chosen).tolist()}
        found: dict[str, set[str]] = {}
        for interval, claims in claims_of_parts(self.store, self.question.view, at).items():
            found.setdefault(network.place(at[interval]), set()).update(claims)
        return found


def ask(store: Store, given: Given, *, dated: bool = True) -> Asked:
    """The question that the parameters ask, and what answers it. Those that are no part of it are left to the caller.
    Unless `dated`, a day may be missing, and is the first of all.

    Raises BadDate, BadQuestion, UnknownName, AmbiguousName, and what `kg.answering.known` raises.
    """
    store = store.at(store.version())
    known = answering.known(store)
    gazetteer = known.gazetteer
    view = asking.view(gazetteer, given)
    situation = open_situation(store, view)
    at = asking.one(given, "at")
    if at is None and dated:
        raise BadQuestion("at", "", "a day is missing, such as 2021-08-10")
    first, last = asking.days(at) if at else (situation.study_start, situation.study_start)
    if first < last:
        raise BadQuestion("at", at or "", "roads are asked about one day at a time; accepted is a day: 2021-08-10")
    named, seat = asking.one(given, "actor"), asking.one(given, "seat")
    actor = naming.named(gazetteer, "actor", named).iri if named else seated(situation)
    if seat and actor:
        situation = _with_seat(situation, actor, _on_road(gazetteer, situation.network, "seat", seat))
    question = RoadQuestion(
        at or str(date.fromordinal(first)), first, actor, view, asking.several(given, "sources"),
        asking.chosen("areas", asking.one(given, "areas") or "all", AREAS), asking.one(given, "lang") or "en",
    )  # fmt: skip
    return Asked(store, question, known, situation)


def named_roads(asked: Asked, texts: Iterable[str]) -> tuple[str, ...]:
    """The named roads that texts name, each once.

    Raises BadQuestion for the name of something else, UnknownName, AmbiguousName.
    """
    found = tuple((text, naming.named(asked.known.gazetteer, "place", text).iri) for text in texts)
    there = frozenset(asked.situation.network.roads)
    for text, iri in found:
        if iri not in there:
            raise BadQuestion("route", text, "it is no named road; without `route` all of them are told")
    return tuple(dict.fromkeys(iri for _, iri in found))


def between(asked: Asked, one: str, other: str, given: Given) -> tuple[str, str, str]:
    """The actor to avoid, and the two places to go between, by their names.

    Raises BadQuestion where nobody is named to avoid, or no piece of road ends at a place, and what `ask` raises.
    """
    gazetteer, network = asked.known.gazetteer, asked.situation.network
    avoid = asking.one(given, "avoid")
    if avoid is None:
        raise BadQuestion("avoid", "", "it is missing: whom the way has to avoid, such as taliban")
    ends = (_on_road(gazetteer, network, name, text) for name, text in (("from", one), ("to", other)))
    return naming.named(gazetteer, "actor", avoid).iri, next(ends), next(ends)


def _on_road(gazetteer: Gazetteer, network: Network, parameter: str, text: str) -> str:
    """The place of this name at which a piece of road ends; of several of the name the one of which that is true."""
    on_road = set(map(network.place, np.flatnonzero(network.on_network).tolist()))
    try:
        found = naming.named(gazetteer, "place", text).iri
    except AmbiguousName as error:
        fitting = [each.iri for each in error.candidates if each.iri in on_road]
        if len(fitting) != 1:
            raise
        return fitting[0]
    if found not in on_road:
        raise BadQuestion(parameter, text, "no piece of road ends there")
    return found


def seated(situation: Situation) -> str | None:
    """The first of the actors that have a seat."""
    network = situation.network
    return next((network.actor(at) for at, seat in enumerate(network.seat.tolist()) if seat >= 0), None)


@lru_cache(maxsize=8)
def _with_seat(situation: Situation, actor: str, place: str) -> Situation:
    """The situation in which an actor has its seat at a place; the last few are kept, because what is swept is kept by
    the situation."""
    network = situation.network
    seat = network.seat.copy()
    seat[network.actors.number(actor)] = network.places.number(place)
    return replace(situation, network=replace(network, seat=seat), found=None)
