"""Small random worlds for the tests of control, and ways to look at them."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random

from hypothesis import strategies as st

from kg.control.answers import POLICIES, View
from kg.control.record import Baseline, Claim, Day, Event, Extent, Record, Source, Stance, Window

START = 737911
"""1 May 2021: nothing happens more than a month later."""
ACTORS = ["A", "B", "C"]
PLACES = ["capital", "district", "province", "country"]
EXTENTS: list[Extent] = ["Whole", "Whole", "Whole", "EntireArea", "EntireArea", "Centre", "SomeParts"]
STANCES: list[Stance] = ["Reports"] * 6 + ["Announces", "Confirms", "Alleges", "Denies", "Denies"]  # type: ignore[assignment]


def window(chance: Random) -> Window:
    """Days on which something may have happened: vague ones, and open ones too."""
    first = START + chance.randint(0, 16)
    last = first + chance.choice([0, 0, 0, 1, 2, 5])
    kind = chance.random()
    return (None if kind < 0.16 else first, None if 0.12 < kind < 0.24 else last)


def event(chance: Random, number: int) -> Event:
    """A change or a state report; it may follow earlier ones, or be the same as they."""
    kind, to, loser = chance.random(), None, None
    parties: tuple[str, ...] = ()
    heirs: tuple[str, ...] = ()
    if kind < 0.6 or 0.84 < kind < 0.94:
        to = chance.choice(ACTORS)
        loser = chance.choice(ACTORS) if 0.35 < kind < 0.6 else None
    elif kind < 0.7:
        loser = chance.choice(ACTORS)
        heirs = tuple(actor for actor in ACTORS if actor != loser and chance.random() < 0.4)
    else:
        parties = () if kind < 0.74 else tuple(chance.sample(ACTORS, 2))
        loser = chance.choice(ACTORS) if kind < 0.8 and chance.random() < 0.4 else None
    earlier = [f"e{each}" for each in range(number)]
    return Event(
        ("capital", "province") if chance.random() < 0.08 else (chance.choice(PLACES),),
        report=kind > 0.84,
        to=to,
        from_=loser,
        parties=parties,
        contested=to is None and (loser is None or bool(parties)),
        when=window(chance),
        extent=chance.choice(EXTENTS),
        follows=tuple(each for each in earlier if chance.random() < 0.15),
        same_occurrence=tuple(each for each in earlier if chance.random() < 0.08),
        presumed_heirs=heirs,
    )


def source(chance: Random, number: int) -> Source:
    """A source; it may derive from earlier ones, or from one that is not described."""
    published = START + chance.randint(3, 14)
    earlier = [f"s{each}" for each in range(number) if chance.random() < 0.25]
    return Source(
        published=None if chance.random() < 0.08 else published,
        knowledge=None if chance.random() < 0.5 else published - chance.randint(0, 4),
        derived_from=(*earlier, *(["common"] if chance.random() < 0.15 else [])),
        sides=tuple(chance.sample(ACTORS, chance.choice([2, 2, 2, 3]))) if chance.random() < 0.6 else (),
    )


def claim(chance: Random, number: int, sources: list[str], events: list[str]) -> Claim:
    """A claim about an event or two; it may supersede earlier ones."""
    claimants = (
        () if chance.random() < 0.5 else tuple(chance.sample(["x", "A", "B", "organ"], chance.choice([1, 1, 1, 2])))
    )
    said: Day = START + chance.randint(0, 12)
    dated = chance.random() < (0.7 if claimants else 0.1)
    return Claim(
        chance.choice(sources),
        tuple(chance.sample(events, min(len(events), 1 if chance.random() < 0.92 else 2))),
        chance.choice(STANCES),
        claimants,
        (said - chance.randint(0, 2), said if chance.random() < 0.9 else None) if dated else None,
        window(chance) if chance.random() < 0.25 else None,
        datetime(2026, 1, chance.randint(1, 6), tzinfo=UTC),
        datetime(2026, 1, chance.randint(7, 9), tzinfo=UTC) if chance.random() < 0.08 else None,
        tuple(f"c{each}" for each in range(number) if chance.random() < 0.05),
    )


def record(chance: Random) -> Record:
    """A world of four places in one another, three actors, and a few sources, events and claims."""
    sources = {f"s{number}": source(chance, number) for number in range(chance.randint(1, 4))}
    events = {f"e{number}": event(chance, number) for number in range(chance.randint(1, 8))}
    claims = {f"c{n}": claim(chance, n, list(sources), list(events)) for n in range(chance.randint(1, 9))}
    baselines = {
        f"b{number}": Baseline(
            tuple(chance.sample(PLACES, chance.randint(1, 3))),
            chance.choice(ACTORS),
            START + chance.randint(-2, 5) if chance.random() < 0.8 else None,
            START + chance.randint(6, 14) if chance.random() < 0.8 else None,
        )
        for number in range(chance.choice([0, 1, 1, 2]))
    }
    capital: tuple[str, ...] = ("province", "district") if chance.random() < 0.2 else ("province",)
    within: dict[str, tuple[str, ...]] = {"capital": capital, "district": ("province",), "province": ("country",)}
    organs = {"organ": "B", "x": "organ"} if chance.random() < 0.5 else {"organ": "B"}
    return Record(START, within, organs, sources, events, claims, baselines)


def view(chance: Random, said: Record) -> View:
    """A way to look at a world."""
    chosen = frozenset(name for name in said.sources if chance.random() < 0.6)
    return View(
        known=START + chance.randint(2, 14) if chance.random() < 0.6 else None,
        recorded=datetime(2026, 1, chance.randint(1, 9), 12, tzinfo=UTC) if chance.random() < 0.3 else None,
        sources=chosen if chance.random() < 0.4 else None,
        policy=chance.choice(POLICIES),
        baseline=chance.random() < 0.7,
    )


chances = st.randoms(use_true_random=False)
