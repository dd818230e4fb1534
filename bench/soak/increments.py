"""Many writers add to one value over HTTP: `python -m bench.soak increments`."""

from __future__ import annotations

import tempfile
import threading
import time
from collections import Counter

from bench import peers, run
from bench.soak.asking import Options, ask, rows, shipped, verdict, write

VALUE = "http://example.org/counter"
INCREMENT = f"""DELETE {{ GRAPH <{VALUE}> {{ <{VALUE}> <{VALUE}> ?old }} }}
INSERT {{ GRAPH <{VALUE}> {{ <{VALUE}> <{VALUE}> ?new }} }}
WHERE {{ GRAPH <{VALUE}> {{ <{VALUE}> <{VALUE}> ?old }} BIND(?old + 1 AS ?new) }}"""
TRIES = 1000
"""How often one increment is sent again where the service says to come back."""


def increments(_: Options) -> bool:
    """Four writers add one two hundred times each; nothing is lost and nothing counted twice."""
    with tempfile.TemporaryDirectory() as folder, peers.ours(shipped(folder)) as server:
        begun = time.monotonic()
        values, statuses = together(server.endpoint, 4, 200)
        taken = time.monotonic() - begun
    told = f"4 writers x 200 increments: {values}; statuses {dict(statuses)}; {taken:.0f} s, {800 / taken:.1f}/s"
    return verdict(values == ["800"], told)


def together(endpoint: str, writers: int, times: int) -> tuple[list[str], Counter[int]]:
    """Let some writers add one some times each, beginning at 0: the values there are afterwards, the statuses they got.

    A writer that is told to come back (503) sends the same again; one that gets another error stops.
    """
    statuses: Counter[int] = Counter()
    change = threading.Lock()

    def tell(status: int) -> None:
        with change:
            statuses[status] += 1
            if statuses[200] % 100 == 0 and status == 200:
                run.note(f"{statuses[200]} acknowledged")

    def add() -> None:
        for _ in range(times):
            for _ in range(TRIES):
                status = write(endpoint, INCREMENT)[0]
                tell(status)
                if status != 503:
                    break
            if status != 200:
                return

    status, body, _ = write(endpoint, f"INSERT DATA {{ GRAPH <{VALUE}> {{ <{VALUE}> <{VALUE}> 0 }} }}")
    if status != 200:
        raise RuntimeError(f"the value could not be set to 0: {status} {body[:300]!r}")
    threads = [threading.Thread(target=add) for _ in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [row["n"] for row in rows(ask(endpoint, f"SELECT ?n {{ <{VALUE}> <{VALUE}> ?n }}")[1])], statuses
