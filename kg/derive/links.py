"""Route adjacency on a day: places of one side that a piece of road joins, and fronts, where two sides meet."""

from __future__ import annotations

import numpy as np

from kg.control.names import Array, spans
from kg.control.record import Day
from kg.derive.answers import DOUBTFUL, KNOWN, Across, Front, Link
from kg.derive.held import SOME_PARTS
from kg.derive.network import Network
from kg.derive.situation import Situation
from kg.derive.standing import Standing


def links(standing: Standing, *, captured: bool = False) -> list[Link]:
    """The pieces of road between two own places, with a strength of at least 1, in the order of pieces; with `captured`
    only those whose ends both came by a change of control. Of two pieces with the same ends each is a link."""
    network = standing.network
    one, other = network.end, network.other_end
    strength = np.minimum(standing.piece, np.minimum(standing.place[one], standing.place[other]))
    taken = standing.captured[one] & standing.captured[other]
    found = np.flatnonzero(standing.own[one] & standing.own[other] & (strength >= DOUBTFUL) & (taken | (not captured)))
    return [
        Link(network.piece(piece), (network.place(here), network.place(there)), level, both)
        for piece, here, there, level, both in zip(
            found.tolist(), one[found].tolist(), other[found].tolist(), strength[found].tolist(), taken[found].tolist(),
            strict=True,
        )
    ]  # fmt: skip


def across(standing: Standing) -> list[Across]:
    """The pairs of captured places with a piece of road each to the same silent place, with a strength of at least 1,
    in the order of the first place, junction, second place and pieces."""
    network = standing.network
    ends = np.concatenate([network.end, network.other_end])
    junction = np.concatenate([network.other_end, network.end])
    piece = np.tile(np.arange(len(network.end)), 2)
    level = np.minimum(standing.place[ends], standing.piece[piece])
    spokes = np.flatnonzero(standing.captured[ends] & standing.silent[junction] & (level >= DOUBTFUL))
    spokes = spokes[np.lexsort((piece[spokes], ends[spokes], junction[spokes]))]
    first, second = couples(junction[spokes])
    a, b = spokes[first], spokes[second]
    apart = ends[a] != ends[b]
    a, b = a[apart], b[apart]
    order = np.lexsort((piece[b], piece[a], ends[b], junction[a], ends[a]))
    found: list[Across] = []
    for mine, yours in zip(a[order].tolist(), b[order].tolist(), strict=True):
        strength = min(int(level[mine]), int(level[yours]), KNOWN)
        found.append(Across(
            (network.place(int(ends[mine])), network.place(int(ends[yours]))), network.place(int(junction[mine])),
            strength, (network.piece(int(piece[mine])), network.piece(int(piece[yours]))),
        ))  # fmt: skip
    return found


def couples(groups: Array) -> tuple[Array, Array]:
    """The pairs of positions, the first one lower, within each group; `groups` are in order."""
    at = np.arange(len(groups))
    count = np.searchsorted(groups, groups, "right") - at - 1
    return np.repeat(at, count), spans(at + 1, count)


def fronts(situation: Situation, day: Day, areas: bool = False) -> list[Front]:
    """The pieces of road, in order, whose ends have different, not allied holders, whatever stands in between; with
    `areas` the shared boundaries of areas instead. Certain where both ends have a certain one."""
    network = situation.network
    one, other = network.end, network.other_end
    if areas:
        one, other = (column[network.adjacent[0] < network.adjacent[1]] for column in network.adjacent)
    place, actor, sure = holders(situation, day)
    start = np.searchsorted(place, np.arange(len(network.places) + 1))
    here = np.diff(start)[one]
    edge, left = np.repeat(np.arange(len(one)), here), spans(start[one], here)
    there = np.diff(start)[other[edge]]
    edge, left, right = np.repeat(edge, there), np.repeat(left, there), spans(start[other[edge]], there)
    opposed = against(network, actor[left], actor[right])
    edge, left, right = edge[opposed], left[opposed], right[opposed]
    certain = sure[left] & sure[right]
    begins = [*np.flatnonzero(np.diff(edge, prepend=-1)).tolist(), len(edge)]
    pairs = list(zip(map(network.actor, actor[left].tolist()), map(network.actor, actor[right].tolist()), strict=True))
    sure_at = np.append(0, np.cumsum(certain))
    at = edge[begins[:-1]]
    names = [None] * len(at) if areas else [network.piece(each) for each in at.tolist()]
    ends = zip(map(network.place, one[at].tolist()), map(network.place, other[at].tolist()), strict=True)
    spans_of = zip(begins[:-1], begins[1:], (sure_at[begins[1:]] > sure_at[begins[:-1]]).tolist(), strict=True)
    return [
        Front(name, both, settled, tuple(pairs[begin:end]))
        for name, both, (begin, end, settled) in zip(names, ends, spans_of, strict=True)
    ]


def holders(situation: Situation, day: Day) -> tuple[Array, Array, Array]:
    """Who is named at which place on a day, and whether certainly: places, actors, and whether sure, in order."""
    held = situation.held
    inside = held.possible(day) & (held.extent != SOME_PARTS)
    if day < situation.study_start:
        inside[:] = False
    place, actor, sure = held.place[inside], held.actor[inside], held.certain(day)[inside]
    order = np.lexsort((~sure, actor, place))
    place, actor, sure = place[order], actor[order], sure[order]
    first = np.ones(len(place), bool)
    first[1:] = (place[1:] != place[:-1]) | (actor[1:] != actor[:-1])
    return place[first], actor[first], sure[first]


def against(network: Network, one: Array, other: Array) -> Array:
    """Whether two actors are neither the same nor allies."""
    size = len(network.actors)
    allied = network.allies[0] * size + network.allies[1]
    return np.asarray((one != other) & ~np.isin(one * size + other, allied), bool)
