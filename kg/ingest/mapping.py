"""The mapping file of a table: which column is what, and what its words stand for. Every column is spoken for.

[columns]                     what a column is; `place` and `holder` are needed, and `since` or a day of observation
place = "City"                the place, by a name
holder = "Held by"            who holds it
as_of = "As of"               the day on which it was seen so
since = "Since"               since when it is so: EDTF, words, or words that are kept as such
known = "Known since"         since when that was known
source = "Source"             who says so; without it the table does
latitude, longitude           where the place is

[ignored]                     columns that are not read, each with the reason
"Ref" = "footnotes"

[files]                       the day of which a file tells, where no column does: snapshots of one table
"towns-2024-02-01.csv" = "2024-02-01"

[holders]                     what stands in the column → an actor of the store, or "contested"
"Ukraine" = "actor:ukraine-government"

[places]                      a name → a place of the store; [place] says what becomes of other names
[sources]                     what stands in the column → a source of the store
[source]                      title, address, licence of the table itself
[table]                       delimiter (","), encoding ("utf-8")
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from kg.errors import BadMapping
from kg.ingest.places import OURS
from kg.naming import is_iri

COLUMNS = ("place", "holder", "as_of", "since", "known", "source", "latitude", "longitude")
TABLES = ("columns", "ignored", "files", "holders", "places", "place", "sources", "source", "table")


@dataclass(frozen=True)
class Plan:
    """A mapping file, checked. `columns` are by what they are; `days` are ordinals, by the name of a file; `new` is the
    kind of place (kg:PlaceTypes) that an unknown name becomes, None where it is rejected."""

    columns: Mapping[str, str]
    ignored: Mapping[str, str]
    days: Mapping[str, int]
    holders: Mapping[str, str]
    places: Mapping[str, str]
    sources: Mapping[str, str]
    source: Mapping[str, str]
    new: str | None
    delimiter: str
    encoding: str


def plan(given: Mapping[str, Any]) -> Plan:
    """A mapping file as it is used. Raises BadMapping."""
    if not given:
        raise BadMapping("", "a table of your own needs one: --mapping FILE; docs/ingest.md shows how it looks")
    _only("", given, TABLES)
    columns = _texts(given, "columns")
    _only("columns", columns, COLUMNS)
    for needed in ("place", "holder"):
        if needed not in columns:
            raise BadMapping("columns", f"{needed} is missing")
    if not {"as_of", "since"} & columns.keys() and "files" not in given:
        raise BadMapping("columns", "neither as_of nor since, and no table [files]: nothing says when")
    if ("latitude" in columns) != ("longitude" in columns):
        raise BadMapping("columns", "latitude and longitude go together")
    if len(set(columns.values())) != len(columns):
        raise BadMapping("columns", "one column cannot be two things")
    place, table, source = _texts(given, "place"), _texts(given, "table"), _texts(given, "source")
    _only("place", place, ("new",))
    _only("table", table, ("delimiter", "encoding"))
    _only("source", source, ("title", "address", "licence"))
    if "source" not in columns and "title" not in source:
        raise BadMapping("source", "title is missing: it names who says what stands in the table")
    new = place["new"].removeprefix("kg:") if "new" in place else None
    if new is not None and new not in OURS:
        raise BadMapping("place, new", f"{new!r} is no kind of place; accepted are {', '.join(OURS)}")
    _check_texts(table, source)
    return Plan(
        columns, _texts(given, "ignored"), _days(_texts(given, "files")), _texts(given, "holders"),
        _texts(given, "places"), _texts(given, "sources"), source, new,
        table.get("delimiter", ","), table.get("encoding", "utf-8"),
    )  # fmt: skip


def _check_texts(table: Mapping[str, str], source: Mapping[str, str]) -> None:
    """How the table is written, and where the source is. Raises BadMapping."""
    if len(table.get("delimiter", ",")) != 1:
        raise BadMapping("table, delimiter", f"{table['delimiter']!r}: accepted is one character, such as ';'")
    try:
        "".encode(table.get("encoding", "utf-8"))
    except LookupError:
        message = f"{table['encoding']!r} is no encoding; accepted are names such as utf-8 and cp1251"
        raise BadMapping("table, encoding", message) from None
    for name in ("address", "licence"):
        if name in source and not is_iri(source[name]):
            raise BadMapping(f"source, {name}", f"{source[name]!r} is no absolute IRI")


def _texts(given: Mapping[str, Any], name: str) -> dict[str, str]:
    """A table whose values are all texts."""
    table = given.get(name, {})
    if not isinstance(table, dict):
        raise BadMapping(name, f"a table [{name}] is wanted, not {table!r}")
    for key, value in table.items():
        if isinstance(value, date):
            table = {**table, key: str(value)}
        elif not isinstance(value, str):
            raise BadMapping(f"{name}, {key}", f"{value!r} is no text; put it in quotation marks")
    return table


def _only(where: str, given: Mapping[str, Any], accepted: tuple[str, ...]) -> None:
    if strange := sorted(set(given) - set(accepted)):
        raise BadMapping(where, f"{', '.join(strange)}: not known; accepted are {', '.join(accepted)}")


def _days(files: Mapping[str, str]) -> dict[str, int]:
    found = {}
    for name, text in files.items():
        try:
            found[name] = date.fromisoformat(text).toordinal()
        except ValueError:
            raise BadMapping(f"files, {name}", f"{text!r} is no day; accepted is 2024-02-01") from None
    return found
