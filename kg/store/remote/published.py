"""Which version an engine has, and what is kept of it on this machine.

    <cache>/<engine>/versions/<name>/manifest.json   what the version knows of its graphs
    <cache>/<engine>/versions/<name>/control, …      what was made of it (`kg.store.beside`), as with a version here
    <cache>/<engine>/journal.jsonl                   the journal as far as it was fetched
    <cache>/<engine>/CURRENT                         the version that was seen last
    <cache>/<engine>/working/                        a whole copy of the data, where somebody writes from here
                                                     (`kg.store.remote.working`)

All of it may be deleted at any moment at which nothing runs: it is fetched again.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from kg.engine_errors import VersionMoved
from kg.errors import StoreLocked, StoreProblem, StoreUnreadable
from kg.store import beside, journal, locks, versions
from kg.store.published import Published, Stamp
from kg.store.remote import state
from kg.store.remote.requests import Requests
from kg.store.remote.tables import TABLES, since

LOOK = 0.25
"""Seconds for which a look at the engine's version is good. An answer is of the version that it names all the same."""
KEPT = 5
"""Versions of which the manifest is kept, whatever their age."""
KEPT_SECONDS = 60
"""Seconds for which it is kept of every one: somebody may still be answering from it."""
WAIT = 30.0
"""Seconds that are waited for another process that fetches a version to the same place."""
TRIES = 3
"""How often it is looked what a version is, where another one is published meanwhile."""


class Away(Published):
    """The version of an engine."""

    def __init__(self, location: Path, requests: Requests, good: float = LOOK) -> None:
        super().__init__(location, good)
        self._requests = requests

    def present(self) -> str:
        """The name of the version that the engine has now. Raises what `kg.store.remote.state.present` does."""
        return state.present(self._requests)

    def found(self) -> Path:
        """The directory of the version that the engine has now; what is needed of it is fetched."""
        for _ in range(TRIES - 1):
            with suppress(VersionMoved):
                return self._kept(self.present())
        return self._kept(self.present())

    def graphs(self) -> Collection[str]:
        """The graphs of the version, "" for the unnamed one."""
        return versions.read_manifest(self.directory()).graphs

    def is_pinned(self) -> bool:
        """Whether this is one version for good."""
        return False

    def _look(self) -> Stamp:
        try:
            name = self.present()
            self._seen = versions.number_of(name), int(name.partition("-")[2], 16)
        except StoreProblem:
            self._seen = None
        finally:
            self._until = time.monotonic() + self._good
        return self._seen

    def _kept(self, name: str) -> Path:
        """The directory of a version, made where it is not there. Raises StoreUnreadable where it cannot be,
        StoreLocked where another process is at it for long, VersionMoved where the engine has another one by now."""
        directory = self._location / "versions" / name
        try:
            if not (directory / "manifest.json").is_file():
                with alone(self._location):
                    self._fetch(name, directory)
            if not _says(self._location / "CURRENT", name):
                with alone(self._location):
                    _replace(self._location / "CURRENT", f"{name}\n")
        except OSError as error:
            raise StoreUnreadable(f"{self._location} (what is kept of an engine) cannot be used: {error}") from error
        return directory

    def _fetch(self, name: str, directory: Path) -> None:
        if (directory / "manifest.json").is_file():
            return
        manifest = state.manifest(self._requests, name)
        self._follow(manifest)
        for left in self._location.glob("candidate-*"):  # of one who was killed here
            shutil.rmtree(left, ignore_errors=True)
        made = Path(tempfile.mkdtemp(prefix="candidate-", dir=self._location))
        working = self._location / "working" / "versions" / name
        if working.is_dir():  # it was made here: so were its tables
            versions.link_beside(working, made)
        else:
            self._carry_on(manifest, made)
        versions.write_manifest(made, manifest)
        shutil.rmtree(directory, ignore_errors=True)
        made.rename(directory)
        every = sorted(directory.parent.iterdir(), key=lambda each: each.stat().st_mtime)
        for old in every[:-KEPT]:
            if time.time() - old.stat().st_mtime > KEPT_SECONDS:
                # first out of the way whole, as in a store here: a later version has the tables of an earlier one
                gone = self._location / f"candidate-pruned-{old.name}"
                old.rename(gone)
                shutil.rmtree(gone, ignore_errors=True)

    def _carry_on(self, manifest: versions.Manifest, made: Path) -> None:
        """Give a version the tables of the one before it here that are still right."""
        earlier = [each for each in (self._location / "versions").iterdir() if versions.is_name(each.name)]
        earlier = [each for each in earlier if versions.number_of(each.name) < manifest.number]
        if earlier:
            former = max(earlier, key=lambda each: versions.number_of(each.name))
            _, stale = since(self._requests, former.name, manifest)
            beside.take_over(former, made, TABLES.keys() - stale)

    def _follow(self, manifest: versions.Manifest) -> None:
        """Bring the journal here up to a version."""
        last = next(journal.newest(self._location), None)
        if last is not None and last["version"] == manifest.version:
            return
        new = [line for line, _ in state.lines(self._requests, versions.number_of(last["version"]) if last else 0)]
        if last is None or (new and new[0]["parent"] == last["version"]):
            journal.append(self._location, *new)
            return
        new = [line for line, _ in state.lines(self._requests, 0)]  # another history: the engine was restored
        _replace(self._location / "journal.jsonl", "".join(json.dumps(line, sort_keys=True) + "\n" for line in new))


class PinnedAway(Away):
    """One version of an engine, whichever it has."""

    def __init__(self, published: Away, directory: Path) -> None:
        super().__init__(published._location, published._requests)
        self._pinned = directory

    def directory(self) -> Path:
        """The directory of the version."""
        return self._pinned

    def found(self) -> Path:
        """The same, if the engine still has it. Raises VersionMoved."""
        present = self.present()
        if present != self._pinned.name:
            raise VersionMoved(self._pinned.name, present)
        return self._pinned

    def is_pinned(self) -> bool:
        """Whether this is one version for good: it is."""
        return True


@contextmanager
def alone(location: Path) -> Iterator[None]:
    """Be the only one, in any process, who changes what is kept. Raises StoreLocked where another one is at it for
    longer than `WAIT`, OSError."""
    (location / "versions").mkdir(parents=True, exist_ok=True)
    lock = location / "kept.lock"
    handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        if not locks.acquired(handle, WAIT):
            message = f"another process on this machine has been fetching a version of the engine for {WAIT:g} s"
            raise StoreLocked(f"{message}; if it hangs, end it: `fuser {lock}` tells which one it is")
        yield
    finally:
        os.close(handle)


def _says(path: Path, name: str) -> bool:
    try:
        return path.read_text("utf-8").strip() == name
    except FileNotFoundError:
        return False


def _replace(path: Path, text: str) -> None:
    new = path.with_name(f"{path.name}.new")
    new.write_text(text, "utf-8")
    new.replace(path)
