"""The Flask application: blueprints, errors, headers, the words that templates use, and what stands before it all."""

from __future__ import annotations

from flask import Flask
from rdflib import BNode, URIRef

from kg import __version__
from server import (
    about,
    again,
    api,
    browse,
    claim_form,
    claims,
    comparison,
    completion,
    control,
    current,
    description,
    dossier,
    dumps,
    entities,
    errors,
    events,
    explorer,
    feed,
    figures,
    forwarded,
    frame,
    graphs,
    headers,
    operation,
    pages,
    problems,
    received,
    reconcile,
    roads,
    roads_page,
    search,
    sitemap,
    sparql,
    wording,
)
from server.cache import BODY_MAX, Cache
from server.observation import Numbers, Observed
from server.settings import Settings, from_environment
from server.straight import Straight


def create_app(settings: Settings | None = None) -> Flask:
    """Create the application, with `settings` or those of the environment.

    Raises BadSetting and StoreUnreadable; a store without a version is served, and says so.
    """
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = BODY_MAX
    app.config["MAX_FORM_MEMORY_SIZE"] = BODY_MAX
    served = current.init_app(app, settings or from_environment())
    errors.init_app(app)
    headers.init_app(app)
    again.init_app(app)
    received.init_app(app)
    forwarded.init_app(app)
    frame.init_app(app)
    app.extensions["controlgraph.counts"] = description.init_app()
    app.extensions["controlgraph.dumps"] = dumps.init_app()
    app.extensions["controlgraph.sitemap"] = sitemap.init_app()
    chapters = (
        pages, sparql, graphs, description, dossier, dumps, entities, events, feed, figures, search, operation,
        completion, explorer, claims, claim_form, control, roads, roads_page, sitemap, problems, api,
        reconcile, comparison, browse, about,
    )  # fmt: skip
    for chapter in chapters:
        app.register_blueprint(chapter.bp)
    _init_templates(app)
    cache = Cache(Straight(app.wsgi_app, served), served.store.published.stamp, served.settings.cache, headers.ALWAYS)
    numbers = Numbers(served, lambda: cache.size)
    app.extensions["controlgraph.numbers"] = numbers
    app.wsgi_app = Observed(  # type: ignore[assignment]
        received.whole(cache), numbers, log=served.settings.log, proxies=served.settings.proxies
    )
    return app


def _init_templates(app: Flask) -> None:
    environment = app.jinja_env
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.filters |= {
        "short": wording.short,
        "local": frame.local,
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
