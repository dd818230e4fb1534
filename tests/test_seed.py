"""What data/triples.ttl and data/dataset.ttl say: every sentence claimed, control as in the golden world."""

import calendar
import hashlib
import json
import os
import re
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from rdflib import RDF, BNode, Graph, Literal, Namespace, URIRef
from rdflib.term import Node

ROOT = Path(__file__).resolve().parent.parent
KG = Namespace("https://w3id.org/controlgraph/ontology#")
OA = Namespace("http://www.w3.org/ns/oa#")
ID = "https://w3id.org/controlgraph/id/"
SEED = URIRef(ID + "source/seed")
POLICY = URIRef(ID + "source/policy")
SENTENCES = range(21)  # 0 is the heading
STATED_RELATIONS = (KG.follows, KG.cause, KG.partOf, KG.near, KG.passesArea)


@pytest.fixture(scope="module")
def seed() -> Graph:
    return Graph().parse(ROOT / "data" / "triples.ttl")


@pytest.fixture(scope="module")
def dataset() -> Graph:
    return Graph().parse(ROOT / "data" / "dataset.ttl")


@pytest.fixture(scope="module")
def world() -> dict[str, Any]:
    with (ROOT / "tests" / "golden" / "control" / "offensive-2021.jsonl").open(encoding="utf-8") as lines:
        worlds = [json.loads(line) for line in lines]
    return next(world for world in worlds if world["id"] == "seed")


def slug(node: Node | None) -> str | None:
    """The last part of an id/ IRI, as the golden worlds name places and actors."""
    return None if node is None else str(node).rsplit("/", 1)[1]


def kg_name(node: Node | None) -> str | None:
    """The local name of a concept."""
    return None if node is None else str(node).removeprefix(str(KG))


def sentence(graph: Graph, claim: Node) -> int:
    return int(str(graph.value(claim, KG.sentence)))


def character_range(graph: Graph, claim: Node) -> tuple[int, int]:
    selector = graph.value(claim, OA.hasSelector)
    assert selector is not None, f"{claim} has no selector"
    return int(str(graph.value(selector, OA.start))), int(str(graph.value(selector, OA.end)))


def bounds(graph: Graph, when: Node | None) -> tuple[str | None, str | None]:
    """Earliest and latest day of a When; None where open."""
    assert when is not None
    earliest, latest = graph.value(when, KG.earliest), graph.value(when, KG.latest)
    return (None if earliest is None else str(earliest), None if latest is None else str(latest))


def control_claims(graph: Graph) -> list[tuple[Node, Node]]:
    """(claim, change) for each claim that is a word on control: about a change, and not about an attribute of it."""
    return [
        (claim, change)
        for claim, change in graph.subject_objects(KG.about)
        if (change, RDF.type, KG.ControlChange) in graph and (claim, KG.attribute, None) not in graph
    ]


def heirs(dataset: Graph) -> dict[Node, Node]:
    """Event → the actor presumed to follow the one who leaves."""
    return {
        event: heir
        for claim, heir in dataset.subject_objects(KG.presumes)
        for event in dataset.objects(claim, KG.about)
    }


def test_every_sentence_has_a_claim(seed: Graph) -> None:
    claimed = Counter(int(str(number)) for number in seed.objects(None, KG.sentence))
    assert sorted(claimed) == list(SENTENCES)


def test_each_claim_names_its_source_sentence_and_own_selector(seed: Graph) -> None:
    claims = set(seed.subjects(RDF.type, KG.Claim))
    for claim in claims:
        assert seed.value(claim, KG.source) == SEED
        number = sentence(seed, claim)
        assert re.fullmatch(rf"seed-{number:02d}-\d+", slug(claim) or ""), claim
        assert seed.value(claim, OA.hasSelector) == URIRef(f"{claim}/selector")
        assert isinstance(seed.value(claim, KG.gloss, any=False), Literal)
    assert set(seed.subjects(RDF.type, OA.TextPositionSelector)) == {URIRef(f"{claim}/selector") for claim in claims}


