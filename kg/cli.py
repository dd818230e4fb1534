"""The command line: `kg load`, `kg query`, `kg serve` and so on; `kg claim` and what asks of control are beside it."""

from __future__ import annotations

import getpass
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from kg import __version__, cli_claims, cli_control, cli_ingest, cli_links, cli_load, cli_roads
from kg.errors import Problem, QuerySyntax
from kg.store import open_store
from kg.store.answer import GRAPH_FORMATS, RESULT_FORMATS
from kg.store.remote.engine import SCHEMES, engine_of

if TYPE_CHECKING:
    from kg.store.embedded import Store


class Sentences(click.Group):
    """A group whose commands end with a sentence and exit code 1 where the library raises a Problem."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a Problem is told, not traced."""
        try:
            return super().invoke(ctx)
        except QuerySyntax as problem:
            where = f"line {problem.line}, column {problem.column}: " if problem.line else ""
            raise click.ClickException(f"the query is no SPARQL: {where}{problem}") from None
        except Problem as problem:
            raise click.ClickException(str(problem)) from None


@click.group(cls=Sentences)
@click.version_option(__version__, message="controlgraph %(version)s")
@click.option(
    "--store",
    "location",
    envvar="KG_STORE",
    default="store",
    show_default=True,
    show_envvar=True,
    help="The directory of the store, or the address at which an engine answers queries (docs/deploy.md).",
)
@click.pass_context
def main(context: click.Context, location: str) -> None:
    """Who controlled what, when, according to whom.

    Example: kg load && kg query -e 'SELECT * { ?change a kg:ControlChange } LIMIT 5'
    """
    context.obj = engine_of(location, os.environ) if location.startswith(SCHEMES) else Path(location)


for command in (
    cli_load.load,
    cli_load.conclude,
    cli_load.validate,
    cli_claims.claim,
    cli_control.control,
    cli_control.history,
    cli_control.compare,
    cli_control.aggregates,
    cli_ingest.ingest,
    cli_ingest.dataset,
    cli_roads.routes,
    cli_roads.path,
    cli_roads.pockets,
    cli_roads.chokepoints,
    cli_links.link,
    cli_links.enrich,
):
    main.add_command(command)


@main.command()
@click.argument("file", required=False, type=click.File("r"))
@click.option("-e", "--text", help="The query itself, in place of FILE; the prefixes we use need no PREFIX line.")
@click.option("--as", "form", default="table", show_default=True, help="table, or " + ", ".join(RESULT_FORMATS) + "; "
              "for graphs " + ", ".join(GRAPH_FORMATS) + " (table: ttl).")  # fmt: skip
@click.option("--timeout", type=click.FloatRange(min=0.001), help="Seconds after which the query is ended.")
@click.pass_obj
def query(location: Path, file: IO[str] | None, text: str | None, form: str, timeout: float | None) -> None:
    """Ask one SPARQL query, from FILE (`-` is standard input) or --text.

    Example: kg query kg/queries/examples/01-crossings-by-10-july.rq --as csv
    """
    from kg.ontology import PREFIXES

    if (file is None) == (text is None):
        raise click.UsageError("give either a FILE or --text")
    if form != "table" and form not in RESULT_FORMATS and form not in GRAPH_FORMATS:
        raise click.UsageError(f"--as {form}: accepted are table, {', '.join([*RESULT_FORMATS, *GRAPH_FORMATS])}")
    asked = file.read() if file else text or ""
    results = {"table": "json"}.get(form, form if form in RESULT_FORMATS else None)
    graph = {"table": "ttl"}.get(form, form if form in GRAPH_FORMATS else None)
    with _opened(location, children=1, seconds=timeout, patience=timeout or 3600.0) as store:
        answer = store.query(asked, results=results, graph=graph, prefixes=PREFIXES)
        if form == "table" and answer.kind != "graph":
            click.echo(as_table(json.loads(answer.read()), PREFIXES))
            return
        for piece in answer.chunks():
            click.echo(piece, nl=False)


FILES = {"lpf": "places.lpf.json", "geojson": "control.geojson", "csv": "control.csv", "places-csv": "places.csv"}
"""What --as names besides RDF: the file of `kg.export.FILES`."""


@main.command()
@click.option("--as", "form", type=click.Choice([*GRAPH_FORMATS, *FILES]), default="nq", show_default=True,
              help="RDF; lpf: Linked Places Format; geojson: who held what, with times; csv: the same as a table; "
              "places-csv: the gazetteer as a table.")  # fmt: skip
