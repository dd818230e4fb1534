"""What is made of versions of a store is kept for the published one, and for a few others."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from kg.store import made as room
from kg.store.embedded import Store
from kg.store.made import Made
from tests.conftest import load


@dataclass(frozen=True)
class Thing:
    """Something of a version."""

    version: str


@pytest.fixture
def several(empty: Store, tmp_path: Path) -> tuple[Store, list[str]]:
    """A store, and the names of its five versions."""
    names = []
    for number in range(5):
        path = tmp_path / "tiny.ttl"
        path.write_text(f'<https://example.org/a> <http://purl.org/dc/terms/title> "{number}"@en .\n')
        load(empty, path)
        names.append(empty.version())
    return empty, names


@pytest.mark.embedded("an engine has only its present version")
def test_the_published_one_and_a_few_others_are_kept(several: tuple[Store, list[str]]) -> None:
    store, names = several
    asked: list[str] = []

    def make(seen: Store, last: Thing | None) -> Thing:
        asked.append(seen.version())
        return Thing(seen.version())

    things = Made(make)
    present = things.of(store)
    for name in names[:-1]:
        assert things.of(store.at(name)).version == name
    assert things.of(store) is present
    assert asked == [names[-1], *names[:-1]]
    for name in names[2:4]:
        things.of(store.at(name))
    assert len(asked) == 5, "the last two others are kept"
    things.of(store.at(names[0]))
    assert asked[5:] == [names[0]]
    assert room.OTHERS == 2
