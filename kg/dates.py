"""Dates as sources give them: EDTF texts to explicit bounds and back. Never guesses.

The accepted subset of EDTF (ISO 8601-2:2019, Library of Congress profile, levels 0 to 2):

    2021-06-22   2021-06   2021          a day, a month, a year: one unknown day in it
    2021-05-1X   2021-XX   202X   XXXX   unspecified digits
    [a..b]  [..b]  [a..]                 one unknown day in a window, which may be open
    a/b   a/..   ../b   a/   /b          an extent from a to b; open (`..`) and unknown (empty) ends both have no bound
    ?  ~  %  after any date              uncertain, approximate, both: kept as flags, they do not move bounds

A set `[a..b]` is a moment that somebody dates vaguely, an extent `a/b` lasts. Bounds are whole days, inclusive.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from kg.errors import Backwards, BadDate

ACCEPTED = (
    "accepted are 2021-06-22, 2021-06, 2021, unspecified digits (2021-05-1X), windows [a..b], [..b], [a..], "
    "extents a/b, a/.., ../b, each date with ?, ~ or % after it"
)
"""What `parse` takes, in a sentence for error messages."""

_SIMPLE = re.compile(r"(?P<year>[0-9X]{4})(?:-(?P<month>[01X][0-9X])(?:-(?P<day>[0-3X][0-9X]))?)?(?P<flag>[?~%]?)")


@dataclass(frozen=True)
class Bounds:
    """Between which days something lies; None is an open bound.

    Of a moment, `earliest` and `latest` bound its day. Of an extent they bound its beginning, and `end_earliest` and
    `end_latest` its end (CIDOC CRM's P82a, P81a, P81b, P82b). `flags` has the EDTF qualifiers that occur, sorted.
    """

    earliest: date | None = None
    latest: date | None = None
    end_earliest: date | None = None
    end_latest: date | None = None
    extent: bool = False
    flags: str = ""


def parse(text: str) -> Bounds:
    """The bounds of an EDTF text. Raises BadDate with what is accepted; Backwards where it ends before it begins.

    >>> parse("[2021-05-11..2021-05-20]").latest
    datetime.date(2021, 5, 20)
    """
    stripped = text.strip()
    if stripped.startswith("[") and stripped.endswith("]") and ".." in stripped:
        first, _, last = stripped[1:-1].partition("..")
        if not first and not last:
            raise BadDate(f"{text!r} is a window without any bound; {ACCEPTED}")
        return _window(first, last, text)
    if "/" in stripped:
        first, _, last = stripped.partition("/")
        begin, end = (_simple(part, text) if part not in ("", "..") else Bounds() for part in (first, last))
        if begin.latest and end.latest and begin.latest > end.latest:
            raise Backwards(f"{text!r} ends before it begins")
        flags = "".join(sorted(set(begin.flags + end.flags)))
        return Bounds(begin.earliest, begin.latest, end.earliest, end.latest, True, flags)
    return _simple(stripped, text)


def span(text: str) -> tuple[date, date]:
    """The first and the last day that a date may mean, or that an extent has.

    >>> span("2021-08")
    (datetime.date(2021, 8, 1), datetime.date(2021, 8, 31))

    Raises what `parse` raises, and BadDate for a text without a beginning or an end.
    """
    bounds = parse(text)
    first, last = bounds.earliest, bounds.end_latest if bounds.extent else bounds.latest
    if first is None or last is None:
        raise BadDate(f"{text!r} has no first or no last day; give both, such as 2021-08-01/2021-08-15")
    return first, last


def _window(first: str, last: str, text: str) -> Bounds:
    low, high = (_simple(part, text) if part else Bounds() for part in (first, last))
    if low.earliest and high.latest and low.earliest > high.latest:
        raise Backwards(f"{text!r} is a window that ends before it begins")
    return Bounds(low.earliest, high.latest, flags="".join(sorted(set(low.flags + high.flags))))


def _simple(part: str, whole: str) -> Bounds:
    """The bounds of one date, month or year, whose digits may be unspecified."""
    match = _SIMPLE.fullmatch(part)
    if not match:
        raise BadDate(f"{whole!r} is no date that is understood; {ACCEPTED}")
    year, month, day, flag = match.group("year", "month", "day", "flag")
    if year == "XXXX":
        return Bounds(flags=flag)
    earliest = _first_day(year, month or "XX", day or "XX", ascending=True)
    latest = _first_day(year, month or "XX", day or "XX", ascending=False)
    if earliest is None or latest is None:
        raise BadDate(f"{whole!r} is no day of the calendar; {ACCEPTED}")
    return Bounds(earliest, latest, flags=flag)


def _first_day(year: str, month: str, day: str, *, ascending: bool) -> date | None:
    """The first (or last) day of the calendar that fits the digits; None where none does."""
    way = 1 if ascending else -1
    for y in _fitting(year, range(1, 10000))[::way]:
        for m in _fitting(month, range(1, 13))[::way]:
            for d in _fitting(day, range(1, calendar.monthrange(y, m)[1] + 1))[::way]:
                return date(y, m, d)
    return None


def _fitting(digits: str, numbers: range) -> list[int]:
    if "X" not in digits:
        return [int(digits)] if int(digits) in numbers else []
    pattern = re.compile(digits.replace("X", "[0-9]"))
    return [number for number in numbers if pattern.fullmatch(f"{number:0{len(digits)}d}")]


def to_edtf(bounds: Bounds) -> str:
    """The plainest EDTF text with these bounds, without flags; `parse` of it gives the bounds again.

    Raises BadDate for a moment without any bound, which has no EDTF text, and for an extent whose beginning or end
    is a window that is no day, month or year.
    """
    if bounds.extent:
        begin = _plain(bounds.earliest, bounds.latest)
        end = _plain(bounds.end_earliest, bounds.end_latest)
        return f"{begin}/{end}"
    if bounds.earliest is None and bounds.latest is None:
        raise BadDate("a date without any bound has no EDTF text; keep the source's words instead")
    if bounds.earliest == bounds.latest:
        return str(bounds.earliest)
    return f"[{bounds.earliest or ''}..{bounds.latest or ''}]"


def _plain(earliest: date | None, latest: date | None) -> str:
    if earliest is None or latest is None:
        if earliest is latest:
            return ".."
        raise BadDate("an extent whose beginning or end is half open has no EDTF text")
    if earliest == latest:
        return str(earliest)
    if earliest.day == 1 and (latest + timedelta(days=1)).day == 1:
        if (earliest.year, earliest.month) == (latest.year, latest.month):
            return f"{earliest:%Y-%m}"
        if (earliest.year, earliest.month, latest.month) == (latest.year, 1, 12):
            return f"{earliest:%Y}"
    raise BadDate(f"an extent cannot begin or end in the window {earliest} to {latest}: EDTF has no text for it")
