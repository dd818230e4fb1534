"""Golden worlds of networks, by everything that answers; and the shipped data as the golden worlds have it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests import golden_networks
from tests import network_worlds as golden

EVERY = 6
"""The random worlds that the reference answers here are one in so many; `make golden NETWORKS=FILE` takes them all."""


@pytest.mark.parametrize("engine", ["arrays", "sweep"])
@pytest.mark.parametrize("name", ["networks.jsonl", "offensive-2021.jsonl"])
def test_golden_worlds(engine: str, name: str) -> None:
    told = list(golden_networks.asked(golden.worlds(golden.GOLDEN / name), engine))
    assert [wrong for wrong in told if wrong] == []
    assert len(told) > 150


def test_golden_worlds_by_the_reference() -> None:
    worlds = list(golden.worlds(golden.GOLDEN / "networks.jsonl"))[::EVERY]
    told = list(golden_networks.asked(worlds, "reference"))
    assert [wrong for wrong in told if wrong] == []
    assert len(told) == sum(len(world["questions"]) for world in worlds)


def test_the_engines_together_answer_every_kind_of_question() -> None:
    kinds = {
        question["kind"] for world in golden.worlds(golden.GOLDEN / "networks.jsonl") for question in world["questions"]
    }
    assert kinds == golden_networks.ENGINES["reference"].keys()
    assert kinds == golden_networks.ENGINES["arrays"].keys() | golden_networks.ENGINES["sweep"].keys()


def test_the_first_differences_and_how_many_are_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    world = next(golden.worlds(golden.GOLDEN / "networks.jsonl"))
    right = len(world["questions"])
    path = tmp_path / "worlds.jsonl"
    path.write_text(json.dumps(world))
    assert golden_networks.main([str(path), "--engine", "reference"]) == 0
    assert capsys.readouterr().out == f"{right} passed, 0 failed\n"
    reach = next(question for question in world["questions"] if question["kind"] == "reach")
    reach["answer"] = 7
    path.write_text(json.dumps(world))
    assert golden_networks.main([str(path), "--engine", "reference"]) == 1
    printed = capsys.readouterr().out
    assert printed.startswith("reference: n0001 {'kind': 'reach', ")
    assert "instead of\n    7\n" in printed
    assert printed.endswith(f"{right - 1} passed, 1 failed\n")
