"""What pages run in the browser, by the manifest that Vite writes beside it (`make web`)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "static" / "built"


@dataclass(frozen=True)
class Island:
    """A part of a page that runs in the browser: its script, what that imports, and its style sheets, as paths below
    `static/`."""

    script: str
    imports: tuple[str, ...]
    styles: tuple[str, ...]


@cache
def islands() -> dict[str, Island]:
    """The parts that are built, by their names; none in a checkout where nothing was built."""
    manifest = FOLDER / ".vite" / "manifest.json"
    if not manifest.is_file():
        return {}
    told = json.loads(manifest.read_text("utf-8"))
    return {
        each["name"]: Island(
            f"built/{each['file']}",
            tuple(f"built/{told[other]['file']}" for other in _imports(told, key)),
            tuple(f"built/{path}" for path in _styles(told, key)),
        )
        for key, each in told.items()
        if each.get("isEntry")
    }


def _imports(told: dict[str, dict[str, list[str]]], key: str) -> list[str]:
    """What a script imports, directly or not; not what it asks for later."""
    found = [each for other in told[key].get("imports", []) for each in (other, *_imports(told, other))]
    return list(dict.fromkeys(found))


def _styles(told: dict[str, dict[str, list[str]]], key: str) -> list[str]:
    """The style sheets of a script and of what it imports (the manifest of Vite, `imports` and `css`)."""
    found = [path for other in told[key].get("imports", []) for path in _styles(told, other)]
    return list(dict.fromkeys([*found, *told[key].get("css", [])]))
