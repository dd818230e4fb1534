"""A write over HTTP: what is one, by whom, on what condition, and what it did; and what is done to claims."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

from flask import Response, json, request

from kg.claims.naming import said_of
from kg.claims.writing import Outcome
from kg.errors import UnknownEntity
from kg.ontology import KG, PREFIXES
from kg.publish import Written
from server import current, parameters
from server.parameters import FORM_TYPE

WRITES = {"graphs", "claims", "claim_form"}
"""The blueprints of which everything but reading writes; `/sparql` has its updates."""
READING = {"GET", "HEAD", "OPTIONS", "QUERY"}
UPDATE_TYPE = "application/sparql-update"

_one_claim_at_a_time = threading.Lock()
_one_at_a_time = threading.Lock()
"""Held from a write's condition to its end: nobody else who writes over HTTP comes between."""


def is_write() -> bool:
    """Whether the request is one that writes."""
    if request.method in READING:
        return False
    if request.blueprint == "sparql":
        return request.mimetype == UPDATE_TYPE or (request.mimetype == FORM_TYPE and bool(parameters.values("update")))
    return request.blueprint in WRITES


def write(
    steps: Sequence[dict[str, Any]],
    *,
    who: str,
    base: str | None = None,
    seconds: float | None = None,
    condition: Callable[[], None] = lambda: None,
) -> Written:
    """Publish the steps as one version (`kg.publish.write`), in the process for writes, if `condition` raises nothing.

    Raises QueryProblem, Refused, StoreLocked, StoreUnreadable, and what `condition` does; then nothing was written.
    """
    with _one_at_a_time:
        condition()
        written = current.writer().write(steps, who=who, base=base, prefixes=PREFIXES, seconds=seconds)
        current.look()
        return written


def claim(act: Callable[..., Outcome], *, who: str, dry: bool = False, seconds: float | None = None) -> Outcome:
    """Do something to the claims of the record (`kg.claims.writing`): called with the store, `who`, and what writes.

    Nobody else who adds claims over HTTP comes between the look at what is there and the end of the write. `dry`: find
    everything that would be wrong with it, and write nothing. Raises what `act` and `write` raise.
    """

    def done(steps: Sequence[dict[str, Any]], *, who: str) -> Written | None:
        if not dry:
            return write(steps, who=who, seconds=seconds)
        current.writer().rehearse(steps, seconds=seconds)
        return None

    with _one_claim_at_a_time:
        return act(current.store(), who=who, dry=dry, write=done)


def claim_of(slug: str) -> str:
    """The IRI of the claim whose address ends in `slug`. Raises UnknownEntity where there is none."""
    iri = PREFIXES["claim"] + slug
    if not parameters.IRI.fullmatch(iri) or str(KG.source) not in said_of(current.store(), iri):
        raise UnknownEntity(iri)
    return iri


def account(written: Written, status: int = 200) -> Response:
    """What a write did, as JSON: the version, and how many statements came and went in each graph."""
    document = {
        "version": written.version,
        "added": {graph or "default": number for graph, number in written.added.items()},
        "removed": {graph or "default": number for graph, number in written.removed.items()},
    }
    response = Response(json.dumps(document, ensure_ascii=False), status, content_type="application/json")
    return told(response, written)


def told(response: Response, written: Written) -> Response:
    """The response, with the version that is published now."""
    response.headers["Controlgraph-Version"] = written.version
    response.headers["Cache-Control"] = "no-store"
    return response
