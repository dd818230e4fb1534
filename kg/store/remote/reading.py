"""In a child process: what a query asks for, before an engine is asked, and what the engine answers.

The text is read here first, by the same parser and with the same complaints as where the data lies on this machine:
what is no SPARQL, reaches out, or is nested so deeply that it ends a process never gets to the engine. The answer is
read too: one that breaks off is none, whatever its status was, and each form is written as it always is.
"""

from __future__ import annotations

import json
from io import BytesIO
from typing import IO, Any, cast

import pyoxigraph as ox

from kg.store import complaint
from kg.store.child import GRAPHS, RESULTS, term
from kg.store.guard import Outbound, refuse_outbound
from kg.store.remote.wording import worded
from kg.store.spool import Spool, TooLarge
from kg.store.tokens import tokens

PIECE = 1 << 20
"""Bytes of an answer that are read at once: a large one is never whole in memory."""


def asked(request: dict[str, Any]) -> dict[str, Any]:
    """What a query asks for (`kind`, and its `form`), the dataset that it names (`default` and `named`, if any), and
    its `text` for an engine, whose own language has names that begin with one of `own`: base, prefixes and values are
    in it, the dataset is not. `graphs` tells where it says which graph (`kg.store.remote.wording`)."""
    query, base, prefixes = request["query"], request.get("base"), request.get("prefixes") or {}
    try:
        refuse_outbound(query, base, prefixes)
        text, kind = _read(query, base, prefixes)
        text = _with(text, request.get("values") or {})
        said = worded(text, request["own"])
        refuse_outbound(said.text)  # it is this one that goes to the engine
    except Outbound as error:
        return {"error": "outbound", "message": str(error)}
    except SyntaxError as error:
        return complaint.of_query(query, error, prefixes)
    except (OSError, RuntimeError, ValueError) as error:
        return {"error": "failed", "message": str(error)}
    form = request["graph"] if kind == "graph" else request["results"]
    if form is None:
        return {"error": "form", "message": kind}
    return {"kind": kind, "form": form, "text": said.text, "graphs": said.graphs, **said.dataset}


def _read(query: str, base: str | None, prefixes: dict[str, str]) -> tuple[str, str]:
    """A query with the prologue that it needs, and what it answers with. Raises SyntaxError."""
    nothing = ox.Store()
    begin = f"BASE <{base}> " if base else ""
    try:
        found: Any = nothing.query(query, base_iri=base)
    except SyntaxError:
        found = nothing.query(query, base_iri=base, prefixes=prefixes)
        used = {token.text.partition(":")[0] for token in tokens(query) if token.kind == "name"}
        begin += "".join(f"PREFIX {name}: <{iri}> " for name, iri in prefixes.items() if name in used)
    text = begin + _defined(query)
    if isinstance(found, ox.QueryTriples):
        return text, "graph"
    return text, "boolean" if isinstance(found, ox.QueryBoolean) else "solutions"


def _defined(query: str) -> str:
    """A query without the clauses `VALUES ?x { UNDEF }`, which say nothing, and which not every engine understands."""
    if "UNDEF" not in query.upper():
        return query
    sequence = list(tokens(query))
    for at in reversed(range(len(sequence) - 4)):
        clause = sequence[at : at + 5]
        if [token.text.upper() for token in (clause[0], *clause[2:])] == ["VALUES", "{", "UNDEF", "}"]:
            query = query[: clause[0].start] + query[clause[4].start + 1 :]
    return query


def _with(text: str, values: dict[str, dict[str, str]]) -> str:
    """A query of ours in whose pattern some variables have these values and no others."""
    if not values:
        return text
    at = next(token.start for token in tokens(text) if token.text == "{") + 1
    names = " ".join(f"?{name}" for name in values)
    row = " ".join(str(term(value)) for value in values.values())
    return f"{text[:at]} VALUES ({names}) {{ ({row}) }} {text[at:]}"


def told(request: dict[str, Any], given: bytes | IO[bytes], spool: Spool) -> dict[str, Any]:
    """Write what an engine answered (`media`: its type) to `spool`, in the form that is wanted; the header of it."""
    kind, form = request["told"], request["form"]
    if spelled := [(old.encode(), new.encode()) for old, new in request["spelled"]]:
        given = cast("IO[bytes]", _Respelled(BytesIO(given) if isinstance(given, bytes) else given, spelled))
    try:
        if kind == "graph":
            read = ox.RdfFormat.from_media_type(request["media"])
            if read is None or not read.media_type:
                raise ValueError(f"a graph as {request['media'] or 'nothing that it names'}")
            triples = (quad.triple for quad in ox.parse(given, read))
            ox.serialize(triples, spool, GRAPHS[form], prefixes=request.get("prefixes"))  # type: ignore[arg-type]
            return {"kind": kind, "form": form}
        found = ox.parse_query_results(given, ox.QueryResultsFormat.JSON)
        if kind == "boolean":
            truth = _truth(found)
            if form in ("csv", "tsv"):
                spool.write(b"true" if truth else b"false")
            else:
                spool.write(_boolean(truth).serialize(format=RESULTS[form]) or b"")
        elif isinstance(found, ox.QuerySolutions):
            found.serialize(spool, RESULTS[form])  # type: ignore[arg-type]
        else:
            raise ValueError("a boolean where solutions were asked for")
    except TooLarge:
        return {"error": "size", "message": str(spool.limit)}
    except (OSError, RuntimeError, ValueError, SyntaxError) as error:
        return {"error": "engine", "message": f"{error}"}
    return {"kind": kind, "form": form}


class _Respelled:
    """A file as it would be with some words replaced, none of which has the end of a line in it."""

    def __init__(self, file: IO[bytes], words: list[tuple[bytes, bytes]]) -> None:
        self._file, self._words = file, words
        self._ready = BytesIO()

    def read(self, size: int) -> bytes:
        """The next bytes, at most so many; none at the end."""
        found = self._ready.read(size)
        if not found and (piece := self._file.read(PIECE)):
            piece += self._file.readline()
            for old, new in self._words:
                piece = piece.replace(old, new)
            self._ready = BytesIO(piece)
            found = self._ready.read(size)
        return found


def _boolean(truth: bool) -> ox.QueryBoolean:
    """A boolean as the parser of results makes one."""
    document = json.dumps({"head": {}, "boolean": truth}).encode()
    made = ox.parse_query_results(document, ox.QueryResultsFormat.JSON)
    assert isinstance(made, ox.QueryBoolean)
    return made


def _truth(found: Any) -> bool:
    """A boolean, which one engine tells as a table of one number."""
    if isinstance(found, ox.QueryBoolean):
        return bool(found)
    return [solution[0].value for solution in found] == ["1"]
