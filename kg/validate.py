"""Whether data is as the ontology says: SHACL shapes for what one node must have, checks for what only the whole shows.

A shape (`ontology/shapes.ttl`) is applied to each graph by itself, together with the graphs that everything refers
to, because cardinalities hold per source. A check (`kg/checks/*.rq`) is a query on the union of all graphs that must
return nothing; it selects `?node` and `?message`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from rdflib import RDFS, Graph
from rdflib.namespace import SH
from rdflib.term import Node, URIRef

from kg import checks, dates, files, ontology
from kg.errors import BadDate, Violation
from kg.store.answer import Account
from kg.store.candidate import Candidate

CONTEXT = [f"{files.BASE}graph/{name}" for name in ("ontology", "gazetteer", "routes", "sources", "dataset")]
"""Graphs that others refer to: they are at hand, unchecked, when another graph is checked."""

SHAPED = 20_000
"""Triples of a graph up to which a load or a replacement of the whole is checked by the shapes: pySHACL takes seconds
for these and hours for millions. `kg validate` has no limit, and a small write is checked in a graph of any size."""

Texts = Mapping[str, Path]
"""Graph IRI → the file it was loaded from, to name the line of a violation."""


def check(candidate: Candidate, graphs: Iterable[str], texts: Texts) -> list[Violation]:
    """Everything wrong in `graphs` by the shapes, and in the whole candidate by the checks; empty where it conforms."""
    found = [Violation(fault.check, fault.node, fault.message) for fault in checks.faults(candidate)]
    for graph in graphs:
        data = candidate.graph(graph)
        found += shape_violations(data, neighbourhood(candidate, data), graph)
        found += date_violations(data, graph)
    return sorted(
        located(set(found), texts), key=lambda violation: (violation.file or "", violation.line or 0, str(violation))
    )


def prepare() -> None:
    """Read the shapes now, which the first check would otherwise have to wait for."""
    nothing = Graph()
    shape_violations(nothing, nothing, "")


def too_large(candidate: Candidate, graphs: Iterable[str]) -> dict[str, int]:
    """Those of `graphs` that are too large for the shapes (`SHAPED`), with the number of their triples."""
    sizes = {graph: candidate.graphs[graph].triples for graph in graphs if graph in candidate.graphs}
    return {graph: triples for graph, triples in sorted(sizes.items()) if triples > SHAPED}


def check_change(candidate: Candidate, account: Account) -> list[Violation]:
    """Everything wrong with what a write changed, by the shapes on the nodes it touched, and by the checks.

    A graph of which too much changed to be listed is looked at by the shapes as a whole, unless it is `too_large`.
    """
    found = [Violation(fault.check, fault.node, fault.message) for fault in checks.new_faults(candidate, account)]
    touched = {*account.added, *account.removed}
    large = too_large(candidate, touched).keys()
    for graph in sorted((touched & account.whole) - large):
        data = candidate.graph(graph)
        found += shape_violations(data, neighbourhood(candidate, data), graph)
        found += date_violations(data, graph)
    for graph in sorted(touched - (account.whole - large) if account.nodes else ()):
        data = around(candidate, graph, account.nodes)
        beside = neighbourhood(candidate, data)
        found += shape_violations(data, beside, graph, account.nodes)
        found += date_violations(data, graph)
    return sorted(set(found), key=str)


def around(candidate: Candidate, graph: str, nodes: Iterable[str]) -> Graph:
    """What `graph` says of these nodes and of their neighbours, with what points at them in a way a shape asks about.

    Not with everything that points at them: half of a graph may point at one actor.
    """
    data = Graph()
    backwards = set(_shapes().objects(None, SH.inversePath))
    step = {URIRef(node) for node in nodes}
    seen: set[Node] = set()
    for _ in range(2):
        triples = [triple for node in step for triple in candidate.matching(graph, node)]
        triples += [
            triple for node in step for way in backwards for triple in candidate.matching(graph, None, way, node)
        ]
        data += triples
        seen |= step
        step = {node for first, _, second in triples for node in (first, second) if isinstance(node, URIRef)} - seen
    return data


def shape_violations(data: Graph, beside: Graph, graph: str, nodes: Collection[str] | None = None) -> list[Violation]:
    """What the shapes find wrong with the nodes that `data` describes (with those among `nodes`), `beside` at hand."""
    # imported when first needed: it takes longer than a start that finds nothing to load
    from pyshacl.graph_abstraction import DataGraph
    from pyshacl.validator import Validator

    described = set(data.subjects())
    focus = described if nodes is None else {node for node in described if str(node) in nodes}
    # pyshacl.validate looks at every node that has a shape, also at what is only at hand, and reads the shapes anew
    validator = Validator(DataGraph.from_rdflib(data + beside), shacl_graph=Graph(), options={"inplace": True})
    executor = validator.make_executor()
    results: list[Any] = []
    for shape in _rules():
        targets = focus & shape.focus_nodes(validator.data_graph)
        if targets:
            results += shape.validate(executor, validator.data_graph, focus=targets)[1]
    if not results:
        return []
    report, _ = validator.create_validation_report(_shapes_graph(), False, results)
    return [
        Violation(_rule(report, result), str(node), _message(report, result), graph)
        for result in report.objects(None, SH.result)
        for node in report.objects(result, SH.focusNode)
    ]


def neighbourhood(candidate: Candidate, data: Graph) -> Graph:
    """What the graphs of `CONTEXT` say of the things that `data` refers to, two steps far, and the class hierarchy.

    Of a thing on which they and `data` are silent it is what any graph says: a record may have its places and sources
    in a file of another name. A shape looks no further, and pySHACL's time grows with all that it is given. Things that
    `data` describes are looked at themselves, so of these it is two steps wherever they are reached.
    """
    context = [name for name in CONTEXT if name in candidate.graphs]
    near = Graph()
    near += candidate.matching(f"{files.BASE}graph/ontology", predicate=RDFS.subClassOf)
    described, step = set(data.subjects()), set(data.objects())
    for turn in range(3):
        nodes = [node for node in step if isinstance(node, URIRef)]
        reached = [triple for node in nodes for triple in candidate.matching(context, node)]
        told = {subject for subject, _, _ in reached} | described
        strange = [node for node in nodes if node not in told and node.startswith(files.BASE)]
        reached += [triple for node in strange for triple in candidate.matching(None, node)]
        near += reached
        step = {value for subject, _, value in reached if turn == 0 or subject in described} - step
    return near


def date_violations(data: Graph, graph: str) -> list[Violation]:
    """Every `kg:When` whose EDTF text is none that we read, or says other bounds than stand beside it."""
    found = []
    for when, text in data.subject_objects(ontology.KG.edtf):
        try:
            bounds = dates.parse(str(text))
        except BadDate as error:
            found.append(Violation("edtf-readable", str(when), str(error), graph))
            continue
        for term, said in (
            (ontology.KG.earliest, bounds.earliest),
            (ontology.KG.latest, bounds.latest),
            (ontology.KG.endEarliest, bounds.end_earliest),
            (ontology.KG.endLatest, bounds.end_latest),
        ):
            given = data.value(when, term)
            if (str(given) if given else None) != (str(said) if said else None):
                name = f"kg:{term.rpartition('#')[2]}"
                message = f"the EDTF text {text} means {name} {said or 'open'}, but {given or 'none'} is given"
                found.append(Violation("edtf-bounds", str(when), message, graph))
    return found


@cache
def _shapes() -> Graph:
    graph = Graph()
    with files.shapes().open("rb") as file:
        graph.parse(file, format="turtle")
    return graph


@cache
def _shapes_graph() -> Any:
    """The shapes as pySHACL works with them."""
    from pyshacl.shapes_graph import ShapesGraph

    return ShapesGraph(_shapes())


@cache
def _rules() -> list[Any]:
    """The shapes that choose nodes by themselves; the others are parts of these."""
    return [shape for shape in _shapes_graph().shapes if any(map(list, shape.target()))]


def _rule(report: Graph, result: Node) -> str:
    return str(report.value(result, SH.sourceShape)).rpartition("/")[2]


def _message(report: Graph, result: Node) -> str:
    message = str(report.value(result, SH.resultMessage))
    value = report.value(result, SH.value)
    found = isinstance(value, URIRef) and value != report.value(result, SH.focusNode)
    return f"{message} (found <{value}>)" if found else message


def located(violations: Iterable[Violation], texts: Texts) -> list[Violation]:
    """Violations with the file and line where the node is described: in its graph's file, or, where none of the files
    is that, in the first that has it. Files are read one at a time: together they may be larger than memory."""
    found = list(violations)
    for graph, path in texts.items():
        asked = [
            number for number, each in enumerate(found)
            if each.line is None and (each.graph == graph or each.graph not in texts)
        ]  # fmt: skip
        text = path.read_text("utf-8") if asked else ""
        for number in asked:
            line = files.line_of(text, found[number].node)
            if line is not None:
                found[number] = replace(found[number], file=str(path), line=line)
    return found
