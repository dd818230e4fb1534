"""A write applied to a candidate version, in a child process, with an account of exactly what it changed.

Nothing here publishes: the parent does, after it has checked the candidate, or deletes it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg.store import complaint
from kg.store.answer import Account
from kg.store.child import GRAPHS as SERIALISATIONS
from kg.store.guard import refuse_outbound
from kg.store.update import Change, Operation, changes, data, operations, with_dataset

WHOLE = 20_000
"""A change of more subjects than this is not listed node by node: its graphs are then checked as a whole."""


def _message(account: Account) -> dict[str, Any]:
    """The account in JSON; one of very many nodes names their graphs as a whole instead."""
    many = len(account.nodes) > WHOLE
    return {
        "added": account.added,
        "removed": account.removed,
        "nodes": [] if many else sorted(account.nodes),
        "whole": sorted(account.whole | ({*account.added, *account.removed} if many else set())),
        "changed": {} if many else {way: sorted(subjects) for way, subjects in account.changed.items()},
    }


class NoUpdate(Exception):
    """A text that is no SPARQL update, or a file that is no RDF; `complaint` says where and why."""

    def __init__(self, complaint: dict[str, Any]) -> None:
        self.complaint = complaint
        super().__init__(complaint["message"])


class Unreadable(Exception):
    """The candidate cannot be opened, because the version it was copied from is damaged."""


def apply(directory: str, steps: list[dict[str, Any]], **context: Any) -> dict[str, Any]:
    """Apply `steps` to the candidate in `directory`, close it, and account for what changed.

    A step is {"update": text, "using": [IRI], "named": [IRI]}, or {"put" | "post" | "drop": IRI or "" for the unnamed
    graph}, the first two with {"file": path, "form": short name, "base": IRI}. `context` is base IRI and prefixes for
    updates. Raises NoUpdate, Outbound, Unreadable, and ValueError, OSError, RuntimeError as the engine does.
    """
    try:
        store = ox.Store(directory)
    except (OSError, RuntimeError) as error:
        raise Unreadable(str(error)) from None
    account = Account()
    for step in steps:
        if "update" in step:
            try:
                for operation in operations(step["update"]):
                    _run(store, operation, step, account, context)
            except SyntaxError as error:
                raise NoUpdate(complaint.of_query(step["update"], error, context.get("prefixes") or ())) from None
        elif "drop" in step:
            _replace(store, step["drop"], [], account)
        else:
            _load(store, step, account)
    store.flush()
    return _message(account)


def _run(
    store: ox.Store, operation: Operation, step: dict[str, Any], account: Account, context: dict[str, Any]
) -> None:
    text = with_dataset(operation, step.get("using", []), step.get("named", []))
    refuse_outbound(operation.prologue + text, update=True, **context)
    if operation.words[:2] == ["INSERT", "DATA"]:
        # put in from here, not run again: blank nodes get their names once
        _add(store, data(operation, **context), account)
        return
    (resolved,) = operations(operation.prologue + text)
    change = changes(store, resolved, **context)
    before = _snapshot(store, change)
    store.update(operation.prologue + text, **context)
    _account(store, before, _snapshot(store, change), account)
    account.whole |= change.graphs - {"*"}


def _snapshot(store: ox.Store, change: Change) -> set[ox.Quad]:
    """Every statement that the change can touch: those about its nodes, and those in the graphs it manages."""
    quads: set[ox.Quad] = set()
    for node in change.nodes:
        subject = ox.BlankNode(node[2:]) if node.startswith("_:") else ox.NamedNode(node)
        quads.update(store.quads_for_pattern(subject, None, None, None))
    for graph in change.graphs:
        quads.update(store if graph == "*" else store.quads_for_pattern(None, None, None, _graph(graph)))
    return quads


def _account(store: ox.Store, before: set[ox.Quad], after: set[ox.Quad], account: Account) -> None:
    added, removed = after - before, before - after
    for quads, counter in ((added, account.added), (removed, account.removed)):
        for quad in quads:
            name = _name(quad.graph_name)
            counter[name] = counter.get(name, 0) + 1
            account.nodes |= {term.value for term in (quad.subject, quad.object) if isinstance(term, ox.NamedNode)}
            if len(account.nodes) <= WHOLE and not _said_elsewhere(store, quad, added):
                account.changed.setdefault(quad.predicate.value, set()).add(str(quad.subject).strip("<>"))


def _said_elsewhere(store: ox.Store, quad: ox.Quad, added: set[ox.Quad]) -> bool:
    """Whether another graph says the same, and did before: then the union of all graphs has not changed."""
    same = store.quads_for_pattern(quad.subject, quad.predicate, quad.object, None)
    return any(other.graph_name != quad.graph_name and other not in added for other in same)


def _load(store: ox.Store, step: dict[str, Any], account: Account) -> None:
    """Put a file in place of a graph, or add it to one."""
    kind = "put" if "put" in step else "post"
    target = _graph(step[kind])
    form, base = SERIALISATIONS[step["form"]], step.get("base")
    try:
        quads = _read(step, form, base, target)
    except SyntaxError as error:
        raise NoUpdate(complaint.of_file(error)) from None
    if kind == "put":
        _replace(store, step[kind], quads, account)
        return
    _add(store, quads, account)


def _read(
    step: dict[str, Any], form: ox.RdfFormat, base: str | None, target: ox.NamedNode | ox.DefaultGraph
) -> list[ox.Quad]:
    return [
        ox.Quad(quad.subject, quad.predicate, quad.object, target)
        for quad in ox.parse(path=Path(step["file"]), format=form, base_iri=base, rename_blank_nodes=True)
    ]


def _add(store: ox.Store, quads: list[ox.Quad], account: Account) -> None:
    before = {quad for quad in quads if quad in store}
    store.extend(quads)
    _account(store, before, set(quads), account)


def _replace(store: ox.Store, graph: str, quads: list[ox.Quad], account: Account) -> None:
    name = _graph(graph)
    before = set(store.quads_for_pattern(None, None, None, name))
    if isinstance(name, ox.NamedNode):
        store.remove_graph(name)
    else:
        store.clear_graph(name)
    if quads:
        store.bulk_extend(quads)
    _account(store, before, set(quads), account)
    account.whole.add(graph)


def _graph(name: str) -> ox.NamedNode | ox.DefaultGraph:
    return ox.NamedNode(name) if name else ox.DefaultGraph()


def _name(graph: object) -> str:
    return graph.value if isinstance(graph, ox.NamedNode) else ""
