"""Since when something is so on a day, and why it came about, from the sweep over all days (docs/networks.md)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from typing import Literal, NamedTuple

import numpy as np

from kg.control.ledger import NEVER
from kg.control.names import Array
from kg.control.record import Day
from kg.derive.answers import DOUBTFUL, HELD, Areas, Reading, Since
from kg.derive.held import SOME_PARTS, Held
from kg.derive.history.changes import JOINED
from kg.derive.history.corridors import CUT, OPEN, strengths
from kg.derive.history.spells import Spell, runs, spells
from kg.derive.history.states import LOST, states_of, steps
from kg.derive.history.sweep import Swept, columns_of, sweep
from kg.derive.network import Network
from kg.derive.situation import Situation

KEPT = 8
"""How many sweeps, and courses of roads, are kept."""


class Lasting(NamedTuple):
    """The four bounds of a state, inclusive days: None where there is no such day, or no end is known."""

    possible_from: Day
    certain_from: Day | None
    certain_until: Day | None
    possible_until: Day | None


class Turned(NamedTuple):
    """What joined, or parted, since the day before: named by its principal place (of what parted that of the day
    before), of how many pieces, how many places it has, or are still held; and the places and areas that explain it."""

    kind: Literal["Joined", "Parted"]
    principal: str
    pieces: int
    places: int
    because: tuple[str, ...]


def road_states(situation: Situation, actor: int, day: Day) -> dict[str, dict[str, Lasting]]:
    """For each named road the states, `Open` and `Cut`, that it is in on a day, with their bounds."""
    found: dict[str, dict[str, Lasting]] = {road: {} for road in situation.network.roads}
    rows = _courses(situation, actor)
    for number, road in enumerate(situation.network.roads):
        told = rows[rows[:, 1] == number][:, 2:].tolist()
        for state, value in (("Open", OPEN), ("Cut", CUT)):
            lasting = in_force(((first, value[strength]) for first, strength in told), day)
            if lasting:
                found[road][state] = lasting
    return found


def pockets_since(situation: Situation, actor: int, day: Day, places: Iterable[str]) -> dict[str, dict[str, Since]]:
    """For each of these places, pockets of a day, the readings, possible and certain, in which it is one, each since
    when and why."""
    network, found = situation.network, _swept(situation, actor)
    numbers = network.places.numbers(places)
    turns, told = (
        rows[np.isin(rows[:, 1], numbers) & (rows[:, 2] <= day)] for rows in (found.turns, found.whys)
    )  # fmt: skip
    begun: dict[int, dict[int, Day]] = {}
    for _, place, when, value in turns.tolist():
        before = begun.get(place, {})
        begun[place] = {reading: before.get(reading, when) for reading in (1, 2) if value >= reading}
    whys: dict[tuple[int, int, int], list[str]] = {}
    for _, place, when, reading, thing, _piece in told.tolist():
        if begun.get(place, {}).get(reading) == when:
            whys.setdefault((place, reading, when), []).append(network.place(thing))
    named = {1: "possible", 2: "certain"}
    return {
        network.place(place): {
            named[reading]: Since(when, tuple(sorted(set(whys.get((place, reading, when), ())))))
            for reading, when in since.items()
        }
        for place, since in sorted(begun.items()) if since
    }  # fmt: skip


def holding_changes(situation: Situation, actor: int, day: Day, reading: Reading) -> list[Turned]:
    """What of an actor's holdings joined or parted on a day, in a reading."""
    network, found = situation.network, _swept(situation, actor)
    number = {"possibly": DOUBTFUL, "certainly": HELD}[reading]
    told, why = (
        rows[(rows[:, 1] == day) & (rows[:, 2] == number)] for rows in (found.changes, found.causes)
    )  # fmt: skip
    because: dict[tuple[int, int], set[str]] = {}
    for _, _, _, kind, principal, thing, _piece in why.tolist():
        because.setdefault((kind, principal), set()).add(network.place(thing))
    return [
        Turned("Joined" if kind == JOINED else "Parted", network.place(principal), pieces, size,
               tuple(sorted(because.get((kind, principal), ()))))
        for _, _, _, kind, principal, pieces, size in told.tolist()
    ]  # fmt: skip


def lost_since(situation: Situation, actor: int, place: int, day: Day) -> Day | None:
    """Since when a place is certainly lost to an actor on a day; None where it is not."""
    held = situation.held.of(np.array([place]))
    course, _ = states_of(situation.network, held, steps(held), actor)
    past = np.flatnonzero(course.day <= day)
    return int(course.day[past[-1]]) if len(past) and course.value[past[-1]] == LOST else None


def in_force(turns: Iterable[tuple[Day, int]], day: Day) -> Lasting | None:
    """The spell that a day lies in, of something that is 0, 1 (possibly) or 2 (certainly) from days on."""
    spell = next((each for each in spells(runs(turns)) if each[0] <= day < each[3]), None)
    return None if spell is None else lasting(spell)


def lasting(spell: Spell) -> Lasting:
    """A spell with inclusive days."""
    first, sure, unsure, until = spell
    last = None if until == NEVER else until - 1
    if not sure:
        return Lasting(first, None, None, last)
    return Lasting(first, sure, None if unsure == NEVER else unsure - 1, last)


@lru_cache(maxsize=KEPT)
def counting(situation: Situation, areas: Areas) -> Situation:
    """A situation in which of the areas that roads pass only that is told which counts; the last few are kept, because
    what is swept is kept by the situation."""
    held, network = situation.held, situation.network
    if areas == "named":
        return replace(situation, held=_without(held, held.extent == SOME_PARTS), found=None)
    if areas == "none":
        nothing: Array = np.zeros(0, np.int64)
        return replace(situation, network=_passing(network, nothing), found=None)
    return situation


def _without(held: Held, left: Array) -> Held:
    columns = {name: column[~left] for name, column in held.columns().items() if not name.startswith("sources-")}
    return Held(**columns, sources=held.sources)


def _passing(network: Network, nothing: Array) -> Network:
    return replace(network, passes=(nothing, nothing))


@lru_cache(maxsize=KEPT)
def _courses(situation: Situation, actor: int) -> Array:
    """The strengths of roads for an actor; those that were written are for actors with a seat."""
    network, found = situation.network, situation.found
    if found is not None and network.seat[actor] >= 0:
        written: Array = found.strengths[found.strengths[:, 0] == actor]
        return written
    return strengths(network, situation.held, situation.study_start, [actor], np.arange(len(network.roads)))


@lru_cache(maxsize=KEPT)
def _swept(situation: Situation, actor: int) -> Swept:
    if situation.found is not None:
        columns = {name: rows[rows[:, 0] == actor] for name, rows in columns_of(situation.found).items()}
        return Swept(**columns)
    return sweep(situation.network, situation.held, [(actor, 0, NEVER - 1)])
