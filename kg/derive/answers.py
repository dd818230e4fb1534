"""Relationships on one day, and their answers (docs/networks.md). Everything is named by its IRI.

A *level* says how far an actor can count on a place or a piece of road, a *strength* or *reach* how far on a way:
3 held, 2 as far as known, 1 doubtful, 0 lost. All of it as far as the named places tell: between them, nobody knows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Level = int
LOST, DOUBTFUL, KNOWN, HELD = range(4)

Reading = Literal["certainly", "possibly"]
THRESHOLDS: dict[Reading, Level] = {"certainly": HELD, "possibly": DOUBTFUL}
"""The level from which on places and pieces join up, in each reading."""

Ground = Literal["EndLost", "HeldByOther", "AreaHeld", "AreaPartly", "RoadAssumed"]
GROUNDS: tuple[Ground, ...] = get_args(Ground)

Areas = Literal["all", "named", "none"]
"""What counts of the areas that a piece of road passes: whatever is said of them, only what is said of them as a whole
or of their centre (no "districts in Wardak"), or nothing."""


@dataclass(frozen=True, slots=True)
class Way:
    """A way by road: kilometres, the places in order, both ends included, and the pieces between them."""

    km: float
    places: tuple[str, ...]
    pieces: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Detour:
    """The shortest way between the ends of a named road at the greatest reach there is, where that is more than the
    strength of the road itself."""

    reach: Level
    way: Way


@dataclass(frozen=True, slots=True)
class Blocker:
    """An interval of somebody else's control that weakens a named road: of a place on it, or of an area it passes."""

    interval: str
    place: str
    holder: str
    ground: Ground


@dataclass(frozen=True, slots=True)
class Corridor:
    """A named road for an actor: open if the strength is at least 1, certainly at 3; cut if it is at most 1, certainly
    at 0. `stops` and `pieces` are in order; `only_possible` are stops at which nothing speaks against the actor, though
    nobody certainly says that it holds them. `ground` is in the order of `GROUNDS`, `blocked_by` in that of places.
    """

    road: str
    strength: Level
    stops: tuple[str, ...]
    pieces: tuple[str, ...]
    silent_at: tuple[str, ...]
    only_possible: tuple[str, ...]
    ground: tuple[Ground, ...]
    blocked_by: tuple[Blocker, ...]
    detour: Detour | None


@dataclass(frozen=True, slots=True)
class Link:
    """Two own places that a piece of road joins, and whether both came by a change of control."""

    piece: str
    ends: tuple[str, str]
    strength: Level
    captured: bool


@dataclass(frozen=True, slots=True)
class Across:
    """Two captured places, each with a piece of road to the same place of which nobody says anything that day."""

    ends: tuple[str, str]
    junction: str
    strength: Level
    pieces: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Holding:
    """Own places that are joined by road, and the silent ones that lead through. `principal` names it on this day: the
    seat, else the place with most inhabitants, else the first."""

    principal: str
    places: tuple[str, ...]
    through: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HoldingChange:
    """What joined, or parted, since the day before. `places` are all of what joined, or of what parted those that are
    still held; `because` the places and areas that explain it."""

    kind: Literal["Joined", "Parted"]
    principal: str
    pieces_before: int
    pieces_after: int
    places: tuple[str, ...]
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Since:
    """The first day (a number, `date.toordinal()`) of the stretch in which a verdict holds, and what explains it."""

    day: int
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pocket:
    """An own place from which the seat is not, or possibly not, reached; `reach` takes both as held.

    Where the verdict is possible and the reach 0, it is cut off if it is still held."""

    place: str
    verdict: Literal["certain", "possible"]
    level: Level
    reach: Level


@dataclass(frozen=True, slots=True)
class Chokepoint:
    """A place, or a piece of road, without which something falls apart; `severs` are the own places that lose the seat
    with it, itself left out."""

    name: str
    is_piece: bool
    severs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Front:
    """A piece of road, or a shared boundary (`piece` None), with different, not allied holders at its two ends.
    `holders` are the pairs of them, in the order of `ends`."""

    piece: str | None
    ends: tuple[str, str]
    certain: bool
    holders: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Access:
    """An own border crossing: how far it is reached from the seat; without a seat to count from, in which reading it
    lies in which holding, by the principal place of that."""

    crossing: str
    level: Level
    reach: Level | None = None
    reading: Reading | None = None
    holding: str | None = None


@dataclass(frozen=True, slots=True)
class Borders:
    """The own crossings that are on the network, and those on which no piece of road ends."""

    access: tuple[Access, ...]
    not_on_network: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ways:
    """The shortest ways that avoid an actor: `lost` by places certainly somebody else's and by roads that are shown and
    in no area said to be the actor's; `known` also by silent places and assumed roads; `doubtful` by all that is not
    certainly the actor's."""

    lost: Way | None
    known: Way | None
    doubtful: Way | None
