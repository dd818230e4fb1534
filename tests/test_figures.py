"""Figures: every kind of doubt looks different, nothing says more than was said, and whatever is put in stays text."""

from __future__ import annotations

import math
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import combinations, pairwise
from xml.etree import ElementTree as ET

import pytest

from kg import answering, asking
from kg.control.answers import View
from kg.control.courses import Course, changes, courses, told_first
from kg.control.index import history
from kg.distances import EARTH
from kg.figures import seen
from kg.figures.bars import bar
from kg.figures.calendar import ticks
from kg.figures.drawing import figure, text_of, text_width
from kg.figures.legend import entries
from kg.figures.map import map_svg
from kg.figures.outlines import known as known_outlines
from kg.figures.outlines import projection
from kg.figures.outlines import shipped as shipped_outlines
from kg.figures.patterns import Fills
from kg.figures.picture import Site
from kg.figures.sheets import Sheet, open_credits, sheet
from kg.figures.states import Answer, Party, sentence, series_of
from kg.figures.symbols import symbol
from kg.figures.timeline import Lane, Span, counted, reach, timeline_svg
from kg.figures.timeline import changes as turns
from kg.ontology import PREFIXES
from kg.store.embedded import Store

GOV, TAL, US = (
    Party("a:gov", "the government", 0),
    Party("a:tal", "the Taliban", 1),
    Party("a:us", "the US-led forces", 2),
)
KINDS = {
    "held by one": Answer("controlled", GOV),
    "held by another": Answer("controlled", TAL),
    "held by a third": Answer("controlled", US),
    "by its own word": Answer("controlled", TAL, flags=frozenset({"self-claimed"})),
    "possible": Answer("possible", possible=(TAL,)),
    "one of two": Answer("possible", possible=(GOV, TAL)),
    "assumed": Answer("possible", possible=(TAL,), flags=frozenset({"baseline"}), assumed=True),
    "contested": Answer("contested", possible=(GOV, TAL)),
    "contested by nobody named": Answer("contested"),
    "disputed": Answer("disputed", possible=(GOV, TAL), flags=frozenset({"disputed"})),
    "unknown": Answer("unknown"),
    "partial": Answer("unknown", flags=frozenset({"partial"})),
    "held in part": Answer("controlled", TAL, flags=frozenset({"partial"})),
    "carried": Answer("controlled", TAL, flags=frozenset({"carried"})),
}
SHEET = Sheet("Who held what", "By all sources", ("Data: none.",))
SVG = "{http://www.w3.org/2000/svg}"


def grey(drawing: str) -> str:
    """A drawing without its colours, which come from classes alone."""
    assert not re.search(r"#[0-9a-f]{3,6}\b", re.sub(r"url\(#[^)]*\)", "", drawing))
    return re.sub(r"\b[foc]([0-4])\b", "any", drawing)


def drawn(answer: Answer, how: str) -> str:
    """An answer as symbol, bar or area, with the patterns that it uses, on which no name tells them apart."""
    root = figure("x", 100, "", "", "test")
    root[:] = []
    fills = Fills(root, "x")
    if how == "symbol":
        symbol(root, answer, (20.0, 20.0), 6.0)
    elif how == "bar":
        bar(root, fills, answer, 0.0, 60.0, 0.0)
    else:
        fills.of(answer)
        if "partial" in answer.flags:
            fills.notches()
    return re.sub(r'id="[^"]*"|url\([^)]*\)', "", text_of(root))


# ── kinds of doubt ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("how", ["symbol", "bar"])
def test_no_two_kinds_of_answers_differ_by_colour_alone(how: str) -> None:
    looks = {kind: grey(drawn(answer, how)) for kind, answer in KINDS.items()}
    assert [pair for pair in combinations(looks, 2) if looks[pair[0]] == looks[pair[1]]] == []


def test_areas_of_different_kinds_have_different_patterns() -> None:
    # halves, ≠ and paleness are drawn onto the area itself
    kinds = {kind: answer for kind, answer in KINDS.items() if kind not in ("disputed", "carried")}
    looks = {kind: grey(drawn(answer, "area")) for kind, answer in kinds.items()}
    assert [pair for pair in combinations(looks, 2) if looks[pair[0]] == looks[pair[1]]] == []


