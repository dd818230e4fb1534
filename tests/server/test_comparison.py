"""Two sides as a page: what differs, by whose words, in numbers and on two maps; and questions that go wrong."""

from __future__ import annotations

import html
import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from kg import answering, asking
from kg.contrast import BY_SIDE, IN_TIME
from kg.control.courses import takeovers
from kg.store.embedded import Store
from tests.server.reading import Page
from tests.server.test_pages import page

HTML = {"Accept": "text/html,*/*;q=0.8"}
DAYS = "/compare?a.at=2021-08-08&b.at=2021-08-12"
HEARD = "/compare?at=2021-08-09&a.sources=seed&b.sources=-seed"


def rows(shown: Page) -> list[list[str]]:
    return shown.tables.get("answers contrasts", [[]])[1:]


def compared(client: FlaskClient, address: str) -> list[dict[str, object]]:
    """The places in which the sides of a page differ, by its twin in JSON."""
    told = json.loads(client.get(address.replace("/compare", "/api/compare")).text)
    return list(told["places"])


@pytest.mark.parametrize(("address", "words"), [(DAYS, IN_TIME), (HEARD, BY_SIDE)])
def test_the_table_has_what_differs_and_the_sentence_counts_it(
    shipped_client: FlaskClient, address: str, words: dict[str, str]
) -> None:
    shown, told = page(shipped_client, address), compared(shipped_client, address)
    assert len(rows(shown)) == len(told) > 10
    kinds = [str(each["kind"]) for each in told]
    assert f"Of 105 places {len(told)} differ: " in shown.text
    assert f"{105 - len(told)} are alike." in shown.text
    for kind in set(kinds):
        assert f"{kinds.count(kind)} {words[kind]}" in shown.text
        assert kind in shown.ids, "the sentence leads to the first of a kind"
        assert sum(row[1].startswith(words[kind]) for row in rows(shown)) == kinds.count(kind)


def test_a_row_has_both_answers_and_every_claim_leads_to_its_evidence(shipped_client: FlaskClient) -> None:
    shown = page(shipped_client, f"{DAYS}&place=city-aybak")
    (row,) = rows(shown)
    assert row[0] == "Aybak provincial capital"
    assert row[1] == "changed hands Government of the Islamic Republic of Afghanistan → Taliban"
    assert row[2].startswith("controlled by Government")
    assert row[3].startswith("controlled by Taliban")
    assert "AB ● reports The Taliban took Aybak" in row[4]
    links = [html.unescape(link) for link in shown.links]
    assert {"/map?a.at=2021-08-08", "/map?place=city-aybak&at=2021-08-08&sel=place:city-aybak#selected"} & set(links)
    assert any(link.startswith("/id/claim/") for link in links)
    assert any(link.startswith("/id/source/") for link in links)
    (told,) = compared(shipped_client, f"{DAYS}&place=city-aybak")
    because = [set(told[side]["because"]) for side in "ab"]  # type: ignore[index]
    assert len(because[0] | because[1]) == 3 + int(row[4].rpartition(" more")[0].rpartition(" ")[2])


def test_links_of_a_page_lead_somewhere(shipped_client: FlaskClient) -> None:
    for address in ("/compare", f"{HEARD}&lang=fa&z=2&c=66,34&sel=city-kunduz"):
        shown = page(shipped_client, address)
        assert {link[1:] for link in shown.links if link.startswith("#")} <= shown.ids
        inside = sorted({html.unescape(link) for link in shown.links if link.startswith("/")})
        ours = [link for link in inside if link.startswith(("/compare?", "/map.svg", "/api/", "/timeline?"))]
        assert len(ours) > 8
        for link in [*ours, *inside[::29]]:
            assert shipped_client.get(link.partition("#")[0], headers=HTML).status_code in (200, 303), link


def test_without_days_it_is_the_first_and_the_last_of_the_data(shipped_client: FlaskClient) -> None:
    shown = page(shipped_client, "/compare")
    assert shown.heading == "What changed between 1 May 2021 and 6 September 2021"
    assert 'name="a.at" value="2021-05-01"' in shown.source
    assert 'name="b.at" value="2021-09-06"' in shown.source
    assert len(re.findall(r"<svg[^>]* class=\"figure map\"", shown.source)) == 2


