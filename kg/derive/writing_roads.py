"""The states of named roads as RDF: for how long one is open, or cut, and by what."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

import numpy as np

from kg.control.ledger import NEVER
from kg.control.names import Array, spans
from kg.control.record import Day
from kg.control.writing import bounds, day, slug
from kg.derive.evidence import Evidence
from kg.derive.held import SOME_PARTS
from kg.derive.history.corridors import CUT, OPEN, along
from kg.derive.history.spells import runs, spells
from kg.derive.history.states import POSSIBLE, SILENT, Course, states_of, steps
from kg.derive.nodes import Node, listed, node
from kg.files import BASE

STATES = (("Open", OPEN), ("Cut", CUT))
GROUNDS = ("EndLost", "HeldByOther", "AreaHeld", "AreaPartly", "RoadAssumed")
AN_END, ON_THE_WAY, AN_AREA = range(3)
"""What a place is to a named road."""


def road_states(evidence: Evidence, strengths: Array) -> Iterator[Node]:
    """The states that strengths make."""
    rows = states(strengths)
    if not len(rows):
        return
    network = evidence.network
    actor, road, _, first, _, _, until = rows.T
    asked, place, role = roles(evidence, road)
    blocked, interval = evidence.during(actor[asked], place, first[asked], until[asked])
    counts = (role[blocked] == AN_AREA) | (evidence.held.extent[interval] != SOME_PARTS)
    blocked, interval = blocked[counts], interval[counts]
    partly = (role[blocked] == AN_AREA) & (evidence.held.extent[interval] == SOME_PARTS)
    assumed = np.flatnonzero([network.assumed[network.pieces_of(each)].any() for each in road.tolist()])
    grounds = listed(
        len(rows), np.append(asked[blocked], assumed),
        np.append(role[blocked] + partly, np.full(len(assumed), GROUNDS.index("RoadAssumed"))),
    )  # fmt: skip
    blockers = listed(len(rows), asked[blocked], interval)
    silent, possible = (
        listed(len(rows), *passing(evidence, rows, asked, place, role, state)) for state in (SILENT, POSSIBLE)
    )
    for number, (who, along_it, kind, begins, certain, certain_end, ends) in enumerate(rows.tolist()):
        holder, name = evidence.actor(who), evidence.road(along_it)
        state = STATES[kind][0]
        iri = f"{BASE}id/route-state/{slug(name, 'road')}/{slug(holder, 'actor')}/{state.lower()}/{day(begins)}"
        yield iri, node(iri, [
            f"a kg:RouteState ; kg:route <{name}> ; kg:holder <{holder}> ; kg:state kg:{state}",
            *bounds(begins, *inclusive(certain, certain_end, ends)),
            *(f"kg:ground kg:{GROUNDS[each]}" for each in grounds[number]),
            *(f"kg:blockedBy <{evidence.interval(each)}>" for each in blockers[number]),
            *(f"kg:silentAt <{evidence.place(each)}>" for each in silent[number]),
            *(f"kg:possibleAt <{evidence.place(each)}>" for each in possible[number]),
            *(f"prov:wasDerivedFrom <{evidence.piece(each)}>" for each in sorted(network.pieces_of(along_it).tolist())),
        ])  # fmt: skip


def inclusive(certain: Day, certain_until: Day, until: Day) -> tuple[Day, Day, Day]:
    """Bounds after the first one, with the last days in place of the days after."""
    return certain, last(certain_until), last(until)


def last(until: Day) -> Day:
    """The day before; of no day and of no end the same."""
    return until if until in (0, NEVER) else until - 1


def states(strengths: Array) -> Array:
    """Actor, named road, position in `STATES`, and four bounds, of all states in order."""
    found = []
    for (actor, road), told in groupby(strengths.tolist(), key=lambda row: (row[0], row[1])):
        turns = [(row[2], row[3]) for row in told]
        for kind, (_, code) in enumerate(STATES):
            found += [
                (actor, road, kind, *spell) for spell in spells(runs((since, code[level]) for since, level in turns))
            ]
    return np.array(found, np.int64).reshape(-1, 7)


def roles(evidence: Evidence, roads: Array) -> tuple[Array, Array, Array]:
    """The places of named roads and the areas they pass: position among these roads, place, and what it is to it."""
    found = [np.zeros((0, 3), np.int64)]
    piece, area = evidence.network.passes
    for number, road in enumerate(roads.tolist()):
        stops = evidence.network.stops(road)
        passed = np.unique(area[np.isin(piece, evidence.network.pieces_of(road))])
        role = np.full(len(stops) + len(passed), AN_AREA)
        role[: len(stops)] = ON_THE_WAY
        role[[0, len(stops) - 1]] = AN_END
        found.append(np.stack([np.full(len(role), number), np.append(stops, passed), role], axis=1))
    asked, place, role = np.concatenate(found).T
    return asked, place, role


def passing(
    evidence: Evidence, rows: Array, asked: Array, place: Array, role: Array, state: int
) -> tuple[Array, Array]:  # fmt: skip
    """Rows, and stops of their roads that are in a state to the row's actor on some day of the row."""
    found = []
    part = evidence.held.of(along(evidence.network, np.unique(rows[:, 1])))
    stepped = steps(part)
    for actor in np.unique(rows[:, 0]).tolist():
        mine = np.flatnonzero((rows[asked, 0] == actor) & (role != AN_AREA))
        course = told_from_the_start(states_of(evidence.network, part, stepped, actor)[0], np.unique(place[mine]))
        until = np.append(np.where(course.thing[1:] == course.thing[:-1], course.day[1:], NEVER), NEVER)
        start = np.searchsorted(course.thing, place[mine], "left")
        count = np.searchsorted(course.thing, place[mine], "right") - start
        question, run = np.repeat(mine, count), spans(start, count)
        fits = (course.value[run] == state) & (course.day[run] < rows[asked[question], 6])
        fits &= rows[asked[question], 3] < until[run]
        found.append((asked[question[fits]], place[question[fits]]))
    return np.concatenate([each[0] for each in found]), np.concatenate([each[1] for each in found])


def told_from_the_start(course: Course, places: Array) -> Course:
    """A course with a row for each of some places before all days, where they are silent."""
    thing, when = np.append(places, course.thing), np.append(np.zeros(len(places), np.int64), course.day)
    order = np.lexsort((when, thing))
    return Course(thing[order], when[order], np.append(np.full(len(places), SILENT), course.value)[order])
