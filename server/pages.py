"""Pages for people: what the data covers, a place to ask, and what is called by some words."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from flask import Blueprint, Response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from kg import export, queries, schemaorg, told
from kg.control.courses import told_first
from kg.errors import NoStudyStart, QueryProblem, QuerySyntax
from kg.figures import seen
from kg.figures.calendar import day
from kg.figures.map import map_svg
from kg.figures.states import words
from kg.figures.symbols import sign
from kg.gazetteer import last_part, open_gazetteer
from kg.queries import Example
from kg.search import FOUND, search
from kg.store.answer import GRAPH_FORMATS
from server import asking, current, errors, headers, parameters, table, views, wording
from server.errors import Rejected
from server.narrowing import at_hand
from server.scene import NARROW, Scene, scene

bp = Blueprint("pages", __name__)

SHOWN = 1000
"""How many rows of an answer the page shows; the rest is counted and can be downloaded."""
GRAPH_SHOWN = 256 * 1024
"""How many bytes of a graph the page shows."""
SMALL, DRAWN = 520, 400
"""Pixels of the map on the home page, and how many places it draws at most."""
FOUND_SHOWN = 50
"""How many things that were found the page shows; the others are counted."""
LONGEST = 200
"""How many characters may be looked for."""
NAMED = 2000
"""How many of the things in an answer are called by name; further ones have only their short form."""


@bp.route("/")
def home() -> Response:
    """What the data covers and how sure it is, the map as it is last, questions to click, the doors for machines."""
    store, of = at_hand()
    version = store.version()
    datasets, address, manifest = store.select("datasets"), current.address(), store.manifest()
    dumps = {f"{address}/dumps/controlgraph.{form}": GRAPH_FORMATS[form] for form in export.QUAD_FORMS}
    try:
        asked = scene()
    except NoStudyStart:  # a data set that tells of nothing that is held
        asked = None
    wide, narrow = _small_maps(asked) if asked else ("", "")
    page = render_template(
        "pages/home.html",
        version=version,
        statements=sum(record.triples for record in manifest.graphs.values()),
        updated=wording.day(date.fromisoformat(manifest.entry["at"][:10])),
        datasets=datasets,
        schemaorg=[
            schemaorg.dataset(str(row["title"]), str(row.get("licence", "")), version, address, dumps)
            for row in datasets
        ],
        coverage=of.coverage,
        examples=queries.examples(),
        address=address,
        curl=_curl(),
        asked=asked,
        wide=wide,
        narrow=narrow,
        views=views.views(asked) if asked else [],
        news=views.newest(asked) if asked else [],
        words=words,
        sign=sign,
        day_of=day,
    )
    return headers.with_figures(page)


def _small_maps(asked: Scene) -> Iterator[str]:
    """The map of the last day on which anything changes, in two widths; of many places those that change first."""
    listed, told = asked.listed, asked.sheet()
    if more := max(0, len(listed) - DRAWN):
        first = frozenset(told_first(asked.index, asked.question.view, DRAWN))
        listed = [pair for pair in listed if pair[0].iri in first]
        told = replace(told, credits=(f"{more:,} more places are not drawn.", *told.credits))
    sites = seen.sites(asked.gazetteer, listed, asked.question.lang, asked.about)
    outlines = seen.outlines_of(asked.gazetteer)
    for width, prefix in ((SMALL, "wide"), (NARROW, "narrow")):
        yield map_svg(sites, outlines, told, width, prefix=prefix)


@bp.route("/search")
def find() -> str:
    """What is called so, as a page."""
    looked = (parameters.one("q") or "").strip()[:LONGEST]
    store = parameters.store()
    gazetteer = open_gazetteer(store)
    hits = list(search(store, looked, FOUND, parameters.one("lang") or "en")) if looked else []
    shown = [
        {
            "page": wording.local(hit.iri),
            "place": wording.short(hit.iri) if hit.kind == "place" else "",
            "label": hit.label,
            "name": hit.name,
            "kind": hit.kind,
            "types": [gazetteer.concepts.get(each, last_part(each)) for each in hit.types],
            "sure": hit.match != "near",
        }
        for hit in hits[:FOUND_SHOWN]
    ]
    return render_template("pages/search.html", words=looked, hits=shown, total=len(hits), version=gazetteer.version)


@bp.route("/query")
def query() -> AnyResponse:
    """Ask a query and see the answer; `query=` and `example=` run at once."""
    example = _example()
    text = example.text if example else request.args.get("query", "")
    context: dict[str, Any] = {
        "text": text,
        "start": queries.text("start"),
        "example": example,
        "examples": queries.examples(),
    }
    status = 200
    if text.strip():
        try:
            context |= _asked(text)
        except QueryProblem as condition:
            problem = errors.document(condition)
            status = problem["status"]
            context |= {"problem": problem, "pointer": _pointer(text, condition)}
    context["version"] = context.get("version") or current.version()
    page = headers.with_figures(render_template("pages/query.html", **context))
    page.status_code = status
    return page


def _curl() -> str:
    """A command that asks the endpoint something, as it would be typed."""
    example = queries.examples()[0]
    address = current.address()
    return (
        f"curl -s {address}/sparql -H 'Accept: text/csv' \\\n"
        f"  --data-urlencode 'query@kg/queries/examples/01-{example.slug}.rq'"
    )


def _example() -> Example | None:
    slug = request.args.get("example")
    if slug is None:
        return None
    for example in queries.examples():
        if example.slug == slug:
            return example
    raise Rejected(
        404, "unknown-example", "No such example",
        f"example={slug!r}: there are {', '.join(example.slug for example in queries.examples())}",
    )  # fmt: skip


def _asked(text: str) -> dict[str, Any]:
    """What the page shows of the answer."""
    begun = time.monotonic()
    answer = asking.ask(text, results="tsv", graph="ttl")
    seconds = time.monotonic() - begun
    shown: dict[str, Any] = {"kind": answer.kind, "version": answer.version, "seconds": seconds, "size": answer.size}
    try:
        if answer.kind == "boolean":
            return shown | {"truth": answer.text() == "true"}
        if answer.kind == "graph":
            head = bytearray()
            for chunk in answer.chunks():
                head += chunk
                if len(head) > GRAPH_SHOWN:
                    break
            return shown | {"graph": bytes(head[:GRAPH_SHOWN]).decode(errors="ignore"), "cut": len(head) > GRAPH_SHOWN}
        found = table.read(answer.chunks(), SHOWN)
    finally:
        answer.close()
    iris = sorted(iri for iri in found.iris() if wording.is_ours(iri))[:NAMED]
    return shown | {"table": found, "labels": told.names(current.store(), iris)}


def _pointer(text: str, problem: QueryProblem) -> str | None:
    """The line at which a parser stopped, with a caret under the column.

    A parser that stopped in the blanks at the end is pointed at right after the last word.
    """
    if not isinstance(problem, QuerySyntax) or problem.line is None or problem.column is None:
        return None
    lines = text.split("\n")
    read = "\n".join(
        [*lines[: problem.line - 1], *(line[: problem.column - 1] for line in lines[problem.line - 1 :][:1])]
    )
    if not text[len(read) :].strip():
        read = text.rstrip()
    before = read.rpartition("\n")[2]
    line = lines[read.count("\n")].rstrip()
    # tabs are kept so that the caret stands under the same place
    return f"{line}\n{''.join(mark if mark == chr(9) else ' ' for mark in before)}^"
