"""Long runs against a real server: `python -m bench.soak runaway|hostile|large|crash [--seconds N] [--work DIR]`.

Each ends with what it measured and exits with 1 where a promise was broken. `make soak` runs all of them.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from bench import lookups, peers, run

DEADLINE = 5
RUNAWAYS = (
    "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?i ?c ?f",
    "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "ASK { ?s " + "/".join(["<http://example.org/p>"] * 900) + " ?o }",
    "SELECT (STRLEN(?x36) AS ?n) { BIND('0123456789' AS ?x0) "
    + " ".join(f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1})" for n in range(36))
    + " }",
    "SELECT DISTINCT ?s { ?s (<http://a>|!<http://b>)* ?o . ?o (!<http://c>)* ?x }",
)
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


@dataclass
class Answers:
    """What a client got: seconds of each answer, how many of each status, what was wrong."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def ask(endpoint: str, query: str, address: str | None = None, **parameters: str) -> tuple[int, bytes, float]:
    """One query by POST, as from another loopback address where given: status, body, seconds."""
    url = urllib.parse.urlsplit(endpoint)
    source = (address, 0) if address else None
    connection = http.client.HTTPConnection(url.hostname or "", url.port, timeout=120, source_address=source)
    begun = time.monotonic()
    try:
        path = f"{url.path}?{urllib.parse.urlencode(parameters)}" if parameters else url.path
        connection.request(
            "POST",
            path,
            query.encode(),
            {"Content-Type": "application/sparql-query", "Accept": "application/sparql-results+json"},
        )
        response = connection.getresponse()
        return response.status, response.read(), time.monotonic() - begun
    finally:
        connection.close()


def memory(group: int) -> int:
    """The memory of a process group, shared pages counted once (sum of PSS), in bytes."""
    total = 0
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if os.getpgid(int(entry.name)) == group:
                    rollup = (entry / "smaps_rollup").read_text()
                    total += int(rollup.partition("Pss:")[2].split()[0]) * 1024
            except (OSError, ProcessLookupError, IndexError):
                continue  # ended in between
    return total


def p99(seconds: list[float]) -> float:
    """The 99th percentile, in milliseconds."""
    return statistics.quantiles(seconds, n=100)[98] * 1000 if len(seconds) > 1 else 0.0


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


def hostile(work: Path, _: int) -> bool:
    """Each hostile query gets a right answer or a problem document in time, and the next query is answered."""
    good = True
    with peers.ours(run.loaded(10_000, work), KG_DEADLINE=str(DEADLINE)) as server:
        for name, query in HOSTILE.items():
            status, body, taken = ask(server.endpoint, query)
            fine = taken <= DEADLINE + 1 and (_is_problem(status, body) or (status == 200 and _is_whole(body)))
            after, truth, soon = ask(server.endpoint, f"ASK {{}} # {time.time_ns()}")
            fine &= after == 200 and json.loads(truth)["boolean"] is True and soon < 2
            good &= fine
            print(
                f"{'ok ' if fine else 'BAD'} {name}: {status} after {taken:.1f} s, next after {soon * 1000:.0f} ms  {body[:110]!r}"
            )
        for name in ("sort of a product", "doubling", "path of 800"):
            status, body, taken = ask(server.endpoint, HOSTILE[name], timeout="2")
            fine = taken <= 3 and _is_problem(status, body)
            good &= fine
            print(f"{'ok ' if fine else 'BAD'} {name}, timeout=2: {status} after {taken:.1f} s")
    return good


def _is_problem(status: int, body: bytes) -> bool:
    return 400 <= status < 600 and status != 500 and json.loads(body)["status"] == status


def _is_whole(body: bytes) -> bool:
    document = json.loads(body)
    return "results" in document or "boolean" in document


def large(work: Path, _: int) -> bool:
    """A result of 250 MB is complete, the server hardly grows, and a slow reader holds no process."""
    query = "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 700000"
    with peers.ours(run.loaded(10_000, work), KG_DEADLINE="120") as server:
        ask(server.endpoint, "ASK {}")
        before = _server_memory(server.process.pid)
        status, body, taken = ask(server.endpoint, query)
        rows = len(json.loads(body)["results"]["bindings"])
        after = _server_memory(server.process.pid)
        size = len(body)
        slow = _slow_reader(server.endpoint, query)
        time.sleep(1)
        busy = [ask(server.endpoint, f"ASK {{}} # {number}")[2] for number in range(20)]
        slow.close()
    grown = (after - before) / (1 << 20)
    print(
        f"{status}, {size / 1e6:,.0f} MB, {rows:,} rows in {taken:.1f} s; server process grew by {grown:.0f} MiB (at most 50)"
    )
    print(f"beside a client that reads slowly: slowest of 20 queries {max(busy) * 1000:.0f} ms")
    return status == 200 and rows == 700_000 and size > 200e6 and grown < 50 and max(busy) < 2


