"""Copies of the service that ask one engine, as processes of their own that can be killed whole."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from kg.store.remote.engine import Engine
from tests.server.conftest import TOKEN, Service, environment

ROOT = Path(__file__).parent.parent.parent
HASTY = "from kg.store.remote import claims\nclaims.LEASE, claims.RENEWED = 6.0, 1.0\n"
"""What every process of a hasty copy begins with: it takes others for dead after seconds, not minutes."""


@contextmanager
def copy(engine: Engine, cache: Path, *, hasty: bool = False, **settings: str) -> Iterator[Service]:
    """A copy that keeps what it has of the engine in `cache`, and whose writer is the holder of `TOKEN`; what is left
    of it at the end is killed."""
    cache.mkdir(parents=True, exist_ok=True)
    (cache / "sitecustomize.py").write_text(HASTY if hasty else "")
    told = {
        "KG_STORE_UPDATE": engine.update, "KG_STORE_DIALECT": engine.dialect, "KG_STORE_CACHE": str(cache),
        "KG_TOKENS": f"tester:{TOKEN}", "KG_CHILDREN": "2", "PYTHONPATH": f"{cache}:{ROOT}", **settings,
    }  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-m", "server"], env=environment(Path(), **told, KG_STORE=engine.query),
        stdout=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    assert process.stdout
    with process.stdout:
        try:
            greeting = process.stdout.readline()
            found = re.search(r"http://\S+", greeting)
            assert found, f"no greeting, exit code {process.wait()}"
            yield Service(process, greeting, found[0])
        finally:
            kill(process)


def kill(process: subprocess.Popen[str]) -> None:
    """Kill a copy with every process that it started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(30)
