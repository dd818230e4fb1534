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
    version = store.version()
    if _opened.get(store.location, ("",))[0] != version:
        _opened[store.location] = version, _read(store)
    parts = _opened[store.location][1]
    if iri not in parts:
        raise UnknownDataset(iri.rpartition("/")[2], sorted(each.rpartition("/")[2] for each in parts))
    return parts[iri]


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
