"""VIINA's control files: one row a place and day, one column a source.

Columns: https://github.com/zhukovyuri/VIINA (README, "Territorial control"): the number of the place in GeoNames, the
day as YYYYMMDD, what each of four sources shows (UA, RU, CONTESTED or nothing), `status`, a majority of these, and, in
newer files, the version. A source column is a voice. The majority is derived, so that it is read and is no voice.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

import numpy as np

from kg.ingest import tables
from kg.ingest.datasets import NUMBERED
from kg.ingest.fields import Array, Fields, days
from kg.ingest.known import holders
from kg.ingest.observed import BITS, Runs, merged, runs_of, seen
from kg.ingest.report import Tally
from kg.ingest.spells import Spot, Voice, write
from kg.ingest.task import Task
from kg.ingest.turtle import quoted
from kg.ontology import PREFIXES

VOICES = {
    "status_wiki": "Wikipedia",
    "status_boost": "the model of reported events",
    "status_dsm": "DeepStateMap",
    "status_isw": "Institute for the Study of War",
}
"""The columns that are voices, and whose each is."""
NEEDED = ("geonameid", "date", *VOICES, "status")
KNOWN = (*NEEDED, "vcontrol_version")
STATUSES = ("UA", "RU", "CONTESTED")
LABELS = {"UA": "Ukraine", "RU": "Russia"}
NOTHING = ("", "NA")
ADDRESS = "https://github.com/zhukovyuri/VIINA"
LICENCE = "https://opendatacommons.org/licenses/odbl/1-0/"
_SEEN = [text.encode() for text in (*NOTHING, *STATUSES)]
_STATUS = np.array([0, 0, *range(1, len(STATUSES) + 1)], np.uint64)
_AGAIN = "the same place and day again"
_CONTRARY = "says otherwise than an earlier row of the same place and day"
_SILENT = "no source has a status"


def read(task: Task) -> None:
    """Read the files, and write changes and reports (`kg.ingest.spells`). Raises BadFile."""
    layout: dict[str, list[str]] = {}
    exact = tables.exactly(NEEDED, KNOWN, "control file of VIINA")

    def check(name: str, columns: list[str]) -> None:
        exact(name, columns)
        layout[name] = columns

    count = 0

    def pieces() -> Iterator[Piece]:
        nonlocal count
        for number, chunk in enumerate(tables.chunks(task.paths, check)):
            count = number + 1
            if task.work.tally(number) is None:
                yield Piece(number, chunk, layout[chunk.file], task.retrieved)

    for read in task.each(work_on, pieces()):
        task.work.keep(read.number, read.tally, arrays=vars(read.runs))
        task.progress("reading", read.share)
    kept = [Runs(**task.work.arrays(number)) for number in range(count)]
    for number in range(count):
        tally = task.work.tally(number)
        assert tally is not None
        task.tally.add(tally)
    found, told = [], [np.zeros((0, 3), np.int64) for _ in kept]
    for runs, again in merged(kept):
        found.append(runs)
        told = [np.concatenate(pair) for pair in zip(told, again, strict=True)]
    recount(task, told, check, layout)
    held, actors = holders(task, STATUSES, LABELS)
    voices = [
        Voice(column.removeprefix("status_"), f"{whose} in VIINA", f"VIINA, column {column}: {whose}", ADDRESS, LICENCE)
        for column, whose in VOICES.items()
    ]
    places = Places(task)
    made = [[seen(runs, voice) for runs in found] for voice in range(len(voices))]
    write(task, voices, held, made, places.spot, lambda _: actors + places.described())


class Places:
    """Places by their number in GeoNames: the one that the store knows by it, else one of which only that is known."""

    def __init__(self, task: Task) -> None:
        self.task, self.spots, self.strange = task, dict[int, Spot](), list[int]()

    def spot(self, number: int) -> Spot:
        """The place of a number."""
        if number not in self.spots:
            iri = self.task.geonames.get(number, f"{PREFIXES['place']}geonames-{number}")
            label = f"{NUMBERED}{number}"
            if iri in self.task.gazetteer.places:
                label = self.task.gazetteer.places[iri].label()
            else:
                self.strange.append(number)
            self.spots[number] = Spot(f"<{iri}>", str(number), label)
        return self.spots[number]

    def described(self) -> str:
        """The places that nobody described."""
        if self.strange:
            self.task.tally.notes.append(
                f"{len(self.strange):,} places are known by their GeoNames number alone; "
                "`kg ingest geojson` brings names and positions"
            )
        return "".join(
            f"place:geonames-{number} a kg:Place ; kg:placeType kg:PopulatedPlace ;"
            f" skos:prefLabel {quoted(f'{NUMBERED}{number}', 'en')} .\n"
            for number in sorted(self.strange)
        )


class Piece(NamedTuple):
    """A chunk to read, by its number, the columns that it has, and the day on which the file was retrieved."""

    number: int
    chunk: tables.Chunk
    columns: Sequence[str]
    retrieved: date


class Read(NamedTuple):
    """What was read of a chunk, by its number: the account of its rows, the runs, how much is read with it."""

    number: int
    tally: Tally
    runs: Runs
    share: float


def work_on(piece: Piece) -> Read:
    """Make runs of a chunk."""
    chunk, tally = piece.chunk, Tally()
    row, place, day, code = observations(piece, tally)
    runs, repeats = runs_of(place, day, code)
    tally.taken += len(row) - len(repeats.row)
    tally.ignore(_AGAIN, int((~repeats.contrary).sum()))
    lines = chunk.text.split(b"\n") if repeats.contrary.any() else []
    for each in np.flatnonzero(repeats.contrary).tolist():
        at = int(row[repeats.row[each]])
        tally.reject(chunk.file, at, f"{_CONTRARY}: row {row[repeats.before[each]]}", _shown(lines[at - chunk.first]))
    return Read(piece.number, tally, runs, chunk.share)


def observations(piece: Piece, tally: Tally) -> tuple[Array, Array, Array, Array]:
    """The good rows of a chunk that say anything, as columns: row number, place, day, code. The others are accounted
    for in `tally`."""
    _, chunk, columns, retrieved = piece
    fields = Fields(chunk.text, len(columns))
    at = {name: columns.index(name) for name in NEEDED}
    place, day = fields.numbers(at["geonameid"]), days(fields.numbers(at["date"]))
    good = (place > 0) & (day > 0) & (day <= retrieved.toordinal())
    code = np.zeros(len(place), np.uint64)
    for voice, name in enumerate(VOICES):
        status = fields.among(at[name], _SEEN)
        good &= status >= 0
        code |= _STATUS[status] << np.uint64(BITS * voice)
    good &= fields.among(at["status"], _SEEN) >= 0
    # what does not fit the plain form is read once more, field by field, to be told why
    strange = np.sort(np.concatenate([fields.line[~good], fields.other]))
    found = list(_one_by_one(piece, strange, fields, tally))
    tally.rows += len(fields.line) + len(fields.other)
    line = np.concatenate([fields.line[good], np.array([each[0] for each in found], np.int64)])
    place = np.concatenate([place[good], np.array([each[1] for each in found], np.int64)])
    day = np.concatenate([day[good], np.array([each[2] for each in found], np.int64)])
    code = np.concatenate([code[good], np.array([each[3] for each in found], np.uint64)])
    order = np.argsort(line, kind="stable") if found else np.arange(len(line))
    says = order[code[order] != 0]
    tally.ignore(_SILENT, len(line) - len(says))
    return line[says] + chunk.first, place[says], day[says], code[says]


def _one_by_one(
    piece: Piece, lines: Array, fields: Fields, tally: Tally
) -> Iterator[tuple[int, int, int, int]]:  # fmt: skip
    """The good ones among some lines: number, place, day, code."""
    chunk = piece.chunk
    begins, ends = fields.bounds
    for line in lines.tolist():
        text = _shown(chunk.text[begins[line] : ends[line]])
        row = chunk.first + line
        try:
            place, day, code, odd = understood(text, piece.columns, piece.retrieved)
        except ValueError as error:
            tally.reject(chunk.file, row, str(error), text)
            continue
        if odd:
            tally.flag(chunk.file, row, odd, text)
        yield line, place, day, code


def understood(text: str, columns: Sequence[str], retrieved: date) -> tuple[int, int, int, str]:
    """The place, the day and the code of a row, and what is odd about it though it can be read.

    Raises ValueError with the reason for which it is rejected.
    """
    row = next(csv.reader([text]), [])
    if not text.strip():
        raise ValueError("an empty line")
    if len(row) != len(columns):
        raise ValueError(f"another number of fields: {len(row)}, where the heading has {len(columns)}")
    told = dict(zip(columns, row, strict=True))
    plain = {name: " ".join(value.split()) for name, value in told.items()}
    place = _number(plain["geonameid"])
    day = _day(plain["date"])
    if day > retrieved.toordinal():
        raise ValueError(f"a day that was still to come when the file was retrieved: date {plain['date']!r}")
    code = 0
    for voice, name in enumerate(VOICES):
        code |= _status(name, plain[name]) << BITS * voice
    _status("status", plain["status"])
    odd = ", ".join(name for name in columns if plain[name] != told[name])
    return place, day, code, f"spaces around a value: {odd}" if odd else ""


def _number(text: str) -> int:
    """A GeoNames number, which some files write as 4.62755e+05."""
    try:
        found = int(text) if text.isascii() and text.isdigit() else int(float(text)) if "e" in text else 0
    except (ValueError, OverflowError):
        found = 0
    if not text:
        raise ValueError("no place: geonameid is empty")
    if not 0 < found < 10**8 or ("e" in text and found != float(text)):
        raise ValueError(f"no number of a place: geonameid {text!r}")
    return found


def _day(text: str) -> int:
    if len(text) != len("20220224") or not (text.isascii() and text.isdigit()):
        raise ValueError(f"no date as YYYYMMDD: date {text!r}")
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:])).toordinal()
    except ValueError:
        raise ValueError(f"no day of the calendar: date {text!r}") from None


def _status(column: str, text: str) -> int:
    if text in NOTHING:
        return 0
    if text not in STATUSES:
        raise ValueError(f"no status: {column} {text!r} is none of {', '.join(STATUSES)}")
    return STATUSES.index(text) + 1


def recount(
    task: Task, told: list[Array], check: Callable[[str, list[str]], None], layout: dict[str, list[str]]
) -> None:
    """Account for the rows that tell of what a row of another chunk told: rows of (place, day, whether otherwise)."""
    if not any(map(len, told)):
        return
    for number, chunk in enumerate(tables.chunks(task.paths, check)):
        if not len(told[number]):
            continue
        row, place, day, _ = observations(Piece(number, chunk, layout[chunk.file], task.retrieved), Tally())
        key = told[number][:, 0] << 22 | told[number][:, 1]
        keys, first = np.unique(place << 22 | day, return_index=True)
        which = row[first[np.searchsorted(keys, key)]]
        lines = chunk.text.split(b"\n")
        for at, contrary in zip(which.tolist(), told[number][:, 2].tolist(), strict=True):
            task.tally.taken -= 1
            if contrary:
                task.tally.reject(chunk.file, at, f"{_CONTRARY}: in a part before", _shown(lines[at - chunk.first]))
            else:
                task.tally.ignore(_AGAIN)


def _shown(text: bytes) -> str:
    return text.rstrip(b"\r\n").decode("utf-8", "replace")
