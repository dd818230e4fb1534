"""No page is wider than a phone, and axe-core finds nothing, light and dark: a file of its own, for its own process."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import AXE, Open
from tests.browser.test_pages import PAGES, language, violations

pytestmark = pytest.mark.every
PHONE = {"width": 320, "height": 640}
IN_DARI = ("home", "map", "timeline", "browse", "answer", "place", "dossier")
"""Those where axe looks at the other direction too: a page of each kind."""


def fits(page: Page) -> bool:
    """Whether a page needs no scrolling aside."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.mark.parametrize(
    ("name", "lang"),
    [*((name, "en") for name in PAGES), *((name, "fa") for name in IN_DARI)],
)
def test_a_page_fits_a_phone_and_axe_finds_nothing(visiting: Open, name: str, lang: str) -> None:
    # refused for an address of which nothing is known: the browser says so of its own accord
    with visiting(faults=name == "nothing", viewport=PHONE) as visit:
        page = visit.open(language(PAGES[name], lang))
        assert fits(page)
        page.set_viewport_size({"width": 1280, "height": 900})
        page.evaluate(AXE.read_text("utf-8"))
        assert violations(page) == []
        if lang == "en":  # colours are the same in every language
            page.emulate_media(color_scheme="dark")
            assert violations(page, "color-contrast") == []


def test_the_others_fit_a_phone_in_the_other_direction_too(visiting: Open) -> None:
    with visiting(faults=True, viewport=PHONE) as visit:
        for name in PAGES.keys() - IN_DARI:
            assert fits(visit.open(language(PAGES[name], "fa"))), name
