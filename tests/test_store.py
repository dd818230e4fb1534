"""Versions: published whole or not at all, read by anybody meanwhile, equal for equal data."""

from __future__ import annotations

import io
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyoxigraph as ox
import pytest
from rdflib import URIRef

from kg import export, files, publish, queries
from kg.errors import BadFile, NothingPublished, Refused, StoreLocked, StoreUnreadable, UnknownEntity
from kg.store import open_store, versions
from kg.store.embedded import Store
from tests.conftest import load
from tests.elsewhere.stores import Stores

TITLE = '<https://example.org/a> <http://purl.org/dc/terms/title> "{}" .\n'


def titles(store: Store) -> list[str]:
    """The objects, sorted: how those of a language stand to others is each engine's own."""
    return sorted(store.query("SELECT ?o { ?s ?p ?o }", results="csv").text().split()[1:])


def dump(store: Store) -> bytes:
    output = io.BytesIO()
    export.export(store, output, "nq")
    return output.getvalue()


def test_a_file_is_loaded_in_place_of_its_graph(tiny: Store, tmp_path: Path) -> None:
    first = tiny.version()
    path = tmp_path / "tiny.ttl"
    path.write_text(TITLE.format("second"))
    done = publish.load(tiny, [path], who="test")
    assert done.written == {f"{files.BASE}graph/tiny": 1}
    assert titles(tiny) == ["second"]
    assert versions.number_of(done.version) == versions.number_of(first) + 1
    assert tiny.manifest().parent == first


def test_loading_the_same_again_changes_nothing(tiny: Store, tmp_path: Path) -> None:
    before, exported = tiny.version(), dump(tiny)
    done = publish.load(tiny, [tmp_path / "tiny.ttl"], who="test")
    assert (done.version, done.written) == (before, {})
    assert dump(tiny) == exported
    assert len(tiny.journal()) == 1


def test_what_is_shipped_gives_equal_versions_and_equal_bytes_anywhere(
    shipped: Store, tmp_path: Path, stores: Stores
) -> None:
    other = open_store(stores.at(tmp_path / "other"))
    load(other, *files.shipped_files())
    assert other.version() == shipped.version()
    assert dump(other) == dump(shipped)
    assert load(other, *files.shipped_files()) == shipped.version()
    other.close()


def test_the_version_is_chained_from_the_one_before(empty: Store, tmp_path: Path, stores: Stores) -> None:
    """The same number after another history has another hash."""
    path = tmp_path / "world.ttl"
    for title in ("a", "b"):
        path.write_text(TITLE.format(title))
        load(empty, path)
    other = open_store(stores.at(tmp_path / "other"))
    for title in ("c", "b"):
        path.write_text(TITLE.format(title))
        load(other, path)
    assert titles(empty) == titles(other)
    assert empty.version().startswith("000002-")
    assert other.version().startswith("000002-")
    assert empty.version() != other.version()
    other.close()


def test_a_refused_write_leaves_no_trace(tiny: Store, tmp_path: Path) -> None:
    before, exported = tiny.version(), dump(tiny)
    bad = tmp_path / "bad.ttl"
    bad.write_text(
        "@prefix kg: <https://w3id.org/controlgraph/ontology#> .\n"
        "<https://w3id.org/controlgraph/id/event/x> a kg:ControlChange .\n"
    )
    with pytest.raises(Refused):
        load(tiny, bad)
    assert tiny.version() == before
    good = tmp_path / "good.ttl"
    good.write_text('<https://example.org/b> <http://purl.org/dc/terms/title> "third" .\n')
    load(tiny, good)
    assert titles(tiny) == ["first", "third"]
    assert exported in dump(tiny) or set(exported.splitlines()) < set(dump(tiny).splitlines())
    assert not [entry for entry in tiny.location.iterdir() if entry.name.startswith("candidate")]


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("@prefix e: <http://e/> .\n\ne:a e:p e:b .\ne:a e:p foo .\n", 4, "foo"),
        ("<http://e/a> <http://e/p> <http://e/b>", 1, ""),
        ("<http://e/a> <http://e/p> x:b .\n", 1, "prefix"),
    ],
)
def test_a_file_with_an_error_is_named_with_its_line(
    tiny: Store, tmp_path: Path, text: str, line: int, reason: str
) -> None:
    before = tiny.version()
    path = tmp_path / "bad.ttl"
    path.write_text(text)
    with pytest.raises(BadFile) as caught:
        load(tiny, path)
    assert (caught.value.file, caught.value.line) == (str(path), line)
    assert reason in caught.value.reason
    assert str(caught.value).startswith(f"{path}:{line}: ")
    assert tiny.version() == before


