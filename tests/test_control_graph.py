"""The control graph says what the verdicts say, and its forms are read again by what other programs are made of."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import networkx as nx
import pytest

from kg.control.answers import View
from kg.control.index import verdict
from kg.control.opening import open_control
from kg.derive.control_graph import control_graph
from kg.derive.forms import FORMS, written
from kg.errors import BadDate
from kg.ontology import PREFIXES
from kg.store.embedded import Store
from tests.elsewhere.stores import settings_of

ACTOR, PLACE = PREFIXES["actor"], PREFIXES["place"]
DAYS = "2021-08-06/2021-08-15"


def iso(number: int | None) -> str | None:
    return None if number is None else date.fromordinal(number).isoformat()


def every_day(first: str, last: str) -> list[date]:
    begin, end = date.fromisoformat(first), date.fromisoformat(last)
    return [begin + timedelta(days=each) for each in range((end - begin).days + 1)]


@pytest.mark.parametrize("view", [View(), View(sources=frozenset({PREFIXES["source"] + "seed"}), baseline=False)])
def test_edges_are_the_controllers_of_verdicts(shipped: Store, view: View) -> None:
    graph, index = control_graph(shipped, "2021-08-09", view), open_control(shipped).index
    day = date(2021, 8, 9).toordinal()
    places = {node for node, about in graph.nodes(data=True) if about["kind"] == "place"}
    assert graph.graph == {"at": "2021-08-09", "version": shipped.version(), "kind": "control"}
    for place in index.ledger.places:
        told = verdict(index, place, day, day, view)
        assert (place in places) == (told.state != "unknown" or bool(told.flags))
        if place not in places:
            continue
        about = graph.nodes[place]
        assert (about["state"], about["flags"]) == (told.state, sorted(told.flags))
        assert about["because"] == sorted(told.because)
        assert {actor for actor, _ in graph.in_edges(place)} == set(told.controllers)
        for actor, stay in told.controllers.items():
            edge = graph.edges[actor, place]
            assert edge["certainty"] == stay.certainty
            names = ("possibleFrom", "certainFrom", "certainUntil", "possibleUntil")
            bounds = (stay.possible_from, stay.certain_from, stay.certain_until, stay.possible_until)
            assert [edge.get(name) for name in names] == list(map(iso, bounds))


def test_spells_are_the_days_on_which_an_actor_is_named(shipped: Store) -> None:
    graph, index = control_graph(shipped, DAYS), open_control(shipped).index
    days = every_day(*DAYS.split("/"))
    told: dict[tuple[str, str], dict[date, str]] = {}
    for at in days:
        for place in index.ledger.places:
            for actor, stay in verdict(index, place, at.toordinal(), at.toordinal()).controllers.items():
                told.setdefault((actor, place), {})[at] = stay.certainty
    assert told.keys() == set(graph.edges)
    for ends, by_day in told.items():
        spells = graph.edges[ends]["spells"]
        assert by_day == {
            at: spell["certainty"] for spell in spells for at in every_day(spell["first"], spell["last"])
        }  # fmt: skip
    runs = graph.nodes[PLACE + "city-kunduz"]["runs"]
    assert [at for run in runs for at in every_day(run["first"], run["last"])] == days


def test_what_is_no_day_is_refused(shipped: Store) -> None:
    with pytest.raises(BadDate, match="no date that is understood"):
        control_graph(shipped, "yesterday")
    with pytest.raises(BadDate, match="no first or no last day"):
        control_graph(shipped, "../2021-08-15")


@pytest.mark.parametrize("at", ["2021-08-09", DAYS])
def test_each_form_is_read_again_as_the_same_graph(shipped: Store, at: str) -> None:
    graph = control_graph(shipped, at)
    texts = {form: written(graph, form) for form in FORMS}
    again = {
        "json": nx.node_link_graph(json.loads(texts["json"]), edges="edges"),
        "cytoscape": nx.cytoscape_graph(json.loads(texts["cytoscape"])),
        "graphml": nx.parse_graphml(texts["graphml"]),
        "gexf": nx.read_gexf(io.BytesIO(texts["gexf"].encode())),
    }
    for form, found in again.items():
        assert found.is_directed(), form
        assert set(found.nodes) == set(graph.nodes), form
        assert set(found.edges) == set(graph.edges), form
    assert json.loads(texts["cytoscape"])["data"]["at"] == at, "an object, as Cytoscape reads it"
    kunduz = PLACE + "city-kunduz"
    assert again["graphml"].nodes[kunduz]["flags"] == " ".join(graph.nodes[kunduz]["flags"])
    assert again["json"].edges == graph.edges
    geojson = json.loads(texts["geojson"])
    by_id: dict[str, Any] = {feature["id"]: feature for feature in geojson["features"]}
    assert len(by_id) == len(graph.nodes) + len(graph.edges)
    about = graph.nodes[kunduz]
    assert by_id[kunduz]["geometry"] == {"type": "Point", "coordinates": [about["longitude"], about["latitude"]]}
    assert by_id[ACTOR + "taliban"]["geometry"] is None


def test_gexf_until_the_last_of_all_days(shipped: Store) -> None:
    graph = control_graph(shipped, "0001/9999")
    found = nx.read_gexf(io.BytesIO(written(graph, "gexf").encode()))
    ends = (ACTOR + "taliban", PLACE + "city-kunduz")
    assert graph.edges[ends]["spells"][-1]["last"] == "9999-12-31"
    assert found.edges[ends]["certainty"] == [("certain", "2021-08-08", "9999-12-31")]


def test_gexf_has_lifetimes_that_last_until_the_day_after(shipped: Store) -> None:
    graph = control_graph(shipped, DAYS)
    found = nx.read_gexf(io.BytesIO(written(graph, "gexf").encode()))
    for ends, about in graph.edges.items():
        spells, edge = about["spells"], found.edges[ends]
        after = [(date.fromisoformat(spell["last"]) + timedelta(days=1)).isoformat() for spell in spells]
        told = [(spell["certainty"], spell["first"], end) for spell, end in zip(spells, after, strict=True)]
        assert edge["certainty"] == told
        lives = edge["spells"]
        assert (lives[0][0], lives[-1][1]) == (told[0][1], told[-1][2])
        assert all(one[1] < other[0] for one, other in pairwise(lives)), "a change of certainty ends no life"
    kunduz = found.nodes[PLACE + "city-kunduz"]
    runs = graph.nodes[PLACE + "city-kunduz"]["runs"]
    assert [state for state, *_ in kunduz["state"]] == [run["state"] for run in runs]


def test_forms_are_the_same_bytes_whatever_the_order_of_sets(shipped: Store, tmp_path: Path) -> None:
    program = (
        "from kg.store import open_store; from kg.derive.control_graph import control_graph;"
        "from kg.derive.forms import FORMS, written; from server.settings import from_environment;"
        "store = open_store(from_environment().place());"
        f"graph = control_graph(store, '{DAYS}');"
        "print(*(written(graph, form) for form in FORMS)); store.close()"
    )
    texts = {
        subprocess.run(
            [sys.executable, "-c", program],
            env=os.environ | settings_of(shipped.origin) | {"PYTHONHASHSEED": seed}, capture_output=True, check=True,
        ).stdout
        for seed in ("0", "1")
    }  # fmt: skip
    assert len(texts) == 1
    assert len(texts.pop()) > 10_000
