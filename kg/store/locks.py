"""Locks on files: one process at a time has one, and whatever ends that process gives it back."""

from __future__ import annotations

import fcntl
import time

PAUSE = 0.02


def acquired(handle: int, wait: float) -> bool:
    """Whether the lock of an open file could be had within `wait` seconds; to close the file gives it back."""
    until = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if time.monotonic() >= until:
                return False
            time.sleep(PAUSE)
