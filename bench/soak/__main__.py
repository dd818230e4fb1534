"""Long runs against a real server: `python -m bench.soak [RUN …] [--seconds N] [--work DIR]`.

Each ends with what it measured; the exit code is 1 where a promise was broken. `make soak` runs all of them.

Example: python -m bench.soak crash --seconds 1800
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from bench import run
from bench.soak.crash import crash
from bench.soak.hostile import hostile
from bench.soak.increments import increments
from bench.soak.large import large
from bench.soak.runaway import runaway
from bench.soak.walls import walls

RUNS = {
    "runaway": runaway,
    "hostile": hostile,
    "large": large,
    "walls": walls,
    "increments": increments,
    "crash": crash,
}


def main() -> None:
    """Run what was asked for; exit code 1 where a promise was broken."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.soak", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("runs", nargs="*", choices=[[], *RUNS], default=list(RUNS))
    parser.add_argument(
        "--seconds", type=int, default=300, help="length of runaway and crash (300 s and 30 min are asked for)"
    )
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "controlgraph-bench")
    chosen = parser.parse_args()
    chosen.work.mkdir(parents=True, exist_ok=True)
    broken = []
    for name in chosen.runs:
        run.note(name)
        if not RUNS[name](chosen.work, chosen.seconds):
            broken.append(name)
    print("broken: " + ", ".join(broken) if broken else "all promises kept")
    sys.exit(bool(broken))


if __name__ == "__main__":
    main()
