"""What a request says: its parameters, in the address and in a form, and text in its body; all of it UTF-8."""

from __future__ import annotations

import math
import re
from urllib.parse import parse_qsl

from flask import request

from kg.store.embedded import Store
from server import current, formats
from server.errors import Rejected

FORM_TYPE = "application/x-www-form-urlencoded"
IRI = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]*:(?:[^<>\"{}|^`\\\[\]%#\s\x00-\x20]|%[0-9A-Fa-f]{2})+(?:#[^<>\"{}|^`\\\[\]%#\s]*)?"
)
"""An absolute IRI."""

Given = dict[str, list[str]]


def given() -> Given:
    """The values of every parameter of the request: those in the address, then those in a form, in order.

    Raises Rejected where they are no UTF-8.
    """
    environ = request.environ
    found: Given | None = environ.get("controlgraph.parameters")
    if found is None:
        pairs = _read(request.query_string, "the address")
        # the body of any other method has no meaning, and what is kept of a GET knows nothing of one
        if request.method in ("POST", "QUERY") and request.mimetype == FORM_TYPE:
            charset()
            pairs += _read(request.get_data(), "the form")
        found = environ["controlgraph.parameters"] = {}
        for name, value in pairs:
            found.setdefault(name, []).append(value)
    return found


def values(name: str) -> list[str]:
    """Every value of a parameter."""
    return given().get(name, [])


def one(name: str) -> str | None:
    """The value of a parameter that is given once at most."""
    found = values(name)
    if len(found) > 1:
        raise Rejected(400, "one-value", "One value only", f"the parameter {name} is given {len(found)} times")
    return found[0] if found else None


def iris(name: str) -> list[str]:
    """Every value of a parameter whose values are absolute IRIs."""
    found = values(name)
    for iri in found:
        absolute(name, iri)
    return found


def absolute(name: str, iri: str) -> str:
    """The IRI, where it is an absolute one."""
    if not IRI.fullmatch(iri):
        raise Rejected(400, "iri", "No IRI", f"{name}={iri!r}: accepted is an absolute IRI")
    return iri


def store() -> Store:
    """The store as it is in the version that `version` names, or else in the one that was published when this request
    asked first: all that a request answers is of one version.

    Raises NothingPublished, UnknownVersion and VersionGone.
    """
    environ = request.environ
    found: Store | None = environ.get("controlgraph.store")
    if found is None:
        published = current.store()
        found = environ["controlgraph.store"] = published.at(one("version") or published.version())
    return found


def seconds() -> float | None:
    """How long the client wants to wait at most."""
    text = one("timeout")
    if text is None:
        return None
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not (math.isfinite(number) and number > 0):
        raise Rejected(400, "timeout", "No such timeout", f"timeout={text!r}: accepted are seconds, more than 0")
    return number


def body() -> str:
    """The body as text."""
    charset()
    data = request.get_data()
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise Rejected(
            400, "query-encoding", "The body is not UTF-8", f"the body is not UTF-8 from byte {error.start} on"
        ) from None


def charset(content_type: str | None = None) -> None:
    """Refuse a body, or a part of it, that says it is anything but UTF-8, which SPARQL and Turtle have to be."""
    parameters = request.mimetype_params if content_type is None else _parameters(content_type)
    named = parameters.get("charset", "utf-8")
    if named.casefold() not in ("utf-8", "utf8", "us-ascii"):
        raise Rejected(415, "body-charset", "Only UTF-8 is taken", f"charset={named}: accepted is utf-8")


def _parameters(content_type: str) -> dict[str, str]:
    pieces = (piece.partition("=") for piece in content_type.split(";")[1:])
    return {name.strip().casefold(): value.strip().strip('"') for name, _, value in pieces}


def _read(data: bytes, where: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(data.decode(), keep_blank_values=True, errors="strict")
    except UnicodeDecodeError:
        raise Rejected(
            400, "query-encoding", "The parameters are not UTF-8", f"{where} has characters that are not UTF-8"
        ) from None


def form(named: str | None, offer: formats.Offer) -> str:
    """The form that `format=` names, else that `Accept` wants most. Raises Rejected, 406, where nothing fits."""
    accept = request.headers.get("Accept")
    found = formats.choose(accept, offer) if named is None else formats.by_name(named, offer)
    if found is None:
        asked = f"Accept: {accept}" if named is None else f"format={named}"
        detail = f"nothing fits {asked}; offered are {formats.listed([offer])}"
        raise Rejected(406, "no-such-form", "No format that you accept", detail)
    return found
