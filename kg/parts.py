"""Data sets side by side in one store: which sources and which places each of them describes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kg.control.record import Day
from kg.errors import UnknownDataset
from kg.store.embedded import Store

_opened: dict[Path, tuple[str, dict[str, Part]]] = {}


@dataclass(frozen=True)
class Part:
    """A data set: its title, the first day that it answers, the sources and the places that it describes (IRIs)."""

    title: str
    start: Day
    sources: frozenset[str]
    places: frozenset[str]


def part(store: Store, iri: str) -> Part:
    """A data set of the published version, by its IRI; those of the version that was asked for last are kept.

    Raises UnknownDataset, NothingPublished, StoreUnreadable.
    """
    parts = _known(store)
    if iri not in parts:
        raise UnknownDataset(iri.rpartition("/")[2], sorted(each.rpartition("/")[2] for each in parts))
    return parts[iri]


def describing(store: Store) -> dict[str, list[str]]:
    """The titles of the data sets that describe each place (IRI), in order. Raises what `part` raises of a store."""
    found: dict[str, list[str]] = {}
    for title, places in sorted((each.title, each.places) for each in _known(store).values()):
        for place in places:
            found.setdefault(place, []).append(title)
    return found


def _known(store: Store) -> dict[str, Part]:
    """The data sets of the published version, kept until there is another."""
    version = store.version()
    if _opened.get(store.location, ("",))[0] != version:
        _opened[store.location] = version, _read(store)
    return _opened[store.location][1]


def _read(store: Store) -> dict[str, Part]:
    members: dict[str, dict[str, set[str]]] = {}
    for row in store.select("parts"):
        sorts = members.setdefault(str(row["dataset"]), {"source": set(), "place": set()})
        sorts[str(row["sort"])].add(str(row["thing"]))
    found = {}
    for row in store.select("datasets"):
        if "start" in row:
            sorts = members.get(str(row["dataset"]), {"source": set(), "place": set()})
            start = date.fromisoformat(str(row["start"])).toordinal()
            found[str(row["dataset"])] = Part(
                str(row["title"]), start, frozenset(sorts["source"]), frozenset(sorts["place"])
            )
    return found
