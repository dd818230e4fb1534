"""Who is heard at places on days, and what they leave (rules 4 to 6)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kg.control.answers import View
from kg.control.grouping import majorities, votes
from kg.control.ledger import ACTOR_SHIFT, CONTEST, NEVER, OTHER, Ledger
from kg.control.names import Array, spans
from kg.control.timelines import STRIDE, Timelines, bits, full

HEARD, SILENT, OUTDATED, OUTRUN, LESS_SPECIFIC, OVERRULED, NOT_NEWEST = range(7)
CONTROLLED, POSSIBLE, IN_CONTEST, DISPUTED, UNKNOWN = range(5)
# Flags of an answer; the last one is no flag of the rules: somebody's word, no mere presumption, names a controller.
F_DISPUTED, F_CONTESTED, F_PARTIAL, F_BASELINE = 1, 2, 4, 8
F_PRESUPPOSED, F_CARRIED, F_SELF, EVIDENT = 16, 32, 64, 128


@dataclass(frozen=True, eq=False)
class Words:
    """What every voice says in every question: `question` and `voice` of each, its word, and the rows behind it
    (`row` and whether it is in force, whether its time before counts), `starts` of the rows of each."""

    question: Array
    voice: Array
    day: Array
    allows: Array
    names: Array
    presumes: Array
    parties: Array
    weak: Array
    partial: Array
    fate: Array
    starts: Array
    row: Array
    in_force: Array
    before: Array


@dataclass(frozen=True, eq=False)
class Weighed:
    """An answer for each question: holders that remain, controllers (the certain one too), state, flags, the bit of
    the certain controller, and the number of the baseline that was added to (-1: none); `words` tell why."""

    remain: Array
    controllers: Array
    excluded: Array
    certain: Array
    state: Array
    flags: Array
    baselines: tuple[Array, Array]
    words: Words


def single(sets: Array) -> Array:
    """Whether sets have exactly one member."""
    return np.asarray((sets != 0) & ((sets & (sets - 1)) == 0), bool)


def over(operation: np.ufunc, values: Array, question: Array, start: Array) -> Array:
    """Reduce the values of each question into `start`, which has a value for each question."""
    if len(question):
        first = np.flatnonzero(np.diff(question, prepend=-1))
        start[question[first]] = operation(start[question[first]], operation.reduceat(values, first))
    return start


def words(ledger: Ledger, heard: Timelines, place: Array, day: Array, everybody: Array) -> Words:
    """The word of every voice at places on days (rule 4)."""
    first = np.searchsorted(heard.place, place, "left")
    count = np.searchsorted(heard.place, place, "right") - first
    voice = spans(first, count)
    question = np.repeat(np.arange(len(place)), count)
    rows = heard.row_start[voice + 1] - heard.row_start[voice]
    row = spans(heard.row_start[voice], rows)
    starts = np.cumsum(rows) - rows
    of_voice = day[question]
    on, early = np.repeat(of_voice, rows), np.repeat(of_voice < heard.min_hi[voice], rows)
    word = heard.word[row]
    active = (heard.lo[row] <= on) & (on < heard.end[row])
    in_force, before = active & word, early & heard.counts_before[row]
    nothing = np.zeros(1, heard.allows.dtype)

    def joined(now: Array, earlier: Array | None) -> Array:
        values = np.where(in_force, now[row], nothing)
        if earlier is not None:
            values = values | np.where(before, earlier[row], nothing)
        return np.bitwise_or.reduceat(values, starts) if len(starts) else values

    def anywhere(rows_that: Array) -> Array:
        return np.logical_or.reduceat(rows_that, starts) if len(starts) else rows_that

    allows = joined(heard.allows, heard.before_allows)
    names = joined(heard.names, heard.before_names)
    presumes = joined(heard.presumes, heard.before_presumes)
    weak = anywhere((in_force | before) & heard.weak[row]) | (of_voice < heard.begin[voice])
    partial = anywhere(active & heard.partial[row])
    started = of_voice >= ledger.study_start
    speaks = started & (allows != 0) & ~((allows == everybody[question]) & (names == 0) & (presumes == 0))
    return Words(
        question, voice, of_voice, allows, names, presumes, joined(heard.parties, None), weak, partial & started,
        np.where(speaks.astype(bool), HEARD, SILENT), starts, row, in_force, before,
    )  # fmt: skip


def told_days(heard: Timelines, place: Array, day: Array) -> tuple[Array, Array]:
    """The latest day, not after each day, on which a told change of the place may begin; the earliest later day on
    which one is surely done."""
    begun, done = heard.begun, heard.done
    if not len(begun):
        return np.full(len(place), -NEVER), np.full(len(place), NEVER)
    at = np.searchsorted(begun, place * STRIDE + day, "right") - 1
    latest = np.where((at >= 0) & (begun[at] // STRIDE == place), begun[at] % STRIDE, -NEVER)
    at = np.searchsorted(done, place * STRIDE + day, "right")
    late = np.minimum(at, len(done) - 1)
    return latest, np.where((at < len(done)) & (done[late] // STRIDE == place), done[late] % STRIDE, NEVER)


def weigh(ledger: Ledger, heard: Timelines, place: Array, day: Array, view: View) -> Weighed:
    """The answers at places on days."""
    everybody = full(ledger, place, heard.allows.dtype == object)
    said = words(ledger, heard, place, day, everybody)
    fate, question, voice = said.fate, said.question, said.voice
    if view.policy == "confirmed":
        said.weak[single(said.allows) & np.asarray(said.allows & heard.self_mask[voice] != 0, bool)] = True
    if view.policy != "every-word":
        latest, done = told_days(heard, place, day)
        begin = heard.begin[voice]
        outdated = heard.horizon[voice] < latest[question]
        outrun = (said.day < begin) & (done[question] <= begin)
        said.partial[outdated & (fate == SILENT)] = False
        fate[(fate == HEARD) & outdated] = OUTDATED
        fate[(fate == HEARD) & outrun] = OUTRUN
    remain = left(said, everybody)
    if (remain == 0).any():
        against(heard, said, remain, view)
        remain = left(said, everybody)
    if view.policy == "newest":
        listening = np.flatnonzero(fate == HEARD)
        horizon = heard.horizon[voice[listening]]
        newest = over(np.maximum, horizon, question[listening], np.full(len(place), -NEVER))
        fate[listening[horizon < newest[question[listening]]]] = NOT_NEWEST
        remain = left(said, everybody)
    return concluded(ledger, heard, said, place, day, everybody, remain, view)


def left(said: Words, everybody: Array) -> Array:
    """The holders that all who are heard allow."""
    listening = said.fate == HEARD
    return over(np.bitwise_and, said.allows[listening], said.question[listening], everybody.copy())


def against(heard: Timelines, said: Words, remain: Array, view: View) -> None:
    """Drop the less specific and the overruled, where not all words can be true (rule 5, 3 and 4)."""
    some = np.flatnonzero((remain[said.question] == 0) & (said.fate == HEARD))
    rows = np.append(said.starts, len(said.row))
    count = rows[some + 1] - rows[some]
    at = spans(rows[some], count)
    firsts = np.cumsum(count) - count
    row, force = said.row[at], said.in_force[at]
    latest = np.maximum.reduceat(np.where(force, heard.hi[row], -NEVER), firsts)
    own = np.maximum.reduceat(np.where(force & ~heard.inside[row], heard.hi[row], -NEVER), firsts)
    earliest = np.minimum.reduceat(np.where(force, heard.lo[row], NEVER), firsts)
    used = np.minimum.reduceat(np.where(force | said.before[at], heard.lo[row], NEVER), firsts)
    question, voice = said.question[some], said.voice[some]
    # Only these can be dropped here, and only by these.
    droppable = heard.all_inside[voice]
    if view.policy != "every-word":
        droppable = droppable | (said.day[some] > heard.horizon[voice])
    droppable, firm = np.flatnonzero(droppable), np.flatnonzero(~said.weak[some])
    first = np.searchsorted(question[firm], question[droppable], "left")
    size = np.searchsorted(question[firm], question[droppable], "right") - first
    mine, other = np.repeat(droppable, size), firm[spans(first, size)]
    contrary = np.asarray(said.allows[some][mine] & said.allows[some][other] == 0, bool)
    mine, other = mine[contrary], other[contrary]
    less = heard.all_inside[voice[mine]] & (own[other] >= earliest[mine])
    said.fate[some[mine[less]]] = LESS_SPECIFIC
    if view.policy == "every-word":
        return
    remaining = said.fate[some] == HEARD
    claimant = heard.claimant[voice]
    same = (claimant[mine] == claimant[other]) & (claimant[mine] >= 0)
    horizon = heard.horizon[voice]
    overruled = (
        remaining[mine] & remaining[other] & (said.day[some][mine] > horizon[mine])
        & (horizon[other] > horizon[mine] + np.where(same, 0, 1)) & (latest[other] >= used[mine])
    )  # fmt: skip
    said.fate[some[mine[overruled]]] = OVERRULED


def concluded(
    ledger: Ledger, heard: Timelines, said: Words, place: Array, day: Array, everybody: Array, remain: Array, view: View
) -> Weighed:
    """The answers that those who are heard leave (rule 6, and the table of states)."""
    listening = np.flatnonzero(said.fate == HEARD)
    question, voice = said.question[listening], said.voice[listening]
    size, nothing = len(place), np.zeros_like(everybody)

    def joined(values: Array) -> Array:
        return over(np.bitwise_or, values, question, nothing.copy())

    def anyone(of: Array) -> Array:
        found = np.zeros(size, bool)
        found[of] = True
        return found

    names, presumes = joined(said.names[listening]), joined(said.presumes[listening])
    possible = np.asarray(remain != 0, bool)
    chosen = names | presumes
    chosen = np.where(possible, chosen & remain, chosen)
    presumed_only = possible & np.asarray(chosen & presumes & ~names != 0, bool)
    added, baselines = assumed(ledger, place, day, remain, chosen, heard.allows.dtype == object)
    if view.baseline:
        chosen = chosen | added
    else:
        baselines, added = (baselines[0][:0], baselines[1][:0]), nothing
    contested = np.asarray(chosen & CONTEST != 0, bool)
    parties = np.where(contested, joined(said.parties[listening]), nothing)
    controllers = (chosen & ~(OTHER | CONTEST)) | parties
    evident = np.asarray(controllers & (names | parties) != 0, bool)
    firm = ~said.weak[listening] & single(said.allows[listening])
    exact = firm & np.asarray(said.allows[listening] == remain[question], bool)
    sure = anyone(question[exact])
    fight = sure & np.asarray(remain == CONTEST, bool)
    certain = np.where(sure, remain & ~(OTHER | CONTEST), nothing)
    if view.policy == "two-independent":
        asked, _ = votes(ledger, heard, question[exact], voice[exact], said.allows[listening][exact])
        certain = np.where(np.bincount(asked, minlength=size) > 1, certain, nothing)
    elif view.policy == "majority":
        # only where not all words can be true
        torn = np.flatnonzero(~possible[question])
        words_said = np.where(firm[torn], said.allows[listening[torn]], 0)
        asked, word = majorities(*votes(ledger, heard, question[torn], voice[torn], words_said))
        certain[asked] = word & ~CONTEST
    held = np.asarray(certain != 0, bool)
    somebody = np.asarray(chosen != 0, bool)
    # Where not all words can be true the place is disputed, also if a majority decides.
    state = np.select([~possible, fight, held, somebody], [DISPUTED, IN_CONTEST, CONTROLLED, POSSIBLE], UNKNOWN)
    own = np.asarray(heard.self_mask[voice] & certain[question] != 0, bool)
    present = (said.day[listening] >= heard.begin[voice]) & (said.day[listening] <= heard.horizon[voice])
    flags = np.zeros(size, np.int64)
    for flag, given in (
        (F_DISPUTED, ~possible), (F_CONTESTED, contested), (F_BASELINE, np.asarray(added != 0, bool)),
        (F_PARTIAL, anyone(said.question[said.partial & (said.fate <= SILENT)])), (F_PRESUPPOSED, presumed_only),
        (F_CARRIED, anyone(question) & ~anyone(question[present])),
        (F_SELF, held & possible & ~anyone(question[exact & ~own])), (EVIDENT, evident),
    ):  # fmt: skip
        flags |= np.where(given, flag, 0)
    open_ended = np.asarray(remain & OTHER != 0, bool)
    return Weighed(
        remain, controllers, np.where(open_ended, everybody & ~remain & ~(OTHER | CONTEST), nothing),
        certain, state, flags, baselines, said,
    )  # fmt: skip


def assumed(
    ledger: Ledger, place: Array, day: Array, remain: Array, chosen: Array, wide: bool
) -> tuple[Array, tuple[Array, Array]]:
    """The holders that baselines add, and the pairs of question and baseline of which they come."""
    first = ledger.baseline_start[place]
    count = ledger.baseline_start[place + 1] - first
    which, question = spans(first, count), np.repeat(np.arange(len(place)), count)
    on = day[question]
    holder = bits(ledger.baseline_holder[which], ACTOR_SHIFT, wide)
    fits = (on >= ledger.study_start) & (on >= ledger.baseline_first[which]) & (on <= ledger.baseline_last[which])
    which, question, holder = which[fits], question[fits], holder[fits]
    extent = ledger.baseline_size[which].astype(np.int64)
    fewest = over(np.minimum, extent, question, np.full(len(place), NEVER))
    open_ended = np.asarray(remain[question] & OTHER != 0, bool)
    kept = (extent == fewest[question]) & open_ended
    kept &= np.asarray(holder & remain[question] & ~chosen[question] != 0, bool)
    sets = over(np.bitwise_or, holder[kept], question[kept], np.zeros_like(remain))
    return sets, (question[kept], which[kept])
