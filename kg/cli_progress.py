"""How long work is shown on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click


@contextmanager
def progress(steps: int, label: str) -> Iterator[Callable[[str], None]]:
    """A progress bar on standard error, shown where that is a terminal; call what it gives at the start of a step."""
    if not sys.stderr.isatty():
        told: list[str] = []

        def tell(word: str) -> None:
            if not told:
                click.echo(f"{label} …", err=True)
            told.append(word)

        yield tell
        return
    with click.progressbar(
        length=steps, label=label, file=sys.stderr, item_show_func=lambda word: word, show_eta=False,
    ) as bar:  # fmt: skip
        yield lambda word: bar.update(1, word)
