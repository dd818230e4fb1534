"""Maps and timelines through the door: what is asked, what is drawn, and the same in words beside it."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from bisect import bisect
from datetime import date
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree as ET

import pytest
from flask.testing import FlaskClient

from kg import answering, asking
from kg.figures.calendar import PERSIAN, days, ticks
from kg.store.embedded import Store
from tests.server.reading import Page, read
from tests.server.test_pages import page

SVG = "{http://www.w3.org/2000/svg}"
FIGURES = ("/map.svg", "/timeline.svg")
PAGES = ("/map", "/timeline")


def image(client: FlaskClient, path: str) -> ET.Element:
    response = client.get(path)
    assert response.status_code == 200, response.text
    assert response.mimetype == "image/svg+xml"
    return ET.fromstring(response.text)


def rows(shown: Page) -> dict[str, list[str]]:
    """The rows of the table twin by the name of the place."""
    return {re.sub(r" (air base|airport|border crossing|district|town|region|prov.*)$", "", row[0]): row[1:] for row in
            shown.tables.get("answers", [[]])[1:]}  # fmt: skip


# ── figures alone ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", FIGURES)
def test_a_figure_is_one_document_that_loads_nothing(shipped_client: FlaskClient, path: str) -> None:
    response = shipped_client.get(f"{path}?at=2021-08-09")
    root = ET.fromstring(response.text)
    assert root.tag == f"{SVG}svg"
    policy = response.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    (style,) = root.iter(f"{SVG}style")
    digest = base64.b64encode(hashlib.sha256((style.text or "").encode()).digest()).decode()
    assert f"'sha256-{digest}'" in policy
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg|creativecommons\.org/licenses)", response.text)
    assert not any(each.tag in (f"{SVG}script", f"{SVG}image", f"{SVG}use") for each in root.iter())
    assert response.headers["ETag"]
    again = shipped_client.get(f"{path}?at=2021-08-09", headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304
    fresh = shipped_client.get(f"{path}?at=2021-08-09&known=", headers={"Cache-Control": "no-cache"})
    assert fresh.text.replace("&amp;known=", "") == response.text


@pytest.mark.parametrize("path", FIGURES)
def test_a_figure_says_what_it_shows_and_whom_to_credit(shipped_client: FlaskClient, path: str) -> None:
    root = image(
        shipped_client, f"{path}?at=2021-08-09&sources=seed&known=2021-08-11&policy=every-word&baseline=off&width=500"
    )
    text = " ".join(" ".join(each.itertext()) for each in root.iter(f"{SVG}text"))
    text = " ".join(text.split())
    assert root.get("width") == "500"
    assert (
        "By News timeline of 15 August 2021 alone; as had been said by 11 August 2021; policy every-word; without"
        in text
    )
    assert "GeoNames" in text
    assert "creativecommons.org/licenses/by/4.0" in text
    assert "Data version 00000" in text
    named = (root.get("aria-labelledby") or "").split()
    assert [each.tag.removeprefix(SVG) for each in root.iter() if each.get("id") in named] == ["title", "desc"]


def test_a_map_without_a_day_is_of_the_last_change_and_a_timeline_of_all(shipped_client: FlaskClient) -> None:
    assert image(shipped_client, "/map.svg").findtext(f"{SVG}title") == "Who held what on 6 September 2021"
    desc = image(shipped_client, "/timeline.svg").findtext(f"{SVG}desc") or ""
    assert re.search(r"\. 53 places, 1 May to 14 September 2021; \d+ changes of the certain holder", desc)


@pytest.mark.parametrize("path", [*FIGURES, *PAGES])
@pytest.mark.parametrize(
    ("query", "status", "slug", "words"),
    [
        ("at=2021-13-01", 400, "bad-date", "2021-13-01"),
        ("at=2021-08-09&at=2021-08-10", 400, "bad-question", "more than once"),
        ("policy=best", 400, "bad-question", "every-word"),
        ("state=lost", 400, "bad-question", "disputed"),
        ("place=kabulistan", 404, "unknown-name", "city-kabul"),
        ("place=spin-boldak", 400, "ambiguous-name", "crossing-spin-boldak"),
        ("sel=nowhere-at-all-99", 404, "unknown-name", "nowhere-at-all-99"),
        ("type=planet", 400, "bad-question", "ProvincialCapital"),
        ("sources=seed,-source-089", 400, "bad-question", "not both"),
    ],
)
def test_a_wrong_question_is_answered_with_what_is_accepted(
    shipped_client: FlaskClient, path: str, query: str, status: int, slug: str, words: str
) -> None:
    response = shipped_client.get(f"{path}?{query}")
    assert response.status_code == status
    assert response.mimetype == "application/problem+json"
    problem = response.get_json()
    assert problem["type"].endswith(f"/problem/{slug}")
    assert words in response.text


@pytest.mark.parametrize("width", ["239", "2401", "wide", "-820", "٨٢٠", "820.5", "1e3"])
def test_a_width_that_is_none_is_refused(shipped_client: FlaskClient, width: str) -> None:
    problem = shipped_client.get("/map.svg", query_string={"width": width}).get_json()
    assert (problem["status"], problem["parameter"]) == (400, "width")
    assert "240 to 2400" in problem["detail"]


# ── the pages around them ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "path", ["/map?at=2021-08-15&sel=city-kabul", "/map?lang=ps", "/timeline?place=city-farah", "/timeline"]
)
def test_a_page_is_whole_without_scripts_and_its_links_lead_somewhere(shipped_client: FlaskClient, path: str) -> None:
    shown = page(shipped_client, path)
    assert len(re.findall(r"<svg[^>]* class=\"figure (?:map|timeline)\"", shown.source)) == 2
    assert {"main", "table"} <= shown.ids
    for link in sorted({link for link in shown.links if link.startswith("/")})[::17]:
        place = urlsplit(html.unescape(link))
        assert shipped_client.get(f"{place.path}?{place.query}").status_code == 200, link


def test_the_style_of_the_drawings_is_allowed_by_its_hash_alone(shipped_client: FlaskClient) -> None:
    policy = shipped_client.get("/map").headers["Content-Security-Policy"]
    assert re.match(r"style-src 'self' 'sha256-[^']+'; default-src 'self'; script-src 'self';", policy)
    assert "unsafe" not in policy


def test_the_table_of_a_map_is_the_verdicts(shipped: Store, shipped_client: FlaskClient) -> None:
    shown = page(shipped_client, "/map?at=2021-08-10")
    told = rows(shown)
    known = answering.known(shipped)
    question = asking.question(known.gazetteer, {"at": ["2021-08-10"]})
    said = {v.place: v for v in answering.held(shipped, question) if v.state != "unknown" or v.flags}
    assert len(shown.tables["answers"]) - 1 == len(said) > 40
    assert told["Farah"][0].startswith("≠ disputed between sources: Government of the Islamic Republic")
    assert told["Zaranj"][0].startswith("controlled by Taliban")
    assert told["Zaranj"][1] == "certainly from 6 August 2021 on, with breaks"
    assert told["Wardak"] == ["unknown in part only", "–", told["Wardak"][2]]
    silent = [known.gazetteer.label(v.place) for v in answering.held(shipped, question) if v.place not in said]
    assert "Kunar" in silent
    assert all(name in shown.text for name in silent)
    assert f"unknown: {len(silent)} places of which nobody says anything" in shown.text


def test_a_marked_place_is_told_with_every_claim_it_rests_on(shipped: Store, shipped_client: FlaskClient) -> None:
    shown = page(shipped_client, "/map?at=2021-07-14&sel=crossing-spin-boldak")
    known = answering.known(shipped)
    question = asking.question(known.gazetteer, {"at": ["2021-07-14"], "place": ["crossing-spin-boldak"]})
    (verdict,) = answering.held(shipped, question)
    assert verdict.state == "disputed"
    card = shown.source[shown.source.index('id="selected"') : shown.source.index("Unmark")]
    for claim in verdict.because:
        assert f'href="/id/claim/{claim.rpartition("/")[2]}"' in card
    assert "Which of them cannot all be true" in card
    assert 'class="side for"' in card
    assert 'class="side against"' in card
    assert "Everything about it" in card
    assert 'class="selected"' in shown.source


def test_days_on_which_something_changes_are_walked_one_by_one(shipped_client: FlaskClient) -> None:
    at, seen = "2021-05-02", list[str]()
    while at:
        shown = page(shipped_client, f"/map?at={at}&sources=seed")
        following = re.search(r'<a rel="next" href="([^"]+)"', shown.source)
        at = parse_qs(urlsplit(html.unescape(following[1])).query)["at"][0] if following else ""
        seen += [at] if at else []
    assert seen == sorted(set(seen))
    assert "2021-07-14" in seen, "the crossing of Spin Boldak"
    changed = page(shipped_client, "/map?at=2021-07-14&sources=seed")
    assert "Spin Boldak crossing : controlled by Taliban" in changed.text.replace("crossing:", "crossing :")
    assert "No answer is another than the day before." in page(shipped_client, "/map?at=2021-05-03&sources=seed").text
    back = re.search(r'<a rel="prev" href="([^"]+)"', page(shipped_client, "/map?at=2021-07-16&sources=seed").source)
    assert back
    assert "sources=seed" in back[1], "the rest of the question stays"


def test_several_days_ask_for_what_holds_on_all_of_them(shipped_client: FlaskClient) -> None:
    shown = page(shipped_client, "/map?at=2021-08-06/2021-08-15&type=provincial-capital")
    assert shown.heading == "Who held what throughout 6 to 15 August 2021"
    assert rows(shown)["Kabul"][0].startswith("possibly held by") or "disputed" in rows(shown)["Kabul"][0]
    assert "New on this day" not in shown.text


def test_the_table_of_a_timeline_is_the_history(shipped: Store, shipped_client: FlaskClient) -> None:
    shown = page(shipped_client, "/timeline?place=city-farah")
    known = answering.known(shipped)
    place = asking.things(known.gazetteer, "place", ["city-farah"])[0]
    runs = answering.history(shipped, place, asking.view(known.gazetteer, {})).runs
    told = [row[1] for row in shown.tables["answers"][1:]]
    assert told == [days(run.first, run.last) for run in runs]
    assert "no changes of the certain holder" in shown.text, "it is disputed, and stays so"


def test_a_timeline_shows_the_days_that_are_asked_for(shipped_client: FlaskClient) -> None:
    within = image(shipped_client, "/timeline.svg?at=2021-08-01/2021-08-12&within=province-kandahar").findtext(
        f"{SVG}desc"
    )
    assert "1 to 12 August 2021" in (within or "")
    assert "asked: " not in shipped_client.get("/timeline.svg?at=2021-08").text
    assert "<title>asked: 9 August 2021</title>" in shipped_client.get("/timeline.svg?at=2021-08-09").text


def test_a_place_of_which_nobody_speaks_has_a_lane_with_a_gap(shipped_client: FlaskClient) -> None:
    shown = page(shipped_client, "/timeline?place=province-kunar")
    assert [row[1:] for row in shown.tables["answers"][1:]] == [["from 1 May 2021 on", "unknown"]]
    assert shown.heading == "Who held Kunar, day by day"


def test_what_fits_no_place_says_so_and_leads_on(shipped_client: FlaskClient) -> None:
    shown = page(shipped_client, "/map?at=2021-08-09&state=contested")
    assert "No place fits this question." in shown.text
    assert any(link.startswith("/map?at=2021-08-09") and "state" not in link for link in shown.links)
    assert "No place is listed." in page(shipped_client, "/timeline?place=city-farah&within=province-kunduz").source


def test_names_are_in_the_language_that_is_asked_for(shipped_client: FlaskClient) -> None:
    shown = page(shipped_client, "/map?at=2021-08-09&lang=fa")
    assert "قندهار" in shown.text
    assert re.search(r'<bdi lang="fa">قندهار</bdi>', shown.source)
    leading = [link for link in shown.links if link.startswith(("/id/", "/ontology#", "/resource"))]
    assert leading
    assert [link for link in leading if "lang=fa" not in link] == [], "the page of a thing has the names of this one"
    assert re.search(r'<bdi lang="en">Delaram</bdi>', shown.source), "which has no name in Dari"
    assert re.search(r'<text[^>]* lang="fa"[^>]*>قندهار</text>', shown.source)


def test_what_is_put_into_an_address_stays_text(shipped_client: FlaskClient) -> None:
    shown = read(shipped_client.get("/map", query_string={"at": "2021-08-09", "x": '"><script>alert(1)</script>'}).text)
    assert "<script>" not in shown.source
    assert any("%3Cscript%3E" in link for link in shown.links), "an unknown parameter is kept"


@pytest.mark.parametrize("path", ["/map", "/timeline", "/graph?view=control"])
def test_days_outside_the_data_are_told_so(shipped_client: FlaskClient, path: str) -> None:
    def told(at: str) -> str:
        return page(shipped_client, f"{path}{'&' if '?' in path else '?'}at={at}").text

    assert "The data begins on 1 May 2021; of earlier days it tells nothing." in told("1850")
    assert "Nothing changes after 6 September 2021: this is what was last said." in told("2050-01-01")
    assert "The data begins" not in told("2021-05-01")
    assert "Nothing changes after" not in told("2021-09-06")


@pytest.mark.parametrize(
    ("name", "kind", "links"),
    [
        ("kunduz", 400, {"city-kunduz": "Kunduz provincial capital", "province-kunduz": "Kunduz province"}),
        ("kabull", 404, {"city-kabul": "Kabul provincial capital"}),
    ],
)
def test_a_name_that_is_not_one_thing_leads_on(
    shipped_client: FlaskClient, name: str, kind: int, links: dict[str, str]
) -> None:
    response = shipped_client.get(f"/map?at=2021-08-08&place={name}", headers={"Accept": "text/html"})
    assert response.status_code == kind
    shown = read(response.text)
    for slug, words in links.items():
        assert f"/map?at=2021-08-08&place={slug}" in map(html.unescape, shown.links)
        assert words in shown.text


def test_a_data_set_without_outlines_and_positions_has_a_page_all_the_same(client: FlaskClient) -> None:
    shown = page(client, "/map")
    assert "Natural Earth" not in shown.source
    assert "no position that a point can stand for" in shown.source
    assert "Brook ferry" in shown.text
    drawn = image(client, "/timeline.svg?place=crossing-brook")
    assert "Brook ferry" in "".join(drawn.itertext())


# ── parts of a map, figures in frames, the same as data ────────────────────────────────────────────────────────


def symbols(client: FlaskClient, address: str) -> set[str]:
    """The places of the links of a map."""
    links = [each.get("href") or "" for each in image(client, address).iter(f"{SVG}a")]
    return {parse_qs(urlsplit(link).query)["sel"][0] for link in links}


def test_a_part_of_a_map_shows_what_lies_in_it(shipped_client: FlaskClient) -> None:
    capitals = "/map.svg?at=2021-08-09&type=ProvincialCapital"
    whole = symbols(shipped_client, capitals)
    around_kabul = symbols(shipped_client, f"{capitals}&z=6&c=69.17,34.53")
    assert "place:city-kabul" in around_kabul < whole
    assert "place:city-herat" not in around_kabul
    assert symbols(shipped_client, f"{capitals}&z=1") == whole
    text = " ".join(image(shipped_client, f"{capitals}&z=6&c=69.17,34.53").itertext())
    assert f"{34 - len(around_kabul)} places lie outside of this part" in " ".join(text.split())


@pytest.mark.parametrize("part", ["z=0.5", "z=65", "z=nan", "z=1e3", "c=69", "c=69,34,1", "c=181,0", "c=0,91", "c=a,b"])
def test_a_part_that_is_none_is_refused(shipped_client: FlaskClient, part: str) -> None:
    response = shipped_client.get(f"/map.svg?at=2021-08-09&{part}")
    assert response.status_code == 400
    assert "accepted are" in response.text


def test_a_page_leads_closer_and_back(shipped_client: FlaskClient) -> None:
    client = shipped_client
    shown = page(client, "/map?at=2021-08-09&sel=city-kunduz")
    closer = next(link for link in shown.links if "z=2" in link)
    assert parse_qs(urlsplit(closer).query)["c"] == ["68.868,36.7286"] or "c=68." in closer
    near = page(client, closer)
    assert any("z=4" in link for link in near.links)
    assert any(urlsplit(link).path == "/map" and "z=" not in link and "c=" not in link for link in near.links)


@pytest.mark.parametrize("path", PAGES)
def test_a_figure_alone_may_stand_in_a_frame_of_anybody(shipped_client: FlaskClient, path: str) -> None:
    framed = shipped_client.get(f"{path}?at=2021-08-09&embed=1")
    assert framed.status_code == 200
    assert "frame-ancestors *" in framed.headers["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in shipped_client.get(f"{path}?at=2021-08-09").headers["Content-Security-Policy"]
    shown = read(framed.text)
    assert '<base target="_top">' in framed.text
    assert f"{path}?at=2021-08-09" in shown.links
    assert not [link for link in shown.links if "embed" in link]
    assert shipped_client.get(f"{path}?embed=yes").status_code == 400


@pytest.mark.parametrize(
    ("address", "twin"),
    [
        ("/map?at=2021-08-09&type=ProvincialCapital&sel=city-kabul&format=geojson",
         "/api/control?type=ProvincialCapital&at=2021-08-09&format=geojson"),
        ("/map?at=2021-08-09&format=svg", "/map.svg?at=2021-08-09"),
        ("/timeline?place=city-farah&at=2021-08&format=json", "/api/history/place:city-farah?format=json"),
        ("/timeline?type=ProvincialCapital&at=2021-08&format=csv",
         "/api/changes?type=ProvincialCapital&at=2021-08-01/2021-08-31&format=csv"),
    ],
)  # fmt: skip
def test_a_page_has_the_same_as_data(shipped_client: FlaskClient, address: str, twin: str) -> None:
    response = shipped_client.get(address)
    assert (response.status_code, response.headers["Location"]) == (303, twin)
    assert "Accept" in response.headers["Vary"]
    assert shipped_client.get(twin).status_code == 200


def test_a_page_has_the_same_as_data_by_accept(shipped_client: FlaskClient) -> None:
    asked = {"Accept": "application/geo+json"}
    assert shipped_client.get("/map?at=2021-08-09", headers=asked).headers["Location"].endswith("&format=geojson")
    browser = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"}
    assert shipped_client.get("/map?at=2021-08-09", headers=browser).status_code == 200
    assert shipped_client.get("/map?at=2021-08-09&format=pdf").status_code == 406


@pytest.mark.parametrize(
    ("at", "told"),
    [
        ("2021-08-15", "24 Asad 1400"), ("2021-03-20", "30 Hut 1399"), ("2021-03-21", "1 Hamal 1400"),
        ("2024-03-19", "29 Hut 1402"), ("2024-03-20", "1 Hamal 1403"), ("2021-09-22", "31 Sunbula 1400"),
        ("2021-09-23", "1 Mizan 1400"), ("1978-04-27", "7 Sawr 1357"), ("1973-07-17", "26 Saratan 1352"),
        ("2021-08-06/2021-08-09", "15 to 18 Asad 1400"), ("2021-08/2021-09", "10 Asad to 8 Mizan 1400"),
    ],
)  # fmt: skip
def test_days_are_told_in_the_solar_hijri_calendar(at: str, told: str) -> None:
    first, last = asking.days(at)
    assert days(first, last, PERSIAN) == told


@pytest.mark.parametrize("path", PAGES)
def test_a_page_and_its_figure_are_in_the_calendar_that_is_asked_for(shipped_client: FlaskClient, path: str) -> None:
    told = shipped_client.get(f"{path}?at=2021-08-09/2021-08-15&cal=persian&known=2021-08-15").text
    assert "18 to 24 Asad 1400" in told
    assert "as had been said by 24 Asad 1400" in told
    assert shipped_client.get(f"{path}?cal=julian").status_code == 400


def test_an_axis_begins_the_months_of_its_calendar() -> None:
    first, last = asking.days("2021-01/2021-12")
    lines = ticks(first, last, 900, 44, PERSIAN)
    assert [text for _, text in lines][:4] == ["Dalw", "Hut", "Hamal 1400", "Sawr"]
    assert {PERSIAN.parts(at)[2] for at, _ in lines} == {1}
    assert all(PERSIAN.begin(*PERSIAN.parts(at)[:2]) == at for at, _ in lines)


def test_claimed_numbers_stand_beside_the_map_of_a_day(shipped_client: FlaskClient) -> None:
    shown = shipped_client.get("/map?at=2021-08-12").text
    assert "Claimed numbers" in shown
    assert "9 to 13 of 34, 0 without evidence" in " ".join(shown.split())
    alone = " ".join(shipped_client.get("/map?at=2021-08-12&sources=seed").text.split())
    assert "<strong>not derivable</strong>" in alone
    assert "7 of 34, 27 without evidence" in alone
    assert "Claimed numbers" not in shipped_client.get("/map?at=2021-08-11/2021-08-12").text


# ── through time ───────────────────────────────────────────────────────────────────────────────────────────────


def test_the_reel_says_of_every_day_what_the_map_says(shipped_client: FlaskClient) -> None:
    reel = shipped_client.get("/map/reel").json
    assert reel is not None
    for at in ("2021-05-01", "2021-07-14", "2021-08-15"):
        number = date.fromisoformat(at).toordinal()
        assert reel["first"] <= number <= reel["last"]
        drawn = image(shipped_client, f"/map.svg?at={at}")
        told = {
            parse_qs(urlsplit(link.get("href", "")).query)["sel"][0]: (link.get("aria-label") or "").partition("): ")[2]
            for link in drawn.iter(f"{SVG}a")
        }
        assert len(told) > 80
        for name, words in told.items():
            days, ways = reel["places"][name][2][::2], reel["places"][name][2][1::2]
            assert reel["ways"][ways[bisect(days, number) - 1]]["told"] == words, name


def test_pages_run_from_right_to_left_where_names_do(shipped_client: FlaskClient) -> None:
    assert '<html lang="en" dir="rtl">' in page(shipped_client, "/map?lang=ps").source
    shown = page(shipped_client, "/map?lang=fa&known=2021-08-20&sel=city-kabul")
    assert "/timeline?known=2021-08-20&lang=fa" in shown.links, "what all pages understand goes on to the next"
    assert "/map?known=2021-08-20&sel=city-kabul" in shown.links, "the same in English"
