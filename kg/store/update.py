"""SPARQL updates taken apart: one operation at a time, and what each of them changes.

The engine refuses a prologue after a semicolon, which SPARQL 1.1 Update allows (grammar rule 29), so a request is
split here at the token level and each operation is run with all the declarations before it. What an operation
changes is known before it is run, without comparing stores: of data forms from their text, of DELETE and INSERT with
a pattern by evaluating their templates, of graph management from the graphs it names.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pyoxigraph as ox

from kg.store.guard import refuse_outbound
from kg.store.tokens import Token, tokens

MANAGEMENT = ("CLEAR", "DROP", "CREATE", "COPY", "MOVE", "ADD")
"""The operations on whole graphs, LOAD aside, which nobody may use."""


@dataclass
class Change:
    """What operations touch: the nodes of the statements they add or take away (blank ones as `_:label`), and graphs
    changed as a whole.

    `graphs` has the IRIs of graphs cleared, dropped or copied, "" for the unnamed one, "*" for all of them.
    """

    nodes: set[str] = field(default_factory=set)
    graphs: set[str] = field(default_factory=set)

    def add(self, other: Change) -> None:
        """Take in what another operation changes."""
        self.nodes |= other.nodes
        self.graphs |= other.graphs


@dataclass(frozen=True)
class Operation:
    """One operation of an update: the declarations before it, its own text, and its tokens."""

    prologue: str
    text: str
    tokens: tuple[Token, ...]

    @property
    def words(self) -> list[str]:
        """The operation's leading keywords, in capitals."""
        found = []
        for token in self.tokens:
            if token.kind != "word":
                break
            found.append(token.text.upper())
        return found


def operations(update: str) -> list[Operation]:
    """The operations of an update request, in order; a text that is no SPARQL is refused when it is run."""
    prologue, found = "", []
    for part in _split(list(tokens(update))):
        declared = _declarations(part)
        if declared:
            prologue += update[part[0].start : part[declared - 1].end] + "\n"
        body = part[declared:]
        if body:
            found.append(Operation(prologue, update[body[0].start : body[-1].end], tuple(body)))
    return found


def _split(sequence: list[Token]) -> Iterator[list[Token]]:
    """Runs of tokens between the semicolons that stand in no braces; empty runs are left out."""
    depth = 0
    part: list[Token] = []
    for token in sequence:
        depth += {"{": 1, "}": -1}.get(token.text, 0)
        if token.text == ";" and depth == 0:
            if part:
                yield part
            part = []
        else:
            part.append(token)
    if part:
        yield part


def _declarations(part: list[Token]) -> int:
    """How many tokens at the beginning declare prefixes and a base."""
    at = 0
    while at < len(part) and part[at].kind == "word" and part[at].text.upper() in ("PREFIX", "BASE", "VERSION"):
        at += 3 if part[at].text.upper() == "PREFIX" else 2
    return min(at, len(part))


def changes(store: ox.Store, operation: Operation, **context: Any) -> Change:
    """What `operation` would change in `store`, before it is run.

    `context` is the base IRI and the prefixes, as the engine takes them. Raises SyntaxError where it is no SPARQL.
    """
    words = operation.words
    if words[1:2] == ["DATA"]:
        quads = data(operation, **context)
        return Change(nodes=_names(term for quad in quads for term in (quad.subject, quad.object)))
    if words[:1] and words[0] in MANAGEMENT:
        return Change(graphs=_managed_graphs(operation, context))
    nodes = _changed_by_pattern(store, operation, context)
    return Change(graphs={"*"}) if nodes is None else Change(nodes=nodes)


def data(operation: Operation, **context: Any) -> list[ox.Quad]:
    """The statements of an INSERT DATA or DELETE DATA. Raises SyntaxError where it is no SPARQL."""
    scratch = ox.Store()
    scratch.update(f"{operation.prologue} INSERT DATA {_blocks(operation)['DATA']}", **context)
    return list(scratch)


def _managed_graphs(operation: Operation, context: dict[str, Any]) -> set[str]:
    found: set[str] = set()
    for token in operation.tokens:
        if token.kind in ("iri", "name"):
            found.add(_resolve(operation, token.text, context).value)
        elif token.kind == "word" and token.text.upper() in ("ALL", "NAMED"):
            found.add("*")
        elif token.kind == "word" and token.text.upper() == "DEFAULT":
            found.add("")
    return found


def _changed_by_pattern(store: ox.Store, operation: Operation, context: dict[str, Any]) -> set[str] | None:
    """The nodes in what the templates of a DELETE and INSERT give over the solutions of their pattern.

    None where a template makes blank nodes: they are other ones each time it is evaluated, so nothing can be foretold.
    """
    blocks = _blocks(operation)
    pattern = blocks.pop("WHERE", None)
    if pattern is None:
        raise SyntaxError("expected WHERE after the templates of an update")
    default, named = _dataset(operation, context)
    found: set[str] = set()
    if any(_makes_blank_nodes(template) for template in blocks.values()):
        return None
    for template in blocks.values() or [pattern]:
        flat = _without_graphs(template)
        if flat:
            query = f"{operation.prologue} CONSTRUCT {{ {flat} }} WHERE {pattern}"
            refuse_outbound(query, **context)  # put together anew, so looked at anew
            triples = store.query(query, default_graph=default, named_graphs=named, **context)
            assert isinstance(triples, ox.QueryTriples)
            found |= _names(term for triple in triples for term in (triple.subject, triple.object))
    return found


