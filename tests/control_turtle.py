"""A golden world as Turtle in terms of the ontology, with all that the shapes demand of a node."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from kg.files import BASE
from kg.ontology import PREFIXES
from tests.control_worlds import World

Statements = dict[str, list[str]]

POLICY = f"<{BASE}id/source/policy-of-the-test>"
RECORDED = '"2026-01-01T00:00:00Z"^^xsd:dateTime'
"""When assumptions and relations are recorded; it decides nothing."""


def turtle(world: World, graph: str) -> str:
    """The world as one Turtle document, for the graph of this IRI."""
    head = [f"PREFIX {name}: <{PREFIXES[name]}>" for name in ("kg", "edtf", "skos", "dcterms", "void", "xsd")]
    nodes: Statements = {}
    for subject, statement in statements(world, graph):
        told = nodes.setdefault(subject, [])
        if statement not in told:
            told.append(statement)
    return "\n".join([*head, *(f"{subject} {' ; '.join(told)} ." for subject, told in nodes.items())]) + "\n"


def iri(kind: str, name: str) -> str:
    """The IRI of something of this kind."""
    return f"{BASE}id/{kind}/{quote(name, safe='')}"


def node(kind: str, name: str) -> str:
    """The same, as Turtle writes it."""
    return f"<{iri(kind, name)}>"


def statements(world: World, graph: str) -> Iterator[tuple[str, str]]:
    """Subject → one predicate and its objects, of the whole world."""
    yield (
        node("dataset", "world"),
        'a void:Dataset ; dcterms:title "A world"@en ; dcterms:license <https://example.org/licence> ; '
        f'kg:studyStart "{world["studyStart"]}"^^xsd:date ; kg:timeZone "Asia/Kabul" ; void:subset <{graph}>',
    )
    yield POLICY, 'a kg:Source ; kg:sourceKind kg:Policy ; skos:prefLabel "Policy"@en'
    yield from places(world)
    yield from actors(world)
    for source in world["sources"]:
        yield from source_statements(source)
    for event in world["events"]:
        yield from event_statements(event)
    for claim in world["claims"]:
        yield from claim_statements(claim)
    for baseline in world["baselines"]:
        yield from baseline_statements(baseline)


def places(world: World) -> Iterator[tuple[str, str]]:
    """Every place that is named, and what it lies in."""
    named = {event["place"] for event in world["events"]} | set(world["within"]) | set(world["within"].values())
    for place in sorted(named.union(*(baseline["places"] for baseline in world["baselines"]))):
        yield node("place", place), f'a kg:Place ; kg:placeType kg:District ; skos:prefLabel "{place}"@en'
    for inner, outer in world["within"].items():
        yield node("place", inner), f"kg:within {node('place', outer)}"


def actors(world: World) -> Iterator[tuple[str, str]]:
    """Every actor that is named, and whose organ it is."""
    named = set(world["sideOf"]) | set(world["sideOf"].values()) | {one["holder"] for one in world["baselines"]}
    for event in world["events"]:
        named |= {event["to"], event["from"], event["presumedHeir"], *event["parties"]}
    named |= {claim["claimant"] for claim in world["claims"]}
    named = named.union(*(source["sides"] for source in world["sources"]))
    for actor in sorted(named - {None}):
        yield node("actor", actor), f'a kg:Actor ; kg:actorType kg:ArmedMovement ; skos:prefLabel "{actor}"@en'
    for organ, whose in world["sideOf"].items():
        yield node("actor", organ), f"kg:organOf {node('actor', whose)}"


def source_statements(source: World) -> Iterator[tuple[str, str]]:
    """One source."""
    here = node("source", source["id"])
    yield here, f'a kg:Source ; kg:sourceKind kg:Dataset ; skos:prefLabel "{source["id"]}"@en'
    if source["published"]:
        yield from dated(here, "published", source["published"], source["published"])
    if source["knowledge"]:
        yield here, f'kg:knowledge "{source["knowledge"]}"^^xsd:date'
    for origin in source["derivedFrom"]:
        yield here, f"kg:derivedFrom {node('source', origin)}"
    for side in source["sides"]:
        yield here, f"kg:side {node('actor', side)}"


def event_statements(event: World) -> Iterator[tuple[str, str]]:
    """One event, the claims that the shapes demand for its relations, and the assumption of an heir."""
    here = node("event", event["id"])
    report = event["kind"] == "report"
    yield here, f"a kg:{'ControlObservation' if report else 'ControlChange'} ; kg:extent kg:{event['extent']}"
    yield here, f"kg:place {node('place', event['place'])} ; kg:eventType kg:{event_type(event)}"
    if event["to"]:
        yield here, f"kg:{'controller' if report else 'toController'} {node('actor', event['to'])}"
    if event["from"]:
        yield here, f"kg:fromController {node('actor', event['from'])}"
    for party in event["parties"]:
        yield here, f"kg:party {node('actor', party)}"
    yield from dated(here, "when", event["earliest"], event["latest"])
    for relation in ("follows", "sameOccurrence"):
        for other in event[relation]:
            yield here, f"kg:{relation} {node('event', other)}"
            yield from assumed(
                f"{relation}-{event['id']}-{other}",
                event["id"],
                f"kg:attribute kg:{relation} ; kg:value {node('event', other)}",
            )
    if event["presumedHeir"]:
        yield from assumed(f"heir-{event['id']}", event["id"], f"kg:presumes {node('actor', event['presumedHeir'])}")


def event_type(event: World) -> str:
    """The concept for what happened."""
    if event["kind"] == "report":
        return "StateReport"
    return "Capture" if event["to"] else "BecameContested" if event["parties"] else "Withdrawal"


def assumed(name: str, about: str, more: str) -> Iterator[tuple[str, str]]:
    """A claim of the policy."""
    yield (
        node("claim", name),
        f"a kg:Claim ; kg:about {node('event', about)} ; kg:stance kg:Assumes ; kg:source {POLICY} ; "
        f'kg:gloss "Assumed."@en ; kg:recordedAt {RECORDED}',
    )
    if more:
        yield node("claim", name), more


def claim_statements(claim: World) -> Iterator[tuple[str, str]]:
    """One claim."""
    here = node("claim", claim["id"])
    yield here, f"a kg:Claim ; kg:about {node('event', claim['about'])} ; kg:stance kg:{claim['stance']}"
    yield here, f'kg:source {node("source", claim["source"])} ; kg:gloss "Said."@en'
    yield here, f'kg:recordedAt "{claim["recordedAt"]}"^^xsd:dateTime'
    if claim["retiredAt"]:
        yield here, f'kg:retiredAt "{claim["retiredAt"]}"^^xsd:dateTime'
    if claim["claimant"]:
        yield here, f"kg:claimant {node('actor', claim['claimant'])}"
    if claim["statedOn"]:
        yield from dated(here, "statedOn", claim["statedOn"], claim["statedOn"])
    if claim["statesWhen"]:
        yield from dated(here, "statesWhen", *claim["statesWhen"])
    for earlier in claim["supersedes"]:
        yield here, f"kg:supersedes {node('claim', earlier)}"


def baseline_statements(baseline: World) -> Iterator[tuple[str, str]]:
    """One baseline: a state report that the policy assumes."""
    name, first, last = baseline["id"], baseline["from"], baseline["until"]
    event, when = node("event", f"assumed-{name}"), node("when", f"assumed-{name}")
    yield event, f"a kg:ControlObservation ; kg:eventType kg:StateReport ; kg:extent kg:Whole ; kg:when {when}"
    yield event, f"kg:controller {node('actor', baseline['holder'])}"
    for place in baseline["places"]:
        yield event, f"kg:place {node('place', place)}"
    bounds = {"earliest": first, "latest": first, "endEarliest": last, "endLatest": last}
    days = " ; ".join(f'kg:{bound} "{day}"^^xsd:date' for bound, day in bounds.items())
    yield when, f'a kg:When ; kg:edtf "{first}/{last}"^^edtf:EDTF ; kg:precision kg:Day ; {days}'
    yield from assumed(name, f"assumed-{name}", "")


def dated(subject: str, relation: str, first: str | None, last: str | None) -> Iterator[tuple[str, str]]:
    """A date of something, and the node that describes it."""
    if first is None and last is None:
        when = node("when", "undated")
        yield when, 'a kg:When ; kg:dateText "some day" ; kg:precision kg:BoundOnly'
    elif first == last:
        when = node("when", str(first))
        yield when, f'a kg:When ; kg:edtf "{first}"^^edtf:EDTF ; kg:precision kg:Day'
    else:
        when = node("when", f"{first or ''}--{last or ''}")
        yield when, f'a kg:When ; kg:edtf "[{first or ""}..{last or ""}]"^^edtf:EDTF ; kg:precision kg:BoundOnly'
    if first:
        yield when, f'kg:earliest "{first}"^^xsd:date'
    if last:
        yield when, f'kg:latest "{last}"^^xsd:date'
    yield subject, f"kg:{relation} {when}"
