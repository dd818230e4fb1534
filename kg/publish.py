"""The one place that turns a write into a version."""

from __future__ import annotations

import hashlib
import tempfile
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kg import described, files, news, validate
from kg.control import publishing as control
from kg.control.reading import DERIVED
from kg.derive import publishing as networks
from kg.errors import BadFile, NothingPublished, Refused, Violation
from kg.store import versions
from kg.store.answer import Account
from kg.store.candidate import Candidate
from kg.store.embedded import Store
from kg.workers import Each, here


@dataclass(frozen=True)
class Loaded:
    """What a load did: the version that is published now, and the triples of each graph it wrote (none: no change).

    `unshaped` are those of them that are too large for the shapes (`kg.validate.SHAPED`); the checks saw them."""

    version: str
    written: dict[str, int]
    unshaped: dict[str, int] = field(default_factory=dict)


def load(
    store: Store,
    paths: Sequence[Path],
    *,
    who: str,
    graph: str | None = None,
    replace_edited: bool = False,
    each: Each = here,
    progress: Callable[[str], None] = lambda _: None,
) -> Loaded:
    """Load Turtle files, each in place of its graph (`kg.files.graph_of`, or `graph`), as one version.

    A file whose bytes are the ones its graph was loaded from is no write; where all are, nothing happens at all.
    Everything is checked before it is published. A graph that other writes changed since it was loaded is replaced
    only where `replace_edited` allows it. Conclusions are drawn by `each` (`kg.workers`). `progress` is called with a
    word about each step as it begins.
    Raises BadFile (file and line), Refused (all violations), StoreLocked, StoreUnreadable; then nothing was written.
    """
    digests = {path: hashlib.sha256(_read(path)).hexdigest() for path in paths}
    targets = {path: graph or files.graph_of(path) for path in paths}
    _one_file_a_graph(targets)
    for path, target in targets.items():
        if target.startswith(DERIVED):
            raise BadFile(str(path), None, f"goes into <{target}>; what is under <{DERIVED}> follows from other graphs")
    with suppress(NothingPublished):
        graphs = store.manifest().graphs
        if not any(_differs(graphs.get(targets[path]), digest) for path, digest in digests.items()):
            return Loaded(store.version(), {})
    with store.candidate() as candidate:
        written = {}
        for path in paths:
            if _differs(candidate.graphs.get(targets[path]), digests[path]):
                _refuse_edited(candidate, path, targets[path], replace_edited)
                progress(f"reading {path.name}")
                # read once more, one at a time: together the files may be larger than memory
                written[targets[path]] = candidate.replace(targets[path], _read(path), str(path))
                if not written[targets[path]]:
                    raise BadFile(str(path), None, "has no statements; a graph is taken away by `DROP GRAPH`")
        if not written:  # another writer loaded the same while we waited for the lock
            return Loaded(store.version(), {})
        return _loaded(store, candidate, written, {targets[path]: path for path in paths}, who, progress, each)


def ingest(
    store: Store, graph: str, parts: Sequence[Path], *, file: str, digest: str, who: str, shaped: bool,
    each: Each = here, progress: Callable[[str], None] = lambda _: None,
) -> Loaded:  # fmt: skip
    """Put what a reader made (`kg.ingest`) in place of a graph, as one version, checked as `load` checks; by the shapes
    only where it is `shaped`, because what a reader wrote itself has the form that it gives it.

    `parts` are Turtle files, which were made from `file`; `digest` stands for all that they depend on, and where the
    graph has it already, nothing happens. Raises what `load` raises.
    """
    with store.candidate() as candidate:
        if graph in candidate.graphs and candidate.graphs[graph].sha256 == digest:
            return Loaded(store.version(), {})
        progress("loading")
        written = {graph: candidate.fill(graph, parts, file, digest)}
        return _loaded(store, candidate, written, {}, who, progress, each, shaped=shaped)


def _loaded(
    store: Store, candidate: Candidate, written: dict[str, int], sources: validate.Texts, who: str,
    progress: Callable[[str], None], each: Each, *, shaped: bool = True,
) -> Loaded:  # fmt: skip
    """Check, conclude and publish what was written. Raises Refused."""
    progress("checking")
    candidate.tidy()  # the checks look at every term, which takes half the time where tables are in order
    unshaped = validate.too_large(candidate, written) if shaped else written
    violations = validate.check(candidate, sorted(written.keys() - unshaped.keys()), sources)
    if violations:
        raise Refused(violations)
    progress("drawing conclusions")
    concluded = control.conclude(candidate, candidate.changed, candidate.nodes, each)
    networks.conclude(candidate, concluded, candidate.changed, each)
    described.keep_loaded(candidate)
    progress("putting in order")
    candidate.tidy()
    progress("publishing")
    candidate.news = news.of_load(store, candidate, written)
    return Loaded(candidate.publish(who), written, unshaped)


def conclude(store: Store, *, who: str, each: Each = here, progress: Callable[[str], None] = lambda _: None) -> str:
    """Draw all conclusions of the published version anew, with the index, and publish them as a version; its name.

    That gives what is there already, unless the rules are others now, or what lies beside the database was lost.
    Raises NothingPublished, StoreLocked, StoreUnreadable, NoWorkers; then nothing was written.
    """
    parent = store.version()
    with store.candidate() as candidate:
        progress("drawing conclusions")
        networks.conclude(candidate, control.rebuild(candidate, each), None, each)
        described.keep(candidate, None)
        progress("publishing")
        candidate.stand_for(parent)
        return candidate.publish(who)


