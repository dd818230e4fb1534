"""The command line asks about roads; tables for people, the same answers for programs, sentences where it is wrong."""

from __future__ import annotations

import csv
import io
import json

import pytest

from kg.ontology import PREFIXES
from kg.store.embedded import Store
from tests.test_cli_control import Kg

AT = ("--at", "2021-08-10")


@pytest.fixture
def kg(shipped: Store) -> Kg:
    return Kg(shipped)


def line(shown: str, begin: str) -> str:
    return next(line for line in shown.splitlines() if line.startswith(begin))


def test_routes_as_a_table(kg: Kg) -> None:
    shown = kg.said("routes", *AT)
    assert shown.rstrip().endswith("(12 roads)")
    road = line(shown, "Kabul–Kandahar")
    assert "possibly cut" in road
    assert "2021-05-11..2021-08-12" in road
    assert "area Saydabad district: Taliban; parts of Ghazni: Taliban; parts of Wardak: Taliban" in road
    assert "1188 km, open as far as known, by Charikar, Bamyan" in road
    assert "open as far as known; only possible: Kabul" in line(shown, "Kabul–Jalalabad–Torkham")
    assert "cut; silent: Khulm" in line(shown, "Kabul–Mazar-i-Sharif")


def test_pockets_as_a_table(kg: Kg) -> None:
    shown = kg.said("pockets", "--at", "2021-08-13")
    assert "cut off" in line(shown, "Mazar-i-Sharif")
    assert "2021-08-09..2021-08-13" in line(shown, "Mazar-i-Sharif")
    assert line(shown, "Mazar-i-Sharif").endswith("Aybak")
    assert "cut off, if still held" in line(shown, "Farah")
    lost = kg.said("pockets", "--at", "2021-08-16")
    assert lost == "the seat, city-kabul, is lost since 2021-08-15: nothing can be cut off from it\n"
    assert "name one with --seat" in kg.said("pockets", *AT, "--actor", "taliban")
    assert "Sheberghan" in kg.said("pockets", *AT, "--actor", "taliban", "--seat", "kunduz")


def test_path_as_a_table(kg: Kg) -> None:
    shown = kg.said("path", "kabul", "herat", "--avoid", "taliban", *AT)
    assert "696 km  Kabul, Charikar, Bamyan, Firozkoh, Herat" in line(shown, "only where others are named, not Taliban")
    none = kg.said("path", "kabul", "herat", "--avoid", "taliban", "--at", "2021-08-13")
    assert none.count("no way ") == 3


def test_chokepoints_as_a_table(kg: Kg) -> None:
    shown = kg.said("chokepoints", "--at", "2021-08-08")
    assert line(shown, "Charikar ").split()[-2:] == ["place", "17"]
    assert "Bamyan–Firozkoh" in shown
    whole = kg.said("chokepoints")
    assert "share of shortest ways" in whole
    assert float(line(whole, "Kabul ").split()[-1]) > 0.3


def test_the_same_for_programs(kg: Kg) -> None:
    told = json.loads(kg.said("routes", *AT, "--route", "kabul-kandahar", "--sources", "seed", "--as", "json"))
    assert (told["total"], told["sources"], told["routes"][0]["strength"]) == (1, ["seed"], 1)
    rows = list(csv.DictReader(io.StringIO(kg.said("pockets", *AT, "--as", "csv"))))
    assert PREFIXES["place"] + "city-fayzabad" in {row["place"] for row in rows}
    features = json.loads(kg.said("path", "kabul", "herat", "--avoid", "taliban", *AT, "--as", "geojson"))["features"]
    assert {each["geometry"]["type"] for each in features} == {"LineString"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("routes",), "a day is missing, such as 2021-08-10"),
        (("routes", "--at", "2021-08"), "roads are asked about one day at a time"),
        (("pockets", *AT, "--areas", "some"), "accepted are all, named, none"),
        (("path", "kabul", "herat", *AT), "whom the way has to avoid"),
        (("path", "kabul", "atlantis", "--avoid", "taliban", *AT), "there is no place 'atlantis'"),
        (("path", "kabul", "kandahar", "--avoid", "taliban", *AT), "city-kandahar"),
        (("path", "kabul", "province-ghor", "--avoid", "taliban", *AT), "no piece of road ends there"),
    ],
)
def test_what_is_wrong_is_told_in_a_sentence(kg: Kg, arguments: tuple[str, ...], said: str) -> None:
    result = kg(*arguments)
    assert result.exit_code == 1
    assert said in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("command", ["routes", "path", "pockets", "chokepoints"])
def test_every_command_has_an_example(kg: Kg, command: str) -> None:
    assert f"Example: kg {command}" in " ".join(kg.said(command, "--help").split())
