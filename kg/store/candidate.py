"""A version in the making."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from kg.errors import BadFile
from kg.store import versions
from kg.store.answer import Account
from kg.store.pool import Pool
from kg.store.scan import Lookup
from kg.store.terms import Row, Triple, from_engine, read_rows, to_engine

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node


TIDIED = 4
"""A load that wrote at least one statement in so many is followed by putting the tables in order."""
LISTED = 20_000
"""Statements of a graph up to which it is listed what its replacement changes."""


class Candidate:
    """A version in the making: written by one thread at a time, seen by nobody else.

    `news` is what goes into the journal of the claims about control (`kg.news`), `described` the things of which names,
    kinds or places changed, None where that is not known (`kg.gazetteer`).
    """

    def __init__(
        self, location: Path, directory: Path, parent: str | None, graphs: dict[str, versions.GraphRecord]
    ) -> None:
        self._location, self.directory, self._parent = location, directory, parent
        self._writing: ox.Store | None = None
        self._reading: ox.Store | None = None
        self.graphs = dict(graphs)
        self.news: dict[str, Any] = {}
        self.described: list[str] | None = None
        self._written: dict[str, str] = {}
        self._added: dict[str, int] = {}
        self._removed: dict[str, int] = {}
        self.touched: dict[str, set[str] | None] = {}
        """The graphs that were written, by what was asked for or concluded, each with the things that are described
        otherwise in it; None where that is not known."""
        self.changed: dict[str, set[str]] | None = {}
        """What replacements changed, as `kg.store.answer.Account` tells it; None where it is too much to be listed."""
        self.nodes: set[str] = set()

    def replace(self, graph: str, text: bytes, file: str) -> int:
        """Put the Turtle `text` of `file` in place of everything in `graph`; the number of triples.

        Raises BadFile with the line where the text is no Turtle; the candidate must then be given up.
        """

        def load(store: ox.Store, name: ox.NamedNode) -> None:
            try:
                store.bulk_load(text, ox.RdfFormat.TURTLE, base_iri=graph, to_graph=name)
            except SyntaxError as error:
                raise BadFile(file, error.lineno, _reason(error)) from None

        return self._replaced(graph, file, hashlib.sha256(text).hexdigest(), load)

    def fill(self, graph: str, parts: Iterable[Path], file: str, digest: str) -> int:
        """Put Turtle files, one after the other, in place of everything in `graph`; the number of triples.

        They were made from `file`, and `digest` stands for what they say. A file needs some 1.3 KB of memory a triple
        while it is loaded. Raises BadFile where one of them is no Turtle; the candidate must then be given up.
        """

        def load(store: ox.Store, name: ox.NamedNode) -> None:
            for part in parts:
                try:
                    store.bulk_load(path=str(part), format=ox.RdfFormat.TURTLE, base_iri=graph, to_graph=name)
                except SyntaxError as error:
                    raise BadFile(str(part), error.lineno, _reason(error)) from None

        return self._replaced(graph, file, digest, load)

    def _replaced(self, graph: str, file: str, digest: str, load: Callable[[ox.Store, ox.NamedNode], None]) -> int:
        """Empty a graph, have it loaded anew, and take down what that changed."""
        name = ox.NamedNode(graph)
        store = self._open()
        self.touched[graph] = None
        before = self._quads(graph, self.graphs[graph].triples) if graph in self.graphs else set()
        if graph in self.graphs:
            store.remove_graph(name)
            self._removed[graph] = self.graphs[graph].triples
        load(store, name)
        triples = self._size(graph)
        self._account(before, self._quads(graph, triples))
        self.graphs[graph] = versions.GraphRecord(file, digest, triples)
        self._written[graph] = digest
        self._added[graph] = triples
        return triples

    def _quads(self, graph: str, size: int) -> set[ox.Quad] | None:
        """What a graph says, where that is little enough to be listed."""
        if size > LISTED:
            return None
        return set(self._open().quads_for_pattern(None, None, None, ox.NamedNode(graph)))

    def _account(self, before: set[ox.Quad] | None, after: set[ox.Quad] | None) -> None:
        """Take down what a replacement changed."""
        if before is None or after is None or self.changed is None:
            self.changed = None
            return
        for quad in before ^ after:
            self.changed.setdefault(quad.predicate.value, set()).add(str(quad.subject).strip("<>"))
            self.nodes |= {term.value for term in (quad.subject, quad.object) if isinstance(term, ox.NamedNode)}

    def apply(
        self, pool: Pool, steps: Sequence[dict[str, Any]], context: dict[str, Any], digest: str, seconds: float | None
    ) -> Account:
        """Have a child process apply `steps` in `context` (`kg.store.writer.apply`); what they changed.

        `digest` stands for what they write in the version's name. Raises the QueryProblem that fits; the candidate must
        then be given up.
        """
        self.close()
        account = pool.write(self.directory, list(steps), context, seconds)
        self._added, self._removed = account.added, account.removed
        for graph in {*account.added, *account.removed}:
            listed = account.nodes and graph not in account.whole
            self._touch(graph, account.nodes if listed else None)
        for graph in {*account.added, *account.removed}:
            record = self.graphs.get(graph, versions.GraphRecord())
            triples = record.triples + account.added.get(graph, 0) - account.removed.get(graph, 0)
            self.graphs[graph] = replace(record, triples=triples, edited=bool(record.file))
            if not triples and not record.file:
                del self.graphs[graph]
            self._written[graph] = digest
        return account

    def tidy(self) -> None:
        """Put the tables in order after a load that wrote much of what is here.

        A load leaves a table for each file and each order of terms, and a query looks into all of them. It rewrites
        everything, so a small change is not worth it.
        """
        everything = sum(record.triples for record in self.graphs.values())
        if TIDIED * sum(self._added.values()) >= everything:
            self._open().optimize()

    def _size(self, graph: str) -> int:
        """How many triples a named graph has; counted by the engine, for which it takes no look at the terms."""
        found = self._database().query(f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}")
        assert isinstance(found, ox.QuerySolutions)
        return int(next(found)[0].value)

    def _open(self) -> ox.Store:
        """The database to write to."""
        if self._writing is None:
            self._reading, self._writing = None, ox.Store(str(self.directory))
        return self._writing

    def settle(self) -> None:
        """Write everything to disk and write no more for now, so that other processes can read it."""
        if self._writing is not None:
            self._writing.flush()
            self._writing = None

    def lookup(self, graphs: Collection[str]) -> Lookup:
        """Single nodes, as these graphs describe them."""
        return Lookup(self._database(), graphs)

    def conclude(self, graph: str, gone: Collection[str] | None, texts: Iterable[bytes]) -> None:
        """In a graph of conclusions, take away what is said of the nodes `gone` (None: everything), and add `texts`,
        which are Turtle. What is concluded is no part of what was written: it follows from that."""
        name = ox.NamedNode(graph)
        store = self._open()
        if gone is None:
            self._touch(graph, None)
            store.remove_graph(name)
            for text in texts:
                store.bulk_load(text, ox.RdfFormat.TURTLE, to_graph=name)
            triples = self._size(graph)
        else:
            old = {quad for node in gone for quad in store.quads_for_pattern(ox.NamedNode(node), None, None, name)}
            new = {
                ox.Quad(quad.subject, quad.predicate, quad.object, name)
                for text in texts for quad in ox.parse(text, format=ox.RdfFormat.TURTLE)
            }  # fmt: skip
            for quad in old - new:
                store.remove(quad)
            store.extend(new - old)
            self._touch(graph, {*gone, *(quad.subject.value for quad in new if isinstance(quad.subject, ox.NamedNode))})
            triples = self.graphs.get(graph, versions.GraphRecord()).triples + len(new) - len(old)
        if triples:
            self.graphs[graph] = versions.GraphRecord(triples=triples)
        else:
            self.graphs.pop(graph, None)

    def _touch(self, graph: str, things: Collection[str] | None) -> None:
        """Take down that things are described otherwise in a graph."""
        known = self.touched.setdefault(graph, set())
        if things is None or known is None:
            self.touched[graph] = None
        else:
            known.update(things)

    def _database(self) -> ox.Store:
        """The database to read from: the one being written, or, where a child wrote it, opened for reading."""
        if self._writing is not None:
            return self._writing
        if self._reading is None:
            empty = not self.directory.exists()
            self._reading = ox.Store(str(self.directory)) if empty else ox.Store.read_only(str(self.directory))
        return self._reading

    def csv(self, text: str) -> bytes:
        """The solutions of a SELECT query on the candidate as CSV, its default graph the union of all graphs."""
        result = self._database().query(text, use_default_graph_as_union=True)
        assert isinstance(result, ox.QuerySolutions)
        return result.serialize(format=ox.QueryResultsFormat.CSV) or b""

    def select(self, text: str, **values: Node) -> list[Row]:
        """The solutions of a SELECT query on the candidate, its default graph the union of all graphs.

        `values` are put in for variables that the SELECT clause names.
        """
        given = {ox.Variable(name): to_engine(term) for name, term in values.items()}
        result = self._database().query(text, use_default_graph_as_union=True, substitutions=given or None)
        assert isinstance(result, ox.QuerySolutions)
        serialised = result.serialize(format=ox.QueryResultsFormat.JSON)
        assert serialised is not None
        return read_rows(serialised)

    def graph(self, name: str) -> Graph:
        """A graph as an rdflib graph in memory; "" is the unnamed one."""
        from rdflib import Graph

        graph = ox.NamedNode(name) if name else ox.DefaultGraph()
        lines = self._database().dump(format=ox.RdfFormat.N_TRIPLES, from_graph=graph)
        return Graph().parse(data=lines, format="nt")

    def matching(
        self,
        graph: str | Collection[str] | None = None,
        subject: Node | None = None,
        predicate: Node | None = None,
        value: Node | None = None,
    ) -> list[Triple]:
        """The statements of `graph` (None: of any, "": of the unnamed one, or several) that fit, as rdflib triples."""
        first, second, third = (None if term is None else to_engine(term) for term in (subject, predicate, value))
        name = None if not isinstance(graph, str) else ox.NamedNode(graph) if graph else ox.DefaultGraph()
        quads = self._database().quads_for_pattern(first, second, third, name)
        return [
            (from_engine(quad.subject), from_engine(quad.predicate), from_engine(quad.object))
            for quad in quads
            if name or graph is None or getattr(quad.graph_name, "value", "") in graph
        ]

    def stand_for(self, version: str) -> None:
        """Say that this candidate is a copy of another `version`, which then counts as what was written."""
        self._written[""] = version

    def publish(self, who: str) -> str:
        """Make this the published version; its name. `who` goes into the journal."""
        manifest = self.finished(who)
        versions.publish(self._location, self.directory, manifest)
        return manifest.version

    def finished(self, who: str) -> versions.Manifest:
        """What the version will be, once it is published as it is now; nothing can be written to it any more."""
        name = versions.next_name(self._parent, self._written)
        if self._writing is not None:
            self._writing.flush()
        self.close()
        entry = {
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "who": who,
            "added": self._added,
            "removed": self._removed,
            **({"control": self.news} if self.news else {}),
            **({"described": self.described} if self.described is not None else {}),
        }
        return versions.Manifest(name, self._parent, self.graphs, entry)

    def close(self) -> None:
        """Close the database files."""
        self._writing = self._reading = None


def _reason(error: SyntaxError) -> str:
    """The parser's words without the position, which stands before them in the message already."""
    return str(error.args[0]).partition(": ")[2] or str(error.args[0])
