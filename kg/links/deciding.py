"""What a person decided about links becomes part of the record: accepted or rejected, with evidence and reviewer.

Decisions lie in a graph of their own, into which no file is loaded, so that no load undoes them. A link that a file
proposes stays there as it is; what was decided about it refers to it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rdflib import PROV, RDF, SKOS, XSD, Graph, Literal, URIRef
from rdflib.namespace import DCTERMS

from kg import naming, publish
from kg.errors import AmbiguousName, BadReview, Refused, UnknownName
from kg.files import BASE
from kg.gazetteer import last_part, open_gazetteer
from kg.links.review import Decided, read
from kg.links.stated import ACCEPTED, CANDIDATE, REJECTED, Link, links
from kg.ontology import KG, PREFIXES
from kg.store.embedded import Store

GRAPH = f"{BASE}graph/reviewed-links"
"""What was decided goes into this graph."""


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
    corrected there. Raises BadReview with every line that cannot be taken, UnknownName, AmbiguousName, StoreLocked.
    """
    decided = read(path)
    gazetteer = open_gazetteer(store)
    by, described = _person(reviewer) if new else (URIRef(naming.named(gazetteer, "actor", reviewer).iri), Graph())
    stated = links(store)
    faults: list[tuple[int | None, str]] = []
    known = {iri for kind in ("place", "actor") for iri in gazetteer.entries[kind]}  # type: ignore[index]
    ours = {(link.subject, link.target): link for link in stated if link.graph == GRAPH}
    others = {(link.subject, link.target): link for link in stated if link.graph != GRAPH}
    fresh = []
    for each in decided:
        pair = (each.ours, each.theirs)
        status = ACCEPTED if each.accepted else REJECTED
        if each.ours not in known:
            faults.append((each.line, f"<{each.ours}> is no place and no actor of the record"))
        elif each.theirs.startswith(BASE):
            faults.append((each.line, f"<{each.theirs}> is one of ours; a link goes to another data set"))
        elif pair in others and others[pair].status != CANDIDATE:
            if others[pair].status != status or others[pair].relation != each.relation:
                faults.append((each.line, f"<{others[pair].graph}> has it as {_as_it_is(others[pair])}; change that"))
        elif pair not in ours or (ours[pair].status, ours[pair].relation) != (status, each.relation):
            fresh.append(each)
    if faults:
        raise BadReview(str(path), faults)
    if not fresh:
        return Outcome(store.version(), 0, 0, len(decided))
    now = datetime.now(UTC).replace(microsecond=0)
    steps = [{"update": _anew(each, ours.get((each.ours, each.theirs)))} for each in fresh]
    added = described
    for each in fresh:
        _say(added, each, by, now, others.get((each.ours, each.theirs)))
    steps.append({"update": f"INSERT DATA {{ GRAPH <{GRAPH}> {{\n{added.serialize(format='nt')}}} }}"})
    lines = {str(_node(each.ours, each.theirs)): each.line for each in fresh} | {each.ours: each.line for each in fresh}
    try:
        done = publish.write(store, steps, who=who)
    except Refused as error:
        told = [(lines.get(each.node), f"{each.message} [{each.rule}]") for each in error.violations]
        raise BadReview(str(path), told) from None
    store.published.look()
    accepted = sum(each.accepted for each in fresh)
    return Outcome(done.version, accepted, len(fresh) - accepted, len(decided) - len(fresh))


def _as_it_is(link: Link) -> str:
    return f"{last_part(link.status).casefold()}, {last_part(link.relation)}"


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


def _anew(each: Decided, before: Link | None) -> str:
    """An update that takes away what was decided before; nothing, in a form that is an update too, where it was not."""
    node = _node(each.ours, each.theirs)
    match = f"; DELETE DATA {{ GRAPH <{GRAPH}> {{ <{each.ours}> <{before.relation}> <{each.theirs}> }} }}" if before else ""
    return f"DELETE WHERE {{ GRAPH <{GRAPH}> {{ <{node}> ?property ?value }} }}{match}"


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
