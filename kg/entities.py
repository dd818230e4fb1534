"""One thing and everything the graphs say of it, with who says so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from rdflib import Dataset, Graph, URIRef
from rdflib.term import Identifier, Node

from kg import queries
from kg.errors import UnknownEntity
from kg.ontology import PREFIXES
from kg.store.embedded import Store
from kg.store.terms import Row, read_rows

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
class Claim:
    """One claim about the thing: its IRI, what stance who takes in which source, and what it says in our words.

    `claimants` is empty where the source itself speaks. `stated` and `when` are EDTF texts of the day on which it was
    said and of the day it gives for what happened; None where it gives none. `sentence` counts from 1, 0 is the title.
    """

    iri: str
    stance: str
    claimants: tuple[str, ...]
    source: str
    published: str | None
    sentence: int | None
    gloss: str
    stated: str | None
    when: str | None


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
    rows = store.select("claims-about", entity=thing)
    there = store.select("claims-at", entity=thing)
    told, happened = claims_in(rows), claims_in(there)
    labels = names(store, _iris(thing, statements, mentions, [*told, *happened]))
    return Entity(
        iri,
        labels.get(iri) or _last_part(iri),
        version,
        tuple(statements),
        tuple(mentions[:SHOWN]),
        tuple(told),
        tuple(happened),
        max(len(mentions), len(rows), len(there)) > SHOWN,
        labels,
    )


def claims(store: Store, iris: Iterable[str]) -> dict[str, Claim]:
    """These claims; what is none is not there."""
    wanted = sorted(set(iris))
    if not wanted:
        return {}
    rows = read_rows(store.query(queries.text_for("claims-told", "claim", wanted)).read())
    return {claim.iri: claim for claim in claims_in(rows, len(rows))}


def names(store: Store, iris: Iterable[str]) -> dict[str, str]:
    """English names of these IRIs, where the store knows one."""
    query = queries.text_for("labels", "thing", iris)
    rows = read_rows(store.query(query).read())
    return {str(row["thing"]): str(row["label"]) for row in rows if "label" in row}


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


def claims_in(rows: list[Row], most: int = SHOWN) -> list[Claim]:
    """Claims from the first `most` solutions, of which each claimant of a claim has its own."""
    first: dict[str, Row] = {}
    claimants: dict[str, list[str]] = {}
    for row in rows[:most]:
        iri = str(row["claim"])
        first.setdefault(iri, row)
        if "claimant" in row:
            claimants.setdefault(iri, []).append(str(row["claimant"]))
    return [_claim(iri, row, tuple(dict.fromkeys(claimants.get(iri, ())))) for iri, row in first.items()]


def _claim(iri: str, row: Row, claimants: tuple[str, ...]) -> Claim:
    def text(name: str) -> str | None:
        return str(row[name]) if name in row else None

    sentence = text("sentence")
    return Claim(
        iri,
        str(row["stance"]),
        claimants,
        str(row["source"]),
        text("published"),
        int(sentence) if sentence is not None else None,
        str(row["gloss"]),
        text("stated"),
        text("when"),
    )


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
