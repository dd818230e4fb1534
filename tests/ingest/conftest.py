"""A store with the ontology and one data set, and the command line on a copy of it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from click.testing import Result

from kg import files, publish
from kg.ingest import datasets
from kg.ontology import PREFIXES
from kg.store import open_store
from kg.store.pool import Limits
from tests.elsewhere.stores import Place, Stores, command

RETRIEVED = "2026-11-01"
DATASET = "invented"


@pytest.fixture(scope="session")
def bare(stores: Stores, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A store with the ontology and a new data set as `kg dataset new` writes it; tests copy it."""
    folder = tmp_path_factory.mktemp("bare")
    path = folder / f"{DATASET}.ttl"
    text = datasets.skeleton(DATASET, date(2021, 1, 1))
    path.write_text(text, "utf-8")
    place = stores.lasting(folder / "store")
    with closing(open_store(place)) as store:
        publish.load(store, [files.shipped() / "ontology" / "control.ttl", path], who="test")
    return place


class Ingesting:
    """The command line on a store of its own, with files of its own."""

    def __init__(self, place: Place, folder: Path) -> None:
        self.place, self.folder = place, folder
        self.store = place if isinstance(place, Path) else place.location

    def __call__(self, *arguments: str) -> Result:
        """Type a command."""
        return command(self.place, *arguments)

    def said(self, *arguments: str) -> str:
        """What a command that goes well says."""
        result = self(*arguments)
        assert result.exit_code == 0, result.stderr
        return result.stdout

    def write(self, name: str, text: str | bytes) -> str:
        """A file; its path."""
        path = self.folder / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return str(path)

    def table(self, name: str, columns: Sequence[str], rows: Sequence[Mapping[str, object]]) -> str:
        """A CSV file; its path."""
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
        return self.write(name, text.getvalue())

    def ingest(self, form: str, *arguments: str) -> str:
        """Bring files in; what the command says."""
        return self.said("ingest", form, *arguments, "--dataset", DATASET, "--retrieved", RETRIEVED)

    def report(self, into: str) -> dict[str, object]:
        """The report of what was brought in under a name."""
        told: dict[str, object] = json.loads((self.report_of(into) / "report.json").read_text("utf-8"))
        return told

    def report_of(self, into: str) -> Path:
        """The directory of the report."""
        return self.store / "ingest" / f"{DATASET}-{into}"

    def listed(self, into: str, table: str) -> list[dict[str, str]]:
        """A table of the report."""
        with (self.report_of(into) / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def ask(self, query: str) -> list[list[str]]:
        """The rows of an answer."""
        with closing(open_store(self.place, Limits(children=1))) as store:
            answer = store.query(query, results="csv", prefixes=PREFIXES).text()
        return list(csv.reader(io.StringIO(answer)))[1:]

    def count(self, pattern: str) -> int:
        """How many solutions a pattern has."""
        return int(self.ask(f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}")[0][0])

    def exported(self, into: str) -> list[str]:
        """Everything that a graph says, line by line, in order."""
        graph = f"{files.BASE}graph/{DATASET}/{into}"
        return sorted(self.said("export", "--graph", graph, "--as", "nt").splitlines())


@pytest.fixture
def kg(bare: Place, tmp_path: Path, stores: Stores) -> Ingesting:
    return Ingesting(stores.copy(bare, tmp_path / "store"), tmp_path)
