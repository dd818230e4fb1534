"""The ledger of what is said: rows are told, sorted and weighed, pairs found (see `kg.control.ledger`)."""

from __future__ import annotations

from typing import Any

import numpy as np

from kg.control.facts import ALWAYS, NOT_YET, OPEN, Facts, Pairs
from kg.control.ledger import ANYTHING, CENTRE, DENIAL, NEVER, PARTS, Ledger
from kg.control.names import Array, distinct, spans
from kg.control.telling import AREA, DENIES, closed, meaning, published, said, tellings, told_changes


def gather(facts: Facts) -> Ledger:
    """The columns of the index."""
    size, days = len(facts.places), published(facts)
    inner, outer = closed(facts.within, size)
    rows, sets = told_rows(facts, days, (inner, outer))
    keys = ("event", "claim", "hi", "lo", "claimant", "source", "place")
    order = np.lexsort([rows[name] for name in keys])
    moved = np.empty_like(order)
    moved[order] = np.arange(len(order))
    rows = {name: column[order] for name, column in rows.items()}
    for pairs in sets.values():
        pairs[:, 0] = moved[pairs[:, 0]]
    baselines = baseline_columns(facts)
    holders = Holders(size, max(1, len(facts.actors)), rows, sets, baselines)
    columns: dict[str, Any] = {
        "row_start": np.searchsorted(rows["place"], np.arange(size + 1)),
        "holder_start": holders.start,
        "holder_actor": holders.actor.astype(np.int32),
        **{name: rows[name].astype(np.int32) for name in ("claim", "claimant", "lo", "hi", "around")},
        **{name: rows[name].astype(np.uint8) for name in ("kind", "traits")},
        **{name: holders.number(rows["place"], rows[name]).astype(np.int16) for name in ("who", "was", "presumed")},
        **grouped(rows, occurrences(facts)),
        **ordered(facts, rows),
        **claim_columns(facts, days),
        **source_columns(facts, days),
        "nesting": inner * size + outer,
    }
    for name, pairs in sets.items():
        pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
        columns[f"{name}_row"] = pairs[:, 0].astype(np.int32)
        columns[f"{name}_holder"] = holders.number(rows["place"][pairs[:, 0]], pairs[:, 1]).astype(np.int16)
    columns |= {
        "baseline_start": np.searchsorted(baselines["place"], np.arange(size + 1)),
        "baseline_holder": holders.number(baselines["place"], baselines["actor"]).astype(np.int16),
        **{name: column.astype(np.int32) for name, column in baselines.items() if name not in ("place", "actor")},
    }
    columns |= {kind: getattr(facts, kind) for kind in ("places", "actors", "sources", "claims", "baselines")}
    return Ledger(study_start=facts.study_start, **columns)


def expanded(pairs: Pairs, nodes: Array, size: int) -> tuple[Array, Array]:
    """For every value that pairs give to one of `nodes`: the position among these, and the value."""
    start = np.searchsorted(pairs[0], np.arange(size + 1))
    count = (start[1:] - start[:-1])[nodes]
    return np.repeat(np.arange(len(nodes)), count), pairs[1][spans(start[nodes], count)]


