"""Files of RDF in any syntax, statement by statement, without holding them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg.errors import BadFile
from kg.store.terms import Triple, from_engine

ENDINGS = {
    ".ttl": ox.RdfFormat.TURTLE, ".nt": ox.RdfFormat.N_TRIPLES, ".nq": ox.RdfFormat.N_QUADS,
    ".trig": ox.RdfFormat.TRIG, ".rdf": ox.RdfFormat.RDF_XML, ".xml": ox.RdfFormat.RDF_XML,
    ".owl": ox.RdfFormat.RDF_XML, ".n3": ox.RdfFormat.N3, ".jsonld": ox.RdfFormat.JSON_LD,
    ".json": ox.RdfFormat.JSON_LD,
}  # fmt: skip
"""The syntax of a file, by how its name ends."""


def statements(path: Path, base: str) -> Iterator[tuple[str, str]]:
    """Each statement of a file as a line of N-Triples, and why it cannot be taken (empty: it can); the names of graphs
    are left out. Relative IRIs are resolved against `base`.

    Raises BadFile, with the line where the parser names one.
    """
    for terms in _parsed(path, base):
        wrong = ""
        if any(isinstance(term, ox.BlankNode) for term in terms):
            wrong = "a node without a name"
        elif any(isinstance(term, ox.Triple) for term in terms):
            wrong = "a statement about a statement"
        yield f"{terms[0]} {terms[1]} {terms[2]} .\n", wrong


def triples(path: Path, base: str) -> Iterator[Triple]:
    """Each statement of a file as rdflib has it, but for those about statements, as `statements` reads them."""
    for terms in _parsed(path, base):
        if not any(isinstance(term, ox.Triple) for term in terms):
            first, second, third = map(from_engine, terms)
            yield first, second, third


def _parsed(path: Path, base: str) -> Iterator[tuple[Any, Any, Any]]:
    form = ENDINGS.get(path.suffix.casefold())
    if form is None:
        raise BadFile(str(path), None, f"its syntax is not told by its name; accepted are {', '.join(ENDINGS)}")
    try:
        for quad in ox.parse(path=str(path), format=form, base_iri=base):
            yield quad.subject, quad.predicate, quad.object
    except SyntaxError as error:
        raise BadFile(str(path), error.lineno, str(error.args[0])) from None
    except OSError as error:
        raise BadFile(str(path), None, f"cannot be read: {error}") from None
