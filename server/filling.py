"""The form of a claim: its fields as people see them, as texts, and as the document that `/api/claims` takes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from kg import phrases
from kg.claims.given import EXTENTS, MANNERS, SOURCE_KINDS, STANCES, Given
from kg.claims.naming import said_of
from kg.errors import BadDate, FieldFault
from kg.ontology import KG, PREFIXES
from kg.store.embedded import Store
from server import wording

Values = dict[str, str]
"""Name of a field → the text in it."""
HAPPENED = {
    "taken": "It was taken: somebody came to hold it",
    "left": "It was left: somebody held it no longer",
    "contested": "It became contested",
    "held": "It was held: a report of who was there",
    "fought": "It was contested on that day: a report",
}
_NUMBER = re.compile(r"[0-9]{1,9}")
_SEVERAL = ("parties", "claimant", "source/derivedFrom")
_CONCEPTS = {
    "EntireArea": "the whole place, with all that lies in it", "Whole": "the whole place",
    "Centre": "its centre only", "SomeParts": "parts of it", "Abandoned": "it had been abandoned",
    "ByForce": "by force", "HandedOver": "it was handed over", "Negotiated": "it was negotiated",
    "Unstated": "the source says that it does not know how", "WithoutFight": "without a fight",
    "NewsPage": "a page of news", "EncyclopediaCopy": "a copy of an encyclopedia", "Dataset": "a data set",
}  # fmt: skip


@dataclass(frozen=True)
class Field:
    """A field: its name, which is the JSON pointer of `/api/claims` without `#/`; its label, what is said of it, what
    may be chosen (value → words; of a text nothing), what a text names (place, actor, source, date), and how wide it
    is."""

    name: str
    label: str
    hint: str = ""
    options: Mapping[str, str] | None = None
    names: str = ""
    needed: bool = False
    long: bool = False

    @property
    def id(self) -> str:
        """Its id on the page."""
        return "field-" + self.name.replace("/", "-")


def _options(names: tuple[str, ...], empty: str = "") -> dict[str, str]:
    first = {"": empty} if empty else {}
    return first | {name: _CONCEPTS.get(name, name.lower()) for name in names}


GROUPS: tuple[tuple[str, str, tuple[Field, ...]], ...] = (
    ("what", "What happened", (
        Field("place", "Place", "a name, such as city-farah", names="place", needed=True),
        Field("happened", "What", options=HAPPENED),
        Field("to", "Who came to hold it, or held it", "of a place that was taken, or held", names="actor"),
        Field("from", "Who held it before", "of a place that was left; of one that was taken, if that is said",
              names="actor"),
        Field("parties", "Between whom it is contested", "two or more, with commas between; empty where nobody says",
              names="actor"),
        Field("extent", "How much of it", options=_options(EXTENTS)),
        Field("manner", "How", options=_options(MANNERS, "nothing is said of that")),
        Field("when", "When", "EDTF or English words: 2021-08-03, early July 2021, by 9 July 2021, the night of 3 to 4 "
              "August 2021", names="date", needed=True),
    )),
    ("who", "Who says so", (
        Field("source", "A source of the record", "a name, such as source-001; or describe a new one below",
              names="source"),
        Field("stance", "What it does", "it, or whom it quotes", options=_options(STANCES)),
        Field("claimant", "Whom it quotes", "with commas between; empty where the source itself says so",
              names="actor"),
        Field("statedOn", "When they said so", "as above", names="date"),
        Field("sentence", "Number of the sentence", "counted from 1; 0 is the title"),
        Field("locator", "Or where it stands, in words", "page 3, last paragraph"),
        Field("gloss", "What the source says", "in an English sentence of your own, never a quotation", needed=True,
              long=True),
    )),
    ("new", "A source that is not in the record yet", (
        Field("source/title", "Title", "in English"),
        Field("source/kind", "Kind", options=_options(SOURCE_KINDS)),
        Field("source/publisher", "Publisher"),
        Field("source/address", "Web address", "https://…"),
        Field("source/published", "When it was published", "as above", names="date"),
        Field("source/retrieved", "Day on which you read it", "2026-11-20; a page needs it"),
        Field("source/knowledge", "Last day that it knows of", "2021-08-11, if that is not the day of publication"),
        Field("source/language", "Its language", "a tag, such as fa"),
        Field("source/derivedFrom", "What it copies or quotes", "sources of the record, with commas between",
              names="source"),
    )),
)  # fmt: skip
"""The fields by groups: anchor, title, fields."""
FIELDS = {field.name: field for _, _, fields in GROUPS for field in fields}
OF_THE_VOICE = ("source", "claimant", *(name for name in FIELDS if name.startswith("source/")))
"""The fields that a correction cannot change."""


def document(values: Mapping[str, str]) -> dict[str, Any]:
    """The document of a filled-in form, in which what is empty is left out; `faults` says what cannot be."""
    told: dict[str, Any] = {name: value.strip() for name, value in values.items() if value.strip() and name in FIELDS}
    told |= {name: _parts(told[name]) for name in _SEVERAL if name in told}
    happened = told.pop("happened", "taken")
    told["kind"] = "report" if happened in ("held", "fought") else "change"
    told["contested"] = happened in ("contested", "fought") and "parties" not in told
    if _NUMBER.fullmatch(told.get("sentence", "")):
        told["sentence"] = int(told["sentence"])
    described = {name.partition("/")[2]: told.pop(name) for name in list(told) if name.startswith("source/")}
    if described.keys() - {"kind"}:
        told["source"] = {"title": "", **described}
    return told


def _parts(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[,\n]", text) if part.strip()]


def faults(values: Mapping[str, str]) -> list[FieldFault]:
    """Which fields exclude each other, and which are missing for what is said to have happened."""
    told = {name for name, value in values.items() if value.strip()}
    happened = values.get("happened") or "taken"
    if happened not in HAPPENED:
        return [FieldFault("happened", f"{happened!r} is none of those accepted: {', '.join(HAPPENED)}")]
    needs = {"taken": "to", "held": "to", "left": "from"}.get(happened)
    allowed = {"taken": ("to", "from"), "left": ("from",), "contested": ("parties", "from"), "held": ("to",),
               "fought": ("parties",)}[happened]  # fmt: skip
    said = HAPPENED[happened].partition(":")[0]
    found = [FieldFault(needs, f"is needed where a place was {happened}")] if needs and needs not in told else []
    found += [
        FieldFault(name, f"does not go with “{said}”; leave it empty, or choose otherwise")
        for name in ("to", "from", "parties")
        if name in told and name not in allowed
    ]
    if "source" in told and any(name.startswith("source/") for name in told - {"source/kind"}):
        found.append(FieldFault("source", "name a source of the record, or describe a new one below; not both"))
    return found


def of_claim(store: Store, given: Given) -> Values:
    """The texts of a claim of the record (`kg.claims.reading.filled`), as a person would fill them in."""
    plain = replace(given, when=_said(store, given.when), stated_on=_said(store, given.stated_on))
    report, contested = plain.kind == "report", bool(plain.parties or plain.contested)
    if contested:
        happened = "fought" if report else "contested"
    else:
        happened = "held" if report else "taken" if plain.to else "left"
    told = {
        "place": _name(plain.place), "happened": happened, "to": _name(plain.to), "from": _name(plain.from_),
        "parties": ", ".join(map(_name, plain.parties)), "extent": plain.extent, "manner": plain.manner,
        "when": plain.when, "stance": plain.stance, "statedOn": plain.stated_on,
        "sentence": None if plain.sentence is None else str(plain.sentence), "locator": plain.locator,
        "gloss": plain.gloss,
    }  # fmt: skip
    return {name: value or "" for name, value in told.items()}


def _name(iri: str | None) -> str:
    return wording.short(iri) if iri else ""


def _said(store: Store, when: str | None) -> str | None:
    """The text of a date of the record that can be read again: its EDTF, else what was said."""
    if when is None or not when.startswith(PREFIXES["when"]):
        return when
    said = said_of(store, when)
    return next((text for term in (KG.edtf, KG.dateText) for text in said.get(str(term), [])), None)


def changes(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, Any]:
    """What a correction changes, as `/api/claims/…/corrections` takes it: None, or nothing, empties a field."""
    old, new = document(before), document({name: after.get(name, "") for name in FIELDS if name not in OF_THE_VOICE})
    told = {name: new.get(name) for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
    return told | ({"parties": []} if "parties" in told and told["parties"] is None else {})


def readings(values: Mapping[str, str]) -> dict[str, tuple[bool, str]]:
    """How the dates that were filled in are read: whether they are, and in words."""
    return {
        field.name: reading(text)
        for field in FIELDS.values()
        if field.names == "date" and (text := values.get(field.name, "").strip())
    }


def reading(text: str) -> tuple[bool, str]:
    """Whether a text is read as a date, and how in words: the days that it means with its EDTF, or why it is none."""
    try:
        found = phrases.read(text)
    except BadDate as error:
        return False, str(error)
    return True, f"{wording.when(found.edtf)}: {found.edtf}"
