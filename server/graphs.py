"""`/graphs`: the SPARQL 1.1 Graph Store HTTP Protocol. Section numbers in this module are those of that recommendation.

A graph is named by `?graph=IRI` or `?default` (section 4.2), or by the address itself (4.1): `/graphs/<anything>` is
the graph with that address as its IRI, and `/graph/<name>` the one that we name so under our own base. An empty graph
is not recorded: a graph whose last statement is gone is gone too.
"""

from __future__ import annotations

import tempfile
import uuid
from pathlib import Path
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, render_template, request

from kg import queries
from kg.errors import NothingPublished, QueryFailed, QuerySyntax
from kg.files import BASE
from kg.publish import Written
from server import access, asking, current, formats, parameters, payload, writes
from server.errors import Rejected

bp = Blueprint("graphs", __name__)

METHODS = ["GET", "PUT", "POST", "DELETE", "PATCH"]
UPDATE_TYPE = "application/sparql-update"
FORMS: formats.Offer = {name: formats.GRAPHS[name] for name in ("ttl", "nt", "rdf", "jsonld")}
"""What a graph is offered as, and taken as; a form that names graphs says more than one graph is."""
_WITH_PAGE: formats.Offer = {**FORMS, **formats.HTML}


@bp.route("/graphs", methods=METHODS, strict_slashes=False)
def named() -> Response:
    """A graph that the request names in a parameter, or, by POST without one, a new graph."""
    graphs, default = parameters.iris("graph"), parameters.values("default")
    if len(graphs) + len(default) == 1:
        return _do(graphs[0] if graphs else "")
    if not graphs and not default and request.method == "POST":
        who = access.writer()
        made = f"{current.address()}/graphs/{uuid.uuid4()}"
        return _add(made, who)
    raise Rejected(
        400, "one-graph", "Exactly one graph",
        f"this request names {len(graphs) + len(default) or 'no'} graphs; "
        "name one, with graph=IRI, or with default for the unnamed one",
    )  # fmt: skip


@bp.route("/graphs/<path:rest>", methods=METHODS)
def addressed(rest: str) -> Response:
    """The graph whose IRI is the address of the request."""
    return _do(parameters.absolute("the address", f"{current.address()}/graphs/{quote(rest, safe=_SAFE)}"))


@bp.route("/graph/<path:name>", methods=METHODS)
def ours(name: str) -> Response:
    """A graph that we name under our own base; in a browser, a page about it."""
    graph = parameters.absolute("the address", f"{BASE}graph/{quote(name, safe=_SAFE)}")
    wish = request.headers.get("Accept")
    if request.method == "GET" and not parameters.one("format") and formats.choose(wish, _WITH_PAGE) == "html":
        return _page(graph, name)
    return _do(graph)


_SAFE = "/:@!$&'()*+,;=-._~"


def _do(graph: str) -> Response:
    if request.method in ("GET", "HEAD"):
        return _get(graph)
    who = access.writer()
    if request.method == "PUT":
        return _put(graph, who)
    if request.method == "POST":
        return _add(graph, who)
    return _patch(graph, who) if request.method == "PATCH" else _delete(graph, who)


def _page(graph: str, name: str) -> Response:
    current.version()
    _known(graph)
    triples = current.store().manifest().graphs[graph].triples
    shown = render_template(
        "entities/graph.html", iri=graph, name=name, triples=triples, forms=FORMS, version=current.version()
    )
    response = Response(shown, mimetype="text/html")
    response.vary.add("Accept")
    return response


def _get(graph: str) -> Response:
    """Section 5.2: the graph, in the form that the client wants most."""
    form = parameters.form(parameters.one("format"), FORMS)
    current.version()  # a store without one has no graphs to be missing
    _known(graph)
    text, seconds = queries.text("graph"), parameters.seconds()
    return asking.whole(asking.ask(text, results=None, graph=form, graphs=([graph], []), seconds=seconds))


def _put(graph: str, who: str) -> Response:
    """Section 5.3: the body in place of the graph; 201 where there was none, 204 where there was."""
    there = []
    with tempfile.TemporaryDirectory() as folder:
        (file,) = payload.take(Path(folder), FORMS, several=False)
        step = {"put": graph, "file": str(file.path), "form": file.form, "base": _base(graph)}
        written = _write([step], who, lambda: there.extend([graph] if _exists(graph) else []), graph)
    if there or not written.added:
        return writes.told(Response(status=204), written)
    response = writes.account(written, 201)
    response.headers["Location"] = _address(graph)
    return response


