"""Runaway queries beside ordinary ones: `python -m bench.soak runaway`."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Callable
from pathlib import Path

from bench import lookups, peers, run
from bench.soak.asking import DEADLINE, Answers, ask, memory, p99

RUNAWAYS = (
    "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?i ?c ?f",
    "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "ASK { ?s " + "/".join(["<http://example.org/p>"] * 900) + " ?o }",
    "SELECT (STRLEN(?x36) AS ?n) { BIND('0123456789' AS ?x0) "
    + " ".join(f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1})" for n in range(36))
    + " }",
    "SELECT DISTINCT ?s { ?s (<http://a>|!<http://b>)* ?o . ?o (!<http://c>)* ?x }",
)


def runaway(work: Path, seconds: int) -> bool:
    """Four clients with runaway queries beside eight ordinary ones, which must not notice much."""
    changes = 10_000
    slugs = run.places(changes, work)
    queries = lookups.distinct(500, slugs)
    with peers.ours(run.loaded(changes, work), KG_DEADLINE=str(DEADLINE)) as server:
        expected = {query: _solutions(ask(server.endpoint, query)[1]) for query in queries}

        def ordinary(number: int, until: float, answers: Answers) -> None:
            chance = random.Random(number)
            while time.monotonic() < until:
                query = chance.choice(queries)
                status, body, taken = ask(server.endpoint, query + f"# {time.time_ns()}", f"127.0.1.{number + 1}")
                answers.seconds.append(taken)
                answers.statuses[status] += 1
                if status != 200 or _solutions(body) != expected[query]:
                    answers.wrong.append(f"{status} {body[:200]!r}")

        def greedy(number: int, until: float, answers: Answers) -> None:
            chance = random.Random(number)
            while time.monotonic() < until:
                status, body, taken = ask(server.endpoint, chance.choice(RUNAWAYS), f"127.0.2.{number + 1}")
                answers.statuses[status] += 1
                if status == 200 or taken > DEADLINE + 1 + 5 or not body.startswith(b"{"):
                    answers.wrong.append(f"{status} after {taken:.1f} s {body[:100]!r}")
                if status != 503:
                    answers.seconds.append(taken)

        alone = _together([ordinary] * 8, [], min(seconds, 30))[0]
        peak = 0
        done = threading.Event()

        def watch() -> None:
            nonlocal peak
            while not done.wait(1):
                peak = max(peak, memory(server.process.pid))

        watcher = threading.Thread(target=watch)
        watcher.start()
        beside, greed = _together([ordinary] * 8, [greedy] * 4, seconds)
        done.set()
        watcher.join()
    ratio = p99(beside.seconds) / p99(alone.seconds)
    print(
        f"ordinary alone:  {len(alone.seconds):,} answers, p99 {p99(alone.seconds):.0f} ms, statuses {dict(alone.statuses)}"
    )
    print(
        f"ordinary beside: {len(beside.seconds):,} answers, p99 {p99(beside.seconds):.0f} ms, statuses {dict(beside.statuses)}"
    )
    print(
        f"ratio of p99 {ratio:.1f} (at most 5); runaways {dict(greed.statuses)}, slowest {max(greed.seconds, default=0):.1f} s"
    )
    print(f"memory of all processes at most {peak / (1 << 20):,.0f} MiB (under {(6 + 4) * 1024 + 1024:,} MiB)")
    for wrong in (alone.wrong + beside.wrong + greed.wrong)[:10]:
        print("wrong:", wrong)
    return not (alone.wrong or beside.wrong or greed.wrong) and ratio <= 5 and peak < 11 << 30


def _solutions(body: bytes) -> str:
    """What a result says, whatever the order of its rows."""
    try:
        return json.dumps(sorted(json.dumps(row, sort_keys=True) for row in json.loads(body)["results"]["bindings"]))
    except (ValueError, KeyError):
        return "no result"


def _together(
    ordinary: list[Callable[[int, float, Answers], None]],
    greedy: list[Callable[[int, float, Answers], None]],
    seconds: int,
) -> tuple[Answers, Answers]:
    """Run clients at the same time; what the ordinary and what the greedy ones got."""
    until = time.monotonic() + seconds
    groups = (Answers(), Answers())
    threads = [
        threading.Thread(target=client, args=(number, until, answers))
        for clients, answers in zip((ordinary, greedy), groups, strict=True)
        for number, client in enumerate(clients)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return groups
