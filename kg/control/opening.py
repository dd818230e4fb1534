"""The index that belongs to the published version of a store."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kg.control.index import Index, build
from kg.control.reading import read_facts
from kg.control.stored import stored
from kg.store import versions
from kg.store.embedded import Store
from kg.store.made import Made


@dataclass(frozen=True, eq=False)
class Control:
    """Who controlled what, as one version of a store has it: the version's name and its index."""

    version: str
    index: Index


def open_control(store: Store) -> Control:
    """The index of the version of a store; those of a few versions are kept.

    Raises NoStudyStart, NothingPublished, StoreUnreadable.
    """
    return _controls.of(store)


def index_of(version: Path) -> Index:
    """The index in a version's directory; built in memory where an older release, which wrote none, published it."""
    found = stored(version)
    if found is None:
        return build(read_facts(version, versions.read_manifest(version).graphs))
    return found.whole()


def _opened(store: Store, _: Control | None) -> Control:
    directory = store.published.directory()
    return Control(directory.name, index_of(directory))


_controls = Made(_opened)