def test_a_file_that_is_no_text_is_named_with_its_line(tiny: Store, tmp_path: Path) -> None:
    path = tmp_path / "latin.ttl"
    path.write_bytes(b"# one\n# two \xe9\n")
    with pytest.raises(BadFile, match=r"latin\.ttl:2: not UTF-8"):
        load(tiny, path)
    with pytest.raises(BadFile, match="cannot be read"):
        load(tiny, tmp_path / "absent.ttl")


def test_two_files_do_not_share_a_graph(tiny: Store, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    twin = tmp_path / "other" / "tiny.ttl"
    twin.write_text(TITLE.format("x"))
    with pytest.raises(BadFile, match="one file a graph"):
        load(tiny, tmp_path / "tiny.ttl", twin)


def test_one_writer_at_a_time(tiny: Store) -> None:
    with tiny.candidate(), pytest.raises(StoreLocked, match="another process is writing"), tiny.candidate(wait=0.05):
        pass


def test_a_writer_that_waits_builds_on_what_was_published_meanwhile(tiny: Store, tmp_path: Path) -> None:
    with tiny.candidate() as candidate:
        candidate.replace("https://example.org/g1", TITLE.format("x").encode(), "x")
        candidate.publish("one")
    with tiny.candidate() as candidate:
        candidate.replace("https://example.org/g2", TITLE.format("y").encode(), "y")
        candidate.publish("two")
    assert titles(tiny) == ["first", "x", "y"]
    assert [line["who"] for line in tiny.journal()] == ["test", "one", "two"]


@pytest.mark.embedded("the directory is looked at")
def test_a_candidate_given_up_leaves_nothing(tiny: Store) -> None:
    before = tiny.version()
    with tiny.candidate() as candidate:
        candidate.replace("https://example.org/g", TITLE.format("x").encode(), "x")
    assert tiny.version() == before
    left = sorted(entry.name for entry in tiny.location.iterdir())
    assert left == ["CURRENT", "journal.jsonl", "versions", "write.lock"]


@pytest.mark.embedded("the directory is looked at")
def test_old_versions_are_pruned_and_a_reader_of_one_goes_on(
    tiny: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(versions, "KEEP_SECONDS", -1)
    old = tiny.version()
    reading = ox.Store.read_only(str(tiny.location / "versions" / old))
    path = tmp_path / "tiny.ttl"
    for number in range(versions.KEEP_VERSIONS):
        path.write_text(TITLE.format(number))
        load(tiny, path)
    kept = sorted(entry.name for entry in (tiny.location / "versions").iterdir())
    assert len(kept) == versions.KEEP_VERSIONS
    assert old not in kept
    assert [quad.object.value for quad in reading] == ["first"]


@pytest.mark.embedded("the directory is looked at")
def test_a_place_that_is_no_store_is_a_sentence(tmp_path: Path, stores: Stores) -> None:
    file = tmp_path / "file"
    file.write_text("x")
    with pytest.raises(StoreUnreadable, match="is a file"):
        open_store(file)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("x")
    with pytest.raises(StoreUnreadable, match="holds other files"):
        open_store(stores.at(tmp_path / "full"))
    with pytest.raises(NothingPublished, match="kg load"):
        open_store(stores.at(tmp_path / "new")).version()
    assert not (tmp_path / "new").exists()


@pytest.mark.embedded("the directory is looked at")
def test_a_damaged_store_is_a_sentence(tiny: Store) -> None:
    current = tiny.location / "CURRENT"
    (tiny.location / "versions" / tiny.version() / "manifest.json").write_text("{")
    with pytest.raises(StoreUnreadable, match="manifest"):
        tiny.manifest()
    current.write_text("../../etc\n")
    with pytest.raises(StoreUnreadable, match="no version name"):
        tiny.version()
    current.write_text("000009-000000000000\n")
    with pytest.raises(StoreUnreadable, match="is missing"):
        tiny.version()
    current.unlink()
    current.mkdir()
    with pytest.raises(StoreUnreadable, match="cannot be read"):
        tiny.version()


@pytest.mark.embedded("the directory is looked at")
def test_a_version_whose_database_is_damaged_is_not_built_upon(tiny: Store) -> None:
    for file in (tiny.location / "versions" / tiny.version()).glob("CURRENT"):
        file.unlink()
    with pytest.raises(StoreUnreadable, match="cannot be copied"), tiny.candidate():
        pass


@pytest.mark.embedded("the directory is looked at")
def test_a_version_that_lost_a_table_is_not_built_upon(tiny: Store) -> None:
    before = tiny.version()
    for file in (tiny.location / "versions" / before).glob("*.sst"):
        file.unlink()
    with pytest.raises(StoreUnreadable, match="cannot be opened"):
        publish.write(tiny, [{"update": "INSERT DATA { <http://a/b> <http://a/c> 1 }"}], who="test")
    assert tiny.version() == before


def test_export_of_one_graph_and_of_all(tiny: Store) -> None:
    output = io.BytesIO()
    export.export(tiny, output, "ttl", f"{files.BASE}graph/tiny")
    assert b'dcterms:title "first"@en' in output.getvalue()
    with pytest.raises(UnknownEntity, match="graph/nowhere"):
        export.export(tiny, output, "ttl", f"{files.BASE}graph/nowhere")
    with pytest.raises(ValueError, match="does not tell graphs apart"):
        export.export(tiny, output, "ttl")


def test_select_answers_our_own_queries_with_terms(tiny: Store) -> None:
    rows = tiny.select("statements", entity=URIRef("https://example.org/a"))
    assert [row["value"].n3() for row in rows] == ['"first"@en']
    with pytest.raises(ValueError, match="is no IRI"):
        queries.text_for("names", "thing", ["https://example.org/> } #"])
    with pytest.raises(ValueError, match="has no block"):
        queries.text_for("statements", "thing", [])


def test_a_backup_is_a_store_and_is_restored_as_the_next_version(tiny: Store, tmp_path: Path, stores: Stores) -> None:
    first, exported = tiny.version(), dump(tiny)
    assert tiny.backup(tmp_path / "backup") == first
    copy = open_store(tmp_path / "backup")
    assert copy.version() == first
    assert titles(copy) == ["first"]
    copy.close()
    path = tmp_path / "tiny.ttl"
    path.write_text(TITLE.format("second"))
    load(tiny, path)
    restored = publish.restore(tiny, tmp_path / "backup", who="test")
    assert versions.number_of(restored) == 3
    assert dump(tiny) == exported
    assert [line["who"] for line in tiny.journal()] == ["test", "test", f"test: restored {first}"]
    with pytest.raises(StoreUnreadable, match="exists already"):
        tiny.backup(tmp_path / "backup")
    elsewhere = open_store(stores.at(tmp_path / "elsewhere"))
    publish.restore(elsewhere, tmp_path / "backup", who="test")
    assert dump(elsewhere) == exported
    elsewhere.close()
    with pytest.raises(StoreUnreadable, match="holds other files"):
        publish.restore(tiny, tmp_path, who="test")


@pytest.mark.embedded("the directory is looked at")
def test_the_journal_survives_what_can_happen_to_it(tiny: Store, tmp_path: Path) -> None:
    """A writer killed before its line is written, and a line cut off by a crash."""
    journal = tiny.location / "journal.jsonl"
    whole = journal.read_text()
    for damage in ("", whole[: len(whole) // 2]):
        journal.write_text(damage)
        with tiny.candidate():
            pass
        assert journal.read_text() == whole
    (line,) = tiny.journal()
    assert line["version"] == tiny.version()
    assert line["added"] == {f"{files.BASE}graph/tiny": 1}


def test_a_graph_that_was_edited_is_not_replaced_silently(tiny: Store, tmp_path: Path) -> None:
    graph = f"{files.BASE}graph/tiny"
    update = f"INSERT DATA {{ GRAPH <{graph}> {{ <https://example.org/b> <https://example.org/p> 'kept' }} }}"
    publish.write(tiny, [{"update": update}], who="test")
    path = tmp_path / "tiny.ttl"
    path.write_text(TITLE.format("second"))
    with pytest.raises(BadFile, match="changed by other writes since it was loaded"):
        load(tiny, path)
    assert titles(tiny) == ["first", "kept"]
    publish.load(tiny, [path], who="test", replace_edited=True)
    assert titles(tiny) == ["second"]


PRUNING = """
import os, shutil, signal, sys
from pathlib import Path
from kg import publish
from kg.store import open_store, versions
whole = shutil.rmtree
def cut(path, **options):
    if not (Path(path) / "manifest.json").exists():
        return whole(path, **options)
    (Path(path) / "CURRENT").unlink()
    os.kill(os.getpid(), signal.SIGKILL)
store = open_store(sys.argv[1])
versions.KEEP_SECONDS, shutil.rmtree = -1, cut
publish.write(store, [{"update": "INSERT DATA { <e:last> <http://purl.org/dc/terms/title> 'x' }"}], who="test")
"""


@pytest.mark.embedded("the directory is looked at")
def test_a_version_that_is_being_pruned_stands_among_the_versions_whole_or_not_at_all(tiny: Store) -> None:
    for number in range(versions.KEEP_VERSIONS - 1):
        step = {"update": f"INSERT DATA {{ <e:{number}> <http://purl.org/dc/terms/title> 'x' }}"}
        publish.write(tiny, [step], who="test")
    before = tiny.version()
    done = subprocess.run([sys.executable, "-c", PRUNING, str(tiny.location)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert versions.number_of(tiny.version()) == versions.number_of(before) + 1
    for version in (tiny.location / "versions").iterdir():
        assert len(ox.Store.read_only(str(version))) > 0
    with tiny.candidate():
        pass
    assert not list(tiny.location.glob("candidate-pruned-*"))


KILLED = """
import sys
from pathlib import Path
from kg import publish, validate
from kg.store import open_store
store = open_store(sys.argv[1])
print("ready", flush=True)
publish.load(store, [Path(sys.argv[2])], who="killed")
print("done", flush=True)
"""


@pytest.mark.embedded("of engines: test_a_load_that_dies_is_undone_or_completed_by_the_next_writer")
def test_a_load_killed_at_any_moment_leaves_the_published_version(empty: Store, tmp_path: Path, every: bool) -> None:
    """Four loads, eight with `--every`, each killed by SIGKILL after another random part of the time that one takes."""
    path = tmp_path / "big.ttl"

    def write(mark: int, size: int = 1000) -> None:
        statements = (f'<https://example.org/n{n}> <http://purl.org/dc/terms/title> "{mark}" .\n' for n in range(size))
        path.write_text("".join(statements))

    def start() -> subprocess.Popen[str]:
        arguments = [sys.executable, "-c", KILLED, str(empty.location), str(path)]
        process = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        return process

    write(0)
    begun = time.monotonic()
    with start() as process:
        assert process.wait() == 0
    whole = time.monotonic() - begun
    chance = random.Random(20210815)
    published = {0}
    for mark in range(1, 9 if every else 5):
        write(mark)
        with start() as process:
            time.sleep(chance.random() * whole)
            os.kill(process.pid, signal.SIGKILL)
        answer = empty.query("SELECT ?o (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?o", results="csv").text().split()[1:]
        (found,) = answer
        title, number = found.split(",")
        assert number == "1000"
        assert int(title) in {max(published), mark}
        published.add(int(title))
        (record,) = empty.manifest().graphs.values()
        assert record.triples == 1000
    write(99)
    load(empty, path)
    assert empty.query("SELECT DISTINCT ?o { ?s ?p ?o }", results="csv").text().split() == ["o", "99"]
    left = [entry.name for entry in empty.location.iterdir() if entry.name.startswith("candidate")]
    assert left == []
    for version in (empty.location / "versions").iterdir():
        assert len(ox.Store.read_only(str(version))) == 1000
    numbers = sorted(versions.number_of(version.name) for version in (empty.location / "versions").iterdir())
    assert numbers[-1] == versions.number_of(empty.version())
