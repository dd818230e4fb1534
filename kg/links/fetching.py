"""Fetching from elsewhere, without trust in who answers: a deadline, a limit of bytes, no private address.

An address that a person named may lie anywhere, at home too. Where it leads to (a redirect) has to be public, because
the one who answers chose it. What is checked is the address that is connected to, so that a name cannot change its
meaning between the check and the connection.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from kg.errors import ElsewhereFailed
from kg.store.outward import is_public

REDIRECTS = 3
"""How often an answer may send us on."""
_PIECE = 1 << 16


@dataclass(frozen=True)
class Fetched:
    """What came back: the address that answered, the status, headers by lower-case name, and the body."""

    address: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        """What the body says it is, without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().casefold()


def fetch(request: urllib.request.Request, *, seconds: float, most: int) -> Fetched:
    """Send a request, and read the whole answer; an answer of status 400 or more is an answer too.

    Raises ElsewhereFailed where it leads to a private address, sends us on too often, takes longer than `seconds` in
    all, or has more than `most` bytes.
    """
    named = _place(request.full_url)
    guard = _Guard(named, seconds)
    opener = urllib.request.OpenerDirector()
    for handler in (
        _Plain(guard), _Secure(guard), _Onward(guard),
        urllib.request.HTTPDefaultErrorHandler(), urllib.request.HTTPErrorProcessor(),
    ):  # fmt: skip
        opener.add_handler(handler)
    with guard:
        try:
            response = opener.open(request, timeout=seconds)
        except urllib.error.HTTPError as error:
            response = error
            if error.code < 400:
                error.close()
                raise ElsewhereFailed(
                    f"<{request.full_url}> sends us on to <{error.url}>, where nobody asks"
                ) from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise guard.told(error, request.full_url) from error
        with response:
            try:
                body = _read(response, most)
            except (OSError, http.client.HTTPException, ValueError) as error:
                raise guard.told(error, request.full_url) from error
            guard.look(request.full_url)
            headers = {name.casefold(): value for name, value in response.headers.items()}
            return Fetched(response.url, response.status, headers, body)


def _read(response: Any, most: int) -> bytes:
    pieces, size = [], 0
    while piece := response.read1(_PIECE):
        pieces.append(piece)
        size += len(piece)
        if size > most:
            raise ElsewhereFailed(f"<{response.url}> answers with more than {most:,} bytes, the limit; ask for less")
    if getattr(response, "length", None):
        raise ElsewhereFailed(f"<{response.url}> broke off after {size:,} bytes", again=True)
    return b"".join(pieces)


def _place(address: str) -> tuple[str, int]:
    """The host and the port of an address. Raises ElsewhereFailed where it is no http or https address."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ElsewhereFailed(f"<{address}> is no address that is asked; accepted are http and https addresses")
    return parts.hostname, port or (443 if parts.scheme == "https" else 80)


class _Guard:
    """One fetch: the place that was named, the sockets it opened, and the clock that ends it."""

    def __init__(self, named: tuple[str, int], seconds: float) -> None:
        self.named, self.seconds = named, seconds
        self._sockets: list[socket.socket] = []
        self._over = threading.Event()
        self._clock = threading.Timer(seconds, self._end)
        self._clock.daemon = True

    def __enter__(self) -> None:
        self._clock.start()

    def __exit__(self, *_: object) -> None:
        self._clock.cancel()
        for each in self._sockets:
            each.close()

    def _end(self) -> None:
        # a socket has its own time-out for each piece; who sends one byte a second would never meet it
        self._over.set()
        for each in self._sockets:
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # it is closed already

    def connect(self, place: tuple[str, int], timeout: float, _source: object = None) -> socket.socket:
        """A connection to a host, at an address that may be asked."""
        failure: OSError = OSError(f"{place[0]} has no address")
        for family, kind, protocol, _, address in socket.getaddrinfo(*place, type=socket.SOCK_STREAM):
            if place != self.named and not is_public(ipaddress.ip_address(str(address[0]).partition("%")[0])):
                raise ElsewhereFailed(
                    f"{self.named[0]} sends us on to {place[0]}, which is {address[0]}, a private address; name it "
                    "yourself if you mean it"
                )
            made = socket.socket(family, kind, protocol)
            # another handle on the same connection, because TLS takes this one over
            self._sockets.append(made.dup())
            try:
                made.settimeout(timeout)
                made.connect(address)
            except OSError as error:
                made.close()
                failure = error
                continue
            return made
        raise failure

    def look(self, address: str) -> None:
        """Raise ElsewhereFailed where the time is over: what was cut off by us may look like an end."""
        if self._over.is_set():
            raise self.told(TimeoutError(), address)

    def told(self, error: Exception, address: str) -> ElsewhereFailed:
        """A failure of the network in words."""
        if isinstance(error, ElsewhereFailed):
            return error
        reason = error.reason if isinstance(error, urllib.error.URLError) else error
        if isinstance(reason, ElsewhereFailed):
            return reason
        if self._over.is_set() or isinstance(reason, TimeoutError):
            return ElsewhereFailed(f"<{address}> did not answer within {self.seconds:g} s", again=True)
        words = getattr(reason, "strerror", None) or str(reason) or type(reason).__name__
        return ElsewhereFailed(f"<{address}> cannot be asked: {words}", again=True)


class _Plain(urllib.request.HTTPHandler):
    """http, to addresses that may be asked."""

    def __init__(self, guard: _Guard) -> None:
        super().__init__()
        self._guard = guard

    def http_open(self, req: urllib.request.Request) -> Any:
        return self.do_open(self._connection, req)

    def _connection(self, host: str, **options: Any) -> http.client.HTTPConnection:
        made = http.client.HTTPConnection(host, **options)
        made._create_connection = self._guard.connect  # type: ignore[attr-defined]
        return made


class _Secure(urllib.request.HTTPSHandler):
    """https, to addresses that may be asked."""

    def __init__(self, guard: _Guard) -> None:
        super().__init__()
        self._guard = guard

    def https_open(self, req: urllib.request.Request) -> Any:
        return self.do_open(self._connection, req)

    def _connection(self, host: str, **options: Any) -> http.client.HTTPSConnection:
        made = http.client.HTTPSConnection(host, **options)
        made._create_connection = self._guard.connect  # type: ignore[attr-defined]
        return made


class _Onward(urllib.request.HTTPRedirectHandler):
    """Redirects: the same request again, a few times, never from https to http."""

    def __init__(self, guard: _Guard) -> None:
        self._guard = guard
        self._times = 0

    def redirect_request(self, req: urllib.request.Request, *told: Any) -> urllib.request.Request:
        """The request that follows; `told` begins with the answer and ends with the address."""
        told[0].close()
        self._times += 1
        target = urljoin(req.full_url, told[-1])
        _place(target)
        if self._times > REDIRECTS:
            raise ElsewhereFailed(f"<{req.full_url}> sends us on more than {REDIRECTS} times")
        if req.type == "https" and not target.startswith("https:"):
            raise ElsewhereFailed(f"<{req.full_url}> sends us on to <{target}>, which is not encrypted")
        kept = {name: value for name, value in req.headers.items() if name.casefold() not in ("host", "content-length")}
        return urllib.request.Request(target, req.data, kept, method=req.get_method())  # noqa: S310 (`_place` looked)
