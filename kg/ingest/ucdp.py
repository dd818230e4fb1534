"""UCDP's Georeferenced Event Dataset: a row an event, with three numbers for its deaths.

Columns as in the releases 20.1 to 26.1 (https://ucdp.uu.se/downloads/, codebook https://ucdp.uu.se/downloads/ged/ged241.pdf).
An event took place on one of the days from `date_start`, the earliest possible, to `date_end`, the last possible one;
`date_prec` and `where_prec` say how exactly its date and its place are known. No row tells of a change of control.
"""

from __future__ import annotations

from datetime import date

from kg.ingest.cells import Cells, Rejected
from kg.ingest.rows import Format, Part
from kg.ingest.things import actor, claim, key, participation, place, toll, within
from kg.ingest.turtle import slug

LEFT = {
    "active_year": "whether the dyad counts as active in the year follows from all events of the year",
    "conflict_dset_id": "numbers of releases before 17.1",
    "conflict_new_id": "the conflict is named in the gloss",
    "dyad_dset_id": "numbers of releases before 17.1",
    "dyad_new_id": "the dyad is its two sides, which are actors by their own numbers",
    "dyad_name": "the same",
    "side_a_dset_id": "numbers of releases before 17.1",
    "side_b_dset_id": "numbers of releases before 17.1",
    "number_of_sources": "how many source_article names",
    "source_office": "part of source_article",
    "source_date": "part of source_article",
    "source_headline": "part of source_article",
    "source_original": "who told the press; not always given",
    "where_description": "remarks of the coders, in sentences of theirs",
    "geom_wkt": "latitude and longitude once more",
    "priogrid_gid": "follows from latitude and longitude",
    "region": "follows from the country",
    "gwnoa": "a number of the state that is side A, in another list",
    "gwnob": "a number of the state that is side B, in another list",
}
"""Columns that are left out, each with the reason."""
NEEDED = (
    "id", "year", "type_of_violence", "conflict_name", "side_a_new_id", "side_a", "side_b_new_id", "side_b",
    "where_prec", "latitude", "longitude", "country", "country_id", "date_prec", "date_start", "date_end",
    "deaths_a", "deaths_b", "deaths_civilians", "deaths_unknown", "best", "high", "low",
)  # fmt: skip
KNOWN = (
    *NEEDED,
    "relid",
    "code_status",
    "source_article",
    "where_coordinates",
    "adm_1",
    "adm_2",
    "event_clarity",
    *LEFT,
)
DATE_PRECISION = {1: "Day", 2: "BoundOnly", 3: "Week", 4: "Month", 5: "Year"}
"""The kg:precision for a date_prec: the day, two to six days, a week, a month, more."""
VIOLENCE = {1: ("ArmedClash", "fighting"), 2: ("ArmedClash", "fighting"), 3: ("Killings", "killing of civilians")}
"""The kg:eventType for a type_of_violence: state-based, non-state, one-sided."""
CIVILIANS = 9999
"""The number that UCDP gives civilians as a side."""


def take(cells: Cells, part: Part) -> None:
    """The statements of a row. Raises Rejected."""
    number = cells.number("id", 1)
    first, last = cells.day("date_start", part.task.retrieved), cells.day("date_end", part.task.retrieved)
    if first > last:
        raise Rejected(f"it ends before it begins: event {number}")
    _year(cells, first, last)
    kind, words = VIOLENCE[cells.number("type_of_violence", 1, 3)]
    precision = DATE_PRECISION[cells.number("date_prec", 1, 5)]
    if precision == "Day" and first != last:
        cells.odd.append("date_prec is 1 and there are several days")
        precision = "BoundOnly"
    where = cells.number("where_prec", 1, 7)
    spot, called = _place(cells, part, where)
    event = f"event:ucdp-{number}"
    sides = _sides(cells, part, event, number, kind)
    part.say(
        f"{event} a kg:Event ; kg:eventType kg:{kind} ; kg:place {spot} ; kg:geoPrecision {where} ;"
        f" kg:when {part.dates.window(first, last, precision)} .\n"
    )
    best = _tolls(cells, part, event, number, sides)
    part.until(last)
    conflict, article = cells.needed("conflict_name"), cells.text("source_article")
    summary = ", several incidents told as one" if cells.text("event_clarity") == "2" else ""
    status = cells.text("code_status")
    if status and status != "Clear":
        cells.odd.append(f"code_status is {status}")
    again = cells.text("relid")
    locator = f"event {number}" + (f", {again}" if again else "") + (f"; from {article}" if article else "")
    gloss = f"{words.capitalize()} at {called}: {best} dead ({conflict}{summary})."
    claim(part, f"{part.task.stem}-{number}", event, gloss, locator)
    part.tally.made["events"] += 1
    cells.skip(LEFT)


