"""Updates and graph store operations: one version each, checked, or nothing happened."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from kg import files, publish
from kg.errors import QueryDied, QueryFailed, QueryReachesOut, QuerySyntax, QueryTimeout, Refused
from kg.store import open_store, versions, writer
from kg.store.embedded import Store
from kg.store.guard import Outbound
from kg.store.pool import Limits
from tests.conftest import load
from tests.elsewhere.stores import Stores

EVENT = f"{files.BASE}id/event/seed-10-readiness-check"
P = "PREFIX e: <https://example.org/> PREFIX kg: <https://w3id.org/controlgraph/ontology#> "


def update(store: Store, text: str, **more: object) -> publish.Written:
    return publish.write(store, [{"update": P + text, **more}], who="test")


def values(store: Store) -> list[str]:
    """The literals, sorted: how those of a language stand to others is each engine's own."""
    return sorted(store.query("SELECT ?o { ?s ?p ?o FILTER(ISLITERAL(?o)) }", results="csv").text().split()[1:])


def test_an_update_is_a_version(tiny: Store) -> None:
    before = tiny.version()
    done = update(tiny, "INSERT DATA { GRAPH e:g { e:x e:p 'new' } e:y e:p 'unnamed' }")
    assert versions.number_of(done.version) == versions.number_of(before) + 1
    assert done.added == {"https://example.org/g": 1, "": 1}
    assert done.removed == {}
    assert values(tiny) == ["first", "new", "unnamed"]
    assert tiny.manifest().graphs["https://example.org/g"].triples == 1


def test_the_same_update_of_the_same_version_is_another_version(tiny: Store, tmp_path: Path) -> None:
    tiny.backup(tmp_path / "copy")
    copy = open_store(tmp_path / "copy", Limits(children=1))
    try:
        assert copy.version() == tiny.version()
        text = "INSERT { e:x e:p ?new } WHERE { BIND(STRUUID() AS ?new) }"
        assert update(copy, text).version != update(tiny, text).version
    finally:
        copy.close()


def test_a_sequence_is_one_version_and_sees_its_own_beginning(tiny: Store) -> None:
    done = update(tiny, "INSERT DATA { e:x e:p 1 } ; DELETE { ?s e:p 1 } INSERT { ?s e:p 2 } WHERE { ?s e:p 1 }")
    assert versions.number_of(done.version) == 2
    assert values(tiny) == ["2", "first"]


def test_a_write_that_changes_nothing_is_no_version(tiny: Store) -> None:
    before = tiny.version()
    done = update(tiny, "DELETE DATA { e:nothing e:p 1 }")
    assert done == publish.Written(before, {}, {})
    assert tiny.version() == before


def test_graphs_are_put_added_to_and_dropped(tiny: Store, tmp_path: Path) -> None:
    path = tmp_path / "body"
    graph = "https://example.org/g"

    def step(kind: str, text: str, form: str = "ttl") -> publish.Written:
        path.write_text(text)
        return publish.write(tiny, [{kind: graph, "file": str(path), "form": form, "base": graph}], who="test")

    assert step("put", "<a> <b> 'one', 'two' .").added == {graph: 2}
    assert step("post", '<a> <b> "two", "three" .').added == {graph: 1}
    assert step("put", '<https://example.org/a> <https://example.org/b> "four" .', "nt").removed == {graph: 3}
    assert values(tiny) == ["first", "four"]
    publish.write(tiny, [{"drop": graph}], who="test")
    assert values(tiny) == ["first"]
    assert graph not in tiny.manifest().graphs


def test_a_write_into_a_loaded_graph_is_remembered_as_one(tiny: Store, tmp_path: Path) -> None:
    graph = f"{files.BASE}graph/tiny"
    update(tiny, f"INSERT DATA {{ GRAPH <{graph}> {{ e:x e:p 'added' }} }}")
    assert tiny.manifest().graphs[graph].edited
    assert load(tiny, tmp_path / "tiny.ttl") == tiny.version()
    assert values(tiny) == ["added", "first"]


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("INSERT DATA { e:x e:p }", QuerySyntax),
        ("INSERT DATA { e:x e:p 1 } ; FLY", QuerySyntax),
        ("INSERT DATA { e:x e:p 1 } ; CLEAR GRAPH e:none", QueryFailed),
        ("INSERT DATA { e:x e:p 1 } ; LOAD <http://127.0.0.1:1/>", QueryReachesOut),
        ("INSERT { e:x e:p 1 } WHERE { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }", QueryReachesOut),
        ("INSERT { e:x e:p 1 } WHERE { " + "{" * 6000 + "}" * 6000 + " }", QueryDied),
        ("INSERT DATA { <https://w3id.org/controlgraph/id/event/x> a kg:ControlChange }", Refused),
        ("INSERT DATA { e:x kg:noSuchTerm 1 }", Refused),
    ],
)
def test_what_cannot_be_written_leaves_no_trace(tiny: Store, text: str, condition: type[Exception]) -> None:
    before = tiny.version()
    with pytest.raises(condition):
        update(tiny, text)
    assert tiny.version() == before
    assert values(tiny) == ["first"]
    update(tiny, "INSERT DATA { e:y e:p 'next' }")
    assert values(tiny) == ["first", "next"]


