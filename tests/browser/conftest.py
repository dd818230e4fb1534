"""A browser without a window, and a server of everything that is shipped. Without chromium these tests are skipped."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect, sync_playwright

from kg.store.embedded import Store
from server import built
from tests.server.conftest import running

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
AXE = Path(__file__).parent.parent.parent / "server" / "web" / "node_modules" / "axe-core" / "axe.min.js"
FLAGS = ["--disable-gpu", "--no-sandbox"]
"""No graphics card; and no sandbox of its own, which root may not have. All that is opened is ours."""


PATIENCE = 20_000
"""Milliseconds until what is expected on a page must be there: a machine that is busy is no fault of the page."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine: apt-get install chromium")
    if not built.islands():
        pytest.skip("what runs in the browser is not built: make web")
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="session")
def site(shipped: Store, browser: Browser) -> Iterator[str]:
    """The address of a server of everything that is shipped."""
    with running(shipped.origin) as service:
        yield service.url


@dataclass
class Visit:
    """A page in a browser of its own, and what went wrong: words on the console, requests that left the origin."""

    page: Page
    site: str
    wrong: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        """Go there, and wait until its parts are at work."""
        self.page.goto(self.site + path)
        if self.page.locator("[data-island]").count():
            self.page.locator("[data-island][data-ready]").wait_for(state="attached")
        return self.page


Open = Callable[..., Any]


@pytest.fixture
def visiting(browser: Browser, site: str) -> Open:
    """Opens a browser on everything that is shipped (`opener`)."""
    return opener(browser, site)


def opener(browser: Browser, site: str) -> Open:
    """A context manager that opens a browser of its own, with the options of Playwright's contexts, and refuses what
    must not happen on any page."""

    @contextmanager
    def visit(faults: bool = False, **options: Any) -> Iterator[Visit]:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        context.set_default_timeout(PATIENCE)
        told = Visit(context.new_page(), site)
        origin = urlsplit(site).netloc

        def console(said: ConsoleMessage) -> None:
            if said.type in ("error", "warning"):
                told.wrong.append(said.text)

        def request(asked: Request) -> None:
            if urlsplit(asked.url).netloc not in (origin, ""):
                told.wrong.append(asked.url)

        told.page.on("console", console)
        told.page.on("pageerror", lambda error: told.wrong.append(str(error)))
        told.page.on("request", request)
        yield told
        context.close()
        assert faults or told.wrong == []

    return visit
