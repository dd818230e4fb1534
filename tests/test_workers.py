"""Work that is shared out: the same bytes from one process, from two, and from a cluster that loses a worker."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from bench.generate import generate
from kg import cli, files, publish
from kg import workers as shared
from kg.control import portions
from kg.control.portions import Portion
from kg.control.writing import GRAPH
from kg.derive.writing import GRAPH as NETWORKS
from kg.errors import NoWorkers, StoreUnreadable
from kg.store import open_store
from kg.workers import Each, workers

pytest.importorskip("distributed", reason="pip install 'controlgraph[cluster]'")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with 1,000 changes and roads, its conclusions drawn here by one process."""
    folder = tmp_path_factory.mktemp("shared")
    generate(1000, folder / "data", with_roads=True)
    ontology = files.shipped() / "ontology" / "control.ttl"
    with closing(open_store(folder / "store")) as store:
        publish.load(store, [ontology, *sorted((folder / "data").glob("*.ttl"))], who="test")
    return folder / "store"


def kept(location: Path) -> dict[str, bytes]:
    """What follows in the published version: the files of the index and of the networks, the graphs of conclusions."""
    with closing(open_store(location)) as store:
        directory = store.published.directory()
        found = {
            str(path.relative_to(directory)): path.read_bytes()
            for name in ("control", "derive") for path in sorted((directory / name).rglob("*")) if path.is_file()
        }  # fmt: skip
        for graph in (GRAPH, NETWORKS):
            text = store.query(
                f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}", graph="nt"
            ).read()
            found[graph] = b"\n".join(sorted(text.splitlines()))
        return found


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[int]]]:
    """A scheduler of Dask with two workers, processes of their own: its address, and their numbers."""
    from distributed import Client

    file = tmp_path / "scheduler.json"
    quiet = ["--no-dashboard", "--scheduler-file", str(file)]
    commands = [["scheduler", "--host", "127.0.0.1", "--port", "0", *quiet]]
    commands += [["worker", "--nthreads", "1", "--no-nanny", "--local-directory", str(tmp_path), *quiet]] * 2
    with (tmp_path / "log").open("w") as log:
        processes = [
            subprocess.Popen([sys.executable, "-m", "dask", *command], stdout=log, stderr=log) for command in commands
        ]
    try:
        with Client(scheduler_file=str(file), timeout=60) as client:
            client.wait_for_workers(2, timeout=60)
            yield client.scheduler.address, [process.pid for process in processes[1:]]
    finally:
        for process in processes:
            process.kill()
        for process in processes:
            process.wait()


def losing(each: Each, worker: int) -> Each:
    """The same workers, of whom one is killed after the first result."""

    def lost(work: Callable[[Any], Any], parts: Iterable[Any]) -> Iterator[Any]:
        for number, found in enumerate(each(work, parts)):
            if number == 0:
                os.kill(worker, signal.SIGKILL)
            yield found

    return lost


def test_two_processes_conclude_what_one_does(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = kept(store)
    assert len(first[GRAPH]) > 100_000
    assert len(first[NETWORKS]) > 100_000
    monkeypatch.setattr(portions, "ROWS", 200)
    done = CliRunner().invoke(cli.main, ["--store", str(store), "conclude", "--processes", "2"])
    assert done.exit_code == 0, done.output
    assert kept(store) == first


def test_a_cluster_that_loses_a_worker_concludes_the_same(
    store: Path, cluster: tuple[str, list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    address, numbers = cluster
    first = kept(store)
    monkeypatch.setattr(portions, "ROWS", 200)
    with closing(open_store(store)) as opened, workers(scheduler=address) as each:
        publish.conclude(opened, who="test", each=losing(each, numbers[0]))
    assert kept(store) == first


def test_nobody_to_share_with_is_told(store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared, "PATIENCE", 0.5)
    before = kept(store)
    done = CliRunner().invoke(cli.main, ["--store", str(store), "conclude", "--scheduler", "tcp://127.0.0.1:1"])
    assert (done.exit_code, "no workers at tcp://127.0.0.1:1" in done.output) == (1, True), done.output
    with pytest.raises(NoWorkers, match="have ended"), workers(2) as each:
        list(each(os._exit, [3, 3]))
    with pytest.raises(StoreUnreadable, match="same path on every machine"):
        portions.conclude(Portion(str(tmp_path / "elsewhere"), 0, 1, np.zeros((0, 3), np.int64)))
    assert kept(store) == before
