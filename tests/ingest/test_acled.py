"""ACLED's exports through `kg ingest`, with every column and sub-type, made by the rules of the codebook."""

from __future__ import annotations

from pathlib import Path

from kg import files, publish
from kg.ingest import acled
from tests.ingest.conftest import DATASET, Ingesting

_COLUMNS = (
    "event_id_cnty,event_date,year,time_precision,disorder_type,event_type,sub_event_type,actor1,assoc_actor_1,inter1,"
    "actor2,assoc_actor_2,inter2,interaction,civilian_targeting,iso,region,country,admin1,admin2,admin3,location,"
    "latitude,longitude,geo_precision,source,source_scale,notes,fatalities,tags,timestamp"
)
COLUMNS = _COLUMNS.split(",")
"""The columns of an export since 2023, in their order."""
GOVERNMENT, REBELS = "Military Forces of Land (2004-2021)", "Rebels of Land"


def row(number: int, kind: str = "Armed clash", **fields: object) -> dict[str, object]:
    """An event."""
    told: dict[str, object] = {
        "event_id_cnty": f"LND{number}", "event_date": "2021-08-06", "year": 2021, "time_precision": 1,
        "disorder_type": "Political violence", "event_type": acled.EVENTS[kind][1], "sub_event_type": kind,
        "actor1": REBELS, "assoc_actor_1": "", "inter1": 2, "actor2": GOVERNMENT, "assoc_actor_2": "", "inter2": 1,
        "interaction": 12, "civilian_targeting": "", "iso": 4, "region": "Nowhere", "country": "Land",
        "admin1": "North", "admin2": "Tell", "admin3": "", "location": "Tell", "latitude": 34.1234, "longitude": 65.5,
        "geo_precision": 1, "source": "Agency; Courier", "source_scale": "National", "notes": "Something happened.",
        "fatalities": 3, "tags": "", "timestamp": 1628500000,
    }  # fmt: skip
    return {**told, **fields}


def test_every_column_of_the_codebook_is_known_and_told_of() -> None:
    assert set(COLUMNS) <= set(acled.KNOWN)
    told = (Path(__file__).parents[2] / "docs" / "ingest.md").read_text("utf-8")
    assert [column for column in acled.KNOWN if f"`{column}`" not in told] == []


def test_every_sub_type_arrives_and_takeovers_are_changes_of_control(kg: Ingesting) -> None:
    rows = [row(number, kind) for number, kind in enumerate(acled.EVENTS, 1)]
    said = kg.ingest("acled", kg.table("acled.csv", COLUMNS, rows))
    assert "25 rows: 25 taken, 0 ignored, 0 rejected" in said
    assert "made 2 changes of control" in said
    assert "made 23 events" in said  # who got what was passed without a fight is not told by two armed actors
    changes = kg.ask(
        "SELECT ?to ?from ?extent ?manner { ?event a kg:ControlChange ; kg:toController/skos:prefLabel ?to ;"
        " kg:fromController/skos:prefLabel ?from ; kg:extent ?extent . ?claim kg:about ?event ; kg:manner ?manner }"
        " ORDER BY ?to"
    )
    assert [[to, left] for to, left, *_ in changes] == [[GOVERNMENT, REBELS], [REBELS, GOVERNMENT]]
    assert {each.rpartition("#")[2] for change in changes for each in change[2:]} == {"Whole", "ByForce"}


def test_who_was_given_a_place(kg: Ingesting) -> None:
    alone: dict[str, object] = {"actor2": "", "inter2": ""}
    expected: list[tuple[dict[str, object], list[str] | None]] = [
        (alone, [REBELS, "", "Whole"]),
        ({**alone, "inter1": "Rebel group", "geo_precision": 2}, [REBELS, "", "SomeParts"]),
        ({"actor2": "Civilians (Land)", "inter2": 7}, [REBELS, "", "Whole"]),
        ({}, None),
    ]
    rows = [
        {**row(number, "Non-violent transfer of territory"), **fields} for number, (fields, _) in enumerate(expected)
    ]
    kg.ingest("acled", kg.table("acled.csv", COLUMNS, rows))
    found = kg.ask(
        "SELECT ?to ?from ?extent { ?event a kg:ControlChange ; kg:toController/skos:prefLabel ?to ; kg:extent ?extent"
        " OPTIONAL { ?event kg:fromController/skos:prefLabel ?from } } ORDER BY ?event"
    )
    told = [[to, left, extent.rpartition("#")[2]] for to, left, extent in found]
    assert told == [change for _, change in expected if change]
    odd = [each["reason"].partition(":")[0] for each in kg.listed("acled", "flagged")]
    assert odd == ["who took it does not follow from the types of the actors"]


