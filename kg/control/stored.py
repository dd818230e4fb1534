"""The index of a version on disk: a base, and what small writes have put in place of parts of it since.

    control/base/*.npy     the index of all places, as hard links to the same files in the versions before
    control/overlay.npz    the index of the places that were touched since the base was written, and their names
    control/format         the number of what the files hold

Files are never changed, because other versions have them too: an overlay is written anew, a base beside.
"""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kg.control import ledger as ledgers
from kg.control.index import Index, columns_of, of_columns, open_index
from kg.control.ledger import Ledger
from kg.control.names import Names, table
from kg.control.runs import Runs
from kg.errors import StoreUnreadable

NAME = "control"
"""The folder of the index."""
FORMAT = 3
"""Another number for every change of what the files hold; a version with another one is read as one without."""
FOLDED = 20
"""An overlay is folded into a new base when it has more than one in so many of the base's rows."""


@dataclass(frozen=True, eq=False)
class Stored:
    """What lies on disk: the base, and the overlay with the places of which it tells all."""

    base: Index
    overlay: Index | None = None
    touched: Collection[str] = ()

    def parts(self) -> list[Index]:
        """The base, and the overlay where there is one."""
        return [self.base] if self.overlay is None else [self.base, self.overlay]

    def whole(self) -> Index:
        """The index that both make."""
        return self.base if self.overlay is None else self.base.patched(self.overlay, self.touched)

    def patched(self, part: Index, touched: Collection[str]) -> Stored:
        """With `part` in place of what was known of the touched places."""
        both = {*self.touched, *touched}
        overlay = part if self.overlay is None else self.overlay.patched(part, touched)
        if len(overlay.ledger.claim) * FOLDED > len(self.base.ledger.claim):
            return Stored(self.base.patched(overlay, both))
        return Stored(self.base, overlay, both)


def folder(version: Path) -> Path:
    """Where the index of a version or a candidate lies."""
    return version / NAME


def stored(version: Path) -> Stored | None:
    """The index of a version, mapped into memory; None where it has none that this release reads.

    Raises StoreUnreadable where it is damaged.
    """
    here = folder(version)
    try:
        if not here.is_dir() or int((here / "format").read_text("utf-8")) != FORMAT:
            return None
        base = open_index(here / "base")
        if not (here / "overlay.npz").exists():
            return Stored(base)
        with np.load(here / "overlay.npz") as columns:
            touched = Names(columns["touched-text"], columns["touched-ends"])
            return Stored(base, of_columns(columns), touched)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise StoreUnreadable(f"the index of control in {here} cannot be read: {error}") from error


def save(index: Stored, version: Path, before: Stored | None) -> None:
    """Write the index into a candidate, which may have the files of the version `before` it."""
    here = folder(version)
    if before is None or index.base is not before.base:
        shutil.rmtree(here, ignore_errors=True)
        index.base.save(here / "base")
        (here / "format").write_text(f"{FORMAT}\n", "utf-8")
    (here / "overlay.npz").unlink(missing_ok=True)
    if index.overlay is not None:
        names = table(index.touched)
        touched = {"touched-text": names.text, "touched-ends": names.ends}
        np.savez(here / "overlay.npz", allow_pickle=False, **index.overlay.columns(), **touched)


def begin(ledger: Ledger, version: Path) -> Path:
    """Write what is said into a candidate in place of the index that it has, to be completed by `finish`; where."""
    remove(version)
    base = folder(version) / "base"
    ledgers.save(ledgers.columns(ledger), base)
    return base


def finish(runs: Runs, version: Path) -> None:
    """Complete the index that `begin` began."""
    ledgers.save(columns_of(runs), folder(version) / "base")
    (folder(version) / "format").write_text(f"{FORMAT}\n", "utf-8")


def remove(version: Path) -> None:
    """Leave a candidate without index."""
    shutil.rmtree(folder(version), ignore_errors=True)
