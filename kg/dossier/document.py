"""A dossier as a JSON-LD document: what is kept, sent and shown.

Keys that the ontology has a term for are RDF by the context; the others are for readers of JSON, and RDF leaves them
out. Days are ISO 8601 texts.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from urllib.parse import quote, urlencode

from kg.control.answers import Run, View
from kg.control.record import Day
from kg.dossier.making import Dossier, Holder, Told
from kg.files import BASE
from kg.ontology import PREFIXES

Document = dict[str, Any]

_DATE = "http://www.w3.org/2001/XMLSchema#date"


def _days(*names: str) -> dict[str, dict[str, str]]:
    return {name: {"@id": f"kg:{name}", "@type": _DATE} for name in names}


def _things(**terms: str) -> dict[str, dict[str, str]]:
    return {name: {"@id": term, "@type": "@id"} for name, term in terms.items()}


CONTEXT: Document = {
    **{name: PREFIXES[name] for name in ("kg", "dcterms", "prov", "schema", "skos", "xsd")},
    "id": "@id",
    "type": "@type",
    "label": {"@id": "skos:prefLabel", "@language": "en"},
    "question": {"@id": "dcterms:title", "@language": "en"},
    "verdict": {"@id": "dcterms:abstract", "@language": "en"},
    "subject": {"@id": "dcterms:subject"},
    "version": "schema:version",
    "published": {"@id": "dcterms:issued", "@type": "xsd:dateTime"},
    "licences": {"@id": "dcterms:license", "@type": "@id"},
    "answers": "schema:mainEntity",
    "stays": "schema:hasPart",
    "claims": "dcterms:references",
    "assumptions": "dcterms:references",
    "gloss": {"@id": "kg:gloss", "@language": "en"},
    "sentence": {"@id": "kg:sentence", "@type": "xsd:nonNegativeInteger"},
    **_days("firstDay", "lastDay", "possibleFrom", "certainFrom", "certainUntil", "possibleUntil"),
    **_things(
        place="kg:place", state="kg:state", flag="kg:flag", certainController="kg:certainController",
        possibleController="kg:possibleController", excludes="kg:excludes", controller="kg:controller",
        because="prov:wasDerivedFrom", stance="kg:stance", source="kg:source", claimant="kg:claimant",
        about="kg:about",
    ),
}  # fmt: skip
"""What the keys of a document mean in RDF."""

_CONCEPTS = {
    "controlled": "Controlled", "possible": "Possible", "contested": "Contested", "disputed": "Disputed",
    "unknown": "Unknown", "partial": "Partial", "baseline": "Baseline", "presupposed": "Presupposed",
    "carried": "Carried", "self-claimed": "SelfClaimed",
}  # fmt: skip


def document(dossier: Dossier) -> Document:
    """The document of a dossier; its id, relative to the service, is the address that cites it."""
    answer, view = dossier.verdict, dossier.view
    return {
        "@context": CONTEXT,
        "id": address(dossier.place, answer.first, answer.last, view, dossier.version),
        "type": "prov:Entity",
        "question": dossier.question,
        "verdict": dossier.sentence,
        "asked": asked(dossier.place, answer.first, answer.last, view),
        "subject": {"id": dossier.place, "label": dossier.labels.get(dossier.place, dossier.place)},
        "kinds": list(dossier.kinds),
        "first": _iso(answer.first),
        "last": _iso(answer.last),
        "state": _concept(answer.state),
        "flags": sorted(answer.flags),
        "excluded": sorted(answer.excluded),
        "conflicts": [sorted(pair) for pair in answer.conflicts],
        "stays": [_stay(dossier.place, holder) for holder in dossier.holders],
        "answers": [_run(run) for run in dossier.runs],
        "because": sorted(answer.because),
        "claims": [_told(each) for each in dossier.claims],
        "assumptions": [_told(each) for each in dossier.assumptions],
        "rules": [{"section": rule.section, "text": rule.text} for rule in dossier.rules],
        "version": dossier.version,
        "published": dossier.published,
        "licences": list(dossier.licences),
        "software": f"Controlgraph {dossier.software}",
        "labels": dict(sorted(dossier.labels.items())),
    }


def asked(place: str, first: Day, last: Day, view: View) -> dict[str, str]:
    """The parameters of the question, in one order and one spelling, so that equal questions have equal ones."""
    start, end = str(_iso(first)), str(_iso(last))
    found = {"place": _curie(place), "at": start if start == end else f"{start}/{end}"}
    if view.known is not None:
        found["known"] = str(_iso(view.known))
    if view.recorded is not None:
        found["recorded"] = view.recorded.isoformat()
    if view.sources is not None:
        found["sources"] = ",".join(_curie(source) for source in sorted(view.sources))
    if view.policy != "default":
        found["policy"] = view.policy
    if not view.baseline:
        found["baseline"] = "off"
    return found


def address(place: str, first: Day, last: Day, view: View, version: str | None = None) -> str:
    """The path at which a dossier is: that of one version of the data, or the present one."""
    parameters = asked(place, first, last, view) | ({"version": version} if version else {})
    return "/dossier?" + urlencode(parameters, safe="/:,", quote_via=quote)


def _curie(iri: str) -> str:
    for kind in ("place", "source"):
        start = f"{BASE}id/{kind}/"
        if iri.startswith(start):
            return f"{kind}:{iri[len(start) :]}"
    return iri


def _iso(day: Day | None) -> str | None:
    return None if day is None else date.fromordinal(day).isoformat()


def _concept(name: str) -> str:
    return f"kg:{_CONCEPTS[name]}"


def _stay(place: str, holder: Holder) -> Document:
    stay = holder.stay
    return _without_none(
        {
            "type": "kg:ControlInterval",
            "place": place,
            "controller": holder.actor,
            "certainty": stay.certainty,
            "basis": holder.basis,
            "possibleFrom": _iso(stay.possible_from),
            "certainFrom": _iso(stay.certain_from),
            "certainUntil": _iso(stay.certain_until),
            "possibleUntil": _iso(stay.possible_until),
            "interrupted": stay.interrupted,
        }
    )


def _run(run: Run) -> Document:
    return _without_none(
        {
            "type": "kg:ControlRun",
            "place": run.place,
            "firstDay": _iso(run.first),
            "lastDay": _iso(run.last),
            "state": _concept(run.state),
            "flag": [_concept(flag) for flag in sorted(run.flags) if flag != "disputed"],
            "certainController": run.certain,
            "possibleController": sorted(run.possible),
            "excludes": sorted(run.excluded),
            "because": sorted(run.because),
        }
    )


def _told(told: Told) -> Document:
    return _without_none(
        {
            "id": told.claim,
            "type": "kg:Claim",
            "stance": told.stance,
            "claimant": told.claimant,
            "source": told.source,
            "sourcePublished": told.published,
            "sentence": told.sentence,
            "gloss": told.gloss,
            "stated": told.stated,
            "when": told.when,
            "about": list(told.events),
            "fate": told.fate or "no word",
            "became": told.became,
            "section": told.section,
            "rests": told.rests,
            "says": list(told.says),
            "names": list(told.names),
            "presumes": list(told.presumes),
            "against": list(told.excludes),
            "contested": told.contested,
        }
    )


def _without_none(pairs: Document) -> Document:
    return {name: value for name, value in pairs.items() if value is not None}


def compared(former: Document, present: Document) -> Document:
    """What has changed between two dossiers of one question.

    `answer` tells whether the answer is another one, `evidence` whether it rests on something else; `new`, `gone` and
    `changed` are claims about the place that came, went, or are told or weighed otherwise.
    """
    before, after = _claims(former), _claims(present)
    new, gone = sorted(after.keys() - before.keys()), sorted(before.keys() - after.keys())
    changed = sorted(claim for claim in before.keys() & after.keys() if before[claim] != after[claim])
    answer = any(former[part] != present[part] for part in ("state", "flags", "excluded", "stays"))
    return {
        "version": present["version"],
        "published": present["published"],
        "answer": answer,
        "evidence": bool(new or gone or changed) or former["because"] != present["because"],
        "verdict": present["verdict"],
        "new": new,
        "gone": gone,
        "changed": changed,
        "labels": {claim: gloss for claim, gloss in _glosses(former, present) if claim in {*new, *gone, *changed}},
    }


def _claims(of: Document) -> dict[str, list[Document]]:
    found: dict[str, list[Document]] = {}
    for told in (*of["claims"], *of["assumptions"]):
        found.setdefault(told["id"], []).append(told)
    return found


def _glosses(*documents: Document) -> Iterable[tuple[str, str]]:
    return ((told["id"], told["gloss"]) for of in documents for told in (*of["claims"], *of["assumptions"]))
