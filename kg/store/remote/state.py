"""What is kept in an engine besides data, in a graph that no query but ours here sees: which version it has, and how
it came to it.

    <urn:controlgraph:store>         version    the name of the version, or what is being put in place ("loading NAME")
                                     loading    what that is, as JSON (`kg.store.remote.writing`)
                                     placing    who is putting it in place (`kg.store.remote.placing`)
                                     staged     a graph in which a load is staged
    <urn:controlgraph:version:NAME>  number     the version's running number
                                     line       its line of the journal, as JSON
                                     graphs     what it knows of its graphs, as JSON; of the present version only
                                     touched    the graphs that it changed, one a line

Every change of data names the version that it was computed from and the one that it makes, in one update.
"""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Iterable
from typing import Any

from kg.engine_errors import EngineFailed, EngineLoading, VersionMoved
from kg.errors import NothingPublished, QueryProblem, StoreUnreadable
from kg.store import versions
from kg.store.remote.requests import TABLE, Requests

OURS = "urn:controlgraph:"
"""What everything that is kept besides data begins with."""
STORE = f"{OURS}store"
"""The store, and the graph in which all this is said."""
UNNAMED = f"{OURS}unnamed"
"""The unnamed graph: not every engine has one, so that none is used."""
NOTHING = f"{OURS}nothing"
"""A graph that is never written: what is asked where nothing is."""
LOADING = "loading "
QUICK = 3.0
"""Seconds in which an engine says which version it has, or does not answer."""
WHOLE = 60.0
"""Seconds in which it gives the journal: all of it to a copy that is new."""
SETTLES = (0.02, 0.05, 0.1, 0.2, 0.4)
"""Seconds after which an engine is asked again that shows a version in the middle of an update: none, or one without a
name, or two."""
LARGEST = 1 << 28
Table = list[dict[str, dict[str, str]]]
"""Solutions as SPARQL results in JSON have them."""


def named(graph: str) -> str:
    """The IRI of a graph in the engine; "" is the unnamed one."""
    return graph or UNNAMED


def of_version(version: str) -> str:
    """The IRI of a version."""
    return f"{OURS}version:{version}"


def table(requests: Requests, text: str, seconds: float = QUICK, graphs: Collection[str] = (STORE,)) -> Table:
    """The solutions of a query about all this, or about other `graphs`. Raises EngineFailed."""
    try:
        reply = requests.query(text, TABLE, named=graphs, seconds=seconds, most=LARGEST)
    except QueryProblem as problem:
        message = f"the engine at <{requests.engine}> does not say which version it has: {problem}"
        raise EngineFailed(message) from None
    try:
        found: Table = json.loads(reply.body())["results"]["bindings"]
    except (ValueError, KeyError, TypeError) as error:
        raise EngineFailed(f"the engine's answer breaks off or is none: {error}") from None
    finally:
        reply.spool.close()
    return found


def present(requests: Requests, seconds: float = QUICK) -> str:
    """The name of the version that the engine has.

    Raises NothingPublished, EngineLoading, StoreUnreadable, EngineFailed.
    """
    text = said(requests, seconds)
    if text is None:
        raise NothingPublished(f"the engine at <{requests.engine}> has no version yet; load data with `kg load`")
    if text.startswith(LOADING):
        raise EngineLoading(text.removeprefix(LOADING))
    if not versions.is_name(text):
        raise StoreUnreadable(f"the engine at <{requests.engine}> is damaged: its version is {text[:80]!r}, no name")
    return text


def said(requests: Requests, seconds: float = QUICK) -> str | None:
    """What the engine says which version it has: a name, or `LOADING` and a name; None where it has none yet. Raises
    StoreUnreadable, EngineFailed."""
    asked = f"SELECT ?version {{ GRAPH <{STORE}> {{ <{STORE}> <{OURS}version> ?version }} }}"
    for pause in (*SETTLES, None):
        rows = table(requests, asked, seconds)
        if not rows and (requests.engine.particular.settled or not _had_any(requests, seconds)):
            return None
        if len(rows) == 1 and "version" in rows[0]:
            return rows[0]["version"]["value"]
        if pause is not None:
            time.sleep(pause)
    if not rows:
        return None
    raise StoreUnreadable(f"the engine at <{requests.engine}> is damaged: it has {len(rows)} versions at once")


