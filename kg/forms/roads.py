"""Answers about roads as plain values: what JSON has, each thing by its IRI, with what it is called where it matters.

All of it as far as the named places tell: between two of them nobody knows, and a road that is not in the data joins
nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from kg.derive.answers import Blocker, Chokepoint, Corridor, Detour, Level, Reading, Way
from kg.derive.chokepoints import betweenness, chokepoints, of_network
from kg.derive.holdings import borders, holdings, pockets
from kg.derive.links import across, fronts, links
from kg.derive.network import Network
from kg.derive.situation import Situation
from kg.derive.standing import Standing
from kg.derive.ways import avoiding, corridors
from kg.forms import plain
from kg.forms.plain import Plain
from kg.gazetteer import last_part
from kg.roads import Asked

STATES = ("cut", "possibly cut", "open as far as known", "open")
"""What a strength is called, by its number (docs/networks.md)."""
LEVELS = ("lost", "doubtful", "as far as known", "held")
"""What a level is called."""
WAYS = ("lost", "known", "doubtful")
"""The three ways that avoid an actor, from the strictest on."""


def head(asked: Asked) -> Plain:
    """The question, as its answer repeats it, and which roads it was asked of."""
    question = asked.question
    return {
        "at": question.at, "actor": question.actor, **plain.listening(question.view, question.sources),
        "areas": question.areas, "version": asked.version, "roads": road_hash(asked.situation.network),
    }  # fmt: skip


@lru_cache(maxsize=4)
def road_hash(network: Network) -> str:
    """The hash of the roads that an answer rests on; two answers with the same one rest on the same roads."""
    return network.road_hash()


def place(asked: Asked, iri: str) -> Plain:
    """A place: what it is called, of what kind it is, and where."""
    return plain.place(asked.known, iri, asked.question.lang)


def routes(asked: Asked, chosen: Iterable[str] = ()) -> Plain:
    """The state of the named roads, or of those that are chosen."""
    wanted = frozenset(chosen)
    standing = asked.standing
    found = [each for each in corridors(standing, asked.question.areas) if not wanted or each.road in wanted]
    because = asked.because(blocker.place for each in found for blocker in each.blocked_by)
    told = [
        {
            "route": each.road, "label": asked.label(each.road), "strength": each.strength,
            "state": STATES[each.strength], "words": in_words(asked, each),
            "stops": [stop(asked, standing, name) for name in each.stops], "pieces": list(each.pieces),
            "silentAt": list(each.silent_at), "onlyPossible": list(each.only_possible), "ground": list(each.ground),
            "blockedBy": [blocked(asked, blocker, because[blocker.place]) for blocker in each.blocked_by],
            "detour": detour(asked, each.detour),
        }
        for each in found
    ]  # fmt: skip
    return {**head(asked), "total": len(told), "routes": told}


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


def stop(asked: Asked, standing: Standing, name: str) -> Plain:
    """A place on a road: its level, and whether nobody says anything of it."""
    at = standing.network.places.number(name)
    return {**place(asked, name), "level": int(standing.place[at]), "silent": bool(standing.silent[at])}


def blocked(asked: Asked, blocker: Blocker, because: list[str]) -> Plain:
    """What weakens a road: whose interval at which place, and the claims behind it."""
    return {
        "interval": blocker.interval, "place": blocker.place, "label": asked.label(blocker.place),
        "holder": blocker.holder, "holderLabel": asked.label(blocker.holder), "ground": blocker.ground,
        "because": because,
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


def cut_off(asked: Asked) -> Plain:
    """The places that are cut off from the seat; without a verdict where there is no seat, or it is lost."""
    standing, network = asked.standing, asked.situation.network
    seat = int(network.seat[standing.actor])
    found = pockets(standing)
    because = asked.because(pocket.place for pocket in found or ())
    told = [
        {**place(asked, each.place), "verdict": each.verdict, "level": each.level, "reach": each.reach,
         "words": pocket_words(each.verdict, each.reach), "because": because[each.place]}
        for each in found or ()
    ]  # fmt: skip
    return {
        **head(asked), "seat": network.place(seat) if seat >= 0 else None,
        "seatLost": seat >= 0 and found is None, "total": len(told), "pockets": told,
    }  # fmt: skip


def pocket_words(verdict: str, reach: Level) -> str:
    """What a pocket is called."""
    if verdict == "certain":
        return "cut off"
    return "cut off, if still held" if reach == 0 else "possibly cut off"


def joined(asked: Asked, captured: bool) -> Plain:
    """The pieces of road that join own places; captured ones also across a place of which nobody speaks."""
    standing = asked.standing
    told = [
        {**piece(asked, each.piece, each.ends), "strength": each.strength, "state": STATES[each.strength],
         "captured": each.captured, "across": None}
        for each in links(standing, captured=captured)
    ]  # fmt: skip
    if captured:
        told += [
            {"piece": None, "pieces": list(each.pieces), **ends(asked, each.ends), "strength": each.strength,
             "state": STATES[each.strength], "captured": True, "across": place(asked, each.junction)}
            for each in across(standing)
        ]  # fmt: skip
    return {**head(asked), "total": len(told), "links": told}


def piece(asked: Asked, name: str, two: tuple[str, str]) -> Plain:
    """A piece of road and the places at its ends."""
    return {"piece": name, "pieces": [name], **ends(asked, two)}


def ends(asked: Asked, two: tuple[str, str]) -> Plain:
    """Two places that something lies between."""
    return {"ends": [place(asked, end) for end in two]}


def lines(asked: Asked, areas: bool) -> Plain:
    """Where different, not allied holders meet: on pieces of road, or on the shared boundaries of areas."""
    told = [
        {**(piece(asked, each.piece, each.ends) if each.piece else {"piece": None, "pieces": [], **ends(asked, each.ends)}),
         "certain": each.certain, "holders": [list(pair) for pair in each.holders]}
        for each in fronts(asked.situation, asked.question.day, areas)
    ]  # fmt: skip
    return {**head(asked), "actor": None, "total": len(told), "fronts": told}


def held_together(asked: Asked, reading: Reading) -> Plain:
    """What the actor holds that hangs together by road."""
    told = [
        {**place(asked, each.principal), "size": len(each.places), "places": list(each.places),
         "through": list(each.through)}
        for each in holdings(asked.standing, reading)
    ]  # fmt: skip
    return {**head(asked), "reading": reading, "total": len(told), "holdings": told}


def crossings(asked: Asked) -> Plain:
    """The own border crossings and how far the seat, or a holding, reaches them; and those on which no road ends."""
    found = borders(asked.standing)
    told = [
        {**place(asked, each.crossing), "level": each.level, "reach": each.reach,
         "state": None if each.reach is None else STATES[each.reach], "reading": each.reading,
         "holding": each.holding}
        for each in found.access
    ]  # fmt: skip
    return {**head(asked), "total": len(told), "crossings": told, "notOnNetwork": list(found.not_on_network)}


def hinges(asked: Asked) -> Plain:
    """The places and pieces of road on which what the actor holds, as far as known, hangs together."""
    found = chokepoints(asked.standing)
    return {**head(asked), "total": len(found), **_hinges(asked, found)}


def hinges_of_all(asked: Asked) -> Plain:
    """The places and pieces without which the whole network falls into more parts, whoever holds what, and the share of
    all shortest ways that leads through each place."""
    network = asked.situation.network
    found = of_network(network)
    shares, pivots = betweenness(network)
    told = _hinges(asked, found, shares)
    of = {"version": asked.version, "roads": road_hash(network), "pivots": pivots}
    return {"at": None, "actor": None, **of, "total": len(found), **told}


def _hinges(asked: Asked, found: list[Chokepoint], shares: dict[str, float] | None = None) -> Plain:
    told = []
    for each in found:
        about: Plain = {
            "name": each.name,
            "label": asked.label(each.name),
            "kind": "piece" if each.is_piece else "place",
        }
        told.append({**about, "severs": list(each.severs), "betweenness": (shares or {}).get(each.name)})
    return {"chokepoints": told}


def left_out(situation: Situation) -> list[Plain]:
    """What of the data is not part of the network, and why."""
    return [{"thing": each.name, "why": each.why} for each in situation.left_out]


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
