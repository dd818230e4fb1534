"""The reference of the rules of control: the golden answers, and what the golden worlds do not ask."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime

import pytest

from kg.control import index, reference
from kg.control.answers import Counts, Run, Stay, View
from kg.control.record import Baseline, Claim, Day, Event, Record, Source
from tests import control_worlds as golden
from tests.control_worlds import day

WORLDS = [world for name in ("worlds", "offensive-2021") for world in golden.worlds(golden.GOLDEN / f"{name}.jsonl")]
START = 1000


def change(to: str | None, at: Day, source: str = "s", **more: object) -> tuple[Event, Claim]:
    event = Event(("p",), to=to, when=(at, at), **more)  # type: ignore[arg-type]
    return event, Claim(source, ("",), "Reports")


def told(*changes: tuple[Event, Claim], sources: dict[str, Source] | None = None, **more: object) -> Record:
    """A record in which each claim is about the event that stands with it."""
    claims = {
        f"c{number}": Claim(
            claim.source, (f"e{number}",), claim.stance, claim.claimants, claim.stated, supersedes=claim.supersedes
        )
        for number, (_, claim) in enumerate(changes)
    }
    named = {claim.source for claim in claims.values()}
    return Record(
        START,
        sources={name: Source(START + 100) for name in named} | (sources or {}),
        events={f"e{number}": event for number, (event, _) in enumerate(changes)},
        claims=claims,
        **more,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world["id"])
def test_the_golden_answers(world: golden.World) -> None:
    record = golden.record(world)
    for question in world["questions"]:
        at = day(question["at"])
        assert at is not None
        found = reference.verdict(record, question["place"], at, at, golden.view(question))
        assert golden.told(found) == golden.expected(question), question
    for count in world.get("counts", ()):
        at = day(count["at"])
        assert at is not None
        view = View(known=day(count["known"]))
        found_counts = reference.counts(record, count["places"], count["actor"], at, view)
        assert tuple(found_counts) == (count["certain"], count["possible"], count["withoutEvidence"])
        claim = count["claim"]
        finding = reference.check(found_counts, claim["comparator"], claim["value"], len(count["places"]))
        assert finding == claim["verdict"]


def test_nothing_is_answered_before_the_study_starts() -> None:
    record = told(change("A", START + 5))
    assert reference.verdict(record, "p", START - 1, START - 1).state == "unknown"
    across = reference.verdict(record, "p", START - 3, START + 8)
    assert (across.runs[0].first, across.runs[0].last) == (START - 3, START - 1)
    assert across.runs[-1].last == START + 8
    assert (across.state, across.controllers["A"].certainty) == ("possible", "possible")


def test_an_interval_is_certain_only_where_every_day_is() -> None:
    record = told(change("A", START + 5), change("B", START + 9))
    both = reference.verdict(record, "p", START + 6, START + 9)
    assert both.state == "possible"
    assert {actor: stay.certainty for actor, stay in both.controllers.items()} == {"A": "possible", "B": "possible"}
    assert reference.verdict(record, "p", START + 9, START + 12).controllers == {
        "B": Stay("certain", START + 9, START + 9, None, None)
    }
    with pytest.raises(ValueError, match="before the first"):
        reference.verdict(record, "p", START + 9, START + 6)


def test_the_runs_of_a_place_cover_all_days_from_the_study_start() -> None:
    record = told(change("A", START + 5), change("B", START + 9))
    runs = reference.history(record, "p")
    assert runs[0].first == START
    assert runs[-1].last is None
    assert [run.first for run in runs[1:]] == [run.last + 1 for run in runs[:-1] if run.last is not None]
    assert [(run.first, run.certain) for run in runs if run.certain] == [
        (START + 5, "A"),
        (START + 9, "B"),
        (START + 101, "B"),  # carried beyond what the source knows
    ]


def test_a_place_of_which_nothing_is_said_is_unknown_for_ever() -> None:
    assert reference.history(told(change("A", START + 5)), "elsewhere") == [Run("elsewhere", START, None, "unknown")]


def dispute(*who: tuple[str, str, str | None]) -> Record:
    """One report a voice, of the same day: holder, source, claimant."""
    made = [
        (
            Event(("p",), report=True, to=to, when=(START + 5, START + 5)),
            Claim(source, ("",), "Reports", (actor,) if actor else ()),
        )
        for to, source, actor in who
    ]
    return told(*made)


def test_the_majority_of_independent_groups_is_certain_and_still_disputed() -> None:
    record = dispute(("A", "s1", None), ("A", "s2", None), ("B", "s3", None))
    plain = reference.verdict(record, "p", START + 5, START + 5)
    assert {stay.certainty for stay in plain.controllers.values()} == {"possible"}
    voted = reference.verdict(record, "p", START + 5, START + 5, View(policy="majority"))
    assert voted.state == "disputed"
    assert {actor: stay.certainty for actor, stay in voted.controllers.items()} == {"A": "certain", "B": "possible"}
    same = dispute(("A", "s1", "x"), ("A", "s2", "x"), ("B", "s3", None))
    tied = reference.verdict(same, "p", START + 5, START + 5, View(policy="majority"))
    assert {stay.certainty for stay in tied.controllers.values()} == {"possible"}


def test_two_independent_voices_are_asked_for() -> None:
    view = View(policy="two-independent")
    one = reference.verdict(dispute(("A", "s1", None)), "p", START + 5, START + 5, view)
    assert (one.state, one.controllers["A"].certainty) == ("possible", "possible")
    two = reference.verdict(dispute(("A", "s1", None), ("A", "s2", None)), "p", START + 5, START + 5, view)
    assert (two.state, two.controllers["A"].certainty) == ("controlled", "certain")


def test_sources_with_a_common_origin_are_not_independent() -> None:
    record = dispute(("A", "s1", None), ("A", "s2", None))
    related = Record(
        START,
        sources={name: Source(START + 100, derived_from=("wire",)) for name in ("s1", "s2")},
        events=record.events,
        claims=record.claims,
    )
    found = reference.verdict(related, "p", START + 5, START + 5, View(policy="two-independent"))
    assert found.state == "possible"


def test_only_the_newest_voices_are_heard() -> None:
    record = dispute(("A", "old", None), ("B", "new", None))
    record = Record(
        START,
        sources={"old": Source(START + 6), "new": Source(START + 7)},
        events=record.events,
        claims=record.claims,
    )
    found = reference.verdict(record, "p", START + 5, START + 5, View(policy="newest"))
    assert (found.state, found.controllers["B"].certainty) == ("controlled", "certain")
    assert {(one.source, one.reason) for one in found.unheard} == {("old", "not newest")}


def test_what_a_party_says_of_itself_is_possible_where_it_has_to_be_confirmed() -> None:
    organ = dispute(("A", "s1", "spokesman"))
    record = Record(START, organ_of={"spokesman": "A"}, sources=organ.sources, events=organ.events, claims=organ.claims)
    plain = reference.verdict(record, "p", START + 5, START + 5)
    assert plain.flags == {"self-claimed"}
    assert reference.verdict(record, "p", START + 5, START + 5, View(policy="confirmed")).state == "possible"


def test_an_unknown_policy_is_refused() -> None:
    with pytest.raises(ValueError, match="'loudest' is no policy; there are default, every-word"):
        reference.history(dispute(("A", "s", None)), "p", View(policy="loudest"))


def test_conflicts_are_pairs_of_claims_or_all_of_them() -> None:
    pair = reference.verdict(dispute(("A", "s1", None), ("B", "s2", None)), "p", START + 5, START + 5)
    assert pair.conflicts == (frozenset({"c0", "c1"}),)
    vague = [
        (Event(("p",), to=actor, when=(START + 4, START + 6)), Claim(source, ("",), "Reports", ("x",)))
        for source, actors in (("s1", "AB"), ("s2", "BC"), ("s3", "CA"))
        for actor in actors
    ]
    together = reference.verdict(told(*vague), "p", START + 8, START + 8)
    assert together.state == "disputed"
    assert together.conflicts == (frozenset({"c0", "c1", "c2", "c3", "c4", "c5"}),)


def test_an_undated_source_speaks_when_its_latest_claim_can_be_known() -> None:
    record = told(change("A", START + 5), change("B", START + 9), sources={"s": Source()})
    assert reference.verdict(record, "p", START + 9, START + 9, View(known=START + 8)).state == "unknown"
    found = reference.verdict(record, "p", START + 9, START + 9, View(known=START + 9))
    assert found.state == "controlled"
    assert found.undated == found.because == {"c1"}
    assert not reference.verdict(told(change("A", START + 5)), "p", START + 9, START + 9).undated


def test_what_was_taken_back_tells_too_when_an_undated_source_can_have_spoken() -> None:
    """It spoke of that day, whatever the record makes of it since."""
    spoken = told(change("A", START + 5), change("B", START + 9), sources={"s": Source()})
    gone = dataclasses.replace(spoken.claims["c1"], retired=datetime(2026, 11, 20, tzinfo=UTC))
    record = dataclasses.replace(spoken, claims={**spoken.claims, "c1": gone})
    for known, state in ((START + 8, "unknown"), (START + 9, "controlled")):
        found = reference.verdict(record, "p", START + 7, START + 7, View(known=known))
        assert found.state == state
        assert index.verdict(index.build(record), "p", START + 7, START + 7, View(known=known)) == found


def test_a_baseline_of_fewer_places_goes_first() -> None:
    wide = Baseline(("p", "q", "r"), "G", START, START + 10)
    narrow = Baseline(("p", "q"), "H", START, START + 3)
    record = Record(START, baselines={"wide": wide, "narrow": narrow})
    found = reference.verdict(record, "p", START, START)
    assert found.state == "possible"
    assert found.flags == {"baseline"}
    assert found.because == {"narrow"}
    assert found.controllers == {"H": Stay("possible", START, None, None, START + 3)}
    assert set(reference.verdict(record, "p", START + 4, START + 4).controllers) == {"G"}
    assert reference.verdict(record, "p", START, START, View(baseline=False)).state == "unknown"


@pytest.mark.parametrize(
    ("comparator", "value", "of", "finding"),
    [
        ("MoreThan", 1, None, "entailed"),
        ("MoreThan", 2, None, "compatible"),
        ("AtLeast", 2, None, "entailed"),
        ("MoreThan", 0.25, 20, "not derivable"),
        ("AtLeast", 0.5, 20, "contradicted"),
        ("Some", 1, None, "entailed"),
        ("AtMost", 7, None, "entailed"),
        ("LessThan", 7, None, "not derivable"),
        ("AtMost", 3, None, "compatible"),
        ("LessThan", 2, None, "contradicted"),
        ("Exactly", 3, None, "compatible"),
        ("Exactly", 6, None, "not derivable"),
        ("Exactly", 8, None, "contradicted"),
    ],
)
def test_a_claimed_number_is_checked(comparator: str, value: float, of: int | None, finding: str) -> None:
    assert reference.check(Counts(2, 4, 3), comparator, value, of) == finding


def test_what_is_only_about_a_number_cannot_be_checked() -> None:
    with pytest.raises(ValueError, match="'About' cannot be checked"):
        reference.check(Counts(2, 4, 3), "About", 3)
