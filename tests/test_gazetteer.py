"""What is kept of places, actors and sources is what the published version says, however it was brought up to date."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg import files, publish, queries
from kg.control.opening import open_control
from kg.gazetteer import Gazetteer, coordinates, gazetteer, open_gazetteer
from kg.ontology import PREFIXES
from kg.store import open_store
from kg.store.embedded import Store
from kg.store.pool import Limits
from tests.conftest import WORLD, load
from tests.elsewhere.stores import Place, Stores

TOWN = f"{files.BASE}id/place/town-alden"
WRITES = {
    "nothing that is read": (f"INSERT DATA {{ <{TOWN}> <http://purl.org/dc/terms/title> 'A town' }}", []),
    "another name": (f"INSERT DATA {{ GRAPH <http://e/g> {{ <{TOWN}> skos:altLabel 'Aldenia'@en }} }}", [TOWN]),
    "a name less": (
        f"DELETE {{ GRAPH ?g {{ <{TOWN}> skos:altLabel ?n }} }} WHERE {{ GRAPH ?g {{ <{TOWN}> skos:altLabel ?n }} }}",
        [TOWN],
    ),
    "a source more": (
        "INSERT DATA { GRAPH <http://e/g> { <https://w3id.org/controlgraph/id/source/new> a kg:Source ;"
        " kg:sourceKind kg:NewsPage ; kg:retrieved '2026-01-01'^^xsd:date ; skos:prefLabel 'New'@en } }",
        ["https://w3id.org/controlgraph/id/source/new"],
    ),
}


@pytest.fixture
def store(world: Place, tmp_path: Path, stores: Stores) -> Iterator[Store]:
    store = open_store(stores.copy(world, tmp_path / "store"), Limits(children=1))
    yield store
    store.close()


def test_it_is_brought_up_to_date_by_what_a_write_describes(store: Store) -> None:
    before = open_gazetteer(store)
    for text, described in WRITES.values():
        publish.write(store, [{"update": text}], who="test", prefixes=PREFIXES)
        assert store.manifest().entry["described"] == described
        found = open_gazetteer(store)
        assert found.version == store.version()
        whole = gazetteer(store.version(), store.query(queries.text("gazetteer"), results="csv").text())
        assert found.entries == whole.entries
        assert [list(each) for each in found.entries.values()] == [list(each) for each in whole.entries.values()]
        assert whole.concepts.items() <= found.concepts.items()
    assert open_gazetteer(store).sources.keys() > before.sources.keys()


def test_it_is_read_anew_where_it_is_not_known_what_changed(store: Store, tmp_path: Path) -> None:
    before = open_gazetteer(store)
    text = (WORLD / "world.ttl").read_text("utf-8")
    again = Path(shutil.copy(WORLD / "world.ttl", tmp_path / "world.ttl"))
    again.write_text(text.replace('"Alden"@en', '"Aldenia"@en'), "utf-8")
    load(store, again)
    assert "described" not in store.manifest().entry
    assert before.places[TOWN].label() == "Alden"
    assert open_gazetteer(store).places[TOWN].label() == "Aldenia"


def started_anew(store: Store, location: Path, stores: Stores) -> Gazetteer:
    """What a program that starts on a copy of a store knows."""
    copied = open_store(stores.copy(store.origin, location), Limits(children=1))
    try:
        return open_gazetteer(copied)
    finally:
        copied.close()


def rows_of(store: Store) -> Path:
    (rows,) = (store.published.directory() / "gazetteer").glob("*.csv")
    return rows


@pytest.mark.embedded("the directory is looked at")
def test_a_program_that_starts_reads_what_is_stored(store: Store, tmp_path: Path, stores: Stores) -> None:
    rows = rows_of(store)
    inode = rows.stat().st_ino
    for number, (text, _) in enumerate(WRITES.values()):
        publish.write(store, [{"update": text}], who="test", prefixes=PREFIXES)
        assert rows_of(store).stat().st_ino == inode, "a hard link to the file of the version before"
        found = started_anew(store, tmp_path / f"copy-{number}", stores)
        assert (found.version, found.entries) == (store.version(), open_gazetteer(store).entries)
    other = rows.read_bytes().replace(b"town-alden,preferred,Alden,", b"town-alden,preferred,Eldan,")
    rows_of(store).write_bytes(other)
    stored = started_anew(store, tmp_path / "stored", stores)
    assert stored.places[TOWN].label() == "Alden", "it is described otherwise since, and so was looked up"
    (store.published.directory() / "gazetteer" / "since").unlink()
    assert started_anew(store, tmp_path / "older", stores).places[TOWN].label() == "Eldan"


@pytest.mark.embedded("the directory is looked at")
def test_what_is_stored_is_written_anew_where_it_is_not_known_what_changed(
    store: Store, tmp_path: Path, stores: Stores
) -> None:
    rows = rows_of(store)
    where = f"""INSERT DATA {{ GRAPH <http://e/g> {{ <{TOWN}> geo:hasDefaultGeometry <{TOWN}/point> .
        <{TOWN}/point> a geo:Geometry ; geo:asWKT 'POINT(65.5 33.25)'^^geo:wktLiteral }} }}"""
    publish.write(store, [{"update": where}], who="test", prefixes=PREFIXES)
    assert rows_of(store).stat().st_ino != rows.stat().st_ino
    assert started_anew(store, tmp_path / "moved", stores).places[TOWN].point == (65.5, 33.25)
    again = Path(shutil.copy(WORLD / "world.ttl", tmp_path / "world.ttl"))
    again.write_text(again.read_text("utf-8").replace('"Alden"@en', '"Aldenia"@en'), "utf-8")
    load(store, again)
    assert started_anew(store, tmp_path / "named", stores).places[TOWN].label() == "Aldenia"


@pytest.mark.embedded("the directory is looked at")
def test_a_version_without_it_is_read_as_a_whole(store: Store, tmp_path: Path, stores: Stores) -> None:
    shutil.rmtree(store.published.directory() / "gazetteer")
    assert started_anew(store, tmp_path / "copy", stores).entries == open_gazetteer(store).entries
    publish.write(store, [{"update": WRITES["another name"][0]}], who="test", prefixes=PREFIXES)
    assert "Aldenia" in started_anew(store, tmp_path / "next", stores).places[TOWN].names()


@pytest.mark.embedded("an engine has only its present version")
def test_an_older_version_does_not_put_out_the_present_one(store: Store) -> None:
    former = store.version()
    publish.write(store, [{"update": WRITES["another name"][0]}], who="test", prefixes=PREFIXES)
    control, present = open_control(store), open_gazetteer(store)
    assert open_control(store.at(former)).version == open_gazetteer(store.at(former)).version == former
    assert "Aldenia" not in open_gazetteer(store.at(former)).places[TOWN].names()
    assert (open_control(store), open_gazetteer(store)) == (control, present)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("POINT(65.5 33.25)", ("65.5", "33.25")), ("Point (1e-05 -2.5E+1)", ("1e-05", "-2.5E+1")),
        ("<http://www.opengis.net/def/crs/OGC/1.3/CRS84> POINT(65 33)", ("65", "33")), ("LINESTRING(1 2, 3 4)", None),
    ],
)  # fmt: skip
def test_positions_are_read_as_programs_write_them(text: str, parts: tuple[str, str] | None) -> None:
    assert coordinates(text) == parts