def told_rows(facts: Facts, days: Array, nested: Pairs) -> tuple[dict[str, Array], dict[str, Array]]:
    """The rows, actors by their numbers; and (row, actor) for parties, heirs and those for whom the claimant speaks."""
    told, stated = tellings(facts, days), meaning(facts)
    claim, event = facts.about
    telling, place = expanded(facts.at, event[told.about], len(facts.events))
    around = np.full(len(place), -1)
    # What is said of an entire area is said of every place within: not of the time before, and no denials.
    area = (facts.extent[event] == AREA) & (facts.stance[claim] != DENIES)
    outside = np.flatnonzero(area[told.about[telling]])
    order = np.lexsort(nested)
    within = (nested[1][order], nested[0][order])
    which, inside = expanded(within, place[outside], len(facts.places))
    telling = np.append(telling, telling[outside[which]])
    around = np.append(around, place[outside[which]])
    place = np.append(place, inside)
    about, own = told.about[telling], around < 0
    report = ~told_changes(facts, event[about])
    traits, claimant = stated.traits[about], told.claimant[telling]
    rows = {
        "place": place, "around": around, "claim": claim[about], "source": facts.source[claim[about]],
        "event": event[about], "claimant": claimant, "lo": told.lo[telling], "hi": told.hi[telling],
        "kind": stated.says[about] + 8 * np.where(own, stated.before[about], ANYTHING),
        "traits": np.where(own, traits, traits & ~CENTRE), "who": stated.who[about],
        # A report of the area does not say who held a place within before it.
        "was": np.where(own | ~report, stated.was[about], -1), "presumed": np.where(own, stated.presumed[about], -1),
    }  # fmt: skip
    sets = {}
    for name, pairs, given in (("party", facts.parties, stated.parties), ("heir", facts.heirs, stated.heirs)):
        some = np.flatnonzero(given[about])
        which, actor = expanded(pairs, event[about[some]], len(facts.events))
        sets[name] = np.stack([some[which], actor], 1)
    quoted = np.flatnonzero(claimant >= 0)
    which, actor = expanded(principals(facts), claimant[quoted], len(facts.actors))
    sets["self"] = np.stack([quoted[which], actor], 1)
    return rows, sets


def principals(facts: Facts) -> Pairs:
    """The pairs of each actor and those for whom it speaks: itself, and whose organ it is, directly or not."""
    organ, whose = closed(facts.organ_of, len(facts.actors))
    actors = np.arange(len(facts.actors))
    speaker, principal = np.append(actors, organ), np.append(actors, whose)
    order = np.lexsort((principal, speaker))
    return speaker[order], principal[order]


class Holders:
    """The actors that are named at each place, numbered place by place.

    For whom a claimant speaks matters only among them, so `sets["self"]` loses all others.
    """

    def __init__(
        self, places: int, actors: int, rows: dict[str, Array], sets: dict[str, Array], baselines: dict[str, Array]
    ) -> None:
        pairs = [(rows["place"], rows[name]) for name in ("who", "was", "presumed")]
        pairs += [(rows["place"][sets[name][:, 0]], sets[name][:, 1]) for name in ("party", "heir")]
        pairs.append((baselines["place"], baselines["actor"]))
        self.actors = actors
        self.keys = distinct(np.concatenate([(place * actors + actor)[actor >= 0] for place, actor in pairs]))
        self.start = np.searchsorted(self.keys, np.arange(places + 1) * actors)
        self.actor = self.keys % actors
        spoken = sets["self"]
        sets["self"] = spoken[np.isin(rows["place"][spoken[:, 0]] * actors + spoken[:, 1], self.keys)]

    def number(self, place: Array, actor: Array) -> Array:
        """The numbers of actors among the holders of places; nobody is -1."""
        found = np.searchsorted(self.keys, place * self.actors + actor) - self.start[place]
        return np.where(actor < 0, -1, found)


def occurrences(facts: Facts) -> Array:
    """For each event the least number among the events that are the same occurrence."""
    least = np.arange(len(facts.events))
    first, second = facts.same
    while len(first):
        before = least.copy()
        lower = np.minimum(least[first], least[second])
        np.minimum.at(least, first, lower)
        np.minimum.at(least, second, lower)
        if (least == before).all():
            break
    return least


