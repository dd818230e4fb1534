"""Waiting for what happens by itself, and what may not be left over once it has."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

SOON = 60.0
"""Seconds within which something happens that a busy machine may be slow with."""
LEFT = 5.0
"""Seconds after which nothing may be left over: shorter than any time-out that would put an end to it."""


def comes(happens: Callable[[], bool], seconds: float = SOON) -> bool:
    """Whether something happens by itself, soon."""
    until = time.monotonic() + seconds
    while not (done := happens()) and time.monotonic() < until:
        time.sleep(0.02)
    return done


def handles() -> int:
    """How many files and sockets this process has open."""
    return len(list(Path("/proc/self/fd").iterdir()))
