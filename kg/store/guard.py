"""No query of a stranger reaches out of this machine: the first of two walls, in the text.

The engine follows `SERVICE` in queries and `LOAD` in updates to any address, `SILENT` too, and has no switch for it.
Whether a text has them is asked of the engine (`kg.store.keywords`). The other wall is the network namespace.
"""

from __future__ import annotations

from collections.abc import Mapping

from kg.store.complaint import position
from kg.store.keywords import check_without
from kg.store.tokens import tokens

OUTBOUND = ("SERVICE", "LOAD")
"""The keywords that make the engine open a connection."""


class Outbound(Exception):
    """The text would make the engine reach out; the message names the keyword, its line and its column."""


def refuse_outbound(
    text: str, base_iri: str | None = None, prefixes: Mapping[str, str] | None = None, *, update: bool = False
) -> None:
    """Raise Outbound where a query, or an `update` of one operation, has a keyword that reaches out.

    Raises SyntaxError, as the engine does and with its position, where the text is no SPARQL without such a keyword.
    """
    capitals = text.upper()
    if not any(word in capitals for word in OUTBOUND):  # most texts, and reading one takes as long as a lookup
        return
    try:
        check_without(OUTBOUND, text, base_iri, prefixes, update=update)
    except SyntaxError:
        for token in tokens(text):
            word = next((word for word in OUTBOUND if word in token.text.upper()), None)
            if token.kind == "word" and word:
                line, column = position(text, token.start)
                raise Outbound(
                    f"{word} is not allowed {'in an update' if update else 'here'}: this service asks no other "
                    f"(line {line}, column {column})"
                ) from None
        raise
