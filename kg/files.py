"""The files we ship and load: where they are, which graph each belongs to, on which line a node is described."""

from __future__ import annotations

import re
from pathlib import Path

BASE = "https://w3id.org/controlgraph/"
"""Everything of ours is named under this: `ontology#` terms, `id/<kind>/<slug>` data, `graph/<name>` graphs."""

_GRAPH_NAMES = {"control": "ontology", "triples": "seed"}
_PREFIX = re.compile(r"^\s*@?prefix\s+([\w.-]*):\s*<([^>]*)>", re.IGNORECASE | re.MULTILINE)


def graph_of(path: Path) -> str:
    """The IRI of the graph a file is loaded into: `data/triples.ttl` is the seed, any other file its own stem."""
    return f"{BASE}graph/{_GRAPH_NAMES.get(path.stem, path.stem)}"


def shipped() -> Path:
    """The directory that holds `ontology/` and `data/`: inside the installed package, or the checkout."""
    package = Path(__file__).parent
    installed = package / "shipped"
    return installed if installed.is_dir() else package.parent


def shapes() -> Path:
    """The SHACL shapes, which validate and are not loaded."""
    return shipped() / "ontology" / "shapes.ttl"


def shipped_files() -> list[Path]:
    """Every file that `kg load` loads by default: the ontology, then the data."""
    root = shipped()
    ontology = [path for path in sorted((root / "ontology").glob("*.ttl")) if path.stem != "shapes"]
    return ontology + sorted((root / "data").glob("*.ttl"))


def line_of(text: str, iri: str) -> int | None:
    """The 1-based line of a Turtle text on which `iri` is the subject, else where it first occurs, else None.

    Subjects stand at the beginning of a line in the files we ship; other layouts get the first mention.

    >>> line_of("@prefix e: <http://e/> .\\n\\ne:a e:p e:b .\\n", "http://e/a")
    3
    """
    spellings = [f"<{iri}>"]
    for name, namespace in _PREFIX.findall(text):
        if namespace and iri.startswith(namespace):
            spellings.append(f"{name}:{iri[len(namespace) :]}")
    names = "|".join(re.escape(spelling) for spelling in spellings)
    for pattern in (rf"^(?:{names})(?=[\s,;.]|$)", rf"(?<![\w:])(?:{names})(?=[\s,;.)\]]|$)"):
        if found := re.search(pattern, text, re.MULTILINE):
            return text.count("\n", 0, found.start()) + 1
    return None
