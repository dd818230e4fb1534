"""The documents say what is so: their code runs, their answers are the real ones, and nothing that exists is left out.

A block of code in README.md or docs/ is a test. `sparql` runs on what is shipped and finds something (nothing, after
a comment `<!-- empty -->`), and where it asks Wikidata an engine of ours stands in; `turtle` is in the data; `python`
runs, and prints what a `text` block right after it shows; each `$` line of `console` is typed in a directory with a
store, and prints what stands below it. In what is shown, `…` stands for anything within a line, and alone in a line for
any lines.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from rdflib import Graph

from kg import checks, cli, files, queries
from kg.ontology import PREFIXES
from kg.store import open_store, versions
from kg.store.embedded import Store
from kg.store.outward import NOBODY, listed
from kg.store.pool import Limits
from server import errors
from server.app import create_app
from server.settings import VARIABLES, Variable, from_environment
from tests.elsewhere.engine import Elsewhere
from tests.elsewhere.stores import Stores, settings_of
from tests.server.conftest import running

ROOT = Path(__file__).parent.parent
DOCUMENTS = [ROOT / "README.md", *sorted(ROOT.glob("docs/*.md"))]
ADDRESS = "http://127.0.0.1:8000"
"""Where the documents say that the service is."""
WIKIDATA = "https://query.wikidata.org/sparql"
_FENCE = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A fenced block: where it begins, its language, its text, the text between the block before it and itself."""

    file: str
    line: int
    language: str
    text: str
    before: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


def blocks(path: Path) -> Iterator[Block]:
    text, last = path.read_text("utf-8"), 0
    for found in _FENCE.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        yield Block(str(path.relative_to(ROOT)), line, found[1], found[2], text[last : found.start()])
        last = found.end()


BLOCKS = [block for path in DOCUMENTS for block in blocks(path)]
DOCUMENTED = "\n".join(path.read_text("utf-8") for path in DOCUMENTS)


OTHERWISE = {
    "?source kg:derivedFrom+ ?original": "it follows a path from an end that is known only",
    "kg:withinDuration": "xsd:duration is given to it under another datatype",
}
"""What is in the blocks that Virtuoso 7.2.5.1 answers otherwise, or not, and why."""


def of(language: str) -> pytest.MarkDecorator:
    """A test for each block of a language."""
    blocks = [
        pytest.param(b, id=str(b), marks=[pytest.mark.differs("virtuoso", why) for words, why in OTHERWISE.items()
                                          if words in b.text])
        for b in BLOCKS if b.language == language
    ]  # fmt: skip
    return pytest.mark.parametrize("block", blocks)


def fits(shown: str, real: str) -> bool:
    """Whether a document shows what came out; `…` stands for anything.

    >>> fits("version …, 2 rows", "version 7-f00, 2 rows"), fits("a …", "b")
    (True, False)
    """
    lines = [re.escape(line.rstrip()).replace("…", ".*") for line in shown.strip("\n").splitlines()]
    # a line that is nothing but … stands for any number of lines
    pattern = "".join(r"(?:.*\n)*" if line == ".*" else f"{line}\n" for line in lines)
    told = "".join(line.rstrip() + "\n" for line in real.strip("\r\n").splitlines())
    return re.fullmatch(pattern, told) is not None


@pytest.fixture
def checkout(shipped: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stores: Stores) -> Path:
    """The current directory: the repository's files, and a store of its own that has what is shipped."""
    for path in ROOT.iterdir():
        if path.name not in ("store", ".venv") and not path.name.startswith(".coverage"):
            (tmp_path / path.name).symlink_to(path)
    stores.copy(shipped.origin, tmp_path / "store")
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("KG_")]:
        monkeypatch.delenv(name)
    return tmp_path


@pytest.fixture(scope="module")
def url(shipped: Store) -> Iterator[str]:
    """The address of a server of everything that is shipped."""
    with running(shipped.origin) as service:
        yield service.url


@pytest.fixture(scope="module")
def federated(shipped: Store, elsewhere: Elsewhere) -> Iterator[Store]:
    """Everything that is shipped, and another engine that may be asked."""
    store = open_store(shipped.origin, Limits(children=1, services=listed(elsewhere.query)))
    yield store
    store.close()


@of("sparql")
def test_a_query_finds_what_is_shipped(block: Block, shipped: Store, federated: Store, elsewhere: Elsewhere) -> None:
    text = block.text.replace(WIKIDATA, elsewhere.query)
    if text != block.text and not isinstance(shipped.origin, Path):
        pytest.skip("an engine is given no SERVICE (docs/deploy.md)")
    answer = (shipped if text == block.text else federated).query(text, graph="nt", prefixes=PREFIXES)
    if answer.kind == "graph":
        found = bool(answer.read())
    else:
        result = json.loads(answer.read())
        found = result["boolean"] if "boolean" in result else bool(result["results"]["bindings"])
    assert found is not block.before.rstrip().endswith("<!-- empty -->")