def test_ranges_are_one_a_sentence_in_order_and_apart(seed: Graph) -> None:
    ranges: dict[int, set[tuple[int, int]]] = {number: set() for number in SENTENCES}
    for claim in seed.subjects(RDF.type, KG.Claim):
        ranges[sentence(seed, claim)].add(character_range(seed, claim))
    assert all(len(found) == 1 for found in ranges.values()), ranges
    flat = [bound for number in SENTENCES for bound in ranges[number].pop()]
    assert flat == sorted(set(flat)), "ranges overlap, are empty or stand in another order than the sentences"


@pytest.mark.skipif("KG_DOCUMENTS" not in os.environ, reason="KG_DOCUMENTS names no directory with copies of sources")
def test_ranges_are_the_sentences_of_the_document(seed: Graph) -> None:
    digest = str(Graph().parse(ROOT / "data" / "sources.ttl").value(SEED, KG.sha256))
    copies = [path.read_bytes() for path in Path(os.environ["KG_DOCUMENTS"]).iterdir() if path.is_file()]
    [raw] = [each for each in copies if hashlib.sha256(each).hexdigest() == digest]
    text = raw.decode("utf-8")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    assert len(lines) == len(SENTENCES)
    for claim in seed.subjects(RDF.type, KG.Claim):
        start, end = character_range(seed, claim)
        assert text[start:end] == lines[sentence(seed, claim)]


def test_no_blank_nodes(seed: Graph, dataset: Graph) -> None:
    for graph in (seed, dataset):
        assert not [triple for triple in graph if any(isinstance(term, BNode) for term in triple)]


@pytest.mark.parametrize("kind", ["Event", "ControlChange", "Participation", "Toll", "Aggregate"])
def test_nothing_stands_unclaimed(seed: Graph, kind: str) -> None:
    nodes = set(seed.subjects(RDF.type, KG[kind]))
    assert nodes
    assert nodes <= set(seed.objects(None, KG.about))


def test_each_relation_stands_as_triple_and_as_claim(seed: Graph) -> None:
    stated = {(s, p, o) for p in STATED_RELATIONS for s, o in seed.subject_objects(p)}
    claimed = {
        (subject, relation, seed.value(claim, KG.value))
        for claim, relation in seed.subject_objects(KG.attribute)
        if relation in STATED_RELATIONS
        for subject in seed.objects(claim, KG.about)
    }
    assert stated == claimed
    assert {relation for _, relation, _ in stated} == set(STATED_RELATIONS)


def test_dates_say_in_edtf_what_their_bounds_say(seed: Graph) -> None:
    whens = set(seed.subjects(RDF.type, KG.When))
    assert whens
    for when in whens:
        earliest, latest = bounds(seed, when)
        edtf = str(seed.value(when, KG.edtf))
        month = re.fullmatch(r"(\d{4})-(\d{2})~", edtf)
        if month:
            year, number = int(month[1]), int(month[2])
            last = calendar.monthrange(year, number)[1]
            assert (earliest, latest) == (str(date(year, number, 1)), str(date(year, number, last))), when
        else:
            assert edtf == (earliest if earliest == latest else f"[{earliest or ''}..{latest or ''}]"), when


def test_no_stated_order_leaves_a_window_empty(seed: Graph) -> None:
    pairs = list(seed.subject_objects(KG.follows))
    assert pairs
    for later, earlier in pairs:
        first, _ = bounds(seed, seed.value(earlier, KG.when))
        _, last = bounds(seed, seed.value(later, KG.when))
        assert (first or "0000") <= (last or "9999"), (
            f"{later} is stated to follow {earlier}, but its window ends before"
        )


def test_control_changes_are_those_of_the_golden_world(seed: Graph, dataset: Graph, world: dict[str, Any]) -> None:
    presumed = heirs(dataset)
    told = [
        (
            slug(seed.value(change, KG.place, any=False)),
            slug(seed.value(change, KG.toController, any=False)),
            slug(seed.value(change, KG.fromController, any=False)),
            sorted(slug(party) or "" for party in seed.objects(change, KG.party)),
            *bounds(seed, seed.value(change, KG.when, any=False)),
            kg_name(seed.value(change, KG.extent, any=False)),
            slug(presumed.get(change)),
        )
        for change in seed.subjects(RDF.type, KG.ControlChange)
    ]
    expected = [
        (e["place"], e["to"], e["from"], e["parties"], e["earliest"], e["latest"], e["extent"], e["presumedHeir"])
        for e in world["events"]
    ]
    assert sorted(told, key=repr) == sorted(expected, key=repr)


