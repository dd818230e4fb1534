"""Runs of observations as statements: a claim for each change, and a report of the first and the last observed day.

Voices that see the same change in the same window, or the same holder on the same day, make claims about one event.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

import numpy as np

from kg.ingest.fields import Array
from kg.ingest.observed import Runs, Seen, seen
from kg.ingest.task import Task
from kg.ingest.turtle import HEAD, Dates, quoted

PART = 25_000
"""Claims in a file of Turtle."""

Line = tuple[int, ...]
"""A change (place, low, high, before, after, voice) or a report (place, day, held, voice)."""


@dataclass(frozen=True)
class Voice:
    """A source that observes: how it is called in names, in sentences, and as a title; its address and licence."""

    name: str
    word: str
    title: str
    address: str = ""
    licence: str = ""


@dataclass(frozen=True)
class Holder:
    """What a status stands for: how it is called in names, in sentences, and the actor as Turtle (none: contested)."""

    name: str
    label: str
    actor: str | None

    @property
    def phrase(self) -> str:
        """What is said of a place."""
        return f"held by {self.label}" if self.actor else "contested"


@dataclass(frozen=True)
class Spot:
    """A place: its name as Turtle, how it is called in names of other things, in sentences."""

    iri: str
    name: str
    label: str


def write(
    task: Task, voices: Sequence[Voice], holders: Sequence[Holder], found: Sequence[Runs], spot: Callable[[int], Spot],
    described: Callable[[], str],
) -> None:  # fmt: skip
    """Write parts of Turtle: what the runs `found` say, the sources, and in the end what else is `described`. A status
    is a number in `holders`, from 1 on; `spot` knows the places."""
    made = [[seen(runs, voice) for runs in found] for voice in range(len(voices))]
    changes = _table(made, lambda each: (each.place, each.low, each.high, each.before, each.after))
    reports = _table(made, lambda each: (each.report_place, each.day, each.held))
    task.tally.made.update({"changes of control": len(changes), "state reports": len(reports)})
    teller = Teller(task, voices, holders, spot)
    number, count, text = 0, 0, [HEAD]
    total = len(changes) + len(reports)
    for told, rows in ((teller.change, changes), (teller.report, reports)):
        for _, same in groupby(map(tuple, rows.tolist()), key=lambda row: row[:-1]):
            lines = list(same)
            text += told(lines)
            count += len(lines)
            if count >= (number + 1) * PART:
                task.work.part(number).write_text("".join(text), "utf-8")
                task.progress("writing", count / total)
                number, text = number + 1, [HEAD]
    text += [teller.dates.text(), task.belongs(), described()]
    text += [task.source(teller.source(at), voice.title, _last(made[at]), address=voice.address, licence=voice.licence)
             for at, voice in enumerate(voices)]  # fmt: skip
    task.work.part(number).write_text("".join(text), "utf-8")


def _table(made: list[list[Seen]], columns: Callable[[Seen], tuple[Array, ...]]) -> Array:
    """All rows of all voices, sorted, so that those of voices that agree stand together."""
    parts = [
        np.column_stack([*columns(each), np.full(len(columns(each)[0]), voice)])
        for voice, several in enumerate(made) for each in several
    ]  # fmt: skip
    table = np.concatenate(parts).astype(np.int64) if parts else np.zeros((0, 4), np.int64)
    return table[np.lexsort(table.T[::-1])]


def _last(several: list[Seen]) -> int | None:
    """The last day that a voice observed."""
    return max((int(each.day.max()) for each in several if len(each.day)), default=None)


class Teller:
    """Writes events with the claims about them."""

    def __init__(
        self, task: Task, voices: Sequence[Voice], holders: Sequence[Holder], spot: Callable[[int], Spot]
    ) -> None:
        self.stem, self.recorded, self.dates = task.stem, task.recorded, Dates()
        self.voices, self.holders, self.spot = voices, holders, spot
        self._days: dict[int, str] = {}

    def source(self, voice: int) -> str:
        """The source that a voice is."""
        return f"source:{self.stem}-{self.voices[voice].name}"

    def iso(self, ordinal: int) -> str:
        """A day as a text."""
        if ordinal not in self._days:
            self._days[ordinal] = str(date.fromordinal(ordinal))
        return self._days[ordinal]

    def change(self, rows: list[Line]) -> Iterator[str]:
        """A change that some voices see in the same window."""
        place, low, high, old, new, _ = rows[0]
        spot, before, after = self.spot(place), self.holders[old - 1], self.holders[new - 1]
        window = self.iso(high) if low == high else f"{self.iso(low)}--{self.iso(high)}"
        event = f"event:{self.stem}-{spot.name}-{window}-{before.name}-{after.name}"
        kind = "Capture" if after.actor else "BecameContested"
        to = f"kg:toController {after.actor}" if after.actor else "kg:contested true"
        left = f" ; kg:fromController {before.actor}" if before.actor else ""
        yield (
            f"{event} a kg:ControlChange ; kg:eventType kg:{kind} ; kg:place {spot.iri} ; {to}{left} ;"
            f" kg:extent kg:Whole ; kg:when {self.dates.window(low, high, 'Sequence')} .\n"
        )
        said = f"{before.phrase} up to {self.iso(low - 1)} and {after.phrase} from {self.iso(high)} on."
        for row in rows:
            yield self.claim(row[-1], spot, event, high, said, self.iso(high))

    def report(self, rows: list[Line]) -> Iterator[str]:
        """What some voices see on the same day."""
        place, day, held, _ = rows[0]
        spot, holder = self.spot(place), self.holders[held - 1]
        event = f"event:{self.stem}-{spot.name}-{self.iso(day)}-{holder.name}"
        what = f"kg:controller {holder.actor}" if holder.actor else "kg:contested true"
        yield (
            f"{event} a kg:ControlObservation ; kg:eventType kg:StateReport ; kg:place {spot.iri} ; {what} ;"
            f" kg:extent kg:Whole ; kg:when {self.dates.day(day)} .\n"
        )
        for row in rows:
            yield self.claim(row[-1], spot, event, day, f"{holder.phrase} on {self.iso(day)}.", f"{self.iso(day)}-held")

    def claim(self, voice: int, spot: Spot, event: str, day: int, said: str, name: str) -> str:
        """The claim of a voice about an event, stated on the day on which it showed it."""
        gloss = quoted(f"{self.voices[voice].word} shows {spot.label} {said}", "en")
        return (
            f"claim:{self.stem}-{self.voices[voice].name}-{spot.name}-{name} a kg:Claim ; kg:about {event} ;"
            f" kg:stance kg:Reports ; kg:source {self.source(voice)} ; kg:statedOn {self.dates.day(day)} ;"
            f" kg:gloss {gloss} ; kg:recordedAt {self.recorded} .\n"
        )
