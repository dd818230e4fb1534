"""UCDP GED through `kg ingest`, with every column, in files that are made by the rules of the codebook."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product
from pathlib import Path

import pytest

from kg import files, publish
from kg.ingest import rows, ucdp
from kg.ingest.work import Work
from tests.ingest.conftest import DATASET, RETRIEVED, Ingesting

_COLUMNS = (
    "id,relid,year,active_year,code_status,type_of_violence,conflict_dset_id,conflict_new_id,conflict_name,dyad_dset_id,"
    "dyad_new_id,dyad_name,side_a_dset_id,side_a_new_id,side_a,side_b_dset_id,side_b_new_id,side_b,number_of_sources,"
    "source_article,source_office,source_date,source_headline,source_original,where_prec,where_coordinates,"
    "where_description,adm_1,adm_2,latitude,longitude,geom_wkt,priogrid_gid,country,country_id,region,event_clarity,"
    "date_prec,date_start,date_end,deaths_a,deaths_b,deaths_civilians,deaths_unknown,best,high,low,gwnoa,gwnob"
)
COLUMNS = _COLUMNS.split(",")
"""The columns of the releases 20.1 to 26.1, in their order."""
SPANS = {1: 0, 2: 3, 3: 6, 4: 30, 5: 200}
"""For a date_prec, days after the first until the last."""


def row(number: int, violence: int = 1, where: int = 1, when: int = 1, **fields: object) -> dict[str, object]:
    """An event."""
    start = date(2021, 5, 1)
    end = start + timedelta(days=SPANS[when])
    one_sided = violence == 3
    told: dict[str, object] = {
        "id": number, "relid": f"AFG-2021-{violence}-{number}", "year": 2021, "active_year": 1, "code_status": "Clear",
        "type_of_violence": violence, "conflict_dset_id": 333, "conflict_new_id": 333,
        "conflict_name": "Land: Government", "dyad_dset_id": 735, "dyad_new_id": 735, "dyad_name": "A - B",
        "side_a_dset_id": 130, "side_a_new_id": 303 if one_sided else 130,
        "side_a": "Rebels" if one_sided else "Government of Land", "side_b_dset_id": 303,
        "side_b_new_id": 9999 if one_sided else 303, "side_b": "Civilians" if one_sided else "Rebels",
        "number_of_sources": 2, "source_article": 'Agency,2021-05-02,"Fighting\nin the north"',
        "source_office": "Agency", "source_date": "2021-05-02", "source_headline": "Fighting",
        "source_original": "police", "where_prec": where,
        "where_coordinates": "Tell town", "where_description": "at the market", "adm_1": "North province",
        "adm_2": "Tell district", "latitude": 34.123456, "longitude": 65.5, "geom_wkt": "POINT (65.5 34.123456)",
        "priogrid_gid": 178692, "country": "Land", "country_id": 700, "region": "Asia",
        "event_clarity": 1 + number % 2, "date_prec": when, "date_start": f"{start} 00:00:00.000",
        "date_end": f"{end} 00:00:00.000", "deaths_a": 1, "deaths_b": 2, "deaths_civilians": 3, "deaths_unknown": 4,
        "best": 10, "high": 14, "low": 7, "gwnoa": 700, "gwnob": "",
    }  # fmt: skip
    return {**told, **fields}


@pytest.fixture
def every(kg: Ingesting) -> str:
    """A file with each type of violence, each precision of the place, each precision of the date."""
    kinds = product((1, 2, 3), range(1, 8), range(1, 6))
    return kg.table("GEDEvent_v24_1.csv", COLUMNS, [row(number, *kind) for number, kind in enumerate(kinds, 1)])


def test_every_column_of_the_codebook_is_known_and_told_of() -> None:
    assert set(COLUMNS) == set(ucdp.KNOWN)
    told = (Path(__file__).parents[2] / "docs" / "ingest.md").read_text("utf-8")
    assert [column for column in COLUMNS if f"`{column}`" not in told] == []


def test_nothing_is_lost_and_precisions_become_windows(kg: Ingesting, every: str) -> None:
    said = kg.ingest("ucdp", every)
    assert "105 rows: 105 taken, 0 ignored, 0 rejected" in said
    assert "made 105 events" in said
    assert kg.count("?event a kg:Event ; kg:geoPrecision ?exact") == 105
    precise = "?event kg:geoPrecision ?exact ; kg:place/kg:placeType ?kind ; kg:when ?when . ?when kg:precision ?fine"
    kinds = kg.ask(f"SELECT DISTINCT ?exact ?kind {{ {precise} }} ORDER BY ?exact")
    assert [kind.rpartition("#")[2] for _, kind in kinds] == [
        "Locality", "Locality", "District", "Province", "Province", "Country", "Country",
    ]  # fmt: skip
    days = "?event kg:when ?when . ?when kg:precision ?fine ; kg:earliest ?first ; kg:latest ?last"
    windows = kg.ask(f"SELECT DISTINCT ?fine ?first ?last {{ {days} }} ORDER BY ?last")
    assert [(fine.rpartition("#")[2], first, last) for fine, first, last in windows] == [
        (fine, "2021-05-01", str(date(2021, 5, 1) + timedelta(days=SPANS[number])))
        for number, fine in enumerate(("Day", "BoundOnly", "Week", "Month", "Year"), 1)
    ]
    assert kg.ask("SELECT ?wkt { ?place kg:placeType kg:Locality ; geo:hasDefaultGeometry/geo:asWKT ?wkt }") == [
        ["POINT(65.5 34.123456)"]
    ]


def test_tolls_are_low_best_and_high(kg: Ingesting) -> None:
    kg.ingest("ucdp", kg.table("ged.csv", COLUMNS, [row(1), row(2, violence=3)]))
    tolls = kg.ask(
        "SELECT ?min ?best ?max ?group ?text { event:ucdp-1 kg:toll ?toll . ?toll kg:min ?min ; kg:best ?best"
        " OPTIONAL { ?toll kg:max ?max } OPTIONAL { ?toll kg:ofGroup ?group } OPTIONAL { ?toll kg:shareText ?text } }"
        " ORDER BY ?best"
    )
    told = [[*each[:3], each[3].rpartition("/")[2].rpartition("#")[2], each[4]] for each in tolls]
    assert told == [
        ["0", "1", "", "ucdp-130", ""], ["0", "2", "", "ucdp-303", ""], ["0", "3", "", "Civilians", ""],
        ["0", "4", "", "", "unknown"], ["7", "10", "14", "", ""],
    ]  # fmt: skip
    roles = kg.ask("SELECT ?role { event:ucdp-2 kg:participation/kg:role ?role } ORDER BY ?role")
    assert [role.rpartition("#")[2] for (role,) in roles] == ["Perpetrator", "Victim"]
    assert kg.count("?event a kg:ControlChange") == 0


FAULTS: dict[str, dict[str, object]] = {
    "no day of the calendar": {"date_start": "2021-02-31"},
    "a day that was still to come when the file was retrieved": {"date_end": "2202-05-01", "year": 2202},
    "it ends before it begins": {"date_end": "2021-04-01"},
    "low, best and high are not in order": {"low": 11},
    "a value is missing": {"country": ""},
    "no whole number from 1 to 7": {"where_prec": "exact"},
    "no coordinate between -90 and 90": {"latitude": "65.5N"},
    "the year is not that of the dates": {"year": 1021},
}


def test_faults_are_rejected_and_the_rest_arrives(kg: Ingesting) -> None:
    spoiled: list[dict[str, object]] = [row(1), row(1), {**row(1), "best": 11, "high": 15}]
    spoiled += [{**row(number), **fields} for number, fields in enumerate(FAULTS.values(), 10)]
    spoiled += [row(50, side_a="Government\u00a0of Land"), row(51, deaths_a=9), row(52, code_status="Check deaths")]
    said = kg.ingest("ucdp", kg.table("ged.csv", COLUMNS, spoiled))
    assert f"{len(spoiled)} rows: 4 taken, 1 ignored, {len(FAULTS) + 1} rejected" in said
    reasons = [each["reason"].partition(":")[0] for each in kg.listed("ucdp", "rejected")]
    assert reasons == ["says otherwise than an earlier row of the same", *FAULTS]
    assert int(kg.listed("ucdp", "rejected")[0]["row"]) == 6  # a heading has two lines
    odd = [each["reason"].partition(":")[0] for each in kg.listed("ucdp", "flagged")]
    assert odd == ["a non-breaking space", "deaths of all groups are 18 and best is 10", "code_status is Check deaths"]
    before = kg.said("versions")
    assert "nothing to do" in kg.ingest("ucdp", str(kg.folder / "ged.csv"))
    assert kg.said("versions") == before


def test_what_is_written_conforms(kg: Ingesting) -> None:
    kinds = ((1, 1, 1), (3, 3, 3), (2, 7, 5))
    kg.ingest("ucdp", kg.table("ged.csv", COLUMNS, [row(number, *kind) for number, kind in enumerate(kinds, 1)]))
    path = kg.folder / "brought.ttl"
    kg.said("export", "--graph", f"{files.BASE}graph/{DATASET}/ucdp", "--as", "ttl", "-o", str(path))
    ontology = files.shipped() / "ontology" / "control.ttl"
    assert publish.dry_run([path], beside=[ontology], progress=lambda _: None) == []


def test_a_run_that_was_interrupted_is_gone_on_with(kg: Ingesting, monkeypatch: pytest.MonkeyPatch, every: str) -> None:
    keep, kept = Work.keep, list[int]()

    def interrupted(work: Work, number: int, *told: object, **rest: object) -> None:
        keep(work, number, *told, **rest)  # type: ignore[arg-type]
        kept.append(number)
        if kept == [0, 1, 2]:
            raise KeyboardInterrupt

    kg.ingest("ucdp", every)
    expected, report = kg.exported("ucdp"), kg.report("ucdp")
    monkeypatch.setattr(rows, "BATCH", 10)
    monkeypatch.setattr(Work, "keep", interrupted)
    path = kg.write("again.csv", Path(every).read_bytes())
    assert kg("ingest", "ucdp", path, "--dataset", DATASET, "--retrieved", RETRIEVED).exit_code == 1
    said = kg.ingest("ucdp", path)
    assert kept == [*range(11)]
    assert "105 rows: 105 taken" in said
    assert kg.exported("ucdp") == expected
    assert kg.report("ucdp") == report
