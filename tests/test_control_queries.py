"""The questions over what is concluded are plain SPARQL: another engine gives the same answers to them."""

from __future__ import annotations

import pytest
from rdflib import Graph

from kg import queries
from kg.queries import Example
from kg.store.embedded import Store

OVER_RUNS = [example for example in queries.examples() if "kg:firstDay" in example.text]


@pytest.fixture(scope="module")
def elsewhere(shipped: Store) -> Graph:
    """Everything that is shipped, and concluded of it, without graphs, in another engine."""
    everything = shipped.query("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", graph="nt")
    return Graph().parse(data=everything.text(), format="nt")


@pytest.mark.parametrize("example", OVER_RUNS, ids=lambda example: example.slug)
def test_another_engine_gives_the_same_answer(example: Example, shipped: Store, elsewhere: Graph) -> None:
    ours = shipped.query(example.text, results="csv").text().splitlines()
    theirs = elsewhere.query(example.text).serialize(format="csv")
    assert theirs is not None
    assert len(ours) > 2
    assert sorted(theirs.decode().splitlines()) == sorted(ours)


def test_there_are_questions_over_runs() -> None:
    assert len(OVER_RUNS) == 5
