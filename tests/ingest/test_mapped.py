"""Tables of one's own through `kg ingest csv`, by a mapping file."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path

import pytest

from kg import files, publish
from kg.ingest import datasets, mapped
from tests.ingest.conftest import DATASET, Ingesting

MAPPING = f"""
[columns]
place = "City"
holder = "Held by"
as_of = "As of"
since = "Since"
known = "Known since"
source = "Source"
latitude = "Lat"
longitude = "Lon"
[ignored]
"Ref" = "footnotes"
[holders]
"Government" = "{DATASET}-government"
"Gov." = "actor:{DATASET}-government"
"Rebels" = "{DATASET}-opposition"
"Both" = "contested"
[place]
new = "Town"
"""
COLUMNS = ("City", "Held by", "As of", "Since", "Known since", "Source", "Lat", "Lon", "Ref")


def row(city: str, holder: str, as_of: str, **fields: str) -> dict[str, object]:
    return {"City": city, "Held by": holder, "As of": as_of, "Source": "Agency", "Lat": "48.5", "Lon": "24.5", **fields}


@pytest.fixture
def bring(kg: Ingesting) -> Bring:
    return Bring(kg)


class Bring:
    """Bring a table in by the mapping above."""

    def __init__(self, kg: Ingesting) -> None:
        self.kg = kg

    def __call__(self, *rows: dict[str, object], options: tuple[str, ...] = ()) -> str:
        path = self.kg.table("towns.csv", COLUMNS, rows)
        return self.kg.ingest("csv", path, "--mapping", self.kg.write("towns.toml", MAPPING), *options)

    def history(self) -> list[str]:
        """The lines of the history of the one town."""
        place = self.kg.ask("SELECT ?place { ?place kg:placeType kg:Town }")[0][0]
        return [" ".join(line.split()) for line in self.kg.said("history", place).splitlines()[2:-1]]


def test_snapshots_become_windows(bring: Bring) -> None:
    said = bring(
        row("Tell", "Government", "2021-05-01"),
        row("Tell", "Gov.", "2021-05-08"),  # another word for the same
        row("Tell", "Rebels", "2021-05-15"),
        row("Tell", "Rebels", "2021-05-22"),
    )
    assert "made 1 changes of control" in said
    assert "made 2 state reports" in said
    assert bring.history() == [
        "2021-01-01 2021-04-30 unknown",
        "2021-05-01 2021-05-08 controlled The government!",
        "2021-05-09 2021-05-14 possible The government?; The opposition?",
        "2021-05-15 2021-05-22 controlled The opposition!",
        "2021-05-23 … controlled The opposition! carried",
    ]


def test_what_the_table_says_of_the_date_is_the_date(bring: Bring) -> None:
    said = bring(
        row("Tell", "Government", "2021-05-01", Since="the war began"),
        row("Tell", "Rebels", "2021-05-15", Since="12 May 2021", **{"Known since": "13 May 2021"}),
    )
    assert "made 2 changes of control" in said
    assert "1 rows are flagged" in said
    told = bring.kg.ask(
        "SELECT ?words ?first ?last ?stated { ?claim kg:about ?event ; kg:statedOn/kg:latest ?stated ."
        " ?event a kg:ControlChange ; kg:when ?when . ?when kg:dateText ?words"
        " OPTIONAL { ?when kg:earliest ?first ; kg:latest ?last } } ORDER BY ?stated"
    )
    assert told == [["the war began", "", "", "2021-05-01"], ["12 May 2021", "2021-05-12", "2021-05-12", "2021-05-13"]]
    assert "2021-05-12 2021-05-15 controlled The opposition!" in bring.history()


def test_a_date_that_contradicts_the_snapshots_does_not_stand(bring: Bring) -> None:
    said = bring(
        row("Tell", "Government", "2021-05-01"),
        row("Tell", "Both", "2021-05-15", Since="3 April 2021"),
        row("Tell", "Rebels", "2021-05-20", Since="soon after"),
    )
    assert "Tell: since '3 April 2021' contradicts the snapshots, which stand" in said
    assert "2021-05-02 2021-05-14 possible The government? contested" in bring.history()
    words = bring.kg.ask("SELECT ?edtf { ?when kg:dateText 'soon after' ; kg:edtf ?edtf ; kg:precision kg:Sequence }")
    assert words == [["[2021-05-16..2021-05-20]"]]


def test_each_source_of_the_column_is_a_voice(bring: Bring) -> None:
    bring(row("Tell", "Government", "2021-05-01"), row("Tell", "Rebels", "2021-05-01", Source="Courier"))
    assert "2021-05-01 2021-05-01 disputed The government?; The opposition?" in bring.history()
    titles = bring.kg.ask("SELECT ?title { ?source a kg:Source ; skos:prefLabel ?title } ORDER BY ?title")
    assert titles == [["Agency"], ["Courier"]]


def test_faults_are_rejected_and_the_rest_arrives(bring: Bring, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mapped, "BATCH", 3)
    good = row("Tell", "Government", "2021-05-01")
    said = bring(
        good, row("Twice", "Government", "2021-05-01"), row("Twice", "Rebels", "2021-05-01"),
        row("Tell", "Ukraine?", "2021-05-02"), row("Tell", "Rebels", "2021-02-30"), good,
        row("", "Rebels", "2021-05-02"), row("Tell", "Rebels", "2202-05-02"),
        row("Tell", "Rebels", "2021-05-02", Lat="x"),
        row("Tell\u00a0", "Rebels", "2021-05-03", Since="2202-02-02"), row("Tell\u00a0", "Rebels", "2021-05-04"),
        options=("--dry-run",),
    )  # fmt: skip
    assert "11 rows: 2 taken, 1 ignored, 8 rejected" in said
    assert [each["reason"].partition(":")[0] for each in bring.kg.listed("towns", "rejected")] == [
        "a name that stands for several places", "a name that stands for several places",
        "a holder that the mapping does not name", "no day of the calendar", "a value is missing",
        "a day that was still to come when the file was retrieved", "no coordinate between -90 and 90",
        "a day that was still to come when the file was retrieved",
    ]  # fmt: skip
    assert len(bring.kg.listed("towns", "flagged")) == 1
    assert [each["name"] for each in bring.kg.listed("towns", "review")] == ["Twice"]


def test_a_name_far_away_is_another_place(bring: Bring) -> None:
    said = bring(
        row("Tell", "Government", "2021-05-01"), row("Tell", "Rebels", "2021-05-02", Lat="50.5"), options=("--dry-run",)
    )
    assert "2 rows: 1 taken, 0 ignored, 1 rejected" in said
    assert [each["name"] for each in bring.kg.listed("towns", "review")] == ["Tell"]


def test_changes_that_are_only_dated(kg: Ingesting) -> None:
    mapping = (
        '[columns]\nplace = "Place"\nholder = "Holder"\nsince = "When"\n[source]\ntitle = "A list"\n'
        f'[holders]\nR = "{DATASET}-opposition"\n[place]\nnew = "Town"\n'
    )
    rows = [{"Place": "Tell", "Holder": "R", "When": "mid-May 2021"}, {"Place": "Ford", "Holder": "R", "When": "then"},
            {"Place": "Gate", "Holder": "R", "When": ""}]  # fmt: skip
    path = kg.table("list.csv", ("Place", "Holder", "When"), rows)
    said = kg.ingest("csv", path, "--mapping", kg.write("list.toml", mapping))
    assert "3 rows: 2 taken, 0 ignored, 1 rejected" in said
    assert "made 2 changes of control" in said
    assert kg.ask("SELECT ?edtf { ?event a kg:ControlChange ; kg:when/kg:edtf ?edtf }") == [
        ["[2021-05-11..2021-05-20]"]
    ]
    exported = kg.folder / "brought.ttl"
    kg.said("export", "--graph", f"{files.BASE}graph/{DATASET}/list", "--as", "ttl", "-o", str(exported))
    own = kg.write("own.ttl", datasets.skeleton(DATASET, date(2021, 1, 1)))
    beside = [files.shipped() / "ontology" / "control.ttl", Path(own)]
    assert publish.dry_run([exported], beside=beside, progress=lambda _: None) == []


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (("[columns]", "[colums]"), "mapping: colums: not known; accepted are columns"),
        (('place = "City"', ""), "mapping, columns: place is missing"),
        (('as_of = "As of"', 'as_off = "As of"'), "mapping, columns: as_off: not known"),
        (('latitude = "Lat"', ""), "mapping, columns: latitude and longitude go together"),
        (('since = "Since"', 'since = "As of"'), "mapping, columns: one column cannot be two things"),
        (('source = "Source"', ""), "mapping, source: title is missing"),
        (('new = "Town"', 'new = "Galaxy"'), "mapping, place, new: 'Galaxy' is no kind of place"),
        (('"Ref" = "footnotes"', '"Ref" = 1'), "mapping, ignored, Ref: 1 is no text"),
        (('"Ref" = "footnotes"', ""), "no table of this mapping: not known are 'Ref'"),
        ((f'"{DATASET}-opposition"', '"nobody"'), "mapping, holders, Rebels: there is no actor 'nobody'"),
        (("[holders]", "[holders"), "no TOML"),
        ((MAPPING, ""), "mapping: a table of your own needs one: --mapping FILE"),
        (
            ("[place]", '[table]\ndelimiter = ";;"\n[place]'),
            "mapping, table, delimiter: ';;': accepted is one character",
        ),
        (("[place]", '[table]\nencoding = "utf-9"\n[place]'), "mapping, table, encoding: 'utf-9' is no encoding"),
        (("[place]", '[table]\nencoding = "utf-16"\n[place]'), "not in the encoding that was named"),
        (("[place]", '[source]\naddress = "a b"\n[place]'), "mapping, source, address: 'a b' is no absolute IRI"),
    ],
)
def test_a_mapping_that_cannot_be_is_told_where(kg: Ingesting, change: tuple[str, str], reason: str) -> None:
    path = kg.table("towns.csv", COLUMNS, [row("Tell", "Government", "2021-05-01")])
    mapping = kg.write("towns.toml", MAPPING.replace(*change))
    result = kg("ingest", "csv", path, "--mapping", mapping, "--dataset", DATASET)
    assert result.exit_code == 1
    assert reason in result.stderr


def test_the_result_does_not_depend_on_the_batches(bring: Bring, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [
        row(f"Town {place}", ("Government", "Rebels", "Both")[(day + place) // 3 % 3], f"2021-05-{day:02}")
        for day in range(1, 11) for place in range(4)
    ]  # fmt: skip
    bring(*rows)
    expected = bring.kg.exported("towns")
    monkeypatch.setattr(mapped, "BATCH", 7)
    bring(*rows[::-1])
    found = bring.kg.exported("towns")
    assert len(found) == len(expected)
    assert found == expected


def test_a_new_data_set_validates(kg: Ingesting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(kg.folder)
    kg.said(
        "dataset",
        "new",
        "atlantis",
        "--title",
        'The "lost" land: START',
        "--start",
        "2024-02-29",
        "--zone",
        "Europe/Kyiv",
    )
    assert "1 files conform" in kg.said("validate", "atlantis.ttl")
    kg.said("load", "atlantis.ttl")
    pattern = "dataset:atlantis dcterms:title ?title ; kg:studyStart ?start ; kg:timeZone ?zone"
    told = kg.ask(f"SELECT ?title ?start ?zone {{ {pattern} }}")
    assert told == [['The "lost" land: START', "2024-02-29", "Europe/Kyiv"]]
    for arguments, reason in (
        (["atlantis"], "atlantis.ttl is there already"), (["Atlantis 2"], "no name of a data set"),
        (["other", "--zone", "Mars"], "'Mars' is no time zone"),
    ):  # fmt: skip
        assert reason in kg("dataset", "new", *arguments).stderr
    assert kg("dataset", "new", "other", "--start", "yesterday").exit_code == 2


def test_one_data_set_answers_for_itself(kg: Ingesting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(kg.folder)
    kg.said("dataset", "new", "other", "--start", "2021-05-03")
    kg.said("load", "other.ttl")
    mapping = (
        '[columns]\nplace = "P"\nholder = "H"\nas_of = "D"\n[source]\ntitle = "A list"\n[place]\nnew = "Town"\n'
        f'[holders]\nG = "{DATASET}-government"\nR = "other-opposition"\n'
    )
    path = kg.table("one.csv", "PHD", [{"P": "Tell", "H": "G", "D": "2021-05-01"}])
    kg.ingest("csv", path, "--mapping", kg.write("one.toml", mapping))
    rows = [{"P": "Tell", "H": "R", "D": "2021-05-04"}, {"P": "Ford", "H": "R", "D": "2021-05-04"}]
    # of another data set's place the name alone is none
    place = kg.ask("SELECT ?place { ?place kg:placeType kg:Town }")[0][0].rpartition("/")[2]
    second = kg.write("two.toml", f'{mapping}[places]\nTell = "{place}"\n')
    kg.said("ingest", "csv", kg.table("two.csv", "PHD", rows), "--mapping", second, "--dataset", "other")

    def held(day: str, *options: str) -> list[str]:
        rows = csv.DictReader(io.StringIO(kg.said("control", "--at", day, "--as", "csv", *options)))
        return [each["state"] for each in rows]

    assert held("2021-05-04") == ["controlled", "controlled"]
    assert held("2021-05-04", "--dataset", "other") == ["controlled", "controlled"]
    assert held("2021-05-04", "--dataset", DATASET) == ["controlled"]
    # before its study start a data set answers nothing
    assert held("2021-05-01", "--dataset", "other") == ["unknown", "unknown"]
    assert held("2021-05-01", "--dataset", DATASET) == ["controlled"]
    # and an export says whose each name is
    kg.said("export", "--as", "lpf", "-o", "places.json")
    told = json.loads((kg.folder / "places.json").read_text("utf-8"))["features"]
    whose = {name["toponym"]: name["citations"] for feature in told for name in feature["names"]}
    assert [[each["label"] for each in whose[place]] for place in ("Tell", "Ford")] == [[DATASET], ["other"]]
