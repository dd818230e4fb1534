"""Queries in child processes: whatever a query does to its process, the service lives on.

A pool keeps a few children (`kg.store.child`), lends one to each query, and kills and replaces it when the deadline
passes or the query ends its process. A killed query is never tried again.
"""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.errors import (
    NoSuchForm,
    PoolBusy,
    Problem,
    QueryDied,
    QueryFailed,
    QueryReachesOut,
    QuerySyntax,
    QueryTimeout,
    ResultTooLarge,
    StoreUnreadable,
)
from kg.store.answer import Account, Answer
from kg.store.wire import exactly, receive, send


_OUT_OF_MEMORY = ("memory allocation", "MemoryError", "bad_alloc", "can't start new thread")


@dataclass(frozen=True)
class Limits:
    """What a query may use: how many run at once, bytes of memory each, seconds of computing, bytes of answer,
    seconds to wait for a free process. `seconds` None is no deadline, `memory` 0 no cap."""

    children: int = 6
    memory: int = 1 << 30
    seconds: float | None = 30.0
    answer: int = 1 << 30
    wait: float = 5.0


class Child:
    """One child process, its line, and the line whose end tells it that we are gone."""

    def __init__(self, limits: Limits) -> None:
        self._memory = limits.memory
        self.line, theirs = socket.socketpair()
        self._life, their_life = socket.socketpair()
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 (closed by kill)
        arguments = [str(theirs.fileno()), str(their_life.fileno()), str(limits.memory), str(limits.answer)]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "kg.store.child", *arguments],
            pass_fds=[theirs.fileno(), their_life.fileno()],
            stdin=subprocess.DEVNULL,
            stderr=self._errors,
        )
        theirs.close()
        their_life.close()

    def cause_of_death(self) -> str:
        """In a sentence, why this dead child died."""
        status = self._process.wait()
        self._errors.seek(0)
        words = self._errors.read().decode(errors="replace")
        if status == -signal.SIGSEGV or "overflowed its stack" in words:
            return "the query is nested too deeply to be read, and ended its process"
        if any(sign in words for sign in _OUT_OF_MEMORY):
            return f"the query needed more than {self._memory / (1 << 20):,.0f} MiB of memory, and ended its process"
        return f"the query ended its process (status {status})"

    def kill(self) -> None:
        """End the process now, whatever it does, and let go of everything."""
        self._process.kill()
        self._process.wait()
        self.line.close()
        self._life.close()
        self._errors.close()


class Pool:
    """A fixed number of children; `ask` may be called from any thread."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._free: list[Child] = []
        self._started = 0
        self._closed = False
        self._change = threading.Condition()

    def ask(self, version: Callable[[], Path], request: dict[str, Any], seconds: float | None = None) -> Answer:
        """Run one query on the published version, at most `seconds` long (it may only shorten the limit).

        `version` looks up the directory of the published version. Raises the QueryProblem that fits.
        """
        deadline = self._deadline(seconds)
        version()  # before a process is taken: a store without a version has nothing to ask
        with self._lent() as child:
            while True:
                answer = _exchange(child, {**request, "store": str(directory := version())}, deadline)
                if answer.get("error") != "gone":  # pruned between the look-up and now: look again
                    return _body(child, answer, directory.name)

    def write(
        self, candidate: Path, steps: list[dict[str, Any]], context: dict[str, Any], seconds: float | None = None
    ) -> Account:
        """Have a child apply `steps` to the candidate version in the directory `candidate`; what they changed.

        The same limits hold as for queries. Raises the QueryProblem that fits.
        """
        with self._lent() as child:
            header = _exchange(child, {"candidate": str(candidate), "steps": steps, "context": context}, self._deadline(seconds))
            return Account(header["added"], header["removed"], set(header["nodes"]), set(header["whole"]))

    def isolated(self) -> bool:
        """Whether children have left the network (`kg.store.isolation`); starts one where none runs yet."""
        with self._lent() as child:
            return bool(_exchange(child, {}, self._deadline(None))["isolated"])

    def _deadline(self, seconds: float | None) -> float | None:
        deadlines = [limit for limit in (self.limits.seconds, seconds) if limit is not None]
        return min(deadlines) if deadlines else None

    @contextmanager
    def _lent(self) -> Iterator[Child]:
        """A child for one request; afterwards given back, or replaced where it may be in the middle of something."""
        child = self._borrow()
        try:
            yield child
        except (QuerySyntax, QueryReachesOut, QueryFailed, NoSuchForm, ResultTooLarge, StoreUnreadable):
            self._give_back(child)
            raise
        except BaseException:
            self._replace(child)
            raise
        self._give_back(child)

    def close(self) -> None:
        """End all children that are free; a borrowed one ends when it is given back."""
        with self._change:
            self._closed = True
            free, self._free = self._free, []
            self._started -= len(free)
        for child in free:
            child.kill()

    def _borrow(self) -> Child:
        until = time.monotonic() + self.limits.wait
        with self._change:
            while not self._free and self._started >= self.limits.children:
                left = until - time.monotonic()
                if left <= 0 or not self._change.wait(left):
                    raise PoolBusy(retry_after=max(1, round(self.limits.wait)))
            if self._free:
                return self._free.pop()
            self._started += 1
        return self._start()

    def _start(self) -> Child:
        try:
            return Child(self.limits)
        except BaseException:
            with self._change:
                self._started -= 1
                self._change.notify()
            raise

    def _give_back(self, child: Child) -> None:
        with self._change:
            if not self._closed:
                self._free.append(child)
                self._change.notify()
                return
            self._started -= 1
        child.kill()

    def _replace(self, child: Child) -> None:
        """Kill a child and start its successor, so that the next query finds one ready."""
        child.kill()
        with self._change:
            if self._closed:
                self._started -= 1
                return
        self._give_back(self._start())


def _exchange(child: Child, request: dict[str, Any], deadline: float | None) -> dict[str, Any]:
    """Send a request and read the header of the answer, within the deadline."""
    until = None if deadline is None else time.monotonic() + deadline
    child.line.settimeout(deadline)
    try:
        send(child.line, request)
        header = receive(child.line)
        if until is not None:
            child.line.settimeout(max(0.1, until - time.monotonic()))
    except TimeoutError:
        assert deadline is not None
        raise QueryTimeout(deadline) from None
    except (BrokenPipeError, ConnectionResetError):
        header = None
    if header is None:
        raise QueryDied(child.cause_of_death())
    if header.get("error", "gone") != "gone":
        raise _problem(header)
    return header


def _body(child: Child, header: dict[str, Any], version: str) -> Answer:
    """The answer whose header was read; its bytes are in the line already, or in a file of which this is a handle."""
    size = header["size"]
    if header["spooled"]:
        _, descriptors, _, _ = socket.recv_fds(child.line, 1, 1)
        return Answer(header["kind"], header["form"], size, version, descriptor=descriptors[0])
    data = exactly(child.line, size)
    if data is None:
        raise QueryDied(child.cause_of_death())
    return Answer(header["kind"], header["form"], size, version, inline=data)


def _problem(header: dict[str, Any]) -> Problem:
    """What the child reports, as a condition."""
    message = header["message"]
    match header["error"]:
        case "syntax":
            return QuerySyntax(message, header["line"], header["column"])
        case "outbound":
            return QueryReachesOut(message)
        case "form":
            return NoSuchForm(message)
        case "size":
            return ResultTooLarge(int(message))
        case "unreadable":
            return StoreUnreadable(f"the published version cannot be opened: {message}")
        case _:
            return QueryFailed(message)
