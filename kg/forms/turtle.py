"""Answers as RDF, in the terms of what is derived about control (docs/ontology.md): runs and intervals.

An answer about some days is a run cut to them; its nodes have no names, because it is no statement of the data set but
the answer to one question, which the first lines repeat.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from kg.answering import Held
from kg.forms import plain
from kg.forms.plain import Plain
from kg.ontology import PREFIXES

FLAGS = {
    "contested": "Contested", "partial": "Partial", "baseline": "Baseline", "presupposed": "Presupposed",
    "carried": "Carried", "self-claimed": "SelfClaimed",
}  # fmt: skip
"""Flag → its concept; that an answer is disputed is its state."""
_PREFIXES = "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in ("kg", "prov", "xsd"))
_SERIALISERS = {"nt": "nt", "rdf": "xml", "jsonld": "json-ld"}


def serialised(turtle: str, form: str) -> str:
    """Turtle in another form of RDF."""
    if form == "ttl":
        return turtle
    from rdflib import Graph

    graph = Graph().parse(data=turtle, format="turtle")
    for name in ("kg", "prov", "xsd"):
        graph.bind(name, PREFIXES[name], override=True, replace=True)
    return graph.serialize(format=_SERIALISERS[form])


def document(about: Plain, nodes: Iterable[str]) -> str:
    """Nodes as a Turtle document, under what was asked."""
    asked = "; ".join(f"{name}: {_one_line(value)}" for name, value in about.items() if value is not None)
    return f"# {asked}\n{_PREFIXES}\n" + "".join(nodes)


def _one_line(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, list):
        return " ".join(map(_one_line, value))
    return " ".join(str(value).split())


def verdict(place: str, first: str, last: str, side: Plain) -> Iterator[str]:
    """The answer about a place: a run cut to the days that were asked about, and an interval for each controller."""
    certain = [stay["actor"] for stay in side["controllers"] if stay["certainty"] == "certain"]
    possible = [stay["actor"] for stay in side["controllers"] if stay["certainty"] == "possible"]
    yield run(place, {**side, "first": first, "last": last, "certain": next(iter(certain), None), "possible": possible})
    for stay in side["controllers"]:
        bounds = ("possibleFrom", "certainFrom", "certainUntil", "possibleUntil")
        yield node(
            "ControlInterval",
            {"place": [place], "controller": [stay["actor"]], **{name: _days(stay[name]) for name in bounds}},
        )


def run(place: str, told: Plain) -> str:
    """One run."""
    return node(
        "ControlRun",
        {
            "place": [place],
            "firstDay": _days(told["first"]),
            "lastDay": _days(told["last"]),
            "state": [f"kg:{told['state'].capitalize()}"],
            "flag": [f"kg:{FLAGS[flag]}" for flag in told["flags"] if flag in FLAGS],
            "certainController": [told["certain"]] if told["certain"] else [],
            "possibleController": told["possible"],
            "excludes": told["excluded"],
            "prov:wasDerivedFrom": told["because"],
            "undatedClaim": told.get("undated", []),
        },
    )


def node(kind: str, values: dict[str, list[str]]) -> str:
    """A node without a name: values are IRIs, or terms that are written as they are."""
    lines = [f"[] a kg:{kind}"]
    for name, texts in values.items():
        if texts:
            written = " , ".join(f"<{text}>" if "://" in text else text for text in texts)
            lines.append(f"  {name if ':' in name else f'kg:{name}'} {written}")
    return " ;\n".join(lines) + " .\n"


def _days(text: str | None) -> list[str]:
    return [] if text is None else [f'"{text}"^^xsd:date']


def held(found: Held, start: int = 0, stop: int | None = None) -> Iterator[str]:
    """The map from `start` to before `stop`."""
    told = found.accounts(start, stop)
    first, last = plain.day(told.first), plain.day(told.last)
    for place, side in zip(told.places, plain.sides(told, found.known, found.question.lang), strict=True):
        yield from verdict(place, first, last, side)


def history(told: Plain) -> str:
    """The history of a place: its runs."""
    about = {name: told[name] for name in ("place", "known", "recorded", "sources", "policy", "baseline", "version")}
    return document(about, (run(told["place"], each) for each in told["runs"]))


def changes(told: Plain) -> str:
    """Changes: of each the run before and the run after."""
    about = {name: value for name, value in told.items() if name != "changes"}
    sides = ((each["place"], each[side]) for each in told["changes"] for side in ("before", "after"))
    return document(about, (run(place, side) for place, side in sides))
