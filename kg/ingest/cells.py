"""The fields of one row, read one by one: what is read is taken out, so that what nobody reads is seen."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from kg.errors import Problem


class Rejected(Problem):
    """A row of which nothing can be taken; the message says why: the kind of fault, a colon, the value."""


_ISO = re.compile(r"(\d{4}-\d\d-\d\d)(?:[ T]00:00:00(?:\.0+)?)?")


class Cells:
    """The fields of a row by column. `odd` gets what is strange and yet can be read."""

    def __init__(self, fields: Mapping[str, Any]) -> None:
        self.left = dict(fields)
        self.odd: list[str] = []

    def text(self, column: str) -> str:
        """A text without spaces around it; empty where the column is empty or not there."""
        value = self.left.pop(column, "")
        raw = "" if value is None else str(value)
        plain = raw.strip()
        if "\u00a0" in raw:
            self.odd.append(f"a non-breaking space: {column}")
            plain = " ".join(plain.replace("\u00a0", " ").split())
        return plain

    def needed(self, column: str) -> str:
        """A text that has to be there. Raises Rejected."""
        if found := self.text(column):
            return found
        raise Rejected(f"a value is missing: {column}")

    def number(self, column: str, low: int = 0, high: int = 10**9) -> int:
        """A whole number between two bounds. Raises Rejected."""
        text = self.needed(column)
        if not re.fullmatch(r"-?\d{1,10}", text) or not low <= int(text) <= high:
            raise Rejected(f"no whole number from {low} to {high}: {column} {text!r}")
        return int(text)

    def degrees(self, column: str, most: int) -> float:
        """A coordinate. Raises Rejected."""
        text = self.needed(column)
        if not re.fullmatch(r"-?\d{1,3}(\.\d+)?", text) or abs(float(text)) > most:
            raise Rejected(f"no coordinate between -{most} and {most}: {column} {text!r}")
        return float(text)

    def day(self, column: str, latest: date) -> int:
        """A day (`date.toordinal`), as 2021-08-06 or 06 August 2021. Raises Rejected."""
        text = self.needed(column)
        found = _ISO.fullmatch(text)
        try:
            day = date.fromisoformat(found[1]) if found else datetime.strptime(text, "%d %B %Y").date()
        except ValueError:
            raise Rejected(f"no day of the calendar: {column} {text!r}") from None
        if day > latest:
            raise Rejected(f"a day that was still to come when the file was retrieved: {column} {text!r}")
        return day.toordinal()

    def skip(self, columns: Mapping[str, str]) -> None:
        """Leave out columns, each for a reason."""
        for column in columns:
            self.left.pop(column, None)
