"""What a person decided about links becomes part of the record: accepted or rejected, with evidence and reviewer.

Decisions lie in a graph of their own, into which no file is loaded, so that no load undoes them. A link that a file
proposes stays there as it is; what was decided about it refers to it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rdflib import PROV, RDF, SKOS, XSD, Graph, Literal, URIRef
from rdflib.namespace import DCTERMS

from kg import naming, publish
from kg.errors import BadReview, Refused, UnknownName
from kg.files import BASE
from kg.gazetteer import last_part, open_gazetteer
from kg.links.review import Decided, read
from kg.links.stated import ACCEPTED, CANDIDATE, REJECTED, Link, links
from kg.ontology import KG, PREFIXES
from kg.store.embedded import Store

GRAPH = f"{BASE}graph/reviewed-links"
"""What was decided goes into this graph."""

Pairs = Mapping[tuple[str, str], Link]
"""Links by what they link."""


@dataclass(frozen=True)
class Outcome:
    """What became of a review: the version that is published now, how many links were accepted and rejected, and how
    many of the decisions the record had already."""

    version: str
    accepted: int
    rejected: int
    known: int


def accept(store: Store, path: Path, reviewer: str, *, who: str, new: bool = False) -> Outcome:
    """Take the decisions of a review, as one version.

    `reviewer` is an actor of the record, by IRI, CURIE or slug; with `new` the name of a person who is described with
    this. A link that was decided otherwise before is decided anew; where a file says it is accepted, it has to be
    corrected there. Raises BadReview with every line that cannot be taken, AmbiguousName, StoreLocked.
    """
    decided = read(path)
    by, added = _person(reviewer) if new else (_known(store, reviewer), Graph())
    stated = links(store)
    ours = {(link.subject, link.target): link for link in stated if link.graph == GRAPH}
    others = {(link.subject, link.target): link for link in stated if link.graph != GRAPH}
    fresh = _fresh(store, path, decided, ours, others)
    if not fresh:
        return Outcome(store.version(), 0, 0, len(decided))
    now = datetime.now(UTC).replace(microsecond=0)
    steps = []
    for each in fresh:
        pair = (each.ours, each.theirs)
        if pair in ours:
            steps.append({"update": _taken_away(ours[pair])})
        _say(added, each, by, now, others.get(pair))
    steps.append({"update": f"INSERT DATA {{ GRAPH <{GRAPH}> {{\n{added.serialize(format='nt')}}} }}"})
    try:
        done = publish.write(store, steps, who=who)
    except Refused as error:
        lines = {each.ours: each.line for each in fresh}
        lines |= {str(_node(each.ours, each.theirs)): each.line for each in fresh}
        told = [(lines.get(found.node), f"{found.message} [{found.rule}]") for found in error.violations]
        raise BadReview(str(path), told) from None
    store.published.look()
    accepted = sum(each.accepted for each in fresh)
    return Outcome(done.version, accepted, len(fresh) - accepted, len(decided) - len(fresh))


def _known(store: Store, reviewer: str) -> URIRef:
    """A reviewer who is in the record."""
    try:
        return URIRef(naming.named(open_gazetteer(store), "actor", reviewer).iri)
    except UnknownName as error:
        message = f"{error}; for a person who is not in the record yet give --new-reviewer and the name"
        raise BadReview("--reviewer", [(None, message)]) from None


def _fresh(store: Store, path: Path, decided: list[Decided], ours: Pairs, others: Pairs) -> list[Decided]:
    """The decisions that the record does not have. Raises BadReview for those that do not fit it."""
    gazetteer = open_gazetteer(store)
    faults: list[tuple[int | None, str]] = []
    fresh = []
    for each in decided:
        pair = (each.ours, each.theirs)
        said = (ACCEPTED if each.accepted else REJECTED, each.relation)
        if each.ours not in gazetteer.places and each.ours not in gazetteer.actors:
            faults.append((each.line, f"<{each.ours}> is no place and no actor of the record"))
        elif each.theirs.startswith(BASE):
            faults.append((each.line, f"<{each.theirs}> is one of ours; a link goes to another data set"))
        elif pair in others and others[pair].status != CANDIDATE:
            if _as_said(others[pair]) != said:
                words = ", ".join(last_part(part) for part in _as_said(others[pair]))
                faults.append((each.line, f"<{others[pair].graph}> has it otherwise ({words}); correct it there"))
        elif pair not in ours or _as_said(ours[pair]) != said:
            fresh.append(each)
    if faults:
        raise BadReview(str(path), faults)
    return fresh


def _as_said(link: Link) -> tuple[str, str]:
    return link.status, link.relation


def _person(name: str) -> tuple[URIRef, Graph]:
    """A reviewer who is not in the record yet. Raises BadReview for a name that is none."""
    words = " ".join(name.split())
    slug = naming.slugged(naming.fold(words))
    if not slug or not slug.isascii():
        raise BadReview("--new-reviewer", [(None, f"{name!r}: accepted is a name in Latin letters")])
    person, graph = URIRef(PREFIXES["actor"] + slug), Graph()
    graph.add((person, RDF.type, KG.Actor))
    graph.add((person, KG.actorType, KG.Person))
    graph.add((person, SKOS.prefLabel, Literal(words, lang="en")))
    return person, graph


def _node(ours: str, theirs: str) -> URIRef:
    """The IRI of a link: the same two things have the same."""
    digest = hashlib.sha256(f"{ours}\n{theirs}".encode()).hexdigest()[:8]
    return URIRef(f"{PREFIXES['link']}{last_part(ours)}-{digest}")


def _taken_away(before: Link) -> str:
    """An update that takes away what was decided before."""
    match = f"GRAPH <{GRAPH}> {{ <{before.subject}> <{before.relation}> <{before.target}> }}"
    link = f"GRAPH <{GRAPH}> {{ <{before.iri}> ?property ?value }}"
    return f"DELETE WHERE {{ {link} }} ; DELETE DATA {{ {match} }}"


def _say(graph: Graph, each: Decided, by: URIRef, now: datetime, proposed: Link | None) -> None:
    node, subject, target = _node(each.ours, each.theirs), URIRef(each.ours), URIRef(each.theirs)
    graph.add((node, RDF.type, KG.Link))
    graph.add((node, KG.linkSubject, subject))
    graph.add((node, KG.linkTarget, target))
    graph.add((node, KG.linkRelation, URIRef(each.relation)))
    graph.add((node, KG.linkStatus, URIRef(ACCEPTED if each.accepted else REJECTED)))
    graph.add((node, KG.linkEvidence, Literal(each.evidence or "a person compared the two", lang="en")))
    graph.add((node, KG.reviewedBy, by))
    graph.add((node, PROV.generatedAtTime, Literal(now.isoformat().replace("+00:00", "Z"), datatype=XSD.dateTime)))
    if each.retrieved:
        graph.add((node, KG.retrieved, Literal(each.retrieved.isoformat(), datatype=XSD.date)))
    if each.dataset:
        graph.add((node, DCTERMS.source, Literal(each.dataset)))
    if proposed:
        graph.add((node, PROV.wasRevisionOf, URIRef(proposed.iri)))
    if each.accepted:
        graph.add((subject, URIRef(each.relation), target))
