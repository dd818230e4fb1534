"""Tables of names as columns: sorted, found by bisection, stored as bytes."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, overload

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]
MANY = 500
"""Names from which on reading the whole table is faster than looking for each."""


@dataclass(frozen=True, eq=False)
class Names(Sequence[str]):
    """Distinct names in order (of code points); the number of a name is its position.

    `text` holds UTF-8 bytes: what all names begin with, then the rest of each, one after the other; `ends` where each
    of these ends. Nothing is decoded before it is asked for, so that a table read by memory mapping costs nothing to
    open.
    """

    text: Array
    ends: Array

    def __len__(self) -> int:
        return len(self.ends) - 1

    @overload
    def __getitem__(self, number: int) -> str: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[str]: ...
    def __getitem__(self, number: int | slice) -> str | Sequence[str]:
        if isinstance(number, slice):
            return [self[each] for each in range(*number.indices(len(self)))]
        if not 0 <= number < len(self):
            raise IndexError(number)
        first, last = self.ends[number : number + 2]
        return (self.prefix + bytes(self.text[first:last])).decode()

    def __iter__(self) -> Iterator[str]:
        text, ends, prefix = self.text.tobytes(), self.ends.tolist(), self.prefix
        return ((prefix + text[first:last]).decode() for first, last in pairwise(ends))

    @property
    def prefix(self) -> bytes:
        """What all names begin with."""
        return bytes(self.text[: self.ends[0]])

    def rests(self, numbers: Array) -> list[bytes]:
        """What follows the prefix in some names, by their numbers; quicker than one by one."""
        text: Any = memoryview(self.text)  # type: ignore[arg-type]
        begins, ends = self.ends[numbers].tolist(), self.ends[numbers + 1].tolist()
        return [bytes(text[begin:end]) for begin, end in zip(begins, ends, strict=True)]

    def spelled(self, numbers: Array) -> dict[int, str]:
        """Some names by their numbers: a large table need not be read for a few."""
        wanted = distinct(numbers[numbers >= 0].astype(np.int64))
        rests = zip(wanted.tolist(), self.rests(wanted), strict=True)
        return {number: (self.prefix + rest).decode() for number, rest in rests}

    def number(self, name: str) -> int:
        """The number of a name; -1 if the table does not have it."""
        position = bisect_left(self, name)
        return position if position < len(self) and self[position] == name else -1

    def numbers(self, names: Iterable[str]) -> Array:
        """The numbers of names, -1 for those that the table does not have."""
        wanted = list(names)
        if len(wanted) > MANY:
            every = {name: number for number, name in enumerate(self)}
            return np.array([every.get(name, -1) for name in wanted], np.int64)
        return np.array([self.number(name) for name in wanted], np.int64)


def table(names: Iterable[str]) -> Names:
    """The table of some names, each once."""
    # The order of UTF-8 bytes is that of code points, so a table can be bisected by text.
    encoded = sorted({name.encode() for name in names})
    return tabulated(encoded, shared(encoded[0], encoded[-1]) if encoded else b"")


def shared(one: bytes, other: bytes) -> bytes:
    """What both begin with."""
    differs = (number for number, (first, second) in enumerate(zip(one, other, strict=False)) if first != second)
    return one[: next(differs, min(len(one), len(other)))]


def tabulated(encoded: list[bytes], prefix: bytes) -> Names:
    """The table of names in order, which all begin with a prefix."""
    rests = [name[len(prefix) :] for name in encoded]
    ends = np.cumsum([len(prefix), *map(len, rests)])
    return Names(np.frombuffer(b"".join([prefix, *rests]), np.uint8), narrowed(ends))


def narrowed(ends: Array) -> Array:
    """Places in a text as half as large numbers, where they fit."""
    return ends.astype(np.int32) if ends[-1] < 1 << 31 else ends


def merged(old: Names, new: Names) -> tuple[Names, Array, Array]:
    """The table of the names of both, and the numbers in it of the old names and of the new ones."""
    prefix = shared(old.prefix, new.prefix) if len(old) and len(new) else old.prefix or new.prefix
    old, new = (
        each if each.prefix == prefix else tabulated([name.encode() for name in each], prefix) for each in (old, new)
    )
    found = np.array([old.number(name) for name in new], np.int64)
    missing = np.flatnonzero(found < 0)
    before = np.array([bisect_left(old, new[int(each)]) for each in missing], np.int64)
    former = np.arange(len(old)) + np.searchsorted(before, np.arange(len(old)), "right")
    latter = np.append(former, -1)[found]
    latter[missing] = before + np.arange(len(missing))
    lengths = np.insert(np.diff(old.ends), before, np.diff(new.ends)[missing])
    pieces: list[Array] = []
    done = 0
    for number, position in zip(missing, before, strict=True):
        pieces += [old.text[done : old.ends[position]], new.text[new.ends[number] : new.ends[number + 1]]]
        done = old.ends[position]
    text = np.concatenate([*pieces, old.text[done:]])
    return Names(text, narrowed(np.cumsum(np.append(len(prefix), lengths)))), former, latter


def distinct(numbers: Array) -> Array:
    """The numbers that occur, in order. `np.unique` puts them into a hash table first, which takes much longer."""
    if (numbers[1:] > numbers[:-1]).all():
        return numbers
    ordered = np.sort(numbers)
    kept = np.ones(len(ordered), bool)
    kept[1:] = ordered[1:] != ordered[:-1]
    found: Array = ordered[kept]
    return found


def spans(starts: Array, counts: Array) -> Array:
    """All whole numbers of spans that begin at `starts` and have `counts` members each, one span after the other."""
    total = int(counts.sum())
    before = np.cumsum(counts) - counts
    numbers: Array = np.arange(total, dtype=np.int64) + np.repeat(starts - before, counts)
    return numbers
