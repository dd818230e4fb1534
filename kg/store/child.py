"""A child process that runs queries, and may be killed at any moment because it only reads.

Started by `kg.store.process`. Imports little, so that it is ready in
some tens of milliseconds. A pyoxigraph result never leaves the thread that made it: it is serialised here.

An answer's bytes follow its message; past `INLINE` bytes an open file does (`kg.store.wire`).
"""

from __future__ import annotations

import os
import socket
import sys
import threading
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from kg.store import binding, complaint, federation
from kg.store.guard import Outbound, refuse_outbound
from kg.store.isolation import cap_memory, leave_network, raise_loopback
from kg.store.keywords import names_dataset
from kg.store.spool import Spool, TooLarge
from kg.store.wire import Ear, Heard, send

if TYPE_CHECKING:
    from kg.store.binding import Known
    from kg.store.relay import Relay

RESULTS = {
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
}
"""Short name → the engine's serialisation of solutions."""
GRAPHS = {
    "ttl": ox.RdfFormat.TURTLE,
    "nt": ox.RdfFormat.N_TRIPLES,
    "nq": ox.RdfFormat.N_QUADS,
    "trig": ox.RdfFormat.TRIG,
    "rdf": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
}
"""Short name → the engine's serialisation of graphs."""


def term(value: dict[str, str]) -> ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple:
    """A term from its SPARQL results JSON form."""
    if value["type"] == "uri":
        return ox.NamedNode(value["value"])
    if "xml:lang" in value:
        return ox.Literal(value["value"], language=value["xml:lang"])
    if "datatype" in value:
        return ox.Literal(value["value"], datatype=ox.NamedNode(value["datatype"]))
    return ox.Literal(value["value"])


def evaluate(store: ox.Store, request: dict[str, Any], spool: Spool, relay: Relay | None = None) -> dict[str, Any]:
    """Run one query into `spool`; the header of the answer, or what went wrong as {"error": …, "message": …}.

    Without a dataset of its own, or one in the request, the query sees the union of all graphs as its default graph.
    It asks other services through `relay`, none where there is none.
    """
    query = request["query"]
    try:
        result = _result(store, query, request, relay)
        if isinstance(result, ox.QueryTriples):
            kind, form = "graph", request["graph"]
        else:
            kind, form = "boolean" if isinstance(result, ox.QueryBoolean) else "solutions", request["results"]
        if form is None:
            return {"error": "form", "message": kind}
        if isinstance(result, ox.QueryTriples):
            ox.serialize(result, spool, GRAPHS[form], prefixes=request.get("prefixes"))  # type: ignore[arg-type]
        elif isinstance(result, ox.QueryBoolean) and form in ("csv", "tsv"):
            # the recommendation defines these two for solutions only; one cell is what clients expect
            spool.write(b"true" if result else b"false")
        else:
            result.serialize(spool, RESULTS[form])
    except Outbound as error:
        return {"error": "outbound", "message": str(error)}
    except SyntaxError as error:
        return complaint.of_query(query, error, request.get("prefixes") or ())
    except TooLarge:
        return {"error": "size", "message": str(spool.limit)}
    except (OSError, RuntimeError, ValueError) as error:
        if relay is not None and (failure := relay.failure(str(error))) is not None:
            told = {"endpoint": failure.endpoint, "status": failure.status}
            return {"error": "service", "message": str(failure), **told}
        return {"error": "failed", "message": str(error)}
    return {"kind": kind, "form": form}


def _result(store: ox.Store, query: str, request: dict[str, Any], relay: Relay | None) -> Any:
    """What the engine answers; nothing of it is computed yet."""
    local = query
    known: list[Known | None] = []
    if relay is None:
        refuse_outbound(query, request.get("base"), request.get("prefixes"))
    else:
        local, query, known = federation.lead(query, relay.relayed(), request.get("base"), request.get("prefixes"))
    options: dict[str, Any] = {"base_iri": request.get("base")}
    if "default" in request:
        options["default_graph"] = [ox.NamedNode(iri) if iri else ox.DefaultGraph() for iri in request["default"]]
        options["named_graphs"] = [ox.NamedNode(iri) for iri in request["named"]]
    elif not names_dataset(local, request.get("base"), request.get("prefixes")):
        options["use_default_graph_as_union"] = True
    if relay is not None:
        _bind(store, relay, known, {**options, "prefixes": request.get("prefixes")})
    if "values" in request:
        options["substitutions"] = {ox.Variable(name): term(value) for name, value in request["values"].items()}
    try:
        return store.query(query, **options)
    except SyntaxError:
        # reading our prefixes first takes the engine longer than most lookups, and most texts declare their own
        return store.query(query, prefixes=request.get("prefixes"), **options)


