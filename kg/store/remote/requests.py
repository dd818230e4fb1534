"""One request to an engine: SPARQLWrapper writes it, a connection that is kept open sends it, a deadline ends it.

What fails before an answer began is tried again after a pause, which differs so that copies that failed together do not
come back together. An update is never sent a second time once it may have arrived: whoever sent it looks what holds.
"""

from __future__ import annotations

import base64
import http.client
import random
import select
import socket
import ssl
import threading
import time
import urllib.request
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from SPARQLWrapper import POST, SPARQLWrapper

from kg import __version__
from kg.engine_errors import EngineFailed
from kg.errors import QueryFailed, QueryTimeout, ResultTooLarge
from kg.store.remote.engine import Engine
from kg.store.spool import Spool, TooLarge

TABLE = "application/sparql-results+json"
"""What solutions and booleans are asked for as: the one form that every engine writes without losing anything."""
STATEMENTS = "application/n-triples, text/turtle;q=0.5"
"""What graphs are asked for as."""
AGAIN = (429, 502, 503, 504)
"""Statuses after which it is worth to come again."""
PAUSE = 0.1
"""Seconds before the second try, at most; before each further one twice as many."""
KEPT = 16
"""Connections that are kept open while nobody needs them."""
_PIECE = 1 << 16
_WORDS = 300


@dataclass(frozen=True)
class Reply:
    """A complete answer with status 200 to 299: its media type, its headers by lower-case name, and its bytes."""

    media_type: str
    headers: dict[str, str]
    spool: Spool

    def body(self) -> bytes:
        """All bytes at once."""
        file = self.spool.file()
        if file is None:
            return self.spool.content()
        file.seek(0)
        return file.read()


class Line:
    """What can end one exchange from outside: a query that is cancelled, or a deadline that passes."""

    def __init__(self) -> None:
        self.ended = False
        self._socket: socket.socket | None = None
        self._change = threading.Lock()

    def over(self, connection: socket.socket | None) -> None:
        """Say over which socket it goes now."""
        with self._change:
            self._socket = connection
            if self.ended:
                self._shut()

    def end(self) -> None:
        """End it now; whoever waits for the answer gets none."""
        with self._change:
            self.ended = True
            self._shut()

    def _shut(self) -> None:
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)


