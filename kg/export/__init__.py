"""The data set as a file, as others read it: RDF, Linked Places, GeoJSON with times, tables with their description.

Equal data gives equal bytes: nothing of it tells when it was written.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import IO

from kg.errors import UnknownEntity
from kg.export import featured, linked_places, tables
from kg.ontology import PREFIXES
from kg.store.embedded import Store

QUAD_FORMS = ("nq", "trig")
"""Serialisations that name the graph of each triple."""
DESCRIBED = "-metadata.json"
"""What the name of a table's description has after the table's (Metadata Vocabulary for Tabular Data)."""


def export(store: Store, output: IO[bytes], form: str, graph: str | None = None) -> None:
    """Write the published version to `output`, in the serialisation `form` (`kg.store.answer.GRAPH_FORMATS`).

    Without `graph` everything, for which `form` must be one of `QUAD_FORMS`; with it that graph alone.
    Raises UnknownEntity for a graph that the version does not have, ValueError for a form that would lose the graphs.
    """
    if graph is None and form not in QUAD_FORMS:
        raise ValueError(f"{form} does not tell graphs apart; name one graph, or take one of {', '.join(QUAD_FORMS)}")
    if graph is not None and graph not in store.manifest().graphs:
        raise UnknownEntity(graph)
    store.dump(output, form, graph=graph, prefixes=PREFIXES)


FILES: dict[str, tuple[str, Callable[..., None]]] = {
    "places.lpf.json": ("application/geo+json", linked_places.write),
    "control.geojson": ("application/geo+json", featured.write),
    **{f"{name}.csv": ("text/csv", table.write) for name, table in tables.TABLES.items()},
    **{f"{name}.csv{DESCRIBED}": ("application/csvm+json", table.describe) for name, table in tables.TABLES.items()},
}
"""What else a version is written as: the name of the file → its media type, and what writes it, called with the store
and the open file. They raise NoStudyStart where no question about control has an answer."""
