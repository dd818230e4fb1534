"""What a place, and an area that roads pass, is to an actor, and since when."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kg.control.ledger import NEVER
from kg.control.names import Array
from kg.control.record import Day
from kg.derive.held import SOME_PARTS, WHOLE, Held
from kg.derive.network import Network

LOST, DOUBTFUL, SILENT, POSSIBLE, HELD = range(5)
"""What a place is to an actor: others alone are named; both are; nobody is; only it is, possibly; it holds it."""
LEVEL = np.array([0, 1, 2, 2, 3], np.uint8)
"""The level of each of these."""
FLOOR = (LOST, DOUBTFUL, SILENT, HELD)
"""The first of them that has at least each level."""
OWN = np.array([False, True, False, True, True])
"""Whether the actor, or an ally, is named in each of these."""
FREE, PARTLY, TAKEN = 3, 1, 0
"""How far an area lets a piece of road through: nobody else is said to have taken it; perhaps or parts; all of it."""
_DAYS = 1 << 22
_BITS = 20


class Course(NamedTuple):
    """How things change: from a day on the thing has this value, until its next row; sorted by thing and day.

    Before its first row a thing has the value of what nothing is told of.
    """

    thing: Array
    day: Array
    value: Array

    def at(self, day: Day, size: int, untold: int) -> Array:
        """The value of each of so many things at the end of a day."""
        found = np.full(size, untold, np.uint8)
        past = self.day <= day
        found[self.thing[past]] = self.value[past]
        return found

    def between(self, first: Day, last: Day) -> Course:
        """The rows of these days, both included."""
        return self.only((self.day >= first) & (self.day <= last))

    def only(self, mask: Array) -> Course:
        """Some of the rows."""
        return Course(self.thing[mask], self.day[mask], self.value[mask])


class Steps(NamedTuple):
    """The days on which intervals begin, become certain, cease to be, and end, sorted by place and day.

    `row` is the interval, `sign` whether it is one more or one less, `sure` whether it is about certainty. `start` is
    the first step at each step's place, `final` whether it is the last one at its place on its day.
    """

    row: Array
    place: Array
    day: Array
    sign: Array
    sure: Array
    start: Array
    final: Array


def steps(held: Held) -> Steps:
    """The steps of some intervals."""
    size = len(held)
    day = np.concatenate([held.possible_from, held.possible_until, held.certain_from, held.certain_until])
    ever = held.certain_from < held.certain_until
    kept = np.flatnonzero((day < NEVER) & np.concatenate([np.ones(2 * size, bool), ever, ever]))
    row = kept % max(1, size)
    order = np.argsort(held.place[row] * _DAYS + day[kept], kind="stable")
    kept, row = kept[order], row[order]
    place, day = held.place[row], day[kept]
    begins = np.append(True, place[1:] != place[:-1])[: len(place)]
    final = np.append((place[1:] != place[:-1]) | (day[1:] != day[:-1]), True)[: len(place)]
    kind = kept // max(1, size)
    start = np.maximum.accumulate(np.where(begins, np.arange(len(place)), 0))
    return Steps(row, place, day, np.where(kind % 2, -1, 1), kind >= 2, start, final)


def states_of(network: Network, held: Held, stepped: Steps, actor: int) -> tuple[Course, Course]:
    """What each place is to an actor, and how far each area lets it through.

    Only what the actor or an ally is named for, or others are, counts of a place; some parts of it never do. An area
    asks for others alone, and for everything that is said of them there.
    """
    friendly = np.isin(held.actor, network.side(actor))[stepped.row]
    extent = held.extent[stepped.row]
    part = extent == SOME_PARTS
    theirs, others, surely = counted(stepped, (
        friendly & ~part & ~stepped.sure, ~friendly & ~part & ~stepped.sure, friendly & ~part & stepped.sure,
    ))  # fmt: skip
    state = np.where(
        surely > 0,
        HELD,
        np.where(others == 0, np.where(theirs > 0, POSSIBLE, SILENT), np.where(theirs > 0, DOUBTFUL, LOST)),
    )
    said, wholly = counted(stepped, (~friendly & ~stepped.sure, ~friendly & stepped.sure & (extent == WHOLE)))
    passage = np.where(wholly > 0, TAKEN, np.where(said > 0, PARTLY, FREE))
    return course(stepped, state, SILENT), course(stepped, passage, FREE)


def counted(stepped: Steps, kinds: tuple[Array, ...]) -> list[Array]:
    """After each step, how many intervals of some kinds are in force at its place; right at the last one of a day."""
    packed = sum((kind.astype(np.int64) << _BITS * number for number, kind in enumerate(kinds)), np.int64(0))
    total = np.cumsum(packed * stepped.sign)
    total -= (total - packed * stepped.sign)[stepped.start]
    return [total >> _BITS * number & (1 << _BITS) - 1 for number in range(len(kinds))]


def course(stepped: Steps, value: Array, untold: int) -> Course:
    """The values after the last step of each place and day, where they differ from those before."""
    place, day, value = stepped.place[stepped.final], stepped.day[stepped.final], value[stepped.final]
    same = np.append(False, place[1:] == place[:-1])[: len(place)]
    before = np.where(same, np.append(untold, value[:-1])[: len(value)], untold)
    new = value != before
    return Course(place[new], day[new], value[new].astype(np.uint8))
