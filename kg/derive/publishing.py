"""The relationships through roads of a version in the making: what follows from its roads and from who held what."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

import numpy as np

from kg.control.conclusions import Stays, draw
from kg.control.gathering import gather
from kg.control.publishing import Changed
from kg.control.reading import asserted, read_facts
from kg.control.statements import KG, RDF_TYPE
from kg.control.writing import HEAD
from kg.derive.held import held
from kg.derive.history.sweep import everything
from kg.derive.reading import PROPERTIES, read_network
from kg.derive.renewing import renewed
from kg.derive.stored import Stored, remove, save, stored, without_roads
from kg.derive.writing import GRAPH, written
from kg.store.candidate import Candidate
from kg.workers import Each, here

OF_ROADS = {KG + name for name in PROPERTIES}
"""A change of these may be one of the network."""
ENDPOINT = f"{KG}endpoint"
"""Without it there is no piece of road."""


def conclude(
    candidate: Candidate, control: Changed | None, changed: Mapping[str, set[str]] | None, each: Each = here
) -> None:  # fmt: skip
    """Bring what is derived in line with what a candidate asserts, after its conclusions on control were drawn.

    `control` is what of these is different (`kg.control.publishing.conclude`), `changed` tells which subjects have
    statements of which property added or taken away; None where that was too much to list. What concerns neither roads
    nor control costs nothing, what is about few places little; the rest is shared out by `each`.
    """
    if control is not None and control.stays is None:
        remove(candidate.directory)
        if GRAPH in candidate.graphs:
            candidate.conclude(GRAPH, None, [])
        return
    everywhere = control is not None and control.places is None
    listed = changed is not None and not everywhere
    if listed and without_roads(candidate.directory) and not typed(candidate, changed or {}, {ENDPOINT}):
        return
    before = stored(candidate.directory)
    if before is None or changed is None or everywhere or of_roads(candidate, before, changed):
        rebuild(candidate, control, each)
    elif control is not None:
        assert control.stays is not None
        renew(candidate, before, control.stays, control.places or ())


def of_roads(candidate: Candidate, before: Stored, changed: Mapping[str, set[str]]) -> bool:
    """Whether a write changes the network."""
    network = before.network
    return typed(candidate, changed, OF_ROADS) or any(
        max(network.pieces.number(node), network.roads.number(node)) >= 0 for node in changed.get(RDF_TYPE, ())
    )


def typed(candidate: Candidate, changed: Mapping[str, set[str]], properties: set[str]) -> bool:
    """Whether a write changes any of some properties, or the type of what has any of them."""
    lookup = candidate.lookup(asserted(candidate.graphs))
    return not properties.isdisjoint(changed) or any(
        prop in properties
        for node in changed.get(RDF_TYPE, ()) if not node.startswith("_:") for prop, _ in lookup.of(node)
    )  # fmt: skip


def rebuild(candidate: Candidate, control: Changed | None = None, each: Each = here) -> None:
    """Everything anew, shared out by `each`. `control` is what was just concluded, if it was everything."""
    candidate.settle()
    stays = control.stays if control is not None and control.places is None else None
    network, unfit = read_network(candidate.directory, candidate.graphs)
    if stays is None:
        facts = read_facts(candidate.directory, candidate.graphs)
        ledger = gather(facts)
        stays = draw(facts, ledger, np.arange(len(ledger.places))).stays
    intervals, unknown = held(network, stays)
    start = stays.ledger.study_start
    new = Stored(start, network, tuple(unfit), intervals, tuple(unknown), everything(network, intervals, start, each))
    save(new, candidate.directory, None)
    if len(network.pieces) or GRAPH in candidate.graphs:
        candidate.conclude(GRAPH, None, written(new) if len(network.pieces) else [])


def renew(candidate: Candidate, before: Stored, stays: Stays, places: Collection[str]) -> None:
    """What a write about few places changes."""
    fresh, left = held(before.network, stays)
    unknown = tuple(sorted({*(each for each in before.unknown if each.name not in places), *left}))
    numbers = before.network.places.numbers(sorted(places))
    found = renewed(before, fresh, numbers[numbers >= 0])
    save(replace(found.about, unknown=unknown), candidate.directory, before)
    told = "".join([HEAD, *(text for _, text in found.told)])
    candidate.conclude(GRAPH, found.gone, [told.encode()])
