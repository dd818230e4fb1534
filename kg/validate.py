"""Whether data is as the ontology says: SHACL shapes for what one node must have, checks for what only the whole shows.

A shape (`ontology/shapes.ttl`) is applied to each graph by itself, together with the graphs that everything refers
to, because cardinalities hold per source. A check (`kg/checks/*.rq`) is a query on the union of all graphs that must
return nothing; it selects `?node` and `?message`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

import pyshacl
from rdflib import RDF, Graph
from rdflib.namespace import SH
from rdflib.term import Node, URIRef

from kg import files
from kg.errors import Violation
from kg.store.embedded import Candidate

CONTEXT = [f"{files.BASE}graph/{name}" for name in ("ontology", "gazetteer", "routes", "sources", "dataset")]
"""Graphs that others refer to: they are at hand, unchecked, when another graph is checked."""

Texts = Mapping[str, tuple[str, str]]
"""Graph IRI → (file name, the text it was loaded from), to name the line of a violation."""


def checks() -> dict[str, str]:
    """Every check by name, with its query."""
    folder = Path(__file__).parent / "checks"
    return {path.stem: path.read_text("utf-8") for path in sorted(folder.glob("*.rq"))}


def check(candidate: Candidate, graphs: Iterable[str], texts: Texts) -> list[Violation]:
    """Everything wrong in `graphs` by the shapes, and in the whole candidate by the checks; empty where it conforms."""
    found = [
        _violation(name, str(row["node"]), str(row["message"]), None, texts)
        for name, text in checks().items()
        for row in candidate.select(text)
    ]
    context = [name for name in CONTEXT if name in candidate.graphs]
    for graph in graphs:
        found += shape_violations(candidate.graph([graph]), candidate.graph(context), graph, texts)
    return sorted(set(found), key=lambda violation: (violation.file or "", violation.line or 0, str(violation)))


def shape_violations(data: Graph, context: Graph, graph: str, texts: Texts) -> list[Violation]:
    """What the shapes find wrong with the nodes that `data` describes, `context` at hand."""
    described = set(data.subjects())
    conforms, report, _ = pyshacl.validate(data + context, shacl_graph=_shapes(), inference="none", advanced=False)
    if conforms:
        return []
    assert isinstance(report, Graph)
    return [
        _violation(_rule(report, result), str(node), _message(report, result), graph, texts)
        for result in report.subjects(RDF.type, SH.ValidationResult)
        for node in report.objects(result, SH.focusNode)
        if node in described
    ]


@cache
def _shapes() -> Graph:
    graph = Graph()
    with files.shapes().open("rb") as file:
        graph.parse(file, format="turtle")
    return graph


def _rule(report: Graph, result: Node) -> str:
    return str(report.value(result, SH.sourceShape)).rpartition("/")[2]


def _message(report: Graph, result: Node) -> str:
    message = str(report.value(result, SH.resultMessage))
    value = report.value(result, SH.value)
    return f"{message} (found {value.n3()})" if isinstance(value, URIRef) else message


def _violation(rule: str, node: str, message: str, graph: str | None, texts: Texts) -> Violation:
    """A violation with the file and line where the node is described, looked for in its graph's text first."""
    candidates = [texts[graph]] if graph in texts else list(texts.values())
    located = ((file, files.line_of(text, node)) for file, text in candidates)
    for file, line in located:
        if line is not None:
            return Violation(rule, node, message, graph, file, line)
    return Violation(rule, node, message, graph)
