"""Order and causes of events.

The order follows from dates, and is found on demand, because there are as many pairs as events squared:

    page = happenings(store, places=[...])
    order_graph({each.event: (each.earliest, each.latest) for each in page.events})

A cause is only what a source states. That something came before something else never makes it one.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import permutations

import networkx as nx

from kg import queries
from kg.derive.answers import Reading
from kg.store.embedded import Store
from kg.store.terms import read_rows

Span = tuple[date | None, date | None]
"""The first and the last day on which something may have happened; None is an open bound."""


def before(one: Span, other: Span) -> Reading | None:
    """Whether an event came before another: certainly, if its last day is before the other's first; possibly, if its
    first day is not after the other's last; else None. Two of the same day are possible both ways.

    >>> before((date(2021, 8, 6), date(2021, 8, 6)), (date(2021, 8, 7), None))
    'certainly'
    """
    first, last = one[0] or date.min, one[1] or date.max
    if last < (other[0] or date.min):
        return "certainly"
    return "possibly" if first <= (other[1] or date.max) else None


def order_graph(spans: Mapping[str, Span]) -> nx.DiGraph:
    """Which of some events came before which: a `networkx.DiGraph` of their names, with an edge from an event to each
    that it came before, whose `reading` is that of `before`."""
    graph = nx.DiGraph()
    graph.add_nodes_from(sorted(spans))
    for one, other in permutations(sorted(spans), 2):
        if reading := before(spans[one], spans[other]):
            graph.add_edge(one, other, reading=reading)
    return graph


def cause_graph(store: Store) -> nx.DiGraph:
    """Every stated cause (`kg:cause`): a `networkx.DiGraph` of the IRIs of events, with an edge from each cause to its
    effect, whose `claims` are those that state it; the graph's `version` is that of the store.

    What is loaded has no cycles, because a check refuses them. Raises NothingPublished, StoreUnreadable.
    """
    seen = store.at(store.version())
    graph = nx.DiGraph(version=seen.version())
    claims: dict[tuple[str, str], list[str]] = {}
    for row in read_rows(seen.query(queries.text("causes")).read()):
        told = claims.setdefault((str(row["cause"]), str(row["event"])), [])
        if "claim" in row:
            told.append(str(row["claim"]))
    for (cause, event), several in sorted(claims.items()):
        graph.add_edge(cause, event, claims=tuple(several))
    return graph
