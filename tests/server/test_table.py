"""A TSV answer as rows: counted whole, kept in part."""

from __future__ import annotations

import pytest

from server.table import Cell, Table, cell, read


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("", Cell("none")),
        ("<https://example.org/a>", Cell("iri", "https://example.org/a")),
        ("_:b0", Cell("blank", "_:b0")),
        ('"plain"', Cell("literal", "plain")),
        ('""', Cell("literal", "")),
        ('"آلدن"@fa', Cell("literal", "آلدن", "fa")),
        (r'"a\tb\nc\"d\\n"@en', Cell("literal", 'a\tb\nc"d\\n', "en")),
        ('"1931-04-02"^^<http://www.w3.org/2001/XMLSchema#date>',
         Cell("literal", "1931-04-02", None, "http://www.w3.org/2001/XMLSchema#date")),
        ("12", Cell("literal", "12")),
        ("true", Cell("literal", "true")),
        ("<<( <a:b> <c:d> 1 )>>", Cell("literal", "<<( <a:b> <c:d> 1 )>>")),
    ],
)  # fmt: skip
def test_a_term(text: str, term: Cell) -> None:
    assert cell(text) == term


def test_rows_are_counted_beyond_those_kept() -> None:
    document = b"?n\t?m\n" + b"".join(b"%d\t<e:%d>\n" % (n, n) for n in range(2500))
    pieces = [document[start : start + 777] for start in range(0, len(document), 777)]
    found = read(pieces, 1000)
    assert found.columns == ("n", "m")
    assert found.total == 2500
    assert len(found.rows) == 1000
    assert found.rows[999] == (Cell("literal", "999"), Cell("iri", "e:999"))
    assert "e:0" in found.iris()
    assert "e:1000" not in found.iris()


def test_no_rows_and_no_columns() -> None:
    assert read([b"?a\n"], 10) == Table(("a",), (), 0)
    assert read([b"\n\n"], 10) == Table((), ((),), 1)
