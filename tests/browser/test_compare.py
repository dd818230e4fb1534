"""Two days in a browser: chosen by keyboard, told place by place, shared by a link, and whole without scripts."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import Open

SENTENCE = "header.question .lead"


def test_two_days_are_chosen_by_keyboard_and_lead_to_the_evidence(visiting: Open) -> None:
    with visiting() as visit:
        page = visit.open("/map?at=2021-08-12")
        page.get_by_role("navigation", name="Main").get_by_role("link", name="Compare").click()
        page.locator("[data-island=sides][data-ready]").wait_for(state="attached")
        title = page.get_by_role("heading", level=1)
        expect(title).to_have_text("What changed between 1 May 2021 and 12 August 2021")
        before = page.locator(SENTENCE).inner_text()
        handle = page.get_by_role("slider", name="Day of B")
        handle.focus()
        page.keyboard.press("ArrowLeft")
        expect(title).to_have_text("What changed between 1 May 2021 and 11 August 2021")
        expect(handle).to_be_focused()
        assert page.locator(SENTENCE).inner_text() != before
        page.get_by_role("textbox", name="Day").first.fill("2021-08-08")
        page.get_by_role("textbox", name="Day").first.press("Enter")
        expect(title).to_have_text("What changed between 8 August 2021 and 11 August 2021")
        page.locator("[data-island=sides][data-ready]").wait_for(state="attached")
        assert "b.at=2021-08-11" in page.url
        page.locator("#main").focus()
        page.keyboard.press("+")
        expect(page.locator("#zoom-farther")).to_be_visible()
        assert "z=2" in page.url, "of both maps"
        page.keyboard.press("0")
        expect(page.locator("#zoom-farther")).to_have_count(0)
        page.locator(".pair .drawing a[tabindex='0']").last.focus()
        page.keyboard.press("Enter")
        row = page.locator("tr:target")
        expect(row).to_be_in_viewport()
        row.get_by_role("link", name="controlled by").last.click()
        expect(page.locator("#selected .side.for").first).to_be_visible()


def test_back_leads_over_choices_and_a_link_shows_the_same(visiting: Open) -> None:
    with visiting() as visit:
        page = visit.open("/compare?a.at=2021-08-08&b.at=2021-08-12&lang=fa")
        page.get_by_role("slider", name="Day of A").focus()
        page.keyboard.press("ArrowRight")
        title = page.get_by_role("heading", level=1)
        expect(title).to_have_text("What changed between 9 August 2021 and 12 August 2021")
        here, told = page.url, page.locator("[data-part]").all_inner_texts()
        page.go_back()
        expect(title).to_have_text("What changed between 8 August 2021 and 12 August 2021")
        expect(page.get_by_role("slider", name="Day of A")).to_have_attribute("aria-valuetext", "8 August 2021")
        expect(page.get_by_role("textbox", name="Day").first).to_have_value("2021-08-08")
        page = visit.open(here.removeprefix(visit.site))
        assert page.locator("[data-part]").all_inner_texts() == told


def test_without_scripts_it_is_whole(visiting: Open) -> None:
    with visiting(java_script_enabled=False) as visit:
        page = visit.page
        page.goto(f"{visit.site}/compare?at=2021-08-09&a.sources=seed")
        page.get_by_role("textbox", name="Day").last.fill("2021-08-10")
        page.get_by_role("button", name="Compare").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("What differs between A and B")
        assert "b.at=2021-08-10" in page.url
        assert page.locator("table.contrasts tbody tr").count() > 10
        page.emulate_media(media="print")
        expect(page.locator(".pair svg.figure").first).to_be_visible()
        expect(page.locator("form.asking")).to_be_hidden()
