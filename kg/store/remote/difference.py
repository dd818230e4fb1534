"""What a version that was made here says otherwise than the one before, as an engine is told it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox

from kg.errors import Refused, Violation
from kg.store import versions
from kg.store.remote.dialects import Dialect
from kg.store.remote.state import named

COMPARED = 300_000
"""Statements of a graph, before and after, up to which it is compared as a whole."""
Things = Collection[str] | None
"""What is described otherwise in a graph; None where that is not known."""


class Change(NamedTuple):
    """What is different: statements as the engine is given them, by graph (as the engine names it)."""

    more: dict[str, list[str]]
    less: dict[str, list[str]]

    def size(self) -> int:
        """How many statements that is."""
        return sum(len(lines) for way in (self.more, self.less) for lines in way.values())


def difference(
    dialect: Dialect, manifest: versions.Manifest, before: Path | None, after: Path, touched: Mapping[str, Things]
) -> Change | None:
    """What is different in the graphs that were touched, between the databases in two directories; None where one of
    them is too large to be compared and it is not known what is described otherwise. Raises Refused."""
    former = versions.read_manifest(before).graphs if before else {}
    new, old = ox.Store.read_only(str(after)), ox.Store.read_only(str(before)) if before else ox.Store()
    change = Change({}, {})
    for name, things in sorted(touched.items()):
        sizes = [graphs[name].triples if name in graphs else 0 for graphs in (manifest.graphs, former)]
        has, had = (_said(store, name, things or ()) for store in (new, old))
        if things is None or len(has) - len(had) != sizes[0] - sizes[1]:  # something else may be different
            if sum(sizes) > COMPARED:
                return None
            has, had = (_said(store, name, None) for store in (new, old))
        change.more[named(name)] = [line(dialect, quad, name) for quad in has - had]
        change.less[named(name)] = [line(dialect, quad, name) for quad in had - has]
    return change


def _said(store: ox.Store, graph: str, things: Things) -> set[ox.Quad]:
    """What a graph says of some things, or of all."""
    name = ox.NamedNode(graph) if graph else ox.DefaultGraph()
    if things is None:
        return set(store.quads_for_pattern(None, None, None, name))
    return {quad for thing in things for quad in store.quads_for_pattern(ox.NamedNode(thing), None, None, name)}


def line(dialect: Dialect, quad: ox.Quad, graph: str) -> str:
    """A statement as the engine is given it. Raises Refused where it has a blank node, which nobody could name."""
    for node in (quad.subject, quad.object):
        if isinstance(node, ox.BlankNode):
            message = "An engine takes no blank nodes, because no later write could name them; give it an IRI."
            raise Refused([Violation("blank-node", f"_:{node.value}", message, graph)])
    return dialect.given(f"{quad.subject} {quad.predicate} {quad.object} .")
