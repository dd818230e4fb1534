"""One step of `bench.scale`: `python -m bench.steps STEP CHANGES DIR`; its own figures are its last line, as JSON."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench import generate as generator
from kg import files
from kg.store import open_store
from kg.store.pool import Limits

Figures = dict[str, Any]


def data(work: Path, changes: int) -> Path:
    """Where the files of a size are."""
    return work / f"data-{changes}"


def location(work: Path, changes: int) -> Path:
    """Where the store of a size is."""
    return work / f"store-{changes}"


def size(directory: Path) -> int:
    """Bytes of all files below."""
    return sum(path.stat().st_size for path in directory.rglob("*") if path.is_file())


def generate(work: Path, changes: int) -> Figures:
    """Write the files, if they are not there."""
    if not (data(work, changes) / "dataset.ttl").exists():
        sys.argv = ["generate", "--changes", str(changes), "--out", str(data(work, changes))]
        generator.main()
    return {"bytes": size(data(work, changes))}


def read(work: Path, changes: int) -> Figures:
    """Load the files into a new store, without checks or conclusions."""
    shutil.rmtree(location(work, changes), ignore_errors=True)
    shipped = [path for path in files.shipped_files() if path.name in ("control.ttl", "alignments.ttl")]
    store = open_store(location(work, changes), Limits(children=1))
    with store.candidate() as candidate:
        triples = 0
        for path in [*shipped, *sorted(data(work, changes).glob("*.ttl"))]:
            triples += candidate.replace(files.graph_of(path), path.read_bytes(), str(path))
        candidate.tidy()
        candidate.publish("bench")
    store.close()
    return {"triples": triples, "bytes": size(location(work, changes))}


STEPS: dict[str, Callable[[Path, int], Figures]] = {"generate": generate, "read": read}


if __name__ == "__main__":
    print(json.dumps(STEPS[sys.argv[1]](Path(sys.argv[3]), int(sys.argv[2]))))
