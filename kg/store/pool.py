"""Queries in child processes: whatever a query does to its process, the service lives on.

A pool lends a child to each query. A query that is not answered after `Limits.patience` seconds moves, with its
child, to the long lane, where fewer run, with what the others leave of the processor; its place is refilled. One that
passes its deadline, or ends its process, costs that process and nothing else; it is never tried again.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.errors import (
    NoSuchForm,
    PoolBusy,
    Problem,
    QueryCancelled,
    QueryDied,
    QueryFailed,
    QueryReachesOut,
    QuerySyntax,
    QueryTimeout,
    ResultTooLarge,
    ServiceFailed,
    StoreProblem,
)
from kg.store.answer import Account, Answer
from kg.store.outward import NOBODY, Services
from kg.store.process import Child, checked
from kg.store.published import Published
from kg.store.wire import Heard

_HARMLESS = QuerySyntax, QueryReachesOut, QueryFailed, NoSuchForm, ResultTooLarge, ServiceFailed, StoreProblem
"""What a child tells that is as good as new afterwards."""


@dataclass(frozen=True)
class Limits:
    """What queries may use.

    `children` run at once in the short lane, `share` of them for one client; `long` in the long lane, one for one
    client. Each may have `memory` bytes (0: no cap), compute for `seconds` (None: no deadline) and answer with
    `answer` bytes. A query waits at most `wait` seconds for a place, and at most `queue` queries wait, a quarter of
    them one client's. After `patience` seconds a query is a long one. Queries may ask `services`.
    """

    children: int = 6
    share: int = 2
    long: int = 4
    memory: int = 1 << 30
    seconds: float | None = 30.0
    answer: int = 1 << 30
    wait: float = 5.0
    queue: int = 64
    patience: float = 1.0
    services: Services = NOBODY


class Ticket:
    """One query's place in the pool: who asks, in which lane it is, which child works on it.

    `name` is None where nobody was told one: nobody can end that query.
    """

    def __init__(self, client: str | None, name: str | None) -> None:
        self.client, self.name = client, name
        self.long = self.cancelled = False
        self.child: Child | None = None
        self.turn = threading.Lock()  # held while it waits for a place


class Pool:
    """Children, lent to one query each; every method may be called from any thread."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.ended: Counter[str] = Counter()
        self._free: list[Child] = []
        self._running: list[Ticket] = []
        self._waiting: list[Ticket] = []
        self._closed = False
        self._change = threading.Lock()

    def ask(
        self,
        published: Published,
        request: dict[str, Any],
        seconds: float | None = None,
        client: str | None = None,
        name: str | None = None,
    ) -> Answer:
        """Run one query on the published version, at most `seconds` long (it may only shorten the limit).

        `client` is whose share it takes, None nobody's;
        `name` is what `cancel` takes. Raises the QueryProblem that fits.
        """
        with self._lent(client, name) as ticket:
            directory = published.directory()
            while True:
                header, body, file = self._exchange(ticket, {**request, "store": str(directory)}, seconds)
                if header.get("error") != "gone":
                    inline = body if file is None else None
                    return Answer(header["kind"], header["form"], header["size"], directory.name, inline, file)
                directory = published.found()  # it was pruned between the look-up and now

    def write(
        self, candidate: Path, steps: list[dict[str, Any]], context: dict[str, Any], seconds: float | None = None
    ) -> Account:
        """Have a child apply `steps` to the candidate version in the directory `candidate`; what they changed.

        The same limits hold as for queries. Raises the QueryProblem that fits.
        """
        with self._lent(None, None) as ticket:
            request = {"candidate": str(candidate), "steps": steps, "context": context}
            header = self._exchange(ticket, request, seconds).message
            changed = {way: set(subjects) for way, subjects in header["changed"].items()}
            return Account(header["added"], header["removed"], set(header["nodes"]), set(header["whole"]), changed)

    def isolated(self) -> bool:
        """Whether children have left the network (`kg.store.isolation`); starts one where none runs yet."""
        with self._lent(None, None) as ticket:
            assert ticket.child is not None
            return ticket.child.isolated

    def cancel(self, name: str) -> bool:
        """End the running query of this name; whether there was one."""
        with self._change:
            ticket = next((ticket for ticket in self._running if ticket.name == name), None)
            if ticket is None:
                return False
            ticket.cancelled = True
            if ticket.child is not None:
                ticket.child.end()
            return True

    def numbers(self) -> dict[str, int]:
        """How many queries run in each lane (`short`, `long`) and wait (`waiting`), and how many children are free."""
        with self._change:
            long = sum(ticket.long for ticket in self._running)
            short = len(self._running) - long
            return {"short": short, "long": long, "waiting": len(self._waiting), "free": len(self._free)}

    def close(self) -> None:
        """End all children that are free; a borrowed one ends when it is given back."""
        with self._change:
            self._closed = True
            free, self._free = self._free, []
        for child in free:
            child.close()

    @contextmanager
    def _lent(self, client: str | None, name: str | None) -> Iterator[Ticket]:
        """A place and a child for one request; afterwards the child is kept where it is as good as new."""
        ticket = Ticket(client, name)
        self._take_place(ticket)
        reason, usable = "failed", False
        try:
            self._give_child(ticket)
            yield ticket
            reason, usable = "answered", True
        except _HARMLESS as problem:
            reason, usable = type(problem).__name__, True
            raise
        except QueryDied as death:
            ending: Problem = QueryCancelled(ticket.name or "") if ticket.cancelled else death
            reason = type(ending).__name__
            raise ending from None
        except Problem as problem:
            reason = type(problem).__name__
            raise
        finally:
            self.ended[reason] += 1
            self._leave(ticket, usable)

    def _take_place(self, ticket: Ticket) -> None:
        """Let the ticket run, at once or when its turn comes; PoolBusy where it would wait for too long."""
        with self._change:
            if ticket.name and any(other.name == ticket.name for other in (*self._running, *self._waiting)):
                ticket.name = None  # a name is the first one's that has it
            if self._has_place(ticket):  # one that waits could not have taken this place
                self._running.append(ticket)
                return
            mine = sum(other.client == ticket.client for other in self._waiting) if ticket.client is not None else 0
            if len(self._waiting) >= self.limits.queue or mine >= max(1, self.limits.queue // 4):
                self._refuse()
            ticket.turn.acquire()
            self._waiting.append(ticket)
        if not ticket.turn.acquire(timeout=self.limits.wait):
            with self._change:
                if ticket in self._waiting:
                    self._waiting.remove(ticket)
                    self._refuse()

    def _admit(self) -> None:
        """Let those run whose turn has come; called with `_change` held, whenever a place may have become free."""
        for ticket in self._waiting[:]:
            if self._has_place(ticket):
                self._waiting.remove(ticket)
                self._running.append(ticket)
                ticket.turn.release()

    def _has_place(self, ticket: Ticket) -> bool:
        short = [other.client for other in self._running if not other.long]
        return len(short) < self.limits.children and (
            ticket.client is None or short.count(ticket.client) < self.limits.share
        )

    def _refuse(self) -> None:
        self.ended["PoolBusy"] += 1
        raise PoolBusy(retry_after=max(1, round(self.limits.wait)))

    def _give_child(self, ticket: Ticket) -> Child:
        """Lend the ticket a free child, or a new one."""
        with self._change:
            child = self._free.pop() if self._free else None
        if child is None:
            child = Child(self.limits.memory, self.limits.answer, self.limits.services)
        with self._change:
            ticket.child = child
            if ticket.cancelled:
                raise QueryCancelled(ticket.name or "")
        child.ready()  # starting is not computing: it counts for no deadline
        return child

    def _leave(self, ticket: Ticket, usable: bool) -> None:
        child = ticket.child
        with self._change:
            self._running.remove(ticket)
            # after the long lane a child would stay at the back of the processor's queue: it goes
            keep = usable and child is not None and not ticket.long and not ticket.cancelled and not self._closed
            if keep and child is not None:
                self._free.append(child)
            self._admit()
        if child is not None and not keep:
            child.close()
            self._refill()

    def _refill(self) -> None:
        """Start a child ahead of the next query, where none is free and there is a place for one."""
        with self._change:
            short = sum(not ticket.long for ticket in self._running)
            if self._closed or self._free or short >= self.limits.children:
                return
        child = Child(self.limits.memory, self.limits.answer, self.limits.services)
        with self._change:
            if not self._closed and len(self._free) < self.limits.children:
                self._free.append(child)
                return
        child.close()

    def _exchange(
        self,
        ticket: Ticket,
        request: dict[str, Any],
        seconds: float | None,
        body: bytes = b"",
        descriptor: int | None = None,
    ) -> Heard:
        """Send a request and receive the answer, within the deadline, moving lanes on the way."""
        child = ticket.child
        assert child is not None
        given = [limit for limit in (self.limits.seconds, seconds) if limit is not None]
        deadline = min(given) if given else None
        begun = time.monotonic()
        try:
            while not child.ask(
                {**request, "seconds": deadline}, body, descriptor
            ):  # it has died since it was used last; this request was not begun
                child.close()
                child = self._give_child(ticket)
            if not ticket.long and (deadline is None or deadline > self.limits.patience):
                try:
                    return checked(child.hear(self.limits.patience))
                except TimeoutError:
                    self._move(ticket)
            left = None if deadline is None else deadline - (time.monotonic() - begun)
            return checked(child.hear(left))
        except TimeoutError:
            assert deadline is not None
            raise QueryTimeout(deadline) from None

    def _move(self, ticket: Ticket) -> None:
        """Move a query to the long lane; PoolBusy where that has no place for it."""
        with self._change:
            long = [other for other in self._running if other.long]
            mine = ticket.client is not None and any(other.client == ticket.client for other in long)
            if len(long) >= self.limits.long or mine:
                raise PoolBusy(retry_after=max(1, round(self.limits.wait)))
            ticket.long = True
            self._admit()
        assert ticket.child is not None
        ticket.child.yield_to_others()
        self._refill()
