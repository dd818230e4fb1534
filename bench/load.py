"""Load on a server, by wrk."""

from __future__ import annotations

import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

LUA = Path(__file__).parent / "replay.lua"


@dataclass(frozen=True)
class Load:
    """What wrk measured: requests a second, median and 99th percentile in milliseconds, failed requests."""

    rate: float
    median: float
    p99: float
    failed: int


def wrk(endpoint: str, targets: list[str], seconds: int, connections: int = 8) -> Load:
    """Send the targets in turn for some seconds, from two threads."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("\n".join(targets) + "\n")
        file.flush()
        command = ["wrk", "-t2", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "-s", str(LUA), endpoint]
        done = subprocess.run([*command, "--", file.name], capture_output=True, text=True, check=True)
    line = next(line for line in done.stdout.splitlines() if line.startswith("RESULT "))
    requests, micros, failed, _, median, p99, _ = map(int, line.split()[1:])
    return Load(requests / (micros / 1e6), median / 1000, p99 / 1000, failed)


def told(load: Load) -> str:
    """A load in words."""
    failed = f", {load.failed} failed" if load.failed else ""
    return f"{load.rate:,.0f}/s, p50 {load.median:.1f} ms, p99 {load.p99:.1f} ms{failed}"
