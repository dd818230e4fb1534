"""The rules of control, first part: which claims are visible, and what one says of a place (docs/control.md, 1-2).

Written to be read beside the rules, not to be quick.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from kg.control.answers import View
from kg.control.record import Claim, Day, Event, Record, Window

CONTESTED = "contested"
"""The holder of a place that is contested. Someone unnamed needs no name: whatever is not a list includes them."""

Voice = tuple[str | None, str]
"""Who speaks: the claimant (None: the source itself, the narrator), and the source."""


@dataclass(frozen=True)
class Holders:
    """A set of holders: the ones in `members`, or, where `complement` is true, all but those."""

    members: frozenset[str] = frozenset()
    complement: bool = False

    def __contains__(self, holder: str) -> bool:
        return (holder in self.members) != self.complement

    def __and__(self, other: Holders) -> Holders:
        if self.complement and other.complement:
            return Holders(self.members | other.members, True)
        if self.complement:
            return other & self
        return Holders(frozenset(holder for holder in self.members if holder in other))

    def __or__(self, other: Holders) -> Holders:
        both = Holders(self.members, not self.complement) & Holders(other.members, not other.complement)
        return Holders(both.members, not both.complement)

    def __bool__(self) -> bool:
        return self.complement or bool(self.members)


NOBODY = Holders()
EVERYBODY = Holders(complement=True)


@dataclass(frozen=True)
class Saying:
    """Whom something allows as the holder, whom it names, and whom one may presume; with the parties of a contest."""

    allows: Holders = NOBODY
    names: frozenset[str] = frozenset()
    presumes: frozenset[str] = frozenset()
    parties: frozenset[str] = frozenset()

    def __or__(self, other: Saying) -> Saying:
        return Saying(
            self.allows | other.allows,
            self.names | other.names,
            self.presumes | other.presumes,
            self.parties | other.parties,
        )


ANYTHING = Saying(EVERYBODY)
NOTHING = Saying()


@dataclass(frozen=True)
class Row:
    """What one visible claim says of one place: the window [lo, hi] in which the change lies, what it says of the time
    after and of the time before it.

    `from_` is the holder before that is stated; `inside` says that the row was told of a place around this one, `home`
    which; `first` that it comes before every row of the same event (the holder before a gap was closed).
    """

    lo: Day
    hi: Day
    claim: str
    event: str
    home: str
    says: Saying
    before: Saying
    from_: str | None = None
    weak: bool = False
    told: bool = False
    report: bool = False
    denial: bool = False
    extent: str = "Whole"
    inside: bool = False
    gap: bool = False


def held(holder: str) -> Saying:
    """That this actor holds the place."""
    return Saying(Holders(frozenset({holder})), frozenset({holder}))


def contested(parties: Iterable[str]) -> Saying:
    """That it is contested, by these parties (none: not told)."""
    return Saying(Holders(frozenset({CONTESTED})), frozenset({CONTESTED}), parties=frozenset(parties))


def not_held(holder: str, presumed: Iterable[str]) -> Saying:
    """That this holder does not have it; `presumed` are those who may then be presumed to."""
    return Saying(Holders(frozenset({holder}), True), presumes=frozenset(presumed))


def published(record: Record, name: str) -> Day:
    """The day a source was published; of an undated one, the latest day that any of its claims tells of."""
    source = record.sources[name]
    if source.published is not None:
        return source.published
    told: list[Day] = [record.study_start]
    for claim in record.claims.values():
        if claim.source == name:
            windows = [claim.stated] + [claim.states_when or record.events[event].when for event in claim.about]
            told += [day for window in windows if window for day in window if day is not None]
    return max(told)


def knowledge(record: Record, source: str) -> Day:
    """The last day that the content of a source knows of."""
    told = record.sources[source].knowledge
    return published(record, source) if told is None else told


def undated(record: Record, claim: Claim) -> bool:
    """Whether nobody says when a claim was made, neither it nor its source."""
    stated = claim.stated is not None and claim.stated[1] is not None
    return not stated and record.sources[claim.source].published is None


def said(record: Record, claim: Claim) -> Day:
    """The day by which a claim had been made."""
    if claim.stated is not None and claim.stated[1] is not None:
        return claim.stated[1]
    return published(record, claim.source)


def voices(claim: Claim) -> list[Voice]:
    """The voices that make a claim: each one it quotes, or the narrator."""
    return [(claimant, claim.source) for claimant in claim.claimants] or [(None, claim.source)]


def visible(record: Record, view: View) -> dict[str, Claim]:
    """The claims that count in a view, by name: rule 1 but for its last sentence (`latest_of_each`)."""
    now = view.recorded or datetime.now(UTC)

    def counts(claim: Claim) -> bool:
        return (
            (view.known is None or said(record, claim) <= view.known)
            and (claim.recorded is None or claim.recorded <= now)
            and (claim.retired is None or now < claim.retired)
            and (view.sources is None or claim.source in view.sources)
        )

    counted = {name: claim for name, claim in record.claims.items() if counts(claim)}
    superseded = {name for claim in counted.values() for name in claim.supersedes}
    return {name: claim for name, claim in counted.items() if name not in superseded}


def window(record: Record, claim: Claim, voice: Voice, event: Event) -> tuple[Day, Day]:
    """[lo, hi] of what a voice says about an event, before what the kind of row makes of it; lo > hi is a plan.

    Nobody tells what has not happened yet: hi is capped by the day it was said, and for the narrator by what the
    source knows. The lower bound of a report that has none is its upper one.
    """
    stated: Window = claim.states_when or event.when
    hi = said(record, claim)
    if voice[0] is None:
        hi = min(hi, knowledge(record, claim.source))
    if stated[1] is not None:
        hi = min(hi, stated[1])
    if stated[0] is not None:
        return stated[0], hi
    return (hi if is_report(event) else record.study_start), hi


def is_report(event: Event) -> bool:
    """Whether it tells who holds a place rather than that it changed hands; from and to the same is no change."""
    return event.report or (event.to is not None and event.to == event.from_)


def is_contest(event: Event) -> bool:
    """Whether the place became or is contested."""
    return bool(event.parties) or event.contested


def opponent(record: Record, source: str, actor: str) -> set[str]:
    """The other of the two sides of a source of which `actor` is one; nobody where it is not so."""
    sides = set(record.sources[source].sides)
    return sides - {actor} if len(sides) == 2 and actor in sides else set()


def row(record: Record, name: str, claim: Claim, voice: Voice, event_name: str, place: str) -> Row | None:
    """What a claim says of a place that its event names (the table of rule 2); None for a plan."""
    event = record.events[event_name]
    lo, hi = window(record, claim, voice, event)
    if lo > hi:
        return None
    common = Row(lo, hi, name, event_name, place, NOTHING, NOTHING, extent=event.extent)
    if claim.stance == "Denies":
        return replace(common, hi=lo, says=_denied(record, claim, event), weak=True, denial=True)
    weak = claim.stance == "Alleges"
    common = replace(common, weak=weak, report=is_report(event), from_=event.from_)
    if event.extent == "SomeParts":
        return common
    told = not weak and not common.report
    before = held(event.from_) if event.from_ is not None else ANYTHING
    if is_contest(event):
        return replace(common, says=contested(event.parties), before=before, told=told)
    if event.to is None:
        assert event.from_ is not None, f"{event_name} names neither who took the place nor who lost it"
        return replace(common, says=not_held(event.from_, event.presumed_heirs), before=before, told=told)
    if event.from_ is None and not common.report:
        before = not_held(event.to, opponent(record, claim.source, event.to))
    return replace(common, says=held(event.to), before=before, told=told)


def _denied(record: Record, claim: Claim, event: Event) -> Saying:
    """What the denial of an event says of the day it is denied for."""
    stated = [event.from_] if event.from_ is not None else []
    if is_contest(event):
        return not_held(CONTESTED, stated)
    if event.to is None:
        assert event.from_ is not None
        return held(event.from_)
    if event.to == event.from_:
        return not_held(event.to, ())
    return not_held(event.to, stated or opponent(record, claim.source, event.to))


def latest_of_each(record: Record, claims: dict[str, Claim], places: set[str]) -> dict[tuple[Voice, str], list[Row]]:
    """The rows of every voice at each of the places: rules 1 (its last sentence) and 2.

    Of several claims of one voice about one occurrence at one place only those said last count.
    """
    occurrence = occurrences(record)
    told: dict[tuple[Voice, str, str], list[tuple[Day, Row]]] = {}
    for name, claim in claims.items():
        for event in claim.about:
            for place in places.intersection(record.events[event].places):
                for voice in voices(claim):
                    made = row(record, name, claim, voice, event, place)
                    if made is not None:
                        told.setdefault((voice, place, occurrence[event]), []).append((said(record, claim), made))
    rows: dict[tuple[Voice, str], list[Row]] = {}
    for (voice, place, _), made_on in told.items():
        last = max(day for day, _ in made_on)
        rows.setdefault((voice, place), []).extend(made for day, made in made_on if day == last)
    return rows


def occurrences(record: Record) -> dict[str, str]:
    """For every event, a name that all events share which are, over several steps, the same occurrence."""
    beside: dict[str, set[str]] = {name: set() for name in record.events}
    for name, event in record.events.items():
        for same in event.same_occurrence:
            beside[name].add(same)
            beside.setdefault(same, set()).add(name)
    return {name: min(reachable({name}, beside)) for name in beside}


def reachable(start: Iterable[str], steps: dict[str, set[str]]) -> set[str]:
    """Everything that can be reached from `start` by steps, with `start` itself."""
    found, open_ = set(start), list(start)
    while open_:
        new = steps.get(open_.pop(), set()) - found
        found |= new
        open_ += new
    return found
