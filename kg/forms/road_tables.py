"""Answers about roads as rows: CSV for programs, tables for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kg.forms.plain import Plain
from kg.forms.tabular import as_csv, table
from kg.gazetteer import last_part

PLACE = {"place": "place", "label": "label", "type": "type", "longitude": "coordinates.0", "latitude": "coordinates.1"}
BOUNDS = ("possibleFrom", "certainFrom", "certainUntil", "possibleUntil")
COLUMNS: Mapping[str, Mapping[str, str]] = {
    "routes": {
        **{name: name for name in ("route", "label", "strength", "state", "silentAt", "onlyPossible", "ground")},
        "blockedBy": "blockedBy.interval", "blockedAt": "blockedBy.place", "because": "blockedBy.because",
        **{f"{state}.{bound}": f"{state}.{bound}" for state in ("open", "cut") for bound in BOUNDS},
        "detour.reach": "detour.reach", "detour.km": "detour.km", "detour.places": "detour.places.place",
    },
    "ways": {"way": "way", "km": "km", "unmeasured": "unmeasured", "places": "places.place", "pieces": "pieces"},
    "pockets": {
        **PLACE, **{name: name for name in ("verdict", "level", "reach", "words")},
        "possible.since": "possible.since", "possible.because": "possible.because.place",
        "certain.since": "certain.since", "certain.because": "certain.because.place", "because": "because",
    },
    "links": {
        "from": "ends.0.place", "to": "ends.1.place", "pieces": "pieces", "strength": "strength", "state": "state",
        "captured": "captured", "across": "across.place",
    },
    "fronts": {
        "from": "ends.0.place", "to": "ends.1.place", "piece": "piece", "certain": "certain",
        "from.holders": "holders.from", "to.holders": "holders.to",
    },
    "holdings": {**PLACE, "size": "size", "places": "places", "through": "through"},
    "crossings": {**PLACE, **{name: name for name in ("level", "reach", "state", "reading", "holding")}},
    "chokepoints": {**PLACE, "kind": "kind", "severs": "severs", "betweenness": "betweenness"},
}  # fmt: skip
"""For each list in an answer its columns as CSV, with the members that stand in them: names, numbers in a list."""


def csv(told: Plain, key: str) -> str:
    """The list called `key` of an answer as CSV, a row for each."""
    listed = told[key]
    if isinstance(listed, dict):
        listed = [{"way": name, **each} for name, each in listed.items() if each]
    columns = COLUMNS[key]
    return as_csv(list(columns), ([_at(each, path.split(".")) for path in columns.values()] for each in listed))


def _at(told: Any, path: list[str]) -> Any:
    """A member of a member; of a list those of all, each once."""
    if not path:
        return told
    if isinstance(told, dict):
        return _at(told.get(path[0]), path[1:])
    if isinstance(told, (list, tuple)):
        if path[0].isdigit():
            return _at(told[int(path[0])], path[1:])
        found = (_at(each, path) for each in told)
        return list(dict.fromkeys(one for each in found for one in (each if isinstance(each, list) else [each])))
    return None


def routes_table(told: Plain) -> str:
    """Named roads for people: the state, since when it is so, why, and the way around."""
    found = (
        [each["label"], each["words"], since(each), "; ".join(why(each)), _around(each)] for each in told["routes"]
    )
    return table(("road", "state", "since", "why", "way around"), found, "road")


def since(road: Plain) -> str:
    """Since when a road is as it is: possibly, and certainly."""
    lasting = road["cut"] if road["strength"] < 2 else road["open"]
    if lasting is None:
        return ""
    first, sure = lasting["possibleFrom"], lasting["certainFrom"]
    return first if sure in (None, first) else f"{first}..{sure}"


def why(road: Plain) -> Iterator[str]:
    """What weakens a road, in words: each place or area with whose it is."""
    grounds = {"EndLost": "", "HeldByOther": "", "AreaHeld": "area ", "AreaPartly": "parts of "}
    told = (f"{grounds[each['ground']]}{each['label']}: {each['holderLabel']}" for each in road["blockedBy"])
    yield from dict.fromkeys(told)
    if "RoadAssumed" in road["ground"]:
        yield "a piece of it is assumed"


def _around(road: Plain) -> str:
    found = road["detour"]
    return f"{found['km']:g} km, {found['state']}, by {_names(found['places'][1:-1])}" if found else ""


def pockets_table(told: Plain) -> str:
    """Pockets for people."""
    if told["seat"] is None:
        return "the actor has no seat, so nothing is cut off from it; name one with --seat"
    if told["seatLostSince"]:
        seat, day = last_part(told["seat"]), told["seatLostSince"]
        return f"the seat, {seat}, is lost since {day}: nothing can be cut off from it"
    return table(("place", "verdict", "since", "because of"), map(_pocket, told["pockets"]), "pocket")


def _pocket(each: Plain) -> list[str]:
    first, sure = ((each[reading] or {}).get("since", "") for reading in ("possible", "certain"))
    reasons = (each["possible"] or {}).get("because", []) + (each["certain"] or {}).get("because", [])
    # where nothing that was lost explains it, the place itself is the reason: that it is held is known since then
    names = dict.fromkeys(reason["label"] for reason in reasons if reason["place"] != each["place"])
    return [each["label"], each["words"], f"{first}..{sure}" if sure and sure != first else first, ", ".join(names)]


def path_table(told: Plain) -> str:
    """Ways that avoid an actor for people."""
    avoided = told["avoidLabel"]
    names = {
        "lost": f"only where others are named, not {avoided}", "known": "also where nobody is named",
        "doubtful": f"wherever {avoided} is not for certain",
    }  # fmt: skip
    found = [[names[name], f"{each['km']:g} km", _names(each["places"])] for name, each in told["ways"].items() if each]
    without = [f"no way {names[name]}" for name, each in told["ways"].items() if not each]
    return "\n".join([table(("way", "length", "by"), found, "way"), *without])


def chokepoints_table(told: Plain) -> str:
    """Chokepoints for people."""
    if told["actor"] is None:
        share = f"share of shortest ways{' (sampled)' if told['pivots'] else ''}"
        whole = ([each["label"], each["kind"], _number(each["betweenness"])] for each in told["chokepoints"])
        return table(("what", "kind", share), whole, "chokepoint")
    found = ([each["label"], each["kind"], str(len(each["severs"]))] for each in told["chokepoints"])
    return table(("what", "kind", "own places that lose the seat"), found, "chokepoint")


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _names(places: Any) -> str:
    return ", ".join(each["label"] for each in places)
