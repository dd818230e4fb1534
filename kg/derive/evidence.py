"""The intervals of control that something derived rests on, for many things at once."""

from __future__ import annotations

from functools import cache

import numpy as np

from kg.control.facts import Pairs
from kg.control.ledger import NEVER
from kg.control.names import Array, spans
from kg.derive.held import SOME_PARTS, Held
from kg.derive.network import Network

MINE, OTHERS, ENDED = range(3)
"""What is looked for first: what names the actor or an ally, what names others, and what others had until then."""


class Evidence:
    """Who held what, by place; and the names of places, pieces, named roads, actors and intervals by their numbers."""

    def __init__(self, network: Network, held: Held) -> None:
        self.held, self.network = held, network
        self.start = np.searchsorted(held.place, np.arange(len(network.places) + 1))
        one, other = network.allies
        self.friends = np.eye(len(network.actors), dtype=bool)
        self.friends[one, other] = True
        self.passed = np.zeros(len(network.places), bool)
        self.passed[network.passes[1]] = True
        self.place, self.piece, self.road, self.actor = (
            cache(table.__getitem__) for table in (network.places, network.pieces, network.roads, network.actors)
        )
        self.interval = cache(lambda number: held.iri(network, number))

    def at(self, places: Array) -> Pairs:
        """The intervals of places, as pairs of the position among these and the interval; those of some parts only of
        areas that roads pass."""
        count = self.start[places + 1] - self.start[places]
        asked, interval = np.repeat(np.arange(len(places)), count), spans(self.start[places], count)
        counts = (self.held.extent[interval] != SOME_PARTS) | self.passed[places[asked]]
        return asked[counts], interval[counts]

    def on(self, actor: Array, place: Array, day: Array, wanted: Array) -> Pairs:
        """The intervals behind a change at places on days, as an actor sees it: pairs of a question and an interval.

        What is wanted is looked for among those in force on the day. Where there is none, what the others, or the
        actor's side, had until the day before is; and else all that is in force.
        """
        asked, interval = self.at(place)
        first, until = self.held.possible_from[interval], self.held.possible_until[interval]
        now = (first <= day[asked]) & (day[asked] < until)
        past = (until == day[asked]) & ~now
        mine = self.friends[actor[asked], self.held.actor[interval]]
        want = wanted[asked]
        best = np.where(want == ENDED, past & ~mine, now & (mine == (want == MINE)))
        second = past & (mine == (want == OTHERS))
        rank = np.where(best, 0, np.where(second, 1, np.where(now, 2, 3)))
        least = np.full(len(place), 3)
        np.minimum.at(least, asked, rank)
        kept = (rank == least[asked]) & (rank < 3)
        return asked[kept], interval[kept]

    def during(self, actor: Array, place: Array, first: Array, until: Array) -> Pairs:
        """The intervals of others at places that fall into days, as an actor sees it."""
        asked, interval = self.at(place)
        others = ~self.friends[actor[asked], self.held.actor[interval]]
        begins, ends = self.held.possible_from[interval], self.held.possible_until[interval]
        kept = others & (begins < until[asked]) & (first[asked] < np.minimum(ends, NEVER))
        return asked[kept], interval[kept]
