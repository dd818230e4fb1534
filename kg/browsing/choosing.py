"""Choosing among the things of a sort: how many fit, how many there are of each value, when and where they are.

Of one facet any of the chosen values will do, of several facets all must fit. What stands beside a value counts the
things that have it among those that fit all other facets, so that no choice leads to less than it says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from kg.browsing.gathering import Facet
from kg.browsing.shelf import Shelf
from kg.control.names import Array

Chosen = Mapping[str, Sequence[str]]
"""Facet → the values that will do; of one that is not there any will."""


@dataclass(frozen=True)
class Month:
    """How many of the things were certainly in a month, and how many others possibly."""

    month: str
    certain: int
    possible: int
    chosen: bool


@dataclass(frozen=True)
class Found:
    """The things that fit, as numbers in the shelf, in its order.

    `counts` has of each facet the values that occur, most frequent first, with how many things have each; `without` how
    many things would fit if a facet that is chosen were not; `places` how many of the things are at each place;
    `undated` how many are in no month that is known to two years.
    """

    things: Array
    counts: Mapping[str, list[tuple[str, int]]]
    without: Mapping[str, int]
    months: list[Month]
    undated: int
    places: list[tuple[str, int]] = field(default_factory=list)


def choose(shelf: Shelf, chosen: Chosen, further: Mapping[str, Facet] | None = None) -> Found:
    """What fits; `further` are facets that this question alone has."""
    facets = {**shelf.facets, **(further or {})}
    size = len(shelf.things)
    fits = {name: _fitting(facets[name], values, size) for name, values in chosen.items() if values}
    whole = _all(fits, size)
    counts, without = {}, {}
    months: list[Month] = []
    for name, facet in facets.items():
        others = whole if name not in fits else _all({each: fits[each] for each in fits if each != name}, size)
        if name in fits:
            without[name] = int(others.sum())
        if name == "month":
            months = _months(facet, others, chosen.get(name, ()))
        elif name != "place":
            counts[name] = _counted(facet, others)
    in_months = np.zeros(size, bool)
    if "month" in facets:
        in_months[facets["month"].thing] = True
    return Found(
        np.flatnonzero(whole), counts, without, months, int((whole & ~in_months).sum()),
        _counted(facets["place"], whole),
    )  # fmt: skip


def _fitting(facet: Facet, values: Sequence[str], size: int) -> Array:
    """Whether each thing has one of the values."""
    number = {value: at for at, value in enumerate(facet.values)}
    wanted = [number[value] for value in values if value in number]
    fits = np.zeros(size, bool)
    fits[facet.thing[np.isin(facet.value, wanted)]] = True
    return fits


def _all(fits: Mapping[str, Array], size: int) -> Array:
    whole = np.ones(size, bool)
    for each in fits.values():
        whole &= each
    return whole


def _counted(facet: Facet, among: Array) -> list[tuple[str, int]]:
    """The values that things have, with how many; the most frequent first."""
    found = np.bincount(facet.value[among[facet.thing]], minlength=len(facet.values))
    order = np.argsort(-found, kind="stable")
    return [(facet.values[each], int(found[each])) for each in order[: int((found > 0).sum())].tolist()]


def _months(facet: Facet, among: Array, chosen: Sequence[str]) -> list[Month]:
    """Every month from the first to the last."""
    assert facet.sure is not None
    fits, size = among[facet.thing], len(facet.values)
    sure = np.bincount(facet.value[fits & facet.sure], minlength=size).tolist()
    maybe = np.bincount(facet.value[fits & ~facet.sure], minlength=size).tolist()
    counted = {name: (sure[at], maybe[at]) for at, name in enumerate(facet.values) if sure[at] or maybe[at]}
    if not counted:
        return []
    begin, end = (int(each[:4]) * 12 + int(each[5:7]) - 1 for each in (min(counted), max(counted)))
    names = [f"{each // 12:04}-{each % 12 + 1:02}" for each in range(begin, end + 1)]
    return [Month(name, *counted.get(name, (0, 0)), name in chosen) for name in names]
