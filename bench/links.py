"""Measure linking: `python -m bench.links [--ours 20000] [--theirs 33000]`.

Two invented gazetteers: theirs has every place of ours, spelled a little otherwise and a few kilometres off, and others.
With `--store`, a store with a data set of `bench.generate`, also how long a batch of reconciliation queries takes.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from kg import reconciling
from kg.gazetteer import Entry, Gazetteer, open_gazetteer
from kg.links.scoring import Pool, Scorer, proposals
from kg.links.things import Thing
from kg.store import open_store

T = TypeVar("T")
TOWN = "https://w3id.org/controlgraph/ontology#Town"
SYLLABLES = [
    "ba",
    "dar",
    "gul",
    "kan",
    "khel",
    "lash",
    "ma",
    "mir",
    "nur",
    "pan",
    "qa",
    "ra",
    "sha",
    "tan",
    "war",
    "zar",
]


def timed(what: str, work: Callable[[], T]) -> T:
    """Do something, and say how long it took, and how much of a processor's time."""
    begun, spent = time.perf_counter(), time.process_time()
    done = work()
    wall, busy = time.perf_counter() - begun, time.process_time() - spent
    print(f"{what:<60} {wall:>8.2f} s {busy:>8.2f} s of a processor", flush=True)
    return done


def name(chance: random.Random) -> str:
    return "".join(chance.choice(SYLLABLES) for _ in range(chance.randint(2, 4))).capitalize()


def gazetteers(ours: int, theirs: int, seed: int) -> tuple[Gazetteer, list[Thing]]:
    """Ours, and theirs; a place and its double have the same number at the end of their IRIs."""
    chance = random.Random(seed)
    entries: dict[str, Entry] = {}
    things: list[Thing] = []
    for number in range(max(ours, theirs)):
        called, point = name(chance), (chance.uniform(60, 75), chance.uniform(29, 38))
        if number < ours:
            iri = f"https://x.example/ours/{number}"
            entries[iri] = Entry(iri, "place", (TOWN,), {"en": (called,)}, (), point)
        at = chance.randrange(len(called))
        spelled = called[:at] + chance.choice("aeiou") + called[at + 1 :]
        near = point[0] + chance.uniform(-0.02, 0.02), point[1] + chance.uniform(-0.02, 0.02)
        things.append(Thing(f"https://x.example/theirs/{number}", (spelled,), ("town",), (), near))
    gazetteer = Gazetteer("1", {"place": entries, "actor": {}, "source": {}}, {TOWN: "town"})
    return gazetteer, things


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ours", type=int, default=20_000)
    parser.add_argument("--theirs", type=int, default=33_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--store", type=Path)
    asked = parser.parse_args()
    gazetteer, things = gazetteers(asked.ours, asked.theirs, asked.seed)
    pool = timed(f"{asked.theirs:,} things are put in order", lambda: Pool(things))
    scorer = Scorer(gazetteer, {})
    found = timed(
        f"{asked.ours:,} places are compared", lambda: list(proposals(scorer, gazetteer.places.values(), pool))
    )
    best: dict[str, str] = {}
    for each in found:
        best.setdefault(each.ours.iri, each.thing.iri)
    right = sum(ours.rpartition("/")[2] == theirs.rpartition("/")[2] for ours, theirs in best.items())
    print(f"{len(found):,} links proposed; the best is the right one for {right:,} of {asked.ours:,}")
    if asked.store:
        store = open_store(asked.store)
        chance, places = random.Random(asked.seed), list(open_gazetteer(store).places.values())
        batch = [reconciling.Query(chance.choice(places).label()) for _ in range(50)]
        reconciling.candidates(store, batch[0])
        timed(f"50 names are matched against {len(places):,} places", lambda: [
            reconciling.candidates(store, query) for query in batch
        ])  # fmt: skip
        store.close()


if __name__ == "__main__":
    main()
