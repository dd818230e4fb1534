"""What was staged is put in place: by its writer, or by the next one, who found it dead.

Whoever does it says so in the engine first, and every step is conditional on that. A step that is late, because its
writer was frozen or its request on its way for long, finds somebody else named, or nothing to be put in place, and does
nothing. Nothing is moved: what was staged stays until the version stands, so that every step may be done again.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kg.engine_errors import EngineLoading
from kg.store.remote import state
from kg.store.remote.claims import Claim
from kg.store.remote.requests import Requests
from kg.store.remote.state import LOADING, OURS, STORE, literal

SLOW = 3600.0
"""Seconds that one step of a load may take."""
TRIES = 3
"""How often a graph is put in place that is then not as large as what was staged: a step of somebody who died was still
being carried out."""


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
    whole = all(_is_replaced(requests, ours, graph, staged) for staged, graph in told["moves"])
    for graph in told["drops"]:
        _empty(requests, ours, graph)
    if told["parent"] is not None:
        former = state.of_version(told["parent"])
        requests.update(f"DELETE WHERE {{ GRAPH <{STORE}> {{ <{former}> <{OURS}graphs> ?graphs }} }}", seconds=SLOW)
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


def clear(requests: Requests, staged: Iterable[str]) -> None:
    """Remove what was staged. Raises EngineFailed, QueryTimeout."""
    for graph in staged:
        requests.update(f"DROP SILENT GRAPH <{graph}>", seconds=SLOW)
        requests.update(f"DELETE DATA {{ GRAPH <{STORE}> {{ <{STORE}> <{OURS}staged> <{graph}> }} }}", seconds=SLOW)


def _is_replaced(requests: Requests, ours: str, graph: str, staged: str) -> bool:
    """Put what is staged in the place of a graph, as long as a pattern fits; whether it is there now."""
    for _ in range(TRIES):
        _empty(requests, ours, graph)
        requests.update(
            f"INSERT {{ GRAPH <{graph}> {{ ?s ?p ?o }} }} WHERE {{ {ours} GRAPH <{staged}> {{ ?s ?p ?o }} }}",
            seconds=SLOW,
        )
        if _size(requests, graph) == _size(requests, staged):
            return True
    return False


def _empty(requests: Requests, ours: str, graph: str) -> None:
    statements = f"GRAPH <{graph}> {{ ?s ?p ?o }}"
    requests.update(f"DELETE {{ {statements} }} WHERE {{ {ours} {statements} }}", seconds=SLOW)


def _size(requests: Requests, graph: str) -> int:
    text = f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"
    return int(state.table(requests, text, seconds=SLOW, graph=graph)[0]["n"]["value"])
