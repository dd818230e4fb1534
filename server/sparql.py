"""`/sparql`: the SPARQL 1.1 Protocol, and the HTTP method QUERY (RFC 10008)."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from server import access, asking, current, description, formats, parameters, writes
from server.errors import Rejected
from server.headers import ACCEPT_QUERY
from server.parameters import FORM_TYPE

bp = Blueprint("sparql", __name__)

QUERY_TYPE = "application/sparql-query"
UPDATE_TYPE = "application/sparql-update"
_OF_QUERIES = ("default-graph-uri", "named-graph-uri")
_OF_UPDATES = ("using-graph-uri", "using-named-graph-uri")
_TAKEN = {
    "POST": (QUERY_TYPE, UPDATE_TYPE, FORM_TYPE),
    "QUERY": (QUERY_TYPE, FORM_TYPE),
}
"""The types of body that a method has a meaning for."""


@bp.route("/sparql", methods=["GET", "POST", "QUERY"], strict_slashes=False)
def endpoint() -> AnyResponse:
    """Answer exactly one query, or do exactly one update; without either, say what the service is."""
    if request.method in ("GET", "HEAD") and not parameters.given().keys() - {"format"}:
        if _wants_page():
            return redirect(url_for("pages.query"))
        return _offered(description.service())
    kind, text = _operation()
    return _offered(_update(text) if kind == "update" else _query(text))


def _wants_page() -> bool:
    accept = request.headers.get("Accept")
    return not parameters.values("format") and formats.choose(accept, {**formats.GRAPHS, **formats.HTML}) == "html"


def _operation() -> tuple[str, str]:
    """The one operation of this request: query or update, and its text."""
    found = []
    if request.method in _TAKEN:
        if request.mimetype not in _TAKEN[request.method]:
            raise Rejected(
                415, "body-type", "A body of this type is not taken",
                f"{request.mimetype or 'a body without a Content-Type'} is not taken by {request.method}; "
                f"accepted are {', '.join(_TAKEN[request.method])}",
                {"Accept-Query": ACCEPT_QUERY},
            )  # fmt: skip
        if request.mimetype == QUERY_TYPE:
            found = [("query", parameters.body())]
        elif request.mimetype == UPDATE_TYPE:
            access.writer()  # before a large body is read
            request.max_content_length = current.settings().body_max
            found = [("update", parameters.body())]
    found += [(name, value) for name in ("query", "update") for value in parameters.values(name)]
    if len(found) != 1:
        raise Rejected(
            400, "one-operation", "Exactly one query or update",
            f"{len(found) or 'none'} in this request; give exactly one, as the parameter query or update, "
            f"or as a body of type {QUERY_TYPE} or {UPDATE_TYPE}",
        )  # fmt: skip
    if found[0][0] == "update" and (request.method != "POST" or request.args.get("update") is not None):
        raise Rejected(
            400, "update-by-post", "Updates only by POST",
            f"an update is sent by POST, as the parameter update of a form, or as a body of type {UPDATE_TYPE}",
        )  # fmt: skip
    return found[0]


def _graphs(kind: str, own: tuple[str, str], others: tuple[str, str]) -> tuple[list[str], list[str]]:
    for name in others:
        if parameters.values(name):
            raise Rejected(
                400, "data-set", "This names a data set for something else",
                f"the parameter {name} does not go with {kind}; its data set is named with {' and '.join(own)}",
            )  # fmt: skip
    return parameters.iris(own[0]), parameters.iris(own[1])


def _query(text: str) -> Response:
    default, named = _graphs("a query", _OF_QUERIES, _OF_UPDATES)
    results, graph = _forms()
    graphs = (default, named) if default or named else None
    return asking.whole(asking.ask(text, results=results, graph=graph, graphs=graphs, seconds=parameters.seconds()))


def _update(text: str) -> Response:
    who = access.writer()
    using, named = _graphs("an update", _OF_UPDATES, _OF_QUERIES)
    step = {"update": text, "using": using, "named": named}
    base = f"{current.address()}/sparql"
    return writes.account(writes.write([step], who=who, base=base, seconds=parameters.seconds()))


def _forms() -> tuple[str | None, str | None]:
    """The wanted forms of solutions and of graphs; one of them may be None.

    Clients give `format` several times, with other names for the same: the first that we know counts.
    """
    if named := [name for name in parameters.values("format") if name]:
        chosen = (
            next(filter(None, (formats.by_name(name, formats.RESULTS) for name in named)), None),
            next(filter(None, (formats.by_name(name, formats.GRAPHS) for name in named)), None),
        )
        asked = f"format={', '.join(named)}"
    else:
        accept = request.headers.get("Accept")
        chosen = formats.choose(accept, formats.RESULTS), formats.choose(accept, formats.GRAPHS)
        asked = f"Accept: {accept}"
    if chosen == (None, None):
        raise Rejected(
            406, "no-such-form", "No format that you accept",
            f"nothing fits {asked}; offered are {formats.listed([formats.RESULTS, formats.GRAPHS])}",
        )  # fmt: skip
    return chosen


def _offered(response: Response) -> Response:
    response.headers["Accept-Query"] = ACCEPT_QUERY
    return response
