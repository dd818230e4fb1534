"""Doors for whoever runs the service: health, numbers, running queries."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, json, request
from prometheus_client.exposition import choose_encoder

from server import current
from server.errors import Rejected
from server.observation import Numbers

bp = Blueprint("operation", __name__)


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


def _fresh(body: str | bytes, content_type: str, status: int = 200) -> Response:
    """An answer about this moment."""
    response = Response(body, status, content_type=content_type)
    response.headers["Cache-Control"] = "no-store"
    return response
