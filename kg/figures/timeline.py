"""A timeline of control as SVG: a lane for each place, and on it who held it, how sure that is, and when it changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from kg.control.record import Day
from kg.figures import legend
from kg.figures.bars import HEIGHT, bar
from kg.figures.calendar import Calendar, day, days, ticks
from kg.figures.drawing import FONT, MARGIN, Element, add, clean, figure, finished, number, text_width, wrapped
from kg.figures.patterns import Fills
from kg.figures.sheets import Sheet
from kg.figures.states import Answer, sentence

ROW = 24
"""Pixels of a lane. Twice the height of a bar, so that the patterns of all bars begin alike."""
WIDE = 560
"""Pixels from which on names stand beside the lanes, not above them."""
LANES = 400
"""How many lanes are drawn; of more the first to change."""


@dataclass(frozen=True)
class Span:
    """Days on which the answer about a place is the same; `last` None is open."""

    first: Day
    last: Day | None
    answer: Answer


@dataclass(frozen=True)
class Lane:
    """A place on a timeline: IRI, name and its language, kind in words, its spans without gaps, the address of more."""

    place: str
    label: str
    lang: str
    kind: str
    spans: tuple[Span, ...]
    href: str | None = None


@dataclass(frozen=True)
class Change:
    """A day from which on a place is certainly held by another than before; `back` where the same had it earlier."""

    day: Day
    back: bool


def changes(spans: Sequence[Span]) -> list[Change]:
    """The days on which the certain holder of a place becomes another. Whoever is the first is no change."""
    found, had = list[Change](), list[str]()
    for span in spans:
        if span.answer.certain and (holder := span.answer.certain.actor) != (had[-1] if had else None):
            if had:
                found.append(Change(span.first, holder in had))
            had.append(holder)
    return found


def first_change(spans: Sequence[Span]) -> Day | None:
    """The first day on which the state or a controller is another than the day before."""
    return next((b.first for a, b in pairwise(spans) if differs(a.answer, b.answer)), None)


def reach(lanes: Sequence[Lane], least: tuple[Day, Day]) -> tuple[Day, Day]:
    """The days that a timeline of these lanes has to show: at least some days, and until some time after the last
    change of a state or a controller."""
    found = [b.first for lane in lanes for a, b in pairwise(lane.spans) if differs(a.answer, b.answer)]
    first, last = least[0], max(found, default=least[1])
    return first, last + max(6, (last - first) // 16)


def timeline_svg(
    lanes: Sequence[Lane],
    sheet: Sheet,
    window: tuple[Day, Day],
    width: float,
    asked: tuple[Day, Day] | None = None,
    prefix: str = "timeline",
    headed: bool = True,
) -> str:
    """The timeline of these lanes, in their order, for the days of the window, first and last. `width` is in pixels;
    `asked` are days that are marked; `headed` writes the heading. The same arguments give the same text."""
    root = figure(prefix, width, sheet.title, description(lanes, sheet, window), "timeline")
    fills = Fills(add(root, "defs"), prefix)
    top = legend.heading(root, sheet.title, sheet.below, MARGIN, width - 2 * MARGIN) if headed else 4.0
    drawn = lanes[:LANES]
    picture = _Picture(root, fills, prefix, width, window, _names_width(drawn, width), sheet.calendar)
    top = picture.draw(drawn, asked, top)
    top += picture.marks(drawn, top)
    listed = legend.entries(
        (span.answer for lane in drawn for span in within(lane.spans, window)), how="a lower edge with notches"
    )
    top += legend.draw(
        root, listed, lambda entry, at: _sample(root, fills, entry, at), MARGIN, top + 6, width - 2 * MARGIN
    )
    left_out = f"Only the first {LANES} of {len(lanes)} places are drawn" * (len(lanes) > LANES)
    small = ["Numbers count stretches of days with one answer.", left_out, *sheet.credits]
    return finished(root, width, legend.foot(root, small, MARGIN, top + 6, width - 2 * MARGIN))


def description(lanes: Sequence[Lane], sheet: Sheet, window: tuple[Day, Day]) -> str:
    """The timeline in a sentence, for who does not see it."""
    told = f"{sheet.below}. {len(lanes)} {'place' if len(lanes) == 1 else 'places'}, {days(*window, sheet.calendar)}"
    return f"{told}; {counted(lanes, window)}."


def counted(lanes: Sequence[Lane], window: tuple[Day, Day]) -> str:
    """How often the certain holder changed within some days, and how often a place was taken back, in words."""
    found = [change for lane in lanes for change in changes(lane.spans) if window[0] <= change.day <= window[1]]
    back = sum(change.back for change in found)
    many = f"{len(found)} {'change' if len(found) == 1 else 'changes'} of the certain holder"
    return (
        f"{many}, {back or 'none'} of them {'recaptures' if back > 1 else 'a recapture'}" if found else f"no{many[1:]}"
    )


def within(spans: Sequence[Span], window: tuple[Day, Day]) -> list[Span]:
    """The spans that have a day in a window."""
    return [span for span in spans if span.first <= window[1] and (span.last is None or span.last >= window[0])]


def differs(a: Answer, b: Answer) -> bool:
    """Whether the state or a controller of two answers is another."""
    return (a.state, a.certain, a.possible) != (b.state, b.certain, b.possible)


def _names_width(lanes: Sequence[Lane], width: float) -> float:
    """Pixels for the names beside the lanes; 0 where they stand above."""
    if width < WIDE:
        return 0.0
    widest = max((text_width(lane.label, FONT) for lane in lanes), default=0.0)
    return min(widest + 12, width * 0.3)


def _sample(parent: Element, fills: Fills, entry: legend.Entry, at: tuple[float, float]) -> None:
    if entry.answer:
        bar(parent, fills, entry.answer, at[0], at[0] + 26, at[1])


@dataclass
class _Picture:
    """One timeline while it is drawn."""

    root: Element
    fills: Fills
    prefix: str
    width: float
    window: tuple[Day, Day]
    names: float
    calendar: Calendar

    def x(self, at: Day) -> float:
        """Where a day begins, within the axis."""
        first, last = self.window
        left, right = MARGIN + self.names, self.width - MARGIN
        return left + (right - left) * min(max((at - first) / (last - first + 1), 0.0), 1.0)

    def draw(self, lanes: Sequence[Lane], asked: tuple[Day, Day] | None, top: float) -> float:
        """Draw the axis and the lanes from `top` on; where they end."""
        row = ROW if self.names else 2 * ROW - 6
        top = round(top) + 20.0
        bottom = top + row * max(len(lanes), 1)
        self._axis(top, bottom)
        if not lanes:
            add(self.root, "text", "No place is listed.", class_="soft", x=MARGIN, y=top + 16)
        if asked and asked[0] <= self.window[1] and asked[1] >= self.window[0]:
            self._asked(asked, top, bottom)
        for position, lane in enumerate(lanes):
            self._lane(lane, top + position * row)
        return bottom

    def _axis(self, top: float, bottom: float) -> None:
        lines = ticks(*self.window, self.x(self.window[1] + 1) - self.x(self.window[0]), 44, self.calendar)
        for at, text in lines:
            x = self.x(at)
            add(self.root, "path", class_="grid", d=f"M{x:.1f} {top - 4:.1f}V{bottom:.1f}")
            if x + text_width(text, 10) < self.width - MARGIN:
                add(self.root, "text", text, class_="small soft", x=x + 3, y=top - 6)
        left, right = self.x(self.window[0]), self.x(self.window[1] + 1)
        add(
            self.root, "path", class_="grid", d=f"M{left:.1f} {top:.1f}H{right:.1f}M{left:.1f} {bottom:.1f}H{right:.1f}"
        )

    def _asked(self, asked: tuple[Day, Day], top: float, bottom: float) -> None:
        """Mark the days that are asked about: a line at the end of one day, a band for several."""
        left, right = self.x(asked[0]), self.x(asked[1] + 1)
        group = add(self.root, "g")
        add(group, "title", f"asked: {days(*asked, self.calendar)}")
        if asked[0] < asked[1]:
            add(group, "rect", class_="span", x=left, y=top, width=max(right - left, 2.0), height=bottom - top)
        add(group, "path", class_="asked", d=f"M{right:.1f} {top - 4:.1f}V{bottom:.1f}")

    def _lane(self, lane: Lane, top: float) -> None:
        group = add(self.root, "g", transform=f"translate(0 {number(top)})")
        name = (
            add(group, "a", href=lane.href, tabindex=-1, aria_label=f"{lane.label} ({lane.kind})")
            if lane.href
            else group
        )
        lang = lane.lang if lane.lang != "en" else None
        if self.names:
            text = _shortened(lane.label, self.names - 8)
            add(name, "text", text, x=MARGIN + self.names - 8, y=16, class_="end", lang=lang)
        else:
            add(name, "text", _shortened(lane.label, self.width - 2 * MARGIN), x=MARGIN, y=15, lang=lang, class_="head")
        y = 6.0 if self.names else 22.0
        spans = within(lane.spans, self.window)
        for span in spans:
            at = lane.spans.index(span)
            before = lane.spans[at - 1].answer if at else None
            after = lane.spans[at + 1].answer if at + 1 < len(lane.spans) else None
            left = self.x(span.first)
            right = self.x(self.window[1] + 1 if span.last is None else span.last + 1)
            told = add(group, "g", class_="bar", data_first=span.first)
            add(told, "title", f"{lane.label}, {days(span.first, span.last, self.calendar)}: {sentence(span.answer)}")
            bar(told, self.fills, span.answer, left, max(right, left + 0.8), y, before, after)
        for change in changes(lane.spans):
            if self.window[0] <= change.day <= self.window[1]:
                self._mark(group, change, (self.x(change.day), y))

    def _mark(self, group: Element, change: Change, at: tuple[float, float]) -> None:
        """A wedge above the day of a change; a ring on it where a place is taken back."""
        x, y = at
        mark = add(group, "g")
        add(mark, "title", f"{'recapture' if change.back else 'change'}, {day(change.day, self.calendar)}")
        add(mark, "path", class_="mark", d=f"M{x - 3:.1f} {y - 5:.1f}h6l-3 5z")
        if change.back:
            add(mark, "circle", class_="none", cx=x, cy=y - 4, r=3.2)

    def marks(self, lanes: Sequence[Lane], top: float) -> float:
        """Say what the marks mean and how many there are; the height it takes."""
        if not any(changes(lane.spans) for lane in lanes):
            return 0.0
        told = clean(
            f"▾ {counted(lanes, self.window)} (a recapture has a ring). Where an end fades, it is only possible."
        )
        y = top + 4
        for line in wrapped(told, FONT, self.width - 2 * MARGIN):
            y += 15
            add(self.root, "text", line, x=MARGIN, y=y, class_="soft")
        return y - top + 6


def _shortened(text: str, width: float) -> str:
    """A text that fits, with … for what does not."""
    if text_width(text, FONT) <= width:
        return text
    while text and text_width(text + "…", FONT) > width:
        text = text[:-1]
    return text.rstrip() + "…"


assert ROW == 2 * HEIGHT
