"""Measure what growing costs: `python -m bench.scale --work DIR [--sizes 10000,200000,2000000] [--steps read,index]`.

Each step of each size is a process of its own (`bench.steps`), measured from outside: seconds, seconds of a processor,
and the most memory that it and its children had at once (sum of PSS, looked at once a second). A line for each
goes into `bench/scale.jsonl`, with the load of the machine when it ended; what was measured before stays. A step that
takes longer than `--at-most` seconds, or more than `--memory` GB, is ended, and the line says so.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.soak.asking import memory
from bench.steps import STEPS

RESULTS = Path(__file__).parent / "scale.jsonl"
EVERY = 1.0
"""Seconds between two looks at the memory."""


def measured(step: str, changes: int, work: Path, at_most: float, most: float) -> dict[str, Any]:
    """Run a step; what it took, and what it told."""
    begun, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "bench.steps", step, str(changes), str(work)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True, text=True)
    peak, ended = 0, ""
    while process.poll() is None:
        peak = max(peak, memory(process.pid))
        if time.perf_counter() - begun > at_most:
            ended = f"ended after {at_most:,.0f} s"
        elif peak > most * 1e9:
            ended = f"ended at {peak / 1e9:.1f} GB"
        if ended:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        time.sleep(EVERY)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert process.stdout is not None
    told = process.stdout.read().strip().rpartition("\n")[2]
    if process.returncode and not ended:
        ended = f"failed with status {process.returncode}"
    return {
        "changes": changes, "step": step, "seconds": round(time.perf_counter() - begun, 2),
        "processor": round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 2),
        "memory": peak, "load": round(os.getloadavg()[0], 1), "at": datetime.now(UTC).isoformat(timespec="minutes"),
        **({"ended": ended} if ended else json.loads(told or "{}")),
    }  # fmt: skip


def main() -> None:
    """Read the command line, measure."""
    parser = argparse.ArgumentParser(description="Measure what growing costs.")
    parser.add_argument("--work", type=Path, required=True, help="where data and stores are, and stay")
    parser.add_argument("--sizes", default="10000,200000", help="changes, separated by commas")
    parser.add_argument(
        "--steps", default=",".join(each for each in STEPS if each != "columns"), help=f"of these: {', '.join(STEPS)}"
    )
    parser.add_argument("--at-most", type=float, default=7200.0, help="seconds that a step may take")
    parser.add_argument("--memory", type=float, default=8.0, help="GB that a step may need")
    parser.add_argument("--results", type=Path, default=RESULTS)
    arguments = parser.parse_args()
    for changes in map(int, arguments.sizes.split(",")):
        for step in arguments.steps.split(","):
            found = measured(step, changes, arguments.work, arguments.at_most, arguments.memory)
            with arguments.results.open("a", encoding="utf-8") as file:
                file.write(json.dumps(found) + "\n")
            print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
