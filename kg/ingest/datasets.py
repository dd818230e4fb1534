"""Data sets side by side: which there are, and the file in which a new one begins."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from hashlib import sha256
from zoneinfo import available_timezones

from kg.errors import BadMapping, NothingPublished, UnknownDataset
from kg.gazetteer import Entry, Gazetteer, Kind, last_part
from kg.ingest.turtle import quoted
from kg.naming import expanded
from kg.ontology import PREFIXES
from kg.store.embedded import Store

NUMBERED = "GeoNames "
"""What the name of a place begins with of which only its number in GeoNames is known."""
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def named(store: Store, name: str) -> str:
    """The IRI of the data set of a name: its slug, CURIE or IRI. Raises UnknownDataset."""
    try:
        known = sorted({str(row["dataset"]) for row in store.select("datasets")})
    except NothingPublished:
        known = []
    iri = expanded(name) or PREFIXES["dataset"] + name
    if iri not in known:
        raise UnknownDataset(name, [last_part(each) for each in known])
    return iri


def geonames(store: Store) -> dict[int, str]:
    """The places of the store by their number in GeoNames, of those with an accepted link.

    Where several places have one number, it stands for none of them.
    """
    found: dict[int, set[str]] = {}
    for row in store.select("geonames"):
        number = re.search(r"/(\d+)/?$", str(row["entry"]))
        if number:
            found.setdefault(int(number[1]), set()).add(str(row["place"]))
    return {number: places.pop() for number, places in found.items() if len(places) == 1}


def others(store: Store, gazetteer: Gazetteer, graph: str) -> Gazetteer:
    """A gazetteer without the places and actors that only `graph` describes: what is known when it is written anew.

    A place of which only its number is known counts as not described.
    """
    elsewhere = {str(row["thing"]) for row in store.select("described-in") if str(row["graph"]) != graph}
    kinds: tuple[Kind, ...] = ("place", "actor")
    kept = {}
    for kind in kinds:
        known = (_named(entry) for iri, entry in gazetteer.entries[kind].items() if iri in elsewhere)
        kept[kind] = {entry.iri: entry for entry in known if entry.labels}
    return replace(gazetteer, entries={**gazetteer.entries, **kept})


def _named(entry: Entry) -> Entry:
    """An entry without the name that is only its number."""
    number = f"{NUMBERED}{entry.slug.rpartition('-')[2]}"
    if not any(number in names for names in entry.labels.values()):
        return entry
    names = {language: tuple(name for name in names if name != number) for language, names in entry.labels.items()}
    return replace(entry, labels={language: each for language, each in names.items() if each})


def standing(gazetteer: Gazetteer, numbers: Mapping[int, str], own: Collection[str]) -> str:
    """What stands for the names that are known, and which of them are the data set's own: a reader depends on them."""
    entries = [*gazetteer.places.values(), *gazetteer.actors.values()]
    told = [f"{entry.iri} {entry.label()}" for entry in entries]
    return sha256("\n".join([*told, *map(str, sorted(numbers.items())), *sorted(own)]).encode()).hexdigest()


def skeleton(name: str, start: date, title: str = "", zone: str = "UTC") -> str:
    """The text of a file that describes a new data set, which answers from a day on: with comments, and as it is
    without fault.

    Raises BadMapping for a name that cannot be one, and for a time zone that there is not.
    """
    if not _NAME.fullmatch(name):
        raise BadMapping("name", f"{name!r} is no name of a data set; accepted are small letters, digits and hyphens")
    if zone not in available_timezones():
        raise BadMapping("zone", f"{zone!r} is no time zone of the IANA database; accepted are names like Asia/Kabul")
    prefixes = "".join(f"@prefix {short}: <{PREFIXES[short]}> .\n" for short in _SHORT)
    told = {
        "PREFIXES\n": prefixes,
        "TITLE": quoted(title or name, "en"),
        "START": str(start),
        "ZONE": zone,
        "NAME": name,
    }
    # at once: what is put in may have these words in it
    return re.sub("|".join(told), lambda found: told[found[0]], _SKELETON)


_SHORT = ("kg", "actor", "dataset", "graph", "dcterms", "skos", "void", "xsd")
_SKELETON = """\
# The data set NAME: what it is called, from which day on it answers, whose colours are which.
# Change what is here, check it with `kg validate NAME.ttl`, load it with `kg load NAME.ttl`, and bring files into it
# with `kg ingest FORMAT FILE --dataset NAME`.
PREFIXES
dataset:NAME a void:Dataset ;
  # the title, as pages show it
  dcterms:title TITLE ;
  # under which licence this may be used: the address of the licence
  dcterms:license <https://creativecommons.org/licenses/by/4.0/> ;
  # whom to credit, as figures say it: dcterms:rights "Positions: GeoNames (CC BY 4.0)."@en ;
  # the first day that is answered; before it, every answer is unknown
  kg:studyStart "START"^^xsd:date ;
  # where a day begins at midnight: a name of the IANA time zone database
  kg:timeZone "ZONE" ;
  # its graphs; each file that is brought in adds its own
  void:subset graph:NAME .

# Who holds places. `kg:series` is the colour, the pattern and the shape in figures: 1 is a square in blue, 2 a diamond
# in orange. A successor regime is another actor. Kinds: kg:StateGovernment, kg:State, kg:ArmedMovement, kg:ArmedForce
actor:NAME-government a kg:Actor ; kg:actorType kg:StateGovernment ; kg:series 1 ;
  skos:prefLabel "The government"@en .
actor:NAME-opposition a kg:Actor ; kg:actorType kg:ArmedMovement ; kg:series 2 ;
  skos:prefLabel "The opposition"@en .
"""
