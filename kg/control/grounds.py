"""What the answers about many places rest on, all at once: claims, conflicts, and who was not heard."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kg.control.answers import View
from kg.control.hearings import blocks
from kg.control.ledger import Ledger
from kg.control.names import Array, distinct, spans
from kg.control.record import Day
from kg.control.runs import breakpoints
from kg.control.timelines import Timelines
from kg.control.weighing import DISPUTED, HEARD, SILENT, Weighed, weigh


class Grounds(NamedTuple):
    """Pairs and more, each with `…_at`, the position of its place, in order.

    `claim` is the number of a claim that the answer rests on, or of a baseline with the number of all claims added.
    `group` numbers the groups of claims in conflict, and `member` has the claims of each. The voice `claimant` (-1: the
    source's own) in `source` is not heard for the reason `fate`.
    """

    claim_at: Array
    claim: Array
    group_at: Array
    group: Array
    member: Array
    unheard_at: Array
    source: Array
    claimant: Array
    fate: Array


NOTHING = np.zeros(0, np.int64)


def grounds(ledger: Ledger, places: Array, first: Day, last: Day, view: View) -> Grounds:
    """What the answers about places, given in order by their numbers and none of them wide, rest on."""
    first = max(first, ledger.study_start)
    if last < first:
        return together([])
    if last == first:
        return grounds_of(ledger, places, np.full(len(places), first), view)
    parts = []
    done = 0
    for part, heard in blocks(ledger, view, places):
        place, day = questions(ledger, heard, part, first, last)
        answers = weigh(ledger, heard, place, day, view)
        parts.append(of_answers(ledger, heard, answers, done + np.searchsorted(part, place)))
        done += len(part)
    return together(parts)


def grounds_of(ledger: Ledger, place: Array, day: Array, view: View) -> Grounds:
    """What the answers about places, each on a day of its own, rest on; sorted by place, none of them wide."""
    parts = []
    done = 0
    for part, heard in blocks(ledger, view, place):
        at = done + np.arange(len(part))
        parts.append(of_answers(ledger, heard, weigh(ledger, heard, part, day[at], view), at))
        done += len(part)
    return together(parts)


def together(parts: list[Grounds]) -> Grounds:
    """The grounds of all parts."""
    if not parts:
        return Grounds._make([NOTHING] * len(Grounds._fields))
    groups = 0
    for number, part in enumerate(parts):
        parts[number] = part._replace(group=part.group + groups)
        groups += int(part.group.max(initial=-1)) + 1
    return parts[0] if len(parts) == 1 else Grounds._make(map(np.concatenate, zip(*parts, strict=True)))


def questions(ledger: Ledger, heard: Timelines, places: Array, first: Day, last: Day) -> tuple[Array, Array]:
    """The first day of each place, and every later one of the days on which its answer may change."""
    where, when = breakpoints(ledger, heard, places)
    # the timelines may be those of more places
    inside = (when > first) & (when <= last) & np.isin(where, places)
    place, day = np.append(places, where[inside]), np.append(np.full(len(places), first), when[inside])
    order = np.lexsort((day, place))
    return place[order], day[order]


def of_answers(ledger: Ledger, heard: Timelines, answers: Weighed, at: Array) -> Grounds:
    """The grounds of answers, by the position of the place of each."""
    words = answers.words
    owner = at[words.question]
    size = np.diff(np.append(words.starts, len(words.row)))
    word = np.repeat(np.arange(len(words.starts)), size)
    kept = (words.fate[word] == HEARD) & (words.in_force | words.before)
    word, claim = word[kept], heard.claim[words.row[kept]].astype(np.int64)
    question, which = answers.baselines
    claims = lines(
        np.concatenate([owner[word], at[question]]),
        np.concatenate([claim, ledger.baseline[which] + len(ledger.claims)]),
    )
    silenced = np.flatnonzero(words.fate > SILENT)
    voice = words.voice[silenced]
    unheard = lines(owner[silenced], heard.source[voice], heard.claimant[voice] + 1, words.fate[silenced])
    contrary = conflicts(words.question, words.allows, words.fate, answers.state, word, claim, at)
    return Grounds._make([*claims, *contrary, unheard[0], unheard[1], unheard[2] - 1, unheard[3]])


def conflicts(
    question: Array, allows: Array, fate: Array, state: Array, word: Array, claim: Array, at: Array
) -> tuple[Array, Array, Array]:
    """Of the disputed questions the pairs of claims behind two heard words that share no holder; all claims as one
    group where there are no two such words. `word` and `claim` are the claims of the heard words.

    The position, the group, and the claim of each member.
    """
    heard = np.flatnonzero((fate == HEARD) & (state[question] == DISPUTED))
    if not len(heard):
        return NOTHING, NOTHING, NOTHING
    asked = question[heard]
    count = np.searchsorted(asked, asked, "right") - np.arange(len(heard)) - 1
    one, other = np.repeat(heard, count), heard[spans(np.arange(len(heard)) + 1, count)]
    contrary = np.asarray(allows[one] & allows[other] == 0, bool)
    one, other = one[contrary], other[contrary]
    mine, others = product(word, one, other)
    low, high = np.minimum(claim[mine], claim[others]), np.maximum(claim[mine], claim[others])
    differ = low != high
    where, low, high = lines(at[question[word[mine[differ]]]], low[differ], high[differ])
    # what only all of them together leave nobody
    paired = np.zeros(len(state), bool)
    paired[question[one]] = True
    whole = np.flatnonzero((state[question[word]] == DISPUTED) & ~paired[question[word]])
    asked, member = lines(question[word[whole]], claim[whole])
    groups = np.cumsum(np.diff(asked, prepend=-1) > 0) - 1 + len(where)
    position = np.concatenate([np.repeat(where, 2), at[asked]])
    group = np.concatenate([np.repeat(np.arange(len(where)), 2), groups])
    members = np.concatenate([np.stack([low, high], 1).ravel(), member])
    order = np.argsort(position, kind="stable")
    return position[order], group[order], members[order]


def product(word: Array, one: Array, other: Array) -> tuple[Array, Array]:
    """The positions of every claim of a word with every claim of another, for pairs of words; `word` is sorted."""
    begin, end = np.searchsorted(word, one, "left"), np.searchsorted(word, one, "right")
    mine, pair = spans(begin, end - begin), np.repeat(np.arange(len(one)), end - begin)
    begin, end = np.searchsorted(word, other[pair], "left"), np.searchsorted(word, other[pair], "right")
    return np.repeat(mine, end - begin), spans(begin, end - begin)


def lines(*columns: Array) -> list[Array]:
    """Lines of columns of numbers from 0 on, in order, each once."""
    keys = columns[0].astype(np.int64)
    sizes = [int(column.max(initial=0)) + 1 for column in columns[1:]]
    for column, size in zip(columns[1:], sizes, strict=True):
        keys = keys * size + column
    keys = distinct(keys)
    found: list[Array] = []
    for size in reversed(sizes):
        found.append(keys % size)
        keys = keys // size
    return [keys, *reversed(found)]


def bounds(at: Array, size: int) -> list[int]:
    """Where the lines of each position begin, and at the end where the last ends; `at` is sorted."""
    starts: list[int] = np.searchsorted(at, np.arange(size + 1)).tolist()
    return starts
