"""Runs of observations as statements: a claim for each change, and a report of the first and the last observed day.

Voices that see the same change in the same window, or the same holder on the same day, make claims about one event.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import NamedTuple

import numpy as np

from kg.ingest.fields import Array
from kg.ingest.observed import Seen
from kg.ingest.task import Task
from kg.ingest.turtle import HEAD, Dates, quoted, span
from kg.phrases import Phrase

PART = 25_000
"""Claims in a file of Turtle."""

Line = tuple[int, ...]
"""A change (place, low, high, before, after, voice) or a report (place, day, held, voice)."""


@dataclass(frozen=True)
class Voice:
    """A source that observes: how it is called in names, in sentences, and as a title; its address and licence; or the
    source of the store that it is, as Turtle."""

    name: str
    word: str
    title: str
    address: str = ""
    licence: str = ""
    known: str = ""


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


class Told(NamedTuple):
    """What a source says of the date of a change: since when it is so, in which words, since when that was known."""

    since: Phrase
    words: str
    known: Phrase | None


Dated = Callable[[int, int, int, int, int], Told | None]


def write(
    task: Task, voices: Sequence[Voice], holders: Sequence[Holder], made: Sequence[Sequence[Seen]],
    spot: Callable[[int], Spot], described: Callable[[Teller], str], dated: Dated = lambda *_: None,
) -> None:  # fmt: skip
    """Write parts of Turtle: what each voice has `made` out, the sources, and in the end what else is `described`.

    A status is a number in `holders`, from 1 on; `spot` knows the places. `dated` may know better when a change was: of
    a voice, a place, between two observations (the bounds of the window), to a holder.
    """
    changes = _table(made, lambda each: (each.place, each.low, each.high, each.before, each.after))
    reports = _table(made, lambda each: (each.report_place, each.day, each.held))
    task.tally.made.update({"changes of control": len(changes), "state reports": len(reports)})
    teller = Teller(task, voices, holders, spot, dated)
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
    text += [described(teller), teller.dates.text(), task.belongs()]
    text += [task.source(teller.source(at), voice.title, _last(made[at]), address=voice.address, licence=voice.licence)
             for at, voice in enumerate(voices) if not voice.known]  # fmt: skip
    task.work.part(number).write_text("".join(text), "utf-8")


def _table(made: Sequence[Sequence[Seen]], columns: Callable[[Seen], tuple[Array, ...]]) -> Array:
    """All rows of all voices, sorted, so that those of voices that agree stand together."""
    parts = [
        np.column_stack([*columns(each), np.full(len(columns(each)[0]), voice)])
        for voice, several in enumerate(made) for each in several
    ]  # fmt: skip
    table = np.concatenate(parts).astype(np.int64) if parts else np.zeros((0, 4), np.int64)
    return table[np.lexsort(table.T[::-1])]


def _last(several: Sequence[Seen]) -> int | None:
    """The last day that a voice observed."""
    return max((int(each.day.max()) for each in several if len(each.day)), default=None)


class Teller:
    """Writes events with the claims about them."""

    def __init__(
        self, task: Task, voices: Sequence[Voice], holders: Sequence[Holder], spot: Callable[[int], Spot], dated: Dated
    ) -> None:
        self.dated = dated
        self.stem, self.recorded, self.dates = task.stem, task.recorded, Dates()
        self.voices, self.holders, self.spot = voices, holders, spot
        self._days: dict[int, str] = {}

    def source(self, voice: int) -> str:
        """The source that a voice is."""
        return self.voices[voice].known or f"source:{self.stem}-{self.voices[voice].name}"

    def iso(self, ordinal: int) -> str:
        """A day as a text."""
        if ordinal not in self._days:
            self._days[ordinal] = str(date.fromordinal(ordinal))
        return self._days[ordinal]

    def change(self, rows: list[Line]) -> Iterator[str]:
        """A change that some voices see in the same window."""
        place, low, high, old, new, _ = rows[0]
        before, after = self.holders[old - 1], self.holders[new - 1]
        said = f"{before.phrase} up to {self.iso(low - 1)} and {after.phrase} from {self.iso(high)} on"
        told = [(row[-1], self.dated(row[-1], place, low, high, new)) for row in rows]
        if plain := [(voice, self.dates.day(high)) for voice, each in told if each is None]:
            window = self.iso(high) if low == high else f"{self.iso(low)}--{self.iso(high)}"
            when = self.dates.window(low, high, "Sequence")
            yield from self.changed(plain, place, before, new, when, window, self.iso(high), f"{said}.")
        for voice, each in told:
            if each is not None:
                when, stated = self.dates.phrase(each.since, each.words), self.dates.day(high)
                if each.known is not None:
                    stated = self.dates.phrase(each.known)
                name = span(each.since.edtf)
                gloss = f"{said}, since {each.since.edtf}."
                yield from self.changed([(voice, stated)], place, before, new, when, name, self.iso(high), gloss)

    def changed(
        self, voices: Sequence[tuple[int, str]], place: int, before: Holder | None, new: int, when: str, window: str,
        name: str, said: str,
    ) -> Iterator[str]:  # fmt: skip
        """A change to a holder, from another where that is known, with a claim of each voice, stated on a date."""
        spot, after = self.spot(place), self.holders[new - 1]
        event = f"event:{self.stem}-{spot.name}-{window}-{before.name if before else 'any'}-{after.name}"
        kind = "Capture" if after.actor else "BecameContested"
        to = f"kg:toController {after.actor}" if after.actor else "kg:contested true"
        left = f" ; kg:fromController {before.actor}" if before and before.actor else ""
        yield (
            f"{event} a kg:ControlChange ; kg:eventType kg:{kind} ; kg:place {spot.iri} ; {to}{left} ;"
            f" kg:extent kg:Whole ; kg:when {when} .\n"
        )
        for voice, stated in voices:
            yield self.claim(voice, spot, event, stated, said, name)

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
            said = f"{holder.phrase} on {self.iso(day)}."
            yield self.claim(row[-1], spot, event, self.dates.day(day), said, f"{self.iso(day)}-held")

    def claim(self, voice: int, spot: Spot, event: str, stated: str, said: str, name: str) -> str:
        """The claim of a voice about an event, stated on a date, if that is known."""
        gloss = quoted(f"{self.voices[voice].word} shows {spot.label} {said}", "en")
        on = f" kg:statedOn {stated} ;" if stated else ""
        return (
            f"claim:{self.stem}-{self.voices[voice].name}-{spot.name}-{name} a kg:Claim ; kg:about {event} ;"
            f" kg:stance kg:Reports ; kg:source {self.source(voice)} ;{on}"
            f" kg:gloss {gloss} ; kg:recordedAt {self.recorded} .\n"
        )
