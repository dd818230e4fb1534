"""No query of a stranger reaches out of this machine: the first of two walls, on the level of tokens.

The engine follows `SERVICE` in queries and `LOAD` in updates to any address, `SILENT` too, and has no switch for it.
Both are keywords, which cannot be spelled with escapes, so a query that has neither as a word reaches nowhere,
whatever its prefixes, its base and its variables are. The other wall is the network namespace of the children.
"""

from __future__ import annotations

from kg.store.complaint import position
from kg.store.tokens import tokens

OUTBOUND = frozenset({"SERVICE", "LOAD"})
"""The keywords that make the engine open a connection."""


class Outbound(Exception):
    """The text would make the engine reach out; the message names the keyword, its line and its column."""


def refuse_outbound(text: str) -> None:
    """Raise Outbound where a query or an update has a keyword that reaches out."""
    capitals = text.upper()
    if not any(word in capitals for word in OUTBOUND):  # most texts, and taking one apart takes as long as a lookup
        return
    for token in tokens(text):
        if token.kind == "word" and token.text.upper() in OUTBOUND:
            line, column = position(text, token.start)
            raise Outbound(
                f"{token.text.upper()} is not allowed here: this service asks no other (line {line}, column {column})"
            )
