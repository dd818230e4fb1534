"""Many verdicts at once are the verdicts one by one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random

import numpy as np

from kg.control.accounts import accounts
from kg.control.answers import Verdict, View
from kg.control.index import Index, build, verdict
from kg.control.neighbours import account
from kg.control.record import Claim, Event, Record, Source
from tests import control_random
from tests import control_worlds as golden

START = date(2021, 5, 1).toordinal()
NOWHERE = "nowhere"


def plain(found: Verdict) -> Verdict:
    """Without what only one place tells, conflicts in one order."""
    return replace(found, runs=(), conflicts=tuple(sorted(found.conflicts, key=sorted)))


def differing(index: Index, first: int, last: int, view: View) -> list[tuple[Verdict, Verdict]]:
    names = sorted([*index.ledger.places, NOWHERE])
    numbers = np.array([index.ledger.places.number(name) for name in names])
    told = accounts(index, names, numbers, first, last, view)
    assert [each.place for each in told] == names
    pairs = [(plain(found), plain(verdict(index, found.place, first, last, view))) for found in told]
    return [pair for pair in pairs if pair[0] != pair[1]]


def test_golden_worlds_are_told_alike() -> None:
    offensive = golden.worlds(golden.GOLDEN / "offensive-2021.jsonl")
    worlds = [*golden.worlds(golden.GOLDEN / "worlds.jsonl")[::40], *offensive[:1]]
    for world in worlds:
        index = build(golden.record(world))
        begin = START if world in offensive else index.ledger.study_start
        views = {golden.view(question) for question in world["questions"]}
        views = set(sorted(views, key=repr)[:3]) | {View()}
        for first, last in ((0, 0), (9, 9), (70, 105), (-3, -3), (-2, 100), (0, 400)):
            for view in views:
                assert differing(index, begin + first, begin + last, view) == [], world["id"]


def test_random_worlds_are_told_alike() -> None:
    for seed in range(30):
        chance = Random(seed)
        said = control_random.record(chance)
        index = build(said)
        first = said.study_start + chance.randrange(-2, 20)
        for view in (View(), control_random.view(chance, said)):
            assert differing(index, first, first, view) == [], seed
            assert differing(index, first, first + chance.randrange(1, 9), view) == [], seed


def test_places_with_too_many_actors_for_a_machine_word() -> None:
    events = {
        f"event-{number}": Event(("crowded",), to=f"actor-{number:02}", when=(START + number, START + number + 3))
        for number in range(70)
    } | {f"other-{place}": Event((place,), to="actor-01", when=(START, START)) for place in ("beside", "next")}
    claims = {f"claim-{name}": Claim("source", (name,), "Reports") for name in events}
    index = build(Record(START, sources={"source": Source(published=START + 100)}, events=events, claims=claims))
    for first, last in ((START + 30, START + 30), (START + 30, START + 40), (START - 5, START + 2)):
        assert differing(index, first, last, View()) == []


def test_one_place_after_the_other_is_told_as_all_are() -> None:
    index = build(golden.record(golden.worlds(golden.GOLDEN / "offensive-2021.jsonl")[2]))
    for first, last in ((START + 70, START + 70), (START + 60, START + 100)):
        for number, place in enumerate(index.ledger.places):
            (found,) = account(index, number, first, last, View())
            assert plain(found) == plain(verdict(index, place, first, last, View()))
