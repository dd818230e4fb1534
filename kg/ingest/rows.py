"""Tables of which each row is an event of its own: read in batches, each a part of the Turtle."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from kg.errors import BadMapping
from kg.gazetteer import Kind
from kg.ingest import tables
from kg.ingest.cells import Cells, Rejected
from kg.ingest.known import thing
from kg.ingest.nearby import Names
from kg.ingest.report import Tally
from kg.ingest.tables import Record
from kg.ingest.task import Task
from kg.ingest.turtle import HEAD, Dates

BATCH = 5_000
"""Rows in a part."""
AGAIN = "the same row again"


@dataclass
class Part:
    """What is made of a batch: lines of Turtle, dates, what was described, and the row that is at hand."""

    task: Task
    names: Names
    tally: Tally = field(default_factory=Tally)
    dates: Dates = field(default_factory=Dates)
    lines: list[str] = field(default_factory=list)
    described: dict[str, None] = field(default_factory=dict)
    last: int = 0
    record: Record | None = None

    def say(self, line: str) -> None:
        """Add statements."""
        self.lines.append(line)

    def describe(self, name: str, text: str) -> bool:
        """Add the description of a thing, once a part; whether it was the first time."""
        if name in self.described:
            return False
        self.described[name] = None
        self.lines.append(text)
        return True

    def known(self, kind: Kind, local: str) -> str | None:
        """What a thing is by the mapping, whose tables `places` and `actors` say for the local part of its IRI which
        thing of the store it is: as Turtle; None where they do not say. Raises BadMapping."""
        table = f"{kind}s"
        given = self.task.mapping.get(table, {}).get(local)
        return None if given is None else f"<{thing(self.task, kind, given, f'{table}, {local}').iri}>"

    def until(self, day: int) -> None:
        """The file tells of a day."""
        self.last = max(self.last, day)


Take = Callable[[Cells, Part], None]
"""Turns a row into statements. Raises Rejected where it cannot."""
Key = Callable[[Record], str]
"""What names a row."""
Seen = dict[str, tuple[int, str]]
"""The rows that were taken, by their names: number, and what stands for the text."""


@dataclass(frozen=True)
class Format:
    """Whose rows are events: what a file of it is called, the columns that it needs and those that are known, the one
    that names a row, and what turns a row into statements; the title, address and licence of the source of all."""

    called: str
    needed: Sequence[str]
    known: Sequence[str]
    key: str
    take: Take
    title: str
    address: str
    licence: str


def read_events(task: Task, form: Format) -> None:
    """Read files of a format. The mapping may name columns to be left out, and have another title for the source.

    Raises BadFile, BadMapping.
    """
    check = tables.exactly(form.needed, [*form.known, *task.mapping.get("ignored", {})], form.called)
    title = task.mapping.get("source", {}).get("title", form.title)
    if not isinstance(title, str):
        raise BadMapping("source, title", f"{title!r} is no text; put it in quotation marks")

    def source(last: int) -> str:
        return task.source(f"source:{task.stem}", title, last or None, address=form.address, licence=form.licence)

    records = tables.records(task.paths, check)
    read(task, records, lambda record: record.fields[form.key].strip(), form.take, source)


def read(task: Task, records: Iterator[Record], key: Key, take: Take, ends: Callable[[int], str]) -> None:
    """Read rows that `take` turns into statements; `key` names a row, and `ends` is what is said in the end, given the
    last day that the rows told of (0: none).

    A row that says what an earlier one with its key says is ignored, one that says otherwise is rejected; where the key
    is empty, no two rows are one.
    """
    seen: Seen = {}
    names = Names(task)
    last, number = 0, -1
    for number, batch in enumerate(iter(lambda: list(islice(records, BATCH)), [])):
        tally = task.work.tally(number)
        if tally is None:
            tally, told = _batch(task, number, batch, names, key, take, seen)
        else:  # an earlier run read it
            state = task.work.state(number)
            seen.update({name: (row, content) for name, (row, content) in state["keys"].items()})
            names.again(state["names"])
            told = state["last"]
        last = max(last, told)
        task.tally.add(tally)
        task.progress("reading", batch[-1].share)
    task.work.part(number + 1).write_text(f"{HEAD}{ends(last)}{task.belongs()}", "utf-8")


def _batch(
    task: Task, number: int, batch: Sequence[Record], names: Names, key: Key, take: Take, seen: Seen
) -> tuple[Tally, int]:
    """Read some rows, and keep what came of them; their account, and the last day that they tell of (0: none)."""
    part = Part(task, names)
    known = len(seen)
    for record in batch:
        _row(record, part, key, take, seen)
    fresh = dict(islice(seen.items(), known, None))
    text = "".join([HEAD, *part.lines, part.dates.text()])
    state = {"keys": fresh, "last": part.last, "names": names.new()}
    task.work.keep(number, part.tally, text=text, state=state)
    return part.tally, part.last


def _row(record: Record, part: Part, key: Key, take: Take, seen: Seen) -> None:
    """Account for a row."""
    part.tally.rows += 1
    part.record = record
    if record.wrong:
        part.tally.reject(record.file, record.line, record.wrong, record.text)
        return
    content = hashlib.sha256(record.text.encode("utf-8", "replace")).hexdigest()[:16]
    name = key(record)
    before = seen.get(name) if name else None
    if before and before[1] == content:
        part.tally.ignore(AGAIN)
        return
    if before:
        reason = f"says otherwise than an earlier row of the same: row {before[0]}"
        part.tally.reject(record.file, record.line, reason, record.text)
        return
    cells = Cells(record.fields)
    begun = len(part.lines), len(part.described)
    try:
        take(cells, part)
        cells.skip(part.task.mapping.get("ignored", {}))
    except Rejected as error:
        del part.lines[begun[0] :]
        while len(part.described) > begun[1]:
            part.described.popitem()
        part.tally.reject(record.file, record.line, str(error), record.text)
        return
    assert not cells.left, f"nobody reads {', '.join(cells.left)}"
    if cells.odd:
        part.tally.flag(record.file, record.line, "; ".join(cells.odd), record.text)
    if name:
        seen[name] = (record.line, content)
    part.tally.taken += 1
