"""What is made of a version of an engine is made once on a machine, and kept on disk, where it can be lost."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kg import publish
from kg.browsing import shelves as browsing
from kg.control.opening import index_of
from kg.derive.opening import situation_of
from kg.errors import StoreLocked
from kg.store import beside, open_store
from kg.store.pool import Limits
from kg.store.remote import published
from kg.store.remote.engine import Engine
from kg.store.remote.store import RemoteStore
from tests.elsewhere import engine as engines
from tests.elsewhere import faulty
from tests.elsewhere.faulty import Faulty
from tests.server.conftest import environment, running

pytestmark = pytest.mark.embedded("engines are started here as they are needed")

ASKED, LISTED = "/api/control?at=2021-08-10", "/browse/place"
"""What needs the index, and what the lists, which a server begins to read as soon as it is started."""
SCANS = (b"%3Fnode+%3Fvalue", b"%3Fthing+%3Fproperty+%3Fvalue")
"""What is in the queries that read all values of a property, and all names."""


@pytest.fixture(scope="module")
def filled(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RemoteStore]:
    """The store of an engine with the invented world, as a copy sees it that writes."""
    with engines.started(None) as engine:
        settings = Engine(engine.query, engine.update, dialect="oxigraph", cache=tmp_path_factory.mktemp("writer"))
        store = open_store(settings, Limits(children=2))
        assert isinstance(store, RemoteStore)
        publish.restore(store, world, who="test")
        yield store
        store.close()


@pytest.fixture
def proxy(filled: RemoteStore) -> Iterator[tuple[str, Faulty]]:
    """A proxy before that engine."""
    with faulty.started(filled.engine.query) as started:
        yield started


def answered(proxy: tuple[str, Faulty], filled: RemoteStore, cache: Path, *paths: str) -> tuple[list[bytes], int]:
    """What a copy that was just started answers, and how many scans that takes; it is killed afterwards."""
    proxy[1].asked.clear()
    with running(replace(filled.engine, query=proxy[0], cache=cache)) as service:
        replies = [service.ask("GET", path) for path in paths or [ASKED]]
        service.process.send_signal(signal.SIGKILL)
    assert [reply.status for reply in replies] == [200] * len(replies)
    return [reply.body for reply in replies], scanned(proxy)


def scanned(proxy: tuple[str, Faulty]) -> int:
    """How many scans were asked for through the proxy."""
    return sum(any(scan in body for scan in SCANS) for body in proxy[1].asked)


def version_of(cache: Path) -> Path:
    """The one folder with a version in a cache."""
    (found,) = cache.glob("*/versions/*")
    return found


def test_a_copy_that_is_started_again_asks_for_nothing_that_it_has(
    proxy: tuple[str, Faulty], filled: RemoteStore, tmp_path: Path
) -> None:
    pages = (ASKED, "/api/fronts?at=2021-08-10", "/api/control?place=town-alden&at=2021-08-10", LISTED)
    first, scans = answered(proxy, filled, tmp_path, *pages)
    assert scans > 2
    version = version_of(tmp_path)
    assert {"control", "derive", "gazetteer"} <= {each.name for each in version.iterdir()}
    proxy[1].begin("500", where=SCANS[0])
    assert answered(proxy, filled, tmp_path, *pages) == (first, 0)
    proxy[1].begin("")
    (names,) = version.glob("gazetteer/*.csv")
    cut(names)
    cut(version / "control" / "base" / "claim.npy")
    again, more = answered(proxy, filled, tmp_path, *pages)
    assert again == first
    assert 0 < more < scans


@pytest.fixture
def copy(proxy: tuple[str, Faulty], filled: RemoteStore, tmp_path: Path) -> Iterator[RemoteStore]:
    """Another copy on that engine."""
    store = open_store(Engine(proxy[0], filled.engine.update, dialect="oxigraph", cache=tmp_path), Limits(children=2))
    assert isinstance(store, RemoteStore)
    yield store
    store.close()


def cut(path: Path) -> None:
    """Leave half of a file."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def overwritten(path: Path) -> None:
    """Leave a file as long as it was, with other bytes at its end."""
    path.write_bytes(path.read_bytes()[:-4] + b"!!!!")


