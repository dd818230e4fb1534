"""A child's relay: an HTTP server on its own loopback, which hands on what the engine asks of other services.

The connection comes from the parent (`kg.store.outward`), everything that is read from it is read here, under the
limits of this process. An answer is handed to the engine when it is complete and was read through, so that a query with
`SERVICE SILENT` never has half of one. Within a query a service is asked the same thing once.
"""

from __future__ import annotations

import http.client
import os
import re
import secrets
import socket
import ssl
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import IO, Any, NamedTuple
from urllib.parse import urlencode, urlsplit

import pyoxigraph as ox

from kg import __version__

SHARE = 0.75
"""How much of a query's time it may wait for other services: the rest is for what it does with the answers."""
_PLAIN = re.compile(rb"(BASE <[^>]*>\n)?SELECT \* WHERE \{.*\}", re.DOTALL)
"""How the engine asks for a pattern; a SELECT of its own in the pattern is asked as it is."""
UNLIMITED = 60.0
"""Seconds that count for a query without a deadline."""
_READABLE = {
    "application/sparql-results+json": ox.QueryResultsFormat.JSON,
    "application/json": ox.QueryResultsFormat.JSON,
    "application/sparql-results+xml": ox.QueryResultsFormat.XML,
    "application/xml": ox.QueryResultsFormat.XML,
}
_HEADERS = {
    "Accept": "application/sparql-results+json, application/sparql-results+xml;q=0.8",
    "Accept-Encoding": "identity",
    "Content-Type": "application/x-www-form-urlencoded",
    "User-Agent": f"Controlgraph/{__version__}",
    "Connection": "close",
}
_PIECE = 1 << 16
_WORDS = 300


class Failure(Exception):
    """A service gave no answer that can be used: which one, the status of its answer if it had one, and a sentence."""

    def __init__(self, endpoint: str, status: int | None, message: str) -> None:
        self.endpoint, self.status = endpoint, status
        super().__init__(message)


class Reply(NamedTuple):
    """A complete answer: its media type, its length in bytes, and the file in which it lies."""

    kind: str
    size: int
    file: IO[bytes]


_NOTHING = b'{"head": {"vars": []}, "results": {"bindings": []}}'


class Relay:
    """The relay of one child; `connected` gives a connection to the endpoint of a number within some seconds, and
    raises OSError with a sentence where there is none. All answers to one query have at most `limit` bytes."""

    def __init__(self, endpoints: list[str], connected: Callable[[int, float], socket.socket], limit: int) -> None:
        self._endpoints, self._connected, self._limit = endpoints, connected, limit
        self._replies: dict[tuple[int, bytes], Reply | Failure] = {}
        self._values: dict[int, str] = {}
        self._failures: dict[int, Failure] = {}
        self._nothing = Reply("application/sparql-results+json", len(_NOTHING), tempfile.TemporaryFile())  # noqa: SIM115
        os.pwrite(self._nothing.file.fileno(), _NOTHING, 0)
        self._turn = threading.Lock()
        self._end = 0.0
        server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"relay": self}))
        # the secret: where children have no network of their own, others could find the port
        self._path = f"/{secrets.token_urlsafe(16)}/"
        self._address = f"http://127.0.0.1:{server.server_port}{self._path}"
        threading.Thread(target=server.serve_forever, daemon=True).start()

    def relayed(self) -> dict[str, str]:
        """The relay's address for each endpoint."""
        return {endpoint: f"{self._address}{number}" for number, endpoint in enumerate(self._endpoints)}

    @contextmanager
    def relaying(self, seconds: float | None) -> Iterator[None]:
        """Hand on what one query asks, which may take so long."""
        self._end = time.monotonic() + SHARE * (seconds or UNLIMITED)
        try:
            yield
        finally:
            for reply in self._replies.values():
                if isinstance(reply, Reply):
                    reply.file.close()
            self._replies, self._values, self._failures = {}, {}, {}

    def bind(self, call: int, values: str) -> None:
        """Let a VALUES clause go along with a call of this query; an empty one says that nobody need be asked."""
        self._values[call] = values

    def failure(self, told: str) -> Failure | None:
        """The failure of which the engine tells in these words, if it is one of ours."""
        found = re.search(rf"{re.escape(self._address)}(\d+)/(\d+)", told)
        if found is None:
            return None
        endpoint = self._endpoints[int(found[1])]
        return self._failures.get(int(found[2])) or Failure(endpoint, None, f"<{endpoint}> could not be asked")

    def reply(self, path: str, query: bytes) -> Reply:
        """What the service with this path says to a query. Raises Failure, and ValueError for a path of nobody's."""
        number, call = map(int, path.removeprefix(self._path).split("/"))  # whoever has no secret has no number
        values = self._values.get(call)
        if values is not None and _PLAIN.fullmatch(query):
            if not values:
                return self._nothing
            query += f" {values}".encode()
        asked = number, query
        with self._turn:
            if asked not in self._replies:
                try:
                    self._replies[asked] = self._asked(*asked)
                except Failure as failure:
                    self._replies[asked] = failure
            known = self._replies[asked]
        if isinstance(known, Failure):
            self._failures[call] = known
            raise known
        return known

    def _asked(self, number: int, query: bytes) -> Reply:
        endpoint, left = self._endpoints[number], max(self._end - time.monotonic(), 0.001)
        late = threading.Event()
        try:
            connection = self._connected(number, left)
            connection.settimeout(None)
            with connection.dup() as line:  # what ends the connection, whoever reads from it
                timer = threading.Timer(left, _end, (line, late))
                timer.start()
                try:
                    return self._read(endpoint, connection, query)
                finally:
                    timer.cancel()
        except (Failure, OSError, http.client.HTTPException) as error:
            if late.is_set():
                raise Failure(endpoint, None, f"<{endpoint}> gave no whole answer in {left:.3g} s") from None
            if isinstance(error, Failure):
                raise
            raise Failure(endpoint, None, f"<{endpoint}> gave no answer: {error}") from None

    def _read(self, endpoint: str, connection: socket.socket, query: bytes) -> Reply:
        place = urlsplit(endpoint)
        assert place.hostname
        client = http.client.HTTPConnection(place.hostname, place.port)
        if place.scheme == "https":
            context = ssl.create_default_context()
            client = http.client.HTTPSConnection(place.hostname, place.port, context=context)
            connection = context.wrap_socket(connection, server_hostname=place.hostname)
        with connection:
            client.sock = connection
            target = place._replace(scheme="", netloc="").geturl() or "/"
            client.request("POST", target, urlencode({"query": query}), _HEADERS)
            with client.getresponse() as answer:
                kind, packed = answer.headers.get_content_type(), answer.getheader("Content-Encoding", "identity")
                if answer.status != 200:
                    raise Failure(endpoint, answer.status, _told(endpoint, answer, kind))
                if kind not in _READABLE or packed != "identity":
                    words = kind if packed == "identity" else f"{kind} ({packed})"
                    raise Failure(endpoint, 200, f"<{endpoint}> answered with {words}, and not with SPARQL results")
                return self._kept(endpoint, answer, kind)

    def _kept(self, endpoint: str, answer: http.client.HTTPResponse, kind: str) -> Reply:
        """The whole answer in a file, once it has been read through."""
        room = self._limit - sum(reply.size for reply in self._replies.values() if isinstance(reply, Reply))
        reply = Reply(kind, 0, tempfile.TemporaryFile())  # noqa: SIM115 (closed when the query is over)
        try:
            while piece := answer.read(_PIECE):
                reply = reply._replace(size=reply.size + len(piece))
                if reply.size > room:
                    raise Failure(endpoint, 200, f"<{endpoint}> answered with more than {room:,} bytes, the limit")
                reply.file.write(piece)
            if fault := _fault(reply):
                raise Failure(endpoint, 200, f"<{endpoint}> answered with {kind} that cannot be read: {fault}")
        except BaseException:
            reply.file.close()
            raise
        return reply


