"""A write that another copy of the service takes (`KG_WRITER`): passed on as it came, and answered as that one answers.

What it names by addresses, it names by ours: the writer is told the host that the client knows.
"""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import quote, urlsplit

from flask import Flask, Response, current_app, request

from server import access, current, writes
from server.errors import Rejected
from server.parameters import FORM_TYPE
from server.settings import SPARE

PRESENT = "1.1 controlgraph-copy"
"""What a request that was passed on has in `Via` (RFC 9110, section 7.6.3)."""
AGAIN = 5
"""Seconds after which somebody whom the writer did not answer should come again."""
CONNECT = 3.0
"""Seconds in which the writer takes a connection, or is away."""
WAITS = 60.0
"""Seconds that the writer may take beside the deadline of the write: it may have to wait for others."""
AT_ONCE = SPARE // 2
"""Writes that are under way at once: each holds a thread for as long as the writer is silent, and reading goes on."""
_ASKED = ("Accept", "Accept-Language", "Authorization", "Content-Type", "Content-Encoding", "If-Match", "If-None-Match",
          "User-Agent")  # fmt: skip
_OF_A_CONNECTION = {"connection", "content-length", "date", "keep-alive", "server", "trailer", "transfer-encoding"}
_PIECE = 1 << 16
_SAFE = "/:@!$&'()*+,;=-._~"


def init_app(app: Flask) -> None:
    """Pass the writes of this application on, where its settings name who takes them."""
    app.extensions["controlgraph.forwarded"] = threading.BoundedSemaphore(AT_ONCE)
    app.before_request(_passed_on)


def _passed_on() -> Response | None:
    writer = current.settings().writer
    if writer is None or not writes.is_write():
        return None
    if PRESENT in request.headers.get("Via", ""):
        raise Rejected(
            508, "writer-loops", "No copy takes writes",
            "this write was passed on to here by another copy, and KG_WRITER is set here too; the copy that takes the "
            "writes has none",
        )  # fmt: skip
    if request.blueprint == "graphs" or request.mimetype == writes.UPDATE_TYPE:
        request.max_content_length = current.settings().body_max
    places: threading.BoundedSemaphore = current_app.extensions["controlgraph.forwarded"]
    if not places.acquire(blocking=False):
        detail = f"{AT_ONCE} writes are being passed on from here, which is as many as may be; nothing was written"
        raise _failed(503, "busy", detail, "Too many writes are under way")
    try:
        return _answer(writer)
    finally:
        places.release()
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
        path = parts.path + quote(request.environ["PATH_INFO"].encode("latin-1"), safe=_SAFE)
        query = quote(request.query_string, safe=f"{_SAFE}%?")
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
    headers |= {
        "Host": urlsplit(current.address()).netloc,
        "Via": ", ".join([*request.headers.getlist("Via"), PRESENT]),
        "X-Forwarded-For": access.address(),
    }
    if request.mimetype == FORM_TYPE:
        connection.request(request.method, path, request.get_data(), headers)
    elif request.content_length is not None:
        headers["Content-Length"] = str(request.content_length)
        connection.request(request.method, path, _pieces(), headers)
    else:  # it has no body: `server.received`
        connection.request(request.method, path, headers=headers)


def _pieces() -> Iterator[bytes]:
    """The body, as it comes. Raises what Flask does where it is larger than it may be, or breaks off: the connection to
    the writer is then closed, and what came there is no whole body either."""
    while piece := request.stream.read(_PIECE):
        yield piece


def _named_here(name: str, value: str, writer: str) -> str:
    """A header, with our address in place of the writer's."""
    if name.lower() == "location" and value.startswith(f"{writer}/"):
        return current.address() + value.removeprefix(writer)
    return value


def _failed(
    status: int, slug: str, detail: str, title: str = "The copy that takes the writes does not answer"
) -> Rejected:
    return Rejected(status, slug, title, detail, {"Retry-After": str(AGAIN)}, {"retryAfter": AGAIN})


def _words(error: Exception) -> str:
    return str(error) or type(error).__name__
