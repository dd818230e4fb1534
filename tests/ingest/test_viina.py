"""VIINA's control files through `kg ingest`: exact numbers, every fault told, the same result however it is got."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bench.observations import write
from kg.ingest import report, tables
from tests.elsewhere.stores import Place, Stores, settings_of
from tests.ingest.conftest import DATASET, RETRIEVED, Ingesting

HEADING = "geonameid,date,status_wiki,status_boost,status_dsm,status_isw,status\n"
PLACES, DAYS, CHANGES = 10, 30, 60


@pytest.fixture(scope="module")
def control(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A control file with a known number of changes."""
    path = tmp_path_factory.mktemp("viina") / "control.csv"
    write(path, PLACES, DAYS, CHANGES)
    return path


@pytest.fixture(scope="module")
def brought(
    bare: Place, control: Path, tmp_path_factory: pytest.TempPathFactory, stores: Stores
) -> tuple[Ingesting, str, list[str]]:
    """A store into which that file was brought, what the command said, and what the graph says."""
    folder = tmp_path_factory.mktemp("brought")
    kg = Ingesting(stores.copy(bare, folder / "store"), folder)
    return kg, kg.ingest("viina", str(control)), kg.exported("viina")


def test_each_change_is_one_and_each_voice_reports_its_first_and_last_day(
    brought: tuple[Ingesting, str, list[str]],
) -> None:
    kg, said, _ = brought
    assert f"{PLACES * DAYS:,} rows: {PLACES * DAYS:,} taken, 0 ignored, 0 rejected" in said
    assert f"made {CHANGES} changes of control" in said
    assert f"made {PLACES * 4 * 2} state reports" in said
    assert kg.count("?claim kg:about ?event . ?event a kg:ControlChange") == CHANGES
    assert kg.count("?claim kg:about ?event . ?event a kg:ControlObservation") == PLACES * 4 * 2
    # the majority is no voice
    assert kg.count(f"?source a kg:Source FILTER(STRSTARTS(STR(?source), STR(source:{DATASET}-viina)))") == 4


def test_a_second_run_changes_nothing(brought: tuple[Ingesting, str, list[str]], control: Path) -> None:
    kg, _, _ = brought
    before = kg.said("versions")
    assert "nothing to do" in kg.ingest("viina", str(control))
    assert kg.said("versions") == before


def test_control_answers_on_any_day(kg: Ingesting) -> None:
    rows = "".join(
        f"1,202203{day:02},{status},{status},{status},{status},{status}\n"
        for day, status in [(1, "UA"), (2, "UA"), (4, "RU"), (5, "RU"), (6, "CONTESTED"), (9, "UA")]
    )
    kg.ingest("viina", kg.write("control.csv", HEADING + rows))
    lines = kg.said("history", "geonames-1").splitlines()
    told = [" ".join(line.split()) for line in lines[2:-1]]
    assert "2022-03-01 2022-03-02 controlled Ukraine!" in told
    # the change lies between two observations: on the 3rd or the 4th
    assert "2022-03-03 2022-03-03 possible Russia?; Ukraine?" in told
    assert "2022-03-04 2022-03-05 controlled Russia!" in told
    assert told[-2:] == ["2022-03-09 2022-03-09 controlled Ukraine!", "2022-03-10 … controlled Ukraine! carried"]


def test_a_source_that_goes_on_watching_is_not_silent(kg: Ingesting) -> None:
    rows = "".join(
        f"1,202203{day:02},UA,,,,UA\n2,202203{day:02},{'UA' if day < 3 else 'RU'},,,,RU\n" for day in range(1, 20)
    )
    kg.ingest("viina", kg.write("control.csv", HEADING + rows))
    assert "carried" not in kg.said("control", "--at", "2022-03-19")
    assert kg.count("?event a kg:ControlObservation") == 4


@pytest.mark.parametrize("change", ["by place", "zips of years", "chunks in disorder, read by two processes"])
def test_the_result_does_not_depend_on_how_the_rows_come(
    kg: Ingesting, control: Path, change: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
    brought: tuple[Ingesting, str, list[str]],
) -> None:  # fmt: skip
    lines = control.read_text().splitlines(keepends=True)
    other, options = tmp_path / "other.csv", list[str]()
    if change == "by place":
        write(other, PLACES, DAYS, CHANGES, order="place")
        files = [other]
    elif change == "zips of years":
        files = [tmp_path / "second.zip", tmp_path / "first.zip"]
        for file, part in zip(files, (lines[120:], lines[1:120]), strict=True):
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr(f"{file.stem}.csv", "".join([lines[0], *part]))
    else:
        monkeypatch.setattr(tables, "CHUNK", 2_000)
        random.Random(1).shuffle(body := lines[1:])
        other.write_text("".join([lines[0], *body]).replace("\n", "\r\n"), newline="")
        files, options = [other], ["--processes", "2"]
    kg.ingest("viina", *map(str, files), *options)
    assert kg.exported("viina") == brought[2]


