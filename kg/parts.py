"""Data sets side by side in one store: which sources and which places each of them describes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kg.control.record import Day
from kg.errors import UnknownDataset
from kg.store.embedded import Store
from kg.store.made import Made


@dataclass(frozen=True)
class Part:
    """A data set: its title, the first day that it answers, the sources and the places that it describes (IRIs)."""

    title: str
    start: Day
    sources: frozenset[str]
    places: frozenset[str]


@dataclass(frozen=True)
class Parts:
    """The data sets of a version, by their IRIs."""

    version: str
    of: dict[str, Part]


def part(store: Store, iri: str) -> Part:
    """A data set of the version of a store, by its IRI; those of a few versions are kept.

    Raises UnknownDataset, NothingPublished, StoreUnreadable.
    """
    parts = _every.of(store).of
    if iri not in parts:
        raise UnknownDataset(iri.rpartition("/")[2], sorted(each.rpartition("/")[2] for each in parts))
    return parts[iri]


def describing(store: Store) -> dict[str, list[str]]:
    """The titles of the data sets that describe each place (IRI), in order. Raises what `part` raises of a store."""
    found: dict[str, list[str]] = {}
    for title, places in sorted((each.title, each.places) for each in _every.of(store).of.values()):
        for place in places:
            found.setdefault(place, []).append(title)
    return found


def _read(store: Store, _: Parts | None) -> Parts:
    store = store.at(store.version())
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
    return Parts(store.version(), found)


_every = Made(_read)
