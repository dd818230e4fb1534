"""The command line, asking who controlled what: `kg control`, `kg history`, `kg compare`, `kg aggregates`."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, TypeVar

import click

from kg.errors import BadQuestion
from kg.store import open_store

Command = TypeVar("Command", bound=Callable[..., Any])

LISTENING = {
    "known": "Only what had been said by that day.",
    "recorded": "Only what was in the record by that day or moment.",
    "sources": "Only these sources; with - before each, all but these. Commas between, or several times.",
    "policy": "default, every-word, majority, newest, two-independent or confirmed.",
    "baseline": "on (default) or off: whether what is assumed where nobody speaks is in.",
}
LISTING = {
    "dataset": "Only this data set: its places, and the words of its sources.",
    "place": "Only these places: an IRI, a CURIE or a slug.",
    "within": "Only places that lie in these.",
    "type": "Only places of these types: ProvincialCapital, Crossing …",
    "state": "Only answers in these states: controlled, possible, contested, disputed, unknown.",
    "actor": "Only answers with one of these actors among the controllers.",
    "lang": "The language of names (default en).",
}
AT = "The day, or the days: 2021-08-09, 2021-08, 2021-08-01/2021-08-15, [2021-08-01..2021-08-03]."


def given(*groups: dict[str, str]) -> Callable[[Command], Command]:
    """The parameters of a question as options."""

    def decorate(command: Command) -> Command:
        for name, meaning in reversed([pair for group in groups for pair in group.items()]):
            command = click.option(f"--{name}", name, multiple=True, help=meaning)(command)
        return command

    return decorate


def form(*names: str) -> Callable[[Command], Command]:
    """The option that chooses how the answer is written."""
    return click.option("--as", "form", type=click.Choice(names), default=names[0], show_default=True)


@click.command()
@given({"at": AT}, LISTING, LISTENING)
@form("table", "json", "geojson", "csv", "ttl")
@click.pass_obj
def control(location: Path, /, form: str, **texts: tuple[str, ...]) -> None:
    """Who held which places on a day, or throughout several days, how sure that is, and whose words it rests on.

    In the table ! stands for certain and ? for possible.

    Example: kg control --at 2021-08-09 --type ProvincialCapital --actor taliban
    """
    from kg import answering, asking
    from kg.forms import mapped, plain, tabular, turtle
    from kg.gazetteer import open_gazetteer

    with closing(open_store(location)) as store:
        question = asking.question(open_gazetteer(store), texts)
        found = answering.held(store, question)
        if form == "table":
            click.echo(tabular.held_table(found))
        elif form == "csv":
            click.echo(tabular.held(found), nl=False)
        elif form == "ttl":
            told = {**plain.asked(question), "version": found.version}
            click.echo(turtle.document(told, turtle.held(found)), nl=False)
        else:
            for part in mapped.written(found, "geojson" if form == "geojson" else "json").parts:
                click.echo(part, nl=False)


@click.command()
@click.argument("place")
@given({"at": "Only what reaches into these days."}, LISTENING, {"lang": LISTING["lang"]})
@form("table", "json", "csv", "ttl")
@click.pass_obj
def history(location: Path, /, place: str, form: str, **texts: tuple[str, ...]) -> None:
    """Everything about one PLACE through time: from when until when an answer holds, and who holds the place.

    Example: kg history city-zaranj --sources seed
    """
    from kg import answering, asking, naming
    from kg.forms import plain, tabular, turtle
    from kg.gazetteer import open_gazetteer

    with closing(open_store(location)) as store:
        gazetteer = open_gazetteer(store)
        iri, view, language = naming.named(gazetteer, "place", place).iri, asking.view(gazetteer, texts), _lang(texts)
        at = asking.one(texts, "at")
        first, last = asking.days(at) if at else (None, None)
        found = answering.history(store, iri, view, first, last, asking.several(texts, "sources"))
    if form == "table":
        click.echo(tabular.history_table(found.runs, gazetteer, language))
        return
    told = plain.history(found, language)
    if form == "json":
        click.echo(tabular.dumped(told), nl=False)
    elif form == "csv":
        click.echo(tabular.history(told), nl=False)
    else:
        click.echo(turtle.history(told), nl=False)


@click.command()
@click.argument("a")
@click.argument("b")
@given({"at": AT}, LISTING, LISTENING)
@form("table", "json", "csv")
@click.pass_obj
def compare(location: Path, /, a: str, b: str, form: str, **texts: tuple[str, ...]) -> None:
    """Two sides, A and B, and the places in which they differ: two days, or two ways to listen.

    A side is a day, or parameters with = between name and value; options hold for both sides.

    Example: kg compare 2021-08-09 2021-08-15 --type ProvincialCapital

    Example: kg compare sources=seed sources=-seed --at 2021-08-09
    """
    from kg import asking
    from kg.differing import compare as compared
    from kg.forms import plain, tabular
    from kg.gazetteer import open_gazetteer

    sides = {**texts, **_side("a", a), **_side("b", b)}
    with closing(open_store(location)) as store:
        found = compared(store, *asking.sides(open_gazetteer(store), sides))
        if form == "table":
            click.echo(tabular.compared_table(found))
            return
        told = plain.compared(found)
    click.echo(tabular.dumped(told) if form == "json" else tabular.compared(told), nl=False)


@click.command()
@given(
    {"at": f"{AT} Without it the last day that a claim may be about."},
    {"actor": "Count the places that this actor holds, too.", "type": LISTING["type"], "within": LISTING["within"]},
    LISTENING,
)
@form("table", "json", "csv")
@click.pass_obj
def aggregates(location: Path, /, form: str, **texts: tuple[str, ...]) -> None:
    """Claims about numbers, held against what is told of the places one by one; with --actor counts of its places.

    Example: kg aggregates --at 2021-08-09/2021-08-15 --actor taliban --type ProvincialCapital
    """
    from kg.forms import numbers, tabular
    from kg.gazetteer import open_gazetteer

    with closing(open_store(location)) as store:
        told = numbers.told(store, open_gazetteer(store), texts)
    if form == "table":
        click.echo(numbers.table(told))
    else:
        click.echo(tabular.dumped(told) if form == "json" else numbers.as_csv(told), nl=False)


def _side(name: str, text: str) -> dict[str, tuple[str, ...]]:
    """The parameters of a side."""
    if "=" not in text:
        return {f"{name}.at": (text,)}
    found: dict[str, tuple[str, ...]] = {}
    for part in text.split():
        key, equals, value = part.partition("=")
        if not equals or key not in ("at", *LISTENING):
            raise BadQuestion(name, text, f"accepted are a day, or name=value of at, {', '.join(LISTENING)}")
        found[f"{name}.{key}"] = (*found.get(f"{name}.{key}", ()), value)
    return found


def _lang(texts: dict[str, tuple[str, ...]]) -> str:
    return next(iter(texts.get("lang", ())), "en")
