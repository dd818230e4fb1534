"""The index and the conclusions of a version in the making: what follows from what it asserts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import NamedTuple

import numpy as np
from rdflib.term import URIRef

from kg.control import portions
from kg.control.conclusions import Part, Stays, draw, of_parts
from kg.control.gathering import gather
from kg.control.index import patch
from kg.control.names import Array
from kg.control.reading import asserted, read_facts
from kg.control.runs import Runs, joined
from kg.control.stored import Stored, begin, finish, remove, save, stored
from kg.control.touching import NAMES, Near, TooMuch, part, touched
from kg.control.writing import GRAPH, HEAD, HOW, day, written
from kg.errors import NoStudyStart
from kg.ontology import KG
from kg.store.candidate import Candidate
from kg.workers import Each, here


class Changed(NamedTuple):
    """Who is concluded to have held these places (None: all) how long. Nothing, where the study has no start."""

    stays: Stays | None
    places: set[str] | None = None


def conclude(
    candidate: Candidate, changed: Mapping[str, set[str]] | None, nodes: Iterable[str], each: Each = here
) -> Changed | None:  # fmt: skip
    """Bring index and conclusions in line with what a candidate asserts; what is different now, None for nothing.

    `changed` tells which subjects have statements of which property added or taken away, `nodes` everything in these
    statements (`kg.store.answer.Account`); None where that was too much to list. What touches few places costs little.
    What touches many is shared out by `each`. A candidate without `kg:studyStart` has neither index nor conclusions.
    """
    before = stored(candidate.directory)
    if changed is not None and before is not None:
        if not changed.keys() & NAMES.keys():
            return None
        with suppress(TooMuch):
            return renew(candidate, before, changed, nodes)
    return rebuild(candidate, each)


def rebuild(candidate: Candidate, each: Each = here) -> Changed:
    """Index and conclusions from everything, the places shared out by `each`: the same bytes, whoever works."""
    candidate.settle()
    try:
        facts = read_facts(candidate.directory, candidate.graphs)
    except NoStudyStart:
        remove(candidate.directory)
        if GRAPH in candidate.graphs:
            candidate.conclude(GRAPH, None, [])
        return Changed(None)
    ledger, told = gather(facts), of_parts(facts)
    del facts
    directory = begin(ledger, candidate.directory).resolve()
    runs, stays, parts = list[Runs](), list[Array](), list[Part]()

    def texts() -> Iterator[bytes]:
        yield f"{HEAD}{HOW}".encode()
        for found in each(portions.conclude, portions.portions(ledger, directory, told)):
            runs.append(found.runs)
            stays.append(found.stays)
            parts.extend(found.parts)
            yield found.text

    candidate.conclude(GRAPH, None, texts())
    finish(joined(runs), candidate.directory)
    return Changed(Stays(ledger, np.concatenate(stays), parts))


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
    return Changed(drawn.stays, places)
