"""Measure bringing in a control file of which one row in a hundred is at fault: `python -m bench.faults [--places 3300 --days 790]`.

The faults are sprinkled over the file that `bench.observations` writes, each kind as often as the others: a day that no
calendar has, columns in each other's place, `Ukraine?`, the year 2202, a space that does not break, a row twice, a row
that says otherwise, a row without a place. What must become of each is known, and compared with the report row by row:
rejected with its reason, ignored, or taken and flagged. The changes that arrive must be those of the file without
faults, and a second run must change nothing.
"""

from __future__ import annotations

import argparse
import csv
import random
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.ingest import DATASET, counted, prepared
from bench.observations import VOICES, write
from kg.ingest import running

EVERY = 100
"""Of so many rows one is at fault."""
KINDS = {
    "calendar": "no day of the calendar",
    "swapped": "no date as YYYYMMDD",
    "Ukraine?": "no status",
    "2202": "a day that was still to come when the file was retrieved",
    "no place": "no place",
    "contrary": "says otherwise than an earlier row of the same place and day",
    "again": "",
    "space": "",
}
"""What is wrong with a row, and the reason for which it is rejected; empty where it is not."""


def spoiled(kind: str, row: Sequence[str]) -> Iterator[Sequence[str]]:
    """The rows that come to stand where a good row stood, which is lost in none of them but by repetition."""
    yield [*row[:2], f"\u00a0{row[2]}", *row[3:]] if kind == "space" else row
    place, day, *rest = row
    wrong = {
        "calendar": [place, f"{day[:4]}0231", *rest],
        "swapped": [day, place, *rest],
        "Ukraine?": [place, day, "Ukraine?", *rest[1:]],
        "2202": [place, f"2202{day[4:].replace('0229', '0228')}", *rest],
        "no place": ["", day, *rest],
        "contrary": [place, day, "RU" if rest[0] == "UA" else "UA", *rest[1:]],
        "again": row,
    }
    if kind in wrong:
        yield wrong[kind]


def sprinkle(good: Path, bad: Path, seed: int) -> tuple[dict[int, str], set[int], int]:
    """Write `bad`, which is `good` with faults; the rows to be rejected with the reasons, the flagged ones, and how
    many are to be ignored."""
    chance = random.Random(seed)
    rejected, flagged, again, line = dict[int, str](), set[int](), 0, 1
    with good.open(encoding="utf-8") as source, bad.open("w", encoding="utf-8") as target:
        target.write(next(source))
        for text in source:
            if chance.randrange(EVERY):
                target.write(text)
                line += 1
                continue
            kind = chance.choice(list(KINDS))
            for at, row in enumerate(spoiled(kind, text.rstrip("\n").split(","))):
                target.write(",".join(row) + "\n")
                line += 1
                if at and KINDS[kind]:
                    rejected[line] = KINDS[kind]
                again += at and kind == "again"
                if kind == "space":
                    flagged.add(line)
    return rejected, flagged, again


def listed(report: Path, name: str) -> dict[int, str]:
    """The rows of a list of the report, with the reasons but for the values in them."""
    with (report / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return {int(row["row"]): row["reason"].partition(":")[0] for row in csv.DictReader(file)}


def main() -> None:
    """Read the command line, measure, compare."""
    parser = argparse.ArgumentParser(description="Measure bringing in a control file with faults.")
    parser.add_argument("--places", type=int, default=3_300)
    parser.add_argument("--days", type=int, default=790)
    parser.add_argument("--changes", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        good, bad = Path(name) / "good.csv", Path(name) / "control.csv"
        write(good, given.places, given.days, given.changes, given.seed)
        rejected, flagged, again = sprinkle(good, bad, given.seed)
        good.unlink()
        store = prepared(Path(name))
        begun, spent = time.perf_counter(), time.process_time()
        done = running.ingest(store, "viina", [bad], DATASET, who="bench")
        print(f"brought in and published in {time.perf_counter() - begun:.1f} s, "
              f"{time.process_time() - spent:.1f} s of a processor")  # fmt: skip
        assert done.tally is not None
        print(done.tally)
        assert listed(done.report, "rejected") == rejected, "rejected rows"
        assert listed(done.report, "flagged").keys() == flagged, "flagged rows"
        assert done.tally.taken == given.places * given.days
        assert done.tally.ignored.total() == again
        assert done.tally.refused == Counter(rejected.values())
        found = counted(store, "ControlChange"), counted(store, "ControlObservation")
        assert found == (given.changes, given.places * VOICES * 2), found
        version = store.version()
        again_done = running.ingest(store, "viina", [bad], DATASET, who="bench")
        assert again_done.tally is None
        assert store.version() == version
        print(f"{len(rejected):,} rejected, {len(flagged):,} flagged, {again:,} ignored, each as it was made; "
              f"{found[0]:,} changes and {found[1]:,} reports; the second run changed nothing")  # fmt: skip
        store.close()


if __name__ == "__main__":
    main()
