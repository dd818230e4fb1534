"""axe-core finds nothing on any page, light and dark; in Dari they fit a phone too, as in English (`test_pages`)."""

from __future__ import annotations

import pytest

from tests.browser.conftest import AXE, Open
from tests.browser.test_pages import ALIKE, PAGES, PHONE, fits, language, violations

pytestmark = pytest.mark.every


@pytest.mark.parametrize(
    ("name", "lang"),
    [(name, lang) for name in PAGES for lang in ("en", "fa") if lang == "en" or name not in ALIKE],
)
def test_axe_finds_nothing(visiting: Open, name: str, lang: str) -> None:
    # refused for an address of which nothing is known: the browser says so of its own accord
    with visiting(faults=name == "nothing") as visit:
        page = visit.open(language(PAGES[name], lang))
        page.evaluate(AXE.read_text("utf-8"))
        assert violations(page) == []
        page.emulate_media(color_scheme="dark")
        assert violations(page, "color-contrast") == []


def test_every_page_fits_a_phone_in_the_other_direction_too(visiting: Open) -> None:
    with visiting(faults=True, viewport=PHONE) as visit:
        for path in PAGES.values():
            assert fits(visit.open(language(path, "fa"))), path
