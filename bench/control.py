"""Measure the index of control on an invented record: `python -m bench.control [--changes 200000] [--seed 1]`.

The record has the shape of `bench.generate`, made in memory: ten changes a place, two claims a change and more, vague
windows, denials, state reports, contested places, quoted claimants, derived sources.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TypeVar

from kg.control.answers import View
from kg.control.index import build, counts, history, open_index, state_at, verdict
from kg.control.record import Baseline, Claim, Event, Record, Source, Stance, Window

T = TypeVar("T")
START = date(2014, 1, 1).toordinal()
DAYS = 3650
PARTIES = [f"https://example.org/actor/party-{number}" for number in range(6)]
SPEAKERS = [f"https://example.org/actor/speaker-{number}" for number in range(40)]


def invented(changes: int, seed: int) -> Record:
    """A record of about this many changes, ten a place; the same arguments give the same record."""
    chance = random.Random(seed)
    places = [f"https://example.org/place/{number}" for number in range(max(1, changes // 10))]
    provinces = [f"https://example.org/place/province-{number}" for number in range(max(4, len(places) // 100))]
    sources = {
        f"https://example.org/source/day-{day}-{number}": Source(
            published=START + day, knowledge=START + day - chance.choice((0, 0, 1, 5)), sides=tuple(PARTIES[:2]),
            derived_from=() if day < 30 or chance.random() < 0.9 else (f"https://example.org/source/day-{day - 30}-0",),
        )
        for day in range(DAYS + 91) for number in range(3)
    }  # fmt: skip
    events: dict[str, Event] = {}
    claims: dict[str, Claim] = {}

    def window(day: int) -> Window:
        luck, before, after = chance.random(), chance.randint(0, 3), chance.randint(0, 3)
        if luck < 0.55:
            return (day, day)
        if luck < 0.85:
            return (day - before, day + after)
        if luck < 0.92:
            return (day - before * 7, day + after * 7 + 1)
        return (None, day + after) if luck < 0.97 else (day - before, None)

    def claim(name: str, event: str, day: int, stance: Stance, speaker: str | None, told: Window | None) -> None:
        later = day - START + chance.randint(0, 50) * (chance.random() < 0.3)
        claims[name] = Claim(
            source=f"https://example.org/source/day-{later}-{chance.randrange(3)}", about=(event,), stance=stance,
            claimants=(speaker,) if speaker else (), stated=(day, day) if speaker else None, states_when=told,
        )  # fmt: skip

    for place in places:
        holder = chance.choice(PARTIES)
        previous = ""
        for number, day in enumerate(sorted(chance.sample(range(START + 1, START + DAYS - 60), 10))):
            taker = chance.choice([party for party in PARTIES if party != holder])
            luck, event = chance.random(), f"{place}/event/{number}"
            to, from_ = (taker, holder if luck < 0.5 else None) if luck < 0.92 else (None, None)
            if 0.83 <= luck < 0.88:
                to, from_ = None, holder
            events[event] = Event(
                (place,), to=to, from_=from_, parties=(holder, taker) if 0.92 <= luck < 0.96 else (),
                contested=luck >= 0.92, when=window(day),
                extent="Whole" if chance.random() < 0.8 else chance.choice(("Centre", "EntireArea", "SomeParts")),
                follows=(previous,) if previous and chance.random() < 0.05 else (),
            )  # fmt: skip
            for voice in range(1 + (chance.random() < 0.4) + (chance.random() < 0.15)):
                stance: Stance = chance.choice(("Reports", "Reports", "Reports", "Announces", "Alleges"))
                speaker = taker if stance == "Announces" else chance.choice(SPEAKERS) if chance.random() < 0.3 else None
                claim(f"{event}/claim/{voice}", event, day, stance, speaker, window(day) if voice else None)
            if chance.random() < 0.1:
                claim(f"{event}/claim/denial", event, day, "Denies", holder, None)
            holder, previous = to or holder, event
            if chance.random() < 0.15:
                events[f"{event}/held"] = Event((place,), report=True, to=holder, when=(day + 9, day + 9))
                claim(f"{event}/held/claim", f"{event}/held", day + 9, "Reports", None, None)
    return Record(
        START,
        within={place: (provinces[number % len(provinces)],) for number, place in enumerate(places)},
        sources=sources, events=events, claims=claims,
        baselines={"baseline": Baseline(tuple(places[: len(provinces)]), PARTIES[0], START, START + DAYS)},
    )  # fmt: skip


def timed(what: str, work: Callable[[], T], times: int = 1) -> T:
    """Do something, and say how long the fastest time took, and how much of a processor's time."""
    fastest = busy = float("inf")
    for _ in range(times):
        begun, spent = time.perf_counter(), time.process_time()
        done = work()
        fastest, busy = min(fastest, time.perf_counter() - begun), min(busy, time.process_time() - spent)
    print(f"{what:<50} {fastest * 1000:>10,.1f} ms {busy * 1000:>10,.1f} ms of a processor", flush=True)
    return done


def main() -> None:
    """Read the command line, measure."""
    parser = argparse.ArgumentParser(description="Measure the index of control.")
    parser.add_argument("--changes", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    record = timed("inventing the record", lambda: invented(arguments.changes, arguments.seed))
    index = timed("build", lambda: build(record))
    print(f"{len(record.claims):,} claims, {len(index.ledger.claim):,} rows, {len(index.runs.place):,} runs")
    with tempfile.TemporaryDirectory() as folder:
        directory = Path(folder)
        timed("save", lambda: index.save(directory))
        sizes = {path.name: path.stat().st_size for path in directory.iterdir()}
        names = sum(size for name, size in sizes.items() if name.endswith(("-text.npy", "-ends.npy")))
        print(f"on disk a change: columns {(sum(sizes.values()) - names) / arguments.changes:.0f} bytes, names "
              f"{names / arguments.changes:.0f} bytes")  # fmt: skip
        index = timed("open", lambda: open_index(directory), 5)
        day = START + 2000
        some = [name for name in record.sources if not name.endswith("-0")]
        asked = list(record.within)[7:8]
        for name, view in (
            ("default", View()), ("known by", View(known=day + 10)), ("sources", View(sources=frozenset(some))),
            ("every-word", View(policy="every-word")),
        ):  # fmt: skip
            timed(f"map on a day, {name}", lambda view=view: state_at(index, day, day, view), 5)  # type: ignore[misc]
        timed("map for a month, default", lambda: state_at(index, day, day + 30), 5)
        timed("map for a month, every-word", lambda: state_at(index, day, day + 30, View(policy="every-word")), 3)
        timed("verdict of a place", lambda: verdict(index, asked[0], day, day), 20)
        timed("history of a place", lambda: history(index, asked[0]), 20)
        written = next(iter(record.claims))
        place = record.events[record.claims[written].about[0]].places[0]
        around = {place, *record.within[place]}
        events = {name: event for name, event in record.events.items() if around & set(event.places)}
        claims = {name: claim for name, claim in record.claims.items() if set(claim.about) & set(events)}
        sources = {claim.source: record.sources[claim.source] for claim in claims.values()}
        sources |= {name: record.sources[name] for source in [*sources.values()] for name in source.derived_from}
        part = Record(START, {place: record.within[place]}, {}, sources, events, claims, record.baselines)
        timed("a small write: one place anew", lambda: index.updated(part, [place]), 3)
        timed("counts over 200 places", lambda: counts(index, list(record.within)[:200], PARTIES[0], day), 5)


if __name__ == "__main__":
    main()
