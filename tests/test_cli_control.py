"""The command line asks who controlled what; answers for people and for programs, sentences where it is wrong."""

from __future__ import annotations

import csv
import io
import json

import pytest
from click.testing import Result
from rdflib import Graph, URIRef

from kg.ontology import KG, PREFIXES
from kg.store.embedded import Store
from tests.elsewhere.stores import command

BOLDAK = PREFIXES["place"] + "crossing-spin-boldak"
TALIBAN = PREFIXES["actor"] + "taliban"


@pytest.fixture
def kg(shipped: Store) -> Kg:
    return Kg(shipped)


class Kg:
    """The command on the shipped data."""

    def __init__(self, store: Store) -> None:
        self.store = store.origin

    def __call__(self, *arguments: str) -> Result:
        return command(self.store, *arguments)

    def said(self, *arguments: str) -> str:
        result = self(*arguments)
        assert result.exit_code == 0, result.stderr
        return result.stdout


def test_control_as_a_table(kg: Kg) -> None:
    shown = kg.said("control", "--at", "2021-08-09", "--type", "ProvincialCapital", "--state", "controlled")
    assert "city-zaranj" in shown
    assert "Taliban! since 2021-08-06" in shown
    assert shown.rstrip().endswith(" places)")


def test_control_as_json(kg: Kg) -> None:
    told = json.loads(kg.said("control", "--at", "2021-07-14", "--place", "crossing-spin-boldak", "--as", "json"))
    assert (told["at"], told["known"], told["policy"], told["total"]) == ("2021-07-14", None, "default", 1)
    (place,) = told["places"]
    assert (place["place"], place["label"], place["type"]) == (BOLDAK, "Spin Boldak crossing", "Crossing")
    assert place["coordinates"] == [66.43944, 30.96528]
    assert place["state"] == "disputed"
    government, taliban = place["controllers"]
    assert taliban == {
        "actor": TALIBAN, "label": "Taliban", "certainty": "possible", "possibleFrom": "2021-07-14",
        "certainFrom": None, "certainUntil": None, "possibleUntil": None, "interrupted": False,
    }  # fmt: skip
    assert (government["possibleFrom"], government["certainUntil"]) == ("2021-05-01", "2021-07-13")
    assert len(place["because"]) == 6
    assert all(set(pair) <= set(place["because"]) for pair in place["conflicts"])
    assert (place["excluded"], place["unheard"]) == ([], [])


def test_control_as_geojson(kg: Kg) -> None:
    told = json.loads(kg.said("control", "--at", "2021-08-09", "--type", "Crossing", "--as", "geojson"))
    assert (told["type"], told["total"]) == ("FeatureCollection", 11)
    by_id = {feature["id"]: feature for feature in told["features"]}
    assert by_id[BOLDAK]["geometry"] == {"type": "Point", "coordinates": [66.43944, 30.96528]}
    assert by_id[BOLDAK]["properties"]["state"] == "disputed"
    assert by_id[PREFIXES["place"] + "crossing-ai-khanoum"]["geometry"] is None


def test_control_as_csv(kg: Kg) -> None:
    text = kg.said("control", "--at", "2021-08-09", "--type", "Crossing", "--as", "csv")
    rows = list(csv.DictReader(io.StringIO(text)))
    boldak = [row for row in rows if row["place"] == BOLDAK]
    assert [row["controller"].rpartition("/")[2] for row in boldak] == ["islamic-republic-government", "taliban"]
    silent = next(row for row in rows if row["place"].endswith("ai-khanoum"))
    assert (silent["state"], silent["controller"], silent["because"]) == ("unknown", "", "")


def test_control_as_turtle_says_what_json_says(kg: Kg) -> None:
    arguments = ("control", "--at", "2021-08-09", "--within", "country-afghanistan")
    graph = Graph().parse(data=kg.said(*arguments, "--as", "ttl"), format="turtle")
    places = json.loads(kg.said(*arguments, "--as", "json"))["places"]
    assert len(set(graph.subjects(predicate=KG.state))) == len(places)
    for place in places:
        node = next(graph.subjects(KG.place, URIRef(place["place"])))
        runs = [each for each in graph.subjects(KG.place, URIRef(place["place"])) if (each, KG.state, None) in graph]
        assert len(runs) == 1, node
        assert str(graph.value(runs[0], KG.state)).rpartition("#")[2].lower() == place["state"]
        because = {str(each) for each in graph.objects(runs[0], URIRef(PREFIXES["prov"] + "wasDerivedFrom"))}
        assert because == set(place["because"])
        sure = {stay["actor"] for stay in place["controllers"] if stay["certainty"] == "certain"}
        assert {str(each) for each in graph.objects(runs[0], KG.certainController)} == sure


