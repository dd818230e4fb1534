"""What every export tells: the places with what is said of them through time, and whose data it is."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Any

from kg import answering
from kg.answering import Known
from kg.control.answers import Run, View
from kg.gazetteer import Entry
from kg.properties import values
from kg.store.embedded import Store

NOBODY = "Controlgraph"
"""Whose data it is, where no data set has a title."""
RELATIONS = ("exactMatch", "closeMatch")
"""How things of other data sets may be linked."""


@dataclass(frozen=True)
class Dataset:
    """Titles and licences of the data sets, in order."""

    titles: tuple[str, ...]
    licences: tuple[str, ...]

    @property
    def title(self) -> str:
        """All titles."""
        return "; ".join(self.titles) or NOBODY


def dataset(store: Store) -> Dataset:
    """Whose data it is."""
    rows = store.select("datasets")
    licences = sorted({str(row["licence"]) for row in rows if "licence" in row})
    return Dataset(tuple(dict.fromkeys(str(row["title"]) for row in rows)), tuple(licences))


def histories(store: Store) -> Iterator[tuple[Known, str, tuple[Run, ...]]]:
    """Every place of which anything is said, in the order of IRIs, with its runs. Raises NoStudyStart."""
    known = answering.known(store)
    for at, place in enumerate(known.places):
        if known.numbers[at] >= 0 and known.plain[at]:
            yield known, place, answering.history(store, place, View()).runs


def matches(store: Store, entries: Sequence[Entry]) -> dict[str, list[tuple[str, str]]]:
    """The accepted links of each place: relation and thing."""
    found: dict[str, list[tuple[str, str]]] = {}
    for relation in RELATIONS:
        for place, several in values(store, entries, relation).items():
            found.setdefault(place, []).extend((relation, value.text) for value in several)
    return found


def collection(output: IO[bytes], head: dict[str, Any], features: Iterable[dict[str, Any]]) -> None:
    """Write a feature collection, a feature a line."""
    opening = json.dumps({"type": "FeatureCollection", **head}, ensure_ascii=False)
    output.write(f'{opening[:-1]}, "features": ['.encode())
    for number, feature in enumerate(features):
        output.write(f"{',' if number else ''}\n{json.dumps(feature, ensure_ascii=False)}".encode())
    output.write(b"\n]}\n")
