"""`python -m server`: serve the store over HTTP until told to stop."""

from __future__ import annotations

import ctypes
import gc
import signal
import socket
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from kg.engine_errors import EngineFailed, EngineLoading
from kg.errors import NothingPublished, Problem
from kg.store import open_store
from kg.store.remote.engine import Engine
from server.settings import BadSetting, Settings, from_environment

if TYPE_CHECKING:
    from flask import Flask

    from kg.store.embedded import Store

OPEN = (
    "this system gives query processes no network namespace of their own; "
    "that SERVICE and LOAD are refused, but to what is listed, is the only wall between a query and the network"
)
"""What is said at the start where there is one wall less."""
ONE_WRITER = (
    "this engine (KG_STORE_DIALECT={}) is not known to carry out only one of two updates that exclude each other: "
    "this copy takes writes itself, so every other copy needs KG_WRITER with its address"
)
"""What is said at the start by a copy that writes to an engine that one copy at a time should write to."""
_PR_SET_PDEATHSIG = 1
STOP = 10
"""Seconds that requests have to finish when the server is told to stop."""


class CannotServe(Exception):
    """The address cannot be listened on; the message is a sentence."""


@dataclass(frozen=True)
class Address:
    """Where to listen: a numeric address and a port that was free a moment ago."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"


def main() -> int:
    """Serve; the exit code is 1 where that is not possible, with a sentence that says why."""
    try:
        settings = from_environment()
        version, isolated = first_look(settings)
        address = free_address(settings)
    except (BadSetting, CannotServe, Problem) as reason:
        sys.stderr.write(f"{reason}\n")
        return 1
    if not isolated:
        sys.stderr.write(f"{OPEN}\n")
    if takes_writes_alone(settings):
        sys.stderr.write(f"{ONE_WRITER.format(settings.store_dialect)}\n")
    server = Granian(
        "server.__main__:serving",
        factory=True,
        interface=Interfaces.WSGI,
        address=address.host,
        port=address.port,
        workers=1,
        blocking_threads=settings.threads(),
        backpressure=4 * settings.threads(),
        websockets=False,
        workers_kill_timeout=STOP,
        log_level=LogLevels.error,
    )
    server.on_startup(lambda: _tell_when_ready(address, greeting(settings, version, address)))
    server.serve()
    return 0


def serving() -> Flask:
    """The application of a worker, with everything that stays for good out of the garbage collector's way."""
    # imported here because the main process, which only listens to signals, needs none of it
    from server.app import create_app

    end_with_parent()
    app = create_app()
    served = app.extensions["controlgraph"]
    if served.settings.writers() and served.settings.writer is None:
        served.writer.prepare()
    gc.collect()
    gc.freeze()
    threading.Thread(target=_get_ready, args=(served.store,), daemon=True).start()
    return app


def _get_ready(store: Store) -> None:
    """Read what the first answer would have to wait for: names, the index, and what pages with counts list."""
    from kg import answering
    from kg.browsing import shelves

    for read in (answering.known, shelves.at_hand):
        with suppress(Problem):  # who asks is told
            read(store)


def end_with_parent() -> None:
    """Have the system stop this worker when the main process, which would do so, is killed. Only Linux can."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def first_look(settings: Settings) -> tuple[str | None, bool]:
    """The version that will be served first, None where there is none yet, and whether queries have no network.

    Raises StoreUnreadable.
    """
    store = open_store(settings.place())
    try:
        isolated = store.pool.isolated()
        return store.version(), isolated
    except (NothingPublished, EngineFailed, EngineLoading):
        return None, isolated  # an engine may answer later
    finally:
        store.close()  # the workers start child processes of their own


def takes_writes_alone(settings: Settings) -> bool:
    """Whether this copy writes to an engine to which no other copy should."""
    place = settings.place()
    writes = bool(settings.writers()) and settings.writer is None
    return writes and isinstance(place, Engine) and place.particular.one_writer


def free_address(settings: Settings) -> Address:
    """The numeric address of the host, and the port, or a free one for port 0. Raises CannotServe."""
    try:
        family, _, _, _, found = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)[0]
    except OSError as error:
        raise CannotServe(f"KG_HOST={settings.host!r} is no address of this machine: {error.strerror}") from None
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(found[:2])
        except OSError as error:
            reason = f"cannot listen on {settings.host}, port {settings.port}: {error.strerror}"
            raise CannotServe(f"{reason}; choose another with KG_PORT (0 takes a free one)") from None
        host, port = probe.getsockname()[:2]
    return Address(host, port)


def greeting(settings: Settings, version: str | None, address: Address) -> str:
    """One line: what is served where, and a command to try."""
    place = settings.public_url or str(address)
    if version is None:
        return f"Controlgraph serves no version yet on {place}  load data with: kg --store {settings.store} load"
    query = "query=SELECT (COUNT(*) AS ?statements) { ?s ?p ?o }"
    command = f"curl -s {place}/sparql -H 'Accept: text/csv' --data-urlencode '{query}'"
    return f"Controlgraph serves version {version} on {place}  try: {command}"


def _tell_when_ready(address: Address, line: str) -> None:
    """Write the line once somebody listens: the worker does, some time after it was started."""

    def wait() -> None:
        while True:
            try:
                socket.create_connection((address.host, address.port), timeout=1).close()
            except OSError:
                time.sleep(0.02)
                continue
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
            return

    threading.Thread(target=wait, daemon=True).start()


if __name__ == "__main__":
    sys.exit(main())
