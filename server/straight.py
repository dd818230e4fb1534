"""The commonest request, answered before the application: `GET /sparql?query=…`, and nothing else said.

The answer is the application's own to the last header (a test compares them); only the way to it is shorter. What is
not as plain as that, and what goes wrong, is the application's: it finds in the environment what was answered
already, or what was raised (`asking.ask`).
"""

from __future__ import annotations

import re
from binascii import a2b_qp
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from kg.errors import Problem
from kg.store.answer import Answer
from server import access, asking, formats, headers
from server.current import Served

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_HOST = re.compile(r"[a-z0-9.-]+(?::(?!80$|443$)[0-9]+)?|\[[0-9a-f:.]+\](?::(?!80$|443$)[0-9]+)?")
_NO_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_ACCEPT_QUERY = ("Accept-Query", headers.ACCEPT_QUERY)


class Straight:
    """A WSGI application in front of `app`, for the plainest of queries."""

    def __init__(self, app: WSGIApplication, served: Served) -> None:
        self._app, self._served = app, served

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answer a plain query, or pass the request on with what is known of it."""
        text = _plain(environ)
        address = self._served.settings.public_url or _root(environ["wsgi.url_scheme"], environ.get("HTTP_HOST", ""))
        if text is None or address is None:
            return self._app(environ, start)
        accept = environ.get("HTTP_ACCEPT")
        results, graph = formats.choose(accept, formats.RESULTS), formats.choose(accept, formats.GRAPHS)
        if results is None and graph is None:
            return self._app(environ, start)
        client = access.address_in(environ, self._served.settings.proxies)
        try:
            answer = asking.put(self._served.store, environ, text, address, client, results=results, graph=graph)
        except Problem as problem:
            environ[asking.ASKED] = problem
            return self._app(environ, start)
        if answer.inline is None:
            environ[asking.ASKED] = answer
            return self._app(environ, start)
        environ["controlgraph.route"] = "/sparql"
        start("200 OK", _headers(answer, environ, address))
        return [answer.inline]


def _plain(environ: WSGIEnvironment) -> str | None:
    """The query of a request that has nothing but one, as UTF-8; None of every other request."""
    query = environ["QUERY_STRING"]
    if (
        environ["PATH_INFO"] != "/sparql"
        or environ["REQUEST_METHOD"] != "GET"
        or not query.startswith("query=")
        or "&" in query
        or environ.get("SCRIPT_NAME")
        or "HTTP_AUTHORIZATION" in environ
    ):
        return None
    return _decoded(query[6:])


def _decoded(value: str) -> str | None:
    """A percent-encoded value of a form; None where it is none, or not UTF-8.

    Quoted-printable differs by its sign alone and is read by compiled code: 2 µs instead of 100 for a query.
    """
    if not value.isascii() or _NO_ESCAPE.search(value):
        return None
    quoted = value.replace("=", "=3D").replace("%", "=").replace("+", " ")
    try:
        return a2b_qp(quoted.encode("ascii")).decode()
    except UnicodeDecodeError:
        return None


@lru_cache(256)
def _root(scheme: str, host: str) -> str | None:
    """The address of the service as this client knows it; None where it is not written in the plainest way."""
    return f"{scheme}://{host}" if _HOST.fullmatch(host) else None


def _headers(answer: Answer, environ: WSGIEnvironment, address: str) -> list[tuple[str, str]]:
    content_type = formats.header(answer.media_type)
    told = [
        ("Content-Type", content_type),
        ("Content-Length", str(answer.size)),
        ("Controlgraph-Version", answer.version),
        ("Vary", "Accept"),
        _ACCEPT_QUERY,
    ]
    if environ.get("controlgraph.changing"):
        return [*told, ("Cache-Control", "no-store")]
    etag = headers.etag(answer.version, content_type, environ, b"", address)
    return [*told, ("ETag", etag), ("Cache-Control", "no-cache")]
