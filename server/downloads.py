"""Large answers on their way: only so many at once, because each holds a thread for as long as its client reads.

A client that reads slowly, or not at all, could otherwise hold every thread with a few requests, and with them the
whole service.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable

from server.errors import Rejected

LARGE = 1_000_000
"""Bytes of an answer that is handed over at once, and holds nothing."""
AGAIN = 10
"""Seconds after which somebody should come again who found no place."""


class Downloads:
    """Places for `most` large answers, a quarter of them for one client."""

    def __init__(self, most: int) -> None:
        self._most, self._share = most, max(1, most // 4)
        self._taken: Counter[str] = Counter()
        self._change = threading.Lock()

    def take(self, client: str) -> Callable[[], None]:
        """A place for this client; what is returned gives it back. Raises Rejected, 503, where there is none."""
        with self._change:
            if self._taken.total() >= self._most or self._taken[client] >= self._share:
                raise Rejected(
                    503, "downloads", "Too many large answers are on their way",
                    f"at most {self._most} at once, {self._share} of them to one client; read those that you asked "
                    "for, or ask for less",
                    {"Retry-After": str(AGAIN)}, {"retryAfter": AGAIN},
                )  # fmt: skip
            self._taken[client] += 1
        given = threading.Lock()

        def give_back() -> None:
            if given.acquire(blocking=False):  # once
                with self._change:
                    self._taken[client] -= 1
                    if not self._taken[client]:
                        del self._taken[client]

        return give_back
