"""What goes wrong, in a browser: each says what happened and has a way on, and no figure is blank."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.test_workbench import write

DIGITS = " ".join(f'"{digit}"' for digit in range(10))
MANY = (
    "SELECT ?n WHERE { "
    + " ".join(f"VALUES ?{name} {{ {DIGITS} }}" for name in "abcde")
    + " BIND(CONCAT(?a, ?b, ?c, ?d, ?e) AS ?n) }"
)
"""All numbers of five digits."""


@pytest.mark.differs("virtuoso", "that of the tests cuts answers after 30,000 rows")
def test_a_hundred_thousand_rows_and_a_server_that_went_away(visiting: Open) -> None:
    with visiting(faults=True) as visit:
        page = visit.open("/query")
        write(page, MANY)
        page.get_by_role("button", name="Run", exact=True).click()
        expect(page.locator(".result .status strong")).to_have_text("100,000 rows", timeout=20_000)
        told = page.locator(".result .warn")
        expect(told).to_contain_text("Shown are 200 of 100,000 rows.")
        expect(told.get_by_role("link", name="all of them as CSV")).to_be_visible()
        page.get_by_role("button", name="1,000 more").click()
        expect(told).to_contain_text("Shown are 1,200 of 100,000 rows.")
        page.get_by_role("searchbox", name="Only rows with").fill("0421")
        expect(page.get_by_role("status").filter(has_text="20 of 100,000 rows have it.")).to_be_visible()
        page.context.set_offline(True)
        page.get_by_role("button", name="Run", exact=True).click()
        gone = page.get_by_role("alert").filter(has_text="The server does not answer")
        expect(gone).to_be_visible()
        expect(page.locator(".result.old")).to_be_visible()  # the last answer stays
        write(page, "ASK {}")
        page.context.set_offline(False)
        gone.get_by_role("button", name="Run again").click()
        expect(page.locator(".truth")).to_have_text("Yes")


def test_links_that_lead_nowhere_and_days_outside_the_data(visiting: Open) -> None:
    with visiting(faults=True) as visit:
        # an act of a link that cannot be had: the rest is drawn
        page = visit.open(
            "/graph?sel=place:city-kunduz&open=in,kg:place,place:city-kunduz&way=place:city-kunduz,place:atlantis"
        )
        expect(page.get_by_role("alert").filter(has_text="nothing is known of")).to_be_visible()
        expect(page.locator("g.node")).to_have_count(7)
        page.context.set_offline(True)
        page.get_by_role("button", name="within →").click()
        gone = page.get_by_role("alert").filter(has_text="The server does not answer; what is drawn stays.")
        expect(gone).to_be_visible()
        expect(page.locator("g.node")).to_have_count(7)
        page.context.set_offline(False)
        gone.get_by_role("button", name="Try again").click()
        expect(page.locator("g.node")).not_to_have_count(7)
        # days of which nothing is said: the figure is drawn, and leads to the first that has an answer
        page = visit.open("/map?at=1999-01-01")
        expect(page.locator(".drawing.wide a[aria-label$=unknown]")).not_to_have_count(0)
        page.get_by_role("link", name="The next day on which any answer changes").click()
        expect(page.locator("table.answers")).to_be_visible()
        # a query that is none, and a thing that is none
        page = visit.open("/query#query=SELECT%20%3Fs%20WHERE%20%7B")
        expect(page.get_by_role("alert").filter(has_text="Line ")).to_be_visible()
        for path in ("/id/place/atlantis", "/resource?iri=https://example.org/nowhere", "/map?at=2021-99-99"):
            page = visit.open(path)
            expect(page.get_by_role("main").get_by_role("link", name="What the data covers")).to_be_visible()
