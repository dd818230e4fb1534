"""The ledger of a record: names become numbers, rows are sorted, pairs found (see `kg.control.ledger`)."""

from __future__ import annotations

from array import array
from datetime import UTC, datetime
from typing import Any

import numpy as np

from kg.control.ledger import ANYTHING, CENTRE, DENIAL, NEVER, PARTS, Ledger
from kg.control.names import Array, Names, table
from kg.control.record import Day, Record, Source
from kg.control.telling import enclosing, published, said, tellings

Numbers = dict[str, int]
ALWAYS, NOT_YET = -(1 << 62), 1 << 62
"""The instants of claims whose recording is not dated, and of those that are not retired."""


def gather(record: Record) -> Ledger:
    """The columns of a record."""
    tables = named(record)
    number = {kind: {name: position for position, name in enumerate(names)} for kind, names in tables.items()}
    days = published(record)
    rows, sets = told_rows(record, number, days)
    keys = ("event", "claim", "hi", "lo", "claimant", "source", "place")
    order = np.lexsort([rows[name] for name in keys])
    moved = np.empty_like(order)
    moved[order] = np.arange(len(order))
    rows = {name: column[order] for name, column in rows.items()}
    for pairs in sets.values():
        pairs[:, 0] = moved[pairs[:, 0]]
    baselines = baseline_columns(record, number)
    holders = Holders(len(tables["places"]), max(1, len(tables["actors"])), rows, sets, baselines)
    columns: dict[str, Any] = {
        "row_start": np.searchsorted(rows["place"], np.arange(len(tables["places"]) + 1)),
        "holder_start": holders.start,
        "holder_actor": holders.actor.astype(np.int32),
        **{name: rows[name].astype(np.int32) for name in ("claim", "claimant", "lo", "hi", "around")},
        **{name: rows[name].astype(np.uint8) for name in ("kind", "traits")},
        **{name: holders.number(rows["place"], rows[name]).astype(np.int16) for name in ("who", "was", "presumed")},
        **grouped(rows, occurrences(record, number["events"])),
        **ordered(record, rows, number["events"]),
        **claim_columns(record, number, days),
        **source_columns(record, number, days),
        "nesting": nesting(record, number["places"]),
    }
    for name, pairs in sets.items():
        pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
        columns[f"{name}_row"] = pairs[:, 0].astype(np.int32)
        columns[f"{name}_holder"] = holders.number(rows["place"][pairs[:, 0]], pairs[:, 1]).astype(np.int16)
    columns |= {
        "baseline_start": np.searchsorted(baselines["place"], np.arange(len(tables["places"]) + 1)),
        "baseline_holder": holders.number(baselines["place"], baselines["actor"]).astype(np.int16),
        **{name: column.astype(np.int32) for name, column in baselines.items() if name not in ("place", "actor")},
    }
    columns |= {kind: names for kind, names in tables.items() if kind != "events"}
    return Ledger(study_start=record.study_start, **columns)


def named(record: Record) -> dict[str, Names]:
    """The tables of all names that occur."""
    events = record.events.values()
    actors: set[str] = {*record.organ_of, *record.organ_of.values()}
    for event in events:
        actors.update(event.parties, event.presumed_heirs, *([each] for each in (event.to, event.from_) if each))
    for claim in record.claims.values():
        actors.update(claim.claimants)
    for source in record.sources.values():
        actors.update(source.sides)
    baselines = record.baselines.values()
    actors.update(each.holder for each in baselines)
    places = {*record.within, *(outer for outers in record.within.values() for outer in outers)}
    places.update(*(event.places for event in events), *(each.places for each in baselines))
    sources = {*record.sources, *(claim.source for claim in record.claims.values())}
    sources.update(*(source.derived_from for source in record.sources.values()))
    return {
        "places": table(places),
        "actors": table(actors),
        "sources": table(sources),
        "claims": table(record.claims),
        "baselines": table(record.baselines),
        "events": table(record.events),
    }


