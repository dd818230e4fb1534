"""Which keywords a query has, as the engine reads it."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from kg.store.keywords import names_dataset

PREFIXES = {"kg": "http://kg/", "": "http://e/", "from": "http://from/"}


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM <http://g> { ?s ?p ?o }",
        "select*from<http://g>where{?s ?p ?o}",
        "ASK FROM NAMED <http://g> {}",
        "PREFIX from: <http://from/> ASK FROM from:g {}",
        "SELECT ?x # FROM\n FROM <http://g> { ?s ?p ?x }",
        "SELECT (1<2 AS ?x) FROM <http://g> {}",
        'SELECT ("\\"" AS ?x) FROM <http://g> {}',
        # as the engine reads it
        "PREFIX e: <http://e/> SELECT * FROMe:g { ?s ?p ?o }",
        "PREFIX : <http://e/> SELECT*FROM:g{ ?s ?p ?o }",
        "PREFIX e: <http://e/> SELECT * FROM NAMEDe:g { ?s ?p ?o }",
        "ASK FROMNAMED<http://g> {}",
        "ASK FROM#here\n<http://g> {}",
    ],
)
def test_a_dataset_clause_is_seen(query: str) -> None:
    ox.Store().query(query)
    assert names_dataset(query)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?from { ?from ?p ?o }",
        "SELECT $FROM { $FROM ?p ?o }",
        "ASK { ?s ?from from:from }",
        "ASK { ?s :from ?o }",
        'ASK { ?s ?p " FROM " }',
        "ASK { ?s ?p ''' it's FROM <g> ''' }",
        'ASK { ?s ?p """ "FROM" <g> """ }',
        "ASK { ?s ?p <http://e/FROM> }",
        "ASK { ?s ?p ?o } # FROM <http://g>",
        "ASK { ?s ?p 'a'@from }",
        "ASK { ?s ?p '\\u0027 FROM ' }",
        "ASK { ?s ?p <http://e/\\u0023FROM> }",
        "ASK { ?s kg:fromController ?o ; kg:x kg:from }",
        "PREFIX from: <http://from/> ASK { ?s from:p from:from }",
    ],
)  # fmt: skip
def test_what_only_looks_like_one_is_not(query: str) -> None:
    ox.Store().query(query, prefixes=PREFIXES)
    assert not names_dataset(query, prefixes=PREFIXES)
