"""Everything about one place: verdicts with bounds and reasons, and its history."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations, pairwise, product
from typing import Any

import numpy as np

from kg.control.answers import POLICIES, Flag, Reason, Run, State, Stay, Unheard, Verdict, View
from kg.control.ledger import ACTOR_SHIFT, NEVER, Ledger
from kg.control.names import Array
from kg.control.record import Day
from kg.control.runs import breakpoints, is_wide
from kg.control.timelines import Timelines, timelines
from kg.control.weighing import HEARD, SILENT, Weighed, weigh

STATES: tuple[State, ...] = ("controlled", "possible", "contested", "disputed", "unknown")
FLAGS: tuple[Flag, ...] = ("disputed", "contested", "partial", "baseline", "presupposed", "carried", "self-claimed")
REASONS: dict[int, Reason] = {2: "outdated", 3: "outrun", 4: "less specific", 5: "overruled", 6: "not newest"}


def flags_of(code: int) -> frozenset[Flag]:
    """The flags that bits stand for."""
    return frozenset(flag for bit, flag in enumerate(FLAGS) if code >> bit & 1)


@dataclass(frozen=True, eq=False)
class Story:
    """All answers about one place: one for each of the `days` on which they may change, the study start first."""

    ledger: Ledger
    place: int
    days: list[Day]
    heard: Timelines
    answers: Weighed

    def at(self, day: Day) -> int:
        """Which answer holds on a day; -1 before the study start."""
        return int(np.searchsorted(self.days, day, "right")) - 1

    def until(self, answer: int) -> Day | None:
        """The last day of an answer; None if it has none."""
        return self.days[answer + 1] - 1 if answer + 1 < len(self.days) else None

    def holders(self, members: Any) -> frozenset[str]:
        """The names of the actors in a set of holders."""
        actors = self.ledger.holder_actor[self.ledger.holder_start[self.place] :]
        rest = int(members) >> ACTOR_SHIFT
        numbers = [number for number in range(rest.bit_length()) if rest >> number & 1]
        return frozenset(self.ledger.actors[int(actors[number])] for number in numbers)

    def key(self, answer: int) -> tuple[Any, ...]:
        """What makes an answer differ from another one."""
        found = self.answers
        flags = int(found.flags[answer]) & (1 << len(FLAGS)) - 1
        return (found.state[answer], flags, found.certain[answer], found.controllers[answer], found.excluded[answer])

    def voices(self, answer: int) -> Array:
        """The positions of the words about one day."""
        first, last = np.searchsorted(self.answers.words.question, [answer, answer + 1])
        return np.arange(first, last)

    def said(self, answer: int) -> list[tuple[Any, frozenset[str]]]:
        """For each heard voice what it allows on a day, and its claims that say so."""
        words = self.answers.words
        stops = np.append(words.starts, len(words.row))
        heard = []
        for position in self.voices(answer):
            if words.fate[position] == HEARD:
                at = slice(stops[position], stops[position + 1])
                used = words.row[at][words.in_force[at] | words.before[at]]
                claims = frozenset(self.ledger.claims[int(claim)] for claim in self.heard.claim[used])
                heard.append((words.allows[position], claims))
        return heard

    def because(self, answer: int) -> frozenset[str]:
        """The claims and baselines that an answer rests on."""
        question, which = self.answers.baselines
        numbers = self.ledger.baseline[which[question == answer]]
        baselines = (self.ledger.baselines[int(number)] for number in numbers)
        return frozenset(baselines).union(*(claims for _, claims in self.said(answer)))

    def conflicts(self, answer: int) -> set[frozenset[str]]:
        """If not all words can be true: the pairs of claims behind two words that share no holder, or all claims as one
        group, where there are no two such words."""
        if STATES[self.answers.state[answer]] != "disputed":
            return set()
        heard = self.said(answer)
        pairs = {
            frozenset((first, second))
            for (allowed, claims), (also, others) in combinations(heard, 2) if not allowed & also
            for first, second in product(claims, others) if first != second
        }  # fmt: skip
        return pairs or {frozenset[str]().union(*(claims for _, claims in heard))}

    def unheard(self, answer: int) -> set[Unheard]:
        """The voices that are dropped, and why."""
        words, ledger = self.answers.words, self.ledger
        dropped = set()
        for position in self.voices(answer):
            if (fate := int(words.fate[position])) > SILENT:
                voice = words.voice[position]
                claimant = int(self.heard.claimant[voice])
                name = None if claimant < 0 else ledger.actors[claimant]
                dropped.add(Unheard(name, ledger.sources[int(self.heard.source[voice])], REASONS[fate]))
        return dropped


def check(first: Day, last: Day, view: View) -> None:
    """Raises ValueError for a policy that is none and days in the wrong order."""
    if last < first:
        raise ValueError(f"the last day, {last}, is before the first, {first}")
    if view.policy not in POLICIES:
        raise ValueError(f"{view.policy!r} is no policy; there are {', '.join(POLICIES)}")


def story(ledger: Ledger, place: int, view: View) -> Story:
    """All answers about a place, by its number."""
    places = np.array([place], np.int64)
    heard = timelines(ledger, places, view, bool(is_wide_place(ledger, place)))
    where, days = breakpoints(ledger, heard, places)
    return Story(ledger, place, days.tolist(), heard, weigh(ledger, heard, where, days, view))


def is_wide_place(ledger: Ledger, place: int) -> bool:
    """Whether a place has more actors than a machine word has room for."""
    return bool(is_wide(ledger)[place])


def verdict(ledger: Ledger, place: str, first: Day, last: Day, view: View) -> Verdict:
    """Who held a place throughout the days from first to last (which may be the same); see rule 4, *Interval*.

    Raises ValueError for a policy that is none and days in the wrong order.
    """
    check(first, last, view)
    number = ledger.places.number(place)
    if number < 0 or last < ledger.study_start:
        runs = (Run(place, first, last, "unknown"),) if first < last else ()
        return Verdict(place, first, last, "unknown", runs=runs)
    told = story(ledger, number, view)
    answers = list(range(max(0, told.at(first)), told.at(last) + 1))
    states = {STATES[told.answers.state[answer]] for answer in answers}
    before = first < ledger.study_start
    if before:
        states.add("unknown")
    certain = {told.answers.certain[answer] for answer in answers}
    state: State = "possible"
    if "disputed" in states:
        state = "disputed"
    elif len(states) == 1 and ("controlled" not in states or len(certain) == 1):
        state = next(iter(states))
    sure = told.holders(certain.pop()) if len(certain) == 1 and not before else frozenset()
    named = [told.holders(told.answers.controllers[answer]) for answer in answers]
    excluded = [told.holders(told.answers.excluded[answer]) for answer in answers] + [frozenset()] * before
    conflicts = set[frozenset[str]]().union(*(told.conflicts(answer) for answer in answers))
    because = frozenset[str]().union(*(told.because(answer) for answer in answers))
    return Verdict(
        place, first, last, state,
        {actor: stay(told, actor, answers, actor in sure) for actor in sorted(frozenset().union(*named))},
        frozenset().union(*(flags_of(int(told.answers.flags[answer])) for answer in answers)),
        frozenset.intersection(*excluded),
        because,
        tuple(sorted(conflicts, key=sorted)),
        frozenset().union(*(told.unheard(answer) for answer in answers)),
        tuple(with_silence(between(told, first, last), first)) if first < last else (), undated(ledger, because),
    )  # fmt: skip


def undated(ledger: Ledger, claims: frozenset[str]) -> frozenset[str]:
    """Those of some claims of which nobody says when they were made."""
    if not ledger.undated.any():
        return frozenset()
    numbers = {claim: ledger.claims.number(claim) for claim in claims}
    return frozenset(claim for claim, number in numbers.items() if number >= 0 and ledger.undated[number])


def stay(told: Story, actor: str, answers: list[int], certain: bool) -> Stay:
    """The spell of a controller that contains the days of some answers; from the first to the last, if several."""
    holding = [actor in told.holders(controllers) for controllers in told.answers.controllers]
    sure = [actor in told.holders(each) for each in told.answers.certain]
    inside = [answer for answer in answers if holding[answer]]
    first, last = inside[0], inside[-1]
    while first > 0 and holding[first - 1]:
        first -= 1
    while last + 1 < len(holding) and holding[last + 1]:
        last += 1
    certainly = [answer for answer in range(first, last + 1) if sure[answer]]
    whole = all(sure[certainly[0] : certainly[-1] + 1]) if certainly else True
    return Stay(
        "certain" if certain else "possible",
        told.days[first],
        told.days[certainly[0]] if certainly else None,
        told.until(certainly[-1]) if certainly else None,
        told.until(last),
        not whole,
    )


def between(told: Story, first: Day, last: Day | None) -> list[Run]:
    """The runs of a place within some days, cut to them."""
    begin = max(0, told.at(first))
    end = len(told.days) - 1 if last is None else told.at(last)
    starts = [answer for answer in range(begin, end + 1) if answer == begin or told.key(answer) != told.key(answer - 1)]
    return [run(told, range(start, stop), first, last) for start, stop in pairwise([*starts, end + 1])]


def with_silence(runs: list[Run], first: Day) -> list[Run]:
    """Runs with the days before the study start, from `first` on, of which nothing is known."""
    if first >= runs[0].first:
        return runs
    silence = Run(runs[0].place, first, runs[0].first - 1, "unknown")
    if replace(runs[0], first=first, last=silence.last, because=frozenset()) == silence:
        return [replace(runs[0], first=first), *runs[1:]]
    return [silence, *runs]


def run(told: Story, answers: range, first: Day, last: Day | None) -> Run:
    """One run of equal answers."""
    found, answer = told.answers, answers[0]
    until = told.until(answers[-1])
    sure = told.holders(found.certain[answer])
    ending = min((day for day in (until, last) if day is not None), default=None)
    return Run(
        told.ledger.places[told.place], max(first, told.days[answer]), ending, STATES[found.state[answer]],
        next(iter(sure), None), told.holders(found.controllers[answer]) - sure, told.holders(found.excluded[answer]),
        flags_of(int(found.flags[answer])), frozenset().union(*(told.because(each) for each in answers)),
    )  # fmt: skip


def history(ledger: Ledger, place: str, view: View) -> list[Run]:
    """All runs of a place, from the study start on. Raises ValueError for a policy that is none."""
    check(0, 0, view)
    number = ledger.places.number(place)
    if number < 0:
        return [Run(place, ledger.study_start, None, "unknown")]
    return between(story(ledger, number, view), -NEVER, None)