def grouped(rows: dict[str, Array], occurrence: Array) -> dict[str, Array]:
    """What one voice tells of one occurrence at one place, where that is more than one row, and the claims of each."""
    origin = np.where(rows["around"] < 0, rows["place"], rows["around"])
    keys = [origin, rows["source"], rows["claimant"], occurrence[rows["event"]]]
    order = np.lexsort(keys[::-1])
    differs = np.zeros(len(order), bool)
    for key in keys:
        differs[1:] |= np.diff(key[order]) != 0
    group = np.empty(len(order), np.int64)
    group[order] = np.cumsum(differs)
    own = np.flatnonzero(rows["around"] < 0)
    size = np.bincount(group[own], minlength=int(group.max(initial=-1)) + 1)
    renumbered = np.where(size > 1, np.cumsum(size > 1) - 1, -1)
    group = renumbered[group]
    member = own[group[own] >= 0]
    member = member[np.argsort(group[member], kind="stable")]
    start = np.searchsorted(group[member], np.arange(int((size > 1).sum()) + 1))
    return {
        "group": group.astype(np.int32),
        "member_start": start,
        "member_claim": rows["claim"][member].astype(np.int32),
    }


def ordered(facts: Facts, rows: dict[str, Array]) -> dict[str, Array]:
    """The pairs of rows of one voice at one place of which one is stated to follow the other."""
    size = len(facts.events)
    after, before = closed(facts.follows, size)
    told = np.flatnonzero(np.isin(rows["event"], facts.follows) & (rows["traits"] & DENIAL == 0))
    # The rows of a voice lie together; of each that follows anything, all others are looked at.
    voice = np.zeros(len(rows["place"]), np.int64)
    for name in ("place", "source", "claimant"):
        voice[1:] |= np.diff(rows[name]) != 0
    voice = np.cumsum(voice)[told]
    some = np.flatnonzero(np.isin(rows["event"][told], after) & (rows["kind"][told] & 7 != PARTS))
    first = np.searchsorted(voice, voice[some], "left")
    count = np.searchsorted(voice, voice[some], "right") - first
    later, earlier = told[np.repeat(some, count)], told[spans(first, count)]
    asked = rows["event"][later] * size + rows["event"][earlier]
    stated = np.isin(asked, after * size + before)
    return {"later_row": later[stated].astype(np.int32), "earlier_row": earlier[stated].astype(np.int32)}


def claim_columns(facts: Facts, days: Array) -> dict[str, Array]:
    """Source, dates and successors of each claim."""
    both = np.concatenate([[ALWAYS, NOT_YET], facts.recorded, facts.retired]).astype(np.int64)
    instants, codes = np.unique(both, return_inverse=True)
    recorded, retired = codes[2:].astype(np.int32).reshape(2, -1)
    new, old = facts.supersedes
    order = np.lexsort((new, old))
    return {
        "claim_source": facts.source.astype(np.int32), "said": said(facts, days).astype(np.int32),
        "undated": (facts.stated_last == OPEN) & (facts.published[facts.source] == OPEN),
        "recorded": recorded, "retired": retired, "instants": instants,
        "superseded": old[order].astype(np.int32), "superseder": new[order].astype(np.int32),
    }  # fmt: skip


def source_columns(facts: Facts, days: Array) -> dict[str, Array]:
    """What each source knows of, and the sources it derives from, directly or not."""
    derived, ancestor = closed(facts.derived_from, len(facts.sources))
    knowledge = np.where(facts.knowledge == OPEN, days, facts.knowledge)
    return {
        "knowledge": knowledge.astype(np.int32),
        "derived": derived.astype(np.int32),
        "ancestor": ancestor.astype(np.int32),
    }


def baseline_columns(facts: Facts) -> dict[str, Array]:
    """Every place of every baseline, sorted by place."""
    baseline, place = facts.holds
    order = np.lexsort((baseline, place))
    baseline, place = baseline[order], place[order]
    last = np.where(facts.holds_last == OPEN, NEVER, facts.holds_last)
    return {
        "place": place, "baseline": baseline, "actor": facts.holder[baseline],
        "baseline_first": np.where(facts.holds_first == OPEN, -NEVER, facts.holds_first)[baseline],
        "baseline_last": last[baseline],
        "baseline_size": np.bincount(baseline, minlength=len(facts.baselines))[baseline],
    }  # fmt: skip
