"""`/data` tells what there is and what is missing; `/help` shows each kind of answer as it is drawn, and the keys."""

from __future__ import annotations

import json
import re

import pytest
from flask.testing import FlaskClient

from kg.control.answers import POLICIES
from kg.dossier.words import FLAGS, STATES
from kg.store.embedded import Store
from server.about import KEYS
from tests.server.conftest import client_of
from tests.server.reading import read


@pytest.mark.differs("virtuoso", "of the examples that are led to it refuses three")
def test_data_tells_of_each_graph_file_link_and_version(shipped_client: FlaskClient, shipped: Store) -> None:
    shown = read(shipped_client.get("/data").text)
    graphs = shipped.manifest().graphs
    for name, record in graphs.items():
        assert [name.rpartition("graph/")[2], f"{record.triples:,}", "Turtle, packed"] in shown.tables["plain"]
    assert f"{sum(record.triples for record in graphs.values()):,} statements in {len(graphs)} graphs" in shown.text
    assert f"version {shipped.version()}." in shown.text
    assert "https://creativecommons.org/licenses/by/4.0/" in shown.links
    assert any(row[0] == "http://www.wikidata.org/" for row in shown.tables["plain"])
    denied = json.loads(shipped_client.get("/browse/claim?stance=Denies&format=json").data)["total"]
    assert denied == 11
    assert "10 are denied by somebody" in shown.text
    for link in {link.partition("#")[0] for link in shown.links if link.startswith("/") and "/dumps/" not in link}:
        with shipped_client.get(link, headers={"Accept": "text/html,*/*;q=0.8"}) as response:
            assert response.status_code == 200, link


def test_help_draws_each_kind_of_answer_and_defines_it(shipped_client: FlaskClient) -> None:
    source = shipped_client.get("/help").text
    shown = read(source)
    for name, meaning in (STATES | FLAGS).items():
        assert any(row[0] == name and row[1] == meaning for row in shown.tables["plain kinds bearing"])
    assert shown.ids >= {*STATES, *(f"{flag}-flag" for flag in FLAGS)}
    # one drawing for each actor that has a series, and one for each kind of doubt
    assert source.count('class="figure swatch"') == 4 + 9
    assert "controlled by Taliban" in shown.text
    rows = shown.tables["plain"]
    assert [row[0] for row in rows if row[0] in POLICIES] == list(POLICIES)
    assert "style-src 'self' 'sha256-" in shipped_client.get("/help").headers["Content-Security-Policy"]
    for link in {link.partition("#")[0] for link in shown.links if link.startswith("/")}:
        with shipped_client.get(link, headers={"Accept": "text/html,*/*;q=0.8"}) as response:
            assert response.status_code == 200, link


def test_the_keys_that_are_listed_are_those_of_the_pages(shipped_client: FlaskClient) -> None:
    source = shipped_client.get("/help").text
    going = next(what for keys, what in json.loads(KEYS.read_text("utf-8")) if keys == ["g", "m"])
    letters = {"m", *re.findall(r"(?:; |, )([a-z]) ", going)}
    assert letters == set(re.findall(r'data-key="(.)"', source))
    for keys, what in json.loads(KEYS.read_text("utf-8")):
        assert [" ".join(keys), what] in read(source).tables["plain"]


def test_help_needs_no_data(empty: Store) -> None:
    with client_of(empty.origin, children=1) as client:
        shown = read(client.get("/help").text)
        assert "controlled by another" in shown.text
        for path in ("/", "/data", "/browse", "/browse/event"):
            response = client.get(path, headers={"Accept": "text/html"})
            assert response.status_code == 503
            assert "kg load" in read(response.text).text
