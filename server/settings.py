"""Everything that can be set, read once from the environment: the only reader of `KG_*` in the server."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path


class BadSetting(ValueError):
    """A variable with a value that is not accepted; the message names variable, value and what is accepted."""


@dataclass(frozen=True)
class Settings:
    """What the server runs with; every field is explained in `VARIABLES`."""

    store: Path = Path("store")
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str | None = None
    children: int = 6
    memory: int = 1 << 30
    deadline: float = 30.0
    result_max: int = 1 << 30
    wait: float = 5.0


def _host(text: str) -> str:
    if not text or text != text.strip() or "/" in text:
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


@dataclass(frozen=True)
class Variable:
    """One environment variable: its name, the field of `Settings` it sets, its meaning, what it accepts, its reader."""

    name: str
    field: str
    meaning: str
    accepted: str
    read: Callable[[str], object]

    @property
    def default(self) -> object:
        """What holds where the variable is not set."""
        return getattr(Settings(), self.field)


VARIABLES = (
    Variable("KG_STORE", "store", "the directory of the store", "a path", Path),
    Variable("KG_HOST", "host", "the address to listen on", "an IP address or a host name", _host),
    Variable("KG_PORT", "port", "the port to listen on; 0 takes a free one", "0 to 65535", _whole(0, 65535)),
    Variable("KG_PUBLIC_URL", "public_url", "the address under which the outside sees the service, behind a proxy",
             "an http or https address without query and fragment", _public_url),
    Variable("KG_CHILDREN", "children", "how many queries run at once", "1 or more", _whole(1)),
    Variable("KG_MEMORY", "memory", "bytes of memory that one query may use; 0 is no cap", "0, or at least 67108864",
             lambda text: 0 if text.strip() == "0" else _whole(64 << 20)(text)),
    Variable("KG_DEADLINE", "deadline", "seconds that one query may compute", "more than 0, at most 86400", _seconds),
    Variable("KG_RESULT_MAX", "result_max", "bytes that one answer may have", "1024 or more", _whole(1024)),
    Variable("KG_WAIT", "wait", "seconds that a query waits for its turn before it is told to come back",
             "more than 0, at most 86400", _seconds),
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
            raise BadSetting(f"{variable.name}={text!r} is not accepted: {variable.accepted}") from None
    return Settings(**values)  # type: ignore[arg-type]
