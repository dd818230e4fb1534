"""Golden worlds through the door that all data takes: as RDF, loaded and checked, then asked.

`python -m tests.golden_control FILE [--engine reference|index] [--store oxigraph|virtuoso] [--first N]` says what
differs, and how much passed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

from kg import files, publish
from kg.control import index, reference
from kg.control.answers import Counts, Verdict, View
from kg.control.opening import open_control
from kg.control.reading import read
from kg.control.record import Day
from kg.errors import BadFile, Refused
from kg.store import open_store
from kg.store.embedded import Store
from kg.store.pool import Limits
from tests import control_worlds as golden
from tests.control_turtle import iri, turtle
from tests.control_worlds import World
from tests.elsewhere.stores import EMBEDDED, Place, Stores
from tests.elsewhere.stores import ENGINES as KINDS

GRAPH = f"{files.BASE}graph/world"
SHOWN = 10
"""Differences that are shown in full."""


class Engine(NamedTuple):
    """What answers: a place on days, and how many of some places somebody holds on a day."""

    verdict: Callable[[str, Day, Day, View], Verdict]
    counts: Callable[[Iterable[str], str, Day, View], tuple[int, ...]]


def by_reference(store: Store) -> Engine:
    """The rules themselves, on what the store has."""
    record = read(store)
    return Engine(
        lambda place, first, last, view: reference.verdict(record, place, first, last, view),
        lambda places, actor, day, view: tuple(reference.counts(record, places, actor, day, view)),
    )


def by_index(store: Store) -> Engine:
    """The index of what the store has."""
    built = open_control(store).index
    return Engine(
        lambda place, first, last, view: index.verdict(built, place, first, last, view),
        lambda places, actor, day, view: tuple(index.counts(built, places, actor, day, view)),
    )


ENGINES = {"reference": by_reference, "index": by_index}


def asked(
    worlds: Iterable[World], *engines: Callable[[Store], Engine], place: Place | None = None
) -> Iterator[str | None]:
    """For each question of the worlds, and each engine, None where the answer is the golden one, else what differs.

    Each world takes the place of the one before it in one store, which is a new one in `place`.
    """
    with tempfile.TemporaryDirectory() as directory:
        store = open_store(place or Path(directory) / "store", Limits(children=1))
        try:
            publish.load(store, [files.shipped() / "ontology" / "control.ttl"], who="golden")
            for world in worlds:
                path = Path(directory) / "world.ttl"
                path.write_text(turtle(world, GRAPH), "utf-8")
                try:
                    publish.load(store, [path], who="golden")
                except (Refused, BadFile) as refused:
                    wrong = f"{world['id']}: not loaded: {refused}"
                    yield from [wrong] * (len(world["questions"]) + len(world.get("counts", ()))) * len(engines)
                    continue
                for engine in engines:
                    yield from differences(world, engine(store))
        finally:
            store.close()


def differences(
    world: World, engine: Engine, sources: frozenset[str] | None = None, apart: frozenset[str] = frozenset()
) -> Iterator[str | None]:
    """What `asked` says of one world that is loaded; listening to `sources` only, and without the parts `apart`."""
    for question in world["questions"]:
        at = golden.day(question["at"])
        assert at is not None
        found = named(golden.told(engine.verdict(iri("place", question["place"]), at, at, view(question, sources))))
        wanted = {part: value for part, value in golden.expected(question).items() if part not in apart}
        wrong = [f"{part} {found[part]} instead of {wanted[part]}" for part in wanted if found[part] != wanted[part]]
        asked_for = {name: told for name, told in question.items() if name != "answer" and told is not None}
        yield f"{world['id']} {asked_for}: {'; '.join(wrong)}" if wrong else None
    for count in world.get("counts", ()):
        at = golden.day(count["at"])
        assert at is not None
        places = [iri("place", place) for place in count["places"]]
        told = engine.counts(
            places, iri("actor", count["actor"]), at, View(golden.day(count["known"]), sources=sources)
        )
        claim = count["claim"]
        finding = reference.check(Counts(*told), claim["comparator"], claim["value"], len(places))
        wanted_counts = (count["certain"], count["possible"], count["withoutEvidence"], claim["verdict"])
        right = (*told, finding) == wanted_counts
        yield None if right else f"{world['id']} {count['at']}: counts {(*told, finding)} instead of {wanted_counts}"


def view(question: World, sources: frozenset[str] | None) -> View:
    """How a question wants the record to be read, its sources named as in the store; `sources` where it names none."""
    wanted = golden.view(question)
    if wanted.sources is not None:
        sources = frozenset(iri("source", source) for source in wanted.sources)
    return replace(wanted, sources=sources)


def named(told: World) -> World:
    """An answer with the names of the world in place of IRIs."""

    def short(name: str | None) -> str | None:
        return None if name is None else unquote(name.rpartition("/")[2])

    return {
        **told,
        **{part: {short(actor): value for actor, value in told[part].items()} for part in ("controllers", "bounds")},
        **{part: sorted(map(str, map(short, told[part]))) for part in ("excluded", "because")},
        "unheard": sorted(([short(who), short(source), reason] for who, source, reason in told["unheard"]), key=str),
    }


def main(arguments: list[str]) -> int:
    """Ask the questions of a file; 0 where all passed."""
    parser = argparse.ArgumentParser(prog="golden_control", description="golden worlds of control, through RDF")
    parser.add_argument("file", type=Path, help="worlds, one JSON object a line (tests/golden/control/README.md)")
    parser.add_argument("--engine", choices=sorted(ENGINES), default="index")
    parser.add_argument("--store", choices=KINDS, default=EMBEDDED, help="what the worlds are loaded into")
    parser.add_argument("--first", type=int, metavar="N", help="only the first N worlds")
    options = parser.parse_args(arguments)
    worlds = golden.worlds(options.file)[: options.first]
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(Stores(options.store, Path(folder), Path(folder))) as stores,
    ):
        return reported(asked(worlds, ENGINES[options.engine], place=stores.at(Path(folder) / "store")))


def reported(found: Iterable[str | None]) -> int:
    """Say how many passed (None) and the first that did not; 0 where all passed."""
    passed, failed = 0, []
    for wrong in found:
        if wrong is None:
            passed += 1
        else:
            failed.append(wrong)
    for wrong in failed[:SHOWN]:
        sys.stdout.write(f"{wrong}\n")
    if len(failed) > SHOWN:
        sys.stdout.write(f"… and {len(failed) - SHOWN} more\n")
    sys.stdout.write(f"{passed} passed, {len(failed)} failed\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
