"""What stands beside a figure: the same as data, the figure alone for a frame, claimed numbers, parts of the map."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template

from kg import asking
from kg.control.answers import POLICIES
from kg.control.verdicts import STATES
from kg.figures.calendar import date_of
from kg.forms import numbers
from kg.forms.plain import Plain
from kg.gazetteer import ROUTES, last_part
from server import formats, headers, parameters
from server.replies import CSV, GEOJSON, JSON, RDF
from server.scene import CLOSEST, Scene, name_of, window

MAP_FORMS: formats.Offer = {"html": ("text/html",), "svg": ("image/svg+xml",), **JSON, **GEOJSON, **CSV, **RDF}
TIMELINE_FORMS: formats.Offer = {"html": ("text/html",), "svg": ("image/svg+xml",), **JSON, **CSV}


def as_data(asked: Scene, *, timeline: bool = False) -> Response | None:
    """The address of the page's twin, where `format` or `Accept` asks for anything but the page."""
    form = parameters.form(asking.one(asked.given, "format"), TIMELINE_FORMS if timeline else MAP_FORMS)
    if form == "html":
        return None
    if form == "svg":
        address = asked.address("/timeline.svg" if timeline else "/map.svg", format=None)
    elif not timeline:
        address = asked.twin("/api/control", format=form)
    elif len(asked.lanes) == 1:
        none = dict.fromkeys(("at", "place", "within", "type", "state", "actor"))
        address = asked.twin(f"/api/history/{name_of(asked.lanes[0].place)}", **none, format=form)
    else:
        first, last = asked.window
        address = asked.twin("/api/changes", format=form, at=f"{date_of(first)}/{date_of(last)}")
    response = Response(status=303, headers={"Location": address})
    response.vary.add("Accept")
    return response


def embedded(asked: Scene, kind: str, wide: str, narrow: str) -> Response:
    """The figure alone, for a frame in a page of anybody's."""
    title = asked.sheet(timeline=kind == "timeline").title
    full = asked.address(f"/{kind}", embed=None)
    page = render_template("figures/embed.html", title=title, wide=wide, narrow=narrow, full=full)
    return headers.with_figures(page, "*")


def aggregates(asked: Scene) -> list[Plain]:
    """The claims about numbers, held against the answers of a day; none for several days."""
    question = asked.question
    if question.first < question.last:
        return []
    given = {name: asked.given.get(name, []) for name in (*asking.LISTENING, "actor", "lang")}
    told = numbers.told(parameters.store(), asked.gazetteer, {**given, "at": [question.at]})["aggregates"]
    return [each for each in told if each["checks"] and each["checks"][0]["outcome"] != "not checked"]


def options(asked: Scene) -> dict[str, Any]:
    """What may be chosen in the form of a question about control."""
    gazetteer, question = asked.gazetteer, asked.question
    types = {each for place in gazetteer.places.values() if ROUTES.isdisjoint(place.types) for each in place.types}
    holding = {outer for place in gazetteer.places.values() for outer in place.within}
    heard = question.view.sources
    return {
        "calendars": [("gregorian", "Gregorian"), ("persian", "Solar Hijri")],
        "policies": [(each, each) for each in POLICIES],
        "states": [(each, each, each in question.states) for each in STATES],
        "types": sorted((gazetteer.concepts[each], last_part(each), each in question.types) for each in types),
        "areas": sorted(
            (gazetteer.label(place), name_of(place), place in question.within)
            for place in holding & gazetteer.places.keys()
        ),
        "sources": sorted(
            (entry.label(), name_of(iri), heard is not None and iri in heard)
            for iri, entry in gazetteer.sources.items()
        ),
    }


def nearer(asked: Scene, path: str = "/map") -> list[tuple[str, str]]:
    """Words and addresses of the same page with its map larger, around the place that is marked, and smaller."""
    times, around = window()
    place = asked.gazetteer.places[asked.selected] if asked.selected else None
    if place and place.point:
        around = place.point
    middle = f"{around[0]:g},{around[1]:g}" if around else None
    found = []
    if times * 2 <= CLOSEST:
        found.append((f"Closer{f' to {place.label(asked.question.lang)}' if place and place.point else ''}",
                      asked.address(path, z=f"{times * 2:g}", c=middle)))  # fmt: skip
    if times > 1:
        farther = f"{times / 2:g}" if times > 2 else None
        found.append(("Farther", asked.address(path, z=farther, c=middle if farther else None)))
    if times > 1 or asked.given.get("c"):
        found.append(("The whole map", asked.address(path, z=None, c=None)))
    return found