def test_every_kind_has_words_of_its_own() -> None:
    assert len({sentence(answer) for answer in KINDS.values()}) == len(KINDS)
    assert sentence(KINDS["disputed"]) == "disputed between sources: the government ≠ the Taliban"
    assert sentence(KINDS["assumed"]) == "assumed to be held by the Taliban (by the baseline)"
    assert sentence(KINDS["held in part"]) == "controlled by the Taliban (in part only)"


def test_an_actor_keeps_its_series_whoever_else_there_is() -> None:
    stated = {"t": 2, "g": 1, "x": 9}
    assert series_of(["t", "g"], stated) == {"g": 0, "t": 1, "x": 4}
    found = series_of(["t", "g", "a", "b", "c", "d"], stated)
    assert (found["g"], found["t"]) == (0, 1)
    assert [found[actor] for actor in "abcd"] == [2, 3, 4, 4]


def test_the_legend_counts_each_kind_once() -> None:
    listed = entries([*KINDS.values(), KINDS["unknown"]])
    told = {entry.words: entry.count for entry in listed}
    assert told["unknown"] == 3, "the partial one too"
    assert told["controlled by the Taliban"] == 3
    assert told["a corner cut off: in part only, or parts are held by others"] == 2
    assert (
        sum(entry.count for entry in listed if ": in part only" not in entry.words and "paler" not in entry.words) == 15
    )


# ── maps ───────────────────────────────────────────────────────────────────────────────────────────────────────


def map_of(store: Store, at: str, width: float = 820.0, lang: str = "en", **given: str) -> str:
    known = answering.known(store)
    question = asking.question(known.gazetteer, {"at": [at], "lang": [lang], **{k: [v] for k, v in given.items()}})
    held = answering.held(store, question)
    actors = seen.open_actors(store, known.index, known.gazetteer, lang)
    listed = seen.listed(held, seen.answers(held.columns, actors))
    sites = seen.sites(known.gazetteer, listed, lang, lambda place: f"/about?place={place}")
    words = sheet("Who held what", question, known.gazetteer, open_credits(store))
    return map_svg(sites, seen.outlines_of(known.gazetteer), words, width, onto=frozenset(question.within))


def element(drawing: str, name: str) -> ET.Element:
    found = ET.fromstring(drawing).find(f".//*[@id='map-{name}']")
    assert found is not None, name
    return found


def test_an_area_is_filled_by_what_is_said_of_it_and_by_nothing_else(shipped: Store) -> None:
    drawing = map_of(shipped, "2021-08-12")
    assert "controlled by Taliban" in (element(drawing, "city-kunduz").get("aria-label") or "")
    province = element(drawing, "province-kunduz")
    assert province.get("aria-label") == "Kunduz (province): unknown"
    assert [path.get("fill") for path in province.iter(f"{SVG}path")] == ["url(#map-unknown)"]
    fills = {path.get("fill") for path in ET.fromstring(drawing).iter(f"{SVG}path") if path.get("class") == "area"}
    assert fills == {"url(#map-unknown)"}, "nobody says who holds a province"
    partial = [path.get("fill") for path in element(drawing, "province-wardak").iter(f"{SVG}path")]
    assert partial == ["url(#map-unknown)", "url(#map-partial)"]


@pytest.mark.parametrize("width", [240.0, 360.0, 820.0, 1400.0])
@pytest.mark.parametrize("lang", ["en", "fa"])
def test_names_cover_neither_each_other_nor_the_edge(shipped: Store, width: float, lang: str) -> None:
    root = ET.fromstring(map_of(shipped, "2021-08-15", width, lang))
    boxes = []
    for text in root.iter(f"{SVG}text"):
        kind = text.get("class") or ""
        if "halo" in kind and "differs" not in kind:
            size = 10.0 if "minor" in kind or "region" in kind else 11.5
            wide = text_width(text.text or "", size)
            x, y = float(text.get("x", 0)), float(text.get("y", 0))
            left = x - wide if "end" in kind else x - wide / 2 if "middle" in kind or "region" in kind else x
            boxes.append((left, y - size * 0.8, left + wide, y))
    assert len(boxes) > 8
    assert all(box[0] >= 0 and box[2] <= width for box in boxes)
    touching = [
        (a, b) for a, b in combinations(boxes, 2) if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
    ]
    assert touching == []


