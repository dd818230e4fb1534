"""`/sparql`: one query by GET, form or body, answered in the form the client wants most (SPARQL 1.1 Protocol)."""

from __future__ import annotations

import math

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from kg.ontology import PREFIXES
from kg.store.answer import Answer
from server import current, formats
from server.errors import Rejected

bp = Blueprint("sparql", __name__)

QUERY_TYPE = "application/sparql-query"
FORM_TYPE = "application/x-www-form-urlencoded"
_DATASET = ("default-graph-uri", "named-graph-uri", "using-graph-uri", "using-named-graph-uri")


@bp.route("/sparql", methods=["GET", "POST"])
def endpoint() -> AnyResponse:
    """Answer exactly one query; a browser that asks nothing is sent to the query page."""
    if request.method != "POST" and not request.args and _wants_page():
        return redirect(url_for("pages.query"))
    text = _query()
    results, graph = _forms()
    answer = current.store().query(
        text,
        results=results,
        graph=graph,
        base=f"{current.address()}/sparql",
        prefixes=PREFIXES,
        seconds=_seconds(),
    )
    return _response(answer)


@bp.after_request
def _open_to_scripts(response: Response) -> Response:
    """Let scripts of other sites read what is open to anyone anyway."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = "Controlgraph-Version, Content-Length, Retry-After"
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = "GET, HEAD, POST, OPTIONS"
        response.headers["Access-Control-Allow-Headers"] = "Accept, Content-Type"
        response.headers["Access-Control-Max-Age"] = "86400"
    return response


def _wants_page() -> bool:
    return formats.choose(request.headers.get("Accept"), {**formats.RESULTS, **formats.HTML}) == "html"


def _values(name: str) -> list[str]:
    """Every value of a parameter, in the address and in a form."""
    return [*request.args.getlist(name), *request.form.getlist(name)]


def _query() -> str:
    """The one query of this request."""
    body = []
    if request.method == "POST":
        if request.mimetype == QUERY_TYPE:
            body = [_text(request.get_data())]
        elif request.mimetype == "application/sparql-update":
            raise _no_updates()
        elif request.mimetype != FORM_TYPE:
            raise Rejected(
                415, "body-type", "A body of this type is not taken",
                f"{request.mimetype or 'a body without a Content-Type'} is not taken; "
                f"accepted are {QUERY_TYPE} with the query as body, and {FORM_TYPE} with the parameter query",
            )  # fmt: skip
    if _values("update"):
        raise _no_updates()
    for name in _DATASET:
        if _values(name):
            raise Rejected(
                501, "no-protocol-dataset", "The data set cannot be named this way",
                f"the parameter {name} is not offered by this service; "
                "name the data set in the query, with FROM and FROM NAMED",
            )  # fmt: skip
    queries = [*_values("query"), *body]
    if len(queries) != 1:
        raise Rejected(
            400, "one-query", "Exactly one query",
            f"{'no query' if not queries else f'{len(queries)} queries'} in this request; give exactly one, "
            f"as the parameter query or as a body of type {QUERY_TYPE}",
        )  # fmt: skip
    return queries[0]


def _no_updates() -> Rejected:
    return Rejected(501, "no-updates", "No updates", "this service answers queries; it takes no updates over HTTP")


def _text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise Rejected(
            400, "query-encoding", "The query is not UTF-8", f"the body is not UTF-8 from byte {error.start} on"
        ) from None


def _one(name: str) -> str | None:
    values = _values(name)
    if len(values) > 1:
        raise Rejected(400, "one-value", "One value only", f"the parameter {name} is given {len(values)} times")
    return values[0] if values else None


def _seconds() -> float | None:
    given = _one("timeout")
    if given is None:
        return None
    try:
        seconds = float(given)
    except ValueError:
        seconds = math.nan
    if not (math.isfinite(seconds) and seconds > 0):
        raise Rejected(400, "timeout", "No such timeout", f"timeout={given!r}: accepted are seconds, more than 0")
    return seconds


def _forms() -> tuple[str | None, str | None]:
    """The wanted forms of solutions and of graphs; one of them may be None.

    Clients give `format` several times, with other names for the same: the first that we know counts.
    """
    if named := [name for name in _values("format") if name]:
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


def _response(answer: Answer) -> Response:
    content = answer.chunks() if answer.inline is None else answer.inline
    response = Response(content, content_type=formats.header(answer.media_type))
    response.content_length = answer.size
    response.headers["Controlgraph-Version"] = answer.version
    response.headers["Cache-Control"] = "no-cache"
    response.vary.add("Accept")
    response.call_on_close(answer.close)
    return response
