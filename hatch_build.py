"""A hook of the package build: a wheel has what runs in the browser, an editable install that of `make web`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class WebHook(BuildHookInterface):  # type: ignore[type-arg]
    """Build `server/web/` before a wheel is packed."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build, but not for an editable install, which is made often and reads the checkout."""
        if self.target_name != "wheel" or version == "editable":
            return
        sys.path.insert(0, self.root)
        from tools.web import build

        build(Path(self.root))
        build_data["artifacts"].append("server/static/built/**")