@of("turtle")
def test_an_example_is_in_the_data(block: Block, shipped: Store) -> None:
    declared = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())
    lines = Graph().parse(data=declared + block.text, format="turtle").serialize(format="nt").splitlines()
    told = [line for line in lines if line]
    assert told
    assert [line for line in told if shipped.query(f"ASK {{ {line} }}", results="csv").text() != "true"] == []


@of("python")
@pytest.mark.embedded("what is shown names the directory")
def test_python_runs(block: Block, checkout: Path) -> None:
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        exec(compile(block.text, str(block), "exec"), {"__name__": "__main__"})
    follower = BLOCKS[BLOCKS.index(block) + 1] if block != BLOCKS[-1] else block
    if follower.file == block.file and follower.language == "text" and not follower.before.strip():
        assert fits(follower.text, output.getvalue()), output.getvalue()


def commands(text: str) -> Iterator[tuple[str, str]]:
    """The commands of a console block, each with what it is said to print; a quotation may go over several lines."""
    command, shown, inside = "", "", False
    for line in text.splitlines(keepends=True):
        if line.startswith("$ ") and not inside:
            if command:
                yield command, shown
            command, shown, inside = line[2:], "", unfinished(line[2:])
        elif inside:
            command += line
            inside = unfinished(command)
        else:
            shown += line
    yield command, shown


def unfinished(command: str) -> bool:
    if command.rstrip("\n").endswith("\\"):
        return True
    try:
        shlex.split(command)
    except ValueError:
        return True
    return False


def is_a_target(name: str) -> bool:
    return re.search(rf"^{re.escape(name)}:", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE) is not None


@of("console")
@pytest.mark.embedded("what is shown names the directory")
def test_what_is_typed_prints_what_is_shown(block: Block, checkout: Path, request: pytest.FixtureRequest) -> None:
    for command, shown in commands(block.text):
        words = shlex.split(command)
        settings = [word.partition("=")[0] for word in words if re.match(r"[A-Z_]+=", word)]
        program, *arguments = words[len(settings) :]
        if program == "make":
            assert all(is_a_target(target) for target in arguments), command
        elif [program, *arguments[:1]] == ["kg", "serve"]:
            assert set(settings) <= {variable.name for variable in VARIABLES}, command
            cli.main.commands["serve"].make_context("serve", arguments[1:])
        else:
            assert program in ("kg", "curl", "cp", "ls", "mkdir"), command
            if program == "curl":
                if not shutil.which("curl"):
                    pytest.skip("curl is not installed, so its examples cannot be typed")
                command = command.replace(ADDRESS, request.getfixturevalue("url"))
            done = typed(command)
            assert done.returncode == (1 if "Error: " in shown else 0), done.stdout + done.stderr
            real = done.stdout + done.stderr
            assert not shown.strip() or fits(shown, real), f"{command}prints\n{real}"


def typed(command: str) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path}
    return subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, env=environment, timeout=120)


def test_make_knows_what_the_documents_call() -> None:
    called = re.findall(r"^(?:[A-Z]+=\S+ )*make ([a-z]+)$", DOCUMENTED, re.MULTILINE)
    called += re.findall(r"`(?:[A-Z]+=\S+ )*make ([a-z]+)`", DOCUMENTED)
    assert {"run", "test"} <= set(called)
    assert [target for target in called if not is_a_target(target)] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    prose = _FENCE.sub("", path.read_text("utf-8"))
    targets = [target for target in re.findall(r"\]\(([^)\s]+)\)", prose) if "://" not in target]
    assert [target for target in targets if not leads_somewhere(path, target)] == []


