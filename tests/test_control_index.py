"""The index of control gives the golden answers, for one place, for all at once, and after it was stored."""

from __future__ import annotations

import dataclasses
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kg.control import reference
from kg.control.answers import Counts, View
from kg.control.index import Columns, Index, build, counts, history, open_index, state_at, verdict
from kg.control.record import Baseline, Claim, Event, Record, Source
from kg.control.verdicts import FLAGS, STATES
from tests import control_worlds as golden
from tests.control_worlds import World, day

RANDOM, SHIPPED = (golden.worlds(golden.GOLDEN / f"{name}.jsonl") for name in ("worlds", "offensive-2021"))
START = date(2021, 5, 1).toordinal()


@pytest.fixture(scope="module")
def indexes() -> dict[str, Index]:
    return {world["id"]: build(golden.record(world)) for world in [*RANDOM, *SHIPPED]}


def answered(index: Index, question: World) -> World:
    at = day(question["at"])
    assert at is not None
    return golden.told(verdict(index, question["place"], at, at, golden.view(question)))


def test_the_golden_answers(indexes: dict[str, Index]) -> None:
    asked = 0
    for world in [*RANDOM, *SHIPPED]:
        for question in world["questions"]:
            asked += 1
            assert answered(indexes[world["id"]], question) == golden.expected(question), (world["id"], question)
    assert asked == 4434


def on_the_map(found: Columns, place: str) -> tuple[object, ...]:
    at = found.places.number(place)
    controllers = found.controller[found.controller_start[at] : found.controller_start[at + 1]]
    excluded = found.excluded[found.excluded_start[at] : found.excluded_start[at + 1]]
    certain = int(found.certain[at])
    return (
        STATES[found.state[at]],
        found.actors[certain] if certain >= 0 else None,
        {found.actors[int(actor)] for actor in controllers},
        {flag for bit, flag in enumerate(FLAGS) if found.flags[at] >> bit & 1},
        {found.actors[int(actor)] for actor in excluded},
    )


def test_a_map_shows_what_the_verdicts_say(indexes: dict[str, Index]) -> None:
    for world in RANDOM[::16]:
        index = indexes[world["id"]]
        for first, last in ((START - 1, START - 1), (START + 5, START + 5), (START - 1, START + 6), (START, START + 9)):
            for view in (View(), View(known=START + 9), View(policy="every-word", baseline=False)):
                found = state_at(index, first, last, view)
                for place in found.places:
                    alone = verdict(index, place, first, last, view)
                    sure = [actor for actor, stay in alone.controllers.items() if stay.certainty == "certain"]
                    assert on_the_map(found, place) == (
                        alone.state, sure[0] if sure else None, set(alone.controllers), alone.flags, alone.excluded,
                    ), (world["id"], place, first, last, view)  # fmt: skip


def test_the_runs_say_what_the_days_say(indexes: dict[str, Index]) -> None:
    for world in RANDOM[::10]:
        index = indexes[world["id"]]
        for place in index.ledger.places:
            runs = history(index, place)
            assert runs[0].first == START
            assert runs[-1].last is None
            for run, after in zip(runs, [*runs[1:], None], strict=True):
                assert after is None or run.last == after.first - 1
                for at in {run.first, run.first + 20 if run.last is None else run.last}:
                    alone = verdict(index, place, at, at)
                    certain = {run.certain} - {None}
                    assert (run.state, run.flags, run.excluded) == (alone.state, alone.flags, alone.excluded)
                    assert run.possible | certain == set(alone.controllers)
                    assert alone.because <= run.because


def test_a_stored_index_answers_alike(indexes: dict[str, Index], tmp_path: Path) -> None:
    for world in RANDOM[::40]:
        indexes[world["id"]].save(tmp_path / world["id"])
        index = open_index(tmp_path / world["id"])
        for question in world["questions"]:
            assert answered(index, question) == golden.expected(question)


def same(one: Index, other: Index, views: list[View]) -> bool:
    """Whether two indexes tell the same of every place; names that nothing uses may differ."""
    places = sorted({*one.ledger.places, *other.ledger.places})
    maps = [(state_at(one, at, at), state_at(other, at, at)) for at in range(START, START + 20)]
    return all(history(one, place, view) == history(other, place, view) for place in places for view in views) and all(
        on_the_map(first, place) == on_the_map(second, place) for first, second in maps for place in first.places
    )


def test_a_small_write_gives_the_index_of_a_rebuild(indexes: dict[str, Index]) -> None:
    changed = 0
    for world in RANDOM[::20]:
        record = golden.record(world)
        name = max(record.claims)
        claims = {each: claim for each, claim in record.claims.items() if each != name}
        less = dataclasses.replace(record, claims=claims)
        concerned = [name, *record.claims[name].supersedes]
        where = {record.events[record.claims[each].about[0]].places[0] for each in concerned}
        touched = where | {place for place in record.within if where & set(outwards(place, record.within))}
        index = indexes[world["id"]]
        shorter = build(less)
        views = [View(), View(known=START + 8), View(policy="every-word")]
        changed += not same(shorter, index, views)
        around = {outer for place in touched for outer in (place, *outwards(place, record.within))}
        assert same(shorter.updated(part(record, around), touched), index, views), world["id"]
        assert same(index.updated(part(less, around), touched), shorter, views), world["id"]
    assert changed > 5


def outwards(place: str, within: dict[str, tuple[str, ...]]) -> list[str]:
    return [found for outer in within.get(place, ()) for found in (outer, *outwards(outer, within))]


