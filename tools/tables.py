"""Reading the tables: every cell is asked for by name, and whatever nobody asked for is an error.

A table is a CSV file with a header. Cells are stripped; an empty cell and the word ``unverified`` both mean
"not known".
"""

import csv
import datetime
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

T = TypeVar("T")

NOT_KNOWN = ("", "unverified")
SLUG = re.compile(r"[a-z0-9]+(-+[a-z0-9]+)*")


class TableError(Exception):
    """A table cannot be read; the message names file, line, column, what stands there and what is accepted."""


class Row:
    """One line of a table. Each method takes one column out of it; ``rows`` complains about what is left."""

    def __init__(self, file: str, line: int, cells: dict[str, str]) -> None:
        """``cells`` maps every column of the header to its text; ``file`` and ``line`` are for messages."""
        self.file = file
        self.line = line
        self.cells = cells

    def bad(self, column: str, found: str, accepted: str) -> TableError:
        """Return the error that says what ``column`` has here and what it may have."""
        return TableError(f"{self.file}:{self.line}: column {column}: found {found!r}; accepted is {accepted}")

    def optional(self, column: str) -> str | None:
        """Return the text of ``column``, or None where it is not known."""
        if column not in self.cells:
            raise TableError(f"{self.file}:1: column {column} is missing")
        cell = self.cells.pop(column).strip()
        return None if cell in NOT_KNOWN else cell

    def text(self, column: str) -> str:
        """Return the text of ``column``, which must be there."""
        cell = self.optional(column)
        if cell is None:
            raise self.bad(column, "", "a text; this cell must not be empty")
        return cell

    def parsed(self, column: str, parse: Callable[[str], T], accepted: str) -> T | None:
        """Return ``parse`` of the cell, or None where it is not known; ``parse`` says no by ValueError."""
        cell = self.optional(column)
        if cell is None:
            return None
        try:
            return parse(cell)
        except (ValueError, InvalidOperation):
            raise self.bad(column, cell, accepted) from None

    def slug(self, column: str) -> str:
        """Return an identifier of our own: lower-case letters and digits, joined by hyphens."""
        cell = self.text(column)
        if not SLUG.fullmatch(cell):
            raise self.bad(column, cell, "lower-case letters and digits joined by hyphens")
        return cell

    def day(self, column: str) -> datetime.date | None:
        """Return a day."""
        return self.parsed(column, datetime.date.fromisoformat, "a day such as 2021-08-15, or nothing")

    def decimal(self, column: str) -> Decimal | None:
        """Return a number."""
        return self.parsed(column, Decimal, "a number, unverified, or nothing")

    def integer(self, column: str) -> int | None:
        """Return a whole number."""
        return self.parsed(column, int, "a whole number, unverified, or nothing")

    def web(self, column: str) -> str | None:
        """Return a web address."""
        return self.parsed(column, web_address, "a web address without spaces, unverified, or nothing")

    def choice(self, column: str, accepted: Mapping[str, T]) -> T:
        """Return what ``accepted`` has for the cell."""
        cell = self.text(column)
        if cell not in accepted:
            raise self.bad(column, cell, "one of " + ", ".join(sorted(accepted)))
        return accepted[cell]

    def known(self, column: str, names: Collection[str], what: str) -> str | None:
        """Return one identifier out of ``names``, or None; ``what`` tells the reader where such names are listed."""
        cell = self.optional(column)
        if cell is not None and cell not in names:
            raise self.bad(column, cell, what)
        return cell

    def several(self, column: str, names: Collection[str], what: str) -> list[str]:
        """Return the identifiers in the cell, which are separated by spaces and all stand in ``names``."""
        cell = self.optional(column) or ""
        for name in cell.split():
            if name not in names:
                raise self.bad(column, name, what)
        return cell.split()

    def same(self, column: str, expected: str) -> None:
        """Check a column that repeats, for the reader of the table, what another table says."""
        cell = self.optional(column) or ""
        if cell != expected:
            raise self.bad(column, cell, f"{expected!r}, as the other table has it")


def web_address(text: str) -> str:
    """Return ``text`` if it is a web address that can stand as an IRI, else raise ValueError."""
    if urlsplit(text).scheme not in ("http", "https") or re.search(r'[\s<>"{}|\\^`]', text):
        raise ValueError(text)
    return text


def rows(tables: Path, name: str) -> Iterator[Row]:
    """Yield the lines of the table ``name`` in the folder ``tables``.

    When the next line is asked for, every column of the line before must have been taken: a column that no tool knows,
    or a cell too many or too few, raises TableError.
    """
    path = tables / name
    shown = f"data/tables/{name}"
    try:
        file = path.open(encoding="utf-8", newline="")
    except OSError as error:
        raise TableError(f"{shown}: cannot be read: {error.strerror}") from error
    with file:
        reader = csv.reader(file, strict=True)
        header = next(reader, [])
        if len(set(header)) != len(header):
            raise TableError(f"{shown}:1: a column name stands twice; every column needs a name of its own")
        line = reader.line_num + 1
        for cells in reader:
            if len(cells) != len(header):
                raise TableError(f"{shown}:{line}: found {len(cells)} cells; the header has {len(header)}")
            row = Row(shown, line, dict(zip(header, cells, strict=True)))
            yield row
            if row.cells:
                raise TableError(f"{shown}:1: column {next(iter(row.cells))} is not known")
            line = reader.line_num + 1


def unique(table: list[T], name: Callable[[T], str], shown: str) -> dict[str, T]:
    """Return the lines of a table by their identifier; raise TableError if one stands twice."""
    found: dict[str, T] = {}
    for entry in table:
        if name(entry) in found:
            raise TableError(f"data/tables/{shown}: {name(entry)} stands twice; every line needs its own")
        found[name(entry)] = entry
    return found