def test_what_is_listened_to(kg: Kg) -> None:
    def state(*arguments: str) -> str:
        asked = ("control", "--at", "2021-08-15", "--place", "city-kabul", "--as", "json")
        place = json.loads(kg.said(*asked, *arguments))["places"][0]
        return str(place["state"])

    assert state() == "controlled"
    assert state("--sources", "seed") == "unknown"
    assert state("--known", "2021-08-11") == "unknown"
    assert state("--sources=-seed", "--sources=-source-089", "--policy", "every-word") == "controlled"


def test_history(kg: Kg) -> None:
    shown = kg.said("history", "city-zaranj", "--sources", "seed")
    assert "2021-08-11  2021-08-11  controlled  Taliban!" in shown
    assert shown.rstrip().endswith("(5 runs)")
    told = json.loads(kg.said("history", "city-zaranj", "--as", "json", "--at", "2021-08-09"))
    assert [(run["first"], run["last"], run["certain"]) for run in told["runs"]] == [
        ("2021-08-08", "2021-08-15", TALIBAN)
    ]
    assert told["runs"][0]["because"]
    assert kg.said("history", "city-zaranj", "--as", "csv").startswith("place,label,first,last,state")
    graph = Graph().parse(data=kg.said("history", "city-zaranj", "--as", "ttl"), format="turtle")
    assert len(list(graph.subjects(KG.state, KG.Controlled))) > 1


def test_compare(kg: Kg) -> None:
    arguments = ("sources=seed", "sources=-seed", "--at", "2021-08-09", "--type", "ProvincialCapital")
    shown = kg.said("compare", *arguments)
    assert "(10 differences)\n24 places are alike" in shown
    told = json.loads(kg.said("compare", *arguments, "--as", "json"))
    assert (told["total"], told["alike"], told["a"]["sources"]) == (10, 24, ["seed"])
    zaranj = next(place for place in told["places"] if place["place"].endswith("city-zaranj"))
    assert (zaranj["a"]["state"], zaranj["b"]["state"]) == ("possible", "controlled")
    assert kg.said("compare", "2021-08-08", "2021-08-09", "--as", "csv").startswith("place,label,type,")


def test_aggregates(kg: Kg) -> None:
    days = ("--at", "2021-08-09/2021-08-15")
    shown = kg.said("aggregates", *days, "--actor", "taliban", "--type", "ProvincialCapital")
    assert "MoreThan 0.25 of 34  2021-08-11  8 to 10 of 34 (0 without evidence)   compatible" in shown
    assert "2021-08-15  Taliban  29 to 33 of 34 (0 without evidence)" in shown

    def outcomes(*arguments: str) -> list[str]:
        told = json.loads(kg.said("aggregates", *days, "--as", "json", *arguments))
        (capitals,) = [each for each in told["aggregates"] if each["value"] == 0.25]
        assert capitals["claims"][0]["claim"] == PREFIXES["claim"] + "seed-01-1"
        return [check["outcome"] for check in capitals["checks"]]

    assert outcomes("--sources", "seed") == ["not derivable"] * 7
    assert outcomes() == ["contradicted", "compatible", "compatible", *["entailed"] * 4]
    known = ["not derivable", "compatible", *["entailed"] * 5]
    assert outcomes("--known", "2021-08-11") == known
    assert kg.said("aggregates", "--as", "csv").startswith("aggregate,measure,comparator,value")
    assert "at: counting needs a day" in kg("aggregates", "--actor", "taliban").stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["control"], "at: a day is missing, such as 2021-08-15"),
        (["control", "--at", "2021-13-01"], "'2021-13-01' is no day of the calendar; accepted are"),
        (["control", "--at", "2021-08-09", "--place", "kabull"], "the nearest are city-kabul (Kabul"),
        (["control", "--at", "2021-08-09", "--policy", "loud"], "policy='loud': accepted are default"),
        (["history", "spin-boldak"], "3 places are called 'spin-boldak': crossing-spin-boldak"),
        (["history", "atlantis"], "there is no place 'atlantis'"),
        (["compare", "2021-08-09", "colour=red"], "b='colour=red': accepted are a day, or name=value"),
        (["compare", "2021-08-09", "soon"], "at: 'soon' is no date"),
    ],
)
def test_what_is_wrong_is_a_sentence(kg: Kg, arguments: list[str], says: str) -> None:
    result = kg(*arguments)
    assert result.exit_code == 1
    assert says in result.stderr
    assert result.stdout == ""
