"""Virtuoso as a peer, where Debian's `virtuoso-opensource` is installed."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.peers import Server, free_port, running

SETTINGS = """[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
[TempDatabase]
DatabaseFile = {folder}/virtuoso-temp.db
TransactionFile = {folder}/virtuoso-temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DirsAllowed = /
NumberOfBuffers = 170000
MaxDirtyBuffers = 130000
SchedulerInterval = 0
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerThreads = 20
MaxClientConnections = 20
[SPARQL]
ResultSetMaxRows = 1000000
[Plugins]
LoadPath = /usr/lib/virtuoso-opensource-7/hosting
"""
"""Two gigabytes of buffers, half of the number that its manual gives for four."""


def installed() -> bool:
    """Whether there is a Virtuoso to measure."""
    return shutil.which("virtuoso-t") is not None


@contextmanager
def virtuoso(location: Path, files: list[Path]) -> Iterator[Server]:
    """Virtuoso over a database in `location`, which is filled from the files where it is new."""
    location.mkdir(parents=True, exist_ok=True)
    sql, http = free_port(), free_port()
    configuration = location / "virtuoso.ini"
    configuration.write_text(SETTINGS.format(folder=location, sql=sql, http=http))
    command = ["virtuoso-t", "+wait", "+foreground", "+configfile", str(configuration)]
    with running("Virtuoso 7", command, f"http://127.0.0.1:{http}/sparql") as server:
        if not (location / "done").exists():
            begun = time.monotonic()
            for file in files:
                _isql(sql, f"DB.DBA.TTLP_MT (file_to_string_output ('{file}'), '', 'http://bench/{file.stem}', 0);")
            _isql(sql, "checkpoint;")
            (location / "done").write_text(f"{time.monotonic() - begun:.0f} s\n")
        yield server


def _isql(port: int, statement: str) -> None:
    done = subprocess.run(
        ["isql-vt", str(port), "dba", "dba", "VERBOSE=OFF", f"EXEC={statement}"], capture_output=True, text=True
    )
    if done.returncode or "*** Error" in done.stdout + done.stderr:
        raise RuntimeError(f"{statement}: {done.stdout}{done.stderr}")
