"""Claims as forms, sent without scripts: checked, written, told by field what is wrong; who may, and who may not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.elsewhere.stores import Place, Stores
from tests.server.conftest import TOKEN, WRITER, client_of
from tests.server.reading import read

ALDEN = {
    "place": "alden", "happened": "taken", "to": "crown", "when": "the night of 3 to 4 April 1931", "source": "courier",
    "stance": "Reports", "extent": "Whole", "source/kind": "NewsPage", "gloss": "The Crown took Alden.",
}  # fmt: skip


@pytest.fixture(scope="module")
def written_to(world: Place, tmp_path_factory: pytest.TempPathFactory, stores: Stores) -> Iterator[FlaskClient]:
    """A client of a copy of the invented world, in which the holder of `TOKEN` may write."""
    location = stores.copy(world, tmp_path_factory.mktemp("forms") / "store")
    with client_of(location, children=1, tokens=(("tester", TOKEN),)) as client:
        yield client


def send(client: FlaskClient, path: str, do: str, values: dict[str, str], **changed: Any) -> TestResponse:
    options: dict[str, Any] = {"data": {**values, "token": TOKEN, "do": do}, **changed}
    response = client.post(path, **options)
    assert TOKEN not in response.text
    assert response.headers["Cache-Control"] == "no-store"
    return response


def filled(page: str) -> dict[str, str]:
    """What stands in the fields of a form, as a browser would send it."""
    form = page.partition('<form method="post"')[2].partition("</form>")[0]
    found = {name: unescape(value) for name, value in re.findall(r'<input id="\S+" name="(\S+)" value="([^"]*)"', form)}
    for name, options in re.findall(r'<select id="\S+" name="(\S+)"[^>]*>(.*?)</select>', form):
        found[name] = (re.findall(r'<option value="([^"]*)" selected', options) or [""])[0]
    return found | {
        name: unescape(text) for name, text in re.findall(r'<textarea id="\S+" name="(\S+)".*?>(.*?)<', form)
    }


def test_a_claim_is_checked_and_then_written(written_to: FlaskClient) -> None:
    version = written_to.get("/healthz").headers["Controlgraph-Version"]
    form = written_to.get("/claims/new?place=alden&source=courier").text
    assert (filled(form)["place"], filled(form)["source"]) == ("alden", "courier")
    checked = send(written_to, "/claims/new", "check", ALDEN)
    assert checked.status_code == 200
    shown = read(checked.text)
    assert "It can be written; nothing was yet" in shown.text
    assert "read as between 3 and 4 April 1931: [1931-04-03..1931-04-04]" in shown.text
    assert "kg:toController actor:crown" in shown.text
    assert shown.pairs["facts"] == {"Alden, 4 April 1931": "unknown"}
    assert written_to.get("/healthz").headers["Controlgraph-Version"] == version
    added = send(written_to, "/claims/new", "write", {**filled(checked.text), "token": ""})
    assert added.status_code == 201
    shown = read(added.text)
    assert shown.pairs["facts"] == {"Alden, 4 April 1931, before": "unknown", "now": "controlled: Crown (certain)"}
    assert "/dossier?place=place:town-alden&at=1931-04-04" in map(unescape, shown.links)
    claim = next(link for link in shown.links if link.startswith("/id/claim/"))
    assert "The Crown took Alden." in written_to.get(claim, headers={"Accept": "text/html"}).text
    again = send(written_to, "/claims/new", "write", ALDEN)
    assert again.status_code == 200
    assert "Nothing to do: the record has it so" in again.text
    other = send(written_to, "/claims/new", "write", {**ALDEN, "gloss": "Alden was taken."})
    assert other.status_code == 409
    assert claim in read(other.text).links
    assert "or try again" in other.text
    assert filled(other.text)["gloss"] == "Alden was taken."


def test_what_is_wrong_is_told_at_its_field(written_to: FlaskClient) -> None:
    wrong = {
        **ALDEN, "place": "aldn", "happened": "left", "when": "[1931-04-09..1931-04-01]", "source/title": "The Herald",
        "gloss": "", "sentence": "six",
    }  # fmt: skip
    response = send(written_to, "/claims/new", "check", wrong)
    assert response.status_code == 422
    shown = read(response.text)
    told = {
        name: read(f"<p>{part}</p>").text
        for name, part in re.findall(r'<div id="field-(\S+)-told">\s*<p class="wrong">(.*?)</p>', response.text)
    }
    assert told.keys() >= {"from", "to", "source", "sentence"}
    assert told["from"] == "is needed where a place was left"
    assert told["to"].startswith("does not go with “It was left”")
    for name in told:
        assert f"#field-{name}" in shown.links
        assert re.search(rf'id="field-{name}" [^>]*aria-invalid="true"', response.text)
    assert filled(response.text)["place"] == "aldn"
    for number in ("9" * 5000, "-1"):
        assert send(written_to, "/claims/new", "check", {**ALDEN, "sentence": number}).status_code == 422
    right = {**wrong, "sentence": "6", "source/title": "", "happened": "taken"}
    response = send(written_to, "/claims/new", "check", right)
    for words in (
        "the nearest are town-alden (Alden, town)",
        "ends before it begins",
        "in an English sentence of your own",
    ):
        assert words in read(response.text).text


def test_a_new_source_and_a_date_that_is_none(written_to: FlaskClient) -> None:
    described = {
        **ALDEN, "source": "", "when": "uuuu", "source/title": "The Herald", "source/retrieved": "2026-01-02",
        "source/published": "5 April 1931", "source/address": "https://example.org/herald", "claimant": "crown, blues",
    }  # fmt: skip
    response = send(written_to, "/claims/new", "check", described)
    assert response.status_code == 200, response.text
    shown = read(response.text).text
    assert "“uuuu” is kept as a text, and as no date" in shown
    assert "kg:claimant actor:blues, actor:crown" in " ".join(shown.split())
    missing = send(written_to, "/claims/new", "check", {**described, "source/retrieved": ""})
    assert "#field-source-retrieved" in read(missing.text).links


def test_who_may_not_write(written_to: FlaskClient, client: FlaskClient) -> None:
    path = f"/claims/new?token={TOKEN}"  # in an address a token counts for nothing
    assert written_to.post(path, data={**ALDEN, "do": "write"}).status_code == 401
    assert "fill in your token" in written_to.post("/claims/new", data={**ALDEN, "do": "check", "token": ""}).text
    wrong = written_to.post("/claims/new", data={**ALDEN, "do": "check", "token": "of-another-one-xx"})
    assert wrong.status_code == 401
    assert "The token is not known here" in wrong.text
    assert written_to.post("/claims/new", data={**ALDEN, "do": "check"}, headers=WRITER).status_code == 200
    as_text = send(written_to, "/claims/new", "write", {}, data=f"token={TOKEN}&do=write", content_type="text/plain")
    assert as_text.status_code == 415
    assert client.post("/claims/new", data={**ALDEN, "token": TOKEN}).status_code == 403
    assert "This service is read-only" in client.get("/claims/new").text
    assert "/claims/new" not in client.get("/id/place/town-alden", headers={"Accept": "text/html"}).text
    assert "/claims/new?place=place:town-alden" in written_to.get(
        "/id/place/town-alden", headers={"Accept": "text/html"}
    ).text.replace("%3A", ":")


def test_a_claim_is_corrected_and_taken_back(written_to: FlaskClient) -> None:
    page = written_to.get("/id/claim/alden-1", headers={"Accept": "text/html"}).text
    assert {"/claims/alden-1/correction", "/claims/alden-1/retraction"} <= set(read(page).links)
    # whoever blames somebody says nothing of control
    page = written_to.get("/id/claim/market-2", headers={"Accept": "text/html"}).text
    assert [link for link in read(page).links if link.startswith("/claims/")] == ["/claims/market-2/retraction"]
    refused = written_to.get("/claims/market-2/correction", headers={"Accept": "text/html"})
    assert (refused.status_code, "is no word on one change of control" in refused.text) == (422, True)
    assert written_to.get("/claims/none/correction", headers={"Accept": "text/html"}).status_code == 404
    values = filled(written_to.get("/claims/alden-1/correction").text)
    assert {name: value for name, value in values.items() if value} == {
        "place": "place:town-alden", "happened": "taken", "to": "actor:blues", "extent": "Whole", "stance": "Reports",
        "when": "[1931-04-11..1931-04-12]", "sentence": "0", "gloss": "Alden fell during the second weekend of April.",
    }  # fmt: skip
    same = send(written_to, "/claims/alden-1/correction", "check", values)
    assert (same.status_code, "nothing is changed" in same.text) == (422, True)
    changed = {**values, "when": "11 April 1931", "happened": "contested", "to": "", "parties": "blues, crown"}
    corrected = send(written_to, "/claims/alden-1/correction", "write", changed)
    assert corrected.status_code == 201, corrected.text
    shown = read(corrected.text)
    assert "now" in shown.pairs["facts"]
    assert shown.pairs["facts"]["now"].startswith("contested")
    late = send(written_to, "/claims/alden-1/correction", "write", {**values, "when": "13 April 1931"})
    assert (late.status_code, "was corrected already" in late.text) == (409, True)
    new = next(link for link in shown.links if link.startswith("/id/claim/") and link != "/id/claim/alden-1")
    path = f"/claims/{new.rpartition('/')[2]}/retraction"
    assert "counts again" in written_to.get(path).text
    assert "It can be written; nothing was yet" in send(written_to, path, "check", {}).text
    back = read(send(written_to, path, "write", {}).text)
    assert "Taken back" in back.text
    assert not back.pairs["facts"]["now"].startswith("contested")
    assert "Nothing to do" in send(written_to, path, "write", {}).text


def test_how_a_date_is_read(client: FlaskClient) -> None:
    read_as = client.get("/claims/reading?when=early+July+1931").get_json()
    assert read_as == {"read": True, "words": "between 1 and 10 July 1931: [1931-07-01..1931-07-10]"}
    assert client.get("/claims/reading?when=then").get_json()["read"] is False
