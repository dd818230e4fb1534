"""The golden worlds of tests/golden/control as records, questions and answers."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

from kg.control.answers import Verdict, View
from kg.control.record import Baseline, Claim, Day, Event, Record, Source

GOLDEN = Path(__file__).parent / "golden" / "control"

World = dict[str, Any]


def worlds(path: Path) -> list[World]:
    """The worlds of a file, one a line."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def day(text: str | None) -> Day | None:
    """The number of a day that may be absent."""
    return None if text is None else date.fromisoformat(text).toordinal()


def shown(number: Day | None) -> str | None:
    """The day of a number that may be absent."""
    return None if number is None else date.fromordinal(number).isoformat()


def moment(text: str | None) -> datetime | None:
    """An instant that may be absent."""
    return None if text is None else datetime.fromisoformat(text)


def record(world: World) -> Record:
    """What a world says, without RDF in between."""
    start = day(world["studyStart"])
    assert start is not None
    return Record(
        start,
        {place: (outer,) for place, outer in world["within"].items()},
        dict(world["sideOf"]),
        {
            one["id"]: Source(
                day(one["published"]), day(one["knowledge"]), tuple(one["derivedFrom"]), tuple(one["sides"])
            )
            for one in world["sources"]
        },
        {one["id"]: _event(one) for one in world["events"]},
        {one["id"]: _claim(one) for one in world["claims"]},
        {
            one["id"]: Baseline(tuple(one["places"]), one["holder"], day(one["from"]), day(one["until"]))
            for one in world["baselines"]
        },
    )


def _event(one: World) -> Event:
    return Event(
        (one["place"],),
        one["kind"] == "report",
        one["to"],
        one["from"],
        tuple(one["parties"]),
        bool(one["parties"]),
        (day(one["earliest"]), day(one["latest"])),
        one["extent"],
        tuple(one["follows"]),
        tuple(one["sameOccurrence"]),
        (one["presumedHeir"],) if one["presumedHeir"] else (),
    )


def _claim(one: World) -> Claim:
    stated, window = one["statedOn"], one["statesWhen"]
    return Claim(
        one["source"],
        (one["about"],),
        one["stance"],
        (one["claimant"],) if one["claimant"] else (),
        (day(stated), day(stated)) if stated else None,
        (day(window[0]), day(window[1])) if window else None,
        moment(one["recordedAt"]),
        moment(one["retiredAt"]),
        tuple(one["supersedes"]),
    )


def view(question: World) -> View:
    """How a question wants the record to be read."""
    policy = question["policy"]
    name = policy["name"]
    return View(
        day(question["known"]),
        moment(question["recorded"]),
        frozenset(policy["sources"]) if name == "only" else None,
        name if name == "every-word" else "default",
        name != "no-baseline",
    )


def told(verdict: Verdict) -> World:
    """A verdict in the words of the golden answers."""
    return {
        "state": verdict.state,
        "controllers": {actor: stay.certainty for actor, stay in verdict.controllers.items()},
        "flags": sorted(verdict.flags),
        "excluded": sorted(verdict.excluded),
        "because": sorted(verdict.because),
        "unheard": sorted(([one.claimant, one.source, one.reason] for one in verdict.unheard), key=str),
        "bounds": {
            actor: {
                "possibleFrom": shown(stay.possible_from),
                "certainFrom": shown(stay.certain_from),
                "certainUntil": shown(stay.certain_until),
                "possibleUntil": shown(stay.possible_until),
                "interrupted": stay.interrupted,
            }
            for actor, stay in verdict.controllers.items()
        },
    }


def expected(question: World) -> World:
    """The golden answer of a question, with its lists in order."""
    answer = question["answer"]
    return {
        **answer,
        "flags": sorted(answer["flags"]),
        "excluded": sorted(answer["excluded"]),
        "because": sorted(answer["because"]),
        "unheard": sorted(answer["unheard"], key=str),
    }
