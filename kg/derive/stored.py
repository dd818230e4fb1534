"""What relationships are derived from, and what was found, beside a version's database.

    derive/network.npz     the network, and what is no part of it
    derive/held.npz        who held what
    derive/found.npz       what was found through time (`kg.derive.history.sweep`)
    derive/format          the number of what the files hold

Files are never changed, because other versions have them too: what is new is written beside, and put in its place.
Where there are no roads, an empty file `without-roads` is all that lies beside the number.
"""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from kg.control.names import Array
from kg.control.record import Day
from kg.derive.describing import LeftOut
from kg.derive.held import Held
from kg.derive.held import of_columns as held_of
from kg.derive.history.sweep import Swept, columns_of
from kg.derive.network import Network
from kg.derive.network import of_columns as network_of
from kg.errors import StoreUnreadable

FORMAT = 1
"""Another number for every change of what the files hold, and of how anything in them is found; a version with another
one is read as one without."""


NAME = "derive"
"""The folder of all this."""
NOTHING = "without-roads"


@dataclass(frozen=True, eq=False)
class Stored:
    """What lies beside a version: from which day on anything is told, the network, who held what, and what follows.

    `unfit` is what the description of the network has that is no part of it, `unknown` what the intervals have.
    """

    study_start: Day
    network: Network
    unfit: tuple[LeftOut, ...]
    held: Held
    unknown: tuple[LeftOut, ...]
    found: Swept


def folder(version: Path) -> Path:
    """Where this lies in a version or a candidate."""
    return version / NAME


def ours(here: Path) -> bool:
    """Whether a folder holds what this release writes."""
    return here.is_dir() and int((here / "format").read_text("utf-8")) == FORMAT


def without_roads(version: Path) -> bool:
    """Whether it is known of a version that it has no roads."""
    return ours(folder(version)) and (folder(version) / NOTHING).exists()


def stored(version: Path) -> Stored | None:
    """What lies beside a version; None where there is nothing that this release reads.

    Raises StoreUnreadable where it is damaged.
    """
    here = folder(version)
    try:
        if not ours(here) or (here / NOTHING).exists():
            return None
        network, held, found = (read(here / f"{name}.npz") for name in ("network", "held", "found"))
        return Stored(
            int(network["study-start"][0]), network_of(network), left_out(network), held_of(held), left_out(held),
            Swept(**{each.name: found[each.name] for each in fields(Swept)}),
        )  # fmt: skip
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise StoreUnreadable(f"what was derived of networks in {here} cannot be read: {error}") from error


def read(path: Path) -> dict[str, Array]:
    """The columns of a file, whole numbers in eight bytes, with which one can reckon; tables as they are."""
    with np.load(path) as columns:
        return {
            name: column.astype(np.int64) if column.dtype == np.int32 and column.ndim == 1 else column
            for name, column in columns.items()
        }


def left_out(columns: Mapping[str, Array]) -> tuple[LeftOut, ...]:
    """What is told of as left out."""
    return tuple(
        LeftOut(name, why)
        for name, why in zip(columns["left-name"].tolist(), columns["left-why"].tolist(), strict=True)
    )


def told(left: tuple[LeftOut, ...]) -> dict[str, Array]:
    """What is left out, as columns."""
    return {f"left-{name}": np.array([getattr(each, name) for each in left], np.str_) for name in LeftOut._fields}


def save(new: Stored, version: Path, before: Stored | None) -> None:
    """Write it into a candidate, which may have the files of the version `before` it."""
    here = folder(version)
    if before is None:
        begin(version)
    if not len(new.network.pieces):
        (here / NOTHING).touch()
        return
    _write(new, version, before)


def _write(new: Stored, version: Path, before: Stored | None) -> None:
    here = folder(version)
    if before is None or new.network is not before.network:
        start = {"study-start": np.array([new.study_start])}
        write(here / "network.npz", {**new.network.columns(), **start, **told(new.unfit)})
    if before is None or new.held is not before.held:
        write(here / "held.npz", {**new.held.columns(), **told(new.unknown)})
    if before is None or new.found is not before.found:
        write(here / "found.npz", columns_of(new.found))


def save_all(new: Stored, version: Path) -> None:
    """Write it into a directory that has nothing of it yet, also where there are no roads."""
    begin(version)
    _write(new, version, None)


def begin(version: Path) -> None:
    """An empty folder."""
    remove(version)
    folder(version).mkdir()
    (folder(version) / "format").write_text(f"{FORMAT}\n", "utf-8")


def write(path: Path, columns: Mapping[str, Array]) -> None:
    """Put a file in place of another one, which may be a hard link. Whole numbers are written as small as they are."""
    path.unlink(missing_ok=True)
    np.savez(path, allow_pickle=False, **{name: small(column) for name, column in columns.items()})


def small(column: Array) -> Array:
    """Whole numbers in four bytes where they fit."""
    wide = column.dtype == np.int64 and len(column) and column.min() >= -(1 << 31) and column.max() < 1 << 31
    return column.astype(np.int32) if wide else column


def remove(version: Path) -> None:
    """Leave a candidate without."""
    shutil.rmtree(folder(version), ignore_errors=True)
