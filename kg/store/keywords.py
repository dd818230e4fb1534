"""Whether a text of SPARQL has a keyword, as the engine reads it.

The engine does not separate a text into words first: it reads `SERVICESILENT<x>`, `FROMe:g` and `1e5SERVICE<x>` with
the keyword in them, and a reader of words does not. So the engine itself is asked: a text that is SPARQL with a word
made to mean nothing, wherever it stands, never had it as a keyword.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import pyoxigraph as ox

_HEARTS = {
    "SERVICE": "(?<=SER)V(?=ICE)",
    "LOAD": "(?<=L)O(?=AD)",
    "FROM": "(?<=F)R(?=OM)",
}
"""The letter of each keyword without which it means nothing; what is left is as long, and still part of a name."""
_HEART = {word: re.compile(heart, re.IGNORECASE | re.ASCII) for word, heart in _HEARTS.items()}
_PERHAPS = re.compile(r"from\s*(?:<|#|named|[^\s<>{}()\"'/|^?$;,]*:)", re.IGNORECASE)
"""What every dataset clause matches, and little else."""


def check_without(
    words: tuple[str, ...],
    text: str,
    base_iri: str | None = None,
    prefixes: Mapping[str, str] | None = None,
    *,
    update: bool = False,
) -> None:
    """Raise SyntaxError, as the engine does and with its position, where a query (or an update) is no SPARQL once
    `words` mean nothing in it."""
    read = ox.Store().update if update else ox.Store().query
    names = {_idle(words, name): iri for name, iri in prefixes.items()} if prefixes else None
    try:
        read(_idle(words, text), base_iri=base_iri, prefixes=names)
    except (OSError, RuntimeError, ValueError):
        return  # it was read, and there was nothing to find


def _idle(words: tuple[str, ...], text: str) -> str:
    for word in words:
        text = _HEART[word].sub(lambda letter: "X" if letter[0].isupper() else "x", text)
    return text


def names_dataset(query: str, base_iri: str | None = None, prefixes: Mapping[str, str] | None = None) -> bool:
    """Whether a query has a dataset clause of its own (FROM, SPARQL 1.1 section 13.2).

    Of a text that is no SPARQL the answer means nothing.

    >>> names_dataset("SELECT * { ?from a 'FROM <g>' }"), names_dataset("ASK FROM <g> {}", "http://example.org/")
    (False, True)
    """
    # most texts have none, and asking takes longer than not to find it
    if "FROM" not in query.upper() or not _PERHAPS.search(query):
        return False
    try:
        check_without(("FROM",), query, base_iri, prefixes)
    except SyntaxError:
        return True
    return False
