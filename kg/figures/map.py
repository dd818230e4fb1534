"""The map of control as SVG: who held which place, and how sure that is, on one day or throughout several.

An area is filled by what is said of the area itself, and by nothing else: a capital, a district, a crossing is a
symbol at its own position.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from kg.figures import legend, roads
from kg.figures.drawing import MARGIN, Element, add, figure, finished, number
from kg.figures.outlines import Outlines
from kg.figures.patterns import Fills
from kg.figures.picture import WHOLE, Picture, Site, Window, paper
from kg.figures.roads import Stretch
from kg.figures.shapes import Point
from kg.figures.sheets import Sheet
from kg.figures.symbols import half_width, symbol

SYMBOLS = 2000
"""How many symbols are drawn; of more the unknown ones are left out first."""


def map_svg(
    sites: Sequence[Site],
    outlines: Outlines,
    sheet: Sheet,
    width: float,
    selected: str | None = None,
    onto: frozenset[str] = frozenset(),
    prefix: str = "map",
    headed: bool = True,
    stretches: Sequence[Stretch] = (),
    ranks: Mapping[str, int] | None = None,
    window: Window = WHOLE,
    ringed: frozenset[str] = frozenset(),
) -> str:
    """The map of these places, which are listed once each; of the outlines those of other places are only context.
    `stretches` are the pieces of road that are drawn below the symbols.

    `width` is in pixels, and everything is laid out for it; `selected` is marked, and places in `ringed` have a ring;
    `headed` writes the heading. The map is fitted to the areas in `onto`, or to all areas, or where there is none to
    the positions, and shows of that what is in the `window`. Where there are too many symbols, those of the lowest rank
    are drawn, and of those without one the known. The same arguments give the same text.
    """
    by_place = {site.place: site for site in sites}
    areas = {outline.place for outline in outlines.areas if outline.place in by_place}
    dots = [site for site in sites if site.place not in areas and site.point]
    points = () if outlines.areas else tuple(site.point for site in dots if site.point)
    ground = paper(outlines, onto, points, width, window)
    nameless = 0
    root = figure(prefix, width, sheet.title, description(sites, sheet, stretches), "map")
    definitions = add(root, "defs")
    fills = Fills(definitions, prefix)
    top = legend.heading(root, sheet.title, sheet.below, MARGIN, width - 2 * MARGIN) if headed else 0.0
    located = len(dots)
    if window != WHOLE:
        dots = [site for site in dots if site.point and ground.shows(site.point, width)]
    inside = len(dots)
    ranked, last = ranks or {}, len(ranks or {})
    dots = sorted(
        dots, key=lambda s: (ranked.get(s.place, last), s.answer.state == "unknown", s.weight, s.place)
    )[:SYMBOLS]  # fmt: skip
    if ground.onto:
        clip = add(definitions, "clipPath", id=f"{prefix}-frame")
        add(clip, "rect", width=width, height=ground.height)
        body = add(root, "g", transform=f"translate(0 {number(top)})", clip_path=f"url(#{prefix}-frame)")
        picture = Picture(body, definitions, fills, prefix, width, ground, selected, ringed)
        nameless = picture.draw(by_place, dots, stretches)
        top += ground.height + 12
    listed = roads.entries(stretches) + legend.entries(site.answer for site in dots)
    drawn = {each.outline.place for each in ground.areas}
    listed += legend.entries((site.answer for site in sites if site.place in drawn), area=True, how="notches")
    # what changes with the day and stands below the map, so that a page can exchange it alone
    below = add(root, "g", class_="below")
    top += legend.draw(
        below, listed, lambda entry, at: _sample(below, fills, entry, at), MARGIN, top, width - 2 * MARGIN
    )
    small = [
        _missing(len(sites) - located - len(areas), inside - len(dots), nameless, located - inside),
        _empty(outlines, areas),
        *sheet.credits,
        outlines.credit if outlines.areas else "",
    ]
    return finished(root, width, legend.foot(below, small, MARGIN, top, width - 2 * MARGIN))


def description(sites: Sequence[Site], sheet: Sheet, stretches: Sequence[Stretch] = ()) -> str:
    """The map in a sentence, for who does not see it."""
    lines = "; ".join(f"{entry.count} {entry.words}" for entry in roads.entries(stretches))
    kinds = "; ".join(f"{entry.count} {entry.words}" for entry in legend.entries(site.answer for site in sites))
    told = f" Of {len(stretches)} pieces of road: {lines}." if lines else ""
    return f"{sheet.below}. Of {len(sites)} places: {kinds or 'none is listed'}.{told}"


def _sample(parent: Element, fills: Fills, entry: legend.Entry, at: Point) -> None:
    """What an entry of the legend is about: a symbol, or a piece of an area."""
    answer, (x, y) = entry.answer, at
    if entry.road is not None:
        roads.sample(parent, entry.road, at)
    if answer is None:
        return
    if not entry.area:
        symbol(parent, answer, (x + 13, y + 7), 5.6 * min(1.0, 15.0 / half_width(answer, 5.6)))
        return
    legend.area(parent, fills, answer, at)


def _empty(outlines: Outlines, areas: Collection[str | None]) -> str:
    """What areas without a fill are, in a sentence; empty where there is none."""
    return "Areas without a pattern are not asked about." * any(each.place not in areas for each in outlines.areas)


def _missing(pointless: int, beyond: int, nameless: int, outside: int) -> str:
    """What the map cannot show, in a sentence; empty where it shows all."""
    told = [
        (pointless, "place has", "places have", "no position that a point can stand for"),
        (outside, "place lies", "places lie", "outside of this part"),
        (beyond, "place is", "places are", "too many to be drawn"),
        (nameless, "symbol has", "symbols have", "no room for a name"),
    ]
    return "; ".join(f"{number} {one if number == 1 else more} {what}" for number, one, more, what in told if number)
