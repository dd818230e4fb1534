"""Delimited files, plain or in a zip archive: whole lines in chunks of bytes, or rows one by one."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from kg.errors import BadFile

CHUNK = 32 << 20
"""Bytes of text that are worked on at once."""
BOM = b"\xef\xbb\xbf"
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""Characters that XML 1.0 cannot have (section 2.2), and so no answer in it."""
NO_TEXT = "characters that are no text"

Progress = Callable[[str, float], None]
"""Called with a word about the step, and how much of it is done (0 to 1)."""


@dataclass(frozen=True)
class Chunk:
    """Whole lines of a file: its name, the number of the first of them (the heading is 1), the bytes; how much of all
    files has been read with it (0 to 1)."""

    file: str
    first: int
    text: bytes
    share: float


@dataclass(frozen=True)
class Record:
    """A row of a table: the file, the line on which it begins, its fields by the names of the columns, its text, and
    how much of all files has been read with it (0 to 1). `wrong` says why it is no row; then it has no fields."""

    file: str
    line: int
    fields: dict[str, Any]
    text: str
    share: float
    wrong: str = ""


@contextmanager
def opened(path: Path, *endings: str) -> Iterator[list[tuple[str, IO[bytes], Callable[[], float]]]]:
    """The files in a file: itself, or each of an archive that ends so (`.csv`); the name, the bytes, and how much of it
    is read.

    Raises BadFile.
    """
    with ExitStack() as stack:
        try:
            size = max(1, path.stat().st_size)
            raw = stack.enter_context(path.open("rb"))
            if not zipfile.is_zipfile(path):
                yield [(path.name, raw, lambda: raw.tell() / size)]
                return
            archive = stack.enter_context(zipfile.ZipFile(raw))
            ends = endings or (".csv",)
            members = [each for each in archive.infolist() if each.filename.endswith(ends) and not _hidden(each)]
            if not members:
                raise BadFile(str(path), None, f"an archive without a {' or '.join(ends)} file")
            whole = max(1, sum(each.file_size for each in members))
            before, tables = 0, []
            for each in members:
                file = stack.enter_context(archive.open(each))
                tables.append((f"{path.name}/{each.filename}", file, _reached(file, before, whole)))
                before += each.file_size
            yield tables
        except OSError as error:
            raise BadFile(str(path), None, f"cannot be read: {error.strerror or error}") from None
        except UnicodeError as error:
            raise BadFile(str(path), None, f"not in the encoding that was named: {error}") from None
        except (zipfile.BadZipFile, EOFError) as error:
            raise BadFile(str(path), None, f"a damaged archive: {error}") from None


def _hidden(member: zipfile.ZipInfo) -> bool:
    return any(part.startswith((".", "__MACOSX")) for part in member.filename.split("/"))


def _reached(file: IO[bytes], before: int, whole: int) -> Callable[[], float]:
    return lambda: (before + file.tell()) / whole


def chunks(paths: Sequence[Path], check: Callable[[str, list[str]], None]) -> Iterator[Chunk]:
    """The lines below the headings, in chunks. `check` gets the name of each table and its columns.

    Raises BadFile.
    """
    for at, path in enumerate(paths):
        with opened(path) as tables:
            for name, file, reached in tables:
                heading = file.readline().removeprefix(BOM)
                check(name, _columns(name, heading))
                line = 2
                while text := file.read(CHUNK):
                    text += file.readline()
                    if not text.endswith(b"\n"):
                        text += b"\n"
                    yield Chunk(name, line, text, (at + reached()) / len(paths))
                    line += text.count(b"\n")


def _columns(name: str, heading: bytes) -> list[str]:
    try:
        return [column.strip() for column in next(csv.reader([heading.decode()]), [])]
    except UnicodeDecodeError:
        raise BadFile(name, 1, "the heading is not UTF-8") from None


def records(
    paths: Sequence[Path], check: Callable[[str, list[str]], None], *, delimiter: str = ",", encoding: str = "utf-8"
) -> Iterator[Record]:
    """The rows below the headings. Bytes that are no text of the encoding are kept as surrogates. Raises BadFile."""
    for at, path in enumerate(paths):
        with opened(path) as tables:
            for name, file, reached in tables:
                text = io.TextIOWrapper(file, encoding, "surrogateescape", newline="")
                rows = csv.reader(text, delimiter=delimiter, strict=True)
                columns = _heading(name, rows)
                check(name, columns)
                line = rows.line_num + 1
                for row, wrong in _each(rows):
                    share = (at + reached()) / len(paths)
                    wrong = wrong or _wrong(row, columns)
                    fields = {} if wrong else dict(zip(columns, row, strict=True))
                    shown = delimiter.join(row).encode("utf-8", "replace").decode()
                    yield Record(name, line, fields, shown, share, wrong)
                    line = rows.line_num + 1
                text.detach()


def _heading(name: str, rows: Any) -> list[str]:
    try:
        return [column.strip().removeprefix("\ufeff") for column in next(rows, [])]
    except csv.Error as error:
        raise BadFile(name, 1, f"no heading of a table: {error}") from None


def _each(rows: Any) -> Iterator[tuple[list[str], str]]:
    """Each row with what is wrong with it; after one that cannot be read it goes on with the next line."""
    while True:
        try:
            yield next(rows), ""
        except StopIteration:
            return
        except csv.Error as error:
            yield [], f"quotation marks or fields that cannot be: {error}"


def _wrong(row: list[str], columns: list[str]) -> str:
    if not row:
        return "an empty line"
    if len(row) != len(columns):
        return f"{len(row)} fields, where the heading has {len(columns)}"
    if any("\udc80" <= letter <= "\udcff" for field in row if not field.isascii() for letter in field):
        return "bytes that are no text of the encoding"
    return NO_TEXT if any(map(CONTROL.search, row)) else ""


def exactly(needed: Sequence[str], known: Sequence[str], of: str) -> Callable[[str, list[str]], None]:
    """A check of headings: every needed column is there, and none that is not known. Raises BadFile."""

    def check(name: str, columns: list[str]) -> None:
        missing = [each for each in needed if each not in columns]
        strange = [each for each in columns if each not in known]
        twice = sorted({each for each in columns if columns.count(each) > 1})
        told = []
        told += [f"missing are the columns {', '.join(missing)}"] if missing else []
        told += [f"not known are {', '.join(map(repr, strange))}"] if strange else []
        told += [f"named twice are {', '.join(twice)}"] if twice else []
        if told:
            raise BadFile(name, 1, f"no {of}: {'; '.join(told)}. Accepted are {', '.join(known)}")

    return check
