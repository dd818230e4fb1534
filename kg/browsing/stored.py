"""What can be browsed in a version, on disk.

browsing/about.json    the number of what the files hold; of each shelf and facet which lists and columns are its
browsing/*.npy         the columns, and the texts of the lists: mapped into memory by whoever asks
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from kg.browsing.coverage import Coverage
from kg.browsing.gathering import Facet
from kg.browsing.shelf import SORTS, Shelf, Shelves
from kg.control import ledger
from kg.control.names import Array, Names, tabulated
from kg.errors import StoreUnreadable

NAME = "browsing"
"""The folder of all this."""
FORMAT = 1
"""Another number for every change of what the files hold, and of how anything in them is found."""


def save(shelves: Shelves, place: Path) -> None:
    """Write what can be browsed into a directory that has nothing of it yet."""
    lists: dict[int, tuple[str, Sequence[str]]] = {}  # facets share the lists of things

    def listed(texts: Sequence[str]) -> str:
        return lists.setdefault(id(texts), (f"list-{len(lists)}", texts))[0]

    columns: dict[str, Array] = {}
    about: dict[str, Any] = {}
    for sort, shelf in shelves.of.items():
        facets = {}
        for name, facet in shelf.facets.items():
            facets[name] = listed(facet.values)
            columns |= {f"{sort}-{name}-thing": facet.thing, f"{sort}-{name}-value": facet.value}
            if facet.sure is not None:
                columns[f"{sort}-{name}-sure"] = facet.sure
        columns |= {f"{sort}-count-{name}": count for name, count in shelf.counts.items()}
        if shelf.days is not None:
            columns |= {f"{sort}-first": shelf.days[0], f"{sort}-last": shelf.days[1]}
        about[sort] = {"things": listed(shelf.things), "facets": facets, "counts": list(shelf.counts)}
    for name, texts in lists.values():
        told = tabulated([text.encode() for text in texts], b"")
        columns |= {f"{name}-text": told.text, f"{name}-ends": told.ends}
    ledger.save(columns, place / NAME)
    covered = {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in asdict(shelves.coverage).items()
    }
    told_of = {"format": FORMAT, "of": about, "labels": dict(shelves.labels), "coverage": covered}
    (place / NAME / "about.json").write_text(json.dumps(told_of), "utf-8")


def stored(place: Path, version: str) -> Shelves | None:
    """What can be browsed in a version, as it lies in a directory; None where there is nothing that this release reads.

    Raises StoreUnreadable where it is damaged.
    """
    here = place / NAME
    try:
        if not (here / "about.json").exists():
            return None
        told = json.loads((here / "about.json").read_text("utf-8"))
        if told["format"] != FORMAT:
            return None
        columns = {path.stem: ledger.mapped(path) for path in here.glob("*.npy")}
        lists: dict[str, Names] = {}

        def listed(name: str) -> Names:
            return lists.setdefault(name, Names(columns[f"{name}-text"], columns[f"{name}-ends"]))

        of = {}
        for sort in SORTS:
            about = told["of"][sort]
            facets = {
                name: Facet(
                    listed(values), columns[f"{sort}-{name}-thing"], columns[f"{sort}-{name}-value"],
                    columns.get(f"{sort}-{name}-sure"),
                )
                for name, values in about["facets"].items()
            }  # fmt: skip
            days = (columns[f"{sort}-first"], columns[f"{sort}-last"]) if f"{sort}-first" in columns else None
            counts = {name: columns[f"{sort}-count-{name}"] for name in about["counts"]}
            of[sort] = Shelf(sort, listed(about["things"]), facets, counts, days)
        covered = told["coverage"]
        days_of = {name: covered[name] and date.fromisoformat(covered[name]) for name in ("first", "last")}
        return Shelves(version, of, told["labels"], Coverage(**{**covered, **days_of}))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreUnreadable(f"what can be browsed, in {here}, cannot be read: {error}") from error
