"""`/graph`: the page without scripts, what it tells as JSON, and who controlled what as lists."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.server.test_pages import page


def test_ties_are_counted_and_listed_on_the_page(shipped_client: FlaskClient) -> None:
    shown = page(shipped_client, "/graph?sel=city-kunduz")
    assert shown.heading == "Kunduz"
    (row,) = [row for row in shown.tables[""] if row[:2] == ["place", "to it"]]
    assert row[2] == "6"
    opened = page(shipped_client, "/graph?sel=city-kunduz&open=in,kg:place,place:city-kunduz")
    assert "6 things." in opened.text
    assert "/graph?sel=event:seed-20-kunduz" in opened.links


def test_the_same_as_json_in_parts(shipped_client: FlaskClient) -> None:
    told = shipped_client.get("/graph/ties?sel=actor:taliban").json
    assert told is not None
    assert told["thing"] == {"id": "actor:taliban", "label": "Taliban", "kind": "actor", "page": "/id/actor/taliban"}
    (tie,) = [each for each in told["ties"] if (each["property"], each["direction"]) == ("kg:toController", "in")]
    seen = []
    for offset in range(0, tie["count"], 25):
        part = shipped_client.get(
            f"/graph/ties?sel=actor:taliban&property=kg:toController&direction=in&offset={offset}"
        ).json
        assert part is not None
        assert part["total"] == tie["count"]
        seen += [other["id"] for other in part["others"]]
    assert len(set(seen)) == len(seen) == tie["count"] > 25
    whole = shipped_client.get("/graph/ties?sel=actor:taliban&property=kg:toController&direction=in&limit=400").json
    assert whole is not None
    assert [other["id"] for other in whole["others"]] == seen
    assert whole["thing"] == told["thing"]


def test_what_both_are_tied_to(shipped_client: FlaskClient) -> None:
    told = shipped_client.get("/graph/both?from=city-kunduz&to=actor:taliban").json
    assert told is not None
    ends, common = [each["id"] for each in told["things"][:2]], {each["id"] for each in told["things"][2:]}
    assert ends == ["place:city-kunduz", "actor:taliban"]
    assert {step["to"] for step in told["steps"]} == common
    assert len(common) == min(25, told["total"]) > 0


def test_a_way_is_told_with_what_is_on_it(shipped_client: FlaskClient) -> None:
    told = shipped_client.get("/graph/way?from=city-kunduz&to=actor:taliban").json
    assert told is not None
    assert [each["label"] for each in (told["things"][0], told["things"][-1])] == ["Kunduz", "Taliban"]
    assert [step["to"] for step in told["steps"]] == [thing["id"] for thing in told["things"][1:]]


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/graph/ties?sel=https://example.org/nowhere", 404, "nothing is known"),
        ("/graph/ties?sel=city-kundus", 404, "city-kunduz"),
        ("/graph/ties?sel=city-kunduz&property=kg:place&direction=up", 400, "accepted are out and in"),
        ("/graph/ties?sel=city-kunduz&property=kg:place&offset=-1", 400, "accepted are whole numbers from 0"),
        (
            f"/graph/ties?sel=city-kunduz&property=kg:place&offset={'9' * 5000}",
            400,
            "accepted are whole numbers from 0",
        ),
        (f"/graph?sel=city-kunduz&open=in,kg:place,,{'9' * 5000}", 400, "accepted are whole numbers from 0"),
        ("/graph/ties?sel=city-kunduz&property=kg:place&limit=401", 400, "accepted are whole numbers from 1 to 400"),
        ("/graph/way?from=city-kunduz", 404, ""),
        ("/graph/way?from=city-kunduz&to=place:atlantis", 404, "nothing is known"),
    ],
)
def test_what_cannot_be_told_is_said(shipped_client: FlaskClient, path: str, status: int, words: str) -> None:
    response = shipped_client.get(path)
    assert response.status_code == status
    assert words in response.text


def test_who_controlled_what_is_the_map_by_actors(shipped_client: FlaskClient) -> None:
    shown = page(shipped_client, "/graph?view=control&at=2021-08-09&type=provincial-capital")
    assert shown.heading == "Who held what on 9 August 2021"
    told = shipped_client.get("/api/control?at=2021-08-09&type=provincial-capital&actor=taliban").json
    assert told is not None
    certain = [each for each in told["places"] if each["state"] == "controlled"]
    assert f"{len(certain)} places for certain" in shown.text
    assert any(link.startswith("/graph?") and "at=2021-08-10" in link for link in shown.links)
