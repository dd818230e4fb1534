"""One query of a stranger: asked in the share of its client, under the name that can end it, known by its hash."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from flask import Response, request

from kg.errors import Problem
from kg.ontology import PREFIXES
from kg.store.answer import Answer
from kg.store.tokens import tokens
from server import access, current, formats, parameters
from server.downloads import LARGE
from server.errors import Rejected

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

    from kg.store.embedded import Store

_CHANGING = frozenset({"NOW", "RAND", "UUID", "STRUUID", "BNODE", "SERVICE"})
ASKED = "controlgraph.asked"
"""Where the environment has what was answered, or raised, before the application was asked (`server.straight`)."""
_NAME = re.compile(r"[A-Za-z0-9_-]{16,64}")


def ask(
    text: str,
    *,
    results: str | None,
    graph: str | None,
    graphs: tuple[list[str], list[str]] | None = None,
    seconds: float | None = None,
) -> Answer:
    """The answer to a query (`kg.store.embedded.Store.query`); relative IRIs are resolved against the endpoint.

    Raises the QueryProblem that fits.
    """
    environ = request.environ
    asked: Answer | Problem | None = environ.pop(ASKED, None)
    if isinstance(asked, Problem):
        raise asked
    if asked is not None:
        return asked
    name = environ["controlgraph.name"] = _name()
    return put(
        current.store(), environ, text, current.address(), access.client(),
        results=results, graph=graph, graphs=graphs, seconds=seconds, name=name,
    )  # fmt: skip


def put(
    store: Store,
    environ: WSGIEnvironment,
    text: str,
    address: str,
    client: str,
    *,
    results: str | None,
    graph: str | None,
    graphs: tuple[list[str], list[str]] | None = None,
    seconds: float | None = None,
    name: str | None = None,
) -> Answer:
    """Put a query to the store, and note in the request's environment what is known of it."""
    environ["controlgraph.query"] = hashlib.sha256(text.encode()).hexdigest()[:12]
    if changing(text):
        environ["controlgraph.changing"] = True
    base = f"{address}/sparql"
    return store.query(
        text, results=results, graph=graph, graphs=graphs, base=base, prefixes=PREFIXES,
        seconds=seconds, client=client, name=name,
    )  # fmt: skip


def whole(answer: Answer) -> Response:
    """An answer as a response that has its length, whether it is in memory or in a file."""
    leave = None
    if answer.size > LARGE:
        try:
            leave = current.downloads().take(access.client())
        except Rejected:
            answer.close()
            raise
    content = answer.chunks() if answer.inline is None else answer.inline
    response = Response(content, content_type=formats.header(answer.media_type))
    response.content_length = answer.size
    response.headers["Controlgraph-Version"] = answer.version
    response.headers["Vary"] = "Accept"
    if name := request.environ.get("controlgraph.name"):
        response.headers["Controlgraph-Query"] = name
    response.call_on_close(answer.close)
    if leave:
        response.call_on_close(leave)
    return response


def changing(text: str) -> bool:
    """Whether a query may be answered otherwise the next time, though the data is the same.

    >>> changing("SELECT (NOW() AS ?now) {}"), changing("SELECT ?now { ?now ?p 'RAND' }")
    (True, False)
    """
    capitals = text.upper()  # finding words in it is quicker than not finding them by an expression
    return any(word in capitals for word in _CHANGING) and any(
        token.kind == "word" and token.text.upper() in _CHANGING for token in tokens(text)
    )


def _name() -> str | None:
    """What the query can be ended by, where its client chose that."""
    chosen = parameters.one("query-id")
    if chosen is not None and not _NAME.fullmatch(chosen):
        raise Rejected(
            400, "query-id", "No such name for a query",
            f"query-id={chosen!r}: accepted are 16 to 64 letters, digits, `_` and `-`, which nobody else can guess",
        )  # fmt: skip
    return chosen
