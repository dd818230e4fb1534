"""How far the things of a version go, and what of them is missing or rests on little."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kg.browsing.shelf import Shelves
from kg.control.facts import OPEN
from kg.gazetteer import ROUTES


@dataclass(frozen=True)
class Gaps:
    """How many places there are but roads, and of how many nobody says anything (`silent`); how many events, and how
    many of these have an open day (`open`), are told by one claim alone (`single`), are denied by a claim (`denied`);
    how many sources, and how many of these without a day of publication (`undated`)."""

    places: int
    silent: int
    events: int
    open: int
    single: int
    denied: int
    sources: int
    undated: int


def gaps(of: Shelves) -> Gaps:
    """What is missing in a version, counted."""
    places, events, sources = of.of["place"], of.of["event"], of.of["source"]
    assert events.days is not None
    assert sources.days is not None
    kinds = places.facets["type"]
    routes = [number for number, kind in enumerate(kinds.values) if kind in ROUTES]
    road = np.zeros(len(places.things), bool)
    road[kinds.thing[np.isin(kinds.value, routes)]] = True
    first, last = events.days
    counted = {
        "places": ~road,
        "silent": ~road & (places.counts["claims"] == 0),
        "open": (first == OPEN) | (last == OPEN),
        "single": events.counts["claims"] == 1,
        "denied": events.counts["denials"] > 0,
        "undated": sources.days[1] == OPEN,
    }
    numbers = {name: int(mask.sum()) for name, mask in counted.items()}
    return Gaps(events=len(events.things), sources=len(sources.things), **numbers)


def span(of: Shelves) -> tuple[str, str]:
    """The first and the last month in which an event certainly happened; empty texts where none did."""
    facet = of.of["event"].facets["month"]
    months = [facet.values[each] for each in facet.value[facet.sure].tolist()]
    return min(months, default=""), max(months, default="")
