"""Things by the names that people use: an IRI, a CURIE (`place:city-kabul`) or a slug (`city-kabul`, `kabul`).

A slug that fits several things is no name for one of them, and an unknown one is answered with the nearest.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import get_args

from rapidfuzz import fuzz, process

from kg.errors import AmbiguousName, Candidate, UnknownName
from kg.gazetteer import Entry, Gazetteer, Kind
from kg.ontology import PREFIXES

NEAREST = 5
"""How many of the nearest names are told."""
LIKE = 60.0
"""The least likeness of a near name, of 100 (`rapidfuzz.fuzz.WRatio`)."""

_LETTERS = str.maketrans(
    {
        # letters that keyboards for Arabic, Dari, Pashto and Urdu write differently
        "ي": "ی", "ى": "ی", "ې": "ی", "ۍ": "ی", "ئ": "ی", "ك": "ک", "ګ": "گ", "ة": "ه", "ۀ": "ه", "ہ": "ه", "ھ": "ه",
        "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ؤ": "و", "ړ": "ر", "ډ": "د", "ټ": "ت", "ڼ": "ن", "ښ": "ش", "ږ": "ژ",
        # joiners, marks of direction, and the line that only stretches a word
        "\u200c": " ", "\u200d": None, "\u200e": None, "\u200f": None, "ـ": None,
    }
)  # fmt: skip
_SPLIT = re.compile(r"[\W_]+")
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^<>\"{}|^`\\\x00-\x20]+")


@lru_cache(1 << 16)
def fold(text: str) -> str:
    """A name as it is compared: without case, accents, vowel signs, variants of Arabic letters and punctuation.

    >>> fold("Spīn-Boldak"), fold("كندهار") == fold("کندهار")
    ('spin boldak', True)
    """
    # the letters before they are taken apart, so that a hamza on top is no mark of its own, and after
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).translate(_LETTERS).casefold())
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return _SPLIT.sub(" ", bare).strip()


def named(gazetteer: Gazetteer, kind: Kind, text: str) -> Entry:
    """The one place, actor or source of this name.

    Raises UnknownName, with the nearest names, and AmbiguousName, with all that have the name.
    """
    entries = gazetteer.entries[kind]
    iri = expanded(text)
    if iri is not None:
        if iri in entries:
            return entries[iri]
        raise UnknownName(kind, text, candidates(gazetteer, nearest(gazetteer, kind, iri.rpartition("/")[2])))
    fitting = gazetteer.by_slug[kind].get(slugged(text), ())
    if len(fitting) == 1:
        return entries[fitting[0]]
    if fitting:
        raise AmbiguousName(kind, text, candidates(gazetteer, (entries[iri] for iri in fitting)))
    raise UnknownName(kind, text, candidates(gazetteer, nearest(gazetteer, kind, text)))


def expanded(text: str) -> str | None:
    """The IRI that a text is, in angle brackets or not, or that it shortens by one of our prefixes; else None.

    >>> expanded("place:city-kabul")
    'https://w3id.org/controlgraph/id/place/city-kabul'
    """
    text = text.strip()
    if text.startswith("<") and text.endswith(">"):
        return text[1:-1]
    prefix, colon, rest = text.partition(":")
    if not colon:
        return None
    return PREFIXES[prefix] + rest if prefix in PREFIXES else text


def is_iri(text: str) -> bool:
    """Whether a text can be written as an absolute IRI in Turtle and SPARQL.

    >>> is_iri("https://example.org/a"), is_iri("https://example.org/a b")
    (True, False)
    """
    return _IRI.fullmatch(text) is not None


def slugged(text: str) -> str:
    """A text as slugs are written: in small letters, with hyphens.

    >>> slugged(" Spin Boldak ")
    'spin-boldak'
    """
    return "-".join(text.casefold().replace("_", " ").split())


def nearest(gazetteer: Gazetteer, kind: Kind, text: str, most: int = NEAREST) -> list[Entry]:
    """The entries whose names, in any script, are most like a text; the most like first."""
    names, entries = _called(gazetteer, kind)
    # several names of one entry may be near
    found = process.extract(fold(text), names, scorer=fuzz.WRatio, score_cutoff=LIKE, limit=4 * most)
    return list({entries[number].iri: entries[number] for _, _, number in found}.values())[:most]


@lru_cache(2 * len(get_args(Kind)))
def _called(gazetteer: Gazetteer, kind: Kind) -> tuple[list[str], list[Entry]]:
    """All folded names, and what has each."""
    names = [(fold(name), entry) for entry in gazetteer.entries[kind].values() for name in entry.names()]
    return [name for name, _ in names], [entry for _, entry in names]


def likeness(one: str, other: str) -> float:
    """How alike two folded names are, of 100: letter by letter, or word by word in any order, which counts a little
    less.

    >>> likeness("spin boldak", "spin buldak") > 90, likeness("spin boldak", "boldak spin")
    (True, 95.0)
    """
    return max(fuzz.ratio(one, other), 0.95 * fuzz.token_sort_ratio(one, other))


def candidates(gazetteer: Gazetteer, entries: Iterable[Entry]) -> list[Candidate]:
    """What tells entries apart for a person."""
    return [
        Candidate(entry.iri, entry.slug, entry.label(), ", ".join(gazetteer.concepts[each] for each in entry.types))
        for entry in entries
    ]
