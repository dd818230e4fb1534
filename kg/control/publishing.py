"""The index and the conclusions of a version in the making: what follows from what it asserts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from itertools import chain
from typing import NamedTuple

import numpy as np
from rdflib.term import URIRef

from kg.control.answers import View
from kg.control.conclusions import Drawn, draw
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


class Changed(NamedTuple):
    """What is concluded now: of these places (None: of all). Nothing, where the study has no start."""

    drawn: Drawn | None
    places: set[str] | None = None


def conclude(
    candidate: Candidate, changed: Mapping[str, set[str]] | None, nodes: Iterable[str]
) -> Changed | None:  # fmt: skip
    """Bring index and conclusions in line with what a candidate asserts; what is different now, None for nothing.

    `changed` tells which subjects have statements of which property added or taken away, `nodes` everything in these
    statements (`kg.store.answer.Account`); None where that was too much to list. What touches few places costs little.
    A candidate without `kg:studyStart` has neither index nor conclusions.
    """
    before = stored(candidate.directory)
    if changed is not None and before is not None:
        if not changed.keys() & NAMES.keys():
            return None
        with suppress(TooMuch):
            return renew(candidate, before, changed, nodes)
    return rebuild(candidate)


def rebuild(candidate: Candidate) -> Changed:
    """Index and conclusions from everything."""
    candidate.settle()
    try:
        facts = read_facts(candidate.directory, candidate.graphs)
    except NoStudyStart:
        remove(candidate.directory)
        if GRAPH in candidate.graphs:
            candidate.conclude(GRAPH, None, [])
        return Changed(None)
    ledger = gather(facts)
    places = np.arange(len(ledger.places))
    save(Stored(Index(ledger, runs_of(ledger, places[~is_wide(ledger)], View()))), candidate.directory, None)
    drawn = draw(facts, ledger, places)
    candidate.conclude(GRAPH, None, chain([f"{HEAD}{HOW}".encode()], written(drawn)))
    return Changed(drawn)


def renew(
    candidate: Candidate, before: Stored, changed: Mapping[str, set[str]], nodes: Iterable[str]
) -> Changed | None:  # fmt: skip
    """Index and conclusions of the places that a write touched. Raises TooMuch, and then nothing was done."""
    near = Near(candidate.lookup(asserted(candidate.graphs)))
    places = touched(near, before.parts(), changed, nodes)
    if not places:
        return None
    facts = part(near, places, day(before.base.ledger.study_start))
    fresh = patch(facts, places)
    save(before.patched(fresh, places), candidate.directory, before)
    gone = {str(triple[0]) for place in places for triple in candidate.matching(GRAPH, None, KG.place, URIRef(place))}
    numbers = np.sort(fresh.ledger.places.numbers(places))
    drawn = draw(facts, fresh.ledger, numbers)
    candidate.conclude(GRAPH, gone, written(drawn))
    return Changed(drawn, places)
