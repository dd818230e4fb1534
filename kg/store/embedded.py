"""The embedded store: a directory of versions, read in child processes, written through candidates."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeAlias

import pyoxigraph as ox

from kg import queries
from kg.errors import BadFile, NothingPublished, StoreUnreadable
from kg.store import versions
from kg.store.answer import Answer
from kg.store.child import GRAPHS as SERIALISATIONS
from kg.store.pool import Limits, Pool

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node

Row: TypeAlias = "dict[str, Node]"
"""One solution: variable name → term; unbound variables are absent."""


class Store:
    """A store of versions. Reading methods work on the version that is published when they are called."""

    def __init__(self, location: Path, limits: Limits) -> None:
        self.location = location
        self.pool = Pool(limits)

    @classmethod
    def open(cls, location: str | os.PathLike[str], limits: Limits | None = None) -> Store:
        """What `kg.store.open_store` does."""
        store = cls(Path(location), limits or Limits())
        with suppress(NothingPublished):
            store.version()
        return store

    def version(self) -> str:
        """The name of the published version, `<number>-<hash>`. Raises NothingPublished, StoreUnreadable."""
        return versions.current(self.location).name

    def manifest(self) -> versions.Manifest:
        """What the published version knows of its graphs."""
        return versions.read_manifest(versions.current(self.location))

    def query(
        self,
        text: str,
        *,
        results: str | None = "json",
        graph: str | None = "ttl",
        base: str | None = None,
        values: Mapping[str, Node] | None = None,
        prefixes: Mapping[str, str] | None = None,
        seconds: float | None = None,
    ) -> Answer:
        """Answer one SPARQL query, in a child process.

        `results` and `graph` name the serialisation for each kind of answer (`kg.store.RESULT_FORMATS`,
        `GRAPH_FORMATS`); None where no form of that kind will do. `base` resolves relative IRIs. `values` are put in
        for variables that the SELECT clause names. `prefixes` may be used in the query undeclared, and shorten IRIs in graphs. `seconds` shortens the deadline.
        Raises the QueryProblem that fits.
        """
        request: dict[str, Any] = {"query": text, "results": results, "graph": graph, "base": base}
        if values:
            request["values"] = {name: _json_term(term) for name, term in values.items()}
        if prefixes:
            request["prefixes"] = dict(prefixes)
        return self.pool.ask(lambda: versions.current(self.location), request, seconds)

    def select(self, name: str, **values: Node) -> list[Row]:
        """The solutions of one of our own queries (`kg/queries/<name>.rq`), with `values` for its variables."""
        return read_rows(self.query(queries.text(name), values=values).read())

    def dump(self, output: IO[bytes], form: str, *, graph: str | None = None, prefixes: Mapping[str, str]) -> None:
        """Write the published version, or one graph of it, to `output`, in the store's own order of terms.

        That order depends on the terms alone, so equal data gives equal bytes (blank nodes aside).
        """
        ox.Store.read_only(str(versions.current(self.location))).dump(
            output,
            SERIALISATIONS[form],
            from_graph=ox.NamedNode(graph) if graph else None,
            prefixes=dict(prefixes),
        )

    @contextmanager
    def candidate(self, wait: float = 30.0) -> Iterator[Candidate]:
        """A version in the making, under the write lock; deleted at the end unless `Candidate.publish` was called.

        Waits up to `wait` seconds for another writer, then raises StoreLocked.
        """
        with versions.lock(self.location, wait):
            directory = self.location / f"candidate-{os.getpid()}"
            candidate = _make_candidate(self.location, directory)
            try:
                yield candidate
            finally:
                candidate.close()
                shutil.rmtree(directory, ignore_errors=True)

    def close(self) -> None:
        """End the child processes."""
        self.pool.close()


def _make_candidate(location: Path, directory: Path) -> Candidate:
    try:
        parent = versions.current(location)
    except NothingPublished:
        return Candidate(location, directory, None)
    try:
        ox.Store.read_only(str(parent)).backup(str(directory))
    except OSError as error:
        raise StoreUnreadable(f"the published version {parent.name} cannot be copied: {error}") from error
    return Candidate(location, directory, versions.read_manifest(parent))


class Candidate:
    """A version in the making: written by one thread, seen by nobody else."""

    def __init__(self, location: Path, directory: Path, parent: versions.Manifest | None) -> None:
        self._location, self._directory, self._parent = location, directory, parent
        self._store: ox.Store | None = ox.Store(str(directory))
        self.graphs = dict(parent.graphs) if parent else {}
        self._written: dict[str, str] = {}

    @property
    def _open(self) -> ox.Store:
        if self._store is None:
            raise ValueError("this candidate is closed")
        return self._store

    def replace(self, graph: str, text: bytes, file: str) -> int:
        """Put the Turtle `text` of `file` in place of everything in `graph`; the number of triples.

        Raises BadFile with the line where the text is no Turtle; the candidate must then be given up.
        """
        name = ox.NamedNode(graph)
        if graph in self.graphs:
            self._open.remove_graph(name)
        try:
            self._open.bulk_load(text, ox.RdfFormat.TURTLE, base_iri=graph, to_graph=name)
        except SyntaxError as error:
            raise BadFile(file, error.lineno, _reason(error)) from None
        triples = sum(1 for _ in self._open.quads_for_pattern(None, None, None, name))
        digest = hashlib.sha256(text).hexdigest()
        self.graphs[graph] = versions.GraphRecord(file, digest, triples)
        self._written[graph] = digest
        return triples

    def select(self, text: str) -> list[Row]:
        """The solutions of a SELECT query on the candidate, its default graph the union of all graphs."""
        result = self._open.query(text, use_default_graph_as_union=True)
        assert isinstance(result, ox.QuerySolutions)
        serialised = result.serialize(format=ox.QueryResultsFormat.JSON)
        assert serialised is not None
        return read_rows(serialised)

    def graph(self, names: Iterable[str]) -> Graph:
        """The named graphs together, as an rdflib graph in memory."""
        from rdflib import Graph

        merged = Graph()
        for name in names:
            lines = self._open.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.NamedNode(name))
            merged.parse(data=lines, format="nt")
        return merged

    def publish(self, who: str) -> str:
        """Make this the published version; its name. `who` goes into the journal."""
        parent = self._parent.version if self._parent else None
        name = versions.next_name(parent, self._written)
        self._open.flush()
        self.close()
        entry = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "who": who, "what": sorted(self._written)}
        versions.publish(self._location, self._directory, versions.Manifest(name, parent, self.graphs), entry)
        return name

    def close(self) -> None:
        """Close the database files."""
        self._store = None


def read_rows(solutions: bytes) -> list[Row]:
    """The rows of a SPARQL results JSON document, as rdflib terms."""
    return [
        {name: _from_json(value) for name, value in binding.items()}
        for binding in json.loads(solutions)["results"]["bindings"]
    ]


def _from_json(value: dict[str, str]) -> Node:
    from rdflib import BNode, Literal, URIRef

    match value["type"]:
        case "uri":
            return URIRef(value["value"])
        case "bnode":
            return BNode(value["value"])
        case _:
            datatype = value.get("datatype")
            return Literal(value["value"], lang=value.get("xml:lang"), datatype=URIRef(datatype) if datatype else None)


def _json_term(term: Node) -> dict[str, str]:
    from rdflib import Literal

    if not isinstance(term, Literal):
        return {"type": "uri", "value": str(term)}
    extra = {"xml:lang": term.language} if term.language else {"datatype": str(term.datatype)} if term.datatype else {}
    return {"type": "literal", "value": str(term), **extra}


def _reason(error: SyntaxError) -> str:
    """The parser's words without the position, which stands before them in the message already."""
    return str(error.args[0]).partition(": ")[2] or str(error.args[0])
