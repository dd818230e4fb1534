"""ACLED's exports: a row an event on a day; those of three sub-types are changes of control.

Columns and codes as in ACLED's codebook (https://acleddata.com/knowledge-base/codebook, of 3 October 2024) and its
guide to the columns that changed in 2023 (https://acleddata.com/knowledge-base/guide-to-2023-acled-column-changes).
Actor 1 and Actor 2 tell no direction, by ACLED's own list of its columns (https://dtacled.github.io/acledR/), so who
took a place is told by their types alone.
"""

from __future__ import annotations

from datetime import date, timedelta

from kg.ingest.cells import Cells, Rejected
from kg.ingest.rows import Format, Part
from kg.ingest.things import actor, claim, key, participation, place, toll, within
from kg.ingest.turtle import slug

LEFT = {
    "disorder_type": "follows from the type of event",
    "interaction": "follows from inter1 and inter2",
    "civilian_targeting": "follows from the actors",
    "region": "follows from the country",
    "source_scale": "how far the media of `source` reach",
    "notes": "sentences of ACLED's, which are not ours to publish",
    "tags": "remarks in words of ACLED's",
    "timestamp": "when ACLED last changed the row",
    "data_id": "a number that changed with each export; no longer there since 2023",
    "event_id_no_cnty": "part of event_id_cnty; no longer there since 2023",
    "iso3": "follows from iso; no longer there since 2023",
    "population_1km": "an estimate about the surroundings",
    "population_2km": "an estimate about the surroundings",
    "population_5km": "an estimate about the surroundings",
    "population_best": "an estimate about the surroundings",
}
"""Columns that are left out, each with the reason."""
NEEDED = (
    "event_id_cnty", "event_date", "year", "time_precision", "event_type", "sub_event_type", "actor1", "inter1",
    "actor2", "inter2", "country", "location", "latitude", "longitude", "geo_precision", "fatalities",
)  # fmt: skip
KNOWN = (*NEEDED, "assoc_actor_1", "assoc_actor_2", "iso", "admin1", "admin2", "admin3", "source", *LEFT)
EVENTS = {
    "Armed clash": ("ArmedClash", "Battles"),
    "Government regains territory": ("Capture", "Battles"),
    "Non-state actor overtakes territory": ("Capture", "Battles"),
    "Chemical weapon": ("ChemicalAttack", "Explosions/Remote violence"),
    "Air/drone strike": ("AirStrike", "Explosions/Remote violence"),
    "Suicide bomb": ("Bombing", "Explosions/Remote violence"),
    "Shelling/artillery/missile attack": ("Shelling", "Explosions/Remote violence"),
    "Remote explosive/landmine/IED": ("Bombing", "Explosions/Remote violence"),
    "Grenade": ("Bombing", "Explosions/Remote violence"),
    "Sexual violence": ("SexualViolence", "Violence against civilians"),
    "Attack": ("Attack", "Violence against civilians"),
    "Abduction/forced disappearance": ("Abduction", "Violence against civilians"),
    "Peaceful protest": ("Protest", "Protests"),
    "Protest with intervention": ("Protest", "Protests"),
    "Excessive force against protesters": ("Protest", "Protests"),
    "Violent demonstration": ("Riot", "Riots"),
    "Mob violence": ("Riot", "Riots"),
    "Agreement": ("Agreement", "Strategic developments"),
    "Arrests": ("Arrests", "Strategic developments"),
    "Change to group/activity": ("GroupActivity", "Strategic developments"),
    "Disrupted weapons use": ("DisruptedWeaponsUse", "Strategic developments"),
    "Headquarters or base established": ("BaseEstablished", "Strategic developments"),
    "Looting/property destruction": ("Looting", "Strategic developments"),
    "Non-violent transfer of territory": ("Handover", "Strategic developments"),
    "Other": ("OtherDevelopment", "Strategic developments"),
}
"""The kg:eventType for each sub-type, and the type that it belongs to."""
TAKERS = {
    "Government regains territory": ((1,), "ByForce"),
    "Non-state actor overtakes territory": ((2, 3, 4, 8), "ByForce"),
    "Non-violent transfer of territory": ((), "WithoutFight"),
}
"""The sub-types that are changes of control: the types of actors that can be the taker, and the kg:manner."""
INTER = {
    "state forces": 1, "rebel group": 2, "rebel groups": 2, "rebel forces": 2, "political militia": 3,
    "political militias": 3, "identity militia": 4, "identity militias": 4, "communal/identity militias": 4,
    "rioters": 5, "protesters": 6, "civilians": 7, "external/other forces": 8, "external forces": 8, "other forces": 8,
}  # fmt: skip
"""Types of actors as words, which newer exports have in place of numbers."""
ACTORS = {
    1: "ArmedForce", 2: "ArmedMovement", 3: "Militia", 4: "Militia", 5: "PopulationGroup", 6: "PopulationGroup",
    7: "PopulationGroup", 8: "OrganisedGroup",
}  # fmt: skip
PRECISION = {1: 1, 2: 2, 3: 4}
"""The kg:geoPrecision for a geo_precision: the place, near it or in a part of a region, a province."""