def told_rows(
    record: Record, number: dict[str, Numbers], days: dict[str, Day]
) -> tuple[dict[str, Array], dict[str, Array]]:
    """The rows in the order of the claims, actors by their numbers; and (row, actor) for parties, heirs and the
    actors for whom the row's claimant speaks."""
    actors: dict[str | None, int] = {None: -1}
    actors.update(number["actors"])
    places = number["places"]
    principals = {name: upwards(name, record.organ_of, number["actors"]) for name in number["actors"]}
    # Flat, for a tuple a row would keep the collector of garbage busy.
    rows = array("q")
    size = 0
    sets: dict[str, list[tuple[int, int]]] = {"party": [], "heir": [], "self": []}
    for each in tellings(record, days):
        stated = each.stated
        who, was, presumed = actors[stated.who], actors[stated.was], actors[stated.presumed]
        names = (number["claims"][each.claim], number["sources"][each.source], number["events"][each.event])
        origin = places[each.place]
        # A report of the area does not say who held a place within before it.
        inner = -1 if each.report else was
        for claimant in each.claimants:
            window = each.narrated if claimant is None else each.quoted
            if window is None:
                continue
            for place, around in ((origin, -1), *((places[name], origin) for name in each.inside)):
                before, traits, loser, carried = stated.before, stated.traits, was, presumed
                if around >= 0:
                    # Of the time before, an account of the area says nothing about a place within.
                    before, traits, loser, carried = ANYTHING, traits & ~CENTRE, inner, -1
                row, size = size, size + 1
                kind = stated.says + 8 * before
                rows.extend((place, around, *names, actors[claimant], *window, kind, traits, who, loser, carried))
                sets["party"].extend((row, actors[party]) for party in stated.parties)
                sets["heir"].extend((row, actors[heir]) for heir in stated.heirs)
                if claimant is not None:
                    sets["self"].extend((row, principal) for principal in principals[claimant])
    titles = ("place", "around", "claim", "source", "event", "claimant", "lo", "hi", "kind", "traits")
    matrix = np.frombuffer(rows, np.int64).reshape(-1, 13).T if rows else np.zeros((13, 0), np.int64)
    pairs = {name: np.array(each, np.int64).reshape(-1, 2) for name, each in sets.items()}
    return dict(zip((*titles, "who", "was", "presumed"), matrix, strict=True)), pairs


def upwards(actor: str, organ_of: dict[str, str], number: Numbers) -> list[int]:
    """The actor and those whose organ it is, directly or not."""
    chain = [actor]
    while (above := organ_of.get(chain[-1])) is not None and above not in chain:
        chain.append(above)
    return [number[each] for each in chain]


class Holders:
    """The actors that are named at each place, numbered place by place.

    For whom a claimant speaks matters only among them, so `sets["self"]` loses all others.
    """

    def __init__(
        self, places: int, actors: int, rows: dict[str, Array], sets: dict[str, Array], baselines: dict[str, Array]
    ) -> None:
        pairs = [(rows["place"], rows[name]) for name in ("who", "was", "presumed")]
        pairs += [(rows["place"][sets[name][:, 0]], sets[name][:, 1]) for name in ("party", "heir")]
        pairs.append((baselines["place"], baselines["actor"]))
        self.actors = actors
        self.keys = np.unique(np.concatenate([(place * actors + actor)[actor >= 0] for place, actor in pairs]))
        self.start = np.searchsorted(self.keys, np.arange(places + 1) * actors)
        self.actor = self.keys % actors
        spoken = sets["self"]
        sets["self"] = spoken[np.isin(rows["place"][spoken[:, 0]] * actors + spoken[:, 1], self.keys)]

    def number(self, place: Array, actor: Array) -> Array:
        """The numbers of actors among the holders of places; nobody is -1."""
        found = np.searchsorted(self.keys, place * self.actors + actor) - self.start[place]
        return np.where(actor < 0, -1, found)


def occurrences(record: Record, number: Numbers) -> Array:
    """For each event the least number among the events that are the same occurrence."""
    least = list(range(len(number)))

    def root(event: int) -> int:
        while least[event] != event:
            least[event] = least[least[event]]
            event = least[event]
        return event

    for name, event in record.events.items():
        for other in event.same_occurrence:
            if other in number:
                first, second = sorted((root(number[name]), root(number[other])))
                least[second] = first
    return np.array([root(event) for event in range(len(least))], np.int64)


def grouped(rows: dict[str, Array], occurrence: Array) -> dict[str, Array]:
    """What one voice tells of one occurrence at one place, where that is more than one row, and the claims of each."""
    origin = np.where(rows["around"] < 0, rows["place"], rows["around"])
    keys = np.stack([origin, rows["source"], rows["claimant"], occurrence[rows["event"]]], 1)
    _, group = np.unique(keys, axis=0, return_inverse=True) if len(keys) else (None, np.zeros(0, np.int64))
    own = np.flatnonzero(rows["around"] < 0)
    size = np.bincount(group[own], minlength=int(group.max(initial=-1)) + 1)
    renumbered = np.where(size > 1, np.cumsum(size > 1) - 1, -1)
    group = renumbered[group]
    member = own[group[own] >= 0]
    member = member[np.argsort(group[member], kind="stable")]
    start = np.searchsorted(group[member], np.arange(int((size > 1).sum()) + 1))
    return {
        "group": group.astype(np.int32),
        "member_start": start,
        "member_claim": rows["claim"][member].astype(np.int32),
    }


