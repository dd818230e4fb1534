"""The store's directory: immutable versions, the name of the published one, one writer at a time.

    store/versions/000042-9f3c1a5b7d20/     an Oxigraph database and manifest.json, never changed once published,
                                            control/, the index of control (`kg.control.stored`), derive/,
                                            what follows from roads (`kg.derive.stored`), and gazetteer/,
                                            what things are called (`kg.described`)
    store/candidate-<pid>/                  what a writer is making; deleted by the next writer if it died
    store/CURRENT                           the name of the published version, replaced atomically
    store/write.lock                        held by the one writer, across processes
    store/journal.jsonl                     one line per published version: who, when, what
    store/made/                             what was made of versions since, and may be lost (`kg.store.beside`)
    store/dossiers/                         dossiers that were given out (kg.dossier.kept)
    store/ingest/                           reports on what was brought in, and unfinished work (kg.ingest.work)

A version is published by renaming its candidate and then replacing CURRENT. Whatever is killed at whatever moment,
CURRENT names a complete version.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from kg.errors import NothingPublished, StoreLocked, StoreUnreadable
from kg.store import journal, locks

KEEP_VERSIONS = 5
"""How many of the newest versions are kept whatever their age."""
KEEP_SECONDS = 600
"""How long an older version is kept after it was made, so that a reader that just looked it up can open it."""

_NAME = re.compile(r"(\d{6,})-[0-9a-f]{12}")


@dataclass(frozen=True)
class GraphRecord:
    """What a version knows of one graph: the file it was loaded from and that text's SHA-256 (both empty where it was
    made by other writes), how many triples it has, and whether other writes changed it since it was loaded."""

    file: str = ""
    sha256: str = ""
    triples: int = 0
    edited: bool = False


@dataclass(frozen=True)
class Manifest:
    """What a version says of itself: its name, the name it was made from, its graphs by IRI, who wrote it and when."""

    version: str
    parent: str | None
    graphs: dict[str, GraphRecord] = field(default_factory=dict)
    entry: dict[str, Any] = field(default_factory=dict)

    @property
    def number(self) -> int:
        """The version's running number."""
        return number_of(self.version)


def number_of(version: str) -> int:
    """The running number in a version's name."""
    return int(version.partition("-")[0])


def is_name(text: str) -> bool:
    """Whether a text is formed as the name of a version."""
    return _NAME.fullmatch(text) is not None


def next_name(parent: str | None, written: dict[str, str]) -> str:
    """The name of the version made from `parent` by writing these graphs (IRI → what stands for that alone: SHA-256
    of the text that was loaded, and of an update a number that was never given before).

    The hash is chained from the parent's name, so versions of one name are equal: loads of the same files have equal
    names, and a number that is given again after a restore comes with another hash.
    """
    chain = hashlib.sha256(json.dumps([parent, sorted(written.items())]).encode()).hexdigest()[:12]
    return f"{(number_of(parent) if parent else 0) + 1:06d}-{chain}"


def current(location: Path) -> Path:
    """The directory of the published version.

    Raises NothingPublished where nothing was loaded yet, StoreUnreadable where CURRENT names nothing readable.
    """
    try:
        with open(f"{location}/CURRENT", encoding="utf-8") as file:  # noqa: PTH123 (asked with every query)
            name = file.read(100).strip()
    except NotADirectoryError:
        raise StoreUnreadable(f"{location} is a file, not a store directory") from None
    except FileNotFoundError:
        if location.is_dir() and not is_ours(location):
            raise StoreUnreadable(
                f"{location} is no store: it holds other files; name an empty or a new directory"
            ) from None
        raise NothingPublished(f"the store {location} has no version yet; load data with `kg load`") from None
    except (OSError, UnicodeDecodeError) as error:
        raise StoreUnreadable(f"the store {location} cannot be read: {error}") from error
    if not is_name(name):
        raise StoreUnreadable(f"the store {location} is damaged: CURRENT holds {name[:80]!r}, no version name")
    version = location / "versions" / name
    if not os.path.isdir(version):  # noqa: PTH112 (the same)
        raise StoreUnreadable(f"the store {location} is damaged: its published version {name} is missing")
    return version


def copy(version: Path, directory: Path) -> None:
    """Copy the database of a version into the new `directory`, its tables, which nobody ever changes, as hard links.

    This is what the engine's own backup does, without opening the database, which takes longer than a small write.
    Raises OSError, also where the version lacks the file without which the engine would begin an empty database.
    """
    if not (version / "CURRENT").is_file():
        raise FileNotFoundError(f"{version / 'CURRENT'} is missing")
    directory.mkdir()
    for path in version.iterdir():
        if path.suffix == ".sst":
            _link(path, directory / path.name)
        elif path.is_file() and path.name not in ("LOCK", "manifest.json") and not path.name.startswith("LOG"):
            shutil.copyfile(path, directory / path.name)
    link_beside(version, directory)


