"""The bar of an answer on a timeline: the same fills as on the map, in the shapes that a bar has."""

from __future__ import annotations

from kg.figures.drawing import Element, add
from kg.figures.patterns import Fills
from kg.figures.states import Answer, Party

HEIGHT = 12
"""Pixels of a bar."""


def bar(
    parent: Element,
    fills: Fills,
    answer: Answer,
    left: float,
    right: float,
    top: float,
    before: Answer | None = None,
    after: Answer | None = None,
) -> None:
    """Draw a bar between two positions; the answers before and after tell whether a possible holder fades in or out."""
    group = add(parent, "g", class_="carried") if "carried" in answer.flags else parent
    width, parties = max(right - left, 0.1), answer.parties
    if answer.state == "controlled" and parties:
        own = "self-claimed" in answer.flags
        add(group, "rect", fill=fills.fine(parties[0].series, own), x=left, y=top, width=width, height=HEIGHT)
    elif answer.state == "possible" and parties:
        _possible(group, fills, answer, left, width, top, before, after)
    elif answer.state in ("contested", "disputed"):
        _two(group, fills, answer, left, width, top)
    else:
        middle = top + HEIGHT / 2
        add(group, "rect", class_="through", x=left, y=top, width=width, height=HEIGHT)
        add(group, "path", class_="gap", d=f"M{left:.1f} {middle:.1f}H{left + width:.1f}")
    if "partial" in answer.flags:
        _notches(group, left, left + width, top + HEIGHT)


def _possible(
    group: Element,
    fills: Fills,
    answer: Answer,
    left: float,
    width: float,
    top: float,
    before: Answer | None,
    after: Answer | None,
) -> None:
    """A band for each who may hold the place: fading from or to days on which that is certain, else an outline.

    What was last said earlier does not fade: nobody speaks of these days, so nothing grows surer in them.
    """
    height = HEIGHT / len(answer.parties)
    spoken = "carried" not in answer.flags
    for number, party in enumerate(answer.parties):
        y = top + height * number
        ends, begins = _certain(before, party), _certain(after, party)
        if spoken and (ends or begins):
            fill = fills.fade(party.series, 0.85 if ends else 0.1, 0.85 if begins else 0.1)
            add(group, "rect", fill=fill, x=left, y=y, width=width, height=height)
            continue
        kind = f"o{party.series} {'outline assumed' if answer.assumed else 'outline'}"
        inside = min(1.6, width)
        add(group, "rect", class_=kind, x=left + 0.8, y=y + 0.8, width=max(width - inside, 0.2), height=height - 1.6)


def _certain(answer: Answer | None, party: Party) -> bool:
    return answer is not None and answer.certain is not None and answer.certain.actor == party.actor


def _two(group: Element, fills: Fills, answer: Answer, left: float, width: float, top: float) -> None:
    """Bands of the parties: of a contested place they touch, of a dispute between sources there is a zigzag between."""
    parties: tuple[Party | None, ...] = answer.parties
    parties = (*parties, *(None,) * (2 - len(parties)))
    apart = 3.0 if answer.state == "disputed" else 0.0
    height = (HEIGHT - apart * (len(parties) - 1)) / len(parties)
    for number, party in enumerate(parties):
        y = top + (height + apart) * number
        fill = fills.fine(party.series) if party else fills.hatch()
        add(group, "rect", fill=fill, x=left, y=y, width=width, height=height)
        if apart and number:
            _zigzag(group, left, left + width, y - apart / 2)


def _zigzag(group: Element, left: float, right: float, y: float) -> None:
    steps = int((right - left) // 3)
    if steps:
        up = "".join("l3-2" if number % 2 else "l3 2" for number in range(steps))
        add(group, "path", class_="zigzag", d=f"M{left:.1f} {y - 1:.1f}{up}")


def _notches(group: Element, left: float, right: float, bottom: float) -> None:
    """Notches of paper in the lower edge."""
    at, path = left + 3, ""
    while at + 6 <= right:
        path += f"M{at:.1f} {bottom + 0.5:.1f}l3-4.500 3 4.500z".replace(".500", ".5")
        at += 12
    if path:
        add(group, "path", class_="bite", d=path)
