"""The page of a source: what was taken from it, what others say of the same, its text where there is a copy of that."""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import pytest
from flask.testing import FlaskClient

from kg import publish
from kg.store import open_store
from kg.store.embedded import Store
from tests.conftest import WORLD
from tests.elsewhere.stores import Place, Stores
from tests.server.conftest import client_of
from tests.server.reading import Page, read

TEXT = (WORLD / "gazette.txt").read_text("utf-8")


@pytest.fixture(scope="module")
def location(world: Place, tmp_path_factory: pytest.TempPathFactory, stores: Stores) -> Place:
    """The invented world, with a source of which there is a text."""
    found = stores.copy(world, tmp_path_factory.mktemp("sources") / "store")
    store = open_store(found)
    publish.load(store, [WORLD / "gazette.ttl"], who="test")
    store.close()
    return found


@pytest.fixture(scope="module")
def with_copies(location: Place) -> Iterator[FlaskClient]:
    """A client of a service beside which the text lies."""
    with client_of(location, children=1, documents=WORLD) as client:
        yield client


def page(client: FlaskClient, path: str) -> Page:
    response = client.get(path, headers={"Accept": "text/html"})
    assert response.status_code == 200, response.text
    return read(response.text)


def test_it_tells_passage_by_passage_what_was_taken_and_who_says_otherwise(with_copies: FlaskClient) -> None:
    shown = page(with_copies, "/id/source/gazette")
    figures = shown.pairs["figures"]
    assert (figures["passages used"], figures["claims"]) == ("3", "3")
    assert (figures["contradicted"], figures["told by other sources too"]) == ("1", "3")
    first, second, last = (shown.text.index(f"Sentence {number} in the text") for number in (1, 2, 4))
    ferry, town, airfield = shown.text[first:second], shown.text[second:last], shown.text[last:]
    assert "The Blues came to hold the Brook ferry on 2 April." in ferry
    assert "/dossier?place=place:crossing-brook&at=1931-04-02" in [unescape(unquote(link)) for link in shown.links]
    assert "≠ contradicted by Radio Westmark, which ✕ denies" in ferry
    assert "The Crown says the ferry never changed hands." in ferry
    assert "= told by The Courier, which ● reports on 2 April 1931" in ferry
    assert "on or after 2 April 1931 (“soon after”)" in town
    assert "contradicted" not in town
    assert "= told by The Courier, which ● reports by 18 April 1931" in airfield
    assert [row[:2] for row in shown.tables["open"][1:]] == [
        ["“soon after”", "on or after 2 April 1931 [1931-04-02..]"],
        ["–", "by 18 April 1931 [..1931-04-18]"],
    ]


def test_the_text_leads_to_what_was_taken_and_back(with_copies: FlaskClient) -> None:
    response = with_copies.get("/id/source/gazette", headers={"Accept": "text/html"})
    assert response.headers["Cache-Control"] == "no-store"
    shown = read(response.text)
    begin = TEXT.index("Soon after")
    assert {f"#text-{begin}", "#at-1"} <= set(shown.links)
    assert {f"text-{begin}", "at-1"} <= shown.ids
    assert "No bells were rung." in shown.text
    marked = response.text.partition(f'id="text-{begin}"')[2].partition(">")[2].partition("</a>")[0]
    assert marked == "Soon after, Alden was theirs as well."


def test_another_text_of_that_name_is_not_shown(location: Place, tmp_path: Path) -> None:
    (tmp_path / "gazette.txt").write_text(TEXT.replace("second", "third"), "utf-8")
    with client_of(location, children=1, documents=tmp_path) as client:
        shown = page(client, "/id/source/gazette")
        assert "its SHA-256 is not the one on record" in shown.text
        assert "No bells were rung." not in shown.text
        # the right one is found by what is in it, whatever it is called
        (tmp_path / "no-name").write_text(TEXT, "utf-8")
        assert "No bells were rung." in page(client, "/id/source/gazette").text


def test_a_claim_has_what_others_say_of_the_same_and_a_place_who_held_it(with_copies: FlaskClient) -> None:
    shown = page(with_copies, "/id/claim/gazette-1-1").text
    told = shown[shown.index("What others say of the same") : shown.index("Statements")]
    assert told.index("≠ contradicted by Radio Westmark, which ✕ denies") < told.index("= told by The Courier")
    head, *rows = page(with_copies, "/id/place/crossing-brook").tables["stays"]
    assert head[:2] == ["From", "Until"]
    assert (rows[0][0], rows[-1][1]) == ("1931-03-01", "…")
    assert ["1931-04-02", "1931-04-03", "disputed between sources: Blues ≠ Crown"] in [row[:3] for row in rows]
    assert "stays" not in page(with_copies, "/id/actor/blues").tables


def test_without_a_copy_there_is_everything_but_the_text(location: Place) -> None:
    with client_of(location, children=1) as client:
        shown = page(client, "/id/source/gazette")
        assert "shown here where the operator has put a copy" in shown.text
        assert "Alden came to the Blues after the ferry." in shown.text
        assert not any(link.startswith("#text-") for link in shown.links)
        assert client.get("/id/source/gazette?offset=x", headers={"Accept": "text/html"}).status_code == 400


def test_what_a_source_copies_counts_for_nothing(shipped_client: FlaskClient, shipped: Store) -> None:
    shown = page(shipped_client, "/id/source/seed")
    assert shown.pairs["figures"]["claims"] == "93"
    begin, end = (shown.text.index(f"Sentence {number} ") for number in (14, 15))
    assert "≠ contradicted by 2, = told by 3 more" in shown.text[begin:end]
    assert "newsbreak.com, 2021-08-11 (one derives from the other)" in shown.text[begin:end]
    # page by page, where there is more than one page has room for
    kept = f"lang=fa&version={shipped.version()}"
    rest = page(shipped_client, f"/id/source/seed?offset=90&{kept}")
    assert "counted for the claims on this page" in rest.text
    assert f"/id/source/seed?offset=0&{kept}#taken" in map(unescape, rest.links)
    assert len([link for link in rest.links if link.startswith("/id/claim/seed-20-")]) >= 3
    assert "Sentence 19" not in rest.text
