"""What a query says at the token level."""

from __future__ import annotations

import unicodedata

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.store import complaint
from kg.store.tokens import tokens


def test_kinds_of_token() -> None:
    query = "PREFIX e: <http://e/> SELECT ?x { ?x e:p 'a'@en-GB , 1 } # end"
    assert [(token.kind, token.text) for token in tokens(query)] == [
        ("word", "PREFIX"), ("name", "e:"), ("iri", "<http://e/>"), ("word", "SELECT"), ("variable", "?x"),
        ("sign", "{"), ("variable", "?x"), ("name", "e:p"), ("string", "'a'"), ("language", "@en-GB"), ("sign", ","),
        ("number", "1"), ("sign", "}"),
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


CLASSES = (
    (0x00C0, 0x00D6), (0x00D8, 0x00F6), (0x00F8, 0x02FF), (0x0370, 0x037D), (0x037F, 0x1FFF), (0x200C, 0x200D),
    (0x2070, 0x218F), (0x2C00, 0x2FEF), (0x3001, 0xD7FF), (0xF900, 0xFDCF), (0xFDF0, 0xFFFD), (0x10000, 0xEFFFF),
    (0x00B7, 0x00B7), (0x0300, 0x036F), (0x203F, 0x2040), (0x0660, 0x0669), (0x30, 0x39), (0x41, 0x5A), (0x61, 0x7A),
)  # fmt: skip
"""The classes of characters of SPARQL's names (section 19.8), and digits that are none of them."""
EDGES = sorted(
    {
        chr(point)
        for first, last in CLASSES
        for point in (first - 1, first, (first + last) // 2, last, last + 1)
        if point > 0x20 and unicodedata.category(chr(point)) != "Cs"
    }
    - set("/:@[`{")
)


def reads(text: str) -> bool:
    """Whether the parser reads a query."""
    try:
        ox.Store().query(text)
    except SyntaxError:
        return False
    return True


@pytest.mark.parametrize("place", ["{}", "a{}", "a{}b", "a.{}", "{}-a", "_{}", "a{}{}"])
@pytest.mark.parametrize("edge", EDGES, ids=lambda edge: f"U+{ord(edge):04X}")
def test_a_name_is_one_token_where_it_is_one_to_the_parser(edge: str, place: str) -> None:
    name = place.format(edge, edge)
    for kind, text, token in (
        ("name", f"PREFIX {name}: <urn:test:> ASK {{}}", f"{name}:"),
        ("name", f"PREFIX e: <urn:test:> ASK {{ e:{name} ?p ?o }}", f"e:{name}"),
        ("variable", f"SELECT (?{name} AS ?x) {{}}", f"?{name}"),
        ("blank", f"ASK {{ _:{name} ?p ?o }}", f"_:{name}"),
    ):
        found = [(each.kind, each.text) for each in tokens(text)]
        assert not reads(text) or (kind, token) in found, (text, found)


@settings(max_examples=300)
@given(
    prefix=st.text(st.sampled_from([*EDGES, "_", ".", "-", "a", "1"]), max_size=6),
    local=st.text(st.sampled_from([*EDGES, "_", ".", "-", "a", "1", ":", "%", "\\"]), max_size=6),
)
def test_a_text_hides_no_name(prefix: str, local: str) -> None:
    text = f"PREFIX {prefix}: <urn:test:> ASK {{ {prefix}:{local} ?p ?o }}"
    if reads(text):
        assert [token.text for token in tokens(text)] == [
            "PREFIX", f"{prefix}:", "<urn:test:>", "ASK", "{", f"{prefix}:{local}", "?p", "?o", "}",
        ]  # fmt: skip


@pytest.mark.parametrize("number", ["1", "1.5", ".5", "1e5", "1.e5", "1.5E-3", ".5e+1"])
def test_a_number_ends_where_a_word_begins(number: str) -> None:
    assert [(token.kind, token.text) for token in tokens(f"{number}GRAPH<x>")] == [
        ("number", number), ("word", "GRAPH"), ("iri", "<x>"),
    ]  # fmt: skip


@pytest.mark.parametrize("odd", ["\u00a0", "\u2028", "\u3000", "\f", "\0", "\ufeff", "\x85", "`", "\\", "\u037e"])
def test_what_sparql_has_not_is_told(odd: str) -> None:
    assert [(token.kind, token.text) for token in tokens(f"ASK{odd} {{}}")][1] == ("other", odd)
