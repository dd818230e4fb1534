"""What the words of a file stand for among the things that the store knows: by the mapping, never by a guess."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kg import naming
from kg.errors import AmbiguousName, BadMapping, UnknownName
from kg.gazetteer import Entry, Kind
from kg.ingest.spells import Holder
from kg.ingest.task import Task
from kg.ingest.turtle import curie, quoted, slug

CONTESTED = "contested"


def thing(task: Task, kind: Kind, text: object, where: str) -> Entry:
    """The thing that a name in the mapping stands for. Raises BadMapping with the nearest names."""
    if not isinstance(text, str):
        raise BadMapping(where, f"{text!r} is no name of a thing; accepted are an IRI, a CURIE or a slug, as text")
    try:
        return naming.named(task.gazetteer, kind, text)
    except (UnknownName, AmbiguousName) as error:
        raise BadMapping(where, str(error)) from None


def holders(task: Task, statuses: Sequence[str], labels: Mapping[str, str]) -> tuple[list[Holder], str]:
    """What each status stands for: what the mapping's table `holders` says, else an actor of its own, which is
    described in the text that comes with it. Raises BadMapping."""
    given = task.mapping.get("holders", {})
    found, described = [], ""
    for status in statuses:
        text = given.get(status, CONTESTED if status.casefold() == CONTESTED else None)
        if text == CONTESTED:
            found.append(Holder(slug(status), CONTESTED, None))
        elif text is not None:
            entry = thing(task, "actor", text, f"holders, {status}")
            found.append(Holder(slug(status), entry.label(), f"<{entry.iri}>"))
        else:
            name = curie("actor", f"{task.dataset}-{slug(status)}")
            label = quoted(labels[status], "en")
            described += f"{name} a kg:Actor ; kg:actorType kg:State ; skos:prefLabel {label} .\n"
            found.append(Holder(slug(status), labels[status], name))
    if strange := sorted(set(given) - set(statuses)):
        raise BadMapping("holders", f"{', '.join(strange)}: no status of these files, which have {', '.join(statuses)}")
    return found, described
