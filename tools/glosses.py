"""What a claim about control says, as a plain English sentence made from its line."""

import datetime
from dataclasses import dataclass

from rdflib import URIRef

from tools.gazetteer import Actor, Place
from tools.turtle import KG

VERBS = {
    "Reports": "reported",
    "Announces": "announced",
    "Confirms": "confirmed",
    "Alleges": "alleged",
    "Denies": "denied",
}
PARTS = {KG.SomeParts: "parts of ", KG.Centre: "the centre of ", KG.EntireArea: "all of ", KG.Whole: ""}


@dataclass(frozen=True)
class Content:
    """What is said of one place: a change, or (``change`` False) a state report.

    Two lines with equal content tell one event. ``to`` is who takes or, in a report, holds the place.
    """

    change: bool
    place: str
    to: str | None
    origin: str | None
    parties: frozenset[str]
    extent: URIRef
    part_type: URIRef | None

    @property
    def type(self) -> URIRef:
        """The type of the event."""
        if not self.change:
            return KG.StateReport
        if self.parties:
            return KG.BecameContested
        if self.to is None:
            return KG.Withdrawal
        return KG.Handover if (self.origin, self.to) == ("us-led-forces", "islamic-republic-government") else KG.Capture


@dataclass(frozen=True)
class Telling:
    """How one line tells a content; ``claimant`` None is the page itself, a day that is None is open or not given."""

    content: Content
    stance: str
    claimant: str | None
    stated_on: datetime.date | None
    earliest: datetime.date | None
    latest: datetime.date | None
    note: str | None


def day(date: datetime.date) -> str:
    """Return a day as 15 August 2021."""
    return f"{date.day} {date:%B %Y}"


def time(telling: Telling) -> str:
    """Return the words for when it happened by this line, with a space in front; nothing if both bounds are open."""
    earliest, latest = telling.earliest, telling.latest
    if earliest is None or latest is None:
        return f" by {day(latest)}" if latest else f" on or after {day(earliest)}" if earliest else ""
    if earliest != latest:
        same_month = (earliest.year, earliest.month) == (latest.year, latest.month)
        if same_month and latest.day - earliest.day == 1:
            return f" on {earliest.day} or {day(latest)}"
        return f" between {earliest.day if same_month else f'{earliest.day} {earliest:%B}'} and {day(latest)}"
    return " that day" if earliest == telling.stated_on and telling.claimant else f" on {day(earliest)}"


def clause(telling: Telling, places: dict[str, Place], actors: dict[str, Actor]) -> str:
    """Return what happened by this line; a claimant tells it as past, and speaks of themselves as they."""
    content, quoted = telling.content, telling.claimant is not None
    place = places[content.place]
    named = f"the {place.label}" if place.type == KG.Region or place.label.endswith("crossing") else place.label
    where, when = PARTS[content.extent] + named, time(telling)

    def called(actor: str | None, pronoun: str) -> str:
        return "" if actor is None else pronoun if actor == telling.claimant else actors[actor].in_text

    def verb(simple: str, perfect: str) -> str:
        return f"had {perfect}" if quoted else simple

    to, origin = called(content.to, "they"), called(content.origin, "they")
    if content.parties:
        parties = " and ".join(sorted(actors[key].in_text for key in content.parties))
        became = verb("became", "become") if content.change else verb("was", "been")
        return f"{where} {became} contested between {parties}{when}"
    if not content.change:
        return f"{to} {verb('held', 'held')} {where}{when}"
    if content.to is None:
        return f"{origin} {verb('left', 'left')} {where}{when}"
    loser = called(content.origin, "them")
    if content.type == KG.Handover:
        return f"{where} {verb('passed', 'passed')} from {loser} to {called(content.to, 'them')}{when}"
    return f"{to} {verb('took', 'taken')} {where}{f' from {loser}' if loser else ''}{when}"


def gloss(telling: Telling, places: dict[str, Place], actors: dict[str, Actor]) -> str:
    """Return the sentence for a line, with its note in brackets."""
    said = clause(telling, places, actors)
    if telling.claimant is not None:
        on = f" on {day(telling.stated_on)}" if telling.stated_on else ""
        said = f"{actors[telling.claimant].in_text} {VERBS[telling.stance]}{on} that {said}"
    elif telling.stance == "Denies":
        said = f"the page denies that {said}"
    note = f" ({telling.note})" if telling.note else ""
    return f"{said[0].upper()}{said[1:]}{note}."
