"""SPARQL engines that are not ours, on loopback: the Oxigraph server, with data in the shape of Wikidata or none, and
Virtuoso where the machine has it."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

DATA = Path(__file__).parent / "wikidata.ttl"
VIRTUOSO = """
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
FileExtend = 200
[TempDatabase]
DatabaseFile = temp.db
TransactionFile = temp.trx
[Parameters]
ServerPort = {port}
DisableUnixSocket = 1
NumberOfBuffers = 10000
MaxDirtyBuffers = 6000
MaxClientConnections = 20
CheckpointInterval = 0
DirsAllowed = .
ThreadsPerQuery = 2
AsyncQueueMaxThreads = 4
[HTTPServer]
ServerPort = {http}
ServerRoot = .
ServerThreads = 20
MaxKeepAlives = 20
KeepAliveTimeout = 10
[SPARQL]
ResultSetMaxRows = 30000
"""
"""As small as it can be; without the limit on rows it has none."""


@dataclass(frozen=True)
class Elsewhere:
    """A running engine: the addresses of its endpoints."""

    query: str
    update: str


@contextmanager
def started(data: Path | None = DATA) -> Iterator[Elsewhere]:
    """Start Oxigraph in memory, give it `data` (Turtle), and end it afterwards."""
    program = shutil.which("oxigraph", path=Path(sys.executable).parent)
    assert program, "the test dependency oxigraph is not installed"
    place = f"127.0.0.1:{free()}"
    command = [program, "serve", "--bind", place]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _wait(process, place)
            if data is not None:
                _put(f"http://{place}/store?default", data)
            yield Elsewhere(f"http://{place}/query", f"http://{place}/update")
        finally:
            process.kill()


class Lasting:
    """Oxigraph with its data in a directory, which can be killed and started again at the same address."""

    def __init__(self, folder: Path) -> None:
        self._place, self._folder = f"127.0.0.1:{free()}", folder
        self._process: subprocess.Popen[bytes] | None = None
        self.query, self.update = f"http://{self._place}/query", f"http://{self._place}/update"

    def start(self) -> None:
        """Start it; it answers then."""
        program = shutil.which("oxigraph", path=Path(sys.executable).parent)
        assert program, "the test dependency oxigraph is not installed"
        command = [program, "serve", "--location", str(self._folder), "--bind", self._place]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _wait(self._process, self._place)

    def kill(self) -> None:
        """Kill it, whatever it does."""
        assert self._process
        self._process.kill()
        self._process.wait(30)


@contextmanager
def virtuoso(folder: Path, of: Path | None = None) -> Iterator[Elsewhere]:
    """Start Virtuoso in `folder`, which everybody may update, and end it afterwards. Its database is empty, or that of
    the folder `of`, once that of a Virtuoso that was told to `settle`; to make an empty one takes it several times as
    long as to open one."""
    port, http = free(), free()
    (folder / "virtuoso.ini").write_text(VIRTUOSO.format(port=port, http=http))
    if of is not None:
        shutil.copyfile(of / "virtuoso.db", folder / "virtuoso.db")
    command = ["virtuoso-t", "+configfile", "virtuoso.ini", "+foreground"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _wait(process, f"127.0.0.1:{http}")
            _wait(process, f"127.0.0.1:{port}")
            if of is None:
                _told(folder, 'GRANT SPARQL_UPDATE TO "SPARQL"')
            yield Elsewhere(f"http://127.0.0.1:{http}/sparql", f"http://127.0.0.1:{http}/sparql")
        finally:
            process.kill()


def settle(folder: Path) -> None:
    """Have the Virtuoso that runs in a folder write everything that it has into its database."""
    _told(folder, "CHECKPOINT")


def _told(folder: Path, statement: str) -> None:
    """Tell the Virtuoso that runs in a folder something in SQL."""
    found = re.search(r"\[Parameters\]\s+ServerPort = (\d+)", (folder / "virtuoso.ini").read_text())
    assert found
    command = ["isql-vt", found[1], "dba", "dba", f"exec={statement};"]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True, timeout=60)


def free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(process: subprocess.Popen[bytes], place: str) -> None:
    host, port = place.split(":")
    while process.poll() is None:
        try:
            socket.create_connection((host, int(port)), timeout=1).close()
        except OSError:
            time.sleep(0.01)
        else:
            return
    raise AssertionError(f"the engine did not start on {place}: exit code {process.returncode}")


def _put(address: str, data: Path) -> None:
    request = urllib.request.Request(address, data.read_bytes(), {"Content-Type": "text/turtle"}, method="PUT")
    with urllib.request.urlopen(request) as reply:
        assert reply.status < 300
