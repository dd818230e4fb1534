"""The network on a day as a graph that other programs read (`kg.derive.forms`): roads, areas, or who holds what."""

from __future__ import annotations

from typing import Any, Literal, get_args

from kg import asking, dates
from kg.asking import Given
from kg.derive.control_graph import control_graph
from kg.derive.graphs import area_graph, road_graph
from kg.derive.links import holders
from kg.derive.situation import off_network
from kg.errors import BadQuestion
from kg.forms.plain import Plain
from kg.gazetteer import last_part, open_gazetteer
from kg.roads import Asked, ask
from kg.store.embedded import Store

Network = Literal["roads", "areas", "control"]
NETWORKS: tuple[Network, ...] = get_args(Network)


def network(store: Store, given: Given, kind: Network) -> Any:
    """The graph (networkx) of a kind that the parameters ask for.

    `roads` has the levels of places and pieces for the actor, `areas` who is said to hold each area; both are about one
    day. `control` may be about several. Raises what `kg.roads.ask` raises.
    """
    if kind == "control":
        gazetteer = open_gazetteer(store)
        at = asking.one(given, "at")
        if at is None:
            raise BadQuestion("at", "", f"a day is missing, such as 2021-08-15; {dates.ACCEPTED}")
        asking.days(at)
        return control_graph(store, at, asking.view(gazetteer, given), asking.one(given, "lang") or "en")
    asked = ask(store, given)
    graph = road_graph(asked.store) if kind == "roads" else area_graph(asked.store)
    named = _holders(asked)
    for name, told in graph.nodes(data=True):
        types = told.pop("types")
        told |= {"kind": "place", "label": asked.label(name), "type": last_part(types[0]) if types else None}
        told["holders"], told["certain"] = named.get(name, ([], None))
    if kind == "roads":
        _levels(asked, graph)
    graph.graph = {
        "at": asked.question.at, "version": asked.version, "kind": kind, "actor": asked.question.actor,
        "leftOut": left_out(asked, graph) if kind == "roads" else [],
    }  # fmt: skip
    return graph


def left_out(asked: Asked, graph: Any) -> list[Plain]:
    """What of the data is not part of the network or cannot be drawn, and why."""
    told = [{"thing": each.name, "why": each.why} for each in asked.situation.left_out]
    told += [{"thing": place, "why": "no piece of road ends there"} for place in off_network(asked.situation.network)]
    told += [
        {"thing": place, "why": "has no coordinates"}
        for place, about in graph.nodes(data=True) if "longitude" not in about
    ]  # fmt: skip
    return told


def _holders(asked: Asked) -> dict[str, tuple[list[str], str | None]]:
    """For each place who may hold it, and who does for certain."""
    net = asked.situation.network
    found: dict[str, tuple[list[str], str | None]] = {}
    columns = (each.tolist() for each in holders(asked.situation, asked.question.day))
    for place, actor, sure in zip(*columns, strict=True):
        several, certain = found.get(net.place(place), ([], None))
        name = net.actor(actor)
        found[net.place(place)] = [*several, name], name if sure else certain
    return found


def _levels(asked: Asked, graph: Any) -> None:
    """Tell of places and pieces what they are to the actor."""
    standing, net = asked.standing, asked.situation.network
    names = ("level", "silent", "own", "captured")
    columns = (each.tolist() for each in (standing.place, standing.silent, standing.own, standing.captured))
    for name, *told in zip(net.places, *columns, strict=True):
        if name in graph:
            graph.nodes[name].update(zip(names, told, strict=True))
    strength = strengths(asked)
    of_piece = dict(zip(net.pieces, zip(standing.piece.tolist(), strength, strict=True), strict=True))
    for _, _, key, about in graph.edges(keys=True, data=True):
        level, least = of_piece[key]
        about |= {"label": asked.label(key), "level": level, "strength": least}


def strengths(asked: Asked) -> list[int]:
    """How strong each piece is with its two ends."""
    standing, net = asked.standing, asked.situation.network
    found = (min(three) for three in zip(
        standing.piece.tolist(), standing.place[net.end].tolist(), standing.place[net.other_end].tolist(), strict=True
    ))  # fmt: skip
    return list(found)
