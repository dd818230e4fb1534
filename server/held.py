"""Who held a place through time, as a table on its page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kg.control.agreement import LAST
from kg.control.answers import View
from kg.control.courses import courses
from kg.control.index import history
from kg.control.opening import open_control
from kg.dossier.document import address
from kg.errors import NoStudyStart
from kg.figures.calendar import date_of
from kg.figures.seen import answer_of, open_actors
from kg.figures.states import Answer, notes, words
from kg.gazetteer import Gazetteer
from server import parameters

SHOWN = 40
"""How many spans of equal answers the page has; the others are counted."""


@dataclass(frozen=True)
class Stay:
    """Days on which the answer is the same, as texts (`last` None is open), how many claims it rests on, and the
    dossier of the first of them."""

    first: str
    last: str | None
    answer: Answer
    claims: int
    dossier: str


def of(place: str, gazetteer: Gazetteer) -> dict[str, Any]:
    """What the page of a thing tells of who held it; nothing of what is no place, or of which nothing is said."""
    entry = gazetteer.places.get(place)
    try:
        index = open_control(parameters.store()).index if entry else None
    except NoStudyStart:
        index = None
    if index is None or index.ledger.places.number(place) < 0:
        return {}
    actors = open_actors(parameters.store(), index, gazetteer, parameters.one("lang") or "en")
    runs, baselines = history(index, place), index.ledger.baselines
    found = []
    for course in courses(index, [place])[place]:
        last = course.last or LAST
        within = [run for run in runs if run.first <= last and course.first <= (run.last or LAST)]
        rests = frozenset[str]().union(*(run.because for run in within))
        found.append(
            Stay(
                date_of(course.first),
                date_of(course.last) if course.last else None,
                answer_of(course, actors),
                sum(baselines.number(claim) < 0 for claim in rests),
                address(place, course.first, course.first, View()),
            )
        )
    return {"stays": found, "most_stays": SHOWN, "words": words, "notes": notes}
