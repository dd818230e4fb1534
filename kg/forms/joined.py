"""Answers about what hangs together by road, as plain values: links, fronts, holdings, crossings, chokepoints."""

from __future__ import annotations

from collections.abc import Mapping

from kg.derive.answers import Across, Chokepoint, Link, Reading
from kg.derive.chokepoints import betweenness, chokepoints, of_network
from kg.derive.history.since import holding_changes
from kg.derive.holdings import borders, holdings
from kg.derive.links import across, fronts, links
from kg.forms.plain import Plain
from kg.forms.roads import STATES, head, place
from kg.roads import Asked


def joined(asked: Asked, captured: bool, start: int = 0, stop: int | None = None) -> Plain:
    """The pieces of road that join own places, from `start` to before `stop`; captured ones also across a place of
    which nobody speaks."""
    standing = asked.standing
    direct = links(standing, captured=captured)
    beyond = across(standing) if captured else []
    found: list[Link | Across] = [*direct, *beyond]
    told = [_link(asked, each) if isinstance(each, Link) else _across(asked, each) for each in found[start:stop]]
    return {**head(asked), "total": len(found), "links": told}


def _link(asked: Asked, found: Link) -> Plain:
    return {
        "piece": found.piece, "pieces": [found.piece], **ends(asked, found.ends), "strength": found.strength,
        "state": STATES[found.strength], "captured": found.captured, "across": None,
    }  # fmt: skip


def _across(asked: Asked, found: Across) -> Plain:
    return {
        "piece": None, "pieces": list(found.pieces), **ends(asked, found.ends), "strength": found.strength,
        "state": STATES[found.strength], "captured": True, "across": place(asked, found.junction),
    }  # fmt: skip


def ends(asked: Asked, two: tuple[str, str]) -> Plain:
    """Two places that something lies between."""
    return {"ends": [place(asked, end) for end in two]}


def lines(asked: Asked, areas: bool, start: int = 0, stop: int | None = None) -> Plain:
    """From `start` to before `stop`, where different, not allied holders meet: on pieces of road, or on the shared
    boundaries of areas."""
    found = fronts(asked.situation, asked.question.day, areas)
    told = [
        {"piece": each.piece, "pieces": [each.piece] if each.piece else [], **ends(asked, each.ends),
         "certain": each.certain, "holders": [{"from": one, "to": other} for one, other in each.holders]}
        for each in found[start:stop]
    ]  # fmt: skip
    return {**head(asked), "actor": None, "total": len(found), "fronts": told}


def held_together(asked: Asked, reading: Reading, start: int = 0, stop: int | None = None) -> Plain:
    """What the actor holds that hangs together by road, from `start` to before `stop`; and what of it joined or parted
    on this day."""
    found = holdings(asked.standing, reading)
    told = [
        {**place(asked, each.principal), "size": len(each.places), "places": list(each.places),
         "through": list(each.through)}
        for each in found[start:stop]
    ]  # fmt: skip
    turned = holding_changes(asked.counting, asked.standing.actor, asked.question.day, reading)
    claims = asked.because(name for each in turned for name in each.because)
    changes = [
        {**place(asked, each.principal), "kind": each.kind, "pieces": each.pieces, "size": each.places,
         "because": [{"place": name, "label": asked.label(name), "claims": claims[name]} for name in each.because]}
        for each in turned
    ]  # fmt: skip
    return {**head(asked), "reading": reading, "total": len(found), "holdings": told, "changes": changes}


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


def hinges(asked: Asked, start: int = 0, stop: int | None = None) -> Plain:
    """The places and pieces of road on which what the actor holds, as far as known, hangs together; first those with
    which most is lost."""
    found = sorted(chokepoints(asked.standing), key=lambda each: (-len(each.severs), each.name))
    return {**head(asked), "pivots": None, "total": len(found), **_hinges(asked, found[start:stop])}


def hinges_of_all(asked: Asked, start: int = 0, stop: int | None = None) -> Plain:
    """From `start` to before `stop`, the places and pieces without which the whole network falls into more parts,
    whoever holds what, and the share of all shortest ways that leads through each place."""
    network = asked.situation.network
    found = of_network(network)
    shares, pivots = betweenness(network)
    about = {**head(asked), "at": None, "actor": None, "pivots": pivots}
    return {**about, "total": len(found), **_hinges(asked, found[start:stop], shares)}


def _hinges(asked: Asked, found: list[Chokepoint], shares: Mapping[str, float] | None = None) -> Plain:
    told = []
    for each in found:
        kind, share = "piece" if each.is_piece else "place", (shares or {}).get(each.name)
        told.append({**place(asked, each.name), "kind": kind, "severs": list(each.severs), "betweenness": share})
    return {"chokepoints": told}
