"""Answers that were given before, in front of the application: by what was asked, as long as the version is the same.

Kept are complete answers with status 200 of at most `LARGEST` bytes that have a validator (`server.headers`), asked
without a token. The same place compresses, and answers 304 where a client has the answer already.
"""

from __future__ import annotations

import gzip
import io
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from kg.store.published import Stamp
from server.downloads import LARGE

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LARGEST = LARGE
"""Bytes of the largest answer that is kept or compressed."""
SMALLEST = 512
"""Bytes of the smallest answer that is compressed."""
BODY_MAX = 1 << 20
"""Bytes of the largest body of a request that is looked at."""
_OVERHEAD = 1024
_SUFFIXES = ("json", "xml", "turtle", "triples", "quads", "trig", "javascript")
_ONLY_OF_A_BODY = {"content-type", "content-length", "content-encoding", "last-modified"}

Key = tuple[object, ...]
Headers = list[tuple[str, str]]


@dataclass(frozen=True)
class Kept:
    """An answer: its headers, its body, its validator, the hash of its query and the route it was asked by."""

    headers: Headers
    body: bytes
    etag: str
    query: str
    route: str


class Cache:
    """A WSGI application that keeps what `app` answers, in at most `limit` bytes, while `stamp` stays the same.

    Every answer gets the headers of `always` that it does not have.
    """

    def __init__(self, app: WSGIApplication, stamp: Callable[[], Stamp], limit: int, always: Mapping[str, str]) -> None:
        self._always = {name.lower(): (name, value) for name, value in always.items()}
        self._app, self._stamp, self._limit = app, stamp, limit
        self._kept: OrderedDict[Key, Kept] = OrderedDict()
        self._of: Stamp = None
        self._change = threading.Lock()
        self.size = 0

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answer from what is kept, or ask the application."""
        key = _key(environ) if self._limit else None
        stamp = self._stamp()
        if key is not None and stamp is not None and (kept := self._find(stamp, key)) is not None:
            environ["controlgraph.cache"], environ["controlgraph.query"] = "hit", kept.query
            environ["controlgraph.route"] = kept.route
            return _send(kept, environ, start)
        return self._ask(key, stamp, environ, start)

    def _find(self, stamp: Stamp, key: Key) -> Kept | None:
        if stamp != self._of:
            with self._change:
                if stamp != self._of:
                    self._kept.clear()
                    self._of, self.size = stamp, 0
            return None
        found = self._kept.get(key)
        if found is not None:
            with suppress(KeyError):  # it had to go in this moment
                self._kept.move_to_end(key)
        return found

    def _keep(self, stamp: Stamp, key: Key, kept: Kept) -> None:
        with self._change:
            if stamp != self._of or self._stamp() != stamp or key in self._kept:
                return
            self._kept[key] = kept
            self.size += _cost(key, kept)
            while self.size > self._limit:
                self.size -= _cost(*self._kept.popitem(last=False))

    def _ask(self, key: Key | None, stamp: Stamp, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        head = environ["REQUEST_METHOD"] == "HEAD"
        if head:
            environ["REQUEST_METHOD"] = "GET"  # the same headers, and the answer may be kept
        told: list[Any] = []

        def listen(status: str, headers: Headers, _: object = None) -> Callable[[bytes], object]:
            told[:] = status, headers
            return lambda _: None

        body = self._app(environ, listen)
        if head:
            environ["REQUEST_METHOD"] = "HEAD"
        status, headers = told
        named = {name.lower(): value for name, value in headers}
        headers += [pair for name, pair in self._always.items() if name not in named]
        etag = named.get("etag")
        if status.startswith("200") and etag and int(named.get("content-length", LARGEST + 1)) <= LARGEST:
            kept = _packed(headers, named, _joined(body), environ)
            if key is not None and stamp is not None:
                environ["controlgraph.cache"] = "miss"
                self._keep(stamp, key, kept)
            return _send(kept, environ, start)
        if status.startswith("200") and etag and _has(environ, etag):
            _close(body)
            start("304 Not Modified", [pair for pair in headers if pair[0].lower() not in _ONLY_OF_A_BODY])
            return []
        start(status, headers)
        if head:
            _close(body)
            return []
        return body


def _key(environ: WSGIEnvironment) -> Key | None:
    """What an answer depends on; None where it is not looked for."""
    method = environ["REQUEST_METHOD"]
    if "HTTP_AUTHORIZATION" in environ:
        return None
    digest = b""
    if method in ("POST", "QUERY"):
        length = environ.get("CONTENT_LENGTH") or ""
        if environ["PATH_INFO"] not in ("/sparql", "/sparql/") or not length.isdigit() or int(length) > BODY_MAX:
            return None
        data = environ["wsgi.input"].read(int(length))
        environ["wsgi.input"] = io.BytesIO(data)
        digest = blake2b(data, digest_size=16).digest()
    elif method not in ("GET", "HEAD"):
        return None
    get = environ.get
    return (
        "GET" if method == "HEAD" else method,
        environ["PATH_INFO"],
        environ["QUERY_STRING"],
        get("HTTP_ACCEPT"),
        packs(get("HTTP_ACCEPT_ENCODING", "")),
        get("HTTP_HOST"),
        environ["wsgi.url_scheme"],
        get("CONTENT_TYPE") if digest else None,
        digest,
    )


@lru_cache(256)
def packs(accept_encoding: str) -> bool:
    """Whether a client takes gzip.

    >>> packs("gzip, deflate"), packs("gzip;q=0, *"), packs("*"), packs("")
    (True, False, True, False)
    """
    wishes = {}
    for part in accept_encoding.casefold().split(","):
        coding, _, weight = part.partition(";")
        wishes[coding.strip()] = weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return wishes.get("gzip", wishes.get("x-gzip", wishes.get("*", False)))


def _packed(headers: Headers, named: dict[str, str], body: bytes, environ: WSGIEnvironment) -> Kept:
    """The answer as it is sent to a client with this request's wishes."""
    etag = named["etag"]
    left = [pair for pair in headers if pair[0].lower() not in ("content-length", "etag", "vary")]
    kind = named.get("content-type", "").partition(";")[0]
    vary = named.get("vary")
    if kind.startswith("text/") or kind.endswith(_SUFFIXES):
        vary = f"{vary}, Accept-Encoding" if vary else "Accept-Encoding"
        if len(body) >= SMALLEST and packs(environ.get("HTTP_ACCEPT_ENCODING", "")):
            body = gzip.compress(body, 6, mtime=0)
            etag = f'{etag[:-1]}-gzip"'
            left.append(("Content-Encoding", "gzip"))
    left += [("ETag", etag), ("Content-Length", str(len(body)))]
    if vary:
        left.append(("Vary", vary))
    known = environ.get("controlgraph.query", ""), environ.get("controlgraph.route", "")
    return Kept(left, body, etag, *known)


def _send(kept: Kept, environ: WSGIEnvironment, start: StartResponse) -> list[bytes]:
    if "HTTP_IF_NONE_MATCH" in environ and _has(environ, kept.etag):
        start("304 Not Modified", [pair for pair in kept.headers if pair[0].lower() not in _ONLY_OF_A_BODY])
        return []
    start("200 OK", kept.headers[:])
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [kept.body]


def _has(environ: WSGIEnvironment, etag: str) -> bool:
    """Whether the client has this very answer (RFC 9110, section 13.1.2)."""
    told = environ.get("HTTP_IF_NONE_MATCH", "")
    if not told or environ["REQUEST_METHOD"] not in ("GET", "HEAD", "QUERY"):
        return False
    return any(tag.strip().removeprefix("W/") in (etag, "*") for tag in told.split(","))


def _cost(key: Key, kept: Kept) -> int:
    return len(kept.body) + sum(len(part) for part in key if isinstance(part, (str, bytes))) + _OVERHEAD


def _joined(body: Iterable[bytes]) -> bytes:
    try:
        return b"".join(body)
    finally:
        _close(body)


def _close(body: Iterable[bytes]) -> None:
    close = getattr(body, "close", None)
    if close is not None:
        close()
