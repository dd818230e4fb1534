"""The headers that every answer has: its version, a validator, what scripts of other sites may do, and what is safe."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from typing import TYPE_CHECKING

from flask import Flask, Response, request

from kg import __version__
from kg.errors import StoreProblem
from kg.figures.drawing import style_source
from server import current

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_POLICY = (
    "default-src 'self'; script-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'self'"
)
ALWAYS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    # scripts of other sites may read what is open to anyone anyway
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": (
        "Accept-Query, Content-Length, Controlgraph-Cut, Controlgraph-Query, Controlgraph-Version, ETag, Link, "
        "Location, Retry-After"
    ),
}
"""What an answer has that says nothing else; it is added before the application, where that is cheap."""
ACCEPT_QUERY = "application/sparql-query, application/x-www-form-urlencoded"
"""What a query may be sent as with the method QUERY (RFC 10008)."""
BUILT = "/static/built/"
"""Where files have names made of their content."""
_READS = {"/sparql": "GET, HEAD, POST, QUERY, OPTIONS", "/reconcile": "GET, HEAD, POST, OPTIONS"}
_VALIDATED = ("GET", "HEAD", "POST", "QUERY")


def init_app(app: Flask) -> None:
    """Give every answer of this application its headers."""
    app.before_request(_begin)
    app.after_request(_finish)


def with_figures(page: str, ancestors: str = "'self'") -> Response:
    """A page that has figures in it, whose style sheet it allows, and which `ancestors` may have in a frame."""
    response = Response(page, mimetype="text/html")
    policy = _POLICY.replace("frame-ancestors 'self'", f"frame-ancestors {ancestors}")
    response.headers["Content-Security-Policy"] = f"style-src 'self' {style_source()}; {policy}"
    return response


def _begin() -> None:
    request.environ["controlgraph.version"] = _version()


def _version() -> str | None:
    with suppress(StoreProblem):
        return current.version()
    return None


def _finish(response: Response) -> Response:
    environ, headers = request.environ, response.headers
    rule = request.url_rule
    environ["controlgraph.route"] = rule.rule if rule else ""
    if request.method == "OPTIONS":
        _preflight(response)
    begun = environ.get("controlgraph.version")
    version = headers.setdefault("Controlgraph-Version", begun) if begun else None
    if response.status_code == 200 and request.path.startswith(BUILT) and "/." not in request.path:
        headers["Cache-Control"] = "public, max-age=31536000, immutable"
    if response.status_code != 200 or "ETag" in headers or "no-store" in headers.get("Cache-Control", ""):
        return response
    if environ.get("controlgraph.changing"):
        headers["Cache-Control"] = "no-store"
    elif request.method in _VALIDATED and version and version == begun == _version():
        # made of one version from beginning to end, and of nothing else than the request
        body = request.get_data() if request.method in ("POST", "QUERY") else b""
        headers["ETag"] = etag(version, response.content_type, environ, body, current.address())
        headers["Cache-Control"] = "no-cache"
    return response


def etag(version: str, content_type: str | None, environ: WSGIEnvironment, body: bytes, address: str) -> str:
    """A validator: the version, and a hash of the request, the form of its answer and the software that made it."""
    asked = environ["PATH_INFO"], environ["QUERY_STRING"], body, address
    return f'"{version}-{hashlib.sha256(repr((__version__, content_type, asked)).encode()).hexdigest()[:12]}"'


def _preflight(response: Response) -> None:
    """Let scripts of other sites do what needs no token."""
    response.headers["Access-Control-Allow-Methods"] = _READS.get(request.path.rstrip("/"), "GET, HEAD, OPTIONS")
    response.headers["Access-Control-Allow-Headers"] = "Accept, Content-Type, If-None-Match"
    response.headers["Access-Control-Max-Age"] = "86400"
