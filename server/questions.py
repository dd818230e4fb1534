"""The parameters of the endpoints that ask of control: the grammar of `kg.asking`, as they are declared."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, create_model

from kg.asking import LISTENING, SIDES
from kg.control.answers import Policy, State
from kg.derive.answers import Areas, Reading
from kg.forms.networks import Network as Kind
from server.declared import Paged, Query

DAY = "a day, a month, a year, a window `[a..b]` or an interval `a/b` (EDTF)"


class Listening(Query):
    """Who is listened to, in which version of the data."""

    version: str | None = Field(None, description="the version of the data that answers, while it is kept")
    known: str | None = Field(None, description=f"only what had been said by then: {DAY}", examples=["2021-08-11"])
    recorded: str | None = Field(
        None, description="only what was in the record by that day or moment (RFC 3339)", examples=["2026-11-23"]
    )
    sources: list[str] = Field(
        [], description="only these sources; with `-` before each, all but these", examples=[["seed", "source-089"]]
    )
    policy: Policy = Field("default", description="how words are weighed (docs/control.md)")
    baseline: Literal["on", "off"] = Field("on", description="whether what is assumed where nobody speaks is in")


class Named(Query):
    """In which language things are named."""

    lang: str = Field("en", max_length=35, pattern=r"^[A-Za-z0-9-]+$", description="the language of names (BCP 47)")


class Chosen(Named):
    """Which places are listed."""

    dataset: str | None = Field(
        None, description="only this data set: its places, and the words of its sources", examples=["offensive-2021"]
    )
    place: list[str] = Field([], description="only these places", examples=[["city-kabul"]])
    within: list[str] = Field([], description="only what lies in these places", examples=[["country-afghanistan"]])
    type: list[str] = Field([], description="only places of these types", examples=[["ProvincialCapital"]])
    actor: list[str] = Field([], description="only answers with one of these as a controller", examples=[["taliban"]])
    state: list[State] = Field([], description="only answers in these states")


class Control(Listening, Chosen, Paged):
    """Who held which places throughout some days."""

    at: str = Field(description=f"{DAY}; every day of it is asked about", examples=["2021-08-09"])
    grounds: Literal["on", "off"] = Field(
        "on",
        description="whether each answer has `because`, `conflicts`, `unheard`, `undated`; without them it is quicker",
    )


class History(Listening, Named):
    """One place through time."""

    at: str | None = Field(None, description=f"only what reaches into these days: {DAY}", examples=["2021-08"])


class Changes(Listening, Chosen, Paged):
    """What changed within some days."""

    at: str = Field(description="the days: what changed after the first, until the last",
                    examples=["2021-08-01/2021-08-15"])  # fmt: skip


class Aggregates(Listening, Named):
    """Claims about numbers."""

    at: str | None = Field(
        None, description=f"{DAY}; each day is counted. Without it the last that a claim may be about",
        examples=["2021-08-09/2021-08-15"],
    )  # fmt: skip
    actor: list[str] = Field([], description="count the places that these hold, too", examples=[["taliban"]])
    type: list[str] = Field([], description="count places of these types", examples=[["ProvincialCapital"]])
    within: list[str] = Field([], description="count what lies in these places")


class _Both(Listening, Chosen, Paged):
    """Two sides; a parameter without a prefix holds for both."""

    at: str | None = Field(None, description=f"{DAY}, of both sides", examples=["2021-08-09"])


def _sided() -> type[_Both]:
    """The parameters of two sides, with those that hold for one of them."""
    fields = {"at": _Both.model_fields["at"], **{name: Listening.model_fields[name] for name in LISTENING}}
    own: dict[str, Any] = {}
    for side in SIDES:
        for name, field in fields.items():
            empty: list[str] | None = [] if name == "sources" else None
            kind = field.annotation if name == "sources" else field.annotation | None  # type: ignore[operator]
            told = (field.description or "").replace("of both sides", f"of side {side}")
            own[f"{side}_{name}"] = (kind, Field(empty, alias=f"{side}.{name}", description=told))
    return create_model("Compare", __base__=_Both, __doc__=_Both.__doc__, **own)


Compare = _sided()


class OnDay(Listening, Named):
    """One day."""

    at: str = Field(description="one day (EDTF)", examples=["2021-08-10"])


class OnRoads(OnDay):
    """How places hang together by road, for an actor on a day."""

    actor: str | None = Field(
        None, description="for whom the roads are open or cut; by default the actor that has a seat",
        examples=["islamic-republic-government"],
    )  # fmt: skip
    areas: Areas = Field(
        "all", description="what counts of the areas that a road passes: whatever is said of them, only what is said of"
        " them as a whole or of their centre, or nothing",
    )  # fmt: skip


class Routes(OnRoads, Paged):
    """The state of named roads."""

    route: list[str] = Field([], description="only these named roads", examples=[["kabul-kandahar"]])


class Path(OnDay):
    """Ways that avoid an actor."""

    from_: str = Field(alias="from", description="the place to go from", examples=["city-kabul"])
    to: str = Field(description="the place to go to", examples=["city-herat"])
    avoid: str = Field(description="whom to avoid, and its allies", examples=["taliban"])


class Pockets(OnRoads, Paged):
    """Places that are cut off."""

    seat: str | None = Field(None, description="a place that stands for the actor's seat", examples=["city-kandahar"])


class Chokepoints(OnRoads, Paged):
    """What everything hangs on."""

    at: str | None = Field(  # type: ignore[assignment]
        None, description="one day (EDTF); without it all roads are asked about, whoever holds what",
        examples=["2021-08-08"],
    )  # fmt: skip


class Fronts(OnDay, Paged):
    """Where holders meet."""

    between: Literal["roads", "areas"] = Field(
        "roads", description="whether the ends of pieces of road, or areas that share a boundary"
    )


class Holdings(OnRoads, Paged):
    """What hangs together."""

    reading: Reading = Field("certainly", description="whether what is certainly, or possibly, joined")


class Links(OnRoads, Paged):
    """Route adjacency."""

    captured: Literal["0", "1", "off", "on"] = Field(
        "0", description="whether only captured places, also across others"
    )


class Network(OnRoads):
    """A graph for other programs."""

    at: str = Field(description=f"one day; of kind control also {DAY}", examples=["2021-08-10"])
    kind: Kind = Field("roads", description="roads, areas that share a boundary, or who holds what")
