"""The command line, as a person types it: words on standard output, sentences for errors, exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from kg import cli, files
from kg.store import open_store
from kg.store.embedded import Store
from tests.elsewhere.stores import Place, Stores, settings_of
from tests.elsewhere.stores import command as kg

TITLE = '<https://example.org/a> <http://purl.org/dc/terms/title> "{}" .\n'


@pytest.fixture
def loaded(tmp_path: Path, stores: Stores) -> Place:
    """Where a store is with one small file in it."""
    path = tmp_path / "tiny.ttl"
    path.write_text(TITLE.format("first"))
    assert kg(stores.at(tmp_path / "store"), "load", str(path)).exit_code == 0
    return stores.at(tmp_path / "store")


def test_load_says_what_it_wrote_and_the_second_time_that_there_is_nothing_to_do(
    tmp_path: Path, stores: Stores
) -> None:
    path = tmp_path / "tiny.ttl"
    path.write_text(TITLE.format("first"))
    first = kg(stores.at(tmp_path / "store"), "load", str(path))
    assert first.exit_code == 0
    assert "published version 000001-" in first.stdout
    assert f"1  <{files.BASE}graph/tiny>" in first.stdout
    second = kg(stores.at(tmp_path / "store"), "load", str(path))
    assert second.exit_code == 0
    assert "nothing to do: version 000001-" in second.stdout


def test_load_into_a_named_graph(tmp_path: Path, stores: Stores) -> None:
    path = tmp_path / "tiny.ttl"
    path.write_text(TITLE.format("first"))
    done = kg(stores.at(tmp_path / "store"), "load", "--graph", "https://example.org/g", str(path))
    assert "<https://example.org/g>" in done.stdout
    assert kg(stores.at(tmp_path / "store"), "load", "--graph", "https://example.org/g").exit_code == 2


def test_a_bad_file_is_named_with_line_and_reason_and_nothing_happens(loaded: Place, tmp_path: Path) -> None:
    before = open_store(loaded).version()
    bad = tmp_path / "bad.ttl"
    bad.write_text("@prefix e: <http://e/> .\n\ne:a e:p foo .\n")
    result = kg(loaded, "load", str(bad))
    assert result.exit_code == 1
    assert f"Error: {bad}:3: " in result.stderr
    assert "foo" in result.stderr
    assert open_store(loaded).version() == before


def test_refused_data_is_told_with_node_line_and_rule(loaded: Place, tmp_path: Path) -> None:
    bad = tmp_path / "bad.ttl"
    bad.write_text(
        "@prefix kg: <https://w3id.org/controlgraph/ontology#> .\n\n"
        "<https://w3id.org/controlgraph/id/event/x> a kg:ControlChange .\n"
    )
    result = kg(loaded, "load", str(bad))
    assert result.exit_code == 1
    assert "refused, nothing was written" in result.stderr
    assert f"{bad}:3: https://w3id.org/controlgraph/id/event/x: " in result.stderr


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("csv", "o\nfirst\n"),
        ("tsv", '?o\n"first"\n'),
        ("table", "o\n-----\nfirst\n(1 row)\n"),
    ],
)
def test_query_in_several_forms(loaded: Place, form: str, expected: str) -> None:
    result = kg(loaded, "query", "-e", "SELECT ?o { ?s ?p ?o }", "--as", form)
    assert result.exit_code == 0
    assert result.stdout == expected


def test_query_as_json_and_as_graph(loaded: Place) -> None:
    result = kg(loaded, "query", "-e", "SELECT ?o { ?s ?p ?o }", "--as", "json")
    assert json.loads(result.stdout)["results"]["bindings"] == [{"o": {"type": "literal", "value": "first"}}]
    graph = kg(loaded, "query", "-e", "CONSTRUCT WHERE { ?s ?p ?o }")
    assert 'dcterms:title "first"' in graph.stdout
    assert kg(loaded, "query", "-e", "ASK { ?s ?p ?o }").stdout == "true\n"


def test_query_from_a_file_and_from_standard_input(loaded: Place, tmp_path: Path) -> None:
    path = tmp_path / "q.rq"
    path.write_text("# a comment\nASK { ?s ?p ?o }\n")
    assert kg(loaded, "query", str(path)).stdout == "true\n"
    assert kg(loaded, "query", "-", text="ASK { ?s <http://nowhere/> ?o }").stdout == "false\n"


def test_the_table_shortens_what_it_can() -> None:
    results = {
        "head": {"vars": ["x", "empty"]},
        "results": {
            "bindings": [
                {"x": {"type": "uri", "value": f"{files.BASE}id/place/city-kabul"}},
                {"x": {"type": "uri", "value": "https://example.org/x"}},
                {"x": {"type": "literal", "value": "two\n lines"}},
            ]
        },
    }
    table = cli.as_table(results, {"id": f"{files.BASE}id/", "place": f"{files.BASE}id/place/"})
    assert table.splitlines()[2:] == ["place:city-kabul", "<https://example.org/x>", "two lines", "(3 rows)"]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["query", "-e", "SELECT ?s {\n ?s ?p }"], 1, "line 2, column 9"),
        (["query"], 2, "either a FILE or --text"),
        (["query", "-e", "ASK {}", "--as", "png"], 2, "accepted are table, json"),
        (["query", "-e", "CONSTRUCT WHERE { ?s ?p ?o }", "--as", "csv"], 1, "answers with graph"),
        (["query", "-e", "SELECT * { ?a ?b ?c, ?d, ?e . ?f ?g ?h }", "--timeout", "0"], 2, "0"),
        (["export", "--as", "ttl"], 2, "does not tell graphs apart"),
        (["export", "--graph", "https://example.org/none"], 1, "nothing is known of <https://example.org/none>"),
        (["load", "nowhere.ttl"], 2, "nowhere.ttl"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(loaded: Place, arguments: list[str], code: int, words: str) -> None:
    result = kg(loaded, *arguments)
    assert result.exit_code == code
    assert words in result.stderr
    assert "Traceback" not in result.output


def test_a_store_that_is_none_is_a_sentence(tmp_path: Path, stores: Stores) -> None:
    (tmp_path / "letter.txt").write_text("x")
    result = kg(tmp_path, "query", "-e", "ASK {}")
    assert result.exit_code == 1
    assert "is no store" in result.stderr
    empty = kg(stores.at(tmp_path / "new"), "query", "-e", "ASK {}")
    assert empty.exit_code == 1
    assert "has no version yet; load data with `kg load`" in empty.stderr


def test_export_writes_what_is_there(loaded: Place, tmp_path: Path) -> None:
    target = tmp_path / "out.nq"
    assert kg(loaded, "export", "-o", str(target)).exit_code == 0
    assert target.read_text() == TITLE.format("first").replace(" .", f" <{files.BASE}graph/tiny> .")


def test_validate_names_what_is_wrong(tmp_path: Path) -> None:
    bad = tmp_path / "bad.ttl"
    bad.write_text(
        "@prefix kg: <https://w3id.org/controlgraph/ontology#> .\n"
        "<https://w3id.org/controlgraph/id/event/x> a kg:ControlChange .\n"
    )
    result = kg(tmp_path / "unused", "validate", str(bad))
    assert result.exit_code == 1
    assert f"{bad}:2: https://w3id.org/controlgraph/id/event/x: " in result.stdout
    assert "violations in 1 files" in result.stderr
    assert not (tmp_path / "unused").exists()


def test_validate_without_files_checks_what_is_shipped(tmp_path: Path) -> None:
    result = kg(tmp_path / "unused", "validate")
    assert result.exit_code == 0, result.output
    assert result.stdout == f"{len(files.shipped_files())} files conform\n"


def test_backup_restore_and_versions(loaded: Place, tmp_path: Path) -> None:
    assert "version 000001-" in kg(loaded, "backup", str(tmp_path / "b")).stdout
    assert "published version 000002-" in kg(loaded, "restore", str(tmp_path / "b")).stdout
    listed = kg(loaded, "versions").stdout.splitlines()
    assert [line.partition("-")[0] for line in listed] == ["000001", "000002"]
    assert "+1 -0" in listed[0]
    assert "restored 000001-" in listed[1]
    assert kg(loaded, "backup", str(tmp_path / "b")).exit_code == 1


def test_every_command_has_help_with_an_example() -> None:
    for name, command in cli.main.commands.items():
        shown = CliRunner().invoke(cli.main, [name, "--help"]).stdout
        assert f"Example: kg {name}" in " ".join(shown.split()), command


def test_the_installed_script_runs(shipped: Store) -> None:
    """`kg` as a process of its own, on the shipped data."""
    command = [str(Path(sys.executable).parent / "kg")]
    environment = {**os.environ, **settings_of(shipped.origin)}
    question = "SELECT (COUNT(*) AS ?n) { ?c a kg:Claim ; kg:source source:seed }"
    done = subprocess.run(
        [*command, "query", "-e", question, "--as", "csv"], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.split()[1]) >= 21
