"""Lists over HTTP: which form, which part, and where the next part is (RFC 8288)."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from flask import Response, request

from kg.errors import BadQuestion
from server import current, formats, parameters
from server.errors import Rejected


def form(offer: formats.Offer) -> str:
    """The form that the request wants of those that are offered. Raises Rejected, 406."""
    named = parameters.one("format")
    accept = request.headers.get("Accept")
    # a browser that wants a page gets the first form: there is no page
    found = formats.choose(accept, offer) or _any(accept, offer) if named is None else formats.by_name(named, offer)
    if found is None:
        asked = f"Accept: {accept}" if named is None else f"format={named}"
        detail = f"nothing fits {asked}; offered are {formats.listed([offer])}"
        raise Rejected(406, "no-such-form", "No format that you accept", detail)
    return found


def _any(accept: str | None, offer: formats.Offer) -> str | None:
    return next(iter(offer)) if "text/html" in (accept or "") else None


def page(usual: int, most: int) -> tuple[int, int]:
    """From which thing of the list on, and how many: `offset` and `limit`. Raises BadQuestion."""
    return _number("offset", 0, 0, None), _number("limit", usual, 1, most)


def _number(name: str, usual: int, least: int, most: int | None) -> int:
    text = parameters.one(name)
    if text is None or not text.strip():
        return usual
    accepted = f"accepted is a whole number from {least} {f'to {most}' if most else 'on'}"
    if not (
        text.isascii() and text.isdigit() and len(text) < 10 and least <= int(text) and (not most or int(text) <= most)
    ):
        raise BadQuestion(name, text, accepted)
    return int(text)


def linked(response: Response, start: int, most: int, total: int) -> Response:
    """The response with the addresses of the other parts of the list, in `Link`."""
    parts = {"first": 0}
    if start > 0:
        parts["prev"] = max(0, start - most)
    if start + most < total:
        parts["next"] = start + most
        parts["last"] = (total - 1) // most * most
    response.headers["Link"] = ", ".join(f'<{_address(at)}>; rel="{rel}"' for rel, at in parts.items())
    response.vary.add("Accept")
    return response


def _address(start: int) -> str:
    pairs = [(name, value) for name, values in parameters.given().items() for value in values if name != "offset"]
    if start:
        pairs.append(("offset", str(start)))
    query = urlencode(pairs, safe="/:,", quote_via=quote)
    return current.address() + request.path + (f"?{query}" if query else "")
