"""Exports: Linked Places, GeoJSON with times, tables with their description; on the command line and as dumps."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from csvw import CSVW
from flask.testing import FlaskClient

from kg import answering, asking, export
from kg.cli import FILES
from kg.control.answers import View
from kg.export import apart
from kg.gazetteer import ROUTES, open_gazetteer
from kg.links import reading
from kg.store.embedded import Store
from server import dumps
from tests.elsewhere.stores import command
from tests.server.conftest import client_of

LINKED_PLACES = json.loads((Path(__file__).parent / "linked_places.json").read_text())
"""What the format asks for, written from the README of LinkedPasts/linked-places-format (docs/export.md)."""
PLACE = "https://w3id.org/controlgraph/id/place/"


def written(store: Store, name: str) -> bytes:
    output = io.BytesIO()
    export.FILES[name][1](store, output)
    return output.getvalue()


@pytest.fixture(scope="module")
def linked(shipped: Store) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(written(shipped, "places.lpf.json"))
    return told


@pytest.fixture(scope="module")
def client(shipped: Store) -> Iterator[FlaskClient]:
    with client_of(shipped.origin, children=1) as made:
        yield made


# ── Linked Places ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_linked_places_are_as_the_format_says(linked: dict[str, Any], shipped: Store) -> None:
    jsonschema.validate(linked, LINKED_PLACES)
    places = open_gazetteer(shipped).places.values()
    wanted = [entry.iri for entry in places if ROUTES.isdisjoint(entry.types)]
    assert [feature["@id"] for feature in linked["features"]] == sorted(wanted)


def test_every_span_is_in_order(linked: dict[str, Any]) -> None:
    spans = [
        span
        for feature in linked["features"] for relation in feature["relations"] if "when" in relation
        for span in relation["when"]["timespans"]
    ]  # fmt: skip
    assert len(spans) > 90
    for span in spans:
        days = [span["start"]["earliest"], span["end"].get("latest", "9999-12-31")]
        assert days[0] <= span["start"].get("latest", days[0])
        assert span["end"]["earliest"] <= days[1]
        assert days[0] <= days[1]


def test_who_held_a_place_is_told_as_it_is_answered(linked: dict[str, Any], shipped: Store) -> None:
    """On every day that a certain relation surely covers, the answer names that holder."""
    certain = 0
    for feature in linked["features"]:
        runs = answering.history(shipped, feature["@id"], View()).runs
        for relation in feature["relations"]:
            (span,) = relation.get("when", {}).get("timespans", [None])
            if span is None or relation["when"]["certainty"] != "certain":
                continue
            first = date.fromisoformat(span["start"]["latest"]).toordinal()
            run = next(run for run in runs if run.first <= first and (run.last is None or first <= run.last))
            assert run.certain == relation["relationTo"], feature["@id"]
            certain += 1
    assert certain > 50


def test_zaranj_is_told_with_its_words(linked: dict[str, Any]) -> None:
    zaranj = next(feature for feature in linked["features"] if feature["@id"] == f"{PLACE}city-zaranj")
    assert zaranj["properties"] == {"title": "Zaranj", "ccodes": ["AF"], "fclasses": ["P"]}
    assert {"toponym": "زرنج", "lang": "fa"}.items() <= next(
        name for name in zaranj["names"] if name.get("lang") == "fa"
    ).items()
    held = [relation for relation in zaranj["relations"] if relation["relationTo"].endswith("actor/taliban")]
    assert held[-1]["label"] == "held by Taliban"
    assert held[-1]["when"]["timespans"][0]["start"] == {"earliest": "2021-08-08", "latest": "2021-08-08"}
    assert "latest" not in held[-1]["when"]["timespans"][0]["end"], "nobody says that it ended"
    assert any("aljazeera" in cited["label"] for cited in held[-1]["citations"])


def test_what_is_exported_is_read_again(linked: dict[str, Any], shipped: Store, tmp_path: Path) -> None:
    path = tmp_path / "places.json"
    path.write_bytes(written(shipped, "places.lpf.json"))
    gazetteer = open_gazetteer(shipped)
    for thing in reading.things(path):
        entry = gazetteer.places[thing.iri]
        assert (thing.names[0], thing.point, thing.within) == (entry.label(), entry.point, entry.within)
        assert set(thing.names) >= {name for names in entry.labels.values() for name in names}


# ── GeoJSON with times, and tables ────────────────────────────────────────────────────────────────────────────────────


def test_features_with_times_say_what_is_answered_for_the_day(shipped: Store) -> None:
    told = json.loads(written(shipped, "control.geojson"))
    day = "2021-08-09"
    shown = {
        feature["properties"]["place"]: feature["properties"]
        for feature in told["features"]
        if feature["properties"]["start"] <= day <= (feature["properties"]["end"] or "9999")
    }
    assert len({feature["id"] for feature in told["features"]}) == len(told["features"])
    question = asking.question(open_gazetteer(shipped), {"at": [day]})
    answers = {verdict.place: verdict for verdict in answering.held(shipped, question)}
    assert len(shown) > 40
    for place, properties in shown.items():
        assert properties["state"] == answers[place].state
        assert set(properties["because"]) >= answers[place].because
    unsaid = answers.keys() - shown.keys()
    assert {answers[place].state for place in unsaid} == {"unknown"}


@pytest.mark.parametrize("name", ["control", "places"])
def test_the_description_of_a_table_fits_it(shipped: Store, tmp_path: Path, name: str) -> None:
    """Read by a validator of CSVW that is not ours: every cell has its datatype, every key is there once."""
    path = tmp_path / f"{name}.csv"
    path.write_bytes(written(shipped, f"{name}.csv"))
    described = tmp_path / f"{name}.csv-metadata.json"
    described.write_bytes(written(shipped, f"{name}.csv-metadata.json"))
    table = CSVW(str(described), validate=True)
    assert table.is_valid
    header = next(csv.reader(io.StringIO(path.read_text("utf-8"))))
    assert header == [column["name"] for column in json.loads(described.read_text())["tableSchema"]["columns"]]
    read = list(table.tables[0].iterdicts())
    assert len(read) == len(list(csv.reader(io.StringIO(path.read_text("utf-8"))))) - 1
    path.write_text(path.read_text("utf-8").replace("2021-08", "August 2021").replace("61.86037", "east"), "utf-8")
    with pytest.raises(UserWarning, match="Invalid column value"):  # which the tests have as an error
        assert CSVW(str(described), validate=True).is_valid


# ── the doors ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_command_and_the_dumps_give_the_same_bytes_every_time(
    shipped: Store, client: FlaskClient, tmp_path: Path
) -> None:
    for form, name in FILES.items():
        output = tmp_path / name
        done = command(shipped.origin, "export", "--as", form, "-o", str(output))
        assert done.exit_code == 0, done.output
        reply = client.get(f"/dumps/{name}")
        assert reply.status_code == 200
        assert reply.content_type.startswith(export.FILES[name][0])
        assert output.read_bytes() == reply.data
        packed = client.get(f"/dumps/{name}.gz")
        assert gzip.decompress(packed.data) == reply.data
        assert client.get(f"/dumps/{name}", headers={"If-None-Match": reply.headers["ETag"]}).status_code == 304
        if form.endswith("csv"):
            link = reply.headers["Link"].partition(">")[0].removeprefix("<http://localhost")
            described = client.get(link)
            assert described.content_type == "application/csvm+json"
            assert described.data == (tmp_path / f"{name}-metadata.json").read_bytes()


@pytest.mark.parametrize("name", ["control.csv", "places.lpf.json"])
def test_a_process_of_its_own_writes_the_same(shipped: Store, tmp_path: Path, name: str) -> None:
    with (tmp_path / name).open("wb") as file:
        apart.write(shipped, name, file)
    assert (tmp_path / name).read_bytes() == written(shipped, name)


def test_a_table_under_another_name_is_described_under_it(shipped: Store, tmp_path: Path) -> None:
    output = tmp_path / "mine.csv"
    command(shipped.origin, "export", "--as", "places-csv", "-o", str(output))
    assert json.loads((tmp_path / "mine.csv-metadata.json").read_text())["url"] == "mine.csv"
    assert CSVW(str(tmp_path / "mine.csv-metadata.json"), validate=True).is_valid
    refused = command(shipped.origin, "export", "--as", "lpf", "--graph", "https://example.org/g")
    assert refused.exit_code == 2


def test_a_store_that_answers_nothing_says_so(tiny: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dumps, "HERE", -1)
    with client_of(tiny.origin) as own:
        reply = own.get("/dumps/control.csv")
        assert (reply.status_code, reply.json and reply.json["type"].rpartition("/")[2]) == (503, "no-study-start")
        assert own.get("/dumps/places.csv?dataset=tiny").status_code == 400
        unknown = own.get("/dumps/control.xlsx")
        assert unknown.status_code == 404
        assert "places.lpf.json" in unknown.text
