"""Everything that can be set, read once from the environment: the only reader of `KG_*` in the server."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kg.store.outward import NOBODY, Services, listed
from kg.store.remote.dialects import DIALECTS
from kg.store.remote.engine import CACHE, SCHEMES, Engine, is_address, shown

Tokens = tuple[tuple[str, str], ...]
"""(name, token) of everyone who may write."""
SPARE = 32
"""Threads for everything that neither asks nor is large."""
_NAME = re.compile(r"[\w.@-]+")
_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]{16,}=*")  # RFC 6750, section 2.1


class BadSetting(ValueError):
    """A variable with a value that is not accepted; the message names variable, value and what is accepted."""


@dataclass(frozen=True)
class Settings:
    """What the server runs with; every field is explained in `VARIABLES`."""

    store: Path | str = Path("store")
    store_update: str | None = None
    store_user: str | None = None
    store_password: str | None = field(default=None, repr=False)
    store_dialect: str = "generic"
    store_cache: Path = Path(CACHE)
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str | None = None
    children: int = 6
    share: int = 2
    long: int = 4
    patience: float = 1.0
    queue: int = 64
    memory: int = 1 << 30
    deadline: float = 30.0
    result_max: int = 1 << 30
    wait: float = 5.0
    tokens: Tokens = field(default=(), repr=False)
    token_file: Tokens = field(default=(), repr=False)
    writer: str | None = None
    body_max: int = 64 << 20
    cache: int = 64 << 20
    dossiers: int = 64 << 20
    log: bool = True
    proxies: int = 0
    downloads: int = 32
    federation: Services = NOBODY
    documents: Path | None = None

    def place(self) -> Path | Engine:
        """Where the data is: a directory, or an engine that is asked."""
        if isinstance(self.store, Path):
            return self.store
        return Engine(
            self.store, self.store_update or self.store, self.store_user or "", self.store_password or "",
            self.store_dialect,
            self.store_cache,
        )  # fmt: skip

    def threads(self) -> int:
        """How many requests are worked on at once, so that those that may wait or be read slowly leave some free."""
        return self.children + self.long + self.queue + self.downloads + SPARE

    def writers(self) -> Tokens:
        """Everyone who may write, wherever they are named."""
        return self.tokens + self.token_file

    def is_writable(self) -> bool:
        """Whether anybody may write: by this copy, or by the one to which it passes writes on."""
        return bool(self.writers()) or self.writer is not None


def _host(text: str) -> str:
    if not text or text != text.strip() or "/" in text:
        raise ValueError
    return text


def _store(text: str) -> Path | str:
    return _address(text) if text.startswith(SCHEMES) else Path(text)


def _address(text: str) -> str:
    if not is_address(text):
        raise ValueError
    return text


def _copy(text: str) -> str:
    if "?" in text:
        raise ValueError
    return _address(text).rstrip("/")


def _dialect(text: str) -> str:
    if text not in DIALECTS:
        raise ValueError
    return text


def _public_url(text: str) -> str:
    if not text.startswith(("http://", "https://")) or any(mark in text for mark in ' ?#"<>'):
        raise ValueError
    return text.rstrip("/")


def _whole(least: int, most: int | None = None) -> Callable[[str], int]:
    def read(text: str) -> int:
        number = int(text)
        if number < least or (most is not None and number > most):
            raise ValueError
        return number

    return read


def _seconds(text: str) -> float:
    number = float(text)
    if not 0 < number <= 86400:
        raise ValueError
    return number


def _directory(text: str) -> Path:
    path = Path(text)
    if not path.is_dir():
        raise ValueError
    return path


def _switch(text: str) -> bool:
    if text not in ("on", "off"):
        raise ValueError
    return text == "on"


def _tokens(text: str) -> Tokens:
    """`name:token, name2:token2`."""
    return _named(pair.strip().partition(":")[::2] for pair in text.split(","))


def _token_file(text: str) -> Tokens:
    """A file of one `name token` a line; empty lines and lines that begin with # are left out."""
    try:
        lines = Path(text).read_text("utf-8").splitlines()
    except OSError as error:
        raise ValueError from error
    return _named(line.strip().partition(" ")[::2] for line in lines if line.strip() and not line.startswith("#"))


def _named(pairs: Iterable[tuple[str, str]]) -> Tokens:
    found = tuple((name, token.strip()) for name, token in pairs)
    if not all(_NAME.fullmatch(name) and _TOKEN.fullmatch(token) for name, token in found):
        raise ValueError
    if len({name for name, _ in found}) < len(found):
        raise ValueError
    return found


@dataclass(frozen=True)
class Variable:
    """One environment variable: its name, the field of `Settings` it sets, its meaning, what it accepts, its reader.

    The value of a `secret` one is never shown.
    """

    name: str
    field: str
    meaning: str
    accepted: str
    read: Callable[[str], object]
    secret: bool = False

    @property
    def default(self) -> object:
        """What holds where the variable is not set."""
        return getattr(Settings(), self.field)


