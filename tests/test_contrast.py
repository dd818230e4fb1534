"""In what way two answers differ, and who took over in between: each difference has one kind, recaptures are told."""

from __future__ import annotations

from itertools import product
from random import Random

import numpy as np

from kg.contrast import BY_SIDE, IN_TIME, KINDS, Kind, Told, kind
from kg.control.answers import View
from kg.control.courses import Takeover, takeovers
from kg.control.index import build, history
from kg.control.record import Claim, Event, Record, Source
from tests import control_random
from tests.test_control_accounts import START

ANSWERS = [
    Told("unknown", None, frozenset()),
    *(Told("controlled", actor, frozenset({actor})) for actor in "ab"),
    *(
        Told(state, None, frozenset(actors))
        for state in ("possible", "contested", "disputed")
        for actors in ("a", "b", "ab", "bc")
    ),
    Told("contested", None, frozenset()),
]
"""Every sort of answer, as far as two or three actors go."""
REVERSED: dict[Kind, Kind] = {
    "gained": "lost", "settled": "doubtful", "newly-told": "no-longer-told", "changed-hands": "changed-hands",
}  # fmt: skip


def test_every_difference_has_one_kind_with_words() -> None:
    found = {(a, b): kind(a, b) for a, b in product(ANSWERS, ANSWERS)}
    assert all((told is None) == (a == b) for (a, b), told in found.items())
    assert {told for told in found.values() if told} == set(KINDS) == set(IN_TIME) == set(BY_SIDE)
    for words in (IN_TIME, BY_SIDE):
        assert len(set(words.values())) == len(KINDS)


def test_what_is_gained_one_way_is_lost_the_other_way() -> None:
    for a, b in product(ANSWERS, ANSWERS):
        one, other = kind(a, b), kind(b, a)
        if one in REVERSED and b.state not in ("disputed", "contested") and a.state not in ("disputed", "contested"):
            assert other == REVERSED[one], (a, b)
        if one == "gained":
            assert b.certain not in a.controllers
        if one in ("disputed", "contested"):
            assert b.state == one != a.state


def back_and_forth() -> Record:
    """A place that two actors take from each other, and one that 70 take in turn, and the first of them once more: too
    many for a machine word."""
    when = [(START + number, START + number) for number in range(71)]
    events = {f"twice-{number}": Event(("twice",), to="ab"[number % 2], when=when[number]) for number in range(6)}
    events |= {f"crowd-{number}": Event(("crowd",), to=f"actor-{number % 70:02}", when=when[number])
               for number in range(71)}  # fmt: skip
    claims = {f"claim-{name}": Claim("source", (name,), "Reports") for name in events}
    return Record(START, sources={"source": Source(published=START + 100)}, events=events, claims=claims)


def test_takeovers_are_the_days_on_which_a_history_has_another_certain_holder() -> None:
    found = list[Takeover]()
    for said in (back_and_forth(), *(control_random.record(Random(seed)) for seed in range(8))):
        index = build(said)
        for view in (View(), View(policy="every-word")):
            expected = []
            for place in index.ledger.places:
                had = list[str]()
                for run in history(index, place, view):
                    if run.certain and had and run.certain != had[-1]:
                        expected.append(Takeover(place, run.first, had[-1], run.certain, run.certain in had))
                    had += [run.certain] if run.certain else []
            numbers = np.arange(-1, len(index.ledger.places))
            assert takeovers(index, numbers, view) == sorted(expected)
            found += expected
    twice = [(each.before, each.after, each.back) for each in found if each.place == "twice"][:5]
    assert twice == [("a", "b", False), ("b", "a", True), ("a", "b", True), ("b", "a", True), ("a", "b", True)]
    crowd = [each.back for each in found if each.place == "crowd"][:70]
    assert crowd == [False] * 69 + [True]
