"""Measure figures: `python -m bench.figures [--store STORE]`, by default of what is shipped.

Each figure is asked of an application that keeps no answers, of one day after another, so that nothing is drawn twice.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

from kg import files, publish
from kg.store import open_store
from server.app import create_app
from server.settings import Settings

TIMES = 40
ASKED = {
    "/map.svg": "/map.svg?at={}",
    "/map.svg, 360 pixels": "/map.svg?width=360&at={}",
    "/map.svg, another policy": "/map.svg?policy=every-word&at={}",
    "/timeline.svg": "/timeline.svg?at={}",
    "/timeline.svg, capitals": "/timeline.svg?type=provincial-capital&at={}",
    "/map": "/map?at={}",
    "/timeline": "/timeline?at={}",
}


@contextmanager
def served(store: Path | None) -> Iterator[Path]:
    """A store to draw from: the one that is named, else a new one with what is shipped."""
    if store:
        yield store
        return
    with tempfile.TemporaryDirectory() as directory:
        location = Path(directory) / "store"
        made = open_store(location)
        publish.load(made, files.shipped_files(), who="bench")
        made.close()
        yield location


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.figures", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--store", type=Path, help="a store to draw from; without one, what is shipped")
    parser.add_argument("--from", dest="first", type=date.fromisoformat, default=date(2021, 7, 1), help="the first day")
    chosen = parser.parse_args()
    with served(chosen.store) as store:
        app = create_app(Settings(store=store, cache=0, log=False))
        client = app.test_client()
        print(f"{'':<28} {'first':>8} {'median':>8} {'slowest':>8} {'processor':>10}  (ms)   bytes")
        for what, address in ASKED.items():
            taken, busy, size = [], [], 0
            for number in range(TIMES):
                day = chosen.first + timedelta(days=number)
                begun, spent = time.perf_counter(), time.process_time()
                answer = client.get(address.format(day.isoformat()))
                taken.append((time.perf_counter() - begun) * 1000)
                busy.append((time.process_time() - spent) * 1000)
                assert answer.status_code == 200, answer.text
                size = len(answer.data)
            rest = sorted(taken[1:])
            print(f"{what:<28} {taken[0]:>8.1f} {statistics.median(rest):>8.1f} {rest[-1]:>8.1f} "
                  f"{statistics.median(busy[1:]):>10.1f} {size:>14,}")  # fmt: skip
        app.extensions["controlgraph"].store.close()


if __name__ == "__main__":
    main()
