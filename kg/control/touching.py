"""What a small write touches: the places of which it changes what is said, and all that is said of them.

Everything here is looked up node by node, in what the write changed, in the index from before it, and in the candidate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache

import numpy as np

from kg.control.facts import Facts
from kg.control.index import Index
from kg.control.reading import facts
from kg.control.statements import KG, KINDS, PROPERTIES, RDF_TYPE, plain, statements
from kg.store.scan import Lookup

MANY = 1_000
"""Places from which on a write is not small, and a tenth of the claims, events or sources: all is then read anew."""

NAMES = {KG + name: name for name in PROPERTIES} | {RDF_TYPE: "type"}
EVERYWHERE = ("within", "organOf", "studyStart")
"""A change of these can touch any place."""
OF_CLAIMS = (
    "about", "attribute", "stance", "source", "claimant", "statedOn", "statesWhen", "recordedAt", "retiredAt",
    "supersedes", "presumes",
)  # fmt: skip
OF_EVENTS = (
    "type", "place", "toController", "fromController", "controller", "party", "contested", "when", "extent", "follows",
    "sameOccurrence",
)  # fmt: skip
OF_SOURCES = ("published", "knowledge", "derivedFrom", "side")
OF_DATES = ("earliest", "latest", "endLatest")
OF_PAIRS = ("about", "follows", "sameOccurrence", "supersedes")
"""Of these a statement that was taken away matters to its value too."""


class TooMuch(Exception):
    """A write touches more than is worth looking up."""


class Near:
    """The neighbours of nodes in a candidate."""

    def __init__(self, lookup: Lookup) -> None:
        self.described = cache(lookup.of)
        self._pointing = cache(lookup.pointing)

    def values(self, nodes: Iterable[str], *names: str) -> set[str]:
        """All values that properties of the nodes have."""
        wanted = {KG + name for name in names}
        return {plain(term) for node in nodes for prop, term in self.described(node) if prop in wanted}

    def pointing(self, nodes: Iterable[str], *names: str) -> set[str]:
        """All nodes that have one of these as a value of a property."""
        return {found for node in nodes for name in names for found in self._pointing(KG + name, node)}

    def undated(self, sources: Iterable[str]) -> set[str]:
        """Those of the sources that do not say when they were published."""
        return {each for each in sources if not self.values(self.values([each], "published"), "latest")}

    def same(self, events: Iterable[str]) -> set[str]:
        """The events, with all that are the same occurrence."""
        name = "sameOccurrence"
        return closure(set(events), lambda new: self.values(new, name) | self.pointing(new, name))


def closure(found: set[str], step: Callable[[set[str]], set[str]]) -> set[str]:
    """Everything that steps lead to, with the start. Raises TooMuch."""
    new = found
    while new:
        if len(found) > 10 * MANY:
            raise TooMuch
        new = step(new) - found
        found = found | new
    return found


def touched(near: Near, before: list[Index], changed: Mapping[str, set[str]], nodes: Iterable[str]) -> set[str]:
    """The places about which a write may change any answer.

    `changed` tells subjects by property, `nodes` everything that occurs in the statements that were added or taken
    away (`kg.store.answer.Account`); `before` are the parts of the index as it was (`kg.control.stored`).
    Raises TooMuch.
    """
    news = {NAMES[prop]: subjects for prop, subjects in changed.items() if prop in NAMES}
    if any(name in news for name in EVERYWHERE) or any(
        subject.startswith("_:") for subjects in news.values() for subject in subjects
    ):
        raise TooMuch

    def subjects(*names: str) -> set[str]:
        return set[str]().union(*(news.get(name, set()) for name in names))

    dates = subjects(*OF_DATES)
    paired = set(nodes) if any(name in news for name in OF_PAIRS) else set()
    claims = subjects(*OF_CLAIMS) | near.pointing(dates, "statedOn", "statesWhen") | paired
    events = subjects(*OF_EVENTS) | near.pointing(dates, "when") | paired
    events |= closure(subjects("follows", "type") | (paired if "follows" in news else set()),
                      lambda new: near.pointing(new, "follows"))  # fmt: skip
    sources = subjects(*OF_SOURCES) | near.pointing(dates, "published")
    if "derivedFrom" in news:
        sources |= closure(sources, lambda new: near.pointing(new, "derivedFrom"))

    claims |= near.pointing(events, "about") | near.pointing(sources, "source")
    # Where only its claims tell when a source spoke, each of them may mean something else now.
    spoke = near.undated(near.values(claims, "source") | former_sources(before, claims))
    again = near.values(claims, "supersedes") | formerly_superseded(before, claims)
    same = near.same(events | near.values(claims, "about"))
    claims |= again | near.pointing(same, "about") | near.pointing(spoke, "source")
    told = near.values(claims, "about")
    places = near.values(told, "place")
    areas = near.values((each for each in told if KG + "EntireArea" in near.values([each], "extent")), "place")
    places |= closure(areas, lambda new: near.pointing(new, "within"))
    places |= former_places(before, claims)
    if len(places) > MANY:
        raise TooMuch
    return places


def former_places(before: list[Index], claims: set[str]) -> set[str]:
    """The places of which these claims said anything, or that these baselines were about."""
    found: set[str] = set()
    for index in before:
        ledger = index.ledger
        for column, start, table in (
            (ledger.claim, ledger.row_start, ledger.claims),
            (ledger.baseline, ledger.baseline_start, ledger.baselines),
        ):
            numbers = table.numbers(claims)
            rows = np.flatnonzero(np.isin(column, numbers[numbers >= 0]))
            places = np.unique(np.searchsorted(start, rows, "right") - 1)
            found |= {ledger.places[place] for place in places.tolist()}
    return found


def former_sources(before: list[Index], claims: set[str]) -> set[str]:
    """The sources in which these claims stood."""
    found: set[str] = set()
    for index in before:
        numbers = index.ledger.claims.numbers(claims)
        sources = np.unique(index.ledger.claim_source[numbers[numbers >= 0]])
        found |= {index.ledger.sources[source] for source in sources.tolist()}
    return found


def formerly_superseded(before: list[Index], claims: set[str]) -> set[str]:
    """The claims that these superseded."""
    found: set[str] = set()
    for index in before:
        ledger = index.ledger
        numbers = ledger.claims.numbers(claims)
        old = ledger.superseded[np.isin(ledger.superseder, numbers[numbers >= 0])]
        found |= {ledger.claims[claim] for claim in old.tolist()}
    return found


def part(near: Near, places: set[str], study_start: str) -> Facts:
    """All that is said of places, and what it takes to understand it (`kg.control.index.Index.updated`).

    Raises TooMuch.
    """
    around = closure(set(places), lambda new: near.values(new, "within"))
    events = near.pointing(places, "place")
    events |= {
        event for event in near.pointing(around - places, "place")
        if KG + "EntireArea" in near.values([event], "extent")
    }  # fmt: skip
    events = near.same(events)
    claims, sources = near.pointing(events, "about"), set[str]()
    size = -1
    while size != len(claims):
        size = len(claims)
        claims = closure(claims, lambda new: near.pointing(new, "supersedes"))
        sources = closure(near.values(claims, "source") | sources, lambda new: near.values(new, "derivedFrom"))
        claims |= near.pointing(near.undated(sources), "source")
    events |= near.values(claims, "about")
    dates = near.values(claims, "statedOn", "statesWhen") | near.values(events, "when")
    dates |= near.values(sources, "published")
    order = closure(set(events), lambda new: near.values(new, "follows"))
    actors = closure(near.values(claims, "claimant"), lambda new: near.values(new, "organOf"))
    kinds = {f"<{KG}{kind}>" for kind in KINDS}
    told: dict[str, list[str]] = {name: [] for name in ("type", *PROPERTIES)}
    told["studyStart"] = ["_:data-set", f'"{study_start}"']
    # a place of which nothing is said any more is named all the same; that it lies in itself says nothing
    told["within"] = [f"<{place}>" for place in places for _ in range(2)]
    for node in {*around, *events, *order, *claims, *sources, *dates, *actors}:
        for prop, term in near.described(node):
            name = NAMES.get(prop)
            if name is not None and (name != "type" or term in kinds):
                told[name] += [f"<{node}>", term]
    return facts(statements(told.items()))
