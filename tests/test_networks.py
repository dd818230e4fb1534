"""The network and the questions about one day: what is read, what is left out, and what the doors in Python give."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import networkx as nx
import numpy as np
import pytest

from kg import files
from kg.control.ledger import NEVER
from kg.control.names import table
from kg.derive import chokepoints, events, graphs, holdings, links, ways
from kg.derive.answers import Areas, Borders, Detour, Way
from kg.derive.describing import LeftOut, Party, Piece, Road, build
from kg.derive.held import ordered
from kg.derive.network import Network, of_columns
from kg.derive.opening import open_situation
from kg.derive.situation import Situation, off_network
from kg.derive.standing import standing
from kg.files import BASE
from kg.happenings import happenings
from kg.ontology import KG
from kg.store.embedded import Store
from tests import network_worlds as golden
from tests.control_turtle import iri

GOVERNMENT, TALIBAN = iri("actor", "islamic-republic-government"), iri("actor", "taliban")
KABUL, GHAZNI, KANDAHAR = (iri("place", f"city-{name}") for name in ("kabul", "ghazni", "kandahar"))


def day(text: str) -> int:
    return date.fromisoformat(text).toordinal()


# ── what is left out ────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_cannot_be_part_of_the_network_is_left_out_and_listed() -> None:
    network, left = build(
        ["a", "b", "c", "apart", "area"],
        [
            Piece("good", ("a", "b"), 10.0, areas=("area", "nowhere")),
            Piece("also", ("b", "c")),
            Piece("one end", ("a",), 1.0),
            Piece("three ends", ("a", "b", "c"), 1.0),
            Piece("no way", ("a", "a"), 1.0),
            Piece("into the unknown", ("a", "nowhere"), 1.0),
            Piece("negative", ("a", "c"), -3.0),
            Piece("not a number", ("a", "c"), float("nan")),
        ],
        [
            Road("through", ("a", "c"), ("also", "good")),
            Road("broken", ("a", "c"), ("good", "negative")),
            Road("forked", ("a", "b"), ("also", "good")),
            Road("endless", ("a",), ("good",)),
        ],
        [Party("A", "a", ("B",)), Party("B", "apart", ("nobody", "A"))],
        areas=["area"],
    )  # fmt: skip
    assert sorted(left) == [
        LeftOut("B", "has a seat at which no piece of road ends"),
        LeftOut("B", "has an unknown ally"),
        LeftOut("also", "has no length, and counts as 0 km"),
        LeftOut("broken", "has a piece that was left out"),
        LeftOut("endless", "is no simple path between its ends"),
        LeftOut("forked", "is no simple path between its ends"),
        LeftOut("good", "passes an unknown area"),
        LeftOut("into the unknown", "ends at an unknown place"),
        LeftOut("negative", "has a length that is negative or no number"),
        LeftOut("no way", "does not have two different ends"),
        LeftOut("not a number", "has a length that is negative or no number"),
        LeftOut("one end", "does not have two different ends"),
        LeftOut("three ends", "does not have two different ends"),
    ]
    assert list(network.pieces) == ["also", "good"]
    assert list(network.roads) == ["through"]
    assert [network.place(stop) for stop in network.stops(0).tolist()] == ["a", "b", "c"]
    assert [network.piece(piece) for piece in network.pieces_of(0).tolist()] == ["good", "also"]
    assert network.side(0).tolist() == network.side(1).tolist() == [0, 1]
    assert off_network(network) == ["apart"]


def test_what_a_store_has_of_bad_roads_is_left_out_and_listed(shipped: Store, empty: Store) -> None:
    """The shapes refuse such roads; data too large for the shapes may have them all the same."""
    text = f"""
        PREFIX kg: <{KG}>
        PREFIX place: <{BASE}id/place/>
        PREFIX segment: <{BASE}id/segment/>
        segment:one-end a kg:RouteSegment ; kg:endpoint place:city-kabul ; kg:lengthKm 3.0 .
        segment:nowhere a kg:RouteSegment ; kg:endpoint place:city-kabul , place:atlantis ; kg:lengthKm 3.0 .
        segment:negative a kg:RouteSegment ; kg:endpoint place:city-kabul , place:city-herat ; kg:lengthKm -3.0 .
        segment:no-number a kg:RouteSegment ; kg:endpoint place:city-kabul , place:city-herat ; kg:lengthKm "far" .
        place:city-herat kg:population "many" .
    """
    concluded = f"""
        <{BASE}id/segment/concluded> a <{KG.RouteSegment}> ;
            <{KG.endpoint}> <{KABUL}> , <{KANDAHAR}> ; <{KG.lengthKm}> 3.0 .
    """
    with empty.candidate() as candidate:
        for path in files.shipped_files():
            candidate.replace(files.graph_of(path), path.read_bytes(), str(path))
        candidate.replace(f"{BASE}graph/bad", text.encode(), "bad.ttl")
        # what is concluded is no road either
        candidate.conclude(f"{BASE}graph/derived/roads", None, [concluded.encode()])
        candidate.publish("test")
    good, bad = open_situation(shipped), open_situation(empty)
    assert set(bad.left_out) - set(good.left_out) == {
        LeftOut(iri("segment", "one-end"), "does not have two different ends"),
        LeftOut(iri("segment", "nowhere"), "ends at an unknown place"),
        LeftOut(iri("segment", "negative"), "has a length that is negative or no number"),
        LeftOut(iri("segment", "no-number"), "has a length that is negative or no number"),
    }
    assert list(bad.network.pieces) == list(good.network.pieces)
    assert bad.network.road_hash() == good.network.road_hash()
    assert bad.network.population.tolist() == good.network.population.tolist()


def test_a_network_is_its_columns() -> None:
    network, _ = build(["a", "b"], [Piece("road", ("b", "a"), 7.5, assumed=True)], actors=[Party("A", "b")])
    again = of_columns(network.columns())
    assert again.road_hash() == network.road_hash()
    assert (again.place(int(again.seat[0])), again.km.tolist(), again.assumed.tolist()) == ("b", [7.5], [True])


@pytest.mark.parametrize(
    "other",
    [
        [Piece("road", ("a", "b"), 8.0)],
        [Piece("road", ("a", "b"), 7.5, assumed=True)],
        [Piece("road", ("a", "b"), 7.5, areas=("c",))],
        [Piece("road", ("a", "c"), 7.5)],
        [Piece("way", ("a", "b"), 7.5)],
        [],
    ],
)
def test_another_road_graph_has_another_hash(other: list[Piece]) -> None:
    one, same, another = (
        build(["a", "b", "c"], pieces)[0].road_hash()
        for pieces in ([Piece("road", ("a", "b"), 7.5)], [Piece("road", ("b", "a"), 7.5)], other)
    )
    assert one == same != another


# ── graphs for notebooks ────────────────────────────────────────────────────────────────────────────────────────────


def test_the_road_graph_is_keyed_by_iri(shipped: Store) -> None:
    graph = graphs.road_graph(shipped)
    network = open_situation(shipped).network
    assert isinstance(graph, nx.MultiGraph)
    assert sorted(key for *_, key in graph.edges(keys=True)) == list(network.pieces)
    assert graph.graph["version"] == shipped.version()
    piece = graph.edges[KABUL, iri("place", "city-maidan-shahr"), iri("segment", "city-kabul--city-maidan-shahr")]
    assert piece["km"] == 32.0
    assert piece["areas"] == (iri("place", "province-kabul"), iri("place", "province-wardak"))
    assert iri("road", "kabul-kandahar") in piece["roads"]
    kabul = graph.nodes[KABUL]
    assert (kabul["label"], kabul["population"], kabul["crossing"]) == ("Kabul", 4434550, False)
    assert (round(kabul["longitude"]), round(kabul["latitude"])) == (69, 35)
    assert graph.nodes[iri("place", "crossing-torkham")]["crossing"]
    road = nx.shortest_path(graph, KABUL, KANDAHAR, weight="km")
    assert (road[0], road[2], road[-1]) == (KABUL, GHAZNI, KANDAHAR)


def test_the_area_graph_has_the_areas_that_are_adjacent(shipped: Store) -> None:
    graph = graphs.area_graph(shipped)
    stated = shipped.query("SELECT (COUNT(*) AS ?n) { ?a kg:adjacentTo ?b }", results="csv", prefixes={"kg": str(KG)})
    assert 2 * graph.number_of_edges() == int(stated.text().split()[1])
    assert graph.has_edge(iri("place", "province-kabul"), iri("place", "province-wardak"))
    assert graph.nodes[iri("place", "province-wardak")]["label"] == "Wardak"


# ── questions about one day ─────────────────────────────────────────────────────────────────────────────────────────


def world(**more: object) -> Situation:
    """a — b — c along the road of A, whose seat is a; B is said to hold parts of the area that the second piece
    passes."""
    return golden.situation({
        "id": "line", "studyStart": "2021-05-01", "areas": ["here", "there"],
        "places": [{"id": name} for name in "abc"],
        "pieces": [{"id": "ab", "ends": ["a", "b"], "km": 1},
                   {"id": "bc", "ends": ["b", "c"], "km": 2, "areas": ["here"]}],
        "roads": [{"id": "road", "ends": ["a", "c"], "pieces": ["bc", "ab"]}],
        "actors": [{"id": "A", "seat": "a"}, {"id": "B"}],
        "control": [{"place": place, "controller": "A", "possibleFrom": "2021-05-01", "certainFrom": "2021-05-01"}
                    for place in "abc"],
        "partial": [{"place": "here", "holder": "B", "possibleFrom": "2021-05-03"}], **more,
    })  # fmt: skip


@pytest.mark.parametrize(("areas", "strength"), [("all", 1), ("named", 3), ("none", 3)])
def test_unnamed_parts_of_an_area_may_be_left_out(areas: Areas, strength: int) -> None:
    on = standing(world(), day("2021-05-03"), 0, areas)
    (road,) = ways.corridors(on, areas)
    assert road.strength == strength
    assert road.ground == (("AreaPartly",) if strength == 1 else ())
    assert [pocket.place for pocket in holdings.pockets(on) or []] == (["c"] if strength == 1 else [])
    (kept,) = ways.corridors(standing(world(), day("2021-05-02"), 0), "all")
    assert kept.strength == 3


def test_the_way_that_a_place_hangs_on_is_told() -> None:
    on = standing(world(), day("2021-05-03"), 0)
    assert ways.strongest(on, 0, 1) == Detour(3, Way(1.0, ("a", "b"), ("ab",)))
    assert ways.strongest(on, 0, 2) == Detour(1, Way(3.0, ("a", "b", "c"), ("ab", "bc")))
    lost = [{"place": "b", "controller": "B", "possibleFrom": "2021-05-01", "certainFrom": "2021-05-01"}]
    assert ways.strongest(standing(world(control=lost), day("2021-05-03"), 0), 0, 2) is None


def test_of_two_roads_side_by_side_neither_is_a_bridge_and_the_shorter_one_is_taken() -> None:
    network, _ = build(
        ["a", "b", "c"], [Piece("far", ("a", "b"), 9.0), Piece("near", ("b", "a"), 5.0), Piece("on", ("b", "c"), 1.0)]
    )
    assert [(each.name, each.is_piece) for each in chokepoints.of_network(network)] == [("b", False), ("on", True)]
    both, one = (ways.Passable(network, network.on_network, each) for each in (network.km > 0, network.km != 5.0))
    assert both.shortest(0, 2) == both.shortest(0, 2) == Way(6.0, ("a", "b", "c"), ("near", "on"))
    assert one.shortest(2, 0) == Way(10.0, ("c", "b", "a"), ("on", "far"))
    assert both.shortest(1, 1) == Way(0.0, ("b",), ())


def line(size: int) -> Network:
    """So many places in a row."""
    names = [f"p{number:04d}" for number in range(size)]
    return build(names, [Piece(f"{one}-{other}", (one, other), 1.0) for one, other in nx.utils.pairwise(names)])[0]


def test_betweenness_is_exact_or_says_from_how_many_places() -> None:
    share, pivots = chokepoints.betweenness(line(5))
    assert pivots is None
    assert share == {"p0000": 0.0, "p0001": 0.5, "p0002": 0.666667, "p0003": 0.5, "p0004": 0.0}
    sampled, pivots = chokepoints.betweenness(line(1001))
    assert pivots == chokepoints.PIVOTS == 64
    assert (sampled["p0000"], sampled["p1000"]) == (0.0, 0.0)
    assert 0.3 < sampled["p0500"] < 0.7  # exactly it is 0.5
    for further in range(2, 3 + chokepoints.KEPT):  # so that it is not kept any more
        chokepoints.betweenness(line(further))
    assert chokepoints.betweenness(line(1001)) == (sampled, pivots)


def test_areas_that_touch_may_be_a_front() -> None:
    both = [{"place": area, "controller": actor, "possibleFrom": "2021-05-01", "certainFrom": "2021-05-01"}
            for area, actor in (("here", "B"), ("there", "A"))]  # fmt: skip
    told = world(control=both, partial=[])
    here, there = (told.network.places.number(name) for name in ("here", "there"))
    beside = np.array([here, there]), np.array([there, here])
    told = replace(told, network=replace(told.network, adjacent=beside))
    (front,) = links.fronts(told, day("2021-05-01"), areas=True)
    assert (front.piece, front.ends, front.certain, front.holders) == (None, ("here", "there"), True, (("B", "A"),))
    assert links.fronts(told, day("2021-05-01")) == []


@pytest.mark.parametrize("places", [[], ["a"], ["a", "b"]])
def test_without_roads_there_is_nothing_to_tell(places: list[str]) -> None:
    network, _ = build(places, [], actors=[Party("A", "a")])
    told = Situation("", 1, network, ordered(np.zeros((0, 9), np.int64), table([])))
    on = standing(told, 5, 0)
    assert [links.links(on), links.across(on), links.fronts(told, 5), links.fronts(told, 5, areas=True)] == [[]] * 4
    assert [holdings.holdings(on, "certainly"), ways.corridors(on), chokepoints.chokepoints(on)] == [[]] * 3
    assert holdings.pockets(on) is None
    assert (chokepoints.of_network(network), chokepoints.betweenness(network)) == ([], ({}, None))
    assert holdings.borders(on) == Borders((), ())
    assert off_network(network) == places


def test_before_the_study_start_nobody_says_anything() -> None:
    on = standing(world(), day("2021-04-30"), 0)
    assert on.silent.all()
    assert on.place.tolist() == [2] * len(on.place)
    assert links.fronts(world(), day("2021-04-30")) == []


def test_days_on_which_anything_changes() -> None:
    told = world(
        control=[{"place": "a", "controller": "A", "possibleFrom": "2021-05-01", "possibleUntil": "2021-05-05"}]
    )
    assert told.change_days().tolist() == [day("2021-05-01"), day("2021-05-03"), day("2021-05-06")]
    assert NEVER not in told.change_days()


# ── order and causes of events ──────────────────────────────────────────────────────────────────────────────────────


def test_the_order_of_events_follows_from_their_dates_only() -> None:
    early, late, vague = date(2021, 8, 6), date(2021, 8, 8), (date(2021, 8, 1), None)
    assert events.before((early, early), (late, late)) == "certainly"
    assert events.before((late, late), (early, early)) is None
    assert events.before((early, early), (early, early)) == "possibly"
    assert events.before(vague, (early, early)) == events.before((early, early), vague) == "possibly"
    graph = events.order_graph({"x": (early, early), "y": (late, late), "z": vague})
    assert sorted((one, other, told["reading"][0]) for one, other, told in graph.edges(data=True)) == [
        ("x", "y", "c"), ("x", "z", "p"), ("y", "z", "p"), ("z", "x", "p"), ("z", "y", "p"),
    ]  # fmt: skip


def test_events_of_the_store_can_be_put_in_order(shipped: Store) -> None:
    page = happenings(shipped, places=[iri("place", "city-zaranj"), iri("place", "city-taloqan")])
    graph = events.order_graph({each.event: (each.earliest, each.latest) for each in page.events})
    assert len(graph) == page.total > 1
    certain = nx.DiGraph(edge for edge in graph.edges if graph.edges[edge]["reading"] == "certainly")
    assert nx.is_directed_acyclic_graph(certain)


def test_only_a_stated_cause_is_a_cause(shipped: Store) -> None:
    graph = events.cause_graph(shipped)
    taken, checked = iri("event", "seed-10-shir-khan-bandar"), iri("event", "seed-10-readiness-check")
    assert graph.has_edge(taken, checked)
    assert nx.is_directed_acyclic_graph(graph)
    stated = shipped.query("SELECT (COUNT(*) AS ?n) { ?e kg:cause ?c }", results="csv", prefixes={"kg": str(KG)})
    assert graph.number_of_edges() == int(stated.text().split()[1])
    assert all(told["claims"] for *_, told in graph.edges(data=True))
