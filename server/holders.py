"""`/graph?view=control`: who controlled what on a day as a graph of actors and places, with the same as lists."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, render_template

from kg.figures.calendar import date_of, day
from kg.figures.drawing import style
from kg.figures.states import UNKNOWN, Answer, Party, sentence
from kg.figures.symbols import sign
from kg.gazetteer import Entry
from server import headers
from server.scene import Scene, name_of, scene

SHOWN = 500
"""How many places of one actor the lists have; the others are counted."""


@dataclass(frozen=True)
class Holder:
    """An actor with the places that it holds for certain, and those that it holds possibly or in dispute."""

    party: Party
    sure: list[tuple[Entry, Answer]]
    maybe: list[tuple[Entry, Answer]]


def page() -> Response:
    """Actors and their places on the day that is asked about."""
    asked = scene()
    question = asked.question
    page = render_template(
        "explorer/control.html",
        scene=asked,
        question=question,
        sheet=asked.sheet(),
        holders=holders(asked),
        unsaid=sum(answer == UNKNOWN for _, answer in asked.listed),
        shown=SHOWN,
        sign=sign,
        style=style(),
        sentence=sentence,
        name_of=name_of,
        earlier=[each for each in asked.changes if each < question.first][-1:],
        later=[each for each in asked.changes if each > question.last][:1],
        date_of=date_of,
        day_of=lambda number: day(number, asked.calendar),
        version=asked.gazetteer.version,
    )
    return headers.with_figures(page)


def holders(asked: Scene) -> list[Holder]:
    """Each actor that is named in an answer, those with more certain places first."""
    found: dict[str, Holder] = {}
    for entry, answer in asked.listed:
        for party in answer.parties:
            holder = found.setdefault(party.actor, Holder(party, [], []))
            (holder.sure if party == answer.certain else holder.maybe).append((entry, answer))
    return sorted(found.values(), key=lambda each: (-len(each.sure), -len(each.maybe), each.party.label))
