"""The checks: what no single node shows. Each `*.rq` is a query on the union of all graphs that must return nothing.

It selects `?node`, the node at fault, and `?message`. As a file it asks for every node. Its blocks
`VALUES ?node { UNDEF }` are filled with the nodes that a write may have put at fault, so that a small write is checked
in milliseconds, however much the store holds. Which nodes those are is `concerned`.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rdflib.term import BNode, Node, URIRef

from kg import files, queries
from kg.ontology import PREFIXES
from kg.store.answer import Account
from kg.store.candidate import Candidate
from kg.store.terms import Row

BATCH = 500
"""Nodes asked about in one query."""
AT_ONCE = 2
"""Checks of a whole store at a time: each may hold a number for every node."""

DERIVED = tuple(
    f"{files.BASE}id/{kind}/"
    for kind in ("run", "interval", "partial", "activity", "route-state", "pocket", "holding-change", "chokepoint")
)
"""What conclusions are named: they are drawn anew after the checks, so that what they still say is nobody's fault."""

WAYS: dict[str, tuple[str, ...]] = {
    # what an event is and between whom decides about claims on it, and about claims on those claims
    "rdf:type": ("^kg:about", "^kg:about/^kg:about"),
    "kg:fromController": ("^kg:about",),
    "kg:toController": ("^kg:about",),
    # a claim about a claim; a relation between two events loses the claim that says so
    "kg:about": ("^kg:about", "kg:about"),
    "kg:attribute": ("kg:about", "kg:value"),
    "kg:value": ("kg:about", "kg:value"),
    # an order is broken by a date at either end of a chain, and found from its last event
    "kg:follows": ("^kg:follows*",),
    "kg:when": ("^kg:about", "^kg:follows*"),
    "kg:earliest": (
        "^kg:when/^kg:about",
        "^kg:when/^kg:follows*",
        "^kg:statedOn",
        "^kg:published",
        "^kg:published/^kg:source",
    ),
    "kg:latest": ("^kg:when", "^kg:statedOn", "^kg:published", "^kg:published/^kg:source"),
    "kg:endLatest": ("^kg:when/^kg:about",),
    # a source that turns out older than what it quotes
    "kg:published": ("^kg:source",),
    # whose word supersedes whose
    "kg:source": ("^kg:supersedes",),
    "kg:claimant": ("^kg:supersedes",),
    # a piece of a road ends elsewhere
    "kg:endpoint": ("^kg:segment",),
    # a match and the link that allows it; two links to one entity elsewhere
    "skos:exactMatch": ("^kg:linkSubject",),
    "skos:closeMatch": ("^kg:linkSubject",),
    "kg:linkSubject": ("kg:linkSubject", "kg:linkTarget/^kg:linkTarget/kg:linkSubject"),
    "kg:linkTarget": ("kg:linkSubject", "kg:linkTarget/^kg:linkTarget/kg:linkSubject"),
    "kg:linkRelation": ("kg:linkSubject", "kg:linkTarget/^kg:linkTarget/kg:linkSubject"),
    "kg:linkStatus": ("kg:linkSubject", "kg:linkTarget/^kg:linkTarget/kg:linkSubject"),
}
"""Where a change can put another node at fault than those it names: the property of a statement that was added or
taken away → the ways from its subject to such nodes (`^` backwards, `*` any number of times).

Nothing is walked backwards that half of a graph may share (kg:claimant, kg:toController, kg:place, kg:partOf, a type).
kg:source, kg:when and kg:statedOn can be shared by many: they are walked only where the date itself changed, and then
every claim with that date has to be looked at.
"""

VOCABULARY = (
    "rdfs:domain", "rdfs:range", "rdfs:subClassOf", "rdfs:isDefinedBy", "schema:domainIncludes", "schema:rangeIncludes",
)  # fmt: skip
"""A change of these can put any node at fault."""
DECLARED = ("owl:Class", "owl:ObjectProperty", "owl:DatatypeProperty")
"""So can a change of what is one of these."""


@cache
def texts() -> dict[str, str]:
    """Every check by name, with its query."""
    return {path.stem: path.read_text("utf-8") for path in sorted(Path(__file__).parent.glob("*.rq"))}


@dataclass(frozen=True)
class Fault:
    """What a check found: the check's name, the node (an IRI, or the passing name of a blank node) and the message."""

    check: str
    node: str
    message: str


