"""Rules about the code itself."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODULES = sorted([*ROOT.glob("kg/**/*.py"), *ROOT.glob("server/**/*.py"), *ROOT.glob("tools/**/*.py")])


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_is_a_short_noun(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 300
    assert path.stem not in {"utils", "util", "helpers", "helper", "common", "core", "base", "manager", "misc"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_queries_live_in_files(path: Path) -> None:
    assert not re.search(r'"""?\s*(PREFIX|SELECT|CONSTRUCT|INSERT|DELETE)\b', path.read_text("utf-8"))


def test_kg_neither_prints_nor_reads_the_environment_below_the_command_line() -> None:
    for path in ROOT.glob("kg/**/*.py"):
        text = path.read_text("utf-8")
        if path.name != "cli.py":
            assert "os.environ" not in text
            assert "getenv" not in text
            called = [each.func for each in ast.walk(ast.parse(text)) if isinstance(each, ast.Call)]
            assert "print" not in [each.id for each in called if isinstance(each, ast.Name)], path


def test_no_blank_nodes_in_the_data_or_the_ontology() -> None:
    for path in [*ROOT.glob("data/*.ttl"), ROOT / "ontology/control.ttl", ROOT / "ontology/alignments.ttl"]:
        bare = re.sub(r'"(?:[^"\\]|\\.)*"|<[^>]*>|#.*', "", path.read_text("utf-8"))
        assert "_:" not in bare, path
        assert "[" not in bare, path


def test_the_constraints_pin_every_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    pinned = {line.partition("==")[0].lower() for line in (ROOT / "constraints.txt").read_text().splitlines()}
    assert {re.split(r"[<>=\[]", name)[0].lower() for name in wanted} <= pinned


def test_the_store_and_the_environment_are_not_committed() -> None:
    try:
        listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    assert not re.search(r"^(store|\.venv|node_modules)/", listed, re.MULTILINE)
