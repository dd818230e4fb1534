"""What is said about control, read out of a store: RDF becomes the facts that the rules are applied to."""

from __future__ import annotations

from bisect import bisect_left
from pathlib import Path

import numpy as np

from kg.control.facts import ALWAYS, EXTENTS, NOT_YET, OPEN, STANCES, Facts, Pairs, as_record
from kg.control.names import Array, Names, distinct, spans, table
from kg.control.record import Record
from kg.control.statements import KG, Statements, scanned
from kg.control.telling import closed
from kg.errors import NoStudyStart
from kg.store import versions
from kg.store.embedded import Store

DERIVED = "https://w3id.org/controlgraph/graph/derived/"
"""What the names of graphs begin with that hold conclusions; conclusions are drawn from the other graphs only."""


def read(store: Store) -> Record:
    """The record of the published version, as the reference wants it. Raises what `read_facts` raises."""
    directory = store.published.directory()
    return as_record(read_facts(directory, versions.read_manifest(directory).graphs))


def read_facts(directory: Path, graphs: dict[str, versions.GraphRecord]) -> Facts:
    """What the database in a directory, which has these graphs, says about control.

    Claims with an attribute, and events that nobody claims, are no words on control; nor are claims without a source
    or stance. Where several data sets are loaded, the study starts with the first of them. Graphs with conclusions are
    not read. Raises NoStudyStart, StoreUnreadable.
    """
    told = asserted(graphs)
    return facts(scanned(directory, told, sum(graphs[name].triples for name in told)))


def asserted(graphs: dict[str, versions.GraphRecord]) -> list[str]:
    """The graphs that hold no conclusions."""
    return sorted(name for name in graphs if not name.startswith(DERIVED))


def facts(said: Statements) -> Facts:
    """The facts that statements make. Raises NoStudyStart."""
    starts = said.days("studyStart")[1]
    if not len(starts):
        raise NoStudyStart
    source, stance = said.first("source"), numbered(said, said.first("stance"), STANCES)
    is_event = said.having("type", "ControlChange") | said.having("type", "ControlObservation")
    on_control = kept(said.pairs["about"], ~said.having("attribute") & (source >= 0), is_event)
    about = kept(on_control, stance >= 0)
    assumed = kept(on_control, said.having("stance", "Assumes") & (stance < 0) & ~said.having("retiredAt"))
    claims, events = distinct(about[0]), distinct(about[1])
    baselines, observed = baselines_of(said, assumed)
    holder = said.first("controller")[observed]
    to = said.first("toController")
    to = np.where(to >= 0, to, said.first("controller"))[events]
    loser = said.first("fromController")[events]
    of_claims, of_events = mask(said, claims), mask(said, events)
    sources = np.union1d(source[claims], np.flatnonzero(said.having("type", "Source")))
    derived_from = kept(said.pairs["derivedFrom"], mask(said, sources))
    sides = kept(said.pairs["side"], mask(said, sources))
    sources = np.union1d(sources, derived_from[1])
    within = kept(said.pairs["within"], ~said.having("type", "Aggregate"))
    organs = np.flatnonzero(said.first("organOf") >= 0)
    organ_of = (organs, said.first("organOf")[organs])
    at, parties = (kept(said.pairs[name], of_events) for name in ("place", "party"))
    heirs = kept(joined((assumed[1], assumed[0]), said.pairs["presumes"]), of_events)
    claimants = kept(said.pairs["claimant"], of_claims)
    holds = joined((np.arange(len(observed)), observed), said.pairs["place"])
    places = distinct(np.concatenate([*within, at[1], holds[1]]))
    actors = [*organ_of, parties[1], heirs[1], claimants[1], sides[1], holder, to, loser]
    people = distinct(np.concatenate(actors))
    people = people[people >= 0]
    place, actor, origin, claim, event = (
        inverse(said, each) for each in (places, people, sources, claims, events)
    )  # fmt: skip
    _, stated_first, stated_last = said.windows("statedOn")
    states, states_first, states_last = said.windows("statesWhen")
    _, first, last = said.windows("when")
    _, holds_first, holds_last = said.windows("when", "endLatest")
    return Facts(
        study_start=int(starts.min()),
        **{kind: names(said, each) for kind, each in (
            ("places", places), ("actors", people), ("sources", sources), ("claims", claims), ("events", events),
            ("baselines", baselines),
        )},
        within=renumbered(within, place, place), organ_of=renumbered(organ_of, actor, actor),
        published=said.windows("published")[2][sources], knowledge=latest(said, "knowledge")[sources],
        derived_from=renumbered(derived_from, origin, origin), sides=renumbered(sides, origin, actor),
        source=origin[source[claims]], stance=stance[claims],
        stated_first=stated_first[claims], stated_last=stated_last[claims],
        states=states[claims], states_first=states_first[claims], states_last=states_last[claims],
        recorded=said.moments("recordedAt", ALWAYS)[claims], retired=said.moments("retiredAt", NOT_YET)[claims],
        about=renumbered(about, claim, event), claimants=renumbered(claimants, claim, actor),
        supersedes=renumbered(said.pairs["supersedes"], claim, claim),
        report=said.having("type", "ControlObservation")[events],
        to=actor[to], from_=actor[loser],
        contested=(said.having("party") | said.having("contested", "true"))[events],
        first=first[events], last=last[events],
        extent=np.maximum(numbered(said, said.first("extent"), EXTENTS)[events], 0),
        at=renumbered(at, event, place), parties=renumbered(parties, event, actor),
        heirs=renumbered(heirs, event, actor),
        follows=renumbered(before(said, is_event), event, event),
        same=renumbered(said.pairs["sameOccurrence"], event, event),
        holder=actor[holder], holds_first=holds_first[observed], holds_last=holds_last[observed],
        holds=renumbered(holds, np.arange(len(said.texts) + 1), place),
    )  # fmt: skip