def _add(graph: str, who: str) -> Response:
    """Section 5.5: the body into the graph; 201 with its address where it is new."""
    there = []
    with tempfile.TemporaryDirectory() as folder:
        files = payload.take(Path(folder), FORMS, several=True)
        steps = [
            {"post": graph, "file": str(file.path), "form": file.form, "base": _base(graph)} for file in files
        ]  # fmt: skip
        written = _write(steps, who, lambda: there.extend([graph] if _exists(graph) else []), graph)
    if there or not written.added:
        return writes.account(written)
    response = writes.account(written, 201)
    response.headers["Location"] = _address(graph)
    return response


def _delete(graph: str, who: str) -> Response:
    """Section 5.4: the graph and everything in it."""
    written = _write([{"drop": graph}], who, lambda: _known(graph), graph)
    return writes.account(written)


def _patch(graph: str, who: str) -> Response:
    """Section 5.7: an update that sees and changes this graph alone."""
    if request.mimetype != UPDATE_TYPE:
        raise Rejected(
            415, "body-type", "A body of this type is not taken",
            f"{request.mimetype or 'a body without a Content-Type'} is not taken by PATCH; accepted is {UPDATE_TYPE}",
            {"Accept-Patch": UPDATE_TYPE},
        )  # fmt: skip
    request.max_content_length = current.settings().body_max
    steps: list[dict[str, Any]] = [{"update": text} for text in payload.within(graph, parameters.body())]
    written = writes.write(
        steps, who=who, base=_base(graph), seconds=parameters.seconds(), condition=lambda: _fits(graph)
    )
    return writes.account(written)


def _write(steps: list[dict[str, Any]], who: str, look: Any, graph: str) -> Written:
    """Write under the conditions of the request; what is wrong with a body is told as such."""

    def condition() -> None:
        _fits(graph)
        look()

    try:
        return writes.write(steps, who=who, seconds=parameters.seconds(), condition=condition)
    except QuerySyntax as error:
        where = {name: value for name, value in (("line", error.line), ("column", error.column)) if value is not None}
        raise Rejected(400, "body-syntax", "The body is not what it says it is", str(error), members=where) from None
    except QueryFailed as error:
        raise Rejected(400, "body-syntax", "The body is not what it says it is", str(error)) from None


def _exists(graph: str) -> bool:
    """Whether the graph is in the store; the unnamed one always is."""
    try:
        return not graph or graph in current.store().manifest().graphs
    except NothingPublished:
        return False


def _known(graph: str) -> None:
    if not _exists(graph):
        detail = f"this store has no graph <{graph}>"
        raise Rejected(404, "unknown-graph", "There is no such graph", detail, members={"iri": graph})


def _fits(graph: str) -> None:
    """Refuse a write that was meant for another version: the ETag that a client read begins with its version."""
    wanted = request.headers.get("If-Match")
    unwanted = request.headers.get("If-None-Match")
    if wanted is None and unwanted is None:
        return
    try:
        version = current.version()
    except NothingPublished:
        version = "none"
    there = _exists(graph)
    if wanted is not None and not (there and _names(wanted, version)):
        _refuse(f"If-Match: {wanted}", version)
    if unwanted is not None and there and _names(unwanted, version):
        _refuse(f"If-None-Match: {unwanted}", version)


def _names(tags: str, version: str) -> bool:
    return any(tag.strip() == "*" or tag.strip().startswith(f'"{version}-') for tag in tags.split(","))


def _refuse(condition: str, version: str) -> None:
    raise Rejected(412, "condition", "The condition does not hold", f"{condition}, and the version is {version} now")


def _base(graph: str) -> str:
    """What relative IRIs in a body are resolved against: the graph (section 4), or this door for the unnamed one."""
    return graph or f"{current.address()}/graphs"


def _address(graph: str) -> str:
    """Where a graph can be had."""
    own = f"{current.address()}/graphs"
    if graph.startswith(f"{own}/"):
        return graph
    return f"{own}?graph={quote(graph, safe='')}" if graph else f"{own}?default"