def test_takeovers_between_the_days_are_counted_and_recaptures_told(
    shipped: Store, shipped_client: FlaskClient, client: FlaskClient
) -> None:
    known = answering.known(shipped)
    first, last = (asking.days(day)[0] for day in ("2021-08-08", "2021-08-12"))
    between = [each for each in takeovers(known.index, known.numbers) if first < each.day <= last]
    assert between
    told = f"In between a place got another certain holder {len(between)} times, none of them a recapture."
    assert told in page(shipped_client, DAYS).text
    assert "In between" not in page(shipped_client, HEARD).text, "no time lies between two ways to listen"
    assert "In between" in page(client, "/compare").text


def test_numbers_of_each_actor_are_those_of_the_sides(shipped_client: FlaskClient) -> None:
    numbers = {row[0]: row[1:] for row in page(shipped_client, DAYS).tables["numbers"][1:]}
    at = ["/api/control?at=2021-08-08", "/api/control?at=2021-08-12"]
    sure = []
    for address in at:
        places = shipped_client.get(address).get_json()["places"]
        sure.append({
            place["place"]
            for place in places
            if any(each["label"] == "Taliban" and each["certainty"] == "certain" for each in place["controllers"])
        })  # fmt: skip
    a, b = sure
    assert numbers["Taliban"][:2] == [f"{len(a)} → {len(b)}", f"+{len(b - a)}, −{len(a - b)}"]


def test_what_holds_for_both_sides_is_in_the_fields_of_both(shipped_client: FlaskClient) -> None:
    shown = page(shipped_client, "/compare?known=2021-08-11&a.at=2021-08-09&b.at=2021-08-10&b.known=2021-08-12&x=y")
    assert 'name="a.known" value="2021-08-11"' in shown.source
    assert 'name="b.known" value="2021-08-12"' in shown.source
    assert '<input type="hidden" name="x" value="y">' in shown.source, "what nobody knows is kept"
    assert 'type="hidden" name="known"' not in shown.source
    other = next(link for link in shown.links if "a.at=2021-08-10" in link and "b.at=2021-08-09" in link)
    assert parse_qs(urlsplit(html.unescape(other)).query)["a.known"] == ["2021-08-12"], "A and B are exchanged"


@pytest.mark.parametrize("form", ["json", "csv", "geojson"])
def test_the_same_as_data_is_asked_the_same(shipped_client: FlaskClient, form: str) -> None:
    asked = f"{HEARD}&type=ProvincialCapital&z=2&embed=1&lang=fa"
    by_name = shipped_client.get(f"{asked}&format={form}")
    media = {"json": "application/json", "csv": "text/csv", "geojson": "application/geo+json"}[form]
    by_accept = shipped_client.get(asked, headers={"Accept": media})
    assert by_name.status_code == by_accept.status_code == 303
    assert by_name.headers["Location"] == by_accept.headers["Location"]
    found = shipped_client.get(by_name.headers["Location"])
    assert (found.status_code, found.mimetype) == (200, media)
    shown = page(shipped_client, asked)
    assert by_name.headers["Location"] in [html.unescape(link) for link in shown.links]
    if form == "csv":
        assert len(found.text.splitlines()) - 1 == len(rows(shown))


def test_a_comparison_may_stand_in_a_frame_of_anybody(shipped_client: FlaskClient) -> None:
    response = shipped_client.get(f"{DAYS}&embed=1", headers=HTML)
    assert "frame-ancestors *" in response.headers["Content-Security-Policy"]
    shown = page(shipped_client, f"{DAYS}&embed=1")
    assert "<form" not in shown.source
    assert '<base target="_top">' in shown.source
    assert any(link == DAYS.replace("&", "&amp;") or html.unescape(link) == DAYS for link in shown.links)
    assert len(rows(shown)) > 10
    assert "unsafe" not in response.headers["Content-Security-Policy"]