def leads_somewhere(path: Path, target: str) -> bool:
    name, _, anchor = target.partition("#")
    file = path.parent / name if name else path
    if not anchor:
        return file.exists()
    headings = re.findall(r"^#+ (.*)$", _FENCE.sub("", file.read_text("utf-8")), re.MULTILINE)
    return anchor in {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("variable", VARIABLES, ids=lambda variable: variable.name)
def test_a_setting_is_told_as_it_is(variable: Variable) -> None:
    told = (ROOT / "docs" / "operations.md").read_text("utf-8")
    default = f"{variable.default:g}" if isinstance(variable.default, float) else str(variable.default)
    shown = "none" if variable.default in (None, (), NOBODY) else "on" if variable.default is True else f"`{default}`"
    assert f"| `{variable.name}` | {variable.meaning} | {variable.accepted} | {shown} |" in told


@pytest.mark.parametrize("name", sorted(cli.main.commands))
def test_a_command_is_told(name: str) -> None:
    assert f"`kg {name}`" in (ROOT / "docs" / "operations.md").read_text("utf-8")


@pytest.mark.parametrize("path", sorted(Path(queries.__file__).parent.rglob("*.rq")), ids=lambda path: path.stem)
def test_a_query_that_is_shipped_is_told(path: Path) -> None:
    assert f"`{path.name}`" in DOCUMENTED


@pytest.mark.parametrize("example", queries.examples(), ids=lambda example: example.slug)
def test_an_example_is_told_with_its_question(example: queries.Example) -> None:
    assert f"-{example.slug}.rq` | {example.question} |" in DOCUMENTED


@pytest.mark.parametrize("name", sorted(checks.texts()))
def test_a_check_is_told_with_what_it_says(name: str) -> None:
    rule = checks.texts()[name].splitlines()[0].removeprefix("# ")
    assert f"| `{name}` | {rule} |" in DOCUMENTED


def test_every_address_is_told(shipped: Store) -> None:
    rules = {str(rule) for rule in create_app(from_environment(settings_of(shipped.origin))).url_map.iter_rules()}
    shown = {re.sub(r"<.*", "…", rule) for rule in rules}
    assert {"/sparql", "/id/…"} <= shown
    assert [address for address in sorted(shown) if f"| `{address}` |" not in DOCUMENTED] == []


def test_every_problem_is_told_with_its_status() -> None:
    own = {(status, slug) for status, slug, _ in errors.CONDITIONS.values()}
    text = "".join(path.read_text("utf-8") for path in ROOT.glob("server/*.py"))
    rejected = {(int(status), slug) for status, slug in re.findall(r'Rejected\(\s*(\d+), "([a-z-]+)"', text)}
    assert len(rejected) > 5
    told = (ROOT / "docs" / "operations.md").read_text("utf-8")
    assert [pair for pair in sorted(own | rejected) if f"| {pair[0]} | `{pair[1]}` |" not in told] == []


def test_versions_are_kept_as_long_as_is_told() -> None:
    told = (ROOT / "docs" / "operations.md").read_text("utf-8")
    assert f"the {versions.KEEP_VERSIONS} newest versions" in told
    assert f"{versions.KEEP_SECONDS // 60} minutes" in told


def test_every_thing_that_is_named_exists(shipped: Store) -> None:
    named = set(re.findall(r"`((?:claim|event|place|actor|source|when|road):[\w.-]+)`", DOCUMENTED))
    assert len(named) > 10
    for name in sorted(named):
        assert shipped.query(f"ASK {{ {name} a ?class }}", results="csv", prefixes=PREFIXES).text() == "true", name


def test_every_graph_is_told_with_its_size(shipped: Store) -> None:
    told = (ROOT / "docs" / "data.md").read_text("utf-8")
    rows = [
        f"`{graph.removeprefix(files.BASE)}` | {record.triples:,} |"
        for graph, record in shipped.manifest().graphs.items()
    ]
    assert [row for row in rows if row not in told] == []


def test_every_concept_is_told_in_its_scheme(shipped: Store) -> None:
    told = (ROOT / "docs" / "ontology.md").read_text("utf-8")
    rows = shipped.select("terms")
    schemes: dict[str, set[str]] = {}
    for row in rows:
        if "scheme" in row:
            name, term = (str(row[part]).rpartition("#")[2] for part in ("scheme", "term"))
            schemes.setdefault(name, set()).add(term)
    assert schemes
    for name, concepts in schemes.items():
        line = re.search(rf"^\| `kg:{name}` \|.*$", told, re.MULTILINE)
        assert line, name
        assert set(re.findall(r"(?<!kg:)\b[A-Z]\w+", line[0].split("|")[3])) == concepts, name


def test_the_diagram_shows_classes_and_properties_as_they_are_defined(shipped: Store) -> None:
    text = next(block.text for block in BLOCKS if block.language == "mermaid")
    rows = [{name: str(term).rpartition("#")[2] for name, term in row.items()} for row in shipped.select("terms")]
    above = {(row["term"], row["parent"]) for row in rows if "parent" in row}
    domains = {(row["term"], row["domain"]) for row in rows if "domain" in row}
    ranges = {(row["term"], row["range"]) for row in rows if "range" in row}

    def stands_on(property_: str, kind: str, ends: set[tuple[str, str]]) -> bool:
        return (property_, kind) in ends or any(
            stands_on(property_, parent, ends) for child, parent in above if child == kind
        )

    assert {(child, parent) for parent, child in re.findall(r"^\s*(\w+) <\|-- (\w+)$", text, re.MULTILINE)} <= above
    arrows = re.findall(r'^\s*(\w+) (?:"[^"]*" )?--> (?:"[^"]*" )?(\w+) : (.+)$', text, re.MULTILINE)
    assert len(arrows) > 10
    for subject, object_, names in arrows:
        for name in names.split(", "):
            assert stands_on(name, subject, domains), f"kg:{name} on {subject}"
            assert stands_on(name, object_, ranges), f"kg:{name} to {object_}"
    for kind, body in re.findall(r"^\s*class (\w+) \{\n(.*?)\}", text, re.MULTILINE | re.DOTALL):
        for name in re.findall(r"^\s*(\w+) ", body, re.MULTILINE):
            assert stands_on(name, kind, domains), f"kg:{name} on {kind}"
