"""Random small queries in SPARQL about what the data has, each of which has one right answer (rows in any order)."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

from kg.ontology import PREFIXES

Things = Mapping[str, list[str]]

PATTERNS = (
    ("?claim kg:about ?event . ?claim kg:source ?source", "event", "source"),
    ("?event a kg:ControlChange ; kg:place ?place", "event", "place"),
    ("?event a kg:ControlChange ; kg:toController ?actor", "event", "actor"),
    ("?event kg:eventType ?kind ; kg:when ?when . ?when kg:latest ?day", "kind", "day"),
    ("?place kg:placeType ?type ; kg:within ?area", "type", "area"),
    ("?place kg:within+ ?area . ?area a kg:Place", "place", "area"),
    ("?claim kg:stance ?stance ; kg:source ?source", "stance", "source"),
    ("?place skos:prefLabel ?name ; kg:placeType kg:City", "place", "name"),
    ("?interval kg:place ?place ; kg:controller ?actor", "place", "actor"),
    ("?actor a kg:Actor ; skos:prefLabel ?name", "actor", "name"),
    ("?source a kg:Source ; kg:sourceKind ?kind", "source", "kind"),
    ("?claim kg:about/kg:place ?place ; kg:recordedAt ?recorded", "place", "recorded"),
    ("?when kg:edtf ?edtf ; kg:earliest ?day", "edtf", "day"),
    ("?segment a kg:RouteSegment ; kg:endpoint ?end", "segment", "end"),
    ("?thing (kg:place|kg:within) ?place", "thing", "place"),
    ("?place ^kg:place ?event", "place", "event"),
)
"""What is said in the data, with two of the variables."""


def sparql(things: Things, graphs: list[str], chance: random.Random) -> str:
    """A query over things of these local names, by kind, and these graphs."""
    text = chance.choice(SHAPES)(things, graphs, chance)
    used = sorted(name for name in PREFIXES if f"{name}:" in text)
    return " ".join([*(f"PREFIX {name}: <{PREFIXES[name]}>" for name in used), text])


def _plain(_: Things, __: list[str], chance: random.Random) -> str:
    pattern, one, other = chance.choice(PATTERNS)
    distinct = chance.choice(("", "DISTINCT "))
    return f"SELECT {distinct}?{one} ?{other} {{ {pattern} }} ORDER BY ?{one} ?{other}"


def _about(things: Things, _: list[str], chance: random.Random) -> str:
    kind = chance.choice(("place", "actor", "source", "event", "claim"))
    iri = f"<{PREFIXES[kind]}{chance.choice(things[kind])}>"
    return chance.choice((
        f"SELECT ?p ?o {{ {iri} ?p ?o }}",
        f"SELECT ?s ?p {{ ?s ?p {iri} }}",
        f"SELECT DISTINCT ?g ?p {{ GRAPH ?g {{ {iri} ?p ?o }} }}",
        f"ASK {{ {iri} ?p ?o . ?o a ?type }}",
        f"SELECT (COUNT(*) AS ?n) {{ {{ {iri} ?p ?o }} UNION {{ ?o ?p {iri} }} }}",
        f"CONSTRUCT {{ ?s ?p {iri} }} WHERE {{ ?s ?p {iri} }}",
        f"CONSTRUCT WHERE {{ {iri} ?p ?o }}",
        f"DESCRIBE {iri}",
    ))  # fmt: skip


def _grouped(_: Things, __: list[str], chance: random.Random) -> str:
    pattern, one, other = chance.choice(PATTERNS)
    if chance.random() < 0.5:
        one, other = other, one
    having = chance.choice(("", f"HAVING (COUNT(DISTINCT ?{other}) > 2) "))
    value = chance.choice((f"COUNT(DISTINCT ?{other})", "COUNT(*)", f"MIN(STR(?{other}))", f"MAX(STR(?{other}))"))
    return f"SELECT ?{one} ({value} AS ?value) {{ {pattern} }} GROUP BY ?{one} {having}"


def _optional(_: Things, __: list[str], chance: random.Random) -> str:
    return chance.choice((
        "SELECT ?place ?name { ?place kg:placeType kg:District OPTIONAL { ?place skos:prefLabel ?name "
        "FILTER(LANG(?name) = 'ps') } }",
        "SELECT ?when ?first ?last { ?when kg:edtf ?text OPTIONAL { ?when kg:earliest ?first } "
        "OPTIONAL { ?when kg:latest ?last } }",
        "SELECT ?claim ?who { ?claim kg:stance kg:Denies OPTIONAL { ?claim kg:claimant ?who } FILTER(!BOUND(?who)) }",
        "SELECT ?change ?from { ?change a kg:ControlChange OPTIONAL { ?change kg:fromController ?from } }",
        "SELECT ?source ?title ?day { ?source a kg:Source OPTIONAL { ?source dcterms:title ?title } "
        "OPTIONAL { ?source kg:retrieved ?day } }",
    ))  # fmt: skip


def _filtered(_: Things, __: list[str], chance: random.Random) -> str:
    day = f"2021-{chance.randint(5, 8):02}-{chance.randint(1, 28):02}"
    letter = chance.choice("abdghkmpz")
    return chance.choice((
        f"SELECT ?when ?day {{ ?when kg:latest ?day FILTER(?day <= '{day}'^^xsd:date) }}",
        f"SELECT ?when ?day {{ ?when kg:earliest ?day FILTER(?day > '{day}'^^xsd:date) }}",
        f"SELECT ?place ?name {{ ?place a kg:Place ; skos:prefLabel ?name FILTER(CONTAINS(LCASE(STR(?name)), "
        f"'{letter}')) }}",
        f"SELECT ?place ?name {{ ?place skos:altLabel ?name FILTER(STRSTARTS(LCASE(STR(?name)), '{letter}')) }}",
        f"SELECT ?x ?name {{ ?x skos:prefLabel ?name FILTER(REGEX(STR(?name), '^{letter}.*a', 'i')) }}",
        "SELECT ?x ?name { ?x skos:prefLabel ?name FILTER(LANG(?name) IN ('fa', 'ps')) }",
        "SELECT ?place { ?place kg:placeType kg:City FILTER NOT EXISTS { ?change kg:place ?place } }",
        "SELECT ?place { ?place kg:placeType kg:City MINUS { ?x kg:toController actor:taliban ; kg:place ?place } }",
        f"SELECT ?event {{ ?event kg:place/kg:within+ ?x ; kg:when/kg:latest ?day FILTER(?day < '{day}'^^xsd:date) }}",
        f"ASK {{ ?when kg:latest '{day}'^^xsd:date }}",
    ))  # fmt: skip


def _made(things: Things, graphs: list[str], chance: random.Random) -> str:
    first, second = (f"<{PREFIXES['place']}{chance.choice(things['place'])}>" for _ in range(2))
    graph = chance.choice(graphs)
    return chance.choice((
        f"SELECT ?place ?p ?o {{ VALUES ?place {{ {first} {second} }} ?place ?p ?o }}",
        f"SELECT (COUNT(*) AS ?n) FROM <{graph}> {{ ?s ?p ?o }}",
        f"SELECT ?p (COUNT(*) AS ?n) {{ GRAPH <{graph}> {{ ?s ?p ?o }} }} GROUP BY ?p",
        f"SELECT ?type (COUNT(?s) AS ?n) FROM NAMED <{graph}> {{ GRAPH ?g {{ ?s a ?type }} }} GROUP BY ?type",
        "SELECT ?claim ?when { ?claim kg:about ?event OPTIONAL { ?claim kg:statesWhen ?stated } ?event kg:when ?told "
        "BIND(COALESCE(?stated, ?told) AS ?when) }",
        "SELECT ?place (IF(?n > 3, 'many', 'few') AS ?size) { { SELECT ?place (COUNT(?e) AS ?n) { ?e kg:place ?place } "
        "GROUP BY ?place } }",
        "SELECT ?a ?b { ?a kg:within ?c . ?b kg:within ?c FILTER(STR(?a) < STR(?b)) }",
        "SELECT (YEAR(?day) AS ?y) (MONTH(?day) AS ?m) (COUNT(*) AS ?n) { ?when kg:latest ?day } "
        "GROUP BY (YEAR(?day)) (MONTH(?day))",
        "SELECT ?s (STRLEN(STR(?name)) AS ?n) (UCASE(STR(?name)) AS ?loud) { ?s a kg:Actor ; skos:prefLabel ?name "
        "FILTER(LANG(?name) = 'en') }",
        "SELECT ?type { ?s a ?type } GROUP BY ?type",
        f"SELECT ?x {{ {{ ?x kg:within {first} }} UNION {{ ?x kg:place {first} }} }}",
        "SELECT (STR(?o) AS ?text) (DATATYPE(?o) AS ?type) { ?s kg:value ?o FILTER(ISLITERAL(?o)) }",
    ))  # fmt: skip


SHAPES: tuple[Callable[[Things, list[str], random.Random], str], ...] = (
    _plain, _about, _about, _grouped, _optional, _filtered, _filtered, _made, _made,
)  # fmt: skip
