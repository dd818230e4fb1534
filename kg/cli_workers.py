"""The options of commands whose work can be shared out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


def shared_out(command: Command) -> Command:
    """Give a command the options `processes` and `scheduler`, as `kg.workers.workers` takes them."""
    for option in (
        click.option("--scheduler", help="The address of a scheduler of Dask that shares the work out, such as "
                     "tcp://host:8786; needs controlgraph[cluster], and the store at the same path for its workers."),
        click.option("--processes", type=click.IntRange(min=1), default=1, show_default=True,
                     help="Processes of this machine among which the work is shared out."),
    ):  # fmt: skip
        command = option(command)
    return command
