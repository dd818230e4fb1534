"""Texts that try to reach out, against each wall alone: `python -m bench.soak walls`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.store.guard import Outbound, refuse_outbound
from tests.test_outbound import UNGUARDED, ask, calling, harmless, listening, loading

TEXTS = 10_000
"""Generated texts for each wall."""


def walls(_: Path, __: int) -> bool:
    """Ten thousand queries and updates against the guard alone, and against the namespace alone."""
    texts = _texts()
    harmful = [text for text, harms in texts if harms]
    with listening() as heard:
        passed = 0
        refused = 0
        for text, harms in texts:
            try:
                refuse_outbound(text.replace("{port}", str(heard.port)))
            except Outbound:
                refused += not harms
                continue
            passed += 1
            ask(text.replace("{port}", str(heard.port)))
        guard = len(heard.callers)
        print(
            f"the guard alone: {len(texts):,} texts, {passed:,} let through, {guard} connections; harmless refused: {refused}"
        )
        given_texts = "\0".join(text.replace("{port}", str(heard.port)) for text in harmful)
        done = subprocess.run([sys.executable, "-c", UNGUARDED], input=given_texts, text=True, capture_output=True)
        namespace = len(heard.callers) - guard
        print(f"the namespace alone: {len(harmful):,} texts, exit code {done.returncode}, {namespace} connections")
        before = len(heard.callers)
        for text in harmful[:50]:
            ask(text.replace("{port}", str(heard.port)))
        print(f"without any wall 50 of them make {len(heard.callers) - before} connections")
        sure = len(heard.callers) > before
    return not guard and not namespace and not refused and done.returncode == 0 and sure


def _texts() -> list[tuple[str, bool]]:
    """Texts with whether they try to reach out, at least `TEXTS` of those that do."""
    found: list[tuple[str, bool]] = []

    def collect(harms: bool, strategy: st.SearchStrategy[str], number: int) -> None:
        @settings(max_examples=number, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(strategy)
        def take(text: str) -> None:
            found.append((text, harms))

        take()

    collect(True, st.one_of(calling, loading), TEXTS)
    collect(False, harmless, TEXTS // 5)
    return found
