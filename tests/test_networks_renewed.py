"""What a small write changes of the relationships through roads is what finding everything anew would change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from random import Random

import numpy as np

from kg.control.ledger import NEVER
from kg.control.names import Array, table
from kg.derive.held import CENTRE, SOME_PARTS, WHOLE, Held, ordered
from kg.derive.history.sweep import columns_of, everything
from kg.derive.nodes import Node
from kg.derive.renewing import renewed
from kg.derive.situation import Situation
from kg.derive.splicing import replaced
from kg.derive.stored import Stored
from kg.derive.writing import nodes_of
from tests import network_worlds as golden
from tests.golden_networks import ENGINES, difference

TRIALS = 4
"""Changes one after the other, in each of the golden worlds."""
DAYS = 15
ENGINES_ASKED = ("sweep", "reference")


def stored(here: Situation) -> Stored:
    """What would lie beside a version."""
    return Stored(
        here.study_start, here.network, (), here.held, (), everything(here.network, here.held, here.study_start)
    )


def changed(chance: Random, about: Stored) -> tuple[Held, Array]:
    """Other intervals of one place or two, as rules of control could have them: one certain holder, or several."""
    network, start = about.network, about.study_start
    places = np.array(sorted(chance.sample(range(len(network.places)), chance.choice((1, 1, 2)))))
    rows = []
    for place in places.tolist():
        day = start
        while day < start + DAYS and chance.random() < 0.85:
            until = NEVER if chance.random() < 0.2 else day + chance.randint(1, 8)
            actors = chance.sample(
                range(len(network.actors)), chance.choice((1, 1, 2)) if len(network.actors) > 1 else 1
            )
            sure = len(actors) == 1 and chance.random() < 0.6
            for actor in actors:
                extent = chance.choice((WHOLE, WHOLE, CENTRE))
                rows.append((place, actor, day, day if sure else 0, until if sure else 0, until, extent, 0, -1))
            if until == NEVER:
                break
            day = until + chance.choice((0, 0, 2))
        if network.area[place] and chance.random() < 0.5:
            first = start + chance.randrange(DAYS)
            actor = chance.randrange(len(network.actors))
            rows.append((place, actor, first, first + 2, NEVER, NEVER, SOME_PARTS, 0, 0))
    return ordered(np.array(rows, np.int64).reshape(-1, 9), table(["source"])), places


def told(nodes: Iterator[Node]) -> dict[str, str]:
    """What is said of each node; that none is told twice is part of it."""
    every = list(nodes)
    found = dict(every)
    assert len(found) == len(every)
    return found


def test_windows_swept_again_are_everything_found_anew() -> None:
    chance = Random(2021)
    differed = 0
    for world in islice(golden.worlds(golden.GOLDEN / "networks.jsonl"), 0, None, 10):
        about = stored(golden.situation(world))
        said = told(nodes_of(about))
        for _ in range(TRIALS):
            fresh, places = changed(chance, about)
            found = renewed(about, fresh, places)
            anew = replace_found(found.about)
            for name, column in columns_of(found.about.found).items():
                assert np.array_equal(column, columns_of(anew.found)[name]), (world["id"], name)
            now = {iri: text for iri, text in said.items() if iri not in found.gone} | dict(found.told)
            assert now == told(nodes_of(anew)), world["id"]
            differed += now != said
            about, said = found.about, now
    assert differed > 80


def replace_found(about: Stored) -> Stored:
    """The same, with everything found anew."""
    return Stored(
        about.study_start, about.network, (), about.held, (), everything(about.network, about.held, about.study_start)
    )


def test_the_sweep_gives_what_the_reference_does() -> None:
    """In the same networks, with other intervals than the golden ones."""
    chance, asked = Random(7), 0
    for world in islice(golden.worlds(golden.GOLDEN / "networks.jsonl"), 3, None, 25):
        here = golden.situation(world)
        for _ in range(3):
            fresh, places = changed(chance, stored(here))
            here = replace(here, held=replaced(here.held, fresh, places))
        for actor in here.network.actors:
            day = golden.shown(chance.choice(here.change_days().tolist()))
            about: golden.World = {"day": day, "actor": actor}
            readings = ({**about, "kind": "changes", "reading": reading} for reading in ("certainly", "possibly"))
            for question in ({**about, "kind": "pockets"}, *readings):
                told, reference = (ENGINES[engine][question["kind"]](here, question) for engine in ENGINES_ASKED)
                assert difference(world, {**question, "answer": reference}, told) is None
                asked += 1
    assert asked > 50