def _fault(reply: Reply) -> str | None:
    """What is wrong with an answer; None where it can be read.

    A result of the engine must not outlive its thread, and an exception that is kept would keep it.
    """
    reply.file.seek(0)
    try:
        results: Any = ox.parse_query_results(reply.file, format=_READABLE[reply.kind])
        for _ in results:
            pass
    except (SyntaxError, ValueError, TypeError) as error:
        return str(error)
    return None


def _end(line: socket.socket, late: threading.Event) -> None:
    late.set()
    with suppress(OSError):  # it has ended by itself
        line.shutdown(socket.SHUT_RDWR)


def _told(endpoint: str, answer: http.client.HTTPResponse, kind: str) -> str:
    """What a service says that has no answer, in a sentence."""
    if 300 <= answer.status < 400:
        where = answer.getheader("Location", "nowhere")
        return f"<{endpoint}> leads to {where[:_WORDS]!r} (status {answer.status}), which is not followed"
    raw = answer.read(20 * _WORDS).decode(errors="replace") if kind.startswith("text/") or "json" in kind else ""
    words = " ".join(re.sub(r"<style.*?</style>|<[^>]*>" if kind == "text/html" else r"[\x00-\x20]+", " ", raw).split())
    later = f", and to come again after {answer.getheader('Retry-After')!r}" if answer.getheader("Retry-After") else ""
    said = f": {words[:_WORDS]}" if words else ""
    return f"<{endpoint}> answered with status {answer.status}{later}{said}"


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def server_bind(self) -> None:
        """As any server does: one of HTTP would look up the name of its address, and there is nobody to ask."""
        TCPServer.server_bind(self)
        self.server_port = int(self.server_address[1])

    def handle_error(self, *_: object) -> None:
        """The engine did not want the rest: its query is over."""


class _Handler(BaseHTTPRequestHandler):
    """The engine's requests."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else an answer may wait 40 ms for the acknowledgement of its head
    relay: Relay

    def do_POST(self) -> None:
        """Hand on one query."""
        query = self.rfile.read(int(self.headers["Content-Length"]))
        try:
            reply = self.relay.reply(self.path, query)
        except (Failure, ValueError) as failure:
            words = str(failure).encode()
            self._begin(502 if isinstance(failure, Failure) else 404, "text/plain", len(words))
            self.wfile.write(words)
            return
        self._begin(200, reply.kind, reply.size)
        for start in range(0, reply.size, _PIECE):  # another call may be reading the same answer
            self.wfile.write(os.pread(reply.file.fileno(), _PIECE, start))

    def _begin(self, status: int, kind: str, size: int) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(size))
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing is logged."""
