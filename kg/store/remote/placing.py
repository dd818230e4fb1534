"""What was staged is put in place: by its writer, or by the next one, who found it dead.

Whoever does it says so in the engine first, and every step is conditional on that. A step that is late, because its
writer was frozen or its request on its way for long, finds somebody else named, or nothing to be put in place, and does
nothing. Nothing is moved: what was staged stays until the version stands, so that every step may be done again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from kg.engine_errors import EngineLoading
from kg.store.remote import state
from kg.store.remote.claims import Claim
from kg.store.remote.requests import Requests
from kg.store.remote.state import LOADING, OURS, STORE, literal

SLOW = 3600.0
"""Seconds that one step of a load may take."""
PORTION = 25_000
"""Statements of one step, about: Virtuoso needs for 500,000 at once much more than twenty times as long."""
TRIES = 3
"""How often a graph is put in place that then lacks something: a step of somebody who died was still being carried
out."""


def complete(requests: Requests, claim: Claim) -> None:
    """Take up what somebody who died had begun: put in place what was staged completely, remove what was not.

    Raises EngineFailed, QueryTimeout, EngineLoading.
    """
    if (found := state.loading(requests)) is not None:
        put_in_place(requests, claim, *found)
    # as long as the claim is held, nobody else is staging
    pattern = f"GRAPH <{STORE}> {{ <{STORE}> <{OURS}staged> ?left }}"
    left = state.table(requests, f"SELECT ?left {{ {pattern} {claim.holds()} }}")
    clear(requests, [row["left"]["value"] for row in left])


def put_in_place(requests: Requests, claim: Claim, version: str, told: dict[str, Any]) -> None:
    """Put what is staged in place, and name the version, unless somebody else does.

    Raises EngineLoading where this version is still being put in place afterwards, EngineFailed and QueryTimeout.
    """
    loading = f"<{STORE}> <{OURS}version> {literal(LOADING + version)}"
    requests.update(
        f"DELETE {{ GRAPH <{STORE}> {{ <{STORE}> <{OURS}placing> ?other }} }} "
        f"INSERT {{ GRAPH <{STORE}> {{ <{STORE}> <{OURS}placing> <{claim.name}> }} }} "
        f"WHERE {{ GRAPH <{STORE}> {{ {loading} }} "
        f"OPTIONAL {{ GRAPH <{STORE}> {{ <{STORE}> <{OURS}placing> ?other }} }} {claim.holds()} }}",
        seconds=SLOW,
    )
    ours = f"GRAPH <{STORE}> {{ {loading} . <{STORE}> <{OURS}placing> <{claim.name}> }}"
    whole = all(_is_replaced(requests, ours, graph, pieces(*staged)) for graph, *staged in told["moves"])
    for graph in told["drops"]:
        _empty(requests, ours, graph)
    if told["parent"] is not None:
        former = f"GRAPH <{STORE}> {{ <{state.of_version(told['parent'])}> <{OURS}graphs> ?graphs }}"
        requests.update(f"DELETE {{ {former} }} WHERE {{ {ours} {former} }}", seconds=SLOW)
    if whole:
        requests.update(
            f"DELETE {{ GRAPH <{STORE}> {{ {loading} . <{STORE}> <{OURS}loading> ?told . "
            f"<{STORE}> <{OURS}placing> <{claim.name}> }} }} "
            f"INSERT {{ GRAPH <{STORE}> {{ <{STORE}> <{OURS}version> {literal(version)} }} }} "
            f"WHERE {{ {ours} GRAPH <{STORE}> {{ <{STORE}> <{OURS}loading> ?told }} }}",
            seconds=SLOW,
        )
    if state.said(requests) == f"{LOADING}{version}":
        raise EngineLoading(version)


def pieces(begin: str, count: int) -> list[str]:
    """The graphs in which so many pieces of one graph are staged."""
    return [f"{begin}:{number}" for number in range(count)]


def clear(requests: Requests, staged: Iterable[str]) -> None:
    """Remove what was staged. Raises EngineFailed, QueryTimeout."""
    for graph in staged:
        requests.update(f"DROP SILENT GRAPH <{graph}>", seconds=SLOW)
        requests.update(f"DELETE DATA {{ GRAPH <{STORE}> {{ <{STORE}> <{OURS}staged> <{graph}> }} }}", seconds=SLOW)


def _is_replaced(requests: Requests, ours: str, graph: str, staged: Collection[str]) -> bool:
    """Put what is staged in the place of a graph, as long as a pattern fits; whether it is there now, alone."""
    for _ in range(TRIES):
        _empty(requests, ours, graph)
        for piece in staged:
            requests.update(
                f"INSERT {{ GRAPH <{graph}> {{ ?s ?p ?o }} }} WHERE {{ {ours} GRAPH <{piece}> {{ ?s ?p ?o }} }}",
                seconds=SLOW,
            )
        if not any(_lacking(requests, graph, piece) for piece in staged):
            return _size(requests, graph) <= sum(_size(requests, piece) for piece in staged)
    return False


def _empty(requests: Requests, ours: str, graph: str) -> None:
    """Remove what a graph has, a portion at a time, as long as a pattern fits."""
    statements = f"GRAPH <{graph}> {{ ?s ?p ?o }}"
    portion = f"{{ SELECT ?s ?p ?o {{ {statements} }} LIMIT {PORTION} }}"
    for _ in range(-(-_size(requests, graph) // PORTION)):
        requests.update(f"DELETE {{ {statements} }} WHERE {{ {ours} {portion} }}", seconds=SLOW)


def _size(requests: Requests, graph: str) -> int:
    return _count(requests, f"GRAPH <{graph}> {{ ?s ?p ?o }}", graph)


def _lacking(requests: Requests, graph: str, piece: str) -> int:
    """How many statements of a piece a graph does not have. Sizes do not tell: what an engine takes for equal literals,
    such as 1.5 and 1.50, may have come in two pieces."""
    absent = f"FILTER NOT EXISTS {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"
    return _count(requests, f"GRAPH <{piece}> {{ ?s ?p ?o }} {absent}", graph, piece)


def _count(requests: Requests, pattern: str, *graphs: str) -> int:
    found = state.table(requests, f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}", SLOW, graphs)
    return int(found[0]["n"]["value"])
