"""gazetteer.ttl: places and actors, from places.csv, borders.csv and actors.csv."""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from rdflib import RDF, RDFS, SKOS, Graph, Literal, URIRef
from rdflib.namespace import DCTERMS

from tools.tables import Row, TableError, rows, unique
from tools.turtle import GEO, KG, add, english, iri, new_graph

ABOUT = "Places and actors: names, positions, what lies in what, who borders whom, who speaks for whom."
TABLES = "places.csv, borders.csv and actors.csv"
PLACE_TYPES = {
    "province": KG.Province,
    "provincial_capital": KG.ProvincialCapital,
    "country": KG.Country,
    "district": KG.District,
    "town": KG.Town,
    "border_crossing": KG.Crossing,
    "airbase": KG.Airbase,
    "airport": KG.Airport,
    "region": KG.Region,
}
ACTOR_TYPES = {
    "armed movement": KG.ArmedMovement,
    "state government": KG.StateGovernment,
    "government": KG.StateGovernment,
    "armed force": KG.ArmedForce,
    "alliance": KG.Alliance,
    "military mission": KG.MilitaryMission,
    "state": KG.State,
    "person": KG.Person,
    "government body": KG.GovernmentBody,
    "public body": KG.PublicBody,
    "joint force": KG.JointForce,
    "unnamed person": KG.UnnamedSpeaker,
    "unnamed persons": KG.UnnamedSpeaker,
    "population group": KG.PopulationGroup,
}
IN_PLACES = "places of places.csv"
IN_ACTORS = "actors of actors.csv, separated by spaces"


@dataclass(frozen=True)
class Place:
    """One line of places.csv; ``code`` is the ISO 3166 code of a country or province, else of its province."""

    id: str
    type: URIRef
    name: str
    label: str
    names: tuple[tuple[str, str], ...]
    code: str | None
    latitude: Decimal | None
    longitude: Decimal | None
    coordinate: str | None
    population: int | None
    parent: str | None
    capital: str | None
    district: str | None
    connects: tuple[str, ...]
    origins: tuple[str, ...]
    status: str | None
    note: str | None
    alternatives: tuple[str, ...]

    @property
    def has_code(self) -> bool:
        """Whether the code is its own."""
        return self.type in (KG.Country, KG.Province)


@dataclass(frozen=True)
class Actor:
    """One line of actors.csv; ``in_text`` is how a sentence calls the actor."""

    id: str
    type: URIRef
    name: str
    label: str
    in_text: str
    alternatives: tuple[str, ...]
    organ_of: str | None
    members: tuple[str, ...]
    allies: tuple[str, ...]
    seat: str | None
    origin: str | None
    status: str | None
    note: str | None


def read_places(tables: Path) -> dict[str, Place]:
    """Return all places by identifier."""
    names = {row.slug("id") for row in _unchecked(tables, "places.csv")}
    return unique([read_place(row, names) for row in rows(tables, "places.csv")], lambda place: place.id, "places.csv")


def read_actors(tables: Path, places: dict[str, Place]) -> dict[str, Actor]:
    """Return all actors by identifier; seats stand in ``places``."""
    names = {row.slug("id") for row in _unchecked(tables, "actors.csv")}
    found = [read_actor(row, names, places) for row in rows(tables, "actors.csv")]
    return unique(found, lambda actor: actor.id, "actors.csv")


def _unchecked(tables: Path, name: str) -> list[Row]:
    """Return the lines of a table of which only some columns are wanted now."""
    found = []
    for row in rows(tables, name):
        found.append(Row(row.file, row.line, dict(row.cells)))
        row.cells.clear()
    return found


