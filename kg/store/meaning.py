"""What names mean in a text of SPARQL: the engine is asked, which knows of bases, prefixes and escapes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyoxigraph as ox

from kg.store.tokens import Token


def prologue(text: str, sequence: Sequence[Token]) -> str:
    """What of a text stands before its query, where `sequence` are its tokens."""
    for token in sequence:
        if token.kind == "word" and not token.says("BASE", "PREFIX", "VERSION"):
            return text[: token.start]
    return ""


def iris(
    begin: str, names: Sequence[Token], base_iri: str | None = None, prefixes: Mapping[str, str] | None = None
) -> list[str]:
    """The IRIs that names (tokens of the kinds iri and name) mean after the prologue `begin`. Raises SyntaxError."""
    if not names:
        return []
    asked = " ".join(name.text for name in names)  # as rows, which are no deeper where they are many
    solutions: Any = ox.Store().query(
        f"{begin}SELECT ?n {{ VALUES ?n {{ {asked} }} }}",
        base_iri=base_iri,
        prefixes=dict(prefixes) if prefixes else None,
    )
    found = [solution[0] for solution in solutions]
    if len(found) != len(names):  # `UNDEFe:g` is two values to the engine
        raise SyntaxError("a word runs together with a name")
    return [str(term.value) for term in found]
