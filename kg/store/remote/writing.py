"""A version that was made here, put into an engine: as one update that names the version it was computed from, or,
where that would be too large, staged beside the data and then put in its place.

Staging changes nothing that anybody sees. Once all of it is there, the version is said to be loading, which closes
every copy of the service; each staged graph takes the place of the one before, and the new version is named. Whoever
dies before that leaves what is removed by the next writer, whoever dies after it leaves what the next writer
completes.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from itertools import islice
from pathlib import Path

import pyoxigraph as ox

from kg.engine_errors import EngineFailed, EngineLoading, WriteConflict
from kg.errors import NothingPublished, Problem, QueryTimeout, Refused, Violation
from kg.store import versions
from kg.store.candidate import Candidate
from kg.store.remote import state
from kg.store.remote.claims import KNOWS, LEASE, Claim, claimed
from kg.store.remote.dialects import Dialect
from kg.store.remote.difference import Change, difference, line
from kg.store.remote.placing import PORTION, SLOW, clear, complete, pieces, put_in_place
from kg.store.remote.requests import Requests
from kg.store.remote.state import LOADING, OURS, STORE, literal, named

WAIT = 30.0
"""Seconds that a writer waits for others."""
ONCE = LEASE / 2
"""Seconds that an update with all of a write may take: less than the claim to write holds, should the writer die."""


class RemoteCandidate(Candidate):
    """A version in the making that is published in an engine, and then here."""

    requests: Requests

    def publish(self, who: str) -> str:
        """Make this the version that the engine has; its name.

        Raises WriteConflict where another copy published meanwhile, StoreLocked, EngineFailed, Refused.
        """
        manifest = self.finished(who)
        before = self._location / "versions" / manifest.parent if manifest.parent else None
        commit(self.requests, manifest, before, self.directory, self.touched)
        versions.publish(self._location, self.directory, manifest)
        return manifest.version


def commit(
    requests: Requests,
    manifest: versions.Manifest,
    before: Path | None,
    after: Path,
    touched: Mapping[str, Collection[str] | None],
) -> None:
    """Make the database in `after` what the engine has, where it now has that of `before`; `touched` graphs differ.
    Raises what `RemoteCandidate.publish` does."""
    if reserved := sorted(graph for graph in touched if graph.startswith(OURS)):
        message = (
            f"A name that begins with {OURS} is that of what is kept in the engine besides data; take another one."
        )
        raise Refused([Violation("reserved-graph", graph, message, graph) for graph in reserved])
    change = difference(requests.engine.particular, manifest, before, after, touched)
    with claimed(requests, WAIT) as claim:
        complete(requests, claim)
        present = _present(requests)
        if present != manifest.parent:
            raise WriteConflict(manifest.parent or "none", present or "none")
        if change is not None and change.size() <= requests.engine.particular.update:
            _at_once(requests, claim, manifest, change, touched)
        else:
            _staged(requests, claim, manifest, after, touched)


def _at_once(
    requests: Requests, claim: Claim, manifest: versions.Manifest, change: Change, touched: Collection[str]
) -> None:
    """One update with all of it."""
    less, more = _blocks(change.less), _blocks(change.more)
    said = state.said_of(manifest, touched)
    if manifest.parent:
        former = state.of_version(manifest.parent)
        less += (
            f"GRAPH <{STORE}> {{ <{STORE}> <{OURS}version> {literal(manifest.parent)} . "
            f"<{former}> <{OURS}graphs> ?graphs }} "
        )
    more += f"GRAPH <{STORE}> {{ <{STORE}> <{OURS}version> {literal(manifest.version)} .\n{said} }}"
    begin = f"DELETE {{ {less} }}\n" if less else ""
    text = f"{begin}INSERT {{ {more} }}\nWHERE {{ {condition(manifest.parent, claim)} }}"
    failure, found = _sent(requests, claim, text, manifest.version)
    if found != manifest.version:
        raise _unwritten(manifest, failure, found)


def condition(parent: str | None, claim: Claim) -> str:
    """The pattern that fits where the engine has the version, None for none, and the claim is held; else not at all."""
    if parent is None:
        return f"{claim.held()} FILTER NOT EXISTS {{ GRAPH <{STORE}> {{ <{STORE}> <{OURS}version> ?any }} }}"
    return (
        f"GRAPH <{STORE}> {{ <{STORE}> <{OURS}version> {literal(parent)} . "
        f"<{state.of_version(parent)}> <{OURS}graphs> ?graphs }} {claim.holds()}"
    )


def _blocks(lines: dict[str, list[str]]) -> str:
    return "".join(
        f"GRAPH <{graph}> {{\n{chr(10).join(statements)}\n}} " for graph, statements in lines.items() if statements
    )


def _sent(requests: Requests, claim: Claim, text: str, version: str) -> tuple[Problem | None, str | None]:
    """Send an update that makes a version; what failed, if anything, and which version the engine then says it has,
    whatever came back: after a failure once the claim has ended, without which the update does nothing, should it still
    be on its way."""
    failure: Problem | None = None
    try:
        requests.update(text, seconds=ONCE)
    except (EngineFailed, QueryTimeout) as problem:
        failure = problem
    until = time.monotonic() + KNOWS
    while True:
        try:
            if failure is not None:
                claim.end(max(1.0, until - time.monotonic()))
            return failure, state.said(requests)
        except (EngineFailed, QueryTimeout) as problem:
            if time.monotonic() >= until:
                message = f"it is not known whether this was written; it was if the version is {version}"
                raise EngineFailed(f"{message}: {problem}") from None
            time.sleep(0.2)


def _unwritten(manifest: versions.Manifest, failure: Problem | None, found: str | None) -> Problem:
    """Why the engine has another version than this one."""
    if failure is not None and found == manifest.parent:
        return failure
    return WriteConflict(manifest.parent or "none", found or "none")


def _present(requests: Requests) -> str | None:
    with suppress(NothingPublished):
        return state.present(requests)
    return None


def _staged(
    requests: Requests, claim: Claim, manifest: versions.Manifest, after: Path, touched: Collection[str]
) -> None:
    """Stage the graphs that were touched, and put them in place."""
    database = ox.Store.read_only(str(after))
    moves, drops = list[tuple[str, str, int]](), list[str]()
    run = uuid.uuid4()  # equal versions have equal names, and what is late of another run is none of this one's
    for number, graph in enumerate(sorted(touched)):
        if graph not in manifest.graphs or not manifest.graphs[graph].triples:  # known, but with nothing left in it
            drops.append(named(graph))
            continue
        staged = f"{OURS}staged:{manifest.version}:{run}:{number}"
        batches = _batches(requests.engine.particular, database, graph)
        moves.append((named(graph), staged, _stage(requests, staged, batches)))
    told = {"parent": manifest.parent, "moves": moves, "drops": drops}
    parent = f"GRAPH <{STORE}> {{ <{STORE}> <{OURS}version> {literal(manifest.parent or '')} }}"
    begin = f"DELETE {{ {parent} }} " if manifest.parent else ""
    loading = f"{LOADING}{manifest.version}"
    text = (
        f"{begin}INSERT {{ GRAPH <{STORE}> {{ "
        f"<{STORE}> <{OURS}version> {literal(loading)} . <{STORE}> <{OURS}loading> {literal(json.dumps(told))} .\n"
        f"{state.said_of(manifest, touched)} }} }} WHERE {{ {condition(manifest.parent, claim)} }}"
    )
    failure, found = _sent(requests, claim, text, manifest.version)
    if found == loading:
        try:
            if failure is not None:
                raise failure
            put_in_place(requests, claim, manifest.version, told)
        except (EngineFailed, QueryTimeout) as problem:
            raise EngineLoading(manifest.version) from problem
        found = manifest.version
    with suppress(Problem):  # the next writer does it
        clear(requests, [piece for _, start, count in moves for piece in pieces(start, count)])
    if found != manifest.version:
        raise _unwritten(manifest, failure, found)


def _stage(requests: Requests, begin: str, batches: Iterator[list[str]]) -> int:
    """Stage a graph in pieces, which are put in place one by one; how many these are.

    Every piece is in the list of what is staged before it has a statement. Somebody who takes this writer for dead
    clears that list; what comes after that is removed by this writer, unless it dies then: such a piece is in no list,
    is never seen, and takes room. To insert it on the condition that the claim holds took Virtuoso four times as long
    as this or more (100,000 statements: 92 s for 20), and to look for such graphs 5 s with each write.
    """
    count, several = 0, max(1, PORTION // requests.engine.particular.batch)
    while piece := list(islice(batches, several)):
        staged = f"{begin}:{count}"
        requests.update(f"INSERT DATA {{ GRAPH <{STORE}> {{ <{STORE}> <{OURS}staged> <{staged}> }} }}", seconds=SLOW)
        for lines in piece:
            requests.update(f"INSERT DATA {{ {_blocks({staged: lines})} }}", seconds=SLOW)
        count += 1
    return count


def _batches(dialect: Dialect, database: ox.Store, graph: str) -> Iterator[list[str]]:
    quads = database.quads_for_pattern(None, None, None, ox.NamedNode(graph) if graph else ox.DefaultGraph())
    every = (line(dialect, quad, graph) for quad in quads)
    while batch := list(islice(every, dialect.batch)):
        yield batch
