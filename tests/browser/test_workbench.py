"""The query page in a browser: examples run, answers are shown in several ways, errors have their place, links run."""

from __future__ import annotations

from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Open


def write(page: Page, text: str) -> None:
    """Put a query into the editor in place of what is there."""
    page.get_by_role("textbox", name="SPARQL query").click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(text)


def test_an_example_runs_and_is_switched_to_the_map_and_shared(visiting: Open) -> None:
    with visiting() as visit:
        page = visit.open("/query")
        page.get_by_role("link", name="Which border crossings had the Taliban taken by 10 July 2021").click()
        expect(page.get_by_role("region", name="Rows of the answer")).to_contain_text("Islam Qala")
        expect(page.get_by_role("region", name="Rows of the answer")).to_contain_text("Islam Qala crossing")
        page.get_by_role("button", name="Map", exact=True).click()
        figure = page.locator(".result svg.figure.map")
        expect(figure).to_contain_text("Who held what on 9 July 2021")
        shared = page.url
        page.get_by_role("button", name="Timeline", exact=True).click()
        assert page.locator(".result .lanes li").count() > 10
    with visiting() as fresh:
        page = fresh.open(shared.removeprefix(fresh.site))
        expect(page.locator(".result svg.figure.map")).to_contain_text("Who held what on 9 July 2021")


def test_an_example_runs_before_the_editor_is_there(visiting: Open) -> None:
    with visiting() as visit:
        page, held = visit.page, list[Route]()

        def hold(route: Route) -> None:
            held.append(route)

        page.route("**/editor-*.js", hold)
        with page.expect_request("**/editor-*.js"):
            page.goto(f"{visit.site}/query")
        with page.expect_request("**/editor-*.js"):
            page.get_by_role("link", name="Which border crossings had the Taliban taken by 10 July 2021").click()
        rows = page.get_by_role("region", name="Rows of the answer")
        expect(rows).to_contain_text("Islam Qala crossing")  # of the server
        held[-1].continue_()
        expect(page.locator(".result").get_by_role("region", name="Rows of the answer")).to_contain_text(
            "Islam Qala crossing"
        )


def test_an_error_is_told_at_its_place_and_the_old_answer_stays(visiting: Open) -> None:
    with visiting(faults=True) as visit:
        page = visit.open("/query")
        write(page, "ASK { ?s ?p ?o }")
        page.keyboard.press("ControlOrMeta+Enter")
        expect(page.locator(".truth")).to_have_text("Yes")
        write(page, "SELECT ?s\nWHERE { ?s ?p }")
        page.keyboard.press("ControlOrMeta+Enter")
        expect(page.get_by_role("alert")).to_contain_text("Line 2, column")
        expect(page.locator(".truth")).to_be_visible()


def test_prefixes_that_are_missing_are_put_in_and_the_count_is_a_chart(visiting: Open) -> None:
    with visiting() as visit:
        page = visit.open("/query")
        write(page, "SELECT ?stance (COUNT(*) AS ?claims) WHERE { ?c kg:stance ?stance } GROUP BY ?stance")
        page.get_by_role("button", name="Run", exact=True).click()
        page.get_by_role("button", name="Chart", exact=True).click()
        assert page.locator(".bars li").count() > 3
        expect(page.get_by_role("textbox", name="SPARQL query")).to_contain_text(
            "PREFIX kg: <https://w3id.org/controlgraph/ontology#>"
        )


def test_terms_and_places_are_completed(visiting: Open) -> None:
    with visiting() as visit:
        page = visit.open("/query")
        write(page, "SELECT * { ?c ")
        page.keyboard.type("kg:toContr")
        expect(page.locator(".cm-tooltip-autocomplete li").first).to_contain_text("kg:toController")
        write(page, "SELECT * { ?c kg:place ")
        page.keyboard.type("place:kundu")
        expect(page.locator(".cm-tooltip-autocomplete li", has_text="place:city-kunduz").first).to_be_visible()


def test_a_query_is_laid_out_and_its_rows_are_told_whole_and_copied(visiting: Open) -> None:
    with visiting(permissions=["clipboard-read", "clipboard-write"]) as visit:
        page = visit.open("/query")
        written = (
            "SELECT ?place ?word WHERE { ?place kg:within place:province-kunduz; a kg:Place BIND('a|b' AS ?word) }"
        )
        write(page, written)
        page.get_by_role("button", name="Lay out").click()
        field = page.get_by_role("textbox", name="SPARQL query")
        lines = [line.strip() for line in field.locator(".cm-line").all_inner_texts()]
        assert lines[:5] == [
            "SELECT ?place ?word", "WHERE {", "?place kg:within place:province-kunduz ;", "a kg:Place",
            "BIND('a|b' AS ?word)",
        ]  # fmt: skip
        field.press("ControlOrMeta+z")
        assert field.locator(".cm-line").all_inner_texts() == [written]
        page.get_by_role("button", name="Run", exact=True).click()
        rows = page.get_by_role("region", name="Rows of the answer")
        link = rows.get_by_role("link", name="Kunduz", exact=True)
        link.focus()
        expect(page.locator(".result .pointed")).to_have_text("https://w3id.org/controlgraph/id/place/city-kunduz")
        page.get_by_role("button", name="Copy as Markdown").click()
        expect(page.get_by_role("status").filter(has_text="copied as Markdown")).to_be_visible()
        copied = page.evaluate("navigator.clipboard.readText()").splitlines()
        assert copied[:2] == ["| place | word |", "| --- | --- |"]
        assert "| https://w3id.org/controlgraph/id/place/city-kunduz | a\\|b |" in copied
        page.get_by_role("button", name="IRIs only").click()
        expect(rows.get_by_role("link", name="place:city-kunduz", exact=True)).to_be_visible()


def test_a_query_is_cancelled(visiting: Open) -> None:
    with visiting(faults=True) as visit:
        page = visit.open("/query")
        write(page, "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")
        page.get_by_role("button", name="Run", exact=True).click()
        with page.expect_response(lambda reply: "/queries/" in reply.url) as ended:
            page.get_by_role("button", name="Cancel", exact=True).click()
        assert ended.value.status in (204, 404)
        expect(page.get_by_role("status").filter(has_text="Cancelled.")).to_be_visible()
        expect(page.get_by_role("button", name="Run", exact=True)).to_be_enabled()


def test_queries_stay_in_their_tabs_and_a_closed_one_comes_back(visiting: Open) -> None:
    with visiting() as visit:
        page = visit.open("/query")
        write(page, "ASK { ?first ?p ?o }")
        page.get_by_role("button", name="New").click()
        write(page, "ASK { ?second ?p ?o }")
        page = visit.open("/query")
        assert page.get_by_role("tab").count() >= 2
        page.get_by_role("tab").nth(1).click()
        expect(page.get_by_role("textbox", name="SPARQL query")).to_contain_text("?second")
        page.get_by_role("button", name="Close this one").click()
        page.get_by_role("button", name="Open the closed one again").click()
        expect(page.get_by_role("textbox", name="SPARQL query")).to_contain_text("?second")
