"""Stores to test on (everything that is shipped, a small invented world, an empty one), and endpoints of others.

`--engine oxigraph` or `--engine virtuoso` has each of these stores in an engine of its own; what asks no store of these
is then left out. `--every` has the tests that start engines themselves start each of them, and those run that take too
long for every change.
"""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from kg import files, publish
from kg.store import open_store
from kg.store.embedded import Store
from kg.store.pool import Limits
from tests.elsewhere import engine
from tests.elsewhere import hostile as hostiles
from tests.elsewhere.engine import Elsewhere
from tests.elsewhere.hostile import Hostile
from tests.elsewhere.stores import EMBEDDED, ENGINES, Place, Stores

WORLD = Path(__file__).parent / "world"
LONG = {"test_remote_answers", "test_remote_copies", "test_remote_kept", "test_validate"}
"""The files that take longest."""
ONE = {"test_remote_copies": "virtuoso", "test_remote_answers": "virtuoso", "test_remote_dataset": "virtuoso"}
"""The engine that these start without `--every`, if the machine has it."""


def load(store: Store, *paths: Path) -> str:
    """Load files as `kg load` does; the published version's name."""
    return publish.load(store, paths, who="test").version


settings.register_profile("calm", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("calm")  # how long an example takes is for `bench/`: here it depends on what else runs


def pytest_addoption(parser: pytest.Parser) -> None:
    """What has the data of the tests."""
    parser.addoption("--engine", choices=ENGINES, default=EMBEDDED, help="what has the stores that tests ask")
    parser.addoption("--every", action="store_true", help="each engine, and what takes long")


def pytest_configure(config: pytest.Config) -> None:
    """The marks of tests that take long, and of those that an engine cannot pass."""
    config.addinivalue_line("markers", "every: takes long, and runs with --every only")
    config.addinivalue_line("markers", "embedded(reason): only where the store is a directory")
    config.addinivalue_line(
        "markers", "differs(engine, reason, *cases, strict=True): what an engine answers otherwise, or not, each time"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Files that take long come first, so that no process is alone with one at the end. On an engine: leave out what
    asks no store, skip what is about directories, expect what is known to differ."""
    items.sort(key=lambda item: item.path.stem not in LONG)
    if not config.getoption("--every"):
        virtuoso = shutil.which("virtuoso-t")
        left = {each for each in items if each.get_closest_marker("every") or (virtuoso and _is_of_another(each))}
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in left]
    name = config.getoption("--engine")
    if name == EMBEDDED:
        return
    items[:] = [item for item in items if "stores" in getattr(item, "fixturenames", ())]
    for item in items:
        for mark in item.iter_markers("embedded"):
            item.add_marker(pytest.mark.skip(reason=mark.args[0]))
        for mark in item.iter_markers("differs"):
            which, reason, *cases = mark.args
            if which == name and (not cases or any(item.name.endswith(f"[{case}]") for case in cases)):
                item.add_marker(pytest.mark.xfail(reason=reason, strict=mark.kwargs.get("strict", True)))


def _is_of_another(item: pytest.Item) -> bool:
    """Whether a test starts another engine than is meant in the ordinary run."""
    meant = ONE.get(item.path.stem)
    return meant is not None and any(f"[{other}" in item.name for other in ENGINES if other != meant)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """End the engines of a test once everything that asked them has ended; those of its module after the last one."""
    yield
    fixtures: dict[str, object] = getattr(item, "funcargs", {})
    if isinstance(stores := fixtures.get("stores"), Stores):
        if isinstance(own := fixtures.get("tmp_path"), Path):
            stores.leave(own)
        if nextitem is None or nextitem.path != item.path:
            stores.leave()


@pytest.fixture(scope="session")
def stores(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stores]:
    """Where stores are: directories, or an engine for each."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if hasattr(request.config, "workerinput") else base
    made = Stores(request.config.getoption("--engine"), shared, base)
    yield made
    made.close()


def _made_once(shared: Path) -> Path:
    """The directory of a store with everything that is shipped, made once by the processes of one run."""
    place = shared / "shipped"
    with (shared / "shipped.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not place.exists():
            store = open_store(shared / "shipped-making", Limits(children=1))
            load(store, *files.shipped_files())
            store.close()
            store.location.rename(place)
    return place


@pytest.fixture(scope="session")
def shipped(stores: Stores, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store with everything that is shipped; tests only read it."""
    path = tmp_path_factory.mktemp("shipped") / "store"
    place = stores.lasting(path)
    if stores.engine == EMBEDDED:
        shutil.copytree(_made_once(stores.shared), path)
    store = open_store(place, Limits(children=2))
    if stores.engine != EMBEDDED:
        load(store, *files.shipped_files())
    yield store
    store.close()


@pytest.fixture(scope="session")
def world(stores: Stores, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """Where a store is with the ontology and the invented world."""
    place = stores.lasting(tmp_path_factory.mktemp("world") / "store")
    store = open_store(place)
    load(store, files.shipped() / "ontology" / "control.ttl", WORLD / "world.ttl")
    store.close()
    return place


@pytest.fixture(scope="session")
def every(request: pytest.FixtureRequest) -> bool:
    """Whether tests that repeat something are to do so as often as they ever do."""
    return bool(request.config.getoption("--every"))


@pytest.fixture
def empty(stores: Stores, tmp_path: Path) -> Iterator[Store]:
    """A store without a version, with short limits."""
    place = stores.at(tmp_path / "store")
    store = open_store(place, Limits(children=1, seconds=5, memory=1 << 30, wait=2))
    yield store
    store.close()


@pytest.fixture
def tiny(empty: Store, tmp_path: Path) -> Store:
    """A store whose one graph has one statement."""
    path = tmp_path / "tiny.ttl"
    path.write_text('<https://example.org/a> <http://purl.org/dc/terms/title> "first"@en .\n')
    load(empty, path)
    return empty


@pytest.fixture(scope="session")
def elsewhere() -> Iterator[Elsewhere]:
    """An engine that is not ours, with data in the shape of Wikidata; tests only read it."""
    with engine.started() as started:
        yield started


@pytest.fixture
def hostile() -> Iterator[Hostile]:
    """A server that answers queries badly."""
    with hostiles.started() as started:
        yield started
