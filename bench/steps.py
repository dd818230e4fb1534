"""One step of `bench.scale`: `python -m bench.steps STEP CHANGES DIR`; its own figures are its last line, as JSON."""

from __future__ import annotations

import hashlib
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np

from bench import generate as generator
from bench import peers
from bench.fronts import START as FRONTS_START
from bench.fronts import fronts
from bench.invented import invented
from bench.world import START
from kg import checks, described, files
from kg.control import portions, publishing, stored
from kg.control.conclusions import of_parts
from kg.control.facts import of_record
from kg.control.gathering import gather
from kg.control.index import open_index, state_at, verdict
from kg.control.ledger import open_ledger
from kg.control.portions import Concluded
from kg.control.reading import read_facts
from kg.control.runs import Runs, joined
from kg.control.writing import GRAPH
from kg.derive.history.sweep import columns_of, everything
from kg.store import open_store, versions
from kg.store.pool import Limits
from kg.workers import workers

Figures = dict[str, Any]
DAY = 2000
"""Days from the study start to the day that is asked about."""


def data(work: Path, changes: int) -> Path:
    """Where the files of a size are."""
    return work / f"data-{changes}"


def location(work: Path, changes: int) -> Path:
    """Where the store of a size is."""
    return work / f"store-{changes}"


def size(directory: Path) -> int:
    """Bytes of all files below."""
    return sum(path.stat().st_size for path in directory.rglob("*") if path.is_file())


def version(work: Path, changes: int) -> Path:
    """The directory of the published version of a size."""
    return versions.current(location(work, changes))


class Watch:
    """Seconds of one thing after the other, by name."""

    def __init__(self) -> None:
        self.figures, self._since = dict[str, float](), time.perf_counter()

    def __call__(self, name: str) -> None:
        """Take down what has passed since the last time."""
        now = time.perf_counter()
        self.figures[name], self._since = round(now - self._since, 3), now


def generate(work: Path, changes: int) -> Figures:
    """Write the files, if they are not there."""
    if not (data(work, changes) / "dataset.ttl").exists():
        generator.generate(changes, data(work, changes))
    return {"bytes": size(data(work, changes))}


def read(work: Path, changes: int) -> Figures:
    """Load the files into a new store, without checks or conclusions."""
    shutil.rmtree(location(work, changes), ignore_errors=True)
    shipped = [path for path in files.shipped_files() if path.name in ("control.ttl", "alignments.ttl")]
    watch = Watch()
    with closing(open_store(location(work, changes), Limits(children=1))) as store, store.candidate() as candidate:
        triples = 0
        for path in [*shipped, *sorted(data(work, changes).glob("*.ttl"))]:
            triples += candidate.replace(files.graph_of(path), path.read_bytes(), str(path))
        watch("reading")
        candidate.tidy()
        watch("in order")
        candidate.publish("bench")
        watch("published")
    return {"triples": triples, "bytes": size(location(work, changes)), **watch.figures}


def check(work: Path, changes: int) -> Figures:
    """Every check on the whole, one after the other."""
    watch = Watch()
    # of the first version, which has no conclusions yet, as when a load is checked
    first = min((location(work, changes) / "versions").iterdir())
    with (
        closing(open_store(location(work, changes), Limits(children=1))) as store,
        store.candidate(of=first) as candidate,
    ):
        for name, text in checks.texts().items():
            candidate.select(text)
            watch(name)
            print(f"{name} {watch.figures[name]}", file=sys.stderr, flush=True)
    return watch.figures


def index(work: Path, changes: int) -> Figures:
    """What is said, read out of the database and put into columns, which are kept beside the store."""
    directory, watch = version(work, changes), Watch()
    facts = read_facts(directory, versions.read_manifest(directory).graphs)
    watch("reading")
    ledger, told = gather(facts), of_parts(facts)
    watch("columns")
    beside = work / f"index-{changes}"
    beside.mkdir(exist_ok=True)
    stored.begin(ledger, beside)
    watch("saving")
    np.save(beside / "told.npy", told)
    return {"bytes": size(beside), "rows": len(ledger.claim), "places": len(ledger.places), **watch.figures}


def columns(work: Path, changes: int) -> Figures:
    """The columns of a record that is made in memory (`bench.invented`), in place of those of a store."""
    watch = Watch()
    facts = of_record(invented(changes, 1))
    watch("invented")
    ledger, told = gather(facts), of_parts(facts)
    watch("columns")
    beside = work / f"index-{changes}"
    stored.begin(ledger, beside)
    np.save(beside / "told.npy", told)
    return {"rows": len(ledger.claim), "places": len(ledger.places), **watch.figures}


def derive(work: Path, changes: int, processes: int = 1) -> Figures:
    """All conclusions from the columns, as text that is counted, by so many processes; the index is completed."""
    beside, watch = work / f"index-{changes}", Watch()
    base = stored.folder(beside) / "base"
    parts = list(portions.portions(open_ledger(base), base, np.load(beside / "told.npy")))
    with workers(processes) as each:
        figures = put_together(each(portions.conclude, parts), beside)
    watch("conclusions")
    return {**figures, **watch.figures}


def put_together(concluded: Iterable[Concluded], beside: Path) -> Figures:
    """Complete the index with what comes of all portions: how much text and how many runs that was, and a hash of the
    text and of the files of the index."""
    runs, text, digest = list[Runs](), 0, hashlib.sha256()
    for found in concluded:
        text += len(found.text)
        digest.update(found.text)
        runs.append(found.runs)
    stored.finish(joined(runs), beside)
    for path in sorted((stored.folder(beside) / "base").iterdir()):
        digest.update(path.read_bytes())
    return {"text": text, "digest": digest.hexdigest()[:16], "runs": sum(len(each.place) for each in runs)}