FAULTS = {
    "20220231": "no day of the calendar",
    "22022-02": "no date as YYYYMMDD",
    "22020303": "a day that was still to come when the file was retrieved",
    "swapped": "no date as YYYYMMDD",
    "Ukraine?": "no status",
    "missing": "no place",
    "number": "no number of a place",
    "short": "another number of fields",
    "contrary": "says otherwise than an earlier row of the same place and day",
}


def spoiled(row: list[str], fault: str) -> list[str]:
    """A row with a fault."""
    if fault == "swapped":
        return [row[1], row[0], *row[2:]]
    if fault == "missing":
        return ["", *row[1:]]
    if fault == "number":
        return ["46x0", *row[1:]]
    if fault == "short":
        return row[:5]
    if fault == "Ukraine?":
        return [*row[:4], fault, *row[5:]]
    return [row[0], fault, *row[2:]]


def test_every_fault_is_told_with_row_and_reason(
    kg: Ingesting, control: Path, monkeypatch: pytest.MonkeyPatch, brought: tuple[Ingesting, str, list[str]]
) -> None:
    monkeypatch.setattr(tables, "CHUNK", 4_000)
    good = [line.split(",") for line in control.read_text().splitlines()]
    lines, told, flagged, again = [good[0]], {}, set(), 0
    for number, row in enumerate(good[1:]):
        lines.append(row)
        kinds = [*FAULTS, "again", "space", "exponent"]
        if number % 11 == 3:
            kind = kinds[number // 11 % len(kinds)]
            if kind == "again":
                lines.append(row)
                again += 1
            elif kind == "space":  # the row itself, with a space that does not break
                lines[-1] = [*row[:3], f"\u00a0{row[3]}", *row[4:]]
                flagged.add(len(lines))
            elif kind == "exponent":
                lines[-1] = [f"{float(row[0]):.6e}", *row[1:]]
            elif kind == "contrary":
                lines.append([*row[:2], "RU" if row[2] == "UA" else "UA", *row[3:]])
                told[len(lines)] = FAULTS[kind]
            else:
                lines.append(spoiled(row, kind))
                told[len(lines)] = FAULTS[kind]
    said = kg.ingest("viina", kg.write("control.csv", "\n".join(map(",".join, lines)) + "\n"))
    rejected = kg.listed("viina", "rejected")
    assert {int(each["row"]): each["reason"].partition(":")[0] for each in rejected} == told
    assert {each["file"] for each in rejected} == {"control.csv"}
    assert {int(each["row"]) for each in kg.listed("viina", "flagged")} == flagged
    assert f"{len(lines) - 1:,} rows: {len(good) - 1:,} taken, {again} ignored, {len(told)} rejected" in said
    assert kg.exported("viina") == brought[2]
    assert "nothing to do" in kg.ingest("viina", str(kg.folder / "control.csv"))


def test_a_number_of_a_place_is_no_day_of_an_early_year(kg: Ingesting) -> None:
    path = kg.write("control.csv", f"{HEADING}20220301,461203,UA,,,,UA\n461203,20220301,UA,,,,UA\n")
    assert "2 rows: 1 taken, 0 ignored, 1 rejected" in kg.ingest("viina", path, "--dry-run")
    assert kg.listed("viina", "rejected")[0]["reason"] == "no date as YYYYMMDD: date '461203'"


def test_rows_without_a_status_are_ignored(kg: Ingesting) -> None:
    said = kg.ingest("viina", kg.write("control.csv", f"{HEADING}1,20220301,,,NA,,\n1,20220302,UA,,,,UA\n"))
    assert "1  no source has a status" in said
    assert kg.count("?event a kg:ControlObservation") == 1


@pytest.mark.parametrize(
    ("heading", "reason"),
    [
        ("geonameid,date,status\n", "missing are the columns status_wiki"),
        (HEADING.replace("\n", ",comment\n"), "not known are 'comment'"),
        ("", "missing are the columns geonameid"),
    ],
)
def test_a_file_of_another_form_is_refused(kg: Ingesting, heading: str, reason: str) -> None:
    result = kg("ingest", "viina", kg.write("control.csv", heading), "--dataset", DATASET)
    assert result.exit_code == 1
    assert reason in result.stderr


def test_an_unknown_data_set_is_told_with_those_there_are(kg: Ingesting, control: Path) -> None:
    result = kg("ingest", "viina", str(control), "--dataset", "atlantis")
    assert result.exit_code == 1
    assert "no data set is called 'atlantis'; there are invented. `kg dataset new atlantis` writes one" in result.stderr


def test_holders_are_who_the_mapping_says(kg: Ingesting) -> None:
    mapping = kg.write("map.toml", f'[holders]\nUA = "{DATASET}-government"\nRU = "contested"\n')
    path = kg.write("control.csv", f"{HEADING}1,20220301,UA,,,,UA\n1,20220302,RU,,,,RU\n")
    kg.ingest("viina", path, "--mapping", mapping)
    assert kg.count(f"?event kg:fromController actor:{DATASET}-government ; kg:contested true") == 1
    kg.write("map.toml", '[holders]\nUA = "nobody"\n')
    result = kg("ingest", "viina", path, "--mapping", mapping, "--dataset", DATASET)
    assert "mapping, holders, UA: there is no actor 'nobody'" in result.stderr
    kg.write("map.toml", '[holders]\nXX = "contested"\n')
    result = kg("ingest", "viina", path, "--mapping", mapping, "--dataset", DATASET)
    assert "mapping, holders: XX: no status of these files" in result.stderr


def test_places_get_their_names_from_a_gazetteer(kg: Ingesting) -> None:
    path = kg.write("control.csv", f"{HEADING}1,20220301,UA,,,,UA\n")
    assert "1 places are known by their GeoNames number alone" in kg.ingest("viina", path)
    # the number alone gives way to a name
    feature = '{"type": "Feature", "properties": {"geonameid": 1, "name": "Kryva Balka", "feature_code": "PPL"}}'
    kg.ingest("geojson", kg.write("places.geojson", feature))
    assert "GeoNames number alone" not in kg.ingest("viina", path)
    assert kg.ask("SELECT ?name { place:geonames-1 skos:prefLabel ?name }") == [["Kryva Balka"]]
    assert kg.count('?claim kg:gloss ?gloss FILTER(CONTAINS(?gloss, "Kryva Balka held by Ukraine on"))') == 1


def test_a_dry_run_reports_and_publishes_nothing(kg: Ingesting, control: Path) -> None:
    before = kg.said("versions")
    assert "dry run: nothing was published" in kg.ingest("viina", str(control), "--dry-run")
    assert kg.said("versions") == before
    assert kg.report("viina")["rows"] == PLACES * DAYS


PROGRAM = "import sys; from kg.ingest import tables; tables.CHUNK = 5_000; from kg.cli import main; main(sys.argv[1:])"


def test_a_run_that_was_killed_is_gone_on_with(kg: Ingesting, stores: Stores, tmp_path: Path) -> None:
    path = tmp_path / "control.csv"
    write(path, 20, 150, 100)
    clean = stores.copy(kg.place, tmp_path / "clean")
    environment = {**os.environ, **settings_of(kg.place)}
    command = ["ingest", "viina", str(path), "--dataset", DATASET, "--retrieved", RETRIEVED]
    running = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *command],
        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    until = time.monotonic() + 60
    while not list(kg.store.glob("ingest/*/work-*/chunk-000009.json")):
        assert running.poll() is None, "it ended before it could be killed"
        assert time.monotonic() < until
    running.send_signal(signal.SIGKILL)
    running.wait()
    assert list(kg.store.glob("ingest/*/work-*/chunk-*.json"))
    again = subprocess.run(
        [sys.executable, "-c", PROGRAM, *command], env=environment, capture_output=True, text=True, check=True
    )
    assert "made 100 changes of control" in again.stdout
    assert not list(kg.store.glob("ingest/*/work-*"))
    other = Ingesting(clean, tmp_path)
    other.ingest("viina", str(path))
    assert kg.exported("viina") == other.exported("viina")
    assert kg.report("viina") == other.report("viina")