def test_every_place_of_the_map_says_who_holds_it_and_ids_are_unique(shipped: Store) -> None:
    root = ET.fromstring(map_of(shipped, "2021-08-09"))
    ids = [each.get("id") for each in root.iter() if each.get("id")]
    assert len(ids) == len(set(ids))
    told = {link.get("id", ""): link.get("aria-label", "") for link in root.iter(f"{SVG}a")}
    assert len(told) > 80
    assert told["map-city-zaranj"] == "Zaranj (provincial capital): controlled by Taliban"
    assert told["map-crossing-spin-boldak"].startswith(
        "Spin Boldak crossing (border crossing): disputed between sources"
    )
    assert all(link.get("tabindex") == "-1" for link in root.iter(f"{SVG}a"))
    used = set(re.findall(r"url\(#([^)]+)\)", ET.tostring(root, "unicode")))
    assert used <= set(ids)


def test_a_map_of_one_area_is_fitted_to_it(shipped: Store) -> None:
    whole, part = map_of(shipped, "2021-08-09"), map_of(shipped, "2021-08-09", within="province-kunduz")
    assert scale_of(part) < scale_of(whole)
    assert "places in Kunduz" in part
    assert "Areas without a pattern are not asked about." in part
    assert "Areas without a pattern" not in whole


def scale_of(drawing: str) -> int:
    """The kilometres that the bar of a map stands for."""
    return int(re.findall(r">(\d+) km<", drawing)[0])


def test_the_scale_is_true() -> None:
    kabul, herat = (69.172, 34.529), (62.2, 34.35)
    onto, height = projection([point for arc in shipped_outlines().arcs[:90] for point in arc], 820.0, 26.0)
    (ax, ay), (bx, by) = onto(kabul), onto(herat)
    assert 0 < ay < height
    pixels = math.hypot(ax - bx, ay - by)
    a, b = (math.radians(each[1]) for each in (kabul, herat))
    turn = math.radians(kabul[0] - herat[0])
    km = EARTH * math.acos(math.sin(a) * math.sin(b) + math.cos(a) * math.cos(b) * math.cos(turn))
    assert pixels / km == pytest.approx(onto.km(34.4), rel=0.01)
    assert onto.latitude(onto(kabul)) == pytest.approx(kabul[1])


@pytest.mark.parametrize("points", [[(10.0, -30.0), (20.0, -20.0)], [(-1.0, -1.0), (1.0, 1.0)], [(5.0, 5.0)]])
def test_any_part_of_the_earth_has_a_map_with_north_above(points: list[tuple[float, float]]) -> None:
    onto, height = projection(points, 400.0, 20.0)
    for x, y in map(onto, points):
        assert 0 <= x <= 400
        assert 0 <= y <= height
    (west, south), (east, north) = onto((points[0][0], points[0][1])), onto((points[0][0] + 0.1, points[0][1] + 0.1))
    assert east > west
    assert north < south


def test_whatever_a_place_is_called_stays_text() -> None:
    name = '"><script>alert(1)</script>&\x00\ud83d'
    site = Site('x:"><', name, "en", "<b>", (60.0, 30.0), KINDS["disputed"], 'javascript:"&<')
    drawing = map_svg([site], known_outlines(frozenset()), Sheet(name, name, (name,)), 400)
    root = ET.fromstring(drawing)
    assert {each.tag.removeprefix(SVG) for each in root.iter()} <= {
        "svg", "title", "desc", "style", "rect", "defs", "clipPath", "g", "path", "circle", "text", "a", "pattern",
    }  # fmt: skip
    assert any(text.text == '"><script>alert(1)</script>&\ufffd\ufffd' for text in root.iter(f"{SVG}text"))


def test_an_empty_map_says_so() -> None:
    drawing = map_svg([], known_outlines(frozenset()), SHEET, 400)
    assert "Of 0 places: none is listed." in drawing
    nowhere = map_svg([Site("x:a", "A", "en", "town", None, KINDS["unknown"])], known_outlines(frozenset()), SHEET, 400)
    assert "1 place has no position that a point can stand for" in nowhere


