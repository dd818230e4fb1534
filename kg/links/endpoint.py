"""Asking a SPARQL endpoint of somebody else's politely: a pace, a deadline, a few tries, and no trust in the answer."""

from __future__ import annotations

import io
import time
import urllib.response
from dataclasses import dataclass, field
from email.message import Message
from typing import Any

from SPARQLWrapper import JSON, POST, SPARQLWrapper

from kg import __version__
from kg.errors import ElsewhereFailed
from kg.links.fetching import Fetched, fetch
from kg.store.terms import Row, read_rows

MEDIA_TYPES = ("application/sparql-results+json", "application/json")
"""What an answer has to be."""
AGAIN = (429, 500, 502, 503, 504)
"""Statuses after which it is worth to come again."""
LONGEST = 120.0
"""Seconds that are waited at most, whatever `Retry-After` asks for."""


@dataclass
class Endpoint:
    """An endpoint by its address: at most `rate` queries a second, each within `seconds` and `most` bytes, tried
    `tries` times, the second after `pause` seconds, each further one after twice as long."""

    address: str
    rate: float = 1.0
    seconds: float = 60.0
    tries: int = 4
    pause: float = 2.0
    most: int = 64 << 20
    _next: float = field(default=0.0, repr=False)

    def select(self, query: str) -> list[Row]:
        """The solutions of a SELECT query. Raises ElsewhereFailed with what the last try met."""
        pause = self.pause
        for left in reversed(range(self.tries)):
            self._keep_pace()
            try:
                return self._asked(query)
            except ElsewhereFailed as failure:
                if not (left and failure.again):
                    raise
                time.sleep(min(LONGEST, max(pause, failure.after)))
            pause *= 2
        raise ValueError("an endpoint is asked at least once")

    def _keep_pace(self) -> None:
        now = time.monotonic()
        if now < self._next:
            time.sleep(self._next - now)
        self._next = max(now, self._next) + 1 / self.rate

    def _asked(self, query: str) -> list[Row]:
        asked = _Asked(self)
        asked.setQuery(query)
        asked.setMethod(POST)
        asked.setReturnFormat(JSON)
        text = asked.query().response.read()
        try:
            return read_rows(text)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            message = f"<{self.address}> answers with something that is no table of SPARQL results in JSON"
            raise ElsewhereFailed(message) from None


class _Asked(SPARQLWrapper):
    """A query as SPARQLWrapper writes it, sent by `kg.links.fetching`."""

    def __init__(self, endpoint: Endpoint) -> None:
        super().__init__(endpoint.address, agent=f"controlgraph/{__version__} (kg link; SPARQLWrapper)")
        self._endpoint = endpoint

    def _query(self) -> tuple[Any, str]:
        limits = self._endpoint
        got = fetch(self._createRequest(), seconds=limits.seconds, most=limits.most)
        _accept(got)
        headers = Message()
        headers["Content-Type"] = got.media_type
        return urllib.response.addinfourl(io.BytesIO(got.body), headers, got.address, got.status), self.returnFormat


def _accept(got: Fetched) -> None:
    """Refuse an answer that is none."""
    if got.status != 200:
        words = " ".join(got.body[:300].decode(errors="replace").split())
        after = got.headers.get("retry-after", "")
        raise ElsewhereFailed(
            f"<{got.address}> answers with status {got.status}{f': {words}' if words else ''}",
            again=got.status in AGAIN,
            after=float(after) if after.isascii() and after.isdigit() else 0.0,
        )
    if got.media_type not in MEDIA_TYPES:
        named = got.media_type or "no media type"
        raise ElsewhereFailed(
            f"<{got.address}> answers with {named}; expected is {MEDIA_TYPES[0]}, so this is no SPARQL endpoint"
        )
