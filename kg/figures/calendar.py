"""Days in words, and the lines of a time axis, in one of two calendars."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import NamedTuple

from kg.control.record import Day

STEPS = (1, 2, 7, 14)
"""Days between the lines of an axis; then come months, quarters, years, and decades."""
MONTHS = (1, 3, 12, 60, 120, 600)
HIJRA = 226895
"""The day from which the days of Solar Hijri years are counted; found from 1 Hamal 1400, which was 21 March 2021."""


class Calendar(NamedTuple):
    """The names of months, whole and short; year, month and day of a day, and the first day of a month of a year, both
    counted from 1."""

    months: tuple[str, ...]
    short: tuple[str, ...]
    parts: Callable[[Day], tuple[int, int, int]]
    begin: Callable[[int, int], Day]


def _gregorian(number: Day) -> tuple[int, int, int]:
    value = date.fromordinal(number)
    return value.year, value.month, value.day


def _new_year(year: int) -> Day:
    # eight years of 33 have a day more, at the places that this spreads them to: right from 1178 to 1633 (1799 to 2254)
    return 365 * (year - 1) + (8 * year + 21) // 33 + HIJRA


def _persian(number: Day) -> tuple[int, int, int]:
    """Year, month and day of the Solar Hijri calendar, as it is civil in Afghanistan and Iran.

    >>> _persian(date(2021, 8, 15).toordinal())
    (1400, 5, 24)
    """
    year = 33 * (number - HIJRA) // 12053 + 1
    while _new_year(year) > number:
        year -= 1
    while _new_year(year + 1) <= number:
        year += 1
    past = number - _new_year(year)
    if past < 186:
        return year, past // 31 + 1, past % 31 + 1
    return year, (past - 186) // 30 + 7, (past - 186) % 30 + 1


_NAMES = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
          "December")  # fmt: skip
_ZODIAC = ("Hamal", "Sawr", "Jawza", "Saratan", "Asad", "Sunbula", "Mizan", "Aqrab", "Qaws", "Jadi", "Dalw", "Hut")
GREGORIAN = Calendar(
    _NAMES, tuple(name[:3] for name in _NAMES), _gregorian, lambda year, month: date(year, month, 1).toordinal()
)
PERSIAN = Calendar(
    _ZODIAC, _ZODIAC, _persian,
    lambda year, month: _new_year(year) + (31 * (month - 1) if month < 8 else 186 + 30 * (month - 7)),
)  # fmt: skip
CALENDARS = {"gregorian": GREGORIAN, "persian": PERSIAN}


def day(number: Day, calendar: Calendar = GREGORIAN) -> str:
    """A day: 9 August 2021, or 18 Asad 1400.

    >>> day(date(2021, 8, 9).toordinal()), day(date(2021, 8, 9).toordinal(), PERSIAN)
    ('9 August 2021', '18 Asad 1400')
    """
    year, month, of_month = calendar.parts(number)
    return f"{of_month} {calendar.months[month - 1]} {year}"


def days(first: Day, last: Day | None, calendar: Calendar = GREGORIAN) -> str:
    """Several days in words; what both ends have in common is said once.

    >>> days(date(2021, 8, 6).toordinal(), date(2021, 8, 9).toordinal())
    '6 to 9 August 2021'
    """
    if last is None:
        return f"from {day(first, calendar)} on"
    if first == last:
        return day(first, calendar)
    a, b = calendar.parts(first), calendar.parts(last)
    if a[:2] == b[:2]:
        return f"{a[2]} to {day(last, calendar)}"
    begun = f"{a[2]} {calendar.months[a[1] - 1]}" if a[0] == b[0] else day(first, calendar)
    return f"{begun} to {day(last, calendar)}"


def ticks(
    first: Day, last: Day, pixels: float, least: float, calendar: Calendar = GREGORIAN
) -> list[tuple[Day, str]]:  # fmt: skip
    """The days at which an axis of some pixels has a line, and what stands there: at least `least` pixels apart."""
    per_day = pixels / (last - first + 1)
    for step in STEPS:
        if step * per_day >= least:
            return [(at, _short(at, first, step, calendar)) for at in _weeks(first, last, step)]
    for step in MONTHS:
        if step * 30.4 * per_day >= least:
            return [(at, _of_month(at, step, calendar)) for at in _months(first, last, step, calendar)]
    return [(first, str(calendar.parts(first)[0]))]


def _weeks(first: Day, last: Day, step: int) -> Iterator[Day]:
    # from a Monday on, so that the lines are the same wherever the axis begins
    begin = first if step == 1 else first + -(first - 1) % step
    yield from range(begin, last + 1, step)


def _months(first: Day, last: Day, step: int, calendar: Calendar) -> Iterator[Day]:
    year, number, of_month = calendar.parts(first)
    month = year * 12 + number - 1
    month += (of_month > 1) and 1
    month += -month % step
    while month // 12 <= date.max.year and (at := calendar.begin(month // 12, month % 12 + 1)) <= last:
        yield at
        month += step


def _short(at: Day, first: Day, step: int, calendar: Calendar) -> str:
    _, month, of_month = calendar.parts(at)
    if at - step < first or of_month <= step:
        return f"{of_month} {calendar.short[month - 1]}"
    return str(of_month)


def _of_month(at: Day, step: int, calendar: Calendar) -> str:
    year, month, _ = calendar.parts(at)
    if step >= 12:
        return str(year)
    return f"{calendar.short[month - 1]} {year}" if month == 1 else calendar.short[month - 1]


def date_of(number: Day) -> str:
    """A day as it is written in an address: 2021-08-09."""
    return date.fromordinal(number).isoformat()
