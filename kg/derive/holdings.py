"""What an actor holds on a day that hangs together by road, what is cut off from its seat, and its border crossings."""

from __future__ import annotations

import numpy as np

from kg.control.names import Array
from kg.derive.answers import DOUBTFUL, HELD, LOST, THRESHOLDS, Access, Borders, Holding, Pocket, Reading
from kg.derive.standing import Standing


def holdings(standing: Standing, reading: Reading) -> list[Holding]:
    """The components of places that join up, with at least one own place each, in the order of their principal places.

    A single place is a holding; places on which no piece of road ends are none.
    """
    network = standing.network
    labels = np.where(network.on_network, standing.own_components(reading), -1)
    members = np.flatnonzero(labels >= 0)
    members = members[np.argsort(labels[members], kind="stable")]
    edges, first = np.flatnonzero(np.diff(labels[members], prepend=-1)), principals(standing, labels)
    found = [
        Holding(
            network.place(int(first[labels[group[0]]])),
            tuple(map(network.place, group[standing.own[group]].tolist())),
            tuple(map(network.place, group[standing.silent[group]].tolist())),
        )
        for group in np.split(members, edges[1:]) if len(group)
    ]  # fmt: skip
    return sorted(found, key=lambda holding: holding.principal)


def principals(standing: Standing, labels: Array) -> Array:
    """The place that names each component, by its number: the actor's seat, else the own place with most inhabitants,
    else the first. `labels` are the components of all places; -1 where one has no own place."""
    network, seat = standing.network, standing.network.seat[standing.actor]
    places = np.flatnonzero((labels >= 0) & standing.own)
    order = np.lexsort((-places, network.population[places], places == seat))
    found = np.full(int(labels.max(initial=-1)) + 1, -1)
    found[labels[places[order]]] = places[order]
    return found


def pockets(standing: Standing) -> list[Pocket] | None:
    """The own places, in order, that are cut off from the seat, certainly or possibly.

    None where there is no verdict: the actor has no seat, or has certainly lost it (`Standing.seat` is -1).
    """
    if standing.seat < 0:
        return None
    reach, level = standing.reach_from(standing.seat), standing.place
    cut = np.flatnonzero(standing.own & standing.network.on_network & (reach <= DOUBTFUL))
    return [
        Pocket(standing.network.place(place), "certain" if far == LOST and own == HELD else "possible", own, far)
        for place, own, far in zip(cut.tolist(), level[cut].tolist(), reach[cut].tolist(), strict=True)
    ]


def borders(standing: Standing) -> Borders:
    """The own border crossings with how far they are reached, and those on which no piece of road ends."""
    network = standing.network
    mine = network.crossing & standing.own
    crossings = np.flatnonzero(mine & network.on_network)
    apart = tuple(map(network.place, np.flatnonzero(mine & ~network.on_network).tolist()))
    level = standing.place.tolist()
    if standing.seat >= 0:
        reach = np.minimum(standing.reach_from(standing.seat), standing.place)
        reach[standing.seat] = HELD
        access = [Access(network.place(at), level[at], reach=int(reach[at])) for at in crossings.tolist()]
        return Borders(tuple(access), apart)
    named: dict[Reading, tuple[Array, Array]] = {}
    for reading in THRESHOLDS:
        labels = standing.own_components(reading)
        named[reading] = labels, principals(standing, labels)
    access = []
    for at in crossings.tolist():
        reading = "certainly" if level[at] == HELD else "possibly"
        labels, first = named[reading]
        holding = network.place(int(first[labels[at]]))
        access.append(Access(network.place(at), level[at], reading=reading, holding=holding))
    return Borders(tuple(access), apart)
