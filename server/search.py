"""`/api/search`: places, actors, sources and events by what they are called, in any script."""

from __future__ import annotations

from itertools import islice
from typing import Any

from flask import Blueprint, Response, json

from kg import asking
from kg.errors import BadQuestion
from kg.gazetteer import last_part, open_gazetteer
from kg.search import FOUND, Hit, search
from server import current, listing, parameters, wording

bp = Blueprint("search", __name__)

FORMS = {"json": ("application/json",)}
SHOWN = 20
"""How many things are told where nothing else is asked for."""
LARGEST = 100
"""How many things are told at most."""
LONGEST = 200
"""How many characters may be looked for."""


@bp.route("/api/search")
def find() -> Response:
    """What is called so, the best first, and nearly so where nothing is; each with the name that fits."""
    listing.form(FORMS)
    given = parameters.given()
    text = asking.one(given, "q")
    if text is None or len(text) > LONGEST:
        raise BadQuestion(
            "q", (text or "")[:LONGEST], f"accepted are words to look for, of at most {LONGEST} characters"
        )
    kinds = [asking.chosen("kind", each, FOUND) for each in asking.several(given, "kind")] or FOUND
    start, most = listing.page(SHOWN, LARGEST)
    lang = asking.one(given, "lang") or "en"
    store = current.store()
    gazetteer = open_gazetteer(store)
    # all of them are ranked anyway, so that they can be counted
    hits = list(search(store, text, kinds, lang))
    found = {
        "version": gazetteer.version,
        "q": text,
        "total": len(hits),
        "offset": start,
        "found": [_hit(hit, gazetteer.concepts) for hit in islice(hits, start, start + most)],
    }
    response = Response(json.dumps(found, ensure_ascii=False), content_type="application/json")
    return listing.linked(response, start, most, len(hits))


def _hit(hit: Hit, concepts: Any) -> dict[str, Any]:
    return {
        "id": hit.iri,
        "kind": hit.kind,
        "slug": last_part(hit.iri),
        "label": hit.label,
        "name": hit.name,
        "match": hit.match,
        "types": [{"type": each, "label": concepts.get(each, last_part(each))} for each in hit.types],
        "page": current.address() + wording.local(hit.iri),
    }
