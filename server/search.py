"""`/api/search`: places, actors, sources and events by what they are called, in any script."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, Response
from pydantic import Field

from kg.gazetteer import last_part, open_gazetteer
from kg.search import FOUND, Found, Hit, Match, search
from server import current, wording
from server.answered import Exact, Iri, Versioned
from server.declared import Paged, endpoint
from server.questions import Named
from server.replies import JSON, paged, reply

bp = Blueprint("search", __name__)

LONGEST = 200
"""How many characters may be looked for."""


class Looked(Named, Paged):
    """Words to look for."""

    q: str = Field(max_length=LONGEST, description="words of a name, in any script", examples=["spin boldak"])
    kind: list[Found] = Field([], description="only things of these kinds")
    limit: int = Field(20, ge=1, le=100, description="how many at most")


class Type(Exact):
    """A type of a thing."""

    type: Iri
    label: str


class Thing(Exact):
    """Something that was found: `name` is the name that fits, `match` how well it does, `page` where more is told."""

    id: Iri
    kind: Found
    slug: str
    label: str
    name: str
    match: Match
    types: list[Type]
    page: str


class Things(Exact, Versioned):
    """What was found, the best first; `total` counts all."""

    q: str
    total: int
    found: list[Thing]


@bp.get("/api/search")
@endpoint(Looked, Things, JSON, tags=("finding",))
def find(asked: Looked, form: str) -> Response:
    """What is called so, the best first, and nearly so where nothing is; each with the name that fits."""
    store = current.store()
    gazetteer = open_gazetteer(store)
    # all of them are ranked anyway, so that they can be counted
    hits = list(search(store, asked.q, asked.kind or FOUND, asked.lang))
    shown = hits[asked.offset : asked.offset + asked.limit]
    told = {
        "version": gazetteer.version,
        "q": asked.q,
        "total": len(hits),
        "found": [_thing(hit, gazetteer.concepts) for hit in shown],
    }
    return paged(reply(told, JSON[form][0], gazetteer.version), asked.offset, asked.limit, len(hits))


def _thing(hit: Hit, concepts: Mapping[str, str]) -> dict[str, object]:
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