def test_two_runs_for_one_graph_do_not_mix(kg: Ingesting, control: Path) -> None:
    from kg.ingest.work import held

    with held(kg.report_of("viina")):
        result = kg("ingest", "viina", str(control), "--dataset", DATASET)
    assert "another process is bringing in the same graph" in result.stderr


def test_the_default_day_of_retrieval_is_that_of_the_file(kg: Ingesting) -> None:
    path = kg.write("control.csv", f"{HEADING}1,20220301,UA,,,,UA\n")
    kg.said("ingest", "viina", path, "--dataset", DATASET)
    assert kg.ask("SELECT DISTINCT ?day { ?source kg:retrieved ?day }") == [[str(datetime.now(UTC).date())]]


def test_very_many_rejected_rows_are_counted_and_not_all_listed(kg: Ingesting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "LISTED", 3)
    monkeypatch.setattr(tables, "CHUNK", 60)
    rows = "".join(f"1,202213{day:02},UA,,,,UA\n" for day in range(1, 11))
    said = kg.ingest("viina", kg.write("control.csv", HEADING + rows), "--dry-run")
    assert "10 rows: 0 taken, 0 ignored, 10 rejected" in said
    assert "7 of the rejected rows are counted and not listed" in said
    assert [int(each["row"]) for each in kg.listed("viina", "rejected")] == [2, 3, 4]
    assert kg.report("viina")["reasons"] == {"no day of the calendar": 10}
