"""What can be browsed is made once for each version, and read again as it was made."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg import publish
from kg.browsing import shelves as browsing
from kg.browsing import stored
from kg.browsing.shelf import Shelves
from kg.browsing.shelves import at_hand, shelves
from kg.event_days import event_days
from kg.store import beside, open_store
from kg.store.embedded import Store
from kg.store.pool import Limits

pytestmark = pytest.mark.embedded("the directory is looked at; of engines: tests/test_remote_kept.py")


def plain(of: Shelves) -> dict[str, object]:
    """Everything in plain values."""
    return {
        "coverage": of.coverage,
        "labels": dict(of.labels),
        **{
            sort: (
                list(shelf.things),
                {
                    name: (
                        list(facet.values), facet.thing.tolist(), facet.value.tolist(),
                        None if facet.sure is None else facet.sure.tolist(),
                    )
                    for name, facet in shelf.facets.items()
                },
                {name: count.tolist() for name, count in shelf.counts.items()},
                shelf.days and [bound.tolist() for bound in shelf.days],
            )
            for sort, shelf in of.of.items()
        },
    }  # fmt: skip


@pytest.fixture
def store(world: Path, tmp_path: Path) -> Iterator[Store]:
    """A store with the invented world, opened as by a process that has read nothing yet."""
    shutil.copytree(world, tmp_path / "store")
    shutil.rmtree(tmp_path / "store" / beside.MADE, ignore_errors=True)
    store = open_store(tmp_path / "store", Limits(children=1))
    yield store
    store.close()


def test_it_is_read_as_it_was_made(store: Store) -> None:
    made = shelves(store)
    place = beside.place(store.published.directory())
    again = stored.stored(place, store.version())
    assert again is not None
    assert plain(again) == plain(made)
    assert (place / stored.NAME / beside.SEAL).exists()
    assert made.version == again.version == store.version()
    (place / stored.NAME / "about.json").write_text("{}")
    shutil.copytree(store.location, store.location.with_name("copy"))
    copy = open_store(store.location.with_name("copy"), Limits(children=1))
    assert plain(shelves(copy)) == plain(made)
    store.close()
    copy.close()


def test_the_days_of_events_are_read_as_they_were_made(store: Store) -> None:
    made = event_days(store)
    shutil.copytree(store.location, store.location.with_name("copy"))
    copy = open_store(store.location.with_name("copy"), Limits(children=1))
    again = event_days(copy)
    assert (again.events, again.first.tolist(), again.last.tolist()) == (
        made.events, made.first.tolist(), made.last.tolist(),
    )  # fmt: skip
    assert (beside.place(copy.published.directory()) / "event-days" / beside.SEAL).exists()
    assert made.events
    store.close()
    copy.close()


def test_what_was_made_of_a_version_goes_with_it(store: Store) -> None:
    made = store.location / beside.MADE
    shelves(store)
    (made / "000000-000000000000").mkdir()
    publish.write(store, [{"update": "INSERT DATA { GRAPH <urn:test:g> { <urn:test:a> <urn:test:p> 1 } }"}], who="test")
    assert at_hand(store).version == store.version()
    assert sorted(each.name for each in made.iterdir()) == sorted(
        each.name for each in (store.location / "versions").iterdir()
    )
    store.close()


@pytest.mark.parametrize("of", ["this release", "another release"])
def test_the_lists_of_the_version_before_are_shown_where_this_release_made_them(
    of: str, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browsing, "LARGE", 0)
    shelves(store)
    before = store.version()
    folder = beside.place(store.published.directory()) / stored.NAME
    if of == "another release":
        about = json.loads((folder / "about.json").read_text())
        (folder / "about.json").write_text(json.dumps(about | {"format": stored.FORMAT - 1}))
        (folder / beside.SEAL).unlink()
    publish.write(store, [{"update": "INSERT DATA { GRAPH <urn:test:g> { <urn:test:a> <urn:test:p> 1 } }"}], who="test")
    shutil.copytree(store.location, store.location.with_name("copy"))
    copy = open_store(store.location.with_name("copy"), Limits(children=1))  # as after a start: nothing is in memory
    first = at_hand(copy)
    if of == "another release":
        assert first.version == copy.version()
        place = copy.location / beside.MADE / before / stored.NAME
        assert json.loads((place / "about.json").read_text())["format"] == stored.FORMAT - 1  # nobody made it again
    else:
        assert first.version == before
        assert browsing._making.acquire(timeout=30)
        browsing._making.release()
        assert at_hand(copy).version == copy.version()
    store.close()
    copy.close()
