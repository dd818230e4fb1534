"""What happens when the engine that has the data is slow, fails, lies, or goes away; and when others write."""

from __future__ import annotations

import itertools
import json
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from kg import publish
from kg.control.opening import open_control
from kg.engine_errors import EngineFailed, EngineLoading, WriteConflict
from kg.errors import Refused, StoreLocked
from kg.ontology import KG
from kg.store import open_store
from kg.store.pool import Limits
from kg.store.published import Stamp
from kg.store.remote import claims, writing
from kg.store.remote.engine import Engine
from kg.store.remote.state import OURS, QUICK, STORE, table
from kg.store.remote.store import RemoteStore
from kg.store.spool import INLINE
from tests.elsewhere import engine as engines
from tests.elsewhere import faulty
from tests.elsewhere.engine import Elsewhere
from tests.elsewhere.faulty import Faulty
from tests.elsewhere.waiting import LEFT, comes, handles
from tests.server.conftest import client_of

pytestmark = pytest.mark.embedded("engines are started here as they are needed")

COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"


@pytest.fixture(scope="module")
def engine() -> Iterator[Elsewhere]:
    """An engine of its own for these tests."""
    with engines.started(None) as started:
        yield started


@pytest.fixture(scope="module")
def filled(engine: Elsewhere, world: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RemoteStore]:
    """The store of that engine, with the invented world."""
    with opened(engine.query, engine.update, tmp_path_factory.mktemp("filled")) as store:
        publish.restore(store, world, who="test")
        yield store


@contextmanager
def opened(query: str, update: str, cache: Path) -> Iterator[RemoteStore]:
    """A store on an engine, of which an update may name 600 statements: the least of all dialects."""
    store = open_store(Engine(query, update, dialect="virtuoso", cache=cache), Limits(children=2))
    assert isinstance(store, RemoteStore)
    yield store
    store.close()


@pytest.fixture
def proxy(engine: Elsewhere, filled: RemoteStore) -> Iterator[tuple[str, Faulty]]:
    """A proxy before the engine."""
    with faulty.started(engine.query) as started:
        yield started


@pytest.fixture
def there(proxy: tuple[str, Faulty], engine: Elsewhere, tmp_path: Path) -> Iterator[FlaskClient]:
    """A service that asks the engine through the proxy, and answers within two seconds."""
    place = Engine(proxy[0], engine.update, dialect="virtuoso", cache=tmp_path / "cache")
    with client_of(place, children=2, deadline=2.0, cache=0) as client:
        assert client.get("/readyz").status_code == 200
        yield client


@pytest.mark.parametrize(
    ("fault", "status", "slug"),
    [
        ("503", 503, "engine-failed"),
        ("500", 503, "engine-failed"),
        ("cut", 503, "engine-failed"),
        ("short", 503, "engine-failed"),
        ("silent", 504, "query-timeout"),
        ("lying", 503, "store-unreadable"),
    ],
)
def test_a_fault_is_a_problem_document_within_the_deadline_and_ends_by_itself(
    fault: str, status: int, slug: str, there: FlaskClient, proxy: tuple[str, Faulty]
) -> None:
    threads, before = threading.active_count(), handles()
    proxy[1].begin(fault, where=b"version" if fault == "lying" else b"COUNT")
    begun = time.monotonic()
    told = there.get("/sparql", query_string={"query": COUNT})
    assert time.monotonic() - begun < 2.0 + 1.0
    assert told.status_code == status
    assert told.content_type == "application/problem+json"
    assert json.loads(told.data)["type"].endswith(f"/{slug}")
    assert json.loads(told.data).get("seconds") == (2.0 if fault == "silent" else None)
    proxy[1].begin("")
    assert there.get("/sparql", query_string={"query": COUNT}).status_code == 200
    assert comes(
        lambda: threading.active_count() <= threads + 1, LEFT
    )  # a child that was ended is being buried meanwhile
    assert comes(lambda: handles() <= before + 4, LEFT)


def test_a_copy_is_not_ready_while_the_engine_is_away(there: FlaskClient, proxy: tuple[str, Faulty]) -> None:
    proxy[1].begin("silent")
    assert there.get("/readyz").status_code == 503
    proxy[1].begin("503")
    assert there.get("/healthz").status_code == 200
    page = there.get("/map", headers={"Accept": "text/html"})
    assert page.status_code == 503
    assert page.headers["Retry-After"] == "5"
    proxy[1].begin("")
    assert there.get("/readyz").status_code == 200
    assert there.get("/map").status_code == 200


