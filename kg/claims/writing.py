"""A claim is added, corrected or taken back: one version each, in a graph of its own, and nothing is ever deleted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from rdflib import RDF, Graph, URIRef

from kg import publish
from kg.claims import faults, given, reading
from kg.claims.dating import Unread
from kg.claims.drafting import Draft, draft, moment
from kg.claims.given import Given, json_name
from kg.claims.naming import Said, known, said_of
from kg.control.answers import Verdict
from kg.control.index import verdict
from kg.control.opening import open_control
from kg.errors import BadClaim, ClaimConflict, FieldFault, NoStudyStart, Refused
from kg.files import BASE
from kg.ontology import KG, PREFIXES
from kg.publish import Written
from kg.store.embedded import Store

Write = Callable[..., Written | None]
"""What writes steps as one version (`kg.publish.write`): called with the steps, and with `who`; of a dry run, what does
all but publish them (`kg.publish.rehearse`)."""
GRAPH = f"{BASE}graph/added"
"""What is added goes into this graph. No file is loaded into it, so no load undoes it."""


@dataclass(frozen=True)
class Outcome:
    """What became of a claim.

    `new` is false where the record had it already (or, taken back, no longer): then nothing was written. `version` is
    the one that is published now. `statements` are what was written, `unread` the dates that were kept as texts.
    `before` and `after` answer who held the place on the last day that the claim gives; None where it gives no day, and
    both the same where nothing was written.
    """

    claim: str
    version: str
    new: bool
    statements: Graph
    unread: tuple[Unread, ...] = ()
    before: Verdict | None = None
    after: Verdict | None = None

    @property
    def turtle(self) -> str:
        """The statements as Turtle."""
        return self.statements.serialize(format="turtle").strip() + "\n"


def add(store: Store, filled: Given, *, who: str, dry: bool = False, write: Write | None = None) -> Outcome:
    """Add a claim; `dry`: find everything that would be wrong with it, and write nothing. `write` takes the place of
    `kg.publish.write`, and of a dry run that of `kg.publish.rehearse`.

    Raises BadClaim with the fields at fault, ClaimConflict, StoreLocked, StoreUnreadable, NothingPublished.
    """
    return _written(store, draft(store, filled, datetime.now(UTC)), who, dry, write)


def correct(
    store: Store, claim: str, changes: Mapping[str, Any], *, who: str, dry: bool = False, write: Write | None = None
) -> Outcome:
    """Put another claim of the same voice in place of one: what it says but for `changes`, fields of `Given`.

    None, or nothing, empties a field. The claim stays in the record, and counts for whoever asks what it held before.
    Raises what `add` does, and ClaimConflict for a claim that was taken back or corrected otherwise.
    """
    old = known(store, "claim", claim, "claim")
    named, spelled = reading.filled(store, old)
    of_the_voice = [json_name(name) for name in ("source", "claimant") if name in changes]
    if of_the_voice:
        message = "a correction is by the same voice; take the claim back, and add the one of the other"
        raise BadClaim([FieldFault(name, message) for name in of_the_voice])
    told = {name: _settled(store, name, value) or getattr(Given(), name) for name, value in changes.items()}
    other = {name: value for name, value in told.items() if value != getattr(spelled, name)}
    if not other:
        raise BadClaim([FieldFault("", "nothing is changed: give the fields that are to be other")])
    changed = replace(spelled if any(name in other for name in given.CONTENT) else named, **other)
    made = draft(store, changed, datetime.now(UTC), supersedes=old)
    # tolls and roles that the claim speaks of besides are not in question
    for beside in set(said_of(store, old)[str(KG.about)]) - {str(named.event)}:
        made.say(made.claim, KG.about, URIRef(beside))
    if not said_of(store, str(made.claim)):
        reading.still_good(store, old)
    return _written(store, made, who, dry, write)


def _settled(store: Store, name: str, value: Any) -> Any:
    """The value of a field as `reading.filled` has it."""
    if not value:
        return value
    if name in ("place", "to", "from_"):
        return str(known(store, "place" if name == "place" else "actor", value, json_name(name)))
    if name == "parties":
        return tuple(sorted(known(store, "actor", party, name) for party in value))
    accepted = {"kind": given.KINDS, "extent": given.EXTENTS, "stance": given.STANCES, "manner": given.MANNERS}
    return next((each for each in accepted.get(name, ()) if each.casefold() == str(value).casefold()), value)


def retract(store: Store, claim: str, *, who: str, dry: bool = False, write: Write | None = None) -> Outcome:
    """Take a claim back: it counts no longer, and stays in the record for whoever asks what it held before.

    A claim that it corrected counts again. Raises BadClaim where there is no such claim, and what `add` does.
    """
    old = known(store, "claim", claim, "claim")
    said = said_of(store, old)
    if str(KG.Claim) not in said[str(RDF.type)]:
        raise BadClaim([FieldFault("claim", f"<{old}> is no claim")])
    made = Draft(store, datetime.now(UTC), claim=old, fields={str(old): ""})
    if str(KG.retiredAt) not in said:
        told = map(datetime.fromisoformat, said[str(KG.recordedAt)])
        recorded = max(each if each.tzinfo else each.replace(tzinfo=UTC) for each in told)
        # not before it was recorded, whatever the clocks of two writers say
        made.say(old, KG.retiredAt, moment(max(made.now, recorded + timedelta(microseconds=1))))
    return _written(store, made, who, dry, write)


def _written(store: Store, made: Draft, who: str, dry: bool, write: Write | None) -> Outcome:
    """Write what is not there yet; what came of it."""
    claim = str(made.claim)

    def said(iri: str) -> Said:
        found = said_of(store, iri)
        for term, value in made.graph.predicate_objects(URIRef(iri)):
            found.setdefault(str(term), []).append(str(value))
        return found

    places, day = reading.scope(said, claim)

    def asked() -> Verdict | None:
        if len(places) == 1 and day is not None:
            with suppress(NoStudyStart):  # a record that answers nothing may be added to all the same
                return verdict(open_control(store).index, places[0], day.toordinal(), day.toordinal())
        return None

    for prefix, namespace in PREFIXES.items():
        made.graph.bind(prefix, namespace, override=True, replace=True)
    if not made.graph or _is_there(store, made):
        now = asked()
        return Outcome(claim, store.version(), False, _stored(store, made), tuple(made.unread), now, now)
    _fits(store, made)
    before = asked()
    steps = [{"update": f"INSERT DATA {{ GRAPH <{GRAPH}> {{\n{made.graph.serialize(format='nt')}}} }}"}]
    try:
        written = write(steps, who=who) if write else _write(store, steps, who, dry)
        if written is None:
            return Outcome(claim, store.version(), True, made.graph, tuple(made.unread), before)
    except Refused as error:
        raise BadClaim(faults.told(error.violations, made.fields)) from None
    store.published.look()
    return Outcome(claim, written.version, True, made.graph, tuple(made.unread), before, asked())


def _write(store: Store, steps: list[dict[str, str]], who: str, dry: bool) -> Written | None:
    if not dry:
        return publish.write(store, steps, who=who)
    publish.rehearse(store, steps)
    return None


def _stored(store: Store, made: Draft) -> Graph:
    """What the record says of the claim, and of what it would have been written with."""
    graph = Graph(bind_namespaces="none")
    for prefix, namespace in PREFIXES.items():
        graph.bind(prefix, namespace)
    for node in {URIRef(str(made.claim)), *made.graph.subjects()}:
        for row in store.select("statements", entity=node):
            graph.add((node, URIRef(str(row["property"])), row["value"]))
    return graph


def _is_there(store: Store, made: Draft) -> bool:
    """Whether the record has the claim, told alike. Raises ClaimConflict where it is told otherwise, or taken back."""
    claim = URIRef(str(made.claim))
    there = said_of(store, claim)
    if str(KG.source) not in map(str, made.graph.predicates(claim)) or not there:
        return False
    if retired := there.get(str(KG.retiredAt)):
        message = f"<{claim}> says the same, and was taken back at {retired[0]}; what was taken back stays so"
        raise ClaimConflict(claim, message)
    if [str(made.graph.value(claim, KG.gloss))] != there[str(KG.gloss)]:
        message = f"<{claim}> says the same, with the gloss {there[str(KG.gloss)][0]!r}; correct it to change that"
        raise ClaimConflict(claim, message)
    return True


def _fits(store: Store, made: Draft) -> None:
    """Refuse a new source that is in the record already, by its name or its address, and told otherwise."""
    source = made.source
    if source is None or (source, RDF.type, KG.Source) not in made.graph:
        return
    said = {(str(term), str(value)) for term, value in made.graph.predicate_objects(source)}
    there = {(term, value) for term, values in said_of(store, source).items() for value in values}
    if there and said != there:
        other = sorted(f"{term.rpartition('/')[2].rpartition('#')[2]}: {value}" for term, value in there - said)
        raise ClaimConflict(source, f"<{source}> is this source, and described otherwise ({'; '.join(other)})")
    for address in made.graph.objects(source, KG.address):
        for row in store.select("mentions", entity=address):
            if row["property"] == KG.address and row["subject"] != source:
                message = f"<{row['subject']}> has this address; name it as the source"
                raise ClaimConflict(str(row["subject"]), message)
