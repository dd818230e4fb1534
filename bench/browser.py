"""Measure pages in a browser: `python -m bench.browser [PLACES ...]`, 0 for what is shipped (needs chromium and `make web`).

What a first view costs (bytes as sent, until the map can be used), and a step of the time bar: from the key to the end of
layout on the main thread, with 200 places and with 20,000, on invented data; and on what is shipped. Of a step also the
time of the processor, for all the main thread does for it, painting too, which a busy machine hardly changes.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from bench import generate, world
from kg import files, publish
from kg.store import open_store
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.server.conftest import running

STEPS = 120
STEP = """async (steps) => {
  const slider = document.querySelector('.timebar input[type=range]'), taken = [];
  slider.value = slider.min; slider.dispatchEvent(new Event('input', {bubbles: true}));
  const width = Math.max(1, Math.floor((slider.max - slider.min) / steps));
  for (let step = 0; step < steps; step++) {
    const begun = performance.now();
    slider.value = Number(slider.value) + width;
    slider.dispatchEvent(new Event('input', {bubbles: true}));
    await new Promise(queueMicrotask);  // the time bar itself is brought up to date after its event
    document.body.getBoundingClientRect();
    taken.push(performance.now() - begun);
    await new Promise(requestAnimationFrame);
  }
  return taken;
}"""


@contextmanager
def served(places: int | None) -> Iterator[str]:
    """The address of a server of what is shipped, or of an invented world with so many places."""
    with tempfile.TemporaryDirectory() as directory:
        location, paths = Path(directory) / "store", list(files.shipped_files())
        if places:
            # three changes a place are enough for many, and loaded sooner
            changes = generate.CHANGES_A_PLACE = world.CHANGES_A_PLACE = 3 if places > 1000 else 10
            generate.generate(places * changes, Path(directory) / "data")
            paths = [files.shipped() / "ontology" / "control.ttl", *sorted((Path(directory) / "data").glob("*.ttl"))]
        store = open_store(location)
        publish.load(store, paths, who="bench")
        store.close()
        with running(location) as service:
            yield service.url


def first_view(page: Page, url: str) -> str:
    """What was sent for the first view of the map, and when it could be used."""
    sent: dict[str, int] = {}
    kinds: dict[str, str] = {}
    sizes: dict[str, int] = {}
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.on("Network.responseReceived", lambda event: kinds.update({event["requestId"]: event["type"]}))
    session.on(
        "Network.loadingFinished", lambda event: sizes.update({event["requestId"]: int(event["encodedDataLength"])})
    )
    page.goto(f"{url}/map")
    page.locator("[data-island][data-ready]").wait_for(state="attached")
    usable = page.evaluate("performance.now()")
    page.wait_for_load_state("networkidle")
    for request, kind in kinds.items():
        sent[kind] = sent.get(kind, 0) + sizes.get(request, 0)
    told = ", ".join(f"{kind} {size / 1000:.1f} kB" for kind, size in sorted(sent.items()))
    return f"usable after {usable:.0f} ms; {told}"


def processor(browser: Browser, page: Page) -> list[float]:
    """Milliseconds of the processor that the main thread takes for each step, from its script to its painting."""
    browser.start_tracing(page=page, categories=["cc"])
    page.evaluate(STEP, STEPS)
    told = json.loads(browser.stop_tracing())["traceEvents"]
    return [each["tdur"] / 1000 for each in told if each["name"] == "ProxyMain::BeginMainFrame" and "tdur" in each]


def spread(taken: list[float]) -> str:
    """Median, 95th of a hundred, and the slowest."""
    taken = sorted(taken)
    return (
        f"median {statistics.median(taken):.1f} ms, 95 of 100 within {taken[int(len(taken) * 0.95)]:.1f} ms, "
        f"slowest {taken[-1]:.1f} ms"
    )


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.browser", description=(__doc__ or "").partition("\n")[0],
        epilog="example: python -m bench.browser 200",
    )  # fmt: skip
    parser.add_argument("places", nargs="*", type=int, help="how many places there are; 0: what is shipped")
    sizes = [size or None for size in parser.parse_args().places or (0, 200, 20_000)]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for places in sizes:
            with served(places) as url:
                page = browser.new_page(viewport={"width": 1280, "height": 900})
                page.goto(f"{url}/map")  # so that the server has read its data
                page.close()
                page = browser.new_page(viewport={"width": 1280, "height": 900})
                print(f"{places or 'shipped'} places: {first_view(page, url)}", flush=True)
                drawn = page.locator(".drawing.wide a[href]").count()
                print(f"  {drawn} drawn; a step: {spread(page.evaluate(STEP, STEPS))}", flush=True)
                print(f"  of the processor: {spread(processor(browser, page))}", flush=True)
                page.close()
        browser.close()


if __name__ == "__main__":
    main()
