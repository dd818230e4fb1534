"""What is stated of events, claims and sources as relations between numbers, from which what can be browsed is made."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kg.browsing.relations import Monthly, Related, related
from kg.control.facts import OPEN
from kg.control.names import Array, distinct, spans
from kg.control.statements import KG, Statements
from kg.event_days import NEVER, event_windows
from kg.gazetteer import Entry, Gazetteer

EVENT_TYPE = f"{KG}eventType"
READ = (
    "about", "source", "stance", "claimant", "statesWhen", "place", "when", "toController", "fromController",
    "controller", "party", "participation", "actor", "toll", "earliest", "latest", "endLatest", "published",
)  # fmt: skip
"""The properties that are read beside the types of events."""
_CHANGING = ("toController", "fromController")
_EPOCH = 719_163
"""The ordinal of 1 January 1970."""
SPREAD = 24
"""Months in which something may have happened that are counted; what is vaguer counts in none."""


@dataclass(frozen=True, eq=False)
class Facet:
    """What things can be chosen by: pairs of numbers, of a thing and of one of `values`, each once.

    The values are IRIs, or words of ours; of months (2021-07) `sure` tells whether it was certainly then.
    """

    values: Sequence[str]
    thing: Array
    value: Array
    sure: Array | None = None


@dataclass(frozen=True, eq=False)
class Numbered:
    """Things in an order, and the number of each among the texts of statements (-1: none of them)."""

    things: list[str]
    of: Array

    def column(self, texts: Array) -> Array:
        """A column of days by texts as one by things."""
        found = np.full(len(self.things), OPEN)
        at = np.flatnonzero(self.of >= 0)
        found[self.of[at]] = texts[at]
        return found


@dataclass(frozen=True, eq=False)
class Gathered:
    """The things of a version in the order of their lists, and what joins them. Months are of events, of what claims
    state, and of publication; `changes` are the events in which control changes, `denials` the claims that deny."""

    places: Numbered
    actors: Numbered
    events: Numbered
    claims: Numbered
    sources: Numbered
    place_types: Facet
    actor_types: Facet
    source_kinds: Facet
    event_types: list[str]
    stances: list[str]
    months: list[str]
    claim_months: list[str]
    source_months: list[str]
    # events
    kinds: Related
    at: Related
    around: Related
    taking: Related
    claims_of: Related
    speaking: Related
    happened: Monthly
    changes: Array
    # places and actors
    nesting: Related
    events_at: Related
    events_with: Related
    # claims
    about: Related
    source: Related
    stance: Related
    claimants: Related
    claimed: Monthly
    denials: Array
    # sources
    published: Monthly
    # the first and the last day of events, and of publication
    event_days: tuple[Array, Array]
    publication: tuple[Array, Array]

    def facet(self, of: Numbered, pairs: Related) -> Facet:
        """What things can be chosen by, where it is other things."""
        return Facet(of.things, *pairs.columns())

    def count(self, things: Numbered, pairs: Related, among: Array | None = None) -> Array:
        """How many of the others each thing has; of those `among`."""
        return pairs.count(len(things.things), among)


def gathered(said: Statements, gazetteer: Gazetteer) -> Gathered:
    """Everything that statements tell of what can be browsed."""
    pairs = said.pairs
    places, actors = (_listed(said, _by_name(of)) for of in (gazetteer.places, gazetteer.actors))
    first, last = event_windows(said)
    _, published_first, published_last = said.windows("published")
    sources = _listed(said, _by_day(said, gazetteer.sources, published_last))
    events = _ordered(said, pairs["type"][0], first, last)
    stated_first, stated_last = _stated(said, first, last)
    claims = _ordered(said, pairs["stance"][0], stated_first, stated_last)
    event_types, stances = (_named(said, pairs[name][1]) for name in ("type", "stance"))
    taking = {name: related(pairs[name], events.of, actors.of) for name in (*_CHANGING, "controller", "party")}
    parts = Related(*pairs["participation"])
    taking["part"] = related(parts.through(Related(*pairs["actor"])).pair, events.of, actors.of)
    nesting, at = _nesting(gazetteer, places.things), related(pairs["place"], events.of, places.of)
    around = at.through(nesting)
    told = Related(*pairs["about"])
    # what is said of a part of an event is said of the event
    told = told.and_(told.through(parts.and_(Related(*pairs["toll"])).turned()))
    about, source = related(told.pair, claims.of, events.of), related(pairs["source"], claims.of, sources.of)
    stance = related(pairs["stance"], claims.of, _numbers_of(said, stances))
    denying = [number for number, each in enumerate(stances) if each == f"{KG}Denies"]
    claims_of, everybody = about.turned(), taking["part"].and_(*taking.values())
    event_days = events.column(first), events.column(last)
    publication = sources.column(published_first), sources.column(published_last)
    months, happened = _months(*event_days)
    claim_months, claimed = _months(claims.column(stated_first), claims.column(stated_last))
    source_months, published = _months(*publication)
    return Gathered(
        places, actors, events, claims, sources,
        place_types=_typed(gazetteer.places, places.things), actor_types=_typed(gazetteer.actors, actors.things),
        source_kinds=_typed(gazetteer.sources, sources.things),
        event_types=event_types, stances=stances, months=months, claim_months=claim_months,
        source_months=source_months,
        kinds=related(pairs["type"], events.of, _numbers_of(said, event_types)), at=at, around=around,
        taking=everybody, claims_of=claims_of, speaking=claims_of.through(source), happened=happened,
        changes=distinct(np.sort(np.concatenate([taking[name].one for name in _CHANGING]))),
        nesting=nesting, events_at=at.turned(), events_with=everybody.turned(),
        about=about, source=source, stance=stance, claimed=claimed,
        claimants=related(pairs["claimant"], claims.of, actors.of),
        denials=np.unique(stance.one[np.isin(stance.other, denying)]), published=published,
        event_days=event_days, publication=publication,
    )  # fmt: skip


def month_facet(months: list[str], of: Monthly) -> Facet:
    """What things can be chosen by, where it is the months in which they were."""
    return Facet(months, *of.columns(), of.sure)


def _by_name(entries: Mapping[str, Entry]) -> list[str]:
    return sorted(entries, key=lambda iri: (entries[iri].label().casefold(), iri))


def _by_day(said: Statements, entries: Mapping[str, Entry], day: Array) -> list[str]:
    """Entries by a day of theirs, then by their names."""
    of = _listed(said, _by_name(entries))
    days = of.column(day)
    order = np.argsort(np.where(days == OPEN, NEVER, days), kind="stable")
    return [of.things[number] for number in order.tolist()]


def _listed(said: Statements, things: list[str]) -> Numbered:
    """Things that may be mentioned by no statement."""
    of = np.full(len(said.texts), -1)
    for number, thing in enumerate(things):
        at = bisect_left(said.texts, thing)
        if at < len(said.texts) and said.texts[at] == thing:
            of[at] = number
    return Numbered(things, of)


def _ordered(said: Statements, nodes: Array, first: Array, last: Array) -> Numbered:
    """Nodes by their latest days, then the earliest, then their IRIs; those without are last."""
    nodes = distinct(nodes)
    nodes = nodes[np.lexsort((nodes, first[nodes], np.where(last[nodes] == OPEN, NEVER, last[nodes])))]
    of = np.full(len(said.texts), -1)
    of[nodes] = np.arange(len(nodes))
    return Numbered([said.texts[each] for each in nodes.tolist()], of)


def _named(said: Statements, nodes: Array) -> list[str]:
    return [said.texts[each] for each in np.unique(nodes).tolist()]


def _numbers_of(said: Statements, things: list[str]) -> Array:
    return _listed(said, things).of


def _stated(said: Statements, first: Array, last: Array) -> tuple[Array, Array]:
    """For everything the days that it states, or else those of what it is about."""
    node, event = said.pairs["about"]
    lo, hi = np.full(len(first), NEVER), np.full(len(first), -NEVER)
    np.minimum.at(lo, node, np.where(first[event] == OPEN, -NEVER, first[event]))
    np.maximum.at(hi, node, np.where(last[event] == OPEN, NEVER, last[event]))
    has, own_first, own_last = said.windows("statesWhen")
    dated = has & ((own_first != OPEN) | (own_last != OPEN))
    lo, hi = (np.where(np.abs(bound) == NEVER, OPEN, bound) for bound in (lo, hi))
    return np.where(dated, own_first, lo), np.where(dated, own_last, hi)


def _nesting(gazetteer: Gazetteer, places: list[str]) -> Related:
    """Every place with itself and with all that it lies in."""
    number = {place: at for at, place in enumerate(places)}
    above = [[at, *(number[outer] for outer in gazetteer.above(place) if outer in number)]
             for at, place in enumerate(places)]  # fmt: skip
    inner = np.repeat(np.arange(len(places)), [len(each) for each in above])
    return Related(inner, np.array([each for several in above for each in several], np.int64)).once()


def _typed(entries: Mapping[str, Entry], things: list[str]) -> Facet:
    types = sorted({each for thing in things for each in entries[thing].types})
    number = {each: at for at, each in enumerate(types)}
    both = [(at, number[each]) for at, thing in enumerate(things) for each in entries[thing].types]
    thing, value = np.array(both, np.int32).reshape(-1, 2).T
    return Facet(types, thing, value)


def _months(first: Array, last: Array) -> tuple[list[str], Monthly]:
    """The months in which things may have been, and of each thing the numbers of those."""
    bounded = (first != OPEN) & (last != OPEN)
    begin, end = (_month(np.where(bounded, column, _EPOCH)) for column in (first, last))
    known = np.flatnonzero(bounded & (end >= begin) & (end - begin < SPREAD))
    length = end[known] - begin[known] + 1
    values, value = np.unique(spans(begin[known], length), return_inverse=True)
    names = [f"{each // 12:04}-{each % 12 + 1:02}" for each in values.tolist()]
    return names, Monthly(np.repeat(known, length), value, np.repeat(length == 1, length))


def _month(days: Array) -> Array:
    """The month of each day, counted from January of the year 0."""
    since: Array = (days - _EPOCH).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return since + 1970 * 12
