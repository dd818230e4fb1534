"""The journal of a store: one line for every version that was ever published.

It is read from its end, so that a write, and whoever wants to know what is new, need not read what is old.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

BLOCK = 1 << 16


def newest(location: Path) -> Iterator[dict[str, Any]]:
    """Every published version, newest first: `version`, `parent`, `at` (UTC), `who`, `added` and `removed` by graph.

    `control` has the claims about control that came, changed and went (`kg.news`).

    A line that was cut off by a crash is left out, and so is what is written meanwhile.
    """
    try:
        file = (location / "journal.jsonl").open("rb")
    except FileNotFoundError:
        return
    with file:
        end = file.seek(0, os.SEEK_END)
        rest = b""
        cut = True  # what follows the last end of a line is no line
        while end:
            begin = max(0, end - BLOCK)
            file.seek(begin)
            rest, *lines = (file.read(end - begin) + rest).split(b"\n")
            if lines and cut:
                lines.pop()
                cut = False
            for line in reversed(lines):
                yield json.loads(line)
            end = begin
        if rest and not cut:
            yield json.loads(rest)


def whole(location: Path) -> list[dict[str, Any]]:
    """The same, oldest first."""
    try:
        lines = (location / "journal.jsonl").read_text("utf-8").split("\n")
    except FileNotFoundError:
        return []
    return [json.loads(line) for line in lines[:-1]]


def append(location: Path, line: dict[str, Any]) -> None:
    """Write the line of a version, over what a crash cut off; the caller holds the lock."""
    path = location / "journal.jsonl"
    with path.open("r+b" if path.exists() else "w+b") as file:
        file.seek(_end(file))
        file.write(json.dumps(line, sort_keys=True).encode() + b"\n")
        file.truncate()
        file.flush()
        os.fsync(file.fileno())


def _end(file: IO[bytes]) -> int:
    """Where the last whole line ends."""
    end = file.seek(0, os.SEEK_END)
    while end:
        begin = max(0, end - BLOCK)
        file.seek(begin)
        found = file.read(end - begin).rfind(b"\n")
        if found >= 0:
            return begin + found + 1
        end = begin
    return 0
