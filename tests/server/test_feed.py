"""The feeds, as a feed reader has them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import feedparser
import pytest
from flask.testing import FlaskClient

from kg import files, publish
from kg.ontology import PREFIXES
from kg.store import open_store
from kg.store.journal import BLOCK, newest
from server import feed
from tests.conftest import WORLD, load
from tests.elsewhere.stores import Place, Stores
from tests.server.conftest import client_of

CLAIM = """claim:{name} a kg:Claim ; kg:about event:{event} ; kg:stance kg:{stance} ; kg:source source:{source} ;
  kg:gloss "{gloss}"@en ; kg:recordedAt "2026-01-02T00:00:00Z"^^xsd:dateTime ."""


def entries(client: FlaskClient, path: str = "/feed") -> list[Any]:
    """The entries of a feed, which has to be well formed and to have what Atom demands."""
    response = client.get(path)
    assert response.status_code == 200, response.text
    assert response.mimetype == "application/atom+xml"
    found = feedparser.parse(response.data)
    assert not found.bozo, found
    assert found.version == "atom10"
    for each in (found.feed, *found.entries):
        assert each.id
        assert each.title
        assert each.updated_parsed
        assert each.authors
    assert len({entry.id for entry in found.entries}) == len(found.entries)
    assert [link.href for link in found.feed.links if link.rel == "self"] == [f"http://localhost{path}"]
    return list(found.entries)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, stores: Stores) -> Iterator[FlaskClient]:
    """A client of a store with some versions: the world; a claim that came; one told otherwise; one taken back; a
    write that has nothing to do with control."""
    location = stores.at(tmp_path_factory.mktemp("feed") / "store")
    store = open_store(location)
    load(store, files.shipped() / "ontology" / "control.ttl", WORLD / "world.ttl")
    saw = CLAIM.format(
        name="new", event="brook", stance="Confirms", source="courier", gloss="A ferryman & his <son> saw it."
    )
    for text in (
        f"INSERT DATA {{ GRAPH graph:world {{ {saw} }} }}",
        """WITH graph:world DELETE { claim:new kg:gloss ?old }
           INSERT { claim:new kg:gloss "Two saw it."@en } WHERE { claim:new kg:gloss ?old }""",
        'INSERT DATA { GRAPH graph:world { claim:new kg:retiredAt "2026-02-01T00:00:00Z"^^xsd:dateTime } }',
        'INSERT DATA { GRAPH graph:world { place:town-alden skos:altLabel "Aldenham"@en } }',
    ):
        publish.write(store, [{"update": text}], who="tester", prefixes=PREFIXES)
    store.close()
    with client_of(location, children=2) as client:
        yield client


def test_what_came_what_is_told_otherwise_and_what_went(told: FlaskClient) -> None:
    found = entries(told)
    assert [entry.title for entry in found[:3]] == [
        "Gone: Two saw it.", "Told otherwise: Two saw it.", "A ferryman & his <son> saw it.",
    ]  # fmt: skip
    assert [entry.author for entry in found[:4]] == ["tester", "tester", "tester", "test"]
    assert len(found) == 3 + 5, "the claims about changes of control in the world, and no other"
    came = found[2]
    assert came.summary.splitlines()[0] == "the source itself confirms, in The Courier"
    assert "Day: on 2 April 1931" in came.summary
    links = {link.rel: link.href for link in came.links}
    assert links == {
        "alternate": "http://localhost/id/claim/new",
        "related": "http://localhost/dossier?place=place:crossing-brook&at=1931-04-02",
    }
    assert told.get(links["related"].removeprefix("http://localhost")).status_code == 200
    assert {tag.label for tag in came.tags} == {"Brook ferry", "Blues", "Crown", "The Courier"}


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("place=crossing-brook", 6),
        ("place=town-alden", 1),
        ("place=town-alden,crossing-brook", 7),
        ("actor=crown", 7),
        ("sources=radio", 2),
        ("place=crossing-brook&actor=blues&sources=radio", 2),
        ("place=country-westmark", 0),
    ],
)
def test_a_feed_of_some_places_actors_and_sources(told: FlaskClient, query: str, number: int) -> None:
    assert len(entries(told, f"/feed?{query}")) == number


def test_a_long_feed_goes_on_behind_its_link(told: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = [entry.id for entry in entries(told)]
    monkeypatch.setattr(feed, "SHOWN", 3)
    path, pages = "/feed?actor=blues,crown", []
    while path:
        found = feedparser.parse(told.get(path).data)
        pages.append([entry.id for entry in found.entries])
        path = next((link.href.removeprefix("http://localhost") for link in found.feed.links if link.rel == "next"), "")
    assert [len(page) for page in pages] == [3, 3, 2]
    assert [entry for page in pages for entry in page] == whole


def test_what_cannot_be_followed_is_told(told: FlaskClient) -> None:
    assert told.get("/feed?before=yesterday").status_code == 400
    assert told.get("/feed?place=nowhere").status_code == 404


def test_the_versions(told: FlaskClient) -> None:
    found = entries(told, "/feed/versions")
    assert len(found) == 5
    assert found[0].title.endswith(": 1 statements came, 0 went")


def test_a_load_and_a_restore_tell_what_they_change(world: Place, tmp_path: Path, stores: Stores) -> None:
    location = stores.copy(world, tmp_path / "store")
    store = open_store(location)
    backup = tmp_path / "backup"
    store.backup(backup)
    path = tmp_path / "world.ttl"
    said = CLAIM.format(name="more", event="alden", stance="Alleges", source="radio", gloss="So they say.")
    path.write_text((WORLD / "world.ttl").read_text("utf-8") + said)
    load(store, path)
    publish.restore(store, backup, who="test")
    restored, loaded = (line["control"] for line in store.journal()[:-3:-1])
    assert [claim["gloss"] for claim in loaded["came"]] == [["So they say."]]
    assert [claim["gloss"] for claim in restored["went"]] == [["So they say."]]
    store.close()


def test_the_journal_is_read_from_its_end(tmp_path: Path) -> None:
    assert list(newest(tmp_path)) == []
    path = tmp_path / "journal.jsonl"
    lines = [f'{{"version": {number}, "who": "{"x" * (number % 700)}"}}' for number in range(2000)]
    assert len("\n".join(lines)) > 3 * BLOCK
    for end in ("\n", '\n{"version": 20'):
        path.write_text("\n".join(lines) + end)
        assert [line["version"] for line in newest(tmp_path)] == list(range(1999, -1, -1))
    path.write_text('{"version": 1')
    assert list(newest(tmp_path)) == []
