"""What goes along with a call of another service: the values that its variables can have here.

The engine asks a service for everything that fits the pattern in `SERVICE`, whatever the rest of the query says, and
joins afterwards: "all coordinates in the world, please", to draw forty places. So what stands before the first
`SERVICE` and `FILTER` of the query is answered first, and its values go along as a VALUES clause (SPARQL 1.1 Federated
Query, section 2.4). That leaves the answer as it is: every solution of the query has one of these values, and a
solution of the service with another value would have been dropped by the join, an OPTIONAL, a MINUS or an EXISTS. It
would not under a SELECT of its own, which counts or cuts before it joins. Nor in a group of its own where a solution of
the service may leave a variable without a value, which a MINUS or a FILTER there would see. In these cases, deeper
inside, where a value is a blank node or missing, or where what stands before may have other solutions the next time,
the call goes as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import pyoxigraph as ox

from kg.store.tokens import Token

_CHANGING = ("BNODE", "GROUP_CONCAT", "LIMIT", "NOW", "OFFSET", "RAND", "REDUCED", "SAMPLE", "STRUUID", "UUID")
"""What may have another value, or choose other solutions, when it is evaluated again in another query."""
_OPEN = ("BIND", "EXISTS", "MINUS", "OPTIONAL", "UNDEF", "UNION")
"""What may leave a variable of a group without a value."""
_FORMS = ("SELECT", "CONSTRUCT", "DESCRIBE", "ASK")
MOST = 1000
"""How many different combinations of values go along; where there are more, none does."""


class Known(NamedTuple):
    """The part of a query that says what the variables of one call can be: a query for them, and their names."""

    query: str
    variables: tuple[str, ...]


def known(text: str, sequence: Sequence[Token], groups: Sequence[int], inside: Sequence[Token]) -> Known | None:
    """What is known of the variables of a call before it is made; None where that is nothing.

    `groups` are the places, in the sequence of the query's tokens, of the braces that are open at the call, `inside`
    are the tokens of the call's own group.
    """
    if any(sequence[at + 1].says("SELECT") for at in groups) or any(token.says("SELECT") for token in inside):
        return None
    if len(groups) > 2:
        return None
    before = _before(sequence[groups[0] + 1 :])
    shared = tuple(sorted(_variables(before) & _variables(inside)))
    if not shared or any(token.says(*_CHANGING) for token in before):
        return None
    if len(groups) > 1 and not _binds(inside, shared):
        return None
    head = sequence[: groups[0]]
    begin = next(number for number, token in enumerate(head) if token.says(*_FORMS))
    brace = sequence[groups[0]]
    dataset = next((token.start for token in head[begin:] if token.says("FROM")), brace.start)
    query = (
        f"{text[: head[begin].start]}SELECT DISTINCT {' '.join(f'?{name}' for name in shared)} "
        f"{text[dataset : brace.start]}{{{text[brace.end : before[-1].end]}}} LIMIT {MOST + 1}"
    )
    return Known(query, shared)


def values(solutions: Any, variables: Sequence[str]) -> str | None:
    """The solutions as a VALUES clause, empty where there are none; None where they cannot go along."""
    rows = [[solution[name] for name in variables] for solution in solutions]
    if len(rows) > MOST or not all(_travels(term) for row in rows for term in row):
        return None
    told = " ".join(f"({' '.join(map(str, row))})" for row in rows)
    return f"VALUES ({' '.join(f'?{name}' for name in variables)}) {{ {told} }}" if rows else ""


def _before(tokens: Sequence[Token]) -> Sequence[Token]:
    """The tokens of the whole elements of the outermost group that stand before the first call, and before the first
    test, which may be on what a call brings."""
    depth, opened = 0, 0
    for number, token in enumerate(tokens):
        if token.says("SERVICE") or (depth == 0 and token.says("FILTER")):
            before = tokens[:opened] if depth else tokens[:number]
            break
        depth += {"{": 1, "}": -1}.get(token.text, 0)
        if depth == 1 and token.text == "{":
            opened = number
    else:
        return []
    if depth and before and before[-1].says("OPTIONAL", "MINUS", "LATERAL"):
        return before[:-1]
    if depth and len(before) > 1 and before[-2].says("GRAPH"):
        return before[:-2]
    if depth and before and before[-1].says("UNION"):
        return []  # what stands before it is the other choice
    return before


def _binds(inside: Sequence[Token], variables: Sequence[str]) -> bool:
    """Whether every solution of a group surely has values of variables: they stand in its patterns, not in tests."""
    depth, plain = 0, []
    for token in inside:
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth == 0:
            plain.append(token)
    return not any(token.says(*_OPEN) for token in inside) and _variables(plain) >= set(variables)


def _variables(tokens: Sequence[Token]) -> set[str]:
    return {token.text[1:] for token in tokens if token.kind == "variable"}


def _travels(term: Any) -> bool:
    """Whether a term means the same elsewhere, and every engine can read it."""
    return isinstance(term, ox.NamedNode) or (isinstance(term, ox.Literal) and term.direction is None)
