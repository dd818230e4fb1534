"""Pictures of every page: `python -m tests.browser.screenshots [FOLDER]`, by default into `screenshots/`.

Each at 390, 768 and 1280 pixels, light and dark, and in Dari from right to left; named page-width-scheme-language.png.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Literal

from playwright.sync_api import sync_playwright

from kg import files, publish
from kg.store import open_store
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.browser.test_pages import PAGES, language
from tests.server.conftest import TOKEN, running

WIDTHS = (390, 768, 1280)
LOOKS: tuple[tuple[Literal["light", "dark"], str], ...] = (("light", "en"), ("dark", "en"), ("light", "fa"))
TALLEST = 4000
"""Pixels of a page that are shown; long tables go on like that."""


def main(folder: Path) -> None:
    """Write all pictures, and say how far it is."""
    if CHROMIUM is None:
        raise SystemExit("no chromium on this machine: apt-get install chromium")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as directory, sync_playwright() as playwright:
        store = open_store(Path(directory) / "store")
        publish.load(store, files.shipped_files(), who="screenshots")
        store.close()
        with running(Path(directory) / "store", KG_TOKENS=f"painter:{TOKEN}") as service:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            for scheme, lang in LOOKS:
                for width in WIDTHS:
                    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
                    for name, path in PAGES.items():
                        page.goto(service.url + language(path, lang))
                        page.wait_for_load_state("networkidle")
                        tall = min(page.evaluate("document.documentElement.scrollHeight"), TALLEST)
                        page.screenshot(
                            path=folder / f"{name}-{width}-{scheme}-{lang}.png",
                            full_page=True,
                            clip={"x": 0, "y": 0, "width": width, "height": tall},
                        )
                    page.close()
                    sys.stderr.write(f"{scheme}, {lang}, {width} pixels: {len(PAGES)} pages\n")
            browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("screenshots"))
