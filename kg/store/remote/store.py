"""An engine as a store: what is asked, it answers; what is made of a version is made here, and may be lost."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from copy import copy
from pathlib import Path
from typing import IO, Any

import pyoxigraph as ox

from kg import queries
from kg.engine_errors import VersionMoved, WriteConflict
from kg.errors import NothingPublished, StoreUnreadable, UnknownVersion, VersionGone
from kg.store import scan, versions
from kg.store.candidate import Candidate
from kg.store.child import GRAPHS as SERIALISATIONS
from kg.store.embedded import Store
from kg.store.pool import Limits
from kg.store.remote.claims import claimed
from kg.store.remote.engine import Engine
from kg.store.remote.placing import complete
from kg.store.remote.pool import EnginePool
from kg.store.remote.published import LOOK, Away, PinnedAway
from kg.store.remote.requests import Requests
from kg.store.remote.working import bring_up
from kg.store.remote.writing import RemoteCandidate

SCAN = Limits(children=2, share=2, queue=1 << 20, memory=0, seconds=3600.0, answer=scan.UNLIMITED, patience=7200.0)
"""What may be used to read all values of a property, or all of a graph."""


class RemoteStore(Store):
    """The store that an engine has."""

    published: Away
    pool: EnginePool

    def __init__(self, engine: Engine, limits: Limits, good: float = LOOK) -> None:
        self.engine, self.location = engine, engine.location
        self.working = engine.location / "working"
        self.requests = Requests(engine)
        self.published = Away(self.location, self.requests, good)
        self.pool = EnginePool(self.requests, limits)
        self.scans = EnginePool(self.requests, SCAN)
        scan.away.setdefault(self.location, []).append(self.scanned)

    @property
    def origin(self) -> Engine:
        """The engine."""
        return self.engine

    def at(self, version: str) -> RemoteStore:
        """This store as it is in the version that the engine has; there is no other.

        Raises UnknownVersion, VersionGone. A query of the result raises VersionMoved once the engine has another.
        """
        directory = self.published.directory()
        if directory.name != version:
            known = any(line["version"] == version for line in self.journal())
            raise (VersionGone if known else UnknownVersion)(version, directory.name)
        seen = copy(self)
        seen.published = PinnedAway(self.published, directory)
        return seen

    def journal(self) -> list[dict[str, Any]]:
        """Every version ever published, oldest first. Raises EngineFailed and EngineLoading."""
        with suppress(NothingPublished):
            self.published.directory()  # which follows the engine's
        return super().journal()

    def scanned(
        self, directory: Path, graphs: Collection[str], asked: Mapping[str, str]
    ) -> Iterator[tuple[str, bytes]]:
        """The answers to queries over the union of `graphs`, as TSV. Raises VersionMoved where the engine has not the
        version of this directory any more."""
        pinned = PinnedAway(self.published, directory)
        for name, text in asked.items():
            request = {"query": text, "results": "tsv", "graph": None, "default": list(graphs), "named": []}
            yield name, self.scans.ask(pinned, request).read()

    def dump(self, output: IO[bytes], form: str, *, graph: str | None = None, prefixes: Mapping[str, str]) -> None:
        """Write the version that the engine has, or one graph of it, in the order that a store here gives it."""
        pinned = PinnedAway(self.published, self.published.directory())
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            made = ox.Store(folder)
            for name in pinned.graphs() if graph is None else [graph]:
                self.fetch(pinned, name, made)
            made.dump(
                output, SERIALISATIONS[form], from_graph=ox.NamedNode(graph) if graph else None, prefixes=dict(prefixes)
            )
            del made  # which closes its files

    def fetch(self, pinned: Away, graph: str, into: ox.Store) -> None:
        """Copy a graph of the version into a database here."""
        request: dict[str, Any] = {
            "query": queries.text("graph"), "results": None, "graph": "nt", "default": [graph], "named": [],
        }  # fmt: skip
        target = ox.NamedNode(graph) if graph else ox.DefaultGraph()
        answer = self.scans.ask(pinned, request)
        with tempfile.NamedTemporaryFile() as file:
            for piece in answer.chunks():
                file.write(piece)
            file.flush()
            into.bulk_load(path=file.name, format=ox.RdfFormat.N_TRIPLES, to_graph=target)

    @contextmanager
    def candidate(self, wait: float = 30.0, of: Path | None = None) -> Iterator[Candidate]:
        """A version in the making, in the working copy of this machine, which is brought up to the engine's first.

        Other copies may write meanwhile: `Candidate.publish` raises WriteConflict where one did. Raises also what
        `Store.candidate` raises, EngineFailed and EngineLoading.
        """
        with versions.lock(self.working, wait):
            with claimed(self.requests, wait) as claim:
                complete(self.requests, claim)
            bring_up(self, wait)
            directory = self.working / f"candidate-{os.getpid()}"
            parent = None
            with suppress(NothingPublished):
                parent = versions.current(self.working)
            begin, graphs = of or parent, {}
            if begin is not None:
                try:
                    versions.copy(begin, directory)
                except OSError as error:
                    raise StoreUnreadable(f"the version {begin.name} cannot be copied: {error}") from error
                graphs = versions.read_manifest(begin).graphs
            candidate = RemoteCandidate(self.working, directory, parent.name if parent else None, graphs)
            candidate.requests = self.requests
            if of is not None:
                candidate.touched |= dict.fromkeys(
                    [*graphs, *(versions.read_manifest(parent).graphs if parent else ())]
                )
            try:
                yield candidate
            except VersionMoved as moved:
                raise WriteConflict(moved.version, moved.present) from None
            finally:
                candidate.close()
                shutil.rmtree(directory, ignore_errors=True)
                self.published.look()

    def backup(self, target: Path) -> str:
        """Write the version that the engine has to the new directory `target`, as a store that needs no engine; the
        version's name. Raises StoreUnreadable where `target` is not new, EngineFailed."""
        with versions.lock(self.working, 30.0):
            bring_up(self, 30.0)
            return Store(self.working, self.pool.limits).backup(target)

    def close(self) -> None:
        """End the child processes, and close the connections."""
        with suppress(KeyError, ValueError):  # closed before
            scan.away[self.location].remove(self.scanned)
        self.pool.close()
        self.scans.close()
        self.requests.close()
