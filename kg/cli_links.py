"""The command line, linking to other data sets: `kg link propose`, `kg link accept`, `kg link check`, `kg enrich`."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from kg.cli_progress import progress
from kg.errors import ElsewhereFailed
from kg.store import open_store

if TYPE_CHECKING:
    from kg.gazetteer import Gazetteer
    from kg.links.endpoint import Endpoint
    from kg.links.things import Thing

Command = TypeVar("Command", bound=Callable[..., Any])

EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)


def endpoint_options(*, needed: bool) -> Callable[[Command], Command]:
    """The options of whoever asks a SPARQL endpoint."""
    options = (
        click.option("--endpoint", required=needed, help="The address of a SPARQL endpoint."),
        click.option("--rate", default=1.0, show_default=True, type=click.FloatRange(min=0, min_open=True),
                     help="How many queries a second it is asked at most."),
        click.option("--timeout", default=60.0, show_default=True, type=click.FloatRange(min=0, min_open=True),
                     help="Seconds that an answer may take."),
        click.option("--tries", default=4, show_default=True, type=click.IntRange(1),
                     help="How often it is asked when it does not answer; each time after a longer pause."),
    )  # fmt: skip

    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


@click.group()
def link() -> None:
    """Link places and actors to another data set: propose, review in a spreadsheet, accept; and check the links.

    Example: kg link propose --file gazetteer.csv -o review.csv
    """


@link.command()
@click.option(
    "--file", "path", type=EXISTING, help="The other data set as a file: CSV, GeoJSON, Linked Places, or RDF."
)
@endpoint_options(needed=False)
@click.option("--kind", type=click.Choice(["place", "actor", "all"]), default="all", show_default=True,
              help="What links are looked for.")  # fmt: skip
@click.option("--place", multiple=True, help="Only this place: an IRI, a CURIE or a slug; several times.")
@click.option("--actor", multiple=True, help="Only this actor; several times.")
@click.option("--distance", default=50.0, show_default=True, type=click.FloatRange(min=5, min_open=True),
              help="Kilometres from which on positions speak against a link; four times that of areas.")  # fmt: skip
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True,
              help="The review to write; one that is there is not written over.")  # fmt: skip
@click.pass_obj
def propose(
    location: Path, /, path: Path | None, kind: str, place: tuple[str, ...], actor: tuple[str, ...], distance: float,
    output: Path, endpoint: str | None, **limits: Any,
) -> None:  # fmt: skip
    """Propose links, scored by name in all scripts, type, distance and what lies in what, as a review for a person.

    What somebody accepted or rejected is not proposed again, nor what has a match in that data set already.

    Example: kg link propose --file gazetteer.csv -o review.csv

    Example: kg link propose --endpoint https://query.wikidata.org/sparql --place city-zaranj -o review.csv
    """
    from kg.gazetteer import open_gazetteer
    from kg.links import proposing, reading, review

    if (path is None) == (endpoint is None):
        raise click.UsageError("give either a --file or an --endpoint")
    _refuse_there(output)
    with closing(open_store(location)) as store:
        gazetteer = open_gazetteer(store)
        named = _named(gazetteer, place, actor)
        kinds = [each for each in ("place", "actor") if kind in (each, "all")]
        ours = proposing.choose(gazetteer, kinds, named)
        with progress(len(ours), "comparing") as step:
            if path is not None:
                found = proposing.from_things(store, reading.things(path), ours, distance, step)
            else:
                found = proposing.from_endpoint(store, _endpoint(str(endpoint), limits), ours, distance, step)
    dataset = str(path.name if path else endpoint)
    with output.open("w", encoding="utf-8", newline="") as file:
        number = review.write(file, found, dataset, datetime.now(UTC).date())
    click.echo(f"{number:,} links proposed for {len({each.ours.iri for each in found}):,} of {len(ours):,}: {output}")
    if number:
        click.echo(f"write accept or reject into the column decision, then: kg link accept {output} --reviewer …")


@link.command()
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True,
              help="The review to write; one that is there is not written over.")  # fmt: skip
@click.pass_obj
def candidates(location: Path, /, output: Path) -> None:
    """Write the links that the record proposes, and that nobody decided on, as a review: of files, and of kg ingest.

    Example: kg link candidates -o review.csv
    """
    from kg.gazetteer import open_gazetteer
    from kg.links import review, stated

    _refuse_there(output)
    with closing(open_store(location)) as store, output.open("w", encoding="utf-8", newline="") as file:
        number = review.write_stated(file, stated.candidates(stated.links(store)), open_gazetteer(store))
    click.echo(f"{number:,} links are proposed in the record: {output}")


@link.command()
@click.argument("review", type=EXISTING)
@click.option("--reviewer", help="Who decided: an actor of the record, by IRI, CURIE or slug.")
@click.option("--new-reviewer", help="Who decided, by name, where the record does not have the person yet.")
@click.pass_obj
def accept(location: Path, review: Path, reviewer: str | None, new_reviewer: str | None) -> None:
    """Take the decisions of a REVIEW into the record, the accepted and the rejected ones, as one new version.

    Example: kg link accept review.csv --new-reviewer "Jane Doe"
    """
    from kg.links import deciding

    if (reviewer is None) == (new_reviewer is None):
        raise click.UsageError("give either --reviewer or --new-reviewer")
    with closing(open_store(location)) as store:
        done = deciding.accept(
            store, review, reviewer or new_reviewer or "", who=_who("link accept"), new=new_reviewer is not None
        )
    known = f", {done.known:,} known already" if done.known else ""
    if done.accepted or done.rejected:
        click.echo(f"{done.accepted:,} links accepted, {done.rejected:,} rejected{known}")
        click.echo(f"published version {done.version}")
    else:
        click.echo(f"nothing to do: version {done.version} has these decisions{known}")


@link.command()
@click.option("--file", "path", type=EXISTING, help="The other data set as a file, to compare with.")
@endpoint_options(needed=False)
@click.option("--distance", default=50.0, show_default=True, type=click.FloatRange(min=5, min_open=True),
              help="Kilometres that the two may lie apart; four times that of areas.")  # fmt: skip
@click.pass_obj
def check(location: Path, /, path: Path | None, distance: float, endpoint: str | None, **limits: Any) -> None:
    """Find suspicious links: two of ours with one external id, clashing types, positions far apart.

    The other things are as a file or an endpoint has them, or else as kg enrich brought them. Exit code 1 where
    something is found.

    Example: kg link check
    """
    from kg.links import checking

    if path and endpoint:
        raise click.UsageError("give either a --file or an --endpoint, or neither")
    with closing(open_store(location)) as store:
        known = checking.brought(store)
        known |= _things(path, endpoint, limits, checking.targets(store))
        found = checking.check(store, known, distance, asked=bool(path or endpoint))
    for each in found:
        click.echo(f"{each.rule}: {each.message}")
    if found:
        raise click.ClickException(f"{len(found):,} suspicious {'link' if len(found) == 1 else 'links'}")
    click.echo(f"nothing suspicious; {len(known):,} of the things linked to are known, so that they could be compared")


@click.command()
@endpoint_options(needed=True)
@click.option("--of", required=True, help="How the IRIs of its things begin: http://www.wikidata.org/entity/")
@click.option("--property", "properties", multiple=True, required=True,
              help="The IRI of a property to bring, or one with a prefix that we use; several times.")  # fmt: skip
@click.option("--lang", multiple=True, default=("en",), show_default=True,
              help="The languages of texts to keep; those without a language are kept.")  # fmt: skip
@click.option("--licence", help="The IRI of the licence of what is brought.")
@click.pass_obj
def enrich(
    location: Path, /, endpoint: str, of: str, properties: tuple[str, ...], lang: tuple[str, ...], licence: str | None,
    **limits: Any,
) -> None:  # fmt: skip
    """Bring chosen properties of what accepted links go to into a graph of their own, with source and time.

    An interrupted run goes on where it ended when it is started again in the same way.

    Example: kg enrich --endpoint https://query.wikidata.org/sparql --of http://www.wikidata.org/entity/
    --property http://www.wikidata.org/prop/direct/P1082
    """
    from kg.links import enriching
    from kg.naming import expanded, is_iri
    from kg.ontology import PREFIXES

    chosen = []
    for name in properties:
        iri = expanded(name)
        if iri is None or not is_iri(iri) or iri.startswith(PREFIXES["kg"]):
            raise click.UsageError(f"--property {name}: accepted is the IRI of a property that is not one of ours")
        chosen.append(iri)
    if licence and not is_iri(licence):
        raise click.UsageError(f"--licence {licence}: accepted is the IRI of a licence")
    with closing(open_store(location)) as store, progress(1, "asking") as step:
        try:
            done = enriching.enrich(
                store, _endpoint(endpoint, limits), chosen, of, who=_who("enrich"), languages=lang, licence=licence,
                progress=step,
            )  # fmt: skip
        except ElsewhereFailed as failure:
            raise click.ClickException(f"{failure}; what was got is kept, and the same command goes on") from None
    if not done.asked:
        raise click.ClickException(f"no accepted link goes to something that begins with {of}")
    resumed = f", {done.resumed:,} of them in a former run" if done.resumed else ""
    click.echo(f"{done.asked:,} things asked about{resumed}; {done.known:,} are known there")
    click.echo(f"{done.statements:,} statements in <{done.graph}>, {done.left_out:,} left out")
    click.echo(f"published version {done.version}")


def _refuse_there(output: Path) -> None:
    if not output.parent.is_dir():
        raise click.UsageError(f"{output}: there is no directory {output.parent}")
    if output.exists():
        raise click.UsageError(f"{output} is there already, and may have decisions in it; name another file")


def _endpoint(address: str, limits: dict[str, Any]) -> Endpoint:
    from kg.links.endpoint import Endpoint

    return Endpoint(address, rate=limits["rate"], seconds=limits["timeout"], tries=limits["tries"])


def _things(path: Path | None, endpoint: str | None, limits: dict[str, Any], wanted: list[str]) -> dict[str, Thing]:
    """What a file or an endpoint knows of things."""
    from kg.links import reading, things

    if path is not None:
        listed = set(wanted)
        return {thing.iri: thing for thing in reading.things(path) if thing.iri in listed}
    if endpoint is not None:
        return {thing.iri: thing for thing in things.described(_endpoint(endpoint, limits), wanted)}
    return {}


def _named(gazetteer: Gazetteer, places: tuple[str, ...], actors: tuple[str, ...]) -> list[str]:
    """The IRIs of things that are named one by one."""
    from kg import naming

    found = [naming.named(gazetteer, "place", name).iri for name in places]
    return found + [naming.named(gazetteer, "actor", name).iri for name in actors]


def _who(command: str) -> str:
    """Who a version is by, for the journal."""
    return f"{getpass.getuser()} (kg {command})"
