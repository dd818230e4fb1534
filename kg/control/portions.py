"""Conclusions about a portion of all places: what several processes can draw at a time, and none needs in memory whole.

The columns of what is said are files that everybody maps into memory (`kg.control.ledger`). A portion is a stretch of
places, and what comes of it depends on nothing else: the same places give the same bytes, whoever has them.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np

from kg.control.conclusions import Part, drawn
from kg.control.ledger import Ledger, open_ledger
from kg.control.names import Array
from kg.control.runs import Runs
from kg.control.writing import written
from kg.errors import StoreUnreadable

ROWS = 20_000
"""Rows of a portion, if it has more than one place: some 25 MB of text."""


class Portion(NamedTuple):
    """Places from `first` to before `last`, by their numbers in the ledger in a directory; and what is said of parts of
    them (`kg.control.conclusions.of_parts`)."""

    directory: str
    first: int
    last: int
    told: Array


class Concluded(NamedTuple):
    """What comes of a portion: the runs for the index, who stayed how long, who held parts, and all of it as Turtle."""

    runs: Runs
    stays: Array
    parts: list[Part]
    text: bytes


def portions(ledger: Ledger, directory: Path, told: Array) -> Iterator[Portion]:
    """All places of a ledger, which is saved in a directory; at least one portion, which may be empty."""
    portion = (ledger.row_start[:-1] // ROWS) if len(ledger.places) else np.zeros(0, np.int64)
    edges = [0, *(np.flatnonzero(np.diff(portion)) + 1).tolist(), len(ledger.places)]
    cuts = np.searchsorted(told[:, 0], edges).tolist()
    for number, (first, last) in enumerate(pairwise(edges)):
        yield Portion(str(directory), first, last, told[cuts[number] : cuts[number + 1]])


def conclude(portion: Portion) -> Concluded:
    """What follows about a portion by default. Raises StoreUnreadable where the ledger is not to be found."""
    try:
        ledger = open_ledger(Path(portion.directory))
    except OSError as error:
        raise StoreUnreadable(
            f"{portion.directory} cannot be read where the work is done: {error.strerror}; the store has to be at "
            "the same path on every machine that works for it"
        ) from None
    found = drawn(ledger, np.arange(portion.first, portion.last), portion.told)
    return Concluded(found.conclusions.lookup, found.conclusions.stays, found.parts, b"".join(written(found)))
