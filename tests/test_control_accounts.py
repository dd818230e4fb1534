"""Many verdicts at once are the verdicts one by one."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from random import Random
from typing import Any

import numpy as np

from kg.answering import Held, Known
from kg.asking import Question
from kg.control.accounts import accounts
from kg.control.answers import Verdict, View
from kg.control.index import Index, build, verdict
from kg.control.record import Claim, Event, Record, Source
from kg.forms import mapped
from kg.forms.plain import sides as sided
from kg.gazetteer import KINDS, Entry, Gazetteer, Kind
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


def crowded() -> Record:
    """A place with too many actors for a machine word, and others."""
    events = {
        f"event-{number}": Event(("crowded",), to=f"actor-{number:02}", when=(START + number, START + number + 3))
        for number in range(70)
    } | {f"other-{place}": Event((place,), to="actor-01", when=(START, START)) for place in ("beside", "next")}
    claims = {f"claim-{name}": Claim("source", (name,), "Reports") for name in events}
    return Record(START, sources={"source": Source(published=START + 100)}, events=events, claims=claims)


def test_places_with_too_many_actors_for_a_machine_word() -> None:
    index = build(crowded())
    for first, last in ((START + 30, START + 30), (START + 30, START + 40), (START - 5, START + 2)):
        assert differing(index, first, last, View()) == []


def held(index: Index, first: int, last: int, view: View, places: tuple[str, ...] = ()) -> Held:
    """The answer about all places of an index that no gazetteer describes, and about one of which nothing is said."""
    names = sorted([*index.ledger.places, NOWHERE])
    numbers = np.array([index.ledger.places.number(name) for name in names])
    nothing: dict[Kind, dict[str, Entry]] = {kind: {} for kind in KINDS}
    known = Known(Gazetteer("000001-invented", nothing, {}), index, names, numbers, np.ones(len(names), bool))
    at = [names.index(place) for place in places] if places else range(len(names))
    return Held(Question("some days", first, last, view, places), known, np.array(at, np.int64))


def text_of(document: mapped.Written) -> bytes:
    text = b"".join(document.parts)
    assert len(text) == document.size
    return text


def written(found: Held, form: mapped.Form = "json") -> list[dict[str, Any]]:
    told = json.loads(text_of(mapped.written(found, form)))
    listed: list[dict[str, Any]] = told["features" if form == "geojson" else "places"]
    return listed


def check_written(index: Index, first: int, last: int, view: View) -> None:
    """The document of the map says what the accounts say, of all places at once as of one after the other."""
    found = held(index, first, last, view)
    sides = list(sided(found.accounts(), found.known, "en"))
    told = written(found)
    assert [{name: each[name] for name in side} for each, side in zip(told, sides, strict=True)] == sides
    assert [{**each["properties"], "coordinates": None} for each in written(found, "geojson")] == told
    less = json.loads(text_of(mapped.written(found, "json", grounded=False)))["places"]
    grounds = {"because", "conflicts", "unheard", "undated"}
    assert less == [{name: value for name, value in each.items() if name not in grounds} for each in told]
    one_by_one = [json.loads(text_of(mapped.written(found, "json", at, at + 1)))["places"] for at in range(len(told))]
    assert one_by_one == [[each] for each in told]


def test_the_map_written_down_says_the_same() -> None:
    check_written(build(crowded()), START + 30, START + 40, View())
    for seed in range(12):
        chance = Random(seed)
        said = control_random.record(chance)
        index = build(said)
        first = said.study_start + chance.randrange(-2, 20)
        for view in (View(), control_random.view(chance, said)):
            check_written(index, first, first, view)
            check_written(index, first, first + chance.randrange(1, 9), view)
    index = build(golden.record(golden.worlds(golden.GOLDEN / "offensive-2021.jsonl")[2]))
    check_written(index, START + 70, START + 70, View())
    check_written(index, START + 60, START + 100, View())


def test_nothing_and_named_places_are_written_down() -> None:
    index = build(crowded())
    found = held(index, START + 30, START + 40, View(), ("crowded", "next"))
    assert [len(each["runs"]) for each in written(found)] == [len(found.runs(place)) for place in ("crowded", "next")]
    (alone,) = written(replace(found, at=found.at[:1]))
    assert alone == written(found)[0]
    assert written(replace(found, at=found.at[:0])) == []
