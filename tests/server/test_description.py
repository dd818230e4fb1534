"""What the service says of itself and of its data: service description, VoID, dumps, each against the data."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from urllib.parse import quote

import pytest
from rdflib import DCTERMS, RDF, RDFS, VOID, Dataset, Graph, Literal, Namespace, URIRef
from rdflib.compare import isomorphic

from kg import files
from kg.store import open_store
from kg.store.embedded import Store
from tests.elsewhere.stores import Place
from tests.server.conftest import WRITER, Service, running

SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
FORMATS = Namespace("http://www.w3.org/ns/formats/")
WORLD = URIRef(f"{files.BASE}graph/world")
EVERY = {
    "text/turtle": "turtle", "application/n-triples": "nt", "application/rdf+xml": "xml",
    "application/ld+json": "json-ld",
}  # fmt: skip
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def read(service: Service, path: str, accept: str = "text/turtle") -> Graph:
    """The graph at a path."""
    reply = service.ask("GET", path, Accept=accept)
    assert reply.status == 200, reply.body
    assert reply.headers["content-type"].partition(";")[0] == accept
    return Graph().parse(data=reply.body, format=EVERY[accept])


# ── service description ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
@pytest.mark.parametrize("accept", EVERY)
def test_2_a_get_without_a_query_gives_the_description(service: Service, accept: str) -> None:
    described = read(service, "/sparql", accept)
    assert len(set(described.subjects(RDF.type, SD.Service))) == 1
    assert isomorphic(described, read(service, "/sparql"))


def test_2_a_client_without_a_wish_gets_rdf_too(service: Service) -> None:
    for headers in ({}, {"Accept": "*/*"}, {"Accept": "image/png"}):
        assert service.ask("GET", "/sparql", **headers).headers["content-type"].startswith("text/turtle")
    assert service.ask("GET", "/sparql?format=jsonld").headers["content-type"] == "application/ld+json"


def test_a_browser_gets_the_query_page_instead(service: Service) -> None:
    reply = service.ask("GET", "/sparql", Accept=BROWSER)
    assert (reply.status, reply.headers["location"]) == (302, "/query")


def test_3_the_endpoint_is_where_it_was_asked(service: Service) -> None:
    assert list(read(service, "/sparql").objects(None, SD.endpoint)) == [URIRef(f"{service.url}/sparql")]


def test_3_only_terms_of_the_vocabulary_are_used(service: Service) -> None:
    known = {
        "Service", "Dataset", "Graph", "NamedGraph", "endpoint", "feature", "UnionDefaultGraph", "supportedLanguage",
        "SPARQL10Query", "SPARQL11Query", "SPARQL11Update", "resultFormat", "inputFormat", "defaultDataset",
        "defaultGraph", "namedGraph", "name", "graph", "BasicFederatedQuery",
    }  # fmt: skip
    used = {str(term) for triple in read(service, "/sparql") for term in triple}
    assert {term.removeprefix(SD) for term in used if term.startswith(SD)} <= known


def test_3_what_can_be_asked(service: Service, writable: Service) -> None:
    reading, writing = read(service, "/sparql"), read(writable, "/sparql")
    languages = {SD.SPARQL10Query, SD.SPARQL11Query}
    assert set(reading.objects(None, SD.supportedLanguage)) == languages
    assert set(writing.objects(None, SD.supportedLanguage)) == languages | {SD.SPARQL11Update}
    assert set(reading.objects(None, SD.feature)) == {SD.UnionDefaultGraph}
    assert FORMATS.SPARQL_Results_JSON in set(reading.objects(None, SD.resultFormat))
    assert not set(reading.objects(None, SD.inputFormat))
    assert set(writing.objects(None, SD.inputFormat)) == {
        FORMATS.Turtle, FORMATS["N-Triples"], FORMATS.RDF_XML, FORMATS["JSON-LD"],
    }  # fmt: skip


def test_3_the_named_graphs_with_their_sizes(service: Service, world: Place) -> None:
    described = read(service, "/sparql")
    sizes = {}
    for named in described.objects(None, SD.namedGraph):
        content = described.value(named, SD.graph)
        sizes[str(described.value(named, SD.name))] = int(str(described.value(content, VOID.triples)))
    assert sizes == {name: record.triples for name, record in open_store(world).manifest().graphs.items()}


def test_the_limits_in_force_are_told(world: Place) -> None:
    with running(world, KG_DEADLINE="7", KG_RESULT_MAX="123456", KG_MEMORY="0") as narrow:
        words = " ".join(str(text) for text in read(narrow, "/sparql").objects(None, RDFS.comment))
    assert "7 seconds" in words
    assert "123456 bytes" in words
    assert "SERVICE" in words


# ── VoID ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
@pytest.mark.parametrize("accept", EVERY)
def test_void_in_every_form(service: Service, accept: str) -> None:
    described = read(service, "/.well-known/void", accept)
    assert (URIRef(f"{service.url}/.well-known/void"), RDF.type, VOID.DatasetDescription) in described
    assert isomorphic(described, read(service, "/.well-known/void"))


def test_void_in_no_other_form(service: Service) -> None:
    assert service.ask("GET", "/.well-known/void", Accept="image/png").status == 406


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
def test_void_counts_are_those_of_the_data(service: Service) -> None:
    described = read(service, "/.well-known/void")
    whole = URIRef(f"{service.url}/.well-known/void#controlgraph")
    dump = Dataset().parse(data=service.ask("GET", "/dumps/controlgraph.nq").body, format="nquads")
    triples = {(s, p, o) for s, p, o, _ in dump.quads()}
    ours = {s for s, _, _ in triples if str(s).startswith(f"{files.BASE}id/")}
    counts = {
        VOID.triples: len(triples), VOID.distinctSubjects: len({s for s, _, _ in triples}),
        VOID.distinctObjects: len({o for _, _, o in triples}), VOID.properties: len({p for _, p, _ in triples}),
        VOID.classes: len({o for _, p, o in triples if p == RDF.type}), VOID.entities: len(ours),
    }  # fmt: skip
    assert {term: int(str(described.value(whole, term))) for term in counts} == counts
    world = dump.graph(WORLD)
    (subset,) = described.subjects(SD.name, WORLD)
    assert (whole, VOID.subset, subset) in described
    assert described.value(subset, VOID.triples) == Literal(len(world))
    properties = Counter(p for _, p, _ in world)
    assert {
        described.value(part, VOID.property): int(str(described.value(part, VOID.triples)))
        for part in described.objects(subset, VOID.propertyPartition)
    } == properties
    assert {
        described.value(part, VOID["class"]): int(str(described.value(part, VOID.entities)))
        for part in described.objects(subset, VOID.classPartition)
    } == Counter(world.objects(None, RDF.type))


def test_void_names_doors_that_open(service: Service) -> None:
    described = read(service, "/.well-known/void")
    for place in described.objects(None, VOID.dataDump):
        assert service.ask("HEAD", str(place).removeprefix(service.url)).status == 200, place
    assert set(described.objects(None, VOID.sparqlEndpoint)) == {URIRef(f"{service.url}/sparql")}


def test_void_of_what_is_shipped_has_its_licence_and_links(shipped: Store) -> None:
    accepted = {
        str(row["space"]): int(str(row["links"])) for row in shipped.select("void-links")
        if str(row["relation"]).endswith("#exactMatch")
    }  # fmt: skip
    with running(shipped.origin) as service:
        described = read(service, "/.well-known/void")
    licence = URIRef("https://creativecommons.org/licenses/by/4.0/")
    assert licence in set(described.objects(None, DCTERMS.license))
    exact = URIRef("http://www.w3.org/2004/02/skos/core#exactMatch")
    found = {}
    for linkset in described.subjects(VOID.linkPredicate, exact):
        target = described.value(linkset, VOID.objectsTarget)
        found[str(described.value(target, VOID.uriSpace))] = int(str(described.value(linkset, VOID.triples)))
    assert found == accepted
    assert len(found) >= 2


def test_void_follows_the_data(writable: Service) -> None:
    def triples() -> int:
        described = read(writable, "/.well-known/void")
        return int(str(described.value(URIRef(f"{writable.url}/.well-known/void#controlgraph"), VOID.triples)))

    before = triples()
    assert writable.update("INSERT DATA { GRAPH <https://example.org/more> { <e:a> <e:b> 1, 2, 3 } }").status == 200
    assert triples() == before + 3
    writable.ask("DELETE", f"/graphs?graph={quote('https://example.org/more', safe='')}", **WRITER)
    assert triples() == before


# ── dumps ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
@pytest.mark.parametrize(("suffix", "form"), [("nq", "nquads"), ("trig", "trig")])
def test_a_dump_has_everything(service: Service, suffix: str, form: str) -> None:
    plain, packed = (service.ask("GET", f"/dumps/controlgraph.{suffix}{end}") for end in ("", ".gz"))
    assert gzip.decompress(packed.body) == plain.body
    assert packed.headers["content-type"] == "application/gzip"
    assert int(plain.headers["content-length"]) == len(plain.body)
    dump = Dataset().parse(data=plain.body, format=form)
    assert service.truth(
        f"ASK {{ {{ SELECT (COUNT(*) AS ?n) {{ GRAPH ?g {{ ?s ?p ?o }} }} }} FILTER (?n = {len(dump)}) }}"
    )
    assert plain.headers["controlgraph-version"] in plain.headers["etag"]


def test_a_dump_of_one_graph(service: Service) -> None:
    reply = service.ask("GET", "/dumps/world.ttl")
    assert reply.headers["content-type"].startswith("text/turtle")
    assert isomorphic(Graph().parse(data=reply.body, format="turtle"), read(service, "/graph/world"))
    assert gzip.decompress(service.ask("GET", "/dumps/world.ttl.gz").body) == reply.body


@pytest.mark.parametrize(
    "name", ["nothing.ttl", "controlgraph.ttl", "world.nq", "world", ".ttl", "../world.ttl", "x.gz"]
)
def test_there_is_no_other_dump(service: Service, name: str) -> None:
    reply = service.ask("GET", f"/dumps/{name}")
    assert reply.status == 404
    assert json.loads(reply.body)["status"] == 404


def test_a_dump_follows_the_data(writable: Service) -> None:
    def has(text: bytes) -> bool:
        return text in writable.ask("GET", "/dumps/controlgraph.nq").body

    assert not has(b"<e:dumped>")
    assert writable.update("INSERT DATA { GRAPH <https://example.org/d> { <e:dumped> <e:b> 1 } }").status == 200
    assert has(b"<e:dumped>")