class Requests:
    """Requests to one engine, from any thread."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._free: dict[tuple[str, str, int], list[http.client.HTTPConnection]] = {}
        self._change = threading.Lock()
        self._closed = False
        self._challenge: dict[str, str] = {}
        self._basic = ""
        known = urllib.request.HTTPPasswordMgrWithDefaultRealm()
        known.add_password(None, (engine.query, engine.update), engine.user, engine.password)
        self._digest = urllib.request.AbstractDigestAuthHandler(known)

    def query(
        self, text: str, accept: str, *, default: Collection[str] = (), named: Collection[str] = (),
        seconds: float, most: int, line: Line | None = None,
    ) -> Reply:  # fmt: skip
        """The answer to a query over a dataset of these graphs (none at all: the engine's own), within `seconds` and
        `most` bytes, as one of the media types in `accept`.

        Raises QueryFailed where the engine refuses the text, QueryTimeout, ResultTooLarge, EngineFailed.
        """
        asked = _Written(self.engine.query, None, text, default, named).request(accept)
        until = time.monotonic() + seconds
        pause = PAUSE
        for left in reversed(range(self.engine.tries)):
            try:
                return self._whole(self._sent(asked, until, seconds, most, line or Line()))
            except EngineFailed as failure:
                pause_now = pause * random.uniform(0.5, 1.0)  # noqa: S311 (nobody has to be unable to guess it)
                if not (left and failure.again) or time.monotonic() + pause_now >= until:
                    raise
                time.sleep(pause_now)
                pause *= 2
        raise AssertionError("an engine is asked at least once")

    def update(self, text: str, *, seconds: float) -> None:
        """Have the engine carry out an update. Raises QueryFailed where it refuses the text, EngineFailed and
        QueryTimeout; after these two it is not known whether it was carried out."""
        asked = _Written(self.engine.query, self.engine.update, text).request("*/*")
        self._sent(asked, time.monotonic() + seconds, seconds, 1 << 20, Line())

    def close(self) -> None:
        """Close the connections that nobody needs; one that is in use is closed when it is not any more."""
        with self._change:
            self._closed = True
            free, self._free = self._free, {}
        for connections in free.values():
            for connection in connections:
                connection.close()

    def _whole(self, reply: Reply) -> Reply:
        """An answer, if the engine did not cut it. Raises ResultTooLarge."""
        cut = self.engine.particular.cut
        if cut and cut in reply.headers:
            reply.spool.close()
            raise ResultTooLarge(reply.spool.limit, f"the engine cuts answers after {reply.headers[cut]} rows")
        return reply

    def _sent(self, asked: urllib.request.Request, until: float, seconds: float, most: int, line: Line) -> Reply:
        """The answer to one attempt; with credentials where the engine asks for them."""
        clock = threading.Timer(max(0.001, until - time.monotonic()), line.end)
        clock.daemon = True
        clock.start()
        try:
            self._authorise(asked)
            status, headers, spool = self._exchanged(asked, most, line)
            if status == 401 and self._challenged(headers, asked):
                spool.close()
                status, headers, spool = self._exchanged(asked, most, line)
        except TooLarge:
            raise ResultTooLarge(most) from None
        except (OSError, http.client.HTTPException) as error:
            if time.monotonic() >= until:
                raise QueryTimeout(seconds) from None
            reason = str(error) or type(error).__name__
            again = not line.ended and not isinstance(error, ssl.SSLCertVerificationError)
            raise EngineFailed(f"the engine at <{asked.full_url}> does not answer: {reason}", again=again) from None
        finally:
            clock.cancel()
        if 200 <= status < 300:
            return Reply(headers.get("content-type", "").partition(";")[0].strip().casefold(), headers, spool)
        words = " ".join(spool.content()[:_WORDS].decode(errors="replace").split())  # none of a long page of words
        spool.close()
        if status == 400 or (status == 500 and words.startswith(self.engine.particular.refuses)):
            raise QueryFailed(f"the engine cannot evaluate this: {words}")
        told = f"the engine at <{asked.full_url}> answers with status {status}{f': {words}' if words else ''}"
        raise EngineFailed(told, again=status in AGAIN)

    def _exchanged(self, asked: urllib.request.Request, most: int, line: Line) -> tuple[int, dict[str, str], Spool]:
        with self._connection(asked, line) as (connection, path):
            connection.request("POST", path, asked.data, dict(asked.header_items()))
            response = connection.getresponse()
            headers = {name.casefold(): value for name, value in response.getheaders()}
            spool = Spool(most)
            try:
                while piece := response.read1(_PIECE):
                    spool.write(piece)
                if response.length or line.ended:
                    raise http.client.IncompleteRead(b"", response.length)
            except BaseException:
                spool.close()
                raise
            finally:
                response.close()  # which leaves the connection open where all of it was read
            return response.status, headers, spool

    @contextmanager
    def _connection(
        self, asked: urllib.request.Request, line: Line
    ) -> Iterator[tuple[http.client.HTTPConnection, str]]:
        """A connection to where a request goes, and the path there; kept afterwards where it is as good as new."""
        parts = urlsplit(asked.full_url)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        place = parts.scheme, host, port
        connection = self._free_one(place)
        if connection is None:
            kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
            connection = kind(host, port, timeout=self.engine.connect)
        try:
            if connection.sock is None:
                connection.connect()
            assert connection.sock is not None
            connection.sock.settimeout(None)  # from here on the line ends it
            connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            line.over(connection.sock)
            yield connection, f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
        except BaseException:
            connection.close()
            raise
        finally:
            line.over(None)
        with self._change:
            kept = self._free.setdefault(place, [])
            if not line.ended and connection.sock is not None and not self._closed and len(kept) < KEPT:
                kept.append(connection)
                return
        connection.close()

    def _free_one(self, place: tuple[str, str, int]) -> http.client.HTTPConnection | None:
        """A connection that is still open; one that the other side closed has something to read: its end."""
        while True:
            with self._change:
                kept = self._free.get(place)
                connection = kept.pop() if kept else None
            if connection is None or connection.sock is None:
                return None
            poll = select.poll()  # which knows of TLS too that something came, and of handles of any number
            poll.register(connection.sock, select.POLLIN)
            if not poll.poll(0):
                return connection
            connection.close()

    def _authorise(self, asked: urllib.request.Request) -> None:
        if self._basic:
            asked.add_unredirected_header("Authorization", self._basic)
        elif self._challenge:
            with self._change:
                given = self._digest.get_authorization(asked, self._challenge)
            asked.add_unredirected_header("Authorization", f"Digest {given}")

    def _challenged(self, headers: dict[str, str], asked: urllib.request.Request) -> bool:
        """Whether the engine asks for what we can give; the request then has it."""
        scheme, _, rest = headers.get("www-authenticate", "").partition(" ")
        if not self.engine.user or scheme.casefold() not in ("digest", "basic"):
            return False
        if scheme.casefold() == "basic":
            if self._basic:  # it was given, and is not accepted
                return False
            self._basic = _basic(self.engine)
            self._authorise(asked)
            return True
        self._challenge = urllib.request.parse_keqv_list(urllib.request.parse_http_list(rest))
        self._authorise(asked)
        return True


class _Written(SPARQLWrapper):
    """A request as SPARQLWrapper writes it: by POST, as a form."""

    def __init__(
        self, query: str, update: str | None, text: str, default: Collection[str] = (), named: Collection[str] = ()
    ) -> None:
        super().__init__(query, update, agent=f"controlgraph/{__version__} (SPARQLWrapper)")
        self.setMethod(POST)
        self.setOnlyConneg(True)
        for graph in default:
            self.addParameter("default-graph-uri", graph)
        for graph in named:
            self.addParameter("named-graph-uri", graph)
        # set by itself and not by `setQuery`, which reads the whole text to tell an update from a query
        self.queryString, self.queryType = text, "INSERT" if update else "SELECT"

    def request(self, accept: str) -> urllib.request.Request:
        """The request, for an answer of these media types."""
        self.addCustomHttpHeader("Accept", accept)
        made: Any = self._createRequest()
        assert isinstance(made, urllib.request.Request)
        return made


def _basic(engine: Engine) -> str:
    return "Basic " + base64.b64encode(f"{engine.user}:{engine.password}".encode()).decode()
