"""The things of a version as columns, sort by sort, with all that they can be chosen by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from kg.browsing.coverage import Coverage
from kg.browsing.gathering import Facet
from kg.control.names import Array

Sort = Literal["place", "actor", "event", "claim", "source"]
SORTS: tuple[Sort, ...] = ("place", "actor", "event", "claim", "source")
"""What can be browsed."""


@dataclass(frozen=True, eq=False)
class Shelf:
    """The things of one sort, in the order in which they are listed: events and claims by their latest days, sources by
    the day of publication, those without one last; places and actors by their English names.

    `counts` has for each thing how many claims, denials or events belong to it; `days` are the first and the
    last on which an event may have happened, or a source been published, as ordinals (`OPEN`: no bound).
    """

    sort: Sort
    things: Sequence[str]
    facets: Mapping[str, Facet]
    counts: Mapping[str, Array] = field(default_factory=dict)
    days: tuple[Array, Array] | None = None


@dataclass(frozen=True, eq=False)
class Shelves:
    """Everything that can be browsed in one version; `labels` are English names of types and stances."""

    version: str
    of: Mapping[Sort, Shelf]
    labels: Mapping[str, str]
    coverage: Coverage
