"""What a query gives back: serialised bytes, in memory while small, in an unlinked file when large."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field

RESULT_FORMATS = {
    "json": "application/sparql-results+json",
    "xml": "application/sparql-results+xml",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
}
"""Serialisations of solutions and booleans, by short name, with their media types."""

GRAPH_FORMATS = {
    "ttl": "text/turtle",
    "nt": "application/n-triples",
    "nq": "application/n-quads",
    "trig": "application/trig",
    "rdf": "application/rdf+xml",
    "jsonld": "application/ld+json",
}
"""Serialisations of graphs, by short name, with their media types."""

CHUNK = 256 * 1024
"""Bytes read from a spooled answer at a time."""


@dataclass(frozen=True)
class Answer:
    """A finished answer, complete by construction.

    `kind` is solutions, boolean or graph; `form` the short name of its serialisation; `size` its length in bytes.
    The bytes lie in `inline`, or, where that is None, in the open file `descriptor`, which `close` closes.
    `version` names the version of the store that gave it.
    """

    kind: str
    form: str
    size: int
    version: str
    inline: bytes | None = None
    descriptor: int | None = None

    @property
    def media_type(self) -> str:
        """The media type of the bytes, without parameters."""
        return RESULT_FORMATS.get(self.form) or GRAPH_FORMATS[self.form]

    def chunks(self) -> Iterator[bytes]:
        """The bytes, in pieces of at most `CHUNK`; closes the file at the end."""
        if self.inline is not None:
            yield self.inline
            return
        assert self.descriptor is not None
        offset = 0
        try:
            while offset < self.size:
                piece = os.pread(self.descriptor, CHUNK, offset)
                if not piece:
                    raise OSError(f"the spooled answer ends after {offset} of {self.size} bytes")
                offset += len(piece)
                yield piece
        finally:
            self.close()

    def read(self) -> bytes:
        """All bytes at once."""
        return b"".join(self.chunks())

    def text(self) -> str:
        """All bytes as text."""
        return self.read().decode()

    def close(self) -> None:
        """Give up the file of a spooled answer that nobody will read."""
        if self.descriptor is not None:
            os.close(self.descriptor)
            object.__setattr__(self, "descriptor", None)


@dataclass
class Account:
    """What a write changed: statements added and taken away by graph (IRI, or "" for the unnamed one), the IRIs in
    them, and the graphs of which only the whole can be checked, because they were replaced or too much changed.

    `changed` tells what changed in the union of all graphs: property → subjects (blank nodes as `_:x`). Where too much
    changed to be listed, it and `nodes` are empty."""

    added: dict[str, int] = field(default_factory=dict)
    removed: dict[str, int] = field(default_factory=dict)
    nodes: set[str] = field(default_factory=set)
    whole: set[str] = field(default_factory=set)
    changed: dict[str, set[str]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.added or self.removed)
