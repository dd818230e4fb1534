"""Doors for whoever runs the service or follows it: health, numbers, running queries, versions."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

from flask import Blueprint, Response, current_app, json, request
from prometheus_client.exposition import choose_encoder

from server import current
from server.errors import Rejected
from server.observation import Numbers

bp = Blueprint("operation", __name__)

ATOM = "http://www.w3.org/2005/Atom"
SHOWN = 100
"""How many of the newest versions the feed lists."""


@bp.route("/healthz")
def healthz() -> Response:
    """Whether the service answers at all, and the version it answers from, if there is one."""
    return _fresh(json.dumps({"status": "ok", "version": request.environ["controlgraph.version"]}), "application/json")


@bp.route("/readyz")
def readyz() -> Response:
    """Whether there is data to answer from; 503 with a problem document where there is none."""
    version = current.store().published.found().name  # looked up whole, not only whether it is the same file
    return _fresh(json.dumps({"status": "ready", "version": version}), "application/json")


@bp.route("/metrics")
def metrics() -> Response:
    """Numbers for Prometheus."""
    numbers: Numbers = current_app.extensions["controlgraph.numbers"]
    encode, content_type = choose_encoder(request.headers.get("Accept", ""))
    return _fresh(encode(numbers.registry), content_type)


@bp.route("/queries/<name>", methods=["DELETE"])
def cancel(name: str) -> Response:
    """End a running query, by the name that its client gave it (`query-id`); the one who asked gets a problem."""
    if not current.store().cancel(name):
        raise Rejected(404, "unknown-query", "There is no such query", f"no query runs here under the name {name}")
    return _fresh("", "application/json", 204)


@bp.route("/feed/versions")
def versions() -> Response:
    """Every version that was published, newest first, as an Atom feed: who wrote it, when, and how much."""
    address = current.address()
    entries = current.store().journal()[: -SHOWN - 1 : -1]
    feed = ElementTree.Element("feed", xmlns=ATOM)
    _add(feed, "id", f"{address}/feed/versions")
    _add(feed, "title", "Controlgraph: versions of the data")
    ElementTree.SubElement(feed, "link", rel="self", href=f"{address}/feed/versions")
    ElementTree.SubElement(feed, "link", rel="alternate", href=f"{address}/")
    _add(feed, "updated", entries[0]["at"] if entries else "1970-01-01T00:00:00+00:00")
    _add(ElementTree.SubElement(feed, "author"), "name", "Controlgraph")
    for entry in entries:
        _entry(feed, address, entry)
    text = ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True)
    return _fresh(text, "application/atom+xml; charset=utf-8")


def _entry(feed: ElementTree.Element, address: str, told: dict[str, Any]) -> None:
    version, added, removed = told["version"], told.get("added", {}), told.get("removed", {})
    entry = ElementTree.SubElement(feed, "entry")
    _add(entry, "id", f"{address}/feed/versions#{version}")
    _add(entry, "title", f"{version}: {sum(added.values())} statements came, {sum(removed.values())} went")
    _add(entry, "updated", told["at"])
    _add(ElementTree.SubElement(entry, "author"), "name", told["who"])
    lines = [
        f"<{graph or 'default'}>: {added.get(graph, 0)} came, {removed.get(graph, 0)} went"
        for graph in sorted({*added, *removed})
    ]
    _add(entry, "summary", "\n".join(lines) or "nothing changed")


def _add(parent: ElementTree.Element, name: str, text: str) -> None:
    ElementTree.SubElement(parent, name).text = text


def _fresh(body: str | bytes, content_type: str, status: int = 200) -> Response:
    """An answer about this moment."""
    response = Response(body, status, content_type=content_type)
    response.headers["Cache-Control"] = "no-store"
    return response
