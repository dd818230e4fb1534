"""Tables as CSV (RFC 4180), each with its description in CSVW (Metadata Vocabulary for Tabular Data).

`control.csv` has a row for each stretch of days on which the answer about a place is the same, `places.csv` one for
each place. Lists have spaces between, names have | between.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Any

from kg.control.answers import Run
from kg.export import told
from kg.forms import plain, tabular
from kg.gazetteer import ROUTES, Entry, last_part, open_gazetteer
from kg.ontology import PREFIXES
from kg.store.embedded import Store

_KG, _SKOS, _PROV = (PREFIXES[name] for name in ("kg", "skos", "prov"))


@dataclass(frozen=True)
class Column:
    """A column: its name, what it tells, its datatype, the property it stands for, what is between several values."""

    name: str
    meaning: str
    datatype: str = "string"
    property: str | None = None
    separator: str | None = None
    needed: bool = False


@dataclass(frozen=True)
class Table:
    """A table: what it tells, its columns, which of them tell rows apart, and what gives its rows."""

    name: str
    title: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    rows: Callable[[Store], Iterable[Sequence[object]]]

    def write(self, store: Store, output: IO[bytes]) -> None:
        """Write the table, in UTF-8. Raises what giving its rows raises."""
        text = io.TextIOWrapper(output, "utf-8", newline="")
        try:
            writer = csv.writer(text)
            writer.writerow([column.name for column in self.columns])
            for row in self.rows(store):
                writer.writerow([_cell(column, value) for column, value in zip(self.columns, row, strict=True)])
            text.flush()
        finally:
            text.detach()

    def describe(self, store: Store, output: IO[bytes], url: str | None = None) -> None:
        """Write the description of the table, which lies beside it; `url` is the name of its file."""
        whose = told.dataset(store)
        document: dict[str, Any] = {
            "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
            "url": url or f"{self.name}.csv",
            "dc:title": f"{whose.title}: {self.title}",
            **({"dc:license": {"@id": whose.licences[0]}} if len(whose.licences) == 1 else {}),
            "dialect": {"header": True, "encoding": "utf-8", "lineTerminators": ["\r\n", "\n"]},
            "tableSchema": {
                "columns": [_described(column) for column in self.columns],
                "primaryKey": list(self.key),
                "aboutUrl": "{+place}" if self.key == ("place",) else "{+place}#{first}",
            },
        }
        output.write((json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode())


def _cell(column: Column, value: object) -> object:
    if isinstance(value, (list, tuple)):
        return (column.separator or " ").join(map(str, value))
    return "" if value is None else value


def _described(column: Column) -> dict[str, Any]:
    described: dict[str, Any] = {
        "name": column.name, "titles": column.name, "dc:description": column.meaning, "datatype": column.datatype,
    }  # fmt: skip
    if column.property:
        described["propertyUrl"] = column.property
    if column.separator:
        described["separator"] = column.separator
    if column.needed:
        described["required"] = True
    return described


_PLACE = (
    Column("place", "the IRI of the place", "anyURI", needed=True),
    Column("label", "what it is called, in English where it has an English name", needed=True),
    Column("type", "what kind of place it is, a concept of kg:PlaceTypes"),
    Column("longitude", "degrees east (WGS 84)", "number", "http://www.w3.org/2003/01/geo/wgs84_pos#long"),
    Column("latitude", "degrees north (WGS 84)", "number", "http://www.w3.org/2003/01/geo/wgs84_pos#lat"),
)


def _runs(store: Store) -> Iterator[Sequence[object]]:
    for known, place, runs in told.histories(store):
        about = tabular.place(plain.place(known, place, "en"))
        yield from ([*about, *_run(run)] for run in runs)


def _run(run: Run) -> list[object]:
    said = plain.run(run)
    return [said[name] for name in tabular.RUN]


def _places(store: Store) -> Iterator[Sequence[object]]:
    gazetteer = open_gazetteer(store)
    entries = [entry for entry in gazetteer.places.values() if ROUTES.isdisjoint(entry.types)]
    matches = told.matches(store, entries)
    for entry in entries:
        links = matches.get(entry.iri, [])
        yield [*_place(entry), *([iri for name, iri in links if name == relation] for relation in told.RELATIONS)]


def _place(entry: Entry) -> list[object]:
    names = dict.fromkeys(name for several in entry.labels.values() for name in several)
    kind = next(map(last_part, entry.types), None)
    return [entry.iri, entry.label(), kind, *(entry.point or (None, None)), list(names), list(entry.within)]


TABLES = {
    each.name: each
    for each in (
        Table(
            "control", "who controlled each place, from when to when",
            (
                *_PLACE,
                Column("first", "the first of the days", "date", f"{_KG}firstDay", needed=True),
                Column("last", "the last of the days; empty is until further notice", "date", f"{_KG}lastDay"),
                Column("state", "controlled, possible, contested, disputed or unknown", needed=True),
                Column("flags", "what more is to be said of the answer", separator=" "),
                Column("certain", "the IRI of who certainly held it", "anyURI", f"{_KG}certainController"),
                Column("possible", "the IRIs of who may have held it", "anyURI", f"{_KG}possibleController", " "),
                Column("excluded", "the IRIs of who surely did not hold it", "anyURI", f"{_KG}excludes", " "),
                Column("because", "the IRIs of the claims it rests on", "anyURI", f"{_PROV}wasDerivedFrom", " "),
            ),
            ("place", "first"), _runs,
        ),
        Table(
            "places", "what each place is called, where it lies, and what it is elsewhere",
            (
                *_PLACE,
                Column("names", "all its names, in all languages", "string", f"{_SKOS}altLabel", "|"),
                Column("within", "the IRIs of what it lies in, as stated", "anyURI", f"{_KG}within", " "),
                Column("exactMatch", "the same thing in other data sets", "anyURI", f"{_SKOS}exactMatch", " "),
                Column("closeMatch", "nearly the same there", "anyURI", f"{_SKOS}closeMatch", " "),
            ),
            ("place",), _places,
        ),
    )
}  # fmt: skip
"""Every table by its name."""
