"""Where an engine is, who asks it, and what this machine keeps of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from kg.errors import StoreUnreadable
from kg.store.remote.dialects import DIALECTS, Dialect

SCHEMES = ("http://", "https://")
CACHE = "store-cache"
"""The directory for what is kept of an engine where none is named."""


@dataclass(frozen=True)
class Engine:
    """A SPARQL 1.1 engine: the addresses for queries and for updates, with name and password of who asks, if any.

    `dialect` names what is particular to it (`kg.store.remote.dialects`), `cache` is the directory in which this
    machine keeps what it would otherwise have to fetch or make again. Each attempt to connect takes at most `connect`
    seconds, and what failed at once is tried `tries` times.
    """

    query: str
    update: str
    user: str = ""
    password: str = field(default="", repr=False)
    dialect: str = "generic"
    cache: Path = Path(CACHE)
    tries: int = 3
    connect: float = 3.0

    def __post_init__(self) -> None:
        """Raise StoreUnreadable where no engine can be meant."""
        for address in (self.query, self.update):
            if not is_address(address):
                accepted = "an http or https address with a host, and without a user name, which KG_STORE_USER is for"
                raise StoreUnreadable(f"{shown(address)!r} is no engine: accepted is {accepted}")
        if self.dialect not in DIALECTS:
            raise StoreUnreadable(f"KG_STORE_DIALECT={self.dialect!r}: accepted are {', '.join(DIALECTS)}")

    def __str__(self) -> str:
        return self.query

    @property
    def particular(self) -> Dialect:
        """What is particular to it."""
        return DIALECTS[self.dialect]

    @property
    def location(self) -> Path:
        """The directory for what is kept of this engine, whatever else is kept in `cache`."""
        return self.cache / hashlib.sha256(self.update.encode()).hexdigest()[:12]


def is_address(text: str) -> bool:
    """Whether a text is an http or https address with a host, and without a user and a fragment."""
    try:
        parts = urlsplit(text)
        port = parts.port  # which raises where it is no number, or none of a port
    except ValueError:
        return False
    plain = parts.username is None and not parts.fragment and " " not in text and port != 0
    return text.startswith(SCHEMES) and bool(parts.hostname) and plain


def shown(address: str) -> str:
    """An address without the password that may stand in it."""
    scheme, _, rest = address.partition("://")
    return f"{scheme}://…@{rest.rpartition('@')[2]}" if "@" in rest else address


def engine_of(address: str, settings: Mapping[str, str]) -> Engine:
    """The engine that answers queries at `address`, and the `KG_STORE_*` among some settings (environment variables).

    Raises StoreUnreadable where a value is not accepted.
    """

    def given(name: str, otherwise: str) -> str:
        return settings.get(f"KG_STORE_{name}") or otherwise

    return Engine(
        address,
        given("UPDATE", address),
        given("USER", ""),
        given("PASSWORD", ""),
        given("DIALECT", "generic"),
        Path(given("CACHE", CACHE)),
    )
