"""`/dossier` through HTTP: the page and its machine twin, what changed since, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kg import publish
from kg.ontology import PREFIXES
from kg.store import open_store, versions
from tests.elsewhere.stores import Place, Stores
from tests.server.conftest import client_of
from tests.server.reading import Page, read
from tests.server.test_entities import BROWSER

ASKED = {"place": "town-alden", "at": "1931-04-12"}
DENIAL = """INSERT DATA { GRAPH graph:world {
  claim:alden-9 a kg:Claim ; kg:about event:alden ; kg:stance kg:Denies ; kg:claimant actor:crown ;
    kg:source source:radio ; kg:gloss "The Crown says that Alden <never> fell."@en ;
    kg:recordedAt "2026-01-02T00:00:00Z"^^xsd:dateTime } }"""


def get(client: FlaskClient, accept: str | None = None, **parameters: str) -> TestResponse:
    headers = {"Accept": accept} if accept else {}
    return client.get(f"/dossier?{urlencode(parameters)}", headers=headers)


def body(response: TestResponse) -> Any:
    return json.loads(response.data)


def page(client: FlaskClient, *, status: int = 200, **parameters: str) -> Page:
    response = get(client, BROWSER["Accept"], **parameters)
    assert response.status_code == status, response.text
    return read(response.text)


@pytest.fixture
def writable(world: Place, tmp_path: Path, stores: Stores) -> Iterator[tuple[FlaskClient, Place]]:
    """A client of a copy of the invented world, and where the copy is."""
    location = stores.copy(world, tmp_path / "store")
    with client_of(location, children=2) as client:
        yield client, location


def write(location: Place, text: str) -> None:
    store = open_store(location)
    publish.write(store, [{"update": text}], who="test", prefixes=PREFIXES)
    store.close()


def test_the_page_shows_the_answer_and_every_claim(shipped_client: FlaskClient) -> None:
    shown = page(shipped_client, place="crossing-spin-boldak", at="2021-07-14")
    assert shown.heading == "Who controlled Spin Boldak crossing on 14 July 2021?"
    assert "It is disputed who held Spin Boldak crossing on 14 July 2021" in shown.text
    assert "The answer is the same from 14 July 2021 until 11 August 2021." in shown.text
    alone = page(shipped_client, place="city-farah", at="2021-08-12")
    assert "It is the answer of that day alone." in alone.text
    rows = shown.tables["claims bearing"]
    stances = [row[0].split()[-1] for row in rows if row[0] != "Stance"]
    assert sorted(stances) == ["announces", "confirms", "denies", "denies", "denies", *["reports"] * 4]
    denial = next(row for row in rows if "Ministry of Interior Affairs" in row[1])
    assert denial[5].startswith("against Taliban")
    assert denial[5].endswith("heard")
    assert any("its source" not in row[5] and "derives from speaks of the place itself" in row[5] for row in rows)
    assert "excludes, and is excluded by" in shown.text
    assert "3. What a voice tells of one place" in shown.pairs["statements"]
    assert "How to cite this" in shown.text
    version = body(shipped_client.get("/dossier?place=crossing-spin-boldak&at=2021-07-14"))["version"]
    assert f"http://localhost/dossier?place=place:crossing-spin-boldak&at=2021-07-14&version={version}" in shown.text


def test_days_have_their_answers_one_after_the_other(shipped_client: FlaskClient) -> None:
    shown = page(shipped_client, place="city-kandahar", at="2021-08-11/2021-08-13")
    states = [row[2] for row in shown.tables["runs"][1:]]
    assert states == ["controlled", "disputed", "controlled"]


def test_a_place_of_which_nothing_is_said(client: FlaskClient) -> None:
    shown = page(client, place="country-westmark", at="1931-04-12")
    assert "It is unknown who held Westmark on 12 April 1931" in shown.text
    assert "No claim that is listened to speaks of this day." in shown.text


def test_without_a_question_there_is_a_form_for_people(client: FlaskClient) -> None:
    shown = page(client)
    assert shown.heading == "Who controlled a place, and who says so"
    assert get(client, "application/ld+json").status_code == 400
    asked = get(client, BROWSER["Accept"], place="crossing-brook").text
    assert 'value="crossing-brook"' in asked, "only the day is missing"


def test_the_page_of_a_place_leads_to_its_dossiers(client: FlaskClient) -> None:
    links = read(client.get("/id/place/town-alden", headers=BROWSER).text).links
    (link,) = [each for each in links if each.startswith("/dossier?") and "at=" not in each]
    assert "Who controlled a place" in client.get(link, headers=BROWSER).text
    dated = {each for each in links if each.startswith("/dossier?") and "at=" in each}
    assert dated  # of the days on which who held it begins or ends to be told
    for each in dated:
        assert "Alden" in read(client.get(each, headers=BROWSER).text).heading
    assert not [each for each in read(client.get("/id/actor/crown", headers=BROWSER).text).links if "/dossier?" in each]


def test_the_same_in_json_ld(client: FlaskClient) -> None:
    response = get(client, **ASKED)
    assert response.mimetype == "application/ld+json"
    told = body(response)
    assert told["state"] == "kg:Controlled"
    assert told["changed"] is None
    assert told["kept"] is True
    assert told["version"] == response.headers["Controlgraph-Version"]
    assert body(get(client, "text/html", **ASKED, format="jsonld")) == told
    assert body(get(client, "application/json", **ASKED)) == told
    links = response.headers["Link"]
    assert f'<{told["id"]}>; rel="canonical"' in links
    assert '<http://localhost/dossier?place=place:town-alden&at=1931-04-12>; rel="latest-version"' in links
    assert "ETag" in response.headers
    assert get(client, "image/png", **ASKED).status_code == 406


def test_names_of_every_kind_give_one_address(client: FlaskClient) -> None:
    ids = {
        body(get(client, place=name, at="1931-04-12"))["id"]
        for name in ("alden", "town-alden", "place:town-alden", f"{PREFIXES['place']}town-alden")
    }
    assert len(ids) == 1
    version = body(get(client, **ASKED))["version"]
    again = client.get(ids.pop().removeprefix("http://localhost"))
    assert body(again)["version"] == version


@pytest.mark.parametrize(
    ("parameters", "status", "kind", "words"),
    [
        ({"place": "town-aldenn", "at": "1931-04-12"}, 404, "unknown-name", "town-alden (Alden"),
        ({"at": "1931-04-12"}, 400, "bad-question", "name the place"),
        ({"place": "town-alden,crossing-brook", "at": "1931-04-12"}, 404, "unknown-name", "there is no place"),
        ({**ASKED, "colour": "red"}, 400, "unknown-parameter", "accepted here are"),
        ({"place": "town-alden"}, 400, "bad-question", "a day is missing"),
        ({"place": "town-alden", "at": "1931-13-01"}, 400, "bad-date", "accepted are"),
        ({"place": "town-alden", "at": "uuuu"}, 400, "bad-date", "accepted are"),
        ({**ASKED, "policy": "loudest"}, 400, "bad-question", "accepted are default"),
        ({**ASKED, "version": "000007-0123456789ab"}, 404, "unknown-version", "never was"),
        ({**ASKED, "version": "../../etc"}, 404, "unknown-version", "never was"),
    ],
)
def test_what_cannot_be_answered_is_told(
    client: FlaskClient, parameters: dict[str, str], status: int, kind: str, words: str
) -> None:
    response = get(client, "application/json", **parameters)
    assert response.status_code == status
    problem = json.loads(response.data)
    assert problem["type"].endswith(f"/{kind}")
    assert words in problem["detail"]


def test_opened_later_it_shows_the_answer_as_it_was(writable: tuple[FlaskClient, Place]) -> None:
    client, location = writable
    first = body(get(client, **ASKED))
    cites = first["id"].removeprefix("http://localhost")
    write(location, DENIAL)
    again = client.get(cites)
    told = body(again)
    assert {name: value for name, value in told.items() if name != "changed"} == {
        name: value for name, value in first.items() if name != "changed"
    }
    assert told["changed"]["answer"] is True
    assert told["changed"]["new"] == [f"{PREFIXES['claim']}alden-9"]
    assert again.headers["Controlgraph-Version"] == told["changed"]["version"]
    shown = read(client.get(cites, headers=BROWSER).text)
    assert "The answer is another one now" in shown.text
    assert f"as it was in version {first['version']}" in shown.text
    assert "The Crown says that Alden <never> fell." in shown.text
    assert first["verdict"] in shown.text
    assert told["changed"]["verdict"] in shown.text


def test_a_version_that_is_gone_answers_with_what_was_kept_or_with_410(
    writable: tuple[FlaskClient, Place], monkeypatch: pytest.MonkeyPatch
) -> None:
    client, location = writable
    first = body(get(client, **ASKED))
    monkeypatch.setattr(versions, "KEEP_VERSIONS", 1)
    monkeypatch.setattr(versions, "KEEP_SECONDS", -1)
    write(location, DENIAL)
    kept = client.get(first["id"].removeprefix("http://localhost"))
    assert body(kept)["verdict"] == first["verdict"]
    gone = get(client, "application/json", **{**ASKED, "at": "1931-04-13", "version": first["version"]})
    assert gone.status_code == 410
    problem = json.loads(gone.data)
    assert problem["type"].endswith("/version-gone")
    now = "http://localhost/dossier?place=place:town-alden&at=1931-04-13"
    assert problem["present"] == now
    assert f'<{now}>; rel="latest-version"' in gone.headers["Link"]
    assert problem["verdict"] == body(get(client, place="town-alden", at="1931-04-13"))["verdict"]
    shown = page(client, status=410, place="town-alden", at="1931-04-13", version=first["version"])
    assert now in shown.links


def test_a_service_that_keeps_nothing_says_so(world: Place, tmp_path: Path, stores: Stores) -> None:
    place = stores.copy(world, tmp_path / "store")
    before = sorted(tmp_path.rglob("dossiers/*"))
    with client_of(place, children=1, dossiers=0) as client:
        assert body(get(client, **ASKED))["kept"] is False
        assert "could not be kept" in page(client, place="town-alden", at="1931-04-12").text
    assert sorted(tmp_path.rglob("dossiers/*")) == before


def test_a_store_without_data_says_so(tmp_path: Path, stores: Stores) -> None:
    with client_of(stores.at(tmp_path / "store"), children=1) as client:
        assert get(client, **ASKED).status_code == 503
