"""Runaway queries beside ordinary ones: `python -m bench.soak runaway`."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Callable

from bench import lookups, peers, run
from bench.soak.asking import CHANGES, DEADLINE, Answers, Options, ask, is_problem, memory, p99, verdict

CAP = 1 << 30
"""Bytes that a query may have, as shipped, with the numbers of places in both lanes."""
PLACES = 6 + 4

RUNAWAYS = (
    "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?i ?c ?f",
    "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "ASK { ?s " + "/".join(["<http://example.org/p>"] * 900) + " ?o }",
    "SELECT (STRLEN(?x36) AS ?n) { BIND('0123456789' AS ?x0) "
    + " ".join(f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1})" for n in range(36))
    + " }",
    "SELECT DISTINCT ?s { ?s (<http://a>|!<http://b>)* ?o . ?o (!<http://c>)* ?x }",
)


def runaway(options: Options) -> bool:
    """Four clients with runaway queries beside eight ordinary ones, which must not notice much."""
    queries = lookups.distinct(500, run.places(CHANGES, options.work))
    with peers.ours(run.loaded(CHANGES, options.work), KG_DEADLINE=str(DEADLINE)) as server:
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
                which = chance.randrange(len(RUNAWAYS))
                status, body, taken = ask(server.endpoint, RUNAWAYS[which], f"127.0.2.{number + 1}")
                answers.statuses[status] += 1
                answers.seconds.append(taken)
                if not is_problem(status, body) or taken > DEADLINE + 1:
                    answers.wrong.append(f"runaway {which}: {status} after {taken:.1f} s {body[:100]!r}")

        length = min(options.seconds, 60)
        run.note(f"ordinary clients alone for {length} s")
        alone = _together([ordinary] * 8, [], length)[0]
        run.note(f"beside runaways for {options.seconds} s")
        peaks: list[int] = []
        done = threading.Event()

        def watch() -> None:
            while not done.wait(0.5):
                peaks.append(memory(server.process.pid))

        watcher = threading.Thread(target=watch)
        watcher.start()
        beside, greed = _together([ordinary] * 8, [greedy] * 4, options.seconds)
        done.set()
        watcher.join()
    return _told(alone, beside, greed, max(peaks))


def _told(alone: Answers, beside: Answers, greed: Answers, peak: int) -> bool:
    """The figures, and whether they are as promised."""
    for name, answers in (("alone", alone), ("beside", beside)):
        rate = f"{len(answers.seconds):,} answers, p99 {p99(answers.seconds):.0f} ms, {dict(answers.statuses)}"
        print(f"    ordinary {name}: {rate}")
    wrong = len(alone.wrong + beside.wrong)
    ratio, slowest = p99(beside.seconds) / p99(alone.seconds), max(greed.seconds, default=0.0)
    good = verdict(not wrong, f"ordinary answers that are wrong: {wrong}")
    good &= verdict(ratio <= 5, f"ratio of p99 {ratio:.1f} (at most 5)")
    most = (PLACES + 1) * CAP
    good &= verdict(
        peak < most, f"memory of all processes at most {peak / (1 << 20):,.0f} MiB (under {most / (1 << 20):,.0f})"
    )
    told = (
        f"{dict(greed.statuses)}, slowest {slowest:.1f} s (at most {DEADLINE + 1}), not as promised: {len(greed.wrong)}"
    )
    good &= verdict(not greed.wrong, f"runaways {told}")
    for text in (alone.wrong + beside.wrong + greed.wrong)[:10]:
        print("    wrong:", text)
    return good


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