@pytest.mark.parametrize("damage", [cut, overwritten, Path.unlink])
@pytest.mark.parametrize(
    ("name", "of"),
    [
        ("control/format", index_of), ("control/base/lo.npy", index_of), ("derive/held.npz", situation_of),
        ("derive/sealed", situation_of),
        pytest.param("control/base/run-place.npy", index_of, marks=pytest.mark.every),  # as lo.npy and held.npz are
        pytest.param("derive/found.npz", situation_of, marks=pytest.mark.every),
    ],
)  # fmt: skip
def test_what_is_damaged_is_made_again(
    name: str, of: Callable[[Path], Any], damage: Callable[[Path], None], proxy: tuple[str, Faulty], copy: RemoteStore
) -> None:
    version = copy.published.directory()
    of(version)
    file = version / name
    before = file.read_bytes()
    damage(file)
    of(version)
    assert file.exists() == (damage is not Path.unlink or not name.endswith("sealed"))
    assert not file.exists() or file.read_bytes() == before
    proxy[1].begin("500", where=SCANS[0])
    of(version)
    assert not list(version.glob("making-*"))


def test_who_is_killed_while_writing_leaves_nothing_half(copy: RemoteStore) -> None:
    version = copy.published.directory()
    index = index_of(version)
    (version / "control").rename(version / "making-control-dead")
    (version / "making-control-dead" / "format").unlink()
    assert index_of(version).runs.place.tobytes() == index.runs.place.tobytes()
    assert not list(version.glob("making-*"))


def test_a_write_that_touches_nothing_of_it_leaves_it_right(
    proxy: tuple[str, Faulty], filled: RemoteStore, tmp_path: Path
) -> None:
    first, _ = answered(proxy, filled, tmp_path, ASKED, LISTED)
    step = {"update": "INSERT DATA { GRAPH <urn:test:g> { <urn:test:a> <urn:test:p> 1 } }"}
    publish.write(filled, [step], who="test")
    proxy[1].begin("500", where=SCANS[0])  # so that it cannot be read again
    again, _ = answered(proxy, filled, tmp_path)
    assert not any(SCANS[1] in body for body in proxy[1].asked)
    assert {**json.loads(again[0]), "version": ""} == {**json.loads(first[0]), "version": ""}


def test_where_nothing_can_be_written_it_is_in_memory_and_said_once(
    proxy: tuple[str, Faulty], filled: RemoteStore, copy: RemoteStore, tmp_path: Path
) -> None:
    """No file may have more than 3,000 bytes: as on a full disk, what is small can be written, and the index cannot."""
    first, _ = answered(proxy, filled, tmp_path / "whole")
    proxy[1].asked.clear()
    index_of(copy.published.directory())
    scans = scanned(proxy)
    proxy[1].asked.clear()
    settings = {
        "KG_STORE": proxy[0], "KG_STORE_UPDATE": filled.engine.update, "KG_STORE_DIALECT": "oxigraph",
        "KG_STORE_CACHE": str(tmp_path / "full"),
    }  # fmt: skip
    text = (
        "import resource, json\nresource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))\n"
        "from server.app import create_app\napp = create_app()\nclient = app.test_client()\n"
        f"for _ in range(2): print(client.get({ASKED!r}).text)\n"
        "client.get('/api/fronts?at=2021-08-10')\napp.extensions['controlgraph'].store.close()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", text], env=environment(Path("-"), **settings), capture_output=True, check=True
    )
    assert done.stdout == (first[0] + b"\n") * 2
    assert done.stderr.decode().count("keeps nothing") == 1
    assert scanned(proxy) >= scans > 2
    assert not list(version_of(tmp_path / "full").glob("making-*"))


def find(place: Path) -> str:
    """A thing that is one file, as `beside.kept` looks for it."""
    return (place / "thing" / "file").read_text()


def save(what: str, place: Path) -> None:
    """Write such a thing."""
    (place / "thing").mkdir()
    (place / "thing" / "file").write_text(what)


@pytest.fixture
def version(tmp_path: Path) -> Path:
    """The folder of a version of an engine of which nothing was made yet."""
    made = tmp_path / "versions" / "000001-000000000000"
    made.mkdir(parents=True)
    return made


