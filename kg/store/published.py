"""Which version a store has published, looked up again only when the store has another one."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

from kg.errors import VersionGone
from kg.store import versions

Stamp = tuple[int, int] | None
"""What is another one whenever another version is published; None where none is, or it cannot be told."""


class Published:
    """The published version of a store.

    Every query asks for it, so it is a look at the file that names it, which each publishing replaces. Even that look
    lets other threads go first; where `good` is not 0, one look is good for so many seconds.
    """

    def __init__(self, location: Path, good: float = 0.0) -> None:
        self._location, self._good = location, good
        self._names_it = f"{location}/CURRENT"
        self._known: tuple[Stamp, Path] = (None, location)
        self._seen: Stamp = None
        self._until = 0.0
        self._looking = threading.Lock()

    def stamp(self) -> Stamp:
        """What tells this version from every other one that this process has seen or will see."""
        if not self._good:
            return self._look()
        # whoever finds somebody looking takes what was seen before, and waits only where nothing was
        if time.monotonic() >= self._until and self._looking.acquire(blocking=not self._until):
            try:
                if time.monotonic() >= self._until:
                    self._look()
            finally:
                self._looking.release()
        return self._seen

    def look(self) -> None:
        """Look now, because another version was published."""
        with self._looking:
            self._look()

    def directory(self) -> Path:
        """The directory of the published version. Raises NothingPublished, StoreUnreadable."""
        stamp = self.stamp()
        known, directory = self._known
        if stamp is None or stamp != known:
            directory = self.found()
            self._known = stamp, directory
        return directory

    def found(self) -> Path:
        """The same, whatever is known of it."""
        return versions.current(self._location)

    def version(self) -> str:
        """The name of the published version. Raises NothingPublished, StoreUnreadable."""
        return self.directory().name

    def _look(self) -> Stamp:
        try:
            found = os.stat(self._names_it)  # noqa: PTH116 (a Path costs more than the look itself)
            self._seen = found.st_ino, found.st_mtime_ns
        except OSError:
            self._seen = None
        self._until = time.monotonic() + self._good
        return self._seen


class Pinned(Published):
    """One version of a store, whichever is published."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory.parent.parent)
        self._pinned = directory

    def directory(self) -> Path:
        """The directory of the version."""
        return self._pinned

    def found(self) -> Path:
        """The same, if it is still there. Raises VersionGone."""
        if not self._pinned.is_dir():
            raise VersionGone(self._pinned.name, versions.current(self._location).name)
        return self._pinned
