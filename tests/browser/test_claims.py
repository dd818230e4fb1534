"""A source and its text, and a claim that is added, in a browser: from the text to the claims, and on to a new one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from kg import publish
from kg.store import open_store
from tests.browser.conftest import AXE, Open, opener
from tests.browser.test_pages import violations
from tests.conftest import WORLD
from tests.elsewhere.stores import Place, Stores
from tests.server.conftest import TOKEN, running


@pytest.fixture(scope="module")
def claiming(
    browser: Browser, world: Place, tmp_path_factory: pytest.TempPathFactory, stores: Stores
) -> Iterator[Open]:
    """Opens a browser on a copy of the invented world with a source that has a text, where somebody may write."""
    location = stores.copy(world, tmp_path_factory.mktemp("claimed") / "store")
    store = open_store(location)
    publish.load(store, [WORLD / "gazette.ttl"], who="test")
    store.close()
    with running(location, KG_TOKENS=f"tester:{TOKEN}", KG_DOCUMENTS=str(WORLD)) as service:
        yield opener(browser, service.url)


def test_the_text_of_a_source_leads_to_its_claims_and_one_is_added(claiming: Open) -> None:
    with claiming(faults=True) as visit:
        page = visit.open("/id/source/gazette")
        page.get_by_role("link", name="Soon after, Alden was theirs as well.").click()
        expect(page.locator("#at-1")).to_be_in_viewport()
        assert page.evaluate("document.querySelector(':target').id") == "at-1"
        page.locator("#at-1").get_by_role("link", name="in the text").click()
        assert page.evaluate("document.querySelector(':target').textContent") == "Soon after, Alden was theirs as well."
        page.evaluate(AXE.read_text("utf-8"))
        assert violations(page) == []
        page.get_by_role("link", name="Add what else it says").click()
        page.locator("[data-island=claim][data-ready]").wait_for(state="attached")
        expect(page.get_by_label("A source of the record")).to_have_value("source:gazette")
        # a place that is found by its name, and a date that is read while it is typed
        place = page.locator("#field-place")
        place.press_sequentially("brook")
        expect(page.get_by_role("option").first).to_contain_text("Brook ferry")
        place.press("ArrowDown")
        place.press("Enter")
        expect(place).to_have_value("crossing-brook")
        page.locator("#field-to").fill("crwn")
        page.locator("#field-when").fill("by 9 April 1931")
        expect(page.locator("#field-when-told .reading")).to_have_text("read as by 9 April 1931: [..1931-04-09]")
        page.locator("#field-gloss").fill("The Crown had the ferry again by 9 April.")
        page.get_by_label("Your token").fill(TOKEN)
        page.get_by_role("button", name="Check it").press("Enter")
        expect(page.locator(".problem")).to_be_focused()
        page.get_by_role("link", name="Who came to hold it").click()
        expect(page.locator("#field-to")).to_be_focused()
        page.locator("#field-to").fill("crown")
        page.evaluate(AXE.read_text("utf-8"))
        assert violations(page) == []
        page.emulate_media(color_scheme="dark")
        assert violations(page, "color-contrast") == []
        page.get_by_role("button", name="Check it").press("Enter")
        expect(page.get_by_role("heading", name="It can be written")).to_be_visible()
        page.get_by_role("button", name="Add it to the record").press("Enter")
        expect(page.get_by_role("heading", name="Added")).to_be_visible()
        assert TOKEN not in page.url + page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
        page.get_by_role("link", name="The claim", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text("The Crown had the ferry again by 9 April.")
        expect(page.get_by_role("link", name="Correct it")).to_be_visible()
        # what was refused is told on the console by the browser itself
        assert [words for words in visit.wrong if "422" not in words] == []
