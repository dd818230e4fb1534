"""The Turtle that readers write: texts with the names they are given, dates named as everywhere."""

from __future__ import annotations

import re
from datetime import date, timedelta
from hashlib import sha256

from kg.ontology import PREFIXES
from kg.phrases import Phrase

HEAD = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
"""What a part begins with."""
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_SPECIAL = re.compile(r'[\\"\n\r\t]')
_LOCAL = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")


def quoted(text: str, language: str = "") -> str:
    """A text as a literal, in a language or in none."""
    plain = _SPECIAL.sub(lambda found: _ESCAPES[found[0]], text)
    return f'"{plain}"@{language}' if language else f'"{plain}"'


def curie(kind: str, local: str) -> str:
    """The name of a thing of a kind; `local` has letters, digits and hyphens, else the whole IRI is written."""
    return f"{kind}:{local}" if _LOCAL.fullmatch(local) else f"<{PREFIXES[kind]}{local}>"


def slug(text: str, most: int = 40) -> str:
    """What an IRI has of a text: its first letters and digits that are ASCII."""
    return "-".join(re.findall(r"[a-z0-9]+", text.casefold()))[:most].strip("-")


def span(edtf: str) -> str:
    """What names have of a date in EDTF."""
    plain = slug(edtf)
    return plain if plain == edtf else f"{plain}-{sha256(edtf.encode()).hexdigest()[:6]}"


class Dates:
    """The dates that a text names, described once each: days as in every file, windows by names that tell their kind,
    because equal windows of another kind are other dates."""

    def __init__(self) -> None:
        self._described: dict[str, str] = {}
        self._days: dict[int, str] = {}

    def day(self, ordinal: int) -> str:
        """A single day."""
        name = self._days.get(ordinal)
        if name is None:
            text = str(date.fromordinal(ordinal))
            name = self._days[ordinal] = self._say(f"when:{text}", text, ordinal, ordinal, "Day")
        return name

    def window(self, low: int, high: int, precision: str) -> str:
        """One unknown day from `low` to `high`; `precision` is the local name of its kg:precision."""
        if low == high:
            return self.day(low)
        first, last = date.fromordinal(low), date.fromordinal(high)
        if precision in ("Month", "Year") and (text := _calendar(first, last)):
            return self._say(f"when:{text}", text, low, high, "Month" if len(text) > len("2021") else "Year")
        name = f"when:{precision.lower()}-{first}--{last}"
        return self._say(name, f"[{first}..{last}]", low, high, precision)

    def phrase(self, said: Phrase, text: str = "") -> str:
        """A date in EDTF or in words; `text` are the words, where they are others."""
        bounds = said.bounds
        if not text and not bounds.extent and not bounds.flags and bounds.earliest and bounds.latest:
            return self.window(bounds.earliest.toordinal(), bounds.latest.toordinal(), said.precision)
        name = f"when:said-{sha256(f'{said.edtf} {text}'.encode()).hexdigest()[:12]}"
        limits = (("earliest", bounds.earliest), ("latest", bounds.latest),
                  ("endEarliest", bounds.end_earliest), ("endLatest", bounds.end_latest))  # fmt: skip
        told = "".join(f' ; kg:{term} "{day}"^^xsd:date' for term, day in limits if day)
        words = f" ; kg:dateText {quoted(text)}" if text else ""
        self._described[name] = (
            f'{name} a kg:When ; kg:edtf "{said.edtf}"^^edtf:EDTF{told}{words} ; kg:precision kg:{said.precision} .\n'
        )
        return name

    def words(self, text: str) -> str:
        """Words that are no date that is understood: a date without bounds."""
        name = f"when:text-{sha256(text.encode()).hexdigest()[:12]}"
        self._described[name] = f"{name} a kg:When ; kg:dateText {quoted(text)} .\n"
        return name

    def _say(self, name: str, edtf: str, low: int, high: int, precision: str) -> str:
        if name not in self._described:
            first, last = date.fromordinal(low), date.fromordinal(high)
            self._described[name] = (
                f'{name} a kg:When ; kg:edtf "{edtf}"^^edtf:EDTF ; kg:earliest "{first}"^^xsd:date ;'
                f' kg:latest "{last}"^^xsd:date ; kg:precision kg:{precision} .\n'
            )
        return name

    def text(self) -> str:
        """The descriptions of all dates that were named."""
        return "".join(self._described.values())


def _calendar(first: date, last: date) -> str:
    """The month or the year that two days bound, as EDTF has it; empty where they bound none."""
    if first.day != 1 or (last + timedelta(days=1)).day != 1:
        return ""
    if (first.year, first.month) == (last.year, last.month):
        return f"{first:%Y-%m}"
    return f"{first:%Y}" if (first.year, first.month, last.month) == (last.year, 1, 12) else ""
