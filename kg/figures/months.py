"""How many things there are of each month, as a strip of bars: what is certain below, what is possible on top of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby

from kg.browsing.choosing import Month
from kg.figures.calendar import GREGORIAN
from kg.figures.drawing import Element, add, figure, finished, text_width

WIDTH, HEIGHT, TOP = 340.0, 84.0, 14.0
"""Pixels of the strip, of the highest bar, and above it."""
WIDEST = 48.0
"""Pixels of the widest bar."""
BASE = TOP + HEIGHT
"""Where the bars stand."""
SINGLE = 60
"""Months up to which each has a bar; of more a bar is a year."""


def months_svg(months: Sequence[Month], what: str, href: Callable[[str], str], prefix: str = "months") -> str:
    """The strip of these months, which follow one another; `what` they count, `href` the address of a month."""
    bars = [(name, certain, possible) for name, certain, possible in _bars(months)]
    most = max((certain + possible for _, certain, possible in bars), default=0)
    begin, end = (months[0].month, months[-1].month) if months else ("", "")
    told = f"From {begin} to {end}; at most {most:,}. The list of months has the same numbers."
    root = figure(prefix, WIDTH, f"{what} by {'year' if len(months) > SINGLE else 'month'}", told, "months")
    step, high = min((WIDTH - 16) / max(len(bars), 1), WIDEST), HEIGHT / max(most, 1)
    add(root, "text", f"{most:,}", class_="small soft end", x=WIDTH - 4, y=10)
    add(root, "path", class_="grid", d=f"M8 {TOP:.1f}H{WIDTH - 8:.1f}")
    chosen = {month.month for month in months if month.chosen}
    for number, bar in enumerate(bars):
        x = 8 + step * number
        _bar(root, bar, (x, step), high, href(bar[0]) if len(months) <= SINGLE else None)
        if bar[0] in chosen:
            add(root, "path", class_="asked", d=f"M{x:.1f} {BASE + 2:.1f}H{x + step:.1f}")
    free = 0.0
    for number, (name, *_) in enumerate(bars):
        x, text = 8 + step * number, _short(name, first=number == 0)
        if x >= free:
            add(root, "text", text, class_="small soft", x=x, y=BASE + 16)
            free = x + text_width(text, 10) + 6
    return finished(root, WIDTH, BASE + 24)


def _bar(root: Element, bar: tuple[str, int, int], across: tuple[float, float], high: float, href: str | None) -> None:
    """A bar of so many pixels for each thing: filled as far as it is certain, hollow beyond."""
    (name, certain, possible), (x, step) = bar, across
    parent = add(root, "a", href=href, tabindex="-1") if href else add(root, "g")
    add(parent, "title", f"{_spoken(name)}: {certain:,} certainly, {possible:,} more possibly")
    add(parent, "rect", class_="through", x=x, y=TOP, width=step, height=HEIGHT)
    lower, upper, inside = certain * high, possible * high, max(step - 2, 0.6)
    if possible:
        add(parent, "rect", class_="maybe", x=x + 1.5, y=BASE - lower - upper + 0.5, width=max(inside - 1, 0.5),
            height=max(upper - 0.5, 0.5))  # fmt: skip
    if certain:
        add(parent, "rect", class_="mark", x=x + 1, y=BASE - lower, width=inside, height=lower)


def _bars(months: Sequence[Month]) -> list[tuple[str, int, int]]:
    if len(months) <= SINGLE:
        return [(month.month, month.certain, month.possible) for month in months]
    years = [(year, list(of)) for year, of in groupby(months, key=lambda month: month.month[:4])]
    return [(year, sum(each.certain for each in of), sum(each.possible for each in of)) for year, of in years]


def _spoken(name: str) -> str:
    return f"{GREGORIAN.months[int(name[5:7]) - 1]} {name[:4]}" if len(name) > 4 else name


def _short(name: str, *, first: bool) -> str:
    if len(name) == 4:
        return name
    month = GREGORIAN.short[int(name[5:7]) - 1]
    return f"{month} {name[:4]}" if first or name.endswith("-01") else month
