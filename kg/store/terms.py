"""RDF terms between the engine, SPARQL results in JSON, and rdflib, whose terms the rest of the library speaks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeAlias

import pyoxigraph as ox

if TYPE_CHECKING:
    from rdflib.term import Node

Row: TypeAlias = "dict[str, Node]"
"""One solution: variable name → term; unbound variables are absent."""
Triple: TypeAlias = "tuple[Node, Node, Node]"
"""Subject, predicate, object."""


def read_rows(solutions: bytes) -> list[Row]:
    """The rows of a SPARQL results JSON document, as rdflib terms."""
    return [
        {name: from_json(value) for name, value in binding.items()}
        for binding in json.loads(solutions)["results"]["bindings"]
    ]


def from_json(value: dict[str, str]) -> Node:
    """A term from its SPARQL results JSON form."""
    from rdflib import BNode, Literal, URIRef

    match value["type"]:
        case "uri":
            return URIRef(value["value"])
        case "bnode":
            return BNode(value["value"])
        case _:
            datatype = value.get("datatype")
            return Literal(value["value"], lang=value.get("xml:lang"), datatype=URIRef(datatype) if datatype else None)


def to_json(term: Node) -> dict[str, str]:
    """A term in its SPARQL results JSON form."""
    from rdflib import Literal

    if not isinstance(term, Literal):
        return {"type": "uri", "value": str(term)}
    extra = {"xml:lang": term.language} if term.language else {"datatype": str(term.datatype)} if term.datatype else {}
    return {"type": "literal", "value": str(term), **extra}


def to_engine(term: Node) -> Any:
    """A term as the engine has it."""
    from rdflib import BNode, Literal

    if isinstance(term, BNode):
        return ox.BlankNode(str(term))
    if not isinstance(term, Literal):
        return ox.NamedNode(str(term))
    if term.language:
        return ox.Literal(str(term), language=term.language)
    return ox.Literal(str(term), datatype=ox.NamedNode(str(term.datatype)) if term.datatype else None)


def from_engine(term: Any) -> Node:
    """A term of the engine as rdflib has it; a string without a datatype, as files write it, has none."""
    from rdflib import XSD, BNode, Literal, URIRef

    if isinstance(term, ox.NamedNode):
        return URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return BNode(term.value)
    if term.language:
        return Literal(term.value, lang=term.language)
    datatype = URIRef(term.datatype.value)
    return Literal(term.value, datatype=None if datatype == XSD.string else datatype)
