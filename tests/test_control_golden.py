"""Through RDF: golden worlds are loaded as data is, and the shipped data gives the golden answers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kg import files, publish
from kg.control.reading import read
from kg.errors import NoStudyStart
from kg.store.embedded import Store
from tests import control_worlds as golden
from tests import golden_control
from tests.control_turtle import iri, turtle
from tests.elsewhere.stores import Stores

OFFENSIVE = golden.worlds(golden.GOLDEN / "offensive-2021.jsonl")
EVERY = 80
"""The random worlds that go through RDF here are one in so many; `make golden` takes them all."""


def test_worlds_as_rdf(tmp_path: Path, stores: Stores) -> None:
    worlds = golden.worlds(golden.GOLDEN / "worlds.jsonl")[::EVERY]
    told = list(golden_control.asked(worlds, *golden_control.ENGINES.values(), place=stores.at(tmp_path / "store")))
    assert [wrong for wrong in told if wrong] == []
    assert len(told) > 40


def test_a_world_as_rdf_says_what_it_says_as_json(empty: Store, tmp_path: Path) -> None:
    world = next(world for world in golden.worlds(golden.GOLDEN / "worlds.jsonl") if world["baselines"])
    path = tmp_path / "world.ttl"
    path.write_text(turtle(world, golden_control.GRAPH))
    publish.load(empty, [files.shipped() / "ontology" / "control.ttl", path], who="test")
    told, meant = read(empty), golden.record(world)
    assert told.study_start == meant.study_start
    assert set(told.claims) == {iri("claim", name) for name in meant.claims}
    assert {iri("event", claim.about[0]) for claim in meant.claims.values()} == set(told.events)
    for name, claim in meant.claims.items():
        found = told.claims[iri("claim", name)]
        assert (found.stance, found.stated, found.states_when) == (claim.stance, claim.stated, claim.states_when)
        assert (found.recorded, found.retired) == (claim.recorded, claim.retired)
        event, read_event = meant.events[claim.about[0]], told.events[found.about[0]]
        assert (read_event.report, read_event.when, read_event.extent) == (event.report, event.when, event.extent)
    (name,) = told.baselines
    assert (told.baselines[name].first, told.baselines[name].last) == (
        meant.baselines["baseline"].first,
        meant.baselines["baseline"].last,
    )


@pytest.mark.parametrize("world", OFFENSIVE, ids=lambda world: world["id"])
@pytest.mark.parametrize("engine", sorted(golden_control.ENGINES))
def test_the_shipped_data_gives_the_golden_answers(world: golden.World, engine: str, shipped: Store) -> None:
    """The claims are named otherwise in the data, so what an answer rests on is left out here."""
    sources = frozenset(iri("source", source["id"]) for source in world["sources"])
    asking = golden_control.ENGINES[engine](shipped)
    told = list(golden_control.differences(world, asking, sources, apart=frozenset({"because"})))
    assert [wrong for wrong in told if wrong] == []
    assert len(told) == len(world["questions"]) + len(world["counts"])


def test_the_first_differences_and_how_many_are_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    worlds = golden.worlds(golden.GOLDEN / "worlds.jsonl")[:2]
    answers = [question["answer"] for question in worlds[0]["questions"]]
    answers[0]["state"] = "disputed"
    refused = {**worlds[1], "id": "refused", "within": {"province": "country", "country": "province"}}
    path = tmp_path / "worlds.jsonl"
    path.write_text("\n".join(json.dumps(world) for world in (worlds[0], refused)))
    assert golden_control.main([str(path), "--engine", "reference"]) == 1
    printed = capsys.readouterr().out
    assert "w0001 {'place': " in printed
    assert "instead of disputed" in printed
    assert "refused: not loaded: " in printed
    assert printed.endswith(f"{len(answers) - 1} passed, {1 + len(refused['questions'])} failed\n")
    path.write_text(json.dumps(worlds[1]))
    assert golden_control.main([str(path)]) == 0


def test_without_a_study_start_there_is_no_record(tiny: Store) -> None:
    with pytest.raises(NoStudyStart, match="kg:studyStart"):
        read(tiny)
