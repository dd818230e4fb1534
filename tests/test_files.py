"""Where files are and on which line a node is described."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg import files

TEXT = """\
@prefix e: <http://e/> .
PREFIX place: <https://w3id.org/controlgraph/id/place/>
# e:a is spoken of here
e:b e:p e:a , e:ab .
e:a e:p e:b .
place:x
    e:p <http://e/c> .
<http://e/c> e:p place:y .
"""


@pytest.mark.parametrize(
    ("iri", "line"),
    [
        ("http://e/a", 5),
        ("http://e/b", 4),
        ("http://e/ab", 4),
        ("http://e/c", 8),
        ("https://w3id.org/controlgraph/id/place/x", 6),
        ("https://w3id.org/controlgraph/id/place/y", 8),
        ("http://e/nowhere", None),
    ],
)
def test_the_line_of_a_node(iri: str, line: int | None) -> None:
    assert files.line_of(TEXT, iri) == line


def test_each_file_has_its_graph() -> None:
    assert files.graph_of(Path("data/triples.ttl")) == f"{files.BASE}graph/seed"
    assert files.graph_of(Path("ontology/control.ttl")) == f"{files.BASE}graph/ontology"
    assert files.graph_of(Path("mine.ttl")) == f"{files.BASE}graph/mine"


def test_what_is_shipped() -> None:
    names = {path.name for path in files.shipped_files()}
    assert {"control.ttl", "alignments.ttl", "triples.ttl", "record.ttl", "gazetteer.ttl", "routes.ttl"} <= names
    assert {"links.ttl", "sources.ttl", "dataset.ttl"} <= names
    assert "shapes.ttl" not in names
    assert files.shapes().is_file()
