"""What others say of the things that ours are linked to: chosen properties, in a graph of their own.

Each thing has a note of where and when its statements were got. What was got already is kept in a file beside the store
until all is there, so that an interrupted run goes on where it ended, and nobody is asked twice.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from rdflib import PROV, RDF, RDFS, XSD, Graph, Literal, URIRef
from rdflib.namespace import DCTERMS
from rdflib.term import Node

from kg import publish, queries
from kg.files import BASE
from kg.links.endpoint import Endpoint
from kg.links.stated import ACCEPTED, links
from kg.naming import is_iri
from kg.store.embedded import Store
from kg.store.terms import Row, from_json, to_json

BATCH = 50
"""Things that one query asks about."""
LONGEST = 10_000
"""Letters from which on a text is left out."""
MOST = 5_000
"""Statements that one update puts in."""

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Brought:
    """What came of a run: the version that is published now, the graph, how many things were asked about and how many
    of them are known there, how many statements were kept, and how many left out: in other languages, too long, about
    other properties, or with a thing of ours as their value. `resumed` are things that a former run had got."""

    version: str
    graph: str
    asked: int
    known: int
    statements: int
    left_out: int
    resumed: int


def graph_of(endpoint: str) -> str:
    """The graph for what an endpoint says."""
    return f"{BASE}graph/enriched/{re.sub(r'[^a-z0-9.-]', '-', urlsplit(endpoint).netloc.casefold())}"


def enrich(
    store: Store,
    endpoint: Endpoint,
    properties: Sequence[str],
    of: str,
    *,
    who: str,
    languages: Iterable[str] = ("en",),
    licence: str | None = None,
    progress: Progress = lambda _: None,
) -> Brought:
    """Bring `properties` of the things that accepted links go to and whose IRIs begin with `of`, as one version.

    What was brought of these things and properties before is replaced. Texts are kept in `languages` and without one.
    Raises ElsewhereFailed where the endpoint fails for good; what was got until then is kept for the next run. Raises
    Refused where what it says may not be written.
    """
    wanted = sorted({link.target for link in links(store) if link.status == ACCEPTED and link.target.startswith(of)})
    kept = _Kept(store.location, endpoint.address, properties)
    resumed = len(kept.got)
    todo = [thing for thing in wanted if thing not in kept.got]
    query = queries.text_for("said-of-things", "property", properties)
    for start in range(0, len(todo), BATCH):
        some = todo[start : start + BATCH]
        progress(f"{start + len(some)} of {len(todo)}")
        kept.add(some, datetime.now(UTC), endpoint.select(queries.filled(query, "thing", some)))
    things = frozenset(wanted)
    added, left_out = _statements(kept, things, frozenset(properties), {*languages, ""})
    graph = graph_of(endpoint.address)
    known = len({subject for subject in added.subjects() if str(subject) in things})
    statements = len(added)
    for thing in wanted:
        _note(added, graph, thing, endpoint.address, kept.got[thing][0])
    if licence:
        added.add((URIRef(graph), DCTERMS.license, URIRef(licence)))
    if wanted:
        done = publish.write(store, list(_steps(graph, wanted, properties, added)), who=who)
        store.published.look()
        version = done.version
    else:
        version = store.version()
    kept.drop()
    return Brought(version, graph, len(wanted), known, statements, left_out, resumed)


class _Kept:
    """The file beside the store with what was got, a batch a line; one of other properties is begun anew."""

    def __init__(self, store: Path, endpoint: str, properties: Sequence[str]) -> None:
        self.got: dict[str, tuple[str, list[Row]]] = {}
        head = json.dumps([endpoint, sorted(properties)])
        self._path = store / f"enriching-{hashlib.sha256(head.encode()).hexdigest()[:12]}.jsonl"
        whole = self._path.read_bytes() if self._path.exists() else b""
        # a line without an end was cut off, by whatever ended the run
        lines = whole[: whole.rfind(b"\n") + 1].splitlines()
        for line in lines:
            self._take(json.loads(line))
        self._path.write_bytes(b"".join(line + b"\n" for line in lines))

    def add(self, things: Sequence[str], at: datetime, rows: Iterable[Row]) -> None:
        """Keep what was said of things."""
        asked = set(things)
        told = [
            {name: to_json(term) for name, term in row.items()}
            for row in rows
            if _is_whole(row) and str(row["thing"]) in asked  # who answers may answer anything
        ]
        line = {"things": list(things), "at": at.isoformat(timespec="seconds").replace("+00:00", "Z"), "rows": told}
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
        self._take(line)

    def _take(self, line: dict[str, Any]) -> None:
        for thing in line["things"]:
            self.got[thing] = line["at"], []
        for told in line["rows"]:
            row = {name: from_json(term) for name, term in told.items()}
            self.got[str(row["thing"])][1].append(row)

    def drop(self) -> None:
        """All of it is published."""
        self._path.unlink(missing_ok=True)


def _is_whole(row: Row) -> bool:
    return all(isinstance(row.get(name), (URIRef, Literal)) for name in ("thing", "property", "value"))


def _statements(
    kept: _Kept, things: frozenset[str], properties: frozenset[str], languages: set[str]
) -> tuple[Graph, int]:
    """What may be kept of what was said, and how much may not: nothing that was not asked for, nothing about ours."""
    graph, left_out = Graph(), 0
    for thing in sorted(things):
        for row in kept.got[thing][1]:
            value = row["value"]
            if str(row["property"]) in properties and _may_be_kept(value, languages):
                graph.add((URIRef(thing), URIRef(str(row["property"])), value))
                label = row.get("label")
                if isinstance(value, URIRef) and isinstance(label, Literal) and _may_be_kept(label, languages):
                    graph.add((value, RDFS.label, label))
            else:
                left_out += 1
    return graph, left_out


def _may_be_kept(value: Node, languages: set[str]) -> bool:
    if isinstance(value, Literal):
        named = value.datatype is None or is_iri(value.datatype)
        return len(value) <= LONGEST and (value.language or "") in languages and named
    return is_iri(str(value)) and not str(value).startswith(BASE)


def _note(graph: Graph, name: str, thing: str, endpoint: str, at: str) -> None:
    """Where and when the statements of a thing were got."""
    note = URIRef(f"{name}#{hashlib.sha256(thing.encode()).hexdigest()[:12]}")
    graph.add((note, RDF.type, PROV.Entity))
    graph.add((note, PROV.specializationOf, URIRef(thing)))
    graph.add((note, PROV.wasDerivedFrom, URIRef(endpoint)))
    graph.add((note, PROV.generatedAtTime, Literal(at, datatype=XSD.dateTime)))


def _steps(graph: str, things: Sequence[str], properties: Sequence[str], added: Graph) -> Iterator[dict[str, str]]:
    """Updates that take away what was brought of things before, and put in what was brought now."""
    known = [*properties, str(PROV.specializationOf)]
    listed = " ".join(f"<{thing}>" for thing in things)
    named = " ".join(f"<{each}>" for each in known)
    notes = f"VALUES ?thing {{ {listed} }} ?note <{PROV.specializationOf}> ?thing ; ?property ?value"
    old = f"VALUES ?thing {{ {listed} }} VALUES ?property {{ {named} }} ?thing ?property ?value"
    for subject, pattern in (("?note", notes), ("?thing", old)):
        where = f"GRAPH <{graph}> {{ {pattern} }}"
        yield {"update": f"DELETE {{ GRAPH <{graph}> {{ {subject} ?property ?value }} }} WHERE {{ {where} }}"}
    lines = sorted(line for line in added.serialize(format="nt").splitlines() if line)
    for start in range(0, len(lines), MOST):
        yield {"update": f"INSERT DATA {{ GRAPH <{graph}> {{\n{chr(10).join(lines[start : start + MOST])}\n}} }}"}
