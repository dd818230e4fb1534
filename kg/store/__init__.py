"""The store: versions of a quad store that are published whole or not at all.

`open_store` gives the one object the rest of the library works with. Readers ask in child processes
(`kg.store.pool`); a writer builds a candidate version (`kg.store.embedded`), which becomes the published one or
leaves no trace (`kg.store.versions`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import os

    from kg.store.embedded import Store
    from kg.store.pool import Limits


def open_store(location: str | os.PathLike[str], limits: Limits | None = None, good: float = 0.0) -> Store:
    """Open the store in the directory `location` (it need not exist yet; nothing is created by opening).

    `limits` bounds every query (`kg.store.pool.Limits`); which version is published is looked up again after `good`
    seconds (`kg.store.published.Published`). Raises StoreUnreadable where something else lies there.
    """
    # imported here because a child process, which has to start fast, imports this package and none of that
    from kg.store.embedded import Store

    return Store.open(location, limits, good)
