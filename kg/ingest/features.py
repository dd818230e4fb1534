"""GeoJSON one feature after the other: a collection, a sequence of features a line, or one feature. Bounded memory."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from kg.errors import BadFile
from kg.ingest import tables
from kg.ingest.tables import Record

CHUNK = 1 << 20
"""Characters that are read at once."""
MOST = 64 << 20
"""Characters that one feature may have."""
_SPACE = " \t\r\n\x1e\ufeff"
_CONTROL = re.compile(r"(?<!\\)(?:\\\\)*\\(?:u00[01]|[bf])|[\ufffe\uffff]")
"""What `json` writes for a character that XML 1.0 cannot have."""
_decode = json.JSONDecoder().raw_decode


class _Text:
    """A text of JSON that is read as far as it is needed."""

    def __init__(self, name: str, file: IO[bytes]) -> None:
        self.name, self.file = name, file
        self.text, self.at, self.ended, self.lines = "", 0, False, 1

    def more(self, size: int = CHUNK) -> None:
        """Read on, and forget what lies behind."""
        raw = self.file.read(size) + self.file.readline()
        self.ended = not raw
        try:
            fresh = raw.decode()
        except UnicodeDecodeError as error:
            raise BadFile(self.name, None, f"not UTF-8, which JSON has to be: {error.reason}") from None
        self.lines += self.text.count("\n", 0, self.at)
        self.text, self.at = self.text[self.at :] + fresh, 0

    def peek(self) -> str:
        """The next character that is no space; empty at the end."""
        while True:
            while self.at < len(self.text) and self.text[self.at] in _SPACE:
                self.at += 1
            if self.at < len(self.text) or self.ended:
                return self.text[self.at : self.at + 1]
            self.more()

    def take(self, character: str) -> None:
        """Go past a character. Raises BadFile where there is another one."""
        if self.peek() != character:
            raise self.wrong(f"{character!r} is missing")
        self.at += 1

    def value(self) -> Any:
        """The next value. Raises BadFile."""
        self.peek()
        while True:
            try:
                found, self.at = _decode(self.text, self.at)
                # a number may go on
                if self.at < len(self.text) or self.ended:
                    return found
            except RecursionError:
                raise self.wrong("it is nested too deeply") from None
            except json.JSONDecodeError as error:
                if self.ended or len(self.text) - self.at > MOST:
                    raise self.wrong(error.msg) from None
            self.more(max(CHUNK, len(self.text)))

    def wrong(self, reason: str) -> BadFile:
        """What is raised where the text is no JSON."""
        return BadFile(self.name, self.lines + self.text.count("\n", 0, self.at), f"no GeoJSON: {reason}")


def records(paths: Sequence[Path]) -> Iterator[Record]:
    """The features of files, each a row with its number in the place of a line and its members as fields.

    Raises BadFile.
    """
    for at, path in enumerate(paths):
        with tables.opened(path, ".json", ".geojson") as files:
            for name, file, reached in files:
                for number, feature in enumerate(_features(_Text(name, file)), 1):
                    share = (at + reached()) / len(paths)
                    text = json.dumps(feature, ensure_ascii=False)
                    shown = text.encode("utf-8", "replace").decode()
                    wrong = _wrong(feature) or ("" if shown == text and not _CONTROL.search(text) else tables.NO_TEXT)
                    yield Record(name, number, feature if not wrong else {}, shown, share, wrong)


def _wrong(feature: Any) -> str:
    """Why something is no feature (RFC 7946, section 3.2); empty where it is one."""
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        return "no feature"
    members = [each for each in ("properties", "geometry") if not isinstance(feature.get(each) or {}, dict)]
    return f"no object: {', '.join(members)}" if members else ""


def _features(text: _Text) -> Iterator[Any]:
    if text.peek() != "{":
        raise text.wrong("it does not begin with an object")
    text.at += 1
    alone: dict[str, Any] = {}
    while text.peek() != "}":
        member = text.value()
        text.take(":")
        if member == "features":
            yield from _listed(text)
            return
        alone[member] = text.value()
        if text.peek() == ",":
            text.at += 1
    text.at += 1
    if alone.get("type") != "Feature":
        raise text.wrong("neither a FeatureCollection nor a Feature")
    yield alone
    while text.peek():  # a feature a line
        yield text.value()


def _listed(text: _Text) -> Iterator[Any]:
    text.take("[")
    while text.peek() != "]":
        yield text.value()
        if text.peek() != "]":
            text.take(",")
