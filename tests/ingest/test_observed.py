"""Observations become the same runs whatever their order and however they are cut; runs become changes."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.ingest.fields import Fields, days
from kg.ingest.observed import Runs, merged, runs_of, seen

Row = tuple[int, int, int]
CALM = settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
ROWS = st.lists(st.tuples(st.integers(1, 3), st.integers(700_000, 700_012), st.integers(1, 3)), max_size=40)


def cut(rows: list[Row], sizes: list[int]) -> list[Runs]:
    """The runs of pieces of these sizes."""
    pieces, at = [], 0
    for size in [*sizes, len(rows)]:
        piece = rows[at : at + size]
        at += size
        columns = np.array(piece, np.int64).reshape(-1, 3).T
        pieces.append(runs_of(columns[0], columns[1], columns[2].astype(np.uint64))[0])
    return pieces


@CALM
@given(ROWS, st.lists(st.integers(1, 9), max_size=6), st.integers(1, 20))
def test_the_first_word_on_a_day_stands_however_the_rows_are_cut(
    rows: list[Row], sizes: list[int], bucket: int
) -> None:
    expected: dict[tuple[int, int], int] = {}
    for place, day, code in rows:
        expected.setdefault((place, day), code)
    found, again = {}, 0
    pieces = cut(rows, sizes)
    for runs, told in merged(pieces, bucket):
        again += sum(map(len, told))
        for place, first, last, code in zip(runs.place, runs.first, runs.last, runs.code, strict=True):
            for day in range(first, last + 1):
                assert (int(place), day) not in found
                found[int(place), day] = int(code)
    assert found == expected
    assert again == sum(int((part.last - part.first + 1).sum()) for part in pieces) - len(expected)


@CALM
@given(ROWS)
def test_changes_are_where_the_next_observation_differs(rows: list[Row]) -> None:
    by_place: dict[int, dict[int, int]] = {}
    for place, day, code in rows:
        by_place.setdefault(place, {}).setdefault(day, code)
    changes, reports = set(), set()
    for place, by_day in by_place.items():
        listed = sorted(by_day)
        reports |= {(place, day, by_day[day]) for day in (listed[0], listed[-1])}
        for before, after in pairwise(listed):
            if by_day[before] != by_day[after]:
                changes.add((place, before + 1, after, by_day[before], by_day[after]))
    found = [seen(runs) for runs, _ in merged(cut(rows, []))]
    told = [np.stack((each.place, each.low, each.high, each.before, each.after), 1) for each in found]
    assert {tuple(row) for each in told for row in each.tolist()} == changes
    told = [np.stack((each.report_place, each.day, each.held), 1) for each in found]
    assert {tuple(row) for each in told for row in each.tolist()} == reports
    assert sum(len(each.report_place) for each in found) == len(reports)


@CALM
@given(st.lists(st.lists(st.text("09aA é\xa0", max_size=10), min_size=3, max_size=3), max_size=12), st.booleans())
def test_fields_are_those_between_the_commas(table: list[list[str]], returned: bool) -> None:
    lines = [",".join(row).encode() for row in table]
    fields = Fields(b"".join(line + (b"\r\n" if returned else b"\n") for line in lines), 3)
    assert list(fields.line) == list(range(len(table)))
    for column in range(3):
        numbers = [int(row[column]) if row[column].isascii() and row[column].isdigit() and len(row[column]) <= 8 else -1
                   for row in table]  # fmt: skip
        assert fields.numbers(column).tolist() == numbers
        texts = sorted({row[column].encode() for row in table})
        assert fields.among(column, texts).tolist() == [texts.index(row[column].encode()) for row in table]


@pytest.mark.parametrize("text", ["20240229", "19000228", "10000101", "99991231", "20220224"])
def test_days_of_the_calendar(text: str) -> None:
    expected = date(int(text[:4]), int(text[4:6]), int(text[6:])).toordinal()
    assert days(np.array([int(text)])).tolist() == [expected]


@pytest.mark.parametrize("number", [20230229, 19000229, 20221301, 20220001, 20220100, 20220631, 462755, 461203, -1, 0])
def test_no_days_of_the_calendar(number: int) -> None:
    assert days(np.array([number])).tolist() == [0]
