"""The index that belongs to the published version of a store."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kg.control.index import Index, build
from kg.control.reading import read_facts
from kg.control.stored import NAME, Stored, save, stored
from kg.store import beside, versions
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
    """The index in a version's directory; where none was published with it (by an older release, or because the version
    lies in an engine), what is kept of one that was built once.

    Raises NoStudyStart, StoreUnreadable.
    """
    # what was published with a version that lies here is as damaged as that version, if it is
    published = stored(version) if beside.place(version) != version else None
    return published.whole() if published else beside.kept(version, NAME, _found, lambda: _built(version), _save)


def _found(place: Path) -> Index | None:
    found = stored(place)
    return None if found is None else found.whole()


def _built(version: Path) -> Index:
    return build(read_facts(version, versions.read_manifest(version).graphs))


def _save(index: Index, place: Path) -> None:
    save(Stored(index), place, None)


def _opened(store: Store, _: Control | None) -> Control:
    directory = store.published.directory()
    return Control(directory.name, index_of(directory))


_controls = Made(_opened)