def test_precisions_become_windows_and_places(kg: Ingesting) -> None:
    rows = [row(number, time_precision=number, geo_precision=number) for number in (1, 2, 3)]
    rows.append(row(4, event_date="06 August 2021", fatalities=0))
    kg.ingest("acled", kg.table("acled.csv", COLUMNS, rows))
    found = kg.ask(
        "SELECT ?exact ?kind ?first ?last ?fine { ?event kg:geoPrecision ?exact ; kg:place/kg:placeType ?kind ;"
        " kg:when ?when . ?when kg:earliest ?first ; kg:latest ?last ; kg:precision ?fine } ORDER BY ?event"
    )
    assert [[each.rpartition("#")[2] for each in told] for told in found] == [
        ["1", "Locality", "2021-08-06", "2021-08-06", "Day"],
        ["2", "Locality", "2021-08-03", "2021-08-09", "Week"],
        ["4", "Province", "2021-08-01", "2021-08-31", "Month"],
        ["1", "Locality", "2021-08-06", "2021-08-06", "Day"],
    ]
    tolls = kg.ask("SELECT ?min ?best { ?event kg:toll ?toll . ?toll kg:min ?min OPTIONAL { ?toll kg:best ?best } }")
    assert sorted(tolls) == [["0", ""], ["3", "3"], ["3", "3"], ["3", "3"]]


def test_names_are_no_keys(kg: Ingesting) -> None:
    ttl = (
        f"PREFIX kg: <{files.BASE}ontology#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#>"
        f" <{files.BASE}id/place/tell> a kg:Place ; kg:placeType kg:Town ; skos:prefLabel 'Tell'@en ."
    )
    kg.ingest("rdf", kg.write("own.ttl", ttl))
    rows = [row(1, "Non-state actor overtakes territory"), row(2, latitude=30.0)]
    path = kg.table("acled.csv", COLUMNS, rows)
    kg.ingest("acled", path)
    asked = [each for each in kg.listed("acled", "review") if each["kind"] == "place"]
    assert [each["name"] for each in asked] == ["Tell", "Tell"]
    assert asked[0]["candidates"] == "tell (Tell, town)"
    assert asked[1]["candidates"] == f"tell (Tell, town); {asked[0]['here']}"
    assert kg.count("?event a kg:ControlChange ; kg:place place:tell") == 0
    mapping = kg.write("map.toml", f'[places]\n"{asked[0]["here"]}" = "tell"\n')
    kg.ingest("acled", path, "--mapping", mapping)
    assert kg.count("?event a kg:ControlChange ; kg:place place:tell") == 1


FAULTS: dict[str, dict[str, object]] = {
    "no day of the calendar": {"event_date": "2021-13-06"},
    "a day that was still to come when the file was retrieved": {"event_date": "2202-08-06", "year": 2202},
    "no type of an actor": {"inter1": "Martians"},
    "no sub-type of its type of event": {"event_type": "Protests"},
    "a value is missing": {"geo_precision": ""},
    "no coordinate between -180 and 180": {"longitude": "Tell"},
    "characters that are no text": {"location": "Te\x01ll"},
    "no number of an event": {"event_id_cnty": "LND 1/2"},
}


def test_faults_are_rejected_and_the_rest_arrives(kg: Ingesting) -> None:
    rows = [{**row(number), **fields} for number, fields in enumerate(FAULTS.values(), 10)]
    rows += [row(1), row(1, location="Te\u00a0ll", event_id_cnty="LND2", assoc_actor_1="Others; Others; More")]
    said = kg.ingest("acled", kg.table("acled.csv", COLUMNS, rows), "--dry-run")
    assert f"{len(rows)} rows: 2 taken, 0 ignored, {len(FAULTS)} rejected" in said
    assert [each["reason"].partition(":")[0] for each in kg.listed("acled", "rejected")] == list(FAULTS)
    assert len(kg.listed("acled", "flagged")) == 1


def test_columns_of_a_later_release_can_be_ignored(kg: Ingesting) -> None:
    path = kg.table("acled.csv", [*COLUMNS, "mood"], [{**row(1), "mood": "bad"}])
    refused = kg("ingest", "acled", path, "--dataset", DATASET)
    assert "not known are 'mood'" in refused.stderr
    mapping = kg.write("map.toml", '[ignored]\nmood = "nobody knows what it means"\n')
    assert "1 rows: 1 taken" in kg.ingest("acled", path, "--mapping", mapping, "--dry-run")
    kg.write("map.toml", "[columns]\n")
    refused = kg("ingest", "acled", path, "--mapping", mapping, "--dataset", DATASET)
    assert "mapping: columns: not known here; accepted are places, actors, source, ignored" in refused.stderr


def test_what_is_written_conforms(kg: Ingesting) -> None:
    kinds = ("Armed clash", "Non-state actor overtakes territory", "Sexual violence", "Other")
    kg.ingest("acled", kg.table("acled.csv", COLUMNS, [row(number, kind) for number, kind in enumerate(kinds, 1)]))
    path = kg.folder / "brought.ttl"
    kg.said("export", "--graph", f"{files.BASE}graph/{DATASET}/acled", "--as", "ttl", "-o", str(path))
    ontology = files.shipped() / "ontology" / "control.ttl"
    assert publish.dry_run([path], beside=[ontology], progress=lambda _: None) == []
