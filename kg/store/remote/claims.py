"""Who writes to an engine: one at a time, of all copies, whatever the engine does with updates that overlap.

Whoever wants to write says so and then looks who else does. Two who come at once both see the other, and both step back
for a moment that differs; of what an engine has confirmed nothing may be lost, which is all that this needs. A claim
that was not renewed for `LEASE` seconds, by the engine's own clock, is that of somebody who died; whoever lives renews
it, however long one step takes. A claim that was taken away is not renewed: its writer was frozen, and whoever took it
for dead may be writing.
"""

from __future__ import annotations

import random
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime

from kg.engine_errors import EngineFailed
from kg.errors import Problem, QueryFailed, QueryTimeout, StoreLocked
from kg.store.remote.requests import Requests
from kg.store.remote.state import OURS, STORE, table

LEASE = 120.0
"""Seconds after which a claim that was not renewed is none."""
CONFIRMED = 30.0
"""Seconds in which an engine confirms a claim, or has failed."""
KNOWS = 10.0
"""Seconds after a failure in which an engine says what holds, or it is not known."""
RENEWED = 20.0
"""Seconds after which a claim is renewed, for as long as it is held."""
_SINCE = f"{OURS}since"


class Claim:
    """The right to write, as far as nobody else has it."""

    def __init__(self, requests: Requests) -> None:
        self._requests = requests
        self.name = f"{OURS}claim:{uuid.uuid4()}"
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._renew, daemon=True)

    def make(self, condition: str = "") -> None:
        """Say that somebody wants to write, where a pattern fits. Raises EngineFailed, QueryTimeout."""
        said = f"GRAPH <{STORE}> {{ <{self.name}> <{_SINCE}> ?now }}"
        text = f"INSERT {{ {said} }} WHERE {{ {condition} BIND(NOW() AS ?now) }}"
        try:
            self._requests.update(text, seconds=CONFIRMED)
        except QueryFailed as problem:
            address = self._requests.engine.update
            message = f"<{address}> takes no updates; KG_STORE_UPDATE is the address that does: {problem}"
            raise EngineFailed(message) from None

    def holds(self) -> str:
        """The pattern that fits as long as this is held: what an update is conditional on, so that one that is late
        does nothing any more."""
        return f"FILTER EXISTS {{ GRAPH <{STORE}> {{ <{self.name}> <{_SINCE}> ?since }} }}"

    def held(self) -> str:
        """The same for an update that has no other pattern but filters: Virtuoso carries out such a one in any case.
        This one may fit several times."""
        return f"GRAPH <{STORE}> {{ <{self.name}> <{_SINCE}> ?before }}"

    def hold(self) -> None:
        """Go on saying so until the end. One step may take longer than a claim holds, and who took it for that of a
        dead writer would put in place once more what is being put in place."""
        self._thread.start()

    def end(self, seconds: float = CONFIRMED) -> None:
        """Say within so many seconds that nobody wants to write any more.

        Raises EngineFailed, QueryTimeout; it then ends by itself.
        """
        until = time.monotonic() + seconds
        self._over.set()
        if self._thread.is_alive():
            self._thread.join(seconds)
        if self._thread.is_alive():  # what renews it might be carried out after what removes it
            raise QueryTimeout(seconds)
        remove(self._requests, self.name, until - time.monotonic())

    def _renew(self) -> None:
        while not self._over.wait(RENEWED):
            with suppress(Problem):  # it holds for several times as long
                self.make(self.held())

    def is_alone(self) -> bool:
        """Whether nobody else wants to write; claims of the dead are taken away, and looked for once more."""
        rows = table(
            self._requests,
            f"SELECT ?claim ?since (NOW() AS ?now) {{ GRAPH <{STORE}> {{ ?claim <{_SINCE}> ?since }} }}",
        )
        ages: dict[str, float] = {}
        for row in rows:  # one for each time that a claim was renewed
            age = (_time(row["now"]["value"]) - _time(row["since"]["value"])).total_seconds()
            ages[row["claim"]["value"]] = min(age, ages.get(row["claim"]["value"], age))
        for name, age in ages.items():
            if age > LEASE and name != self.name:
                remove(self._requests, name)
        return [*ages] == [self.name] and ages[self.name] <= LEASE


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
        claim.hold()
        yield claim
    except BaseException:
        with suppress(Problem):  # it ends by itself after a while
            claim.end(KNOWS)
        raise
    with suppress(Problem):
        claim.end()


def remove(requests: Requests, name: str, seconds: float = CONFIRMED) -> None:
    """Take a claim away. Raises EngineFailed, QueryTimeout."""
    requests.update(f"DELETE WHERE {{ GRAPH <{STORE}> {{ <{name}> <{_SINCE}> ?since }} }}", seconds=seconds)


def _time(text: str) -> datetime:
    """A time of the engine's clock; whether it names its zone depends on the engine, and is the same for all."""
    return datetime.fromisoformat(text).replace(tzinfo=None)
