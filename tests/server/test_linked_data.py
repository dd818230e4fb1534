"""A good citizen of the web of data: every name of ours leads to what we know, in the form that is wished for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient
from rdflib import DCAT, RDF, RDFS, SKOS, Graph, Literal, Namespace, URIRef

from kg.files import BASE
from kg.ontology import KG, PREFIXES, context
from kg.store.embedded import Store
from server import sitemap
from server.app import create_app
from server.settings import from_environment
from tests.elsewhere.stores import Place, Stores, settings_of
from tests.server.conftest import client_of
from tests.server.test_entities import page

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
WEEKEND = "Alden fell during the second weekend of April."
OURS = """
SELECT DISTINCT ?ours {
  { GRAPH ?ours { ?s ?p ?o } } UNION { GRAPH ?g { ?ours ?p ?o } }
  UNION { GRAPH ?g { ?s ?ours ?o } } UNION { GRAPH ?g { ?s ?p ?ours } }
  FILTER(isIRI(?ours) && STRSTARTS(STR(?ours), "https://w3id.org/controlgraph/"))
}
"""


@pytest.fixture(scope="module")
def client(world: Place) -> Iterator[FlaskClient]:
    with client_of(world, children=2) as started:
        yield started


@pytest.fixture(scope="module")
def ours(client: FlaskClient) -> list[str]:
    """Every IRI of ours that occurs in the published data: graphs, subjects, properties, objects."""
    answer = client.post("/sparql", data={"query": OURS}, headers={"Accept": "text/csv"})
    return sorted(answer.text.split()[1:])


def test_every_iri_of_ours_leads_to_a_page_and_to_rdf_that_is_about_it(client: FlaskClient, ours: list[str]) -> None:
    assert len(ours) > 300
    assert {f"{BASE}graph/world", f"{BASE}graph/derived/control", f"{BASE}ontology#place"} <= set(ours)
    documents: dict[str, str] = {}
    for iri in ours:
        path, _, anchor = iri.removeprefix(BASE[:-1]).partition("#")
        if path not in documents or not anchor:
            shown = client.get(path, headers=BROWSER)
            assert shown.status_code in (200, 303), f"{iri}: {shown.status}"
            if shown.status_code == 303:
                shown = client.get(shown.location, headers=BROWSER)
            assert (shown.status_code, shown.mimetype) == (200, "text/html"), iri
            documents[path] = shown.text
            told = client.get(path, headers={"Accept": "text/turtle"})
            assert (told.status_code, told.mimetype) == (200, "text/turtle"), iri
            assert "Accept" in told.headers["Vary"]
            if not path.startswith("/graph/"):
                assert f"<{iri.partition('#')[0]}" in told.text or PREFIXES["kg"] in told.text, iri
        if anchor:
            assert f'id="{anchor}"' in documents[path], iri


def test_every_iri_of_ours_that_is_shipped_is_described_or_mentioned(shipped: Store) -> None:
    """Each kind in one example, because there are thousands: its page and its RDF."""
    found = sorted(shipped.query(OURS, results="csv").text().split()[1:])
    kinds = {re.sub(r"[^/#]*$", "", iri.removeprefix(BASE))[:14]: iri for iri in found}
    assert len(found) > 1900
    assert {"ontology#", "id/place/", "id/claim/", "id/road/", "id/activity/", "graph/", ""} <= set(kinds)
    app = create_app(replace(from_environment(settings_of(shipped.origin)), children=1))
    client = app.test_client()
    try:
        for iri in kinds.values():
            path = quote(iri.removeprefix(BASE[:-1]).partition("#")[0])
            for wish in (BROWSER, {"Accept": "application/ld+json"}):
                reply = client.get(path, headers=wish, follow_redirects=True)
                assert reply.status_code == 200, iri
    finally:
        app.extensions["controlgraph"].store.close()


def test_an_iri_of_ours_that_nobody_made_is_unknown(client: FlaskClient) -> None:
    for path in ("/id/place/nowhere", "/ontology/NoTerm", "/graph/none", "/problem/none"):
        assert client.get(path, headers={"Accept": "text/turtle"}).status_code == 404


def test_a_page_says_that_it_describes_a_thing(client: FlaskClient) -> None:
    link = client.get("/id/place/town-alden", headers=BROWSER).headers["Link"]
    assert link.startswith(f'<{BASE}id/place/town-alden>; rel="describes", </id/place/town-alden?format=')
    assert (
        client.get("/id/place/town-alden?format=nt").headers["Link"] == f'<{BASE}id/place/town-alden>; rel="describes"'
    )


# ── what search engines read ─────────────────────────────────────────────────────────────────────────────────────────


def embedded(client: FlaskClient, path: str) -> Any:
    """The one block of JSON-LD in a page."""
    (text,) = page(client, path).data
    return json.loads(text)


def test_a_place_in_the_words_of_schema_org(client: FlaskClient) -> None:
    told = embedded(client, "/id/place/town-alden")
    assert told == {
        "@context": "https://schema.org",
        "@id": f"{BASE}id/place/town-alden",
        "@type": "City",
        "name": [{"@value": "Alden", "@language": "en"}, {"@value": "آلدن", "@language": "fa"}],
        "alternateName": [{"@value": "Old Alden", "@language": "en"}],
        "url": "http://localhost/id/place/town-alden",
        "containedInPlace": [
            {
                "@id": f"{BASE}id/place/country-eastmark",
                "name": "Eastmark",
                "url": "http://localhost/id/place/country-eastmark",
            }
        ],
    }


@pytest.mark.parametrize(
    ("path", "kind", "members"),
    [
        ("event/brook", "Event", {"startDate": "1931-04-02", "endDate": "1931-04-02"}),
        ("event/alden", "Event", {"startDate": None, "endDate": None}),  # between two days: neither is known
        ("event/cairn", "Event", {"startDate": None}),
        ("source/courier", "NewsArticle", {"datePublished": "1931-04-20"}),
        ("source/radio", "NewsArticle", {"datePublished": None}),
        ("actor/crown", "GovernmentOrganization", {"name": [{"@value": "Crown", "@language": "en"}]}),
        ("actor/blues", "Organization", {}),
        ("actor/townsfolk", "Thing", {}),
        ("claim/alden-1", "Claim", {"text": [{"@value": WEEKEND, "@language": "en"}]}),
        ("toll/market", "Thing", {}),
        ("dataset/world", "Dataset", {}),
    ],
)  # fmt: skip
def test_things_in_the_words_of_schema_org(client: FlaskClient, path: str, kind: str, members: dict[str, Any]) -> None:
    told = embedded(client, f"/id/{path}")
    assert told["@type"] == kind
    assert {name: told.get(name) for name in members} == members
    graph = Graph().parse(data=json.dumps({**told, "@context": {"@vocab": "https://schema.org/"}}), format="json-ld")
    assert (URIRef(f"{BASE}id/{path}"), RDF.type, URIRef(f"https://schema.org/{kind}")) in graph


def test_a_claim_names_who_makes_it_where_and_about_what(client: FlaskClient) -> None:
    told = embedded(client, "/id/claim/brook-3")
    assert [each["name"] for each in told["author"]] == ["Crown"]
    assert [each["name"] for each in told["appearance"]] == ["Radio Westmark"]
    assert [each["@id"] for each in told["about"]] == [f"{BASE}id/event/brook"]


def test_what_is_shipped_has_its_position_and_its_match(shipped: Store) -> None:
    with client_of(shipped.origin, children=1) as client:
        told = embedded(client, "/id/place/city-kunduz")
        assert "http://www.wikidata.org/entity/Q108155" in told["sameAs"]
        assert told["geo"]["@type"] == "GeoCoordinates"
        assert (round(told["geo"]["latitude"]), round(told["geo"]["longitude"])) == (37, 69)
        source = embedded(client, "/id/source/source-001")
        assert source["url"].startswith("https://www.aljazeera.com/")
        sets = embedded(client, "/")
    assert [each["@type"] for each in sets] == ["Dataset"]
    assert sets[0]["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert {each["encodingFormat"] for each in sets[0]["distribution"]} == {"application/n-quads", "application/trig"}


def test_what_ends_a_script_in_a_name_ends_nothing(tmp_path: Path, stores: Stores) -> None:
    from kg import publish
    from kg.store import open_store

    store = open_store(stores.at(tmp_path / "store"))
    name = "<http://www.w3.org/2004/02/skos/core#prefLabel>"
    said = f'{name} "</script><b>"@en ; <javascript:alert(1)> <javascript:alert(2)>'
    text = f"INSERT DATA {{ GRAPH <https://e.org/g> {{ <https://e.org/a> {said} }} }}"
    publish.write(store, [{"update": text}], who="test")
    store.close()
    with client_of(stores.at(tmp_path / "store"), children=1) as client:
        assert embedded(client, "/resource?iri=https://e.org/a")["name"] == [
            {"@value": "</script><b>", "@language": "en"}
        ]
        shown = page(client, "/resource?iri=https://e.org/a")
        assert "javascript:alert(2)" in shown.text
        assert not [link for link in shown.links if link.startswith("javascript:")], "what is no page is not opened"


# ── the ontology ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_term_has_a_page_that_says_where_it_is_used(client: FlaskClient) -> None:
    shown = page(client, "/ontology/toController")
    assert shown.heading == "to controller"
    (used,) = [link for link in shown.links if link.startswith("/query?query=")]
    assert "Brook ferry" in page(client, used).text
    assert "Brook ferry" in page(client, "/ontology/ControlChange").text
    assert "/ontology/toController" in page(client, "/ontology").links
    graph = Graph().parse(data=client.get("/ontology/Claim?format=ttl").data, format="turtle")
    assert graph.value(KG.Claim, RDFS.label) == Literal("claim", lang="en")


def test_the_context_gives_every_term_its_local_name(client: FlaskClient) -> None:
    reply = client.get("/context.jsonld")
    assert reply.mimetype == "application/ld+json"
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    document = {
        "@context": json.loads(reply.data)["@context"],
        "id": f"{BASE}id/event/x", "type": "ControlChange", "place": f"{BASE}id/place/town-alden",
        "when": {"id": f"{BASE}id/when/x", "earliest": "1931-04-02", "edtf": "1931-04-02"},
    }  # fmt: skip
    graph = Graph().parse(data=json.dumps(document), format="json-ld")
    event = URIRef(f"{BASE}id/event/x")
    assert (event, RDF.type, KG.ControlChange) in graph
    assert graph.value(event, KG.place) == URIRef(f"{BASE}id/place/town-alden")
    earliest = graph.value(graph.value(event, KG.when), KG.earliest)
    assert isinstance(earliest, Literal)
    assert str(earliest.datatype) == PREFIXES["xsd"] + "date"


def test_the_context_has_every_term_of_the_ontology(client: FlaskClient) -> None:
    graph = Graph().parse(data=client.get("/ontology?format=ttl").data, format="turtle")
    names = {str(term).removeprefix(PREFIXES["kg"]) for term in graph.subjects(RDFS.isDefinedBy)}
    assert len(names) > 200
    assert names <= set(context())


# ── descriptions ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_data_set_in_the_words_of_dcat(client: FlaskClient) -> None:
    graph = Graph().parse(data=client.get("/.well-known/void?format=ttl").data, format="turtle")
    whole = URIRef("http://localhost/.well-known/void#controlgraph")
    assert (whole, RDF.type, DCAT.Dataset) in graph
    files = {str(graph.value(each, DCAT.downloadURL)) for each in graph.objects(whole, DCAT.distribution)}
    assert len(files) == 12
    for file in files:
        with client.get(urlsplit(file).path) as dump:
            assert dump.status_code == 200
    service = graph.value(predicate=DCAT.servesDataset, object=whole)
    assert graph.value(service, DCAT.endpointURL) == URIRef("http://localhost/sparql")
    used = {str(term) for triple in graph for term in triple if str(term).startswith(str(DCAT))}
    assert [term for term in used if URIRef(term) not in DCAT] == []


def test_the_look_up_of_the_description_finds_things(client: FlaskClient) -> None:
    void = Namespace("http://rdfs.org/ns/void#")
    graph = Graph().parse(data=client.get("/.well-known/void?format=ttl").data, format="turtle")
    (look_up,) = graph.objects(None, void.uriLookupEndpoint)
    asked = str(look_up).removeprefix("http://localhost") + quote("https://example.org/gazetteer/alden", safe="")
    told = Graph().parse(data=client.get(asked, headers={"Accept": "text/turtle"}).data, format="turtle")
    assert (None, SKOS.closeMatch, URIRef("https://example.org/gazetteer/alden")) in told


def test_the_sitemap_lists_pages_that_exist(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemap, "MOST", 10)
    listed = locations(client, "/sitemap.xml")
    pages = [found for part in listed for found in locations(client, part)]
    assert len(listed) == -(-len(pages) // 10) > 1
    assert len(set(pages)) == len(pages)
    assert {"/", "/map", "/id/place/town-alden", "/id/event/brook", "/id/dataset/world"} <= set(pages)
    assert not [found for found in pages if "/claim/" in found or "/when/" in found]
    for found in pages:
        assert client.get(found, headers=BROWSER).status_code == 200
    for number in (0, len(listed) + 1):
        assert client.get(f"/sitemaps/{number}.xml").status_code == 404


def locations(client: FlaskClient, path: str) -> list[str]:
    reply = client.get(path)
    assert (reply.status_code, reply.mimetype) == (200, "application/xml")
    found = ElementTree.fromstring(reply.data).iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")
    return [str(each.text).removeprefix("http://localhost") for each in found]


def test_robots_are_told_where_pages_are(client: FlaskClient) -> None:
    robots = RobotFileParser()
    robots.parse(client.get("/robots.txt").text.splitlines())
    assert robots.site_maps() == ["http://localhost/sitemap.xml"]
    assert robots.can_fetch("any", "/id/place/town-alden")
    assert robots.can_fetch("any", "/query")
    assert not robots.can_fetch("any", "/sparql?query=x")
    assert not robots.can_fetch("any", "/claims/new?place=town-alden")


def test_the_type_of_a_problem_leads_to_what_it_means(client: FlaskClient) -> None:
    for path in ("/sparql?query=SELECT", "/id/place/nowhere", "/no/such/address"):
        document = json.loads(client.get(path, headers={"Accept": "application/json"}).data)
        shown = page(client, document["type"].removeprefix(BASE[:-1]))
        assert str(document["status"]) in shown.text
    assert "the text is no SPARQL; line and column say where." in page(client, "/problem/query-syntax").text
