"""All values of some properties, of the graphs that were asserted: what an index is built from.

A scan of millions of statements takes seconds, most of them for finding the text of terms, so that of a large version
several children scan, each one property at a time.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import IO

import pyoxigraph as ox

from kg.errors import StoreUnreadable
from kg.store.process import Child, checked
from kg.store.wire import Heard

LARGE = 300_000
"""Statements from which on children are worth their start."""
PIECE = 1 << 23
"""Bytes of an answer that are read at once."""
UNLIMITED = 1 << 40
"""Bytes that an answer to a scan may have."""

Elsewhere = Callable[[Path, Collection[str], Mapping[str, str]], Iterator[tuple[str, bytes]]]
away: dict[Path, list[Elsewhere]] = {}
"""The open stores of which the statements lie in an engine (`kg.store.remote`): where they keep what is made here, and
who scans them. One engine may be open several times."""


def scan(
    directory: Path, graphs: Collection[str], queries: Mapping[str, str], statements: int
) -> Iterator[tuple[str, Iterator[str]]]:
    """The answers to queries for two variables over the union of `graphs`, in no order: the name of each, and its
    terms as TSV writes them, those of a row one after the other, to be read before the next answer is asked for.

    `directory` is that of a version, or of a candidate nobody writes to, with about so many `statements`.
    """
    elsewhere = away.get(directory.parent.parent) if directory.parent.name == "versions" else None
    if not elsewhere:
        yield from _scan(directory, graphs, queries, statements)
        return
    for name, table in elsewhere[-1](directory, graphs, queries):
        yield name, _terms([table])


def _scan(
    directory: Path, graphs: Collection[str], queries: Mapping[str, str], statements: int
) -> Iterator[tuple[str, Iterator[str]]]:
    """The same, of a database here."""
    if statements < LARGE:
        store = ox.Store.read_only(str(directory))
        default: list[ox.NamedNode | ox.BlankNode | ox.DefaultGraph] = [
            ox.NamedNode(name) if name else ox.DefaultGraph() for name in graphs
        ]
        for name, text in queries.items():
            found = store.query(text, default_graph=default, named_graphs=[])
            assert isinstance(found, ox.QuerySolutions)
            answer = found.serialize(format=ox.QueryResultsFormat.TSV)
            assert answer is not None
            yield name, _terms([answer])
        return
    free: SimpleQueue[Child] = SimpleQueue()
    children = [Child(0, UNLIMITED) for _ in range(os.cpu_count() or 1)]

    def answer_to(text: str) -> Heard:
        child = free.get()
        try:
            child.ask({
                "store": str(directory), "query": text, "results": "tsv", "graph": None,
                "default": list(graphs), "named": [],
            })  # fmt: skip
            heard = checked(child.hear(None))
        finally:
            free.put(child)  # a dead one too: whoever gets it is told so, and waits for none
        if "error" in heard.message:
            raise StoreUnreadable(f"{directory} cannot be read: {heard.message['message']}")
        return heard

    try:
        for child in children:
            child.ready()
            free.put(child)
        with ThreadPoolExecutor(len(children)) as workers:
            for name, heard in zip(queries, workers.map(answer_to, queries.values()), strict=True):
                if heard.descriptor is None:
                    yield name, _terms([heard.body])
                    continue
                # what is large lies in a file, and is never whole in memory
                with open(heard.descriptor, "rb") as file:  # noqa: PTH123 (an open file has no path)
                    file.seek(0)
                    yield name, _terms(_pieces(file))
    finally:
        for child in children:
            child.close()


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    """Whole lines of a file, as many as fit into `PIECE`."""
    while piece := file.read(PIECE):
        yield piece + file.readline()


def _terms(pieces: Iterable[bytes]) -> Iterator[str]:
    """The terms of a TSV document of two columns, given in pieces of whole lines, without its heading."""
    skipped = 2
    for piece in pieces:
        yield from piece.decode().replace("\n", "\t").split("\t")[skipped:-1]
        skipped = 0


class Lookup:
    """Single nodes of an open database, in some of its graphs."""

    def __init__(self, database: ox.Store, graphs: Collection[str]) -> None:
        self._store, self._graphs = database, frozenset(graphs)

    def of(self, node: str) -> list[tuple[str, str]]:
        """The properties of an IRI with their values, as TSV writes these."""
        quads = self._store.quads_for_pattern(ox.NamedNode(node), None, None, None)
        return [(quad.predicate.value, str(quad.object)) for quad in quads if self._in_them(quad)]

    def pointing(self, prop: str, node: str) -> list[str]:
        """The nodes whose property has this IRI as a value."""
        quads = self._store.quads_for_pattern(None, ox.NamedNode(prop), ox.NamedNode(node), None)
        return [getattr(quad.subject, "value", "") for quad in quads if self._in_them(quad)]

    def _in_them(self, quad: ox.Quad) -> bool:
        return getattr(quad.graph_name, "value", "") in self._graphs
