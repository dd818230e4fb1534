"""What the gazetteer is made of, stored with each version, so that a start does not have to look for all of it.

    gazetteer/<hash of the query>.csv    the answer to `kg/queries/gazetteer.rq` in this version or in one before it
    gazetteer/since                      the things that are described otherwise since then, one a line

The rows are a hard link to those of the version before until so much has changed that they are written anew. A release
that asks another query does not know what another one wrote.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Collection, Mapping
from pathlib import Path

from kg import queries
from kg.errors import StoreUnreadable
from kg.ontology import PREFIXES
from kg.store.answer import Account
from kg.store.candidate import Candidate

TOLD = frozenset(
    PREFIXES[prefix] + name
    for prefix, name in (
        ("kg", "placeType"), ("kg", "actorType"), ("kg", "sourceKind"), ("kg", "measures"), ("kg", "within"),
        ("geo", "hasDefaultGeometry"), ("skos", "prefLabel"), ("skos", "altLabel"),
    )
)  # fmt: skip
"""What is read of each thing (`kg/queries/gazetteer.rq`)."""
POSITION = f"{PREFIXES['geo']}asWKT"
"""What is read of its geometry."""
NAME = "gazetteer"
"""The folder of all this."""
FEW = 200
"""Things that one write describes otherwise, up to which they are listed."""
FOLDED = 2000
"""Things described otherwise from which on the rows are written anew."""
Rows = tuple[str, frozenset[str]]
"""Rows as CSV, and the things that are described otherwise."""


def otherwise(account: Account) -> list[str] | None:
    """The things that a write describes otherwise, for the journal; None where that is not known, or they are many."""
    return _things(account.changed) if account.nodes else None


def keep(candidate: Candidate, things: Collection[str] | None) -> None:
    """Bring what is stored in line with a candidate; `things` are described otherwise, None: it is not known which."""
    here = candidate.directory / NAME
    before = stored(candidate.directory)
    if things is not None and before is not None:
        since = sorted({*before[1], *things})
        if len(since) <= FOLDED:
            if things:
                (here / "since").unlink(missing_ok=True)  # other versions have the file too
                (here / "since").write_text("".join(f"{thing}\n" for thing in since), "utf-8")
            return
    shutil.rmtree(here, ignore_errors=True)
    save(candidate.csv(queries.text("gazetteer")), candidate.directory)


def save(rows: bytes, version: Path) -> None:
    """Write the rows, as CSV, into a directory that has none yet."""
    (version / NAME).mkdir()
    (version / NAME / _name()).write_bytes(rows)


def keep_loaded(candidate: Candidate) -> None:
    """Bring what is stored in line with a candidate into which files were loaded."""
    keep(candidate, None if candidate.changed is None else _things(candidate.changed))


def stored(version: Path) -> Rows | None:
    """The rows that are stored with a version, as CSV, and the things that it describes otherwise; None where it has
    none that this release reads. Raises StoreUnreadable."""
    here = version / NAME
    try:
        with (here / _name()).open(encoding="utf-8", newline="") as file:
            rows = file.read()
        since = (here / "since").read_text("utf-8") if (here / "since").exists() else ""
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise StoreUnreadable(f"the gazetteer in {here} cannot be read: {error}") from error
    return rows, frozenset(since.split())


def _things(changed: Mapping[str, Collection[str]]) -> list[str] | None:
    if changed.get(POSITION):
        return None
    things = {thing for what in TOLD & changed.keys() for thing in changed[what]}
    return sorted(things) if len(things) <= FEW else None


def _name() -> str:
    return f"{hashlib.sha256(queries.text('gazetteer').encode()).hexdigest()[:12]}.csv"
