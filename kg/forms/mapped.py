"""The map as JSON and GeoJSON, written straight from columns: 20,000 places are twenty megabytes of text."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Literal
from weakref import WeakKeyDictionary

from kg.answering import Held, Known
from kg.control.accounts import Accounts
from kg.control.record import Day
from kg.control.verdicts import FLAGS, STATES, flags_of
from kg.forms import plain

Form = Literal["json", "geojson"]

_heads: WeakKeyDictionary[Known, dict[tuple[Form, str], dict[int, str]]] = WeakKeyDictionary()
_FLAGS = [json.dumps(sorted(flags_of(code))) for code in range(1 << len(FLAGS))]


def written(found: Held, form: Form, start: int = 0, stop: int | None = None, *, grounded: bool = True) -> str:
    """The answer with the listed places from `start` to before `stop` as a JSON document."""
    told = found.accounts(start, stop, grounded=grounded)
    opening = heads(found.known, form, found.question.lang, found.at[start:stop].tolist())
    closing = "}}" if form == "geojson" else "}"
    rows = [
        f"{begin}{body}{closing}" for begin, body in zip(opening, bodies(told, found, grounded=grounded), strict=True)
    ]
    about = {**plain.asked(found.question), "version": found.version, "total": len(found)}
    if form == "geojson":
        about = {"type": "FeatureCollection", **about}
    name = "features" if form == "geojson" else "places"
    return f'{json.dumps(about, ensure_ascii=False)[:-1]}, "{name}": [\n' + ",\n".join(rows) + "\n]}\n"


def heads(known: Known, form: Form, language: str, at: list[int]) -> list[str]:
    """For known places, by their positions, what is always the same of each, as an opened object."""
    kept = _heads.setdefault(known, {})
    told = kept.get((form, language))
    if told is None:
        if len(kept) > 8:  # languages are the client's to name
            kept.clear()
        told = kept[form, language] = {}
    for number in at:
        if number not in told:
            told[number] = head(known, form, known.places[number], language)
    return [told[number] for number in at]


def head(known: Known, form: Form, place: str, language: str) -> str:
    """What is always the same of a place, as an opened object."""
    told = plain.place(known, place, language)
    if form == "json":
        return json.dumps(told, ensure_ascii=False)[:-1]
    coordinates = told.pop("coordinates")
    geometry = {"type": "Point", "coordinates": coordinates} if coordinates else None
    feature = {"type": "Feature", "id": place, "geometry": geometry, "properties": told}
    return json.dumps(feature, ensure_ascii=False)[:-2]


def bodies(told: Accounts, found: Held, *, grounded: bool) -> list[str]:
    """For every place its answer, as what comes next in an object."""
    states = [f', "state": "{state}", "flags": ' for state in STATES]
    controllers = listed(stays(told, found), told.stay_start)
    excluded = listed([f'"{actor}"' for actor in told.excluded], told.excluded_start)
    spans = runs(told, found)
    parts = [
        f'{states[state]}{_FLAGS[flags]}, "controllers": {who}, "excluded": {without}{inside}'
        for state, flags, who, without, inside in zip(
            told.state, told.flags, controllers, excluded, spans, strict=True
        )
    ]  # fmt: skip
    if not grounded:
        return parts
    because = listed([f'"{claim}"' for claim in told.because], told.because_start)
    between = '", "'
    conflicts = listed([f'["{between.join(group)}"]' for group in told.conflicts], told.conflict_start)
    unheard = listed(voices(told), told.unheard_start)
    return [
        f'{part}, "because": {claims}, "conflicts": {groups}, "unheard": {dropped}'
        for part, claims, groups, dropped in zip(parts, because, conflicts, unheard, strict=True)
    ]


def listed(texts: list[str], starts: list[int]) -> list[str]:
    """Texts as lists, of which each begins where `starts` says."""
    return [f"[{', '.join(texts[first:last])}]" if first < last else "[]" for first, last in pairwise(starts)]


def stays(told: Accounts, found: Held) -> list[str]:
    """Every controller."""
    names = {
        actor: f'{{"actor": "{actor}", "label": {json.dumps(found.label(actor), ensure_ascii=False)}, "certainty": '
        for actor in {stay[0] for stay in told.stays}
    }
    days: dict[Day | None, str] = {None: "null"}
    for stay in told.stays:
        for number in stay[2:6]:
            if number not in days:
                days[number] = f'"{plain.maybe(number)}"'
    return [
        f'{names[actor]}"{"certain" if certain else "possible"}", "possibleFrom": {days[one]}, "certainFrom": '
        f'{days[two]}, "certainUntil": {days[three]}, "possibleUntil": {days[four]}, "interrupted": '
        f"{'true' if interrupted else 'false'}}}"
        for actor, certain, one, two, three, four, interrupted in told.stays
    ]


def voices(told: Accounts) -> list[str]:
    """Every voice that was not heard."""
    quoted = {claimant: f'"{claimant}"' if claimant else "null" for claimant in {voice[0] for voice in told.unheard}}
    return [
        f'{{"claimant": {quoted[claimant]}, "source": "{source}", "reason": "{reason}"}}'
        for claimant, source, reason in told.unheard
    ]


def runs(told: Accounts, found: Held) -> list[str]:
    """The spans of every answer, where places are named and several days are asked about."""
    if not found.question.places or told.first == told.last:
        return [""] * len(told)
    return [
        ', "runs": ' + json.dumps([plain.run(each) for each in found.runs(place)], ensure_ascii=False)
        for place in told.places
    ]
