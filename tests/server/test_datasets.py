"""One data set of several, over HTTP."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

OFFENSIVE = "https://w3id.org/controlgraph/id/dataset/offensive-2021"


def test_a_data_set_answers_with_its_places_and_sources(shipped_client: FlaskClient) -> None:
    whole = shipped_client.get("/api/control?at=2021-08-09&grounds=off").json
    for name in ("offensive-2021", "dataset:offensive-2021", OFFENSIVE):
        one = shipped_client.get(f"/api/control?at=2021-08-09&grounds=off&dataset={name}").json
        assert whole is not None
        assert one is not None
        assert one["dataset"] == OFFENSIVE
        states = {place["place"]: place["state"] for place in one["places"]}
        assert states.items() <= {place["place"]: place["state"] for place in whole["places"]}.items()
        assert "controlled" in states.values()


def test_before_its_study_start_it_answers_nothing(shipped_client: FlaskClient) -> None:
    told = shipped_client.get("/api/control?at=2021-04-30&dataset=offensive-2021").json
    assert told is not None
    assert {place["state"] for place in told["places"]} == {"unknown"}


@pytest.mark.parametrize("path", ["/map", "/map.svg", "/timeline", "/api/changes", "/api/compare"])
def test_every_door_that_lists_places_takes_it(shipped_client: FlaskClient, path: str) -> None:
    days = "a.at=2021-08-01&b.at=2021-08-09" if path == "/api/compare" else "at=2021-08-01/2021-08-09"
    assert shipped_client.get(f"{path}?{days}&dataset=offensive-2021").status_code == 200
    refused = shipped_client.get(f"{path}?{days}&dataset=atlantis", headers={"Accept": "application/json"})
    assert refused.status_code == 404
    assert "there are offensive-2021" in refused.text
