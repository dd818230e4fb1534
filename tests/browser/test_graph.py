"""The graph in a browser: counts before anything is opened, ways between things, who controlled what on a day."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import Open


def test_kunduz_is_opened_by_one_property_and_a_link_shows_the_same(visiting: Open) -> None:
    with visiting() as visit:
        page = visit.open("/graph?sel=place:city-kunduz")
        expect(page.get_by_role("button", name="Kunduz (place)")).to_be_visible()
        expect(page.locator("g.node")).to_have_count(1)
        page.get_by_role("button", name="← place · ").click()
        expect(page.locator("g.node")).to_have_count(7)
        expect(page.get_by_role("main").get_by_role("status")).to_have_text("6 things by “place”.")
        drawn = page.locator("g.node").evaluate_all(
            "all => all.map(each => [each.dataset.id, each.getAttribute('transform')])"
        )
        here = page.url
        page.get_by_role("button", name="Undo").click()
        expect(page.locator("g.node")).to_have_count(1)
        page.get_by_role("button", name="Redo").click()
        expect(page.locator("g.node")).to_have_count(7)
    with visiting() as fresh:
        page = fresh.open(here.removeprefix(fresh.site))
        expect(page.locator("g.node")).to_have_count(7)
        again = page.locator("g.node").evaluate_all(
            "all => all.map(each => [each.dataset.id, each.getAttribute('transform')])"
        )
        assert again == drawn, "the same link, the same picture"


def test_a_way_between_two_things_is_found_and_said(visiting: Open) -> None:
    with visiting() as visit:
        page = visit.open("/graph?sel=place:city-kunduz&open=in,kg:place,place:city-kunduz")
        expect(page.locator("g.node")).to_have_count(7)
        page.get_by_role("button", name="Way from here").click()
        page.get_by_role("button", name="Capture: Kunduz, to Taliban (event)").first.click()
        page.get_by_role("button", name="to controller →").click()
        page.get_by_role("button", name="Taliban (actor)").click()
        page.get_by_role("button", name="Way to here").click()
        expect(page.get_by_role("main").get_by_role("status")).to_contain_text(": 2 steps.")
        assert page.locator("line.edge.on").count() == 2


def test_what_is_taken_away_stays_away_in_a_link_and_what_both_are_tied_to_is_a_query(visiting: Open) -> None:
    with visiting() as visit:
        page = visit.open("/graph?sel=place:city-kunduz")
        page.get_by_role("button", name="Way from here").click()
        page.get_by_role("button", name="← place · ").click()
        expect(page.locator("g.node")).to_have_count(7)
        page.get_by_role("button", name="Capture: Kunduz, to Taliban (event)").first.click()
        page.get_by_role("button", name="to controller →").click()
        page.get_by_role("button", name="Taliban (actor)").click()
        page.get_by_role("button", name="What both are tied to").click()
        told = page.get_by_role("main").get_by_role("status")
        expect(told).to_have_text(re.compile(r"\d+ things? tied to both\."))
        many = page.locator("g.node").count()
        page.get_by_role("button", name="Pin").click()
        stood = page.locator("g.node.pinned").get_attribute("transform")
        page.get_by_role("button", name="Capture: Kunduz, to Taliban (event)").first.click()
        page.get_by_role("button", name="Take away").click()
        expect(page.locator("g.node")).to_have_count(many - 1)
        page.get_by_role("button", name="Kunduz (place)").click()
        page.get_by_role("button", name="within →").click()
        expect(page.locator("g.node")).not_to_have_count(many - 1)
        assert page.locator("g.node.pinned").get_attribute("transform") == stood
        page.get_by_role("button", name="Closer").click()
        assert page.locator(".explorer svg").get_attribute("viewBox") != "0 0 900 620"
        page.get_by_role("button", name="Whole").click()
        drawn = page.locator("g.node").count()
        link = page.url
        page.get_by_role("link", name="Open as SPARQL").click()
        expect(page.locator(".result g.node")).not_to_have_count(0)
    with visiting() as fresh:
        page = fresh.open(link.removeprefix(fresh.site))
        expect(page.locator("g.node")).to_have_count(drawn)
        page.get_by_role("button", name="Undo").click()
        page.get_by_role("button", name="Undo").click()
        expect(page.locator("g.node")).to_have_count(many)


def test_what_happened_later_is_pale_and_the_keyboard_moves(visiting: Open) -> None:
    with visiting() as visit:
        page = visit.open("/graph?sel=place:city-kunduz&open=in,kg:place,place:city-kunduz&at=2021-08-07")
        expect(page.locator("g.node.pale")).not_to_have_count(0)
        page.locator("g.node[tabindex='0']").focus()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        expect(
            page.get_by_role("complementary", name="The thing that is chosen").get_by_role("heading").first
        ).not_to_have_text("Kunduz")


def test_never_more_than_400_things_are_drawn(visiting: Open) -> None:
    with visiting() as visit:
        pages = "&".join(
            f"open=in,kg:{name},actor:taliban,16" for name in ("toController", "claimant", "actor", "controller")
        )
        page = visit.open(f"/graph?sel=actor:taliban&{pages}&open=in,rdf:type,kg:Claim,16")
        expect(page.locator("g.node")).to_have_count(400, timeout=20_000)  # laid out all at once
        expect(page.get_by_role("main").get_by_role("status")).to_have_text(
            re.compile(r"^\d+ things had no room: at most 400 things are drawn\.")
        )


def test_the_graph_of_control_follows_the_time_bar(visiting: Open) -> None:
    with visiting() as visit:
        page = visit.open("/graph?view=control&at=2021-08-05")
        kunduz = page.get_by_role("link", name="Kunduz (provincial capital): ")
        expect(kunduz).to_have_accessible_name(re.compile("possibly held by Government"))
        field = page.get_by_role("textbox", name="Day", exact=True)
        field.fill("2021-08-09")
        field.press("Enter")
        expect(kunduz).to_have_accessible_name(re.compile("controlled by Taliban"))
        expect(page.get_by_role("heading", level=1)).to_have_text("Who held what on 9 August 2021")
        expect(page.locator("#table")).to_contain_text("16 places for certain")
        page.get_by_role("button", name="Closer").click()
        assert page.locator("svg.figure[role=group]").get_attribute("viewBox") != "0 0 1100 720"
        page = visit.open("/graph?view=control&at=2021-08-09&cal=persian")
        expect(page.get_by_role("slider", name="Day")).to_have_attribute("aria-valuetext", "18 Asad 1400")
        expect(page.locator("#table .moves")).to_contain_text("17 Asad 1400")


def test_a_thing_that_nothing_is_known_of_has_a_way_on(visiting: Open) -> None:
    with visiting(faults=True) as visit:
        page = visit.open("/graph?sel=place:atlantis")
        expect(page.get_by_role("heading", level=1)).to_have_text("Nothing is known of this")
        expect(page.get_by_role("link", name="What the data covers")).to_be_visible()
