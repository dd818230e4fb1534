"""What is made once for each version, because making it is long: counts, dumps."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from server.errors import Rejected

T = TypeVar("T")
AGAIN = 10
"""Seconds after which somebody who came while it was made should come again."""


class Kept(Generic[T]):
    """Things by name, of the newest version that was asked for; `drop` lets go of one that is of an older version."""

    def __init__(self, wait: float, drop: Callable[[T], None] = lambda _: None) -> None:
        self._wait, self._drop = wait, drop
        self._making = threading.Lock()
        self._version = ""
        self._things: dict[str, T] = {}

    def get(self, name: str, version: Callable[[], str], make: Callable[[], T]) -> tuple[str, T]:
        """The version that is published now, and its thing of this name, made if it was not yet.

        Raises Rejected, 503, where it is being made for somebody else and takes longer than the wait.
        """
        found = self._find(name, version())
        if found is not None:
            return found
        if not self._making.acquire(timeout=self._wait):
            raise Rejected(
                503, "being-made", "This is being made", "it is made once for each version; come again",
                {"Retry-After": str(AGAIN)}, {"retryAfter": AGAIN},
            )  # fmt: skip
        try:
            return self._made(name, version, make)
        finally:
            self._making.release()

    def close(self) -> None:
        """Let go of everything."""
        with self._making:
            for thing in self._things.values():
                self._drop(thing)
            self._things = {}

    def _find(self, name: str, version: str) -> tuple[str, T] | None:
        return (version, self._things[name]) if version == self._version and name in self._things else None

    def _made(self, name: str, version: Callable[[], str], make: Callable[[], T]) -> tuple[str, T]:
        while True:
            before = version()
            if before != self._version:
                for thing in self._things.values():
                    self._drop(thing)
                self._things, self._version = {}, before
            found = self._find(name, before)
            if found is not None:
                return found
            made = make()
            if version() == before:
                self._things[name] = made
                return before, made
            self._drop(made)  # another version was published meanwhile, and it may be of either
