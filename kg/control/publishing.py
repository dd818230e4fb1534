"""The index and the conclusions of a version in the making: what follows from what it asserts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain

import numpy as np
from rdflib.term import URIRef

from kg.control.answers import View
from kg.control.gathering import gather
from kg.control.index import Index, patch
from kg.control.reading import asserted, read_facts
from kg.control.runs import is_wide, runs_of
from kg.control.stored import Stored, remove, save, stored
from kg.control.touching import NAMES, Near, TooMuch, part, touched
from kg.control.writing import GRAPH, HEAD, HOW, day, written
from kg.errors import NoStudyStart
from kg.ontology import KG
from kg.store.candidate import Candidate


def conclude(candidate: Candidate, changed: Mapping[str, set[str]] | None, nodes: Iterable[str]) -> None:
    """Bring index and conclusions in line with what a candidate asserts.

    `changed` tells which subjects have statements of which property added or taken away, `nodes` everything in these
    statements (`kg.store.answer.Account`); None where that was too much to list. What touches few places costs little.
    A candidate without `kg:studyStart` has neither index nor conclusions.
    """
    before = stored(candidate.directory)
    if changed is not None and before is not None:
        if not changed.keys() & NAMES.keys():
            return
        try:
            renew(candidate, before, changed, nodes)
        except TooMuch:
            pass
        else:
            return
    rebuild(candidate)


def rebuild(candidate: Candidate) -> None:
    """Index and conclusions from everything."""
    candidate.settle()
    try:
        facts = read_facts(candidate.directory, candidate.graphs)
    except NoStudyStart:
        remove(candidate.directory)
        if GRAPH in candidate.graphs:
            candidate.conclude(GRAPH, None, [])
        return
    ledger = gather(facts)
    places = np.arange(len(ledger.places))
    save(Stored(Index(ledger, runs_of(ledger, places[~is_wide(ledger)], View()))), candidate.directory, None)
    candidate.conclude(GRAPH, None, chain([f"{HEAD}{HOW}".encode()], written(facts, ledger, places)))


def renew(candidate: Candidate, before: Stored, changed: Mapping[str, set[str]], nodes: Iterable[str]) -> None:
    """Index and conclusions of the places that a write touched. Raises TooMuch, and then nothing was done."""
    near = Near(candidate.lookup(asserted(candidate.graphs)))
    places = touched(near, before.parts(), changed, nodes)
    if not places:
        return
    facts = part(near, places, day(before.base.ledger.study_start))
    fresh = patch(facts, places)
    save(before.patched(fresh, places), candidate.directory, before)
    gone = {str(triple[0]) for place in places for triple in candidate.matching(GRAPH, None, KG.place, URIRef(place))}
    numbers = np.sort(fresh.ledger.places.numbers(places))
    candidate.conclude(GRAPH, gone, written(facts, fresh.ledger, numbers))
