"""Put what is newly said of some places into a ledger, and leave all others as they are."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np

from kg.control.ledger import Ledger
from kg.control.names import Array, merged, spans

TABLES = ("places", "actors", "sources", "claims", "baselines")
ROWS = ("claim", "claimant", "lo", "hi", "group", "around", "kind", "traits", "who", "was", "presumed")
BASELINES = ("baseline", "baseline_holder", "baseline_first", "baseline_last", "baseline_size")


def spliced(old: Ledger, new: Ledger, touched: list[str]) -> Ledger:
    """The ledger `old`, with the rows of the touched places, all claims and all sources of `new` in place of its own.

    Names that nothing uses any more stay: they change no answer.
    """
    tables = {kind: merged(getattr(old, kind), getattr(new, kind)) for kind in TABLES}
    names = {kind: table for kind, (table, _, _) in tables.items()}
    size = len(names["places"])
    replaced = np.zeros(size, bool)
    replaced[names["places"].numbers(touched)] = True
    groups = len(old.member_start) - 1
    former, latter = (
        translated(old, {kind: numbers for kind, (_, numbers, _) in tables.items()}, 0),
        translated(new, {kind: numbers for kind, (_, _, numbers) in tables.items()}, groups),
    )
    places = [
        np.flatnonzero(~replaced[former["places"]]),
        np.flatnonzero(replaced[latter["places"]]),
    ]
    columns: dict[str, Any] = {"study_start": new.study_start, **names}
    parts = list(zip((old, new), (former, latter), places, strict=True))
    for start, members in (
        ("row_start", ROWS), ("holder_start", ("holder_actor",)), ("baseline_start", BASELINES)
    ):  # fmt: skip
        columns |= stretches(start, members, parts, size)
    columns |= pairs(parts, columns["row_start"])
    columns["member_start"] = np.concatenate([old.member_start, new.member_start[1:] + len(old.member_claim)])
    columns["member_claim"] = np.concatenate([former["member_claim"], latter["member_claim"]])
    columns["nesting"] = nesting(parts, size)
    columns |= claims(old, new, former, latter, len(names["claims"]))
    columns |= sources(old, new, former, latter, len(names["sources"]))
    return Ledger(**{each.name: columns[each.name] for each in fields(Ledger)})


def translated(ledger: Ledger, numbers: dict[str, Array], groups: int) -> dict[str, Array]:
    """The columns of a ledger that hold numbers of names, in those of the new tables; and those numbers."""
    found = dict(numbers)

    def moved(kind: str, column: Array) -> Array:
        # The number -1 of nobody picks the last entry, and stays what it is.
        return np.append(found[kind], -1)[column].astype(column.dtype)

    for kind, columns in {
        "claims": ("claim", "member_claim", "superseded", "superseder"), "actors": ("claimant", "holder_actor"),
        "places": ("around",), "sources": ("claim_source", "derived", "ancestor"), "baselines": ("baseline",),
    }.items():  # fmt: skip
        for name in columns:
            found[name] = moved(kind, getattr(ledger, name))
    found["group"] = np.where(ledger.group >= 0, ledger.group + groups, -1).astype(np.int32)
    return found


Part = tuple[Ledger, dict[str, Array], Array]


def stretches(start: str, members: tuple[str, ...], parts: list[Part], size: int) -> dict[str, Array]:
    """Columns that have a stretch for each place, put together from those places of each part that it gives."""
    counts = np.zeros(size, np.int64)
    for ledger, moved, places in parts:
        counts[moved["places"][places]] = np.diff(getattr(ledger, start))[places]
    begin = np.concatenate([[0], np.cumsum(counts)])
    found: dict[str, Array] = {start: begin}
    for name in members:
        column = np.zeros(int(begin[-1]), getattr(parts[0][0], name).dtype)
        for ledger, moved, places in parts:
            first, count = getattr(ledger, start)[places], np.diff(getattr(ledger, start))[places]
            source = moved.get(name, getattr(ledger, name))
            column[spans(begin[moved["places"][places]], count)] = source[spans(first, count)]
        found[name] = column
    return found


def pairs(parts: list[Part], row_start: Array) -> dict[str, Array]:
    """The pairs that belong to rows, with the new numbers of the rows."""
    found: dict[str, Array] = {}
    for row, other in (
        ("party_row", "party_holder"), ("heir_row", "heir_holder"), ("self_row", "self_holder"),
        ("later_row", "earlier_row"),
    ):  # fmt: skip
        rows: list[Array] = []
        others: list[Array] = []
        for ledger, moved, places in parts:
            number = np.full(int(ledger.row_start[-1]) + 1, -1, np.int64)
            first, count = ledger.row_start[places], np.diff(ledger.row_start)[places]
            number[spans(first, count)] = spans(row_start[moved["places"][places]], count)
            kept = number[getattr(ledger, row)] >= 0
            rows.append(number[getattr(ledger, row)[kept]])
            value = getattr(ledger, other)[kept]
            others.append(number[value] if other == "earlier_row" else value)
        joined, values = np.concatenate(rows), np.concatenate(others)
        order = np.lexsort((values, joined))
        found[row] = joined[order].astype(np.int32)
        found[other] = values[order].astype(getattr(parts[0][0], other).dtype)
    return found


def nesting(parts: list[Part], size: int) -> Array:
    """Which place lies in which; of places of which both ledgers know, what the new one says."""
    inner, outer = (
        [each(ledger.nesting, len(ledger.places)) for ledger, _, _ in parts] for each in (np.floor_divide, np.remainder)
    )
    pairs = [
        (moved["places"][first], moved["places"][second])
        for (_, moved, _), first, second in zip(parts, inner, outer, strict=True)
    ]
    (former, around), (latter, beyond) = pairs
    kept = ~np.isin(former, latter)
    merged_pairs: Array = np.sort(np.concatenate([(former * size + around)[kept], latter * size + beyond]))
    return merged_pairs


def claims(old: Ledger, new: Ledger, former: dict[str, Array], latter: dict[str, Array], size: int) -> dict[str, Array]:
    """What is known of each claim; of claims that both ledgers have, and of their successors, what the new one says."""
    instants = np.unique(np.concatenate([old.instants, new.instants]))
    found: dict[str, Array] = {"instants": instants}
    for name in ("claim_source", "said", "undated", "recorded", "retired"):
        column = np.zeros(size, bool if name == "undated" else np.int32)
        for ledger, moved in ((old, former), (new, latter)):
            values = moved.get(name, getattr(ledger, name))
            if name in ("recorded", "retired"):
                values = np.searchsorted(instants, ledger.instants)[values]
            column[moved["claims"]] = values
        found[name] = column
    kept = ~np.isin(former["superseded"], latter["claims"])
    superseded = np.concatenate([former["superseded"][kept], latter["superseded"]])
    superseder = np.concatenate([former["superseder"][kept], latter["superseder"]])
    order = np.lexsort((superseder, superseded))
    return found | {"superseded": superseded[order], "superseder": superseder[order]}


def sources(
    old: Ledger, new: Ledger, former: dict[str, Array], latter: dict[str, Array], size: int
) -> dict[str, Array]:
    """What is known of each source; of sources that both ledgers have, what the new one says."""
    knowledge = np.zeros(size, np.int32)
    knowledge[former["sources"]] = old.knowledge
    knowledge[latter["sources"]] = new.knowledge
    kept = ~np.isin(former["derived"], latter["sources"])
    derived = np.concatenate([former["derived"][kept], latter["derived"]])
    ancestor = np.concatenate([former["ancestor"][kept], latter["ancestor"]])
    order = np.lexsort((ancestor, derived))
    return {"knowledge": knowledge, "derived": derived[order], "ancestor": ancestor[order]}
