"""Claims about numbers ("more than a quarter of the capitals"), checked against what is told of the places one by one.

Of a set of places an actor certainly holds s; certainly or possibly p; and of b more there is no evidence that it does
not. So the true number lies between s and p as far as there is evidence, and is p + b at most. See docs/control.md.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from kg import answering, queries
from kg import told as words
from kg.asking import Question
from kg.control.answers import Counts
from kg.control.record import Day
from kg.gazetteer import last_part
from kg.ontology import PREFIXES
from kg.store.embedded import Store
from kg.store.terms import Row
from kg.told import Facts

Outcome = Literal["entailed", "compatible", "not derivable", "contradicted", "not checked"]
KG = PREFIXES["kg"]
RISING: dict[str, Callable[[float, float], bool]] = {
    "MoreThan": lambda number, value: number > value,
    "AtLeast": lambda number, value: number >= value,
    "Some": lambda number, _: number >= 1,
}
"""Comparators that stay true when the number grows."""
FALLING: dict[str, Callable[[float, float], bool]] = {
    "LessThan": lambda number, value: number < value,
    "AtMost": lambda number, value: number <= value,
}
"""Comparators that stay true when it shrinks."""


@dataclass(frozen=True)
class Said:
    """A claim about an aggregate: who says it, with which stance, in which source, in our words."""

    claim: str
    stance: str
    source: str
    claimants: tuple[str, ...]
    gloss: str | None


@dataclass(frozen=True)
class Aggregate:
    """What is claimed: `measure` and `comparator` are local names of kg:Measures and kg:Comparators, `value` a number,
    or a share of the `denominator` where that is given. `latest` is the last day that it may be about."""

    iri: str
    measure: str
    comparator: str
    value: float | None
    denominator: int | None
    controller: str | None
    types: tuple[str, ...]
    within: tuple[str, ...]
    latest: Day | None
    said: tuple[Said, ...]


@dataclass(frozen=True)
class Check:
    """An aggregate held against the counts of a day: of `of` places, of which `named` are in the data and the others
    without a name. `counts` is None where it was not counted."""

    outcome: Outcome
    day: Day | None
    counts: Counts | None
    named: int
    of: int


def aggregates(store: Store) -> list[Aggregate]:
    """Every aggregate that the published version tells of, in the order of their IRIs."""
    rows, select = words.by(store.select("aggregates"), "aggregate"), words.of(store)
    about = words.by(select(queries.text_for("event-claims", "event", rows)), "event") if rows else {}
    claims = {iri: sorted({str(row["claim"]) for row in pairs}) for iri, pairs in about.items()}
    said = words.claims(select, {claim for several in claims.values() for claim in several})
    counted = {claim: facts for claim, facts in said.items() if facts.keys().isdisjoint(("attribute", "retiredAt"))}
    return [
        _aggregate(iri, of, [(claim, counted[claim]) for claim in claims.get(iri, ()) if claim in counted])
        for iri, of in rows.items()
    ]


def check(store: Store, told: Aggregate, question: Question, days: Sequence[Day]) -> list[Check]:
    """An aggregate held against each of some days, as the question's view has them.

    Only numbers of places, and of places that an actor controls, are checked: who captured what is not told by who
    holds what.
    """
    if told.measure == "Places":
        number = len(answering.listed(answering.known(store), _members(told, question)))
        return [Check(outcome(told, Counts(number, number, 0)), None, None, number, number)]
    if told.measure != "PlacesControlled" or told.controller is None:
        return [Check("not checked", None, None, 0, 0)]
    chosen = _members(told, question)
    named = len(answering.listed(answering.known(store), chosen))
    unnamed = max(0, (told.denominator or 0) - named)
    checks = []
    for day in days:
        counts = answering.counts(store, chosen, told.controller, day)
        counts = counts._replace(without_evidence=counts.without_evidence + unnamed)
        checks.append(Check(outcome(told, counts), day, counts, named, named + unnamed))
    return checks


def outcome(told: Aggregate, counts: Counts) -> Outcome:
    """What counts say of the claimed number.

    A comparator that stays true when the number grows is entailed if it is true of s, else compatible if of p, else
    not derivable if of p + b, else contradicted. One that stays true when it shrinks is entailed if it is true of
    p + b, else compatible if of s.
    """
    if told.value is None and told.comparator != "Some":
        return "not checked"
    value = told.value or 0.0
    value = value * told.denominator if told.denominator else value
    least, most, all_ = counts.certain, counts.possible, counts.possible + counts.without_evidence
    if (true := RISING.get(told.comparator)) is not None:
        steps: list[tuple[bool, Outcome]] = [
            (true(least, value), "entailed"), (true(most, value), "compatible"), (true(all_, value), "not derivable"),
        ]  # fmt: skip
    elif (true := FALLING.get(told.comparator)) is not None:
        steps = [(true(all_, value), "entailed"), (true(least, value), "compatible")]
    elif told.comparator == "Exactly":
        steps = [
            (least == all_ == value, "entailed"), (least <= value <= most, "compatible"),
            (most < value <= all_, "not derivable"),
        ]  # fmt: skip
    else:  # about: near the value, so that no bound follows
        return "compatible" if least <= value <= all_ else "not derivable"
    return next((name for holds, name in steps if holds), "contradicted")


def _members(told: Aggregate, question: Question) -> Question:
    return replace(question, places=(), types=told.types, within=told.within, states=(), actors=())


def _aggregate(iri: str, rows: list[Row], claims: list[tuple[str, Facts]]) -> Aggregate:
    def values(name: str) -> tuple[str, ...]:
        return tuple(sorted({str(row[name]) for row in rows if name in row}))

    def one(name: str) -> str | None:
        return next(iter(values(name)), None)

    value, denominator = one("value"), one("denominator")
    latest = max((date.fromisoformat(text[:10]).toordinal() for text in values("latest")), default=None)
    return Aggregate(
        iri, last_part(one("measure") or ""), last_part(one("comparator") or ""),
        None if value is None else float(value), None if denominator is None else int(denominator),
        one("controller"), values("placeType"), values("within"), latest,
        tuple(_said(claim, facts) for claim, facts in claims if "source" in facts),
    )  # fmt: skip


def _said(claim: str, facts: Facts) -> Said:
    return Said(
        claim, last_part(facts["stance"][0]), facts["source"][0], facts.get("claimant", ()), words.first(facts, "gloss")
    )  # fmt: skip
