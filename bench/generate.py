"""Write a data set of our ontology at any size: `python -m bench.generate --changes 10000 --out DIR [--seed 1]`.

The world is invented, the shape of the data is not: events with their claims, each claim with its source, claimant,
stance and window; denials, contested places, state reports, vague dates, claims that supersede others, sources that
derive from others. About 24 triples and 2 claims a change, 10 changes a place. The same arguments give the same bytes.

`gazetteer.ttl`, `sources.ttl` and `dataset.ttl` come first, with `--roads` also `roads.ttl`, then `record-001.ttl`, … with at most `PART` changes each.
Places follow one another, and the changes of a place are in order of time, so nothing but the dates already described
in a file is kept in memory.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from pathlib import Path
from typing import TextIO

from bench.roads import roads
from bench.world import (
    CHANGES_A_PLACE,
    CORRECTED,
    DAYS,
    MANNERS,
    PARTIES,
    RECORDED,
    SPEAKERS,
    Dates,
    Window,
    World,
    dataset,
    gazetteer,
    name_of,
    place_of,
    sources,
    world,
)
from kg.ontology import PREFIXES

PART = 200_000
"""Changes a record file holds at most."""


# ── what happened, and who says so ──────────────────────────────────────────────────────────────────────────────────


class Teller:
    """Writes the events of one place after the other, with the claims about them."""

    def __init__(self, size: World, seed: int, dates: Dates, file: TextIO) -> None:
        self.size, self.chance, self.dates, self.write = size, random.Random(seed), dates, file.write

    def place(self, number: int, changes: int) -> None:
        """All changes of one place, from the first to the last."""
        days = sorted(self.chance.sample(range(1, DAYS - 60), changes))
        holder = self.chance.randrange(PARTIES)
        for index, day in enumerate(days):
            holder = self.change(number, index, day, holder)
            if self.chance.random() < 0.15:
                until = days[index + 1] if index + 1 < len(days) else DAYS - 60
                self.report(number, index, self.chance.randint(day, until), holder)

    def change(self, number: int, index: int, day: int, holder: int) -> int:
        """One change with its claims; who holds the place afterwards."""
        chance = self.chance.random()
        taker = (holder + self.chance.randint(1, PARTIES - 1)) % PARTIES
        place = place_of(number, self.size)
        event = f"event:{number}-{index}"
        if chance < 0.83:
            before = f" kg:fromController actor:party-{holder} ;" if chance < 0.5 else ""
            kind, content, words = "Capture", f"kg:toController actor:party-{taker} ;{before}", "taken by"
        elif chance < 0.88:
            kind, content, words = "Withdrawal", f"kg:fromController actor:party-{holder} ;", "left before"
        elif chance < 0.92:
            content = f"kg:toController actor:party-{taker} ; kg:fromController actor:party-{holder} ;"
            kind, words = "Handover", "handed to"
        elif chance < 0.96:
            kind, content, words = (
                "BecameContested",
                f"kg:party actor:party-{holder} , actor:party-{taker} ;",
                "fought over by",
            )
        else:
            kind, content, words = "BecameContested", "kg:contested true ;", "fought over with"
        extent = "Whole" if self.chance.random() < 0.8 else self.chance.choice(("Centre", "EntireArea", "SomeParts"))
        follows = f" kg:follows event:{number}-{index - 1} ;" if index and self.chance.random() < 0.05 else ""
        window = self.window(day)
        self.write(
            f"{event} a kg:ControlChange ; kg:eventType kg:{kind} ; kg:place {place} ;"
            f" {content} kg:extent kg:{extent} ;{follows} kg:when {self.dates.name(window)} .\n"
        )
        gloss = f"{name_of(number)} was {words} the party of {name_of(taker)}."
        told = 1 + (self.chance.random() < 0.4) + (self.chance.random() < 0.15)
        for voice in range(told):
            own = window if voice == 0 else self.window(day)
            self.claim(f"claim:{number}-{index}-{voice}", event, day, gloss, own, stance=self.stance(), taker=taker)
        if follows:
            extra = f" kg:attribute kg:follows ; kg:value event:{number}-{index - 1} ;"
            self.claim(f"claim:{number}-{index}-order", event, day, "It came after the one before.", None, extra=extra)
        if self.chance.random() < 0.1:
            self.claim(
                f"claim:{number}-{index}-denial", event, day, f"Not so: {gloss}", None, stance="Denies", taker=holder
            )
        return taker if "toController" in content else holder

    def report(self, number: int, index: int, day: int, holder: int) -> None:
        """A source says who holds the place on a day."""
        event = f"event:{number}-{index}-held"
        self.write(
            f"{event} a kg:ControlObservation ; kg:eventType kg:StateReport ; kg:place {place_of(number, self.size)} ;"
            f" kg:controller actor:party-{holder} ; kg:extent kg:Whole .\n"
        )
        gloss = f"{name_of(number)} was held by the party of {name_of(holder)}."
        self.claim(f"claim:{number}-{index}-held", event, day, gloss, Window(day, day))

    def claim(
        self, claim: str, event: str, day: int, gloss: str, window: Window | None,
        *, stance: str = "Reports", taker: int | None = None, extra: str = "",
    ) -> None:  # fmt: skip
        """A claim in a source of the days after, and now and then one that corrects it."""
        later = day + self.chance.randint(0, 50) * (self.chance.random() < 0.3)
        source = f"source:day-{later + -later % self.size.every}-{self.chance.randrange(self.size.sources)}"
        speaker = self.speaker(stance, taker)
        said = f" kg:claimant {speaker} ; kg:statedOn {self.dates.name(Window(day, day))} ;" if speaker else ""
        told = taker is not None and stance != "Denies" and self.chance.random() < 0.2
        manner = f" kg:manner kg:{self.chance.choice(MANNERS)} ;" if told else ""
        dated = f" kg:statesWhen {self.dates.name(window)} ;" if window else ""
        corrected = stance != "Denies" and not extra and self.chance.random() < 0.01
        rest = f' kg:stance kg:{stance} ; kg:source {source} ;{said}{dated}{extra} kg:gloss "{gloss}"@en ;'
        retired = f" kg:retiredAt {CORRECTED} ;" if corrected else ""
        self.write(f"{claim} a kg:Claim ; kg:about {event} ;{rest}{manner}{retired} kg:recordedAt {RECORDED} .\n")
        if corrected:
            self.write(
                f"{claim}-corrected a kg:Claim ; kg:about {event} ;{rest} kg:supersedes {claim} ; kg:recordedAt {CORRECTED} .\n"
            )

    def stance(self) -> str:
        chance = self.chance.random()
        return (
            "Reports" if chance < 0.75 else "Announces" if chance < 0.9 else "Confirms" if chance < 0.96 else "Alleges"
        )

    def speaker(self, stance: str, taker: int | None) -> str | None:
        """Who says it: nobody but the source itself in half of the reports."""
        if stance in ("Announces", "Denies") and taker is not None:
            return f"actor:{self.chance.choice(('party', 'organ'))}-{taker}"
        return f"actor:speaker-{self.chance.randrange(SPEAKERS)}" if self.chance.random() < 0.3 else None

    def window(self, day: int) -> Window:
        """What a source may say of the day on which it happened: half the time the day, else a window around it."""
        chance = self.chance.random()
        if chance < 0.55:
            return Window(day, day)
        before, after = self.chance.randint(0, 3), self.chance.randint(0, 3)
        if chance < 0.85:
            return Window(day - before, day + after)
        if chance < 0.92:
            return Window(day - before * 7, day + after * 7 + 1)
        if chance < 0.97:
            return Window(None, day + after)
        return Window(day - before, None)


# ── files ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def opened(folder: Path, stem: str) -> TextIO:
    """A new file of `folder` that begins with our prefixes."""
    file = (folder / f"{stem}.ttl").open("w", encoding="utf-8", buffering=1 << 20)
    file.writelines(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in PREFIXES.items())
    return file


def generate(changes: int, folder: Path, seed: int = 1, *, with_roads: bool = False) -> None:
    """Write the data set of this many changes into `folder`, telling on standard error how far it is."""
    size = world(changes)
    folder.mkdir(parents=True, exist_ok=True)
    places_a_part = PART // CHANGES_A_PLACE
    parts = range(0, size.places, places_a_part)
    with opened(folder, "gazetteer") as file:
        file.writelines(gazetteer(size))
    with opened(folder, "sources") as file:
        file.writelines(sources(size, Dates(file)))
    with opened(folder, "dataset") as file:
        file.writelines(dataset(size, len(parts)))
    if with_roads:
        with opened(folder, "roads") as file:
            file.writelines(roads(size))
    begun = time.monotonic()
    for part, first in enumerate(parts, start=1):
        with opened(folder, f"record-{part:03}") as file:
            teller = Teller(size, seed * 1_000_003 + part, Dates(file), file)
            for number in range(first, min(first + places_a_part, size.places)):
                left = changes - (size.places - 1) * CHANGES_A_PLACE
                teller.place(number, left if number == size.places - 1 else CHANGES_A_PLACE)
                if number % 1000 == 999 or number == size.places - 1:
                    progress(min((number + 1) * CHANGES_A_PLACE, changes), changes, begun)
    print(file=sys.stderr)


def progress(done: int, of: int, begun: float) -> None:
    """One line that is written again and again."""
    seconds = time.monotonic() - begun
    print(f"\r{done:>11,} of {of:,} changes, {seconds:.0f} s", end="", file=sys.stderr, flush=True)


def main() -> None:
    """Read the command line, write the files."""
    parser = argparse.ArgumentParser(description="Write an invented data set of our ontology.")
    parser.add_argument("--changes", type=int, required=True, help="how many changes of control, at least 1")
    parser.add_argument("--out", type=Path, required=True, help="the folder to write into")
    parser.add_argument("--seed", type=int, default=1, help="another number gives another data set (default 1)")
    parser.add_argument("--roads", action="store_true", help="with roads between the places")
    arguments = parser.parse_args()
    if arguments.changes < 1:
        parser.error("--changes: at least 1")
    generate(arguments.changes, arguments.out, arguments.seed, with_roads=arguments.roads)


if __name__ == "__main__":
    main()
