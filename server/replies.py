"""How the doors for programs answer: in the form that is wanted, with the version, in pages with links."""

from __future__ import annotations

import json
from urllib.parse import urlencode

from flask import Response, request

from kg.forms.mapped import Written
from server import current, formats, parameters

JSON: formats.Offer = {"json": ("application/json",)}
GEOJSON: formats.Offer = {"geojson": ("application/geo+json", "application/vnd.geo+json")}
CSV: formats.Offer = {"csv": ("text/csv",)}
RDF: formats.Offer = {name: formats.GRAPHS[name][:1] for name in ("ttl", "nt", "rdf", "jsonld")}


def reply(content: str | Written | dict[str, object], media_type: str, version: str) -> Response:
    """An answer made of one version; plain values become JSON."""
    if isinstance(content, Written):
        response = Response(content.parts, content_type=formats.header(media_type))
        response.content_length = content.size
    else:
        text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False) + "\n"
        response = Response(text, content_type=formats.header(media_type))
    response.headers["Controlgraph-Version"] = version
    response.vary.add("Accept")
    return response


def paged(response: Response, offset: int, limit: int, total: int) -> Response:
    """Say where the other pages of a list are (RFC 8288), if there are others."""
    if not offset and total <= limit:
        return response
    last = max(0, (total - 1) // limit * limit)
    pages = {"first": 0, "prev": max(0, offset - limit) if offset else None,
             "next": offset + limit if offset + limit < total else None, "last": last}  # fmt: skip
    response.headers["Link"] = ", ".join(
        f'<{_page(start, limit)}>; rel="{relation}"' for relation, start in pages.items() if start is not None
    )
    return response


def _page(offset: int, limit: int) -> str:
    given = [(name, text) for name, texts in parameters.given().items() for text in texts]
    kept = [pair for pair in given if pair[0] not in ("offset", "limit")]
    return f"{current.address()}{request.path}?{urlencode([*kept, ('limit', limit), ('offset', offset)])}"
