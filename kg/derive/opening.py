"""The situation that belongs to a version of a store."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import numpy as np

from kg import queries
from kg.control.answers import View
from kg.control.conclusions import Stays, draw
from kg.control.gathering import gather
from kg.control.index import DEFAULT
from kg.control.reading import read_facts
from kg.derive.describing import LeftOut
from kg.derive.held import evidence_of_parts, held
from kg.derive.history.sweep import everything
from kg.derive.network import Network
from kg.derive.reading import read_network
from kg.derive.situation import Situation
from kg.derive.stored import NAME, Stored, save_all, stored
from kg.store import beside, versions
from kg.store.embedded import Store
from kg.store.made import Made
from kg.store.terms import read_rows


def open_situation(store: Store, view: View = DEFAULT) -> Situation:
    """The network and who held what in the version of a store, as a view has it; that of a few versions is kept, and
    the last few of other views.

    Raises NoStudyStart, NothingPublished, StoreUnreadable, and ValueError for a policy that is none.
    """
    if view != DEFAULT:
        return _listened(store.published.directory(), view)[0]
    return _situations.of(store)


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
    """The situation in a version's directory under another view, and the claims behind partial control."""
    graphs = versions.read_manifest(directory).graphs
    stays = stays_of(directory, view)
    network, left = read_network(directory, graphs)
    return _situation(directory, network, left, stays), evidence_of_parts(stays)


def situation_of(directory: Path) -> Situation:
    """The situation in a version's directory: what was published with it, or, where an older release did that, the
    version lies in an engine, or there are no roads, what is kept of one that was read and concluded once.

    Raises NoStudyStart, StoreUnreadable.
    """
    # what was published with a version that lies here is as damaged as that version, if it is
    published = stored(directory) if beside.place(directory) != directory else None
    kept = published or beside.kept(directory, NAME, stored, lambda: _concluded(directory), save_all)
    left = (*kept.unfit, *kept.unknown)
    return Situation(directory.name, kept.study_start, kept.network, kept.held, left, kept.found)


def _concluded(directory: Path) -> Stored:
    network, unfit = read_network(directory, versions.read_manifest(directory).graphs)
    stays = stays_of(directory, DEFAULT)
    intervals, unknown = held(network, stays)
    start = stays.ledger.study_start
    return Stored(start, network, tuple(unfit), intervals, tuple(unknown), everything(network, intervals, start))


def stays_of(directory: Path, view: View) -> Stays:
    """Who held what how long in a version's directory, as a view has it."""
    facts = read_facts(directory, versions.read_manifest(directory).graphs)
    ledger = gather(facts)
    return draw(facts, ledger, np.arange(len(ledger.places)), view).stays


def _situation(directory: Path, network: Network, left: list[LeftOut], stays: Stays) -> Situation:
    intervals, more = held(network, stays)
    return Situation(directory.name, stays.ledger.study_start, network, intervals, (*left, *more))


_situations = Made(lambda store, _: situation_of(store.published.directory()))
