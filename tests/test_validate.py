"""Each shape and each check catches the fault that is planted for it, and names the node and its line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from rdflib import BNode, Graph, URIRef
from rdflib.namespace import RDF, SH

from kg import checks, files, publish, validate
from kg.errors import Refused
from kg.ontology import PREFIXES
from kg.store.candidate import Candidate
from kg.store.embedded import Store
from kg.store.pool import Limits

FAULTS = sorted((Path(__file__).parent / "faults").glob("*.ttl"))


def stated(path: Path) -> dict[str, str]:
    """What a fault file says of itself in its first comments: rule, node, line."""
    return dict(re.findall(r"^# (rule|node|line): (.+)$", path.read_text("utf-8"), re.MULTILINE))


def quiet(_: str) -> None:
    """No progress."""


def test_an_example_of_each_kind_conforms(tmp_path: Path) -> None:
    """The invented world of the tests is right by the same rules."""
    paths = sorted((Path(__file__).parent / "world").glob("*.ttl"))
    assert publish.dry_run(paths, beside=files.shipped_files(), progress=quiet) == []


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
    if expected["rule"] in checks.texts():
        context.replace(graph, text.encode(), path.name)
        violations = validate.check(context, [], {graph: path})
        context.replace(graph, b"", path.name)
    else:
        data = Graph()
        data.parse(data=text, format="turtle")
        violations = validate.shape_violations(data, validate.neighbourhood(context, data), graph)
        violations += validate.date_violations(data, graph)
        violations = validate.located(violations, {graph: path})
    found = {(violation.rule, violation.node, str(violation.line), violation.file) for violation in violations}
    assert (expected["rule"], expected["node"], expected["line"], str(path)) in found, "\n".join(map(str, violations))
    assert all(violation.message.strip() for violation in violations)


OF_CHECKS = [path for path in FAULTS if stated(path)["rule"] in checks.texts()]


@pytest.mark.parametrize("path", OF_CHECKS, ids=lambda path: path.stem)
def test_a_planted_fault_is_refused_as_a_write(path: Path, shipped: Store) -> None:
    """A write is checked on what it concerns, by the same rules as everything."""
    expected, before = stated(path), shipped.version()
    graph = f"{files.BASE}graph/fault"
    with pytest.raises(Refused) as refused:
        publish.write(shipped, [{"post": graph, "file": str(path), "form": "ttl", "base": graph}], who="test")
    found = {(violation.rule, violation.node) for violation in refused.value.violations}
    # a blank node has another name each time
    assert {(rule, "_:" if "/" not in node else node) for rule, node in found} >= {(expected["rule"], expected["node"])}
    assert shipped.version() == before


@pytest.fixture(scope="module")
def ontology(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Candidate]]:
    """A store, and a candidate of it with the ontology alone."""
    path = files.shipped() / "ontology" / "control.ttl"
    store = Store.open(tmp_path_factory.mktemp("ontology"), Limits(children=1))
    with store.candidate() as candidate:
        candidate.replace(files.graph_of(path), path.read_bytes(), path.name)
        yield store, candidate
    store.close()


@pytest.mark.every
@pytest.mark.parametrize("path", OF_CHECKS, ids=lambda path: path.stem)
def test_a_fault_is_found_whichever_statement_brings_it_about(path: Path, ontology: tuple[Store, Candidate]) -> None:
    """A statement of a planted fault is taken away by itself, and added last: the checks on what that concerns find
    every fault that the checks on the whole find then and did not find before."""
    graph, (store, candidate) = f"{files.BASE}graph/fault", ontology
    candidate.replace(graph, path.read_bytes(), path.name)
    complete = at_fault(checks.faults(candidate))
    for statement in far_statements(path):
        step = f"DATA {{ GRAPH <{graph}> {{ {statement} }} }}"
        account = candidate.apply(store.pool, [{"update": f"DELETE {step}"}], {}, "", None)
        without = at_fault(checks.faults(candidate))
        assert without - complete <= at_fault(checks.new_faults(candidate, account)), f"without {statement}"
        account = candidate.apply(store.pool, [{"update": f"INSERT {step}"}], {}, "", None)
        assert complete - without <= at_fault(checks.new_faults(candidate, account)), f"with {statement}"


def at_fault(faults: Iterator[checks.Fault]) -> set[tuple[str, str]]:
    """Check and node of each finding."""
    return {(fault.check, fault.node) for fault in faults}


def far_statements(path: Path) -> list[str]:
    """A few statements of a fault file, of those that are not about the node at fault."""
    node = URIRef(stated(path)["node"])
    graph = Graph().parse(path)
    facts = sorted(fact for fact in graph if fact[0] != node and not any(isinstance(term, BNode) for term in fact))
    return [" ".join(term.n3() for term in fact) for fact in facts[:: max(1, len(facts) // 3)]]


def test_a_ring_closed_far_away_is_found(tmp_path: Path) -> None:
    """One statement closes a ring of fifty events, of which it names two."""
    store = Store.open(tmp_path, Limits(children=1))
    event = f"{files.BASE}id/event/"
    kg = f"{files.BASE}ontology#"
    ring = "".join(f"<{event}{number}> <{kg}follows> <{event}{number + 1}> .\n" for number in range(49))
    with store.candidate() as candidate:
        candidate.replace(f"{files.BASE}graph/ring", ring.encode(), "ring.ttl")
        text = f"INSERT DATA {{ GRAPH <{files.BASE}graph/other> {{ <{event}49> <{kg}follows> <{event}0> }} }}"
        account = candidate.apply(store.pool, [{"update": text}], {}, "", None)
        found = at_fault(checks.new_faults(candidate, account))
    assert ("cycle-follows", f"{event}49") in found
    store.close()


def test_what_many_share_is_not_looked_through(tmp_path: Path) -> None:
    """A claim more about what a thousand claims name concerns itself and what it names, not the thousand."""
    store = Store.open(tmp_path, Limits(children=1))
    kg, one = f"{files.BASE}ontology#", f"{files.BASE}id/"
    shared = f"<{kg}claimant> <{one}actor/a> ; <{kg}source> <{one}source/s> ; <{kg}statesWhen> <{one}when/w>"
    claims = "".join(f"<{one}claim/{number}> a <{kg}Claim> ; {shared} .\n" for number in range(1000))
    with store.candidate() as candidate:
        candidate.replace(f"{files.BASE}graph/claims", claims.encode(), "claims.ttl")
        text = f"INSERT DATA {{ GRAPH <{files.BASE}graph/claims> {{ <{one}claim/more> a <{kg}Claim> ; {shared} }} }}"
        account = candidate.apply(store.pool, [{"update": text}], {}, "", None)
        concerned = checks.concerned(candidate, account)
    assert concerned == {URIRef(f"{one}{name}") for name in ("claim/more", "actor/a", "source/s", "when/w")}
    store.close()


def test_a_changed_meaning_concerns_everything(shipped: Store) -> None:
    """Where a property is given another kind of subject, what it stands on elsewhere is at fault."""
    kg = f"{files.BASE}ontology#"
    rdfs = "http://www.w3.org/2000/01/rdf-schema#"
    text = f"DELETE DATA {{ GRAPH <{files.BASE}graph/ontology> {{ <{kg}stance> <{rdfs}domain> <{kg}Claim> }} }}"
    with pytest.raises(Refused) as refused:
        publish.write(shipped, [{"update": text}], who="test")
    assert {violation.rule for violation in refused.value.violations} >= {"wrong-domain"}


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


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("_:b a kg:Place", "blank-node"),
        ("_:b kg:stance kg:Reports", "wrong-domain"),
        ("_:b a kg:Nothing", "unknown-term"),
    ],
)
def test_a_node_without_a_name_is_looked_at(statement: str, rule: str, shipped: Store) -> None:
    text = f"INSERT DATA {{ GRAPH <https://example.org/g> {{ {statement} }} }}"
    with pytest.raises(Refused) as refused:
        publish.write(shipped, [{"update": text}], who="test", prefixes=PREFIXES)
    assert rule in {violation.rule for violation in refused.value.violations}


def test_what_others_bring_may_be_without_names(tmp_path: Path) -> None:
    store = Store.open(tmp_path, Limits(children=1))
    done = publish.write(store, [{"update": 'INSERT DATA { _:b <https://example.org/p> "x" , _:c }'}], who="test")
    assert done.added == {"": 2}
    store.close()
