"""Answers about roads as plain values: what JSON has, each thing by its IRI, with what it is called where it matters.

All of it as far as the named places tell: between two of them nobody knows, and a road that is not in the data joins
nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache

from kg.control.index import DEFAULT
from kg.control.record import Day
from kg.derive.answers import Blocker, Corridor, Detour, Level, Since, Way
from kg.derive.history.since import Lasting, lost_since, pockets_since, road_states
from kg.derive.holdings import pockets
from kg.derive.network import Network
from kg.derive.standing import Standing
from kg.derive.ways import avoiding, corridors
from kg.forms import plain
from kg.forms.plain import Plain
from kg.gazetteer import last_part
from kg.roads import Asked

STATES = ("cut", "possibly cut", "open as far as known", "open")
"""What a strength is called, by its number (docs/networks.md)."""
WAYS = ("lost", "known", "doubtful")
"""The three ways that avoid an actor, from the strictest on."""


def head(asked: Asked) -> Plain:
    """The question, as its answer repeats it, and which roads it was asked of."""
    question = asked.question
    return {
        "at": question.at, "actor": question.actor, **plain.listening(question.view, question.sources),
        "areas": question.areas, "knowledge": plain.maybe(asked.knowledge), "version": asked.version,
        "roads": road_hash(asked.situation.network),
    }  # fmt: skip


@lru_cache(maxsize=4)
def road_hash(network: Network) -> str:
    """The hash of the roads that an answer rests on; two answers with the same one rest on the same roads."""
    return network.road_hash()


def place(asked: Asked, iri: str) -> Plain:
    """A place: what it is called, of what kind it is, and where."""
    return plain.place(asked.known, iri, asked.question.lang)


def routes(asked: Asked, chosen: Iterable[str] = (), start: int = 0, stop: int | None = None) -> Plain:
    """The state of the named roads, or of those that are chosen, from `start` to before `stop`."""
    wanted = frozenset(chosen)
    standing = asked.standing
    every = [each for each in corridors(standing, asked.question.areas) if not wanted or each.road in wanted]
    found = every[start:stop]
    because = asked.because(blocker.place for each in found for blocker in each.blocked_by)
    lasting = road_states(asked.counting, standing.actor, asked.question.day)
    told = [
        {
            "route": each.road, "label": asked.label(each.road), "strength": each.strength,
            "state": STATES[each.strength], "words": in_words(asked, each),
            "stops": [passed(asked, standing, name) for name in each.stops], "pieces": list(each.pieces),
            "silentAt": list(each.silent_at), "onlyPossible": list(each.only_possible), "ground": list(each.ground),
            "blockedBy": [blocked(asked, blocker, because[blocker.place]) for blocker in each.blocked_by],
            "detour": detour(asked, each.detour),
            "open": bounds(lasting[each.road].get("Open")), "cut": bounds(lasting[each.road].get("Cut")),
        }
        for each in found
    ]  # fmt: skip
    return {**head(asked), "total": len(every), "routes": told}


def bounds(found: Lasting | None) -> Plain | None:
    """Since and until when a road is in a state."""
    if found is None:
        return None
    names = ("possibleFrom", "certainFrom", "certainUntil", "possibleUntil")
    return dict(zip(names, map(plain.maybe, found), strict=True))


def in_words(asked: Asked, corridor: Corridor) -> str:
    """The state of a named road as it is shown to people: with what is not known of it."""
    told = [STATES[corridor.strength]]
    if corridor.strength == 3:
        told = ["open (held at every named place)"]
    if corridor.silent_at:
        told.append(f"silent: {', '.join(map(asked.label, corridor.silent_at))}")
    if corridor.only_possible and corridor.strength == 2:
        told.append(f"only possible: {', '.join(map(asked.label, corridor.only_possible))}")
    return "; ".join(told)


def passed(asked: Asked, standing: Standing, name: str) -> Plain:
    """A place on a road: its level, and whether nobody says anything of it."""
    at = standing.network.places.number(name)
    return {**place(asked, name), "level": int(standing.place[at]), "silent": bool(standing.silent[at])}


def blocked(asked: Asked, blocker: Blocker, because: list[str]) -> Plain:
    """What weakens a road: whose interval at which place, and the claims behind it. Only the intervals of the default
    view are in the store, and have a name there."""
    interval = blocker.interval if asked.question.view == DEFAULT else None
    return {
        "interval": interval, "place": blocker.place, "label": asked.label(blocker.place), "holder": blocker.holder,
        "holderLabel": asked.label(blocker.holder), "ground": blocker.ground, "because": because,
    }  # fmt: skip


def detour(asked: Asked, found: Detour | None) -> Plain | None:
    """The strongest way around."""
    return None if found is None else {"reach": found.reach, "state": STATES[found.reach], **way(asked, found.way)}


def way(asked: Asked, found: Way) -> Plain:
    """A way: its length, and the places and pieces along it. Of `unmeasured` pieces no length is known."""
    network = asked.situation.network
    unmeasured = sum(network.km[network.pieces.number(piece)] == 0 for piece in found.pieces)
    return {
        "km": round(found.km, 1), "unmeasured": int(unmeasured),
        "places": [place(asked, name) for name in found.places], "pieces": list(found.pieces),
    }  # fmt: skip


def path(asked: Asked, avoid: str, one: str, other: str) -> Plain:
    """The shortest ways between two places that avoid an actor, from the strictest on."""
    found = avoiding(asked.standing_of(avoid), *(asked.situation.network.places.number(end) for end in (one, other)))
    about = {"from": place(asked, one), "to": place(asked, other), "avoid": avoid, "avoidLabel": asked.label(avoid)}
    ways = {name: getattr(found, name) for name in WAYS}
    told = {name: None if each is None else way(asked, each) for name, each in ways.items()}
    return {**head(asked), "actor": avoid, **about, "ways": told}


def cut_off(asked: Asked, start: int = 0, stop: int | None = None) -> Plain:
    """The places that are cut off from the seat, from `start` to before `stop`; without a verdict where there is no
    seat, or it is lost."""
    standing, network, day = asked.standing, asked.situation.network, asked.question.day
    seat = int(network.seat[standing.actor])
    found = pockets(standing)
    shown = (found or [])[start:stop]
    since = pockets_since(asked.counting, standing.actor, day, (pocket.place for pocket in shown)) if shown else {}
    because = asked.because(pocket.place for pocket in shown)
    lost_by = {
        first: asked.because({name for each in begun for name in each.because}, first)
        for first, begun in _by_day(each for readings in since.values() for each in readings.values()).items()
    }
    lost = lost_since(asked.situation, standing.actor, seat, day) if seat >= 0 and found is None else None
    told = [
        {**place(asked, each.place), "verdict": each.verdict, "level": each.level, "reach": each.reach,
         "words": pocket_words(each.verdict, each.reach), "because": because[each.place],
         **{reading: reason(asked, since[each.place].get(reading), lost_by) for reading in ("possible", "certain")}}
        for each in shown
    ]  # fmt: skip
    return {
        **head(asked), "seat": network.place(seat) if seat >= 0 else None, "seatLostSince": plain.maybe(lost),
        "total": len(found or ()), "pockets": told,
    }  # fmt: skip


def _by_day(begun: Iterable[Since]) -> Mapping[Day, list[Since]]:
    found: defaultdict[Day, list[Since]] = defaultdict(list)
    for each in begun:
        found[each.day].append(each)
    return found


def reason(asked: Asked, since: Since | None, lost: Mapping[Day, Mapping[str, list[str]]]) -> Plain | None:
    """Since when a place is cut off, and what was lost on that day, with the claims behind it (`lost`, by days)."""
    if since is None:
        return None
    claims = lost[since.day]
    return {
        "since": plain.day(since.day),
        "because": [{"place": name, "label": asked.label(name), "claims": claims[name]} for name in since.because],
    }  # fmt: skip


def pocket_words(verdict: str, reach: Level) -> str:
    """What a pocket is called."""
    if verdict == "certain":
        return "cut off"
    return "cut off, if still held" if reach == 0 else "possibly cut off"


def feature(told: Plain, name: str) -> Plain:
    """Something on roads as a GeoJSON feature (RFC 7946): a line through the places that are located, or a point."""
    stops = told.get("stops") or told.get("places") or told.get("ends")
    if isinstance(stops, list) and stops and isinstance(stops[0], dict):
        located = [each["coordinates"] for each in stops if each["coordinates"]]
        geometry = {"type": "LineString", "coordinates": located} if len(located) > 1 else None
        return {"type": "Feature", "id": name, "geometry": geometry, "properties": told}
    return plain.feature(told)


def collection(told: Plain, key: str) -> Plain:
    """An answer whose list is called `key` as GeoJSON features, with the rest beside them."""
    about = {name: value for name, value in told.items() if name != key}
    items = told[key] if isinstance(told[key], list) else [
        {"way": name, **each} for name, each in told[key].items() if each
    ]  # fmt: skip
    features = [feature(each, _name(each)) for each in items]
    return {"type": "FeatureCollection", **about, "features": features}


def _name(told: Plain) -> str:
    """What a feature is called."""
    for key in ("route", "piece", "place", "way"):
        if told.get(key):
            return str(told[key])
    return " ".join(last_part(each) for each in told.get("pieces", ()))
