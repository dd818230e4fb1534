"""What this process serves from: its store and its settings, found through Flask's current application."""

from __future__ import annotations

from flask import Flask, current_app, request

from kg.store import open_store
from kg.store.embedded import Store
from kg.store.pool import Limits
from server.settings import Settings


def init_app(app: Flask, settings: Settings) -> None:
    """Open the store for this application. Raises StoreUnreadable where something else lies there."""
    limits = Limits(
        children=settings.children,
        memory=settings.memory,
        seconds=settings.deadline,
        answer=settings.result_max,
        wait=settings.wait,
    )
    app.extensions["controlgraph"] = (open_store(settings.store, limits), settings)


def store() -> Store:
    """The store of this process."""
    opened: Store = current_app.extensions["controlgraph"][0]
    return opened


def settings() -> Settings:
    """The settings of this process."""
    chosen: Settings = current_app.extensions["controlgraph"][1]
    return chosen


def address() -> str:
    """Where the outside sees this service, without a slash at the end."""
    return settings().public_url or request.url_root.rstrip("/")
