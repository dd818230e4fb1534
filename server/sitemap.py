"""`/sitemap.xml` and `/robots.txt`: where the pages are, for whoever walks through them (sitemaps.org, RFC 9309)."""

from __future__ import annotations

from collections.abc import Iterable
from xml.sax.saxutils import escape

from flask import Blueprint, Response, current_app

from server import current, kept, wording
from server.errors import Rejected

bp = Blueprint("sitemap", __name__)

MOST = 50_000
"""Addresses in one file, as sitemaps.org bounds it."""
_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
_PAGES = (
    "/",
    "/map",
    "/timeline",
    "/compare",
    "/routes",
    "/graph",
    "/query",
    "/dossier",
    "/ontology",
    "/browse",
    "/data",
    "/help",
)


def init_app() -> kept.Kept[list[str]]:
    """Where the pages of a version are kept, for all its lists."""
    return kept.Kept(wait=1.0)


@bp.route("/sitemap.xml")
def index() -> Response:
    """The files that list the pages."""
    parts = range(1, -(-len(_listed()) // MOST) + 1)
    return _written("sitemapindex", "sitemap", (f"/sitemaps/{number}.xml" for number in parts))


@bp.route("/sitemaps/<int:number>.xml")
def part(number: int) -> Response:
    """At most `MOST` pages: those of the service, then those of things, in the order of their IRIs."""
    listed = _listed()[MOST * (number - 1) : MOST * number] if number else []
    if not listed:
        raise Rejected(404, "unknown-sitemap", "There is no such list", "/sitemap.xml names the lists that there are")
    return _written("urlset", "url", listed)


@bp.route("/robots.txt")
def robots() -> Response:
    """Who walks through pages finds them in the sitemap, and need not ask queries, nor fill in forms."""
    closed = ["Disallow: /sparql", "Disallow: /claims/"]
    lines = ["User-agent: *", *closed, f"Sitemap: {current.address()}/sitemap.xml", ""]
    return Response("\n".join(lines), mimetype="text/plain")


def _listed() -> list[str]:
    held: kept.Kept[list[str]] = current_app.extensions["controlgraph.sitemap"]
    return held.get("pages", current.version, _read)[1]


def _read() -> list[str]:
    return [*_PAGES, *(wording.local(str(row["thing"])) for row in current.store().select("pages"))]


def _written(root: str, element: str, paths: Iterable[str]) -> Response:
    address = current.address()
    entries = "".join(f"<{element}><loc>{escape(address + path)}</loc></{element}>\n" for path in paths)
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{_NAMESPACE}">\n{entries}</{root}>\n'
    return Response(text, mimetype="application/xml")
