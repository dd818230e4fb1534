"""A review: proposed links in a table that a person goes through, and that is read again.

The column `decision` is theirs: accept, reject, or nothing yet. `relation` may be changed, and `note` says more.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO

from kg.errors import BadReview
from kg.gazetteer import Gazetteer, last_part
from kg.links.scoring import Proposal
from kg.links.stated import RELATIONS, Link
from kg.naming import is_iri

COLUMNS = ("decision", "ours", "ours_name", "theirs", "theirs_name", "relation", "score", "evidence", "dataset",
           "retrieved", "note")  # fmt: skip
NEEDED = ("decision", "ours", "theirs", "relation")
DECISIONS = {"accept": True, "reject": False, "": None}
"""What may be decided: whether the link is right, None is not yet."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Decided:
    """One line on which somebody decided: the line, whether the link is accepted, and what it says."""

    line: int
    accepted: bool
    ours: str
    theirs: str
    relation: str
    evidence: str
    dataset: str
    retrieved: date | None


def write(file: IO[str], proposals: Iterable[Proposal], dataset: str, day: date) -> int:
    """Write proposals as a review, the best of each of ours first; how many there are."""
    return _written(file, (
        (each.ours.iri, each.ours.label(), each.thing.iri, each.thing.names[0], each.relation,
         f"{each.score.total:.1f}", each.score.evidence, dataset, day.isoformat())
        for each in proposals
    ))  # fmt: skip


def write_stated(file: IO[str], stated: Iterable[Link], gazetteer: Gazetteer) -> int:
    """Write links that the record proposes as a review; how many there are."""
    return _written(file, (
        (link.subject, gazetteer.label(link.subject), link.target, "", last_part(link.relation), "", link.evidence,
         link.graph, "")
        for link in stated
    ))  # fmt: skip


def _written(file: IO[str], lines: Iterable[tuple[str, ...]]) -> int:
    """Write lines in the order of `COLUMNS`, without a decision before and a note behind; how many there are."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    number = 0
    for line in lines:
        number += 1
        ours, name, theirs, *rest = line
        writer.writerow(["", ours, _safe(name), theirs, *map(_safe, rest), ""])
    return number


def read(path: Path) -> list[Decided]:
    """The lines of a review on which somebody decided. Raises BadReview with everything that is wrong."""
    faults: list[tuple[int | None, str]] = []
    decided: list[Decided] = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            if missing := [name for name in NEEDED if name not in (reader.fieldnames or ())]:
                message = f"has no column {', '.join(missing)}; kg link propose writes a review"
                raise BadReview(str(path), [(1, message)])
            for row in reader:
                cells = {name: (row.get(name) or "").strip() for name in COLUMNS}
                wrong, line = _faults(cells), reader.line_num
                faults += [(line, message) for message in wrong]
                accepted = DECISIONS.get(cells["decision"].casefold())
                if not wrong and accepted is not None:
                    decided.append(_decided(line, accepted, cells))
    except (csv.Error, UnicodeDecodeError) as error:
        raise BadReview(str(path), [(None, f"is no CSV in UTF-8: {error}")]) from None
    faults += _twice(decided)
    if faults:
        raise BadReview(str(path), faults)
    return decided


def _faults(cells: dict[str, str]) -> list[str]:
    found = []
    if cells["decision"].casefold() not in DECISIONS:
        found.append(f"decision={cells['decision']!r}: accepted are accept, reject, or nothing")
    found += [
        f"{name}={cells[name]!r}: accepted is an absolute IRI"
        for name in ("ours", "theirs") if not is_iri(cells[name])
    ]  # fmt: skip
    if cells["relation"] not in RELATIONS:
        found.append(f"relation={cells['relation']!r}: accepted are {', '.join(RELATIONS)}")
    if cells["retrieved"] and _day(cells["retrieved"]) is None:
        found.append(f"retrieved={cells['retrieved']!r}: accepted is a day such as 2026-11-20, or nothing")
    return found


def _decided(line: int, accepted: bool, cells: dict[str, str]) -> Decided:
    told = [cells["evidence"].removeprefix("'"), *([f"score {cells['score']} of 100"] if cells["score"] else []),
            cells["note"]]  # fmt: skip
    return Decided(
        line, accepted, cells["ours"], cells["theirs"], RELATIONS[cells["relation"]],
        "; ".join(part for part in told if part), cells["dataset"], _day(cells["retrieved"]),
    )  # fmt: skip


def _twice(decided: list[Decided]) -> list[tuple[int | None, str]]:
    first: dict[tuple[str, str], int] = {}
    return [
        (each.line, f"line {before} decides on the same two things")
        for each in decided
        if (before := first.setdefault((each.ours, each.theirs), each.line)) != each.line
    ]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _safe(text: str) -> str:
    """A text of somebody else's that no spreadsheet takes for a formula."""
    text = " ".join(text.split())
    return f"'{text}" if text.startswith(_FORMULA) else text
