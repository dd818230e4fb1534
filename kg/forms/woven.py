"""Long texts of many like parts, put together by number: a piece is made once, however often it occurs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from kg.control.names import Array, distinct

Column = Array | int
"""The number of a piece for each line, or of the one piece that all lines have."""


class Section(NamedTuple):
    """Lines of so many pieces each: `at` is the position of the part that a line belongs to, in order; None stands for
    one line in each part."""

    at: Array | None
    columns: tuple[Column, ...]


class Pieces(list[bytes]):
    """Pieces of text, numbered as they come."""

    def add(self, texts: Iterable[bytes]) -> int:
        """Take some more; the number of the first of them."""
        first = len(self)
        self.extend(texts)
        return first

    def of(self, numbers: Array, texts: Callable[[list[int]], Iterable[bytes]]) -> Array:
        """Take the texts of all numbers that occur, in their order; for each of the numbers its piece."""
        if not len(numbers):
            return numbers
        least, most = int(numbers.min()), int(numbers.max())
        if most - least > 8 * len(numbers):
            occurring = distinct(numbers)
            return self.add(texts(occurring.tolist())) + np.searchsorted(occurring, numbers)
        # where they are dense, marking them is several times quicker than sorting
        occurs = np.zeros(most - least + 1, bool)
        occurs[numbers - least] = True
        first = self.add(texts((np.flatnonzero(occurs) + least).tolist()))
        found: Array = (np.cumsum(occurs) + (first - 1))[numbers - least]
        return found


def order(size: int, sections: Sequence[Section]) -> tuple[Array, list[int]]:
    """The numbers of the pieces of `size` parts, of which each has its lines of every section, section by section;
    and where each part begins, and the last one ends."""
    lines = np.ones((size, len(sections)), np.int64)
    for number, (at, _) in enumerate(sections):
        if at is not None:
            lines[:, number] = np.bincount(at, minlength=size)
    counts = lines * [len(columns) for _, columns in sections]
    ends = np.cumsum(counts.ravel())
    begins = (ends - counts.ravel()).reshape(counts.shape)
    total = int(ends[-1]) if len(ends) else 0
    numbers = np.empty(total, np.int64)
    for number, (at, columns) in enumerate(sections):
        if at is None:
            first = begins[:, number]
        else:
            nth = np.arange(len(at)) - (np.cumsum(lines[:, number]) - lines[:, number])[at]
            first = begins[at, number] + nth * len(columns)
        for place, column in enumerate(columns):
            numbers[first + place] = column
    return numbers, [*begins[:, 0].tolist(), total]


def woven(pieces: Pieces, numbers: Array, begins: Sequence[int]) -> Iterator[bytes]:
    """The texts that pieces make, by their numbers; `begins` tells where in these each text begins, and the last one
    ends."""
    table = np.array(pieces, object)
    return (b"".join(table[numbers[begin:end]].tolist()) for begin, end in pairwise(begins))


def length(pieces: Pieces, numbers: Array) -> int:
    """How many bytes these pieces make, by their numbers."""
    return int(np.fromiter(map(len, pieces), np.int64, len(pieces))[numbers].sum())


def firsts(at: Array) -> Array:
    """Of each line whether it is the first of its part."""
    return np.asarray(np.diff(at, prepend=-1) != 0, bool)


def filled(at: Array, size: int) -> Array:
    """Of each part whether it has any line."""
    found = np.zeros(size, bool)
    found[at] = True
    return found
