"""The map in a browser: a person finds who held a place on a day, moves through the days, and shares what is seen."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Open

BOLDAK = "#wide-crossing-spin-boldak"


DRAWN = """() => Object.fromEntries(
  [...document.querySelectorAll(".drawing.wide a[aria-label]")].map(link => [link.id, [
  link.getAttribute('aria-label'), link.querySelector('title').textContent,
  [...link.querySelectorAll('g.symbol *, path.area')].map(each => [
    each.tagName, each.getAttribute('class'), (each.getAttribute('fill') || '').replace(/#(wide|reel)-/, '#'),
    each.classList.contains('area') || each.getAttribute('d'), each.textContent])]]))"""
"""What is drawn for each place, without where it is."""


def ready(page: Page) -> None:
    """Wait until what runs in the browser is at work."""
    page.locator("[data-island][data-ready]").wait_for(state="attached")


def words_of(page: Page, place: str) -> str:
    """What the map says of a place."""
    return page.locator(f"#wide-{place}").get_attribute("aria-label") or ""


def test_three_clicks_lead_from_home_to_the_claims_for_and_against(visiting: Open) -> None:
    with visiting() as visit:
        page = visit.open("/")
        page.get_by_role("link", name="The map of control").click()  # the first click
        ready(page)
        day = page.get_by_role("textbox", name="Day", exact=True)
        day.fill("2021-07-16")
        day.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Who held what on 16 July 2021")
        page.locator(BOLDAK).click()  # the second
        card = page.locator("#selected")
        expect(card).to_contain_text("disputed between sources")
        expect(card.locator(".side.for", has_text="Taliban").first).to_be_visible()
        expect(card.locator(".side.against", has_text="Taliban").first).to_be_visible()
        assert "at=2021-07-16" in page.url
        assert "sel=place:crossing-spin-boldak" in page.url


def test_one_click_on_a_question_of_the_home_page_leads_to_the_claims_and_one_more_to_a_source(visiting: Open) -> None:
    with visiting() as visit:
        page = visit.open("/")
        assert page.locator("#views + .cards li").count() >= 8
        expect(page.locator(".drawing.wide g.below")).to_contain_text("controlled by Taliban")
        expect(page.locator(".drawing.wide g.below")).to_be_visible()
        page.get_by_role("link", name="Who held Spin Boldak crossing on 16 July 2021?").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Who held what on 16 July 2021")
        card = page.locator("#selected")
        expect(card).to_contain_text("disputed between sources")
        for side in (".side.for", ".side.against"):
            expect(card.locator(side, has_text="Taliban").first).to_be_visible()
        card.locator(".testimony li", has_text="against").first.get_by_role("link").first.click()
        expect(page.get_by_role("main")).to_contain_text("denie")


def test_the_keyboard_moves_from_may_to_august_and_the_changes_are_said(visiting: Open) -> None:
    with visiting() as visit:
        page = visit.open("/map?type=provincial-capital&at=2021-05-01")
        said = page.locator(".timebar [aria-live]")
        assert "possibly held by Government" in words_of(page, "city-kunduz")
        page.get_by_role("slider", name="Day").focus()
        spoken = []
        for _ in range(200):
            page.keyboard.press("]")
            if page.get_by_role("slider").get_attribute("aria-valuetext") == "9 August 2021":
                break
        expect(said).to_contain_text("9 August 2021. Now ")
        spoken.append(said.inner_text())
        assert "controlled by Taliban" in words_of(page, "city-kunduz")
        while page.get_by_role("slider").get_attribute("aria-valuetext") != "15 August 2021":
            page.keyboard.press("ArrowRight")
        expect(said).to_contain_text("15 August 2021. Now ")
        assert "controlled by Taliban" in words_of(page, "city-kabul") + words_of(page, "city-jalalabad")
        expect(page.get_by_role("heading", level=1)).to_have_text("Who held what on 15 August 2021")
        page.go_back()
        expect(page.get_by_role("heading", level=1)).to_have_text("Who held what on 9 August 2021")
        expect(page.get_by_role("slider")).to_have_attribute("aria-valuetext", "9 August 2021")


def test_what_the_time_bar_shows_is_what_the_server_draws(visiting: Open) -> None:
    with visiting() as visit:
        page = visit.open("/map?at=2021-05-01")
        for at in ("2021-07-14", "2021-08-15", "2021-06-22"):
            field = page.get_by_role("textbox", name="Day", exact=True)
            field.fill(at)
            with page.expect_response(lambda reply: "/map?" in reply.url):
                field.press("Enter")
            moved = page.evaluate(DRAWN)
            with visiting() as other:
                drawn = other.open(f"/map?at={at}").evaluate(DRAWN)
            assert moved == drawn, at


def test_a_link_shows_the_same_in_a_fresh_browser(visiting: Open) -> None:
    with visiting() as visit:
        page = visit.open("/map?lang=fa&sources=seed")
        field = page.get_by_role("textbox", name="Day", exact=True)
        field.fill("2021-08-09")
        field.press("Enter")
        page.locator("#wide-city-zaranj").click()
        expect(page.locator("#selected-title")).to_have_text("زرنج")
        here, told = page.url, page.locator("[data-part]").all_inner_texts()
    with visiting() as fresh:
        page = fresh.open(here.removeprefix(fresh.site))
        assert page.locator("[data-part]").all_inner_texts() == told
        assert page.locator("html").get_attribute("dir") == "rtl"


def test_arrows_lead_from_symbol_to_symbol_and_escape_back(visiting: Open) -> None:
    with visiting() as visit:
        page = visit.open("/map?at=2021-08-09&sel=city-kabul")
        assert page.locator(".drawing.wide a[tabindex='0']").count() == 1
        page.locator(".drawing.wide a[tabindex='0']").focus()
        first = page.locator(".pointed").inner_text()
        assert first.startswith("Kabul")
        page.keyboard.press("ArrowLeft")
        assert page.locator(".pointed").inner_text() not in ("", first)
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        expect(page.locator("#selected-title")).to_be_focused()
        page.keyboard.press("Escape")
        assert page.evaluate("document.activeElement.closest('.drawing') !== null")
        page.keyboard.press("Escape")
        expect(page.locator("#selected")).to_have_count(0)
        assert "sel=" not in page.url


def test_keys_lead_closer_and_back_to_the_whole_map(visiting: Open) -> None:
    with visiting() as visit:
        page = visit.open("/map?at=2021-08-09&sel=city-kabul")
        scale = page.locator(".drawing.wide text", has_text=re.compile(r"^\d+ km$"))
        whole = scale.text_content() or ""
        page.locator("#main").focus()
        page.keyboard.press("+")
        expect(scale).not_to_have_text(whole)
        assert "z=2" in page.url
        assert (
            "controlled by Taliban" in words_of(page, "city-kunduz") or page.locator("#wide-city-kunduz").count() == 0
        )
        page.keyboard.press("0")
        expect(scale).to_have_text(whole)
        assert "z=" not in page.url


def test_the_form_asks_anew_without_leaving_the_page(visiting: Open) -> None:
    with visiting() as visit:
        page = visit.open("/map?at=2021-08-09&sel=city-kabul")
        page.evaluate("window.stays = true")
        many = page.locator(".drawing.wide g.symbol").count()
        page.get_by_text("Who is listened to, and which places").click()
        page.get_by_role("listbox", name="Kinds of places").select_option(label="provincial capital")
        page.get_by_role("combobox", name="Calendar").select_option("persian")
        page.get_by_role("search", name="What is asked").get_by_role("button", name="Show").last.click()
        expect(page.get_by_role("status").filter(has_text="Who held what on 18 Asad 1400")).to_be_attached()
        assert 0 < page.locator(".drawing.wide g.symbol").count() < many
        assert "sel=city-kabul" in page.url
        assert "policy=" not in page.url
        slider = page.get_by_role("slider", name="Day")
        expect(slider).to_have_attribute("aria-valuetext", "18 Asad 1400")
        page.keyboard.press("[")
        expect(slider).not_to_have_attribute("aria-valuetext", "18 Asad 1400")
        expect(page.get_by_role("heading", level=1)).not_to_have_text("Who held what on 18 Asad 1400")
        assert page.evaluate("window.stays")
        page.go_back()
        page.go_back()
        expect(page.locator(".drawing.wide g.symbol")).to_have_count(many)
        expect(slider).to_have_attribute("aria-valuetext", "9 August 2021")


def test_the_wheel_leads_closer_to_what_it_is_turned_over(visiting: Open) -> None:
    with visiting() as visit:
        page = visit.open("/map?at=2021-08-09")

        def stands() -> tuple[float, float]:
            box = page.locator(f"{BOLDAK} > g").bounding_box()
            assert box
            return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

        page.locator(BOLDAK).scroll_into_view_if_needed()
        before = stands()
        page.mouse.move(*before)
        page.mouse.wheel(0, 1)
        assert "z=" not in page.url
        page.keyboard.down("Control")
        page.mouse.wheel(0, -200)
        page.keyboard.up("Control")
        page.wait_for_url("**z=2**")
        scale = page.locator(".drawing.wide text", has_text=re.compile(r"^\d+ km$"))
        expect(scale).to_have_count(1)
        # asked in the page: between two of our questions the drawing may be another one
        page.wait_for_function(
            """([symbol, x, y]) => {
              const box = document.querySelector(symbol)?.getBoundingClientRect();
              const off = box && [box.x + box.width / 2 - x, box.y + box.height / 2 - y];
              return off && Math.max(...off.map(Math.abs)) < 4;
            }""",
            arg=[f"{BOLDAK} > g", *before],
        )


def test_playing_stops_at_the_end_and_says_where(visiting: Open) -> None:
    with visiting(reduced_motion="reduce") as visit:
        page = visit.open("/map?at=2021-08-14&type=provincial-capital")
        page.get_by_role("combobox", name="Speed").select_option("fast")
        page.get_by_role("button", name="Play").click()
        expect(page.get_by_role("button", name="Play")).to_be_visible()
        expect(page.get_by_role("slider")).to_have_attribute("aria-valuetext", "6 September 2021")
        expect(page.locator(".timebar [aria-live]")).to_contain_text("6 September 2021")


def test_days_that_are_none_and_days_outside_the_data_are_told(visiting: Open) -> None:
    with visiting() as visit:
        page = visit.open("/map")
        field = page.get_by_role("textbox", name="Day", exact=True)
        field.fill("2021-02-30")
        field.press("Enter")
        expect(page.locator(".wrong")).to_contain_text("2021-02-30 is no day: write it as 2021-05-01.")
        field.fill("1999-01-01")
        field.press("Enter")
        expect(page.locator(".wrong")).to_contain_text("1 May 2021 is nearest")


def test_a_server_that_went_away_leaves_what_it_sent_and_a_way_on(visiting: Open) -> None:
    with visiting(faults=True) as visit:
        page = visit.open("/map?at=2021-08-09")
        page.context.set_offline(True)
        page.get_by_role("slider").focus()
        page.keyboard.press("ArrowRight")
        told = page.get_by_role("alert").filter(has_text="The server does not answer.")
        expect(told).to_be_visible()
        assert "controlled by Taliban" in words_of(page, "city-zaranj")
        page.context.set_offline(False)
        told.get_by_role("button", name="Try again").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Who held what on 10 August 2021")


def test_without_scripts_the_page_is_whole(visiting: Open) -> None:
    with visiting(java_script_enabled=False) as visit:
        page = visit.page
        page.goto(f"{visit.site}/map?at=2021-07-16&sel=crossing-spin-boldak")
        expect(page.locator("#selected .side.against").first).to_be_visible()
        page.get_by_role("link", name="Next →").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Who held what on ")
        assert "at=2021-07-16" not in page.url