def test_a_version_that_is_seen_in_the_middle_of_an_update_is_looked_at_again(
    there: FlaskClient, proxy: tuple[str, Faulty]
) -> None:
    proxy[1].begin("nameless", where=b"urn%3Acontrolgraph%3Aversion")
    assert there.get("/readyz").status_code == 200
    assert proxy[1].fault == ""


def test_who_comes_while_it_is_looked_for_the_first_time_waits_for_what_is_found(
    proxy: tuple[str, Faulty], engine: Elsewhere, tmp_path: Path
) -> None:
    found: list[Stamp] = []
    with opened(proxy[0], engine.update, tmp_path / "cache") as store:
        second = threading.Thread(target=lambda: found.append(store.published.stamp()))

        def meanwhile() -> None:
            second.start()
            second.join(0.2)  # who does not wait has ended by then

        proxy[1].meanwhile = meanwhile
        found.append(store.published.stamp())
        second.join()
    assert found[0] is not None
    assert found[0] == found[1]


def test_an_engine_that_is_not_there_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    threads = set(threading.enumerate())
    before = handles()
    with opened("http://127.0.0.1:1/query", "http://127.0.0.1:1/update", tmp_path) as store:
        with pytest.raises(EngineFailed, match="does not answer"):
            store.query(COUNT)
        with pytest.raises(EngineFailed):
            publish.write(store, [{"drop": "urn:test:g"}], who="test")
    assert comes(lambda: set(threading.enumerate()) <= threads, LEFT)
    assert comes(lambda: handles() <= before, LEFT)


def test_a_request_is_answered_again_when_another_version_is_published_meanwhile(
    there: FlaskClient, proxy: tuple[str, Faulty], filled: RemoteStore
) -> None:
    step = {"update": "INSERT DATA { GRAPH <urn:test:again> { <urn:test:a> <urn:test:p> 1 } }"}
    page = there.get("/sitemaps/1.xml")
    proxy[1].where = b"coverage" if b"coverage" in page.data else b"SELECT"
    before = filled.version()
    proxy[1].meanwhile = lambda: publish.write(filled, [step], who="test")
    told = there.get("/")
    assert told.status_code == 200
    assert told.headers["Controlgraph-Version"] == filled.version() != before
    publish.write(filled, [{"drop": "urn:test:again"}], who="test")


