"""Days in words, and the lines of a time axis."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from kg.control.record import Day

STEPS = (1, 2, 7, 14)
"""Days between the lines of an axis; then come months, quarters, years, and decades."""
MONTHS = (1, 3, 12, 60, 120, 600)


def day(number: Day) -> str:
    """A day: 9 August 2021.

    >>> day(date(2021, 8, 9).toordinal())
    '9 August 2021'
    """
    value = date.fromordinal(number)
    return f"{value.day} {value:%B} {value.year}"


def days(first: Day, last: Day | None) -> str:
    """Several days in words; what both ends have in common is said once.

    >>> days(date(2021, 8, 6).toordinal(), date(2021, 8, 9).toordinal())
    '6 to 9 August 2021'
    """
    if last is None:
        return f"from {day(first)} on"
    if first == last:
        return day(first)
    a, b = date.fromordinal(first), date.fromordinal(last)
    if (a.year, a.month) == (b.year, b.month):
        return f"{a.day} to {day(last)}"
    return f"{a.day} {a:%B} to {day(last)}" if a.year == b.year else f"{day(first)} to {day(last)}"


def ticks(first: Day, last: Day, pixels: float, least: float) -> list[tuple[Day, str]]:
    """The days at which an axis of some pixels has a line, and what stands there: at least `least` pixels apart."""
    per_day = pixels / (last - first + 1)
    for step in STEPS:
        if step * per_day >= least:
            return [(at, _short(at, first, step)) for at in _weeks(first, last, step)]
    for step in MONTHS:
        if step * 30.4 * per_day >= least:
            return [(at, _of_month(at, step)) for at in _months(first, last, step)]
    return [(first, str(date.fromordinal(first).year))]


def _weeks(first: Day, last: Day, step: int) -> Iterator[Day]:
    # from a Monday on, so that the lines are the same wherever the axis begins
    begin = first if step == 1 else first + -(first - 1) % step
    yield from range(begin, last + 1, step)


def _months(first: Day, last: Day, step: int) -> Iterator[Day]:
    begin = date.fromordinal(first)
    month = begin.year * 12 + begin.month - 1
    month += (begin.day > 1) and 1
    month += -month % step
    while month // 12 <= date.max.year and (at := date(month // 12, month % 12 + 1, 1).toordinal()) <= last:
        yield at
        month += step


def _short(at: Day, first: Day, step: int) -> str:
    value = date.fromordinal(at)
    if at - step < first or value.day <= step:
        return f"{value.day} {value:%b}"
    return str(value.day)


def _of_month(at: Day, step: int) -> str:
    value = date.fromordinal(at)
    if step >= 12:
        return str(value.year)
    return f"{value:%b} {value.year}" if value.month == 1 else f"{value:%b}"


def date_of(number: Day) -> str:
    """A day as it is written in an address: 2021-08-09."""
    return date.fromordinal(number).isoformat()
