"""What was found through time as RDF: `kg:Pocket`, `kg:HoldingChange`, `kg:RouteState` and `kg:Chokepoint`
(docs/ontology.md). The same network and the same intervals give the same bytes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from kg.control.names import Array, spans
from kg.control.writing import CHUNK, HEAD, bounds, day, slug
from kg.derive.chokepoints import of_network
from kg.derive.evidence import ENDED, MINE, OTHERS, Evidence
from kg.derive.history.changes import JOINED
from kg.derive.history.pockets import MAYBE, SURE
from kg.derive.history.spells import dated
from kg.derive.history.sweep import change_key, turn_key
from kg.derive.nodes import ACTIVITY, Node, listed, node
from kg.derive.stored import Stored
from kg.derive.writing_roads import inclusive, road_states
from kg.files import BASE
from kg.ontology import PREFIXES

GRAPH = f"{BASE}graph/derived/networks"
"""The graph that they are in."""
ALGORITHM = "1"
"""Another number whenever the algorithms give other answers."""
KINDS, READINGS = ("Parted", "Joined"), {1: "Possibly", 3: "Certainly"}


def written(about: Stored) -> Iterator[bytes]:
    """Everything that was found, as pieces of Turtle that stand alone."""
    pieces, size = [HEAD, activity(about)], 0
    for _, text in nodes_of(about):
        pieces.append(text)
        size += len(text)
        if size > CHUNK:
            yield "".join(pieces).encode()
            pieces, size = [HEAD], 0
    yield "".join(pieces).encode()


def nodes_of(about: Stored) -> Iterator[Node]:
    """All that was found, in order."""
    evidence, found = Evidence(about.network, about.held), about.found
    yield from road_states(evidence, found.strengths)
    yield from pockets(evidence, found.turns, found.whys)
    yield from changes(evidence, found.changes, found.causes)
    yield from chokepoints(evidence)


def activity(about: Stored) -> str:
    """How the graph came about: by which version of the algorithms, from which roads and with which choices."""
    return f"""<{GRAPH}> prov:wasGeneratedBy <{ACTIVITY}> .
<{ACTIVITY}> a prov:Activity ; <{PREFIXES["rdfs"]}label> "Relationships through roads"@en ;
  <{PREFIXES["dcterms"]}description> "States of roads, pockets, changes of holdings and chokepoints, swept over all days on which anything changes."@en ;
  <{PREFIXES["owl"]}versionInfo> "{ALGORITHM}" ; kg:policy "default" ; kg:knownBy "everything that was said" ;
  kg:areaEvidence "all" ; kg:roadHash "{about.network.road_hash()}" .
"""  # noqa: E501 (one sentence)


def pockets(evidence: Evidence, turns: Array, whys: Array) -> Iterator[Node]:
    """The pockets that turns make. `whys` has the reasons for at least these."""
    rows = np.array([(*key, *spell) for key, spell in dated(turns)], np.int64).reshape(-1, 7)
    actor, place, first, sure, _, _, since = rows.T
    if not len(rows):
        return
    keys = turn_key(evidence.network, whys) * 4 + whys[:, 3]
    asked, at = [], []
    for reading, began in ((MAYBE, since), (SURE, sure)):
        wanted = turn_key(evidence.network, np.stack([actor, place, began], axis=1)) * 4 + reading
        some, reason = matching(keys, wanted)
        asked.append(some)
        at.append(reason)
    pocket, why = np.concatenate(asked), np.concatenate(at)
    thing, piece = whys[why, 4], whys[why, 5]
    itself = (piece < 0) & (thing == place[pocket])
    reason, interval = evidence.on(actor[pocket], thing, whys[why, 2], np.where(itself, MINE, OTHERS))
    because = listed(len(rows), pocket[reason], interval)
    on_road = piece >= 0
    ways = listed(len(rows), pocket[on_road], piece[on_road])
    seats = evidence.network.seat.tolist()
    own = listed(len(rows), *evidence.on(actor, place, first, np.full(len(rows), MINE)))
    for number, (who, where, possible, certain, until, last, _) in enumerate(rows.tolist()):
        holder, name = evidence.actor(who), evidence.place(where)
        iri = f"{BASE}id/pocket/{slug(holder, 'actor')}/{slug(name)}/{day(possible)}"
        yield iri, node(iri, [
            f"a kg:Pocket ; kg:place <{name}> ; kg:holder <{holder}> ; kg:seat <{evidence.place(seats[who])}>",
            *bounds(possible, *inclusive(certain, until, last)),
            *(f"kg:because <{evidence.interval(each)}>" for each in because[number]),
            *(f"prov:wasDerivedFrom <{evidence.interval(each)}>" for each in own[number]),
            *(f"prov:wasDerivedFrom <{evidence.piece(each)}>" for each in ways[number]),
        ])  # fmt: skip


def changes(evidence: Evidence, told: Array, causes: Array) -> Iterator[Node]:
    """The changes of holdings. `causes` has the reasons for at least these."""
    change, why = matching(change_key(evidence.network, causes), change_key(evidence.network, told))
    thing, piece = causes[why, 5], causes[why, 6]
    joined = told[change, 3] == JOINED
    ended = joined & evidence.passed[thing] & ~evidence.network.on_network[thing]
    wanted = np.where(ended, ENDED, np.where(joined | (piece < 0), MINE, OTHERS))
    reason, interval = evidence.on(told[change, 0], thing, told[change, 1], wanted)
    because = listed(len(told), change[reason], interval)
    ways = listed(len(told), change[piece >= 0], piece[piece >= 0])
    for number, (who, on, reading, kind, where, several, places) in enumerate(told.tolist()):
        holder, name = evidence.actor(who), evidence.place(where)
        iri = (
            f"{BASE}id/holding-change/{slug(holder, 'actor')}/{READINGS[reading].lower()}/{day(on)}/"
            f"{KINDS[kind].lower()}/{slug(name)}"
        )
        before, after = (several, 1) if kind == JOINED else (1, several)
        yield iri, node(iri, [
            f"a kg:HoldingChange ; kg:holder <{holder}> ; kg:changeKind kg:{KINDS[kind]}",
            f'kg:reading kg:{READINGS[reading]} ; kg:onDate "{day(on)}"^^xsd:date ; kg:place <{name}>',
            f"kg:piecesBefore {before} ; kg:piecesAfter {after} ; kg:placesAfter {places}",
            *(f"kg:because <{evidence.interval(each)}>" for each in because[number]),
            *(f"prov:wasDerivedFrom <{evidence.piece(each)}>" for each in ways[number]),
        ])  # fmt: skip


def chokepoints(evidence: Evidence) -> Iterator[Node]:
    """What the whole network hangs on."""
    for point in of_network(evidence.network):
        kind = "segment" if point.is_piece else "place"
        iri = f"{BASE}id/chokepoint/{slug(point.name, kind)}"
        yield iri, node(iri, [f"a kg:Chokepoint ; kg:{kind} <{point.name}>"])


def matching(keys: Array, wanted: Array) -> tuple[Array, Array]:
    """Where keys, given in order, are wanted: positions in `wanted` and in `keys`."""
    start, end = np.searchsorted(keys, wanted, "left"), np.searchsorted(keys, wanted, "right")
    return np.repeat(np.arange(len(wanted)), end - start), spans(start, end - start)