def test_words_on_control_are_those_of_the_golden_world(seed: Graph, world: dict[str, Any]) -> None:
    told = []
    for claim, change in control_claims(seed):
        claimants = sorted(slug(claimant) or "" for claimant in seed.objects(claim, KG.claimant))
        stated_on = seed.value(claim, KG.statedOn)
        assert (claim, KG.statesWhen, None) not in seed
        told.append(
            (
                slug(seed.value(change, KG.place)),
                kg_name(seed.value(claim, KG.stance, any=False)),
                claimants,
                None if stated_on is None else bounds(seed, stated_on)[1],
            )
        )
    places = {event["id"]: event["place"] for event in world["events"]}
    expected = [
        (places[c["about"]], c["stance"], [c["claimant"]] if c["claimant"] else [], c["statedOn"])
        for c in world["claims"]
    ]
    assert sorted(told) == sorted(expected)


def test_baselines_are_those_of_the_golden_world(dataset: Graph, world: dict[str, Any]) -> None:
    told = []
    for claim in dataset.subjects(KG.stance, KG.Assumes):
        assert dataset.value(claim, KG.source) == POLICY
        for observation in dataset.objects(claim, KG.about):
            if (observation, RDF.type, KG.ControlObservation) in dataset:
                when = dataset.value(observation, KG.when)
                told.append(
                    {
                        "places": sorted(slug(place) or "" for place in dataset.objects(observation, KG.place)),
                        "holder": slug(dataset.value(observation, KG.controller)),
                        "from": bounds(dataset, when)[0],
                        "until": str(dataset.value(when, KG.endLatest)),
                    }
                )
    expected = [
        {key: baseline[key] for key in ("places", "holder", "from", "until")} for baseline in world["baselines"]
    ]
    assert sorted(told, key=repr) == sorted(expected, key=repr)
    start = dataset.value(URIRef(ID + "dataset/offensive-2021"), KG.studyStart)
    assert str(start) == world["studyStart"]


def test_heirs_are_presumed_for_the_record_too(dataset: Graph) -> None:
    government = URIRef(ID + "actor/islamic-republic-government")
    assert {(slug(event), heir) for event, heir in heirs(dataset).items()} == {
        (event, government)
        for event in (
            "seed-07-kandahar-airfield",
            "seed-11-bagram",
            "airbase-kandahar-left-by-us-led-forces",
            "airbase-bagram-left-by-us-led-forces",
        )
    }


def test_the_taliban_deny_what_they_are_blamed_for(seed: Graph) -> None:
    taliban = URIRef(ID + "actor/taliban")
    denial = seed.value(predicate=KG.stance, object=KG.Denies, any=False)
    assert denial is not None
    assert list(seed.objects(denial, KG.claimant)) == [taliban]
    participation = seed.value(denial, KG.about, any=False)
    assert (participation, KG.role, KG.Perpetrator) in seed
    assert (participation, KG.actor, taliban) in seed
    bombing = seed.value(predicate=KG.participation, object=participation, any=False)
    assert bounds(seed, seed.value(bombing, KG.when)) == ("2021-05-08", "2021-05-08")
    # Only blame and denial speak of who did it: nobody reports it.
    stances = {kg_name(seed.value(claim, KG.stance)) for claim in seed.subjects(KG.about, participation)}
    assert stances == {"Alleges", "Denies"}


def test_the_share_of_capitals_names_its_whole(seed: Graph) -> None:
    aggregate = URIRef(ID + "aggregate/seed-01-capitals")
    assert (aggregate, KG.comparator, KG.MoreThan) in seed
    assert seed.value(aggregate, KG.denominator) == Literal(34)
    share = seed.value(aggregate, KG.value)
    assert isinstance(share, Literal)
    assert float(share) == 0.25


def test_the_allegation_has_two_voices(seed: Graph) -> None:
    killings = URIRef(ID + "event/seed-16-killings")
    for claim in seed.subjects(KG.about, killings):
        assert (claim, KG.stance, KG.Alleges) in seed
        assert {slug(claimant) for claimant in seed.objects(claim, KG.claimant)} == {"us-government", "uk-government"}
        assert slug(seed.value(claim, KG.accused)) == "taliban"
