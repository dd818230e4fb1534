"""What sorts of things types are, in the coarsest way: so far the types of any two data sets can be compared.

The sorts of places are the feature classes of GeoNames that the Linked Places Format takes: A administrative areas, H
waters, L regions, P populated places, R roads, S buildings and sites, T terrain. Types are known by words of their
English names; a type that none of the words is in tells nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from kg.naming import fold

WORDS = {
    "A": "administrative country countries district districts division governorate municipality oblast province "
         "provinces raion region subdivision subdistrict territory voivodeship",
    "P": "capital capitals city cities hamlet locality metropolis neighborhood neighbourhood populated quarter "
         "settlement suburb town towns village villages",
    "S": "aerodrome airbase airfield airport airports barracks base bridge building checkpoint crossing dam embassy "
         "facility factory ferry fort fortress hospital mosque port prison school site station",
    "R": "corridor highway motorway railway road route street trail tunnel",
    "H": "bay canal creek gulf lake ocean reservoir river sea strait stream wadi waterfall watercourse",
    "T": "cape desert hill island mountain mountains mount pass peak plain ridge valley volcano",
    "L": "park reserve",
    "organisation": "agency alliance armed army body bodies brigade commission company force forces government group "
                    "insurgency militia ministry mission movement office organisation organization party police",
    "person": "human person politician people population speaker",
}  # fmt: skip
"""Sort → the words that name one of its kind."""
PLACES = frozenset("APSRHTL")
"""The sorts of places."""
_OF_WORD: dict[str, set[str]] = {}
for _sort, _words in WORDS.items():
    for _word in _words.split():
        _OF_WORD.setdefault(_word, set()).add(_sort)
_CODE = re.compile(r"([AHLPRSTUV])(?:\.[A-Z0-9]+)?")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_WHOLE = {"state": {"A", "organisation"}, "human": {"person"}, "region": {"A", "L"}}
"""Names that tell more, or less, than their words do."""
_PHRASES = {"human settlement": {"P"}, "air base": {"S"}, "sovereign state": {"A"}}
"""Parts of names that do."""


def sorts(types: Iterable[str]) -> frozenset[str]:
    """The sorts that types are of, by their names in words, in camel case, or as codes of GeoNames.

    >>> sorted(sorts(["provincial capital"])), sorted(sorts(["district of Afghanistan"])), sorted(sorts(["P.PPLA"]))
    (['P'], ['A'], ['P'])
    """
    return frozenset(sort for each in types for sort in _sorts(each))


def _sorts(name: str) -> set[str]:
    if code := _CODE.fullmatch(name):
        return {code[1]}
    words = fold(_CAMEL.sub(" ", name))
    if words in _WHOLE:
        return _WHOLE[words]
    if phrase := next((each for each in _PHRASES if each in words), None):
        return _PHRASES[phrase]
    # what a name is of comes after: a district of a province is a district
    return {sort for word in words.partition(" of ")[0].split() for sort in _OF_WORD.get(word, ())}
