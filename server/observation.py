"""What is seen of every request from outside: numbers for Prometheus, and a line of JSON in the log."""

from __future__ import annotations

import os
import threading
import time
from bisect import bisect_left
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from functools import lru_cache
from itertools import accumulate
from json.encoder import encode_basestring_ascii as _quoted
from typing import TYPE_CHECKING, Any

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from kg.errors import StoreProblem
from server.access import address_in
from server.current import Served

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_METHODS = {"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "QUERY", "OPTIONS"}
_BUCKETS = (0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60)


APART = 0.05
"""Seconds that a line of the log may be late."""


class Numbers(Collector):
    """What is counted of requests, and the registry that tells it.

    It is counted here and not by the library's own counters because a kept answer takes less time than those do.
    """

    def __init__(self, served: Served, cached: Callable[[], int]) -> None:
        self.registry = CollectorRegistry()
        self.registry.register(self)
        self.registry.register(_Store(served, cached))
        self._change = threading.Lock()
        self._requests: Counter[tuple[str, str, str]] = Counter()
        self._cache: Counter[str] = Counter()
        self._problems: Counter[str] = Counter()
        self._seconds: dict[str, list[float]] = {}

    def count(self, route: str, method: str, status: str, seconds: float, cache: str, problem: str) -> None:
        """Count one request; the last two may be empty."""
        bucket = bisect_left(_BUCKETS, seconds)
        with self._change:
            self._requests[route, method, status] += 1
            times = self._seconds.get(route)
            if times is None:
                times = self._seconds[route] = [0.0] * (len(_BUCKETS) + 2)
            times[bucket] += 1
            times[-1] += seconds
            if cache:
                self._cache[cache] += 1
            if problem:
                self._problems[problem] += 1

    def collect(self) -> Iterator[Metric]:
        """The numbers of this moment."""
        with self._change:
            counted = dict(self._requests), dict(self._cache), dict(self._problems)
            seconds = {route: times[:] for route, times in self._seconds.items()}
        requests = CounterMetricFamily(
            "controlgraph_requests", "Requests by route, method and status", labels=["route", "method", "status"]
        )
        for labels, number in counted[0].items():
            requests.add_metric(labels, number)
        yield requests
        told = HistogramMetricFamily(
            "controlgraph_request_seconds", "Seconds until an answer was complete, by route", labels=["route"]
        )
        for route, times in seconds.items():
            upto = list(accumulate(times[:-1]))
            names = [*(str(float(bound)) for bound in _BUCKETS), "+Inf"]
            told.add_metric([route], list(zip(names, upto, strict=True)), times[-1])
        yield told
        for name, words, label, numbers in (
            ("controlgraph_cache", "Requests for what may be kept, by whether it was", "found", counted[1]),
            ("controlgraph_problems", "Requests that got a problem document, by its kind", "problem", counted[2]),
        ):
            family = CounterMetricFamily(name, words, labels=[label])
            for key, number in numbers.items():
                family.add_metric([key], number)
            yield family


class _Store(Collector):
    """The store's own numbers, read when somebody asks."""

    def __init__(self, served: Served, cached: Callable[[], int]) -> None:
        self._served, self._cached = served, cached

    def collect(self) -> Iterator[Metric]:
        """The numbers of this moment."""
        pool = self._served.store.pool
        queries = GaugeMetricFamily(
            "controlgraph_queries", "Queries now: in the short lane, in the long one, waiting", labels=["lane"]
        )
        numbers = pool.numbers()
        for lane in ("short", "long", "waiting"):
            queries.add_metric([lane], numbers[lane])
        yield queries
        yield GaugeMetricFamily("controlgraph_children_free", "Query processes that wait for work", numbers["free"])
        ended = CounterMetricFamily(
            "controlgraph_queries_ended", "Queries that were ended, by reason", labels=["reason"]
        )
        for reason, number in sorted(pool.ended.items()):
            ended.add_metric([reason], number)
        yield ended
        yield GaugeMetricFamily("controlgraph_cache_bytes", "Bytes of answers kept in memory", self._cached())
        try:
            manifest = self._served.store.manifest()
        except StoreProblem:
            return
        yield GaugeMetricFamily("controlgraph_version", "Running number of the published version", manifest.number)
        triples = GaugeMetricFamily("controlgraph_triples", "Triples of the published version", labels=["graph"])
        for graph, record in manifest.graphs.items():
            triples.add_metric([graph or "default"], record.triples)
        yield triples


class Observed:
    """A WSGI application that counts what `app` does, and writes a line about it where `log` says so."""

    def __init__(self, app: WSGIApplication, numbers: Numbers, *, log: bool, proxies: int) -> None:
        self._app, self._numbers, self._log, self._proxies = app, numbers, log, proxies
        self._lines = Lines()

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Pass the request on, and take notice."""
        begun = time.perf_counter()
        told: list[Any] = ["500", ()]

        def listen(status: str, headers: list[tuple[str, str]], *error: Any) -> Callable[[bytes], object]:
            told[0], told[1] = status[:3], headers
            return start(status, headers, *error)

        try:
            return self._app(environ, listen)
        finally:
            self._notice(environ, told[0], told[1], time.perf_counter() - begun)

    def _notice(
        self, environ: WSGIEnvironment, status: str, headers: Iterable[tuple[str, str]], seconds: float
    ) -> None:
        get = environ.get
        method = environ["REQUEST_METHOD"]
        cache, problem = get("controlgraph.cache", ""), get("controlgraph.problem", "")
        known = method if method in _METHODS else "other"
        self._numbers.count(get("controlgraph.route", ""), known, status, seconds, cache, problem)
        if self._log:
            length = version = ""
            for name, value in headers:
                if name == "Content-Length":
                    length = value
                elif name == "Controlgraph-Version":
                    version = value
            # written by hand because it is written for every request
            line = (
                f'{{"time": "{_now()}", "client": {_quoted(address_in(environ, self._proxies))}, '
                f'"who": {_quoted(get("controlgraph.who", ""))}, "method": {_quoted(method)}, '
                f'"path": {_quoted(environ["PATH_INFO"])}, "status": {status}, "ms": {seconds * 1000:.3f}, '
                f'"bytes": {length or 0}, "query": "{get("controlgraph.query", "")}", "cache": "{cache}", '
                f'"version": "{version}", "problem": "{problem}"}}\n'
            )
            self._lines.put(line)


class Lines:
    """Lines on their way to standard error: written together every `APART` seconds, and at the end.

    A write lets other threads go first, which a request would have to wait for.
    """

    def __init__(self) -> None:
        self._waiting: deque[str] = deque()
        self._begun = False
        self._change = threading.Lock()

    def put(self, line: str) -> None:
        """Write a line soon."""
        self._waiting.append(line)
        if not self._begun:
            with self._change:
                if not self._begun:
                    self._begun = True
                    # no daemon, which it would be by itself here: the process waits for it to write what is left
                    threading.Thread(target=self._write_on, daemon=False).start()

    def _write_on(self) -> None:
        while threading.main_thread().is_alive():
            time.sleep(APART)
            self._write()
        self._write()

    def _write(self) -> None:
        text = "".join(self._waiting.popleft() for _ in range(len(self._waiting))).encode()
        while text:
            text = text[os.write(2, text) :]


def _now() -> str:
    """The time, in UTC, to milliseconds."""
    seconds = time.time()
    whole = int(seconds)
    return f"{_second(whole)}.{int((seconds - whole) * 1000):03d}Z"


@lru_cache(2)
def _second(whole: int) -> str:
    return datetime.fromtimestamp(whole, UTC).strftime("%Y-%m-%dT%H:%M:%S")
