"""`/id/…`, `/resource` and `/ontology`: anything that has an IRI, as RDF for machines and as a page for people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from urllib.parse import urlencode

from flask import Blueprint, Response, json, redirect, render_template, request
from rdflib import RDF, SKOS, URIRef
from rdflib.term import Node
from werkzeug.wrappers import Response as AnyResponse

from kg import entities, queries, schemaorg
from kg import ontology as ontology_terms
from kg.claims import reading
from kg.claims.naming import said_of
from kg.entities import Entity
from kg.errors import UnknownEntity
from kg.files import BASE
from kg.gazetteer import open_gazetteer
from kg.ontology import KG, PREFIXES
from kg.store.answer import GRAPH_FORMATS
from kg.taken import Taken, beside
from kg.told import Claim
from server import current, formats, held, parameters, taken, wording
from server.errors import Rejected
from server.parameters import IRI

bp = Blueprint("entities", __name__)

FORMS: formats.Offer = {**formats.GRAPHS, **formats.HTML}
"""What an entity is offered as; Turtle where a client has no wish."""
_PARTS = ("participation", "toll")
_FIRST = [RDF.type, SKOS.prefLabel, SKOS.altLabel, URIRef(f"{wording.ONTOLOGY}eventType")]


@dataclass(frozen=True)
class Term:
    """One term of the ontology, with what is said of it there."""

    iri: str
    type: str
    label: str
    comment: str
    schemes: set[str] = field(default_factory=set)
    parents: set[str] = field(default_factory=set)
    domains: set[str] = field(default_factory=set)
    ranges: set[str] = field(default_factory=set)

    @property
    def name(self) -> str:
        """The local name, which is its anchor on the page."""
        return self.iri.rpartition("#")[2]


@bp.route("/id/<kind>/<path:rest>")
def ours(kind: str, rest: str) -> AnyResponse:
    """Describe one of our own things."""
    return _describe(f"{BASE}id/{kind}/{rest}")


@bp.route("/resource")
def resource() -> AnyResponse:
    """Describe whatever IRI is asked for; our own have addresses of their own."""
    iri = request.args.get("iri", "").strip()
    if not IRI.fullmatch(iri):
        raise Rejected(
            400, "iri", "No IRI", f"iri={iri!r}: accepted is an absolute IRI, such as {BASE}id/place/city-kabul"
        )
    if wording.is_ours(iri):
        path, mark, anchor = wording.local(iri).partition("#")
        further = urlencode([(name, text) for name, text in request.args.items(multi=True) if name != "iri"])
        return redirect(path + (f"?{further}" if further else "") + mark + anchor, 303)
    return _describe(iri)


@bp.route("/context.jsonld")
def context() -> Response:
    """The JSON-LD context in which every term of the ontology has its local name."""
    text = json.dumps({"@context": ontology_terms.context()}, ensure_ascii=False, indent=1)
    return Response(text, content_type=GRAPH_FORMATS["jsonld"])


@bp.route("/alignments")
def alignments() -> Response:
    """Describe how the ontology stands to those of others."""
    return _describe(f"{BASE}alignments")


@bp.route("/ontology/<name>")
def term(name: str) -> Response:
    """Describe one term: what the ontology says of it, and where it is used."""
    return _describe(f"{wording.ONTOLOGY}{name}")


@bp.route("/ontology")
def ontology() -> AnyResponse:
    """Every term of the ontology on one page, or the ontology as RDF."""
    offer = {name: types for name, types in FORMS.items() if name not in ("nq", "trig")}
    form = parameters.form(request.args.get("format"), offer)
    if form == "html":
        terms = _terms()
        if not terms:
            raise UnknownEntity(f"{BASE}ontology")
        page = render_template(
            "entities/ontology.html",
            count=len(terms),
            sections=_sections(terms),
            labels={term.iri: term.label for term in terms},
            version=parameters.store().version(),
            alternates=_alternates(offer),
        )
        return _answered(Response(page, mimetype="text/html"), parameters.store().version(), offer)
    answer = parameters.store().query(queries.text("ontology"), results=None, graph=form, prefixes=PREFIXES)
    response = Response(answer.read(), content_type=formats.header(answer.media_type))
    return _answered(response, answer.version, offer)


def _describe(iri: str) -> Response:
    form = parameters.form(request.args.get("format"), FORMS)
    if not IRI.fullmatch(iri):
        raise UnknownEntity(iri)
    entity = entities.describe(parameters.store(), iri)
    if form == "html":
        response = Response(_page(entity), mimetype="text/html")
    else:
        graph = entities.as_dataset(entity) if form in ("nq", "trig") else entities.as_graph(entity)
        text = graph.serialize(format=formats.SERIALISERS[form])
        response = Response(text, content_type=formats.header(GRAPH_FORMATS[form]))
    response.headers["Link"] = f'<{entity.iri}>; rel="describes"'  # RFC 6892: the page is not the thing
    if entity.cut:
        response.headers["Controlgraph-Cut"] = f"only the first {entities.SHOWN} mentions are here"
    return _answered(response, entity.version, FORMS)


def _alternates(offer: formats.Offer) -> list[tuple[str, str, str]]:
    """(short name, media type, address) of every form but the page."""
    iri = request.args.get("iri")
    base = f"{wording.local(iri)}&" if iri else f"{request.path}?"
    return [(name, types[0], f"{base}format={name}") for name, types in offer.items() if name != "html"]


def _answered(response: Response, version: str, offer: formats.Offer) -> Response:
    response.headers["Controlgraph-Version"] = version
    response.vary.add("Accept")
    if not request.args.get("format"):
        links = [f'<{address}>; rel="alternate"; type="{media}"' for _, media, address in _alternates(offer)]
        response.headers["Link"] = ", ".join(filter(None, [response.headers.get("Link"), *links]))
    return response


def _page(entity: Entity) -> str:
    """The page of one thing: an event's parts, on which others take a stance, are told with it."""
    parts = [entities.describe(parameters.store(), part) for part in _values(entity, *_PARTS)]
    gazetteer = open_gazetteer(parameters.store())
    labels = {iri: label for told in (*parts, entity) for iri, label in told.labels.items()}
    labels = gazetteer.called(labels | {entity.iri: entity.label}, parameters.one("lang") or "en")
    is_source = str(KG.Source) in _values(entity, "type")
    return render_template(
        "entities/source.html" if is_source else "entities/entity.html",
        changeable=_changeable(entity),
        others=_beside(entity),
        **held.of(entity.iri, gazetteer),
        **(taken.of(entity, gazetteer) if is_source else {}),
        entity=replace(entity, label=labels[entity.iri]),
        labels=labels,
        types=_types(entity, labels),
        is_event=any(statement.property.endswith("#eventType") for statement in entity.statements),
        links=parameters.store().select("links-of", entity=URIRef(entity.iri)),
        is_property=any(kind.endswith("Property") for kind in _values(entity, "type")),
        parts=[(part, _in_words(part, labels)) for part in parts],
        groups=_grouped([(s.property, s.value, s.graph) for s in entity.statements], labels),
        # what was taken from a source is told by its sentences
        mentions=_grouped(
            [(s.property, s.subject, s.graph) for s in entity.mentions if s.property != KG.source], labels
        ),
        claims=_claims(entity, parts),
        happened=[(claim, entity) for claim in entity.happened],
        facts=lambda *names: _values(entity, *names),
        alternates=_alternates(FORMS),
        schemaorg=schemaorg.described(entity, gazetteer, _address),
    )


