"""How long work is shown on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

STEPS = 1000
"""Steps of a bar for work that tells how much of it is done."""


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


@contextmanager
def shares(label: str) -> Iterator[Callable[[str, float], None]]:
    """A progress bar for work that tells how much of it is done; call what it gives with a word about what is being
    done and the share of it that is (0 to 1)."""
    if not sys.stderr.isatty():
        click.echo(f"{label} …", err=True)
        yield lambda _word, _share: None
        return
    with click.progressbar(length=STEPS, label=label, file=sys.stderr, item_show_func=lambda word: word) as bar:
        # what is done after all was read has no share of its own
        yield lambda word, share: bar.update(max(0, int(share * STEPS) - bar.pos), word)
