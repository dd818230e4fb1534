"""Home and query page: what is counted, what runs on a click, what an error looks like."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from flask.testing import FlaskClient

from kg import queries
from tests.elsewhere.stores import REFUSED, TWICE, Place, Stores
from tests.server.conftest import client_of
from tests.server.reading import Page, read

PREFIXES = "PREFIX kg: <https://w3id.org/controlgraph/ontology#>\nPREFIX skos: <http://www.w3.org/2004/02/skos/core#>\n"


def page(client: FlaskClient, path: str, status: int = 200) -> Page:
    """The page at a path, as a browser gets it."""
    response = client.get(path, headers={"Accept": "text/html,*/*;q=0.8"})
    assert response.status_code == status, response.text
    assert response.mimetype == "text/html"
    assert "Traceback" not in response.text
    return read(response.text)


def asked(client: FlaskClient, query: str, status: int = 200) -> Page:
    """The query page after this query."""
    return page(client, "/query?" + urlencode({"query": query}), status)


def test_home_counts_what_there_is(client: FlaskClient) -> None:
    shown = page(client, "/")
    assert shown.pairs["figures"] == {
        "places": "5",
        "accounts of changes": "3",
        "claims": "8",
        "denials": "2",
        "sources": "2",
    }
    assert "The river war" in shown.text
    assert "between 2 April 1931 and 18 April 1931" in shown.text
    assert "Of the 3 accounts of changes of control, somebody denies 1;" in shown.text
    assert "For 1 of them the claims give the day differently" in shown.text
    assert "1 has a day that is open on at least one side" in shown.text
    assert "000001-" in shown.text


def test_home_shows_the_doors_for_machines(client: FlaskClient, world: Place) -> None:
    assert "curl -s http://localhost/sparql" in page(client, "/").text
    with client_of(world, children=1, public_url="https://example.org/graph") as behind:
        assert "curl -s https://example.org/graph/sparql" in page(behind, "/").text


@pytest.mark.differs("virtuoso", "three of the examples are beyond it")
def test_every_link_on_home_leads_somewhere(shipped_client: FlaskClient) -> None:
    shown = page(shipped_client, "/")
    inside = {link for link in shown.links if link.startswith("/")}
    assert len(inside) > 12
    for link in inside:
        with shipped_client.get(link, headers={"Accept": "text/html,*/*;q=0.8"}) as response:
            assert response.status_code == 200, link


def test_home_has_every_example(shipped_client: FlaskClient) -> None:
    cards = [link for link in page(shipped_client, "/").links if link.startswith("/query?example=")]
    assert cards == [f"/query?example={example.slug}" for example in queries.examples()]
    assert len(cards) >= 8


@REFUSED
@TWICE
@pytest.mark.parametrize("example", queries.examples(), ids=lambda example: example.slug)
def test_an_example_runs_on_a_click_and_shows_rows(shipped_client: FlaskClient, example: queries.Example) -> None:
    shown = page(shipped_client, f"/query?example={example.slug}")
    assert shown.heading == example.question
    assert len(shown.tables[""]) > 1
    assert shown.areas[0].strip() == example.text.strip()
    by_text = asked(shipped_client, example.text)
    assert by_text.tables == shown.tables


def test_an_unknown_example_is_404_and_names_those_there_are(client: FlaskClient) -> None:
    response = client.get("/query?example=none")
    assert response.status_code == 404
    assert queries.examples()[0].slug in json.loads(response.data)["detail"]


def test_nothing_asked_shows_a_query_to_start_from(client: FlaskClient) -> None:
    shown = page(client, "/query")
    assert "Answer" not in shown.text
    assert "ControlChange" in shown.areas[0]
    assert len(asked(client, shown.areas[0]).tables[""]) == 1 + 5


def test_rows_have_names_short_iris_and_links(client: FlaskClient) -> None:
    shown = asked(
        client,
        PREFIXES + "SELECT ?place ?name ?none { ?place kg:placeType kg:Town ; skos:prefLabel ?name } ORDER BY ?name",
    )
    assert shown.tables[""] == [
        ["place", "name", "none"],
        ["Alden place:town-alden", "Alden en", "–"],
        ["Alden place:town-alden", "آلدن fa", "–"],
    ]
    assert "/id/place/town-alden" in shown.links
    assert "2 rows" in shown.text
    assert "version 000001-" in shown.text


def test_downloads_are_the_same_answer(client: FlaskClient) -> None:
    shown = asked(client, PREFIXES + "SELECT ?place { ?place a kg:BorderCrossing }")
    downloads = [link for link in shown.links if link.startswith("/sparql?")]
    assert len(downloads) == 4
    for link in downloads:
        assert b"crossing-brook" in client.get(link).data


def test_a_cut_answer_says_so_and_leads_to_the_whole(client: FlaskClient) -> None:
    shown = asked(client, "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 1234")
    assert "Only the first 1,000 of 1,234 rows are shown" in shown.text
    assert len(shown.tables[""]) == 1001
    csv = next(link for link in shown.links if link.endswith("format=csv"))
    assert client.get(csv).data.count(b"\r\n") == 1235


def test_no_row_is_said(client: FlaskClient) -> None:
    assert "No row fits" in asked(client, "SELECT * { <e:none> ?p ?o }").text


def test_a_yes_or_no_question_is_answered_with_a_word(client: FlaskClient) -> None:
    assert '<p class="truth yes">Yes</p>' in asked(client, "ASK { ?s ?p ?o }").source
    assert '<p class="truth no">No</p>' in asked(client, "ASK { <e:none> ?p ?o }").source


def test_a_graph_is_shown_as_turtle_and_cut_where_it_is_long(client: FlaskClient) -> None:
    short = asked(client, PREFIXES + "CONSTRUCT { ?s a kg:Town } WHERE { ?s kg:placeType kg:Town }")
    assert "place:town-alden a kg:Town" in short.text
    assert "Only the first" not in short.text
    long = asked(client, "CONSTRUCT { ?a ?b ?f } WHERE { ?a ?b ?c . ?d ?e ?f FILTER(ISLITERAL(?f)) } LIMIT 20000")
    assert "Only the first" in long.text
    assert len(long.text) < 300_000


@pytest.mark.differs("virtuoso", "it has no BNODE()")
def test_odd_terms_are_shown(client: FlaskClient) -> None:
    duration = '"P1D"^^<http://www.w3.org/2001/XMLSchema#duration>'
    query = f'SELECT (BNODE() AS ?b) ("<script>&" AS ?x) (1.5 AS ?n) ({duration} AS ?d) {{}}'
    row = asked(client, query).tables[""][1]
    assert row[0].startswith("_:")
    assert row[1:] == ["<script>&", "1.5", "P1D xsd:duration"]
    assert asked(client, "SELECT * {}").tables[""] == [[], []]


def test_an_error_keeps_the_query_and_points_at_the_place(client: FlaskClient) -> None:
    query = "SELECT *\nWHERE {\n\t?s nope:p ?o .\n}\n"
    shown = asked(client, query, 400)
    assert "Line 3, column 5:" in shown.text
    assert "<code>\t?s nope:p ?o .\n\t   ^</code>" in shown.source
    assert shown.areas[0].strip() == query.strip()


def test_an_error_without_a_place_is_told_too(world: Place, tmp_path: Path, stores: Stores) -> None:
    own = stores.copy(world, tmp_path / "store")  # an engine goes on with what was given up
    with client_of(own, children=1, deadline=0.3) as hasty:
        shown = asked(hasty, "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", 504)
    assert "The query took too long" in shown.text
    assert "COUNT" in shown.areas[0]


def test_an_error_at_the_end_points_after_the_last_line(client: FlaskClient) -> None:
    for blanks in ("", "\n", "\n\n  ", "\r\n"):
        shown = asked(client, "SELECT * {\n  ?s" + blanks, 400)
        assert "  ?s\n    ^" in shown.source


def test_what_is_asked_is_text_not_markup(client: FlaskClient) -> None:
    shown = asked(client, "</textarea><script>alert(1)</script>", 400)
    assert shown.areas[0].strip() == "</textarea><script>alert(1)</script>"


def test_health_is_a_small_document(client: FlaskClient) -> None:
    response = client.get("/healthz")
    assert response.status_code == 200
    assert response.json is not None
    assert response.json["status"] == "ok"
    assert response.json["version"].startswith("000001-")


@pytest.mark.parametrize(
    "path", ["/", "/query", "/ontology", "/id/event/market", "/nowhere", f"/query?query={quote('ASK {}')}"]
)
def test_every_page_has_a_title_one_heading_a_skip_link_and_a_style(client: FlaskClient, path: str) -> None:
    response = client.get(path, headers={"Accept": "text/html"})
    shown = read(response.text)
    assert shown.title.endswith("· Controlgraph")
    assert response.text.count("<h1") == 1
    assert shown.links.index("#main") < shown.links.index("/")
    assert "main" in shown.ids
    for link in shown.links:
        if link.startswith("/static/"):
            with client.get(link) as found:
                assert found.status_code == 200


def test_search_is_a_page_in_any_script(shipped_client: FlaskClient) -> None:
    for words in ("kunduz", "قندوز", "Kundûz"):
        links = page(shipped_client, "/search?" + urlencode({"q": words})).links
        assert {"/id/place/city-kunduz", "/id/place/province-kunduz"} & set(links)
    assert "Nothing is called so" in page(shipped_client, "/search?q=xyzzyplugh").text
    assert "Any name in any script" in page(shipped_client, "/search").text


def test_home_asks_what_the_data_can_answer(shipped_client: FlaskClient, client: FlaskClient) -> None:
    shown = page(shipped_client, "/")
    assert "Who held Spin Boldak crossing on 16 July 2021?" in shown.text
    assert "What changed last" in shown.text
    for link in [link for link in shown.links if link.startswith(("/map?", "/timeline?"))][:40]:
        assert shipped_client.get(link).status_code == 200, link
    assert "Who held Spin Boldak crossing" not in page(client, "/").text, "another world, other questions"


def test_the_query_page_is_told_its_words(shipped_client: FlaskClient) -> None:
    told = shipped_client.get("/query/words").json
    assert told is not None
    assert told["prefixes"]["kg"].endswith("ontology#")
    (term,) = [each for each in told["terms"] if each["name"] == "kg:toController"]
    assert term["label"] == "to controller"
    assert {each["slug"] for each in told["examples"]} == {each.slug for each in queries.examples()}
