"""`/dumps/…`: the published version as a file, whole or a graph of it, made once for each version."""

from __future__ import annotations

import gzip
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO

from flask import Blueprint, Response, current_app, request

from kg import export
from kg.export import apart
from kg.files import BASE
from kg.gazetteer import open_gazetteer
from kg.store.answer import GRAPH_FORMATS, Answer
from kg.store.embedded import Store
from server import asking, current, formats, kept
from server.errors import Rejected

bp = Blueprint("dumps", __name__)

HERE = 1_000
"""Places up to which a file about all of them is written by the thread that answers."""
WHOLE = "controlgraph"
"""The name of the file with everything."""
Write = Callable[..., None]
"""What writes a file, called with the store and the open file."""


@dataclass(frozen=True)
class Dump:
    """A file that has no name any more, and its size in bytes."""

    file: IO[bytes]
    size: int


def init_app() -> kept.Kept[Dump]:
    """Where the dumps of a version are kept."""
    return kept.Kept(wait=1.0, drop=lambda dump: dump.file.close())


@bp.route("/dumps/<path:name>")
def dump(name: str) -> Response:
    """`controlgraph.nq`, `controlgraph.trig`, `<graph>.ttl` and those of `kg.export.FILES`, each also with `.gz`."""
    for parameter in request.args:
        raise Rejected(
            400, "unknown-parameter", "No such parameter", f"{parameter}: a dump has none; it is of all data sets"
        )
    plain = name.removesuffix(".gz")
    media_type, write = _written(plain)
    held: kept.Kept[Dump] = current_app.extensions["controlgraph.dumps"]
    packed = name.endswith(".gz")
    while True:
        version, made = held.get(name, current.version, lambda: _make(write, packed=packed))
        try:
            descriptor = os.dup(made.file.fileno())
            break
        except ValueError:  # closed in this moment, because another version is out
            continue
    response = asking.whole(Answer("graph", "nq", made.size, version, descriptor=descriptor))
    response.content_type = "application/gzip" if packed else formats.header(media_type)
    if f"{plain}{export.DESCRIBED}" in export.FILES:
        described = f"{current.address()}/dumps/{plain}{export.DESCRIBED}"
        response.headers["Link"] = f'<{described}>; rel="describedby"; type="application/csvm+json"'
    return response


def _written(name: str) -> tuple[str, Write]:
    """The media type of a file, and what writes it. Raises Rejected."""
    if name in export.FILES:
        return export.FILES[name][0], lambda store, file: _write(store, name, file)
    stem, _, form = name.rpartition(".")
    accepted = export.QUAD_FORMS if stem == WHOLE else ("ttl",)
    if not stem or form not in accepted:
        raise Rejected(
            404, "unknown-dump", "There is no such file",
            f"{name}: there are {WHOLE}.nq, {WHOLE}.trig, <graph>.ttl for each graph of ours, "
            f"{', '.join(export.FILES)}, each also with .gz",
        )  # fmt: skip
    graph = None if stem == WHOLE else f"{BASE}graph/{stem}"
    return GRAPH_FORMATS[form], lambda store, file: export.export(store, file, form, graph)


def _write(store: Store, name: str, file: IO[bytes]) -> None:
    if len(open_gazetteer(store).places) > HERE:
        apart.write(store, name, file)
    else:
        export.FILES[name][1](store, file)


def _make(write: Write, *, packed: bool) -> Dump:
    file = tempfile.TemporaryFile()  # noqa: SIM115 (kept until another version is dumped)
    try:
        if packed:
            with gzip.GzipFile(fileobj=file, mode="wb", mtime=0) as stream, tempfile.TemporaryFile() as plain:
                write(current.store(), plain)
                plain.seek(0)
                shutil.copyfileobj(plain, stream, 1 << 20)
        else:
            write(current.store(), file)
        file.flush()
        return Dump(file, file.seek(0, os.SEEK_END))
    except BaseException:
        file.close()
        raise
