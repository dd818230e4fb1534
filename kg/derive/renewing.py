"""What a small write changes of what is derived: only what is concerned is found, and written, again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from kg.control.names import Array, distinct
from kg.control.record import Day
from kg.derive.evidence import Evidence
from kg.derive.held import Held
from kg.derive.history.corridors import strengths
from kg.derive.history.sweep import DAY_BITS, Swept, holders, ordered, sweep
from kg.derive.network import Network
from kg.derive.nodes import Node
from kg.derive.splicing import Spliced, Table, replaced, spliced, windows
from kg.derive.stored import Stored
from kg.derive.writing import changes, pockets
from kg.derive.writing_roads import road_states


class Renewed(NamedTuple):
    """What is so now; the nodes of which what was said is gone, and those of which something is said."""

    about: Stored
    gone: set[str]
    told: list[Node]


class Concerned(NamedTuple):
    """Of what something may be told otherwise: pockets (actor and place, as in keys of turns), changes of holdings
    (their keys), and named roads."""

    pairs: Array
    keys: Array
    roads: Array


class Tables(NamedTuple):
    """What was found, by its keys."""

    turns: Table
    whys: Table
    changes: Table
    causes: Table
    strengths: Array


def renewed(before: Stored, fresh: Held, places: Array) -> Renewed:
    """What follows when some places have the intervals `fresh`, and no others."""
    network, found = before.network, before.found
    intervals, roads = replaced(before.held, fresh, places), roads_at(network, places)
    actors = sorted({*holders(network, before.held), *holders(network, intervals)})
    some = windows(network, actors, before.held.of(places), fresh)
    swept = sweep(network, intervals, some)
    turns, whys = (spliced(old, new, some, network, of_changes=False)
                   for old, new in ((found.turns, swept.turns), (found.whys, swept.whys)))  # fmt: skip
    held_changes, causes = (spliced(old, new, some, network, of_changes=True)
                            for old, new in ((found.changes, swept.changes), (found.causes, swept.causes)))  # fmt: skip
    courses = looked_at_again(network, intervals, before.study_start, found.strengths, roads)
    concerned = Concerned(
        distinct(np.concatenate([turns.different, whys.different, mentioning(turns, 1, places),
                                 mentioning(whys, 4, places)]) >> DAY_BITS),
        distinct(np.concatenate([held_changes.different, causes.different, mentioning(causes, 5, places)])), roads,
    )  # fmt: skip
    old = Tables(turns.before, whys.before, held_changes.before, causes.before, found.strengths)
    new = Tables(turns.after, whys.after, held_changes.after, causes.after, courses)
    gone = {iri for iri, _ in nodes(Evidence(network, before.held), old, concerned)}
    told = list(nodes(Evidence(network, intervals), new, concerned))
    now = Swept(new.turns.rows, new.whys.rows, new.changes.rows, new.causes.rows, courses)
    return Renewed(replace(before, held=intervals, found=now), gone, told)


def roads_at(network: Network, places: Array) -> Array:
    """The named roads along which some places lie, or which pass them."""
    every, length = np.arange(len(network.roads)), np.diff(network.road_start)
    piece, area = network.passes
    passing = np.isin(network.road_piece, piece[np.isin(area, places)])
    stopping = np.isin(network.road_stop, places)
    return distinct(np.append(np.repeat(every, length)[passing], np.repeat(every, length + 1)[stopping]))


def looked_at_again(network: Network, held: Held, study_start: Day, old: Array, roads: Array) -> Array:
    """The strengths of all named roads, those of some of them found anew."""
    seated = np.flatnonzero(network.seat >= 0).tolist()
    new = strengths(network, held, study_start, seated, roads)
    return ordered(np.concatenate([old[~np.isin(old[:, 1], roads)], new]))


def mentioning(both: Spliced, column: int, places: Array) -> Array:
    """The keys of the rows, before or after, that have one of some places in a column."""
    return np.concatenate([
        table.key[np.isin(table.rows[:, column], places)] for table in (both.before, both.after)
    ])  # fmt: skip


def nodes(evidence: Evidence, found: Tables, concerned: Concerned) -> Iterator[Node]:
    """Those of the pockets, changes of holdings and states of roads that are concerned."""
    pairs = concerned.pairs << DAY_BITS, concerned.pairs + 1 << DAY_BITS
    keys = concerned.keys, concerned.keys + 1
    yield from pockets(evidence, found.turns.between(*pairs), found.whys.between(*pairs))
    yield from changes(evidence, found.changes.between(*keys), found.causes.between(*keys))
    yield from road_states(evidence, found.strengths[np.isin(found.strengths[:, 1], concerned.roads)])
