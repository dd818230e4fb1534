"""Tables of one's own, read by a mapping file (`kg.ingest.mapping`): snapshots, or what changed since when.

Rows that were seen on a day are observations: several snapshots of a place become runs (`kg.ingest.observed`), and a
row that also says since when gives the change its date. Rows that only say since when are changes as they stand.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np

from kg import phrases
from kg.errors import BadDate
from kg.ingest import dated, tables
from kg.ingest.cells import Cells, Rejected
from kg.ingest.mapping import Plan, plan
from kg.ingest.observed import Runs, merged, runs_of
from kg.ingest.report import Tally
from kg.ingest.tables import Record
from kg.ingest.task import Task
from kg.ingest.words import Words

BATCH = 20_000
"""Rows that are worked on at once."""
AGAIN = "the same row again"
_NUMBER = re.compile(r"-?\d{1,3}(\.\d+)?")
_CONTRARY = "says otherwise than another row of the same place and day: row"


@dataclass
class Batch:
    """What is made of some rows: observations as columns, what else was said of them, and their account.

    `since` has (voice and place, day, holder, the words for the date, the words for when it was known)."""

    tally: Tally = field(default_factory=Tally)
    rows: list[tuple[str, int, str]] = field(default_factory=list)
    place: list[int] = field(default_factory=list)
    day: list[int] = field(default_factory=list)
    holder: list[int] = field(default_factory=list)
    since: set[tuple[int, int, int, str, str]] = field(default_factory=set)


def read(task: Task) -> None:
    """Read the files. Raises BadFile, BadMapping."""
    made = plan(task.mapping)
    check = _check(made)
    words = Words(task, made, _twofold(task, made, check))
    kept: list[Runs] = []
    since: dict[tuple[int, int, str, str], int] = {}
    records = tables.records(task.paths, check, delimiter=made.delimiter, encoding=made.encoding)
    for number, some in enumerate(iter(lambda: list(islice(records, BATCH)), [])):
        tally = task.work.tally(number)
        if tally is None:
            tally, state = _work_on(task, made, words, number, some)
        else:  # an earlier run read it
            state = task.work.state(number)
            words.again(state["words"])
        for place, day, holder, text, known in state["since"]:
            first = since.setdefault((place, holder, text, known), day)
            since[place, holder, text, known] = min(first, day)
        kept.append(Runs(**task.work.arrays(number)))
        task.tally.add(tally)
        task.progress("reading", some[-1].share)
    said = [(place, day, holder, text, known) for (place, holder, text, known), day in since.items()]
    dated.write(task, words, list(_whole(task, kept)), said)


def _whole(task: Task, kept: list[Runs]) -> Iterator[Runs]:
    """The runs of all batches; rows that tell once more of what an earlier batch told are taken out of the account."""
    for runs, again in merged(kept):
        for number, rows in enumerate(again):
            if not len(rows):
                continue
            state = task.work.state(number)
            where = {(place, day): (file, line) for place, day, file, line in state["rows"]}
            for place, day, contrary in rows.tolist():
                task.tally.taken -= 1
                if contrary:
                    task.tally.reject(*where[place, day], _CONTRARY, "")
                else:
                    task.tally.ignore(AGAIN)
        yield runs


def _check(made: Plan) -> Callable[[str, list[str]], None]:
    known = [*made.columns.values(), *made.ignored]
    return tables.exactly(list(made.columns.values()), known, "table of this mapping")


def _day(made: Plan, cells: Cells, record: Record, task: Task) -> int | None:
    """The day on which a row was seen so."""
    if "as_of" in made.columns:
        return cells.day(made.columns["as_of"], task.retrieved)
    day = made.days.get(record.file) or made.days.get(record.file.rpartition("/")[2])
    if day is None and made.days:
        raise Rejected(f"the mapping's table [files] has no day for the file: {record.file}")
    return day


def _twofold(task: Task, made: Plan, check: Callable[[str, list[str]], None]) -> set[str]:
    """Names that stand for several places: in one snapshot of one source they occur more than once, held by another or
    elsewhere. Rows that cannot be taken anyhow do not count. 24 bytes a row are kept for it.
    """
    if "as_of" not in made.columns and not made.days:
        return set()
    column = made.columns["place"]
    keys: list[tuple[int, int, int]] = []
    names: dict[int, str] = {}
    found: list[np.ndarray[Any, Any]] = []
    for record in tables.records(task.paths, check, delimiter=made.delimiter, encoding=made.encoding):
        if record.wrong:
            continue
        name, holder = record.fields[column].strip(), record.fields[made.columns["holder"]].strip()
        where = [
            record.fields[made.columns[each]].strip() for each in ("latitude", "longitude") if each in made.columns
        ]
        if not name or holder not in made.holders or not all(_NUMBER.fullmatch(each) for each in where):
            continue
        day = record.fields.get(made.columns.get("as_of", ""), "") or record.file
        voice = record.fields.get(made.columns.get("source", ""), "")
        called = _hash(name)
        keys.append((_hash(name, day.strip(), voice), _hash(made.holders[holder], *where), called))
        names.setdefault(called, name)
        if len(keys) == BATCH:
            found.append(np.array(keys, np.uint64))
            keys = []
    found.append(np.array(keys, np.uint64).reshape(-1, 3))
    pairs = np.unique(np.concatenate(found), axis=0)
    twice = pairs[1:][pairs[1:, 0] == pairs[:-1, 0]][:, 2]
    return {names[int(each)] for each in twice}


def _hash(*texts: str) -> int:
    digest = hashlib.blake2b("\x1f".join(texts).encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "little")


def _work_on(task: Task, made: Plan, words: Words, number: int, some: Sequence[Record]) -> tuple[Tally, dict[str, Any]]:
    """Understand some rows, and keep what they say: their account, and what else those after them need."""
    batch = Batch()
    for record in some:
        batch.tally.rows += 1
        if record.wrong:
            batch.tally.reject(record.file, record.line, record.wrong, record.text)
            continue
        cells = Cells(record.fields)
        try:
            _row(task, made, words, record, cells, batch)
        except Rejected as error:
            batch.tally.reject(record.file, record.line, str(error), record.text)
            continue
        if cells.odd:
            batch.tally.flag(record.file, record.line, "; ".join(cells.odd), record.text)
        batch.tally.taken += 1
    place, day, holder = (np.array(each, np.int64) for each in (batch.place, batch.day, batch.holder))
    runs, repeats = runs_of(place, day, holder.astype(np.uint64))
    for at, contrary in zip(repeats.row.tolist(), repeats.contrary.tolist(), strict=True):
        batch.tally.taken -= 1
        file, line, text = batch.rows[at]
        if contrary:
            batch.tally.reject(file, line, _CONTRARY, text)
        else:
            batch.tally.ignore(AGAIN)
    arrays = {"place": runs.place, "first": runs.first, "last": runs.last, "code": runs.code}
    told = zip(batch.place, batch.day, batch.rows, strict=True)
    rows = [(place, day, file, line) for place, day, (file, line, _) in told]
    state = {"words": words.new(), "since": sorted(batch.since), "rows": rows}
    task.work.keep(number, batch.tally, arrays=arrays, state=state)
    return batch.tally, state


def _row(task: Task, made: Plan, words: Words, record: Record, cells: Cells, batch: Batch) -> None:
    """What a row says. Raises Rejected."""
    day = _day(made, cells, record, task)
    holder = words.holder(cells.needed(made.columns["holder"]))
    point = None
    if "latitude" in made.columns:
        point = cells.degrees(made.columns["longitude"], 180), cells.degrees(made.columns["latitude"], 90)
    place = words.place(cells.needed(made.columns["place"]), point, record, batch.tally)
    voice = words.voice(cells.needed(made.columns["source"]) if "source" in made.columns else "")
    since = cells.text(made.columns["since"]) if "since" in made.columns else ""
    known = cells.text(made.columns["known"]) if "known" in made.columns else ""
    if day is None and not since:
        raise Rejected(f"a value is missing: {made.columns['since']}")
    for text in filter(None, (since, known)):
        try:
            phrase = phrases.read(text)
        except BadDate:
            cells.odd.append(f"words that are no date that is understood, kept as such: {text!r}")
        else:
            first = phrase.bounds.earliest
            if first and first > task.retrieved:
                raise Rejected(f"a day that was still to come when the file was retrieved: {text!r}")
    number = voice << dated.VOICE | place
    if since or known:
        batch.since.add((number, day or 0, holder, since, known))
    if day is not None:
        batch.rows.append((record.file, record.line, record.text))
        batch.place.append(number)
        batch.day.append(day)
        batch.holder.append(holder)
    cells.skip(made.ignored)
