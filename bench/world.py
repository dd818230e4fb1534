"""The invented world that `bench.generate` tells of: its size, names, dates, places, sources and baseline."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple, TextIO

CHANGES_A_PLACE = 10
START = date(2014, 1, 1)
DAYS = 3650
"""Length of the period in which things change hands."""
PUBLISHING = DAYS + 90
"""Days on which sources are published: some time longer, so that the last changes are told of too."""
CLAIMS_A_SOURCE = 40
PARTIES = 6
SPEAKERS = 40
RECORDED = '"2026-11-23T00:00:00Z"^^xsd:dateTime'
CORRECTED = '"2026-11-24T00:00:00Z"^^xsd:dateTime'
SYLLABLES = ["ba", "da", "gha", "ju", "ka", "la", "mi", "na", "po", "qa", "ra", "sha", "ta", "wa", "ya", "za"]
MANNERS = ("ByForce", "WithoutFight", "Negotiated", "Abandoned")


class World(NamedTuple):
    """How much there is of everything; `sources` are published on every day whose number `every` divides."""

    changes: int
    places: int
    provinces: int
    countries: int
    every: int
    sources: int


class Window(NamedTuple):
    """Between which days something lies, as days after `START`; None is open."""

    earliest: int | None
    latest: int | None


def world(changes: int) -> World:
    """The sizes that go with a number of changes."""
    places = max(1, changes // CHANGES_A_PLACE)
    provinces = max(4, places // 100)
    return World(
        changes=changes,
        places=places,
        provinces=provinces,
        countries=max(2, provinces // 40),
        every=max(1, min(30, DAYS * CLAIMS_A_SOURCE // (2 * changes))),
        sources=max(1, round(2 * changes / CLAIMS_A_SOURCE / DAYS)),
    )


# ── names ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def name_of(number: int) -> str:
    """A pronounceable name, another one for every number."""
    syllables = []
    rest = number + len(SYLLABLES)
    while rest:
        rest, digit = divmod(rest, len(SYLLABLES))
        syllables.append(SYLLABLES[digit])
    return "".join(syllables).capitalize()


def kind_of(number: int, size: World) -> str:
    """What kind of place it is: the first ones are the capitals of the provinces."""
    if number < size.provinces:
        return "capital"
    return ("district", "town", "district", "crossing", "district", "town", "airbase", "town")[number % 8]


def place_of(number: int, size: World) -> str:
    """The prefixed name of a place."""
    return f"place:{kind_of(number, size)}-{number}"


def iso(day: int) -> str:
    """A day as ISO 8601 has it."""
    return (START + timedelta(days=day)).isoformat()


def when_of(window: Window) -> str:
    """The prefixed name of a plain date: `when:2014-01-31`, `when:2014-01-31--02-03`, `when:by-…`, `when:from-…`."""
    if window.earliest is None:
        return f"when:by-{iso(window.latest or 0)}"
    first = iso(window.earliest)
    if window.latest is None:
        return f"when:from-{first}"
    last = iso(window.latest)
    if first == last:
        return f"when:{first}"
    return f"when:{first}--{last[8:] if first[:7] == last[:7] else last}"


def when_text(window: Window) -> str:
    """A plain date in Turtle."""
    first = None if window.earliest is None else iso(window.earliest)
    last = None if window.latest is None else iso(window.latest)
    edtf = first if first == last else f"[{first or ''}..{last or ''}]"
    bounds = (f' kg:earliest "{first}"^^xsd:date ;' if first else "") + (
        f' kg:latest "{last}"^^xsd:date ;' if last else ""
    )
    precision = "Day" if first == last else "BoundOnly"
    return f'{when_of(window)} a kg:When ; kg:edtf "{edtf}"^^edtf:EDTF ;{bounds} kg:precision kg:{precision} .\n'


class Dates:
    """Describes each date once in the file that it is written to."""

    def __init__(self, file: TextIO) -> None:
        self.file = file
        self.described: set[Window] = set()

    def name(self, window: Window) -> str:
        """The prefixed name of a date, described in the file by now."""
        if window not in self.described:
            self.described.add(window)
            self.file.write(when_text(window))
        return when_of(window)


# ── places, actors, sources ─────────────────────────────────────────────────────────────────────────────────────────


def gazetteer(size: World) -> Iterator[str]:
    """Countries, provinces, places with positions, and the actors."""
    for number in range(size.countries):
        yield described_place(f"country-{number}", "Country", f"Land of {name_of(number)}", position(number * 397), "")
    for number in range(size.provinces):
        within = f" kg:within place:country-{number % size.countries} ;"
        yield described_place(
            f"province-{number}", "Province", f"{name_of(number)} Province", position(number * 89), within
        )
    for number in range(size.places):
        kind = kind_of(number, size)
        province = number % size.provinces
        more = f" kg:within place:province-{province} ;"
        if kind == "capital":
            more += f" kg:capitalOf place:province-{province} ;"
        elif kind == "crossing":
            country = province % size.countries
            more += f" kg:connects place:country-{country} , place:country-{(country + 1) % size.countries} ;"
        concept = {"capital": "ProvincialCapital"}.get(kind, kind.capitalize())
        yield described_place(f"{kind}-{number}", concept, name_of(number), position(number), more)
    for number in range(PARTIES):
        concept = "StateGovernment" if number % 2 == 0 else "ArmedMovement"
        yield f'actor:party-{number} a kg:Actor ; kg:actorType kg:{concept} ; skos:prefLabel "Party of {name_of(number)}"@en ; kg:seat {place_of(number % size.places, size)} .\n'
        yield f'actor:organ-{number} a kg:Actor ; kg:actorType kg:GovernmentBody ; skos:prefLabel "Office of {name_of(number)}"@en ; kg:organOf actor:party-{number} .\n'
    for number in range(SPEAKERS):
        yield f'actor:speaker-{number} a kg:Actor ; kg:actorType kg:UnnamedSpeaker ; skos:prefLabel "speaker {number}"@en .\n'


def described_place(slug: str, concept: str, label: str, at: tuple[float, float], more: str) -> str:
    """A place with its geometry."""
    kind = "kg:BorderCrossing" if concept == "Crossing" else "kg:Place"
    return (
        f'place:{slug} a {kind} ; kg:placeType kg:{concept} ; skos:prefLabel "{label}"@en ;{more}'
        f" geo:hasDefaultGeometry geometry:{slug} .\n"
        f'geometry:{slug} a geo:Geometry ; geo:asWKT "POINT({at[0]:.5f} {at[1]:.5f})"^^geo:wktLiteral .\n'
    )


def position(number: int) -> tuple[float, float]:
    """Longitude and latitude, spread evenly over a stretch of land (two additive recurrences with irrational steps)."""
    return 60 + 15 * (number * 0.7548776662466927 % 1), 29 + 9 * (number * 0.5698402909980532 % 1)


def sources(size: World, dates: Dates) -> Iterator[str]:
    """The sources; every fifth derives from the first one of the day before, one in 50 has no date."""
    for day in range(0, PUBLISHING, size.every):
        for number in range(size.sources):
            which = day // size.every * size.sources + number
            derived = f" kg:derivedFrom source:day-{day - size.every}-0 ;" if which % 5 == 4 and day else ""
            published = f" kg:published {dates.name(Window(day, day))} ;" if which % 50 != 49 else ""
            knowledge = f' kg:knowledge "{iso(day)}"^^xsd:date ;' if which % 10 == 0 else ""
            yield (
                f"source:day-{day}-{number} a kg:Source ; kg:sourceKind kg:NewsPage ;{published}{knowledge}{derived}"
                f' skos:prefLabel "paper {number}, {iso(day)}"@en ; kg:retrieved "2026-11-23"^^xsd:date ;'
                f" kg:address <https://example.org/paper-{number}/{iso(day)}> .\n"
            )


def dataset(size: World, records: int) -> Iterator[str]:
    """The data set, and a policy by which every capital is held by the first party at the beginning."""
    graphs = ["gazetteer", "sources", "dataset", "ontology", *(f"record-{part:03}" for part in range(1, records + 1))]
    yield (
        f'dataset:bench a void:Dataset ; dcterms:title "Invented: {size.changes} changes of control"@en ;'
        " dcterms:license <https://creativecommons.org/licenses/by/4.0/> ;"
        f' kg:studyStart "{START}"^^xsd:date ; kg:timeZone "Asia/Kabul" ;'
        f" void:subset {' , '.join(f'graph:{name}' for name in graphs)} .\n"
    )
    last = iso(DAYS)
    capitals = " , ".join(place_of(number, size) for number in range(min(size.provinces, size.places)))
    yield 'source:policy a kg:Source ; kg:sourceKind kg:Policy ; skos:prefLabel "Baseline of the invented data set"@en .\n'
    yield (
        f'when:baseline a kg:When ; kg:edtf "{START}/{last}"^^edtf:EDTF ; kg:precision kg:Day ;'
        f' kg:earliest "{START}"^^xsd:date ; kg:latest "{START}"^^xsd:date ;'
        f' kg:endEarliest "{last}"^^xsd:date ; kg:endLatest "{last}"^^xsd:date .\n'
    )
    yield (
        "event:baseline a kg:ControlObservation ; kg:eventType kg:StateReport ; kg:controller actor:party-0 ;"
        f" kg:extent kg:Whole ; kg:when when:baseline ; kg:place {capitals} .\n"
    )
    yield (
        "claim:baseline a kg:Claim ; kg:about event:baseline ; kg:stance kg:Assumes ; kg:source source:policy ;"
        f' kg:gloss "Every capital is presumed to be held by the first party."@en ; kg:recordedAt {RECORDED} .\n'
    )