Actor = tuple[str, int, str]
"""An actor: its name as Turtle, its type, what it is called."""


def take(cells: Cells, part: Part) -> None:
    """The statements of a row. Raises Rejected."""
    name = cells.needed("event_id_cnty")
    if slug(name) != name.casefold():
        raise Rejected(f"no number of an event: event_id_cnty {name!r}")
    local, kind = f"acled-{name.casefold()}", cells.needed("sub_event_type")
    sort, broad = EVENTS.get(kind, ("", ""))
    if not sort or cells.needed("event_type").casefold() != broad.casefold():
        raise Rejected(f"no sub-type of its type of event: sub_event_type {kind!r}")
    day = cells.day("event_date", part.task.retrieved)
    if cells.number("year", 1, 9999) != date.fromordinal(day).year:
        raise Rejected("the year is not that of the date: year")
    when = _when(cells, part, day)
    exact = cells.number("geo_precision", 1, 3)
    spot, called = _place(cells, part, exact)
    actors = [_actor(cells, part, number) for number in "12"]
    others = [*_others(cells, part, "1"), *_others(cells, part, "2")]
    event = f"event:{local}"
    moved = _moved(cells, kind, actors) if kind in TAKERS else None
    if moved:
        taker, loser = moved
        extent = "Whole" if exact == 1 else "SomeParts"
        left = f" ; kg:fromController {loser[0]}" if loser else ""
        what = f"a kg:ControlChange ; kg:toController {taker[0]}{left} ; kg:extent kg:{extent}"
        part.tally.made["changes of control"] += 1
    else:
        what = "a kg:Event"
        part.tally.made["events"] += 1
    if kind in TAKERS and not moved:
        sort = "ArmedClash" if broad == "Battles" else "OtherDevelopment"
    part.say(
        f"{event} {what} ; kg:eventType kg:{sort} ;"
        f" kg:place {spot} ; kg:geoPrecision {PRECISION[exact]} ; kg:when {when} .\n"
    )
    for number, who in enumerate(actors, 1):
        if who:
            participation(part, event, f"{local}-{number}", who[0], _role(broad, who[1]))
    for number, iri in enumerate(others, 1):
        participation(part, event, f"{local}-with-{number}", iri, "Participant")
    dead = cells.number("fatalities")
    # where reports differ it has the lowest number, and 0 also where none is known
    toll(part, event, local, f"kg:min {dead}" + (f" ; kg:best {dead}" if dead else ""))
    part.until(day)
    manner = f" kg:manner kg:{TAKERS[kind][1]} ;" if moved else ""
    media = cells.text("source")
    gloss = f"{kind} at {called}: {' and '.join(who[2] for who in actors if who) or 'nobody is named'}; {dead} dead."
    locator = f"event {name}" + (f"; from {media}" if media else "")
    claim(part, f"{part.task.stem}-{name.casefold()}", event, gloss, locator, manner)
    cells.skip(LEFT)


