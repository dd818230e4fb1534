"""An answer as rows for a page: the first ones in full, all of them counted, whatever their number.

Read from the TSV form, which has a row a line, so that an answer of any size needs little memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"(?:@([A-Za-z0-9-]+)|\^\^<([^>]*)>)?', re.DOTALL)
_ESCAPE = re.compile(r"\\(.)")
_MEANT = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f"}


@dataclass(frozen=True)
class Cell:
    """One term: `kind` is iri, literal, blank or none (unbound)."""

    kind: str
    text: str = ""
    lang: str | None = None
    datatype: str | None = None


@dataclass(frozen=True)
class Table:
    """The names of the columns, the first rows, and how many rows the whole answer has."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: int

    def iris(self) -> set[str]:
        """Every IRI in the rows that are here."""
        return {cell.text for row in self.rows for cell in row if cell.kind == "iri"}


def read(chunks: Iterable[bytes], most: int) -> Table:
    """The table of a TSV document, with at most `most` rows."""
    kept: list[str] = []
    lines, rest = 0, b""
    for chunk in chunks:
        pieces = (rest + chunk).split(b"\n")
        rest = pieces.pop()
        lines += len(pieces)
        kept += (piece.decode() for piece in pieces[: most + 1 - len(kept)])
    head, *rows = kept
    columns = tuple(name.removeprefix("?") for name in head.split("\t")) if head else ()
    return Table(columns, tuple(tuple(map(cell, row.split("\t"))) if columns else () for row in rows), lines - 1)


def cell(text: str) -> Cell:
    """One term of a TSV document, which is written as in Turtle."""
    if not text:
        return Cell("none")
    if text.startswith("<") and not text.startswith("<<"):
        return Cell("iri", text[1:-1])
    if text.startswith("_:"):
        return Cell("blank", text)
    if literal := _LITERAL.fullmatch(text):
        value, lang, datatype = literal.groups()
        return Cell("literal", _ESCAPE.sub(lambda found: _MEANT.get(found[1], found[1]), value), lang, datatype)
    return Cell("literal", text)  # a number or a boolean, whose text is its value; or a triple term, as it is written
