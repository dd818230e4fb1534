"""Queries made to harm: `python -m bench.soak hostile`."""

from __future__ import annotations

import json
import time
from pathlib import Path

from bench import peers, run
from bench.soak.asking import DEADLINE, ask, is_problem
from bench.soak.runaway import RUNAWAYS

HOSTILE = {
    "nested groups": "ASK " + "{" * 20_000 + "}" * 20_000,
    "sub-selects": "SELECT * " + "{ SELECT * " * 20_000 + "{ ?s ?p ?o }" + "}" * 20_000,
    "NOT EXISTS": "ASK { ?s ?p ?o " + "FILTER NOT EXISTS { ?s ?p ?o " * 20_000 + "}" * 20_000 + "}",
    "parentheses": "SELECT (" + "(" * 20_000 + "1" + ")" * 20_000 + " AS ?x) {}",
    "path of 800": "ASK { ?s " + "/".join(["<http://example.org/p>"] * 800) + " ?o }",
    "doubling": RUNAWAYS[3],
    "sort of a product": RUNAWAYS[0],
    "regular expression": "SELECT * { ?s ?p ?o FILTER(REGEX(STR(?o), '(a*)*(a*)*b')) }",
    "many braces open": "SELECT * " + "{" * 500_000,
    "quotes": "ASK { ?s ?p " + '"""\\' * 100_000 + " }",
}


def hostile(work: Path, _: int) -> bool:
    """Each hostile query gets a right answer or a problem document in time, and the next query is answered."""
    good = True
    with peers.ours(run.loaded(10_000, work), KG_DEADLINE=str(DEADLINE)) as server:
        for name, query in HOSTILE.items():
            status, body, taken = ask(server.endpoint, query)
            fine = taken <= DEADLINE + 1 and (is_problem(status, body) or (status == 200 and _is_whole(body)))
            after, truth, soon = ask(server.endpoint, f"ASK {{}} # {time.time_ns()}")
            fine &= after == 200 and json.loads(truth)["boolean"] is True and soon < 2
            good &= fine
            print(
                f"{'ok ' if fine else 'BAD'} {name}: {status} after {taken:.1f} s, next after {soon * 1000:.0f} ms  {body[:110]!r}"
            )
        for name in ("sort of a product", "doubling", "path of 800"):
            status, body, taken = ask(server.endpoint, HOSTILE[name], timeout="2")
            fine = taken <= 3 and is_problem(status, body)
            good &= fine
            print(f"{'ok ' if fine else 'BAD'} {name}, timeout=2: {status} after {taken:.1f} s")
    return good


def _is_whole(body: bytes) -> bool:
    document = json.loads(body)
    return "results" in document or "boolean" in document
