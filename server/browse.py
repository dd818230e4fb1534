"""`/browse`: the places, actors, events, claims and sources of the data, narrowed by what they are, when, where and by
whom, with counts; as a page, and as data."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from flask import Blueprint, Response, render_template, request
from rdflib import Graph

from kg import answering, asking, queries, told
from kg.asking import Question
from kg.browsing import rows as browsed
from kg.browsing.choosing import Found, choose
from kg.browsing.rows import Shown, Standing
from kg.browsing.shelf import SORTS, Shelf, Shelves
from kg.control.courses import changes
from kg.errors import NoStudyStart
from kg.figures import seen
from kg.figures.calendar import date_of, day
from kg.figures.map import map_svg
from kg.figures.months import months_svg
from kg.figures.sheets import map_title, open_credits, sheet
from kg.figures.states import UNKNOWN, Answer, notes, words
from kg.figures.symbols import sign
from kg.gazetteer import Gazetteer, open_gazetteer
from kg.ontology import PREFIXES
from kg.store.embedded import Store
from server import formats, headers, parameters
from server.narrowing import EARLIER, Narrowed, at_hand, narrowed
from server.replies import CSV, JSON, RDF, paged, reply
from server.scene import name_of

bp = Blueprint("browse", __name__)

FORMS: formats.Offer = {"html": ("text/html", "application/xhtml+xml"), **JSON, **CSV, **RDF}
LISTED = 10
"""How many values of a facet are listed at once; `more=` names a facet that is listed whole."""
WHOLE = 1000
"""How many values of a facet are listed at most."""
DRAWN, SMALL = 300, 340
"""How many places the small map draws at most, and its pixels."""


@dataclass(frozen=True, eq=False)
class Browsed:
    """A page of `/browse` and everything of one version that it shows."""

    asked: Narrowed
    shelf: Shelf
    shown: Shown
    found: Found

    @property
    def total(self) -> int:
        """How many things fit."""
        return len(self.found.things)

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """The things that are shown."""
        numbers = self.found.things[self.asked.offset : self.asked.offset + self.asked.limit]
        return browsed.rows(self.shown, self.asked.sort, numbers)


@bp.route("/browse")
def door() -> str:
    """What can be browsed, with how many there are of each."""
    _, of = at_hand()
    return render_template("browse/door.html", shelves=of.of, version=of.version)


@bp.route("/browse/<sort>")
def show(sort: str) -> Response:
    """The things of a sort that fit, page by page."""
    form = parameters.form(parameters.one("format"), FORMS)
    asked = _browsed(sort)
    if form == "html":
        response = headers.with_figures(_page(asked))
        response.vary.add("Accept")
    elif form == "json":
        response = reply(_plain(asked), JSON[form][0], asked.shown.shelves.version)
    elif form == "csv":
        response = reply(_table(asked), CSV[form][0], asked.shown.shelves.version)
    else:
        response = reply(_graph(asked, form), RDF[form][0], asked.shown.shelves.version)
    return paged(response, asked.asked.offset, asked.asked.limit, asked.total)


def _browsed(sort: str) -> Browsed:
    (store, of), given = at_hand(), parameters.given()
    gazetteer = open_gazetteer(store)
    shelf = next((each for name, each in of.of.items() if name == sort), None)
    stand = _standing(store, of, gazetteer, given)
    further = stand.facets() if stand and sort == "place" else {}
    asked = narrowed(sort, shelf, tuple(further), given, gazetteer)
    assert shelf is not None
    lang = asking.one(given, "lang") or "en"
    return Browsed(asked, shelf, Shown(store, of, gazetteer, lang, stand), choose(shelf, asked.chosen, further))


def _standing(store: Store, of: Shelves, gazetteer: Gazetteer, given: asking.Given) -> Standing | None:
    """Who held what on the days that are asked about, by default the last on which anything changes; None where the
    data tells of nothing that is held."""
    try:
        known = answering.known(store)
    except NoStudyStart:
        return None
    view = asking.view(gazetteer, given)
    at = asking.one(given, "at")
    if at is None:
        at = date_of((changes(known.index, view) or [known.index.ledger.study_start])[-1])
    first, last = asking.days(at)
    question = Question(at, first, last, view, lang=asking.one(given, "lang") or "en")
    return browsed.standing(known, of, question)


def _page(asked: Browsed) -> str:
    standing = asked.shown.standing
    text: str = render_template(
        "browse/kind.html",
        browsed=asked,
        asked=asked.asked,
        found=asked.found,
        rows=asked.rows,
        whole=len(asked.shelf.things),
        standing=standing,
        held_on=map_title(standing.question).removeprefix("Who held what ") if standing else "",
        facets=_facets(asked),
        months=_strip(asked) if asked.found.months else "",
        map=_drawing(asked),
        answers=_answers(asked, [row["place"] for row in asked.rows]) if asked.asked.sort == "place" else {},
        title=TITLES[asked.asked.sort],
        sorts=SORTS,
        titles=TITLES,
        forms=[(form, asked.asked.address(format=form)) for form in FORMS if form != "html"],
        label=asked.shown.label,
        earlier=EARLIER in request.environ,
        version=asked.shown.shelves.version,
        sign=sign,
        words=words,
        notes=notes,
        unknown=UNKNOWN,
        day_of=day,
        name_of=name_of,
    )  # fmt: skip
    return text


TITLES = {"place": "Places", "actor": "Actors", "event": "Events", "claim": "Claims", "source": "Sources"}
HEADINGS = {
    "state": "Answer", "actor": "Actor", "type": "Kind", "within": "In", "month": "Month", "source": "Source",
    "stance": "Stance", "claimant": "Who is quoted",
}  # fmt: skip
"""What facets are called; `actor` of a place is who holds it."""


def _facets(asked: Browsed) -> list[dict[str, Any]]:
    """The facets as they are listed: each value with its count, and the address at which it is chosen or not."""
    whole = asking.one(asked.asked.given, "more")
    listed = []
    for name in HEADINGS:
        if name == "month":
            pairs = ((each.month, each.certain + each.possible) for each in asked.found.months)
            counted = [(month, count) for month, count in pairs if count]
        else:
            counted = asked.found.counts.get(name, [])
        if not counted and name not in asked.asked.chosen:
            continue
        chosen = asked.asked.chosen.get(name, ())
        most = WHOLE if whole == name else LISTED if name != "month" else 2 * LISTED
        values = [pair for pair in counted if pair[0] in chosen]
        values += [(value, 0) for value in chosen if value not in dict(values)]
        values += [pair for pair in counted if pair[0] not in chosen][: max(0, most - len(values))]
        if name == "month":
            values.sort()
        listed.append({
            "name": name,
            "title": "Held by" if name == "actor" and asked.asked.sort == "place" else HEADINGS[name],
            "values": [(label, count, asked.asked.turned(name, value), value in chosen) for label, (value, count)
                       in zip(_labels(asked, [value for value, _ in values]), values, strict=True)],
            "rest": len(counted) - len(values), "whole": whole == name, "more": asked.asked.address(more=name),
        })  # fmt: skip
    return listed


def _labels(asked: Browsed, values: list[str]) -> list[str]:
    """What values are called; places that are called the same have their kind in the name."""
    shown, gazetteer = asked.shown, asked.shown.gazetteer
    labels = [shown.label(value) if ":" in value else value for value in values]
    names = Counter(labels)
    kinds = [", ".join(shown.label(each) for each in gazetteer.places[value].types)
             if names[label] > 1 and value in gazetteer.places else ""
             for value, label in zip(values, labels, strict=True)]  # fmt: skip
    return [f"{label} ({kind})" if kind else label for label, kind in zip(labels, kinds, strict=True)]


def _answers(asked: Browsed, places: list[str]) -> Mapping[str, Answer]:
    """The answers about some places, as figures show them."""
    standing, shown = asked.shown.standing, asked.shown
    if standing is None:
        return {}
    known = answering.known(shown.store)
    numbers = browsed.numbers(known, places)
    actors = seen.open_actors(shown.store, known.index, shown.gazetteer, shown.lang)
    return seen.answers(standing.columns, actors, numbers[numbers >= 0])


def _strip(asked: Browsed) -> str:
    """How many of what fits there are of each month."""
    title = TITLES[asked.asked.sort]
    return months_svg(asked.found.months, title, lambda month: asked.asked.turned("month", month))


def _drawing(asked: Browsed) -> str:
    """The small map: the places of what fits, those of most things first, with who held them."""
    standing, shown = asked.shown.standing, asked.shown
    if standing is None or not asked.found.places:
        return ""
    places = [place for place, _ in asked.found.places]
    if asked.asked.sort == "place":
        events = dict(zip(asked.shelf.things, asked.shelf.counts["events"].tolist(), strict=True))
        places.sort(key=lambda place: -events[place])
    drawn = places[:DRAWN]
    answers = _answers(asked, drawn)
    listed = [(shown.gazetteer.places[place], answers.get(place, UNKNOWN)) for place in drawn]
    sites = seen.sites(shown.gazetteer, listed, shown.lang, lambda place: asked.asked.address(within=name_of(place)))
    question = standing.question
    told = sheet(map_title(question), question, shown.gazetteer, open_credits(shown.store))
    more = (f"{len(places) - DRAWN:,} more places are not drawn.",) if len(places) > DRAWN else ()
    told = replace(told, credits=(*more, *told.credits))
    return map_svg(sites, seen.outlines_of(shown.gazetteer), told, SMALL, prefix="places", headed=False)


def _plain(asked: Browsed) -> dict[str, Any]:
    found, label = asked.found, asked.shown.label
    standing = asked.shown.standing
    return {
        "version": asked.shown.shelves.version, "sort": asked.asked.sort,
        "at": standing.question.at if standing else None,
        "chosen": {name: list(values) for name, values in asked.asked.chosen.items()},
        "total": asked.total, "offset": asked.asked.offset, "limit": asked.asked.limit,
        "facets": {
            name: [{"value": value, "label": label(value) if ":" in value else value, "count": count}
                   for value, count in counted[:WHOLE]]
            for name, counted in found.counts.items()
        },
        "months": [{"month": each.month, "certain": each.certain, "possible": each.possible} for each in found.months],
        "undated": found.undated, "things": asked.rows,
    }  # fmt: skip


def _table(asked: Browsed) -> str:
    """A row for each thing; of several values the IRIs, or who it is, with spaces between."""
    output = io.StringIO(newline="")
    written = csv.writer(output)
    columns = list(dict.fromkeys(name for row in asked.rows for name in row))
    written.writerow(columns)
    for row in asked.rows:
        written.writerow([_cell(row.get(name)) for name in columns])
    return output.getvalue()


def _cell(value: Any) -> object:
    if isinstance(value, list):
        return " ".join(str(next(iter(each.values())) if isinstance(each, dict) else each) for each in value)
    return value


def _graph(asked: Browsed, form: str) -> str:
    """Everything that is stated of the things that are shown."""
    graph = Graph(bind_namespaces="none")
    for prefix, space in PREFIXES.items():
        graph.bind(prefix, space)
    iris = [row[asked.asked.sort] for row in asked.rows]
    for row in told.of(asked.shown.store)(queries.text_for("described", "thing", iris)) if iris else ():
        graph.add((row["thing"], row["property"], row["value"]))
    return graph.serialize(format=formats.SERIALISERS[form])
