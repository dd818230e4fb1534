"""axe-core finds nothing on any page, light and dark: a file of its own, for a process of its own."""

from __future__ import annotations

import pytest

from tests.browser.conftest import AXE, Open
from tests.browser.test_pages import ALIKE, PAGES, language, violations


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
