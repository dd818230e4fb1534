"""The queries of the library, each a file that runs as it is in any SPARQL tool.

`*.rq` are asked by the library itself; `examples/*.rq` are questions for people. The first comment line of a file is
the question it answers, further comment lines explain it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rdflib import Literal

_FOLDER = Path(__file__).parent
_IRI = re.compile(r"""[A-Za-z][A-Za-z0-9+.-]*:[^<>"{}|^`\\\x00-\x20]*""")


@dataclass(frozen=True)
class Example:
    """A question for people: its slug, the question in words, an explanation (may be empty), the query's text."""

    slug: str
    question: str
    explanation: str
    text: str


@cache
def text(name: str) -> str:
    """The text of `kg/queries/<name>.rq`."""
    return (_FOLDER / f"{name}.rq").read_text("utf-8")


def text_for(name: str, variable: str, iris: Iterable[str]) -> str:
    """The text of `kg/queries/<name>.rq` with these IRIs put in for a variable, as `filled` does."""
    return filled(text(name), variable, iris)


def filled(query: str, variable: str, iris: Iterable[str]) -> str:
    """A query with these IRIs in its blocks `VALUES ?variable { UNDEF }`.

    As shipped the blocks ask for everything, so the files run anywhere as they are. Raises ValueError for a text that
    is no IRI, or where the query has no such block.
    """
    listed = sorted(set(iris))
    for iri in listed:
        if not _IRI.fullmatch(iri):
            raise ValueError(f"{iri!r} is no IRI")
    return _put(query, variable, (f"<{iri}>" for iri in listed))


def filled_with(query: str, variable: str, texts: Iterable[Literal]) -> str:
    """A query with these literals in its blocks `VALUES ?variable { UNDEF }`, as `filled` does with IRIs."""
    return _put(query, variable, (text.n3() for text in texts))


def _put(query: str, variable: str, terms: Iterable[str]) -> str:
    block = f"VALUES ?{variable} {{ UNDEF }}"
    if block not in query:
        raise ValueError(f"the query has no block {block!r}")
    return query.replace(block, f"VALUES ?{variable} {{ {' '.join(terms)} }}")


@cache
def examples() -> list[Example]:
    """The questions for people, in the order of their file names (`01-…`, `02-…`)."""
    return [_example(path) for path in sorted((_FOLDER / "examples").glob("*.rq"))]


def _example(path: Path) -> Example:
    lines = path.read_text("utf-8").splitlines()
    body = next(number for number, line in enumerate(lines) if not line.startswith("#"))
    question, *explanation = (line.lstrip("# ").rstrip() for line in lines[:body])
    slug = path.stem.partition("-")[2]
    return Example(slug, question, " ".join(explanation), "\n".join(lines[body:]).strip() + "\n")
