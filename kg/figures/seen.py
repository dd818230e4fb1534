"""From the index of control to what figures show: answers by place, actors in their series, places as sites."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from kg.asking import Question
from kg.control.answers import View
from kg.control.courses import Course, courses
from kg.control.index import Index, state_at
from kg.control.ledger import NEVER
from kg.control.record import Day
from kg.control.verdicts import STATES, flags_of
from kg.figures.outlines import Outlines, known, shipped
from kg.figures.picture import Site
from kg.figures.states import SERIES, UNKNOWN, Answer, Party, series_of
from kg.figures.timeline import Lane, Span, first_change
from kg.gazetteer import ROUTES, Entry, Gazetteer
from kg.ontology import KG
from kg.store.embedded import Store

NO_POINT = frozenset({str(KG.Country), str(KG.Region)})
"""Types of places for which no point can stand."""
WEIGHTY = frozenset({str(KG.ProvincialCapital), str(KG.City)})
"""Types of places that are drawn larger, and named first."""


@dataclass(frozen=True, eq=False)
class Actors:
    """The actors of one version as figures show them, in one language."""

    series: Mapping[str, int]
    gazetteer: Gazetteer
    lang: str = "en"

    def party(self, actor: str) -> Party:
        """An actor in its series."""
        return Party(actor, self.gazetteer.label(actor, self.lang), self.series.get(actor, SERIES - 1))

    def parties(self, actors: Iterable[str]) -> tuple[Party, ...]:
        """Several, in the order of their IRIs."""
        return tuple(self.party(actor) for actor in sorted(actors))


def open_actors(store: Store, index: Index, gazetteer: Gazetteer, lang: str = "en") -> Actors:
    """The actors of the published version: each who ever holds anything has a series, the one that `kg:series` states
    or the first that is free."""
    stated = {str(row["actor"]): int(row["series"].toPython()) for row in store.select("series")}
    ledger = index.ledger
    holders = {ledger.actors[number] for number in sorted(set(ledger.holder_actor.tolist()))}
    return Actors(series_of(holders, stated), gazetteer, lang)


def answers(index: Index, first: Day, last: Day, view: View, actors: Actors) -> dict[str, Answer]:
    """The answer about every place of which anything is said, throughout some days.

    Raises ValueError for a policy that is none and days in the wrong order.
    """
    found = state_at(index, first, last, view)
    begin, holders = found.controller_start.tolist(), found.controller.tolist()
    parties: dict[int, Party] = {}

    def party(number: int) -> Party:
        if number not in parties:
            parties[number] = actors.party(found.actors[number])
        return parties[number]

    columns = zip(
        found.places,
        found.state.tolist(),
        found.flags.tolist(),
        found.certain.tolist(),
        found.evident.tolist(),
        strict=True,
    )
    told = {}
    for number, (place, state, flags, certain, evident) in enumerate(columns):
        numbers = holders[begin[number] : begin[number + 1]]
        told[place] = Answer(
            STATES[state],
            party(certain) if certain >= 0 else None,
            tuple(party(each) for each in numbers if each != certain),
            flags_of(flags),
            STATES[state] == "possible" and not evident,
        )
    return told


def answer_of(course: Course, actors: Actors) -> Answer:
    """The answer of a course, as it is drawn."""
    certain = actors.party(course.certain) if course.certain else None
    assumed = course.state == "possible" and not course.evident
    return Answer(course.state, certain, actors.parties(course.possible), course.flags, assumed)


def outlines_of(gazetteer: Gazetteer) -> Outlines:
    """The shipped outlines of the places that this version knows."""
    return known(frozenset(outline.place for outline in shipped().areas if outline.place in gazetteer.places))


def chosen(gazetteer: Gazetteer, question: Question, told: Mapping[str, Answer]) -> list[tuple[Entry, Answer]]:
    """The places that a question lists, with their answers, in the order of their IRIs.

    A place that the gazetteer does not know is listed too, if anything is said of it.
    """
    entries = {iri: entry for iri, entry in gazetteer.places.items() if ROUTES.isdisjoint(entry.types)}
    entries |= {iri: Entry(iri, "place") for iri in told if iri not in gazetteer.places}
    inside = {iri for outer in question.within for iri in gazetteer.inside(outer)}
    found = []
    for iri, entry in sorted(entries.items()):
        answer = told.get(iri, UNKNOWN)
        if (
            (not question.places or iri in question.places)
            and (not question.within or iri in inside)
            and (not question.types or not set(question.types).isdisjoint(entry.types))
            and (not question.states or answer.state in question.states)
            and (not question.actors or any(party.actor in question.actors for party in answer.parties))
        ):
            found.append((entry, answer))
    return found


def site(gazetteer: Gazetteer, entry: Entry, answer: Answer, lang: str, href: str) -> Site:
    """A place as a map shows it."""
    shown = next(
        (each for each in (lang, lang.partition("-")[0], "en", "", *entry.labels) if each in entry.labels), "en"
    )
    kind = ", ".join(gazetteer.concepts[each] for each in entry.types) or "place"
    point = None if NO_POINT & set(entry.types) else entry.point
    weight = 0 if WEIGHTY & set(entry.types) else 1
    return Site(entry.iri, entry.label(lang), shown or "en", kind, point, answer, href, weight)


def sites(
    gazetteer: Gazetteer, listed: Iterable[tuple[Entry, Answer]], lang: str, href: Callable[[str], str]
) -> list[Site]:
    """The listed places as a map shows them; `href` gives the address of more about each."""
    return [site(gazetteer, entry, answer, lang, href(entry.iri)) for entry, answer in listed]


def lanes(
    index: Index,
    view: View,
    listed: Iterable[tuple[Entry, Answer]],
    actors: Actors,
    lang: str,
    href: Callable[[str], str],
) -> list[Lane]:
    """The listed places as a timeline shows them, with all that is answered about each from the study start on.

    Raises ValueError for a policy that is none.
    """
    entries = {entry.iri: entry for entry, _ in listed}
    known_answers: dict[Course, Answer] = {}
    found = []
    for place, told in courses(index, entries, view).items():
        spans = []
        for course in told:
            key = replace(course, first=0, last=None)
            if key not in known_answers:
                known_answers[key] = answer_of(course, actors)
            spans.append(Span(course.first, course.last, known_answers[key]))
        as_site = site(actors.gazetteer, entries[place], UNKNOWN, lang, href(place))
        found.append(Lane(place, as_site.label, as_site.lang, as_site.kind, tuple(spans), as_site.href))
    return sorted(found, key=lambda lane: (first_change(lane.spans) or NEVER, lane.label, lane.place))
