"""A record of control made in memory, in the shape of `bench.generate`: ten changes a place, two claims a change and more,
vague windows, denials, state reports, contested places, quoted claimants, derived sources."""

from __future__ import annotations

import random
from datetime import date

from kg.control.record import Baseline, Claim, Event, Record, Source, Stance, Window

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
        baselines={"https://example.org/claim/baseline": Baseline(tuple(places[: len(provinces)]), PARTIES[0], START, START + DAYS)},
    )  # fmt: skip
