"""What follows from the record by default: the runs of places with the claims behind them, and who stayed how long.

`kg.control.writing` writes it as RDF.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from kg.control.answers import View
from kg.control.facts import Facts, Pairs
from kg.control.gathering import expanded
from kg.control.index import DEFAULT
from kg.control.ledger import ACTOR_SHIFT, NEVER, Ledger
from kg.control.names import Array, distinct
from kg.control.record import Day
from kg.control.runs import Runs, answered, cut, is_wide, joined
from kg.control.telling import SOME
from kg.control.timelines import Timelines, timelines
from kg.control.weighing import EVIDENT, F_PARTIAL, HEARD, SILENT, Weighed


@dataclass(frozen=True, eq=False)
class Conclusions:
    """The runs of some places, in order, with what they rest on, and the stays of controllers.

    `lookup` are the runs as the index has them: without those of wide places, and told apart by `EVIDENT` too.
    `claims` and `baselines` are pairs (run, claim) and (run, baseline). `stays` have a row for each stay: place, actor,
    possible from, certain from, certain until, possible until (0: no such day, `NEVER`: no end is known), whether only
    the centre is held, whether somebody heard tells that it came by a change, not only by baseline or presumption or
    that it was so; `covered` are its first and last run.
    """

    runs: Runs
    lookup: Runs
    claims: Pairs
    baselines: Pairs
    stays: Array
    covered: Array


class Part(NamedTuple):
    """What one source says from one day on of who holds parts of a place; the days as in `Conclusions.stays`."""

    place: int
    actor: int
    source: int
    first: Day
    certain_first: Day
    certain_last: Day
    last: Day
    claims: tuple[int, ...]


class Stays(NamedTuple):
    """Who held places, and parts of places, how long: the rows of `Conclusions.stays`, by the numbers of a ledger."""

    ledger: Ledger
    rows: Array
    parts: list[Part]


class Drawn(NamedTuple):
    """What is concluded about places, given in order by their numbers."""

    ledger: Ledger
    places: Array
    conclusions: Conclusions
    parts: list[Part]

    @property
    def stays(self) -> Stays:
        """Who held what how long."""
        return Stays(self.ledger, self.conclusions.stays, self.parts)


def draw(facts: Facts, ledger: Ledger, places: Array, view: View = DEFAULT) -> Drawn:
    """Conclude, as a view has it. `ledger` is gathered from `facts`."""
    return drawn(ledger, places, of_parts(facts), view)


def drawn(ledger: Ledger, places: Array, told: Array, view: View = DEFAULT) -> Drawn:
    """Conclude, as a view has it; `told` is what is said of parts of these places (`of_parts`)."""
    return Drawn(ledger, places, conclude(ledger, places, view), parts(told, ledger, places, view))


def conclude(ledger: Ledger, places: Array, view: View = DEFAULT) -> Conclusions:
    """The conclusions about places, given in order by their numbers, as a view has them."""
    wide = is_wide(ledger)
    found: list[Conclusions] = []
    size = 0
    # Sets of holders are numbers of another kind where places are wide, so that these are asked by themselves.
    for some in np.split(places, np.flatnonzero(np.diff(wide[places])) + 1):
        for heard, place, day, answers in answered(ledger, some, view, bool(wide[some].any())):
            found.append(portion(ledger, heard, place, day, answers, size))
            size += len(found[-1].runs.place)
    claims, baselines = ([getattr(each, which) for each in found] for which in ("claims", "baselines"))
    narrow = [each.lookup for each in found if each.lookup.controllers.dtype != object]
    return Conclusions(
        joined([each.runs for each in found]),
        joined(narrow or [found[0].lookup.none()]),
        (np.concatenate([each[0] for each in claims]), np.concatenate([each[1] for each in claims])),
        (np.concatenate([each[0] for each in baselines]), np.concatenate([each[1] for each in baselines])),
        np.concatenate([each.stays for each in found]),
        np.concatenate([each.covered for each in found]),
    )


def portion(ledger: Ledger, heard: Timelines, place: Array, day: Array, answers: Weighed, before: int) -> Conclusions:
    """The conclusions from the answers about some places, whose runs come after so many others."""
    runs, run = cut(place, day, replace(answers, flags=answers.flags & (EVIDENT - 1)))
    run = run + before
    words = answers.words
    question = np.repeat(words.question, np.diff(np.append(words.starts, len(words.row))))
    fate = np.repeat(words.fate, np.diff(np.append(words.starts, len(words.row))))
    used = np.flatnonzero((words.in_force | words.before) & (fate == HEARD))
    claims = unique_pairs(run[question[used]], heard.claim[words.row[used]])
    asked, which = answers.baselines
    baselines = unique_pairs(run[asked], ledger.baseline[which])
    # What is partial and nothing else rests on those who say so, though they have no word on the whole.
    bare = np.ones(len(runs.place), bool)
    bare[np.concatenate([claims[0], baselines[0]]) - before] = False
    bare &= runs.flags & F_PARTIAL != 0
    lasting = (heard.lo[words.row] <= day[question]) & (day[question] < heard.end[words.row])
    parts = np.flatnonzero(bare[run[question] - before] & (fate <= SILENT) & heard.partial[words.row] & lasting)
    if len(parts):
        more = run[question[parts]], heard.claim[words.row[parts]]
        claims = unique_pairs(*(np.concatenate(both) for both in zip(claims, more, strict=True)))
    lookup = cut(place, day, answers)[0]
    return Conclusions(runs, lookup, claims, baselines, *stays(ledger, heard, place, day, answers, run))


def unique_pairs(first: Array, second: Array) -> Pairs:
    """Pairs, each once, sorted."""
    size = int(second.max(initial=0)) + 1
    keys = distinct(first.astype(np.int64) * size + second)
    return keys // size, keys % size


def stays(
    ledger: Ledger, heard: Timelines, place: Array, day: Array, answers: Weighed, run: Array
) -> tuple[Array, Array]:
    """The stays of all controllers (`Conclusions.stays`), and the runs that each covers.

    A stay is as many days on end as the actor is among the controllers, cut where a second certain stretch begins, and
    where the centre alone, or again more than that, is held.
    """
    words = answers.words
    count = np.diff(np.append(words.starts, len(words.row)))
    question, fate = np.repeat(words.question, count), np.repeat(words.fate, count)
    centre = np.zeros_like(answers.controllers)
    at = np.flatnonzero(words.in_force & (fate == HEARD) & heard.partial[words.row])
    np.bitwise_or.at(centre, question[at], heard.names[words.row[at]] | heard.parties[words.row[at]])
    taken = np.zeros_like(answers.controllers)
    at = np.flatnonzero(words.in_force & (fate == HEARD) & heard.told[words.row])
    np.bitwise_or.at(taken, question[at], heard.names[words.row[at]])
    same = np.append(False, place[1:] == place[:-1])
    until = np.where(np.append(same[1:], False), np.append(day[1:], 0) - 1, NEVER)
    most = int(np.diff(ledger.holder_start)[place].max(initial=0))
    rows, covered = [np.zeros((0, 8), np.int64)], [np.zeros((0, 2), np.int64)]
    for number in range(most):
        bit = ACTOR_SHIFT + number
        has, sure, seat, told = (
            np.asarray(sets >> bit & 1, bool) for sets in (answers.controllers, answers.certain, centre, taken)
        )  # fmt: skip
        went = same & np.append(False, has[:-1])
        begins = has & ~(went & (seat == np.append(False, seat[:-1])))
        again = has & sure & (begins | ~np.append(False, sure[:-1]))
        # The second certain stretch of a stay, and every further one, begins another stay.
        stretches = np.cumsum(again)
        first = np.maximum.accumulate(np.where(begins, stretches - again, -1))
        begins |= again & (stretches - first > 1)
        start = np.flatnonzero(begins)
        if not len(start):
            continue
        stay = (np.cumsum(begins) - 1)[has]
        asked = np.flatnonzero(has)
        last = asked[np.append(np.flatnonzero(np.diff(stay)), len(asked) - 1)]
        certain = asked[sure[asked]]
        of = (np.cumsum(begins) - 1)[certain]
        certain_first, certain_last = np.zeros(len(start), np.int64), np.zeros(len(start), np.int64)
        certain_last[of] = until[certain]
        certain_first[of[::-1]] = day[certain[::-1]]
        changed = np.zeros(len(start), bool)
        changed[stay[told[asked]]] = True
        actor = ledger.holder_actor[ledger.holder_start[place[start]] + number]
        rows.append(np.stack(
            [place[start], actor, day[start], certain_first, certain_last, until[last], seat[start], changed], 1
        ))  # fmt: skip
        covered.append(np.stack([run[start], run[last]], 1))
    return np.concatenate(rows), np.concatenate(covered)


def of_parts(facts: Facts) -> Array:
    """What is said of parts of places: rows of place, claim and the actor that is said to hold some, sorted."""
    claim, event = facts.about
    named = np.flatnonzero((facts.extent[event] == SOME) & (facts.to[event] >= 0))
    which, place = expanded(facts.at, event[named], len(facts.events))
    return np.unique(np.stack([place, claim[named[which]], facts.to[event[named[which]]]], 1), axis=0)


def parts(told: Array, ledger: Ledger, places: Array, view: View = DEFAULT) -> list[Part]:
    """Who is said to hold parts of places, in order, by those to whom a view listens. `told` is of these places."""
    nodes = dict[tuple[int, ...], list[tuple[int, ...]]]()
    for place, actor, source, claim, *days in sorted(partly(told, ledger, places, view)):
        nodes.setdefault((place, actor, source, days[0]), []).append((claim, *days[1:]))
    found: list[Part] = []
    for (place, actor, source, first), several in nodes.items():
        sure = [each for each in several if each[1]]
        certain = (min(each[1] for each in sure), max(each[2] for each in sure)) if sure else (0, 0)
        claims = tuple(sorted({each[0] for each in several}))
        found.append(Part(place, actor, source, first, *certain, max(each[3] for each in several), claims))
    return found


def partly(told: Array, ledger: Ledger, places: Array, view: View) -> list[tuple[int, ...]]:
    """What each claim says of that: place, actor, source, claim, and the days.

    Possible from the first and certain from the last day on which it may have happened, until the next row of the voice
    about the whole may be, or surely is, done.
    """
    wide = is_wide(ledger)[places]
    found: list[tuple[int, ...]] = []
    holders = dict[tuple[int, int], list[int]]()
    for where, claim, actor in told.tolist():
        holders.setdefault((where, claim), []).append(actor)
    for some, is_large in ((places[~wide], False), (places[wide], True)):
        heard = timelines(ledger, some, view, is_large)
        voice = np.repeat(np.arange(len(heard.place)), np.diff(heard.row_start))
        for row in np.flatnonzero(~heard.word).tolist():
            place, source = int(heard.place[voice[row]]), int(heard.source[voice[row]])
            first, last, done = int(heard.lo[row]), int(heard.hi[row]), int(heard.end[row])
            begun = NEVER
            if done < NEVER:
                others = slice(heard.row_start[voice[row]], heard.row_start[voice[row] + 1])
                ending = heard.word[others] & (heard.hi[others] == done)
                begun = int(heard.lo[others][ending].min())
                done -= 1
            days = (first, last, begun - 1, done) if begun > last else (first, 0, 0, done)
            days = (first, last, NEVER, done) if begun == NEVER else days
            claim = int(heard.claim[row])
            found += [(place, actor, source, claim, *days) for actor in holders.get((place, claim), ())]
    return found
