"""How the answers about many places go on: their runs all at once, and the days on which something changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from kg.control.answers import Flag, State, View
from kg.control.findings import runs_from
from kg.control.index import DEFAULT, Index
from kg.control.ledger import ACTOR_SHIFT, NEVER, REPORT, Ledger
from kg.control.names import Array, distinct, spans
from kg.control.record import Day
from kg.control.runs import Runs, is_wide
from kg.control.verdicts import STATES, flags_of, history
from kg.control.weighing import EVIDENT, UNKNOWN


@dataclass(frozen=True)
class Course:
    """Days on which the answer about a place is the same; `last` None is open.

    `possible` are the controllers that are not certain. `evident` tells whether somebody's word, not only a baseline or
    presumption, names a controller.
    """

    first: Day
    last: Day | None
    state: State
    certain: str | None = None
    possible: frozenset[str] = frozenset()
    flags: frozenset[Flag] = frozenset()
    evident: bool = False


def courses(index: Index, places: Iterable[str], view: View = DEFAULT) -> dict[str, list[Course]]:
    """The runs of places from the study start on, without what they rest on; the places in the order of their names.

    A place of which nothing is said has one, unknown. Raises ValueError for a policy that is none.
    """
    ledger = index.ledger
    told: dict[str, list[Course]] = {place: [] for place in sorted(set(places))}
    numbers = {place: ledger.places.number(place) for place in told}
    wide = is_wide(ledger)
    narrow = np.array(sorted(number for number in numbers.values() if number >= 0 and not wide[number]), np.int64)
    for place, course in _read(index, *_runs(index, narrow, view)):
        told[place].append(course)
    for place, number in numbers.items():
        if number < 0:
            told[place] = [Course(ledger.study_start, None, "unknown")]
        elif wide[number]:
            told[place] = [
                Course(run.first, run.last, run.state, run.certain, run.possible, run.flags, bool(run.certain))
                for run in history(ledger, place, view)
            ]
    return told


def changes(index: Index, view: View = DEFAULT) -> list[Day]:
    """Every day on which the state or a controller of some place is another than the day before, in order.

    A day on which only flags change is none. Places with more actors than a machine word has room for are left out.
    """
    found, at = _runs(index, np.flatnonzero(~is_wide(index.ledger)), view)
    return [int(day) for day in np.unique(found.first[at][_changed(found, at)])]


class Takeover(NamedTuple):
    """On `day` a place is certainly held by another than it last certainly was; `back` where the same once held it."""

    place: str
    day: Day
    before: str
    after: str
    back: bool


def takeovers(index: Index, places: Array, view: View = DEFAULT) -> list[Takeover]:
    """Every day on which one of the places, given by their numbers (-1: of which nothing is said), gets another certain
    holder; by place and day. Who is the first is none."""
    ledger = index.ledger
    numbers = np.unique(places[places >= 0])
    wide = is_wide(ledger)[numbers]
    found, at = _runs(index, numbers[~wide], view)
    at = at[found.certain[at] != 0]
    place, sure = found.place[at], found.certain[at]
    same = np.zeros(len(at), bool)
    same[1:] = place[1:] == place[:-1]
    turned = np.flatnonzero(same & (sure != np.roll(sure, 1)))
    _, first, pair = np.unique(np.stack([place, sure]).astype(np.int64), axis=1, return_index=True, return_inverse=True)
    told = []
    for number in turned.tolist():
        here = int(place[number])
        before, after = (_sole(ledger, here, int(sure[each])) for each in (number - 1, number))
        back = bool(first[pair.reshape(-1)[number]] < number)
        told.append(Takeover(ledger.places[here], int(found.first[at[number]]), before, after, back))
    for name in (ledger.places[number] for number in numbers[wide].tolist()):
        had = list[str]()
        for run in history(ledger, name, view):
            if run.certain and had and run.certain != had[-1]:
                told.append(Takeover(name, run.first, had[-1], run.certain, run.certain in had))
            had += [run.certain] if run.certain else []
    return sorted(told)


def _sole(ledger: Ledger, place: int, members: int) -> str:
    """The one actor in a set of holders."""
    (actor,) = _named(ledger, place, members)
    return actor


def _named(ledger: Ledger, place: int, members: int) -> frozenset[str]:
    """The actors in a set of holders of a place, given by its number."""
    start, rest = int(ledger.holder_start[place]), members >> ACTOR_SHIFT
    bits = (bit for bit in range(rest.bit_length()) if rest >> bit & 1)
    return frozenset(ledger.actors[int(ledger.holder_actor[start + bit])] for bit in bits)


def told_first(index: Index, view: View, most: int) -> list[str]:
    """Places of which anything is said, at most so many: those whose state or controllers change first."""
    ledger = index.ledger
    wide = is_wide(ledger)
    found, at = _runs(index, np.flatnonzero(~wide), view)
    place, first = found.place[at].astype(np.int64), found.first[at].astype(np.int64)
    told = np.zeros(len(ledger.places), bool)
    told[place[(found.state[at] != UNKNOWN) | (found.flags[at] & EVIDENT - 1 != 0)]] = True
    told |= wide
    day = np.full(len(ledger.places), NEVER, np.int64)
    np.minimum.at(day, place[_changed(found, at)], first[_changed(found, at)])
    order = np.flatnonzero(told)[np.argsort(day[told], kind="stable")]
    return [ledger.places[number] for number in order[:most].tolist()]


def last_told(index: Index, place: str, first: Day, last: Day) -> Day | None:
    """The last of some days on which, as anybody tells to the day, a place changed hands; None where nobody does."""
    ledger = index.ledger
    number = ledger.places.number(place)
    if number < 0:
        return None
    begin, end = ledger.row_start[number : number + 2].tolist()
    lo, hi, traits = (column[begin:end] for column in (ledger.lo, ledger.hi, ledger.traits))
    days = hi[(lo == hi) & (hi >= first) & (hi <= last) & (traits & REPORT == 0)]
    return int(days.max()) if len(days) else None


def _changed(found: Runs, at: Array) -> Array:
    """Of some runs those that have another state, or other controllers, than the one before of the same place."""
    differs = np.zeros(len(at), bool)
    for column in (found.state[at], found.certain[at], found.controllers[at]):
        differs[1:] |= np.asarray(column[1:] != column[:-1], bool)
    differs[1:] &= np.asarray(found.place[at][1:] == found.place[at][:-1], bool)
    return differs


def _runs(index: Index, places: Array, view: View) -> tuple[Runs, Array]:
    """Runs, and which of them are those of the places, none of which is wide, given in order by their numbers."""
    found, lower, upper = runs_from(index, places, view)
    return found, spans(lower, upper - lower + 1)


def _read(index: Index, found: Runs, at: Array) -> Iterator[tuple[str, Course]]:
    """The courses that some of the runs stand for, each with its place."""
    ledger = index.ledger
    places = ledger.places.spelled(distinct(found.place[at].astype(np.int64)))
    actors: dict[tuple[int, int], frozenset[str]] = {}

    def named(place: int, members: int) -> frozenset[str]:
        if (place, members) not in actors:
            actors[place, members] = _named(ledger, place, members)
        return actors[place, members]

    names = ("place", "first", "state", "flags", "certain", "controllers")
    rows = list(zip(*(getattr(found, name)[at].tolist() for name in names), strict=True))
    for number, (place, first, state, flags, certain, controllers) in enumerate(rows):
        goes_on = number + 1 < len(rows) and rows[number + 1][0] == place
        sure = named(place, certain)
        yield (
            places[place],
            Course(
                first,
                rows[number + 1][1] - 1 if goes_on else None,
                STATES[state],
                next(iter(sure), None),
                named(place, controllers) - sure,
                flags_of(flags & EVIDENT - 1),
                bool(flags & EVIDENT),
            ),
        )
