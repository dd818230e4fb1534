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
    from kg.store.remote.engine import Engine


def open_store(location: str | os.PathLike[str] | Engine, limits: Limits | None = None, good: float = 0.0) -> Store:
    """Open the store in the directory `location` (it need not exist yet; nothing is created by opening), or the one
    that an engine has (`kg.store.remote`), which need not answer yet.

    `limits` bounds every query (`kg.store.pool.Limits`); which version is published is looked up again after `good`
    seconds (`kg.store.published.Published`; an engine is asked every quarter of a second at most). Raises
    StoreUnreadable where something else lies there.
    """
    # imported here because a child process, which has to start fast, imports this package and none of that
    if not isinstance(location, str) and not hasattr(location, "__fspath__"):
        from kg.store.pool import Limits
        from kg.store.remote.store import RemoteStore

        return RemoteStore(location, limits or Limits())

    from kg.store.embedded import Store

    return Store.open(location, limits, good)
