"""Counts, and claims about numbers with what they are held against, written down."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kg import answering, asking, dates
from kg.aggregates import Aggregate, Check, aggregates, check
from kg.asking import Given, Question
from kg.control.answers import Counts
from kg.control.record import Day
from kg.errors import BadQuestion
from kg.forms import plain, tabular
from kg.forms.plain import Plain
from kg.gazetteer import Gazetteer, last_part
from kg.naming import named
from kg.store.embedded import Store

MOST = 400
"""How many days are counted at once."""
COUNTS = ("certain", "possible", "withoutEvidence", "of")


def told(store: Store, gazetteer: Gazetteer, given: Given) -> Plain:
    """Every claim about a number, held against each of the days that are asked about; without such days against the
    last one that the claim may be about. With actors also how many of the chosen places each holds on each day.

    Raises what `asking.question` raises, and BadQuestion for too many days.
    """
    at = asking.one(given, "at")
    first, last = asking.days(at) if at else (0, -1)
    if last - first >= MOST:
        raise BadQuestion("at", at or "", f"{last - first + 1:,} days are too many to count; at most {MOST}")
    actors = [named(gazetteer, "actor", text) for text in asking.several(given, "actor")]
    if actors and not at:
        raise BadQuestion("at", "", f"counting needs a day, such as 2021-08-15; {dates.ACCEPTED}")
    # the question of the last day has the view, and which places are counted
    question = asking.question(gazetteer, {**given, "at": [at or "2000-01-01"], "actor": []})
    days = range(first, last + 1)
    chosen = {actor.iri for actor in actors}
    listed = [each for each in aggregates(store) if not chosen or each.controller in chosen]
    return {
        **plain.asked(question), "at": at, "version": gazetteer.version,
        "aggregates": [_aggregate(each, store, gazetteer, question, list(days) or _own(each)) for each in listed],
        "counts": [
            {"actor": actor.iri, "label": actor.label(question.lang), "at": plain.day(day),
             **_counts(answering.counts(store, question, actor.iri, day), _size(store, question))}
            for actor in actors for day in days
        ],
    }  # fmt: skip


def _size(store: Store, question: Question) -> int:
    return len(answering.listed(answering.known(store), question))


def _own(told: Aggregate) -> list[Day]:
    return [] if told.latest is None else [told.latest]


def _counts(told: Counts, of: int) -> Plain:
    return dict(zip(COUNTS, (*told, of), strict=True))


def _aggregate(told: Aggregate, store: Store, gazetteer: Gazetteer, question: Question, days: list[Day]) -> Plain:
    return {
        "aggregate": told.iri, "measure": told.measure, "comparator": told.comparator, "value": told.value,
        "denominator": told.denominator, "controller": told.controller,
        "label": gazetteer.label(told.controller, question.lang) if told.controller else None,
        "types": list(map(last_part, told.types)), "within": list(told.within), "latest": plain.maybe(told.latest),
        "claims": [
            {"claim": each.claim, "stance": each.stance, "source": each.source, "claimants": list(each.claimants),
             "gloss": each.gloss}
            for each in told.said
        ],
        "checks": [_check(each) for each in check(store, told, question, days)],
    }  # fmt: skip


def _check(told: Check) -> Plain:
    counts: Plain = dict.fromkeys(COUNTS) if told.counts is None else _counts(told.counts, told.of)
    return {"at": plain.maybe(told.day), "outcome": told.outcome, **counts, "named": told.named}


def table(told: Plain) -> str:
    """Both as tables for people."""
    rows = [[last_part(each["aggregate"]), _claimed(each), one["at"] or "", _words(one), one["outcome"]]
            for each in told["aggregates"] for one in each["checks"]]  # fmt: skip
    parts = [tabular.table(("aggregate", "claimed", "at", "told of the places", "outcome"), rows, "check")]
    if told["counts"]:
        counts = [[each["at"], each["label"], _words(each)] for each in told["counts"]]
        parts.append(tabular.table(("at", "actor", "holds"), counts, "count"))
    return "\n\n".join(parts)


def _claimed(told: Plain) -> str:
    value = "" if told["value"] is None else f" {told['value']:g}"
    share = f" of {told['denominator']}" if told["denominator"] else ""
    return f"{told['comparator']}{value}{share}"


def _words(told: Plain) -> str:
    if told["of"] is None or told["certain"] is None:
        return ""
    return tabular.counted(Counts(told["certain"], told["possible"], told["withoutEvidence"]), told["of"])


def as_csv(told: Plain) -> str:
    """Both as CSV: a row for each check, and for each count."""
    header = ("aggregate", "measure", "comparator", "value", "denominator", "actor", "at", *COUNTS, "outcome", "claims")
    return tabular.as_csv(header, _rows(told))


def _rows(told: Plain) -> Iterator[list[Any]]:
    for each in told["aggregates"]:
        begin = [each[name] for name in ("aggregate", "measure", "comparator", "value", "denominator", "controller")]
        claims = [claim["claim"] for claim in each["claims"]]
        for one in each["checks"]:
            yield [*begin, one["at"], *(one[name] for name in COUNTS), one["outcome"], claims]
    for each in told["counts"]:
        yield [None] * 5 + [each["actor"], each["at"], *(each[name] for name in COUNTS), None, None]
