"""Voices that are not independent of one another, and the policies that count groups of them (rule 7)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from kg.control.ledger import Ledger
from kg.control.names import Array
from kg.control.timelines import Timelines


def family(ledger: Ledger, source: int) -> set[int]:
    """A source and all that it derives from, directly or not."""
    first, last = np.searchsorted(ledger.derived, [source, source + 1])
    return {source, *ledger.ancestor[first:last].tolist()}


def groups(ledger: Ledger, heard: Timelines, voices: list[int]) -> list[set[int]]:
    """Voices put together that have a claimant, or a source that they derive from, in common; transitively."""
    found: list[tuple[set[int], set[tuple[str, int]]]] = []
    for voice in voices:
        marks = {("source", each) for each in family(ledger, int(heard.source[voice]))}
        if heard.claimant[voice] >= 0:
            marks.add(("claimant", int(heard.claimant[voice])))
        linked = [group for group in found if group[1] & marks]
        found = [group for group in found if not group[1] & marks]
        found.append(({voice}.union(*(group[0] for group in linked)), marks.union(*(group[1] for group in linked))))
    return [members for members, _ in found]


def votes(
    ledger: Ledger, heard: Timelines, question: Array, voice: Array, word: Array
) -> Iterator[tuple[int, list[int]]]:
    """For each question the vote of every group of its voices that has a sure word: that word, a set of one holder,
    or 0 if its sure words differ. The `word` of a voice that is not sure is 0."""
    first = np.flatnonzero(np.diff(question, prepend=-1))
    for begin, end in pairwise([*first, len(question)]):
        said = {int(voice[at]): int(word[at]) for at in range(begin, end)}
        cast = [{said[member] for member in group} - {0} for group in groups(ledger, heard, list(said))]
        yield int(question[begin]), [next(iter(each)) if len(each) == 1 else 0 for each in cast if each]


def majority(cast: list[int], nobody: int) -> int:
    """The actor whom more than half of the votes are for, as a set; 0 if there is none. `nobody` is no actor."""
    return next((word for word in set(cast) - {0, nobody} if 2 * cast.count(word) > len(cast)), 0)
