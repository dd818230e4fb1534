"""A SPARQL engine that is not ours, on loopback: the Oxigraph server with data in the shape of Wikidata."""

from __future__ import annotations

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


@dataclass(frozen=True)
class Elsewhere:
    """A running engine: the addresses of its endpoints."""

    query: str
    update: str


@contextmanager
def started(data: Path = DATA) -> Iterator[Elsewhere]:
    """Start the engine in memory, give it `data` (Turtle), and end it afterwards."""
    program = shutil.which("oxigraph", path=Path(sys.executable).parent)
    assert program, "the test dependency oxigraph is not installed"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{probe.getsockname()[1]}"
    command = [program, "serve", "--bind", place]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _wait(process, place)
            _put(f"http://{place}/store?default", data)
            yield Elsewhere(f"http://{place}/query", f"http://{place}/update")
        finally:
            process.kill()


def _wait(process: subprocess.Popen[bytes], place: str) -> None:
    host, port = place.split(":")
    while process.poll() is None:
        try:
            socket.create_connection((host, int(port)), timeout=1).close()
        except OSError:
            time.sleep(0.01)
        else:
            return
    raise AssertionError(f"oxigraph did not start on {place}: exit code {process.returncode}")


def _put(address: str, data: Path) -> None:
    request = urllib.request.Request(address, data.read_bytes(), {"Content-Type": "text/turtle"}, method="PUT")
    with urllib.request.urlopen(request) as reply:
        assert reply.status < 300
