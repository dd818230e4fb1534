"""What conditions tell in several pieces: each thing wrong in data, each field that is, each name that may be meant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True)
class Violation:
    """One thing wrong in the data.

    `rule` names the shape (`Claim-stance`) or the check (`cycle-within`) that found it; `node` is the IRI at fault;
    `file` and `line` (1-based) say where that node is described, where a file is known.
    """

    rule: str
    node: str
    message: str
    graph: str | None = None
    file: str | None = None
    line: int | None = None

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}: " if self.file and self.line else f"{self.file}: " if self.file else ""
        return f"{place}{self.node}: {self.message} [{self.rule}]"


@dataclass(frozen=True)
class FieldFault:
    """One thing wrong with what somebody filled in: the field, by its name in JSON (`to`, `source/published`; "" is the
    whole), what is wrong and what is accepted, and, where a shape or a check found it, its name."""

    field: str
    message: str
    rule: str | None = None

    def __str__(self) -> str:
        return f"{self.field}: {self.message}" if self.field else self.message


class Candidate(NamedTuple):
    """Something that may have been meant by a name: its IRI, its slug, its label, its types in words."""

    iri: str
    slug: str
    label: str
    type: str

    def __str__(self) -> str:
        return f"{self.slug} ({self.label}, {self.type})" if self.type else f"{self.slug} ({self.label})"
