"""The command line, bringing in what others recorded: `kg ingest`, `kg dataset new`."""

from __future__ import annotations

import getpass
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli_progress import shares
from kg.cli_workers import shared_out
from kg.errors import Refused
from kg.store import open_store
from kg.workers import workers

if TYPE_CHECKING:
    from kg.ingest.running import Outcome

FORMS = ("viina", "ucdp", "acled", "geojson", "rdf", "csv")
VIOLATIONS = 20
"""Violations that are told."""


@click.command()
@click.argument("form", type=click.Choice(FORMS))
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dataset", required=True, help="The data set that it goes into.")
@click.option("--into", help="What this part of the data set is called; by default the format.")
@click.option("--mapping", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A mapping file (TOML).")
@click.option("--retrieved", help="The day on which the files were fetched: 2026-11-20. By default their last change.")
@click.option("--dry-run", is_flag=True, help="Make the report, and publish nothing.")
@shared_out
@click.pass_obj
def ingest(
    location: Path, form: str, files: tuple[Path, ...], dataset: str, into: str | None, mapping: Path | None,
    retrieved: str | None, dry_run: bool, processes: int, scheduler: str | None,
) -> None:  # fmt: skip
    """Bring FILES of a format into a data set, in place of what was brought in under the same name before.

    Every row is accounted for: taken, ignored for a reason, or rejected with file, row and reason. A run that was ended
    is gone on with, and one that would change nothing does nothing.

    Example: kg ingest viina control_latest_2022.zip --dataset ukraine
    """
    from kg.ingest import running
    from kg.store.pool import Limits

    day = _day(retrieved, "--retrieved")
    # what a reader looks up takes as long as it takes, one after the other
    limits = Limits(children=1, seconds=None, patience=3600.0)
    with (
        closing(open_store(location, limits)) as store, workers(processes, scheduler) as each,
        shares("ingesting") as progress,
    ):  # fmt: skip
        try:
            done = running.ingest(
                store, form, files, dataset, who=f"{getpass.getuser()} (kg ingest)", into=into, mapping=mapping,
                retrieved=day, dry=dry_run, each=each, progress=progress,
            )  # fmt: skip
        except Refused as refused:
            raise click.ClickException(_shortened(refused)) from None
    tell(done)


def _shortened(refused: Refused) -> str:
    """What was refused; of very many violations the first, because those of a file are often of one kind."""
    lines = str(refused).splitlines()
    more = len(lines) - 1 - VIOLATIONS
    return "\n".join(lines[: 1 + VIOLATIONS] + ([f"… and {more:,} more"] if more > 0 else []))


def tell(done: Outcome) -> None:
    """Say what came of it."""
    if done.tally is None:
        assert done.loaded is not None
        click.echo(f"nothing to do: version {done.loaded.version} has these files in <{done.graph}>")
        click.echo(f"the report is in {done.report}")
        return
    click.echo(str(done.tally))
    click.echo(f"the report is in {done.report}")
    if done.loaded is None:
        click.echo("dry run: nothing was published")
        return
    click.echo(
        f"published version {done.loaded.version}: {sum(done.loaded.written.values()):,} triples in <{done.graph}>"
    )


def _day(text: str | None, option: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise click.BadParameter(f"{text!r} is no day; accepted is 2026-11-20", param_hint=option) from None


@click.group()
def dataset() -> None:
    """Data sets side by side: each has its graphs, licence, title, time zone, study start, and colours for its actors.

    Example: kg dataset new ukraine
    """


@dataset.command()
@click.argument("name")
@click.option("--title", help="The title, as pages show it.")
@click.option("--start", help="The first day that is answered: 2022-02-24. By default the first of this year.")
@click.option("--zone", default="UTC", show_default=True, help="Where a day begins at midnight: Europe/Kyiv.")
def new(name: str, title: str | None, start: str | None, zone: str) -> None:
    """Write NAME.ttl, which describes a new data set: with comments, and as it is without fault.

    Example: kg dataset new ukraine --start 2022-02-24 --zone Europe/Kyiv
    """
    from kg.ingest import datasets

    begin = _day(start, "--start") or datetime.now(UTC).date().replace(month=1, day=1)
    text, path = datasets.skeleton(name, begin, title or "", zone), Path(f"{name}.ttl")
    if path.exists():
        raise click.ClickException(f"{path} is there already; nothing was written")
    path.write_text(text, "utf-8")
    click.echo(f"wrote {path}; change it, then: kg load {path}")
