"""Repeated observations of places become runs, and runs become one change for each change.

A row says what several voices see at one place on one day: one code, in which each voice has four bits (0: it says
nothing of that day). Runs are made chunk by chunk and merged in the end, so that the rows may come in any order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from kg.ingest.fields import Array

BITS = 4
"""Bits of a code that a voice has: up to 15 different things may be seen."""
BUCKET = 2_000_000
"""Runs that are merged at once."""


@dataclass(frozen=True, eq=False)
class Runs:
    """Days on end, from `first` to `last`, on which what is seen at a place is the same; sorted by place and day.

    Of one chunk no two runs share a day. Places are numbers, days are `date.toordinal`.
    """

    place: Array
    first: Array
    last: Array
    code: Array

    def __len__(self) -> int:
        return len(self.place)

    def part(self, low: int, high: int) -> Runs:
        """The runs of the places from `low` to before `high`."""
        begin, end = np.searchsorted(self.place, (low, high))
        return Runs(self.place[begin:end], self.first[begin:end], self.last[begin:end], self.code[begin:end])


@dataclass(frozen=True, eq=False)
class Repeats:
    """Rows of a chunk that tell of a place and day once more: their numbers, those of the rows that told it first, and
    whether they say otherwise."""

    row: Array
    before: Array
    contrary: Array


def runs_of(place: Array, day: Array, code: Array) -> tuple[Runs, Repeats]:
    """The runs of the rows of a chunk, and the rows that repeat another one, which count for nothing."""
    key = place.astype(np.int64) << 22 | day
    order = np.arange(len(key)) if np.all(key[1:] > key[:-1]) else np.argsort(key, kind="stable")
    key, code = key[order], code[order]
    fresh = np.ones(len(key), bool)
    fresh[1:] = key[1:] != key[:-1]
    leader = np.maximum.accumulate(np.where(fresh, np.arange(len(key)), 0))
    again = np.flatnonzero(~fresh)
    repeats = Repeats(order[again], order[leader[again]], code[again] != code[leader[again]])
    return _joined(key[fresh], key[fresh], code[fresh]), repeats


def _joined(first: Array, last: Array, code: Array) -> Runs:
    """Runs from sorted stretches, each a key of place and day at both ends; those that follow on become one."""
    begins = np.ones(len(first), bool)
    begins[1:] = (first[1:] != last[:-1] + 1) | (code[1:] != code[:-1])
    ends = np.append(begins[1:], True) if len(begins) else begins
    day = (1 << 22) - 1
    return Runs(first[begins] >> 22, (first[begins] & day).astype(np.int32), (last[ends] & day).astype(np.int32),
                code[begins])  # fmt: skip


def merged(chunks: Sequence[Runs], bucket: int = BUCKET) -> Iterator[tuple[Runs, list[Array]]]:
    """The runs of all chunks, some places at a time, and for each chunk the days that an earlier chunk told already:
    rows of (place, day, whether it says otherwise). The word of the earlier chunk stands."""
    places = np.unique(np.concatenate([np.unique(chunk.place) for chunk in chunks])) if chunks else np.zeros(0)
    total = sum(map(len, chunks))
    step = max(1, len(places) * bucket // max(1, total))
    for start in range(0, len(places), step):
        high = places[start + step] if start + step < len(places) else places[-1] + 1
        yield _merged([chunk.part(places[start], high) for chunk in chunks])


def _merged(parts: list[Runs]) -> tuple[Runs, list[Array]]:
    place = np.concatenate([part.place for part in parts]) << 22
    first = place | np.concatenate([part.first for part in parts])
    last = place | np.concatenate([part.last for part in parts])
    code = np.concatenate([part.code for part in parts])
    chunk = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    order = np.argsort(first, kind="stable")
    first, last, code, chunk = first[order], last[order], code[order], chunk[order]
    reach = np.maximum.accumulate(last) if len(last) else last
    told: list[list[tuple[int, int, bool]]] = [[] for _ in parts]
    # overlaps are rare: the places that have one are taken apart day by day
    clash = np.unique((first[1:] >> 22)[first[1:] <= reach[:-1]])
    if len(clash):
        bad = np.isin(first >> 22, clash)
        days = _told_twice(first[bad], last[bad], code[bad], chunk[bad], told)
        first, last, code = (
            np.concatenate(pair) for pair in ((first[~bad], days[0]), (last[~bad], days[0]), (code[~bad], days[1]))
        )
        order = np.argsort(first, kind="stable")
        first, last, code = first[order], last[order], code[order]
    return _joined(first, last, code), [np.array(each, np.int64).reshape(-1, 3) for each in told]


def _told_twice(
    first: Array, last: Array, code: Array, chunk: Array, told: list[list[tuple[int, int, bool]]]
) -> tuple[Array, Array]:
    """Single days, each as the first chunk that tells of it has it; `told` gets those that others tell again."""
    size = (last - first + 1).astype(np.int64)
    offset = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size)
    day = np.repeat(first, size) + offset
    code, chunk = np.repeat(code, size), np.repeat(chunk, size)
    order = np.lexsort((chunk, day))
    day, code, chunk = day[order], code[order], chunk[order]
    fresh = np.ones(len(day), bool)
    fresh[1:] = day[1:] != day[:-1]
    leader = np.maximum.accumulate(np.where(fresh, np.arange(len(day)), 0))
    for at in np.flatnonzero(~fresh).tolist():
        contrary = bool(code[at] != code[leader[at]])
        told[int(chunk[at])].append((int(day[at]) >> 22, int(day[at]) & (1 << 22) - 1, contrary))
    return day[fresh], code[fresh]


@dataclass(frozen=True, eq=False)
class Seen:
    """What one voice has seen: changes, each between the day after it last saw the one (`low`) and the day on which it
    first saw the other (`high`), and what it saw on the first and the last day of each place (`day`, `held`)."""

    place: Array
    low: Array
    high: Array
    before: Array
    after: Array
    report_place: Array
    day: Array
    held: Array


def seen(runs: Runs, voice: int = 0, bits: int = BITS) -> Seen:
    """The changes and the reports of one voice, whose codes have so many bits."""
    status = (runs.code >> np.uint64(bits * voice)).astype(np.int64) & ((1 << bits) - 1)
    said = status > 0
    place, first, last, status = runs.place[said], runs.first[said], runs.last[said], status[said]
    begins = np.ones(len(place), bool)
    begins[1:] = place[1:] != place[:-1]
    ends = np.append(begins[1:], True) if len(place) else begins
    turn = np.flatnonzero(~begins & (status != np.roll(status, 1)))
    several = ends & ~(begins & (first == last))
    return Seen(
        place[turn], last[turn - 1] + 1, first[turn], status[turn - 1], status[turn],
        np.concatenate([place[begins], place[several]]), np.concatenate([first[begins], last[several]]),
        np.concatenate([status[begins], status[several]]),
    )  # fmt: skip