def test_more_symbols_than_a_map_can_carry_are_counted() -> None:
    sites = [Site(f"x:{n}", f"P{n}", "en", "town", (n % 60, n // 60 % 60), KINDS["unknown"]) for n in range(2100)]
    sites[-1] = Site("x:told", "Told", "en", "town", (5.5, 5.5), KINDS["held by one"])
    drawing = map_svg(sites, known_outlines(frozenset()), SHEET, 500)
    assert "100 places are too many to be drawn" in drawing
    assert 'id="map-x-told"' in drawing or "Told (town): controlled by the government" in drawing


def test_the_same_question_gives_the_same_bytes_in_any_process() -> None:
    program = (
        "from kg.figures.map import map_svg; from kg.figures.picture import Site; from kg.figures.sheets import Sheet;"
        "from kg.figures.states import Answer, Party; from kg.figures.outlines import shipped; import hashlib;"
        "a = Answer('possible', possible=(Party('a','A',0),Party('b','B',1)), flags=frozenset({'carried','partial'}));"
        "s = [Site(o.place, o.name, 'en', 'province', None, a) for o in shipped().areas];"
        "print(hashlib.sha256(map_svg(s, shipped(), Sheet('t','b'), 500).encode()).hexdigest())"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", program], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(found) == 1


# ── timelines ──────────────────────────────────────────────────────────────────────────────────────────────────


def day(text: str) -> int:
    return date.fromisoformat(text).toordinal()


def lane(*told: tuple[str, Answer]) -> Lane:
    begins = [day(at) for at, _ in told]
    ends = [*(first - 1 for first in begins[1:]), None]
    spans = tuple(Span(first, last, answer) for first, last, (_, answer) in zip(begins, ends, told, strict=True))
    return Lane("x:town", "Town", "en", "town", spans)


def test_only_another_certain_holder_is_a_change_and_whoever_comes_back_is_counted() -> None:
    fought = lane(
        ("2021-05-01", KINDS["possible"]), ("2021-05-03", KINDS["held by one"]), ("2021-05-05", KINDS["disputed"]),
        ("2021-05-07", KINDS["held by one"]), ("2021-05-09", KINDS["held by another"]),
        ("2021-05-10", KINDS["carried"]), ("2021-05-11", KINDS["held by one"]),
    )  # fmt: skip
    assert [(each.day, each.back) for each in turns(fought.spans)] == [
        (day("2021-05-09"), False),
        (day("2021-05-11"), True),
    ]
    window = (day("2021-05-01"), day("2021-05-20"))
    assert counted([fought], window) == "2 changes of the certain holder, 1 of them a recapture"
    assert (
        counted([fought], (window[0], day("2021-05-09"))) == "1 change of the certain holder, none of them a recapture"
    )
    drawing = timeline_svg([fought], SHEET, window, 820)
    assert drawing.count("<title>recapture, 11 May 2021</title>") == 1
    assert "Town, 5 to 6 May 2021: disputed between sources" in drawing


def test_an_end_fades_towards_the_days_on_which_it_is_only_possible() -> None:
    either = Answer("possible", possible=(GOV, TAL))
    taken = lane(("2021-05-01", KINDS["held by one"]), ("2021-05-03", either), ("2021-05-06", KINDS["held by another"]))
    fading = timeline_svg([taken], SHEET, (day("2021-05-01"), day("2021-05-10")), 820)
    assert re.findall(r'linearGradient id="([^"]+)"', fading) == ["timeline-fade-0-085-01", "timeline-fade-1-01-085"]
    silent = Answer("possible", possible=(GOV, TAL), flags=frozenset({"carried"}))
    still = lane(("2021-05-01", KINDS["held by one"]), ("2021-05-03", silent), ("2021-05-06", KINDS["held by another"]))
    assert "linearGradient" not in timeline_svg([still], SHEET, (day("2021-05-01"), day("2021-05-10")), 820)


@pytest.mark.parametrize("width", [240, 559, 560, 1600])
def test_a_timeline_stays_on_its_paper(width: int) -> None:
    long = Lane("x:long", "A place with a name that is far too long for any figure to write beside it", "en", "town",
                (Span(day("2021-05-01"), None, KINDS["unknown"]),))  # fmt: skip
    drawing = timeline_svg([long, long], SHEET, (day("2021-05-01"), day("2021-06-20")), width)
    root = ET.fromstring(drawing)
    for text in root.iter(f"{SVG}text"):
        wide, x = text_width(text.text or "", 10), float(text.get("x", 0))
        assert (x - wide if text.get("class") == "end" else x) >= 0
        assert (x if text.get("class") == "end" else x + wide) <= width + 1
    for shape in root.iter(f"{SVG}rect"):
        assert float(shape.get("x", 0)) + float(shape.get("width", 0)) <= width


def test_days_before_and_after_the_window_are_cut_off() -> None:
    told = lane(
        ("2021-05-01", KINDS["held by one"]), ("2021-06-01", KINDS["held by another"]), ("2021-07-01", KINDS["unknown"])
    )
    drawing = timeline_svg([told], SHEET, (day("2021-06-05"), day("2021-06-10")), 820, asked=(day("2021-06-07"),) * 2)
    assert "1 to 30 June 2021: controlled by the Taliban" in drawing
    assert "controlled by the government" not in drawing
    assert "asked: 7 June 2021" in drawing
    assert reach([told], (day("2021-05-01"), day("2021-05-02")))[1] > day("2021-07-01")


@pytest.mark.parametrize("length", [1, 6, 40, 200, 900, 4000, 40000, 700000])
@pytest.mark.parametrize("pixels", [120, 330, 700])
def test_an_axis_has_lines_that_can_be_told_apart(length: int, pixels: int) -> None:
    first = day("1931-03-14")
    lines = ticks(first, first + length - 1, pixels, 44)
    assert lines
    assert all(first <= at < first + length for at, _ in lines)
    apart = [(b - a) * pixels / length for (a, _), (b, _) in pairwise(lines)]
    assert all(each >= 40 for each in apart)


def test_no_place_and_a_place_of_which_nothing_is_said(shipped: Store) -> None:
    window = (day("2021-05-01"), day("2021-05-09"))
    assert "No place is listed." in timeline_svg([], SHEET, window, 400)
    silent = timeline_svg([lane(("2021-05-01", KINDS["unknown"]))], SHEET, window, 400)
    assert "no changes of the certain holder" in silent
    assert "from 1 May 2021 on: unknown" in silent


# ── the runs behind them ───────────────────────────────────────────────────────────────────────────────────────


def told(found: Iterable[Course]) -> Iterator[tuple[object, ...]]:
    """Courses as runs are: neighbours that differ only in whether a word names a controller are one."""
    last: tuple[object, ...] | None = None
    for each in found:
        key = (each.state, each.certain, each.possible, each.flags)
        if key != last:
            yield each.first, *key
        last = key


@pytest.mark.parametrize(
    "view", [View(), View(policy="majority"), View(baseline=False, sources=frozenset({PREFIXES["source"] + "seed"}))]
)
def test_courses_are_histories_and_changes_are_their_days(shipped: Store, view: View) -> None:
    index = answering.known(shipped).index
    places = list(index.ledger.places)
    found = courses(index, [*places, "x:nowhere"], view)
    assert [(each.state, each.last) for each in found.pop("x:nowhere")] == [("unknown", None)]
    days = set()
    for place, runs in ((place, history(index, place, view)) for place in places):
        assert list(told(found[place])) == [(r.first, r.state, r.certain, r.possible, r.flags) for r in runs], place
        for a, b in pairwise(runs):
            if (a.state, a.certain, a.possible) != (b.state, b.certain, b.possible):
                days.add(b.first)
        assert all(a.last == b.first - 1 for a, b in pairwise(found[place]))
    assert changes(index, view) == sorted(days)


def test_the_first_to_change_are_told_first(shipped: Store) -> None:
    index = answering.known(shipped).index
    first = told_first(index, View(), 5)
    assert first[0] == PREFIXES["place"] + "airbase-kandahar"
    assert first == told_first(index, View(), 1000)[:5]
    everybody = told_first(index, View(), 1000)
    assert PREFIXES["place"] + "province-wardak" in everybody, "partial is something"
    assert PREFIXES["place"] + "province-kunar" not in everybody
