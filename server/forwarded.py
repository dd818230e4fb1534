"""A write that another copy of the service takes (`KG_WRITER`): passed on as it came, and answered as that one answers.

What it names by addresses, it names by ours: the writer is told the host that the client knows.
"""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import quote, urlsplit

from flask import Flask, Response, request

from server import current, parameters
from server.errors import Rejected
from server.parameters import FORM_TYPE

WRITES = {"graphs", "claims", "claim_form"}
"""The blueprints of which everything but reading writes; `/sparql` has its updates."""
READING = {"GET", "HEAD", "OPTIONS", "QUERY"}
PRESENT = "1.1 controlgraph-copy"
"""What a request that was passed on has in `Via` (RFC 9110, section 7.6.3)."""
AGAIN = 5
"""Seconds after which somebody whom the writer did not answer should come again."""
CONNECT = 3.0
"""Seconds in which the writer takes a connection, or is away."""
WAITS = 60.0
"""Seconds that the writer may take beside the deadline of the write: it may have to wait for others."""
_UPDATE_TYPE = "application/sparql-update"
_ASKED = ("Accept", "Accept-Language", "Authorization", "Content-Type", "Content-Encoding", "If-Match", "If-None-Match",
          "User-Agent")  # fmt: skip
_OF_A_CONNECTION = {"connection", "content-length", "date", "keep-alive", "server", "trailer", "transfer-encoding"}
_PIECE = 1 << 16
_SAFE = "/:@!$&'()*+,;=-._~%"


def init_app(app: Flask) -> None:
    """Pass the writes of this application on, where its settings name who takes them."""
    app.before_request(_passed_on)


def is_write() -> bool:
    """Whether the request is one that writes."""
    if request.method in READING:
        return False
    if request.blueprint == "sparql":
        return request.mimetype == _UPDATE_TYPE or (request.mimetype == FORM_TYPE and bool(parameters.values("update")))
    return request.blueprint in WRITES


def _passed_on() -> Response | None:
    writer = current.settings().writer
    if writer is None or not is_write():
        return None
    if PRESENT in request.headers.get("Via", ""):
        raise Rejected(
            508, "writer-loops", "No copy takes writes",
            "this write was passed on to here by another copy, and KG_WRITER is set here too; the copy that takes the "
            "writes has none",
        )  # fmt: skip
    if request.blueprint == "graphs" or request.mimetype == _UPDATE_TYPE:
        request.max_content_length = current.settings().body_max
    try:
        return _answer(writer)
    finally:
        current.look()  # whoever wrote it reads it here


def _answer(writer: str) -> Response:
    """What the writer answers. Raises Rejected where it does not."""
    parts = urlsplit(writer)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=CONNECT)
    try:
        connection.connect()
    except OSError as error:
        raise _failed(
            503, "writer-away", f"the copy that takes the writes is not there: {_words(error)}; nothing was written"
        ) from None
    try:
        connection.sock.settimeout(current.settings().deadline + WAITS)
        path = f"{parts.path}{quote(request.path, safe=_SAFE)}"
        query = request.query_string.decode("latin-1")
        with suppress(BrokenPipeError, ConnectionResetError):  # it may have answered before it read all of the body
            _send(connection, f"{path}?{query}" if query else path)
        response = connection.getresponse()
        body = response.read()
    except (OSError, http.client.HTTPException) as error:
        raise _failed(
            502, "writer-failed",
            f"the copy that takes the writes gave no answer: {_words(error)}; this may have been written, so look "
            "before it is sent again",
        ) from None  # fmt: skip
    finally:
        connection.close()
    told = [(name, value) for name, value in response.getheaders() if name.lower() not in _OF_A_CONNECTION]
    return Response(body, response.status, [(name, _named_here(name, value, writer)) for name, value in told])


def _send(connection: http.client.HTTPConnection, path: str) -> None:
    headers = {name: request.headers[name] for name in _ASKED if name in request.headers}
    came_from = [*request.headers.getlist("X-Forwarded-For"), request.remote_addr or ""]
    headers |= {
        "Host": urlsplit(current.address()).netloc,
        "Via": ", ".join([*request.headers.getlist("Via"), PRESENT]),
        "X-Forwarded-For": ", ".join(filter(None, came_from)),
    }
    if request.mimetype == FORM_TYPE:
        connection.request(request.method, path, request.get_data(), headers)
    elif request.content_length is not None:
        headers["Content-Length"] = str(request.content_length)
        connection.request(request.method, path, _pieces(), headers)
    else:
        connection.request(request.method, path, _pieces(), headers, encode_chunked=True)


def _pieces() -> Iterator[bytes]:
    """The body, as it comes. Raises what Flask does where it is larger than it may be."""
    while piece := request.stream.read(_PIECE):
        yield piece


def _named_here(name: str, value: str, writer: str) -> str:
    """A header, with our address in place of the writer's."""
    if name.lower() == "location" and value.startswith(f"{writer}/"):
        return current.address() + value.removeprefix(writer)
    return value


def _failed(status: int, slug: str, detail: str) -> Rejected:
    title = "The copy that takes the writes does not answer"
    return Rejected(status, slug, title, detail, {"Retry-After": str(AGAIN)}, {"retryAfter": AGAIN})


def _words(error: Exception) -> str:
    return str(error) or type(error).__name__
