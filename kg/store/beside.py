"""What is made of a version after it was published: made once, by one process, and kept on disk, where it may be lost.

    <place>/<name>/           what was made: files that nobody changes, put here whole
    <place>/<name>/sealed     the size and the checksum of each of its files, as JSON
    <place>/<name>.lock       held by the process that makes it
    <place>/making-<name>-*   what that process has written so far, or what is left of one that was killed

Of a version that lies in an engine the place is its folder in the cache; of one that lies here, to whose directory
nothing is ever added, it is `made/<version>` in the store. What is missing, damaged, or of another release, is made
again; where nothing can be written, it is made for this process alone.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import tempfile
import zlib
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from kg.errors import StoreUnreadable
from kg.store import locks, versions

T = TypeVar("T")
MADE = "made"
"""The folder of a store with what was made of its versions."""
SEAL = "sealed"
WAIT = 30.0
"""Seconds that are waited for another process that makes the same, as many as a query may compute if nobody says
otherwise; that process may be frozen, so it is then made for this one alone."""
PIECE = 1 << 22
_log = logging.getLogger("controlgraph")
_told: set[Path] = set()


def place(version: Path) -> Path:
    """Where that is kept which is made of the version in a directory."""
    return version.parent.parent / MADE / version.name if (version / "CURRENT").is_file() else version


def kept(
    version: Path, name: str, find: Callable[[Path], T | None], make: Callable[[], T], save: Callable[[T, Path], None]
) -> T:
    """What `find` finds in the place of a version, in the folder `name`; or else what `make` makes, which `save` writes
    into the folder `name` of a directory that it is given.

    `find` returns None where there is nothing that it knows, and raises StoreUnreadable where that is damaged. Raises
    what `make` raises; that it could not be written is said in the log, once for each store.
    """
    here = place(version)
    found = whole(here, name, find)
    if found is not None:
        return found
    with _alone(here, name, version) as mine:
        found = whole(here, name, find)  # another process may have made it meanwhile
        if found is not None:
            return found
        made = make()
        if mine and _saved(made, here, name, save):
            found = whole(here, name, find)
        return made if found is None else found


def whole(here: Path, name: str, find: Callable[[Path], T | None]) -> T | None:
    """What `find` finds in a place, in the folder `name`; None also where that is damaged. Nothing is made. What was
    published with a version of this machine's has no seal."""
    folder = here / name
    try:
        if not folder.is_dir():
            return None
        if (folder / SEAL).exists() and json.loads((folder / SEAL).read_text("utf-8")) != _sums(folder):
            return None
        return find(here)
    except (OSError, ValueError, StoreUnreadable):
        return None


def take_over(former: Path, version: Path, names: Collection[str]) -> None:
    """Give the new folder of a version of an engine what was made of a former one, as hard links, but for what somebody
    is making of that just now. Raises OSError."""
    for name in names:
        if (former / name).is_dir():
            handle = os.open(former / f"{name}.lock", os.O_RDWR | os.O_CREAT, 0o644)
            try:
                if locks.acquired(handle, 0):
                    versions.link_beside(former, version, [name])
            finally:
                os.close(handle)


def _sums(folder: Path) -> dict[str, list[int]]:
    """The size and the checksum of every file in a folder."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path != folder / SEAL:
            size = checksum = 0
            with path.open("rb") as file:
                while piece := file.read(PIECE):
                    size, checksum = size + len(piece), zlib.crc32(piece, checksum)
            found[str(path.relative_to(folder))] = [size, checksum]
    return found


@contextmanager
def _alone(here: Path, name: str, version: Path) -> Iterator[bool]:
    """Be the one who makes it, of all processes, if that can be; whether it can."""
    handle = None
    try:
        here.mkdir(parents=True, exist_ok=True)
        handle = os.open(here / f"{name}.lock", os.O_RDWR | os.O_CREAT, 0o644)
        mine = locks.acquired(handle, WAIT)
        if mine:
            _sweep(here, name, version)
    except OSError as error:
        mine = False
        _tell(here, error)
    try:
        yield mine
    finally:
        if handle is not None:
            os.close(handle)


def _sweep(here: Path, name: str, version: Path) -> None:
    """Remove what killed processes left, and what was made of versions that are gone."""
    for left in here.glob(f"making-{name}-*"):
        shutil.rmtree(left, ignore_errors=True)
    if here != version:
        for other in here.parent.iterdir():
            if not (version.parent / other.name).is_dir():
                shutil.rmtree(other, ignore_errors=True)


def _saved(made: T, here: Path, name: str, save: Callable[[T, Path], None]) -> bool:
    """Write what was made aside, and put it in its place; whether that could be done."""
    aside = None
    try:
        aside = Path(tempfile.mkdtemp(prefix=f"making-{name}-", dir=here))
        save(made, aside)
        folder = aside / name
        (folder / SEAL).write_text(json.dumps(_sums(folder)), "utf-8")
        for path in [*folder.rglob("*"), folder]:  # after a loss of power a file would have its name, but not its bytes
            versions.sync(path)
        if (here / name).exists():  # out of the way whole: without its seal, what is damaged would be taken for right
            (here / name).rename(aside / "old")
        folder.rename(here / name)
        versions.sync(here)
    except OSError as error:
        _tell(here, error)
        return False
    finally:
        if aside is not None:
            shutil.rmtree(aside, ignore_errors=True)
    return True


def _tell(here: Path, error: OSError) -> None:
    store = here.parent.parent
    if store not in _told:
        _told.add(store)
        _log.warning("%s keeps nothing of what is made of a version; every start makes it again: %s", store, error)
