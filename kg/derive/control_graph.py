"""The control graph: actors and places, joined by who holds what, as a networkx graph.

graph = control_graph(store, at="2021-08-09")
[place for _, place in graph.out_edges("https://w3id.org/controlgraph/id/actor/taliban")]
"""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby

import networkx as nx
import numpy as np

from kg import dates
from kg.control.accounts import Accounts, accounts
from kg.control.answers import View
from kg.control.courses import Course, courses
from kg.control.index import DEFAULT, Index
from kg.control.opening import open_control
from kg.control.record import Day
from kg.control.verdicts import STATES, flags_of
from kg.derive.forms import Attributes, day, described
from kg.gazetteer import open_gazetteer
from kg.store.embedded import Store


def control_graph(store: Store, at: str, view: View = DEFAULT, lang: str = "en") -> nx.DiGraph:
    """Who held what throughout the days of `at` (a day, a month, `a/b`; EDTF), as the view has it.

    Nodes are IRIs. A place of which anything is said is one, with `state` and `flags`, and with the claims that its
    answer rests on (`because`); so is each actor that is named among the controllers. An edge leads from an actor to a
    place that it holds: `certainty` is certain or possible, `possibleFrom`, `certainFrom`, `certainUntil` and
    `possibleUntil` are the bounds of its stay (absent: no such day, or open), `interrupted` tells that it was away in
    between. Nodes have `kind`, `label`, `type`, `longitude` and `latitude`, where there are any.

    Of several days an edge also has `spells`, the days on which the actor was among the controllers, and a place has
    `runs`, its answers one after the other; both cut to the days of `at`.

    Raises BadDate, NoStudyStart, NothingPublished, StoreUnreadable, and ValueError for a policy that is none.
    """
    first, last = (each.toordinal() for each in dates.span(at))
    seen = store.at(store.version())
    control, gazetteer = open_control(seen), open_gazetteer(seen)
    told = _accounts(control.index, first, last, view)
    graph = nx.DiGraph(at=at, version=control.version, kind="control")
    runs = courses(control.index, told.places, view) if first < last else {}
    for number, place in enumerate(told.places):
        state, flags = STATES[told.state[number]], sorted(flags_of(told.flags[number]))
        because = told.because[told.because_start[number] : told.because_start[number + 1]]
        if state == "unknown" and not flags:
            continue
        inside = _cut(runs.get(place, ()), first, last)
        about: Attributes = {"state": state, "flags": flags, "because": because}
        if inside:
            about["runs"] = [
                {"first": day(run.first), "last": day(run.last or last), "state": run.state, "flags": sorted(run.flags)}
                for run in inside
            ]
        graph.add_node(place, **described(gazetteer, "place", place, lang), **about)
        for actor, certain, *bounds, interrupted in told.stays[told.stay_start[number] : told.stay_start[number + 1]]:
            if actor not in graph:
                graph.add_node(actor, **described(gazetteer, "actor", actor, lang))
            graph.add_edge(actor, place, **_stay(certain, bounds, interrupted), **_spells(inside, actor, last))
    return graph


def _accounts(index: Index, first: Day, last: Day, view: View) -> Accounts:
    """The verdicts about all places of the index of which anything is ever said."""
    ledger = index.ledger
    numbers = np.flatnonzero((np.diff(ledger.row_start) > 0) | (np.diff(ledger.baseline_start) > 0))
    return accounts(index, [ledger.places[number] for number in numbers.tolist()], numbers, first, last, view)


def _cut(told: list[Course] | tuple[()], first: Day, last: Day) -> list[Course]:
    """The answers that hold on any of the days, cut to these."""
    reaching = (each for each in told if each.first <= last and (each.last is None or each.last >= first))
    return [replace(each, first=max(each.first, first), last=min(each.last or last, last)) for each in reaching]


def _stay(certain: bool, bounds: list[Day | None], interrupted: bool) -> Attributes:
    names = ("possibleFrom", "certainFrom", "certainUntil", "possibleUntil")
    dated = {name: day(bound) for name, bound in zip(names, bounds, strict=True) if bound is not None}
    return {"certainty": "certain" if certain else "possible", **dated, "interrupted": interrupted}


def _spells(inside: list[Course], actor: str, last: Day) -> Attributes:
    """The days on which an actor was among the controllers, in stretches of one certainty."""
    found = []
    for certainty, runs in groupby(inside, key=lambda run: _certainty(run, actor)):
        together = list(runs)
        if certainty:
            until = together[-1].last or last
            found.append({"first": day(together[0].first), "last": day(until), "certainty": certainty})
    return {"spells": found} if found else {}


def _certainty(run: Course, actor: str) -> str | None:
    return "certain" if run.certain == actor else "possible" if actor in run.possible else None
