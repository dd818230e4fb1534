"""Every page in a browser: nothing is on the console or from elsewhere, nothing overflows; search, keys, print."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from kg.store.embedded import Store
from tests.browser.conftest import Open
from tests.server.conftest import client_of

PAGES = {
    "home": "/",
    "map": "/map?at=2021-07-16&sel=crossing-spin-boldak",
    "timeline": "/timeline?type=provincial-capital",
    "graph": "/graph?sel=city-kunduz&open=in,kg:place,place:city-kunduz",
    "control": "/graph?view=control&at=2021-08-09",
    "routes": "/routes?at=2021-08-09",
    "compare": "/compare?a.at=2021-08-08&b.at=2021-08-12",
    "query": "/query",
    "answer": "/query?example=crossings-by-10-july",
    "search": "/search?q=kunduz",
    "browse": "/browse",
    "places": "/browse/place?at=2021-07-16&within=country-afghanistan",
    "data": "/data",
    "help": "/help",
    "dossiers": "/dossier",
    "dossier": "/dossier?place=crossing-spin-boldak&at=2021-07-16",
    "ontology": "/ontology",
    "alignments": "/alignments",
    "place": "/id/place/city-kunduz",
    "event": "/id/event/seed-05-school-bombing",
    "source": "/id/source/source-057",
    "claim": "/id/claim/source-057-01",
    "elsewhere": "/resource?iri=http://www.wikidata.org/entity/Q108155",
    "claiming": "/claims/new",
    "description": "/api/docs",
    "nothing": "/id/place/atlantis",
}


ALIKE = ("description", "ontology", "alignments", "browse", "data", "claim", "elsewhere", "claiming")
"""Those that have few names of things, or are made as another one is: in Dari they have another direction alone."""
PHONE = {"width": 320, "height": 640}
FOUND = """options => axe.run(document, {resultTypes: ["violations"], ...options}).then(found =>
    found.violations.map(each => [each.id, each.nodes.slice(0, 3).map(node => node.html.slice(0, 200))]))"""


def language(path: str, lang: str) -> str:
    return path if lang == "en" else f"{path}{'&' if '?' in path else '?'}lang={lang}"


def violations(page: Page, *rules: str) -> list[Any]:
    """What axe-core finds by the rules of WCAG 2.2 AA and good practice, or by some rules alone."""
    wanted: dict[str, Any] = {"runOnly": list(rules)} if rules else {}
    found: list[Any] = page.evaluate(FOUND, wanted)
    return found


def test_every_page_is_looked_at(shipped: Store) -> None:
    """What an address without a name in it shows to a browser is in the list above, and so in the pictures."""
    with client_of(shipped.origin, children=1) as client:
        doors = client.application.url_map
        listed = {doors.bind("localhost").match(urlsplit(path).path)[0] for path in PAGES.values()}
        for rule in doors.iter_rules():
            if not rule.arguments and "GET" in (rule.methods or ()) and rule.endpoint not in listed:
                with client.get(rule.rule, headers={"Accept": "text/html"}) as shown:
                    assert (shown.status_code, shown.mimetype) != (200, "text/html"), f"nobody looks at {rule.rule}"


def fits(page: Page) -> bool:
    """Whether a page needs no scrolling aside."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_every_page_fits_a_phone(visiting: Open) -> None:
    with visiting(viewport=PHONE) as visit:
        for name, path in PAGES.items():
            assert fits(visit.open(path)), name
            if name == "nothing":  # of an address of which nothing is known the browser says so of its own accord
                assert [words for words in visit.wrong if "404" not in words] == []
                visit.wrong.clear()


def test_search_finds_in_any_script_and_leads_there(visiting: Open) -> None:
    with visiting() as visit:
        page = visit.open("/help")
        page.keyboard.press("/")
        field = page.get_by_role("combobox", name="Search places, actors, sources and events")
        expect(field).to_be_focused()
        page = visit.open("/")
        expect(field).to_be_focused()
        for words in ("قندوز", "Kundûz"):
            field.fill("")
            expect(page.get_by_role("option")).to_have_count(0)
            page.keyboard.type(words)
            expect(page.get_by_role("option").first).to_contain_text("Kunduz")
        page.keyboard.press("ArrowDown")
        assert field.get_attribute("aria-activedescendant") == "search-0"
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_contain_text("Kunduz")


