"""`/compare`: two days, or two ways to listen, place by place: what differs, by whose words, and two maps of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from flask import Blueprint, Response, render_template

from kg import asking, contrast, told
from kg.asking import Given
from kg.figures.calendar import date_of, day, days
from kg.figures.sheets import chosen, heard
from kg.figures.states import notes, words
from kg.figures.symbols import sign
from kg.gazetteer import Entry
from server import formats, headers, parameters
from server.beside import nearer, options
from server.replies import CSV, GEOJSON, JSON
from server.scene import name_of
from server.sides import SIDED, Comparison, sides

bp = Blueprint("comparison", __name__)

FORMS: formats.Offer = {"html": ("text/html",), **JSON, **GEOJSON, **CSV}
CLAIMS = 3
"""How many claims a side of a row names; the rest is counted."""


@bp.route("/compare")
def show() -> Response:
    """What differs between two days, or two ways to listen: as a table with the claims, in numbers, on two maps."""
    shown = sides()
    form = parameters.form(asking.one(shown.whole.given, "format"), FORMS)
    if form != "html":
        response = Response(status=303, headers={"Location": shown.twin(form)})
        response.vary.add("Accept")
        return response
    embedded = shown.whole.embedded
    restated = shown.found.restated()
    wanted = {claim for row in shown.rows for claim, _ in row.grounds[:CLAIMS]}
    facts = told.claims(told.of(parameters.store()), wanted)
    ids = {row.entry.iri: f"row-{number}" for number, row in enumerate(shown.rows, 1)}
    calendar, gazetteer = shown.whole.calendar, shown.whole.gazetteer
    page = render_template(
        "figures/compare.html",
        frame="figures/frame.html" if embedded else "base.html",
        embedded=embedded,
        shown=shown,
        question=shown.whole.question,
        called_kinds=contrast.IN_TIME if shown.in_time else contrast.BY_SIDE,
        counts=Counter(shown.kinds.values()),
        claims={iri: told.claim(iri, each) for iri, each in facts.items()},
        ids=ids,
        maps=[shown.drawn(side, ids) for side in (0, 1)],
        when=_when(shown),
        described=_described(shown),
        chosen=list(chosen(shown.whole.question, gazetteer)),
        outside=list(_outside(shown)),
        retaken=[each for each in shown.takeovers if each.back],
        in_between=_in_between(shown),
        restated=restated,
        most=CLAIMS,
        nearer=nearer(shown.whole, "/compare"),
        others=list(_others(shown)),
        options=[options(side) for side in shown.sides],
        hidden=_hidden(shown.whole.given),
        version=gazetteer.version,
        entry=shown.found.first.known.entry,
        kind_of=lambda entry: ", ".join(gazetteer.concepts[each] for each in entry.types),
        label=lambda iri: gazetteer.label(iri, shown.whole.question.lang),
        day_of=lambda number: day(number, calendar),
        date_of=date_of,
        name_of=name_of,
        sign=sign,
        words=words,
        notes=notes,
    )
    return headers.with_figures(page, "*" if embedded else "'self'")


def _described(shown: Comparison) -> tuple[str, str]:
    """Each side in words: its days, and whom it listens to."""
    a, b = (
        "; ".join([when, *heard(side.question.view, side.gazetteer, shown.whole.calendar)])
        for side, when in zip(shown.sides, _when(shown), strict=True)
    )
    return a, b


def _when(shown: Comparison) -> tuple[str, str]:
    """The days of each side in words."""
    a, b = (days(side.question.first, side.question.last, shown.whole.calendar) for side in shown.sides)
    return a, b


def _outside(shown: Comparison) -> Iterator[tuple[str, str, str]]:
    """For each side that asks for days of which the data tells nothing, or nothing new: words, and a way on with its
    address."""
    calendar = shown.whole.calendar
    for name, side in zip(asking.SIDES, shown.sides, strict=True):
        if (edge := side.beyond) is None:
            continue
        asked, named = days(side.question.first, side.question.last, calendar), day(edge, calendar)
        there = shown.address(**{f"{name}.at": date_of(edge)})
        if side.question.last < edge:
            why, way = f"{asked} is before {named}, where the data begins; it tells nothing", f"begin on {named}"
        else:
            why, way = f"nothing changes after {named}, so {asked} has what was last said", f"take {named}"
        yield f"{name.upper()}: {why}", way, there


def _in_between(shown: Comparison) -> list[Entry]:
    """The places that both sides tell alike, although they got another certain holder in between."""
    turned = {each.place for each in shown.takeovers} - shown.kinds.keys()
    return [entry for entry in shown.listed if entry.iri in turned]


def _others(shown: Comparison) -> Iterator[tuple[str, str]]:
    """Words and addresses of other comparisons, from the days of this one."""
    start, changes = shown.b.index.ledger.study_start, shown.b.changes
    none: dict[str, str | None] = dict.fromkeys(
        name for name in shown.whole.given if name.removeprefix("a.").removeprefix("b.") in SIDED
    )
    last = shown.b.question.last
    at, calendar = date_of(last), shown.whole.calendar
    if changes:
        yield (f"{day(start, calendar)} and {day(changes[-1], calendar)}: the first and the last day",
               shown.address(**{**none, "a.at": date_of(start), "b.at": date_of(changes[-1])}))  # fmt: skip
    yield (f"{day(last, calendar)} and the day before",
           shown.address(**{**none, "a.at": date_of(max(last - 1, 1)), "b.at": at}))  # fmt: skip
    yield (f"what had been said by {day(last, calendar)}, and what is said of that day now",
           shown.address(**{**none, "a.at": at, "b.at": at, "a.known": at}))  # fmt: skip
    yield (f"{day(last, calendar)} with and without what is only assumed",
           shown.address(**{**none, "a.at": at, "b.at": at, "b.baseline": "off"}))  # fmt: skip


def _hidden(given: Given) -> list[tuple[str, str]]:
    """The parameters that the form has no field for."""
    fields = {
        *SIDED,
        "within",
        "type",
        "state",
        "lang",
        "cal",
        *(f"{side}.{name}" for side in asking.SIDES for name in SIDED),
    }
    return [(name, value) for name, values in given.items() if name not in fields for value in values if value]
