"""Measure bringing in a control file in VIINA's form: `python -m bench.ingest [--places 33000 --days 790 --changes 200000]`.

A file with a known number of changes is written by another process (`bench.observations`), brought in, counted, and
asked. Each step is told with its seconds, those of a processor, and the most memory that was used until its end. Until
"checking" begins it is the way to the candidate; what follows is publishing. `--until candidate` ends there.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

from bench.observations import START, VOICES
from kg import answering, asking, files, publish
from kg.ingest import datasets, running
from kg.ontology import PREFIXES
from kg.store import open_store
from kg.store.embedded import Store
from kg.store.pool import Limits

DATASET = "invented"


class Clock:
    """Tells of each step when the next begins."""

    def __init__(self, until: str) -> None:
        self.until, self.step = until, "starting"
        self.begun, self.spent = time.perf_counter(), time.process_time()
        self.whole = 0.0

    def __call__(self, word: str, _share: float = 0.0) -> None:
        """The progress of a run."""
        if word == self.step:
            return
        now, spent = time.perf_counter(), time.process_time()
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        self.whole += now - self.begun
        print(f"{self.step:<22} {now - self.begun:>8.1f} s {spent - self.spent:>8.1f} s of a processor, "
              f"{self.whole:>8.1f} s in all, at most {memory:>6,.0f} MB", flush=True)  # fmt: skip
        self.step, self.begun, self.spent = word, time.perf_counter(), time.process_time()
        if word == "checking" and self.until == "candidate":
            raise KeyboardInterrupt


def prepared(folder: Path) -> Store:
    """A store with the ontology and a data set."""
    path = folder / f"{DATASET}.ttl"
    path.write_text(datasets.skeleton(DATASET, date.fromordinal(START)), "utf-8")
    store = open_store(folder / "store", Limits(children=2, seconds=3600.0, patience=3600.0))
    publish.load(store, [files.shipped() / "ontology" / "control.ttl", path], who="bench")
    return store


def counted(store: Store, kind: str) -> int:
    """Claims about events of a kind."""
    text = f"SELECT (COUNT(*) AS ?n) {{ ?event a kg:{kind} . ?claim kg:about ?event }}"
    return int(store.query(text, results="csv", prefixes=PREFIXES).text().split()[1])


def asked(store: Store, days: int) -> None:
    """Who held every place on some days."""
    for at in (0, days // 3, days - 1, days + 30):
        day = str(date.fromordinal(START) + timedelta(days=at))
        begun = time.perf_counter()
        question = asking.question(answering.known(store).gazetteer, {"at": [day], "dataset": [DATASET]})
        found = answering.held(store, question)
        states = found.columns.state
        told = {name: int((states == number).sum()) for number, name in enumerate(answering.STATES)}
        print(f"control on {day}: {len(found):,} places, {told}, {time.perf_counter() - begun:.2f} s", flush=True)


def main() -> None:
    """Read the command line, measure."""
    parser = argparse.ArgumentParser(description="Measure bringing in a control file in VIINA's form.")
    parser.add_argument("--places", type=int, default=33_000)
    parser.add_argument("--days", type=int, default=790)
    parser.add_argument("--changes", type=int, default=200_000)
    parser.add_argument("--order", choices=("day", "place"), default="day")
    parser.add_argument("--until", choices=("candidate", "published"), default="published")
    parser.add_argument("--file", type=Path, help="a file that was written before")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.file.parent if given.file else None) as name:
        folder = Path(name)
        path = given.file or folder / "control.csv"
        if not path.exists():
            sizes = [f"--{each}={getattr(given, each)}" for each in ("places", "days", "changes", "order")]
            subprocess.run([sys.executable, "-m", "bench.observations", f"--out={path}", *sizes], check=True)
        print(
            f"{given.places * given.days:,} place-days, {path.stat().st_size / 1e9:.2f} GB, {given.changes:,} changes"
        )
        store = prepared(folder)
        clock = Clock(given.until)
        try:
            done = running.ingest(store, "viina", [path], DATASET, who="bench", progress=clock)
        except KeyboardInterrupt:
            print("the rest is left out")
            return
        finally:
            store.close()
        clock("done")
        print(done.tally)
        store = open_store(folder / "store", Limits(children=2, seconds=3600.0, patience=3600.0))
        changes, reports = counted(store, "ControlChange"), counted(store, "ControlObservation")
        print(f"in the store: {changes:,} changes of {given.changes:,}, {reports:,} reports of "
              f"{given.places * VOICES * 2:,}")  # fmt: skip
        assert (changes, reports) == (given.changes, given.places * VOICES * 2)
        asked(store, given.days)
        store.close()


if __name__ == "__main__":
    main()