def test_writers_on_two_copies_lose_nothing(engine: Elsewhere, filled: RemoteStore, tmp_path: Path) -> None:
    conflicts: list[WriteConflict] = []

    def write(store: RemoteStore, who: str) -> None:
        for number in range(3):
            text = f"INSERT DATA {{ GRAPH <urn:test:many> {{ <urn:test:{who}> <urn:test:n> {number} }} }}"
            while True:
                try:
                    publish.write(store, [{"update": text}], who=who)
                    break
                except WriteConflict as conflict:
                    conflicts.append(conflict)
                except StoreLocked:
                    pass

    with opened(engine.query, engine.update, tmp_path) as other:
        threads = [threading.Thread(target=write, args=pair) for pair in ((filled, "one"), (other, "two"))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        count = "SELECT (COUNT(*) AS ?n) { GRAPH <urn:test:many> { ?s ?p ?o } }"
        other.published.look()
        assert other.query(count, results="csv").text().split() == ["n", "6"]
        lines = other.journal()
        assert [line["who"] for line in lines[-6:]].count("one") == 3
        assert all(line["parent"] == before["version"] for before, line in itertools.pairwise(lines))
        publish.write(other, [{"drop": "urn:test:many"}], who="test")


def test_a_write_whose_answer_is_lost_is_written_once(engine: Elsewhere, filled: RemoteStore, tmp_path: Path) -> None:
    with faulty.started(engine.update) as (update, fault), opened(engine.query, update, tmp_path) as store:
        fault.begin("cut", where=b"urn%3Atest%3Alost")
        step = {"update": "INSERT DATA { GRAPH <urn:test:lost> { <urn:test:a> <urn:test:p> 1 } }"}
        written = publish.write(store, [step], who="test")
        assert store.version() == written.version
        fault.begin("503", where=b"urn%3Atest%3Alost")
        with pytest.raises(EngineFailed, match="503"):
            publish.write(store, [{"drop": "urn:test:lost"}], who="test")
        assert store.version() == written.version
        fault.begin("")
        publish.write(store, [{"drop": "urn:test:lost"}], who="test")


def test_an_update_that_arrives_after_its_writer_was_told_it_failed_does_nothing(
    engine: Elsewhere, filled: RemoteStore, tmp_path: Path
) -> None:
    before = filled.version()
    with faulty.started(engine.update) as (update, fault), opened(engine.query, update, tmp_path) as store:
        fault.begin("late", where=b"urn%3Atest%3Alate")
        step = {"update": "INSERT DATA { GRAPH <urn:test:late> { <urn:test:a> <urn:test:p> 1 } }"}
        with pytest.raises(EngineFailed, match="does not answer"):
            publish.write(store, [step], who="test")
        fault.begin("")
        assert fault.arrived.wait(10)
        assert store.published.found().name == before
        assert store.query("ASK { GRAPH <urn:test:late> { ?s ?p ?o } }", results="csv").text() == "false"


def test_a_write_to_an_engine_that_falls_silent_fails_in_time(
    filled: RemoteStore, engine: Elsewhere, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module, name in ((writing, "ONCE"), (writing, "KNOWS"), (claims, "KNOWS")):
        monkeypatch.setattr(module, name, 1.0)
    begun = list[float]()
    with faulty.started(engine.update) as (update, fault), opened(engine.query, update, tmp_path) as store:

        def falls_silent() -> None:
            begun.append(time.monotonic())
            fault.begin("silent")
            monkeypatch.setattr(claims, "RENEWED", 0.05)

        fault.where, fault.meanwhile = b"urn%3Atest%3Asilent", falls_silent
        step = {"update": "INSERT DATA { GRAPH <urn:test:silent> { <urn:test:a> <urn:test:p> 1 } }"}
        with pytest.raises(EngineFailed, match="not known whether this was written"):
            publish.write(store, [step], who="test")
        assert time.monotonic() - begun[0] < 1 + 2 * 1 + QUICK
        fault.begin("")
    left = f"GRAPH <{STORE}> {{ ?claim <{OURS}since> ?since }}"  # it ends by itself, but only after minutes
    filled.requests.update(f"DELETE WHERE {{ {left} }}", seconds=QUICK)


def test_a_graph_that_is_emptied_by_much_is_empty_in_the_engine_too(filled: RemoteStore, tmp_path: Path) -> None:
    words = ", ".join(f'"n {number}"' for number in range(700))
    (tmp_path / "words.ttl").write_text(
        f"{KG.Event.n3()} <http://www.w3.org/2004/02/skos/core#hiddenLabel> {words} .\n"
    )
    publish.load(filled, [tmp_path / "words.ttl"], who="test", graph="urn:test:words")
    publish.write(filled, [{"update": "CLEAR GRAPH <urn:test:words>"}], who="test")
    assert filled.manifest().graphs["urn:test:words"].triples == 0  # it is known still, with the file it came from
    assert filled.query("ASK { GRAPH <urn:test:words> { ?s ?p ?o } }", results="csv").text() == "false"


def test_a_large_answer_has_the_terms_that_were_written(filled: RemoteStore) -> None:
    numbers = f"VALUES ?a {{ {' '.join(map(str, range(200)))} }} VALUES ?b {{ {' '.join(map(str, range(200)))} }}"
    text = "STRDT(CONCAT('P', STR(?a * 200 + ?b), 'D'), <urn:controlgraph:datatype:duration>)"
    said = filled.query(f"CONSTRUCT {{ <urn:test:a> <urn:test:p> ?d }} {{ {numbers} BIND({text} AS ?d) }}", graph="nt")
    lines = said.text().splitlines()
    assert len(set(lines)) == 40_000  # more than is read of it at once
    assert all(line.endswith('D"^^<http://www.w3.org/2001/XMLSchema#duration> .') for line in lines)


def test_what_cannot_be_written_is_told_and_changes_nothing(
    engine: Elsewhere, filled: RemoteStore, tmp_path: Path
) -> None:
    before = filled.published.found().name
    for name in ("store", "unnamed"):
        text = f"INSERT DATA {{ GRAPH <urn:controlgraph:{name}> {{ <urn:controlgraph:store> <urn:test:p> 1 }} }}"
        with pytest.raises(Refused, match="besides data"):
            publish.write(filled, [{"update": text}], who="test")
    with opened(engine.query, engine.query, tmp_path) as store, pytest.raises(EngineFailed, match="KG_STORE_UPDATE"):
        publish.write(store, [{"drop": "urn:test:g"}], who="test")
    assert filled.published.found().name == before


def test_one_engine_may_be_open_twice(engine: Elsewhere, filled: RemoteStore, tmp_path: Path) -> None:
    with opened(engine.query, engine.update, tmp_path) as store:
        with opened(engine.query, engine.update, tmp_path) as other:
            assert other.journal()[-1]["version"] == filled.version()  # asked for nothing else yet
            assert other.version() == filled.version()
        assert len(open_control(store).index.runs.place) == len(open_control(filled).index.runs.place) > 0


def test_a_large_answer_is_given_up_with_its_file_where_the_version_cannot_be_had(
    there: FlaskClient, proxy: tuple[str, Faulty]
) -> None:
    large = {"query": "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 1000"}
    assert len(there.get("/sparql", query_string=large).data) > INLINE
    proxy[1].where = b"LIMIT+1000"
    before = handles()
    proxy[1].meanwhile = lambda: proxy[1].begin("503", where=b"controlgraph%3Aversion")
    assert there.get("/sparql", query_string=large).status_code == 503
    assert comes(lambda: handles() <= before, LEFT)


@pytest.mark.parametrize("at", ["staging", "in place"])
def test_a_load_that_dies_is_undone_or_completed_by_the_next_writer(
    at: str, engine: Elsewhere, filled: RemoteStore, tmp_path: Path
) -> None:
    before = filled.version()
    data = tmp_path / "large.nt"
    data.write_text("".join(f"<urn:test:s{number}> <urn:test:p> <urn:test:o> .\n" for number in range(700)))
    large = {"put": "urn:test:large", "file": str(data), "form": "nt"}
    with faulty.started(engine.update) as (update, fault), opened(engine.query, update, tmp_path) as dying:
        if at == "staging":
            fault.begin("503", left=1, where=b"INSERT+DATA")
        else:
            fault.begin("503", where=b"placing")
        with pytest.raises(EngineFailed if at == "staging" else EngineLoading):
            publish.write(dying, [large], who="dying")
        fault.begin("")
    filled.published.look()
    if at == "staging":
        assert filled.version() == before
    else:
        with pytest.raises(EngineLoading, match="kg load"):
            filled.version()
    step = {"update": "INSERT DATA { GRAPH <urn:test:after> { <urn:test:a> <urn:test:p> 1 } }"}
    publish.write(filled, [step], who="next")
    count = "SELECT (COUNT(*) AS ?n) { GRAPH <urn:test:large> { ?s ?p ?o } }"
    assert filled.query(count, results="csv").text().split() == ["n", "0" if at == "staging" else "700"]
    whose = [line["who"] for line in filled.journal()][-2:]
    assert (whose[0] == "dying", whose[1]) == (at == "in place", "next")
    left = f"SELECT ?graph {{ GRAPH <{STORE}> {{ <{STORE}> <urn:controlgraph:staged> ?graph }} }}"
    assert table(filled.requests, left) == []
    publish.write(filled, [{"drop": "urn:test:after"}, {"drop": "urn:test:large"}], who="test")


def test_the_journal_here_is_added_to_and_survives_a_crash(
    engine: Elsewhere, filled: RemoteStore, tmp_path: Path
) -> None:
    with opened(engine.query, engine.update, tmp_path) as store:
        before = store.journal()
        path = store.location / "journal.jsonl"
        same = path.stat().st_ino
        step = {"update": "INSERT DATA { GRAPH <urn:test:line> { <urn:test:a> <urn:test:p> 1 } }"}
        for damage in ("", '{"version": "0000'):  # a line that a crash cut off
            with path.open("a") as file:
                file.write(damage)
            for change in (step, {"drop": "urn:test:line"}):
                before.append({"version": publish.write(filled, [change], who="test").version})
            store.published.look()
            assert [line["version"] for line in store.journal()] == [line["version"] for line in before]
        assert path.stat().st_ino == same  # not written anew
        path.write_text(path.read_text().replace(before[-1]["version"], before[-1]["version"][:-2] + "00"))
        publish.write(filled, [step], who="test")
        store.published.look()
        assert store.journal() == filled.journal()  # where the histories part, all of it is
        with path.open("a") as file:  # the engine was given an older database, and this machine has nothing of it
            file.write('{"parent": null, "version": "000999-000000000000"}\n')
        shutil.rmtree(store.published.directory())
        with opened(engine.query, engine.update, tmp_path) as again:
            assert again.journal() == filled.journal()
    publish.write(filled, [{"drop": "urn:test:line"}], who="test")
