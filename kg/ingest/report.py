"""What became of each row: taken, ignored for a reason, or rejected with file, row and reason."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple


class Row(NamedTuple):
    """A row that somebody should look at: the file, the line on which it begins (the heading is 1), what is to be said
    of it, and how it begins."""

    file: str
    row: int
    reason: str
    text: str


class Question(NamedTuple):
    """A name that may mean several things: what it is a name of (place, actor), the name, what it is called here (the
    last part of an IRI), the file and row in which it stands, and what it may mean. A person decides, and says so in
    the mapping file."""

    kind: str
    name: str
    here: str
    file: str
    row: int
    candidates: str


SHOWN = 200
"""Characters of a row that are kept."""
LISTED = 300_000
"""Rejected rows, and flagged ones, that are listed; further ones are only counted, or they would fill the memory."""


@dataclass
class Tally:
    """The account of some rows. `refused` counts the rejected rows by reason (the values in it left out), `rejected`
    lists them; `flagged` are taken rows in which something was odd, `review` names for a person to decide on; `notes`
    say what was found of the whole."""

    rows: int = 0
    taken: int = 0
    ignored: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    rejected: list[Row] = field(default_factory=list)
    flagged: list[Row] = field(default_factory=list)
    review: list[Question] = field(default_factory=list)
    made: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)

    def ignore(self, reason: str, rows: int = 1) -> None:
        """Rows that say nothing new."""
        if rows:
            self.ignored[reason] += rows

    def reject(self, file: str, row: int, reason: str, text: str) -> None:
        """A row of which nothing is taken."""
        self.refused[reason.partition(":")[0]] += 1
        if len(self.rejected) < LISTED:
            self.rejected.append(Row(file, row, reason, text[:SHOWN]))

    def flag(self, file: str, row: int, reason: str, text: str) -> None:
        """A row that is taken, with something to be said of it."""
        if len(self.flagged) < LISTED:
            self.flagged.append(Row(file, row, reason, text[:SHOWN]))

    def add(self, other: Tally) -> None:
        """Count another account in."""
        self.rows += other.rows
        self.taken += other.taken
        self.ignored.update(other.ignored)
        self.made.update(other.made)
        self.refused.update(other.refused)
        self.rejected += other.rejected[: LISTED - len(self.rejected)]
        self.flagged += other.flagged[: LISTED - len(self.flagged)]
        self.review = list(dict.fromkeys([*self.review, *other.review]))
        self.notes = list(dict.fromkeys([*self.notes, *other.notes]))

    @property
    def adds_up(self) -> bool:
        """Whether every row is accounted for, once."""
        return self.rows == self.taken + self.ignored.total() + self.refused.total()

    def to_json(self) -> str:
        """The account as a text that `from_json` reads."""
        return json.dumps(vars(self), ensure_ascii=False)

    def write(self, directory: Path) -> None:
        """Write the account into files of a directory: `report.json`, and a table of each list."""
        directory.mkdir(parents=True, exist_ok=True)
        counts = {
            "rows": self.rows, "taken": self.taken, "ignored": dict(self.ignored), "rejected": self.refused.total(),
            "reasons": dict(self.refused), "flagged": len(self.flagged), "review": len(self.review),
            "made": dict(self.made), "notes": self.notes,
        }  # fmt: skip
        (directory / "report.json").write_text(json.dumps(counts, indent=1, ensure_ascii=False) + "\n", "utf-8")
        _table(directory / "rejected.csv", Row._fields, sorted(self.rejected))
        _table(directory / "flagged.csv", Row._fields, sorted(self.flagged))
        _table(directory / "review.csv", Question._fields, self.review)

    def __str__(self) -> str:
        lines = [f"{self.rows:,} rows: {self.taken:,} taken, {self.ignored.total():,} ignored, "
                 f"{self.refused.total():,} rejected"]  # fmt: skip
        lines += [f"  ignored   {count:>11,}  {reason}" for reason, count in sorted(self.ignored.items())]
        lines += [f"  rejected  {count:>11,}  {reason}" for reason, count in sorted(self.refused.items())]
        unlisted = self.refused.total() - len(self.rejected)
        lines += [f"  {unlisted:,} of the rejected rows are counted and not listed"] if unlisted else []
        lines += [f"  {len(self.flagged):,} rows are flagged"] if self.flagged else []
        lines += [f"  {len(self.review):,} names are to be reviewed"] if self.review else []
        lines += [f"made {count:,} {what}" for what, count in sorted(self.made.items())]
        return "\n".join([*lines, *self.notes])


def from_json(text: str) -> Tally:
    """The account that `Tally.to_json` wrote."""
    told = json.loads(text)
    return Tally(
        told["rows"], told["taken"], Counter(told["ignored"]), Counter(told["refused"]),
        [Row(*each) for each in told["rejected"]], [Row(*each) for each in told["flagged"]],
        [Question(*each) for each in told["review"]],
        Counter(told["made"]), told["notes"],
    )  # fmt: skip


def _table(path: Path, names: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        writer.writerows(rows)
