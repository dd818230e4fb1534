"""What is made of a version, and which of it is still right for a later one."""

from __future__ import annotations

from kg.files import BASE
from kg.store import versions
from kg.store.remote import state
from kg.store.remote.requests import Requests
from kg.store.remote.state import UNNAMED

TABLES = {"control": f"{BASE}graph/derived/control", "derive": f"{BASE}graph/derived/networks", "gazetteer": ""}
"""The folders of what is made of a version, with the graph that is written whenever they are; "" where the journal
tells. What others wrote meanwhile is made anew."""


def since(requests: Requests, former: str, manifest: versions.Manifest) -> tuple[set[str] | None, set[str]]:
    """The graphs that were written after the version `former`, and the tables that are not right any more; None and all
    of them where that is not known, or on another branch."""
    parent, found, described = former, set[str](), False
    for line, touched in state.lines(requests, versions.number_of(former)):
        if line["parent"] != parent or touched is None:
            break
        parent = line["version"]
        found |= touched
        described |= line.get("described") != []
        if parent == manifest.version:
            stale = {table for table, graph in TABLES.items() if (graph in found if graph else described)}
            return {"" if graph == UNNAMED else graph for graph in found if graph}, stale
    return None, set(TABLES)
