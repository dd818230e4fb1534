"""Short versions of the long runs (`python -m bench.soak`), on the small invented world."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bench import peers
from bench.soak.crash import damage, killed
from bench.soak.increments import together
from tests.elsewhere.stores import Place, Stores, settings_of

pytestmark = pytest.mark.every


def test_four_writers_lose_no_increment_over_http(world: Place, tmp_path: Path, stores: Stores) -> None:
    place = stores.copy(world, tmp_path / "store")
    with peers.ours(tmp_path, **settings_of(place)) as server:
        values, statuses = together(server.endpoint, 4, 10)
    assert values == ["40"]
    assert set(statuses) <= {200, 503}


@pytest.mark.embedded("the directory is looked at for damage")
def test_what_was_acknowledged_outlives_kills(world: Path, tmp_path: Path) -> None:
    store = Path(shutil.copytree(world, tmp_path / "store"))
    ledger, kills, _ = killed(store, 0, (1.0, 2.5), least=3)
    assert ledger.wrong == []
    assert kills == 3
    assert ledger.acknowledged
    assert damage(store, ledger) == []
