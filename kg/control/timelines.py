"""The timelines of the voices that a view hears: what each row allows and names, and until when (rules 3 and 4)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from kg.control.answers import View
from kg.control.hearing import ear, heard_rows, numbered
from kg.control.ledger import (
    ACTOR_SHIFT,
    ANYTHING,
    CENTRE,
    CONTEST,
    CONTESTED,
    DENIAL,
    HELD,
    NEVER,
    NO_BEFORE,
    NOT,
    NOT_CONTESTED,
    PARTS,
    REPORT,
    TOLD,
    WAS_HELD,
    WAS_NOT,
    WEAK,
    WHOLE,
    Ledger,
)
from kg.control.names import Array, spans

STRIDE = 4 * NEVER
"""More than any two days are apart: voice * STRIDE + day sorts by voice and day."""


@dataclass(frozen=True, eq=False)
class Timelines:
    """Rows sorted by voice, voices by place. Sets of holders are bits: somebody unnamed, "contested", then the actors
    of the place; they are machine words, or Python's integers where a place has too many actors for one.

    A row is in force from `lo` to the day before `end`. `allows`, `names`, `presumes` and `parties` are what it says
    while in force, `before_…` what it says of the time before, where `counts_before`. Rows that tell of some parts
    only have no word (`word` false): they say that the holder does not hold all, as do those with `partial`.
    """

    # rows
    claim: Array
    lo: Array
    hi: Array
    end: Array
    word: Array
    allows: Array
    names: Array
    presumes: Array
    parties: Array
    counts_before: Array
    before_allows: Array
    before_names: Array
    before_presumes: Array
    weak: Array
    partial: Array
    told: Array
    inside: Array
    # voices
    row_start: Array
    place: Array
    source: Array
    claimant: Array
    min_hi: Array
    begin: Array
    horizon: Array
    all_inside: Array
    self_mask: Array

    @cached_property
    def begun(self) -> Array:
        """The places of the told rows with the days on which each may begin, as one number, in order."""
        return np.sort(self._of_told * STRIDE + self.lo[self.told])

    @cached_property
    def done(self) -> Array:
        """The places of the told rows with the days on which each is surely done, as one number, in order."""
        return np.sort(self._of_told * STRIDE + self.hi[self.told])

    @property
    def _of_told(self) -> Array:
        return np.repeat(self.place, np.diff(self.row_start))[self.told]


def bits(numbers: Array, shift: int, wide: bool) -> Array:
    """A set with one member for each number; none for -1."""
    if wide:
        return np.array([1 << int(each) + shift if each >= 0 else 0 for each in numbers], object)
    shifted: Array = np.left_shift(np.int64(1), np.maximum(numbers.astype(np.int64), 0) + shift)
    return np.where(numbers >= 0, shifted, 0)


def full(ledger: Ledger, place: Array, wide: bool) -> Array:
    """All holders that the answers about places may name."""
    actors = ledger.holder_start[place + 1] - ledger.holder_start[place]
    return bits(actors, ACTOR_SHIFT, wide) - 1


def collected(pair_row: Array, pair_holder: Array, rows: Array, wide: bool) -> Array:
    """The sets of holders that pairs give to rows."""
    sets = np.zeros(len(rows), object if wide else np.int64)
    first = np.searchsorted(pair_row, rows, "left")
    count = np.searchsorted(pair_row, rows, "right") - first
    several = np.flatnonzero(count)
    if len(several):
        count = count[several]
        members = bits(pair_holder[spans(first[several], count)], ACTOR_SHIFT, wide)
        sets[several] = np.bitwise_or.reduceat(members, np.cumsum(count) - count)
    return sets


def timelines(ledger: Ledger, places: Array, view: View, wide: bool = False) -> Timelines:
    """The timelines of some places, given in order by their numbers."""
    first = ledger.row_start[places]
    count = ledger.row_start[places + 1] - first
    rows, place, voice = heard_rows(ledger, spans(first, count), np.repeat(places, count), ear(ledger, view))
    voice = numbered(voice)
    traits, kind = ledger.traits[rows], ledger.kind[rows]
    columns: dict[str, Array] = {
        "row": rows, "place": place, "voice": voice, "traits": traits,
        "lo": ledger.lo[rows].astype(np.int64), "hi": ledger.hi[rows].astype(np.int64),
        "inside": ledger.around[rows] >= 0, "gap": np.zeros(len(rows), bool), "word": kind & 7 != PARTS,
        **said_sets(ledger, rows, place, kind, wide),
    }  # fmt: skip
    columns = bridged(columns, ledger.was[rows], wide)
    columns["end"] = ends(columns, ledger)
    return weighed(columns, ledger, view, wide)


def said_sets(ledger: Ledger, rows: Array, place: Array, kind: Array, wide: bool) -> dict[str, Array]:
    """What rows say while in force and of the time before, as sets of holders."""
    says, before = kind & 7, kind >> 3
    everybody = full(ledger, place, wide)
    who, was = bits(ledger.who[rows], ACTOR_SHIFT, wide), bits(ledger.was[rows], ACTOR_SHIFT, wide)
    presumed = bits(ledger.presumed[rows], ACTOR_SHIFT, wide)
    nobody = np.zeros_like(everybody)
    contest = nobody + CONTEST
    return {
        "allows": np.select(
            [says == HELD, says == NOT, says == CONTESTED, says == NOT_CONTESTED],
            [who, everybody & ~who, contest, everybody & ~contest], nobody,
        ),
        "names": np.select([says == HELD, says == CONTESTED], [who, contest], nobody),
        "presumes": np.where(before == WAS_NOT, nobody, presumed)
        | collected(ledger.heir_row, ledger.heir_holder, rows, wide),
        "parties": collected(ledger.party_row, ledger.party_holder, rows, wide),
        "before_allows": np.select(
            [before == ANYTHING, before == WAS_HELD, before == WAS_NOT], [everybody, was, everybody & ~who], nobody
        ),
        "before_names": np.where(before == WAS_HELD, was, nobody),
        "before_presumes": np.where(before == WAS_NOT, presumed, nobody),
        "counts_before": before != NO_BEFORE,
    }  # fmt: skip


def bridged(columns: dict[str, Array], was: Array, wide: bool) -> dict[str, Array]:
    """Close the gap between a row and the one before it (rule 3, *Gap*): who is said to have held the place before a
    change held it since then, and a state report reaches back to it."""
    lo, hi, voice = columns["lo"], columns["hi"], columns["voice"]
    words = np.flatnonzero(columns["word"])
    if len(words) < 2:
        return columns
    block = numbered(voice[words], lo[words], hi[words])
    start = np.flatnonzero(np.diff(block, prepend=-1))
    stop = np.append(start[1:], len(words))
    earlier = np.maximum(block - 1, 0)
    previous = words[start[earlier]]
    follows = (block > 0) & (voice[previous] == voice[words]) & (hi[previous] < lo[words])
    states = was[words] >= 0
    report = columns["traits"][words] & (REPORT | DENIAL) == REPORT
    later = np.flatnonzero(follows & (states | report))
    if not len(later):
        return columns
    count = (stop - start)[earlier[later]]
    before = columns["allows"][words[spans(start[earlier[later]], count)]]
    asked = words[later]
    predecessor = bits(was[asked], ACTOR_SHIFT, wide)
    firsts = np.cumsum(count) - count
    named = np.logical_or.reduceat((before == np.repeat(predecessor, count)).astype(bool), firsts)
    parties = columns["parties"][words[spans(start[earlier[later]], count)]]
    alike = (before == np.repeat(columns["allows"][asked], count)).astype(bool)
    alike &= (parties == np.repeat(columns["parties"][asked], count)).astype(bool)
    same = np.logical_or.reduceat(alike, firsts)
    known = hi[previous[later]]
    states, report = states[later], report[later]
    opened = states & ~named
    added = opened & (known + 1 < hi[asked])
    moved = ~opened & report & ~same
    lo = lo.copy()
    lo[asked[moved]] = known[moved] + 1
    columns = {**columns, "lo": lo}
    origin = asked[added]
    new = {name: column[origin] for name, column in columns.items()}
    nobody = np.zeros_like(predecessor[added])
    new |= {
        "lo": known[added] + 1, "hi": hi[origin] - 1, "gap": np.ones(len(origin), bool),
        "allows": predecessor[added], "names": predecessor[added], "presumes": nobody, "parties": nobody,
        "counts_before": np.zeros(len(origin), bool), "traits": new["traits"] & (WEAK | WHOLE),
    }  # fmt: skip
    columns = {name: np.concatenate([column, new[name]]) for name, column in columns.items()}
    order = np.lexsort((columns["row"], columns["hi"], columns["lo"], columns["voice"]))
    return {name: column[order] for name, column in columns.items()}


def ends(columns: dict[str, Array], ledger: Ledger) -> Array:
    """For each row the first day on which a later change of its voice is surely done; for a row that tells of parts,
    the first day on which one of the whole is."""
    voice, lo, hi = columns["voice"], columns["lo"], columns["hi"]
    word = columns["word"]
    whole = word & (columns["traits"] & (WHOLE | DENIAL) == WHOLE)
    end = np.full(len(voice), NEVER, np.int64)
    for asking, ending in ((word, word), (~word, whole)):
        if asking.any():
            end[asking] = next_done(voice[asking], hi[asking], voice[ending], lo[ending], hi[ending])
    later, earlier = stated_pairs(columns, ledger)
    counts = (hi[later] >= lo[earlier]) & np.where(word[earlier], word[later], whole[later])
    np.minimum.at(end, earlier[counts], hi[later[counts]])
    return end


def next_done(voice: Array, after: Array, others: Array, lo: Array, hi: Array) -> Array:
    """For each voice and day the least `hi` of the voice's rows that begin after that day."""
    if not len(others):
        return np.full(len(voice), NEVER, np.int64)
    begins = others * STRIDE + lo
    order = np.argsort(begins, kind="stable")
    begins, others, hi = begins[order], others[order], hi[order]
    least = np.minimum.accumulate((others * STRIDE + hi)[::-1])[::-1] - others * STRIDE
    found = np.searchsorted(begins, voice * STRIDE + after, "right")
    at = np.minimum(found, len(begins) - 1)
    return np.where((found < len(begins)) & (others[at] == voice), least[at], NEVER)


