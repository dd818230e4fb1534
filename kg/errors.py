"""Every condition that `kg` raises on purpose, in one tree.

    Problem
    ├── BadDate            a date that is no EDTF of the subset we accept
    │   └── Backwards          one that ends before it begins
    ├── BadFile            a file that cannot be read as what it should be: file, line, reason
    ├── BadMapping         a mapping file that cannot be used: where in it, what is wrong
    ├── UnknownDataset     no data set has this name: those that there are
    ├── Refused            data that breaks a shape or a check: the violations
    ├── UnknownEntity      an IRI about which no graph says anything
    ├── BadClaim           a claim that cannot be added as it was filled in: the fields, and what is wrong with each
    ├── ClaimConflict      a claim that does not fit what is in the record already
    ├── UnknownName        no place, actor or source has this name: the nearest ones
    ├── AmbiguousName      several places, actors or sources have this name: all of them
    ├── NoWorkers          nobody is there to share work with: the scheduler, and why
    ├── BadReview          a review of links that cannot be taken as it is: the lines, and what is wrong with each
    ├── ElsewhereFailed    another service did not answer, or with nothing that can be used
    ├── BadQuestion        a part of a question that is not accepted: which, and what is
    ├── StoreProblem
    │   ├── StoreUnreadable    the directory is no store, or damaged
    │   ├── NothingPublished   the store has no version yet
    │   ├── UnknownVersion     no version of that name was ever published
    │   ├── VersionGone        it was published, and is no longer kept
    │   ├── NoStudyStart       no data set says from which day on questions about control are answered
    │   ├── StoreLocked        another writer holds the lock
    │   │   (these are in `kg.engine_errors`)
    │   ├── EngineFailed       the engine that has the data does not answer, or with nothing that can be used
    │   ├── EngineLoading      a load is being put in place there, and until then nothing is answered
    │   ├── VersionMoved       another version was published while this was answered
    │   └── WriteConflict      another version was published while a write was computed
    └── QueryProblem
        ├── QuerySyntax        the text is no SPARQL: message, line, column
        ├── QueryReachesOut    it asks another service, which is not allowed here
        ├── ServiceFailed      a service that it asks gave no answer that can be used
        ├── QueryFailed        the engine could not evaluate it
        ├── QueryTimeout       not finished within its deadline
        ├── QueryDied          it ended its process (memory, nesting)
        ├── QueryCancelled     somebody ended it by its name
        ├── ResultTooLarge     the answer is larger than the limit
        ├── NoSuchForm         the answer has no form among those asked for
        └── PoolBusy           no process free within the waiting time

A condition says what was wrong, where, and what is accepted; it knows no status code (the server translates it once).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kg.findings import Candidate as Candidate
from kg.findings import FieldFault as FieldFault
from kg.findings import Violation as Violation


class Problem(Exception):
    """Anything that `kg` raises on purpose; `str()` of it is a sentence for the person who gets it."""

    def __reduce__(self) -> tuple[Callable[..., Problem], tuple[type[Problem], tuple[Any, ...], dict[str, Any]]]:
        """How a condition gets from one process to another: as it is, its constructor is not called again."""
        return _again, (type(self), self.args, self.__dict__)


def _again(kind: type[Problem], arguments: tuple[Any, ...], members: dict[str, Any]) -> Problem:
    problem = kind.__new__(kind)
    problem.args = arguments
    problem.__dict__.update(members)
    return problem


class BadDate(Problem):
    """A text that is no date of the EDTF subset in `kg.dates`; the message says what is accepted."""


class Backwards(BadDate):
    """A window or an extent that ends before it begins: a date that was understood, and cannot be."""


class BadFile(Problem):
    """A file that cannot be read: `file`, `line` (1-based, None where unknown) and `reason`."""

    def __init__(self, file: str, line: int | None, reason: str) -> None:
        self.file, self.line, self.reason = file, line, reason
        super().__init__(f"{file}:{line}: {reason}" if line else f"{file}: {reason}")


class BadMapping(Problem):
    """A mapping file, or an option in its place, that cannot be used: `where` is the table or the key in it."""

    def __init__(self, where: str, reason: str) -> None:
        self.where = where
        super().__init__(f"mapping, {where}: {reason}" if where else f"mapping: {reason}")


class UnknownDataset(Problem):
    """No data set of this `name` is described in the store; `known` are those that are."""

    def __init__(self, name: str, known: list[str]) -> None:
        self.name, self.known = name, known
        there = f"there are {', '.join(known)}" if known else "there is none"
        super().__init__(
            f"no data set is called {name!r}; {there}. `kg dataset new {name}` writes one, `kg load` loads it"
        )


class NoWorkers(Problem):
    """Nobody is there to share work with; the message says where (a scheduler, or this machine), and why."""


class Refused(Problem):
    """Data that breaks shapes or checks; nothing of it was written. `violations` has every finding."""

    def __init__(self, violations: list[Violation]) -> None:
        self.violations = violations
        noun = "violation" if len(violations) == 1 else "violations"
        super().__init__("\n".join([f"refused, nothing was written: {len(violations)} {noun}", *map(str, violations)]))


class UnknownEntity(Problem):
    """Nothing in the store describes or mentions this IRI."""

    def __init__(self, iri: str) -> None:
        self.iri = iri
        super().__init__(f"nothing is known of <{iri}>")


class BadClaim(Problem):
    """A claim that cannot be added as it was filled in; nothing was written. `faults` has every finding."""

    def __init__(self, faults: list[FieldFault]) -> None:
        self.faults = faults
        super().__init__("\n".join(["nothing was written, because of what was filled in", *map(str, faults)]))


class ClaimConflict(Problem):
    """A claim, or a source, that does not fit what is in the record already as `iri`; nothing was written."""

    def __init__(self, iri: str, message: str) -> None:
        self.iri = iri
        super().__init__(message)


class UnknownName(Problem):
    """No thing of `kind` (place, actor, source) has the name; `nearest` are those whose names are most like it."""

    def __init__(self, kind: str, name: str, nearest: list[Candidate]) -> None:
        self.kind, self.name, self.nearest = kind, name, nearest
        near = f"; the nearest are {', '.join(map(str, nearest))}" if nearest else ""
        super().__init__(f"there is no {kind} {name!r}{near}; accepted are an IRI, a CURIE or a slug")


class AmbiguousName(Problem):
    """Several things of `kind` have the name: `candidates`."""

    def __init__(self, kind: str, name: str, candidates: list[Candidate]) -> None:
        self.kind, self.name, self.candidates = kind, name, candidates
        super().__init__(f"{len(candidates)} {kind}s are called {name!r}: {', '.join(map(str, candidates))}")


class BadQuestion(Problem):
    """A value of a `parameter` of a question that is not accepted; the message says what is."""

    def __init__(self, parameter: str, value: str, accepted: str) -> None:
        self.parameter, self.value = parameter, value
        super().__init__(f"{parameter}={value!r}: {accepted}" if value else f"{parameter}: {accepted}")


class BadReview(Problem):
    """A review of links that cannot be taken as it is; nothing was written. `faults` are lines of it (1-based, None for
    the whole), each with what is wrong and what is accepted."""

    def __init__(self, file: str, faults: list[tuple[int | None, str]]) -> None:
        self.file, self.faults = file, faults
        told = [f"{file}:{line}: {message}" if line else f"{file}: {message}" for line, message in faults]
        super().__init__("\n".join(["nothing was written, because of the review", *told]))


class ElsewhereFailed(Problem):
    """Another service did not answer, or with nothing that can be used. `again` is whether it is worth to come again,
    `after` how many seconds it asks to wait."""

    def __init__(self, message: str, *, again: bool = False, after: float = 0.0) -> None:
        self.again, self.after = again, after
        super().__init__(message)


class StoreProblem(Problem):
    """The store itself cannot do what was asked."""


class StoreUnreadable(StoreProblem):
    """The location is no store of ours, or a part of it is missing or damaged."""


class NothingPublished(StoreProblem):
    """The store has no version yet."""


class UnknownVersion(StoreProblem):
    """No version of this name was ever published here; `version` is the name, `present` the published one."""

    def __init__(self, version: str, present: str) -> None:
        self.version, self.present = version, present
        super().__init__(f"there never was a version {version} here; the present one is {present}")


class VersionGone(StoreProblem):
    """The version of this name was published and is no longer kept; `present` is the published one."""

    def __init__(self, version: str, present: str) -> None:
        self.version, self.present = version, present
        super().__init__(f"the version {version} is no longer kept; the present one is {present}")


class NoStudyStart(StoreProblem):
    """The published version has no data set with `kg:studyStart`, so no question about control has an answer."""

    def __init__(self) -> None:
        super().__init__(
            "no data set says by kg:studyStart from which day on questions about control are answered; load one that "
            "does (data/dataset.ttl shows how)"
        )


class StoreLocked(StoreProblem):
    """Another process is writing; one writer at a time."""


class QueryProblem(Problem):
    """A query that got no answer."""


class QuerySyntax(QueryProblem):
    """The text is no SPARQL query; `line` and `column` are 1-based, None where the parser named no position."""

    def __init__(self, message: str, line: int | None = None, column: int | None = None) -> None:
        self.line, self.column = line, column
        super().__init__(message)


class QueryReachesOut(QueryProblem):
    """The text has `SERVICE` or `LOAD`, which would make the engine ask another service that it may not ask."""


class ServiceFailed(QueryProblem):
    """A service that the query asks (`endpoint`) gave no answer that can be used; `remote_status` is its HTTP status,
    None where none came."""

    def __init__(self, endpoint: str, remote_status: int | None, message: str) -> None:
        self.endpoint, self.remote_status = endpoint, remote_status
        super().__init__(message)


class QueryFailed(QueryProblem):
    """The engine could not evaluate the query; the message is the engine's."""


class QueryTimeout(QueryProblem):
    """The query was not finished within its deadline (`seconds`) and was ended."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(f"the query was ended after {seconds:g} s, its deadline; ask for less, or add a LIMIT")


class QueryDied(QueryProblem):
    """The query ended the process that ran it: too deeply nested, or more memory than it may use."""


class QueryCancelled(QueryProblem):
    """Somebody ended the query by its name (`kg.store.pool.Pool.cancel`)."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"the query {name} was cancelled")


class ResultTooLarge(QueryProblem):
    """The answer is larger than `limit` bytes, or than an engine answers, which `reason` says."""

    def __init__(self, limit: int, reason: str = "") -> None:
        self.limit = limit
        reason = reason or f"the answer is larger than {limit:,} bytes, the limit"
        super().__init__(f"{reason}; add a LIMIT or ask in parts")


class NoSuchForm(QueryProblem):
    """The query answers with `kind` (solutions, boolean or graph), and no form for that was asked for."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        super().__init__(f"this query answers with {kind}, for which no accepted format was named")


class PoolBusy(QueryProblem):
    """Every process was busy for as long as a query may wait; `retry_after` is in seconds."""

    def __init__(self, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(f"all query processes are busy; try again in {retry_after} s")