def _bind(store: ox.Store, relay: Relay, known: list[Known | None], options: dict[str, Any]) -> None:
    """Find the values that go along with each call."""
    for call, part in enumerate(known):
        if part is None:
            continue
        with suppress(SyntaxError, Outbound):  # it cannot be told apart from the rest
            refuse_outbound(part.query, options["base_iri"], options["prefixes"])
            values = binding.values(store.query(part.query, **options), part.variables)
            if values is not None:
                relay.bind(call, values)


def write(request: dict[str, Any]) -> dict[str, Any]:
    """Apply a write to a candidate; its account, or what went wrong."""
    # imported when first needed: most children never write, and each has to start fast
    from kg.store import writer

    try:
        return writer.apply(request["candidate"], request["steps"], **request["context"])
    except writer.NoUpdate as error:
        return error.complaint
    except Outbound as error:
        return {"error": "outbound", "message": str(error)}
    except writer.Unreadable as error:
        return {"error": "unreadable", "message": str(error)}
    except (OSError, RuntimeError, ValueError) as error:
        return {"error": "failed", "message": str(error)}


def _for_an_engine(line: socket.socket, limit: int, heard: Heard) -> None:
    """Read a query that an engine elsewhere will be asked, or what that answered."""
    # imported when first needed: where the data lies here nobody does, and each child has to start fast
    from kg.store.remote import reading

    request = heard.message
    if "asked" in request:
        send(line, reading.asked(request))
        return
    spool = Spool(limit)
    try:
        if heard.descriptor is None:
            header = reading.told(request, heard.body, spool)
        else:
            with open(heard.descriptor, "rb") as file:  # noqa: PTH123 (an open file has no path)
                file.seek(0)
                header = reading.told(request, file, spool)
        _answer(line, header, spool)
    finally:
        spool.close()


def _answer(line: socket.socket, header: dict[str, Any], spool: Spool) -> None:
    """Send what came of it: what went wrong, or what was written."""
    if "error" in header:
        send(line, header)
    else:
        spool.send(line, header)


def _watch(life: socket.socket) -> None:
    """End this process when its parent is gone, even in the middle of a query."""
    life.recv(1)
    os._exit(0)


def _relay(line: socket.socket, ear: Ear, endpoints: list[str], limit: int, *, isolated: bool) -> Relay:
    """Start this child's relay, whose connections its parent makes."""
    # imported when first needed: most children ask nobody, and each has to start fast
    from kg.store.relay import Relay

    def connected(number: int, seconds: float) -> socket.socket:
        send(line, {"connect": number, "seconds": seconds})
        heard = ear.receive()
        if heard is None or heard.descriptor is None:
            raise OSError(heard.message["refused"] if heard else "the service is ending")
        return socket.socket(fileno=heard.descriptor)

    if isolated:
        raise_loopback()
    return Relay(endpoints, connected, limit)


def serve(line: socket.socket, limit: int, endpoints: list[str], *, isolated: bool) -> None:
    """Say that this process is ready and whether it has left the network, then answer requests until the line closes.

    The store is opened again whenever a request names another version. Queries may ask the `endpoints`.
    """
    send(line, {"isolated": isolated})
    opened: str | None = None
    prefixes: dict[str, str] | None = None
    store: ox.Store | None = None
    relay: Relay | None = None
    ear = Ear(line)
    while (heard := ear.receive()) is not None:
        request = heard.message
        if "candidate" in request:
            send(line, write(request))
            continue
        prefixes = request.setdefault("prefixes", prefixes)
        if "told" in request or "asked" in request:
            _for_an_engine(line, limit, heard)
            continue
        if request["store"] != opened:
            try:
                store, opened = ox.Store.read_only(request["store"]), request["store"]
            except OSError as error:
                # a version that was pruned between the look-up and now: the parent looks again
                gone = not Path(request["store"]).is_dir()
                send(line, {"error": "gone" if gone else "unreadable", "message": str(error)})
                continue
        assert store is not None
        asks = bool(endpoints) and "SERVICE" in request["query"].upper()
        if asks and relay is None:
            relay = _relay(line, ear, endpoints, limit, isolated=isolated)
        spool = Spool(limit)
        try:
            with relay.relaying(request["seconds"]) if asks and relay else nullcontext():
                header = evaluate(store, request, spool, relay if asks else None)
            _answer(line, header, spool)
        finally:
            spool.close()


def main() -> None:
    """Entry of the child process: `python -m kg.store.child LINE LIFE MEMORY LIMIT [ENDPOINT …]` (descriptors and
    bytes, and the services that queries may ask)."""
    line, life = (socket.socket(fileno=int(number)) for number in sys.argv[1:3])
    memory, limit = int(sys.argv[3]), int(sys.argv[4])
    cap_memory(memory)
    isolated = leave_network()
    threading.Thread(target=_watch, args=(life,), daemon=True).start()
    serve(line, limit, sys.argv[5:], isolated=isolated)


if __name__ == "__main__":
    main()
