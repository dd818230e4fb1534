"""What every page has: the language of names and the way it runs, links that keep what was asked, and its scripts."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Flask, request

from kg.asking import LISTENING
from server import built, current, wording

SHARED = ("at", *LISTENING, "lang")
"""The parameters that mean the same on all pages, and go on from one to the next."""
LANGUAGES = {"en": "English", "fa": "دری", "ps": "پښتو"}
"""The languages that can be chosen for names."""
RIGHT_TO_LEFT = {"ar", "fa", "prs", "ps", "ur"}


def init_app(app: Flask) -> None:
    """Let templates use what every page has."""
    app.jinja_env.globals["islands"] = built.islands
    app.context_processor(_words)


def _words() -> dict[str, Any]:
    lang = (request.args.get("lang") or "en").casefold()
    return {
        "lang": lang,
        "direction": "rtl" if lang.partition("-")[0] in RIGHT_TO_LEFT else "ltr",
        "languages": LANGUAGES,
        "carried": carried,
        "is_writable": current.settings().is_writable(),
        "here": here,
    }


def carried(path: str, at: str = "at") -> str:
    """The address of another page, with what is asked of this one as far as all pages understand it; `at` is what the
    day is called there."""
    pairs = [(at if name == "at" else name, value) for name in SHARED for value in request.args.getlist(name) if value]
    return f"{path}?{urlencode(pairs, safe='/:,')}" if pairs else path


def local(iri: str) -> str:
    """The address of our page about an IRI, in the language of this one."""
    path, mark, anchor = wording.local(iri).partition("#")
    lang = request.args.get("lang")
    further = f"{'&' if '?' in path else '?'}{urlencode({'lang': lang})}" if lang else ""
    return path + further + mark + anchor


def here(**changed: str) -> str:
    """The address of this page with some parameters changed; those that are empty are left out."""
    pairs = [(name, value) for name, value in request.args.items(multi=True) if name not in changed and value]
    pairs += [(name, value) for name, value in changed.items() if value]
    return f"{request.path}?{urlencode(pairs, safe='/:,')}" if pairs else request.path