def derive2(work: Path, changes: int) -> Figures:
    """The same by two processes."""
    return derive(work, changes, 2)


def derive_dask(work: Path, changes: int) -> Figures:
    """The same on a cluster of Dask with two workers on this machine, of whom one is killed after a third of it."""
    from distributed import Client

    beside, watch = work / f"index-{changes}", Watch()
    base = stored.folder(beside) / "base"
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        file = f"{folder}/scheduler.json"
        quiet = ["--no-dashboard", "--scheduler-file", file]
        commands = [["scheduler", "--host", "127.0.0.1", "--port", "0", *quiet]]
        commands += [["worker", "--nthreads", "1", "--no-nanny", "--local-directory", folder, *quiet]] * 2
        started = [
            stack.enter_context(subprocess.Popen([sys.executable, "-m", "dask", *each], stderr=subprocess.DEVNULL))
            for each in commands
        ]
        for process in started:
            stack.callback(process.kill)
        with Client(scheduler_file=file, timeout=120) as client:
            client.wait_for_workers(2, timeout=120)
            address = client.scheduler.address
        watch("starting")
        parts = list(portions.portions(open_ledger(base), base, np.load(beside / "told.npy")))
        with workers(scheduler=address) as each:
            figures = put_together(losing(each(portions.conclude, parts), len(parts) // 3, started[1]), beside)
    watch("conclusions")
    return {**figures, **watch.figures}


def losing(concluded: Iterable[Concluded], after: int, worker: subprocess.Popen[bytes]) -> Iterator[Concluded]:
    """What comes of all portions, while a worker is killed after so many."""
    for number, found in enumerate(concluded):
        if number == after:
            worker.kill()
        yield found


def sweep(_work: Path, changes: int, processes: int = 1) -> Figures:
    """What follows from roads, in a world with fronts that is made in memory, a place for each ten changes."""
    network, held = fronts(changes // 10)
    watch = Watch()
    with workers(processes) as each:
        found = everything(network, held, FRONTS_START, each)
    watch("swept")
    digest = hashlib.sha256(b"".join(column.tobytes() for column in columns_of(found).values()))
    return {"turns": len(found.turns), "digest": digest.hexdigest()[:16], **watch.figures}


def sweep2(work: Path, changes: int) -> Figures:
    """The same by two processes."""
    return sweep(work, changes, 2)


def conclude(work: Path, changes: int) -> Figures:
    """Index and conclusions in the store, as a new version: reading, columns, text, and loading that."""
    watch = Watch()
    with closing(open_store(location(work, changes), Limits(children=1))) as store, store.candidate() as candidate:
        publishing.rebuild(candidate)
        described.keep(candidate, None)
        watch("rebuilt")
        candidate.tidy()
        watch("in order")
        triples = candidate.graphs[GRAPH].triples
        candidate.publish("bench")
        watch("published")
    return {"triples": triples, "bytes": size(version(work, changes)), **watch.figures}


def ask(work: Path, changes: int) -> Figures:
    """All places on a day, and one place, from the index alone."""
    base = stored.folder(work / f"index-{changes}") / "base"
    watch = Watch()
    index = open_index(base)
    watch("opening")
    day = index.ledger.study_start + DAY
    taken = []
    for _ in range(7):
        begun = time.perf_counter()
        state_at(index, day, day)
        taken.append(time.perf_counter() - begun)
    point = []
    for number in range(0, len(index.ledger.places), max(1, len(index.ledger.places) // 50)):
        begun = time.perf_counter()
        verdict(index, index.ledger.places[number], day, day)
        point.append(time.perf_counter() - begun)
    return {**watch.figures, "first map": taken[0], "map": min(taken), "place": statistics.median(point)}


def serve(work: Path, changes: int) -> Figures:
    """Pages and answers over HTTP of a server that was just started and keeps no answers: pages twice, answers five times."""
    day = (START + timedelta(days=DAY)).isoformat()
    ledger = open_ledger(stored.folder(work / f"index-{changes}") / "base")
    slug = next(place for place in ledger.places if "/place/district-" in place).rpartition("/")[2]
    asked = {
        "home": "", "map page": f"map?at={day}", "one place": f"api/control?at={day}&place={slug}",
        "all places": f"api/control?at={day}&limit=1000000&grounds=off",
    }  # fmt: skip
    found: Figures = {}
    begun = time.perf_counter()
    with peers.ours(
        location(work, changes), KG_CACHE="0", KG_DEADLINE="3600", KG_PATIENCE="3600", KG_WAIT="3600"
    ) as server:
        found["started"] = time.perf_counter() - begun
        root = server.endpoint.removesuffix("sparql")
        for name, address in asked.items():
            taken = []
            for _ in range(5 if address.startswith("api") else 2):
                begun = time.perf_counter()
                body = urllib.request.urlopen(root + address, timeout=1800).read()
                taken.append(time.perf_counter() - begun)
            found |= {f"{name}, first": taken[0], name: min(taken), f"{name}, bytes": len(body)}
    return found


STEPS: dict[str, Callable[[Path, int], Figures]] = {
    each.__name__: each
    for each in (generate, read, check, index, columns, derive, derive2, derive_dask, sweep, sweep2, ask, conclude, serve)
}  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(STEPS[sys.argv[1]](Path(sys.argv[3]), int(sys.argv[2]))))
