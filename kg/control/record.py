"""What is said about control: sources, events, claims, baselines, as plain values that the engine reads.

A day is an integer, `date.toordinal()`; None is an open bound. Everything else is named by its IRI (in tests by any
text). The terms are those of docs/control.md, section 1.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Day = int
Window = tuple[Day | None, Day | None]
"""The first and the last day on which something may have happened."""
Stance = Literal["Reports", "Announces", "Confirms", "Alleges", "Denies"]
Extent = Literal["Whole", "EntireArea", "Centre", "SomeParts"]


@dataclass(frozen=True)
class Source:
    """A document or a data set: when it was published (None: undated), the last day its content knows of (None: the
    day it was published), the sources it derives from, and the two actors of a two-sided account."""

    published: Day | None = None
    knowledge: Day | None = None
    derived_from: tuple[str, ...] = ()
    sides: tuple[str, ...] = ()


@dataclass(frozen=True)
class Event:
    """A change of control (`report` false) or a state report (true).

    A change goes `to` and `from_` actors, of which one may be unstated; a report says who holds, in `to`. Where
    `parties` are named, or `contested` is true, the place became or is contested. `presumed_heir` is who is presumed
    after a withdrawal, by claims that assume it.
    """

    places: tuple[str, ...]
    report: bool = False
    to: str | None = None
    from_: str | None = None
    parties: tuple[str, ...] = ()
    contested: bool = False
    when: Window = (None, None)
    extent: Extent = "Whole"
    follows: tuple[str, ...] = ()
    same_occurrence: tuple[str, ...] = ()
    presumed_heirs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Claim:
    """One claim about events: its source, its stance, who is quoted (none: the source itself, the narrator; each of
    several is a voice), when it was said (`stated`, its window; None: when the source was published), which window it
    gives for the events instead of theirs, when it was recorded and retired, and which claims it supersedes."""

    source: str
    about: tuple[str, ...]
    stance: Stance
    claimants: tuple[str, ...] = ()
    stated: Window | None = None
    states_when: Window | None = None
    recorded: datetime | None = None
    retired: datetime | None = None
    supersedes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Baseline:
    """Who is presumed to hold places of which nothing is said, from a day to a day, both inclusive."""

    places: tuple[str, ...]
    holder: str
    first: Day | None = None
    last: Day | None = None


@dataclass(frozen=True)
class Record:
    """Everything that is said, by name, with what the rules need of places and actors.

    `within` names, for a place, the places it lies in; `organ_of`, for an actor, whose organ it is.
    """

    study_start: Day
    within: dict[str, tuple[str, ...]] = field(default_factory=dict)
    organ_of: dict[str, str] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    events: dict[str, Event] = field(default_factory=dict)
    claims: dict[str, Claim] = field(default_factory=dict)
    baselines: dict[str, Baseline] = field(default_factory=dict)
