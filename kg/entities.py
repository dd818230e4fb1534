"""One thing and everything the graphs say of it, with who says so."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from rdflib import Dataset, Graph, URIRef
from rdflib.term import Identifier, Node

from kg import told
from kg.errors import UnknownEntity
from kg.ontology import PREFIXES
from kg.store.embedded import Store
from kg.store.terms import Row
from kg.told import Claim

SHOWN = 500
"""How many statements of one kind a description has at most; `Entity.cut` says where there are more."""


@dataclass(frozen=True)
class Statement:
    """One triple and the graph that holds it."""

    graph: str
    subject: Node
    property: URIRef
    value: Node


@dataclass(frozen=True)
class Entity:
    """A thing: what it is called, the statements with it as subject, those with it as object, the claims about it,
    and, of a place, the claims about what happened there.

    `labels` gives the English name of every IRI that occurs, where one is known. `cut` is true where there are more
    than `SHOWN` mentions or claims, of which the first are here. `version` is the data's.
    """

    iri: str
    label: str
    version: str
    statements: tuple[Statement, ...]
    mentions: tuple[Statement, ...]
    claims: tuple[Claim, ...]
    happened: tuple[Claim, ...]
    cut: bool
    labels: dict[str, str] = field(repr=False)


def describe(store: Store, iri: str) -> Entity:
    """Everything the store says of `iri`. Raises UnknownEntity where that is nothing."""
    thing = URIRef(iri)
    version = store.version()
    statements = [
        Statement(str(row["graph"]), thing, URIRef(str(row["property"])), row["value"])
        for row in store.select("statements", entity=thing)
    ]
    mentions = [
        Statement(str(row["graph"]), row["subject"], URIRef(str(row["property"])), thing)
        for row in store.select("mentions", entity=thing)
    ]
    if not statements and not mentions:
        raise UnknownEntity(iri)
    rows, there = (store.select(query, entity=thing) for query in ("claims-about", "claims-at"))
    about, happened = _claims(store, rows), _claims(store, there)
    labels = told.names(store, _iris(thing, statements, mentions, [*about, *happened]))
    return Entity(
        iri,
        labels.get(iri) or _last_part(iri),
        version,
        tuple(statements),
        tuple(mentions[:SHOWN]),
        about,
        happened,
        max(len(mentions), len(rows), len(there)) > SHOWN,
        labels,
    )


def as_dataset(entity: Entity) -> Dataset:
    """The entity's statements and mentions, each in its graph, as an rdflib data set."""
    dataset = Dataset()
    for prefix, namespace in PREFIXES.items():
        dataset.bind(prefix, namespace, override=True, replace=True)
    for statement in (*entity.statements, *entity.mentions):
        graph = dataset.graph(URIRef(statement.graph))
        graph.add((_identifier(statement.subject), statement.property, _identifier(statement.value)))
    return dataset


def as_graph(entity: Entity) -> Graph:
    """The entity's statements and mentions in one rdflib graph, without the graphs' names."""
    graph = Graph()
    for prefix, namespace in PREFIXES.items():
        graph.bind(prefix, namespace, override=True, replace=True)
    for statement in (*entity.statements, *entity.mentions):
        graph.add((statement.subject, statement.property, statement.value))
    return graph


def _identifier(node: Node) -> Identifier:
    assert isinstance(node, Identifier)
    return node


def _claims(store: Store, rows: list[Row]) -> tuple[Claim, ...]:
    """The claims of some solutions, in order; where these give a day, it is the one that a claim tells of."""
    listed = {str(row["claim"]): row for row in reversed(rows[:SHOWN])}
    facts = told.claims(told.of(store), listed)
    claims = ((told.claim(iri, facts[iri]), row) for iri, row in reversed(listed.items()) if iri in facts)
    return tuple(replace(claim, when=str(row["when"])) if "when" in row else claim for claim, row in claims)


def _iris(thing: URIRef, statements: list[Statement], mentions: list[Statement], claims: list[Claim]) -> set[str]:
    nodes = {thing}
    for statement in (*statements, *mentions):
        nodes |= {node for node in (statement.subject, statement.property, statement.value) if isinstance(node, URIRef)}
    iris = {str(node) for node in nodes} | {statement.graph for statement in (*statements, *mentions)}
    for claim in claims:
        iris |= {claim.iri, claim.stance, claim.source, *claim.claimants}
    return iris


def _last_part(iri: str) -> str:
    return iri.rstrip("/#").replace("#", "/").rpartition("/")[2]