def _when(cells: Cells, part: Part, day: int) -> str:
    """The date: the day itself; a week, of which the day is the middle; or the month of the day."""
    precision = cells.number("time_precision", 1, 3)
    if precision == 1:
        return part.dates.day(day)
    latest = part.task.retrieved.toordinal()
    if precision == 2:
        return part.dates.window(day - 3, min(day + 3, latest), "Week")
    first = date.fromordinal(day).replace(day=1)
    last = min(((first + timedelta(days=32)).replace(day=1) - timedelta(days=1)).toordinal(), latest)
    return part.dates.window(first.toordinal(), last, "Month")


def _place(cells: Cells, part: Part, exact: int) -> tuple[str, str]:
    """The locality; where only a larger region is known, the province, because the locality merely stands for it."""
    country, number, named = cells.needed("country"), cells.text("iso"), cells.needed("location")
    point = cells.degrees("longitude", 180), cells.degrees("latitude", 90)
    divisions = [cells.text(f"admin{level}") for level in (1, 2, 3)]
    state = number or slug(country)
    outer, called = place(part, f"acled-country-{state}", country, "Country"), country
    above = state
    for level, division in enumerate(divisions, 1):
        if not division:
            break
        local = f"acled-{within(above, division, f'adm{level}')}"
        outer, called = place(part, local, division, "Province" if level == 1 else "District", outer), division
        above = f"{above}-{slug(division)}"
        if exact == 3:
            return outer, called
    if exact == 3:
        return outer, called
    return place(part, f"acled-{slug(named)}-{key(state, named, *point)}", named, "Locality", outer, point), named


def _actor(cells: Cells, part: Part, number: str) -> Actor | None:
    """One of the two actors; the second may be missing."""
    name, code = cells.text(f"actor{number}"), cells.text(f"inter{number}")
    if not name:
        if number == "1":
            raise Rejected("a value is missing: actor1")
        return None
    sort = int(code) if code.isascii() and code.isdigit() else INTER.get(code.casefold(), -1)
    if sort not in ACTORS:
        raise Rejected(f"no type of an actor: inter{number} {code!r}")
    return actor(part, f"acled-{slug(name)}-{key(name)}", name, ACTORS[sort]), sort, name


def _others(cells: Cells, part: Part, number: str) -> list[str]:
    """Those who are associated with an actor, of kinds that are not told."""
    names = [name.strip() for name in cells.text(f"assoc_actor_{number}").split(";") if name.strip()]
    return [actor(part, f"acled-{slug(name)}-{key(name)}", name, "OrganisedGroup") for name in dict.fromkeys(names)]


def _moved(cells: Cells, kind: str, actors: list[Actor | None]) -> tuple[Actor, Actor | None] | None:
    """Who took the place, and who lost it; None where their types do not tell."""
    types, _ = TAKERS[kind]
    there = [each for each in actors if each and each[1] not in (5, 6, 7)]
    takers = [each for each in there if each[1] in types] if types else there
    if len(there) == 1 and not types:
        return there[0], None
    if len(takers) != 1:
        told = ", ".join(f"{each[2]} ({each[1]})" for each in there)
        cells.odd.append(f"who took it does not follow from the types of the actors: {told}; kept as an event")
        return None
    return takers[0], next((each for each in there if each is not takers[0]), None)


def _role(broad: str, sort: int) -> str:
    if broad == "Battles":
        return "Belligerent"
    if sort == 7 and broad in ("Violence against civilians", "Explosions/Remote violence"):
        return "Victim"
    return "Perpetrator" if broad == "Violence against civilians" else "Participant"


FORMAT = Format(
    "export of ACLED", NEEDED, KNOWN, "event_id_cnty", take, "Armed Conflict Location and Event Data (ACLED)",
    "https://acleddata.com/", "https://acleddata.com/terms-and-conditions",
)  # fmt: skip
"""What `kg.ingest.rows` reads."""
