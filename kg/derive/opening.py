"""The situation that belongs to the published version of a store."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from kg import queries
from kg.control.answers import View
from kg.control.gathering import gather
from kg.control.index import DEFAULT
from kg.control.reading import read_facts
from kg.derive.held import evidence_of_parts, held
from kg.derive.reading import read_network
from kg.derive.situation import Situation
from kg.store import versions
from kg.store.embedded import Store
from kg.store.terms import read_rows

_opened: dict[Path, Situation] = {}
_opening = threading.Lock()


def open_situation(store: Store, view: View = DEFAULT) -> Situation:
    """The network and who held what in the published version, as a view has it; that of each store asked for last is
    kept, and the last few of other views.

    Raises NoStudyStart, NothingPublished, StoreUnreadable, and ValueError for a policy that is none.
    """
    if view != DEFAULT:
        return _listened(store.published.directory(), view)[0]
    version = store.version()
    found = _opened.get(store.location)
    if found is not None and found.version == version:
        return found
    with _opening:
        directory = store.published.directory()
        found = _opened.get(store.location)
        if found is None or found.version != directory.name:
            found = _opened[store.location] = situation_of(directory)
        return found


def claims_of_parts(store: Store, view: View, intervals: Iterable[str]) -> dict[str, list[str]]:
    """The claims behind intervals of partial control. Those of the default view are in the graph of conclusions."""
    wanted = sorted(intervals)
    if not wanted:
        return {}
    if view != DEFAULT:
        told = _listened(store.published.directory(), view)[1]
        return {interval: told.get(interval, []) for interval in wanted}
    found: dict[str, list[str]] = {}
    query = queries.text_for("interval-claims", "interval", wanted)
    for row in read_rows(store.query(query).read()):
        found.setdefault(str(row["interval"]), []).append(str(row["claim"]))
    return found


@lru_cache(maxsize=8)
def _listened(directory: Path, view: View) -> tuple[Situation, dict[str, list[str]]]:
    facts = read_facts(directory, versions.read_manifest(directory).graphs)
    return situation_of(directory, view), evidence_of_parts(facts, gather(facts), view)


def situation_of(directory: Path, view: View = DEFAULT) -> Situation:
    """The situation in a version's directory, as a view has it, read and concluded anew."""
    graphs = versions.read_manifest(directory).graphs
    network, left = read_network(directory, graphs)
    facts = read_facts(directory, graphs)
    intervals, more = held(network, facts, gather(facts), view=view)
    return Situation(directory.name, facts.study_start, network, intervals, (*left, *more))
