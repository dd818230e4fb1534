"""Queries and bodies made to harm: `python -m bench.soak hostile`."""

from __future__ import annotations

import json
import tempfile
import time
from dataclasses import dataclass

from bench import peers, run
from bench.soak.asking import CHANGES, DEADLINE, Options, ask, is_problem, rows, shipped, verdict, write
from bench.soak.runaway import RUNAWAYS

DEEP = 20_000
SOON = 1.0
"""Seconds that the next query may take: "at once" on a machine that has just been made busy."""


@dataclass(frozen=True)
class Hostile:
    """A query made to harm, and the query whose answer its own has to equal where it is answered (None: never is)."""

    name: str
    query: str
    same_as: str | None = None


QUERIES = (
    Hostile("nested groups", "ASK " + "{" * DEEP + "}" * DEEP, "ASK {}"),
    Hostile("sub-selects", "SELECT * " + "{ SELECT * " * DEEP + "{}" + "}" * DEEP, "SELECT * {}"),
    Hostile("NOT EXISTS", "ASK { " + "FILTER NOT EXISTS { " * DEEP + "}" * DEEP + "}", "ASK {}"),
    Hostile("parentheses", "SELECT (" + "(" * DEEP + "1" + ")" * DEEP + " AS ?x) {}", "SELECT (1 AS ?x) {}"),
    Hostile("path of 800", "ASK { ?s " + "/".join(["<http://example.org/p>"] * 800) + " ?o }", "ASK { FILTER(false) }"),
    Hostile("doubling", RUNAWAYS[3]),
    Hostile("sort of a product", RUNAWAYS[0]),
    Hostile(
        "regular expression",
        "SELECT (COUNT(*) AS ?n) { ?s ?p ?o FILTER(REGEX(STR(?o), '(a*)*(a*)*b')) }",
        "SELECT (COUNT(*) AS ?n) { ?s ?p ?o FILTER(CONTAINS(STR(?o), 'b')) }",
    ),
    Hostile(
        "regular expression that grows",
        f"ASK {{ FILTER(REGEX('a', '{'(' * 200}a{'{1,99})' * 200}')) }}",
        "ASK { FILTER(false) }",
    ),
    Hostile("braces left open", "SELECT * " + "{" * 500_000),
    Hostile("quotes left open", "ASK { ?s ?p " + '"""\\' * 100_000 + " }"),
    Hostile("unions", "SELECT * { " + " UNION ".join(["{ ?s ?p ?o }"] * DEEP) + " } LIMIT 1"),
    Hostile("blank nodes", "ASK { ?s ?p " + "[ ?p " * DEEP + "1" + "]" * DEEP + " }"),
    Hostile("collection", "ASK { ?s ?p " + "(" * DEEP + "1" + ")" * DEEP + " }"),
    Hostile("functions", "ASK { FILTER(" + "!(" * DEEP + "true" + ")" * DEEP + ") }", "ASK {}"),
    Hostile("path in parentheses", "ASK { ?s " + "(" * DEEP + "<http://e/p>" + ")*" * DEEP + " ?o }"),
)
BODIES = {
    "JSON-LD, objects": ("application/ld+json", '{"http://e/p":' * DEEP + "1" + "}" * DEEP),
    "JSON-LD, lists": ("application/ld+json", '{"http://e/p":' + "[" * DEEP + "1" + "]" * DEEP + "}"),
    "JSON-LD, contexts": ("application/ld+json", '{"@context":' + "[" * DEEP + "]" * DEEP + "}"),
    "Turtle, blank nodes": ("text/turtle", "<http://e/s> <http://e/p> " + "[ <http://e/p> " * DEEP + "1" + "]" * DEEP + " ."),
    "Turtle, collections": ("text/turtle", "<http://e/s> <http://e/p> " + "(" * DEEP + "1" + ")" * DEEP + " ."),
    "RDF/XML, elements": (
        "application/rdf+xml",
        '<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/">'
        + "<e:A><e:p>" * DEEP + "</e:p></e:A>" * DEEP + "</r:RDF>",
    ),
    "an update, nested groups": (
        "application/sparql-update",
        "INSERT { GRAPH <http://e/g> { <http://e/s> <http://e/p> 1 } } WHERE " + "{" * DEEP + "}" * DEEP,
    ),
    "an update, sort of a product": (
        "application/sparql-update",
        "INSERT { GRAPH <http://e/g> { <http://e/s> <http://e/p> ?i } } "
        "WHERE { SELECT ?i { GRAPH ?z { ?a ?b ?c } GRAPH ?y { ?d ?e ?f } GRAPH ?x { ?g ?h ?i } } ORDER BY ?i ?c ?f }",
    ),
}  # fmt: skip


def hostile(options: Options) -> bool:
    """Each hostile query or body gets a right answer or a problem document in time, and the next query is answered."""
    with peers.ours(run.loaded(CHANGES, options.work), KG_DEADLINE=str(DEADLINE)) as server:
        good = min([_asked(server.endpoint, one) for one in QUERIES])  # each of them, whatever comes before
        for one in QUERIES:
            if one.name in ("sort of a product", "doubling", "path of 800"):
                status, body, taken = ask(server.endpoint, one.query, timeout="2")
                good &= verdict(
                    taken <= 3 and is_problem(status, body), f"{one.name}, timeout=2: {status} after {taken:.1f} s"
                )
    with tempfile.TemporaryDirectory() as folder, peers.ours(shipped(folder), KG_DEADLINE=str(DEADLINE)) as server:
        good &= min([_written(server.endpoint, name, *body) for name, body in BODIES.items()])
    return good


def _asked(endpoint: str, one: Hostile) -> bool:
    status, body, taken = ask(endpoint, one.query)
    fine = taken <= DEADLINE + 1
    if status == 200:
        fine &= one.same_as is not None and _meaning(ask(endpoint, one.same_as)[1]) == _meaning(body)
    else:
        fine &= is_problem(status, body)
    return verdict(fine & _next(endpoint), f"{one.name}: {status} after {taken:.1f} s {body[:100]!r}")


def _written(endpoint: str, name: str, content_type: str, body: str) -> bool:
    update = content_type == "application/sparql-update"
    address = endpoint if update else endpoint.replace("/sparql", "/graphs")
    parameters = {} if update else {"graph": "http://example.org/hostile"}
    status, answer, taken = write(address, body, content_type, **parameters)
    fine = taken <= DEADLINE + 1 and (is_problem(status, answer) or status in (200, 201, 204))
    return verdict(fine & _next(endpoint), f"{name}: {status} after {taken:.1f} s {answer[:100]!r}")


def _next(endpoint: str) -> bool:
    """Whether the next query is answered, rightly and at once."""
    status, body, taken = ask(endpoint, f"ASK {{}} # {time.time_ns()}")
    right = status == 200 and _meaning(body) == "True" and taken < SOON
    return right or verdict(False, f"the next query: {status} after {taken:.2f} s {body[:100]!r}")


def _meaning(body: bytes) -> str:
    """What an answer in JSON says, whatever the order of its rows."""
    document = json.loads(body)
    return str(document["boolean"]) if "boolean" in document else str(sorted(map(str, rows(body))))
