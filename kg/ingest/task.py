"""What a reader is given, and what is the same in all that readers write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from kg.files import BASE
from kg.gazetteer import Gazetteer
from kg.ingest.report import Tally
from kg.ingest.tables import Progress
from kg.ingest.turtle import quoted
from kg.ingest.work import Work
from kg.workers import Each, here


@dataclass(frozen=True, eq=False)
class Task:
    """The files to read, the data set that they go into (its slug), what this part of it is called, the mapping that
    was given with them, the day on which they were retrieved, and what the store knows already: names, and places by
    their GeoNames number, which places are the data set's own. `each` shares work out, `tally` becomes the account of
    all."""

    paths: Sequence[Path]
    dataset: str
    into: str
    work: Work
    retrieved: date
    gazetteer: Gazetteer
    mapping: Mapping[str, Any] = field(default_factory=dict)
    geonames: Mapping[int, str] = field(default_factory=dict)
    own: frozenset[str] = frozenset()
    progress: Progress = lambda _word, _share: None
    each: Each = here
    tally: Tally = field(default_factory=Tally)

    @property
    def graph(self) -> str:
        """The IRI of the graph that is written."""
        return f"{BASE}graph/{self.dataset}/{self.into}"

    @property
    def stem(self) -> str:
        """What the names of things begin with that nobody else named."""
        return f"{self.dataset}-{self.into}"

    @property
    def recorded(self) -> str:
        """When the claims were recorded: when the files were retrieved, as a literal."""
        return f'"{self.retrieved}T00:00:00Z"^^xsd:dateTime'

    def belongs(self) -> str:
        """That the graph is a part of the data set."""
        return f"dataset:{self.dataset} void:subset <{self.graph}> .\n"

    def source(self, name: str, title: str, knowledge: int | None, *, address: str = "", licence: str = "") -> str:
        """The description of a source that is a data set; `knowledge` is the last day of which it tells."""
        told = [f"{name} a kg:Source ; kg:sourceKind kg:Dataset ; skos:prefLabel {quoted(title, 'en')}"]
        told += [f"kg:address <{address}>"] if address else []
        told += [f"kg:licence <{licence}>"] if licence else []
        told += [f'kg:retrieved "{self.retrieved}"^^xsd:date']
        told += [f'kg:knowledge "{date.fromordinal(knowledge)}"^^xsd:date'] if knowledge else []
        return " ; ".join(told) + " .\n"
