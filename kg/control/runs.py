"""The days on which an answer may change, and the answers between them: the runs of many places at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np

from kg.control.answers import View
from kg.control.ledger import NEVER, WIDEST, Ledger
from kg.control.names import Array, distinct
from kg.control.timelines import STRIDE, Timelines, timelines
from kg.control.weighing import Weighed, weigh

PORTION = 100_000
"""Rows weighed at once: with more of them the columns no longer fit into the processor's caches."""
BLOCK = 10_000
"""Rows of timelines made at once: those of two million changes would take gigabytes."""


@dataclass(frozen=True, eq=False)
class Runs:
    """Answers sorted by place and first day; each lasts until the day before the next of its place. Sets of holders
    are bits (see `kg.control.ledger`)."""

    place: Array
    first: Array
    state: Array
    flags: Array
    certain: Array
    controllers: Array
    excluded: Array

    def none(self) -> Runs:
        """No runs."""
        return Runs(*(getattr(self, each.name)[:0] for each in fields(self)))


def breakpoints(ledger: Ledger, heard: Timelines, places: Array) -> tuple[Array, Array]:
    """All (place, day) on which the answer about one of the places may differ from that of the day before, the study
    start first; sorted."""
    of_row = np.repeat(heard.place, np.diff(heard.row_start))
    told = heard.told
    listed = np.flatnonzero(np.isin(ledger_places(ledger), places))
    of_baseline = ledger_places(ledger)[listed]
    days = [
        (of_row, heard.lo), (of_row, heard.end), (of_row[told], heard.hi[told]),
        (heard.place, heard.min_hi), (heard.place, heard.begin), (heard.place, heard.horizon + 1),
        (of_baseline, ledger.baseline_first[listed]), (of_baseline, ledger.baseline_last[listed] + 1),
    ]  # fmt: skip
    start = places * STRIDE + ledger.study_start
    keys = [start]
    for place, day in days:
        within = (day > ledger.study_start) & (day < NEVER - 1)
        keys.append((place.astype(np.int64) * STRIDE + day)[within])
    merged = distinct(np.concatenate(keys))
    return merged // STRIDE, merged % STRIDE


def ledger_places(ledger: Ledger) -> Array:
    """The place of every entry of the baselines."""
    return np.repeat(np.arange(len(ledger.places)), np.diff(ledger.baseline_start))


def cut(place: Array, day: Array, answers: Weighed) -> tuple[Runs, Array]:
    """Equal neighbours as one run; and the run that each answer is a part of."""
    columns = (place, answers.state, answers.flags, answers.certain, answers.controllers, answers.excluded)
    differs = np.ones(len(place), bool)
    differs[1:] = False
    for column in columns:
        differs[1:] |= np.asarray(column[1:] != column[:-1], bool)
    return Runs(
        place[differs].astype(np.int32), day[differs].astype(np.int32), answers.state[differs].astype(np.uint8),
        answers.flags[differs].astype(np.uint8), answers.certain[differs], answers.controllers[differs],
        answers.excluded[differs],
    ), np.cumsum(differs) - 1  # fmt: skip


def is_wide(ledger: Ledger) -> Array:
    """Whether each place has more actors than a machine word has room for."""
    return np.diff(ledger.holder_start) > WIDEST


def blocks(ledger: Ledger, places: Array) -> list[Array]:
    """Places, given in order, as few enough at a time; at least one block, which may be empty."""
    block = np.cumsum(np.diff(ledger.row_start)[places]) // BLOCK
    return np.split(places, np.flatnonzero(np.diff(block)) + 1)


def answered(
    ledger: Ledger, places: Array, view: View, wide: bool = False
) -> Iterator[tuple[Timelines, Array, Array, Weighed]]:
    """All answers about some places, given in order by their numbers, portion by portion: place and day of each."""
    for some in blocks(ledger, places):
        heard = timelines(ledger, some, view, wide)
        place, day = breakpoints(ledger, heard, some)
        # A portion ends between two places, where the rows of its questions are enough.
        rows = np.diff(ledger.row_start)[place]
        portion = np.cumsum(rows) // PORTION
        ends = np.flatnonzero((np.diff(portion) > 0) & (np.diff(place) > 0)) + 1
        for part, days in zip(np.split(place, ends), np.split(day, ends), strict=True):
            yield heard, part, days, weigh(ledger, heard, part, days, view)


def runs_of(ledger: Ledger, places: Array, view: View) -> Runs:
    """The runs of some places, none of which is wide, given in order by their numbers."""
    return joined([cut(place, day, found)[0] for _, place, day, found in answered(ledger, places, view)])


def joined(parts: list[Runs]) -> Runs:
    """Runs one after the other."""
    return Runs(*(np.concatenate([getattr(part, each.name) for part in parts]) for each in fields(Runs)))
