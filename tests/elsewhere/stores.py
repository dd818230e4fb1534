"""Where the stores of tests are: in directories, or each in an engine of its own (`pytest --engine NAME`)."""

from __future__ import annotations

import fcntl
import shutil
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner, Result

from kg.cli import main
from kg.store.remote.engine import Engine
from tests.elsewhere import engine as engines
from tests.elsewhere.engine import Elsewhere

Place = Path | Engine
"""What `open_store` opens."""
EMBEDDED = "embedded"
PATIENT = "300"
"""Seconds that a query may take on an engine, which shares the processors with the tests; most tests set no other."""
ENGINES = (EMBEDDED, "oxigraph", "virtuoso")
EACH = (
    "oxigraph",
    pytest.param(
        "virtuoso",
        marks=pytest.mark.skipif(
            not shutil.which("virtuoso-t"),
            reason="virtuoso-t is not installed (apt-get install virtuoso-opensource-7)",
        ),
    ),
)
"""The engines, as parameters of a fixture."""
REFUSED = pytest.mark.differs(
    "virtuoso", "its planner fails: SQ074, SQ200",
    "only-their-own-word", "route-adjacent", "captured-and-route-adjacent",
)  # fmt: skip
TWICE = pytest.mark.differs(
    "virtuoso", "rows come twice, and not the same ones each time", "crossings-by-10-july", strict=False
)
BOOLEANS = pytest.mark.differs("virtuoso", "what it computes of booleans is 0 or 1", "fronts", "cut-off-places")
"""The examples that Virtuoso 7.2.5.1 answers otherwise, or not."""


def settings_of(place: Place) -> dict[str, str]:
    """What is set for a service, or a command, whose store is in a place."""
    if isinstance(place, Path):
        return {"KG_STORE": str(place)}
    return {
        "KG_STORE": place.query, "KG_STORE_UPDATE": place.update, "KG_STORE_DIALECT": place.dialect,
        "KG_STORE_CACHE": str(place.cache), "KG_DEADLINE": PATIENT,
    }  # fmt: skip


def command(place: Place, *arguments: str, text: str | None = None) -> Result:
    """What a person types who has set where the store is; `text` is standard input."""
    return CliRunner().invoke(main, arguments, input=text, env=settings_of(place))


class _Running(NamedTuple):
    """An engine that runs for one store: where, in which folder, and what ends it."""

    place: Engine
    folder: Path
    end: ExitStack


class Stores:
    """Where stores are. A path means the same place wherever it is asked for: the directory itself, or an engine that
    runs until `leave`, of which what a service keeps is in that directory."""

    def __init__(self, engine: str, shared: Path, folder: Path) -> None:
        self.engine, self.shared, self.folder = engine, shared, folder
        self._running: dict[Path, _Running] = {}
        self._lasting: set[Path] = set()
        self._started = 0

    def at(self, path: Path) -> Place:
        """Where the store is that would be in the directory `path`; a new one is empty."""
        return path if self.engine == EMBEDDED else self._at(path, None).place

    def copy(self, of: Place, path: Path) -> Place:
        """Where a copy of a store is, as it is now, that would be in the directory `path`."""
        if isinstance(of, Path):
            return Path(shutil.copytree(of, path))
        assert path not in self._running
        original = next(each for each in self._running.values() if each.place.update == of.update)
        if self.engine == "virtuoso":
            engines.settle(original.folder)
            return self._at(path, original.folder).place
        copied = self._at(path, None).place
        with urllib.request.urlopen(_whole(of, None)) as dumped, urllib.request.urlopen(_whole(copied, dumped.read())):
            return copied

    def lasting(self, path: Path) -> Place:
        """The same as `at`, for tests of several modules: it is left when all are over."""
        self._lasting.add(path)
        return self.at(path)

    def leave(self, under: Path | None = None, *, lasting: bool = False) -> None:
        """End the engines of stores that would be in a directory, or all; the `lasting` ones only if it is said."""
        for path in list(self._running):
            if (under is None or path.is_relative_to(under)) and (lasting or path not in self._lasting):
                running = self._running.pop(path)
                running.end.close()
                shutil.rmtree(running.folder, ignore_errors=True)

    def close(self) -> None:
        """End all engines."""
        self.leave(lasting=True)

    def _at(self, path: Path, of: Path | None) -> _Running:
        if path not in self._running:
            self._started += 1
            folder = self.folder / f"engine-{self._started}"
            folder.mkdir(parents=True)
            end = ExitStack()
            started = end.enter_context(self._start(folder, of))
            place = Engine(started.query, started.update, dialect=self.engine, cache=path)
            self._running[path] = _Running(place, folder, end)
        return self._running[path]

    @contextmanager
    def _start(self, folder: Path, of: Path | None) -> Iterator[Elsewhere]:
        if self.engine == "oxigraph":
            with engines.started(None) as started:
                yield started
        else:
            with engines.virtuoso(folder, of or blank(self.shared)) as started:
                yield started


def blank(shared: Path) -> Path:
    """The folder of an empty database of Virtuoso, made once in a folder that processes of one run share."""
    folder = shared / "blank"
    with (shared / "blank.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            making = shared / "blank-making"
            making.mkdir()
            with engines.virtuoso(making):
                engines.settle(making)
            making.rename(folder)
    return folder


def _whole(place: Place, content: bytes | None) -> urllib.request.Request:
    """A request for everything that an Oxigraph has, or to add `content` to it."""
    assert isinstance(place, Engine)
    kind: Mapping[str, str] = (
        {"Accept": "application/n-quads"} if content is None else {"Content-Type": "application/n-quads"}
    )
    address = f"{place.query.removesuffix('/query')}/store"
    return urllib.request.Request(address, content, dict(kind), method="GET" if content is None else "POST")
