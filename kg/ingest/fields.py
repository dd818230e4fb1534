"""Fields of delimited text as columns, without a Python object for each: for files of millions of rows.

Eight bytes of a field are read as one number (little endian), which compares texts and reads digits at once.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

COMMA, NEWLINE, RETURN, QUOTE = b',\n\r"'
WORD = 8
"""Bytes that are read at once."""
_KEPT = np.array([(1 << (8 * size)) - 1 for size in range(WORD)] + [(1 << 64) - 1], np.uint64)
"""For a number of bytes, the bits of a word that they have."""
_ZEROS = np.uint64(0x3030303030303030)
_DAYS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
_EPOCH = np.datetime64("0001-01-01", "D")


class Fields:
    """The fields of the lines of a text whose every line ends, and that are plain: as many delimiters as `columns`
    ask for, and no quotation mark.

    `line` has the number of each plain line (from 0), `other` those of the lines that are not. Columns are counted
    from 0; a field is told by where it starts and how many bytes it has.
    """

    def __init__(self, text: bytes, columns: int, delimiter: int = COMMA) -> None:
        padded = np.frombuffer(text + bytes(WORD), np.uint8)
        self._words: Array = np.ndarray((len(text) + 1,), "<u8", padded, strides=(1,))
        whole = padded[: len(text)]
        marks = np.flatnonzero((whole == delimiter) | (whole == NEWLINE))
        ends = np.flatnonzero(whole[marks] == NEWLINE)
        count = np.diff(ends, prepend=-1)
        plain = count == columns
        if QUOTE in text:
            plain[np.searchsorted(marks[ends], np.flatnonzero(whole == QUOTE))] = False
        self.line, self.other = np.flatnonzero(plain), np.flatnonzero(~plain)
        self._marks = marks[ends[plain][:, None] + np.arange(1 - columns, 1)]
        begins = np.concatenate(([0], marks[ends[:-1]] + 1)) if len(ends) else np.zeros(0, np.int64)
        self._begin = begins[plain]
        returned = whole[self._marks[:, -1] - 1] == RETURN if len(self._marks) else np.zeros(0, bool)
        self._marks[:, -1] -= returned
        self.bounds = (begins, marks[ends])

    def span(self, column: int) -> tuple[Array, Array]:
        """Where the fields of a column start, and how many bytes they have."""
        start = self._begin if column == 0 else self._marks[:, column - 1] + 1
        return start, self._marks[:, column] - start

    def word(self, column: int) -> tuple[Array, Array]:
        """The first eight bytes of each field as a number, those beyond its end 0, and how many bytes it has."""
        start, size = self.span(column)
        return self._words[start] & _KEPT[np.minimum(size, WORD)], size

    def among(self, column: int, texts: list[bytes]) -> Array:
        """For each field the number of the text (from 0) that it is, -1 where it is none of them."""
        start, size = self.span(column)
        first = self._words[start] & _KEPT[np.minimum(size, WORD)]
        found = np.full(len(start), -1, np.int16)
        for number, text in enumerate(texts):
            fits = (first == _word(text[:WORD])) & (size == len(text))
            for at in range(WORD, len(text), WORD):
                rest = text[at : at + WORD]
                where = np.flatnonzero(fits)
                fits[where] = (self._words[start[where] + at] & _KEPT[len(rest)]) == _word(rest)
            found[fits] = number
        return found

    def numbers(self, column: int) -> Array:
        """Each field of one to eight digits as a number, -1 where it is something else."""
        word, size = self.word(column)
        digits = (size >= 1) & (size <= WORD)
        shift = (8 * (WORD - np.clip(size, 1, WORD))).astype(np.uint64)
        # to the right end, zeros before it
        word = (word << shift) | (_ZEROS & _KEPT[(WORD - np.clip(size, 1, WORD))])
        value = word - _ZEROS
        over = (value + np.uint64(0x7676767676767676)) | value
        digits &= (over & np.uint64(0x8080808080808080)) == 0
        return np.where(digits, _eight_digits(value), -1)


def _word(text: bytes) -> np.uint64:
    return np.uint64(int.from_bytes(text, "little"))


def _eight_digits(value: Array) -> Array:
    """The number that eight bytes of digits (without their zero) say, the first byte the highest."""
    pairs = (value * np.uint64(10) + (value >> np.uint64(8))) & np.uint64(0x00FF00FF00FF00FF)
    fours = (pairs * np.uint64(100) + (pairs >> np.uint64(16))) & np.uint64(0x0000FFFF0000FFFF)
    return ((fours * np.uint64(10_000) + (fours >> np.uint64(32))) & np.uint64(0xFFFFFFFF)).astype(np.int64)


def days(numbers: Array) -> Array:
    """Dates written as numbers of eight digits (20220224) as days (`date.toordinal`), 0 where it is none of the
    calendar.

    A shorter number is none: the number of a place in the column of the date would become a day of the year 46.
    """
    year, month, day = numbers // 10_000, numbers // 100 % 100, numbers % 100
    valid = (year >= 1000) & (year <= 9999) & (month >= 1) & (month <= 12) & (day >= 1)
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    valid &= day <= _DAYS[np.clip(month, 1, 12) - 1] + ((month == 2) & leap)
    months = np.where(valid, (year - 1970) * 12 + month - 1, 0).astype("datetime64[M]")
    ordinal = (months.astype("datetime64[D]") - _EPOCH).astype(np.int64) + day
    return np.where(valid, ordinal, 0)
