"""Writes in a process of their own: whatever one does, and however long it is checked, the service answers on.

Checking is Python at work for as long as it takes, which would hold up every thread of the process that does it. The
process for writes is started ahead of the first one and lives until it is closed, or a write passes its deadline: then
the system ends it in the middle of whatever it does, and the store is as if it had not begun (`kg.store.versions`).
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from kg import publish, validate
from kg.errors import Problem, QueryDied, QueryTimeout
from kg.publish import Written
from kg.store import open_store
from kg.store.pool import Limits
from kg.store.remote.engine import Engine

GRACE = 0.25
"""Seconds beyond the deadline after which the process is ended: a statement that takes too long is told of by then."""


class Writer:
    """The process that writes to one store for this one; `write` may be called from any thread, one goes at a time."""

    def __init__(self, location: Path | Engine, limits: Limits) -> None:
        self._location, self._limits = location, limits
        self._one_at_a_time = threading.Lock()
        self._line: Connection | None = None
        self._life: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def prepare(self) -> None:
        """Start the process, so that the first write need not wait for that."""
        with self._one_at_a_time:
            self._started()

    def write(
        self,
        steps: Sequence[dict[str, Any]],
        *,
        who: str,
        base: str | None = None,
        prefixes: Mapping[str, str] | None = None,
        seconds: float | None = None,
    ) -> Written:
        """What `kg.publish.write` does, at most `seconds` long (it may only shorten the limit of the store).

        Waiting for another writer is not counted. Raises what that raises, and QueryTimeout; then nothing was written.
        """
        prefixes = dict(prefixes) if prefixes else None
        answer = self._asked("write", seconds, steps=list(steps), who=who, base=base, prefixes=prefixes)
        assert isinstance(answer, Written)
        return answer

    def rehearse(self, steps: Sequence[dict[str, Any]], *, seconds: float | None = None) -> None:
        """What `kg.publish.rehearse` does, with the deadline of `write`. Raises what that raises, and QueryTimeout."""
        self._asked("rehearse", seconds, steps=list(steps))

    def _asked(self, act: str, seconds: float | None, **request: Any) -> Written | None:
        """Have the process do something. Raises the Problem that it met."""
        given = [limit for limit in (self._limits.seconds, seconds) if limit is not None]
        deadline = min(given) if given else None
        request["seconds"] = deadline
        with self._one_at_a_time:
            sent = time.monotonic()
            line = self._started()
            try:
                line.send((sent, act, request))
                answer: Written | Problem | None = line.recv()
            except (EOFError, OSError):
                raise self._died(deadline) from None
        if isinstance(answer, QueryTimeout) and deadline is not None:
            raise QueryTimeout(deadline)  # what was left of it when the process had started
        if isinstance(answer, Problem):
            raise answer
        return answer

    def close(self) -> None:
        """End the process, once a write that runs has ended."""
        with self._one_at_a_time:
            if self._line is not None:
                self._ended()

    def _started(self) -> Connection:
        if self._process is not None and self._process.poll() is not None:
            self._ended()  # it died while it had nothing to do
        if self._line is None:
            ours, theirs = socket.socketpair()
            self._life, their_life = socket.socketpair()
            with theirs, their_life:
                handles = [theirs.fileno(), their_life.fileno()]
                command = [sys.executable, "-m", "kg.writing", *map(str, handles)]
                self._process = subprocess.Popen(command, pass_fds=handles, stdin=subprocess.DEVNULL)
            self._line = Connection(ours.detach())
            self._line.send((self._location, self._limits))
        return self._line

    def _died(self, deadline: float | None) -> Problem:
        """Why the process is gone; the next write gets another, which is started now."""
        status = self._ended()
        self._started()
        if status == -signal.SIGALRM and deadline is not None:
            return QueryTimeout(deadline)
        return QueryDied(f"the write ended its process (status {status}); nothing was written")

    def _ended(self) -> int:
        """Let go of the process; what it ended with."""
        assert self._line is not None
        assert self._life is not None
        assert self._process is not None
        self._line.close()
        self._life.close()
        status = self._process.wait()
        self._line = self._life = self._process = None
        return status


def serve(line: Connection) -> None:
    """Write what is asked for until the line closes."""
    location, limits = line.recv()
    store = open_store(location, limits)
    store.pool.isolated()  # starts the child that will apply the first write
    validate.prepare()
    while True:
        try:
            sent, act, request = line.recv()
        except EOFError:
            return store.close()
        if request["seconds"] is not None:  # that this process had to start first is none of the client's business
            request["seconds"] = max(0.01, request["seconds"] - (time.monotonic() - sent))
        seconds = request["seconds"]

        def arm(step: str, seconds: float | None = seconds) -> None:
            """Have the system end this process when the time is over, from the lock until there is a version."""
            if seconds is not None and step in ("writing", "publishing"):
                signal.setitimer(signal.ITIMER_REAL, seconds + GRACE if step == "writing" else 0)

        try:
            done = publish.write if act == "write" else publish.rehearse
            answer: Written | Problem | None = done(store, **request, progress=arm)
        except Problem as problem:
            answer = problem
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        line.send(answer)


def _watch(life: socket.socket) -> None:
    """End this process when its parent is gone, also in the middle of a write that nobody waits for any more."""
    life.recv(1)
    os._exit(0)


def main() -> None:
    """Entry of the process: `python -m kg.writing LINE LIFE` (descriptors)."""
    line, life = Connection(int(sys.argv[1])), socket.socket(fileno=int(sys.argv[2]))
    threading.Thread(target=_watch, args=(life,), daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal sends it to everybody; the server ends us itself
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    serve(line)


if __name__ == "__main__":
    main()
