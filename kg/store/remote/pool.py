"""Queries that an engine answers, with the limits, shares and lanes of those that are answered here."""

from __future__ import annotations

import threading
import time
from collections.abc import Collection
from contextlib import suppress
from typing import Any

from kg.engine_errors import EngineFailed, VersionMoved
from kg.errors import PoolBusy, Problem, QueryCancelled, QueryTimeout
from kg.store.answer import Answer
from kg.store.pool import Limits, Pool, Ticket
from kg.store.published import Published
from kg.store.remote.published import Away
from kg.store.remote.requests import STATEMENTS, TABLE, Line, Requests
from kg.store.remote.state import NOTHING, named
from kg.store.wire import Heard

LONGEST = 86400.0
"""Seconds that a query without a deadline may take."""
TRIES = 3
"""How often a query is asked again because another version was published while it was answered."""


class EnginePool(Pool):
    """The same as `Pool`, where a place is not for computing, but for having an engine compute."""

    def __init__(self, requests: Requests, limits: Limits) -> None:
        super().__init__(limits)
        self._requests = requests
        self._particular = requests.engine.particular
        self._lines: dict[Ticket, Line] = {}

    def ask(
        self,
        published: Published,
        request: dict[str, Any],
        seconds: float | None = None,
        client: str | None = None,
        name: str | None = None,
    ) -> Answer:
        """Run one query on the version that the engine has, at most `seconds` long.

        An answer is of the version that it names: which one the engine has is asked before and after. Raises the
        QueryProblem that fits, EngineFailed, and VersionMoved where `published` is of one version and the engine has
        another.
        """
        assert isinstance(published, Away)
        allowed = min(given for given in (self.limits.seconds, seconds, LONGEST) if given is not None)
        try:
            return self._asked(published, request, time.monotonic() + allowed, client, name)
        except QueryTimeout:  # it tells what was left of it where it was over
            raise QueryTimeout(allowed) from None

    def _asked(
        self, published: Away, request: dict[str, Any], until: float, client: str | None, name: str | None
    ) -> Answer:
        with self._lent(client, name) as ticket:
            read = self._exchange(
                ticket, {"asked": True, "own": self._particular.own, **request}, until - time.monotonic()
            ).message
            for _ in range(TRIES):
                directory = published.directory()
                heard = self._answered(ticket, read, request, published, until)
                told, inline = heard.message, heard.body if heard.descriptor is None else None
                answer = Answer(told["kind"], told["form"], told["size"], directory.name, inline, heard.descriptor)
                try:
                    present = published.present()
                except BaseException:
                    answer.close()
                    raise
                if present == directory.name:
                    return answer
                answer.close()
                if published.is_pinned():
                    break
                published.look()
            raise VersionMoved(directory.name, present)

    def cancel(self, name: str) -> bool:
        """End the running query of this name; whether there was one. The engine is left alone with what it does."""
        found = super().cancel(name)
        with self._change:
            lines = [line for ticket, line in self._lines.items() if ticket.cancelled]
        for line in lines:
            line.end()
        return found

    def _answered(
        self, ticket: Ticket, read: dict[str, Any], request: dict[str, Any], published: Away, until: float
    ) -> Heard:
        """The engine's answer, in the form that is wanted."""
        default, names = _dataset(request if "default" in request else read, published)
        text = read["text"]
        if not self._particular.strict:
            text, names = _without_strays(text, read["graphs"], names), [*names, NOTHING]
        accept = STATEMENTS if read["kind"] == "graph" else TABLE
        line = Line()
        with self._change:
            if ticket.cancelled:
                raise QueryCancelled(ticket.name or "")
            self._lines[ticket] = line
        late: list[Problem] = []
        patience = threading.Timer(self.limits.patience, self._late, (ticket, line, late))
        patience.daemon = True
        begun = time.monotonic()
        if until - begun > self.limits.patience and not ticket.long:
            patience.start()
        try:
            reply = self._requests.query(
                text, accept, default=default, named=names,
                seconds=max(0.001, until - begun), most=self.limits.answer, line=line,
            )  # fmt: skip
        except EngineFailed:
            if ticket.cancelled:
                raise QueryCancelled(ticket.name or "") from None
            if late:
                raise late[0] from None
            raise
        finally:
            patience.cancel()
            with self._change:
                del self._lines[ticket]
        try:
            told = {
                "told": read["kind"], "form": read["form"], "media": reply.media_type,
                "spelled": self._particular.taken(), "prefixes": request.get("prefixes"),
            }  # fmt: skip
            file = reply.spool.file()
            descriptor, body = (None, reply.spool.content()) if file is None else (file.fileno(), b"")
            left = until - time.monotonic()
            if left <= 0:
                raise QueryTimeout(until - begun)
            return self._exchange(ticket, told, left, body, descriptor)
        finally:
            reply.spool.close()

    def _late(self, ticket: Ticket, line: Line, late: list[Problem]) -> None:
        """Move a query that takes long to the long lane, or end it where that has no place."""
        try:
            with suppress(OSError):
                self._move(ticket)
        except PoolBusy as problem:
            late.append(problem)
            line.end()


def _dataset(asked: dict[str, Any], published: Away) -> tuple[list[str], list[str]]:
    """The graphs of the default graph, and those with a name, in the engine: of those that are asked for the ones that
    the version has, all of them where none are. What else an engine has is not ours, or our bookkeeping: nobody gets
    to it by its name, and no engine is left to say what it means by a dataset that has nothing."""
    graphs = published.graphs()
    default, names = asked.get("default", graphs), asked.get("named", graphs)
    told = dict.fromkeys(named(graph) for graph in default if graph in graphs)
    return list(told) or [NOTHING], [graph for graph in dict.fromkeys(names) if graph and graph in graphs]


def _without_strays(text: str, graphs: list[tuple[int, int, str]], names: Collection[str]) -> str:
    """A text that names NOTHING wherever it says a graph that is none of the dataset."""
    for start, end, graph in reversed(graphs):
        if graph not in names:
            text = f"{text[:start]}<{NOTHING}>{text[end:]}"
    return text
