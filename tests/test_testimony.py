"""Every claim about a place has a fate, and the fates are those that the verdict tells."""

from __future__ import annotations

from itertools import islice
from typing import get_args

import pytest

from kg.control.answers import Reason, View
from kg.control.index import build, verdict
from kg.control.testimony import witnesses
from tests import control_worlds as golden

WORLDS = golden.worlds(golden.GOLDEN / "worlds.jsonl")
EVERY = 12
"""One world in so many."""
REASONS = frozenset(get_args(Reason))


@pytest.mark.parametrize("world", list(islice(WORLDS, 0, None, EVERY)), ids=lambda world: world["id"])
def test_what_is_heard_is_what_the_answer_rests_on(world: golden.World) -> None:
    record = golden.record(world)
    index = build(record)
    for question in world["questions"]:
        place, view = question["place"], golden.view(question)
        at = golden.day(question["at"])
        assert at is not None
        answer, voices = verdict(index, place, at, at, view), witnesses(index, place, at, at, view)
        heard = {voice.claim for voice in voices if voice.fate == "heard"}
        assert answer.because - record.baselines.keys() <= heard
        assert heard <= answer.because
        dropped = {(voice.claimant, voice.source, voice.fate) for voice in voices if voice.fate in REASONS}
        assert dropped == {(one.claimant, one.source, one.reason) for one in answer.unheard}
        for actor in answer.controllers:
            named = any(actor in voice.names | voice.presumes for voice in voices if voice.fate == "heard")
            party = any(actor in saying.parties for voice in voices if voice.contested for saying in voice.sayings)
            assert named or party or "baseline" in answer.flags


def test_a_claim_that_does_not_count_has_its_reason() -> None:
    record = golden.record(WORLDS[0])
    index = build(record)
    place = next(event.places[0] for event in record.events.values())
    day = record.study_start + 10
    nobody = witnesses(index, place, day, day, View(sources=frozenset()))
    assert {voice.fate for voice in nobody} <= {"other source", "taken back", "superseded"}
    early = witnesses(index, place, day, day, View(known=record.study_start - 1))
    assert {voice.fate for voice in early} == {"not yet said"}
    before = witnesses(index, place, record.study_start - 5, record.study_start - 5, View())
    assert not [voice for voice in before if voice.fate == "heard" or voice.names or voice.excludes]


def test_of_a_place_that_nobody_speaks_of_nothing_is_told() -> None:
    index = build(golden.record(WORLDS[0]))
    assert witnesses(index, "nowhere", 1, 1, View()) == []
    with pytest.raises(ValueError, match="policy"):
        witnesses(index, "nowhere", 1, 1, View(policy="loudest"))
