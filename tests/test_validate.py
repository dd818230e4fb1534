"""Each shape and each check catches the fault that is planted for it, and names the node and its line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from rdflib import Graph, URIRef
from rdflib.namespace import RDF, SH

from kg import checks, files, publish, validate
from kg.store.candidate import Candidate
from kg.store.embedded import Store

FAULTS = sorted((Path(__file__).parent / "faults").glob("*.ttl"))


def stated(path: Path) -> dict[str, str]:
    """What a fault file says of itself in its first comments: rule, node, line."""
    return dict(re.findall(r"^# (rule|node|line): (.+)$", path.read_text("utf-8"), re.MULTILINE))


def quiet(_: str) -> None:
    """No progress."""


def test_what_is_shipped_conforms() -> None:
    assert publish.dry_run(files.shipped_files(), beside=[], progress=quiet) == []


def test_an_example_of_each_kind_conforms(tmp_path: Path) -> None:
    """The invented world of the tests is right by the same rules."""
    for path in sorted((Path(__file__).parent / "world").glob("*.ttl")):
        assert publish.dry_run([path], beside=files.shipped_files(), progress=quiet) == [], path.name


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Candidate]:
    """A candidate with everything that is shipped."""
    store = Store.open(tmp_path_factory.mktemp("context"))
    with store.candidate() as candidate:
        for path in files.shipped_files():
            candidate.replace(files.graph_of(path), path.read_bytes(), path.name)
        yield candidate


@pytest.mark.parametrize("path", FAULTS, ids=lambda path: path.stem)
def test_a_planted_fault_is_caught(path: Path, context: Candidate) -> None:
    expected = stated(path)
    text = path.read_text("utf-8")
    graph = f"{files.BASE}graph/fault"
    texts = {graph: (path.name, text)}
    if expected["rule"] in checks.texts():
        context.replace(graph, text.encode(), path.name)
        violations = validate.check(context, [], texts)
        context.replace(graph, b"", path.name)
    else:
        data = Graph()
        data.parse(data=text, format="turtle")
        violations = validate.shape_violations(data, validate.neighbourhood(context, data), graph, texts)
        violations += validate.date_violations(data, graph, texts)
    found = {(violation.rule, violation.node, str(violation.line), violation.file) for violation in violations}
    assert (expected["rule"], expected["node"], expected["line"], path.name) in found, "\n".join(map(str, violations))
    assert all(violation.message.strip() for violation in violations)


def test_every_rule_has_a_planted_fault() -> None:
    shapes = Graph()
    with files.shapes().open("rb") as file:
        shapes.parse(file, format="turtle")
    named = {
        str(shape).rpartition("/")[2]
        for kind in (SH.NodeShape, SH.PropertyShape)
        for shape in shapes.subjects(RDF.type, kind)
        if isinstance(shape, URIRef) and is_a_rule(shapes, shape)
    }
    planted = {stated(path)["rule"] for path in FAULTS}
    assert planted >= named | set(checks.texts()) | {"edtf-readable", "edtf-bounds"}


def is_a_rule(shapes: Graph, shape: URIRef) -> bool:
    """Whether a shape can be broken by itself, and is not only the bundle of others."""
    grouping = {RDF.type, SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf, SH.targetNode, SH.property, SH.node}
    return any(
        predicate not in grouping and not str(predicate).startswith("http://www.w3.org/2000/01/rdf-schema#")
        for predicate in shapes.predicates(shape)
        if predicate not in (SH.message, SH.path, SH.severity, SH.order, SH.name, SH.description)
    )
