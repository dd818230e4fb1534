"""On random networks: the answers are those of the reference and of all possible worlds, and keep the laws."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, product
from random import Random

import networkx as nx
import numpy as np
from hypothesis import HealthCheck, given, settings

from kg.control.record import Day
from kg.derive import holdings, links, ways
from kg.derive.answers import THRESHOLDS, Areas
from kg.derive.reference import On
from kg.derive.reference_plain import Plain, plain
from kg.derive.situation import Situation
from kg.derive.standing import standing
from tests import golden_networks, network_random
from tests import network_worlds as golden
from tests.control_random import chances
from tests.network_random import ACTORS, DAYS, START

briefly = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@briefly
@given(chances)
def test_the_answers_are_those_of_the_reference(chance: Random) -> None:
    world = network_random.world(chance)
    situation = golden.situation(world)
    reference, others = golden_networks.ENGINES["reference"], ("arrays", "sweep")
    for question in network_random.questions(chance, world):
        kind = question["kind"]
        wanted = {**question, "answer": reference[kind](situation, question)}
        for engine in others:
            if answer := golden_networks.ENGINES[engine].get(kind):
                assert golden_networks.difference(world, wanted, answer(situation, question)) is None


# ── all possible worlds ─────────────────────────────────────────────────────────────────────────────────────────────


class Doubts:
    """What is not settled for an actor on a day: places that may or may not be its side's, pieces that may or may not
    be open. `doubtful` ones something speaks against; of the others nothing does."""

    def __init__(self, told: Plain, day: Day, side: frozenset[str]) -> None:
        self.told = told
        self.places = {place: self._place(place, day, side) for place in told.graph}
        self.pieces = {piece: self._piece(piece, day, side) for piece in told.pieces}

    def _place(self, place: str, day: Day, side: frozenset[str]) -> str:
        named = [each for each in self.told.in_force(place, day) if each.extent != "SomeParts"]
        sure = [each.actor for each in named if each.certain(day)]
        if sure:
            return "yes" if sure[0] in side else "no"
        # a possible holder may hold it, or somebody unnamed; of a silent place anybody
        ours = [each.actor in side for each in named]
        return "open" if all(ours) else "doubtful" if any(ours) else "no"

    def _piece(self, piece: str, day: Day, side: frozenset[str]) -> str:
        road = self.told.pieces[piece]
        said = [each for area in road.areas for each in self.told.in_force(area, day) if each.actor not in side]
        if any(each.extent == "Whole" and each.certain(day) for each in said):
            return "no"
        return "doubtful" if said else "open" if road.assumed else "yes"

    def worlds(self, settled: tuple[str, ...] = ()) -> Iterator[nx.MultiGraph]:
        """The roads that are the side's in every possible world; `settled` are kinds of doubt that are none here."""
        things = {**self.places, **self.pieces}
        unsure = [name for name, state in things.items() if state in ("open", "doubtful") and state not in settled]
        yes = {name for name, state in things.items() if state == "yes" or state in settled}
        for chosen in product((False, True), repeat=len(unsure)):
            true = yes | {name for name, holds in zip(unsure, chosen, strict=True) if holds}
            yield self.told.part(true.__contains__, true.__contains__)


def connected(graph: nx.MultiGraph, one: str, other: str) -> bool:
    return one in graph and other in graph and bool(nx.has_path(graph, one, other))


@settings(parent=briefly, max_examples=40)
@given(chances)
def test_reach_is_what_holds_in_all_or_in_some_possible_worlds(chance: Random) -> None:
    situation = golden.situation(network_random.world(chance, places=4, pieces=4))
    told, day, actor = plain(situation), START + chance.randint(0, DAYS), chance.choice(ACTORS)
    on = standing(situation, day, situation.network.actors.number(actor))
    doubts = Doubts(told, day, told.side(actor))
    every, willing = list(doubts.worlds()), list(doubts.worlds(settled=("open",)))
    for one, other in combinations(told.graph, 2):
        reach = on.reach(situation.network.places.number(one), situation.network.places.number(other))
        assert (reach == 3) == all(connected(world, one, other) for world in every)
        assert (reach >= 1) == any(connected(world, one, other) for world in every)
        assert (reach >= 2) == all(connected(world, one, other) for world in willing)
    for corridor in ways.corridors(on):
        stops, pieces = told.roads[corridor.road]
        along = [
            set(stops) <= set(world) and set(pieces) <= {key for *_, key in world.edges(keys=True)} for world in every
        ]
        assert (corridor.strength == 3, corridor.strength >= 1) == (all(along), any(along))


@settings(parent=briefly, max_examples=40)
@given(chances)
def test_a_pocket_is_cut_off_in_all_or_in_some_possible_worlds(chance: Random) -> None:
    situation = golden.situation(network_random.world(chance, places=4, pieces=4))
    told, day = plain(situation), START + chance.randint(0, DAYS)
    on = standing(situation, day, situation.network.actors.number("A"))
    seat, pockets = On(told, day, "A").seat, holdings.pockets(on)
    assert (seat is None) == (pockets is None)
    if seat is None:
        return
    found = {each.place: each.verdict for each in pockets or []}
    for place in told.graph:
        doubts = Doubts(told, day, told.side("A"))
        own, held = on.own[situation.network.places.number(place)], doubts.places[place] == "yes"
        doubts.places |= {place: "yes", seat: "yes"}
        possible = own and not all(connected(world, place, seat) for world in doubts.worlds(settled=("open",)))
        certain = own and held and not any(connected(world, place, seat) for world in doubts.worlds())
        assert found.get(place) == ("certain" if certain else "possible" if possible else None)


