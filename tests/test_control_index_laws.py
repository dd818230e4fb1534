"""The index gives the answers of the reference in every world, and keeps the laws of control."""

from __future__ import annotations

import dataclasses
from random import Random
from typing import Any

from hypothesis import HealthCheck, given, settings

from kg.control import index, reference
from kg.control.answers import Run, View
from kg.control.facts import of_record
from kg.control.record import Baseline, Claim, Event, Record, Source, Window
from kg.control.telling import published
from tests import control_random as random_worlds
from tests.control_random import PLACES, START, chances

briefly = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@briefly
@given(chances)
def test_the_index_says_what_the_reference_says(chance: Random) -> None:
    said = random_worlds.record(chance)
    built = index.build(said)
    for view in (View(), random_worlds.view(chance, said), random_worlds.view(chance, said)):
        for place in PLACES:
            assert index.history(built, place, view) == reference.history(said, place, view)
            first = START + chance.randint(-2, 16)
            last = first + chance.choice([0, 0, 3])
            assert index.verdict(built, place, first, last, view) == reference.verdict(said, place, first, last, view)
        first = START + chance.randint(-2, 16)
        assert tuple(index.counts(built, PLACES, "A", first, view)) == tuple(
            reference.counts(said, PLACES, "A", first, view)
        )


def later(window: Window, days: int) -> Window:
    first, last = window
    return (None if first is None else first + days, None if last is None else last + days)


def shifted(said: Record, days: int) -> Record:
    def moved(day: int | None) -> int | None:
        return None if day is None else day + days

    def source(one: Source) -> Source:
        return dataclasses.replace(one, published=moved(one.published), knowledge=moved(one.knowledge))

    def event(one: Event) -> Event:
        return dataclasses.replace(one, when=later(one.when, days))

    def claim(one: Claim) -> Claim:
        stated = None if one.stated is None else later(one.stated, days)
        states = None if one.states_when is None else later(one.states_when, days)
        return dataclasses.replace(one, stated=stated, states_when=states)

    def baseline(one: Baseline) -> Baseline:
        return dataclasses.replace(one, first=moved(one.first), last=moved(one.last))

    return dataclasses.replace(
        said,
        study_start=said.study_start + days,
        sources={name: source(one) for name, one in said.sources.items()},
        events={name: event(one) for name, one in said.events.items()},
        claims={name: claim(one) for name, one in said.claims.items()},
        baselines={name: baseline(one) for name, one in said.baselines.items()},
    )


@briefly
@given(chances)
def test_other_dates_shift_all_answers(chance: Random) -> None:
    said = random_worlds.record(chance)
    days = chance.randint(-400, 4000)
    before, after = index.build(said), index.build(shifted(said, days))

    def moved(run: Run) -> Run:
        return dataclasses.replace(run, first=run.first + days, last=None if run.last is None else run.last + days)

    for place in PLACES:
        assert [moved(run) for run in index.history(before, place)] == index.history(after, place)


def shuffled(chance: Random, table: dict[str, Any]) -> dict[str, Any]:
    return dict(chance.sample(list(table.items()), len(table)))


@briefly
@given(chances)
def test_the_order_of_loading_is_irrelevant(chance: Random) -> None:
    said = random_worlds.record(chance)
    mixed = dataclasses.replace(
        said,
        sources=shuffled(chance, said.sources),
        events=shuffled(chance, said.events),
        claims=shuffled(chance, said.claims),
        baselines=shuffled(chance, said.baselines),
    )
    one, other = index.build(said), index.build(mixed)
    for place in PLACES:
        assert index.history(one, place) == index.history(other, place)


@briefly
@given(chances)
def test_every_certainty_is_somebodys_own_word_and_disputed_is_flag_and_state(chance: Random) -> None:
    said = random_worlds.record(chance)
    built = index.build(said)
    for place in PLACES:
        for run in index.history(built, place):
            assert (run.state == "disputed") == ("disputed" in run.flags)
            assert (run.certain is not None) == (run.state == "controlled")
            if run.certain is not None and chance.random() < 0.5:
                found = index.verdict(built, place, run.first, run.first)
                voices = {(claimant, said.claims[each].source) for each in found.because
                          for claimant in said.claims[each].claimants or (None,)}  # fmt: skip
                assert any(alone(said, voice, place, run.first) == run.certain for voice in voices)


def alone(said: Record, voice: tuple[str | None, str], place: str, day: int) -> str | None:
    """Of whom a voice is certain, if no other one speaks; what is superseded stays so."""
    claimant, source = voice
    gone = {each for claim in said.claims.values() if claim.retired is None for each in claim.supersedes}
    claims = {
        name: dataclasses.replace(claim, claimants=() if claimant is None else (claimant,))
        for name, claim in said.claims.items()
        if claim.source == source and claimant in (claim.claimants or (None,)) and name not in gone
    }
    facts = of_record(said)
    dated = dataclasses.replace(said.sources[source], published=int(published(facts)[facts.sources.number(source)]))
    built = index.build(dataclasses.replace(said, claims=claims, sources={**said.sources, source: dated}))
    found = index.verdict(built, place, day, day, View(policy="every-word", baseline=False))
    return next((actor for actor, stay in found.controllers.items() if stay.certainty == "certain"), None)
