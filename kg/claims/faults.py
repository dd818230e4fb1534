"""What shapes and checks find wrong with a claim, in the words of the fields that were filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping

from kg.errors import FieldFault, Violation

_RULES = {
    "content": "to",
    "exclusive": "parties",
    "toController": "to",
    "controller": "to",
    "fromController": "from",
    "from": "from",
    "party": "parties",
    "prefLabel": "title",
    "sourceKind": "kind",
    "page": "retrieved",
    "attribute-value": "",
    "policy": "stance",
    "assumption": "stance",
    "about": "event",
    "stated-after-published": "statedOn",
    "supersedes-across-voices": "claimant",
    "retired-before-recorded": "",
    "knowledge-after-published": "knowledge",
    "published-after-read": "published",
    "cycle-derived-from": "derivedFrom",
}
"""The last part of a shape's name, or a check's → the field, where that is not the shape's property itself."""

_FIELDS = {
    "toController": "to",
    "controller": "to",
    "fromController": "from",
    "party": "parties",
    "statesWhen": "when",
    "prefLabel": "title",
    "sourceKind": "kind",
}
"""The terms of a message that have another name as a field."""


def told(violations: list[Violation], fields: Mapping[str, str]) -> list[FieldFault]:
    """The violations as faults of fields. `fields` says from which field a node comes ("": the claim as a whole).

    One of a node that nobody filled in keeps its words, and its node.
    """
    found = []
    for violation in violations:
        if violation.node in fields:
            found.append(FieldFault(_field(violation, fields[violation.node]), _words(violation), violation.rule))
        else:
            found.append(FieldFault("", f"{violation.node}: {violation.message}", violation.rule))
    return sorted(set(found), key=str)


def _field(violation: Violation, begin: str) -> str:
    kind, _, rule = violation.rule.partition("-")
    if kind == "When" or violation.rule.startswith(("date-", "edtf-")):
        return begin
    name = _RULES.get(violation.rule, _RULES.get(rule, rule if kind[:1].isupper() else ""))
    return "/".join(part for part in (begin, name) if part)


def _words(violation: Violation) -> str:
    """The message, in which a term has the name of its field, and a concept that of its choice."""
    plain = re.sub(r"skos:(prefLabel)", r"kg:\1", violation.message)
    return re.sub(r"\bkg:(\w+)", lambda match: _FIELDS.get(match[1], match[1]), plain)
