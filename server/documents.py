"""Copies of sources that the operator has put beside the data, found by what is in them (`KG_DOCUMENTS`)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from server import current

LARGEST = 1 << 20
"""Bytes of a copy that is shown; a larger file is none."""


@dataclass(frozen=True)
class Copy:
    """Whether there is a copy of a source, and its text. `another`: a file is named after the source, and is not the
    text that the claims were taken from; `no text`: the file is the right one, and is no UTF-8."""

    state: Literal["here", "none", "another", "no text"]
    text: str = ""


def copy_of(slug: str, sha256: str | None) -> Copy:
    """The copy of a source: the file whose SHA-256 is the one on record, whatever it is called."""
    directory = current.settings().documents
    if directory is None or sha256 is None:
        return Copy("none")
    try:
        files = [path for path in sorted(directory.iterdir()) if path.is_file()]
        told = {path: path.stat() for path in files}
    except OSError:  # it was there when the service started
        return Copy("none")
    for path, stat in told.items():
        if stat.st_size <= LARGEST and _digest(path, stat.st_mtime_ns, stat.st_size) == sha256:
            return _read(path, sha256)
    return Copy("another" if any(path.stem == slug for path in files) else "none")


def _read(path: Path, sha256: str) -> Copy:
    try:
        data = path.read_bytes()
        if hashlib.sha256(data).hexdigest() != sha256:  # it was changed in this moment
            return Copy("another")
        return Copy("here", data.decode())
    except OSError:
        return Copy("none")
    except UnicodeDecodeError:
        return Copy("no text")


@lru_cache(4096)
def _digest(path: Path, _modified: int, _size: int) -> str:
    """The digest of a file; of one that cannot be read, no digest at all."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""
