"""Which rows a view hears, voice by voice (rule 1, and of rule 3 *Derived* and *Inside*)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from kg.control.answers import View
from kg.control.facts import micros
from kg.control.ledger import NEVER, PARTS, Ledger
from kg.control.names import Array, distinct, spans


@dataclass(frozen=True, eq=False)
class Ear:
    """A view in the numbers of a ledger: the last day, the moment (None: now), whether each source is listened to
    (None: all are)."""

    known: int
    moment: int | None
    sources: Array | None


def ear(ledger: Ledger, view: View) -> Ear:
    """What the view listens to; sources that are not in the ledger are ignored."""
    listened = None if view.sources is None else listed(ledger, view.sources)
    known = NEVER if view.known is None else view.known
    return Ear(known, None if view.recorded is None else micros(view.recorded, 0), listened)


def listed(ledger: Ledger, sources: Iterable[str]) -> Array:
    """A mask over the sources of the ledger."""
    mask = np.zeros(len(ledger.sources), bool)
    numbers = ledger.sources.numbers(sources)
    mask[numbers[numbers >= 0]] = True
    return mask


def met(ledger: Ledger, claims: Array, ear: Ear) -> Array:
    """Whether claims have been said, recorded and not retired, in a source that is listened to."""
    passed: Array = ledger.said[claims] <= ear.known
    if ear.moment is None:
        # Now: whatever is recorded, unless it was retired.
        passed &= ledger.retired[claims] == len(ledger.instants) - 1
    else:
        passed &= ledger.recorded[claims] < np.searchsorted(ledger.instants, ear.moment, "right")
        passed &= ledger.retired[claims] >= np.searchsorted(ledger.instants, ear.moment, "right")
    if ear.sources is not None:
        passed &= ear.sources[ledger.claim_source[claims]]
    return passed


def visible(ledger: Ledger, claims: Array, ear: Ear) -> Array:
    """Whether claims are met and no claim that is met supersedes them."""
    passed = met(ledger, claims, ear)
    if len(ledger.superseded):
        first = np.searchsorted(ledger.superseded, claims, "left")
        count = np.searchsorted(ledger.superseded, claims, "right") - first
        old = np.flatnonzero(count)
        if len(old):
            successors = ledger.superseder[spans(first[old], count[old])]
            replaced = np.repeat(old, count[old])[met(ledger, successors, ear)]
            passed[replaced] = False
    return passed


def latest_of_group(ledger: Ledger, rows: Array, ear: Ear) -> Array:
    """Whether rows are the latest that their voice tells of that occurrence at that place."""
    group = ledger.group[rows]
    passed = np.ones(len(rows), bool)
    several = np.flatnonzero(group >= 0)
    if len(several):
        wanted, which = np.unique(group[several], return_inverse=True)
        first = ledger.member_start[wanted]
        count = ledger.member_start[wanted + 1] - first
        members = ledger.member_claim[spans(first, count)]
        told = np.where(visible(ledger, members, ear), ledger.said[members], -NEVER)
        latest = np.maximum.reduceat(told, np.cumsum(count) - count)
        passed[several] = ledger.said[ledger.claim[rows[several]]] == latest[which]
    return passed


def underived(ledger: Ledger, rows: Array, place: Array) -> Array:
    """Whether no source that the row's source derives from has a row of its own about the place."""
    passed = np.ones(len(rows), bool)
    source = ledger.claim_source[ledger.claim[rows]].astype(np.int64)
    first = np.searchsorted(ledger.derived, source, "left")
    count = np.searchsorted(ledger.derived, source, "right") - first
    derived = np.flatnonzero(count)
    if len(derived):
        size = len(ledger.sources)
        own = distinct((place * size + source)[ledger.around[rows] < 0])
        count = count[derived]
        original = np.repeat(place[derived], count) * size + ledger.ancestor[spans(first[derived], count)]
        found = np.searchsorted(own, original)
        speaks = own[np.minimum(found, len(own) - 1)] == original if len(own) else np.zeros(len(original), bool)
        passed[np.repeat(derived, count)[speaks]] = False
    return passed


def nearest(ledger: Ledger, rows: Array, voice: Array) -> Array:
    """Whether rows told of an area are not replaced by a row of the same voice about a nearer place."""
    passed = np.ones(len(rows), bool)
    around = ledger.around[rows].astype(np.int64)
    inside = np.flatnonzero(around >= 0)
    if len(inside):
        first = np.searchsorted(voice, voice[inside], "left")
        count = np.searchsorted(voice, voice[inside], "right") - first
        mine, other = np.repeat(inside, count), spans(first, count)
        later = (ledger.hi[rows[other]] >= ledger.lo[rows[mine]]) & (ledger.kind[rows[other]] & 7 != PARTS)
        mine, other = mine[later & (around[other] != around[mine])], other[later & (around[other] != around[mine])]
        nearer = (around[other] < 0) | within(ledger, around[other], around[mine])
        passed[mine[nearer]] = False
    return passed


def within(ledger: Ledger, inner: Array, outer: Array) -> Array:
    """Whether places lie in others."""
    asked = inner * len(ledger.places) + outer
    found = np.searchsorted(ledger.nesting, asked)
    known = ledger.nesting[np.minimum(found, len(ledger.nesting) - 1)] == asked
    lies: Array = known & (inner >= 0)
    return lies


def numbered(*columns: Array) -> Array:
    """Numbers that grow by one wherever one of the sorted columns changes."""
    changed = np.zeros(len(columns[0]), bool)
    for column in columns:
        changed[1:] |= column[1:] != column[:-1]
    return np.cumsum(changed, dtype=np.int64)


def heard_rows(ledger: Ledger, rows: Array, place: Array, view: Ear) -> tuple[Array, Array, Array]:
    """Of the rows of whole places, those that the view hears, with their places and the numbers of their voices."""
    keep = visible(ledger, ledger.claim[rows], view)
    rows, place = rows[keep], place[keep]
    keep = latest_of_group(ledger, rows, view)
    rows, place = rows[keep], place[keep]
    keep = underived(ledger, rows, place)
    rows, place = rows[keep], place[keep]
    voice = numbered(place, ledger.claim_source[ledger.claim[rows]], ledger.claimant[rows])
    keep = nearest(ledger, rows, voice)
    return rows[keep], place[keep], voice[keep]
