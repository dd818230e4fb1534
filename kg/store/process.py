"""One child process, seen from its parent."""

from __future__ import annotations

import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from kg.engine_errors import EngineFailed
from kg.errors import (
    NoSuchForm,
    QueryDied,
    QueryFailed,
    QueryReachesOut,
    QuerySyntax,
    ResultTooLarge,
    ServiceFailed,
    StoreUnreadable,
)
from kg.store.outward import NOBODY, Services, Unreachable, connect
from kg.store.wire import Ear, Heard, send

_OUT_OF_MEMORY = ("memory allocation", "MemoryError", "bad_alloc", "can't start new thread")


class Child:
    """A process that runs `kg.store.child`, its line, and the line whose end tells it that we are gone."""

    def __init__(self, memory: int, answer: int, services: Services = NOBODY) -> None:
        """Start it, with a cap on its memory (0: none) and on an answer, in bytes, and the services it may ask."""
        self._memory = memory
        self._services = services
        self._started = False
        self._limit = 0.0
        self._prefixes: Mapping[str, str] | None = None
        self.isolated = False
        self.line, theirs = socket.socketpair()
        self._ear = Ear(self.line)
        self._life, their_life = socket.socketpair()
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 (closed by kill)
        with theirs, their_life:
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "kg.store.child"),
                    *map(str, (theirs.fileno(), their_life.fileno(), memory, answer)),
                    *self._services.endpoints,
                ],
                pass_fds=[theirs.fileno(), their_life.fileno()],
                stdin=subprocess.DEVNULL,
                stderr=self._errors,
            )

    def ready(self) -> None:
        """Wait until it has started; QueryDied where it could not."""
        if not self._started:
            self.isolated = bool(self.hear(None).message["isolated"])
            self._started = True

    def yield_to_others(self) -> None:
        """Let it run only when nobody else wants the processor."""
        if hasattr(os, "SCHED_IDLE"):
            os.sched_setscheduler(self._process.pid, os.SCHED_IDLE, os.sched_param(0))
        else:
            os.setpriority(os.PRIO_PROCESS, self._process.pid, 19)

    def ask(self, request: dict[str, Any], body: bytes = b"", descriptor: int | None = None) -> bool:
        """Send a request, with bytes or an open file behind it; whether there was anybody to send it to.

        Prefixes that the child was told last are not told again.
        """
        if "prefixes" in request:
            prefixes = request["prefixes"]
            request = {name: value for name, value in request.items() if name != "prefixes"}
            if prefixes != self._prefixes:
                request["prefixes"] = self._prefixes = dict(prefixes) if prefixes else None
        try:
            send(self.line, request, body, descriptor)
        except (BrokenPipeError, ConnectionResetError):
            return False
        return True

    def hear(self, seconds: float | None) -> Heard:
        """The answer, with its bytes behind it or, where they are many, in a file.

        Until it comes the child is connected to the services that it asks for.
        TimeoutError where none has come after `seconds` (it may be asked for again), QueryDied where none will.
        """
        begun = time.monotonic()
        heard = self._hear(seconds)
        while "connect" in heard.message:
            self._connect(heard.message)
            heard = self._hear(None if seconds is None else seconds - (time.monotonic() - begun))
        return heard

    def _connect(self, wish: dict[str, Any]) -> None:
        """Give the child the connection it asks for, or the reason why it gets none."""
        with suppress(BrokenPipeError, ConnectionResetError):  # it has been ended meanwhile
            try:
                connection = connect(self._services, wish["connect"], wish["seconds"])
            except Unreachable as reason:
                send(self.line, {"refused": str(reason)})
                return
            with connection:
                send(self.line, {}, descriptor=connection.fileno())

    def _hear(self, seconds: float | None) -> Heard:
        self._wait_at_most(0.0 if seconds is None else max(seconds, 0.001))
        try:
            heard = self._ear.receive()
        except BlockingIOError:
            raise TimeoutError from None
        except ConnectionResetError:
            heard = None
        if heard is None:
            raise QueryDied(self.cause_of_death())
        return heard

    def _wait_at_most(self, seconds: float) -> None:
        """Limit how long `hear` waits, 0 for ever; the system does that, at no cost where the limit stays the same."""
        if seconds != self._limit:
            whole = int(seconds)
            self.line.setsockopt(
                socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", whole, int((seconds - whole) * 1e6))
            )
            self._limit = seconds

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

    def end(self) -> None:
        """End the process now, whatever it does; whoever waits for it hears that."""
        self._process.kill()

    def close(self) -> None:
        """End the process and let go of everything; that it has ended is not waited for.

        One of the long lane gets no time to end while others want the processor: seconds that no answer should take.
        """
        self._process.kill()
        self.line.close()
        self._life.close()
        threading.Thread(target=self._bury, daemon=True).start()

    def _bury(self) -> None:
        self._process.wait()
        self._errors.close()


def checked(heard: Heard) -> Heard:
    """The answer, unless it reports a problem, which is raised; "gone" is left to the caller."""
    header = heard.message
    message = header.get("message", "")
    match header.get("error"):
        case None | "gone":
            return heard
        case "syntax":
            raise QuerySyntax(message, header["line"], header["column"])
        case "outbound":
            raise QueryReachesOut(message)
        case "form":
            raise NoSuchForm(message)
        case "size":
            raise ResultTooLarge(int(message))
        case "service":
            raise ServiceFailed(header["endpoint"], header["status"], message)
        case "engine":
            raise EngineFailed(f"the engine's answer breaks off or is none: {message}")
        case "unreadable":
            raise StoreUnreadable(f"the published version cannot be opened: {message}")
        case _:
            raise QueryFailed(message)
