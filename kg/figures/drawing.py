"""SVG as a tree of elements, so that whatever is put in is escaped; and the document around a figure."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from functools import cache
from pathlib import Path
from xml.etree import ElementTree as ET

Element = ET.Element
FONT = 11.5
"""Pixels of the usual letters; `figure.css` says the same."""
MARGIN = 14.0
"""Pixels at the edges of a figure."""
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NARROW, _WIDE = set("iljt.,:;|!'()[]f ·‘’"), set("mwMWQOGCD@%—≠")


@cache
def style() -> str:
    """The style sheet of every figure, light and dark."""
    return (Path(__file__).parent / "figure.css").read_text("utf-8")


@cache
def style_source() -> str:
    """The style sheet as a source in a Content-Security-Policy, by its hash (CSP 3, section 2.3.1)."""
    return f"'sha256-{b64encode(hashlib.sha256(style().encode()).digest()).decode()}'"


def clean(text: str) -> str:
    """A text without the characters that XML cannot carry."""
    return _NOT_XML.sub("\ufffd", text)


def add(parent: Element, tag: str, text: str | None = None, /, **attributes: object) -> Element:
    """Put an element at the end of another. Of the names of attributes an underscore is a hyphen, one at the end is
    dropped; None is left out; numbers are written to a tenth."""
    named = {
        name.rstrip("_").replace("_", "-"): number(value) if isinstance(value, float) else clean(str(value))
        for name, value in attributes.items()
        if value is not None
    }
    element = ET.SubElement(parent, tag, named)
    element.text = None if text is None else clean(text)
    return element


def number(value: float) -> str:
    """A number to a tenth, as short as it goes.

    >>> number(3.0), number(-0.04), number(12.34)
    ('3', '0', '12.3')
    """
    return f"{round(value, 1) + 0.0:g}" if abs(value) < 1e5 else f"{value:.0f}"


def figure(prefix: str, width: float, title: str, description: str, kind: str) -> Element:
    """The root of a figure; its height is set by `finished`. Ids begin with `prefix`: two may stand in one page."""
    root = ET.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "class": f"figure {kind}",
            "role": "group",
            "aria-labelledby": f"{prefix}-title {prefix}-desc",
            "lang": "en",
            "direction": "ltr",
            "width": number(width),
        },
    )
    add(root, "title", title, id=f"{prefix}-title")
    add(root, "desc", description, id=f"{prefix}-desc")
    add(root, "style", style())
    return root


def finished(root: Element, width: float, height: float) -> str:
    """The text of a figure of this size."""
    root.set("height", number(height))
    root.set("viewBox", f"0 0 {number(width)} {number(height)}")
    paper = ET.Element("rect", {"class": "paper", "width": number(width), "height": number(height)})
    root.insert(3, paper)
    return text_of(root)


def text_width(text: str, size: float) -> float:
    """About how wide a text is; rather too wide than too narrow, because fonts differ.

    >>> text_width("Kunduz", 10) > text_width("Kili", 10)
    True
    """
    em = sum(0.34 if letter in _NARROW else 0.88 if letter in _WIDE else 0.6 for letter in text)
    return em * size


def wrapped(text: str, size: float, width: float) -> list[str]:
    """A text in lines of at most this width; a word that is wider has a line of its own."""
    lines: list[str] = []
    for word in text.split():
        if lines and text_width(f"{lines[-1]} {word}", size) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def alone(width: float, height: float) -> Element:
    """The root of a small drawing that stands beside its words, and says nothing of its own."""
    return ET.Element(
        "svg",
        {"class": "figure sign", "width": number(width), "height": number(height), "aria-hidden": "true",
         "focusable": "false", "viewBox": f"0 0 {number(width)} {number(height)}"},
    )  # fmt: skip


def text_of(root: Element) -> str:
    """The text of an element."""
    return ET.tostring(root, "unicode")
