"""What two services answer, so that it can be compared: what has no order without it, and no moment of publishing."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox
from flask.testing import FlaskClient

GRAPHS = {
    "text/turtle": ox.RdfFormat.TURTLE, "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "application/n-quads": ox.RdfFormat.N_QUADS, "application/trig": ox.RdfFormat.TRIG,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
}  # fmt: skip
TABLES = ("application/sparql-results+json", "application/sparql-results+xml", "text/tab-separated-values")
_MOMENT = re.compile(rb"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|\+00:00)")


@dataclass(frozen=True)
class Reply:
    """An answer: its status, its media type, where it leads, and what it says."""

    status: int
    kind: str
    leads: str | None
    version: str | None
    says: Any


def reply(client: FlaskClient, address: str, headers: dict[str, str]) -> Reply:
    """What a service answers."""
    with client.get(address, headers=headers) as told:
        return Reply(
            told.status_code, told.mimetype or "", told.headers.get("Location"), told.headers.get("ETag"),
            said(told.mimetype or "", told.data, is_table=address.startswith("/sparql")),
        )  # fmt: skip


def said(kind: str, body: bytes, *, is_table: bool = False) -> Any:
    """What a body of this media type says: statements as a set, rows of SPARQL results (`is_table`) in any order, and
    everything else as it is; without the moments at which a version was published."""
    body = _MOMENT.sub(b"", body)
    form = ox.RdfFormat.JSON_LD if kind == "application/ld+json" and b'"@context"' not in body else GRAPHS.get(kind)
    if form is not None:
        statements = ox.Dataset(ox.parse(body, form))
        statements.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
        return {str(quad) for quad in statements}
    if not is_table:
        return json.loads(body) if kind.endswith("json") else body
    if kind.endswith("sparql-results+json"):
        told = json.loads(body)
        rows = told.get("results", {}).pop("bindings", [])
        return told, sorted(json.dumps(row, sort_keys=True) for row in rows)
    if kind.endswith("sparql-results+xml"):
        head, *rows = body.decode().split("<result>")
        return head, sorted(row.removesuffix("</results></sparql>") for row in rows)
    if kind in ("text/csv", "text/tab-separated-values"):
        names, *lines = csv.reader(io.StringIO(body.decode(), newline=""), quoting=csv.QUOTE_MINIMAL)
        return names, sorted(lines)
    return body


def difference(one: Reply, other: Reply) -> str | None:
    """In what two answers differ, in a line; None where they are the same."""
    for name in ("status", "kind", "leads", "version"):
        if getattr(one, name) != getattr(other, name):
            more = f": {str(other.says)[:300]}" if name == "status" else ""
            return f"{name}: {getattr(one, name)} here, {getattr(other, name)} there{more}"
    if one.says == other.says:
        return None
    if isinstance(one.says, set):
        return f"only here: {sorted(one.says - other.says)[:3]}; only there: {sorted(other.says - one.says)[:3]}"
    here, there = (each.says if isinstance(each.says, bytes) else repr(each.says).encode() for each in (one, other))
    at = next((at for at, pair in enumerate(zip(here, there, strict=False)) if pair[0] != pair[1]), 0)
    begin = max(0, at - 100)
    return f"here …{here[begin : at + 100]!r}… there …{there[begin : at + 100]!r}…"
