"""A page as a reader sees it: words, links, tables, lists of terms; a page that is not well formed is refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = {"base", "meta", "link", "input", "br", "img", "hr"}
_FOREIGN = {"svg", "path", "g", "defs", "rect", "circle", "stop"}


@dataclass
class Page:
    """What a page says. `pairs` are description lists by class, `tables` rows of cells by class ("" without one),
    `data` what stands in it for programs."""

    source: str
    text: str = ""
    heading: str = ""
    title: str = ""
    links: list[str] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    tables: dict[str, list[list[str]]] = field(default_factory=dict)
    pairs: dict[str, dict[str, str]] = field(default_factory=dict)
    areas: list[str] = field(default_factory=list)
    data: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self, source: str) -> None:
        super().__init__()
        self.page = Page(source)
        self.open: list[tuple[str, str]] = []
        self.words: list[str] = []
        self.capture: list[list[str]] = []
        self.term = ""
        self.feed(source)
        self.close()
        assert not self.open, f"left open: {self.open}"
        self.page.text = " ".join("".join(self.words).split())

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        assert tag in _FOREIGN | _VOID, f"<{tag}/> is no HTML"

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        assert not any(name.startswith("on") or name == "style" for name in given), "scripts and styles in attributes"
        data = given.get("type") == "application/ld+json"
        assert tag != "script" or data or given["src"].startswith("/static/"), "a script is data, or a file of ours"
        if "id" in given:
            assert given["id"] not in self.page.ids, f"id {given['id']} twice"
            self.page.ids.add(given["id"])
        if tag in ("a", "link"):
            self.page.links.append(given["href"])
        if tag in _VOID:
            return
        self.open.append((tag, given.get("class", "")))
        if tag == "table":
            self.page.tables.setdefault(given.get("class", ""), [])
        if tag == "tr":
            self.page.tables[self._inside("table")].append([])
        if tag in ("td", "th", "dt", "dd", "h1", "title", "textarea"):
            self.capture.append([])

    def handle_endtag(self, tag: str) -> None:
        opened = self.open.pop()[0]
        assert opened == tag, f"</{tag}> where <{opened}> is open at {self.getpos()}"
        if tag not in ("td", "th", "dt", "dd", "h1", "title", "textarea"):
            return
        raw = "".join(self.capture.pop())
        text = " ".join(raw.split())
        match tag:
            case "td" | "th":
                self.page.tables[self._inside("table")][-1].append(text)
            case "dt":
                self.term = text
            case "dd":
                self.page.pairs.setdefault(self._inside("dl"), {}).setdefault(self.term, text)
            case "h1":
                self.page.heading = text
            case "title":
                if "svg" not in [name for name, _ in self.open]:  # a drawing has a title of its own
                    self.page.title = text
            case _:
                self.page.areas.append(raw)

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1][0] == "script":
            self.page.data.append(data)
            return
        self.words.append(data)
        for captured in self.capture:
            captured.append(data)

    def _inside(self, tag: str) -> str:
        return next(kind for opened, kind in reversed(self.open) if opened == tag)


def read(source: str) -> Page:
    """Parse a page; every element must be closed, ids must be unique, and there is no script that runs."""
    return _Reader(source).page