def test_an_update_that_runs_away_is_ended(tiny: Store, tmp_path: Path) -> None:
    path = tmp_path / "numbers.ttl"
    path.write_text("".join(f"<https://example.org/{n}> <https://example.org/p> {n} .\n" for n in range(3000)))
    load(tiny, path)
    before = tiny.version()
    store = open_store(tiny.origin, Limits(children=1, seconds=1))
    with pytest.raises((QueryTimeout, QueryDied)):
        update(
            store,
            "INSERT { ?a e:p ?f } WHERE { SELECT ?a ?f { GRAPH ?z { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } } ORDER BY ?i }",
        )
    assert store.version() == before
    store.close()


def test_what_a_deletion_leaves_behind_is_checked_too(shipped: Store, tmp_path: Path, stores: Stores) -> None:
    """Taking away the one claim about an event would leave the event an orphan."""
    store = open_store(stores.at(tmp_path / "store"), Limits(children=1))
    load(store, *files.shipped_files())
    with pytest.raises(Refused, match="event/seed-10-readiness-check"):
        update(
            store,
            f"DELETE WHERE {{ GRAPH ?g {{ ?c kg:about <{EVENT}> }} }}",
        )
    store.close()


def test_four_writers_lose_no_increment(tiny: Store) -> None:
    update(tiny, "INSERT DATA { GRAPH e:g { e:counter e:n 0 } }")
    increment = (
        "DELETE { GRAPH e:g { e:counter e:n ?n } } INSERT { GRAPH e:g { e:counter e:n ?m } } "
        "WHERE { GRAPH e:g { e:counter e:n ?n } BIND(?n + 1 AS ?m) }"
    )
    store = open_store(tiny.origin, Limits(children=4, wait=60))

    def write() -> None:
        for _ in range(5):
            update(store, increment)

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    store.close()
    assert values(tiny) == ["20", "first"]


def test_the_writers_own_work(tmp_path: Path) -> None:
    """The code that applies writes in children, here in this process, where a kill cannot lose its coverage."""
    directory = str(tmp_path / "candidate")
    path = tmp_path / "body"

    def apply(*steps: dict[str, Any]) -> dict[str, Any]:
        return writer.apply(directory, list(steps))

    done = apply({"update": P + "INSERT DATA { GRAPH e:g { e:a e:p e:b . [] e:p 1 } e:u e:p 2 }"})
    assert done["added"] == {"https://example.org/g": 2, "": 1}
    assert done["nodes"] == ["https://example.org/a", "https://example.org/b", "https://example.org/u"]
    done = apply({"update": P + "DELETE WHERE { GRAPH ?g { ?s e:p 1 } }"})
    assert (done["added"], done["removed"]) == ({}, {"https://example.org/g": 1})
    done = apply({"update": P + "INSERT { GRAPH e:g { [] e:p ?o } } WHERE { ?s e:p ?o }"})
    assert (done["added"], done["removed"]) == ({"https://example.org/g": 1}, {})
    done = apply({"update": P + "DELETE { GRAPH e:g { ?s e:p 2 } } WHERE { GRAPH e:g { ?s e:p 2 } }"})
    assert (done["added"], done["removed"]) == ({}, {"https://example.org/g": 1})
    path.write_text("<x> <p> 'one' .")
    put = {"put": "https://example.org/h", "file": str(path), "form": "ttl", "base": "https://example.org/"}
    assert apply(put)["added"] == {"https://example.org/h": 1}
    assert apply({**put, "post": put["put"]} | {"put": "https://example.org/h"})["removed"] == {}
    assert apply({"drop": "https://example.org/h"})["removed"] == {"https://example.org/h": 1}
    assert apply({"update": "CLEAR ALL"})["whole"] == []
    path.write_text("<x> <p> one .")
    for step in (put, {"update": "FLY"}):
        with pytest.raises(writer.NoUpdate):
            apply(step)
    with pytest.raises(Outbound):
        apply({"update": "LOAD <http://127.0.0.1:1/>"})