@dataclass(frozen=True)
class Written:
    """What a write did: the version that is published now, and how many statements it added and took away in each
    graph ("" is the unnamed one); none where it changed nothing, and then the version is the one from before.

    `unshaped` are the graphs that are too large for the shapes (`kg.validate.SHAPED`) and of which too much changed to
    apply them to that alone, with their triples; the checks saw them."""

    version: str
    added: dict[str, int]
    removed: dict[str, int]
    unshaped: dict[str, int] = field(default_factory=dict)


def write(
    store: Store,
    steps: Sequence[dict[str, Any]],
    *,
    who: str,
    base: str | None = None,
    prefixes: Mapping[str, str] | None = None,
    seconds: float | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Written:
    """Apply updates and graph store operations (`kg.store.writer.apply` says how a step looks) as one version.

    They run in a child process under the limits of queries. `base` resolves relative IRIs of updates, and `prefixes`
    may be used in them undeclared. What they change is checked before it is published. `progress` is called with a
    word about each step as it begins, the first when it is this writer's turn.
    Raises QueryProblem, Refused, StoreLocked, StoreUnreadable; then nothing was written.
    """
    once = uuid.uuid4().hex  # the same text may write something else each time: UUID(), NOW()
    context = {"base_iri": base, "prefixes": dict(prefixes) if prefixes else None}
    with store.candidate() as candidate:
        progress("writing")
        account = candidate.apply(store.pool, steps, context, once, seconds)
        if not account:
            return Written(store.version() if candidate.graphs else candidate.publish(who), {}, {})
        progress("checking")
        derived = _checked(candidate, account)
        candidate.news = news.of_write(store, candidate, account)
        candidate.described = described.otherwise(account)
        described.keep(candidate, candidate.described)
        unshaped = {} if account.nodes else validate.too_large(candidate, account.whole)
        changed = account.changed if account.nodes else None
        progress("concluding")
        changed = None if derived else changed
        networks.conclude(candidate, control.conclude(candidate, changed, account.nodes), changed)
        progress("publishing")
        return Written(candidate.publish(who), account.added, account.removed, unshaped)


def rehearse(
    store: Store,
    steps: Sequence[dict[str, Any]],
    *,
    seconds: float | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> None:
    """Do what `write` does but for publishing. Raises what it does, Refused too."""
    with store.candidate() as candidate:
        progress("writing")
        account = candidate.apply(store.pool, steps, {"base_iri": None, "prefixes": None}, "", seconds)
        if account:
            progress("checking")
            _checked(candidate, account)


def _checked(candidate: Candidate, account: Account) -> bool:
    """Whether a write that may be published also took away conclusions. Raises Refused where it may not."""
    derived = _refuse_conclusions(account)
    violations = validate.check_change(candidate, account)
    if violations:
        raise Refused(violations)
    return derived


def restore(store: Store, backup: Path, *, who: str) -> str:
    """Publish what is in a backup (`Store.backup`) as the next version; its name.

    Nothing goes back: the number rises, and what was published in between stays in the journal. Raises StoreUnreadable
    where `backup` is none.
    """
    source = Store.open(backup)
    version = versions.current(source.location)
    with store.candidate(of=version) as candidate:
        candidate.stand_for(version.name)
        with suppress(NothingPublished):
            candidate.news = news.of_load(store, candidate, {*store.manifest().graphs, *candidate.graphs})
        return candidate.publish(f"{who}: restored {version.name}")


def _refuse_conclusions(account: Account) -> bool:
    """Whether a write took away conclusions together with other graphs, which is allowed: they are drawn anew.

    Raises Refused for every other write into a graph of conclusions.
    """
    derived = {name for name in (*account.added, *account.removed) if name.startswith(DERIVED)}
    if derived and (account.added.keys() & derived or derived >= {*account.added, *account.removed}):
        message = (
            "What is derived is written with each version, from the other graphs; change those, and name a graph in "
            "updates that take statements away."
        )
        raise Refused([Violation("derived", name, message, name) for name in sorted(derived)])
    return bool(derived)


def dry_run(paths: Sequence[Path], *, beside: Sequence[Path], progress: Callable[[str], None]) -> list[Violation]:
    """What `load` of `paths` would find wrong, without a store; `beside` are loaded too, and not checked.

    Of `beside`, files whose graph one of `paths` replaces are left out. Raises BadFile.
    """
    targets = {path: files.graph_of(path) for path in paths}
    _one_file_a_graph(targets)
    context = {path: files.graph_of(path) for path in beside if files.graph_of(path) not in targets.values()}
    with tempfile.TemporaryDirectory() as directory, Store.open(directory).candidate() as candidate:
        for path, graph in {**context, **targets}.items():
            progress(f"reading {path.name}")
            candidate.replace(graph, _read(path), str(path))
        progress("checking")
        return validate.check(candidate, sorted(targets.values()), {targets[path]: path for path in paths})


def _read(path: Path) -> bytes:
    try:
        text = path.read_bytes()
        text.decode()
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise BadFile(str(path), line, "not UTF-8, which Turtle has to be") from None
    except OSError as error:
        raise BadFile(str(path), None, f"cannot be read: {error.strerror}") from None
    return text


def _one_file_a_graph(targets: dict[Path, str]) -> None:
    seen: dict[str, Path] = {}
    for path, target in targets.items():
        if target in seen:
            raise BadFile(str(path), None, f"goes into <{target}>, and so does {seen[target]}: one file a graph")
        seen[target] = path


def _refuse_edited(candidate: Candidate, path: Path, graph: str, replace_edited: bool) -> None:
    record = candidate.graphs.get(graph)
    if record and record.edited and not replace_edited:
        raise BadFile(
            str(path),
            None,
            f"its graph <{graph}> was changed by other writes since it was loaded, and loading would undo them; "
            "`kg export` shows them, `kg load --replace-edited` does it all the same",
        )


def _differs(record: object, digest: str) -> bool:
    return getattr(record, "sha256", None) != digest