def _beside(entity: Entity) -> tuple[Taken, dict[str, str]] | None:
    """What others say of the same as a claim; None of anything else."""
    sources = _values(entity, "source")
    if str(KG.Claim) not in _values(entity, "type") or not sources:
        return None
    return beside(parameters.store(), entity.iri, sources[0])


def _changeable(entity: Entity) -> tuple[str, ...]:
    """What can be done with a claim by a form: one on control can be corrected, one that counts taken back."""
    is_writable = current.settings().is_writable()
    if str(KG.Claim) not in _values(entity, "type") or not is_writable or _values(entity, "retiredAt"):
        return ()
    on_control = reading.on_control(partial(said_of, parameters.store()), entity.iri)
    return ("correct", "retract") if len(on_control) == 1 else ("retract",)


def _address(iri: str) -> str:
    return current.address() + wording.local(iri)


def _types(entity: Entity, labels: dict[str, str]) -> list[str]:
    """What kind of thing it is, each name once: a class and a type of ours may be called the same."""
    kinds = _values(entity, "type", "eventType", "placeType", "actorType")
    return list({wording.called(iri, labels): iri for iri in kinds}.values())


def _values(entity: Entity, *names: str) -> list[str]:
    """The values of properties, by local name, each once."""
    found = [str(s.value) for name in names for s in entity.statements if s.property.split("#")[-1] == name]
    return list(dict.fromkeys(found))