def test_a_day_outside_of_the_data_is_told_with_a_way_on(shipped_client: FlaskClient) -> None:
    early = page(shipped_client, "/compare?a.at=1999-01-01&b.at=2021-08-09")
    assert "A: 1 January 1999 is before 1 May 2021, where the data begins; it tells nothing." in early.text
    assert any("a.at=2021-05-01" in link for link in early.links)
    assert {row[1] for row in rows(early)} == {"newly told"}
    late = page(shipped_client, "/compare?a.at=2021-08-09&b.at=2030-01-01")
    assert "B: nothing changes after 6 September 2021, so 1 January 2030 has what was last said." in late.text
    assert any("b.at=2021-09-06" in link for link in late.links)


def test_where_nothing_differs_it_says_so_and_leads_on(shipped_client: FlaskClient) -> None:
    same = page(shipped_client, "/compare?at=2021-08-09")
    assert same.heading == "What differs on 9 August 2021"
    assert "Nothing differs: of 105 places both sides say the same." in same.text
    assert "Both sides ask the same" in same.text
    for link in [html.unescape(link) for link in same.links if link.startswith("/compare?a.at=")]:
        assert shipped_client.get(link, headers=HTML).status_code == 200, link
    none = page(shipped_client, f"{DAYS}&state=contested")
    assert "No place fits this question." in none.text
    assert any(link.startswith("/compare?") and "state" not in link for link in none.links)


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("a.at=2021-13-01", 400, "2021-13-01"),
        ("b.at=never", 400, "b.at: 'never' is no date"),
        ("a.known=soon", 400, "a.known: 'soon' is no date"),
        ("at=never", 400, "at: 'never' is no date"),
        ("a.sources=nonsense", 404, "there is no source 'nonsense'"),
        ("b.policy=best", 400, "every-word"),
        ("place=spin-boldak", 400, "crossing-spin-boldak"),
        ("embed=2", 400, "accepted are 1"),
        ("z=0", 400, "accepted are 1 to 64"),
        ("format=docx", 406, "csv (text/csv)"),
    ],
)
def test_a_wrong_question_is_told_on_a_page_with_a_way_on(
    shipped_client: FlaskClient, query: str, status: int, words: str
) -> None:
    shown = page(shipped_client, f"/compare?{query}", status)
    assert words in shown.text
    assert "/compare" in shown.links, "ask anew"


def test_a_place_that_differs_has_a_ring_and_leads_to_its_row(shipped_client: FlaskClient) -> None:
    shown = page(shipped_client, DAYS)
    maps = re.findall(r"<svg[^>]* class=\"figure map\".*?</svg>", shown.source, re.DOTALL)
    leading = [set(re.findall(r'href="#(row-\d+)"', drawing)) for drawing in maps]
    assert leading[0] == leading[1] <= shown.ids
    for drawing in maps:
        assert drawing.count('class="ring"') == len(leading[0]) == len(rows(shown))


def test_other_pages_lead_here(shipped_client: FlaskClient) -> None:
    on_map = [html.unescape(link) for link in page(shipped_client, "/map?at=2021-08-09&sources=seed").links]
    assert "/compare?b.at=2021-08-09&sources=seed" in on_map, "from the header"
    assert "/compare?sources=seed&b.at=2021-08-09" in on_map, "and beside the figure"
    assert any(link.startswith("/compare?place=") for link in page(shipped_client, "/search?q=kunduz").links)
    home = page(shipped_client, "/")
    assert "What changed between 1 May 2021 and 6 September 2021?" in home.text
    for link in [html.unescape(link) for link in home.links if link.startswith("/compare?")]:
        assert len(rows(page(shipped_client, link))) > 5, link


def test_what_is_put_into_an_address_stays_text(shipped_client: FlaskClient) -> None:
    asked = {"b.at": "2021-08-09", "x": '"><script>alert(1)</script>', "a.known": "2021-08-11"}
    response = shipped_client.get("/compare", query_string=asked, headers=HTML)
    assert response.status_code == 200
    assert "<script>alert" not in response.text
