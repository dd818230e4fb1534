"""`/routes`: the roads of a day on a map, the named ones and why they were cut, what was cut off, what all hangs on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template

from kg import asking, roads, told
from kg.control.answers import POLICIES
from kg.control.record import Day
from kg.derive.history.since import lost_since
from kg.figures import seen
from kg.figures.calendar import date_of, day
from kg.figures.map import map_svg
from kg.figures.roads import WORDS, Stretch, sign
from kg.figures.shapes import Point
from kg.figures.sheets import Sheet, sheet
from kg.figures.states import UNKNOWN, Answer, words
from kg.forms import joined
from kg.forms import roads as forms
from kg.forms.networks import strengths
from kg.forms.plain import Plain
from kg.gazetteer import Entry
from kg.roads import AREAS, Asked
from kg.told import Claim
from server import headers, parameters
from server.figures import image
from server.scene import NARROW, WIDE, Scene, name_of, scene, width
from server.wording import local

bp = Blueprint("roads_page", __name__)

LINES = 2000
"""How many pieces of road are drawn; of more those that are cut first."""
ROWS = 500
"""How many rows a table has; the rest is counted."""
HINGES = 12
"""How many of what everything hangs on are listed."""
TAKEN = ("actor", "seat", "areas", "version", "known", "recorded", "policy", "baseline", "lang")
"""Parameters that are kept in the addresses of the same as data."""
GROUNDS = {
    "EndLost": "an end of the road", "HeldByOther": "on the way", "AreaHeld": "an area that it passes",
    "AreaPartly": "parts of an area that it passes",
}  # fmt: skip
"""What a ground is called, next to the place."""
COUNTING = {
    "all": "whatever is said of them", "named": "nothing said of unnamed parts", "none": "nothing",
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Roads:
    """A question about roads, and the scene of its map, of one version."""

    scene: Scene
    asked: Asked

    @property
    def entries(self) -> Mapping[str, Entry]:
        """The places of this version."""
        return self.asked.known.gazetteer.places

    @cached_property
    def listed(self) -> list[tuple[Entry, Answer]]:
        """The places that roads join, and of the areas that they pass those of which anything is said."""
        network = self.asked.situation.network
        passed = {network.place(area) for area in set(network.passes[1].tolist())}
        answers = self.scene.told
        places = [
            place for at, place in enumerate(network.places)
            if network.on_network[at] or (place in passed and answers.get(place, UNKNOWN) != UNKNOWN)
        ]  # fmt: skip
        return [(self.asked.known.entry(place), answers.get(place, UNKNOWN)) for place in places]

    @cached_property
    def pieces(self) -> list[tuple[str, str, str, int, float]]:
        """Every piece of road: its IRI, its ends, how strong it is with them, and its length (0: not known)."""
        network = self.asked.situation.network
        columns = (column.tolist() for column in (network.end, network.other_end, network.km))
        rows = zip(network.pieces, *columns, strengths(self.asked), strict=True)
        return [(piece, network.place(one), network.place(other), level, km) for piece, one, other, km, level in rows]

    @cached_property
    def located(self) -> list[tuple[str, tuple[Point, Point], int]]:
        """The pieces of road whose ends have a position, with that, and how strong they are; the weak ones first."""
        found = []
        for piece, one, other, strength, _ in self.pieces:
            here, there = (self.asked.known.entry(end).point for end in (one, other))
            if here and there:
                found.append((piece, (here, there), strength))
        return sorted(found, key=lambda each: each[2])

    @cached_property
    def stretches(self) -> list[Stretch]:
        """The pieces of road that are drawn."""
        drawn = self.located[:LINES]
        return [Stretch(self.asked.label(piece), ends, strength, local(piece)) for piece, ends, strength in drawn]

    @cached_property
    def sheet(self) -> Sheet:
        """What the map says of itself."""
        question, asked = self.scene.question, self.asked
        title = f"Which roads were open on {day(asked.question.day)}"
        whole = sheet(title, replace(question, places=(), within=(), types=(), states=(), actors=()),
                     self.scene.gazetteer, self.scene.owed)  # fmt: skip
        missing, beyond = len(self.pieces) - len(self.located), len(self.located) - len(self.stretches)
        small = [
            f"{missing:,} pieces of road are not drawn: an end has no position." * bool(missing),
            f"{beyond:,} more pieces of road are open, and too many to be drawn." * bool(beyond),
        ]
        below = f"For {asked.label(asked.actor)}; {whole.below[:1].lower()}{whole.below[1:]}"
        return replace(
            whole, below=below, credits=("Roads are straight lines between named places.", *small, *whole.credits)
        )

    @property
    def narrowed(self) -> bool:
        """Whether who is listened to is chosen, or what counts."""
        return any(value for name in (*asking.LISTENING, "areas") for value in self.scene.given.get(name, ()))

    def twin(self, path: str, **changed: str) -> str:
        """The address of the same as data."""
        question, given = self.asked.question, self.scene.given
        kept = {name: values[0] for name, values in given.items() if name in TAKEN and values and values[0]}
        several = [("sources", source) for source in given.get("sources", ()) if source]
        pairs = [*{**kept, "at": question.at, **changed}.items(), *several]
        return f"{path}?{urlencode(pairs, safe='/:,')}"

    def drawn(self, pixels: float, prefix: str = "map", headed: bool = True) -> str:
        """The map."""
        sites = seen.sites(self.scene.gazetteer, self.listed, self.asked.question.lang, self.scene.about)
        onto = frozenset[str]()
        outlines = seen.outlines_of(self.scene.gazetteer)
        selected = self.scene.selected
        return map_svg(sites, outlines, self.sheet, pixels, selected, onto, prefix, headed, self.stretches)


@bp.route("/routes.svg")
def drawing() -> Response:
    """The map of roads, drawn for `width` pixels."""
    return image(_roads().drawn(width()))


@bp.route("/routes")
def show() -> Response:
    """The map of roads, the named ones with why they were cut, and what was cut off."""
    found = _roads()
    asked, question = found.asked, found.asked.question
    named, cut = forms.routes(asked, (), 0, ROWS), forms.cut_off(asked, 0, ROWS)
    hinges = joined.hinges(asked, 0, HINGES)
    said = told.claims(told.of(parameters.store()), set(_claims(named, cut)))
    claims = {iri: told.claim(iri, facts) for iri, facts in said.items()}
    changes = found.scene.changes
    return headers.with_figures(
        render_template(
            "figures/routes.html",
            scene=found.scene,
            asked=asked,
            question=found.scene.question,
            roads=found,
            sheet=found.sheet,
            version=asked.version,
            wide=found.drawn(WIDE, "wide", headed=False),
            narrow=found.drawn(NARROW, "narrow", headed=False),
            image=found.scene.address("/routes.svg"),
            named=named["routes"],
            total=named["total"],
            rows=ROWS,
            cut=cut,
            hinges=hinges,
            claims=claims,
            grounds=GROUNDS,
            chosen_actor=name_of(asked.actor),
            spoken=lambda iris: _last_said(claims, iris),
            sign=sign,
            road_words=WORDS,
            words=words,
            answers={entry.iri: answer for entry, answer in found.listed},
            earlier=[each for each in changes if each < question.day][-1:],
            later=[each for each in changes if each > question.day][:1],
            date_of=date_of,
            day_of=day,
            label=asked.label,
            options=_options(found),
            sources_of=lambda iris: sorted({claims[iri].source for iri in iris if iri in claims}),
        )
    )


def _roads() -> Roads:
    """What this request asks for; where no day is given, of the last on which anything changes, or, where the seat is
    lost by then, of the last before that. Raises what `kg.roads.ask` raises."""
    given = parameters.given()
    at = asking.one(given, "at")
    if at:
        return Roads(scene(at=at), _asked(given, at))
    at = date_of(scene().question.last)
    asked = _asked(given, at)
    lost = _lost(asked)
    if lost is not None:
        at = date_of(lost - 1)
        asked = _asked(given, at)
    return Roads(scene(at=at), asked)


def _asked(given: Mapping[str, list[str]], at: str) -> Asked:
    """The question; where nobody is named and nobody has a seat, for whoever most is told of."""
    asked = roads.ask(parameters.store(), {**given, "at": [at]})
    held = Counter(asked.situation.held.actor.tolist())
    if asked.question.actor is None and held:
        holder = asked.situation.network.actor(held.most_common(1)[0][0])
        asked = roads.ask(parameters.store(), {**given, "at": [at], "actor": [holder]})
    return asked


def _lost(asked: Asked) -> Day | None:
    if asked.question.actor is None:
        return None
    network, actor = asked.situation.network, asked.standing.actor
    seat = int(network.seat[actor])
    return lost_since(asked.situation, actor, seat, asked.question.day) if seat >= 0 else None


def _claims(named: Plain, cut: Plain) -> Iterable[str]:
    """The claims that the page names."""
    for road in named["routes"]:
        for by in road["blockedBy"]:
            yield from by["because"]
    for pocket in cut["pockets"]:
        yield from pocket["because"]
        for reading in ("possible", "certain"):
            for cause in (pocket[reading] or {}).get("because", ()):
                yield from cause["claims"]


def _last_said(claims: Mapping[str, Claim], iris: Iterable[str]) -> str | None:
    """The last day on which any of these claims was said, as far as that is known to the day."""
    days = (claims[iri].stated or claims[iri].published or claims[iri].when for iri in iris if iri in claims)
    return max((each for each in days if each and len(each) == len("2021-08-15")), default=None)


def _options(found: Roads) -> dict[str, Any]:
    """What may be chosen in the form."""
    asked, gazetteer = found.asked, found.asked.known.gazetteer
    network, held = asked.situation.network, asked.situation.held
    holders = {network.actor(actor) for actor in set(held.actor.tolist())}
    view = asked.question.view
    return {
        "actors": sorted((name_of(actor), asked.label(actor)) for actor in holders | {asked.actor}),
        "areas": [(each, COUNTING[each]) for each in AREAS],
        "policies": [(each, each) for each in POLICIES],
        "sources": sorted(
            (entry.label(), name_of(iri), view.sources is not None and iri in view.sources)
            for iri, entry in gazetteer.sources.items()
        ),
    }
