"""What everything hangs on: the places and pieces of road without which a network, or what an actor holds, falls apart.

Articulation points and bridges are networkx's, from its biconnected components; what hangs on each follows from one
pass over the tree of these, from the seat (Hopcroft and Tarjan 1973, "Efficient algorithms for graph manipulation").
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import networkx as nx
import numpy as np

from kg.control.names import Array
from kg.derive.answers import KNOWN, Chokepoint
from kg.derive.network import Network
from kg.derive.single import Single, single
from kg.derive.standing import Standing

EXACT = 1_000
"""Places up to which betweenness is exact; a larger network is sampled."""
PIVOTS, SEED = 64, 2021
"""How many places a sample counts the shortest ways from, and what they are drawn with."""
KEPT = 4
"""Road graphs whose betweenness is kept, by their hash."""

_shares: dict[str, tuple[dict[str, float], int | None]] = {}


def chokepoints(standing: Standing) -> list[Chokepoint]:
    """The places and pieces, in order of IRIs, that hold together what an actor holds, as far as known (level 2 or 3),
    with the own places that lose the seat with each.

    The seat counts as held unless it is certainly lost, and is not listed itself; without it nothing is severed. Of
    several pieces between the same two places none is listed.
    """
    network, seat = standing.network, standing.seat
    taken = np.array([seat]) if seat >= 0 else np.zeros(0, np.int64)
    labels = standing.components(KNOWN, taken=taken)
    has = np.unique(labels[standing.own & network.on_network & (labels >= 0)])
    roads = single(network, np.isin(labels, has) & network.on_network, standing.piece >= KNOWN)
    cuts, bridges, below = tree(roads, seat)
    own = standing.own
    found = [
        Chokepoint(network.place(place), False, _own(network, own, below.get((place, -1), ())))
        for place in cuts if place != seat
    ]  # fmt: skip
    for near, far in bridges:
        piece = int(roads.piece[roads.between(near, far)])
        found.append(Chokepoint(network.piece(piece), True, _own(network, own, below.get((near, far), ()))))
    return sorted(found, key=lambda each: each.name)


def of_network(network: Network) -> list[Chokepoint]:
    """The places and pieces, in order of IRIs, without which the whole network falls into more parts, whoever holds
    what."""
    roads = whole(network)
    cuts, bridges, _ = tree(roads, -1)
    found = [Chokepoint(network.place(place), False) for place in cuts]
    found += [Chokepoint(network.piece(int(roads.piece[roads.between(*pair)])), True) for pair in bridges]
    return sorted(found, key=lambda each: each.name)


def betweenness(network: Network) -> tuple[dict[str, float], int | None]:
    """For each place on the network the share of the shortest ways, by kilometres, between any two others that lead
    through it, rounded to 6 digits (Freeman 1977); and from how many places it was sampled, None where it is exact.

    It is the same for the same roads, and kept for the last few: of 20,000 places it takes ten seconds.
    """
    roads = network.road_hash()
    found = _shares.get(roads)
    if found is None:
        found = _betweenness(network)
        while len(_shares) >= KEPT:
            _shares.pop(next(iter(_shares)), None)
        _shares[roads] = found
    return found


def _betweenness(network: Network) -> tuple[dict[str, float], int | None]:
    roads = whole(network)
    graph = nx.Graph()
    # of ways without any length there would be no end; a metre stands for a length that is not known
    km = np.maximum(roads.km, 0.001).tolist()
    graph.add_weighted_edges_from(zip(roads.end.tolist(), roads.other_end.tolist(), km, strict=True), weight="km")
    pivots = None if len(graph) <= EXACT else PIVOTS
    told = nx.betweenness_centrality(graph, k=pivots, weight="km", seed=SEED)
    return {network.place(place): round(share, 6) for place, share in sorted(told.items())}, pivots


def whole(network: Network) -> Single:
    """All pieces."""
    return single(network, network.on_network, np.ones(len(network.end), bool))


def _own(network: Network, own: Array, places: Iterable[int]) -> tuple[str, ...]:
    return tuple(network.place(place) for place in sorted(places) if own[place])


def tree(
    roads: Single, seat: int
) -> tuple[list[int], list[tuple[int, int]], dict[tuple[int, int], list[int]]]:  # fmt: skip
    """The cut places, in order, and the bridges (near end, far end), and what hangs on each, seen from the seat: by
    (place, -1) and by (near end, far end)."""
    graph = nx.Graph(zip(roads.end.tolist(), roads.other_end.tolist(), strict=True))
    blocks = [sorted(block) for block in nx.biconnected_components(graph)]
    within = defaultdict[int, list[int]](list)
    for number, block in enumerate(blocks):
        for place in block:
            within[place].append(number)
    cuts = sorted(place for place, several in within.items() if len(several) > 1)
    bridges = [(block[0], block[1]) for block in blocks if len(block) == 2 and not roads.several[roads.between(*block)]]
    if seat not in within:
        return cuts, sorted(bridges), {}
    order, end, parent = walked(blocks, within, seat)
    at = {place: position for position, place in enumerate(order)}
    below = {(place, -1): order[at[place] + 1 : end[place]] for place in cuts if place in at}
    turned = [(far, near) if parent.get(near) == far else (near, far) for near, far in bridges]
    below |= {(near, far): order[at[far] : end[far]] for near, far in turned if far in at}
    return cuts, sorted(turned), below


def walked(
    blocks: list[list[int]], within: dict[int, list[int]], seat: int
) -> tuple[list[int], dict[int, int], dict[int, int]]:  # fmt: skip
    """The places in the order of a walk over the tree of blocks, from the seat: what hangs on a place follows it at
    once, up to a position. And from which place each is entered."""
    order, end, parent = list[int](), dict[int, int](), dict[int, int]()
    entered = set[int]()
    ahead = [(seat, False)]
    while ahead:
        place, done = ahead.pop()
        if done:
            end[place] = len(order)
            continue
        order.append(place)
        ahead.append((place, True))
        for number in within[place]:
            if number not in entered:
                entered.add(number)
                for further in blocks[number]:
                    if further != place:
                        parent[further] = place
                        ahead.append((further, False))
    return order, end, parent