def ordered(record: Record, rows: dict[str, Array], number: Numbers) -> dict[str, Array]:
    """The pairs of rows of one voice at one place of which one is stated to follow the other."""
    follows = {number[name]: [number[other] for other in event.follows if other in number]
               for name, event in record.events.items() if event.follows}  # fmt: skip
    concerned = {*follows, *(other for others in follows.values() for other in others)}
    if not concerned:
        return {"later_row": np.zeros(0, np.int32), "earlier_row": np.zeros(0, np.int32)}
    told = np.flatnonzero(np.isin(rows["event"], list(concerned)) & (rows["traits"] & DENIAL == 0))
    timelines: dict[tuple[int, ...], list[tuple[int, int]]] = {}
    for row, *voice, event in zip(
        told.tolist(), *(rows[name][told].tolist() for name in ("place", "source", "claimant", "event")), strict=True
    ):
        timelines.setdefault(tuple(voice), []).append((row, event))
    parts = rows["kind"] & 7 == PARTS
    closed: dict[int, set[int]] = {}
    pairs: list[tuple[int, int]] = []
    for members in timelines.values():
        for row, event in members if len(members) > 1 else ():
            if event not in closed:
                closed[event] = preceding(event, follows)
            pairs.extend((row, other) for other, before in members if before in closed[event] and not parts[row])
    later, earlier = np.array(sorted(pairs), np.int32).reshape(-1, 2).T
    return {"later_row": later, "earlier_row": earlier}


def preceding(event: int, follows: dict[int, list[int]]) -> set[int]:
    """All events that an event follows, directly or not."""
    found: set[int] = set()
    ring = [event]
    while ring:
        ring = [before for each in ring for before in follows.get(each, ()) if before not in found]
        found.update(ring)
    return found


def nesting(record: Record, number: Numbers) -> Array:
    """Which place lies in which, directly or not: the number of the inner one times the number of places, plus that of
    the outer one."""
    size = len(number)
    pairs = [
        number[place] * size + number[outer] for place in record.within for outer in enclosing(place, record.within)
    ]
    return np.array(sorted(pairs), np.int64)


def claim_columns(record: Record, number: dict[str, Numbers], days: dict[str, Day]) -> dict[str, Array]:
    """Source, dates and successors of each claim."""
    claims = [record.claims[name] for name in number["claims"]]
    instants = [(micros(claim.recorded, ALWAYS), micros(claim.retired, NOT_YET)) for claim in claims]
    moments, codes = np.unique(np.array([(ALWAYS, NOT_YET), *instants], np.int64), return_inverse=True)
    codes = codes.reshape(-1, 2)[1:].astype(np.int32)
    replaced = [
        (number["claims"][old], number["claims"][name])
        for name, claim in record.claims.items() for old in claim.supersedes if old in number["claims"]
    ]  # fmt: skip
    old, new = np.array(sorted(replaced), np.int32).reshape(-1, 2).T
    return {
        "claim_source": np.array([number["sources"][claim.source] for claim in claims], np.int32),
        "said": np.array([said(claim, days[claim.source]) for claim in claims], np.int32),
        "recorded": codes[:, 0], "retired": codes[:, 1], "instants": moments,
        "superseded": old, "superseder": new,
    }  # fmt: skip


def micros(moment: datetime | None, absent: int) -> int:
    """Microseconds since 1970; a moment without time zone counts as UTC."""
    if moment is None:
        return absent
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    past = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return (past.days * 86_400 + past.seconds) * 1_000_000 + past.microseconds


def source_columns(record: Record, number: dict[str, Numbers], days: dict[str, Day]) -> dict[str, Array]:
    """What each source knows of, and the sources it derives from, directly or not."""
    described = [(name, record.sources.get(name, Source())) for name in number["sources"]]
    known = days | {name: source.knowledge for name, source in described if source.knowledge is not None}
    knowledge = [known.get(name, record.study_start) for name in number["sources"]]
    direct = {number["sources"][name]: [number["sources"][each] for each in source.derived_from]
              for name, source in described if source.derived_from}  # fmt: skip
    pairs = sorted((source, ancestor) for source in direct for ancestor in preceding(source, direct))
    derived, ancestor = np.array(pairs, np.int32).reshape(-1, 2).T
    return {"knowledge": np.array(knowledge, np.int32), "derived": derived, "ancestor": ancestor}


def baseline_columns(record: Record, number: dict[str, Numbers]) -> dict[str, Array]:
    """Every place of every baseline, sorted by place."""
    found: list[tuple[int, ...]] = []
    for name, each in record.baselines.items():
        first = -NEVER if each.first is None else each.first
        last = NEVER if each.last is None else each.last
        places = dict.fromkeys(each.places)
        rest = (number["baselines"][name], number["actors"][each.holder], first, last, len(places))
        found.extend((number["places"][place], *rest) for place in places)
    matrix = np.array(sorted(found), np.int64).reshape(-1, 6).T
    titles = ("place", "baseline", "actor", "baseline_first", "baseline_last", "baseline_size")
    return dict(zip(titles, matrix, strict=True))
