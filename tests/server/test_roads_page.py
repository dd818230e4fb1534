"""The page and the figure of roads: what they say without a script, in words as well as in colour."""

from __future__ import annotations

import re
from html import unescape
from xml.etree import ElementTree as ET

import pytest
from flask.testing import FlaskClient

from kg.figures.roads import WORDS, Stretch, sign
from tests.test_figures import SVG

DAY = "/routes?at=2021-08-10"


def text_of(client: FlaskClient, address: str) -> str:
    """The words of a page, without what they are marked up with."""
    response = client.get(address)
    assert response.status_code == 200, response.text
    without = re.sub(r"<style>.*?</style>|<svg.*?</svg>", "", response.text, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", without)).split())


def test_the_page_says_what_was_cut_and_why(shipped_client: FlaskClient) -> None:
    told = text_of(shipped_client, DAY)
    assert "Which roads were open on 10 August 2021" in told
    assert "As far as the named places tell" in told
    road = told[told.index("Kabul–Kandahar possibly cut") :].partition("Kabul–Kunduz")[0]
    assert "possibly since 2021-05-11, certainly 2021-08-12" in road
    assert "Saydabad district : Taliban an area that it passes" in road
    assert "Wardak : Taliban parts of an area that it passes" in road
    assert "open as far as known: by Charikar , Bamyan" in road
    pocket = told[told.index("Mazar-i-Sharif cut off, if still held") :]
    assert pocket.startswith("Mazar-i-Sharif cut off, if still held possibly since 2021-08-09; possibly held by")
    assert "Aybak" in pocket[:400]


def test_the_page_has_no_script_of_its_own_and_its_links_lead_somewhere(shipped_client: FlaskClient) -> None:
    page = shipped_client.get(DAY).text
    main = page[page.index("<main") : page.index("</main>")]
    assert "<script" not in main
    links = {unescape(link) for link in re.findall(r'href="(/(?:api/|routes)[^"]*)"', page)}
    assert {"/api/routes", "/api/network", "/routes.svg"} <= {link.partition("?")[0] for link in links}
    for link in links:
        assert shipped_client.get(link).status_code == 200, link


def test_previous_and_next_change(shipped_client: FlaskClient) -> None:
    page = shipped_client.get(DAY).text
    assert re.search(r'<a rel="prev" href="/routes\?at=2021-08-09"', page)
    assert re.search(r'<a rel="next" href="/routes\?at=2021-08-11"', page)


def test_without_a_day_it_is_the_last_on_which_there_was_something_to_cut_off(shipped_client: FlaskClient) -> None:
    told = text_of(shipped_client, "/routes")
    assert "Which roads were open on 14 August 2021" in told
    assert "the last before the seat was lost" in told
    assert "is lost since 2021-08-15" in text_of(shipped_client, "/routes?at=2021-08-20")


def test_it_may_be_asked_for_others_and_by_other_sources(shipped_client: FlaskClient) -> None:
    assert "Taliban has no seat in the data" in text_of(shipped_client, f"{DAY}&actor=taliban")
    kunduz = text_of(shipped_client, f"{DAY}&actor=taliban&seat=kunduz")
    assert "from which no road leads to Kunduz" in kunduz
    seed = text_of(shipped_client, "/routes?at=2021-08-12&sources=seed&areas=none")
    assert "; by News timeline of 15 August 2021 alone. As far as" in seed
    assert "parts of an area" not in seed
    assert "know of nothing after 11 August 2021" in seed
    assert "know of nothing after" not in text_of(shipped_client, "/routes?at=2021-08-11&sources=seed")
    page = shipped_client.get("/routes?at=2021-08-12&sources=seed&areas=none").text
    assert "/api/routes?areas=none&at=2021-08-12&format=json&sources=seed" in unescape(page)


def test_a_bad_question_is_told_on_the_page(shipped_client: FlaskClient) -> None:
    response = shipped_client.get("/routes?at=2021-08", headers={"Accept": "text/html"})
    assert response.status_code == 400
    assert "one day at a time" in response.text


def test_the_table_has_what_the_figure_has(shipped_client: FlaskClient) -> None:
    page = shipped_client.get(DAY).text
    table = page[page.index('id="pieces"') :]
    rows = re.findall(r'<th scope="row"><a [^>]*><bdi>([^<]+)</bdi>.*?</svg> ([^<]+)</td>', table, flags=re.DOTALL)
    assert len(rows) == 58
    drawing = ET.fromstring(shipped_client.get("/routes.svg?at=2021-08-10").text)
    titles = [group.findtext(f"{SVG}title") or "" for group in drawing.iter(f"{SVG}a") if group.get("class") == "road"]
    assert len(titles) == 55, "three have an end without a position"
    assert set(titles) <= {f"{unescape(name)}: {state}" for name, state in rows}
    small = [element.text or "" for element in drawing.iter(f"{SVG}text")]
    assert "3 pieces of road are not drawn: an end has no position." in small


@pytest.mark.parametrize("width", [240, 2400])
def test_the_figure_is_drawn_for_any_width(shipped_client: FlaskClient, width: int) -> None:
    response = shipped_client.get(f"/routes.svg?at=2021-08-10&width={width}")
    assert response.mimetype == "image/svg+xml"
    assert ET.fromstring(response.text).get("width") == str(width)
    assert shipped_client.get(f"/routes.svg?at=2021-08-10&width={width}").data == response.data


def test_roads_differ_without_colour() -> None:
    """By dashes, width or a cross, and in words."""
    from kg.figures.drawing import style

    rules = {
        number: "".join(re.findall(rf"\.w{number}\{{([^}}]*)\}}", style().partition("@media")[0]))
        for number in range(4)
    }
    bare = {number: re.sub(r"stroke:#[0-9a-f]+;?", "", rule) for number, rule in rules.items()}
    assert len(set(bare.values())) == 4
    assert len({re.sub(r"\bw[0-3]\b", "", sign(number)) for number in (0, 1)}) == 2, "what is cut has a cross"
    assert len(set(WORDS)) == 4


def test_what_is_put_in_stays_text() -> None:
    from kg.figures.drawing import alone, text_of
    from kg.figures.outlines import projection
    from kg.figures.roads import draw

    root = alone(10, 10)
    onto, _ = projection([(60.0, 30.0), (70.0, 38.0)], 400, 10)
    draw(root, onto, [Stretch("<script>alert(1)</script>", ((60.0, 30.0), (61.0, 31.0)), 0, '/x"onload="y')])
    assert "<script>" not in text_of(root)
    assert ET.fromstring(text_of(root)) is not None


def test_where_nobody_has_a_seat_the_page_asks_for_whoever_most_is_told_of(client: FlaskClient) -> None:
    assert client.get("/routes").status_code == 200


def test_the_same_as_data_is_asked_of_the_same_seat_and_version(shipped_client: FlaskClient) -> None:
    version = shipped_client.get("/api/routes?at=2021-08-10").get_json()["version"]
    page = shipped_client.get(f"/routes?at=2021-08-10&seat=city-herat&version={version}").text
    twin = next(unescape(link) for link in re.findall(r'href="(/api/routes[^"]*)"', page))
    assert {"seat=city-herat", f"version={version}"} <= set(twin.partition("?")[2].split("&"))
    assert '<input type="hidden" name="seat" value="city-herat">' in page