def _claims(entity: Entity, parts: list[Entity]) -> list[tuple[Claim, Entity]]:
    """The claims about the thing and about its parts, each with what it is about."""
    seen: dict[str, tuple[Claim, Entity]] = {}
    for told in (entity, *parts):
        for claim in told.claims:
            seen.setdefault(claim.iri, (claim, told))
    return list(seen.values())


def _grouped(
    told: Iterable[tuple[URIRef, Node, str]], labels: dict[str, str]
) -> list[tuple[str, list[tuple[Node, list[str]]]]]:
    """(property, other end, graph) by property: each other end with its graphs; the most telling properties first."""
    groups: dict[URIRef, dict[Node, list[str]]] = {}
    for iri, other, graph in told:
        groups.setdefault(iri, {}).setdefault(other, []).append(graph)
    order = {iri: place for place, iri in enumerate(_FIRST)}

    def rank(iri: URIRef) -> tuple[int, bool, str]:
        return order.get(iri, len(order)), not iri.startswith(wording.ONTOLOGY), wording.called(iri, labels)

    return [(str(iri), list(groups[iri].items())) for iri in sorted(groups, key=rank)]


def _in_words(part: Entity, labels: dict[str, str]) -> str:
    """A participation as "Taliban: perpetrator", a toll as "killed: 43 to 85, students, majority"."""
    names = {
        name: [wording.called(iri, labels) for iri in _values(part, name)]
        for name in ("actor", "role", "kind", "ofGroup")
    }
    if names["actor"]:
        return f"{', '.join(names['actor'])}: {', '.join(names['role'])}"
    least, most = (_values(part, name) for name in ("min", "max"))
    number = f"at least {least[0]}" if least and not most else least[0] if least == most else f"{least[0]} to {most[0]}"
    return ", ".join([f"{', '.join(names['kind'])}: {number}", *names["ofGroup"], *_values(part, "shareText")])


def _terms() -> list[Term]:
    """Every term that the ontology defines, by name."""
    terms: dict[str, Term] = {}
    for row in parameters.store().select("terms"):
        said = {name: str(value) for name, value in row.items()}
        iri = said["term"]
        label, comment = said.get("label", iri), said.get("comment", "")
        term = terms.setdefault(iri, Term(iri, said["type"], label, comment))
        for name, values in (
            ("scheme", term.schemes), ("parent", term.parents), ("domain", term.domains), ("range", term.ranges)
        ):  # fmt: skip
            if name in said:
                values.add(said[name])
    return sorted(terms.values(), key=lambda term: term.name)


def _sections(terms: list[Term]) -> list[tuple[str, str, str, list[tuple[Term, bool]]]]:
    """(anchor, title, comment, terms): the classes, the properties, then the concepts of each scheme.

    Each term with whether it stands here for the first time, where its anchor is: a concept may be in two schemes.
    """
    schemes = {scheme for term in terms for scheme in term.schemes}
    sections = [
        ("classes", "Classes", "", [term for term in terms if term.type.endswith("#Class")]),
        ("properties", "Properties", "", [term for term in terms if term.type.endswith("Property")]),
    ]
    for term in terms:
        if term.iri in schemes:
            members = [one for one in terms if term.iri in one.schemes]
            sections.append((term.name, term.label.capitalize(), term.comment, members))
    seen: set[str] = set()
    told = []
    for anchor, title, comment, members in sections:
        told.append((anchor, title, comment, [(one, one.iri not in seen) for one in members]))
        seen |= {one.iri for one in members}
    return told
