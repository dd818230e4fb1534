"""`/api/routes`, `/api/path` and what else asks how places hang together by road on a day."""

from __future__ import annotations

from flask import Blueprint, Response

from kg import roads
from kg.derive.forms import written
from kg.forms import joined, road_tables
from kg.forms import roads as forms
from kg.forms.networks import network as network_graph
from kg.forms.plain import Plain
from kg.roads import Asked
from server import connected, parameters, questions
from server.declared import Paged, endpoint
from server.questions import OnDay
from server.replies import CSV, GEOJSON, JSON, paged, reply

bp = Blueprint("roads", __name__)

FEATURES = {**JSON, **GEOJSON, **CSV}
TABLES = {**JSON, **CSV}
NETWORKS = {
    **JSON, **GEOJSON, "graphml": ("application/graphml+xml",), "gexf": ("application/gexf+xml",),
    "cytoscape": ("application/vnd.cytoscape+json",),
}  # fmt: skip
TAGS = ("roads",)


@bp.get("/api/routes")
@endpoint(questions.Routes, connected.Routes, FEATURES, tags=TAGS)
def routes(asked: questions.Routes, form: str) -> Response:
    """Which named roads were open, or cut, for an actor on a day, since when, and why; and the ways around."""
    found = _ask(asked)
    chosen = roads.named_roads(found, asked.route)
    return _told(forms.routes(found, chosen, *_page(asked)), "routes", form, asked, found)


@bp.get("/api/path")
@endpoint(questions.Path, connected.Path, FEATURES, tags=TAGS)
def path(asked: questions.Path, form: str) -> Response:
    """The shortest ways between two places that avoid an actor and its allies, from the strictest on."""
    found = _ask(asked)
    told = forms.path(found, *roads.between(found, asked.from_, asked.to, asked.given()))
    return _told(told, "ways", form, None, found)


@bp.get("/api/pockets")
@endpoint(questions.Pockets, connected.Pockets, FEATURES, tags=TAGS)
def pockets(asked: questions.Pockets, form: str) -> Response:
    """Which places of an actor were cut off from its seat on a day, since when, and by what loss."""
    found = _ask(asked)
    return _told(forms.cut_off(found, *_page(asked)), "pockets", form, asked, found)


@bp.get("/api/chokepoints")
@endpoint(questions.Chokepoints, connected.Chokepoints, TABLES, tags=TAGS)
def chokepoints(asked: questions.Chokepoints, form: str) -> Response:
    """On which places and pieces of road what an actor holds hangs together on a day; without a day all roads."""
    found = roads.ask(parameters.store(), asked.given(), dated=False)
    told = joined.hinges(found, *_page(asked)) if asked.at else joined.hinges_of_all(found, *_page(asked))
    return _told(told, "chokepoints", form, asked, found)


@bp.get("/api/fronts")
@endpoint(questions.Fronts, connected.Fronts, FEATURES, tags=TAGS)
def fronts(asked: questions.Fronts, form: str) -> Response:
    """Where places, or areas, of different actors who are no allies meet on a day."""
    found = _ask(asked)
    return _told(joined.lines(found, asked.between == "areas", *_page(asked)), "fronts", form, asked, found)


@bp.get("/api/holdings")
@endpoint(questions.Holdings, connected.Holdings, FEATURES, tags=TAGS)
def holdings(asked: questions.Holdings, form: str) -> Response:
    """What an actor holds that hangs together by road on a day, and what of it joined or parted then."""
    found = _ask(asked)
    return _told(joined.held_together(found, asked.reading, *_page(asked)), "holdings", form, asked, found)


@bp.get("/api/borders")
@endpoint(questions.OnRoads, connected.Borders, FEATURES, tags=TAGS)
def borders(asked: questions.OnRoads, form: str) -> Response:
    """Which border crossings an actor has on a day, and how far its seat, or a holding, reaches them."""
    found = _ask(asked)
    return _told(joined.crossings(found), "crossings", form, None, found)


@bp.get("/api/links")
@endpoint(questions.Links, connected.Links, FEATURES, tags=TAGS)
def links(asked: questions.Links, form: str) -> Response:
    """Which places of an actor a piece of road joins on a day; captured ones also across a place that is silent."""
    found = _ask(asked)
    return _told(joined.joined(found, asked.captured in ("1", "on"), *_page(asked)), "links", form, asked, found)


@bp.get("/api/network")
@endpoint(questions.Network, connected.Network, NETWORKS, tags=TAGS)
def network(asked: questions.Network, form: str) -> Response:
    """The roads, the areas, or who holds what, on a day (of who holds what also on several), as a graph."""
    graph = network_graph(parameters.store(), asked.given(), asked.kind)
    return reply(written(graph, form), NETWORKS[form][0], graph.graph["version"])  # type: ignore[arg-type]


def _ask(asked: OnDay) -> Asked:
    return roads.ask(parameters.store(), asked.given())


def _page(asked: Paged) -> tuple[int, int]:
    return asked.offset, asked.offset + asked.limit


def _told(told: Plain, key: str, form: str, asked: Paged | None, found: Asked) -> Response:
    """An answer, whose list is called `key`, in a form; in pages where it was asked for in pages."""
    if form == "csv":
        response = reply(road_tables.csv(told, key), CSV[form][0], found.version)
    else:
        content = forms.collection(told, key) if form == "geojson" else told
        response = reply(content, FEATURES[form][0], found.version)
    return paged(response, asked.offset, asked.limit, told["total"]) if asked else response
