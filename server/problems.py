"""`/problem/…`: what the type of a problem document means (RFC 9457, section 3.1.1).

The words are those of the table in docs/operations.md, which is shipped with the package for this.
"""

from __future__ import annotations

import re
from functools import cache
from http import HTTPStatus

from flask import Blueprint, render_template

from kg import files
from server.errors import Rejected

bp = Blueprint("problems", __name__)

_ROW = re.compile(r"^\| (\d{3}) \| `([a-z-]+)` \| (.+) \|$", re.MULTILINE)


@bp.route("/problem/<slug>")
def kind(slug: str) -> str:
    """When problems of a kind occur, and with which status."""
    if slug not in _kinds():
        raise Rejected(404, "unknown-problem", "There is no such problem", f"no document of this service has {slug!r}")
    status, words = _kinds()[slug]
    detail = re.sub(r"\[(.*?)\]\(.*?\)|`", r"\1", words)
    return render_template("errors/problem.html", problem={"status": status, "title": slug, "detail": f"{detail}."})


@cache
def _kinds() -> dict[str, tuple[int, str]]:
    """Slug → status and when it occurs; what HTTP itself says is in its own words."""
    phrases = {each.phrase.lower().replace(" ", "-"): (each.value, each.description) for each in HTTPStatus}
    told = (files.shipped() / "docs" / "operations.md").read_text("utf-8")
    return phrases | {slug: (int(status), words) for status, slug, words in _ROW.findall(told)}
