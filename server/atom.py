"""Atom feeds (RFC 4287) as text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from xml.etree import ElementTree

from flask import Response

ATOM = "http://www.w3.org/2005/Atom"
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LONG_AGO = "1970-01-01T00:00:00+00:00"

Link = tuple[str, str]
"""What the link is (rel), and where it goes."""


@dataclass(frozen=True)
class Entry:
    """One entry: `updated` is RFC 3339, `categories` are (term, label)."""

    id: str
    title: str
    updated: str
    author: str
    summary: str
    links: tuple[Link, ...] = ()
    categories: tuple[tuple[str, str], ...] = field(default=())


def feed(address: str, title: str, links: Iterable[Link], entries: Iterable[Entry]) -> Response:
    """The feed at an address, newest entry first; it is about this moment, so nobody keeps it."""
    every = list(entries)
    root = ElementTree.Element("feed", xmlns=ATOM)
    _add(root, "id", address)
    _add(root, "title", title)
    for rel, href in [("self", address), *links]:
        ElementTree.SubElement(root, "link", rel=rel, href=href)
    _add(root, "updated", every[0].updated if every else _LONG_AGO)
    _add(ElementTree.SubElement(root, "author"), "name", "Controlgraph")
    for entry in every:
        _entry(root, entry)
    text = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    response = Response(text, content_type="application/atom+xml; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    return response


def _entry(root: ElementTree.Element, entry: Entry) -> None:
    element = ElementTree.SubElement(root, "entry")
    _add(element, "id", entry.id)
    _add(element, "title", entry.title)
    _add(element, "updated", entry.updated)
    _add(ElementTree.SubElement(element, "author"), "name", entry.author)
    for rel, href in entry.links:
        ElementTree.SubElement(element, "link", rel=rel, href=href)
    for term, label in entry.categories:
        ElementTree.SubElement(element, "category", term=term, label=_plain(label))
    _add(element, "summary", entry.summary)


def _add(parent: ElementTree.Element, name: str, text: str) -> None:
    ElementTree.SubElement(parent, name).text = _plain(text)


def _plain(text: str) -> str:
    """The text without what XML has no place for."""
    return _NO_XML.sub("\ufffd", text)