def _had_any(requests: Requests, seconds: float) -> bool:
    """Whether the engine ever had a version: lines of the journal are never taken away."""
    asked = f"SELECT ?version {{ GRAPH <{STORE}> {{ ?version <{OURS}number> ?number }} }} LIMIT 1"
    return bool(table(requests, asked, seconds))


def loading(requests: Requests) -> tuple[str, dict[str, Any]] | None:
    """What is being put in place, if anything: the name of the version and what is told of it."""
    text = said(requests)
    if text is None or not text.startswith(LOADING):
        return None
    rows = table(requests, f"SELECT ?told {{ GRAPH <{STORE}> {{ <{STORE}> <{OURS}loading> ?told }} }}")
    if len(rows) != 1:
        raise StoreUnreadable(f"the engine at <{requests.engine}> is damaged: it is loading, and does not say what")
    told: dict[str, Any] = json.loads(rows[0]["told"]["value"])
    return text.removeprefix(LOADING), told


def manifest(requests: Requests, version: str) -> versions.Manifest:
    """What the version that the engine has knows of its graphs. Raises VersionMoved where that is not `version` any
    more, StoreUnreadable where the engine does not say it."""
    rows = table(requests, f"SELECT ?what ?told {{ GRAPH <{STORE}> {{ <{of_version(version)}> ?what ?told }} }}")
    told = {row["what"]["value"].removeprefix(OURS): row["told"]["value"] for row in rows}
    try:
        line = json.loads(told["line"])
        graphs = {graph: versions.GraphRecord(**record) for graph, record in json.loads(told["graphs"]).items()}
        entry = {name: value for name, value in line.items() if name not in ("version", "parent")}
        return versions.Manifest(version, line["parent"], graphs, entry)
    except (KeyError, ValueError, TypeError) as error:
        if (now := present(requests)) != version:
            raise VersionMoved(version, now) from None
        raise StoreUnreadable(f"the engine at <{requests.engine}> does not say what {version} is: {error}") from None


def lines(requests: Requests, after: int) -> list[tuple[dict[str, Any], set[str] | None]]:
    """The lines of the journal of versions with a higher number, oldest first, each with the graphs that it changed,
    None where that is not known."""
    rows = table(
        requests,
        f"SELECT ?number ?line ?touched {{ GRAPH <{STORE}> {{ ?version <{OURS}number> ?number ; <{OURS}line> ?line . "
        f"OPTIONAL {{ ?version <{OURS}touched> ?touched }} FILTER(?number > {after}) }} }}",
        seconds=WHOLE,
    )
    rows.sort(key=lambda row: int(row["number"]["value"]))
    return [
        (json.loads(row["line"]["value"]), set(row["touched"]["value"].split("\n")) if "touched" in row else None)
        for row in rows
    ]


def said_of(manifest: versions.Manifest, touched: Iterable[str]) -> str:
    """The statements about a version, as N-Triples."""
    about = of_version(manifest.version)
    graphs = json.dumps({iri: record.__dict__ for iri, record in manifest.graphs.items()}, sort_keys=True)
    line = json.dumps({"version": manifest.version, "parent": manifest.parent, **manifest.entry}, sort_keys=True)
    return "\n".join(
        [
            f"<{about}> <{OURS}number> {manifest.number} .",
            f"<{about}> <{OURS}line> {literal(line)} .",
            f"<{about}> <{OURS}graphs> {literal(graphs)} .",
            f"<{about}> <{OURS}touched> {literal(chr(10).join(sorted(map(named, touched))))} .",
        ]
    )


def literal(text: str) -> str:
    """A text as N-Triples and SPARQL write it."""
    return json.dumps(text, ensure_ascii=False)
