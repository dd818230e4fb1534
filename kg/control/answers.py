"""Questions about control, and their answers (docs/control.md)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple, get_args

from kg.control.record import Day

State = Literal["controlled", "possible", "contested", "disputed", "unknown"]
Certainty = Literal["certain", "possible"]
Flag = Literal["disputed", "contested", "partial", "baseline", "presupposed", "carried", "self-claimed"]
Reason = Literal["outdated", "outrun", "less specific", "overruled", "not newest"]
Policy = Literal["default", "every-word", "majority", "newest", "two-independent", "confirmed"]

POLICIES: tuple[Policy, ...] = get_args(Policy)


@dataclass(frozen=True)
class View:
    """What is listened to: everything said by the day `known` (None: ever), recorded by `recorded` (None: now), in
    `sources` (None: all), weighed by a policy, with or without the baselines."""

    known: Day | None = None
    recorded: datetime | None = None
    sources: frozenset[str] | None = None
    policy: str = "default"
    baseline: bool = True


@dataclass(frozen=True)
class Stay:
    """The spell of one controller: inclusive days; None where there is no such day, or no known end."""

    certainty: Certainty
    possible_from: Day | None = None
    certain_from: Day | None = None
    certain_until: Day | None = None
    possible_until: Day | None = None
    interrupted: bool = False


@dataclass(frozen=True)
class Unheard:
    """A voice that was dropped, and why; `claimant` is None for the source's own."""

    claimant: str | None
    source: str
    reason: Reason


@dataclass(frozen=True)
class Verdict:
    """Who held a place on a day, or throughout days: state, controllers, flags, who it was not, and on what it rests.

    `because` names claims and baselines; `undated` those of the claims of which nobody says when they were made,
    neither they nor their source; `conflicts` pairs of claims that share no holder, or, where the heard ones
    only together leave nobody, all of them as one group. `runs` are the spans of an interval's answer (first day, last
    day, verdict of each), empty for a single day.
    """

    place: str
    first: Day
    last: Day
    state: State
    controllers: dict[str, Stay] = field(default_factory=dict)
    flags: frozenset[Flag] = frozenset()
    excluded: frozenset[str] = frozenset()
    because: frozenset[str] = frozenset()
    conflicts: tuple[frozenset[str], ...] = ()
    unheard: frozenset[Unheard] = frozenset()
    runs: tuple[Run, ...] = ()
    undated: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Run:
    """Days on which the record of one place is the same; `last` None is open."""

    place: str
    first: Day
    last: Day | None
    state: State
    certain: str | None = None
    possible: frozenset[str] = frozenset()
    excluded: frozenset[str] = frozenset()
    flags: frozenset[Flag] = frozenset()
    because: frozenset[str] = frozenset()


class Counts(NamedTuple):
    """Of a set of places, how many an actor certainly holds, how many certainly or possibly, and of how many more
    there is no evidence that it does not."""

    certain: int
    possible: int
    without_evidence: int
