"""What a figure or its page is asked for: the question, everything of one version that answers it, and addresses.

The parameters are those of `kg.asking`, and `sel` (the place that is marked), `width` (pixels), `z` and `c` (the part
of a map), `cal` (the calendar), `embed`. Others are kept in the addresses that lead on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import quote_plus, urlencode

from flask import request

from kg import answering, asking, naming
from kg.answering import Held, Known
from kg.asking import Given, Question
from kg.control.courses import changes, told_first
from kg.control.index import Index, state_at
from kg.control.record import Day
from kg.errors import BadQuestion
from kg.figures import seen
from kg.figures.calendar import CALENDARS, Calendar, date_of, day
from kg.figures.map import SYMBOLS
from kg.figures.picture import Site, Window
from kg.figures.seen import Actors
from kg.figures.sheets import Sheet, map_title, open_credits, sheet, timeline_title
from kg.figures.states import Answer
from kg.figures.timeline import LANES, Lane, Span, reach
from kg.gazetteer import Entry, Gazetteer
from server import parameters, wording

NARROWEST, WIDEST = 240, 2400
CLOSEST = 64
"""How many times as large a map is at most."""
_NUMBER = re.compile(r"-?[0-9]{1,4}(?:\.[0-9]{1,9})?")
WIDE, NARROW = 820, 360
"""Pixels of the two drawings of a page, of which one is shown."""


@dataclass(frozen=True, eq=False)
class Scene:
    """A question and what answers it.

    `dated` tells whether the days were given; where they were not, they are the last on which anything changes.
    """

    held: Held
    dated: bool
    selected: str | None
    actors: Actors
    owed: tuple[str, ...]
    given: Given

    @property
    def question(self) -> Question:
        """What is asked."""
        return self.held.question

    @property
    def gazetteer(self) -> Gazetteer:
        """The names of this version."""
        return self.held.known.gazetteer

    @property
    def index(self) -> Index:
        """The index of this version."""
        return self.held.known.index

    @cached_property
    def changes(self) -> list[Day]:
        """The days on which anything changes, in this view."""
        return changes(self.index, self.question.view)

    @property
    def beyond(self) -> Day | None:
        """Of days before the data begins the day on which it does; of days after the last on which anything changes in
        this view that one; else None."""
        start = self.index.ledger.study_start
        if self.question.last < start:
            return start
        return self.changes[-1] if self.changes and self.question.first > self.changes[-1] else None

    @property
    def outside(self) -> str:
        """What is said of days outside the data; of others nothing."""
        if (edge := self.beyond) is None:
            return ""
        if self.question.last < edge:
            return f"The data begins on {day(edge, self.calendar)}; of earlier days it tells nothing."
        return f"Nothing changes after {day(edge, self.calendar)}: this is what was last said."

    @property
    def calendar(self) -> Calendar:
        """The calendar that days are told in. Raises BadQuestion."""
        text = asking.one(self.given, "cal") or "gregorian"
        if text not in CALENDARS:
            raise BadQuestion("cal", text, f"accepted are {' and '.join(CALENDARS)}")
        return CALENDARS[text]

    @property
    def embedded(self) -> bool:
        """Whether the figure is asked for alone. Raises BadQuestion."""
        text = asking.one(self.given, "embed") or "0"
        if text not in ("0", "1"):
            raise BadQuestion("embed", text, "accepted are 1, for the figure alone, and 0")
        return text == "1"

    @property
    def narrowed(self) -> bool:
        """Whether who is listened to is chosen, or what is listed by its answer."""
        return any(value for name in (*asking.LISTENING, "state", "actor") for value in self.given.get(name, ()))

    @cached_property
    def told(self) -> dict[str, Answer]:
        """The answer about every place of which anything is said."""
        return seen.answers(self.held.columns, self.actors)

    @cached_property
    def before(self) -> dict[str, Answer]:
        """The answers of the day before the first, in the same view."""
        day = self.question.first - 1
        return seen.answers(state_at(self.index, day, day, self.question.view), self.actors)

    @cached_property
    def listed(self) -> list[tuple[Entry, Answer]]:
        """The places that the question lists, with their answers."""
        return seen.listed(self.held, self.told)

    @cached_property
    def sites(self) -> list[Site]:
        """The listed places as a map shows them."""
        return seen.sites(self.gazetteer, self.listed, self.question.lang, self.about)

    @cached_property
    def ranks(self) -> dict[str, int]:
        """Where there are more places than a map draws: those of which anything is ever said, the first to change
        first, so that the same ones are drawn on every day."""
        if len(self.listed) <= SYMBOLS:
            return {}
        told = told_first(self.index, self.question.view, len(self.index.ledger.places))
        listed = {entry.iri for entry, _ in self.listed}
        return {place: rank for rank, place in enumerate(place for place in told if place in listed)}

    @cached_property
    def drawn(self) -> list[Lane]:
        """The places of the map through time: all that are listed, or those that are drawn of too many."""
        listed = self.listed
        if self.ranks:
            listed = [pair for pair in listed if self.ranks.get(pair[0].iri, SYMBOLS) < SYMBOLS]
        return self._lanes(listed)

    @cached_property
    def lanes(self) -> list[Lane]:
        """The lanes of a timeline, the first to change first; where no place is chosen, of places of which anything is
        said."""
        question, listed = self.question, self.listed
        if not (question.places or question.within or question.types):
            told = set(told_first(self.index, question.view, LANES))
            listed = [pair for pair in listed if pair[0].iri in told]
        return self._lanes(listed)

    def _lanes(self, listed: list[tuple[Entry, Answer]]) -> list[Lane]:
        question = self.question
        return seen.lanes(self.index, question.view, listed, self.actors, question.lang, self.about, self._spans)

    @cached_property
    def _spans(self) -> dict[str, tuple[Span, ...]]:
        """What is answered about places through time, as far as it was read."""
        return {}

    @cached_property
    def window(self) -> tuple[Day, Day]:
        """The days that a timeline shows: those that are asked about, where they are several; else all that change."""
        question = self.question
        if self.lanes and (not self.dated or question.first == question.last):
            return reach(self.lanes, (self.index.ledger.study_start, question.last))
        return question.first, question.last

    def sheet(self, timeline: bool = False) -> Sheet:
        """What the figure says of itself."""
        title = timeline_title(self.question, self.gazetteer) if timeline else map_title(self.question, self.calendar)
        return sheet(title, self.question, self.gazetteer, self.owed, self.calendar)

    def address(self, path: str, /, **changed: str | None) -> str:
        """An address with the parameters of this request, of which some are changed, and those with None left out."""
        return address(self.given, path, **changed)

    def twin(self, path: str, /, **changed: str | None) -> str:
        """The address of the same as data, which takes the parameters of the question and no others."""
        named = ("at", "version", *asking.LISTENING, *asking.LISTING)
        none = dict.fromkeys(name for name in self.given if name not in named)
        return self.address(path, **{"at": self.question.at, **none, **changed})

    def about(self, place: str) -> str:
        """The address of the map on which a place is marked, at what is told of it."""
        return f"{self._marking}{quote_plus(name_of(place), safe='/:,')}#selected"

    @cached_property
    def _marking(self) -> str:
        """The address of the map up to the place that it marks, which comes last."""
        return self.address("/map", sel="", width=None, format=None, embed=None)


def address(given: Given, path: str, /, **changed: str | None) -> str:
    """An address with these parameters, of which some are changed, and those with None left out."""
    pairs = [(name, value) for name, values in given.items() if name not in changed for value in values if value]
    pairs += [(name, value) for name, value in changed.items() if value is not None]
    return f"{path}?{urlencode(pairs, safe='/:,')}" if pairs else path


def scene(timeline: bool = False, at: str | None = None, given: Given | None = None) -> Scene:
    """What this request asks for, or the parameters in `given`, of one version; of the days `at` where none are named.

    Raises what `kg.asking.question` and `kg.answering.held` raise.
    """
    store = parameters.store()
    if given is None:
        given = parameters.given()
    dated = bool(asking.one(given, "at"))
    known = answering.known(store)
    gazetteer, index = known.gazetteer, known.index
    question = asking.question(
        gazetteer, given if dated else {**given, "at": [at or _all_days(known, given, timeline)]}
    )
    held = answering.held(store, question)
    # what is made of one version says so in its headers (`server.headers`)
    request.environ["controlgraph.version"] = known.version
    picked = asking.one(given, "sel")
    return Scene(
        held,
        dated,
        naming.named(gazetteer, "place", picked).iri if picked else None,
        seen.open_actors(store, index, gazetteer, question.lang),
        open_credits(store),
        given,
    )


def _all_days(known: Known, given: Given, timeline: bool) -> str:
    """The days that are meant where none are given: of a map the last on which anything changes, of a timeline all
    from the study start until then."""
    start = known.index.ledger.study_start
    last = (changes(known.index, asking.view(known.gazetteer, given)) or [start])[-1]
    return f"{date_of(start)}/{date_of(last)}" if timeline else date_of(last)


def window() -> Window:
    """The part of the map that is asked for: `z` times as large, around `c`. Raises BadQuestion."""
    given = parameters.given()
    times, around = asking.one(given, "z") or "1", asking.one(given, "c")
    if not _NUMBER.fullmatch(times) or not 1 <= float(times) <= CLOSEST:
        raise BadQuestion("z", times, f"accepted are 1 to {CLOSEST}, how many times as large the map is")
    if around is None:
        return Window(float(times))
    parts = around.split(",")
    position = [float(part) for part in parts if _NUMBER.fullmatch(part)]
    if len(parts) != 2 or len(position) != 2 or abs(position[0]) > 180 or abs(position[1]) > 90:
        raise BadQuestion("c", around, "accepted are longitude and latitude in degrees, such as 69.17,34.53")
    return Window(float(times), (position[0], position[1]))


def width() -> float:
    """The width that is asked for, in pixels. Raises BadQuestion."""
    return asking.whole("width", asking.one(parameters.given(), "width") or str(WIDE), NARROWEST, WIDEST)


def name_of(iri: str) -> str:
    """The name of a thing in an address, short where there is a prefix for it."""
    short = wording.short(iri)
    return iri if short.startswith("<") else short
