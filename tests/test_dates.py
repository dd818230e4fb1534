"""EDTF texts to bounds and back."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg import dates
from kg.dates import Bounds
from kg.errors import BadDate

DAY = date.fromisoformat


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ("2021-06-22", "2021-06-22", "2021-06-22"),
        ("2021-05", "2021-05-01", "2021-05-31"),
        ("2020-02", "2020-02-01", "2020-02-29"),
        ("2021", "2021-01-01", "2021-12-31"),
        ("2021-05-1X", "2021-05-10", "2021-05-19"),
        ("2021-05-3X", "2021-05-30", "2021-05-31"),
        ("2021-02-XX", "2021-02-01", "2021-02-28"),
        ("2021-XX-31", "2021-01-31", "2021-12-31"),
        ("2021-1X", "2021-10-01", "2021-12-31"),
        ("202X", "2020-01-01", "2029-12-31"),
        ("XXXX", None, None),
        ("[2021-05-01..2021-05-10]", "2021-05-01", "2021-05-10"),
        ("[2021-05..2021-06]", "2021-05-01", "2021-06-30"),
        ("[..2021-07-09]", None, "2021-07-09"),
        ("[2021-08-07..]", "2021-08-07", None),
        (" 2021-06-22 ", "2021-06-22", "2021-06-22"),
    ],
)
def test_a_moment_has_the_bounds_of_its_text(text: str, earliest: str | None, latest: str | None) -> None:
    bounds = dates.parse(text)
    assert (bounds.earliest, bounds.latest) == (earliest and DAY(earliest), latest and DAY(latest))
    assert not bounds.extent


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2021-05-01/2021-08-14", ("2021-05-01", "2021-05-01", "2021-08-14", "2021-08-14")),
        ("2021-05/..", ("2021-05-01", "2021-05-31", None, None)),
        ("2021-05/", ("2021-05-01", "2021-05-31", None, None)),
        ("../2021-05-02", (None, None, "2021-05-02", "2021-05-02")),
        ("/2021", (None, None, "2021-01-01", "2021-12-31")),
        ("2021-05/2021-05", ("2021-05-01", "2021-05-31", "2021-05-01", "2021-05-31")),
    ],
)
def test_an_extent_bounds_its_beginning_and_its_end(text: str, expected: tuple[str | None, ...]) -> None:
    bounds = dates.parse(text)
    found = (bounds.earliest, bounds.latest, bounds.end_earliest, bounds.end_latest)
    assert found == tuple(day and DAY(day) for day in expected)
    assert bounds.extent


@pytest.mark.parametrize(
    ("text", "flags"), [("2021-05~", "~"), ("2021-05-15?", "?"), ("[2021-05%..2021-06?]", "%?"), ("2021?/2022~", "?~")]
)
def test_qualifiers_are_kept_and_move_no_bound(text: str, flags: str) -> None:
    bare = "".join(character for character in text if character not in "?~%")
    assert dates.parse(text).flags == flags
    assert (dates.parse(text).earliest, dates.parse(text).latest) == (
        dates.parse(bare).earliest,
        dates.parse(bare).latest,
    )


@pytest.mark.parametrize(
    "text",
    [
        "", "early May", "uuuu", "2021-13-01", "2021-02-29", "2021-02-3X", "2021-6-2", "21-06-22", "2021-06-22T10:00",
        "[..]", "[2021-06-22..2021-06-21]", "2021-06/2021-05", "[2021-06-22", "2021-06-22..2021-06-23", "0000-01-01",
        "2021-05-01,2021-05-02",
    ],
)  # fmt: skip
def test_what_is_no_date_is_refused_with_what_is_accepted(text: str) -> None:
    with pytest.raises(BadDate) as caught:
        dates.parse(text)
    assert repr(text) in str(caught.value) or "accepted are" in str(caught.value)


days = st.dates(date(1800, 1, 1), date(2200, 12, 31))


@given(days, days, st.sampled_from(["both", "first", "last"]))
def test_a_window_comes_back_from_its_text(one: date, other: date, known: str) -> None:
    low, high = sorted((one, other))
    bounds = Bounds(None if known == "last" else low, None if known == "first" else high)
    assert dates.parse(dates.to_edtf(bounds)) == bounds


@given(days, days, st.sampled_from(["%Y-%m-%d", "%Y-%m", "%Y"]), st.booleans())
def test_an_extent_comes_back_from_its_text(one: date, other: date, form: str, is_open: bool) -> None:
    low, high = sorted((one, other))
    bounds = dates.parse(f"{low.strftime(form)}/{'..' if is_open else high.strftime(form)}")
    assert dates.parse(dates.to_edtf(bounds)) == bounds


@given(st.from_regex(r"[0-9X]{4}(-[01X][0-9X](-[0-3X][0-9X])?)?", fullmatch=True))
def test_bounds_are_never_in_the_wrong_order(text: str) -> None:
    try:
        bounds = dates.parse(text)
    except BadDate:
        return
    if bounds.earliest and bounds.latest:
        assert bounds.earliest <= bounds.latest


def test_what_has_no_text_is_said_to_have_none() -> None:
    with pytest.raises(BadDate, match="without any bound"):
        dates.to_edtf(Bounds())
    with pytest.raises(BadDate, match="half open"):
        dates.to_edtf(Bounds(DAY("2021-05-01"), None, extent=True))
    with pytest.raises(BadDate, match="no text for it"):
        dates.to_edtf(Bounds(DAY("2021-05-01"), DAY("2021-05-03"), extent=True))