def test_the_scheme_that_is_chosen_stays_and_reaches_the_drawings(visiting: Open) -> None:
    paper = "getComputedStyle(document.querySelector('.drawing.wide .paper')).fill"
    with visiting() as visit:
        page = visit.open("/map")
        light = page.evaluate(paper)
        page.get_by_role("button", name="Scheme: system").click()
        page.get_by_role("button", name="Scheme: light").click()
        dark = page.evaluate(paper)
        assert dark != light
        page = visit.open("/map")
        assert page.evaluate(paper) == dark
        page.get_by_role("button", name="Scheme: dark").click()
        assert page.evaluate(paper) == light


def test_single_keys_can_be_switched_off(visiting: Open) -> None:
    with visiting() as visit:
        page = visit.open("/map?at=2021-08-09")
        page.keyboard.press("?")
        page.get_by_role("checkbox", name="single letters are keys").uncheck()
        page.get_by_role("button", name="Close").click()
        page.keyboard.press("]")
        page.keyboard.press("/")
        expect(page.get_by_role("slider")).to_have_attribute("aria-valuetext", "9 August 2021")
        page = visit.open("/map")
        page.keyboard.press("/")
        expect(page.locator("#search")).not_to_be_focused()


def test_g_and_a_letter_lead_to_a_page(visiting: Open) -> None:
    with visiting() as visit:
        page = visit.open("/data")
        page.keyboard.press("g")
        page.keyboard.press("t")
        page.wait_for_url("**/timeline")
        page.keyboard.press("t")
        expect(page.locator("#table")).to_be_focused()


def test_a_timeline_shows_the_days_that_are_chosen_and_leads_to_the_map(visiting: Open) -> None:
    with visiting() as visit:
        page = visit.open("/timeline?type=provincial-capital")
        page.get_by_role("slider", name="First day").focus()
        page.keyboard.press("PageUp")
        page.wait_for_url("**at=2021-05-**")
        expect(page.locator("header.question")).to_contain_text("May to 14 September 2021")
        before = page.url
        page.locator(".drawing.wide").hover()
        page.keyboard.down("Control")
        page.mouse.wheel(0, -200)
        page.keyboard.up("Control")
        page.wait_for_url(lambda url: url != before)
        page.go_back()
        expect(page.locator("header.question")).to_contain_text("May to 14 September 2021")
        page.evaluate("window.stays = true")
        lanes = page.locator(".drawing.wide a[href]")
        many = lanes.count()
        page.get_by_text("Who is listened to, and which places").click()
        page.get_by_role("listbox", name="Kinds of places").select_option(label="border crossing")
        page.get_by_role("search", name="What is asked").get_by_role("button", name="Show").last.click()
        expect(lanes.filter(has_text="Spin Boldak")).not_to_have_count(0)
        assert page.evaluate("window.stays"), "it is asked anew without leaving the page"
        page.go_back()
        expect(lanes).to_have_count(many)
        page.locator(".drawing.wide g.bar[tabindex='0']").focus()
        page.keyboard.press("ArrowDown")
        assert ": " in page.locator(".pointed").inner_text()
        page.keyboard.press("Enter")
        expect(page.locator("#selected")).to_be_visible()


def test_colours_that_are_forced_and_less_motion_leave_all_to_be_seen(visiting: Open) -> None:
    with visiting(forced_colors="active", reduced_motion="reduce") as visit:
        page = visit.open("/map?at=2021-08-09")
        assert page.locator(".drawing.wide g.symbol").count() > 50
        page.get_by_role("slider").focus()
        page.keyboard.press("ArrowRight")
        expect(page.get_by_role("heading", level=1)).to_have_text("Who held what on 10 August 2021")


def test_print_shows_the_figure_and_hides_what_asks(visiting: Open) -> None:
    with visiting() as visit:
        page = visit.open("/map?at=2021-08-09")
        page.emulate_media(media="print")
        expect(page.locator(".drawing.wide svg.figure").first).to_be_visible()
        expect(page.locator(".timebar")).to_be_hidden()
        expect(page.locator("header.site nav").first).to_be_hidden()
        assert len(page.pdf(prefer_css_page_size=True)) < 2_000_000