def _dataset(operation: Operation, context: dict[str, Any]) -> tuple[Any, Any]:
    """The graphs that the operation's pattern is matched against (SPARQL 1.1 Update section 3.1.3)."""
    default: list[ox.NamedNode] = []
    named: list[ox.NamedNode] = []
    using, with_graph = False, None
    outside = list(_outside_braces(operation))
    for (_, before), (_, token) in itertools.pairwise(outside):
        word = before.text.upper()
        if word == "USING" and token.text.upper() != "NAMED":
            using = True
            default.append(_resolve(operation, token.text, context))
        elif word == "NAMED":
            using = True
            named.append(_resolve(operation, token.text, context))
        elif word == "WITH":
            with_graph = _resolve(operation, token.text, context)
    if using:
        return default, named
    return (with_graph, None) if with_graph else (None, None)


def _outside_braces(operation: Operation) -> Iterator[tuple[int, Token]]:
    """Each token outside braces, with its place among the operation's tokens."""
    depth = 0
    for at, token in enumerate(operation.tokens):
        if token.text == "{":
            depth += 1
        elif token.text == "}":
            depth -= 1
        elif depth == 0:
            yield at, token


def _blocks(operation: Operation) -> dict[str, str]:
    """The outermost blocks in braces by the keyword before them: DATA, DELETE, INSERT, WHERE."""
    depth, begin, keyword = 0, 0, ""
    found: dict[str, str] = {}
    offset = operation.tokens[0].start
    for token in operation.tokens:
        if token.text == "{":
            if depth == 0:
                begin = token.start
            depth += 1
        elif token.text == "}":
            depth -= 1
            if depth == 0:
                found[keyword] = operation.text[begin - offset : token.end - offset]
        elif depth == 0 and token.kind == "word":
            keyword = token.text.upper()
    if not found or depth:
        raise SyntaxError("expected a block in braces, and every brace closed, in this update")
    return found


def _without_graphs(template: str) -> str:
    """The triples of a template in braces, those inside its GRAPH blocks too, as one CONSTRUCT template."""
    pieces: list[str] = []
    sequence = list(tokens(template))
    begin, at = 1, 1
    while at < len(sequence):
        token = sequence[at]
        if token.kind == "word" and token.text.upper() == "GRAPH":
            pieces.append(template[begin : token.start])
            at += 2  # the graph's name, then its brace
            begin = sequence[at].end if at < len(sequence) else len(template)
        elif token.text == "}":
            pieces.append(template[begin : token.start])
            begin = token.end
        at += 1
    stripped = (piece.strip().removesuffix(".").strip() for piece in pieces)
    return " . ".join(piece for piece in stripped if piece)


def _resolve(operation: Operation, term: str, context: dict[str, Any]) -> ox.NamedNode:
    """The IRI that a token of the operation stands for."""
    result = ox.Store().query(f"{operation.prologue} SELECT ({term} AS ?iri) {{}}", **context)
    assert isinstance(result, ox.QuerySolutions)
    value = next(result)["iri"]
    if not isinstance(value, ox.NamedNode):
        raise SyntaxError(f"expected the IRI of a graph, not {term}")
    return value


def _names(terms: Iterable[object]) -> set[str]:
    """IRIs, and blank nodes as `_:label`."""
    found = set()
    for term in terms:
        if isinstance(term, ox.NamedNode):
            found.add(term.value)
        elif isinstance(term, ox.BlankNode):
            found.add(f"_:{term.value}")
    return found


def _makes_blank_nodes(template: str) -> bool:
    return any(token.text == "[" or token.text.startswith("_:") for token in tokens(template))


def with_dataset(operation: Operation, using: list[str], using_named: list[str]) -> str:
    """The operation's text with the graphs of the protocol's `using-graph-uri` and `using-named-graph-uri` put in.

    Raises ValueError where the operation names its own graphs, which the protocol forbids beside the parameters
    (SPARQL 1.1 Protocol section 2.2.3). An operation without a pattern has no data set and stays as it is.
    """
    outside = list(_outside_braces(operation))
    words = {token.text.upper() for _, token in outside if token.kind == "word"}
    if not (using or using_named) or "WHERE" not in words:
        return operation.text
    if words & {"USING", "WITH"}:
        raise ValueError("the update names its own graphs with USING or WITH, and the request names others")
    clause = "".join(f"USING <{iri}> " for iri in using) + "".join(f"USING NAMED <{iri}> " for iri in using_named)
    if operation.words[:2] == ["DELETE", "WHERE"]:
        pattern = _blocks(operation)["WHERE"]
        return f"DELETE {pattern} {clause}WHERE {pattern}"
    where = next(token for _, token in outside if token.text.upper() == "WHERE")
    offset = where.start - operation.tokens[0].start
    return f"{operation.text[:offset]}{clause}{operation.text[offset:]}"
