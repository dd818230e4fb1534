"""Questions that open a view of the page's own data: they follow from what is told, so every data set has its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import urlencode

from kg.control.courses import last_told
from kg.control.record import Day
from kg.figures.calendar import date_of, day
from kg.figures.states import Answer, sentence
from kg.figures.timeline import Lane, changes, counted, differs
from kg.gazetteer import last_part
from server.scene import Scene, name_of

DISPUTES, TYPES, NEWEST = 3, 3, 8
"""How many disputed places, kinds of places, and newest changes are shown."""


@dataclass(frozen=True)
class View:
    """A question, the address of the view that answers it, and what is to be seen there."""

    question: str
    address: str
    note: str


@dataclass(frozen=True)
class News:
    """A place that has another answer from a day on: what it was, what it is."""

    at: Day
    lane: Lane
    was: Answer
    now: Answer

    @property
    def address(self) -> str:
        """The map of that day, on which the place is marked."""
        return _address("/map", at=date_of(self.at), sel=name_of(self.lane.place)) + "#selected"


def views(asked: Scene) -> list[View]:
    """Questions about what is disputed, what changed hands when, what was taken back, and who is listened to."""
    news = list(_news(asked))
    if not news:
        return []
    days = Counter(each.at for each in news)
    busiest = max(days, key=lambda at: (days[at], at))
    first, last = asked.index.ledger.study_start, asked.changes[-1]
    return [
        *_disputes(asked),
        *_types(asked),
        *_taken_back(asked),
        View(
            f"What was new on {day(busiest)}?",
            _address("/map", at=date_of(busiest)),
            f"{days[busiest]} places have another answer than the day before.",
        ),
        View(
            f"What could be known of it on {day(busiest)}?",
            _address("/map", at=date_of(busiest), known=date_of(busiest)),
            "Only what had been said by that day is listened to.",
        ),
        View(
            f"What changed between {day(first)} and {day(last)}?",
            _address("/compare", **{"a.at": date_of(first), "b.at": date_of(last)}),
            "Gained, lost, disputed: place by place, with the claims.",
        ),
        View(
            f"What is said of {day(busiest)} now that was not said then?",
            _address("/compare", at=date_of(busiest), **{"a.known": date_of(busiest)}),
            "Answers of that day, and of today: where they differ, and by whose words.",
        ),
        View(
            "Who held what, without any assumption?",
            _address("/map", at=asked.question.at, baseline="off"),
            "The data set’s baselines are left out.",
        ),
    ]


def newest(asked: Scene) -> list[News]:
    """The last changes of an answer, the newest first."""
    return sorted(_news(asked), key=lambda each: (-each.at, each.lane.label, each.lane.place))[:NEWEST]


def _news(asked: Scene) -> Iterator[News]:
    for lane in asked.drawn:
        for before, after in pairwise(lane.spans):
            if differs(before.answer, after.answer):
                yield News(after.first, lane, before.answer, after.answer)


def _disputes(asked: Scene) -> Iterator[View]:
    """The places of which sources dispute longest who held them, as far as the dispute has an end."""
    found = [
        ((span.last or span.first) - span.first, lane, span)
        for lane in asked.drawn
        for span in lane.spans
        if span.answer.state == "disputed" and "carried" not in span.answer.flags
    ]
    shown = set[str]()
    for _, lane, span in sorted(found, key=lambda each: (-each[0], each[1].label, each[2].first)):
        if lane.place not in shown and len(shown) < DISPUTES:
            shown.add(lane.place)
            # the day after the last change that anybody tells of: by then all sides have spoken
            told = last_told(asked.index, lane.place, span.first, span.last or span.first)
            at = span.first if told is None else min(told + 1, span.last or span.first)
            yield View(
                f"Who held {lane.label} on {day(at)}?",
                _address("/map", at=date_of(at), sel=name_of(lane.place)) + "#selected",
                sentence(span.answer)[:1].upper() + sentence(span.answer)[1:] + ".",
            )


def _types(asked: Scene) -> Iterator[View]:
    """The kinds of places that change hands most."""
    lanes: dict[str, list[Lane]] = {}
    for lane in asked.drawn:
        for each in asked.gazetteer.places[lane.place].types:
            lanes.setdefault(each, []).append(lane)
    turns = {each: sum(len(changes(lane.spans)) for lane in of) for each, of in lanes.items()}
    for each in sorted(turns, key=lambda kind: (-turns[kind], kind))[:TYPES]:
        if turns[each] and len(lanes[each]) > 1:
            told = counted(lanes[each], asked.window)
            yield View(
                f"When did places change hands: {asked.gazetteer.concepts[each]}?",
                _address("/timeline", type=last_part(each)),
                f"{told[:1].upper()}{told[1:]}.",
            )


def _taken_back(asked: Scene) -> Iterator[View]:
    """The first place that somebody took back."""
    for lane in asked.drawn:
        back = [change.day for change in changes(lane.spans) if change.back]
        if back:
            address = _address("/timeline", place=name_of(lane.place))
            yield View(f"How did {lane.label} change hands and back?", address, f"Taken back on {day(back[0])}.")
            return


def _address(path: str, **asked: str) -> str:
    return f"{path}?{urlencode(asked, safe='/:,')}"
