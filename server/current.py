"""What this process serves from: its store and its settings, found through Flask's current application."""

from __future__ import annotations

import os
import threading
import time
from dataclasses import dataclass

from flask import Flask, current_app, request

from kg.store import open_store
from kg.store.embedded import Store
from kg.store.pool import Limits
from server.downloads import Downloads
from server.settings import Settings

Stamp = tuple[int, int] | None
"""What is another one whenever another version is published; None where none is, or it cannot be told."""


LOOK = 0.002
"""Seconds for which a look at the store is good; a version published from here is seen at once (`Published.look`)."""


class Published:
    """The version that a store has published, looked up again only when the store has another one.

    Every request asks for it, so it is a look at the file that names it, which each publishing replaces. Even that
    look lets other threads go first, and is therefore made every `LOOK` seconds only.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._names_it = os.fspath(store.location / "CURRENT")
        self._known: tuple[Stamp, str] = (None, "")
        self._seen: Stamp = None
        self._until = 0.0
        self._looking = threading.Lock()

    def stamp(self) -> Stamp:
        """What tells this version from every other one that this process has seen or will see."""
        # whoever finds somebody looking takes what was seen before
        if time.monotonic() >= self._until and self._looking.acquire(blocking=False):
            try:
                self._look()
            finally:
                self._looking.release()
        return self._seen

    def look(self) -> None:
        """Look now, because another version was published."""
        with self._looking:
            self._look()

    def _look(self) -> None:
        try:
            found = os.stat(self._names_it)  # noqa: PTH116 (a Path costs more than the look itself)
            self._seen = found.st_ino, found.st_mtime_ns
        except OSError:
            self._seen = None
        self._until = time.monotonic() + LOOK

    def version(self) -> str:
        """The name of the published version. Raises NothingPublished, StoreUnreadable."""
        stamp = self.stamp()
        known, name = self._known
        if stamp is None or stamp != known:
            name = self._store.version()
            self._known = stamp, name
        return name


@dataclass(frozen=True)
class Served:
    """The store, its published version, the settings, and the places for large answers, of an application."""

    store: Store
    published: Published
    settings: Settings
    downloads: Downloads


def init_app(app: Flask, settings: Settings) -> Served:
    """Open the store for this application. Raises StoreUnreadable where something else lies there."""
    limits = Limits(
        children=settings.children,
        share=settings.share,
        long=settings.long,
        patience=settings.patience,
        queue=settings.queue,
        memory=settings.memory,
        seconds=settings.deadline,
        answer=settings.result_max,
        wait=settings.wait,
    )
    opened = open_store(settings.store, limits)
    served = Served(opened, Published(opened), settings, Downloads(settings.downloads))
    app.extensions["controlgraph"] = served
    return served


def _served() -> Served:
    served: Served = current_app.extensions["controlgraph"]
    return served


def store() -> Store:
    """The store of this process."""
    return _served().store


def version() -> str:
    """The name of the published version. Raises NothingPublished, StoreUnreadable."""
    return _served().published.version()


def downloads() -> Downloads:
    """The places for large answers of this process."""
    return _served().downloads


def look() -> None:
    """Look at the store now, because another version was published from here."""
    _served().published.look()


def settings() -> Settings:
    """The settings of this process."""
    return _served().settings


def address() -> str:
    """Where the outside sees this service, without a slash at the end."""
    return settings().public_url or request.url_root.rstrip("/")
