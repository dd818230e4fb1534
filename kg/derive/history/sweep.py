"""Pockets and changes of holdings over all days, or over some, for one actor after the other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import NamedTuple

import numpy as np

from kg.control.ledger import NEVER
from kg.control.names import Array
from kg.control.record import Day
from kg.derive.held import Held
from kg.derive.history.blocks import Block, blocks, roads_of
from kg.derive.history.changes import CERTAINLY, POSSIBLY, Changes, changes
from kg.derive.history.components import components
from kg.derive.history.corridors import strengths
from kg.derive.history.pockets import Turns, Why, pockets
from kg.derive.history.states import states_of, steps
from kg.derive.network import Network
from kg.workers import Each, here


@dataclass(frozen=True, eq=False)
class Swept:
    """What was found, as columns, sorted.

    `turns`: actor, place, day, what the place is from then on (0 no pocket, 1 possibly one, 2 certainly).
    `whys`: actor, place, day, reading (1 possibly, 2 certainly), the place or area that is a reason, a piece or -1.
    `changes`: actor, day, reading (1 possibly, 3 certainly), kind (0 parted, 1 joined), the place that names the
    holding, its pieces, its places.
    `causes`: the first five of these, the place or area that is a reason, a piece or -1.
    `strengths`: actor, named road, day, its strength from then on.
    """

    turns: Array
    whys: Array
    changes: Array
    causes: Array
    strengths: Array


DAY_BITS = 22
"""Bits that hold a day; `NEVER` is more than all days."""
WIDTHS = {"turns": 4, "whys": 6, "changes": 7, "causes": 7, "strengths": 4}


def sweep(network: Network, held: Held, windows: Iterable[tuple[int, Day, Day]]) -> Swept:
    """Pockets and changes of holdings of actors, each on the days between two, both included; no strengths."""
    roads, part, looked_at = roads_of(network), held, (0, -1)
    found: dict[str, list[Array]] = {name: [np.zeros((0, width), np.int64)] for name, width in WIDTHS.items()}
    for actor, first, last in windows:
        if looked_at != (first, last):
            looked_at, part = (first, last), held.falling(first, last)
            stepped = steps(part)
        places, areas = states_of(network, part, stepped, actor)
        seat, rank = int(network.seat[actor]), ranked(network, actor)
        for block in blocks(network, roads, places, areas, first, last):
            at = {threshold: components(block, threshold) for threshold in (POSSIBLY, 2, CERTAINLY)
                  if threshold != 2 or seat >= 0}  # fmt: skip
            for reading in (POSSIBLY, CERTAINLY):
                add_changes(found, block, actor, reading, changes(block, at[reading], reading, rank))
            if seat >= 0:
                add_pockets(found, block, actor, *pockets(block, at, seat))
    return Swept(**{name: ordered(np.concatenate(rows)) for name, rows in found.items()})


class Search(NamedTuple):
    """The whole history of one actor, in which to search."""

    network: Network
    held: Held
    study_start: Day
    actor: int


def everything(network: Network, held: Held, study_start: Day, each: Each = here) -> Swept:
    """All that there is to find, from the study start on, the actors shared out by `each`. The strengths of roads are
    those for actors with a seat."""
    actors = sorted({*holders(network, held), *np.flatnonzero(network.seat >= 0).tolist()})
    found = list(each(of_actor, (Search(network, held, study_start, actor) for actor in actors)))
    return Swept(**{
        name: ordered(np.concatenate([np.zeros((0, width), np.int64), *(getattr(one, name) for one in found)]))
        for name, width in WIDTHS.items()
    })  # fmt: skip


def of_actor(search: Search) -> Swept:
    """All that there is to find of one actor."""
    network, held, study_start, actor = search
    windows = [window for window in whole(network, held) if window[0] == actor]
    seated = [actor] if network.seat[actor] >= 0 else []
    roads = np.arange(len(network.roads))
    return replace(
        sweep(network, held, windows), strengths=strengths(network, held, study_start, seated, roads)
    )  # fmt: skip


def whole(network: Network, held: Held) -> list[tuple[int, Day, Day]]:
    """The windows of the whole history: every actor of `holders`."""
    return [(actor, 0, NEVER - 1) for actor in holders(network, held)]


def holders(network: Network, held: Held) -> list[int]:
    """The actors that, or an ally of which, ever hold anything, in order."""
    one, other = network.allies
    ever = np.bincount(held.actor, minlength=len(network.actors)) > 0
    ever[one[ever[other]]] = True
    actors: list[int] = np.flatnonzero(ever).tolist()
    return actors


def ranked(network: Network, actor: int) -> Array:
    """For every place how early it is taken to name a holding of an actor: its seat, then the larger, then in order."""
    order = np.lexsort((np.arange(len(network.places)), -network.population))
    seat = int(network.seat[actor])
    if seat >= 0:
        order = np.concatenate([[seat], order[order != seat]])
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return rank


def add_changes(found: dict[str, list[Array]], block: Block, actor: int, reading: int, new: Changes) -> None:
    """Take down changes of holdings."""
    day = block.days[new.row - 1]
    columns = [np.full(len(day), actor), day, np.full(len(day), reading), new.kind, new.principal]
    found["changes"].append(np.stack([*columns, new.pieces, new.places], axis=1))
    asked = new.because.question
    columns = [column[asked] for column in columns]
    found["causes"].append(np.stack([*columns, new.because.thing, new.because.piece], axis=1))


def add_pockets(found: dict[str, list[Array]], block: Block, actor: int, turns: Turns, why: Why) -> None:
    """Take down pockets."""
    day = block.days[turns.row - 1]
    found["turns"].append(np.stack([np.full(len(day), actor), turns.place, day, turns.value], axis=1))
    day = block.days[why.row - 1]
    found["whys"].append(
        np.stack([np.full(len(day), actor), why.place, day, why.reading, why.thing, why.piece], axis=1)
    )


def ordered(rows: Array) -> Array:
    """Rows sorted by all columns, the first before the others; stored column by column, because few are looked at."""
    found: Array = np.asfortranarray(rows[np.lexsort(rows.T[::-1])].astype(np.int32))
    return found


def columns_of(found: Swept) -> dict[str, Array]:
    """What was found, by name."""
    return {each.name: getattr(found, each.name) for each in fields(Swept)}


def turn_key(network: Network, rows: Array) -> Array:
    """Actor, place and day, the first columns of `turns` and of `whys`, as one number, in the same order."""
    return (rows[:, 0].astype(np.int64) * len(network.places) + rows[:, 1] << DAY_BITS) + rows[:, 2]


def change_key(network: Network, rows: Array) -> Array:
    """The first five columns of `changes` and of `causes` as one number, in the same order."""
    when = (rows[:, 0].astype(np.int64) << DAY_BITS) + rows[:, 1]
    return (((when << 2) + rows[:, 2] << 1) + rows[:, 3]) * len(network.places) + rows[:, 4]
