"""Anything with an IRI, as RDF and as a page that shows who says it and who denies it."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from rdflib import RDFS, SKOS, Dataset, Graph, Literal, URIRef

from kg import publish
from kg.store import open_store
from kg.store.answer import GRAPH_FORMATS
from tests.elsewhere.stores import Place, Stores
from tests.server.conftest import client_of
from tests.server.reading import Page, read

BASE = "https://w3id.org/controlgraph/"
ALDEN = URIRef(f"{BASE}id/place/town-alden")
PARSERS = {"ttl": "turtle", "rdf": "xml", "jsonld": "json-ld", "nq": "nquads", "nt": "nt", "trig": "trig"}
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


def page(client: FlaskClient, path: str) -> Page:
    """The page at a path, as a browser gets it."""
    response = client.get(path, headers=BROWSER)
    assert response.status_code == 200, response.text
    assert response.mimetype == "text/html"
    return read(response.text)


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
@pytest.mark.parametrize(("name", "media_type"), GRAPH_FORMATS.items())
def test_an_entity_in_every_form(client: FlaskClient, name: str, media_type: str) -> None:
    by_header = client.get("/id/place/town-alden", headers={"Accept": media_type})
    by_name = client.get(f"/id/place/town-alden?format={name}", headers={"Accept": "text/html"})
    for response in (by_header, by_name):
        assert response.status_code == 200
        assert response.mimetype == media_type
        assert response.headers["Controlgraph-Version"].startswith("000001-")
        dataset = Dataset(default_union=True)
        graph = dataset if name in ("nq", "trig") else Graph()
        graph.parse(data=response.data, format=PARSERS[name])
        assert set(graph.objects(ALDEN, SKOS.prefLabel)) == {Literal("Alden", lang="en"), Literal("آلدن", lang="fa")}
        assert URIRef(f"{BASE}id/event/alden") in set(graph.subjects(None, ALDEN))
        if name in ("nq", "trig"):
            assert f"{BASE}graph/world" in {str(context.identifier) for context in dataset.graphs()}
    assert by_header.vary.as_set() == {"accept", "accept-encoding"}
    assert f'</id/place/town-alden?format={name}>; rel="alternate"; type="{media_type}"' in by_header.headers["Link"]


def test_a_client_without_a_wish_gets_turtle_and_a_browser_a_page(client: FlaskClient) -> None:
    assert client.get("/id/place/town-alden").mimetype == "text/turtle"
    assert client.get("/id/place/town-alden", headers={"Accept": "*/*"}).mimetype == "text/turtle"
    assert client.get("/id/place/town-alden", headers=BROWSER).mimetype == "text/html"


@pytest.mark.embedded("an engine has only its present version")
def test_all_of_a_page_is_of_the_version_that_is_asked_for(world: Place, tmp_path: Path, stores: Stores) -> None:
    location = stores.copy(world, tmp_path / "store")
    with client_of(location, children=1) as client:
        before = client.get("/healthz").headers["Controlgraph-Version"]
        store = open_store(location)
        said = f'<{ALDEN}> <{SKOS.prefLabel}> "Alden-on-Sea"@en'
        publish.write(store, [{"update": f"INSERT DATA {{ GRAPH <https://e.org/g> {{ {said} }} }}"}], who="test")
        store.close()
        now = client.get("/id/place/town-alden", headers=BROWSER)
        assert "Alden-on-Sea" in now.text
        then = client.get(f"/id/place/town-alden?version={before}", headers=BROWSER)
        assert "Alden-on-Sea" not in then.text
        assert now.headers["Controlgraph-Version"] != before == then.headers["Controlgraph-Version"]
        assert client.get("/id/place/town-alden?version=000009-aaaaaaaaaaaa").status_code == 404


def test_a_head_has_no_body(client: FlaskClient) -> None:
    response = client.head("/id/place/town-alden")
    assert response.status_code == 200
    assert response.data == b""
    assert response.content_length


@pytest.mark.parametrize(
    "path",
    [
        "/id/place/nowhere", "/id/place/a%20b", "/id/place/%3Cx%3E", "/id/place/a%25zz", "/id/x/y/z",
        f"/resource?iri={quote('https://example.org/unheard')}",
    ],
)  # fmt: skip
def test_an_unknown_entity_is_404(client: FlaskClient, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    document = json.loads(response.data)
    assert document["type"].endswith("/unknown-entity")
    assert document["iri"]
    shown = client.get(path, headers=BROWSER)
    assert shown.status_code == 404
    assert "Nothing is known of this" in shown.text


def test_no_fitting_form_is_406(client: FlaskClient) -> None:
    for path in ("/id/place/town-alden", "/ontology"):
        assert client.get(path, headers={"Accept": "image/png"}).status_code == 406
        assert client.get(f"{path}?format=pdf").status_code == 406
    assert client.get("/ontology?format=trig").status_code == 406


def test_an_event_reads_as_evidence(client: FlaskClient) -> None:
    shown = page(client, "/id/event/brook")
    facts = shown.pairs["facts"]
    assert facts["What"] == "capture"
    assert facts["Where"] == "Brook ferry"
    assert facts["When"] == "on 2 April 1931"
    assert facts["Taken by"] == "Blues"
    assert facts["From"] == "Crown"
    head, *rows = shown.tables["claims"]
    assert head[:2] == ["Stance", "Who"]
    assert sorted(row[0] for row in rows) == ["▶ announces", "● reports", "✕ denies"]
    by_stance = {row[0].split()[-1]: row for row in rows}
    assert by_stance["denies"][1] == "Crown"
    assert by_stance["denies"][4] == "Radio Westmark undated"
    assert by_stance["announces"][1] == "Blues said on 3 April 1931"
    assert by_stance["announces"][3] == "on 3 April 1931"
    assert by_stance["reports"][1] == "the source itself"
    assert by_stance["reports"][4] == "The Courier, sentence 1 published on 20 April 1931"
    assert "The Crown says the ferry never changed hands." in by_stance["denies"][2]


def test_a_denial_of_responsibility_stands_on_the_page_of_the_event(client: FlaskClient) -> None:
    shown = page(client, "/id/event/market")
    assert shown.pairs["facts"]["Who"] == "Blues: perpetrator ◇ alleges ✕ denies"
    assert shown.pairs["facts"]["Toll"] == "killed: 3 to 5 ● reports"
    rows = {row[0].split()[-1]: row for row in shown.tables["claims"][1:]}
    assert "about the part played: Blues: perpetrator" in rows["denies"][2]
    assert rows["alleges"][1] == "townsfolk of Alden"
    assert len(shown.tables["claims"]) == 4


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/id/event/alden", "between 11 and 12 April 1931"),
        ("/id/event/cairn", "by 18 April 1931"),
    ],
)
def test_bounds_are_told_in_words(client: FlaskClient, path: str, words: str) -> None:
    assert page(client, path).pairs["facts"]["When"] == words


def test_a_title_is_told_from_a_sentence(client: FlaskClient) -> None:
    assert "The Courier, title" in page(client, "/id/event/alden").tables["claims"][1][4]


def test_a_place_shows_its_statements_and_where_they_stand(client: FlaskClient) -> None:
    shown = page(client, "/id/place/town-alden")
    assert shown.heading == "Alden"
    assert "آلدن" in shown.text
    assert '<bdi lang="fa">' in shown.source
    assert "graph:world" in shown.text
    assert f"{BASE}id/place/town-alden" in shown.text
    assert "Eastmark" in shown.text
    assert "as place of" in shown.text
    assert "/resource?iri=https%3A%2F%2Fexample.org%2Fgazetteer%2Falden" in shown.links
    assert "https://example.org/gazetteer/alden" in shown.links


def test_a_day_has_a_page_in_words(client: FlaskClient) -> None:
    assert page(client, "/id/when/by-1931-04-18").heading == "by 18 April 1931"


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
def test_every_local_link_of_an_entity_leads_somewhere(client: FlaskClient) -> None:
    for start in ("/id/event/market", "/id/place/town-alden", "/id/source/courier", "/id/claim/brook-3"):
        for link in {link.partition("#")[0] for link in page(client, start).links if link.startswith("/")}:
            with client.get(link, headers=BROWSER, follow_redirects=True) as response:
                assert response.status_code == 200, f"{start} links to {link}"


def test_a_foreign_iri_that_is_mentioned_has_a_page(client: FlaskClient) -> None:
    shown = page(client, "/resource?iri=https://example.org/gazetteer/alden")
    assert "Mentioned by" in shown.text
    assert "Alden" in shown.text
    turtle = client.get("/resource?iri=https://example.org/gazetteer/alden&format=ttl")
    assert Graph().parse(data=turtle.data, format="turtle").value(ALDEN, SKOS.closeMatch)
    assert "/resource?iri=https%3A%2F%2Fexample.org%2Fgazetteer%2Falden&format=ttl" in shown.links


def test_a_link_shows_its_status_from_both_ends(client: FlaskClient) -> None:
    there = "https://example.org/gazetteer/alden"
    ours, theirs = page(client, "/id/place/town-alden"), page(client, f"/resource?iri={there}")
    head, *rows = ours.tables["links"]
    assert head == ["What", "Relation", "Status", "What speaks for it", "Reviewed by"]
    assert rows == [[f"<{there}> ↗ outside", "skos:closeMatch", "accepted", "", "–"]]
    assert theirs.tables["links"][1:] == [["Alden", "skos:closeMatch", "accepted", "", "–"]]
    assert "/id/link/alden" in ours.links
    assert "links" not in page(client, "/id/place/airbase-cairn").tables


def test_our_own_iris_are_sent_to_their_address(client: FlaskClient) -> None:
    response = client.get(f"/resource?iri={ALDEN}&format=nt")
    assert (response.status_code, response.location) == (303, "/id/place/town-alden?format=nt")
    response = client.get(f"/resource?iri={ALDEN}&lang=fa&version=x")
    assert response.location == "/id/place/town-alden?lang=fa&version=x"
    assert client.get("/resource", query_string={"iri": f"{BASE}ontology#Claim"}).location == "/ontology#Claim"


@pytest.mark.parametrize("iri", ["", "no iri", "https://example.org/<x>", "/relative", "https://example.org/%zz"])
def test_what_is_no_iri_is_400(client: FlaskClient, iri: str) -> None:
    response = client.get("/resource", query_string={"iri": iri})
    assert response.status_code == 400
    assert json.loads(response.data)["type"].endswith("/iri")


def test_the_ontology_has_every_term_under_its_name(client: FlaskClient) -> None:
    shown = page(client, "/ontology")
    assert {"Claim", "toController", "Denies", "Stances", "classes", "properties"} <= shown.ids
    assert "Someone takes a stance" in shown.text
    for link in {link for link in shown.links if link.startswith("/ontology#")}:
        assert link.partition("#")[2] in shown.ids


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
@pytest.mark.parametrize("name", ["ttl", "nt", "rdf", "jsonld"])
def test_the_ontology_as_rdf(client: FlaskClient, name: str) -> None:
    response = client.get("/ontology", headers={"Accept": GRAPH_FORMATS[name]})
    assert response.mimetype == GRAPH_FORMATS[name]
    graph = Graph().parse(data=response.data, format=PARSERS[name])
    assert graph.value(URIRef(f"{BASE}ontology#Claim"), RDFS.label) == Literal("claim", lang="en")


def test_what_was_cut_is_said(tmp_path: Path, stores: Stores) -> None:
    data = tmp_path / "many.ttl"
    data.write_text("".join(f"<https://e.org/{n}> <https://e.org/p> <https://e.org/hub> .\n" for n in range(700)))
    store = open_store(stores.at(tmp_path / "store"))
    publish.load(store, [data], who="test")
    store.close()
    with client_of(stores.at(tmp_path / "store"), children=1) as client:
        shown = page(client, "/resource?iri=https://e.org/hub")
        assert "only the first 500 mentions are here" in shown.text
        complete = next(link for link in shown.links if link.startswith("/query?query="))
        assert "700 rows" in page(client, complete).text
        turtle = client.get("/resource?iri=https://e.org/hub&format=ttl")
        assert "500" in turtle.headers["Controlgraph-Cut"]
        assert client.get("/ontology").status_code == 200
        assert client.get("/ontology", headers=BROWSER).status_code == 404


def test_a_thing_without_a_label_and_an_unknown_datatype_are_shown(tmp_path: Path, stores: Stores) -> None:
    data = tmp_path / "odd.ttl"
    data.write_text('<https://e.org/a> <https://e.org/p> <https://e.org/b> , 1.5 , "x"^^<https://e.org/type> .\n')
    store = open_store(stores.at(tmp_path / "store"))
    publish.load(store, [data], who="test")
    store.close()
    with client_of(stores.at(tmp_path / "store"), children=1) as client:
        shown = page(client, "/resource?iri=https://e.org/a")
    assert shown.heading == "a"
    assert "<https://e.org/type>" in shown.text
    assert "<https://e.org/b>" in shown.text
