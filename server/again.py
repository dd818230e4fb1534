"""A request that met another version than it began with is answered again, from that one.

An engine that is asked has one version (`kg.store.remote`), so what was not answered when another one was published
cannot be answered from the one before.
"""

from __future__ import annotations

from flask import Flask, Response, current_app, request
from werkzeug.exceptions import HTTPException

from kg.engine_errors import VersionMoved
from server import current, errors

TRIES = 3


def init_app(app: Flask) -> None:
    """Answer again in this application."""
    app.register_error_handler(VersionMoved, _again)


def _again(moved: VersionMoved) -> Response | HTTPException:
    for _ in range(TRIES if request.method in ("GET", "HEAD") else 0):
        try:
            current.look()
            request.environ["controlgraph.version"] = current.version()
            request.environ.pop("controlgraph.store", None)
            return current_app.make_response(current_app.dispatch_request())
        except VersionMoved as problem:
            moved = problem
        except Exception as problem:  # what is wrong with it now is told as anywhere
            return errors.answer(problem)
    return errors.answer(moved)
