"""The command line, what goes into a store from files, and what follows: `kg load`, `kg validate`, `kg conclude`."""

from __future__ import annotations

import getpass
from contextlib import closing
from pathlib import Path

import click

from kg import files
from kg.cli_progress import progress
from kg.cli_workers import shared_out
from kg.store import open_store
from kg.workers import workers

EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("paths", nargs=-1, type=EXISTING)
@click.option("--graph", help="The IRI of the graph to load one file into; by default each file has its own.")
@click.option("--replace-edited", is_flag=True, help="Replace graphs that other writes changed since they were loaded.")
@shared_out
@click.pass_obj
def load(
    location: Path,
    paths: tuple[Path, ...],
    graph: str | None,
    replace_edited: bool,
    processes: int,
    scheduler: str | None,
) -> None:
    """Load Turtle files, each in place of its graph, as one new version; without PATHS what is shipped.

    What is already loaded is not loaded again. Nothing is written unless everything conforms.

    Example: kg load data/triples.ttl
    """
    from kg import publish

    if graph and len(paths) != 1:
        raise click.UsageError("--graph goes with exactly one file")
    chosen = list(paths) or files.shipped_files()
    who, steps = f"{getpass.getuser()} (kg load)", len(chosen) + 4
    with (
        closing(open_store(location)) as store,
        workers(processes, scheduler) as each,
        progress(steps, "loading") as step,
    ):
        done = publish.load(
            store, chosen, who=who, graph=graph, replace_edited=replace_edited, each=each, progress=step
        )  # fmt: skip
    if done.written:
        click.echo(f"published version {done.version}: {sum(done.written.values()):,} triples written")
        for name, triples in done.written.items():
            click.echo(f"  {triples:>9,}  <{name}>")
        for name, triples in done.unshaped.items():
            click.echo(f"shapes not applied to <{name}>: {triples:,} triples; run kg validate")
    else:
        click.echo(f"nothing to do: version {done.version} has these files")


@click.command()
@shared_out
@click.pass_obj
def conclude(location: Path, processes: int, scheduler: str | None) -> None:
    """Draw all conclusions anew, with the index, and publish them as a new version.

    A load does this by itself. It is for a store whose conclusions an older release drew, by other rules.

    Example: kg conclude --processes 2
    """
    from kg import publish

    who = f"{getpass.getuser()} (kg conclude)"
    with (
        closing(open_store(location)) as store,
        workers(processes, scheduler) as each,
        progress(2, "concluding") as step,
    ):
        version = publish.conclude(store, who=who, each=each, progress=step)
    click.echo(f"published version {version}")


@click.command()
@click.argument("paths", nargs=-1, type=EXISTING)
def validate(paths: tuple[Path, ...]) -> None:
    """Check Turtle files by the ontology's shapes and checks, beside the shipped data; without PATHS that itself.

    Exit code 1 where anything is wrong.

    Example: kg validate data/triples.ttl
    """
    from kg import publish

    beside = files.shipped_files()
    chosen = list(paths) or beside
    with progress(len({*chosen, *beside}) + 1, "validating") as step:
        violations = publish.dry_run(chosen, beside=beside, progress=step)
    for violation in violations:
        click.echo(str(violation))
    if violations:
        raise click.ClickException(f"{len(violations)} violations in {len(chosen)} files")
    click.echo(f"{len(chosen)} files conform")
