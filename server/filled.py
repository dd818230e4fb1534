"""What `/api/claims` takes and gives, as JSON: the fields of a claim with what each means, and what came of it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails

from kg.claims.given import EXTENTS, KINDS, MANNERS, SOURCE_KINDS, STANCES, Given, NewSource
from server.answered import Day, Iri, Verdict, Versioned
from server.declared import Paged

LONGEST = 2000
"""Characters that a text may have."""


def _plain(text: str) -> str:
    if any(character < " " for character in text):
        raise ValueError("a text has no line breaks and other control characters")
    return text


Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST), AfterValidator(_plain)]
Name = Annotated[Text, Field(description="an IRI, a CURIE or a slug")]
When = Annotated[Text, Field(description="EDTF, or words such as `early July 2021`; kept as said")]


class Strict(BaseModel):
    """Fields in camel case, and no others."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", strict=True, frozen=True)


class Source(Strict):
    """A source that is not in the record yet."""

    title: Text = Field(description="in English")
    kind: Text = Field("NewsPage", description=", ".join(SOURCE_KINDS))
    publisher: Text | None = None
    published: When | None = None
    address: Text | None = Field(None, description="its web address")
    retrieved: Text | None = Field(None, description="the day on which it was read; a page needs it")
    knowledge: Text | None = Field(None, description="the last day its content knows of, if not that of publication")
    language: Text | None = Field(None, description="the language it is in, such as `fa`")
    derived_from: list[Name] = Field([], description="sources that it copies, rewords or quotes")

    def given(self) -> NewSource:
        """The source as the library takes it."""
        return NewSource(**{**dict(self), "derived_from": tuple(self.derived_from)})


class Correction(Strict):
    """The fields of a claim that a correction may change: null, or nothing, empties one."""

    event: Name | None = Field(None, description="the event of the record that it is about, in place of what follows")
    place: Name | None = None
    kind: Text | None = Field(None, description=", ".join(KINDS))
    to: Name | None = Field(None, description="who holds the place after it; of a report, who holds it")
    from_: Name | None = Field(None, alias="from", description="who held it before, if that is said")
    parties: list[Name] = Field([], description="two or more between whom it is contested")
    contested: bool = Field(False, description="that it is contested, between parties that are not named")
    extent: Text | None = Field(None, description=", ".join(EXTENTS))
    when: When | None = None
    sentence: int | None = Field(None, description="the number of the sentence in the source; 0 is the title")
    locator: Text | None = Field(None, description="where in the source, in words: page 3")
    stance: Text | None = Field(None, description=", ".join(STANCES))
    stated_on: When | None = None
    manner: Text | None = Field(None, description=", ".join(MANNERS))
    gloss: Text | None = Field(None, description="what the source says, in an English sentence of your own")

    def changes(self) -> dict[str, Any]:
        """The fields that were given."""
        return {name: _several(getattr(self, name)) for name in self.model_fields_set}


class Claim(Correction):
    """A claim on control: what happened, when, and who says so."""

    source: Name | Source | None = Field(None, description="a source of the record, or the description of a new one")
    claimant: Name | list[Name] = Field([], description="who says so in the source; none: the source itself")

    def given(self) -> Given:
        """The claim as the library takes it."""
        told = {name: _several(value) for name, value in self}
        claimant = (self.claimant,) if isinstance(self.claimant, str) else tuple(self.claimant)
        source = self.source.given() if isinstance(self.source, Source) else self.source
        return Given(**{**told, "claimant": claimant, "source": source})


_WORDS = {"model_type": "an object is accepted here", "extra_forbidden": "there is no such field"}
"""What is said of some errors, in place of words about our classes."""


class Claims(Paged):
    """Claims on control."""

    place: list[str] = Field([], description="only on these places", examples=[["city-zaranj"]])
    source: list[str] = Field([], description="only in these sources", examples=[["source-001"]])
    at: str | None = Field(None, description="only of a time that includes this day", examples=["2021-08-06"])
    limit: int = Field(100, ge=1, le=1000, description="how many at most")


class Told(BaseModel):
    """A claim that the record has. `when` and `statedOn` are EDTF, or the words where they cannot be read; `retired` is
    when it was taken back."""

    claim: Iri
    about: list[Iri]
    places: list[Iri]
    source: Iri
    stance: str
    claimants: list[Iri]
    when: str | None
    statedOn: str | None  # noqa: N815
    sentence: int | None
    locator: str | None
    gloss: str
    recorded: str
    retired: str | None
    supersedes: list[Iri]


class Listed(Versioned):
    """Claims on control; `total` counts those on other pages too."""

    total: int
    claims: list[Told]


class Unread(BaseModel):
    """A date that is kept as a text, and why."""

    field: str
    text: str
    reason: str


class Done(Versioned):
    """What came of a claim. `new` is false where the record had it so; then nothing was written."""

    claim: Iri
    new: bool
    statements: dict[str, Any] = Field(description="what was written, or what the record has, as JSON-LD")
    unread: list[Unread]
    place: Iri | None
    at: Day | None = Field(description="the last day that the claim gives; `before` and `after` answer for it")
    before: Verdict | None
    after: Verdict | None


def _several(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def errors(error: ValidationError) -> list[dict[str, str]]:
    """What does not fit, each with a JSON pointer to its place in the body."""
    found: dict[str, str] = {}
    for each in error.errors(include_url=False):
        pointer = _pointer(each)
        message = _WORDS.get(each["type"], each["msg"].removeprefix("Value error, "))
        # of a field that takes several kinds of values each kind says what it misses
        found[pointer] = f"{found[pointer]}; or: {message}" if pointer in found else message
    # what was meant to be a list or an object is at fault where its parts are
    return [
        {"pointer": pointer, "detail": detail}
        for pointer, detail in found.items()
        if not any(other.startswith(f"{pointer}/") for other in found)
    ]


def _pointer(error: ErrorDetails) -> str:
    """Where it is: the names and numbers on the way, without the names of our own kinds of values."""
    way = [part for part in error["loc"] if isinstance(part, int) or not _is_kind(part)]
    return "".join(["#", *(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in way)])


def _is_kind(part: str) -> bool:
    return part == "Source" or "[" in part
