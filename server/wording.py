"""How things are written for people: IRIs short and linked, days in words, stances with a shape."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from urllib.parse import quote

from kg import dates
from kg.errors import BadDate
from kg.files import BASE
from kg.ontology import PREFIXES

ONTOLOGY = PREFIXES["kg"]
STANCES = {
    "Reports": ("●", "reports"),
    "Announces": ("▶", "announces"),
    "Confirms": ("✔", "confirms"),
    "Alleges": ("◇", "alleges"),
    "Denies": ("✕", "denies"),
    "Assumes": ("◌", "assumes"),
}
"""Stance → its shape and word. Shape and word differ, so that colour is never the only sign."""


def short(iri: str) -> str:
    """An IRI with one of our prefixes, in angle brackets where none fits.

    >>> short("https://w3id.org/controlgraph/id/place/city-kabul")
    'place:city-kabul'
    """
    fitting = [(name, iri[len(space) :]) for name, space in PREFIXES.items() if iri.startswith(space)]
    if not fitting:
        return f"<{iri}>"
    prefix, rest = min(fitting, key=lambda pair: len(pair[1]))
    return f"{prefix}:{rest}"


def is_ours(iri: str) -> bool:
    """Whether we name the thing ourselves."""
    return iri.startswith((f"{BASE}id/", f"{BASE}ontology"))


def local(iri: str) -> str:
    """The path of our page about an IRI; any IRI has one."""
    if iri.startswith(f"{BASE}id/"):
        return "/" + quote(iri[len(BASE) :], safe="/:@!$&'()*+,;=-._~%")
    if iri in (f"{BASE}ontology", ONTOLOGY):
        return "/ontology"
    if iri.startswith(ONTOLOGY):
        return "/ontology#" + quote(iri[len(ONTOLOGY) :])
    return "/resource?iri=" + quote(iri, safe="")


def called(iri: str, labels: Mapping[str, str]) -> str:
    """What an IRI is called: its label, or its short form."""
    return labels.get(iri) or short(iri)


def day(value: date) -> str:
    """A day: 22 June 2021."""
    return f"{value.day} {value:%B %Y}" if value.year >= 1000 else value.isoformat()


def when(edtf: str) -> str:
    """An EDTF text in words that say what is known and no more; a text that is no EDTF stays as it is.

    >>> when("[2021-07-01..2021-07-02]")
    'between 1 and 2 July 2021'
    >>> when("[..2021-07-09]")
    'by 9 July 2021'
    """
    try:
        bounds = dates.parse(edtf)
    except BadDate:
        return edtf
    if bounds.extent:
        begin, end = (_span(*pair) for pair in (
            (bounds.earliest, bounds.latest), (bounds.end_earliest, bounds.end_latest)
        ))  # fmt: skip
        words = f"from {begin or 'an unknown day'} until {end or 'an unknown day'}"
    else:
        words = _moment(bounds.earliest, bounds.latest)
    flags = {"?": "uncertain", "~": "approximate", "%": "uncertain and approximate"}
    said = ", ".join(flags[flag] for flag in bounds.flags)
    return f"{words} ({said})" if said else words


def _moment(earliest: date | None, latest: date | None) -> str:
    if earliest and latest:
        span = _span(earliest, latest)
        return f"between {span}" if " and " in span else f"in {span}" if _whole(earliest, latest) else f"on {span}"
    if latest:
        return f"by {day(latest)}"
    return f"on or after {day(earliest)}" if earliest else "at an unknown time"


def _span(earliest: date | None, latest: date | None) -> str:
    """A day, a month, a year, or two days with what they have in common said once; empty where a bound is open."""
    if earliest is None or latest is None:
        return ""
    if earliest == latest:
        return day(earliest)
    if whole := _whole(earliest, latest):
        return whole
    if (earliest.year, earliest.month) == (latest.year, latest.month):
        return f"{earliest.day} and {day(latest)}"
    if earliest.year == latest.year:
        return f"{earliest.day} {earliest:%B} and {day(latest)}"
    return f"{day(earliest)} and {day(latest)}"


def _whole(earliest: date, latest: date) -> str:
    """The month or year that two days bound exactly; empty where they bound none."""
    if earliest == latest or earliest.day != 1 or latest == date.max or (latest + timedelta(days=1)).day != 1:
        return ""
    if (earliest.year, earliest.month) == (latest.year, latest.month):
        return f"{earliest:%B %Y}"
    return f"{earliest:%Y}" if (earliest.year, earliest.month, latest.month) == (latest.year, 1, 12) else ""


def stance(iri: str) -> tuple[str, str, str]:
    """A stance as (name for the stylesheet, shape, word); one that we do not know has its own name for a word."""
    name = iri.rpartition("#")[2]
    shape, word = STANCES.get(name, ("○", name))
    return word.casefold() if name in STANCES else "other", shape, word
