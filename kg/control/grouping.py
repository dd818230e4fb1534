"""Voices that are not independent of one another, and the policies that count groups of them (rule 7)."""

from __future__ import annotations

import numpy as np

from kg.control.ledger import Ledger
from kg.control.names import Array, spans
from kg.control.timelines import Timelines


def marks(ledger: Ledger, heard: Timelines, voice: Array) -> tuple[Array, Array]:
    """What makes voices dependent: the claimant of each, its source, and all that this derives from, directly or not.

    Pairs of the position of a voice and the number of a mark; numbers of claimants follow those of sources.
    """
    source, claimant = heard.source[voice].astype(np.int64), heard.claimant[voice].astype(np.int64)
    first = np.searchsorted(ledger.derived, source, "left")
    count = np.searchsorted(ledger.derived, source, "right") - first
    position, quoted = np.arange(len(voice)), np.flatnonzero(claimant >= 0)
    return (
        np.concatenate([position, np.repeat(position, count), quoted]),
        np.concatenate([source, ledger.ancestor[spans(first, count)], claimant[quoted] + len(ledger.sources)]),
    )


def groups(ledger: Ledger, heard: Timelines, question: Array, voice: Array) -> Array:
    """For each voice of each question the group it is in: the least position of a voice that it is linked to by a
    mark, directly or not."""
    group = np.arange(len(voice))
    if not len(group):
        return group
    position, mark = marks(ledger, heard, voice)
    order = np.lexsort((mark, question[position]))
    position, mark = position[order], mark[order]
    asked = question[position]
    begins = np.flatnonzero(np.append(True, (np.diff(asked) != 0) | (np.diff(mark) != 0)))
    size = np.diff(np.append(begins, len(position)))
    shared = np.repeat(size > 1, size)
    position, size = position[shared], size[size > 1]
    if not len(position):
        return group
    begins = np.cumsum(size) - size
    while True:
        # each mark takes the least group of those that have it, each voice the least of its marks
        least = np.repeat(np.minimum.reduceat(group[position], begins), size)
        nearer = group.copy()
        np.minimum.at(nearer, position, least)
        # a group is a position too: going on to the group of that one halves the way through a long chain of voices
        nearer = nearer[nearer]
        if np.array_equal(nearer, group):
            return group
        group = nearer


def votes(ledger: Ledger, heard: Timelines, question: Array, voice: Array, word: Array) -> tuple[Array, Array]:
    """The votes of the groups of voices that have a sure word: the question of each, in order, and that word, a set of
    one holder, or 0 if the sure words of the group differ. The `word` of a voice that is not sure is 0."""
    group = groups(ledger, heard, question, voice)
    sure = np.flatnonzero(np.asarray(word != 0, bool))
    sure = sure[np.argsort(group[sure], kind="stable")]
    first = np.flatnonzero(np.diff(group[sure], prepend=-1))
    if not len(first):
        return question[:0], word[:0]
    cast = np.bitwise_or.reduceat(word[sure], first)
    return question[group[sure[first]]], np.where(np.asarray(cast & (cast - 1) != 0, bool), 0, cast)


def majorities(question: Array, cast: Array) -> tuple[Array, Array]:
    """The questions of whose votes more than half are the same word, and that word."""
    _, which = np.unique(cast, return_inverse=True)
    order = np.lexsort((which, question))
    asked, which = question[order], which[order]
    begins = np.flatnonzero(np.append(True, (np.diff(asked) != 0) | (np.diff(which) != 0))) if len(asked) else order
    alike = np.diff(np.append(begins, len(asked)))
    asked, said = asked[begins], cast[order[begins]]
    all_of = np.searchsorted(question, asked, "right") - np.searchsorted(question, asked, "left")
    most = 2 * alike > all_of
    return asked[most], said[most]
