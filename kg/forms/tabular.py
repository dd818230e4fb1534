"""Answers as rows: CSV for programs, tables for people."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from kg.answering import Held
from kg.control.answers import Counts, Run, Stay, Verdict
from kg.differing import Compared
from kg.forms import plain
from kg.forms.plain import Plain
from kg.gazetteer import Gazetteer, last_part

PLACE = ("place", "label", "type", "longitude", "latitude")
STAY = ("controller", "controllerLabel", "certainty", "possibleFrom", "certainFrom", "certainUntil", "possibleUntil",
        "interrupted")  # fmt: skip
RUN = ("first", "last", "state", "flags", "certain", "possible", "excluded", "because")
SIDE = ("state", "flags", "certain", "possible", "excluded", "because")

Row = Sequence[object]


def as_csv(header: Sequence[str], rows: Iterable[Row]) -> str:
    """Rows as CSV (RFC 4180); lists have spaces between, and what is None is empty."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, (list, tuple)):
        return " ".join(map(str, value))
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else value


def place(told: Plain) -> list[object]:
    """The cells of a place."""
    return [told["place"], told["label"], told["type"], *(told["coordinates"] or (None, None))]


def held(found: Held, start: int = 0, stop: int | None = None) -> str:
    """The map as CSV: a row for each controller of a place, one without for a place that has none."""
    header = (*PLACE, "state", "flags", *STAY, "excluded", "because", "unheard", "undated")
    return as_csv(header, _held(found, start, stop))


def _held(found: Held, start: int, stop: int | None) -> Iterator[Row]:
    told = found.accounts(start, stop)
    for name, side in zip(told.places, plain.sides(told, found.known, found.question.lang), strict=True):
        begin = [*place(plain.place(found.known, name, found.question.lang)), side["state"], side["flags"]]
        unheard = list(dict.fromkeys(voice["source"] for voice in side["unheard"]))
        end = [side["excluded"], side["because"], unheard, side["undated"]]
        for stay in side["controllers"] or [dict.fromkeys(("actor", "label", *STAY[2:]))]:
            yield [*begin, stay["actor"], found.label(stay["actor"]) if stay["actor"] else None,
                   *(stay[name] for name in STAY[2:]), *end]  # fmt: skip


def history(told: Plain) -> str:
    """The history of a place as CSV: a row for each run."""
    return as_csv(("place", "label", *RUN), ([told["place"], told["label"], *_run(run)] for run in told["runs"]))


def _run(run: Plain, names: Sequence[str] = RUN) -> list[object]:
    return [run[name] for name in names]


def changes(told: Plain) -> str:
    """Changes as CSV: a row for each, with what was before and after."""
    header = (*PLACE, "day", *(f"{side}.{name}" for side in ("before", "after") for name in SIDE))
    rows = (
        [*place(each), each["day"], *_run(each["before"], SIDE), *_run(each["after"], SIDE)] for each in told["changes"]
    )
    return as_csv(header, rows)


def compared(told: Plain) -> str:
    """Two sides as CSV: a row for each place in which they differ."""
    header = (*PLACE, "kind", *(f"{side}.{name}" for side in ("a", "b") for name in SIDE))
    rows = ([*place(each), each["kind"], *_side(each["a"]), *_side(each["b"])] for each in told["places"])
    return as_csv(header, rows)


def _side(side: Plain) -> list[object]:
    by_certainty: dict[str, list[str]] = {"certain": [], "possible": []}
    for stay in side["controllers"]:
        by_certainty[stay["certainty"]].append(stay["actor"])
    return [side["state"], side["flags"], *by_certainty.values(), side["excluded"], side["because"]]


def table(header: Sequence[str], rows: Iterable[Row], noun: str) -> str:
    """Rows as a table in plain text, with how many there are."""
    lines = [tuple(header), *(tuple(map(str, row)) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    texts = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    number = len(lines) - 1
    count = f"({number:,} {noun if number == 1 else f'{noun}s'})"
    return "\n".join([texts[0], "  ".join("-" * width for width in widths), *texts[1:], count])


def held_table(found: Held) -> str:
    """The map for people: `!` stands for certain, `?` for possible."""
    rows = ([last_part(each.place), each.state, _who(each, found), ", ".join(_flags(each))] for each in found)
    return table(("place", "state", "controllers", "flags"), rows, "place")


def _who(verdict: Verdict, found: Held) -> str:
    told = [
        f"{found.label(actor)}{'!' if stay.certainty == 'certain' else '?'} since {_since(stay)}"
        for actor, stay in verdict.controllers.items()
    ]
    without = [f"not {found.label(actor)}" for actor in sorted(verdict.excluded)]
    return "; ".join(told + without)


def _since(stay: Stay) -> str:
    first, sure = plain.maybe(stay.possible_from), plain.maybe(stay.certain_from)
    return f"{first}..{sure}" if first and sure and first != sure else first or "?"


def _flags(told: Verdict | Run) -> list[str]:
    # that it is disputed is the state
    # what a dated claim says too needs no undated one
    undated = ["undated"] if isinstance(told, Verdict) and told.undated and told.undated == told.because else []
    return [*sorted(told.flags - {"disputed"}), *undated]


def history_table(runs: Sequence[Run], gazetteer: Gazetteer, language: str) -> str:
    """The history of a place for people."""
    rows = (
        [plain.day(run.first), plain.maybe(run.last) or "…", run.state, holders(run, gazetteer, language),
         ", ".join(_flags(run))]
        for run in runs
    )  # fmt: skip
    return table(("from", "until", "state", "controllers", "flags"), rows, "run")


def holders(run: Run, gazetteer: Gazetteer, language: str) -> str:
    """Who holds a place in a run, and who does not."""
    sure = [f"{gazetteer.label(run.certain, language)}!"] if run.certain else []
    possible = [f"{gazetteer.label(actor, language)}?" for actor in sorted(run.possible)]
    return "; ".join(sure + possible + [f"not {gazetteer.label(actor, language)}" for actor in sorted(run.excluded)])


def compared_table(found: Compared) -> str:
    """Two sides for people."""
    rows = (
        [last_part(one.place), *(f"{each.state}: {_who(each, found.first)}".rstrip(": ") for each in (one, other))]
        for one, other in zip(found.first, found.second, strict=True)
    )
    return f"{table(('place', 'a', 'b'), rows, 'difference')}\n{found.alike:,} places are alike"


def counted(told: Counts, total: int) -> str:
    """Counts in words: from certain to possible, and how many there is no evidence of."""
    span = str(told.certain) if told.certain == told.possible else f"{told.certain} to {told.possible}"
    return f"{span} of {total} ({told.without_evidence} without evidence)"


def dumped(told: Any) -> str:
    """Plain values as JSON, for people to read too."""
    import json

    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"
