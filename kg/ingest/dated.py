"""What a table says of dates, put beside what its snapshots show; changes that it only dates."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np

from kg import dates, phrases
from kg.errors import BadDate
from kg.ingest.observed import Runs, Seen, seen
from kg.ingest.spells import Teller, Told
from kg.ingest.spells import write as write_spells
from kg.ingest.task import Task
from kg.ingest.things import key
from kg.ingest.turtle import span
from kg.ingest.words import Words
from kg.phrases import Phrase

VOICE = 24
"""Bits of a number that a place has, below those of the voice."""
BITS = 16
"""Bits of a code: so many holders a table may have."""

Since = tuple[int, int, int, str, str]
"""Voice and place, the day of the snapshot (0: none), the holder, the words for the date, and for when it was known."""


def read(text: str) -> Phrase | None:
    """A date in EDTF or words; None where it is not understood, or has no bound."""
    try:
        return phrases.read(text) if text else None
    except BadDate:
        return None


def write(task: Task, words: Words, found: Sequence[Runs], since: Sequence[Since]) -> None:
    """Write what the snapshots show and what was said of dates (`kg.ingest.spells`)."""
    voices = words.told_voices()
    made = [[_of(runs, voice) for runs in found] for voice in range(len(voices))]
    said: dict[tuple[int, int], list[Since]] = defaultdict(list)
    for each in sorted(set(since)):
        said[each[0], each[2]].append(each)

    def dated(voice: int, place: int, low: int, high: int, new: int) -> Told | None:
        """The date that the source gives, where it does not contradict what it showed before; its words in any case."""
        for _, day, _, text, known in said[voice << VOICE | place, new]:
            if day < high or not text:
                continue
            if phrase := read(text):
                first, last = phrase.bounds.earliest, phrase.bounds.latest
                if (last and last.toordinal() < low) or (first and first.toordinal() > high):
                    label = words.spots[place].label
                    task.tally.notes.append(f"{label}: since {text!r} contradicts the snapshots, which stand")
                    return None
                return Told(phrase, text if text != phrase.edtf else "", read(known))
            window = dates.Bounds(date.fromordinal(low), date.fromordinal(high))
            return Told(Phrase(dates.to_edtf(window), window, "Sequence"), text, read(known))
        return None

    def rest(teller: Teller) -> str:
        more = [*_begun(teller, made, said), *_only_dated(teller, since)]
        task.tally.made["changes of control"] += sum(text.startswith("claim:") for text in more)
        return words.described() + "".join(more)

    write_spells(task, voices, words.holders, made, lambda number: words.spots[number], rest, dated)


def _of(runs: Runs, voice: int) -> Seen:
    """What one voice has seen."""
    part = runs.part(voice << VOICE, (voice + 1) << VOICE)
    mine = Runs(part.place & ((1 << VOICE) - 1), part.first, part.last, part.code)
    return seen(mine, bits=BITS)


def _begun(teller: Teller, made: Sequence[Sequence[Seen]], said: dict[tuple[int, int], list[Since]]) -> Iterator[str]:
    """Changes before the first snapshot of a place: the first row of it says since when it is so."""
    for voice, several in enumerate(made):
        for each in several:
            places, first = np.unique(each.report_place, return_index=True)
            for place, at in zip(places.tolist(), first.tolist(), strict=True):
                day, holder = int(each.day[at]), int(each.held[at])
                for _, on, _, text, known in said[voice << VOICE | place, holder]:
                    phrase = read(text)
                    first_day = phrase.bounds.earliest if phrase else None
                    if on != day or not text or (first_day and first_day.toordinal() > day):
                        continue
                    stated = stated_on(teller, known) or teller.dates.day(day)
                    when, window, gloss = since_when(teller, holder, text)
                    name = f"{teller.iso(day)}-since"
                    yield from teller.changed([(voice, stated)], place, None, holder, when, window, name, gloss)


def _only_dated(teller: Teller, since: Sequence[Since]) -> Iterator[str]:
    """Changes of rows that were seen on no day in particular."""
    for number, day, holder, text, known in sorted(set(since)):
        if day:
            continue
        voice, place = number >> VOICE, number & ((1 << VOICE) - 1)
        stated = stated_on(teller, known)
        when, window, gloss = since_when(teller, holder, text)
        name = f"{window}-{teller.holders[holder - 1].name}-{key(text, known)}"
        yield from teller.changed([(voice, stated)], place, None, holder, when, window, name, gloss)


def since_when(teller: Teller, holder: int, text: str) -> tuple[str, str, str]:
    """A date in words or not: its node, what names have of it, and what is said of a place."""
    phrase, held = read(text), teller.holders[holder - 1].phrase
    if phrase is None:
        return teller.dates.words(text), f"text-{key(text)}", f"{held} since a time that it gives in words."
    when = teller.dates.phrase(phrase, text if text != phrase.edtf else "")
    return when, span(phrase.edtf), f"{held} since {phrase.edtf}."


def stated_on(teller: Teller, known: str) -> str:
    """The date on which it was known; empty where the table does not say, or not in a way that is understood."""
    phrase = read(known)
    return teller.dates.phrase(phrase, known if known != phrase.edtf else "") if phrase else ""