def mask(said: Statements, numbers: Array) -> Array:
    """Whether each thing is one of these."""
    found = np.zeros(len(said.texts), bool)
    found[numbers] = True
    return found


def inverse(said: Statements, numbers: Array) -> Array:
    """For each thing its position among these; -1 for what is none of them, and for nobody."""
    found = np.full(len(said.texts) + 1, -1)
    found[numbers] = np.arange(len(numbers))
    return found


def names(said: Statements, numbers: Array) -> Names:
    """The table of the names of these things."""
    return table(said.texts[number] for number in numbers.tolist())


def kept(both: Pairs, first: Array, second: Array | None = None) -> Pairs:
    """The pairs whose first thing, and whose second, fits."""
    fits = first[both[0]] if second is None else first[both[0]] & second[both[1]]
    return both[0][fits], both[1][fits]


def joined(both: Pairs, further: Pairs) -> Pairs:
    """The pairs of the first of one pair and the second of another, where these meet."""
    start = np.searchsorted(further[0], both[1], "left")
    count = np.searchsorted(further[0], both[1], "right") - start
    return np.repeat(both[0], count), further[1][spans(start, count)]


def renumbered(both: Pairs, first: Array, second: Array) -> Pairs:
    """Pairs in other numbers, each once, sorted; those with a thing that has none are left out."""
    node, value = first[both[0]], second[both[1]]
    size = int(value.max(initial=0)) + 1
    keys = distinct((node * size + value)[(node >= 0) & (value >= 0)])
    return keys // size, keys % size


def numbered(said: Statements, values: Array, words: tuple[str, ...]) -> Array:
    """Concepts of the ontology as their numbers among some words; -1 for others."""
    found = np.full(len(said.texts) + 1, -1)
    for number, word in enumerate(words):
        position = bisect_left(said.texts, KG + word)
        if position < len(said.texts) and said.texts[position] == KG + word:
            found[position] = number
    return found[values]


def latest(said: Statements, name: str) -> Array:
    """For everything the last day that is its value of a property."""
    found = np.full(len(said.texts), OPEN)
    np.maximum.at(found, *said.days(name))
    return found


def before(said: Statements, is_event: Array) -> Pairs:
    """The pairs of events of which one follows the other, over whatever steps: an order holds through others too."""
    return kept(closed(said.pairs["follows"], len(said.texts)), is_event, is_event)


def baselines_of(said: Statements, assumed: Pairs) -> Pairs:
    """The assumptions about who holds places, and the report that each makes; one that was taken back is none."""
    claim, event = assumed
    one = np.diff(claim, prepend=-1) > 0
    held = one & (said.first("controller")[event] >= 0)
    return claim[held], event[held]
