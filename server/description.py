"""What the service says of itself and of its data, in RDF: SPARQL 1.1 Service Description, and VoID."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import quote

from flask import Blueprint, Response, current_app, request
from rdflib import DCAT, DCTERMS, FOAF, OWL, RDF, RDFS, VOID, BNode, Graph, Literal, Namespace, URIRef

from kg import export
from kg.errors import NothingPublished, QueryDied, QueryTimeout
from kg.files import BASE
from kg.ontology import PREFIXES
from kg.store.answer import GRAPH_FORMATS
from kg.store.terms import Row
from server import current, formats, kept, parameters
from server.errors import Rejected

bp = Blueprint("description", __name__)

SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
W3C_FORMATS = Namespace("http://www.w3.org/ns/formats/")
FORMS: formats.Offer = {name: formats.GRAPHS[name] for name in ("ttl", "nt", "rdf", "jsonld")}
_RESULTS = ("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV")
_GRAPHS = ("Turtle", "N-Triples", "RDF_XML", "JSON-LD")
_QUADS = ("N-Quads", "TriG")
_MEDIA = "https://www.iana.org/assignments/media-types/"
_COUNTS = ("datasets", "void-graphs", "void-classes", "void-properties", "void-whole", "void-links")

Counts = Mapping[str, list[Row]]
"""The solutions of our counting queries, by their names; those that took too long are not there."""


def init_app() -> kept.Kept[Counts]:
    """Where the counts of a version are kept."""
    return kept.Kept(wait=1.0)


def service() -> Response:
    """The service description (section 2 of that): what can be asked here, of what, under which limits."""
    address = current.address()
    graph = _empty()
    this, door, dataset = URIRef(f"{address}/sparql#service"), URIRef(f"{address}/sparql"), BNode()
    graph.add((this, RDF.type, SD.Service))
    graph.add((this, RDFS.label, Literal("Controlgraph", lang="en")))
    graph.add((this, SD.endpoint, door))
    languages = ["SPARQL10Query", "SPARQL11Query", *(["SPARQL11Update"] if current.settings().is_writable() else [])]
    for language in languages:
        graph.add((this, SD.supportedLanguage, SD[language]))
    graph.add((this, SD.feature, SD.UnionDefaultGraph))
    if current.settings().federation.endpoints:
        graph.add((this, SD.feature, SD.BasicFederatedQuery))
    for name in (*_RESULTS, *_GRAPHS, *_QUADS):
        graph.add((this, SD.resultFormat, W3C_FORMATS[name]))
    for name in _GRAPHS if current.settings().is_writable() else ():
        graph.add((this, SD.inputFormat, W3C_FORMATS[name]))
    for sentence in _limits():
        graph.add((this, RDFS.comment, Literal(sentence, lang="en")))
    graph.add((this, SD.defaultDataset, dataset))
    graph.add((dataset, RDF.type, SD.Dataset))
    graph.add((dataset, RDFS.seeAlso, URIRef(f"{address}/.well-known/void")))
    sizes = _sizes()
    _graph(graph, dataset, SD.defaultGraph, BNode(), sum(sizes.values()))
    for name, triples in sizes.items():
        if name:
            named = BNode()
            graph.add((dataset, SD.namedGraph, named))
            graph.add((named, RDF.type, SD.NamedGraph))
            graph.add((named, SD.name, URIRef(name)))
            _graph(graph, named, SD.graph, BNode(), triples)
    return _as_wanted(graph)


def _limits() -> list[str]:
    chosen = current.settings()
    others = ", ".join(f"<{endpoint}>" for endpoint in chosen.federation.endpoints)
    return [
        f"A query may compute for {chosen.deadline:g} seconds; timeout= asks for less.",
        f"An answer may have {chosen.result_max} bytes; a larger one is refused whole, never cut.",
        f"A query may use {chosen.memory} bytes of memory." if chosen.memory else "A query may use any memory.",
        f"A query waits for its turn for {chosen.wait:g} seconds at most, and is then told when to come again.",
        f"A query may ask by SERVICE: {others}." if others else "SERVICE is refused: this service asks no other.",
        "LOAD is refused.",
        "Without a data set of its own a query sees the union of all graphs, an update the unnamed one.",
    ]


def _graph(graph: Graph, owner: BNode, how: URIRef, node: BNode, triples: int) -> None:
    graph.add((owner, how, node))
    graph.add((node, RDF.type, SD.Graph))
    graph.add((node, VOID.triples, Literal(triples)))


def _sizes() -> dict[str, int]:
    """How many triples each graph has."""
    try:
        return {name: record.triples for name, record in current.store().manifest().graphs.items()}
    except NothingPublished:
        return {}


@bp.route("/.well-known/void")
def void() -> Response:
    """The data set, its graphs, classes, properties and links, with counts of the version that is published."""
    version, counts = _kept().get("counts", current.version, _count)
    response = _as_wanted(_described(counts))
    response.headers["Controlgraph-Version"] = version
    return response


def _kept() -> kept.Kept[Counts]:
    found: kept.Kept[Counts] = current_app.extensions["controlgraph.counts"]
    return found


def _count() -> Counts:
    found = {}
    for name in _COUNTS:
        try:
            found[name] = current.store().select(name)
        except (QueryTimeout, QueryDied):
            continue  # a large store: what can be counted is told, and that the rest is missing
    return found


def _described(counts: Counts) -> Graph:
    graph = _empty()
    here = URIRef(f"{current.address()}/.well-known/void")
    whole = URIRef(f"{here}#controlgraph")
    graph.add((here, RDF.type, VOID.DatasetDescription))
    graph.add((here, FOAF.primaryTopic, whole))
    _whole(graph, whole, counts)
    subsets = _subsets(graph, here, whole)
    for row in counts.get("void-graphs", []):
        _numbers(graph, subsets[str(row["graph"])], row)
    for row in counts.get("void-classes", []):
        part = _part(graph, subsets[str(row["graph"])], VOID.classPartition)
        graph.add((part, VOID["class"], row["class"]))
        graph.add((part, VOID.entities, row["instances"]))
    for row in counts.get("void-properties", []):
        part = _part(graph, subsets[str(row["graph"])], VOID.propertyPartition)
        graph.add((part, VOID.property, row["property"]))
        graph.add((part, VOID.triples, row["triples"]))
    for row in counts.get("void-links", []):
        _linkset(graph, whole, row)
    return graph


def _whole(graph: Graph, whole: URIRef, counts: Counts) -> None:
    """The data set as a whole: its doors, its licence, its size."""
    address = current.address()
    graph.add((whole, RDF.type, VOID.Dataset))
    graph.add((whole, VOID.sparqlEndpoint, URIRef(f"{address}/sparql")))
    graph.add((whole, VOID.uriSpace, Literal(f"{BASE}id/")))
    graph.add((whole, VOID.vocabulary, URIRef(f"{BASE}ontology")))
    graph.add((whole, VOID.uriLookupEndpoint, URIRef(f"{address}/resource?iri=")))
    for suffix in ("nq", "nq.gz", "trig", "trig.gz"):
        graph.add((whole, VOID.dataDump, URIRef(f"{address}/dumps/controlgraph.{suffix}")))
    for row in counts.get("datasets", []):
        graph.add((whole, DCTERMS.title, row["title"]))
        if "licence" in row:
            graph.add((whole, DCTERMS.license, row["licence"]))
    _catalogued(graph, whole)
    for row in counts.get("void-whole", []):
        _numbers(graph, whole, row)
    if missing := [name for name in _COUNTS if name not in counts]:
        words = f"Not counted, because it took longer than a query may: {', '.join(missing)}."
        graph.add((whole, RDFS.comment, Literal(words, lang="en")))


def _catalogued(graph: Graph, whole: URIRef) -> None:
    """The data set in the words of DCAT 2: its files, and the service that answers from it."""
    address = current.address()
    graph.add((whole, RDF.type, DCAT.Dataset))
    graph.add((whole, DCAT.landingPage, URIRef(f"{address}/")))
    with suppress(NothingPublished):
        graph.add((whole, OWL.versionInfo, Literal(current.version())))
    files = {f"controlgraph.{form}": GRAPH_FORMATS[form] for form in export.QUAD_FORMS}
    files |= {name: kind for name, (kind, _) in export.FILES.items() if not name.endswith(export.DESCRIBED)}
    for name, media_type in files.items():
        for packed in ("", ".gz"):
            file = URIRef(f"{address}/dumps/{name}{packed}")
            distribution = _part(graph, whole, DCAT.distribution)
            graph.add((distribution, RDF.type, DCAT.Distribution))
            graph.add((distribution, DCAT.accessURL, file))
            graph.add((distribution, DCAT.downloadURL, file))
            graph.add((distribution, DCAT.mediaType, URIRef(f"{_MEDIA}{media_type}")))
            if packed:
                graph.add((distribution, DCAT.compressFormat, URIRef(f"{_MEDIA}application/gzip")))
    service = URIRef(f"{address}/sparql#service")
    graph.add((service, RDF.type, DCAT.DataService))
    graph.add((service, DCAT.endpointURL, URIRef(f"{address}/sparql")))
    graph.add((service, DCAT.endpointDescription, URIRef(f"{address}/sparql")))
    graph.add((service, DCAT.servesDataset, whole))


def _subsets(graph: Graph, here: URIRef, whole: URIRef) -> dict[str, URIRef]:
    """Each named graph as a part of the data set, by its name."""
    found = {}
    for name, triples in _sizes().items():
        if name:
            short = name.removeprefix(f"{BASE}graph/")
            subset = found[name] = URIRef(f"{here}#graph-{quote(short, safe='')}")
            graph.add((whole, VOID.subset, subset))
            graph.add((subset, RDF.type, VOID.Dataset))
            graph.add((subset, SD.name, URIRef(name)))
            graph.add((subset, VOID.triples, Literal(triples)))
            if short != name:
                graph.add((subset, VOID.dataDump, URIRef(f"{current.address()}/dumps/{short}.ttl")))
    return found


def _numbers(graph: Graph, of: URIRef, row: Row) -> None:
    names = {
        "triples": VOID.triples, "subjects": VOID.distinctSubjects, "objects": VOID.distinctObjects,
        "classes": VOID.classes, "properties": VOID.properties, "entities": VOID.entities,
    }  # fmt: skip
    for name, term in names.items():
        if name in row:
            graph.add((of, term, row[name]))


def _part(graph: Graph, of: URIRef, how: URIRef) -> BNode:
    part = BNode()
    graph.add((of, how, part))
    return part


def _linkset(graph: Graph, whole: URIRef, row: Row) -> None:
    linkset, target = BNode(), BNode()
    graph.add((whole, VOID.subset, linkset))
    graph.add((linkset, RDF.type, VOID.Linkset))
    graph.add((linkset, VOID.subjectsTarget, whole))
    graph.add((linkset, VOID.objectsTarget, target))
    graph.add((linkset, VOID.linkPredicate, row["relation"]))
    graph.add((linkset, VOID.triples, row["links"]))
    graph.add((target, RDF.type, VOID.Dataset))
    graph.add((target, VOID.uriSpace, Literal(str(row["space"]))))


def _empty() -> Graph:
    graph = Graph(bind_namespaces="none")
    for prefix in ("dcterms", "rdfs", "void", "xsd"):
        graph.bind(prefix, PREFIXES[prefix])
    graph.bind("sd", SD)
    graph.bind("foaf", FOAF)
    graph.bind("dcat", DCAT)
    graph.bind("owl", OWL)
    return graph


def _as_wanted(graph: Graph) -> Response:
    named = parameters.one("format")
    accept = request.headers.get("Accept")
    form = formats.choose(accept, FORMS) if named is None else formats.by_name(named, FORMS)
    if form is None and request.path == "/.well-known/void":
        asked = f"Accept: {accept}" if named is None else f"format={named}"
        detail = f"nothing fits {asked}; offered are {formats.listed([FORMS])}"
        raise Rejected(406, "no-such-form", "No format that you accept", detail)
    form = form or "ttl"
    text = graph.serialize(format=formats.SERIALISERS[form])
    response = Response(text, content_type=formats.header(FORMS[form][0]))
    response.vary.add("Accept")
    return response