def part(record: Record, places: set[str]) -> Record:
    """What a record says of some places."""
    events = {name: event for name, event in record.events.items() if places & set(event.places)}
    told = {name: claim for name, claim in record.claims.items() if set(claim.about) & set(events)}
    claims = {name: claim for name, claim in record.claims.items() if name in told or set(claim.supersedes) & set(told)}
    return dataclasses.replace(record, claims=claims)


def test_counts_of_capitals(indexes: dict[str, Index]) -> None:
    asked = 0
    for world in SHIPPED:
        for case in world["counts"]:
            asked += 1
            at = day(case["at"])
            assert at is not None
            found = counts(indexes[world["id"]], case["places"], case["actor"], at, View(known=day(case["known"])))
            assert found == Counts(case["certain"], case["possible"], case["withoutEvidence"]), case
    assert asked


def test_many_actors_at_a_place_change_nothing() -> None:
    for world in RANDOM[::8]:
        record = golden.record(world)
        crowd = {
            f"crowd {number}": Baseline(tuple(record.within), f"z{number:02}", START - 9, START - 8)
            for number in range(70)
        }
        index = build(dataclasses.replace(record, baselines={**record.baselines, **crowd}))
        for question in world["questions"]:
            assert answered(index, question) == golden.expected(question), (world["id"], question)


def told(source: str, actor: str, at: int, **rest: Any) -> tuple[Event, Claim]:
    return Event(("town",), to=actor, when=(START + at, START + at)), Claim(source, (), "Reports", **rest)


def world(*said: tuple[Event, Claim], **sources: Source) -> Record:
    events = {f"e{number}": event for number, (event, _) in enumerate(said)}
    claims = {f"c{number}": dataclasses.replace(claim, about=(f"e{number}",)) for number, (_, claim) in enumerate(said)}
    return Record(START, organ_of={"spokesman": "A"}, sources=sources, events=events, claims=claims)


def test_a_majority_of_independent_groups_decides() -> None:
    late = Source(published=START + 9)
    record = world(
        told("s1", "A", 9), told("s2", "A", 9), told("s3", "B", 9), told("s4", "B", 9), s1=late, s2=late, s3=late,
        s4=dataclasses.replace(late, derived_from=("common",)),
    )  # fmt: skip
    even = verdict(build(record), "town", START + 9, START + 9, View(policy="majority"))
    assert {stay.certainty for stay in even.controllers.values()} == {"possible"}
    paraphrases = dataclasses.replace(late, derived_from=("common",))
    record = dataclasses.replace(record, sources={**record.sources, "s3": paraphrases})
    found = verdict(build(record), "town", START + 9, START + 9, View(policy="majority"))
    assert found.state == "disputed"
    assert (found.controllers["A"].certainty, found.controllers["B"].certainty) == ("certain", "possible")


@pytest.mark.parametrize("others", [0, 70])
def test_voices_are_one_group_by_a_chain_of_sources_and_claimants(others: int) -> None:
    """Nine voices of A in a chain, against two of B; with many more actors than a machine word has room for, too."""
    late = Source(published=START + 9)
    chain = {f"a{link}": dataclasses.replace(late, derived_from=(f"root{link // 2}",)) for link in range(9)}
    said = [told(f"a{link}", "A", 9, claimants=(f"x{(link + 1) // 2}",)) for link in range(9)]
    crowd = [told("b1", f"other{number}", 3) for number in range(others)]
    record = world(*said, told("b1", "B", 9), told("b2", "B", 9), *crowd, **chain, b1=late, b2=late)
    index, view = build(record), View(policy="majority")
    found = verdict(index, "town", START + 9, START + 9, view)
    assert found == reference.verdict(record, "town", START + 9, START + 9, view)
    assert (found.controllers["A"].certainty, found.controllers["B"].certainty) == ("possible", "certain")
    apart = dataclasses.replace(record, sources={**record.sources, "a4": late})
    cut = verdict(build(apart), "town", START + 9, START + 9, view)
    assert {stay.certainty for stay in cut.controllers.values()} == {"possible"}


def test_two_independent_voices_are_needed() -> None:
    late = Source(published=START + 9)
    view = View(policy="two-independent")
    alone = world(told("s1", "A", 5), told("s2", "A", 5, claimants=("x",)), s1=late, s2=late)
    assert verdict(build(alone), "town", START + 6, START + 6, view).state == "controlled"
    same = world(told("s1", "A", 5, claimants=("x",)), told("s2", "A", 5, claimants=("x",)), s1=late, s2=late)
    assert verdict(build(same), "town", START + 6, START + 6, view).state == "possible"
    assert verdict(build(same), "town", START + 6, START + 6).state == "controlled"


def test_what_the_holder_says_of_himself_is_weak_if_it_has_to_be_confirmed() -> None:
    own = world(told("s1", "A", 5, claimants=("spokesman",)), s1=Source(published=START + 9))
    assert verdict(build(own), "town", START + 6, START + 6).flags == {"self-claimed"}
    assert verdict(build(own), "town", START + 6, START + 6, View(policy="confirmed")).state == "possible"


def test_the_newest_voice_alone() -> None:
    both = world(told("s1", "A", 5), told("s2", "B", 5), s1=Source(published=START + 6), s2=Source(published=START + 7))
    found = verdict(build(both), "town", START + 6, START + 6, View(policy="newest"))
    assert set(found.controllers) == {"B"}
    assert {each.reason for each in found.unheard} == {"not newest"}
