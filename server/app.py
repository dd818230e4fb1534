"""The Flask application: blueprints, errors, headers, and the words that templates use."""

from __future__ import annotations

from flask import Flask, Response
from rdflib import BNode, URIRef

from kg import __version__
from server import current, entities, errors, pages, sparql, wording
from server.settings import Settings, from_environment

BODY_MAX = 1 << 20
"""Bytes that the body of a request may have."""
_SECURITY = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'none'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


def create_app(settings: Settings | None = None) -> Flask:
    """Create the application, with `settings` or those of the environment.

    Raises BadSetting and StoreUnreadable; a store without a version is served, and says so.
    """
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = BODY_MAX
    app.config["MAX_FORM_MEMORY_SIZE"] = BODY_MAX
    current.init_app(app, settings or from_environment())
    errors.init_app(app)
    for chapter in (pages, sparql, entities):
        app.register_blueprint(chapter.bp)
    _init_templates(app)
    app.after_request(_secured)
    return app


def _init_templates(app: Flask) -> None:
    environment = app.jinja_env
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.filters |= {
        "short": wording.short,
        "local": wording.local,
        "when": wording.when,
        "day": wording.day,
        "stance": wording.stance,
        "plain": str,
    }
    environment.globals |= {"called": wording.called, "software": __version__}
    environment.tests |= {
        "iri": lambda node: isinstance(node, URIRef),
        "blank": lambda node: isinstance(node, BNode),
        "ours": wording.is_ours,
    }


def _secured(response: Response) -> Response:
    for name, value in _SECURITY.items():
        response.headers.setdefault(name, value)
    return response
