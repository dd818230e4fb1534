"""With every version its index and its conclusions: a small write gives what drawing them anew would give."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kg import files, publish
from kg.control import index, stored
from kg.control.answers import View
from kg.control.opening import index_of, open_control
from kg.control.publishing import rebuild
from kg.control.reading import read_facts
from kg.control.writing import GRAPH
from kg.errors import BadFile, NoStudyStart, Refused
from kg.ontology import PREFIXES
from kg.store import open_store, versions
from kg.store.embedded import Store
from kg.store.pool import Limits
from tests import control_worlds as golden
from tests.conftest import load
from tests.control_turtle import turtle
from tests.elsewhere.stores import Stores

PLACE = f"{PREFIXES['place']}city-kunduz"
USED = ("kg", "event", "claim", "source", "place", "actor", "when", "graph", "xsd", "edtf")
PROLOGUE = "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in USED)


@pytest.fixture
def store(shipped: Store, tmp_path: Path, stores: Stores) -> Iterator[Store]:
    """A copy of the store with everything that is shipped, to write to."""
    store = open_store(stores.copy(shipped.origin, tmp_path / "copy"), Limits(children=1))
    yield store
    store.close()


def update(store: Store, text: str) -> None:
    publish.write(store, [{"update": PROLOGUE + text}], who="test")


def conclusions(store: Store) -> str:
    """All that is concluded, in order."""
    text = store.query(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{GRAPH}> {{ ?s ?p ?o }} }}", graph="nt").text()
    return "\n".join(sorted(text.splitlines()))


def anew(store: Store) -> tuple[index.Index, str]:
    """Index and conclusions of what the published version asserts, drawn from everything."""
    with store.candidate() as candidate:
        rebuild(candidate)
        candidate.settle()
        lines = str(candidate.graph(GRAPH).serialize(format="nt")).splitlines()
        return index_of(candidate.directory), "\n".join(sorted(line for line in lines if line))


def alike(one: index.Index, other: index.Index) -> bool:
    """Whether two indexes tell the same of some places in several views."""
    places = [*sorted({*one.ledger.places, *other.ledger.places})[::20], PLACE, PLACE.replace("kunduz", "zaranj")]
    views = (View(), View(policy="every-word"), View(known=one.ledger.study_start + 100))
    return all(
        index.history(one, place, view) == index.history(other, place, view) for place in places for view in views
    )


WRITES = {
    "a claim more": """INSERT DATA { GRAPH graph:record {
        event:new a kg:ControlChange ; kg:eventType kg:Capture ; kg:place place:city-kunduz ; kg:extent kg:Whole ;
          kg:toController actor:islamic-republic-government ; kg:when when:new .
        when:new a kg:When ; kg:edtf "2021-08-12"^^edtf:EDTF ; kg:earliest "2021-08-12"^^xsd:date ;
          kg:latest "2021-08-12"^^xsd:date ; kg:precision kg:Day .
        claim:new a kg:Claim ; kg:about event:new ; kg:stance kg:Reports ; kg:source source:new ;
          kg:gloss "Kunduz was taken back."@en ; kg:recordedAt "2026-01-01T00:00:00Z"^^xsd:dateTime .
        source:new a kg:Source ; kg:sourceKind kg:Dataset ; kg:published when:new ;
          <http://www.w3.org/2004/02/skos/core#prefLabel> "new"@en } }""",
    "a claim taken back": """INSERT { GRAPH graph:record { ?claim kg:retiredAt "2027-02-01T00:00:00Z"^^xsd:dateTime } }
        WHERE { GRAPH graph:record { ?claim kg:about ?event . ?event kg:place place:city-kunduz } }""",
    "another date": """DELETE { GRAPH graph:record { ?claim kg:statesWhen ?when } }
        INSERT { GRAPH graph:record { ?claim kg:statesWhen when:2021-06-22 } }
        WHERE { GRAPH graph:record { ?claim kg:about/kg:place place:city-zaranj ; kg:statesWhen ?when } }""",
    "no baseline any more": """INSERT { GRAPH graph:dataset { ?claim kg:retiredAt ?moment } }
        WHERE { GRAPH graph:dataset { ?claim kg:stance kg:Assumes ; kg:about/a kg:ControlObservation }
          BIND("2027-02-01T00:00:00Z"^^xsd:dateTime AS ?moment) }""",
    "another knowledge": """DELETE { GRAPH ?g { source:seed kg:knowledge ?day } }
        INSERT { GRAPH ?g { source:seed kg:knowledge "2021-08-14"^^xsd:date } }
        WHERE { GRAPH ?g { source:seed kg:knowledge ?day } }""",
}


@pytest.mark.parametrize("folded", [1, 10_000], ids=["overlay", "folded"])
def test_small_writes_are_like_drawing_everything_anew(
    folded: int, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored, "FOLDED", folded)
    if not isinstance(store.origin, Path):  # the first write from here draws everything
        update(store, "INSERT DATA { GRAPH graph:notes { place:city-zaranj kg:isoCode 'ZJ' } }")
    for name, text in WRITES.items():
        before, said = conclusions(store), open_control(store).index
        update(store, text)
        found = stored.stored(store.published.directory())
        assert found is not None
        assert (found.overlay is None) == (folded > 1)
        fresh, told = anew(store)
        assert alike(open_control(store).index, fresh), name
        assert conclusions(store) == told, name
        assert not (told == before and alike(said, fresh)), name
    store.close()


@pytest.mark.embedded("an engine has only its present version")
def test_a_small_write_leaves_the_files_of_the_index_as_they_are(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored, "FOLDED", 1)
    update(store, WRITES["a claim more"])
    first = store.published.directory()
    update(store, WRITES["a claim taken back"])
    second = store.published.directory()
    base = [(path.name, path.stat().st_ino) for path in sorted((first / "control" / "base").iterdir())]
    assert base == [(path.name, path.stat().st_ino) for path in sorted((second / "control" / "base").iterdir())]
    older = index_of(first)
    assert index.history(older, PLACE) != index.history(index_of(second), PLACE)
    assert alike(older, index.build(read_facts(first, versions.read_manifest(first).graphs)))
    store.close()


def test_a_write_about_other_things_keeps_all_files(store: Store) -> None:
    before = store.published.directory()
    update(store, 'INSERT DATA { GRAPH graph:notes { place:city-kunduz kg:isoCode "KDZ" } }')
    after = store.published.directory()
    assert after != before
    for path in (before / "control").rglob("*.npy"):
        assert (after / path.relative_to(before)).stat().st_ino == path.stat().st_ino
    store.close()


def test_nobody_writes_conclusions_but_the_engine(store: Store, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="from the other graphs"):
        update(store, "INSERT DATA { GRAPH graph:derived\\/control { place:city-kunduz kg:contested true } }")
    with pytest.raises(Refused, match="from the other graphs"):
        publish.write(store, [{"drop": GRAPH}], who="test")
    path = tmp_path / "mine.ttl"
    path.write_text(f"<{PLACE}> <{PREFIXES['kg']}contested> true .\n")
    with pytest.raises(BadFile, match="follows from other graphs"):
        publish.load(store, [path], who="test", graph=GRAPH)
    store.close()


def test_conclusions_go_with_what_they_were_drawn_from(empty: Store, tmp_path: Path) -> None:
    path = tmp_path / "world.ttl"
    path.write_text(turtle(golden.worlds(golden.GOLDEN / "worlds.jsonl")[0], f"{files.BASE}graph/world"))
    load(empty, files.shipped() / "ontology" / "control.ttl", path)
    assert "kg:ControlRun" in conclusions(empty).replace(PREFIXES["kg"], "kg:")
    update(empty, "DROP ALL")
    assert conclusions(empty) == ""
    with pytest.raises(NoStudyStart):
        open_control(empty)


def test_a_version_of_an_older_release_has_its_index_built(store: Store) -> None:
    with_files = open_control(store).index
    directory = store.published.directory()
    for path in (directory / "control" / "base").iterdir():
        path.unlink()
    (directory / "control" / "format").unlink()  # the shipped store has the file too
    (directory / "control" / "format").write_text("0\n")
    assert alike(index_of(directory), with_files)
    update(store, WRITES["a claim more"])
    assert alike(open_control(store).index, anew(store)[0])
    store.close()


def test_a_small_file_beside_what_is_loaded_is_a_small_write(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "more.ttl"
    body = WRITES["a claim more"].partition("graph:record {")[2].rpartition("} }")[0]
    path.write_text(PROLOGUE + body + " .\n")
    load(store, path)
    assert alike(open_control(store).index, anew(store)[0])
    assert conclusions(store) == anew(store)[1]
    path.write_text((PROLOGUE + body + " .\n").replace("2021-08-12", "2021-08-13"))
    load(store, path)
    assert conclusions(store) == anew(store)[1]
    store.close()


def test_the_same_facts_give_the_same_conclusions(shipped: Store, tmp_path: Path, stores: Stores) -> None:
    other = open_store(stores.at(tmp_path / "other"), Limits(children=1))
    load(other, *files.shipped_files())
    assert conclusions(other) == conclusions(shipped) == anew(other)[1]
    other.close()
