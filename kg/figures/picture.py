"""What lies on a map: outlines on paper, symbols at their positions, names where there is room for them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import NamedTuple

from kg.figures import roads
from kg.figures.drawing import FONT, Element, add, number, text_width
from kg.figures.labels import Room, around, far, label, spot
from kg.figures.outlines import Drawn, Outlines, Projection, drawn, projection
from kg.figures.patterns import Fills
from kg.figures.roads import Stretch
from kg.figures.shapes import Box, Point, bounds
from kg.figures.states import Answer, sentence
from kg.figures.symbols import SIZE, half_width, symbol
from kg.gazetteer import last_part

PAD = 26.0
"""Pixels around what the map is fitted to."""
WIDE = 560
"""Pixels from which on a map is wide, and its symbols are larger."""
SMALLER = 0.74
"""How large the symbols of a place without weight are beside the others."""
CROWD = 400
"""Symbols of more than which a map is crowded: then none is moved, and only the first of them are named."""
LENGTHS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)
"""Kilometres that a scale may have."""


@dataclass(frozen=True)
class Site:
    """A place on a map: IRI, name and the language of the name, what kind it is in words, where it is (longitude and
    latitude; None: not known, or no point could stand for it), the answer, the address of more about it.

    Those of `weight` 0 come first where room is scarce, and are drawn larger.
    """

    place: str
    label: str
    lang: str
    kind: str
    point: Point | None
    answer: Answer
    href: str | None = None
    weight: int = 1


@dataclass(frozen=True)
class Paper:
    """The outlines on paper of one width, and how positions come there."""

    height: float
    onto: Projection | None
    areas: tuple[Drawn, ...] = ()
    around: tuple[Drawn, ...] = ()

    def shows(self, point: Point, width: float) -> bool:
        """Whether a position lies on the paper."""
        if self.onto is None:
            return False
        x, y = self.onto(point)
        return 0 <= x <= width and 0 <= y <= self.height


class Window(NamedTuple):
    """A part of a map: what is `times` as large as on the whole, around a position (longitude and latitude); None is
    the middle."""

    times: float = 1.0
    around: Point | None = None


WHOLE = Window()


@lru_cache(maxsize=32)
def paper(
    outlines: Outlines, onto: frozenset[str], points: tuple[Point, ...], width: float, window: Window = WHOLE
) -> Paper:
    """What does not depend on the answers: the areas, of which those in `onto` fill the paper, or all; of these the
    part in a window."""
    chosen = [outline for outline in outlines.areas if outline.place in onto] or list(outlines.areas)
    fitted = [point for outline in chosen for ring in outlines.rings(outline) for point in ring] or list(points)
    if not fitted:
        return Paper(0.0, None)
    cone, height = projection(fitted, width, PAD)
    middle = (width / 2, height / 2)
    x, y = cone(window.around) if window.around else middle
    cone = replace(
        cone, scale=cone.scale * window.times,
        shift=(middle[0] - (x - cone.shift[0]) * window.times, middle[1] - (y - cone.shift[1]) * window.times),
    )  # fmt: skip
    frame = (0.0, 0.0, width, height)
    areas, around = (
        tuple(each for each in drawn(outlines, part, cone) if each.rings and _meets(each, frame))
        for part in (outlines.areas, outlines.around)
    )
    return Paper(height, cone, areas, around)


def _meets(each: Drawn, frame: Box) -> bool:
    box = bounds(each.rings[0])
    return box[0] < frame[2] and frame[0] < box[2] and box[1] < frame[3] and frame[1] < box[3]


@dataclass
class Picture:
    """One map while it is drawn."""

    body: Element
    definitions: Element
    fills: Fills
    prefix: str
    width: float
    ground: Paper
    selected: str | None
    ringed: frozenset[str] = frozenset()
    ids: Counter[str] = field(default_factory=Counter)

    def draw(self, listed: Mapping[str, Site], dots: Sequence[Site], stretches: Sequence[Stretch] = ()) -> int:
        """Draw everything, the lowest first; areas that are not listed have no fill. How many symbols have no name."""
        ground, height = self.ground, self.ground.height
        room = Room((3, 3, self.width - 3, height - 3))
        add(self.body, "rect", class_="land" if ground.areas else "paper", width=self.width, height=height)
        for each in ground.around:
            add(self.body, "path", class_="around", d=each.path)
        areas = [(each, listed.get(each.outline.place or "")) for each in ground.areas]
        for each, site in areas:
            if site:
                self._area(self._link(site), each, site)
            else:
                add(self.body, "path", class_="area paper", d=each.path)
        for mark, places in (("ring", self.ringed), ("selected", {self.selected})):
            for each in (each for each, site in areas if site and site.place in places):
                add(self.body, "path", class_=mark, d=each.path)
        if ground.onto:
            roads.draw(self.body, ground.onto, stretches)
        room.take(self._scale())
        placed = self._symbols(room, dots)
        nameless = self._names(room, placed)
        for each, site in areas:
            name, lang = (site.label, site.lang) if site else (each.outline.name, "en")
            self._region(room, name, lang, each.outline.middle, "region", 10.0)
        for each in ground.around:
            self._region(room, each.outline.name, "en", each.outline.middle, "country", 13.5)
        onto = ground.onto.told() if ground.onto else None
        add(self.body, "rect", class_="frame", x=0.5, y=0.5, width=self.width - 1, height=height - 1, data_onto=onto)
        return nameless

    def _link(self, site: Site) -> Element:
        """The group of a place: a link where there is more to read, with a tooltip that says it all."""
        told = f"{site.label} ({site.kind}): {sentence(site.answer)}"
        name = f"{self.prefix}-{re.sub(r'[^0-9A-Za-z_.-]+', '-', last_part(site.place))}"
        self.ids[name] += 1
        name = name if self.ids[name] == 1 else f"{name}-{self.ids[name]}"
        # the table beside the figure has the same links in reach of the keyboard
        group = (
            add(self.body, "a", id=name, href=site.href, tabindex=-1, aria_label=told)
            if site.href
            else add(self.body, "g", id=name, role="img", aria_label=told)
        )
        add(group, "title", told)
        return group

    def _area(self, group: Element, each: Drawn, site: Site) -> None:
        kind = "area carried" if "carried" in site.answer.flags else "area"
        add(group, "path", class_=kind, fill=self.fills.of(site.answer), d=each.path)
        if site.answer.state == "disputed" and each.rings:
            self._halves(group, each, site, kind)
        if "partial" in site.answer.flags:
            add(group, "path", fill=self.fills.notches(), d=each.path)

    def _halves(self, group: Element, each: Drawn, site: Site, kind: str) -> None:
        """The sides of a dispute, each in its part of the area, with paper between them."""
        left, top, right, bottom = bounds(each.rings[0])
        name = f"{group.get('id')}-clip"
        add(add(self.definitions, "clipPath", id=name), "path", d=each.path)
        inside = add(group, "g", class_=kind, clip_path=f"url(#{name})")
        add(inside, "path", class_="paper", d=each.path)
        parties = site.answer.parties
        step = (right - left) / max(len(parties), 1)
        for number_, party in enumerate(parties):
            add(
                inside, "rect", fill=self.fills.solid(party.series), x=left + step * number_ + 2, y=top,
                width=max(step - 4, 1.0), height=bottom - top,
            )  # fmt: skip
        add(group, "text", "≠", class_="differs halo", x=(left + right) / 2, y=(top + bottom) / 2 + 5, font_size=16)

    def _symbols(self, room: Room, dots: Sequence[Site]) -> list[tuple[Site, Point, float]]:
        """Draw every symbol at its position, or, where another is, beside it with a line to it; what was drawn where,
        and how far it reaches."""
        assert self.ground.onto
        large = SIZE if self.width >= WIDE else SIZE * 0.75
        placed = []
        for site in sorted(dots, key=self._rank):
            assert site.point
            size = large if site.weight == 0 else large * SMALLER
            reach = half_width(site.answer, size)
            point = self.ground.onto(site.point)
            if len(dots) <= CROWD:
                point = spot(room, point, 2 * reach, 2.3 * size)
            placed.append((site, point, reach))
        for site, at, _ in placed:
            point = self.ground.onto(site.point or (0.0, 0.0))
            if at != point:
                add(self.body, "path", class_="leader", d=f"M{point[0]:.1f} {point[1]:.1f}L{at[0]:.1f} {at[1]:.1f}")
                add(self.body, "circle", class_="mark", cx=point[0], cy=point[1], r=1.2)
        # the important are drawn last, over the others
        for site, at, reach in reversed(placed):
            group = self._link(site)
            scale = (large if site.weight == 0 else large * SMALLER) / SIZE
            moved = f"translate({number(at[0])} {number(at[1])})" + (f" scale({scale:.3g})" if scale != 1 else "")
            symbol(add(group, "g", transform=moved), site.answer, (0.0, 0.0), SIZE)
            if site.place in self.ringed:
                add(group, "circle", class_="ring", cx=at[0], cy=at[1], r=reach + 2.5)
            if site.place == self.selected:
                add(group, "circle", class_="selected", cx=at[0], cy=at[1], r=reach + 4)
        return placed

    def _names(self, room: Room, placed: Sequence[tuple[Site, Point, float]]) -> int:
        """Write the names for which there is room, of the weighty ones also away from their symbols; how many there are
        for which there is none."""
        named = placed[:CROWD]
        crowded = [each for each in named if not self._name(room, *each, away=False)]
        return (
            len(placed)
            - len(named)
            + sum(
                not (site.weight == 0 and self.width >= WIDE and self._name(room, site, at, reach, away=True))
                for site, at, reach in crowded
            )
        )

    def _name(self, room: Room, site: Site, at: Point, reach: float, away: bool) -> bool:
        """Write one name, if there is room."""
        size, known = FONT if site.weight == 0 else 10.0, site.answer.state != "unknown"
        width = text_width(site.label, size) * (1.06 if known else 1.0)
        found = far(room, at, size, width) if away else label(room, at, reach, size, width)
        if found is None:
            return False
        if away:
            add(
                self.body,
                "path",
                class_="leader",
                d=f"M{at[0]:.1f} {at[1]:.1f}L{found.x:.1f} {found.y - size * 0.36:.1f}",
            )
        kind = f"halo{' main' if known and site.weight == 0 else ''}{'' if site.weight == 0 else ' minor'}"
        anchor = {"start": "", "end": " end", "middle": " middle"}[found.anchor]
        lang = site.lang if site.lang != "en" else None
        add(self.body, "text", site.label, class_=kind + anchor, x=found.x, y=found.y, lang=lang)
        return True

    def _region(self, room: Room, name: str, lang: str, at: Point | None, kind: str, size: float) -> None:
        """The name of an area, in its middle where there is room."""
        if at is None or self.ground.onto is None:
            return
        at = self.ground.onto(at)
        box = around(at, text_width(name, size) * 1.08, size * 1.3)
        if room.is_free(box):
            room.take(box)
            told = lang if lang != "en" else None
            add(self.body, "text", name, class_=f"{kind} halo" if kind == "region" else kind, x=at[0],
                y=at[1] + size * 0.35, lang=told)  # fmt: skip

    def _rank(self, site: Site) -> tuple[bool, bool, int, int, str]:
        """Who is placed and named first: what is selected, what has a ring, then the weighty, then what is told rather
        than possible."""
        told = {"possible": 1, "unknown": 2}.get(site.answer.state, 0)
        return site.place != self.selected, site.place not in self.ringed, site.weight, told, site.place

    def _scale(self) -> Box:
        """Draw a bar of kilometres, true in the middle of the map; the box it takes."""
        onto, bottom = self.ground.onto, self.ground.height - 12
        assert onto
        pixels = onto.km(onto.latitude((self.width / 2, self.ground.height / 2)))
        length = next((km for km in LENGTHS if km * pixels >= self.width / 11), LENGTHS[-1])
        end = 14 + length * pixels
        add(self.body, "path", class_="scale", d=f"M14 {bottom - 5:.1f}V{bottom:.1f}H{end:.1f}V{bottom - 5:.1f}")
        add(self.body, "text", f"{length} km", class_="small", x=end + 6, y=bottom + 1)
        return 8, bottom - 14, end + 60, bottom + 8
