"""The command line, adding to the record: `kg claim add`, `kg claim correct`, `kg claim retract`."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from kg.errors import BadClaim, FieldFault
from kg.store import open_store

if TYPE_CHECKING:
    from kg.claims.given import Given
    from kg.claims.writing import Outcome
    from kg.control.answers import Verdict
    from kg.store.embedded import Store

Command = TypeVar("Command", bound=Callable[..., Any])

CLAIM = {
    "place": ("--place", "Where."),
    "kind": ("--kind", "change (default) or report: somebody came to hold it, or holds it."),
    "to": ("--to", "Who holds it after that; of a report, who holds it."),
    "from_": ("--from", "Who held it before, if that is said."),
    "parties": ("--party", "One of those between whom it is contested; several times."),
    "extent": ("--extent", "Whole (default), EntireArea (with all that lies in it), Centre or SomeParts."),
    "when": ("--when", "When: EDTF, or words such as '6 August 2021', 'early July 2021', 'by 9 July 2021'."),
    "source": (
        "--source",
        "The source, if it is in the record; a new one is described by --title and so on.",
    ),
    "sentence": ("--sentence", "The number of the sentence in the source."),
    "locator": ("--locator", "Where in the source, in words: page 3."),
    "stance": ("--stance", "Reports (default), Announces, Confirms, Alleges or Denies."),
    "claimant": ("--claimant", "Who says so in the source; several times. None: the source itself."),
    "stated_on": ("--stated-on", "When the claimant said so, as --when."),
    "manner": ("--manner", "How it changed hands: Abandoned, ByForce, HandedOver, Negotiated, Unstated, WithoutFight."),
    "gloss": ("--gloss", "What the source says, in an English sentence of your own."),
}
"""The fields of a claim as options, in the order in which the dialogue asks."""
SOURCE = {
    "title": ("--title", "The title of a new source, in English."),
    "kind": ("--source-kind", "NewsPage (default), EncyclopediaCopy or Dataset."),
    "publisher": ("--publisher", "Who published it."),
    "published": ("--published", "When it was published, as --when."),
    "address": ("--address", "Its web address."),
    "retrieved": ("--retrieved", "The day on which it was read: 2026-11-20. A page needs it."),
    "knowledge": ("--knowledge", "The last day that its content knows of, if not that of its publication."),
    "language": ("--language", "The language it is in: fa."),
    "derived_from": ("--derived-from", "A source that it copies, rewords or quotes; several times."),
}
SEVERAL = {"parties", "claimant", "derived_from"}
CONTESTED = "That it is contested, between parties that are not named."


def options(names: dict[str, tuple[str, str]], prefix: str = "") -> Callable[[Command], Command]:
    """An option for each field."""

    def decorate(command: Command) -> Command:
        for name in reversed(names):
            flag, text = names[name]
            kind = int if name == "sentence" else str
            command = click.option(flag, f"{prefix}{name}", type=kind, multiple=name in SEVERAL, help=text)(command)
        return command

    return decorate


@click.group()
def claim() -> None:
    """Add claims to the record, correct them, take them back; each is one new version, and nothing is deleted.

    Example: kg claim retract source-001-01
    """


@claim.command()
@options(CLAIM)
@click.option("--event", help="An event of the record that the claim is about, in place of --place to --extent.")
@click.option("--contested", is_flag=True, help=CONTESTED)
@options(SOURCE, "source_")
@click.option("--dry-run", is_flag=True, help="Check it, show it as Turtle, and write nothing.")
@click.option("--yes", is_flag=True, help="Do not ask before it is written.")
@click.pass_obj
def add(location: Path, /, dry_run: bool, yes: bool, **given: Any) -> None:
    """Add a claim: who held or took a place, when, by which source. On a terminal, what is not given is asked for.

    Places, actors and sources are named by IRI, CURIE (place:city-zaranj) or slug (city-zaranj, zaranj).

    Example: kg claim add --place city-zaranj --to taliban --when '6 August 2021' --source source-001
    --gloss 'The Taliban took Zaranj.'
    """
    from kg.claims import writing

    source = {name: given.pop(f"source_{name}") for name in SOURCE}
    talking = sys.stdin.isatty() and not any(given.values()) and not any(source.values())
    if talking:
        given, source = dialogue(given, source, [*CLAIM])
    with closing(open_store(location)) as store:
        while True:
            filled = made(given, source)
            try:
                return done(store, "added", dry_run, yes, partial(writing.add, store, filled, who=who("add")))
            except BadClaim as problem:
                if not talking:
                    raise flagged(problem) from None
                tell_faults(problem)
                given, source = dialogue(given, source, named_in(problem))


@claim.command()
@click.argument("name", metavar="CLAIM")
@options({name: option for name, option in CLAIM.items() if name not in ("source", "claimant")})
@click.option("--contested/--not-contested", default=None, help=CONTESTED)
@click.option("--dry-run", is_flag=True, help="Check it, show it as Turtle, and write nothing.")
@click.option("--yes", is_flag=True, help="Do not ask before it is written.")
@click.pass_obj
def correct(location: Path, /, name: str, dry_run: bool, yes: bool, **given: Any) -> None:
    """Put another claim of the same voice in place of CLAIM: what it says, but for what is given here.

    An empty text takes away what the claim says there. The claim that was replaced stays in the history.

    Example: kg claim correct source-001-01 --when '5 August 2021' --gloss 'The Taliban took Zaranj on 5 August.'
    """
    from kg.claims import writing

    changes = {
        field: tuple(filter(None, value)) if isinstance(value, tuple) else value
        for field, value in given.items()
        if value is not None and value != ()
    }
    with closing(open_store(location)) as store:
        try:
            done(
                store, "corrected by", dry_run, yes, partial(writing.correct, store, name, changes, who=who("correct"))
            )
        except BadClaim as problem:
            raise flagged(problem) from None


@claim.command()
@click.argument("name", metavar="CLAIM")
@click.option("--dry-run", is_flag=True, help="Check it, show it as Turtle, and write nothing.")
@click.option("--yes", is_flag=True, help="Do not ask before it is written.")
@click.pass_obj
def retract(location: Path, /, name: str, dry_run: bool, yes: bool) -> None:
    """Take CLAIM back: it counts no longer from the next version on, and stays in the history.

    Example: kg claim retract source-001-01
    """
    from kg.claims import writing

    with closing(open_store(location)) as store:
        done(store, "taken back", dry_run, yes, partial(writing.retract, store, name, who=who("retract")))


def who(command: str) -> str:
    """Who a version is by, for the journal."""
    return f"{getpass.getuser()} (kg claim {command})"


def made(given: Mapping[str, Any], source: Mapping[str, Any]) -> Given:
    """The claim as it was filled in; a source is either named or described."""
    from kg.claims.given import Given, NewSource

    described = {name: value for name, value in source.items() if value}
    if described and given.get("source"):
        raise click.UsageError("give --source for one of the record, or --title and so on for a new one, not both")
    new = NewSource(**described) if described else None
    known = {field.name for field in fields(Given)}
    filled = {name: value for name, value in given.items() if name in known and value not in (None, "", ())}
    return Given(**{**filled, "source": new or given.get("source")})


def dialogue(
    given: Mapping[str, Any], source: Mapping[str, Any], wanted: list[str]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Ask for the fields that are wanted, one by one; nothing typed leaves one as it is."""
    answers, described = dict(given), dict(source)
    for name in CLAIM:
        if name in wanted and not (name == "parties" and (answers.get("to") or answers.get("from_"))):
            answers[name] = asked(name, *CLAIM[name], answers.get(name))
        if name == "source" and "source" in wanted and not answers["source"]:
            click.echo("A source that is not in the record:")
            described = {each: asked(each, *SOURCE[each], described.get(each)) for each in SOURCE}
    return answers, described


