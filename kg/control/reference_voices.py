"""The rules of control, second part: a voice's timeline at a place, and its word on a day (docs/control.md, 3-4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import reduce

from kg.control.answers import View
from kg.control.record import Day, Record
from kg.control.reference_rows import (
    ANYTHING,
    NOTHING,
    Row,
    Saying,
    Voice,
    held,
    knowledge,
    latest_of_each,
    reachable,
    said,
    visible,
)


@dataclass(frozen=True)
class Timeline:
    """What one voice says of one place: `rows` in order, each with the day before which it surely was not yet replaced
    (`ends`; None: nothing replaces it), and `parts`, the rows that only tell of parts.

    `begin` and `horizon` bound the days on which the voice is present.
    """

    voice: Voice
    rows: tuple[Row, ...]
    ends: tuple[Day | None, ...]
    parts: tuple[Row, ...]
    parts_end: tuple[Day | None, ...]
    horizon: Day

    @property
    def begin(self) -> Day:
        """The day before the first change: what was before a change is vouched for on this day only."""
        return min(row.lo for row in self.rows) - 1

    @property
    def first_surely_done(self) -> Day:
        """The first day by which one of the changes has surely happened."""
        return min(row.hi for row in self.rows)


@dataclass(frozen=True)
class Word:
    """What a voice says of the place on a day: the saying, the rows in force, all rows used, and whether it is weak."""

    timeline: Timeline
    says: Saying
    in_force: tuple[Row, ...]
    used: tuple[Row, ...]
    weak: bool

    @property
    def silent(self) -> bool:
        """Whether it says nothing: it allows everybody, and neither names nor presumes anybody."""
        return not self.used or (
            self.says.allows.complement
            and not self.says.allows.members
            and not self.says.names
            and not self.says.presumes
        )


def timelines(record: Record, place: str, view: View) -> list[Timeline]:
    """What every voice says of a place, under rules 1 to 3."""
    around = enclosing(record, place)
    rows = latest_of_each(record, visible(record, view), {place} | around)
    after = before_after(record)
    followers = {name: reachable({name}, after) - {name} for name in record.events}
    speaking = {source for (_, source), where in rows if where == place}
    derived = {name: set(told.derived_from) for name, told in record.sources.items()}
    made = []
    for voice in sorted({voice for voice, _ in rows}, key=str):
        if speaking & (reachable({voice[1]}, derived) - {voice[1]}):
            continue  # the original speaks for itself
        own = rows.get((voice, place), [])
        everything = own + inherited(record, voice, place, around, rows)
        if everything:
            made.append(timeline(record, voice, everything, followers, view))
    return made


def enclosing(record: Record, place: str) -> set[str]:
    """The places that a place lies in."""
    return reachable({place}, {inner: set(outer) for inner, outer in record.within.items()}) - {place}


def origins(record: Record, source: str) -> set[str]:
    """The sources that a source derives from, over several steps."""
    return reachable({source}, {name: set(told.derived_from) for name, told in record.sources.items()}) - {source}


def before_after(record: Record) -> dict[str, set[str]]:
    """For every event, those that are stated to follow it directly."""
    after: dict[str, set[str]] = {name: set() for name in record.events}
    for name, event in record.events.items():
        for earlier in event.follows:
            after.setdefault(earlier, set()).add(name)
    return after


def inherited(
    record: Record, voice: Voice, place: str, around: set[str], rows: dict[tuple[Voice, str], list[Row]]
) -> list[Row]:
    """The rows that a voice tells of whole areas around the place (rule 3, Inside)."""
    own = [row for row in rows.get((voice, place), []) if row.extent != "SomeParts" or row.denial]
    told = [
        replace(row, before=ANYTHING, from_=None if row.report else row.from_, inside=True)
        for outer in around
        for row in rows.get((voice, outer), [])
        if row.extent == "EntireArea" and not row.denial
    ]

    def nearer(row: Row) -> list[Row]:
        return own + [other for other in told if row.home in enclosing(record, other.home)]

    return [row for row in told if not any(other.hi >= row.lo for other in nearer(row))]


def timeline(record: Record, voice: Voice, told: list[Row], followers: dict[str, set[str]], view: View) -> Timeline:
    """The timeline that the rows of a voice make: gaps closed, ends found, horizon known."""
    parts = tuple(row for row in told if row.extent == "SomeParts" and not row.denial)
    ordered = sorted((row for row in told if row not in parts), key=lambda row: (row.lo, row.hi, row.claim))
    rows = tuple(sorted(close_gaps(ordered), key=lambda row: (row.lo, row.hi, row.claim)))
    whole = [row for row in rows if row.extent in ("Whole", "EntireArea") and not row.denial]
    return Timeline(
        voice,
        rows,
        tuple(end(row, rows, followers) for row in rows),
        parts,
        tuple(end(row, whole, followers) for row in parts),
        horizon(record, voice, told, view),
    )


def close_gaps(rows: list[Row]) -> list[Row]:
    """The rows with what they say of the time since the row before (rule 3, Gap)."""
    made = []
    for row in rows:
        earlier = [(other.lo, other.hi) for other in rows if (other.lo, other.hi) < (row.lo, row.hi)]
        before = [other for other in rows if earlier and (other.lo, other.hi) == max(earlier)]
        if before and before[0].hi < row.lo:
            free = before[0].hi + 1
            if row.from_ is not None and not any(other.says == held(row.from_) for other in before):
                if free <= row.hi - 1:
                    made.append(gap(row, free, row.from_))
            elif row.report and not any(other.says == row.says for other in before):
                row = replace(row, lo=free)
        made.append(row)
    return made


def gap(row: Row, free: Day, holder: str) -> Row:
    """The row of the time in which the holder before a change must have come to hold the place."""
    return replace(
        row,
        lo=free,
        hi=row.hi - 1,
        says=held(holder),
        before=NOTHING,
        from_=None,
        told=False,
        report=False,
        extent="Whole",
        gap=True,
    )


def end(row: Row, rows: Iterable[Row], followers: dict[str, set[str]]) -> Day | None:
    """The day by which another of the rows has surely replaced this one (rule 4, e)."""
    return min((other.hi for other in rows if other.lo > row.hi or comes_after(other, row, followers)), default=None)


def comes_after(later: Row, row: Row, followers: dict[str, set[str]]) -> bool:
    """Whether a row is stated to follow another, and their windows leave room for it."""
    if later.denial or row.denial or later.hi < row.lo:
        return False
    if later.event == row.event:
        return row.gap and not later.gap and later.claim == row.claim
    return later.event in followers[row.event]


def horizon(record: Record, voice: Voice, rows: list[Row], view: View) -> Day:
    """The last day of which a voice can have known."""
    if voice[0] is None:
        known = knowledge(record, voice[1])
        return known if view.known is None else min(known, view.known)
    return max(max(said(record, record.claims[row.claim]), row.lo if row.denial else 0) for row in rows)


def word(timeline: Timeline, day: Day) -> Word:
    """What a voice says of the place at the end of a day (rule 4)."""
    rows, ends = timeline.rows, timeline.ends
    in_force = [row for row, until in zip(rows, ends, strict=True) if row.lo <= day and (until is None or day < until)]
    before = []
    if rows and day < timeline.first_surely_done:
        before = [row for row in rows if row.lo <= timeline.first_surely_done and row.before != NOTHING]
    used = tuple(row for row in rows if row in in_force or row in before)
    says = reduce(Saying.__or__, [row.says for row in in_force] + [row.before for row in before], NOTHING)
    weak = any(row.weak for row in used) or bool(rows and day < timeline.begin)
    return Word(timeline, says, tuple(in_force), used, weak)


def partial(timeline: Timeline, day: Day) -> bool:
    """Whether, on that day, a voice tells of parts only, or of the seat of the place alone."""
    parts = zip(timeline.parts, timeline.parts_end, strict=True)
    told = any(row.lo <= day and (until is None or day < until) for row, until in parts)
    return told or any(row.extent == "Centre" and not row.denial for row in word(timeline, day).in_force)
