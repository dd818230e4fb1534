"""From the index of control to what figures show: answers by place, actors in their series, places as sites."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from kg.answering import Held
from kg.control.answers import View
from kg.control.courses import Course, courses
from kg.control.index import Columns, Index
from kg.control.ledger import NEVER
from kg.control.names import Array
from kg.control.verdicts import STATES, flags_of
from kg.figures.outlines import Outlines, known, shipped
from kg.figures.picture import Site
from kg.figures.states import SERIES, UNKNOWN, Answer, Party, series_of
from kg.figures.timeline import Lane, Span, first_change
from kg.gazetteer import Entry, Gazetteer
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
    stated = {str(row["actor"]): int(str(row["series"])) for row in store.select("series")}
    ledger = index.ledger
    holders = {ledger.actors[number] for number in sorted(set(ledger.holder_actor.tolist()))}
    return Actors(series_of(holders, stated), gazetteer, lang)


def answers(found: Columns, actors: Actors, among: Array | None = None) -> dict[str, Answer]:
    """The answer about every place of the columns, or about those with some numbers."""
    at = slice(None) if among is None else among
    places = found.places if among is None else [found.places[each] for each in among.tolist()]
    parties = [actors.party(actor) for actor in found.actors]
    told = {}
    known: dict[tuple[object, ...], Answer] = {}  # most places have an answer that others have too
    columns = (found.state, found.flags, found.certain, found.evident, found.controller_start[:-1],
               found.controller_start[1:])  # fmt: skip
    rows = zip(places, *(column[at].tolist() for column in columns), strict=True)
    for place, state, flags, certain, evident, begin, end in rows:
        numbers = found.controller[begin:end].tolist()
        key = (state, flags, certain, evident, *numbers)
        if key not in known:
            known[key] = Answer(
                STATES[state],
                parties[certain] if certain >= 0 else None,
                tuple(parties[each] for each in numbers if each != certain),
                flags_of(flags),
                STATES[state] == "possible" and not evident,
            )
        told[place] = known[key]
    return told


def listed(held: Held, told: Mapping[str, Answer]) -> list[tuple[Entry, Answer]]:
    """The places that a question lists, with their answers, in the order of their IRIs."""
    places = (held.known.places[at] for at in held.at.tolist())
    return [(held.known.entry(place), told.get(place, UNKNOWN)) for place in places]


def answer_of(course: Course, actors: Actors) -> Answer:
    """The answer of a course, as it is drawn."""
    certain = actors.party(course.certain) if course.certain else None
    assumed = course.state == "possible" and not course.evident
    return Answer(course.state, certain, actors.parties(course.possible), course.flags, assumed)


def outlines_of(gazetteer: Gazetteer) -> Outlines:
    """The shipped outlines of the places that this version knows."""
    return known(frozenset(outline.place for outline in shipped().areas if outline.place in gazetteer.places))


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
    known: dict[str, tuple[Span, ...]],
) -> list[Lane]:
    """The listed places as a timeline shows them, the first to change first, with all that is answered about each from
    the study start on. Those that are called the same have their kind in the name.

    `known` has the spans of places of which they were read before, in the same view, and gets those of the others.
    Raises ValueError for a policy that is none.
    """
    entries = {entry.iri: entry for entry, _ in listed}
    names = Counter(entry.label(lang) for entry in entries.values())
    drawn: dict[Course, Answer] = {}
    for place, told in courses(index, entries.keys() - known.keys(), view).items():
        spans = []
        for course in told:
            key = replace(course, first=0, last=None)
            if key not in drawn:
                drawn[key] = answer_of(course, actors)
            spans.append(Span(course.first, course.last, drawn[key]))
        known[place] = tuple(spans)
    found = []
    for place, entry in entries.items():
        told_of = site(actors.gazetteer, entry, UNKNOWN, lang, href(place))
        label = f"{told_of.label} ({told_of.kind})" if names[told_of.label] > 1 else told_of.label
        found.append(Lane(place, label, told_of.lang, told_of.kind, known[place], told_of.href))
    return sorted(found, key=lambda lane: (first_change(lane.spans) or NEVER, lane.label, lane.place))
