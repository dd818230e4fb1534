"""What is made of a version of a store is made once, and kept for a few versions of each store."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from kg.store import versions
from kg.store.embedded import Store

OTHERS = 2
"""Versions of a store of which it is kept beside the published one: those that were made last."""


class OfVersion(Protocol):
    """Something that is made of one version."""

    @property
    def version(self) -> str:
        """The version's name."""


T = TypeVar("T", bound=OfVersion)


class Made(Generic[T]):
    """What `make` makes of a store, given also what it made last of the same store, if anything."""

    def __init__(self, make: Callable[[Store, T | None], T]) -> None:
        self._make = make
        self._kept: dict[Path, dict[str, T]] = {}
        self._making = threading.Lock()

    def of(self, store: Store) -> T:
        """That of the version of the store. Raises what making it raises, NothingPublished and StoreUnreadable."""
        found = self._kept.get(store.location, {}).get(store.version())
        if found is not None:
            return found
        with self._making:
            kept = self._kept.setdefault(store.location, {})
            found = kept.get(store.version())
            if found is None:
                found = self._make(store, next(reversed(kept.values()), None))
                kept[found.version] = found
                self._forget(store, kept)
            return found

    def last(self, store: Store) -> T | None:
        """What was made last of the store, of whichever version; None where nothing was."""
        return next(reversed(list(self._kept.get(store.location, {}).values())), None)

    def begin(self, store: Store, found: T) -> None:
        """Take what a former process made of a version of the store for what was made last, where nothing was yet."""
        if self._making.acquire(blocking=False):
            try:
                kept = self._kept.setdefault(store.location, {})
                if not kept:
                    kept[found.version] = found
            finally:
                self._making.release()

    def _forget(self, store: Store, kept: dict[str, T]) -> None:
        published = versions.current(store.location).name
        for version in [each for each in kept if each != published][:-OTHERS]:
            del kept[version]
