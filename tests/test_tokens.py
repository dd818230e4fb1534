"""What a query says at the token level."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from kg.store import complaint
from kg.store.tokens import tokens


def test_kinds_of_token() -> None:
    query = "PREFIX e: <http://e/> SELECT ?x { ?x e:p 'a'@en-GB , 1 } # end"
    assert [(token.kind, token.text) for token in tokens(query)] == [
        ("word", "PREFIX"), ("name", "e:"), ("iri", "<http://e/>"), ("word", "SELECT"), ("variable", "?x"),
        ("other", "{"), ("variable", "?x"), ("name", "e:p"), ("string", "'a'"), ("language", "@en-GB"), ("other", ","),
        ("other", "1"), ("other", "}"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("query", "message", "line", "column"),
    [
        ("ASK {\n foo:x ?p ?o }", "the prefix foo: is not declared", 2, 2),
        ("PREFIX e: <http://e/> ASK { e:x ?p f:o }", "the prefix f: is not declared", 1, 36),
        ("", "this cannot be read here", 1, 1),
        ("SELECT ?s { ?s ?p ", '"[", ', 1, 19),
        ("SELECT * { ?s ?p ?o } GROUP BY ?s", "SELECT * is not authorized with GROUP BY", 1, 34),
        ("SELECT ?s { ?s ?p ?o } LIMIT x", "expected one of HAVING, OFFSET, OPTIONAL, VALUES", 1, 30),
    ],
)
def test_a_complaint_is_in_words(query: str, message: str, line: int, column: int) -> None:
    with pytest.raises(SyntaxError) as caught:
        ox.Store().query(query)
    told = complaint.of_query(query, caught.value, ["kg"])
    assert message in told["message"]
    assert (told["line"], told["column"]) == (line, column)
    assert "u{" not in told["message"]
