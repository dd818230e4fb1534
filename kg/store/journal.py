"""The journal of a store, `journal.jsonl`: a line for each published version, the newest last.

It is read from its end where only what is new matters, so that a write costs the same however many there were. A line
that a crash cut off is no line: it is left out, and the next one is written over it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

BLOCK = 1 << 16


def every(location: Path) -> list[dict[str, Any]]:
    """Every published version, oldest first: `version`, `parent`, `at` (UTC), `who`, `added` and `removed` by graph.

    `control` has the claims about control that came, changed and went (`kg.news`).
    """
    try:
        lines = (location / "journal.jsonl").read_text("utf-8").split("\n")
    except FileNotFoundError:
        return []
    return [json.loads(line) for line in lines[:-1]]


def append(location: Path, *lines: dict[str, Any]) -> None:
    """Write the lines of versions, for good; of several, a crash leaves the first ones."""
    path = location / "journal.jsonl"
    with path.open("r+b" if path.exists() else "w+b") as file:
        end = file.seek(0, os.SEEK_END)
        found = -1
        while end and found < 0:
            begin = max(0, end - BLOCK)
            file.seek(begin)
            found = file.read(end - begin).rfind(b"\n")
            end = begin
        file.seek(end + found + 1)
        file.write(b"".join(json.dumps(line, sort_keys=True).encode() + b"\n" for line in lines))
        file.truncate()
        file.flush()
        os.fsync(file.fileno())


def newest(location: Path) -> Iterator[dict[str, Any]]:
    """Every published version, newest first; what is written meanwhile is left out."""
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