@contextmanager
def held(lock: Path) -> Iterator[None]:
    """Another process that has a lock, and is frozen."""
    text = "import fcntl, sys\nfile = open(sys.argv[1], 'w')\nfcntl.flock(file, 2)\nprint(flush=True)\ninput()"
    command = [sys.executable, "-c", text, str(lock)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline()
        process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            process.kill()


class Killed(BaseException):
    """In place of a signal: nothing is done after it."""


def test_who_is_killed_while_replacing_what_is_damaged_leaves_nothing_unchecked(
    version: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(path: Path, ignore_errors: bool = False) -> None:
        (path / beside.SEAL).unlink(missing_ok=True)
        raise Killed

    assert beside.kept(version, "thing", find, lambda: "it", save) == "it"
    (version / "thing" / "file").write_text("damaged")
    with monkeypatch.context() as patched:
        patched.setattr(shutil, "rmtree", killed)
        with pytest.raises(Killed):
            beside.kept(version, "thing", find, lambda: "it", save)
    assert beside.kept(version, "thing", find, lambda: "it", save) == "it"
    # whatever is left goes with the next that is made
    (version / "thing" / "file").write_text("damaged")
    assert beside.kept(version, "thing", find, lambda: "it", save) == "it"
    assert sorted(each.name for each in version.iterdir()) == ["thing", "thing.lock"]


def test_a_frozen_process_holds_nobody_up_for_long(version: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert beside.WAIT <= 30.0
    monkeypatch.setattr(beside, "WAIT", 0.2)
    with held(version / "thing.lock"):
        assert beside.kept(version, "thing", find, lambda: "it", save) == "it"
        assert not (version / "thing").exists()
    assert beside.kept(version, "thing", find, lambda: "it", save) == "it"
    assert (version / "thing").exists()


def test_a_frozen_process_that_fetches_a_version_is_told_of(
    copy: RemoteStore, filled: RemoteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy.version()
    monkeypatch.setattr(published, "WAIT", 0.2)
    with held(copy.location / "kept.lock"):
        written(filled)
        copy.published.look()
        with pytest.raises(StoreLocked, match=r"kept\.lock"):
            copy.version()
    assert copy.version() == filled.version()


def written(store: RemoteStore) -> None:
    """Write something that concerns nothing that is made of a version."""
    step = {"update": f"INSERT DATA {{ GRAPH <urn:test:g> {{ <urn:test:a> <urn:test:p> {time.time_ns()} }} }}"}
    publish.write(store, [step], who="test")


def test_a_version_takes_over_only_what_nobody_makes_just_then(copy: RemoteStore, filled: RemoteStore) -> None:
    before = copy.published.directory()
    index_of(before)
    situation_of(before)
    (before / "making-derive-dead").mkdir()
    with held(before / "control.lock"):
        written(filled)
        copy.published.look()
        after = copy.published.directory()
    assert after.name != before.name
    assert sorted(each.name for each in after.iterdir()) == ["derive", "manifest.json"]


def test_a_write_while_lists_are_made_beside_is_no_error_of_a_thread(
    copy: RemoteStore, filled: RemoteStore, proxy: tuple[str, Faulty], monkeypatch: pytest.MonkeyPatch
) -> None:
    raised: list[object] = []
    monkeypatch.setattr(threading, "excepthook", raised.append)
    monkeypatch.setattr(browsing, "LARGE", 0)
    former = browsing.at_hand(copy)
    written(filled)
    copy.published.look()
    proxy[1].where, proxy[1].meanwhile = SCANS[0], lambda: written(filled)
    assert browsing.at_hand(copy) is former
    assert browsing._making.acquire(timeout=30)
    browsing._making.release()
    assert proxy[1].meanwhile is None
    assert raised == []


def test_a_server_that_reads_for_the_first_answer_stops_in_time(
    proxy: tuple[str, Faulty], filled: RemoteStore, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    reached = threading.Event()
    proxy[1].begin("silent", where=SCANS[0])
    proxy[1].meanwhile = reached.set
    with running(replace(filled.engine, query=proxy[0], cache=tmp_path)) as service:
        assert reached.wait(30)
        begun = time.monotonic()
        service.process.send_signal(signal.SIGTERM)
        assert service.process.wait(30) == 0
        assert time.monotonic() - begun < 10
    assert capfd.readouterr().err == ""


def test_one_makes_it_while_others_wait(version: Path) -> None:
    made = []
    begun, go = threading.Event(), threading.Event()

    def make() -> str:
        made.append(1)
        begun.set()
        go.wait(10)
        return "it"

    found: list[str] = []
    threads = [
        threading.Thread(target=lambda: found.append(beside.kept(version, "thing", find, make, save))) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    assert begun.wait(10)
    go.set()
    for thread in threads:
        thread.join()
    assert found == ["it"] * 3
    assert made == [1]
