"""Updates split into operations, and what each operation changes, known before it is run."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.store.update import Change, changes, operations, with_dataset

P = "PREFIX e: <http://e/> "


def store() -> ox.Store:
    filled = ox.Store()
    filled.update(P + "INSERT DATA { e:a e:p e:b . GRAPH e:g { e:c e:p e:d . e:c e:q 1 } GRAPH e:h { e:x e:p e:y } }")
    return filled


def changed(update: str) -> Change:
    """What an update changes, run operation by operation."""
    filled, found = store(), Change()
    for operation in operations(update):
        found.add(changes(filled, operation))
        filled.update(operation.prologue + operation.text)
    return found


def e(names: str) -> set[str]:
    return {f"http://e/{name}" for name in names.split()}


@pytest.mark.parametrize(
    ("update", "nodes"),
    [
        ("INSERT DATA { e:n e:p e:m , 'x' . GRAPH e:g { e:k e:p 2 } }", "n m k"),
        ("DELETE DATA { e:a e:p e:b }", "a b"),
        ("DELETE WHERE { ?s e:p ?o }", "a b"),
        ("DELETE WHERE { GRAPH ?g { ?s e:p ?o } }", "c d x y"),
        ("WITH e:g DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }", "c d"),
        ("WITH e:g DELETE { ?s ?p ?o } INSERT { ?s ?p e:new . } WHERE { ?s ?p ?o }", "c d new"),
        ("DELETE { GRAPH e:g { ?s e:p ?o } ?s e:r ?o . GRAPH e:h { ?s e:t ?o } } USING e:g WHERE { ?s e:p ?o }", "c d"),
        ("INSERT { ?s e:seen e:yes } USING NAMED e:h WHERE { GRAPH ?g { ?s ?p ?o } }", "x yes"),
        ("INSERT { ?s e:seen e:yes } WHERE { GRAPH ?g { ?s ?p ?o } }", "c x yes"),
        ("INSERT { e:s e:says '} WHERE {' } WHERE { }", "s"),
        ("INSERT DATA { e:n e:p e:m } ; PREFIX e: <http://e/more/> DELETE DATA { e:a e:p e:b }", "n m more/a more/b"),
        ("INSERT DATA { e:n e:p e:m } ; DELETE WHERE { e:n e:p ?o } ;", "n m"),
        ("DELETE { } WHERE { ?s ?p ?o }", ""),
    ],
)
def test_the_nodes_of_what_is_added_or_taken_away(update: str, nodes: str) -> None:
    assert changed(P + update) == Change(nodes=e(nodes))


@pytest.mark.parametrize(
    ("update", "graphs"),
    [
        ("CLEAR GRAPH e:g", e("g")),
        ("DROP SILENT GRAPH <http://e/none>", e("none")),
        ("CLEAR DEFAULT", {""}),
        ("CLEAR NAMED", {"*"}),
        ("DROP ALL", {"*"}),
        ("COPY e:g TO e:k", e("g k")),
        ("MOVE GRAPH e:g TO DEFAULT", e("g") | {""}),
        ("ADD DEFAULT TO e:g", e("g") | {""}),
    ],
)
def test_the_graphs_that_are_managed(update: str, graphs: set[str]) -> None:
    assert changed(P + update) == Change(graphs=graphs)


def test_operations_carry_the_declarations_before_them() -> None:
    found = operations(
        "BASE <http://b/> PREFIX a: <a/> CLEAR ALL; # ; comment\n PREFIX b: <b/> INSERT DATA { a:x b:y ';' };"
    )
    assert [operation.words for operation in found] == [["CLEAR", "ALL"], ["INSERT", "DATA"]]
    assert found[1].prologue.split() == ["BASE", "<http://b/>", "PREFIX", "a:", "<a/>", "PREFIX", "b:", "<b/>"]
    assert operations("") == operations("PREFIX a: <http://a/>") == []


@pytest.mark.parametrize(
    "update",
    ["INSERT DATA { e:a e:p }", "INSERT { ?s ?p ?o }", "FLY", "DELETE { ?s ?p ?o } WHERE { ?s ?p ?o", "CLEAR GRAPH ?g"],
)
def test_what_is_no_update_is_refused_before_anything_happens(update: str) -> None:
    filled = store()
    (operation,) = operations(P + update)

    def run() -> None:
        changes(filled, operation)
        filled.update(operation.prologue + operation.text)

    with pytest.raises(SyntaxError):
        run()
    assert len(filled) == 4


@pytest.mark.parametrize(
    ("update", "expected"),
    [
        ("DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }", "DELETE { ?s ?p ?o } USING <http://e/g> WHERE { ?s ?p ?o }"),
        (
            "INSERT { ?s ?p 'WHERE' } WHERE { ?s ?p ?o }",
            "INSERT { ?s ?p 'WHERE' } USING <http://e/g> WHERE { ?s ?p ?o }",
        ),
        ("DELETE WHERE { ?s ?p ?o }", "DELETE { ?s ?p ?o } USING <http://e/g> WHERE { ?s ?p ?o }"),
        ("INSERT DATA { <http://e/a> <http://e/p> 1 }", "INSERT DATA { <http://e/a> <http://e/p> 1 }"),
        ("CLEAR ALL", "CLEAR ALL"),
    ],
)
def test_the_graphs_of_the_request_are_put_in(update: str, expected: str) -> None:
    (operation,) = operations(update)
    assert with_dataset(operation, ["http://e/g"], []) == expected
    assert with_dataset(operation, [], []) == update


def test_named_graphs_of_the_request_are_put_in_and_conflicts_refused() -> None:
    (operation,) = operations("DELETE { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } }")
    assert "USING <http://a> USING NAMED <http://b> WHERE" in with_dataset(operation, ["http://a"], ["http://b"])
    for own in ("WITH <http://e/g> DELETE { ?s ?p ?o } WHERE { }", "DELETE { ?s ?p ?o } USING <http://e/g> WHERE { }"):
        (operation,) = operations(own)
        with pytest.raises(ValueError, match="names its own graphs"):
            with_dataset(operation, ["http://a"], [])


terms = st.sampled_from(["e:a", "e:b", "e:c", "e:d"])
blocks = st.lists(st.tuples(terms, st.sampled_from(["e:p", "e:q"]), terms), min_size=1, max_size=3).map(
    lambda triples: " . ".join(" ".join(triple) for triple in triples)
)
graphed = st.tuples(blocks, st.sampled_from(["", "e:g", "e:h"])).map(
    lambda pair: f"GRAPH {pair[1]} {{ {pair[0]} }}" if pair[1] else pair[0]
)
variable = st.sampled_from(["?s ?p ?o", "?s e:p ?o", "?o ?p ?s", "GRAPH ?g { ?s ?p ?o }", "GRAPH e:g { ?o e:q ?s }"])
updates = st.one_of(
    graphed.map(lambda block: f"INSERT DATA {{ {block} }}"),
    graphed.map(lambda block: f"DELETE DATA {{ {block} }}"),
    variable.map(lambda block: f"DELETE WHERE {{ {block} }}"),
    st.tuples(st.sampled_from(["", "WITH e:g "]), variable, variable).map(
        lambda t: f"{t[0]}DELETE {{ {t[1].replace('?g', 'e:g')} }} WHERE {{ {t[2]} }}"
    ),
    st.tuples(variable, variable, st.sampled_from(["", "USING e:h ", "USING NAMED e:g "])).map(
        lambda t: f"INSERT {{ {t[0].replace('?g', 'e:h')} }} {t[2]}WHERE {{ {t[1]} }}"
    ),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(updates, min_size=1, max_size=3))
def test_every_statement_that_differs_afterwards_was_foretold(parts: list[str]) -> None:
    filled, found = store(), Change()
    before = set(filled)
    for operation in operations(P + " ; ".join(parts)):
        found.add(changes(filled, operation))
        filled.update(operation.prologue + operation.text)
    differing = before ^ set(filled)
    nodes = {term.value for quad in differing for term in (quad.subject, quad.object) if isinstance(term, ox.NamedNode)}
    assert nodes <= found.nodes
