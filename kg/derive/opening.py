"""The situation that belongs to the published version of a store."""

from __future__ import annotations

import threading
from functools import lru_cache
from pathlib import Path

import numpy as np

from kg.control.answers import View
from kg.control.conclusions import draw
from kg.control.gathering import gather
from kg.control.index import DEFAULT
from kg.control.reading import read_facts
from kg.derive.held import held
from kg.derive.reading import read_network
from kg.derive.situation import Situation
from kg.store import versions
from kg.store.embedded import Store

_opened: dict[Path, Situation] = {}
_opening = threading.Lock()


def open_situation(store: Store, view: View = DEFAULT) -> Situation:
    """The network and who held what in the published version, as a view has it; that of each store asked for last is
    kept, and the last few of other views.

    Raises NoStudyStart, NothingPublished, StoreUnreadable, and ValueError for a policy that is none.
    """
    if view != DEFAULT:
        return _listened(store.published.directory(), view)
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


@lru_cache(maxsize=8)
def _listened(directory: Path, view: View) -> Situation:
    return situation_of(directory, view)


def situation_of(directory: Path, view: View = DEFAULT) -> Situation:
    """The situation in a version's directory, as a view has it, read and concluded anew."""
    graphs = versions.read_manifest(directory).graphs
    network, left = read_network(directory, graphs)
    facts = read_facts(directory, graphs)
    ledger = gather(facts)
    intervals, more = held(network, draw(facts, ledger, np.arange(len(ledger.places)), view))
    return Situation(directory.name, facts.study_start, network, intervals, (*left, *more))
