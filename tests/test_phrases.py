"""Dates in words: what they mean in EDTF, and that nothing is guessed."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg import dates, phrases
from kg.errors import Backwards, BadDate


@pytest.mark.parametrize(
    ("text", "edtf", "precision"),
    [
        ("6 August 2021", "2021-08-06", "Day"),
        ("on the 6th of August 2021", "2021-08-06", "Day"),
        ("August 6, 2021", "2021-08-06", "Day"),
        ("Aug. 6 2021", "2021-08-06", "Day"),
        ("early July 2021", "[2021-07-01..2021-07-10]", "PartOfMonth"),
        ("mid-May 2021", "[2021-05-11..2021-05-20]", "PartOfMonth"),
        ("Late February 2020", "[2020-02-21..2020-02-29]", "PartOfMonth"),
        ("the end of June 2021", "[2021-06-21..2021-06-30]", "PartOfMonth"),
        ("in June 2021", "2021-06", "Month"),
        ("in 2022", "2022", "Year"),
        ("by 9 July 2021", "[..2021-07-09]", "BoundOnly"),
        ("by mid-June 2021", "[..2021-06-20]", "BoundOnly"),
        ("before August 2021", "[..2021-07-31]", "BoundOnly"),
        ("since 7 August 2021", "[2021-08-07..]", "BoundOnly"),
        ("after 7 August 2021", "[2021-08-08..]", "BoundOnly"),
        ("between 3 and 9 May 2021", "[2021-05-03..2021-05-09]", "BoundOnly"),
        ("between 30 April and 2 May 2021", "[2021-04-30..2021-05-02]", "BoundOnly"),
        ("between late February and mid March 2024", "[2024-02-21..2024-03-20]", "BoundOnly"),
        ("on 3 or 4 August 2021", "[2021-08-03..2021-08-04]", "BoundOnly"),
        ("the night of 3 to 4 August 2021", "[2021-08-03..2021-08-04]", "BoundOnly"),
        ("in the night of 31 July to 1 August 2021", "[2021-07-31..2021-08-01]", "BoundOnly"),
        ("the night of 3 August 2021", "[2021-08-03..2021-08-04]", "BoundOnly"),
        ("from 1 to 14 August 2021", "2021-08-01/2021-08-14", "Day"),
        ("around 16 May 2021", "2021-05-16~", "Day"),
        ("2021-08-06", "2021-08-06", "Day"),
        ("2021-05~", "2021-05~", "Month"),
        ("[..2021-07-09]", "[..2021-07-09]", "BoundOnly"),
    ],
)
def test_words_mean(text: str, edtf: str, precision: str) -> None:
    found = phrases.read(text)
    assert (found.edtf, found.precision) == (edtf, precision)
    assert found.bounds == dates.parse(edtf)


@pytest.mark.parametrize(
    "text",
    [
        "", "2021-13-01", "uuuu", "5/6/2021", "31 February 2021", "yesterday", "then", "3 or 9 August 2021", "by",
        "the day after the fall of Kunduz", "the night of May 2021", "from 2021 to May 2022 or so",
        "before 1 January 0001",        "the night of 31 December 9999", "9 July", "since XXXX", "between 3 May 2021",
    ],
)  # fmt: skip
def test_what_is_not_understood_is_not_guessed(text: str) -> None:
    with pytest.raises(BadDate, match="accepted are"):
        phrases.read(text)


@pytest.mark.parametrize("text", ["[2021-08-10..2021-08-01]", "between 9 and 3 May 2021", "2021-08-10/2021-08-01"])
def test_what_ends_before_it_begins_is_told_from_what_is_not_understood(text: str) -> None:
    with pytest.raises(Backwards, match="before it begins"):
        phrases.read(text)


WORDS = st.sampled_from(
    ["by", "the", "night", "of", "to", "or", "and", "3", "31", "May", "February", "2021", "0000", "9999", "between",
     "from", "since", "after", "before", "around", "early", "late", "mid", "-", "/", "in", "on", "XXXX", "2021-05"]
)  # fmt: skip


@given(st.lists(WORDS, max_size=8).map(" ".join) | st.text(max_size=20))
def test_any_text_is_a_date_with_its_bounds_or_none(text: str) -> None:
    try:
        found = phrases.read(text)
    except BadDate:
        return
    assert found.bounds == dates.parse(found.edtf)


@given(st.dates(date(1000, 1, 1)))
def test_a_day_in_words_is_that_day(day: date) -> None:
    written = (f"{day.day} {day:%B} {day.year}", f"{day:%B} {day.day}, {day.year}", f"{day.day} {day:%b} {day.year}")
    assert {phrases.read(text).edtf for text in written} == {str(day)}
