"""`/api/control` and what else asks who controlled what: JSON, GeoJSON, CSV and RDF from one question."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response

from kg import answering, asking, differing, naming
from kg.forms import mapped, numbers, plain, tabular, turtle
from kg.forms.plain import Plain
from kg.gazetteer import open_gazetteer
from server import answered, parameters, questions
from server.declared import Paged, endpoint
from server.replies import CSV, GEOJSON, JSON, RDF, paged, reply

bp = Blueprint("control", __name__)

TABLES = {**JSON, **CSV}
FEATURES = {**JSON, **GEOJSON, **CSV}
EVERY = {**FEATURES, **RDF}


@bp.get("/api/control")
@endpoint(questions.Control, answered.Map, EVERY)
def control(asked: questions.Control, form: str) -> Response:
    """Who held which places on a day, or throughout several days, and whose words that rests on."""
    store = parameters.store()
    question = asking.question(open_gazetteer(store), asked.given())
    found = answering.held(store, question)
    start, stop = asked.offset, asked.offset + asked.limit
    if form in ("json", "geojson"):
        as_json: mapped.Form = "geojson" if form == "geojson" else "json"
        text: str | mapped.Written = mapped.written(found, as_json, start, stop, grounded=asked.grounds == "on")
    elif form == "csv":
        text = tabular.held(found, start, stop)
    else:
        about = {**plain.asked(question), "version": found.version}
        text = turtle.serialised(turtle.document(about, turtle.held(found, start, stop)), form)
    return paged(reply(text, EVERY[form][0], found.version), asked.offset, asked.limit, len(found))


@bp.get("/api/history/<path:place>", merge_slashes=False)
@endpoint(questions.History, answered.History, EVERY, path={"place": "the place: a slug, a CURIE or an IRI"})
def history(asked: questions.History, form: str, place: str) -> Response:
    """Everything about one place through time, as runs of days with one answer."""
    store, given = parameters.store(), asked.given()
    gazetteer = open_gazetteer(store)
    iri, view = naming.named(gazetteer, "place", place).iri, asking.view(gazetteer, given)
    first, last = asking.days(asked.at) if asked.at else (None, None)
    found = answering.history(store, iri, view, first, last, tuple(asked.sources))
    told = plain.history(found, asked.lang)
    if form == "geojson":
        return reply(plain.feature(told), EVERY[form][0], found.known.version)
    return reply(written(told, form, tabular.history, turtle.history), EVERY[form][0], found.known.version)


@bp.get("/api/changes")
@endpoint(questions.Changes, answered.Changes, EVERY)
def changes(asked: questions.Changes, form: str) -> Response:
    """What changed after the first of some days, until the last: state or controllers, by day and place."""
    store = parameters.store()
    found = differing.changes(store, asking.question(open_gazetteer(store), asked.given()))
    told = plain.changes(found, asked.offset, asked.offset + asked.limit)
    if form == "geojson":
        told = plain.collection(told, "changes")
    response = reply(written(told, form, tabular.changes, turtle.changes), EVERY[form][0], found.known.version)
    return paged(response, asked.offset, asked.limit, len(found))


@bp.get("/api/compare")
@endpoint(questions.Compare, answered.Compared, FEATURES)
def compare(asked: Paged, form: str) -> Response:
    """The places in which two days, or two ways to listen, differ; a. or b. before a parameter is for one side."""
    store = parameters.store()
    found = differing.compare(store, *asking.sides(open_gazetteer(store), asked.given()))
    told = plain.compared(found, asked.offset, asked.offset + asked.limit)
    if form == "geojson":
        told = plain.collection(told, "places")
    response = reply(written(told, form, tabular.compared), FEATURES[form][0], found.first.version)
    return paged(response, asked.offset, asked.limit, len(found))


@bp.get("/api/aggregates")
@endpoint(questions.Aggregates, answered.Aggregates, TABLES)
def aggregates(asked: questions.Aggregates, form: str) -> Response:
    """Claims about numbers, held against what is told of the places one by one; with actors, counts of their places."""
    store = parameters.store()
    told = numbers.told(store, open_gazetteer(store), asked.given())
    return reply(written(told, form, numbers.as_csv), TABLES[form][0], told["version"])


def written(
    told: Plain, form: str, csv: Callable[[Plain], str], rdf: Callable[[Plain], str] | None = None
) -> str | Plain:
    """Plain values in a form: JSON is written where it is sent."""
    if form == "csv":
        return csv(told)
    return turtle.serialised(rdf(told), form) if rdf and form in RDF else told
