"""Who writes to an engine: one at a time, of all copies, whatever the engine does with updates that overlap.

Whoever wants to write says so and then looks who else does. Two who come at once both see the other, and both step back
for a moment that differs; of what an engine has confirmed nothing may be lost, which is all that this needs. A claim
that was not renewed for `LEASE` seconds, by the engine's own clock, is that of somebody who died.
"""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime

from kg.errors import Problem, StoreLocked
from kg.store.remote.requests import Requests
from kg.store.remote.state import OURS, STORE, table

LEASE = 120.0
"""Seconds after which a claim that was not renewed is none."""
CONFIRMED = 30.0
"""Seconds in which an engine confirms a claim, or has failed."""
RENEWED = 20.0
"""Seconds after which a claim is renewed by somebody who goes on."""
_SINCE = f"{OURS}since"


class Claim:
    """The right to write, which has to be renewed."""

    def __init__(self, requests: Requests) -> None:
        self._requests = requests
        self.name = f"{OURS}claim:{uuid.uuid4()}"
        self._until = 0.0

    def make(self) -> None:
        """Say that somebody wants to write, or still does."""
        self._requests.update(
            f"INSERT {{ GRAPH <{STORE}> {{ <{self.name}> <{_SINCE}> ?now }} }} WHERE {{ BIND(NOW() AS ?now) }}",
            seconds=CONFIRMED,
        )
        self._until = time.monotonic() + RENEWED

    def renew(self) -> None:
        """Say so again, where the last time was a while ago."""
        if time.monotonic() >= self._until:
            self.make()

    def is_alone(self) -> bool:
        """Whether nobody else wants to write; claims of the dead are taken away."""
        rows = table(
            self._requests,
            f"SELECT ?claim ?since (NOW() AS ?now) {{ GRAPH <{STORE}> {{ ?claim <{_SINCE}> ?since }} }}",
        )
        ages: dict[str, float] = {}
        for row in rows:  # one for each time that a claim was renewed
            age = (_time(row["now"]["value"]) - _time(row["since"]["value"])).total_seconds()
            ages[row["claim"]["value"]] = min(age, ages.get(row["claim"]["value"], age))
        for name, age in ages.items():
            if age > LEASE:
                remove(self._requests, name)
        return [name for name, age in ages.items() if age <= LEASE] == [self.name]


@contextmanager
def claimed(requests: Requests, wait: float) -> Iterator[Claim]:
    """Be the only one who writes. Raises StoreLocked where others still do after `wait` seconds, EngineFailed."""
    until = time.monotonic() + wait
    claim = Claim(requests)
    try:
        claim.make()
        while not claim.is_alone():
            remove(requests, claim.name)
            if time.monotonic() >= until:
                raise StoreLocked(f"another copy is writing to <{requests.engine}>; waited {wait:g} s for it")
            time.sleep(random.uniform(0.05, 0.25))  # noqa: S311 (nobody has to be unable to guess it)
            claim.make()
        yield claim
    finally:
        with suppress(Problem):  # it ends by itself after a while
            remove(requests, claim.name)


def remove(requests: Requests, name: str) -> None:
    """Take a claim away."""
    requests.update(f"DELETE WHERE {{ GRAPH <{STORE}> {{ <{name}> <{_SINCE}> ?since }} }}", seconds=CONFIRMED)


def _time(text: str) -> datetime:
    """A time of the engine's clock; whether it names its zone depends on the engine, and is the same for all."""
    return datetime.fromisoformat(text).replace(tzinfo=None)
