"""Many writers add to one value over HTTP: `python -m bench.soak increments`."""

from __future__ import annotations

import json
import tempfile
import threading
import urllib.error
from pathlib import Path

from bench import peers, run
from bench.soak.asking import ask, shipped

WRITERS, TIMES = 4, 200
VALUE = "http://example.org/counter"
INCREMENT = f"""DELETE {{ GRAPH <{VALUE}> {{ <{VALUE}> <{VALUE}> ?old }} }}
INSERT {{ GRAPH <{VALUE}> {{ <{VALUE}> <{VALUE}> ?new }} }}
WHERE {{ GRAPH <{VALUE}> {{ <{VALUE}> <{VALUE}> ?old }} BIND(?old + 1 AS ?new) }}"""


def increments(_: Path, __: int) -> bool:
    """Four writers add one two hundred times each; nothing is lost and nothing counted twice."""
    refused: list[str] = []
    with tempfile.TemporaryDirectory() as folder, peers.ours(shipped(folder)) as server:
        run.update(server.endpoint, f"INSERT DATA {{ GRAPH <{VALUE}> {{ <{VALUE}> <{VALUE}> 0 }} }}")

        def add() -> None:
            done = 0
            while done < TIMES:
                try:
                    run.update(server.endpoint, INCREMENT)
                    done += 1
                except urllib.error.HTTPError as error:
                    refused.append(str(error.code))
                    if error.code != 503:
                        return

        threads = [threading.Thread(target=add) for _ in range(WRITERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        body = ask(server.endpoint, f"SELECT ?n {{ <{VALUE}> <{VALUE}> ?n }}")[1]
    values = [row["n"]["value"] for row in json.loads(body)["results"]["bindings"]]
    print(f"{WRITERS} writers x {TIMES} increments: {values}; refused and sent again: {len(refused)} {set(refused)}")
    return values == [str(WRITERS * TIMES)]
