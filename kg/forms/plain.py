"""Answers as plain values: what JSON has, with days as texts, sets as lists in order, None where there is nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache
from typing import Any

from kg.answering import History, Known
from kg.asking import Question
from kg.contrast import Told, kind
from kg.control.accounts import Accounts
from kg.control.answers import Run, View
from kg.control.record import Day
from kg.control.verdicts import STATES, flags_of
from kg.differing import Change, Changes, Compared
from kg.gazetteer import last_part

Plain = dict[str, Any]


@lru_cache(1 << 16)
def day(number: Day) -> str:
    """A day as a text."""
    return date.fromordinal(number).isoformat()


def maybe(number: Day | None) -> str | None:
    """A day that there may not be."""
    return None if number is None else day(number)


def listening(view: View, sources: Iterable[str]) -> Plain:
    """Who is listened to; `sources` as they were asked for."""
    return {
        "known": maybe(view.known),
        "recorded": view.recorded.isoformat() if view.recorded else None,
        "sources": list(sources) or None,
        "policy": view.policy,
        "baseline": view.baseline,
    }


def asked(question: Question) -> Plain:
    """The question, as its answer repeats it."""
    among = {"dataset": question.dataset} if question.dataset else {}
    return {"at": question.at, **among, **listening(question.view, question.sources)}


def place(known: Known, iri: str, language: str) -> Plain:
    """What a place is called, of what kind it is, and where."""
    entry = known.entry(iri)
    return {
        "place": iri,
        "label": entry.label(language),
        "type": next(map(last_part, entry.types), None),
        "coordinates": list(entry.point) if entry.point else None,
    }


def run(told: Run) -> Plain:
    """Days on which an answer stays the same."""
    return {
        "first": day(told.first),
        "last": maybe(told.last),
        "state": told.state,
        "flags": sorted(told.flags),
        "certain": told.certain,
        "possible": sorted(told.possible),
        "excluded": sorted(told.excluded),
        "because": sorted(told.because),
    }


def history(found: History, language: str = "en") -> Plain:
    """Everything about one place through time."""
    return {
        **place(found.known, found.place, language),
        **listening(found.view, found.sources),
        "version": found.known.version,
        "runs": [run(each) for each in found.runs],
    }


def change(told: Change, known: Known, language: str) -> Plain:
    """One change."""
    return {
        **place(known, told.place, language),
        "day": day(told.day),
        "before": run(told.before),
        "after": run(told.after),
    }


def changes(found: Changes, start: int = 0, stop: int | None = None) -> Plain:
    """The changes within some days, from `start` to before `stop`."""
    language = found.question.lang
    return {
        **asked(found.question),
        "version": found.known.version,
        "total": len(found),
        "changes": [change(each, found.known, language) for each in found.page(start, stop)],
    }


def compared(found: Compared, start: int = 0, stop: int | None = None) -> Plain:
    """Two sides, and the places in which they differ, from `start` to before `stop`."""
    known, language = found.first.known, found.first.question.lang
    first, second = (side.accounts(start, stop) for side in (found.first, found.second))
    return {
        "a": asked(found.first.question),
        "b": asked(found.second.question),
        "version": known.version,
        "total": len(found),
        "alike": found.alike,
        "places": [
            {**place(known, iri, language), "kind": kind(_told(one), _told(other)), "a": one, "b": other}
            for iri, one, other in zip(
                first.places, sides(first, known, language), sides(second, known, language), strict=True
            )
        ],
    }


def _told(side: Plain) -> Told:
    """What a side is compared by."""
    stays = side["controllers"]
    certain = next((stay["actor"] for stay in stays if stay["certainty"] == "certain"), None)
    return Told(side["state"], certain, frozenset(stay["actor"] for stay in stays))


def sides(told: Accounts, known: Known, language: str) -> Iterator[Plain]:
    """The verdicts, without the places."""
    for number in range(len(told)):
        controllers = told.stays[told.stay_start[number] : told.stay_start[number + 1]]
        yield {
            "state": STATES[told.state[number]],
            "flags": sorted(flags_of(told.flags[number])),
            "controllers": [
                {
                    "actor": actor, "label": known.gazetteer.label(actor, language),
                    "certainty": "certain" if certain else "possible",
                    "possibleFrom": maybe(bounds[0]), "certainFrom": maybe(bounds[1]),
                    "certainUntil": maybe(bounds[2]), "possibleUntil": maybe(bounds[3]), "interrupted": interrupted,
                }
                for actor, certain, *bounds, interrupted in controllers
            ],
            "excluded": told.excluded[told.excluded_start[number] : told.excluded_start[number + 1]],
            "because": told.because[told.because_start[number] : told.because_start[number + 1]],
            "conflicts": told.conflicts[told.conflict_start[number] : told.conflict_start[number + 1]],
            "unheard": [
                {"claimant": claimant, "source": source, "reason": reason}
                for claimant, source, reason in told.unheard[
                    told.unheard_start[number] : told.unheard_start[number + 1]
                ]
            ],
            "undated": told.undated[told.undated_start[number] : told.undated_start[number + 1]],
        }  # fmt: skip


def feature(told: Plain) -> Plain:
    """Something with a place as a GeoJSON feature (RFC 7946)."""
    coordinates = told["coordinates"]
    properties = {name: value for name, value in told.items() if name != "coordinates"}
    geometry = {"type": "Point", "coordinates": coordinates} if coordinates else None
    return {"type": "Feature", "id": told["place"], "geometry": geometry, "properties": properties}


def collection(told: Plain, name: str) -> Plain:
    """An answer whose list is called `name` as a collection of GeoJSON features, with the rest beside them."""
    about = {key: value for key, value in told.items() if key != name}
    return {"type": "FeatureCollection", **about, "features": list(map(feature, told[name]))}
