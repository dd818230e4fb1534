"""Whatever a query does, the next one is answered."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest
from rdflib import Literal, URIRef

from kg.errors import (
    NoSuchForm,
    PoolBusy,
    QueryDied,
    QueryFailed,
    QuerySyntax,
    QueryTimeout,
    ResultTooLarge,
    StoreUnreadable,
)
from kg.store import child, open_store
from kg.store.embedded import Store
from kg.store.pool import Limits
from kg.store.scan import LARGE, scan
from kg.store.spool import Spool
from tests.conftest import load

NUMBERS = "".join(f"<https://example.org/n{n}> <https://example.org/next> <https://example.org/n{n + 1}> .\n" for n in range(3000))  # fmt: skip  # noqa: E501
SORTED_PRODUCT = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?i ?c ?f"
DEEP = "ASK " + "{" * 6000 + "}" * 6000
LONG_PLAN = "ASK { ?s " + "/".join(["<https://example.org/next>"] * 900) + " ?o }"
DOUBLING = (
    'SELECT (STRLEN(?x36) AS ?n) { BIND("0123456789" AS ?x0) '
    + " ".join(f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1})" for n in range(36))
    + " }"
)
LIMITS = Limits(children=1, memory=512 << 20, seconds=2, wait=0.3)


@pytest.fixture(scope="module")
def numbers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("numbers")
    (folder / "numbers.ttl").write_text(NUMBERS)
    store = open_store(folder / "store", LIMITS)
    load(store, folder / "numbers.ttl")
    yield store
    store.close()


@pytest.mark.parametrize(
    ("query", "condition"),
    [
        pytest.param(DEEP, QueryDied, id="nested braces"),
        pytest.param(SORTED_PRODUCT, (QueryTimeout, QueryDied), id="sort of a cartesian product"),
        pytest.param(LONG_PLAN, QueryTimeout, id="a path that is planned for minutes"),
        pytest.param(DOUBLING, (QueryTimeout, QueryDied), id="a string doubled 36 times"),
    ],
)
def test_a_query_that_runs_away_is_ended_and_the_next_is_answered(
    numbers: Store, query: str, condition: type[Exception]
) -> None:
    begun = time.monotonic()
    with pytest.raises(condition):
        numbers.query(query)
    assert time.monotonic() - begun < 2 + 1
    assert numbers.query("ASK { ?s ?p ?o }", results="csv").text() == "true"


def test_an_ended_query_says_why(numbers: Store) -> None:
    with pytest.raises(QueryDied, match="nested too deeply"):
        numbers.query(DEEP)
    with pytest.raises(QueryTimeout, match=r"after 0\.5 s"):
        numbers.query(LONG_PLAN, seconds=0.5)


def test_memory_is_capped(numbers: Store) -> None:
    store = open_store(numbers.location, replace(LIMITS, memory=300 << 20, seconds=30))
    try:
        with pytest.raises(QueryDied, match="300 MiB of memory"):
            store.query(SORTED_PRODUCT)
        assert store.query("ASK {}", results="tsv").text() == "true"
    finally:
        store.close()


def test_a_deadline_can_only_be_shortened(numbers: Store) -> None:
    begun = time.monotonic()
    with pytest.raises(QueryTimeout):
        numbers.query(LONG_PLAN, seconds=60)
    assert time.monotonic() - begun < 3


def test_waiting_for_a_process_is_bounded(numbers: Store) -> None:
    ended: list[Exception] = []

    def runaway() -> None:
        try:
            numbers.query(SORTED_PRODUCT)
        except (QueryTimeout, QueryDied) as error:
            ended.append(error)

    thread = threading.Thread(target=runaway)
    thread.start()
    busy: list[PoolBusy] = []
    while thread.is_alive() and not busy:
        try:
            numbers.query("ASK {}")
        except PoolBusy as error:
            busy.append(error)
    thread.join()
    assert busy
    assert busy[0].retry_after >= 1
    assert ended


def test_many_threads_get_their_own_answers(numbers: Store) -> None:
    store = open_store(numbers.location, replace(LIMITS, children=3, wait=30))
    answers: dict[int, str] = {}

    def ask(number: int) -> None:
        query = f"SELECT ?o {{ <https://example.org/n{number}> ?p ?o }}"
        answers[number] = store.query(query, results="tsv").text()

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    store.close()
    assert answers == {n: f"?o\n<https://example.org/n{n + 1}>\n" for n in range(40)}


def test_a_large_answer_is_whole_and_comes_in_pieces(numbers: Store) -> None:
    answer = numbers.query("SELECT ?s ?p ?o { ?s ?p ?o } ORDER BY ?s", results="csv")
    assert answer.inline is None
    pieces = list(answer.chunks())
    assert sum(map(len, pieces)) == answer.size
    assert b"".join(pieces).count(b"\n") == 3001


def test_an_answer_over_the_limit_is_refused(numbers: Store) -> None:
    store = open_store(numbers.location, replace(LIMITS, answer=10_000))
    try:
        with pytest.raises(ResultTooLarge, match="10,000 bytes"):
            store.query("SELECT * { ?s ?p ?o }")
        assert store.query("ASK {}").size < 10_000
    finally:
        store.close()


def test_syntax_errors_have_message_line_and_column(numbers: Store) -> None:
    with pytest.raises(QuerySyntax) as caught:
        numbers.query("SELECT ?s\nWHERE { ?s ?p }")
    assert (caught.value.line, caught.value.column) == (2, 16)
    assert "expected" in str(caught.value)
    assert "u{00B7}" not in str(caught.value)


def test_an_answer_without_an_accepted_form_says_its_kind(numbers: Store) -> None:
    with pytest.raises(NoSuchForm) as caught:
        numbers.query("CONSTRUCT WHERE { ?s ?p ?o }", graph=None)
    assert caught.value.kind == "graph"
    with pytest.raises(NoSuchForm, match="solutions"):
        numbers.query("SELECT * {}", results=None)


def test_what_the_engine_cannot_do_is_passed_on(numbers: Store) -> None:
    with pytest.raises(QueryFailed):
        numbers.query("SELECT ?x { ?s ?p ?o }", values={"nowhere": URIRef("https://example.org/n1")})


def test_values_stand_for_variables(numbers: Store) -> None:
    first = URIRef("https://example.org/n1")
    assert numbers.query("SELECT ?s ?o { ?s ?p ?o }", values={"s": first}, results="csv").text().splitlines() == [
        "s,o",
        "https://example.org/n1,https://example.org/n2",
    ]
    for literal in (Literal("a"), Literal("a", lang="fa"), Literal(3)):
        rows = numbers.query("SELECT ?x { }", values={"x": literal}, results="tsv").text().splitlines()
        assert rows[1] in (literal.n3(), str(literal))


def test_the_union_is_the_default_graph_unless_the_query_names_one(numbers: Store) -> None:
    everything = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    nothing = "SELECT (COUNT(*) AS ?n) FROM <https://example.org/none> { ?s ?p ?o }"
    assert numbers.query(everything, results="csv").text().split()[1] == "3000"
    assert numbers.query(nothing, results="csv").text().split()[1] == "0"


def test_a_new_version_is_seen_by_a_child_that_ran_before(empty: Store, tmp_path: Path) -> None:
    path = tmp_path / "world.ttl"
    for title in ("one", "two"):
        path.write_text(f'<https://example.org/a> <http://purl.org/dc/terms/title> "{title}" .')
        load(empty, path)
        answer = empty.query("SELECT ?o { ?s ?p ?o }", results="csv")
        assert answer.text().split() == ["o", title]
        assert answer.version == empty.version()


@pytest.mark.embedded("the directory is looked at")
def test_a_damaged_version_is_a_sentence(tiny: Store) -> None:
    version = tiny.location / "versions" / tiny.version()
    for file in version.glob("CURRENT"):
        file.unlink()
    with pytest.raises(StoreUnreadable, match="cannot be opened"):
        tiny.query("ASK {}")


def test_the_childs_own_work(tmp_path: Path) -> None:
    """The code that runs in children, here in this process, where a kill cannot lose its coverage."""
    store = ox.Store(str(tmp_path / "db"))
    store.add(
        ox.Quad(ox.NamedNode("http://e/s"), ox.NamedNode("http://e/p"), ox.Literal("o"), ox.NamedNode("http://e/g"))
    )

    def ask(query: str, limit: int = 1 << 20, **more: object) -> tuple[dict[str, object], bytes]:
        spool = Spool(limit)
        header = child.evaluate(store, {"query": query, "results": "csv", "graph": "nt", **more}, spool)
        written = spool.content()
        spool.close()
        return header, written

    assert ask("SELECT ?o { ?s ?p ?o }") == ({"kind": "solutions", "form": "csv"}, b"o\r\no\r\n")
    assert ask("ASK { ?s ?p ?o }") == ({"kind": "boolean", "form": "csv"}, b"true")
    assert b'"boolean":true' in ask("ASK { ?s ?p ?o }", results="json")[1]
    assert ask("CONSTRUCT WHERE { ?s ?p ?o }")[1] == b'<http://e/s> <http://e/p> "o" .\n'
    assert ask("CONSTRUCT WHERE { ?s ?p ?o }", graph=None)[0] == {"error": "form", "message": "graph"}
    assert ask("SELEC")[0]["error"] == "syntax"
    assert ask("SELECT * { ?s ?p ?o }", limit=3)[0] == {"error": "size", "message": "3"}
    assert ask("ASK { }", values={"x": {"type": "uri", "value": "http://e/"}})[0]["error"] == "failed"


@pytest.mark.embedded("the directory is looked at")
def test_a_scan_whose_children_die_ends(world: Path) -> None:
    directory = world / "versions" / (world / "CURRENT").read_text().strip()
    texts = {f"q{number}": DEEP for number in range((os.cpu_count() or 1) + 2)}  # more than there are children
    with pytest.raises(QueryDied):
        list(scan(directory, [], texts, statements=LARGE))
