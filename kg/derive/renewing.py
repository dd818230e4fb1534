"""What a small write changes of what is derived: only what is concerned is found, and written, again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from kg.control.names import Array, distinct
from kg.derive.evidence import Evidence
from kg.derive.held import Held
from kg.derive.history.corridors import along
from kg.derive.history.sweep import change_key, holders
from kg.derive.network import Network
from kg.derive.nodes import Node
from kg.derive.splicing import Window, different, replaced, spliced, windows
from kg.derive.stored import Stored
from kg.derive.writing import changes, pockets
from kg.derive.writing_roads import road_states


class Renewed(NamedTuple):
    """What is so now; the nodes of which what was said is gone, and those of which something is said."""

    about: Stored
    gone: set[str]
    told: list[Node]


def renewed(before: Stored, fresh: Held, places: Array) -> Renewed:
    """What follows when some places have the intervals `fresh`, and no others."""
    network = before.network
    intervals = replaced(before.held, fresh, places)
    actors = sorted({*holders(network, before.held), *holders(network, intervals)})
    some = windows(network, actors, before.held.of(places), fresh)
    roads = roads_at(network, places)
    new = replace(
        before, held=intervals, found=spliced(before.found, network, intervals, some, roads, before.study_start)
    )
    concerned = concern(before, new, some, places)
    gone = {iri for iri, _ in nodes(before, concerned, roads)}
    return Renewed(new, gone, list(nodes(new, concerned, roads)))


def roads_at(network: Network, places: Array) -> Array:
    """The named roads along which some places lie, or which pass them."""
    every = range(len(network.roads))
    return np.array([road for road in every if np.isin(along(network, np.array([road])), places).any()], np.int64)


def concern(before: Stored, new: Stored, some: list[Window], places: Array) -> tuple[Array, Array]:
    """The pockets, as keys of actor and place, and the changes of holdings, as theirs, of which anything may be told
    otherwise: what was found is different, or a reason lies at one of the places."""
    network = new.network
    pairs, keys = [], []
    for name in ("turns", "whys"):
        rows = different(getattr(before.found, name), getattr(new.found, name), some, 2)
        pairs.append(rows[:, :2])
    for name in ("changes", "causes"):
        rows = different(getattr(before.found, name), getattr(new.found, name), some, 1)
        keys.append(change_key(network, rows))
    for about in (before.found, new.found):
        pairs.append(about.whys[np.isin(about.whys[:, 4], places), :2])
        pairs.append(about.turns[np.isin(about.turns[:, 1], places), :2])
        keys.append(change_key(network, about.causes[np.isin(about.causes[:, 5], places)]))
    return distinct(pair_key(network, np.concatenate(pairs))), distinct(np.concatenate(keys))


def pair_key(network: Network, rows: Array) -> Array:
    """Actor and place as one number."""
    return rows[:, 0] * len(network.places) + rows[:, 1]


def nodes(about: Stored, concerned: tuple[Array, Array], roads: Array) -> Iterator[Node]:
    """Those of the pockets, changes of holdings and states of roads that are concerned."""
    network, found, evidence = about.network, about.found, Evidence(about.network, about.held)
    turns, whys = (rows[np.isin(pair_key(network, rows), concerned[0])] for rows in (found.turns, found.whys))
    told, causes = (rows[np.isin(change_key(network, rows), concerned[1])] for rows in (found.changes, found.causes))
    yield from pockets(evidence, turns, whys)
    yield from changes(evidence, told, causes)
    yield from road_states(evidence, found.strengths[np.isin(found.strengths[:, 1], roads)])
