"""The journal of a store from its end: whoever wants to know what is new need not read what is old."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

BLOCK = 1 << 16


def newest(location: Path) -> Iterator[dict[str, Any]]:
    """Every published version, newest first (`kg.store.versions.journal` says what of each).

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
