"""The legend of a figure: each kind of answer that occurs, as it is drawn, in words, and how often."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from kg.control.verdicts import STATES
from kg.figures.drawing import FONT, Element, add, wrapped
from kg.figures.patterns import Fills
from kg.figures.shapes import Point
from kg.figures.states import Answer, words

MOST = 16
"""How many kinds are listed; the rest is counted in one line."""


@dataclass(frozen=True)
class Entry:
    """One line of a legend: an answer to draw (None: nothing), the words, how many, whether they are areas; or how
    strong a piece of road is that is drawn."""

    answer: Answer | None
    words: str
    count: int
    area: bool = False
    road: int | None = None


def entries(answers: Iterable[Answer], area: bool = False, how: str = "a corner cut off") -> list[Entry]:
    """The kinds of answers that occur, in the order of the states, the more frequent first; then the two flags that
    change the drawing of any of them. `how` says how what holds in part only is drawn."""
    counted = Counter(answers)
    kinds = Counter[Answer]()
    for answer, many in counted.items():
        kinds[_kind(answer)] += many
    order = sorted(kinds, key=lambda kind: (STATES.index(kind.state), kind.assumed, -kinds[kind], words(kind)))
    of = "areas: " if area else ""
    found = [Entry(kind, of + words(kind), kinds[kind], area) for kind in order[:MOST]]
    if rest := order[MOST:]:
        found.append(Entry(None, f"{of}{len(rest)} further kinds, see the table", sum(kinds[kind] for kind in rest)))
    if partial := sum(many for answer, many in counted.items() if "partial" in answer.flags):
        sample = Answer("unknown", flags=frozenset({"partial"}))
        found.append(Entry(sample, f"{of}{how}: in part only, or parts are held by others", partial, area))
    if carried := {answer: many for answer, many in counted.items() if "carried" in answer.flags}:
        sample = replace(min(carried, key=lambda answer: order.index(_kind(answer))), flags=frozenset({"carried"}))
        pale = f"{of}paler: last said earlier, nobody speaks of this day"
        found.append(Entry(sample, pale, sum(carried.values()), area))
    return found


def _kind(answer: Answer) -> Answer:
    """The answer without what its entry in the legend does not show."""
    return replace(answer, flags=answer.flags & {"self-claimed"})


def draw(
    parent: Element,
    listed: Sequence[Entry],
    sample: Callable[[Entry, Point], None],
    left: float,
    top: float,
    width: float,
) -> float:
    """Draw a legend from `top` on, in as many columns as fit, row by row; its height. `sample` draws what an entry is
    about, 26 pixels wide and 14 high, from its upper left corner."""
    columns = max(1, int(width // 290))
    column = width / columns
    line, y, height = 15.0, top, 0.0
    for number, entry in enumerate(listed):
        if number % columns == 0:
            y, height = y + height, 0.0
        x = left + column * (number % columns)
        sample(entry, (x + 2, y + 1))
        lines = wrapped(f"{entry.words} · {entry.count}", FONT, column - 42)
        for row, text in enumerate(lines):
            add(parent, "text", text, x=x + 36, y=y + 12 + row * line)
        height = max(height, len(lines) * line + 5)
    return y + height - top


def area(parent: Element, fills: Fills, answer: Answer, at: Point) -> None:
    """Draw a piece of an area with an answer, 26 pixels wide and 14 high, from its upper left corner."""
    x, y = at
    kind = "area carried" if "carried" in answer.flags else "area"
    add(parent, "rect", class_=kind, fill=fills.of(answer), x=x, y=y, width=26, height=14)
    for number, party in enumerate(answer.parties[:2] if answer.state == "disputed" else ()):
        add(parent, "rect", fill=fills.solid(party.series), x=x + 15.0 * number, y=y, width=11, height=14)
    if "partial" in answer.flags:
        add(parent, "path", class_="notch", d=f"M{x + 8:.1f} {y + 2:.1f}h10v10z")


def heading(parent: Element, title: str, below: str, left: float, width: float) -> float:
    """Draw a heading and the line below it, both wrapped; where it ends."""
    y = 8.0
    for text in wrapped(title, 15.5, width):
        y += 19
        add(parent, "text", text, class_="heading", x=left, y=y)
    for text in wrapped(below, FONT, width):
        y += 16
        add(parent, "text", text, class_="soft", x=left, y=y)
    return y + 10


def foot(parent: Element, sentences: Sequence[str], left: float, top: float, width: float) -> float:
    """Draw the small print, wrapped; where it ends."""
    y = top
    for sentence in filter(None, sentences):
        for text in wrapped(sentence, 10, width):
            y += 13
            add(parent, "text", text, class_="small soft", x=left, y=y)
    return y + 8
