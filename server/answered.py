"""What the endpoints that ask of control answer in JSON: how it is described. A test holds real answers against it."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from kg.aggregates import Outcome
from kg.contrast import Kind
from kg.control.answers import Certainty, Flag, Policy, Reason, State

Iri = Annotated[str, Field(json_schema_extra={"format": "iri"})]
Day = Annotated[str, Field(json_schema_extra={"format": "date"})]


class Exact(BaseModel):
    """These members and no others."""

    model_config = ConfigDict(extra="forbid")


class Heard(Exact):
    """Who was listened to, as it was asked."""

    known: Day | None = Field(description="what had been said by that day; null: ever")
    recorded: str | None
    sources: list[str] | None
    policy: Policy
    baseline: bool


class Asked(Heard):
    """The question."""

    at: str | None
    dataset: Iri | None = Field(None, description="the one data set that answers")


class Versioned(BaseModel):
    """The version of the data that answers."""

    version: str


class Placed(BaseModel):
    """A place: longitude and latitude in `coordinates`."""

    place: Iri
    label: str
    type: str | None
    coordinates: list[float] | None


class Controller(Exact):
    """Who holds a place, how sure that is, and since and until when: null is no such day, or no known end."""

    actor: Iri
    label: str
    certainty: Certainty
    possibleFrom: Day | None  # noqa: N815
    certainFrom: Day | None  # noqa: N815
    certainUntil: Day | None  # noqa: N815
    possibleUntil: Day | None  # noqa: N815
    interrupted: bool


class Unheard(Exact):
    """A voice that was not listened to, and why; null is the source's own."""

    claimant: Iri | None
    source: Iri
    reason: Reason


class Run(Exact):
    """Days on which the answer stays the same; `last` null is open."""

    first: Day
    last: Day | None
    state: State
    flags: list[Flag]
    certain: Iri | None
    possible: list[Iri]
    excluded: list[Iri]
    because: list[Iri]


class Verdict(Exact):
    """Who holds a place: never the state at the end, but what holds on every day that is asked about."""

    state: State
    flags: list[Flag]
    controllers: list[Controller]
    excluded: list[Iri]
    because: list[Iri] = Field([], description="the claims that it rests on")
    conflicts: list[list[Iri]] = Field([], description="claims that cannot be true together")
    unheard: list[Unheard] = []
    undated: list[Iri] = Field(
        [], description="those of `because` of which neither the claim nor its source has a date"
    )


class Held(Placed, Verdict):
    """The answer about one place; `runs` where places are named and several days are asked about."""

    runs: list[Run] = []


class Map(Asked, Versioned):
    """Who held which places. `total` counts all that are listed, on this page or not."""

    total: int
    places: list[Held]


class History(Placed, Heard, Versioned):
    """One place through time."""

    runs: list[Run]


class Change(Placed, Exact):
    """A place whose state or controllers became others on a day."""

    day: Day
    before: Run
    after: Run


class Changes(Asked, Versioned):
    """What changed, by day."""

    total: int
    changes: list[Change]


class Differing(Placed, Exact):
    """A place in which two sides differ."""

    kind: Kind = Field(description="in what way: the first that fits (docs/api.md)")
    a: Verdict
    b: Verdict


class Compared(Exact, Versioned):
    """Two sides; `alike` counts the places in which they do not differ."""

    a: Asked
    b: Asked
    total: int
    alike: int
    places: list[Differing]


class Said(Exact):
    """A claim about a number."""

    claim: Iri
    stance: str
    source: Iri
    claimants: list[Iri]
    gloss: str | None


class Counted(BaseModel):
    """Of `of` places how many an actor certainly holds, how many certainly or possibly, and of how many more it is not
    said that it does not."""

    certain: int | None
    possible: int | None
    withoutEvidence: int | None  # noqa: N815
    of: int | None


class Check(Counted, Exact):
    """A claim about a number held against what is told of the places; `named` of them are in the data."""

    at: Day | None
    outcome: Outcome
    named: int


class Aggregate(Exact):
    """A claimed number, or share of the `denominator`."""

    aggregate: Iri
    measure: str
    comparator: str
    value: float | None
    denominator: int | None
    controller: Iri | None
    label: str | None
    types: list[str]
    within: list[Iri]
    latest: Day | None
    claims: list[Said]
    checks: list[Check]


class Count(Counted, Exact):
    """How many of the chosen places an actor holds on a day."""

    actor: Iri
    label: str
    at: Day


class Aggregates(Asked, Versioned):
    """Claims about numbers, and counts."""

    aggregates: list[Aggregate]
    counts: list[Count]