def _slow_reader(endpoint: str, query: str) -> http.client.HTTPConnection:
    url = urllib.parse.urlsplit(endpoint)
    connection = http.client.HTTPConnection(url.hostname or "", url.port, timeout=120)
    connection.request("POST", url.path, query.encode(), {"Content-Type": "application/sparql-query"})
    response = connection.getresponse()
    response.read(100_000)
    return connection


def _server_memory(group: int) -> int:
    """Resident memory of the process that answers HTTP: the largest of the group that runs no queries."""
    sizes = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                command = (entry / "cmdline").read_bytes()
                if os.getpgid(int(entry.name)) == group and b"kg.store.child" not in command:
                    sizes.append(int((entry / "status").read_text().partition("VmRSS:")[2].split()[0]) * 1024)
            except (OSError, ProcessLookupError, IndexError):
                continue
    return max(sizes)


def crash(_: Path, seconds: int) -> bool:
    """Reads and writes while the server is killed again and again: every acknowledged write stays, nothing half."""
    chance = random.Random(1)
    acknowledged: set[int] = set()
    sent = 0
    kills = 0
    end = time.monotonic() + seconds
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "store"
        subprocess.run(
            [sys.executable, "-m", "kg.cli", "--store", str(store), "load"], check=True, stdout=subprocess.DEVNULL
        )
        while time.monotonic() < end:
            with peers.ours(store) as server:
                until = min(end, time.monotonic() + chance.uniform(5, 30))
                while time.monotonic() < until:
                    sent += 1
                    try:
                        run.update(server.endpoint, _pair(sent))
                        acknowledged.add(sent)
                    except OSError as error:
                        print("write failed:", error)
                threading.Timer(chance.uniform(0, 0.05), lambda: os.killpg(server.process.pid, signal.SIGKILL)).start()
                try:
                    sent += 1
                    run.update(server.endpoint, _pair(sent))
                    acknowledged.add(sent)
                except OSError:
                    pass  # killed in between: it may be there or not, but whole
                time.sleep(0.1)
                kills += 1
        with peers.ours(store) as server:
            query = "SELECT ?n (COUNT(*) AS ?parts) { GRAPH <http://example.org/soak> { ?s ?p ?n } } GROUP BY ?n"
            rows = json.loads(ask(server.endpoint, query)[1])["results"]["bindings"]
    found = {int(row["n"]["value"]): int(row["parts"]["value"]) for row in rows}
    lost = acknowledged - set(found)
    half = {number for number, parts in found.items() if parts != 2}
    unknown = set(found) - set(range(1, sent + 1))
    print(
        f"{kills} kills, {sent} writes sent, {len(acknowledged)} acknowledged, {len(found)} found; lost {len(lost)}, half {len(half)}, unknown {len(unknown)}"
    )
    return not (lost or half or unknown)


def _pair(number: int) -> str:
    """An update that writes two statements which belong together."""
    return f"INSERT DATA {{ GRAPH <http://example.org/soak> {{ <http://example.org/a{number}> <http://example.org/p> {number} . <http://example.org/b{number}> <http://example.org/p> {number} }} }}"


RUNS = {"runaway": runaway, "hostile": hostile, "large": large, "crash": crash}


def main() -> None:
    """Run what was asked for; exit code 1 where a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    parser.add_argument("runs", nargs="*", choices=[[], *RUNS], default=list(RUNS))
    parser.add_argument("--seconds", type=int, default=300, help="length of runaway and crash")
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "controlgraph-bench")
    chosen = parser.parse_args()
    chosen.work.mkdir(parents=True, exist_ok=True)
    broken = []
    for name in chosen.runs:
        run.note(name)
        if not RUNS[name](chosen.work, chosen.seconds):
            broken.append(name)
    print("broken: " + ", ".join(broken) if broken else "all promises kept")
    sys.exit(bool(broken))


if __name__ == "__main__":
    main()
