"""The rules of control, third part: who is heard on a day, and what follows (docs/control.md, 5-6, policies)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import reduce

from kg.control.answers import Flag, Reason, State, Unheard, View
from kg.control.record import Baseline, Day, Record
from kg.control.reference_rows import CONTESTED, EVERYBODY, Holders, Row
from kg.control.reference_voices import Timeline, Word, origins, partial, word


@dataclass(frozen=True)
class DayAnswer:
    """Who held a place at the end of a day. `named` are those of the controllers that somebody names."""

    state: State = "unknown"
    certain: str | None = None
    controllers: frozenset[str] = frozenset()
    named: frozenset[str] = frozenset()
    flags: frozenset[Flag] = frozenset()
    excluded: frozenset[str] = frozenset()
    because: frozenset[str] = frozenset()
    conflicts: frozenset[frozenset[str]] = frozenset()
    unheard: frozenset[Unheard] = frozenset()

    def looks(self) -> tuple[object, ...]:
        """What makes a run: days on which this is the same are one."""
        return self.state, self.certain, self.controllers, self.flags, self.excluded


@dataclass
class Hearing:
    """The words of a day that are still listened to, and the voices that were dropped."""

    words: list[Word]
    dropped: dict[tuple[str | None, str], Reason] = field(default_factory=dict)

    def drop(self, reason: Reason, condition: Callable[[Word], bool]) -> None:
        """Stop listening to the words for which this holds of all that are listened to now."""
        gone = [word for word in self.words if condition(word)]
        self.words = [word for word in self.words if not any(word is other for other in gone)]
        self.dropped.update({word.timeline.voice: reason for word in gone})


def answer(record: Record, place: str, told: list[Timeline], day: Day, view: View) -> DayAnswer:
    """What follows for a day from the voices that tell of the place."""
    if day < record.study_start:
        return DayAnswer()
    hearing, quiet = listen(record, told, day, view)
    heard = hearing.words
    answered = conclude(record, place, heard, day, view)
    speaking = [timeline for timeline in told if any(timeline is other.timeline for other in heard)]
    flags = set(answered.flags)
    if any(partial(line, day) for line in speaking + quiet):
        flags.add("partial")
    unheard = frozenset(Unheard(*voice, reason) for voice, reason in hearing.dropped.items())
    return replace(answered, flags=frozenset(flags), unheard=unheard)


def listen(record: Record, told: list[Timeline], day: Day, view: View) -> tuple[Hearing, list[Timeline]]:
    """Who is heard (rule 5), and the voices without a word that still may tell of parts."""
    words = [word(timeline, day) for timeline in told]
    if view.policy == "confirmed":
        words = [replace(one, weak=one.weak or self_claimed(record, one)) for one in words]
    quiet = [one.timeline for one in words if one.silent]
    hearing = Hearing([one for one in words if not one.silent])
    changes = [row for timeline in told for row in timeline.rows if row.told]
    by_time = view.policy != "every-word"

    def outdated(line: Timeline) -> bool:
        return by_time and any(line.horizon < row.lo <= day for row in changes)

    def outrun(one: Word) -> bool:
        begin = one.timeline.begin
        return by_time and day < begin and any(day < row.hi <= begin for row in changes)

    hearing.drop("outdated", lambda one: outdated(one.timeline))
    hearing.drop("outrun", outrun)
    firm = [one for one in hearing.words if not one.weak]
    hearing.drop("less specific", lambda one: any(is_nearer(other, one) for other in firm))
    firm = [one for one in hearing.words if not one.weak]
    hearing.drop("overruled", lambda one: by_time and any(overrules(other, one, day) for other in firm))
    if view.policy == "newest" and hearing.words:
        newest = max(one.timeline.horizon for one in hearing.words)
        hearing.drop("not newest", lambda one: one.timeline.horizon < newest)
    return hearing, [line for line in quiet if not outdated(line)]


def disagree(one: Word, other: Word) -> bool:
    """Whether two words allow no holder in common."""
    return not one.says.allows & other.says.allows


def is_nearer(other: Word, one: Word) -> bool:
    """Whether `one` speaks only of an area around the place, and `other`, no earlier, against it of the place."""
    if not all(row.inside for row in one.timeline.rows) or not disagree(other, one):
        return False
    own = [row for row in other.in_force if not row.inside]
    return bool(own and one.in_force) and max(row.hi for row in own) >= min(row.lo for row in one.in_force)


def overrules(other: Word, one: Word, day: Day) -> bool:
    """Whether `one` is carried beyond what its voice knew, and `other` knows more and tells what is no earlier."""
    line, newer = one.timeline, other.timeline
    same = line.voice[0] is not None and line.voice[0] == newer.voice[0]
    return (
        day > line.horizon
        and newer.horizon > line.horizon + (0 if same else 1)
        and disagree(other, one)
        and bool(other.in_force)
        and max(row.hi for row in other.in_force) >= min(row.lo for row in one.used)
    )


def conclude(record: Record, place: str, heard: list[Word], day: Day, view: View) -> DayAnswer:
    """The answer (rule 6) and its state and flags, `partial` aside."""
    allowed = reduce(Holders.__and__, (one.says.allows for one in heard), EVERYBODY)
    named = {holder for one in heard for holder in one.says.names}
    candidates = named | {holder for one in heard for holder in one.says.presumes}
    if allowed:
        candidates = {holder for holder in candidates if holder in allowed}
    presumed = candidates - named
    assumed = baselines(record, place, allowed, candidates, day) if view.baseline else {}
    candidates |= set(assumed.values())

    flags: set[Flag] = set()
    if assumed:
        flags.add("baseline")
    if CONTESTED in candidates:
        flags.add("contested")
    if allowed and presumed:
        flags.add("presupposed")
    if heard and not any(one.timeline.begin <= day <= one.timeline.horizon for one in heard):
        flags.add("carried")

    state, sure, certain = state_of(record, heard, allowed, candidates, view)
    if state == "disputed":
        flags.add("disputed")
    if state == "controlled" and all(self_claimed(record, one) for one in sure):
        flags.add("self-claimed")
    parties = {party for one in heard for party in one.says.parties} if CONTESTED in candidates else set()
    return DayAnswer(
        state,
        certain,
        frozenset(candidates - {CONTESTED} | parties),
        frozenset(named | parties),
        frozenset(flags),
        allowed.members - {CONTESTED} if allowed.complement else frozenset(),
        frozenset(row.claim for one in heard for row in one.used) | frozenset(assumed),
        conflicts(heard) if state == "disputed" else frozenset(),
    )


def state_of(
    record: Record, heard: list[Word], allowed: Holders, candidates: set[str], view: View
) -> tuple[State, list[Word], str | None]:
    """The first line of the table of states that fits, the words that are sure of the holder, and the certain one."""
    if not allowed:
        return "disputed", [], majority(record, heard) if view.policy == "majority" else None
    if not allowed.complement and len(allowed.members) == 1:
        (only,) = allowed.members
        sure = [one for one in heard if not one.weak and one.says.allows == allowed]
        if sure and only == CONTESTED:
            return "contested", sure, None
        needed = 2 if view.policy == "two-independent" else 1
        if only != CONTESTED and len(groups(record, sure)) >= needed:
            return "controlled", sure, only
    return ("possible" if candidates else "unknown"), [], None


def baselines(record: Record, place: str, allowed: Holders, candidates: set[str], day: Day) -> dict[str, str]:
    """The holder of each baseline that applies: of those that cover place and day, the ones with the fewest places."""
    covering: dict[str, Baseline] = {
        name: one
        for name, one in record.baselines.items()
        if place in one.places and (one.first is None or one.first <= day) and (one.last is None or day <= one.last)
    }
    fewest = min((len(one.places) for one in covering.values()), default=0)
    if not allowed.complement:
        return {}
    return {
        name: one.holder
        for name, one in covering.items()
        if len(one.places) == fewest and one.holder in allowed and one.holder not in candidates
    }


def self_claimed(record: Record, one: Word) -> bool:
    """Whether a word only says that the speaker, or whoever's organ the speaker is, holds the place."""
    actor = one.timeline.voice[0]
    while actor is not None:
        if one.says.allows == Holders(frozenset({actor})):
            return True
        actor = record.organ_of.get(actor)
    return False


