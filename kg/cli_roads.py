"""The command line, asking about roads: `kg routes`, `kg path`, `kg pockets`, `kg chokepoints`."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import click

from kg.cli_control import LISTENING, LISTING, form, given
from kg.forms.plain import Plain
from kg.store import open_store

ROADS = {
    "at": "The day: 2021-08-10.",
    "actor": "For whom the roads are open or cut; by default the actor that has a seat.",
    "areas": "all (default), named or none: what counts of the areas that a road passes.",
}
SEAT = {"seat": "A place that stands for the actor's seat."}
LANG = {"lang": LISTING["lang"]}


@click.command()
@given(ROADS, {"route": "Only these named roads: an IRI, a CURIE or a slug."}, LISTENING, LANG)
@form("table", "json", "geojson", "csv")
@click.pass_obj
def routes(location: Path, /, form: str, **texts: tuple[str, ...]) -> None:
    """Which named roads were open on a day, or cut, since when, and why; as far as the named places tell.

    Example: kg routes --at 2021-08-10
    """
    from kg import asking, roads
    from kg.forms import road_tables
    from kg.forms import roads as forms

    with closing(open_store(location)) as store:
        asked = roads.ask(store, texts)
        chosen = roads.named_roads(asked, asking.several(texts, "route"))
        _write(forms.routes(asked, chosen), "routes", form, road_tables.routes_table)


@click.command()
@click.argument("a")
@click.argument("b")
@given({"avoid": "The actor that is avoided, and its allies with it.", "at": ROADS["at"]}, LISTENING, LANG)
@form("table", "json", "geojson", "csv")
@click.pass_obj
def path(location: Path, /, a: str, b: str, form: str, **texts: tuple[str, ...]) -> None:
    """The shortest ways by road from place A to place B that avoid an actor, from the strictest on.

    Example: kg path kabul herat --avoid taliban --at 2021-08-10
    """
    from kg import roads
    from kg.forms import road_tables
    from kg.forms import roads as forms

    with closing(open_store(location)) as store:
        asked = roads.ask(store, texts)
        told = forms.path(asked, *roads.between(asked, a, b, texts))
    _write(told, "ways", form, road_tables.path_table)


@click.command()
@given(ROADS, SEAT, LISTENING, LANG)
@form("table", "json", "geojson", "csv")
@click.pass_obj
def pockets(location: Path, /, form: str, **texts: tuple[str, ...]) -> None:
    """Which places of an actor were cut off from its seat on a day, since when, and by whose loss.

    Example: kg pockets --at 2021-08-13
    """
    from kg import roads
    from kg.forms import road_tables
    from kg.forms import roads as forms

    with closing(open_store(location)) as store:
        told = forms.cut_off(roads.ask(store, texts))
    _write(told, "pockets", form, road_tables.pockets_table)


@click.command()
@given({**ROADS, "at": f"{ROADS['at']} Without it all roads are asked about, whoever holds what."}, LISTENING, LANG)
@form("table", "json", "csv")
@click.pass_obj
def chokepoints(location: Path, /, form: str, **texts: tuple[str, ...]) -> None:
    """The places and pieces of road on which what an actor holds hangs together, and what is lost with each.

    Example: kg chokepoints --at 2021-08-08
    """
    from kg import asking, roads
    from kg.forms import joined, road_tables

    with closing(open_store(location)) as store:
        asked = roads.ask(store, texts, dated=False)
        told = joined.hinges(asked) if asking.one(texts, "at") else joined.hinges_of_all(asked)
    _write(told, "chokepoints", form, road_tables.chokepoints_table)


def _write(told: Plain, key: str, form: str, table: Callable[[Plain], str]) -> None:
    """Write an answer, whose list is called `key`, in a form."""
    from kg.forms import road_tables, roads, tabular

    if form == "table":
        click.echo(table(told))
    elif form == "csv":
        click.echo(road_tables.csv(told, key), nl=False)
    else:
        click.echo(tabular.dumped(roads.collection(told, key) if form == "geojson" else told), nl=False)
