"""What a person fills in, field by field: a claim, and a source that is not in the record yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from kg.control.record import Extent, Stance

STANCES: tuple[str, ...] = get_args(Stance)
"""What can be said of an event. An assumption (kg:Assumes) is nobody's word, and belongs into a policy's file."""
EXTENTS: tuple[str, ...] = get_args(Extent)
KINDS = ("change", "report")
"""A change of control, and a report of who holds the place."""
MANNERS = ("Abandoned", "ByForce", "HandedOver", "Negotiated", "Unstated", "WithoutFight")
SOURCE_KINDS = ("NewsPage", "EncyclopediaCopy", "Dataset")

CONTENT = ("place", "kind", "to", "from_", "parties", "contested", "extent")
"""The fields that say what happened. Claims with the same ones, and the same date, are about one event."""


@dataclass(frozen=True)
class NewSource:
    """A source that is not in the record yet. Dates as in `Given`; `retrieved` and `knowledge` are days.

    `title` is in English; `language` is that of the source itself, a tag such as `fa`. `address` is its web address.
    """

    title: str = ""
    kind: str = "NewsPage"
    publisher: str | None = None
    published: str | None = None
    address: str | None = None
    retrieved: str | None = None
    knowledge: str | None = None
    language: str | None = None
    derived_from: tuple[str, ...] = ()


@dataclass(frozen=True)
class Given:
    """A claim on control as it is filled in.

    What happened is either an `event` of the record or a new one: `kind`, `place`, who has the place now (`to`), who
    lost it (`from_`), or between whom it is contested (`parties`; `contested` where they are not named), `extent`.
    `when` is EDTF or words (`kg.phrases`). Who says so: `source`, in it `claimant` (none: the source itself), `stance`,
    `stated_on`, where it stands (`sentence`, `locator`), and `gloss`, the statement in English words of our own.
    Places, actors, sources and events are named as `kg.naming` has it.
    """

    event: str | None = None
    place: str | None = None
    kind: str | None = None
    to: str | None = None
    from_: str | None = None
    parties: tuple[str, ...] = ()
    contested: bool = False
    extent: str | None = None
    when: str | None = None
    source: str | NewSource | None = None
    sentence: int | None = None
    locator: str | None = None
    stance: str | None = None
    claimant: tuple[str, ...] = ()
    stated_on: str | None = None
    manner: str | None = None
    gloss: str | None = None


def json_name(field: str) -> str:
    """The name of a field in JSON and in messages: `stated_on` is `statedOn`, `from_` is `from`."""
    head, *rest = field.rstrip("_").split("_")
    return head + "".join(part.capitalize() for part in rest)
