"""Every shipped query runs, uses only terms that exist, and the examples give the answers that were checked by hand."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest

from kg import queries
from kg.ontology import KG, PREFIXES
from kg.queries import Example
from kg.store.embedded import Store
from kg.store.tokens import tokens
from tests.elsewhere.stores import BOOLEANS, REFUSED, TWICE

FOLDER = Path(queries.__file__).parent
EVERY = sorted([*FOLDER.glob("*.rq"), *FOLDER.glob("examples/*.rq"), *FOLDER.parent.glob("checks/*.rq")])
GOLDEN = Path(__file__).parent / "golden" / "queries"


def shortened(text: str) -> str:
    """A result with IRIs as the prefixes write them."""
    for prefix, namespace in sorted(PREFIXES.items(), key=lambda item: -len(item[1])):
        text = text.replace(namespace, f"{prefix}:")
    return text


@pytest.mark.differs(
    "virtuoso", "its planner fails: SQ074, SQ156, SQ200, TR (path from anything); checks are made on copies",
    "order-leaves-window-empty", "route-not-a-path", "supersedes-across-voices",
    "10-only-their-own-word", "18-route-adjacent", "19-captured-and-route-adjacent",
)  # fmt: skip
@pytest.mark.parametrize("path", EVERY, ids=lambda path: path.stem)
def test_a_query_runs_as_it_is_and_uses_only_terms_that_exist(path: Path, shipped: Store) -> None:
    text = path.read_text("utf-8")
    assert text.startswith("# ")
    for token in tokens(text):
        if token.kind == "name" and token.text.startswith("kg:") and token.text != "kg:":
            assert KG[token.text.removeprefix("kg:")]
    shipped.query(text).close()


@pytest.mark.parametrize("path", EVERY, ids=lambda path: path.stem)
def test_a_query_declares_its_prefixes(path: Path) -> None:
    """So that it runs in any SPARQL tool."""
    text = path.read_text("utf-8")
    declared = set(re.findall(r"^PREFIX (\w+):", text, re.MULTILINE))
    used = {token.text.partition(":")[0] for token in tokens(text) if token.kind == "name"} - {"_"}
    assert used == declared


@REFUSED
@TWICE
@BOOLEANS
@pytest.mark.parametrize("example", queries.examples(), ids=lambda example: example.slug)
def test_an_example_gives_the_checked_answer(example: Example, shipped: Store) -> None:
    answer = shipped.query(example.text, results="csv")
    rows = list(csv.reader(io.StringIO(shortened(answer.text()))))
    with (GOLDEN / f"{example.slug}.csv").open(newline="") as file:
        assert rows == list(csv.reader(file))


def test_examples_are_questions() -> None:
    shown = queries.examples()
    assert len(shown) >= 8
    assert all(example.question.endswith("?") for example in shown)
    assert len({example.slug for example in shown}) == len(shown)