def _year(cells: Cells, first: int, last: int) -> None:
    year = cells.number("year", 1, 9999)
    if not date.fromordinal(first).year <= year <= date.fromordinal(last).year:
        raise Rejected(f"the year is not that of the dates: year {year}")


def _place(cells: Cells, part: Part, where: int) -> tuple[str, str]:
    """The place as exactly as it is known: a locality, its district, its province, or the country."""
    country, number = cells.needed("country"), cells.number("country_id", 1)
    point = cells.degrees("longitude", 180), cells.degrees("latitude", 90)
    named, first, second = cells.text("where_coordinates"), cells.text("adm_1"), cells.text("adm_2")
    state = f"ucdp-{number}"
    iri = outer = place(part, f"ucdp-country-{number}", country, "Country")
    called = country
    if where >= 6:
        return iri, called
    if first:
        iri = outer = place(part, f"{state}-{within('adm1', first, 'adm1')}", first, "Province", outer)
        called = first
    if where >= 4:
        return iri, called
    if second:
        local = f"{state}-{within(first, second, 'adm2')}"
        iri = outer = place(part, local, second, "District", outer)
        called = second
    if where == 3 or not named:
        return iri, called
    local = f"ucdp-{slug(named)}-{key(number, named, *point)}"
    return place(part, local, named, "Locality", outer, point), named


def _sides(cells: Cells, part: Part, event: str, number: int, kind: str) -> tuple[str, str]:
    """Both sides, each in its role."""
    found = []
    roles = ("Perpetrator", "Victim") if kind == "Killings" else ("Belligerent", "Belligerent")
    for side, role in zip("ab", roles, strict=True):
        name, who = cells.needed(f"side_{side}"), cells.number(f"side_{side}_new_id", 1)
        sort = "StateGovernment" if name.startswith("Government of") else "OrganisedGroup"
        iri = actor(part, f"ucdp-{who}", name, "PopulationGroup" if who == CIVILIANS else sort)
        participation(part, event, f"ucdp-{number}-{side}", iri, role)
        found.append(iri)
    return found[0], found[1]


def _tolls(cells: Cells, part: Part, event: str, number: int, sides: tuple[str, str]) -> int:
    """How many died: in all from low to high; of each side, of civilians and of those unknown the best estimates."""
    low, best, high = (cells.number(column) for column in ("low", "best", "high"))
    if not low <= best <= high:
        raise Rejected(f"low, best and high are not in order: {low}, {best}, {high}")
    toll(part, event, f"ucdp-{number}", f"kg:min {low} ; kg:best {best} ; kg:max {high}")
    groups = {
        "deaths_a": f"kg:ofGroup {sides[0]}", "deaths_b": f"kg:ofGroup {sides[1]}",
        "deaths_civilians": "kg:ofGroup kg:Civilians", "deaths_unknown": 'kg:shareText "unknown"',
    }  # fmt: skip
    split = {column: cells.number(column) for column in groups}
    for column, dead in split.items():
        if dead:
            local = f"ucdp-{number}-{column.removeprefix('deaths_')}"
            toll(part, event, local, f"kg:min 0 ; kg:best {dead} ; {groups[column]}")
    if sum(split.values()) != best:
        cells.odd.append(f"deaths of all groups are {sum(split.values())} and best is {best}")
    return best


FORMAT = Format(
    "table of UCDP GED", NEEDED, KNOWN, "id", take, "UCDP Georeferenced Event Dataset",
    "https://ucdp.uu.se/downloads/", "https://creativecommons.org/licenses/by/4.0/",
)  # fmt: skip
"""What `kg.ingest.rows` reads."""
