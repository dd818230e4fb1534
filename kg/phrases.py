"""Dates in English words, as sources give them: words to an EDTF text, whose bounds `kg.dates` derives. Never guesses.

Read are a day (6 August 2021, August 6, 2021), a month, a year; early, mid and late in a month (days 1 to 10, 11 to 20,
21 to the end: our policy, docs/ontology.md); the night of a day, or of two; by, before, since and after any of these;
between two of them, or one of two; from one day to another. Words before a date that say it is approximate (about,
around) become its `~`. What is left out of the first of two dates is taken from the second.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from kg import dates
from kg.dates import Bounds
from kg.errors import Backwards, BadDate

ACCEPTED = (
    "accepted are EDTF, such as 2021-08-06 or [2021-08-03..2021-08-04], and words, such as 6 August 2021, "
    "early July 2021, by 9 July 2021, between 3 and 9 May 2021, the night of 3 to 4 August 2021"
)
"""What `read` takes, in a sentence for error messages."""

_MONTHS = {name.casefold(): number for number, name in enumerate(calendar.month_name) if name}
_MONTHS |= {name[:3]: number for name, number in _MONTHS.items()} | {"sept": 9}
_PARTS = {"early": (1, 10), "mid": (11, 20), "late": (21, 31)}
_PARTS |= {"the beginning of": _PARTS["early"], "the middle of": _PARTS["mid"], "the end of": _PARTS["late"]}

_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_MONTH = rf"(?P<month>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})\.?"
_PART = rf"(?:(?P<part>{'|'.join(_PARTS)})[ -])?"
_FORMS = [
    re.compile(pattern)
    for pattern in (
        rf"(?:the )?{_DAY}(?: of)? {_MONTH},? (?P<year>\d{{4}})",
        rf"{_MONTH} {_DAY},? (?P<year>\d{{4}})",
        rf"{_PART}{_MONTH},? (?P<year>\d{{4}})",
        r"(?P<year>\d{4})",
    )
]
_TWO = re.compile(r"(?P<first>.+?) (?P<link>and|or|to) (?P<second>.+)")


@dataclass(frozen=True)
class Phrase:
    """What a text says: the EDTF text for it, its bounds, and the local name of its kg:precision."""

    edtf: str
    bounds: Bounds
    precision: str


def read(text: str) -> Phrase:
    """Read an EDTF text, or words. Raises BadDate with what is accepted; Backwards where it ends before it begins.

    >>> read("early July 2021").edtf
    '[2021-07-01..2021-07-10]'
    >>> read("the night of 3 to 4 August 2021").edtf
    '[2021-08-03..2021-08-04]'
    """
    stripped = text.strip()
    try:
        bounds = dates.parse(stripped)
    except Backwards:
        raise
    except BadDate:
        if re.search(r"[\[\]/]", stripped) or re.fullmatch(r"[\dXu?~%. -]*", stripped):
            raise  # it means to be EDTF, and there is a better message for that
    else:
        return Phrase(stripped, bounds, _precision(stripped, bounds))
    words = " ".join(stripped.replace("–", "-").replace("—", "-").split()).casefold()
    try:
        found = _understood(words)
    except Backwards:
        raise Backwards(f"{text!r} ends before it begins") from None
    except OverflowError:  # before the year 1, or after 9999
        found = None
    if found is None:
        raise BadDate(f"{text!r} is no date that is understood; {ACCEPTED}")
    return found


def _understood(words: str) -> Phrase | None:
    opening = next((opening for opening in _OPENINGS if words.startswith(opening)), None)
    if opening:
        return _OPENINGS[opening](words.removeprefix(opening))
    bare = words.removeprefix("on ")
    return _date(bare.removeprefix("in ")) or _either(bare)


def _precision(edtf: str, bounds: Bounds) -> str:
    """The precision of an EDTF text: of one date that of its form, of a window none but its bounds."""
    if bounds.extent:
        return "Day"
    if bounds.earliest is None or bounds.earliest == bounds.latest:
        return "Day" if bounds.earliest else "BoundOnly"
    plain = edtf.rstrip("?~%")
    return {4: "Year", 7: "Month"}.get(len(plain), "BoundOnly") if "X" not in plain else "BoundOnly"


def _phrase(edtf: str, precision: str) -> Phrase | None:
    """The phrase with this EDTF text; None where that is no day of the calendar."""
    try:
        return Phrase(edtf, dates.parse(edtf), precision)
    except Backwards:
        raise
    except BadDate:
        return None


def _date(words: str) -> Phrase | None:
    """One day, part of a month, month or year."""
    match = next((found for form in _FORMS if (found := form.fullmatch(words))), None)
    if match is None:
        return None
    given = match.groupdict()
    year, month, day, part = given["year"], given.get("month"), given.get("day"), given.get("part")
    if month is None:
        return _phrase(year, "Year")
    prefix = f"{year}-{_MONTHS[month]:02}"
    if day:
        return _phrase(f"{prefix}-{int(day):02}", "Day")
    if part:
        first, last = _PARTS[part]
        last = min(last, calendar.monthrange(int(year), _MONTHS[month])[1]) if int(year) else last
        return _phrase(f"[{prefix}-{first:02}..{prefix}-{last:02}]", "PartOfMonth")
    return _phrase(prefix, "Month")


def _two(words: str, link: str) -> tuple[Bounds, Bounds] | None:
    """Two dates that a word links, the first of which may leave out its year, or its month and year."""
    match = _TWO.fullmatch(words)
    if match is None or match["link"] != link:
        return None
    second = _date(match["second"])
    if second is None:
        return None
    tail = match["second"].split(" ")
    # 3 and 9 May 2021: the day alone; 30 April and 2 May 2021: without its year
    endings = ["", f" {tail[-1]}", f" {' '.join(tail[-2:])}"]
    first = next((found for ending in endings if (found := _date(match["first"] + ending))), None)
    return (first.bounds, second.bounds) if first else None


def _window(low: date | None, high: date | None) -> Phrase | None:
    return _phrase(f"[{low or ''}..{high or ''}]", "BoundOnly")


def _by(words: str) -> Phrase | None:
    found = _date(words)
    return found and _window(None, found.bounds.latest)


def _before(words: str) -> Phrase | None:
    found = _date(words)
    return _window(None, found.bounds.earliest - timedelta(1)) if found and found.bounds.earliest else None


def _since(words: str) -> Phrase | None:
    found = _date(words)
    return found and _window(found.bounds.earliest, None)


def _after(words: str) -> Phrase | None:
    found = _date(words)
    return _window(found.bounds.latest + timedelta(1), None) if found and found.bounds.latest else None


def _between(words: str) -> Phrase | None:
    both = _two(words, "and")
    return both and _window(both[0].earliest, both[1].latest)


def _either(words: str) -> Phrase | None:
    """One of two days, which have to be neighbours: a window has every day between."""
    both = _two(words, "or")
    if both is None or both[0].latest is None or both[0].latest + timedelta(1) != both[1].earliest:
        return None
    return _window(both[0].earliest, both[1].latest)


def _night(words: str) -> Phrase | None:
    """The night of a day is in that day and the next; of two days, which have to be neighbours, in both."""
    if one := _date(words):
        day = one.bounds.earliest
        return _window(day, day + timedelta(1)) if day and one.precision == "Day" else None
    both = _two(words, "to") or _two(words, "and")
    if both is None or both[0].earliest is None or both[0].earliest + timedelta(1) != both[1].latest:
        return None
    return _window(both[0].earliest, both[1].latest)


def _lasting(words: str) -> Phrase | None:
    both = _two(words, "to")
    return _phrase(f"{dates.to_edtf(both[0])}/{dates.to_edtf(both[1])}", "Day") if both else None


def _about(words: str) -> Phrase | None:
    found = _date(words)
    # a window has no such mark
    return _phrase(f"{found.edtf}~", found.precision) if found and found.precision != "PartOfMonth" else None


_OPENINGS: dict[str, Callable[[str], Phrase | None]] = {
    "by ": _by,
    "before ": _before,
    "since ": _since,
    "after ": _after,
    "between ": _between,
    "from ": _lasting,
    "in the night of ": _night,
    "the night of ": _night,
    "about ": _about,
    "around ": _about,
}
"""The words that a phrase begins with, and what reads the rest."""