def conflicts(heard: list[Word]) -> frozenset[frozenset[str]]:
    """The pairs of claims behind two words that share no holder; without such words, all claims as one group."""

    def claims(rows: Iterable[Row]) -> set[str]:
        return {row.claim for row in rows}

    pairs = frozenset(
        frozenset({first, second})
        for number, one in enumerate(heard)
        for other in heard[:number]
        if disagree(one, other)
        for first in claims(one.used)
        for second in claims(other.used)
        if first != second
    )
    return pairs or frozenset({frozenset(claims(row for one in heard for row in one.used))})


def groups(record: Record, words: list[Word]) -> list[list[Word]]:
    """Words that may rest on one another: of the same claimant, or of sources with an origin in common."""

    def linked(one: Word, other: Word) -> bool:
        (actor, source), (other_actor, other_source) = one.timeline.voice, other.timeline.voice
        same = actor is not None and actor == other_actor
        return same or bool(({source} | origins(record, source)) & ({other_source} | origins(record, other_source)))

    found: list[list[Word]] = []
    for one in words:
        near = [group for group in found if any(linked(one, other) for other in group)]
        found = [group for group in found if not any(group is other for other in near)]
        found.append([one, *(other for group in near for other in group)])
    return found


def majority(record: Record, heard: list[Word]) -> str | None:
    """The holder of whom more than half of the groups that are certain of one say that it holds the place."""
    votes = []
    for group in groups(record, heard):
        sure = {one.says.allows for one in group if not one.weak and not one.says.allows.complement}
        single = [holders.members for holders in sure if len(holders.members) == 1]
        if single:
            # a group that says two things of the day counts as one that votes, for nobody
            votes.append(next(iter(single[0])) if len(single) == 1 else None)
    for holder in sorted({vote for vote in votes if vote is not None} - {CONTESTED}):
        if 2 * votes.count(holder) > len(votes):
            return holder
    return None
