"""What this process serves from: its store and its settings, found through Flask's current application."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, current_app, request

from kg.dossier.kept import Shelf
from kg.store import open_store
from kg.store.embedded import Store
from kg.store.pool import Limits
from kg.writing import Writer
from server.downloads import Downloads
from server.settings import Settings

LOOK = 0.002
"""Seconds for which a look at the store is good; a version published from here is seen at once (`look`)."""


@dataclass(frozen=True)
class Served:
    """The store, who writes to it, the settings, the places for large answers, and the dossiers that it has given out,
    of an application."""

    store: Store
    writer: Writer
    settings: Settings
    downloads: Downloads
    dossiers: Shelf


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
        services=settings.federation,
    )
    store, writer = open_store(settings.place(), limits, LOOK), Writer(settings.place(), limits)
    shelf = Shelf(store.location / "dossiers", settings.dossiers)
    served = Served(store, writer, settings, Downloads(settings.downloads), shelf)
    app.extensions["controlgraph"] = served
    return served


def _served() -> Served:
    served: Served = current_app.extensions["controlgraph"]
    return served


def store() -> Store:
    """The store of this process."""
    return _served().store


def writer() -> Writer:
    """Who writes to the store of this process."""
    return _served().writer


def version() -> str:
    """The name of the published version. Raises NothingPublished, StoreUnreadable."""
    return _served().store.version()


def downloads() -> Downloads:
    """The places for large answers of this process."""
    return _served().downloads


def dossiers() -> Shelf:
    """The dossiers that this service has given out."""
    return _served().dossiers


def look() -> None:
    """Look at the store now, because another version was published from here."""
    _served().store.published.look()


def settings() -> Settings:
    """The settings of this process."""
    return _served().settings


def address() -> str:
    """Where the outside sees this service, without a slash at the end."""
    return settings().public_url or request.url_root.rstrip("/")
