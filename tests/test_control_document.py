"""The worked examples in the prose of docs/control.md, by the reference and by the index. What its program prints is
held against it by tests/test_docs.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.control import index, reference
from kg.control.answers import Counts, Verdict
from kg.control.record import Claim, Event, Record, Source, Window

PROSE = " ".join((Path(__file__).parents[1] / "docs" / "control.md").read_text("utf-8").split())
START = 1000
LATE = Source(published=START + 100)
Told = tuple[Event, str, tuple[str, ...]]


def took(to: str, window: Window, from_: str | None = None, source: str = "s", by: tuple[str, ...] = ()) -> Told:
    """Somebody tells that an actor took the place within days of the month, counted from 1."""
    first, last = window
    when = (first and START + first, last and START + last)
    return Event(("p",), to=to, from_=from_, when=when), source, by


def record(*told: Told, follows: bool = False, **sources: Source) -> Record:
    """What is told; with `follows` each change after the one before it."""
    events, claims = {}, {}
    for number, (event, source, by) in enumerate(told):
        after = (f"e{number - 1}",) if follows and number else ()
        events[f"e{number}"] = Event(
            event.places, to=event.to, from_=event.from_, when=event.when, report=event.report, follows=after
        )
        claims[f"c{number}"] = Claim(source, (f"e{number}",), "Reports", by)
    return Record(START, sources={"s": LATE, **sources}, events=events, claims=claims)


def answer(said: Record, day: int) -> Verdict:
    """The answer of both on a day of the month."""
    one = reference.verdict(said, "p", START + day, START + day)
    assert index.verdict(index.build(said), "p", START + day, START + day) == one
    return one


def holders(said: Record, *days: int) -> list[str]:
    """Who holds the place on days: `A!` for certain, `A?B?` possibly."""
    answers = (answer(said, day).controllers for day in days)
    return [
        "".join(f"{who}{'!' if stay.certainty == 'certain' else '?'}" for who, stay in each.items()) for each in answers
    ]


@pytest.mark.parametrize(
    ("sentence", "said", "days", "expected"),
    [
        (
            "If A came on the 1st, B on the 3rd, and C between the 5th and the 9th, then on the 6th it is B or C",
            record(took("A", (1, 1)), took("B", (3, 3)), took("C", (5, 9))), (6,), ["B?C?"],
        ),
        (
            'if B came "by the 3rd" only, it may have come before A, and it is any of the three',
            record(took("A", (1, 1)), took("B", (None, 3)), took("C", (5, 9))), (6,), ["A?B?C?"],
        ),
        (
            "If A came between the 1st and the 10th, B between the 5th and the 15th, nobody says in which order, "
            "it stays A or B for good",
            record(took("A", (1, 10)), took("B", (5, 15))), (12, 15, 90), ["A?B?"] * 3,
        ),
        (
            "if the order is told, it is B from the 15th",
            record(took("A", (1, 10)), took("B", (5, 15)), follows=True), (14, 15, 90), ["A?B?", "B!", "B!"],
        ),
        (
            "A on the 5th, A or C on the 6th and 7th, C on the 8th, B from the 9th",
            record(took("A", (5, 5)), took("B", (9, 9), "C")), (5, 6, 7, 8, 9, 50),
            ["A!", "A?C?", "A?C?", "C!", "B!", "B!"],
        ),
        (
            '"taken from the government on the 14th" vouches for the 13th, not for May',
            record(took("T", (14, 14), "G")), (2, 12, 13, 14), ["G?", "G?", "G!", "T!"],
        ),
        (
            "two vague voices never make a certain one",
            record(
                *(took(actor, (4, 6), source=source) for source, actor in ("sA", "sB", "tA", "tC")),
                t=LATE,
            ),
            (8,), ["A?"],
        ),
    ],
)  # fmt: skip
def test_an_example(sentence: str, said: Record, days: tuple[int, ...], expected: list[str]) -> None:
    assert sentence in PROSE
    assert holders(said, *days) == expected


def test_who_knows_no_more_than_a_day_longer_does_not_overrule() -> None:
    assert "One who knows no more than a day longer does not overrule" in PROSE

    def later(days: int) -> Record:
        return record(
            (Event(("p",), report=True, to="A", when=(START + 5, START + 5)), "s", ()),
            (Event(("p",), report=True, to="B", when=(START + 5 + days, START + 5 + days)), "t", ()),
            s=Source(published=START + 5), t=Source(published=START + 5 + days),
        )  # fmt: skip

    assert answer(later(1), 6).state == "disputed"
    assert (holders(later(2), 7), [each.reason for each in answer(later(2), 7).unheard]) == (["B!"], ["overruled"])


def test_a_claimants_own_later_word_overrules_at_once() -> None:
    assert "A claimant's own later word does at once." in PROSE
    said = record(
        (Event(("p",), report=True, to="A", when=(START + 5, START + 5)), "s", ("x",)),
        (Event(("p",), report=True, to="B", when=(START + 6, START + 6)), "t", ("x",)),
        s=Source(published=START + 5), t=Source(published=START + 6),
    )  # fmt: skip
    assert holders(said, 6) == ["B!"]


def test_a_chronicle_that_leaves_out_a_recapture_does_not_erase_it() -> None:
    assert "a chronicle that leaves out a recapture does not erase the report of it" in PROSE
    said = record(took("T", (14, 14)), took("G", (16, 16), source="t"), s=LATE, t=LATE)
    assert "G" in answer(said, 20).controllers


def test_what_is_claimed_of_numbers() -> None:
    """Of the table: entailed if true of s, compatible of p, not derivable of p + b, else contradicted."""
    assert '"7 to 7 of 34, 27 without evidence" is what the document gives for the capitals on 11 August' in PROSE
    found = Counts(7, 7, 27)
    assert reference.check(found, "MoreThan", 0.25, 34) == "not derivable"
    for comparator in ("MoreThan", "AtLeast"):
        outcomes = [reference.check(Counts(5, 7, 3), comparator, value) for value in (4, 6, 9, 11)]
        assert outcomes == ["entailed", "compatible", "not derivable", "contradicted"]
    outcomes = [reference.check(Counts(5, 7, 3), "AtMost", value) for value in (10, 8, 6, 4)]
    assert outcomes == ["entailed", "not derivable", "compatible", "contradicted"]
