"""What is said about control as columns: the record once more, for 200,000 changes at once.

Things are numbers: their places in tables of names, which are in order. A day that is open, and a date that is not
given, is `OPEN`; nobody is -1. Pairs are two columns, sorted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from kg.control.names import Array, Names, table
from kg.control.record import Baseline, Claim, Day, Event, Extent, Record, Source, Stance, Window

OPEN = -(1 << 30)
"""No day: before all days, so that it never wins where the last of several is looked for."""
ALWAYS, NOT_YET = -(1 << 62), 1 << 62
"""The instants of claims whose recording is not dated, and of those that are not retired."""
STANCES: tuple[Stance, ...] = ("Reports", "Announces", "Confirms", "Alleges", "Denies")
EXTENTS: tuple[Extent, ...] = ("Whole", "EntireArea", "Centre", "SomeParts")

Pairs = tuple[Array, Array]


@dataclass(frozen=True, eq=False)
class Facts:
    """A record (`kg.control.record`) in columns; `stance` and `extent` are numbers in `STANCES` and `EXTENTS`.

    Of claims, `stated_first`, `stated_last` and `states_first`, `states_last` are windows; `states` tells whether a
    claim has one of its own for its events. `recorded` and `retired` are microseconds since 1970.
    """

    study_start: Day
    places: Names
    actors: Names
    sources: Names
    claims: Names
    events: Names
    baselines: Names
    # pairs (inner place, outer place), (organ, whose)
    within: Pairs
    organ_of: Pairs
    # sources, with pairs (source, origin) and (source, actor)
    published: Array
    knowledge: Array
    derived_from: Pairs
    sides: Pairs
    # claims, with pairs (claim, event), (claim, actor) and (new claim, old claim)
    source: Array
    stance: Array
    stated_first: Array
    stated_last: Array
    states: Array
    states_first: Array
    states_last: Array
    recorded: Array
    retired: Array
    about: Pairs
    claimants: Pairs
    supersedes: Pairs
    # events, with pairs (event, place), (event, actor) and (event, event)
    report: Array
    to: Array
    from_: Array
    contested: Array
    first: Array
    last: Array
    extent: Array
    at: Pairs
    parties: Pairs
    heirs: Pairs
    follows: Pairs
    same: Pairs
    # baselines, with pairs (baseline, place)
    holder: Array
    holds_first: Array
    holds_last: Array
    holds: Pairs


def micros(moment: datetime | None, absent: int) -> int:
    """Microseconds since 1970; a moment without time zone counts as UTC."""
    if moment is None:
        return absent
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    past = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return (past.days * 86_400 + past.seconds) * 1_000_000 + past.microseconds


def pairs(listed: Iterable[tuple[int, int]]) -> Pairs:
    """Pairs as two columns, each pair once, sorted."""
    first, second = np.array(sorted(set(listed)), np.int64).reshape(-1, 2).T
    return first, second


def of_record(record: Record) -> Facts:
    """The columns of a record. What an event follows or is the same as counts where it is in the record too."""
    sources, events, claims, baselines = record.sources, record.events, record.claims, record.baselines
    tables = {kind: table(names) for kind, names in named(record).items()}
    place, actor, source, claim, event = (
        {name: number for number, name in enumerate(tables[kind])}
        for kind in ("places", "actors", "sources", "claims", "events")
    )
    who: dict[str | None, int] = {None: -1}
    who.update(actor)
    described = [sources.get(name, Source()) for name in tables["sources"]]
    said = [claims[name] for name in tables["claims"]]
    told = [events[name] for name in tables["events"]]
    assumed = [baselines[name] for name in tables["baselines"]]
    stated, states = windows(each.stated for each in said), windows(each.states_when for each in said)
    when = windows(each.when for each in told)
    return Facts(
        study_start=record.study_start, **tables,
        within=pairs((place[name], place[outer]) for name, outers in record.within.items() for outer in outers),
        organ_of=pairs((actor[name], actor[whose]) for name, whose in record.organ_of.items()),
        published=days(each.published for each in described),
        knowledge=days(each.knowledge for each in described),
        derived_from=pairs((number, source[other]) for number, each in enumerate(described)
                           for other in each.derived_from),
        sides=pairs((number, actor[side]) for number, each in enumerate(described) for side in each.sides),
        source=np.array([source[each.source] for each in said], np.int64),
        stance=np.array([STANCES.index(each.stance) for each in said], np.int64),
        stated_first=stated[0], stated_last=stated[1], states_first=states[0], states_last=states[1],
        states=np.array([each.states_when is not None for each in said], bool),
        recorded=np.array([micros(each.recorded, ALWAYS) for each in said], np.int64),
        retired=np.array([micros(each.retired, NOT_YET) for each in said], np.int64),
        about=pairs((number, event[name]) for number, each in enumerate(said) for name in each.about),
        claimants=pairs((number, actor[name]) for number, each in enumerate(said) for name in each.claimants),
        supersedes=pairs((number, claim[old]) for number, each in enumerate(said) for old in each.supersedes
                         if old in claim),
        report=np.array([each.report for each in told], bool),
        to=np.array([who[each.to] for each in told], np.int64),
        from_=np.array([who[each.from_] for each in told], np.int64),
        contested=np.array([each.contested or bool(each.parties) for each in told], bool),
        first=when[0], last=when[1],
        extent=np.array([EXTENTS.index(each.extent) for each in told], np.int64),
        at=pairs((number, place[name]) for number, each in enumerate(told) for name in each.places),
        parties=pairs((number, actor[name]) for number, each in enumerate(told) for name in each.parties),
        heirs=pairs((number, actor[name]) for number, each in enumerate(told) for name in each.presumed_heirs),
        follows=pairs((number, event[name]) for number, each in enumerate(told) for name in each.follows
                      if name in event),
        same=pairs((number, event[name]) for number, each in enumerate(told) for name in each.same_occurrence
                   if name in event),
        holder=np.array([actor[each.holder] for each in assumed], np.int64),
        holds_first=days(each.first for each in assumed), holds_last=days(each.last for each in assumed),
        holds=pairs((number, place[name]) for number, each in enumerate(assumed) for name in each.places),
    )  # fmt: skip


def days(listed: Iterable[Day | None]) -> Array:
    """Days that may be open, as a column."""
    return np.array([OPEN if day is None else day for day in listed], np.int64)


def windows(listed: Iterable[Window | None]) -> tuple[Array, Array]:
    """The first and the last days of windows; open where there is no window."""
    bounds = [(None, None) if window is None else window for window in listed]
    return days(first for first, _ in bounds), days(last for _, last in bounds)


def named(record: Record) -> dict[str, set[str]]:
    """All names that occur, by kind."""
    events, baselines = record.events.values(), record.baselines.values()
    actors: set[str] = {*record.organ_of, *record.organ_of.values(), *(each.holder for each in baselines)}
    for event in events:
        actors.update(event.parties, event.presumed_heirs, *([each] for each in (event.to, event.from_) if each))
    actors.update(*(claim.claimants for claim in record.claims.values()))
    actors.update(*(source.sides for source in record.sources.values()))
    places = {*record.within, *(outer for outers in record.within.values() for outer in outers)}
    places.update(*(event.places for event in events), *(each.places for each in baselines))
    sources = {*record.sources, *(claim.source for claim in record.claims.values())}
    sources.update(*(source.derived_from for source in record.sources.values()))
    return {
        "places": places, "actors": actors, "sources": sources, "claims": set(record.claims),
        "events": set(record.events), "baselines": set(record.baselines),
    }  # fmt: skip


def as_record(facts: Facts) -> Record:
    """The record that the columns hold, for the reference, which reads like the rules."""
    places, actors, sources, claims, events, baselines = (
        list(names)
        for names in (facts.places, facts.actors, facts.sources, facts.claims, facts.events, facts.baselines)
    )

    def several(both: Pairs, names: list[str], size: int) -> list[tuple[str, ...]]:
        found: list[list[str]] = [[] for _ in range(size)]
        for node, value in zip(both[0].tolist(), both[1].tolist(), strict=True):
            found[node].append(names[value])
        return [tuple(each) for each in found]

    def day(column: Array) -> list[Day | None]:
        return [None if each == OPEN else each for each in column.tolist()]

    def who(column: Array) -> list[str | None]:
        return [None if each < 0 else actors[each] for each in column.tolist()]

    def moment(column: Array) -> list[datetime | None]:
        start = datetime(1970, 1, 1, tzinfo=UTC)
        return [None if abs(each) == NOT_YET else start + timedelta(microseconds=each) for each in column.tolist()]

    stated = [
        None if bounds == (None, None) else bounds
        for bounds in zip(day(facts.stated_first), day(facts.stated_last), strict=True)
    ]
    states = [
        bounds if has else None
        for has, bounds in zip(
            facts.states.tolist(), zip(day(facts.states_first), day(facts.states_last), strict=True), strict=True
        )
    ]
    outer = several(facts.within, places, len(places))
    return Record(
        facts.study_start,
        {place: outers for place, outers in zip(places, outer, strict=True) if outers},
        {actors[organ]: actors[whose] for organ, whose in np.stack(facts.organ_of, 1)},
        dict(zip(sources, map(
            Source, day(facts.published), day(facts.knowledge), several(facts.derived_from, sources, len(sources)),
            several(facts.sides, actors, len(sources))), strict=True)),
        dict(zip(events, map(
            Event, several(facts.at, places, len(events)), facts.report.tolist(), who(facts.to), who(facts.from_),
            several(facts.parties, actors, len(events)), facts.contested.tolist(),
            zip(day(facts.first), day(facts.last), strict=True), [EXTENTS[each] for each in facts.extent],
            several(facts.follows, events, len(events)), several(facts.same, events, len(events)),
            several(facts.heirs, actors, len(events))), strict=True)),
        dict(zip(claims, map(
            Claim, [sources[each] for each in facts.source], several(facts.about, events, len(claims)),
            [STANCES[each] for each in facts.stance], several(facts.claimants, actors, len(claims)), stated, states,
            moment(facts.recorded), moment(facts.retired), several(facts.supersedes, claims, len(claims))),
            strict=True)),
        dict(zip(baselines, map(
            Baseline, several(facts.holds, places, len(baselines)), [actors[each] for each in facts.holder],
            day(facts.holds_first), day(facts.holds_last)), strict=True)),
    )  # fmt: skip
