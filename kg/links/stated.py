"""The links that a store has, and where each stands in review."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from rdflib import SKOS

from kg.ontology import KG
from kg.store.embedded import Store

ACCEPTED, REJECTED, CANDIDATE = (str(each) for each in (KG.Accepted, KG.Rejected, KG.Candidate))
EXACT, CLOSE = str(SKOS.exactMatch), str(SKOS.closeMatch)
RELATIONS = {"exactMatch": EXACT, "closeMatch": CLOSE}
"""What a link may say, as reviews spell it."""


@dataclass(frozen=True)
class Link:
    """A link of the record: the graph that has it, its IRI, what is linked to what, as what, its status (IRIs), and
    what speaks for it or against it."""

    graph: str
    iri: str
    subject: str
    target: str
    relation: str
    status: str
    evidence: str = ""


def links(store: Store) -> list[Link]:
    """Every link of the published version, in the order of what is linked."""
    names = ("graph", "link", "subject", "target", "relation", "status", "evidence")
    return [Link(*(str(row.get(name, "")) for name in names)) for row in store.select("links")]


def candidates(stated: Iterable[Link]) -> list[Link]:
    """The links that are proposed in the record, and that nobody decided on."""
    several = list(stated)
    decided = {(link.subject, link.target) for link in several if link.status != CANDIDATE}
    open_ = {(link.subject, link.target): link for link in several if link.status == CANDIDATE}
    return [link for pair, link in open_.items() if pair not in decided]


def matches(stated: Iterable[Link]) -> dict[str, frozenset[str]]:
    """The accepted exact matches: ours → theirs."""
    found: dict[str, set[str]] = {}
    for link in stated:
        if link.status == ACCEPTED and link.relation == EXACT:
            found.setdefault(link.subject, set()).add(link.target)
    return {subject: frozenset(targets) for subject, targets in found.items()}


def space(iri: str) -> str:
    """The data set that an IRI belongs to, as far as its address tells: scheme and host."""
    parts = urlsplit(iri)
    return f"{parts.scheme}://{parts.netloc}/"
