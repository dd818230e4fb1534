"""Content negotiation: what a client gets for what it says it takes."""

from __future__ import annotations

import pytest

from server.formats import GRAPHS, HTML, RESULTS, Offer, by_name, choose, header, listed

ENTITY: Offer = {**GRAPHS, **HTML}
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "offer", "form"),
    [
        (None, RESULTS, "json"),
        ("", GRAPHS, "ttl"),
        ("*/*", RESULTS, "json"),
        ("text/csv", RESULTS, "csv"),
        ("TEXT/CSV; charset=utf-8", RESULTS, "csv"),
        ("application/json", RESULTS, "json"),
        ("application/json", GRAPHS, "jsonld"),
        ("text/xml", RESULTS, "xml"),
        ("application/xml", GRAPHS, "rdf"),
        ("text/csv;q=0.5, application/sparql-results+xml;q=0.6", RESULTS, "xml"),
        ("text/csv;q=0.5, */*;q=0.1", RESULTS, "csv"),
        ("text/*", RESULTS, "csv"),
        ("text/*;q=0.3, text/tab-separated-values", RESULTS, "tsv"),
        ("*/*, application/sparql-results+json;q=0", RESULTS, "xml"),
        ("application/*;q=0.9, application/json;q=0, application/sparql-results+json;q=0", RESULTS, "xml"),
        ("text/turtle;q=0", GRAPHS, None),
        ("*/*;q=0", RESULTS, None),
        ("image/png", GRAPHS, None),
        ("text/turtle;q=high, application/n-triples;q=0.1", GRAPHS, "nt"),
        ("text/turtle;q=7, application/n-triples", GRAPHS, "ttl"),
        (BROWSER, ENTITY, "html"),
        ("*/*", ENTITY, "ttl"),
        ("application/ld+json;profile=\"http://www.w3.org/ns/json-ld#compacted\"", GRAPHS, "jsonld"),
    ],
)  # fmt: skip
def test_the_form_that_is_wanted_most(accept: str | None, offer: Offer, form: str | None) -> None:
    assert choose(accept, offer) == form


@pytest.mark.parametrize(
    ("name", "offer", "form"),
    [
        ("csv", RESULTS, "csv"), ("CSV", RESULTS, "csv"), ("json", RESULTS, "json"), ("json", GRAPHS, "jsonld"),
        ("xml", GRAPHS, "rdf"), ("turtle", GRAPHS, "ttl"), ("json-ld", GRAPHS, "jsonld"), ("html", ENTITY, "html"),
        ("text/csv", RESULTS, "csv"), ("application/ld json", GRAPHS, "jsonld"), ("ttl", RESULTS, None),
        ("pdf", GRAPHS, None), ("", RESULTS, None),
    ],
)  # fmt: skip
def test_a_form_by_its_name(name: str, offer: Offer, form: str | None) -> None:
    assert by_name(name, offer) == form


def test_text_says_its_encoding() -> None:
    assert header("text/csv") == "text/csv; charset=utf-8"
    assert header("application/n-triples") == "application/n-triples"


def test_what_is_offered_can_be_said() -> None:
    assert "csv (text/csv)" in listed([RESULTS])