def faults(candidate: Candidate) -> Iterator[Fault]:
    """What the checks find in the whole store."""
    with ThreadPoolExecutor(AT_ONCE) as threads:  # the engine lets others work while it does
        answers = threads.map(candidate.select, texts().values())
        for name, rows in zip(texts(), answers, strict=True):
            yield from _told(name, rows)


def new_faults(candidate: Candidate, account: Account) -> Iterator[Fault]:
    """What the checks find among the nodes that a write concerns."""
    nodes = concerned(candidate, account)
    if nodes is None:
        yield from faults(candidate)
        return
    named = sorted(node for node in nodes if isinstance(node, URIRef))
    nameless = sorted(node for node in nodes if isinstance(node, BNode))
    for name, text in texts().items():
        for start in range(0, len(named), BATCH):
            yield from _told(name, candidate.select(queries.filled(text, "node", named[start : start + BATCH])))
        for node in nameless:  # cannot be written into a query
            yield from _told(name, candidate.select(text, node=node))


def _told(name: str, rows: list[Row]) -> Iterator[Fault]:
    for row in rows:
        if str(row["node"]).startswith(DERIVED):
            continue
        # a message that speaks of a blank node by its IRI comes to nothing
        rule = texts()[name].partition("\n")[0].removeprefix("# ")
        yield Fault(name, str(row["node"]), str(row.get("message", f"A node without a name breaks the rule: {rule}.")))


def concerned(candidate: Candidate, account: Account) -> set[Node] | None:
    """The nodes that a write may have put at fault; None where that can be any, because terms changed their meaning
    or too much changed to be listed."""
    if account.whole and not account.nodes:
        return None
    if account.changed.keys() & set(map(_iri, VOCABULARY)) or account.nodes & set(map(_iri, DECLARED)):
        return None
    ways = {_iri(name): ways for name, ways in WAYS.items()}
    # a term that is only mentioned is never at fault itself
    nodes: set[Node] = {URIRef(node) for node in account.nodes if not node.startswith(PREFIXES["kg"])}
    for predicate, changed in account.changed.items():
        subjects = {_node(subject) for subject in changed}
        nodes |= {subject for subject in subjects if isinstance(subject, URIRef) or _ours(candidate, subject)}
        for way in ways.get(predicate, ()):
            nodes |= _walk(candidate, subjects, way.split("/"))
    moved = account.changed.get(_iri("rdf:type"), set())
    gone = {subject for subject in _subjects(account) if not candidate.matching(subject=_node(subject))}
    named = [subject for subject in moved | gone if not subject.startswith("_:")]
    if named:
        # what is of another kind now, or not described any more, is a fault of those who refer to it
        rows = candidate.select(queries.text_for("referrers", "thing", named))
        nodes |= {row["node"] for row in rows}
    return nodes


def _walk(candidate: Candidate, start: set[Node], way: list[str]) -> set[Node]:
    """Where the steps of a way lead; with `*` also what is passed, and the start."""
    reached = start
    for step in way:
        name = step.strip("^*")
        found = _step(candidate, reached, name, step.startswith("^"))
        while step.endswith("*") and not found <= reached:
            reached, found = reached | found, _step(candidate, found - reached, name, step.startswith("^"))
        reached = reached | found if step.endswith("*") else found
    return reached


def _step(candidate: Candidate, nodes: set[Node], name: str, backwards: bool) -> set[Node]:
    predicate = URIRef(_iri(name))
    if backwards:
        return {triple[0] for node in nodes for triple in candidate.matching(None, None, predicate, node)}
    return {triple[2] for node in nodes for triple in candidate.matching(None, node, predicate)}


def _iri(name: str) -> str:
    prefix, _, local = name.partition(":")
    return PREFIXES[prefix] + local


def _subjects(account: Account) -> set[str]:
    return {subject for subjects in account.changed.values() for subject in subjects}


def _node(name: str) -> Node:
    """An IRI, or a blank node, which the account writes as `_:x`."""
    return BNode(name[2:]) if name.startswith("_:") else URIRef(name)


def _ours(candidate: Candidate, blank: Node) -> bool:
    """Whether a blank node has anything to do with our terms and data; the others are nobody's fault."""
    return any(str(term).startswith(files.BASE) for triple in candidate.matching(subject=blank) for term in triple[1:])
