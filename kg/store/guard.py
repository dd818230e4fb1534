"""No query of a stranger reaches out of this machine: the first of two walls, in the text.

The engine follows `SERVICE` in queries and `LOAD` in updates to any address, `SILENT` too, and has no switch for it.
It does not separate a text into words first: it reads `SERVICESILENT<x>`, `SERVICEe:x`, `1e5SERVICE<x>` and
`FILTER(?a<?b)SERVICE#>` with the keyword in them. So the engine itself is asked: a text that is SPARQL with these words
made to mean nothing, wherever they stand, never had them as keywords. The other wall is the network namespace.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import pyoxigraph as ox

from kg.store.complaint import position
from kg.store.tokens import tokens

OUTBOUND = frozenset({"SERVICE", "LOAD"})
"""The keywords that make the engine open a connection."""
_HEARTS = re.compile("(?<=SER)V(?=ICE)|(?<=L)O(?=AD)", re.IGNORECASE | re.ASCII)
"""The letter of each without which it means nothing; what is left of it is as long, and still part of a name."""


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
    harmless = _HEARTS.sub(lambda letter: "X" if letter[0].isupper() else "x", text)
    try:
        (ox.Store().update if update else ox.Store().query)(
            harmless, base_iri=base_iri, prefixes=dict(prefixes) if prefixes else None
        )
    except SyntaxError:
        for token in tokens(text):
            word = next((word for word in OUTBOUND if word in token.text.upper()), None)
            if token.kind == "word" and word:
                line, column = position(text, token.start)
                raise Outbound(
                    f"{word} is not allowed here: this service asks no other (line {line}, column {column})"
                ) from None
        raise
    except (OSError, RuntimeError, ValueError):
        return  # it was read, and there was nothing to find
