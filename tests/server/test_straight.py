"""The short way of a plain query: the same answer as by the long one, to the last header."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote, unquote_plus

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from server.straight import _decoded
from tests.elsewhere.stores import Place
from tests.server.conftest import client_of
from tests.server.test_sparql import NAMES, STANCES


@pytest.fixture(scope="module")
def uncached(world: Place) -> Iterator[FlaskClient]:
    with client_of(world, cache=0) as made:
        yield made


@pytest.mark.parametrize(
    "query",
    [
        STANCES,
        NAMES,
        "ASK {}",
        "SELECT (NOW() AS ?now) {}",
        "SELECT * {",
        "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        'SELECT (STRLEN("فراه") AS ?n) {}',
        "SELECT (STR(<relative>) AS ?n) {}",
        "",
    ],
)
@pytest.mark.parametrize(
    "accept", ["application/sparql-results+json", "text/csv, text/turtle;q=0.5", "image/png", None]
)
def test_both_ways_give_the_same(uncached: FlaskClient, query: str, accept: str | None) -> None:
    headers = {"Accept": accept} if accept else {}
    straight = uncached.get(f"/sparql?query={quote(query)}", headers=headers)
    around = uncached.get(f"/sparql?query={quote(query)}&timeout=29", headers=headers)
    assert straight.status == around.status
    assert straight.data == around.data or "NOW" in query
    left = {name: value for name, value in straight.headers.items() if name not in ("ETag", "Content-Length")}
    assert left == {name: value for name, value in around.headers.items() if name not in ("ETag", "Content-Length")}
    assert ("ETag" in straight.headers) == ("ETag" in around.headers)


@pytest.mark.parametrize("raw", ["query=ASK%7B%7D%ZZ", "query=%FF", "query=ASK{}&query=ASK{}", "query=ASK%20{}#"])
def test_what_is_not_plain_goes_the_long_way(uncached: FlaskClient, raw: str) -> None:
    assert uncached.get(f"/sparql?{raw}").status_code in (200, 400)


def test_a_client_that_has_it_is_told_so_either_way(uncached: FlaskClient) -> None:
    path = f"/sparql?query={quote(STANCES)}"
    etag = uncached.get(path).headers["ETag"]
    again = uncached.get(path, headers={"If-None-Match": etag})
    assert (again.status_code, again.data) == (304, b"")


@given(st.text(), st.sampled_from(["", "=", "=+? ~"]))
def test_decoding_is_that_of_forms(text: str, safe: str) -> None:
    try:
        encoded = quote(text, safe=safe)
    except UnicodeEncodeError:  # half a surrogate pair, which no address can hold
        return
    assert _decoded(encoded) == unquote_plus(encoded)
