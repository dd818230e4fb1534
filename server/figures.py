"""`/map.svg` and `/timeline.svg`, and the pages `/map` and `/timeline` around them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, render_template

from kg import told
from kg.control.answers import Verdict
from kg.control.index import verdict
from kg.dossier.making import Dossier, dossier
from kg.dossier.words import BEARING
from kg.figures import seen
from kg.figures.calendar import date_of, day, days
from kg.figures.drawing import style_source
from kg.figures.map import map_svg
from kg.figures.reel import reel
from kg.figures.sheets import Sheet
from kg.figures.states import UNKNOWN, Answer, notes, words
from kg.figures.symbols import sign
from kg.figures.timeline import LANES, counted, differs, reach, timeline_svg, within
from kg.gazetteer import Entry
from kg.told import Claim
from server import headers, parameters
from server.beside import aggregates, as_data, embedded, nearer, options
from server.scene import NARROW, WIDE, Scene, name_of, scene, width, window

bp = Blueprint("figures", __name__)

ROWS = 500
"""How many places, or stretches of days, a table has; the rest is counted."""
SVG = "image/svg+xml"


@bp.route("/map.svg")
def map_image() -> Response:
    """The map of control, drawn for `width` pixels."""
    return image(_map(scene(), width()))


@bp.route("/timeline.svg")
def timeline_image() -> Response:
    """The timeline of control, drawn for `width` pixels."""
    return image(_timeline(scene(timeline=True), width()))


@bp.route("/map")
def map_page() -> Response:
    """The map of control, the place that is marked, what changed, and the same as a table."""
    asked = scene()
    if elsewhere := as_data(asked):
        return elsewhere
    if asked.embedded:
        return embedded(asked, "map", _map(asked, WIDE, "wide"), _map(asked, NARROW, "narrow"))
    question = asked.question
    said = [(entry, answer) for entry, answer in asked.listed if answer != UNKNOWN]
    shown = _ordered(asked, said)[:ROWS]
    rows = [
        Row(entry, answer, verdict)
        for (entry, answer), verdict in zip(shown, asked.held.of([entry.iri for entry, _ in shown]), strict=True)
    ]
    marked = _marked(asked)
    wanted = {claim for row in (*rows, marked) if row for claim in (*row.verdict.because, *_sides(row.verdict))}
    claims = told.claims(told.of(parameters.store()), wanted)
    text = render_template(
        "figures/map.html",
        testimony=_testimony(asked),
        **_shared(asked, asked.sheet()),
        wide=_map(asked, WIDE, "wide", headed=False),
        narrow=_map(asked, NARROW, "narrow", headed=False),
        rows=rows,
        more=len(said) - len(rows),
        unsaid=_ordered(asked, [pair for pair in asked.listed if pair[1] == UNKNOWN]),
        marked=marked,
        claims={iri: told.claim(iri, facts) for iri, facts in claims.items()},
        changed=_changed(asked),
        earlier=[each for each in asked.changes if each < question.first][-1:],
        later=[each for each in asked.changes if each > question.last][:1],
        image=asked.address("/map.svg"),
        aggregates=aggregates(asked),
        nearer=nearer(asked),
    )
    return headers.with_figures(text)


@bp.route("/map/reel")
def map_reel() -> Response:
    """The map through time, as JSON: what the time bar of the page needs to show any day at once."""
    asked = scene()
    start = asked.index.ledger.study_start
    moving = {
        "version": asked.gazetteer.version,
        "first": start,
        "last": reach(asked.drawn, (start, start))[1],
        "changes": asked.changes,
        **reel(asked.drawn, name_of),
    }
    return Response(json.dumps(moving, ensure_ascii=False, separators=(",", ":")), mimetype="application/json")


@bp.route("/timeline")
def timeline_page() -> Response:
    """The timeline of control, and the same as a table."""
    asked = scene(timeline=True)
    if elsewhere := as_data(asked, timeline=True):
        return elsewhere
    if asked.embedded:
        return embedded(asked, "timeline", _timeline(asked, WIDE, "wide"), _timeline(asked, NARROW, "narrow"))
    lanes = asked.lanes
    window = asked.window
    stretches = [(lane, span) for lane in lanes[:LANES] for span in within(lane.spans, window)]
    text = render_template(
        "figures/timeline.html",
        **_shared(asked, asked.sheet(timeline=True)),
        wide=_timeline(asked, WIDE, "wide", headed=False),
        narrow=_timeline(asked, NARROW, "narrow", headed=False),
        counted=counted(lanes, window),
        lanes=lanes,
        window=window,
        stretches=stretches[:ROWS],
        more=len(stretches) - ROWS,
        image=asked.address("/timeline.svg"),
    )
    return headers.with_figures(text)


@dataclass(frozen=True)
class Row:
    """A place in the table: its entry, its answer as it is drawn, and the whole verdict."""

    entry: Entry
    answer: Answer
    verdict: Verdict


def _ordered(asked: Scene, listed: list[tuple[Entry, Answer]]) -> list[tuple[Entry, Answer]]:
    """Listed places with the weighty first, then by kind and name."""

    def rank(pair: tuple[Entry, Answer]) -> tuple[bool, str, str, str]:
        entry = pair[0]
        return seen.WEIGHTY.isdisjoint(entry.types), _kind(asked, entry), entry.label(asked.question.lang), entry.iri

    return sorted(listed, key=rank)


def _kind(asked: Scene, entry: Entry) -> str:
    return ", ".join(asked.gazetteer.concepts[each] for each in entry.types)


def _marked(asked: Scene) -> Row | None:
    """The place that is marked, listed or not."""
    place, question = asked.selected, asked.question
    if place is None:
        return None
    found = verdict(asked.index, place, question.first, question.last, question.view)
    return Row(asked.gazetteer.places[place], asked.told.get(place, UNKNOWN), found)


def _testimony(asked: Scene) -> Dossier | None:
    """Everything for and against the answer about the place that is marked."""
    place, question = asked.selected, asked.question
    return dossier(parameters.store(), place, question.first, question.last, question.view) if place else None


def _sides(found: Verdict) -> Iterator[str]:
    """The claims that contradict each other."""
    yield from (claim for group in found.conflicts for claim in group)


def _sources(row: Row, claims: Mapping[str, Claim]) -> list[str]:
    """The sources of the claims that an answer rests on."""
    return sorted({claims[iri].source for iri in row.verdict.because if iri in claims})


def _changed(asked: Scene) -> list[tuple[Entry, Answer, Answer]]:
    """Of the listed places those with another answer than on the day before: entry, before, now; of one day only."""
    if asked.question.first < asked.question.last:
        return []
    pairs = ((entry, asked.before.get(entry.iri, UNKNOWN), answer) for entry, answer in asked.listed)
    return [(entry, was, now) for entry, was, now in pairs if differs(was, now)]


def _map(asked: Scene, pixels: float, prefix: str = "map", headed: bool = True) -> str:
    return map_svg(
        asked.sites,
        seen.outlines_of(asked.gazetteer),
        asked.sheet(),
        pixels,
        asked.selected,
        frozenset(asked.question.within),
        prefix,
        headed,
        ranks=asked.ranks,
        window=window(),
    )


def _timeline(asked: Scene, pixels: float, prefix: str = "timeline", headed: bool = True) -> str:
    question = asked.question
    marked = (question.first, question.last) if asked.dated and question.first == question.last else None
    return timeline_svg(asked.lanes, asked.sheet(timeline=True), asked.window, pixels, marked, prefix, headed)


def _shared(asked: Scene, sheet: Sheet) -> dict[str, Any]:
    """What both pages show: the question, what may be chosen, and the words for things."""
    gazetteer, question = asked.gazetteer, asked.question
    return {
        "scene": asked,
        "question": question,
        "sheet": sheet,
        "version": gazetteer.version,
        "options": options(asked),
        "sources_of": _sources,
        "kind": lambda entry: _kind(asked, entry),
        "sign": sign,
        "bearing": BEARING,
        "words": words,
        "notes": notes,
        "days": lambda first, last: days(first, last, asked.calendar),
        "date_of": date_of,
        "day_of": lambda number: day(number, asked.calendar),
        "label": lambda iri: gazetteer.label(iri, question.lang),
    }


def image(drawing: str) -> Response:
    """A figure alone."""
    response = Response(drawing, mimetype=SVG)
    # the style sheet is in the drawing; nothing else is loaded by it
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src {style_source()}; frame-ancestors 'self'"
    )
    return response