VARIABLES = (
    Variable("KG_STORE", "store", "the directory of the store, or the address at which an engine answers queries "
             "([deploy.md](deploy.md))", "a path, or an http or https address without user name",
             _store),
    Variable("KG_STORE_UPDATE", "store_update", "the address at which the engine takes updates, where that is another "
             "one", "an http or https address without user name", _address),
    Variable("KG_STORE_USER", "store_user", "the name by which this service asks the engine", "a text", str),
    Variable("KG_STORE_PASSWORD", "store_password", "the password that goes with it, by Basic or Digest as the engine "
             "asks", "a text", str, secret=True),
    Variable("KG_STORE_DIALECT", "store_dialect", "what is particular to the engine", ", ".join(DIALECTS), _dialect),
    Variable("KG_STORE_CACHE", "store_cache", "the directory for what is kept of an engine; all of it can be lost",
             "a path", Path),
    Variable("KG_HOST", "host", "the address to listen on", "an IP address or a host name", _host),
    Variable("KG_PORT", "port", "the port to listen on; 0 takes a free one", "0 to 65535", _whole(0, 65535)),
    Variable("KG_PUBLIC_URL", "public_url", "the address under which the outside sees the service, behind a proxy",
             "an http or https address without query and fragment", _public_url),
    Variable("KG_CHILDREN", "children", "how many queries run at once", "1 or more", _whole(1)),
    Variable("KG_SHARE", "share", "how many of them may be one client's", "1 or more", _whole(1)),
    Variable("KG_LONG", "long", "how many long queries run beside them, one of each client", "1 or more", _whole(1)),
    Variable("KG_PATIENCE", "patience", "seconds after which a query is a long one", "more than 0, at most 86400",
             _seconds),
    Variable("KG_QUEUE", "queue", "how many queries may wait for their turn; further ones are told to come back",
             "0 or more", _whole(0)),
    Variable("KG_MEMORY", "memory", "bytes of memory that one query may use; 0 is no cap", "0, or at least 268435456",
             lambda text: 0 if text.strip() == "0" else _whole(256 << 20)(text)),
    Variable("KG_DEADLINE", "deadline", "seconds that one query may compute", "more than 0, at most 86400", _seconds),
    Variable("KG_RESULT_MAX", "result_max", "bytes that one answer may have", "1024 or more", _whole(1024)),
    Variable("KG_WAIT", "wait", "seconds that a query waits for its turn before it is told to come back",
             "more than 0, at most 86400", _seconds),
    Variable("KG_TOKENS", "tokens", "who may write: the name that goes into the journal and the token that is sent "
             "as `Authorization: Bearer`; with neither this nor KG_TOKENS_FILE the service is read-only",
             "name:token, name2:token2; names of letters, digits, `_`, `.`, `@`, `-`, each once; tokens of 16 or more "
             "of the characters of RFC 6750", _tokens, secret=True),
    Variable("KG_TOKENS_FILE", "token_file", "a file with more of them, read once at the start",
             "the path of a readable file with one `name token` a line, each as in KG_TOKENS", _token_file),
    Variable("KG_WRITER", "writer", "the address of the copy that takes the writes: those that come here are passed on "
             "to it ([deploy.md](deploy.md#writing-from-several-copies))", "an http or https address without user name "
             "and query, and KG_PUBLIC_URL beside it", _copy),
    Variable("KG_BODY_MAX", "body_max", "bytes that the body of a write may have: of an update sent as "
             "application/sparql-update, or of a graph; any other body may have 1048576", "1024 or more", _whole(1024)),
    Variable("KG_DOWNLOADS", "downloads", "how many answers of more than 1000000 bytes are on their way at once, a "
             "quarter of them to one client; further ones are told to come back", "1 or more", _whole(1)),
    Variable("KG_CACHE", "cache", "bytes of answers that are kept in memory; 0 keeps none", "0 or more", _whole(0)),
    Variable("KG_DOSSIERS", "dossiers", "bytes of dossiers that are kept beside the store, so that they can be shown "
             "as they were; 0 keeps none", "0 or more", _whole(0)),
    Variable("KG_LOG", "log", "whether each request is one line of JSON on standard error", "on or off", _switch),
    Variable("KG_PROXIES", "proxies", "how many proxies before this service each add to X-Forwarded-For; "
             "0 takes the address of the connection as the client's", "0 or more", _whole(0)),
    Variable("KG_FEDERATION", "federation", "the endpoints that queries may ask by SERVICE",
             "http or https addresses without user name and fragment, set apart by spaces; and among them IP addresses "
             "or networks that their names may mean beside public ones", listed),
    Variable("KG_DOCUMENTS", "documents", "a directory with copies of sources: the page of a source shows, to "
             "everybody, the text of the file whose SHA-256 is the one on record", "the path of a directory",
             _directory),
)  # fmt: skip
"""Every setting, in the order in which people look for them."""


def from_environment(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process; a variable that is not set, or empty, has its default.

    `environment` is `os.environ` by default. Raises BadSetting for the first value that is not accepted.
    """
    given = os.environ if environment is None else environment
    values: dict[str, object] = {}
    for variable in VARIABLES:
        text = given.get(variable.name)
        if not text:
            continue
        try:
            values[variable.field] = variable.read(text)
        except ValueError:
            what = variable.name if variable.secret else f"{variable.name}={shown(text)!r}"
            raise BadSetting(f"{what} is not accepted: {variable.accepted}") from None
    if "writer" in values and "public_url" not in values:
        raise BadSetting(
            "KG_WRITER needs KG_PUBLIC_URL: the writer names graphs by the host that it is told, which is none of the "
            "client's to choose"
        )
    return Settings(**values)  # type: ignore[arg-type]