@click.option("--graph", help="The IRI of one graph; without it everything, as nq or trig.")
@click.option("-o", "--output", type=click.File("wb", atomic=True), default="-", help="The file to write.")
@click.pass_obj
def export(location: Path, form: str, graph: str | None, output: IO[bytes]) -> None:
    """Write the published version, or one graph of it; equal data gives equal bytes.

    Beside a table its description (CSVW) is written, as FILE-metadata.json.

    Example: kg export --graph https://w3id.org/controlgraph/graph/seed --as ttl -o seed.ttl

    Example: kg export --as csv -o control.csv
    """
    from kg import export as exporter

    if form in FILES and graph:
        raise click.UsageError(f"--as {form} is of everything, and goes with no --graph")
    with _opened(location, children=1, seconds=None, patience=3600.0) as store:
        if form not in FILES:
            try:
                exporter.export(store, output, form, graph)
            except ValueError as error:
                raise click.UsageError(str(error)) from None
            return
        name = FILES[form]
        exporter.FILES[name][1](store, output)
        described = f"{name}{exporter.DESCRIBED}"
        if described in exporter.FILES and output.name not in ("-", "<stdout>"):
            beside = Path(output.name).with_name(Path(output.name).name + exporter.DESCRIBED)
            with beside.open("wb") as file:
                exporter.FILES[described][1](store, file, Path(output.name).name)


@main.command()
@click.argument("directory", type=click.Path(path_type=Path))
@click.pass_obj
def backup(location: Path, directory: Path) -> None:
    """Write the published version to a new DIRECTORY, which is a store of its own; the service may go on running.

    Example: kg backup backups/2021-08-15
    """
    with _opened(location) as store:
        click.echo(f"version {store.backup(directory)} is in {directory}")


@main.command()
@click.argument("directory", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.pass_obj
def restore(location: Path, directory: Path) -> None:
    """Publish what is in the backup DIRECTORY as the next version.

    Example: kg restore backups/2021-08-15
    """
    from kg import publish

    with _opened(location) as store:
        click.echo(f"published version {publish.restore(store, directory, who=_who('restore'))}")


@main.command()
@click.pass_obj
def versions(location: Path) -> None:
    """List every version ever published: its name, when, by whom, statements added and taken away.

    Example: kg versions
    """
    with _opened(location) as store:
        for line in store.journal():
            added, removed = (sum(line[key].values()) for key in ("added", "removed"))
            click.echo(f"{line['version']}  {line['at']}  +{added:,} -{removed:,}  {line['who']}")


@main.command()
@click.option("--host", envvar="KG_HOST", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", envvar="KG_PORT", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.pass_obj
def serve(location: Path, host: str, port: int) -> None:
    """Serve the store over HTTP; the other settings are environment variables (docs/operations.md).

    Example: kg serve --port 9000
    """
    settings = {"KG_STORE": str(location), "KG_HOST": host, "KG_PORT": str(port)}
    os.execve(sys.executable, [sys.executable, "-m", "server"], {**os.environ, **settings})  # noqa: S606


def _who(command: str) -> str:
    """Who a version is by, for the journal."""
    return f"{getpass.getuser()} (kg {command})"


@contextmanager
def _opened(location: Path, **limits: Any) -> Iterator[Store]:
    """The store, its child processes ended afterwards."""
    from kg.store.pool import Limits

    store = open_store(location, Limits(**limits))
    try:
        yield store
    finally:
        store.close()


def as_table(results: dict[str, Any], prefixes: dict[str, str]) -> str:
    """A SPARQL results JSON document as a table in plain text, IRIs shortened; a boolean as true or false."""
    if "boolean" in results:
        return str(results["boolean"]).lower()
    names: list[str] = results["head"]["vars"]
    rows = [[_cell(row.get(name), prefixes) for name in names] for row in results["results"]["bindings"]]
    widths = [max(len(line[column]) for line in [names, *rows]) for column in range(len(names))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in [names, *rows]]
    rule = "  ".join("-" * width for width in widths)
    noun = "row" if len(rows) == 1 else "rows"
    return "\n".join([lines[0].rstrip(), rule, *(line.rstrip() for line in lines[1:]), f"({len(rows)} {noun})"])


def _cell(value: dict[str, str] | None, prefixes: dict[str, str]) -> str:
    if value is None:
        return ""
    text = value["value"]
    if value["type"] != "uri":
        return " ".join(text.split())
    namespace = max((name for name in prefixes.values() if text.startswith(name)), key=len, default=None)
    if namespace is None:
        return f"<{text}>"
    prefix = next(name for name, iri in prefixes.items() if iri == namespace)
    return f"{prefix}:{text[len(namespace) :]}"
