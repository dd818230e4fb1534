"""The index that belongs to the published version of a store."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

from kg.control.index import Index, build
from kg.control.reading import read_facts
from kg.control.stored import stored
from kg.store import versions
from kg.store.embedded import Store

_opened: dict[Path, Control] = {}
_opening = threading.Lock()


@dataclass(frozen=True, eq=False)
class Control:
    """Who controlled what, as one version of a store has it: the version's name and its index."""

    version: str
    index: Index


def open_control(store: Store) -> Control:
    """The index of the published version; the one of each store that was asked for last is kept.

    Raises NoStudyStart, NothingPublished, StoreUnreadable.
    """
    version = store.version()
    found = _opened.get(store.location)
    if found is not None and found.version == version:
        return found
    with _opening:
        directory = store.published.directory()
        found = _opened.get(store.location)
        if found is None or found.version != directory.name:
            found = _opened[store.location] = Control(directory.name, index_of(directory))
        return found


def index_of(version: Path) -> Index:
    """The index in a version's directory; built in memory where an older release, which wrote none, published it."""
    found = stored(version)
    if found is None:
        return build(read_facts(version, versions.read_manifest(version).graphs))
    return found.whole()
