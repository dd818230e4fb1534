"""The relationships through roads of a version in the making: what follows from its roads and from who held what."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

import numpy as np

from kg.control.conclusions import Drawn, draw
from kg.control.gathering import gather
from kg.control.names import Array, distinct
from kg.control.publishing import Changed
from kg.control.reading import asserted, read_facts
from kg.control.statements import KG, RDF_TYPE
from kg.control.writing import HEAD
from kg.derive.evidence import Evidence
from kg.derive.held import held
from kg.derive.history.corridors import along
from kg.derive.history.sweep import change_key, everything
from kg.derive.network import Network
from kg.derive.nodes import Node
from kg.derive.reading import PROPERTIES, read_network
from kg.derive.splicing import Window, different, replaced, spliced, windows
from kg.derive.stored import Stored, remove, save, stored
from kg.derive.writing import GRAPH, changes, pockets, written
from kg.derive.writing_roads import road_states
from kg.store.candidate import Candidate

OF_ROADS = {KG + name for name in PROPERTIES}
"""A change of these may be one of the network."""


def conclude(candidate: Candidate, control: Changed | None, changed: Mapping[str, set[str]] | None) -> None:
    """Bring what is derived in line with what a candidate asserts, after its conclusions on control were drawn.

    `control` is what of these is different (`kg.control.publishing.conclude`), `changed` tells which subjects have
    statements of which property added or taken away; None where that was too much to list. What concerns neither roads
    nor control costs nothing, what is about few places little.
    """
    if control is not None and control.drawn is None:
        remove(candidate.directory)
        if GRAPH in candidate.graphs:
            candidate.conclude(GRAPH, None, [])
        return
    before = stored(candidate.directory)
    everywhere = control is not None and control.places is None
    if before is None or changed is None or everywhere or of_roads(candidate, before, changed):
        rebuild(candidate, control)
    elif control is not None:
        assert control.drawn is not None
        renew(candidate, before, control.drawn, control.places or ())


def of_roads(candidate: Candidate, before: Stored, changed: Mapping[str, set[str]]) -> bool:
    """Whether a write changes the network."""
    if changed.keys() & OF_ROADS:
        return True
    lookup = candidate.lookup(asserted(candidate.graphs))
    return any(
        max(before.network.pieces.number(node), before.network.roads.number(node)) >= 0
        or any(prop in OF_ROADS for prop, _ in lookup.of(node))
        for node in changed.get(RDF_TYPE, ()) if not node.startswith("_:")
    )  # fmt: skip


def rebuild(candidate: Candidate, control: Changed | None = None) -> None:
    """Everything anew. `control` is what was just concluded, if it was everything."""
    candidate.settle()
    drawn = control.drawn if control is not None and control.places is None else None
    network, unfit = read_network(candidate.directory, candidate.graphs)
    if drawn is None:
        facts = read_facts(candidate.directory, candidate.graphs)
        ledger = gather(facts)
        drawn = draw(facts, ledger, np.arange(len(ledger.places)))
    intervals, unknown = held(network, drawn)
    start = drawn.facts.study_start
    new = Stored(start, network, tuple(unfit), intervals, tuple(unknown), everything(network, intervals, start))
    save(new, candidate.directory, None)
    candidate.conclude(GRAPH, None, written(new) if len(network.pieces) else [])


def renew(candidate: Candidate, before: Stored, drawn: Drawn, places: Collection[str]) -> None:
    """What a write about few places changes."""
    network = before.network
    fresh, left = held(network, drawn)
    unknown = tuple(sorted({*(each for each in before.unknown if each.name not in places), *left}))
    numbers = network.places.numbers(sorted(places))
    numbers = numbers[numbers >= 0]
    some = windows(network, before.held.of(numbers), fresh)
    intervals = replaced(before.held, fresh, numbers)
    roads = roads_at(network, numbers)
    found = spliced(before.found, network, intervals, some, roads, before.study_start)
    new = replace(before, held=intervals, unknown=unknown, found=found)
    save(new, candidate.directory, before)
    if len(network.pieces):
        concerned = concern(before, new, some, numbers)
        gone = {iri for iri, _ in nodes(before, concerned, roads)}
        told = "".join([HEAD, *(text for _, text in nodes(new, concerned, roads))])
        candidate.conclude(GRAPH, gone, [told.encode()])


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