def stated_pairs(columns: dict[str, Array], ledger: Ledger) -> tuple[Array, Array]:
    """The positions (later, earlier) of rows of one voice of which one is stated to follow the other."""
    row, gap = columns["row"], columns["gap"]
    nothing = np.zeros(0, np.int64)
    if not gap.any() and not len(ledger.later_row):
        return nothing, nothing
    plain = np.flatnonzero(~gap)
    plain = plain[np.argsort(row[plain])]
    bridges = np.flatnonzero(gap)
    # What fills a gap comes before the row that it belongs to, and before what follows that.
    pairs = [(plain[np.searchsorted(row[plain], row[bridges])], bridges)]
    first = np.searchsorted(ledger.later_row, row[plain], "left")
    count = np.searchsorted(ledger.later_row, row[plain], "right") - first
    later = np.repeat(plain, count)
    target = ledger.earlier_row[spans(first, count)]
    order = np.argsort(row, kind="stable")
    left, right = (np.searchsorted(row[order], target, side) for side in ("left", "right"))
    pairs.append((np.repeat(later, right - left), order[spans(left, right - left)]))
    return np.concatenate([each[0] for each in pairs]), np.concatenate([each[1] for each in pairs])


def weighed(columns: dict[str, Array], ledger: Ledger, view: View, wide: bool) -> Timelines:
    """The timelines with what is known of each voice."""
    voice, row = columns["voice"], columns["row"]
    start = np.flatnonzero(np.diff(voice, prepend=-1))
    lo, hi, word, traits = columns["lo"], columns["hi"], columns["word"], columns["traits"]
    claim = ledger.claim[row]
    source, claimant = ledger.claim_source[claim[start]], ledger.claimant[row[start]]
    if len(start):
        min_hi = np.minimum.reduceat(np.where(word, hi, NEVER), start)
        min_lo = np.minimum.reduceat(np.where(word, lo, NEVER), start)
        said = np.maximum.reduceat(ledger.said[claim], start)
        all_inside = np.logical_and.reduceat(columns["inside"] | ~word, start)
        itself = np.bitwise_or.reduceat(collected(ledger.self_row, ledger.self_holder, row, wide), start)
    else:
        min_hi = min_lo = said = np.zeros(0, np.int64)
        all_inside, itself = np.zeros(0, bool), np.zeros(0, np.int64)
    known = NEVER if view.known is None else view.known
    vouched = columns["counts_before"] & (lo <= min_hi[voice])
    return Timelines(
        claim=claim, lo=lo, hi=hi, end=columns["end"], word=word,
        **{name: columns[name] for name in ("allows", "names", "presumes", "parties", "inside")},
        **{name: columns[name] for name in ("before_allows", "before_names", "before_presumes")},
        counts_before=vouched, weak=traits & WEAK != 0, told=traits & TOLD != 0,
        partial=~word | (traits & CENTRE != 0),
        row_start=np.append(start, len(row)), place=columns["place"][start], source=source, claimant=claimant,
        min_hi=min_hi, begin=min_lo - 1, all_inside=all_inside, self_mask=itself,
        horizon=np.where(claimant < 0, np.minimum(ledger.knowledge[source], known), said),
    )  # fmt: skip
