"""Long runs against a real server: `python -m bench.soak [RUN …] [--seconds N] [--work DIR] [--life LOW HIGH]`.

Each ends with what it measured, a line for each promise; the exit code is 1 where one was broken.

    runaway     runaway queries beside ordinary ones, for --seconds after as long without them (at most a minute)
    hostile     queries and bodies made to harm, about a minute
    large       a result of 250 MB, and a client that reads slowly, about a minute
    walls       ten thousand texts that try to reach out, against each wall alone, about a minute
    increments  four writers add to one value, two hundred times each, about two minutes
    crash       reads and writes for --seconds, the server killed when it has lived between LOW and HIGH seconds

Example: python -m bench.soak crash --seconds 1800
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench import run
from bench.soak.asking import Options
from bench.soak.crash import crash
from bench.soak.hostile import hostile
from bench.soak.increments import increments
from bench.soak.large import large
from bench.soak.runaway import runaway
from bench.soak.walls import walls

RUNS: dict[str, Callable[[Options], bool]] = {
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
    parser.add_argument("runs", nargs="*", choices=[[], *RUNS], default=list(RUNS), metavar="RUN")
    parser.add_argument("--seconds", type=int, default=300, help="length of runaway and crash (default 300)")
    parser.add_argument("--life", type=float, nargs=2, default=(20, 60), metavar=("LOW", "HIGH"), help="default 20 60")
    kept = Path(tempfile.gettempdir()) / "controlgraph-bench"
    parser.add_argument("--work", type=Path, default=kept, help=f"where generated data is kept (default {kept})")
    chosen = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that a run that is ended ends its server
    chosen.work.mkdir(parents=True, exist_ok=True)
    options = Options(chosen.work, chosen.seconds, (chosen.life[0], chosen.life[1]))
    broken = []
    for name in chosen.runs:
        run.note(name)
        if not RUNS[name](options):
            broken.append(name)
    print("broken: " + ", ".join(broken) if broken else "all promises kept")
    sys.exit(bool(broken))


if __name__ == "__main__":
    main()
