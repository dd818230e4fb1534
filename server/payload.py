"""Bodies that are written to graphs: RDF in files for the writer, and updates kept within one graph."""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass
from pathlib import Path

from flask import request

from kg.store.tokens import tokens
from kg.store.update import MANAGEMENT, Operation, operations
from server import current, formats, parameters
from server.errors import Rejected

MULTIPART = "multipart/form-data"
CHUNK = 1 << 16
_SUFFIXES = {".ttl": "ttl", ".nt": "nt", ".rdf": "rdf", ".owl": "rdf", ".xml": "rdf", ".jsonld": "jsonld"}
_ELSEWHERE = {"GRAPH", "WITH", "USING", "FROM", *MANAGEMENT}


@dataclass(frozen=True)
class File:
    """A part of a body, on disk: where, and in which form it says it is."""

    path: Path
    form: str


def take(folder: Path, offer: formats.Offer, *, several: bool) -> list[File]:
    """The body in files in `folder`: one, or, where `several` may be sent, each file of a multipart form.

    Raises Rejected where a form is none of `offer`, and what Flask does where the body is larger than it may be.
    """
    request.max_content_length = current.settings().body_max
    if several and request.mimetype == MULTIPART:
        return _parts(folder, offer)
    form = _form(request.content_type or "", "", offer)
    path = folder / "body"
    with path.open("wb") as file:
        while piece := request.stream.read(CHUNK):
            file.write(piece)
    return [File(path, form)]


def _parts(folder: Path, offer: formats.Offer) -> list[File]:
    found = []
    for number, part in enumerate(part for _, part in request.files.items(multi=True)):
        form = _form(part.content_type or "", part.filename or "", offer)
        path = folder / str(number)
        part.save(path)
        found.append(File(path, form))
    if not found:
        raise Rejected(400, "no-files", "No file in this form", "a multipart form has one file or more, with its type")
    return found


def _form(content_type: str, name: str, offer: formats.Offer) -> str:
    """The form of a body by its media type, or by its file's name where its client knew no type."""
    media_type = content_type.partition(";")[0].strip().casefold()
    if name and media_type in ("", "application/octet-stream"):
        form = _SUFFIXES.get(Path(name).suffix.casefold())
    else:
        parameters.charset(content_type)
        form = next((form for form, types in offer.items() if media_type in types), None)
    if form is None:
        guessed = mimetypes.guess_type(name)[0] if name else None
        said = media_type or guessed or "a body without a Content-Type"
        raise Rejected(
            415, "body-type", "A body of this type is not taken",
            f"{said} is not taken as a graph; accepted are {formats.listed([offer])}",
        )  # fmt: skip
    return form


def within(graph: str, update: str) -> list[str]:
    """The operations of an update, each rewritten to see and change `graph` alone; "" is the unnamed one.

    Raises Rejected for an operation that names graphs itself.

    >>> within("http://e/g", "DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }")
    ['WITH <http://e/g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }']
    >>> within("http://e/g", "INSERT DATA { <http://e/a> a <http://e/b> }")
    ['INSERT DATA { GRAPH <http://e/g> { <http://e/a> a <http://e/b> } }']
    """
    found = operations(update)
    for operation in found:
        for token in operation.tokens:
            if token.kind == "word" and token.text.upper() in _ELSEWHERE:
                raise Rejected(
                    422, "other-graph", "This changes one graph alone",
                    f"{token.text} names a graph; an update by PATCH is about the graph of the address, and no other",
                )  # fmt: skip
    return [operation.prologue + (_moved(graph, operation) if graph else operation.text) for operation in found]


def _moved(graph: str, operation: Operation) -> str:
    if operation.words[1:2] not in (["DATA"], ["WHERE"]):
        return f"WITH <{graph}> {operation.text}"
    # these take no WITH, and have one block
    sequence = list(tokens(operation.text))
    begin = next((token.start for token in sequence if token.text == "{"), len(operation.text))
    return f"{operation.text[:begin]}{{ GRAPH <{graph}> {operation.text[begin:]} }}"
