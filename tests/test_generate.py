"""The generated data set for benchmarks is one of ours: it conforms, and its size is what was asked for."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from bench.generate import generate
from kg import files, publish
from kg.cli import main
from kg.errors import Refused
from kg.store import open_store

pytestmark = pytest.mark.every

ONTOLOGY = [files.shipped() / "ontology" / "control.ttl", files.shipped() / "ontology" / "alignments.ttl"]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data set of 200 changes."""
    folder = tmp_path_factory.mktemp("small")
    generate(200, folder)
    return folder


def test_generated_data_conforms(small: Path) -> None:
    violations = publish.dry_run(sorted(small.glob("*.ttl")), beside=ONTOLOGY, progress=lambda _: None)
    assert violations == []


def test_the_same_arguments_give_the_same_bytes(small: Path, tmp_path: Path) -> None:
    generate(200, tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
        path.name: path.read_bytes() for path in small.iterdir()
    }
    generate(200, tmp_path, seed=2)
    assert (tmp_path / "record-001.ttl").read_bytes() != (small / "record-001.ttl").read_bytes()


def test_a_large_graph_is_loaded_by_the_checks_alone_and_that_is_said(tmp_path: Path) -> None:
    """It has as many changes as asked for, about 24 triples each, and all the kinds of claims."""
    generate(1000, tmp_path / "data")
    store = str(tmp_path / "store")
    chosen = map(str, [*ONTOLOGY, *(tmp_path / "data").iterdir()])
    result = CliRunner().invoke(main, ["--store", store, "load", *chosen])
    assert result.exit_code == 0, result.output
    record = f"{files.BASE}graph/record-001"
    (said,) = (line for line in result.output.splitlines() if line.startswith("shapes not applied"))
    opened = open_store(store)
    triples = opened.manifest().graphs[record].triples
    assert said == f"shapes not applied to <{record}>: {triples:,} triples; run kg validate"
    assert 20_000 < triples < 40_000
    found = opened.query(
        """PREFIX kg: <https://w3id.org/controlgraph/ontology#>
        SELECT (COUNT(DISTINCT ?change) AS ?changes) (COUNT(DISTINCT ?place) AS ?places)
        (COUNT(DISTINCT ?stance) AS ?stances) (COUNT(DISTINCT ?old) AS ?corrected) (COUNT(DISTINCT ?from) AS ?derived)
        { { ?change a kg:ControlChange ; kg:place ?place } UNION { ?claim kg:stance ?stance }
          UNION { ?claim kg:supersedes ?old } UNION { ?source kg:derivedFrom ?from } }""",
        results="csv",
    )
    changes, places, stances, corrected, derived = map(int, found.text().split()[1].split(","))
    opened.close()
    assert (changes, places, stances) == (1000, 100, 6)
    assert corrected
    assert derived


def test_a_large_graph_is_checked_by_the_shapes_where_it_is_changed(tmp_path: Path) -> None:
    generate(1000, tmp_path / "data")
    store = open_store(tmp_path / "store")
    publish.load(store, [*ONTOLOGY, *(tmp_path / "data").iterdir()], who="test")
    claim = f"<{files.BASE}id/claim/0-0-0>"
    text = f"""PREFIX kg: <https://w3id.org/controlgraph/ontology#>
    DELETE {{ GRAPH ?g {{ {claim} kg:stance ?stance }} }} WHERE {{ GRAPH ?g {{ {claim} kg:stance ?stance }} }}"""
    with pytest.raises(Refused) as refused:
        publish.write(store, [{"update": text}], who="test")
    assert [violation.rule for violation in refused.value.violations] == ["Claim-stance"]
    store.close()