def read_place(row: Row, names: set[str]) -> Place:
    """Read one line of places.csv; ``names`` are the identifiers of all places."""
    kind = row.choice("kind", PLACE_TYPES)
    connects = row.several("connects", names, "two countries of places.csv, separated by a space")
    if len(connects) != (2 if kind == KG.Crossing else 0):
        raise row.bad("connects", " ".join(connects), "two countries for a border crossing, nothing for other places")
    name = row.text("name")
    origins = [row.text("source")]
    for column, what in (("district_source", "District"), ("connects_source", "Countries connected")):
        origin = row.optional(column)
        origins += [f"{what}: {origin}"] if origin else []
    latitude, longitude = row.decimal("lat"), row.decimal("lon")
    if latitude is not None and abs(latitude) > 90:
        raise row.bad("lat", str(latitude), "degrees from -90 to 90")
    if longitude is not None and abs(longitude) > 180:
        raise row.bad("lon", str(longitude), "degrees from -180 to 180")
    dari, pashto = row.optional("name_fa"), row.optional("name_ps")
    return Place(
        id=row.slug("id"),
        type=kind,
        name=name,
        label=row.optional("label") or name,
        names=tuple((name, language) for name, language in ((dari, "fa"), (pashto, "ps")) if name),
        code=row.optional("iso_3166_2"),
        latitude=latitude,
        longitude=longitude,
        coordinate=row.optional("coord_kind"),
        population=row.integer("population"),
        parent=row.optional("admin_parent"),
        capital=row.optional("capital"),
        district=row.known("district", names, IN_PLACES),
        connects=tuple(connects),
        origins=tuple(origins),
        status=row.optional("status"),
        note=row.optional("note"),
        alternatives=alternatives(row),
    )


def read_actor(row: Row, names: set[str], places: dict[str, Place]) -> Actor:
    """Read one line of actors.csv; ``names`` are the identifiers of all actors."""
    label = row.optional("label")
    name = row.text("name")
    return Actor(
        id=row.slug("id"),
        type=row.choice("kind", ACTOR_TYPES),
        name=name,
        label=label or name,
        in_text=row.optional("in_text") or label or name,
        alternatives=alternatives(row),
        organ_of=row.known("organ_of", names, "an actor of actors.csv"),
        members=tuple(row.several("members", names, IN_ACTORS)),
        allies=tuple(row.several("allies", names, IN_ACTORS)),
        seat=row.known("seat", places, IN_PLACES),
        origin=row.optional("source"),
        status=row.optional("status"),
        note=row.optional("note"),
    )


def alternatives(row: Row) -> tuple[str, ...]:
    """Return the other names, which are separated by bars."""
    return tuple(name.strip() for name in (row.optional("alt_labels") or "").split("|") if name.strip())


def by_code(places: dict[str, Place]) -> dict[str, Place]:
    """Return countries and provinces by their ISO 3166 code."""
    areas = [place for place in places.values() if place.has_code]
    return unique(areas, lambda place: place.code or "", "places.csv, iso_3166_2")


def parent(place: Place, places: dict[str, Place]) -> Place | None:
    """Return the country or province that ``place`` lies in; None for a country.

    It follows from the code, and must be the one the table names as admin_parent.
    """
    if place.type == KG.Country:
        return None
    code = None if place.code is None else place.code[:2] if place.type == KG.Province else place.code
    inside = [p for p in places.values() if p.has_code and (p.code == code if code else p.name == place.parent)]
    if len(inside) != 1 or inside[0].name != place.parent:
        named = " and ".join(p.name for p in inside) or "no place"
        raise TableError(
            f"data/tables/places.csv: {place.id}: iso_3166_2 {place.code or 'nothing'} is the code of {named}, "
            f"but admin_parent is {place.parent}; the two must agree"
        )
    return inside[0]


def capital(province: Place, places: dict[str, Place]) -> Place:
    """Return the place that is the capital of ``province``."""
    found = [p for p in places.values() if p.type == KG.ProvincialCapital and p.code == province.code]
    if [p.name for p in found] != [province.capital]:
        raise TableError(
            f"data/tables/places.csv: {province.id}: column capital: found {province.capital!r}; "
            f"accepted is the name of the provincial capital with the code {province.code}"
        )
    return found[0]


