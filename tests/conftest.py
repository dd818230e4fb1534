"""Stores to test on (everything that is shipped, a small invented world, an empty one), and endpoints of others."""

from __future__ import annotations

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

WORLD = Path(__file__).parent / "world"


def load(store: Store, *paths: Path) -> str:
    """Load files as `kg load` does; the published version's name."""
    return publish.load(store, paths, who="test").version


settings.register_profile("calm", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("calm")  # how long an example takes is for `bench/`: here it depends on what else runs


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store with everything that is shipped; tests only read it."""
    store = open_store(tmp_path_factory.mktemp("shipped") / "store", Limits(children=2))
    load(store, *files.shipped_files())
    yield store
    store.close()


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a store with the ontology and the invented world."""
    location = tmp_path_factory.mktemp("world") / "store"
    store = open_store(location)
    load(store, files.shipped() / "ontology" / "control.ttl", WORLD / "world.ttl")
    store.close()
    return location


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Store]:
    """A store without a version, with short limits."""
    store = open_store(tmp_path / "store", Limits(children=1, seconds=5, memory=1 << 30, wait=2))
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
