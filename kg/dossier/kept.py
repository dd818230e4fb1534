"""Dossiers that were given out, kept beside the store so that they can be shown as they were.

    store/dossiers/salt                     what addresses are mixed with
    store/dossiers/9f/0c41….json.gz         one document, by a hash of its question and version

At most so many bytes are kept, whatever strangers ask for. When there is no room, whoever has most on the shelf loses
the oldest first: somebody who fills it throws out what is their own. Who asked is kept as one of 256 numbers, made of
the address and a secret salt, from which no address can be told.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import secrets
import threading
from pathlib import Path

from kg.dossier.document import Document

MOST = 64 << 20
"""Bytes of dossiers that are kept."""
_BLOCK = 4096
"""What a file takes at least on most file systems; counted for each, so that many small ones have a bound too."""


class Shelf:
    """Kept dossiers in a directory, of at most so many bytes (0: none); it is made when the first one is kept."""

    def __init__(self, directory: Path, most: int = MOST) -> None:
        self._directory, self._most = directory, most
        self._taken: int | None = None
        self._change = threading.Lock()

    def find(self, asked: dict[str, str], version: str) -> Document | None:
        """The dossier that answered a question (`document.asked`) from a version, if it is kept."""
        name = _name(asked, version)
        for path in self._directory.glob(f"??/{name}"):
            try:
                found: Document = json.loads(gzip.decompress(path.read_bytes()))
            except (OSError, EOFError, ValueError):
                return None  # it had to go in this moment, or is damaged: then it is not kept
            return found
        return None

    def keep(self, document: Document, whose: str) -> bool:
        """Keep a dossier for the address `whose`; whether it is kept now, which it is not where nothing can be written.

        What is kept is never replaced.
        """
        if not self._most:
            return False
        name = _name(document["asked"], document["version"])
        if next(self._directory.glob(f"??/{name}"), None) is not None:
            return True
        text = json.dumps(document, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        data = gzip.compress(text.encode(), 6, mtime=0)
        try:
            with self._change:
                return self._put(name, data, whose)
        except OSError:
            return False

    def _put(self, name: str, data: bytes, whose: str) -> bool:
        self._directory.mkdir(exist_ok=True)
        mixed = hashlib.blake2b(whose.encode(), key=self._salt(), digest_size=1).hexdigest()
        part = self._directory / mixed
        part.mkdir(exist_ok=True)
        new = part / f"{name}.new-{os.getpid()}"
        new.write_bytes(data)
        new.rename(part / name)
        self._taken = self._size() if self._taken is None else self._taken + _cost(len(data))
        if self._taken > self._most:
            self._taken = self._clear()
        return (part / name).exists()

    def _salt(self) -> bytes:
        path = self._directory / "salt"
        if not path.exists():
            new = self._directory / f"salt.new-{os.getpid()}"
            new.write_bytes(secrets.token_bytes(32))
            new.rename(path)
        return path.read_bytes()

    def _parts(self) -> dict[Path, list[tuple[float, int, Path]]]:
        """The kept files by part: age, cost, path."""
        parts: dict[Path, list[tuple[float, int, Path]]] = {}
        for path in self._directory.glob("??/*"):
            told = path.stat()
            parts.setdefault(path.parent, []).append((told.st_mtime, _cost(told.st_size), path))
        return parts

    def _size(self) -> int:
        return sum(cost for files in self._parts().values() for _, cost, _ in files)

    def _clear(self) -> int:
        """Make room for a tenth; the bytes that are taken then."""
        parts = {part: sorted(files, reverse=True) for part, files in self._parts().items()}
        costs = {part: sum(cost for _, cost, _ in files) for part, files in parts.items()}
        while sum(costs.values()) > self._most * 9 // 10:
            largest = max(costs, key=lambda part: costs[part])
            _, cost, path = parts[largest].pop()
            path.unlink(missing_ok=True)
            costs[largest] -= cost
        return sum(costs.values())


def _name(asked: dict[str, str], version: str) -> str:
    text = json.dumps([sorted(asked.items()), version])
    return f"{hashlib.sha256(text.encode()).hexdigest()[:32]}.json.gz"


def _cost(size: int) -> int:
    return -(-size // _BLOCK) * _BLOCK
