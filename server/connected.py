"""What the endpoints that ask about roads answer in JSON: how it is described. A test holds real answers against it."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field

from kg.derive.answers import Areas, Ground, Reading
from server.answered import Asked, Day, Exact, Iri, Placed, Versioned

Level = Literal[0, 1, 2, 3]
"""3 held, 2 as far as known, 1 doubtful, 0 lost; of a road open, open as far as known, possibly cut, cut."""


class OnRoads(Asked, Versioned):
    """What was asked. `knowledge` is the last day that any of those who are listened to knows of: an answer about a
    later one is what was last known. `roads` is the hash of the roads that it rests on."""

    actor: Iri | None
    areas: Areas
    knowledge: Day | None
    roads: str


class Stop(Placed, Exact):
    """A place on a road; `silent` where nobody says anything of it on this day."""

    level: Level
    silent: bool


class Blocker(Exact):
    """Whose control, of which place or area, weakens a road, and the claims behind it. `interval` is its
    `kg:ControlInterval` or `kg:PartialControl`; null where others are listened to than by default."""

    interval: Iri | None
    place: Iri
    label: str
    holder: Iri
    holderLabel: str  # noqa: N815
    ground: Ground
    because: list[Iri]


class Stretch(Exact):
    """A way by road. `km` is least where a length is that on the globe; of `unmeasured` pieces none is known."""

    km: float
    unmeasured: int
    places: list[Placed]
    pieces: list[Iri]


class Detour(Stretch):
    """The strongest way around, which is stronger than the road itself."""

    reach: Level
    state: str


class Bounds(Exact):
    """Since and until when a road is in a state; null is no such day, or no known end."""

    possibleFrom: Day  # noqa: N815
    certainFrom: Day | None  # noqa: N815
    certainUntil: Day | None  # noqa: N815
    possibleUntil: Day | None  # noqa: N815


class Route(Exact):
    """A named road for an actor."""

    route: Iri
    label: str
    strength: Level
    state: str
    words: str
    stops: list[Stop]
    pieces: list[Iri]
    silentAt: list[Iri]  # noqa: N815
    onlyPossible: list[Iri]  # noqa: N815
    ground: list[Ground]
    blockedBy: list[Blocker]  # noqa: N815
    detour: Detour | None
    open: Bounds | None
    cut: Bounds | None


class Routes(OnRoads):
    """The state of named roads, as far as the named places tell."""

    total: int
    routes: list[Route]


class Ways(Exact):
    """The shortest way by places that certainly are not the avoided actor's, and roads that are shown and in no area
    said to be its; the shortest also by silent places and assumed roads; and by all that is not certainly its."""

    lost: Stretch | None
    known: Stretch | None
    doubtful: Stretch | None


class Path(OnRoads):
    """Ways that avoid an actor."""

    model_config = ConfigDict(populate_by_name=True)
    from_: Placed = Field(alias="from")
    to: Placed
    avoid: Iri
    avoidLabel: str  # noqa: N815
    ways: Ways


class Cause(Exact):
    """A place or area that was lost, or came, and the claims behind that."""

    place: Iri
    label: str
    claims: list[Iri]


class Begun(Exact):
    """Since when a place is cut off, and because of what."""

    since: Day
    because: list[Cause]


class Pocket(Placed, Exact):
    """A place that is cut off from the seat. `because` are the claims about who holds it."""

    verdict: Literal["certain", "possible"]
    level: Level
    reach: Level
    words: str
    because: list[Iri]
    possible: Begun | None
    certain: Begun | None


class Pockets(OnRoads):
    """Places that are cut off; none where there is no seat, or it is lost."""

    seat: Iri | None
    seatLostSince: Day | None  # noqa: N815
    total: int
    pockets: list[Pocket]


class Chokepoint(Placed, Exact):
    """A place, or a piece of road, and the own places that lose the seat with it."""

    kind: Literal["place", "piece"]
    severs: list[Iri]
    betweenness: float | None


class Chokepoints(OnRoads):
    """What everything hangs on. `pivots` tells from how many places betweenness was sampled; null: it is exact."""

    pivots: int | None
    total: int
    chokepoints: list[Chokepoint]


class Opposed(Exact):
    """Who holds the one end and who the other."""

    from_: Iri = Field(alias="from")
    to: Iri


class Front(Exact):
    """Two places, or areas, between which different holders meet."""

    piece: Iri | None
    pieces: list[Iri]
    ends: list[Placed]
    certain: bool
    holders: list[Opposed]


class Fronts(OnRoads):
    """Where holders meet."""

    total: int
    fronts: list[Front]


class Holding(Placed, Exact):
    """What hangs together, named by its principal place; `through` are silent places that lead through it."""

    size: int
    places: list[Iri]
    through: list[Iri]


class HoldingChange(Placed, Exact):
    """What joined or parted on this day."""

    kind: Literal["Joined", "Parted"]
    pieces: int
    size: int
    because: list[Cause]


class Holdings(OnRoads):
    """What an actor holds that hangs together."""

    reading: Reading
    total: int
    holdings: list[Holding]
    changes: list[HoldingChange]


class Crossing(Placed, Exact):
    """A border crossing: how far it is reached from the seat; without a seat the holding that it lies in."""

    level: Level
    reach: Level | None
    state: str | None
    reading: Reading | None
    holding: Iri | None


class Borders(OnRoads):
    """The border crossings of an actor, and those of any crossings on which no road ends."""

    total: int
    crossings: list[Crossing]
    notOnNetwork: list[Iri]  # noqa: N815


class Link(Exact):
    """Two own places that a piece of road joins, or that two join `across` a place of which nobody speaks."""

    piece: Iri | None
    pieces: list[Iri]
    ends: list[Placed]
    strength: Level
    state: str
    captured: bool
    across: Placed | None


class Links(OnRoads):
    """Route adjacency."""

    total: int
    links: list[Link]


class Network(Exact):
    """A graph as networkx writes it (node-link): each node has an `id`, each edge `source`, `target` and, where there
    may be several, `key`."""

    directed: bool
    multigraph: bool
    graph: dict[str, object]
    nodes: list[dict[str, object]]
    edges: list[dict[str, object]]
