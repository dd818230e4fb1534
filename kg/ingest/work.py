"""The directory in which a run keeps what it has done, so that a second one goes on where the first was ended.

    <store>/ingest/<graph>/report.json …          the account of the last run (`kg.ingest.report`)
    <store>/ingest/<graph>/work-<digest>/         chunks and parts of a run that is not finished; deleted at its end

The digest stands for all that the result depends on: the bytes of the files, the mapping, the options, and `RULES`.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kg.errors import BadFile, StoreLocked
from kg.ingest.fields import Array
from kg.ingest.report import Tally, from_json

RULES = "1"
"""Raised when the same input gives another output, so that what is half done is not gone on with."""


def digest(paths: Sequence[Path], settings: Iterable[str]) -> str:
    """What stands for the files and the settings of a run. Raises BadFile."""
    found = hashlib.sha256(json.dumps([RULES, *settings]).encode())
    for path in paths:
        try:
            with path.open("rb") as file:
                found.update(hashlib.file_digest(file, "sha256").digest() + path.name.encode())
        except OSError as error:
            raise BadFile(str(path), None, f"cannot be read: {error.strerror}") from None
    return found.hexdigest()


@dataclass(frozen=True)
class Work:
    """The directory of work of one run."""

    directory: Path

    def tally(self, number: int) -> Tally | None:
        """The account of a chunk, None where it is not done."""
        path = self.directory / f"chunk-{number:06}.json"
        return from_json(path.read_text("utf-8")) if path.exists() else None

    def arrays(self, number: int) -> dict[str, Array]:
        """The columns that were kept of a chunk."""
        with np.load(self.directory / f"chunk-{number:06}.npz") as kept:
            return dict(kept)

    def state(self, number: int) -> dict[str, Any]:
        """What else a chunk left to those after it."""
        found: dict[str, Any] = json.loads((self.directory / f"state-{number:06}.json").read_text("utf-8"))
        return found

    def keep(
        self, number: int, tally: Tally, *, arrays: dict[str, Array] | None = None,
        text: str | None = None, state: dict[str, Any] | None = None,
    ) -> None:  # fmt: skip
        """Keep what came of a chunk. Its account is written last: with that, it is done."""
        self.directory.mkdir(parents=True, exist_ok=True)
        if arrays is not None:
            with (self.directory / f"chunk-{number:06}.npz").open("wb") as file:
                np.savez(file, **arrays)  # type: ignore[arg-type]
        if state is not None:
            (self.directory / f"state-{number:06}.json").write_text(json.dumps(state), "utf-8")
        if text is not None:
            self.part(number).write_text(text, "utf-8")
        unfinished = self.directory / "chunk.new"
        unfinished.write_text(tally.to_json(), "utf-8")
        unfinished.replace(self.directory / f"chunk-{number:06}.json")

    def part(self, number: int) -> Path:
        """The file for a part of the Turtle."""
        return self.directory / f"part-{number:06}.ttl"

    def parts(self) -> list[Path]:
        """The parts that are there, in order."""
        return sorted(self.directory.glob("part-*.ttl"))

    def clear(self) -> None:
        """Delete everything, with what other runs for the same graph left unfinished."""
        for left in self.directory.parent.glob("work-*"):
            shutil.rmtree(left, ignore_errors=True)


@contextmanager
def held(directory: Path) -> Iterator[None]:
    """Nobody else works in this directory meanwhile. Raises StoreLocked where somebody does."""
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StoreLocked(f"another process is bringing in the same graph; it works in {directory}") from None
        yield
