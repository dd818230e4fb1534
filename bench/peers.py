"""Servers side by side: ours, and those of others, each started on a port of its own with the same data."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from kg.ontology import PREFIXES
from kg.store import open_store

TOKEN = "bench-token-for-loopback"


@dataclass(frozen=True)
class Server:
    """A running server: its name with version, the address of its endpoint, its process."""

    name: str
    endpoint: str
    process: subprocess.Popen[bytes]


def free_port() -> int:
    """A port on loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(
    name: str, command: list[str], endpoint: str, environment: dict[str, str] | None = None
) -> Iterator[Server]:
    """Start a server, wait until it answers a query, and end it afterwards with all that it started."""
    process = subprocess.Popen(
        command,
        env={**os.environ, **(environment or {})},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _wait(endpoint, process)
        yield Server(name, endpoint, process)
    finally:
        os.killpg(process.pid, 15)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            process.wait()


def _wait(endpoint: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 300
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args!r} ended with {process.returncode}")
        try:
            with urllib.request.urlopen(f"{endpoint}?query=ASK%7B%7D", timeout=5):
                return
        except (OSError, urllib.error.URLError):
            time.sleep(0.1)
    raise RuntimeError(f"{process.args!r} does not answer")


def ours(store: Path, **settings: str) -> AbstractContextManager[Server]:
    """Our server as shipped, with a token for writes and without a log; `settings` are further ones."""
    port = free_port()
    shipped = {"KG_STORE": str(store), "KG_PORT": str(port), "KG_TOKENS": f"bench:{TOKEN}", "KG_LOG": "off"}
    address = f"http://127.0.0.1:{port}/sparql"
    return running("controlgraph", [sys.executable, "-m", "server"], address, {**shipped, **settings})


def oxigraph(location: Path) -> AbstractContextManager[Server]:
    """The Oxigraph server over a store that `load_oxigraph` filled."""
    port = free_port()
    command = [
        _tool("oxigraph"),
        "serve",
        "--location",
        str(location),
        "--bind",
        f"127.0.0.1:{port}",
        "--union-default-graph",
    ]
    return running(_version("oxigraph"), command, f"http://127.0.0.1:{port}/query")


def load_oxigraph(location: Path, files: list[Path]) -> float:
    """Fill a new Oxigraph store; seconds."""
    shutil.rmtree(location, ignore_errors=True)
    begun = time.monotonic()
    command = [_tool("oxigraph"), "load", "--location", str(location), "--file", *map(str, files)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.monotonic() - begun


def rdflib_endpoint(files: list[Path]) -> AbstractContextManager[Server]:
    """rdflib-endpoint over files, which it reads into memory at its start."""
    port = free_port()
    command = [_tool("rdflib-endpoint"), "serve", *map(str, files), "--host", "127.0.0.1", "--port", str(port)]
    return running(_version("rdflib-endpoint"), command, f"http://127.0.0.1:{port}/")


def _tool(name: str) -> str:
    beside = Path(sys.executable).parent / name
    found = os.environ.get(f"BENCH_{name.upper().replace('-', '_')}") or (
        str(beside) if beside.exists() else shutil.which(name)
    )
    if not found:
        raise RuntimeError(f"{name} is not installed; `make bench` installs it from bench/requirements.txt")
    return found


def _version(name: str) -> str:
    done = subprocess.run([_tool(name), "--version"], capture_output=True, text=True)
    return (done.stdout.strip() or name).replace("\n", " ")


def concluded(location: Path) -> list[Path]:
    """What a store of ours has concluded, a file for each graph, written beside the store when it is not there."""
    store, found = open_store(location), []
    for graph in sorted(store.manifest().graphs):
        if "/graph/derived/" in graph:
            file = location.with_name(f"{location.name}-{graph.rpartition('/')[2]}.ttl")
            if not file.exists():
                with file.open("wb") as output:
                    store.dump(output, "ttl", graph=graph, prefixes=PREFIXES)
            found.append(file)
    store.close()
    return found
