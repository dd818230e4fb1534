"""The embedded store: a directory of versions, read in child processes, written through candidates."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from copy import copy
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import pyoxigraph as ox

from kg import queries
from kg.errors import NothingPublished, StoreUnreadable, UnknownVersion, VersionGone
from kg.store import journal, versions
from kg.store.answer import Answer
from kg.store.candidate import Candidate
from kg.store.child import GRAPHS as SERIALISATIONS
from kg.store.pool import Limits, Pool
from kg.store.published import Pinned, Published
from kg.store.terms import Row, read_rows, to_json

if TYPE_CHECKING:
    from rdflib.term import Node

    from kg.store.remote.engine import Engine


class Store:
    """A store of versions. Reading methods work on the version that is published when they are called."""

    def __init__(self, location: Path, limits: Limits, good: float = 0.0) -> None:
        self.location = location
        self.published = Published(location, good)
        self.pool = Pool(limits)

    @classmethod
    def open(cls, location: str | os.PathLike[str], limits: Limits | None = None, good: float = 0.0) -> Store:
        """What `kg.store.open_store` does."""
        store = cls(Path(location), limits or Limits(), good)
        with suppress(NothingPublished):
            store.version()
        return store

    @property
    def origin(self) -> Path | Engine:
        """What `kg.store.open_store` opens it by, in another process too."""
        return self.location

    def at(self, version: str) -> Store:
        """This store as it is in one version, for reading; it has the same child processes, and needs no closing.

        Raises UnknownVersion where no version has that name, VersionGone where it was deleted (which a query of the
        result raises too, where that happens meanwhile).
        """
        directory = self.location / "versions" / version
        if not versions.is_name(version) or not directory.is_dir():
            known = any(line["version"] == version for line in self.journal())
            raise (VersionGone if known else UnknownVersion)(version, self.version())
        seen = copy(self)
        seen.published = Pinned(directory)
        return seen

    def version(self) -> str:
        """The name of the published version, `<number>-<hash>`. Raises NothingPublished, StoreUnreadable."""
        return self.published.version()

    def manifest(self, version: str | None = None) -> versions.Manifest:
        """What the published version, or another one that is kept, knows of its graphs.

        Raises NothingPublished, and StoreUnreadable, also where that version is not kept.
        """
        if version is not None:
            return versions.read_manifest(self.location / "versions" / version)
        return versions.read_manifest(self.published.directory())

    def query(
        self,
        text: str,
        *,
        results: str | None = "json",
        graph: str | None = "ttl",
        base: str | None = None,
        values: Mapping[str, Node] | None = None,
        prefixes: Mapping[str, str] | None = None,
        graphs: tuple[list[str], list[str]] | None = None,
        seconds: float | None = None,
        client: str | None = None,
        name: str | None = None,
    ) -> Answer:
        """Answer one SPARQL query, in a child process.

        `results` and `graph` name the serialisation for each kind of answer (`kg.store.RESULT_FORMATS`,
        `GRAPH_FORMATS`); None where no form of that kind will do. `base` resolves relative IRIs. `values` are put in
        for variables that the SELECT clause names. `prefixes` may be used in the query undeclared, and shorten IRIs in
        graphs. `graphs` are the IRIs of the default graph's ("" is the unnamed one) and of the named graphs, in place
        of what the query names itself (SPARQL 1.1 Protocol section 2.1.4). `seconds` shortens the deadline. `client`
        is whose share of the processes it takes; `name` is what `cancel` takes.
        Raises the QueryProblem that fits.
        """
        request: dict[str, Any] = {
            "query": text, "results": results, "graph": graph, "base": base, "prefixes": prefixes,
        }  # fmt: skip
        if values:
            request["values"] = {name: to_json(term) for name, term in values.items()}
        if graphs is not None:
            request["default"], request["named"] = graphs
        return self.pool.ask(self.published, request, seconds, client, name)

    def cancel(self, name: str) -> bool:
        """End the running query of this name; whether there was one."""
        return self.pool.cancel(name)

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
    def candidate(self, wait: float = 30.0, of: Path | None = None) -> Iterator[Candidate]:
        """A version in the making, under the write lock; deleted at the end unless `Candidate.publish` was called.

        It begins as the published version, or as the version in the directory `of`. Waits up to `wait` seconds for
        another writer, then raises StoreLocked.
        """
        with versions.lock(self.location, wait):
            directory = self.location / f"candidate-{os.getpid()}"
            candidate = _make_candidate(self.location, directory, of)
            try:
                yield candidate
            finally:
                candidate.close()
                shutil.rmtree(directory, ignore_errors=True)

    def journal(self) -> list[dict[str, Any]]:
        """Every version ever published, oldest first (`kg.store.journal.every`)."""
        return journal.every(self.location)

    def backup(self, target: Path) -> str:
        """Write the published version to the new directory `target`, as a store of its own; the version's name.

        Files are hard links where the file system allows it. Raises StoreUnreadable where `target` is not new.
        """
        version = versions.current(self.location)
        manifest = versions.read_manifest(version)
        if target.exists():
            raise StoreUnreadable(f"{target} exists already; a backup goes into a new directory")
        try:
            (target / "versions").mkdir(parents=True)
            copy = target / f"candidate-{os.getpid()}"
            ox.Store.read_only(str(version)).backup(str(copy))
            versions.link_beside(version, copy)
            versions.publish(target, copy, manifest)
        except OSError as error:
            raise StoreUnreadable(f"the backup cannot be written to {target}: {error}") from error
        return manifest.version

    def close(self) -> None:
        """End the child processes."""
        self.pool.close()


def _make_candidate(location: Path, directory: Path, of: Path | None) -> Candidate:
    parent: Path | None = None
    with suppress(NothingPublished):
        parent = versions.current(location)
    begin = of or parent
    if begin is None:
        return Candidate(location, directory, None, {})
    try:
        versions.copy(begin, directory)
    except OSError as error:
        raise StoreUnreadable(f"the version {begin.name} cannot be copied: {error}") from error
    return Candidate(location, directory, parent.name if parent else None, versions.read_manifest(begin).graphs)