def gazetteer_graph(tables: Path, places: dict[str, Place], actors: dict[str, Actor]) -> Graph:
    """Return the graph of gazetteer.ttl."""
    graph = new_graph()
    for place in places.values():
        add_place(graph, place, places)
    add_borders(graph, tables, by_code(places))
    for actor in actors.values():
        add_actor(graph, actor)
    return graph


def add_place(graph: Graph, place: Place, places: dict[str, Place]) -> None:
    """State what is known of one place."""
    node = iri("place", place.id)
    add(graph, node, RDF.type, KG.BorderCrossing if place.type == KG.Crossing else KG.Place)
    add(graph, node, KG.placeType, place.type)
    add(graph, node, SKOS.prefLabel, english(place.label), *(Literal(name, lang=tag) for name, tag in place.names))
    add(graph, node, SKOS.altLabel, *map(english, place.alternatives))
    add(graph, node, KG.isoCode, Literal(place.code) if place.code and place.has_code else None)
    add(graph, node, KG.population, None if place.population is None else Literal(place.population))
    inside = parent(place, places)
    add(graph, node, KG.within, iri("place", inside.id) if inside else None)
    add(graph, node, KG.within, iri("place", place.district) if place.district else None)
    if place.type == KG.Province:
        add(graph, iri("place", capital(place, places).id), KG.capitalOf, node)
    add(graph, node, KG.connects, *(iri("place", country) for country in place.connects))
    if place.latitude is not None and place.longitude is not None:
        geometry = iri("geometry", place.id)
        point = f"POINT({place.longitude} {place.latitude})"
        add(graph, node, GEO.hasDefaultGeometry, geometry)
        add(graph, geometry, RDF.type, GEO.Geometry)
        add(graph, geometry, GEO.asWKT, Literal(point, datatype=GEO.wktLiteral))
        add(graph, geometry, RDFS.comment, english(place.coordinate) if place.coordinate else None)
    add(graph, node, DCTERMS.source, *map(Literal, place.origins))
    add_remarks(graph, node, place.status, place.note)


def add_remarks(graph: Graph, node: URIRef, status: str | None, note: str | None) -> None:
    """State how far the line is verified, and its note."""
    add(graph, node, SKOS.editorialNote, english(f"Status of this entry: {status}.") if status else None)
    add(graph, node, RDFS.comment, english(note) if note else None)


def add_borders(graph: Graph, tables: Path, codes: dict[str, Place]) -> None:
    """State which provinces and countries share a boundary, in both directions; ``codes`` are the places by code."""
    for row in rows(tables, "borders.csv"):
        row.choice("kind", {"province-province": 0, "province-country": 1})
        first, second = (row.choice(column, codes) for column in ("a", "b"))
        row.same("a_name", first.label)
        row.same("b_name", second.label)
        for column in ("shared_km_approx", "km_check"):
            row.decimal(column)  # for ordering only: both are too rough to be stated
        row.choice("short_border", {"yes": True, "no": False})
        row.text("agree")
        origin = Literal(f"Borders: {row.text('source')}")
        for one, other in ((first, second), (second, first)):
            add(graph, iri("place", one.id), KG.adjacentTo, iri("place", other.id))
            add(graph, iri("place", one.id), DCTERMS.source, origin)


def add_actor(graph: Graph, actor: Actor) -> None:
    """State what is known of one actor."""
    node = iri("actor", actor.id)
    add(graph, node, RDF.type, KG.Actor)
    add(graph, node, KG.actorType, actor.type)
    add(graph, node, SKOS.prefLabel, english(actor.label))
    add(graph, node, SKOS.altLabel, *map(english, actor.alternatives))
    add(graph, node, KG.organOf, iri("actor", actor.organ_of) if actor.organ_of else None)
    add(graph, node, KG.member, *(iri("actor", member) for member in actor.members))
    add(graph, node, KG.ally, *(iri("actor", ally) for ally in actor.allies))
    add(graph, node, KG.seat, iri("place", actor.seat) if actor.seat else None)
    add(graph, node, DCTERMS.source, Literal(actor.origin) if actor.origin else None)
    add_remarks(graph, node, actor.status, actor.note)
