"""The rules of control, slow and plain: what the index has to give the same answers as (docs/control.md).

The rules are in three parts beside this one: `reference_rows` (1-2), `reference_voices` (3-4), `reference_day` (5-6,
states, policies). Here a day becomes runs, spells, intervals and counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from typing import Literal

from kg.control.answers import POLICIES, Counts, Flag, Run, State, Stay, Verdict, View
from kg.control.record import Day, Record
from kg.control.reference_day import DayAnswer, answer
from kg.control.reference_rows import undated
from kg.control.reference_voices import Timeline, timelines

DEFAULT = View()

Finding = Literal["entailed", "compatible", "not derivable", "contradicted"]


@dataclass(frozen=True)
class Stretch:
    """Days, from `first` until the day before the next stretch, of which the answer is the same in everything."""

    first: Day
    last: Day | None
    answer: DayAnswer


def verdict(record: Record, place: str, first: Day, last: Day, view: View = DEFAULT) -> Verdict:
    """Who held a place at the end of a day (`first` the same as `last`), or throughout days.

    Raises ValueError for a policy that is none and days in the wrong order.
    """
    if last < first:
        raise ValueError(f"the last day, {last}, is before the first, {first}")
    stretches = history_in_full(record, place, view)
    within = overlapping(stretches, first, last)
    if first < record.study_start:
        within.insert(0, Stretch(first, record.study_start - 1, DayAnswer()))
    answers = [stretch.answer for stretch in within]
    state, certain = throughout(answers)
    controllers = sorted(frozenset[str]().union(*(one.controllers for one in answers)))
    flags: set[Flag] = {flag for one in answers for flag in one.flags if flag != "disputed"}
    because = frozenset(chain.from_iterable(one.because for one in answers))
    return Verdict(
        place,
        first,
        last,
        state,
        {actor: stay(stretches, actor, first, last, actor == certain) for actor in controllers},
        frozenset(flags | {"disputed"}) if state == "disputed" else frozenset(flags),
        answers[0].excluded.intersection(*(one.excluded for one in answers)),
        because,
        tuple(sorted(frozenset[frozenset[str]]().union(*(one.conflicts for one in answers)), key=sorted)),
        frozenset(chain.from_iterable(one.unheard for one in answers)),
        tuple(clipped(run, first, last) for run in runs(place, within)) if first < last else (),
        frozenset(name for name in because & record.claims.keys() if undated(record, record.claims[name])),
    )


def history(record: Record, place: str, view: View = DEFAULT) -> list[Run]:
    """The runs of a place from the study start on; the last is open."""
    return runs(place, history_in_full(record, place, view))


def counts(record: Record, places: Iterable[str], actor: str, day: Day, view: View = DEFAULT) -> Counts:
    """How many of the places an actor held at the end of a day."""
    certain = possible = without = 0
    for place in places:
        found = on_day(record, place, day, view)
        if found.certain == actor:
            certain += 1
        elif actor in found.controllers:
            possible += 1
        elif actor not in found.excluded and (
            found.state == "unknown" or (found.state == "possible" and not found.controllers & found.named)
        ):
            without += 1
    return Counts(certain, certain + possible, without)


def check(found: Counts, comparator: str, value: float, of: int | None = None) -> Finding:
    """What is to be said of a claim that a number of places (or, with `of`, that share of so many) is held.

    The comparators are MoreThan, AtLeast, Some, Exactly, AtMost and LessThan. Raises ValueError for another: "about"
    does not say how near is near.
    """
    number = value if of is None else value * of
    least, likely, most = found.certain, found.possible, found.possible + found.without_evidence
    if comparator in ("MoreThan", "AtLeast", "Some"):
        true = [is_true(comparator, count, number) for count in (least, likely, most)]
        return "entailed" if true[0] else "compatible" if true[1] else "not derivable" if true[2] else "contradicted"
    if comparator in ("AtMost", "LessThan"):
        true = [is_true(comparator, count, number) for count in (least, likely, most)]
        return "entailed" if true[2] else "not derivable" if true[1] else "compatible" if true[0] else "contradicted"
    if comparator == "Exactly":
        if not least <= number <= most or number != int(number):
            return "contradicted"
        return "entailed" if least == most else "compatible" if number <= likely else "not derivable"
    raise ValueError(f"{comparator!r} cannot be checked; MoreThan, AtLeast, Some, Exactly, AtMost, LessThan can")


def is_true(comparator: str, count: int, number: float) -> bool:
    """Whether a count is more than, at least, … a number."""
    if comparator == "Some":
        return count > 0
    if comparator in ("MoreThan", "AtLeast"):
        return count > number or (comparator == "AtLeast" and count == number)
    return count < number or (comparator == "AtMost" and count == number)


def on_day(record: Record, place: str, day: Day, view: View = DEFAULT) -> DayAnswer:
    """The answer for one day, without its bounds."""
    check_policy(view)
    return answer(record, place, timelines(record, place, view), day, view)


def check_policy(view: View) -> None:
    """Raises ValueError for a policy that is none."""
    if view.policy not in POLICIES:
        raise ValueError(f"{view.policy!r} is no policy; there are {', '.join(POLICIES)}")


def history_in_full(record: Record, place: str, view: View) -> list[Stretch]:
    """All days from the study start on, answered."""
    check_policy(view)
    told = timelines(record, place, view)
    days = sorted(turning_points(record, place, told))
    answers = [answer(record, place, told, day, view) for day in days]
    lasts = [day - 1 for day in days[1:]] + [None]
    return [Stretch(*parts) for parts in zip(days, lasts, answers, strict=True)]


def turning_points(record: Record, place: str, told: list[Timeline]) -> set[Day]:
    """Every day that a rule compares the day of the question with, and the day after it."""
    days = {record.study_start}
    for line in told:
        days.add(line.horizon)
        days.update(end for end in line.ends + line.parts_end if end is not None)
        days.update(day for row in line.rows + line.parts for day in (row.lo, row.hi))
        if line.rows:
            days.add(line.begin)
    for baseline in record.baselines.values():
        if place in baseline.places:
            days.update(day for day in (baseline.first, baseline.last) if day is not None)
    return {day for turn in days for day in (turn, turn + 1) if day >= record.study_start}


def overlapping(stretches: list[Stretch], first: Day, last: Day) -> list[Stretch]:
    """The stretches that have a day between `first` and `last`."""
    return [one for one in stretches if one.first <= last and (one.last is None or first <= one.last)]


def throughout(answers: list[DayAnswer]) -> tuple[State, str | None]:
    """The state of several days, and who is certain on all of them: every day must agree."""
    certain = {one.certain for one in answers}
    holder = certain.pop() if len(certain) == 1 else None
    states = {one.state for one in answers}
    if "disputed" in states:
        return "disputed", holder
    if len(states) > 1 or (states == {"controlled"} and holder is None):
        return "possible", holder
    return states.pop(), holder


def runs(place: str, stretches: list[Stretch]) -> list[Run]:
    """Neighbours that look the same, as one."""
    found: list[Run] = []
    previous: DayAnswer | None = None
    for one in stretches:
        told = one.answer
        because = told.because
        first = one.first
        if previous is not None and previous.looks() == told.looks():
            joined = found.pop()
            first, because = joined.first, joined.because | because
        possible = told.controllers - {told.certain}
        found.append(
            Run(place, first, one.last, told.state, told.certain, possible, told.excluded, told.flags, because)
        )
        previous = told
    return found


def clipped(run: Run, first: Day, last: Day) -> Run:
    """The part of a run that lies between two days."""
    until = last if run.last is None else min(run.last, last)
    return Run(
        run.place,
        max(run.first, first),
        until,
        run.state,
        run.certain,
        run.possible,
        run.excluded,
        run.flags,
        run.because,
    )


def stay(stretches: list[Stretch], actor: str, first: Day, last: Day, certain: bool) -> Stay:
    """The spell of a controller that contains the day; of an interval, from its first such spell to its last."""
    here = [number for number, one in enumerate(stretches) if actor in one.answer.controllers]
    touching = [number for number in here if stretches[number] in overlapping(stretches, first, last)]
    begin, end = touching[0], touching[-1]
    while begin - 1 in here:
        begin -= 1
    while end + 1 in here:
        end += 1
    sure = [number for number in range(begin, end + 1) if stretches[number].answer.certain == actor]
    return Stay(
        "certain" if certain else "possible",
        stretches[begin].first,
        stretches[sure[0]].first if sure else None,
        stretches[sure[-1]].last if sure else None,
        stretches[end].last,
        bool(sure) and sure != list(range(sure[0], sure[-1] + 1)),
    )
