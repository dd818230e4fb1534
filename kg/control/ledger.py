"""What is said of each place as columns: the part of the index that is the same for every view."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from kg.control.names import Array, Names

# What a row says of the holder, and what it says of the time before: `kind` is one plus eight times the other.
HELD, NOT, CONTESTED, NOT_CONTESTED, PARTS = range(5)
NO_BEFORE, ANYTHING, WAS_HELD, WAS_NOT = range(4)
# `traits` of a row.
WEAK, DENIAL, TOLD, REPORT, CENTRE, WHOLE = 1, 2, 4, 8, 16, 32

NEVER = 1 << 22
"""A day after all days: no end is known."""
OTHER, CONTEST = 1, 2
"""The bits of a set of holders that stand for somebody unnamed and for "contested"; those of actors follow."""
ACTOR_SHIFT = 2
WIDEST = 60
"""Actors that a set of holders in one machine word has room for."""


@dataclass(frozen=True, eq=False)
class Ledger:
    """Rows sorted by (place, source, claimant, lo, hi), with all that weighs them. -1 stands for nobody, or none.

    A *row* is what one claim of one voice says of one place, its window cut to what was known when it was said; plans
    have none. What is said of an entire area, the place `around`, is a row of every place within too. `who`,
    `was` (the holder before) and `presumed` are numbers among the actors of the place, its *holders*
    (`holder_actor[holder_start[place] : holder_start[place + 1]]`). `group` numbers what one voice tells of one
    occurrence at one place, if that is more than one row.
    """

    study_start: int
    places: Names
    actors: Names
    sources: Names
    claims: Names
    baselines: Names
    row_start: Array
    holder_start: Array
    holder_actor: Array
    # rows
    claim: Array
    claimant: Array
    lo: Array
    hi: Array
    group: Array
    around: Array
    kind: Array
    traits: Array
    who: Array
    was: Array
    presumed: Array
    # pairs that belong to rows, sorted by row
    party_row: Array
    party_holder: Array
    heir_row: Array
    heir_holder: Array
    self_row: Array
    self_holder: Array
    later_row: Array
    earlier_row: Array
    # claims of each group
    member_start: Array
    member_claim: Array
    # claims; `undated` where neither it nor its source says when it was made; `instants` are microseconds since 1970,
    # of which `recorded` and `retired` are numbers
    claim_source: Array
    said: Array
    undated: Array
    recorded: Array
    retired: Array
    instants: Array
    superseded: Array
    superseder: Array
    # sources
    knowledge: Array
    derived: Array
    ancestor: Array
    # which place lies in which: the number of the inner one times the number of places, plus that of the outer one
    nesting: Array
    # baselines of each place
    baseline_start: Array
    baseline: Array
    baseline_holder: Array
    baseline_first: Array
    baseline_last: Array
    baseline_size: Array


def columns(ledger: Ledger) -> dict[str, Array]:
    """All columns by name; a table of names is two."""
    found: dict[str, Array] = {"study_start": np.array([ledger.study_start])}
    for each in fields(ledger):
        value = getattr(ledger, each.name)
        if isinstance(value, Names):
            found |= {f"{each.name}-text": value.text, f"{each.name}-ends": value.ends}
        elif isinstance(value, np.ndarray):
            found[each.name] = value
    return found


def of_columns(named: Mapping[str, Array]) -> Ledger:
    """The ledger that has these columns."""
    found: dict[str, object] = {"study_start": int(named["study_start"][0])}
    for each in fields(Ledger):
        if each.type == "Names":
            found[each.name] = Names(named[f"{each.name}-text"], named[f"{each.name}-ends"])
        elif each.type == "Array":
            found[each.name] = named[each.name]
    return Ledger(**found)  # type: ignore[arg-type]


def save(named: Mapping[str, Array], directory: Path) -> None:
    """Write columns into a directory, which is made if it is missing, a file for each."""
    directory.mkdir(parents=True, exist_ok=True)
    for name, column in named.items():
        np.save(directory / f"{name}.npy", column)


def open_ledger(directory: Path) -> Ledger:
    """The ledger whose columns were saved in a directory, mapped into memory."""
    return of_columns({path.stem: mapped(path) for path in directory.iterdir() if not path.name.startswith("run-")})


def mapped(path: Path) -> Array:
    """One column, mapped into memory as a plain array."""
    column: Array = np.load(path, mmap_mode="r")
    return column.view(np.ndarray)
