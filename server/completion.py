"""`/query/words`: what the query page offers while one types, and its examples."""

from __future__ import annotations

import json

from flask import Blueprint, Response

from kg import queries
from kg.ontology import PREFIXES
from server import current
from server.wording import short

bp = Blueprint("completion", __name__)


@bp.get("/query/words")
def words() -> Response:
    """Prefixes with their IRIs; terms, each by its short name, with label, comment and kind; the examples."""
    terms = {
        str(row["term"]): {
            "name": short(str(row["term"])),
            "label": str(row.get("label", "")),
            "comment": str(row.get("comment", "")),
            "kind": str(row["type"]).rpartition("#")[2],
        }
        for row in current.store().select("terms")
    }
    examples = [{"slug": each.slug, "question": each.question, "text": each.text} for each in queries.examples()]
    told = {
        "version": current.version(),
        "prefixes": PREFIXES,
        "terms": list(terms.values()),
        "examples": examples,
        "start": queries.text("start"),
    }
    return Response(json.dumps(told, ensure_ascii=False), mimetype="application/json")
