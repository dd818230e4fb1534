"""What a figure says of itself: what was asked, whom it listens to, whom it credits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kg.asking import Question
from kg.control.answers import View
from kg.figures.calendar import GREGORIAN, Calendar, day, days
from kg.figures.states import listed
from kg.gazetteer import Gazetteer
from kg.store.embedded import Store

NAMED = 3
"""How many sources are named one by one; more are counted."""


@dataclass(frozen=True)
class Sheet:
    """A heading, the line below it, what stands in small print, and the calendar of the days in the figure."""

    title: str
    below: str
    credits: tuple[str, ...] = ()
    calendar: Calendar = GREGORIAN


def sheet(
    title: str, question: Question, gazetteer: Gazetteer, owed: tuple[str, ...], calendar: Calendar = GREGORIAN
) -> Sheet:
    """The sheet of a figure that answers a question; the small print ends with the version of the data."""
    told = "; ".join([*heard(question.view, gazetteer, calendar), *chosen(question, gazetteer)])
    return Sheet(title, told[:1].upper() + told[1:], (*owed, f"Data version {gazetteer.version}."), calendar)


def map_title(question: Question, calendar: Calendar = GREGORIAN) -> str:
    """The heading of a map: Who held what on 9 August 2021."""
    several = question.first < question.last
    return f"Who held what {'throughout' if several else 'on'} {days(question.first, question.last, calendar)}"


def timeline_title(question: Question, gazetteer: Gazetteer) -> str:
    """The heading of a timeline: Who held Farah."""
    names = [gazetteer.label(place, question.lang) for place in (*question.places, *question.within)]
    if not names or len(names) > NAMED:
        return "Who held what, day by day"
    return f"Who held {'places in ' if question.within else ''}{listed(names, 'and')}, day by day"


def heard(view: View, gazetteer: Gazetteer, calendar: Calendar = GREGORIAN) -> Iterator[str]:
    """Who is listened to, in words."""
    if view.sources is None:
        yield "by all sources"
    elif len(view.sources) <= NAMED:
        yield f"by {listed([gazetteer.label(source) for source in sorted(view.sources)], 'and') or 'no source'} alone"
    else:
        yield f"by {len(view.sources)} of {len(gazetteer.sources)} sources"
    if view.known is not None:
        yield f"as had been said by {day(view.known, calendar)}"
    if view.recorded is not None:
        yield f"as was recorded by {view.recorded:%Y-%m-%d %H:%M} UTC"
    if view.policy != "default":
        yield f"policy {view.policy}"
    if not view.baseline:
        yield "without baselines"


def chosen(question: Question, gazetteer: Gazetteer) -> Iterator[str]:
    """Which places are listed, in words; nothing where it is all of them."""
    if question.within:
        yield f"places in {listed([gazetteer.label(place, question.lang) for place in question.within], 'and')}"
    if question.types:
        yield f"only: {listed([gazetteer.concepts[each] for each in question.types], 'and')}"
    if question.states:
        yield f"only what is {listed(question.states, 'or')}"
    if question.actors:
        names = [gazetteer.label(actor, question.lang) for actor in question.actors]
        yield f"only where {listed(names, 'or')} is named"


def open_credits(store: Store) -> tuple[str, ...]:
    """What the data sets of the published version say of themselves."""
    found = []
    for row in store.select("credits"):
        licence = f", {row['licence']}" if "licence" in row else ""
        rights = f" {row['rights']}" if "rights" in row else ""
        found.append(f"Data: {row['title']}{licence}.{rights}")
    return tuple(found)