@briefly
@given(chances)
def test_a_front_is_where_two_sides_stand_in_all_or_in_some_possible_worlds(chance: Random) -> None:
    situation = golden.situation(network_random.world(chance))
    told, day = plain(situation), START + chance.randint(0, DAYS)

    def holders(place: str) -> list[str | None]:
        named = [each for each in told.in_force(place, day) if each.extent != "SomeParts"]
        sure: list[str | None] = [each.actor for each in named if each.certain(day)]
        return sure or [None, *(each.actor for each in named)]

    def opposed(one: str | None, other: str | None) -> bool:
        return one is not None and other is not None and other not in told.side(one)

    fronts = {each.piece: each for each in links.fronts(situation, day)}
    for name, piece in told.pieces.items():
        pairs = list(product(*map(holders, sorted(piece.ends))))
        assert (name in fronts) == any(opposed(*pair) for pair in pairs)
        if name in fronts:
            assert fronts[name].certain == all(opposed(*pair) for pair in pairs)
            assert set(fronts[name].holders) == {pair for pair in pairs if opposed(*pair)}


# ── laws ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@briefly
@given(chances)
def test_holdings_share_no_place_and_have_every_own_one(chance: Random) -> None:
    situation = golden.situation(network_random.world(chance))
    on = standing(situation, START + chance.randint(0, DAYS), chance.randrange(3))
    for reading, threshold in THRESHOLDS.items():
        found = holdings.holdings(on, reading)
        places = [place for holding in found for place in holding.places]
        wanted = np.flatnonzero(on.own & on.network.on_network & (on.place >= threshold))
        assert sorted(places) == [on.network.place(at) for at in wanted.tolist()]
        through = [place for holding in found for place in holding.through]
        assert len(set(through)) == len(through)


@briefly
@given(chances)
def test_a_road_that_is_certainly_cut_is_also_cut_possibly_and_then_not_open(chance: Random) -> None:
    world = network_random.world(chance)
    situation = golden.situation(world)
    for road in world["roads"]:
        found = golden_networks.ENGINES["sweep"]["roadIntervals"](situation, {"actor": "A", "road": road["id"]})
        for first, sure, sure_last, last in [*found["Open"], *found["Cut"]]:
            assert sure is None or first <= sure
            assert last is None or sure_last is None or sure_last <= last
        for _, sure, sure_last, _ in found["Cut"]:
            if sure:
                for begin, *_, end in found["Open"]:
                    assert (end is not None and end < sure) or (sure_last is not None and sure_last < begin)


def mixed(chance: Random, world: golden.World) -> golden.World:
    """The same world, told in another order, every piece from its other end."""

    def turned(piece: golden.World) -> golden.World:
        return {**piece, "ends": piece["ends"][::-1]}

    parts = ("places", "areas", "pieces", "roads", "actors", "control", "partial")
    told = {**world, "pieces": [turned(piece) for piece in world["pieces"]]}
    return {**told, **{part: chance.sample(told[part], len(told[part])) for part in parts}}


@briefly
@given(chances)
def test_the_order_in_which_things_are_told_is_irrelevant(chance: Random) -> None:
    world = network_random.world(chance)
    one, other = golden.situation(world), golden.situation(mixed(chance, world))
    for before, after in ((one.network.columns(), other.network.columns()), (one.held.columns(), other.held.columns())):
        assert before.keys() == after.keys()
        assert all((before[name] == after[name]).all() for name in before)
    assert one.network.road_hash() == other.network.road_hash()


@briefly
@given(chances)
def test_what_does_not_count_of_areas_might_as_well_not_be_said(chance: Random) -> None:
    world = network_random.world(chance)
    day, actor = START + chance.randint(0, DAYS), chance.randrange(3)
    bare = [{name: value for name, value in piece.items() if name != "areas"} for piece in world["pieces"]]
    without: dict[Areas, golden.World] = {"named": {**world, "partial": []}, "none": {**world, "pieces": bare}}
    for areas, less in without.items():
        told = standing(golden.situation(world), day, actor, areas)
        on = standing(golden.situation(less), day, actor)
        assert (told.piece.tolist(), told.place.tolist()) == (on.piece.tolist(), on.place.tolist())
        assert [replace(each, blocked_by=()) for each in ways.corridors(told, areas)] == [
            replace(each, blocked_by=()) for each in ways.corridors(on)
        ]


@briefly
@given(chances)
def test_adjacency_goes_both_ways(chance: Random) -> None:
    situation = golden.situation(network_random.world(chance))
    on = standing(situation, START + chance.randint(0, DAYS), chance.randrange(3))
    near = adjacent(situation, on.piece, on.place, on.own)
    assert {frozenset(link.ends) for link in links.links(on)} == {frozenset(pair) for pair in near}
    assert near == {pair[::-1] for pair in near}


def adjacent(situation: Situation, piece: np.ndarray, place: np.ndarray, own: np.ndarray) -> set[tuple[str, str]]:
    """The pairs of places, in both orders, that one finds going from each place over its pieces."""
    network, found = situation.network, set()
    for number, (here, there) in enumerate(zip(network.end.tolist(), network.other_end.tolist(), strict=True)):
        for one, other in ((here, there), (there, here)):
            if own[one] and own[other] and min(piece[number], place[one], place[other]) >= 1:
                found.add((network.place(one), network.place(other)))
    return found
