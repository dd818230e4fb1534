"""The data set, or one graph of it, as a file; equal data gives equal bytes."""

from __future__ import annotations

from typing import IO

from kg.errors import UnknownEntity
from kg.ontology import PREFIXES
from kg.store.embedded import Store

QUAD_FORMS = ("nq", "trig")
"""Serialisations that name the graph of each triple."""


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
