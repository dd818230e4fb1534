"""Random questions to the service: every door that answers one, with places, actors, days and words from the data.

`questions(known, seed, count)` begins with each door once and goes on at random; equal seeds give equal questions.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from flask import Flask

from kg import export, files
from kg.ontology import PREFIXES
from kg.store.embedded import Store
from tests.random_sparql import sparql

ID = f"{files.BASE}id/"
LEFT_OUT = {
    "/healthz": "of the process that answers", "/metrics": "of the process that answers",
    "/readyz": "of the process that answers",
    "/static/<path:filename>": "files of the program", "/api/docs": "files of the program",
}  # fmt: skip
"""The rules that answer no question about the data, and why."""
ALWAYS = ("at", "iri", "sel", "q", "from", "to")
"""The parameters that are hardly ever left out."""
RDF = ("ttl", "nt", "jsonld", "rdf")
FORMS = {
    "/api/control": ("json", "csv", "geojson", "ttl", "jsonld"), "/api/history": ("json", "csv", "ttl"),
    "/api/changes": ("json", "csv"), "/api/network": ("json", "geojson", "graphml"), "/api/search": ("json",),
    "/api/claims": ("json",), "/api": ("json", "csv"), "/dossier": ("json", "html", "jsonld"),
    "/browse": ("json", "csv", "html"), "/compare": ("json", "csv", "html"),
    "/id": (*RDF, "html", "nothing"), "/ontology": (*RDF, "html"),
}  # fmt: skip
"""The formats that are asked for, by what the rules begin with; else RDF."""
KINDS = """SELECT DISTINCT ?s { { ?s a kg:Source } UNION { ?s kg:stance ?stance } UNION { ?s kg:eventType ?event }
UNION { ?s kg:placeType ?place } UNION { ?s kg:actorType ?actor } UNION { [] kg:toController ?s } }"""
HTML = {"Accept": "text/html"}
_POLICIES = ("default", "every-word", "majority", "newest", "two-independent", "confirmed")
_STATES = ("controlled", "contested", "disputed", "unknown", "possible")
_KINDS = ("place", "actor", "event", "claim", "source")

Maker = Callable[["Known", random.Random], str]


@dataclass(frozen=True)
class Question:
    """What is asked: the rule of the door, the address, and headers."""

    rule: str
    address: str
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Known:
    """What questions are about: local names by kind, words that things are called by, graphs, and the version."""

    things: Mapping[str, list[str]]
    labels: list[str]
    graphs: list[str]
    version: str
    parameters: Mapping[str, list[tuple[str, bool]]]

    def one(self, kind: str, chance: random.Random) -> str:
        """A thing of a kind; now and then one that nobody knows."""
        return "nobody-knows" if chance.random() < 0.04 else chance.choice(self.things[kind])


def known(store: Store, app: Flask) -> Known:
    """What the data of a store has; the parameters of the interface for programs are those that it declares."""
    things: dict[str, list[str]] = {}
    for (iri,) in _rows(store, KINDS):
        kind, slash, name = iri.removeprefix(ID).partition("/")
        if iri.startswith(ID) and slash:
            things.setdefault(kind, []).append(name)
    areas = _rows(store, "SELECT DISTINCT ?area { ?place kg:within ?area }")
    things["area"] = [iri.removeprefix(PREFIXES["place"]) for (iri,) in areas]
    labels = _rows(store, "SELECT DISTINCT ?label { ?s skos:prefLabel|skos:altLabel ?label }")
    graphs = _rows(store, "SELECT ?g { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g")
    described = app.test_client().get("/api/openapi.json").get_json()["paths"]
    return Known(
        {kind: sorted(names) for kind, names in things.items()},
        sorted({label for (label,) in labels}),
        sorted(iri for (iri,) in graphs),
        store.version(),
        {
            path: [(each["name"], each["required"]) for each in of["get"]["parameters"]]
            for path, of in described.items()
            if "get" in of
        },
    )


def questions(about: Known, app: Flask, seed: int, count: int) -> Iterator[Question]:
    """So many questions; each door once, as long as there are enough, and then more often those with many answers."""
    chance = random.Random(seed)
    rules = sorted({rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())} - LEFT_OUT.keys())
    first = chance.sample(rules, len(rules))
    for number in range(count):
        rule = first[number] if number < len(first) else chance.choice((*rules, *OFTEN))
        headers = HTML if not rule.startswith(PROGRAMS) and chance.random() < 0.3 else {}
        yield Question(rule, _address(about, rule, chance), headers)


PROGRAMS = ("/api/", "/sparql", "/graphs", "/.well-known")
"""What the rules begin with that have no pages."""
OFTEN = ("/sparql",) * 16 + ("/id/<kind>/<path:rest>", "/api/control", "/dossier", "/api/events") * 3
"""The rules that are asked more often than the others."""


def _address(about: Known, rule: str, chance: random.Random) -> str:
    path = rule
    for variable, make in PATHS.items():
        if variable in path:
            path = path.replace(variable, quote(make(about, chance), safe="/"))
    declared = about.parameters.get(rule.replace("<path:place>", "{place}"))
    wanted: list[tuple[str, bool]] = declared if declared is not None else [(name, False) for name in PAGES[rule]]
    pairs = []
    for name, required in wanted:
        often = 0.98 if required or name in ALWAYS or (rule, name) == ("/dossier", "place") else 0.2
        if f"<path:{name}>" not in rule and chance.random() < often:
            forms = next((forms for begin, forms in FORMS.items() if rule.startswith(begin)), RDF)
            pairs.append((name, chance.choice(forms) if name == "format" else VALUES[name](about, chance)))
    if rule == "/sparql":
        text = sparql(about.things, about.graphs, chance)
        is_graph = "CONSTRUCT" in text or "DESCRIBE" in text
        pairs = [("query", text), ("format", chance.choice(RDF if is_graph else ("json", "xml", "csv", "tsv")))]
    return f"{path}?{urlencode(pairs)}" if pairs else path


def _rows(store: Store, text: str) -> list[list[str]]:
    found = json.loads(store.query(text, results="json", prefixes=PREFIXES).read())["results"]
    return [[value["value"] for value in row.values()] for row in found["bindings"]]


def _day(_: Known, chance: random.Random) -> str:
    day = f"2021-{chance.randint(5, 8):02}-{chance.randint(1, 31):02}"
    return chance.choice((*[day] * 30, f"2021-05-01/{day}", f"2021-05-01/{day}", day[:7], "2021", "1999-01-01", "soon"))


def _known_by(_: Known, chance: random.Random) -> str:
    return f"2021-{chance.randint(6, 9):02}-{chance.randint(1, 28):02}"


def _sources(about: Known, chance: random.Random) -> str:
    some = chance.sample(about.things["source"], chance.randint(1, 3))
    return ",".join(f"-{name}" for name in some) if chance.random() < 0.5 else ",".join(some)


def _text(about: Known, chance: random.Random) -> str:
    label = chance.choice(about.labels)
    begin = chance.randrange(len(label))
    return chance.choice((label, label[:4], label[begin : begin + 5], label.upper(), "kab", "x"))


def _of(*values: str) -> Maker:
    return lambda _, chance: chance.choice(values)


def _thing(kind: str) -> Maker:
    return lambda about, chance: about.one(kind, chance)


def _some(about: Known, chance: random.Random) -> str:
    kind = chance.choice(("place", "place", "actor", "event", "claim", "source"))
    return f"{kind}:{about.one(kind, chance)}"


def _iri(about: Known, chance: random.Random) -> str:
    kind, _, name = _some(about, chance).partition(":")
    return chance.choice((f"{ID}{kind}/{name}", PREFIXES["kg"] + "Claim", chance.choice(about.graphs)))


def _queries(about: Known, chance: random.Random) -> str:
    asked = {f"q{number}": {"query": _text(about, chance), "limit": 5} for number in range(chance.randint(1, 3))}
    return json.dumps(asked)


def _graph(about: Known, chance: random.Random) -> str:
    ours = [graph for graph in about.graphs if graph.startswith(PREFIXES["graph"])]
    return chance.choice(ours).removeprefix(PREFIXES["graph"])


def _file(about: Known, chance: random.Random) -> str:
    return chance.choice((*export.FILES, "controlgraph.nq", "controlgraph.trig", f"{_graph(about, chance)}.ttl"))


PATHS: dict[str, Maker] = {
    "<kind>/<path:rest>": lambda about, chance: _some(about, chance).replace(":", "/", 1),
    "suggest/<kind>": _of("suggest/entity", "suggest/type", "suggest/property"),
    "flyout/<kind>/<path:name>": lambda about, chance: f"flyout/entity/{_some(about, chance).replace(':', '/', 1)}",
    "preview/<path:name>": lambda about, chance: f"preview/{_some(about, chance).replace(':', '/', 1)}",
    "dumps/<path:name>": lambda about, chance: f"dumps/{_file(about, chance)}",
    "graph/<path:name>": lambda about, chance: f"graph/{_graph(about, chance)}",
    "graphs/<path:rest>": lambda _, chance: chance.choice(("graphs/x", "graphs/seed")),
    "<path:place>": _thing("place"),
    "<sort>": _of("place", "actor", "event", "claim", "source", "nothing"),
    "<slug>/correction": lambda about, chance: f"{about.one('claim', chance)}/correction",
    "<slug>/retraction": lambda about, chance: f"{about.one('claim', chance)}/retraction",
    "<name>": _of("Claim", "place", "ControlChange", "Nothing"),
    "<slug>": _of("bad-date", "engine-failed", "none"),
    "<int:number>": _of("1", "2", "9"),
}
"""What stands in the paths of rules."""
_VIEW = ("at", "known", "sources", "policy", "baseline", "lang", "version")
PAGES: dict[str, tuple[str, ...]] = {
    "/": ("lang",), "/map": _VIEW, "/map.svg": _VIEW, "/map/reel": _VIEW, "/timeline": (*_VIEW, "place", "within"),
    "/timeline.svg": (*_VIEW, "place", "within"), "/routes": (*_VIEW, "actor", "seat"),
    "/routes.svg": (*_VIEW, "actor"), "/compare": (*_VIEW, "a.at", "b.at", "b.sources", "state", "place", "format"),
    "/browse": ("lang",), "/browse/<sort>": ("q", "type", "within", "actor", "source", "format", "version", "lang"),
    "/search": ("q", "kind", "lang"), "/feed": ("place", "actor", "sources"), "/feed/versions": (),
    "/data": (), "/help": (), "/query": ("example",), "/query/words": (), "/graph": ("sel", "view", "at"),
    "/graph/ties": ("sel",), "/graph/way": ("from", "to"), "/graph/both": ("from", "to"),
    "/graph/<path:name>": ("format",), "/graphs": ("graph", "format"), "/graphs/<path:rest>": ("format",),
    "/.well-known/void": ("format",), "/dumps/<path:name>": (), "/id/<kind>/<path:rest>": ("format", "lang"),
    "/resource": ("iri", "format"), "/ontology": ("format",), "/ontology/<name>": ("format",),
    "/alignments": ("format",), "/context.jsonld": (), "/problem/<slug>": (), "/sitemap.xml": (),
    "/sitemaps/<int:number>.xml": (), "/robots.txt": (), "/claims/new": ("place", "source"),
    "/claims/reading": ("when",), "/claims/<slug>/correction": (), "/claims/<slug>/retraction": (),
    "/reconcile": ("queries",), "/reconcile/properties": ("type", "limit"),
    "/reconcile/suggest/<kind>": ("prefix",), "/reconcile/flyout/<kind>/<path:name>": (),
    "/reconcile/preview/<path:name>": (), "/sparql": ("format",), "/api/openapi.json": (),
}  # fmt: skip
"""What is asked of each door that declares no parameters."""
VALUES: dict[str, Maker] = {
    "at": _day, "a.at": _day, "b.at": _day, "known": _known_by, "a.known": _known_by, "b.known": _known_by,
    "recorded": _of("2025-01-01T00:00:00Z", "2030-01-01"), "a.recorded": _of("2030-01-01"), "b.recorded": _of("x"),
    "sources": _sources, "a.sources": _sources, "b.sources": _sources, "source": _thing("source"),
    "policy": _of(*_POLICIES), "a.policy": _of(*_POLICIES), "b.policy": _of(*_POLICIES),
    "baseline": _of("on", "off"), "a.baseline": _of("off"), "b.baseline": _of("off"), "grounds": _of("on", "off"),
    "lang": _of("en", "fa", "ps"), "limit": _of("1", "7", "50"), "offset": _of("0", "3"),
    "version": lambda about, chance: chance.choice((*[about.version] * 9, "000009-0123456789ab")),
    "dataset": _of("offensive-2021"), "place": _thing("place"), "within": _thing("area"), "actor": _thing("actor"),
    "seat": _thing("place"), "avoid": _thing("actor"), "state": _of(*_STATES), "kind": _of(*_KINDS, "roads", "areas"),
    "type": _of("kg:City", "kg:Town", "kg:BorderCrossing", "kg:ControlChange", "kg:Capture", "kg:Province"),
    "areas": _of("all", "named", "none"), "route": _of("route-1", "kabul-kandahar"), "between": _of("roads", "areas"),
    "reading": _of("certainly", "possibly"), "captured": _of("on", "off"), "q": _text, "sel": _some, "view":
    _of("control"), "iri": _iri, "graph": lambda about, chance: chance.choice(about.graphs), "example":
    _of("fronts", "crossings-by-10-july"), "prefix": _text, "queries": _queries,
    "when": _of("early July 2021", "2021-07-14", "soon"), "from": lambda about, chance: about.one("place", chance),
    "to": lambda about, chance: about.one("place", chance),
}  # fmt: skip
"""A value of each parameter."""
