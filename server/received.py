"""What came of a body: all of it, or the request is refused.

A connection may break off in the middle of a body. What had come by then can be a document of its own: half a graph,
or the DROP of an update that went on. The server beneath gives what came as if it were all, so it is held against the
length that was told; a body without a length cannot be told from half of one.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask, request

from server import writes
from server.errors import Rejected

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


def init_app(app: Flask) -> None:
    """Refuse the writes of this application whose end could not be told."""
    app.before_request(_has_an_end)


def whole(app: WSGIApplication) -> WSGIApplication:
    """The application, in which to read a body that is shorter than its Content-Length raises ClientDisconnected."""

    def counted(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        if environ.get("CONTENT_LENGTH"):
            environ.pop("wsgi.input_terminated", None)  # werkzeug counts where this is not said at all
        return app(environ, start)

    return counted


def _has_an_end() -> None:
    """Raise Rejected, 411, for a write whose body may be half of one."""
    environ = request.environ
    if environ.get("CONTENT_LENGTH"):
        return
    # in HTTP/2 nothing but its length says of a body that it was all
    framed = environ.get("SERVER_PROTOCOL", "").startswith("HTTP/2") and request.method != "DELETE"
    if ("HTTP_TRANSFER_ENCODING" in environ or framed) and writes.is_write():
        raise Rejected(
            411, "length-missing", "A write needs its length",
            "this body has no Content-Length, so that half of it, should the connection break off, would look like all "
            "of it; send it with its length (curl: --data-binary @FILE in place of -T -)",
        )  # fmt: skip
