"""The working copy: a whole copy of the data beside the engine, on the machine that writes.

A write is checked and concluded from on this copy, by the same code as where there is no engine. What this machine
wrote is in it already; of what others wrote the graphs that they touched are fetched. It may be lost, and is then
fetched whole.
"""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg.engine_errors import VersionMoved
from kg.errors import NothingPublished, StoreUnreadable
from kg.store import versions
from kg.store.remote.claims import claimed
from kg.store.remote.published import PinnedAway
from kg.store.remote.tables import TABLES, since

if TYPE_CHECKING:
    from kg.store.remote.store import RemoteStore

TRIES = 2
"""How often it is tried while others may write."""


def bring_up(store: RemoteStore, wait: float) -> None:
    """Make the working copy that of the version that the engine has. The caller holds its lock.

    Where others write all the time, they have to wait for once. Raises EngineFailed, EngineLoading, StoreUnreadable,
    StoreLocked where it is not this machine's turn after `wait` seconds.
    """
    for _ in range(TRIES):
        with suppress(VersionMoved):
            _bring_up(store)
            return
    with claimed(store.requests, wait):
        _bring_up(store)


def _bring_up(store: RemoteStore) -> None:
    working = store.working
    mine = _mine(working)
    try:
        published = store.published.found()
    except NothingPublished:
        _empty(working)
        return
    if mine is not None and mine.name == published.name:
        return
    manifest = versions.read_manifest(published)
    wanted, stale = (None, set(TABLES)) if mine is None else since(store.requests, mine.name, manifest)
    if mine is not None and wanted is None:
        _empty(working)
        mine = None
    directory = working / f"candidate-{os.getpid()}"
    # of a try that failed: its database was still open when it was removed, and may have written once more
    shutil.rmtree(directory, ignore_errors=True)
    try:
        if mine is not None:
            versions.copy(mine, directory)
        database = ox.Store(str(directory))
        pinned = PinnedAway(store.published, published)
        for graph in {*(manifest.graphs if wanted is None else wanted)}:
            name = ox.NamedNode(graph) if graph else ox.DefaultGraph()
            database.remove_graph(name)
            if graph in manifest.graphs:
                store.fetch(pinned, graph, database)
        database.flush()
        del database
        for table in stale:
            shutil.rmtree(directory / table, ignore_errors=True)
        versions.publish(working, directory, manifest)
    except OSError as error:
        raise StoreUnreadable(f"{working}, a copy of what an engine has, cannot be written: {error}") from error
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _mine(working: Path) -> Path | None:
    with suppress(NothingPublished):
        return versions.current(working)
    return None


def _empty(working: Path) -> None:
    """Forget everything: the engine has nothing, or another history."""
    (working / "CURRENT").unlink(missing_ok=True)
    for version in (working / "versions").iterdir():
        shutil.rmtree(version)
