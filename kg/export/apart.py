"""An export written by a process of its own: Python at work on every place would hold up the threads that answer."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from contextlib import closing
from multiprocessing.connection import Connection
from typing import IO

from kg.errors import Problem, QueryDied
from kg.export import FILES
from kg.store import open_store
from kg.store.embedded import Store
from kg.store.pool import Limits

NICE = 10
"""How far the process stands back behind those who answer."""


def write(store: Store, name: str, output: IO[bytes]) -> None:
    """Write a file of `kg.export.FILES` about the version of a store. Raises what writing it raises, and QueryDied."""
    ours, theirs = socket.socketpair()
    with theirs, Connection(ours.detach()) as line:
        handles = [theirs.fileno(), output.fileno()]
        command = [sys.executable, "-m", "kg.export.apart", *map(str, handles)]
        process = subprocess.Popen(command, pass_fds=handles, stdin=subprocess.DEVNULL)
        theirs.close()
        try:
            line.send((store.origin, store.version(), name))
            answer = line.recv()
        except (EOFError, OSError):
            answer = QueryDied(f"the process that wrote {name} ended before it was done")
        process.wait()
    if isinstance(answer, Problem):
        raise answer


def main() -> None:
    """Entry of the process: `python -m kg.export.apart LINE FILE` (descriptors)."""
    os.nice(NICE)
    with Connection(int(sys.argv[1])) as line, os.fdopen(int(sys.argv[2]), "wb") as file:
        origin, version, name = line.recv()
        answer: Problem | None = None
        with closing(open_store(origin, Limits(children=1, seconds=None, patience=3600.0))) as store:
            try:
                FILES[name][1](store.at(version), file)
                file.flush()
            except Problem as problem:
                answer = problem
        line.send(answer)


if __name__ == "__main__":
    main()