def asked(name: str, option: str, text: str, value: Any) -> Any:
    """One answer; several with commas."""
    known = ", ".join(value) if isinstance(value, tuple) else value
    question = f"{option.removeprefix('--')} ({text[0].lower()}{text[1:].rstrip('.')})"
    answer = click.prompt(question, default="" if known is None else known, show_default=bool(known))
    if name == "sentence":
        return int(answer) if str(answer).isdigit() else None
    if name in SEVERAL:
        return tuple(part.strip() for part in str(answer).split(",") if part.strip())
    return str(answer).strip() or None


def named_in(problem: BadClaim) -> list[str]:
    """The fields that have to be asked for again."""
    from kg.claims.given import json_name

    heads = {fault.field.partition("/")[0] for fault in problem.faults}
    named = [name for name in CLAIM if json_name(name) in heads]
    return named or [*CLAIM]


def flag(field: str) -> str:
    """The option that a field is given by."""
    from kg.claims.given import json_name

    head, _, rest = field.partition("/")
    table, name = (SOURCE, rest) if rest else (CLAIM, head)
    return next((option for each, (option, _) in table.items() if json_name(each) == name), head and f"--{head}")


def flagged(problem: BadClaim) -> BadClaim:
    """The problem in the words of options."""
    return BadClaim([FieldFault(flag(fault.field), fault.message, fault.rule) for fault in problem.faults])


def tell_faults(problem: BadClaim) -> None:
    """Say what has to be filled in otherwise."""
    for fault in problem.faults:
        click.echo(f"{flag(fault.field) or 'this claim'}: {fault.message}", err=True)


def tell_unread(outcome: Outcome) -> None:
    """Say which dates are kept as texts."""
    for unread in outcome.unread:
        click.echo(f"{flag(unread.field)}: kept as a text, and as no date: {unread.reason}", err=True)


def done(store: Store, word: str, dry_run: bool, yes: bool, write: Callable[..., Outcome]) -> None:
    """Write, or show what would be written; on a terminal show it first, and ask. `write` takes whether it is dry."""
    if dry_run or (sys.stdin.isatty() and not yes):
        shown = write(dry=True)
        if shown.new:
            click.echo(shown.turtle, nl=False)
            tell_unread(shown)
            if dry_run:
                return
            click.confirm("Write this?", abort=True)
    tell(store, write(dry=False), word)


def tell(store: Store, outcome: Outcome, done: str) -> None:
    """Say what was done, and what it changes."""
    from kg.told import names

    if not outcome.new:
        click.echo(f"nothing to do: version {outcome.version} has it so: <{outcome.claim}>")
        return
    click.echo(f"{done} <{outcome.claim}>")
    click.echo(f"published version {outcome.version}")
    tell_unread(outcome)
    if outcome.before and outcome.after:
        both = (outcome.before, outcome.after)
        called = names(store, {outcome.after.place, *(actor for each in both for actor in each.controllers)})
        place = called.get(outcome.after.place, outcome.after.place)
        click.echo(f"{place} on {day(outcome.after)}, before: {sentence(outcome.before, called)}")
        click.echo(f"{place} on {day(outcome.after)}, now: {sentence(outcome.after, called)}")


def day(answer: Verdict) -> str:
    """The day that was asked about."""
    from datetime import date

    return str(date.fromordinal(answer.last))


def sentence(answer: Verdict, called: Mapping[str, str]) -> str:
    """The state, and who controls the place, how sure."""
    who = [f"{called.get(actor, actor)} ({stay.certainty})" for actor, stay in answer.controllers.items()]
    return f"{answer.state}: {', '.join(who)}" if who else answer.state
