"""Texts run by the code of the child processes, in this one, with one wall less or with none.

`python -m bench.soak.unwalled [--leave [--loopback]]` switches the guard off and runs texts from standard input (JSON lines: text,
update). With `--leave` in a network namespace of its own, as the children of the service; exit code 77 where the system
gives none, and with `--loopback` raised, as of children that may ask other services. Without, nothing stands between the texts and the network. Prints what became of each, as a JSON list.
"""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from unittest.mock import patch

import pyoxigraph as ox

from kg.store import child, federation, guard
from kg.store.isolation import leave_network, raise_loopback

NO_NAMESPACE = 77
PREFIXES = {"kg": "https://w3id.org/controlgraph/ontology#"}
BASE = "http://e/base/"
_E = ox.NamedNode("http://e/")
_VALUES = (_E, ox.Literal(1), ox.Literal(1.5), ox.Literal("x"), ox.Literal(value=True),
           ox.Literal("1e5", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#double")),
           ox.Literal("1.5", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#decimal")),
           ox.NamedNode("http://e/x"), ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#nil"))  # fmt: skip
TINY = [ox.Quad(_E, _E, value, graph) for value in _VALUES for graph in (ox.DefaultGraph(), ox.NamedNode("http://e/g"))]
"""Statements that the patterns before a call match, so that it is made."""


def perform(text: str, *, update: bool) -> str:
    """Run a text as a child does: "run" where the engine took it, "refused" by the guard, or "no SPARQL".

    The database is in memory: making one on disk for each update takes longer than all the rest.
    """
    with patch.object(ox, "Store", _opened):
        if update:
            context = {"base_iri": BASE, "prefixes": PREFIXES}
            answer = child.write({"candidate": "tiny", "steps": [{"update": text}], "context": context})
        else:
            request = {"query": text, "results": "json", "graph": "nt", "base": BASE, "prefixes": PREFIXES}
            answer = child.evaluate(_opened("tiny"), request, child.Spool(1 << 20))
    return {"outbound": "refused", "syntax": "no SPARQL"}.get(str(answer.get("error")), "run")


def unguarded(text: str, *, update: bool) -> str:
    """The same without the guard, an update straight to the engine: the code that applies them knows no LOAD."""
    if not update:
        with patch.object(guard, "OUTBOUND", frozenset()):
            return perform(text, update=False)
    try:
        _opened("tiny").update(text, base_iri=BASE, prefixes=PREFIXES)
    except SyntaxError:
        return "no SPARQL"
    except (OSError, RuntimeError):
        return "run"
    return "run"


def led(text: str, relayed: dict[str, str]) -> bool:
    """Run a query as where the endpoints of `relayed` may be asked, without a relay; whether it was taken for one."""
    try:
        outward = federation.lead(text, relayed, BASE, PREFIXES).outward
    except (guard.Outbound, SyntaxError):
        return False
    with suppress(OSError, RuntimeError):
        answer = _opened("tiny").query(outward, base_iri=BASE, prefixes=PREFIXES)
        for _ in answer if not isinstance(answer, ox.QueryBoolean) else ():
            pass
    return True


_Store = ox.Store


def _opened(directory: str | None = None) -> ox.Store:
    """An empty database, or, where it has a name, one with `TINY` in it."""
    store = _Store()
    if directory:
        store.extend(TINY)
    return store


def main() -> int:
    """Run every text with the guard switched off."""
    if "--leave" in sys.argv[1:] and not leave_network():
        return NO_NAMESPACE
    if "--loopback" in sys.argv[1:]:
        raise_loopback()
    print(json.dumps([unguarded(text, update=update) for text, update in map(json.loads, sys.stdin)]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