def link_beside(version: Path, directory: Path, names: Collection[str] | None = None) -> None:
    """Give `directory` what a version has in folders beside its database, in all or in some, as hard links: nobody
    changes a file there, whoever has other content writes another file."""
    for name in [each.name for each in version.iterdir()] if names is None else names:
        for folder in [version / name, *(version / name).rglob("*/")] if (version / name).is_dir() else ():
            inside = folder.relative_to(version)
            (directory / inside).mkdir()
            for path in folder.iterdir():
                if path.is_file():
                    _link(path, directory / inside / path.name)


def _link(path: Path, target: Path) -> None:
    try:
        os.link(path, target)
    except OSError:  # a file system without hard links, or with too many to this file
        shutil.copyfile(path, target)


def is_ours(location: Path) -> bool:
    """Whether a directory is empty or has only what a store has."""
    ours = {"versions", "CURRENT", "CURRENT.new", "write.lock", "journal.jsonl", "dossiers", "ingest", "made"}
    return all(entry.name in ours or entry.name.startswith("candidate-") for entry in location.iterdir())


def read_manifest(version: Path) -> Manifest:
    """The manifest of a version; StoreUnreadable where it is missing or damaged."""
    try:
        raw = json.loads((version / "manifest.json").read_text("utf-8"))
        graphs = {iri: GraphRecord(**record) for iri, record in raw["graphs"].items()}
        return Manifest(raw["version"], raw["parent"], graphs, raw["entry"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreUnreadable(f"the manifest of {version} cannot be read: {error}") from error


def write_manifest(version: Path, manifest: Manifest) -> None:
    """Write the manifest of a candidate."""
    _write_synced(version / "manifest.json", json.dumps(asdict(manifest), indent=1, sort_keys=True) + "\n")


@contextmanager
def lock(location: Path, wait: float) -> Iterator[None]:
    """Hold the write lock, waiting up to `wait` seconds, with the leftovers of dead writers removed.

    Raises StoreLocked when another writer holds it for longer, StoreUnreadable when the location cannot be written.
    """
    try:
        (location / "versions").mkdir(parents=True, exist_ok=True)
        handle = os.open(location / "write.lock", os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise StoreUnreadable(f"the store {location} cannot be written: {error}") from error
    try:
        if not locks.acquired(handle, wait):
            raise StoreLocked(f"another process is writing to {location}; waited {wait:g} s for it")
        _sweep(location)
        _complete_journal(location)
        yield
    finally:
        os.close(handle)


def _sweep(location: Path) -> None:
    """Remove what a killed writer left: candidates, and versions renamed but never named by CURRENT."""
    for left in location.glob("candidate-*"):
        shutil.rmtree(left)
    try:
        published = current(location).name
    except NothingPublished:
        published = None
    for version in (location / "versions").iterdir():
        if published is None or number_of(version.name) > number_of(published):
            shutil.rmtree(version)


def _complete_journal(location: Path) -> None:
    """Write the line of the published version where its writer was killed before it could."""
    try:
        manifest = read_manifest(current(location))
    except NothingPublished:
        return
    last = next(journal.newest(location), None)
    if last is None or last["version"] != manifest.version:
        journal.append(location, _line(manifest))


def _line(manifest: Manifest) -> dict[str, Any]:
    return {"version": manifest.version, "parent": manifest.parent, **manifest.entry}


def publish(location: Path, candidate: Path, manifest: Manifest) -> Path:
    """Make the candidate the published version and write the journal's line; the caller holds the lock."""
    write_manifest(candidate, manifest)
    _sync_tree(candidate)
    version = location / "versions" / manifest.version
    candidate.rename(version)
    sync(location / "versions")
    _write_synced(location / "CURRENT.new", manifest.version + "\n")
    (location / "CURRENT.new").rename(location / "CURRENT")
    sync(location)
    journal.append(location, _line(manifest))
    _prune(location)
    return version


def _prune(location: Path) -> None:
    """Delete versions beyond the newest ones once no reader can be about to open them."""
    newest_first = sorted((location / "versions").iterdir(), key=lambda version: number_of(version.name), reverse=True)
    for version in newest_first[KEEP_VERSIONS:]:
        if time.time() - version.stat().st_mtime > KEEP_SECONDS:
            # first out of the way whole: half a version may never stand among the versions, whoever is killed
            gone = location / f"candidate-pruned-{version.name}"
            version.rename(gone)
            shutil.rmtree(gone)


def _write_synced(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def sync(path: Path) -> None:
    """Have the disk keep a file, or what a directory lists, for good. Raises OSError."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sync_tree(directory: Path) -> None:
    for path in directory.iterdir():
        if path.is_dir():
            _sync_tree(path)
        elif path.stat().st_nlink == 1:  # what is linked was written with an earlier version
            sync(path)
    sync(directory)
