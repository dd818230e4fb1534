"""From files to a published graph: read, account, check, publish; or nothing, where all of it is there already."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from kg import parts, publish
from kg.errors import BadFile, BadMapping
from kg.files import BASE
from kg.gazetteer import last_part, open_gazetteer
from kg.ingest import acled, datasets, mapped, places, rdf, rows, ucdp, viina
from kg.ingest.report import Tally
from kg.ingest.tables import Progress
from kg.ingest.task import Task
from kg.ingest.turtle import slug
from kg.ingest.work import Work, digest, held
from kg.publish import Loaded
from kg.store.embedded import Store
from kg.workers import Each, here

READERS: Mapping[str, Callable[[Task], None]] = {
    "viina": viina.read, "ucdp": partial(rows.read_events, form=ucdp.FORMAT),
    "acled": partial(rows.read_events, form=acled.FORMAT), "geojson": places.read, "rdf": rdf.read, "csv": mapped.read,
}  # fmt: skip
"""The reader of each format."""


TABLES = {
    "viina": ("holders",), "ucdp": ("places", "actors", "source", "ignored"),
    "acled": ("places", "actors", "source", "ignored"),
    "geojson": ("properties", "types"), "rdf": (),
}  # fmt: skip
"""The tables that a mapping file may have, where the reader does not look itself."""


@dataclass(frozen=True)
class Outcome:
    """What came of a run: the account of the rows (None where all of it was there already), what was published (None
    of a dry run), the graph, and the directory of the report."""

    tally: Tally | None
    loaded: Loaded | None
    graph: str
    report: Path


def ingest(
    store: Store,
    form: str,
    paths: Sequence[Path],
    dataset: str,
    *,
    who: str,
    into: str | None = None,
    mapping: Path | None = None,
    retrieved: date | None = None,
    dry: bool = False,
    each: Each = here,
    progress: Progress = lambda _word, _share: None,
) -> Outcome:
    """Bring files of a format (`READERS`) into a data set as one graph, `into` (by default the format's name), in place
    of what was brought in under that name before.

    `mapping` is a TOML file. `retrieved` is the day on which the files were fetched, by default the one on which the
    newest of them was changed: the claims count as recorded then, and no row can tell of a day after it. A `dry` run
    makes the report and publishes nothing. A run that was ended is gone on with. What can be shared out is, by `each`.
    Raises BadFile, BadMapping, UnknownDataset, Refused, StoreLocked, and what opening the store raises.
    """
    iri = datasets.named(store, dataset)
    name = into or _called(form, paths, mapping)
    if slug(name) != name:
        raise BadMapping(
            "into", f"{name!r} is no name; accepted are small letters, digits and hyphens, such as {slug(name)}"
        )
    given = mapping.read_bytes() if mapping else b""
    day = retrieved or _changed(paths)
    graph = f"{BASE}graph/{last_part(iri)}/{name}"
    known, numbers = datasets.others(store, open_gazetteer(store), graph), datasets.geonames(store)
    own = parts.part(store, iri).places & known.places.keys()
    found = digest(
        paths, [form, iri, name, str(day), given.decode("utf-8", "replace"), datasets.standing(known, numbers, own)]
    )
    directory = store.location / "ingest" / f"{last_part(iri)}-{name}"
    with held(directory):
        work = Work(directory / f"work-{found[:12]}")
        task = Task(
            paths, last_part(iri), name, work, day, known, _mapping(form, mapping, given), numbers, own, progress, each,
        )  # fmt: skip
        record = store.manifest().graphs.get(task.graph)
        if record and record.sha256 == found and not dry:
            return Outcome(None, Loaded(store.version(), {}), task.graph, directory)
        READERS[form](task)
        task.tally.write(directory)
        assert task.tally.adds_up, task.tally
        loaded = None
        if not dry:
            told = ", ".join(path.name for path in paths)
            loaded = publish.ingest(
                store, task.graph, work.parts(), file=told, digest=found, who=who, shaped=form == "rdf", each=each,
                progress=lambda word: progress(word, 0.0),
            )  # fmt: skip
        work.clear()
    return Outcome(task.tally, loaded, task.graph, directory)


def _called(form: str, paths: Sequence[Path], mapping: Path | None) -> str:
    """What a part of a data set is called where nobody says: like its format, or, where that tells little, its file."""
    if form == "csv" and mapping:
        return slug(mapping.stem)
    return slug(paths[0].stem) if form in ("geojson", "rdf") else form


def _changed(paths: Sequence[Path]) -> date:
    """The day, UTC, on which the newest file was changed."""
    return datetime.fromtimestamp(max(path.stat().st_mtime for path in paths), UTC).date()


def _mapping(form: str, path: Path | None, text: bytes) -> dict[str, Any]:
    """A mapping file, whose tables are those that the format knows. Raises BadFile, BadMapping."""
    try:
        found = tomllib.loads(text.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadFile(str(path), None, f"no TOML: {error}") from None
    accepted = TABLES.get(form, tuple(found))
    if strange := sorted(set(found) - set(accepted)):
        raise BadMapping("", f"{', '.join(strange)}: not known here; accepted are {', '.join(accepted) or 'none'}")
    for table in accepted:
        if not isinstance(found.get(table, {}), dict):
            raise BadMapping(table, f"a table [{table}] is wanted")
    return found
