"""RDF in any syntax: what is in the terms of the ontology already. A row is a statement."""

from __future__ import annotations

from itertools import islice

from kg.ingest.report import Tally
from kg.ingest.task import Task
from kg.ingest.turtle import HEAD
from kg.store.syntaxes import statements

BATCH = 100_000
"""Statements in a part."""


def read(task: Task) -> None:
    """Read the files, each into the same graph, whatever graphs they name. Raises BadFile."""
    number = 0
    for at, path in enumerate(task.paths):
        found, row = statements(path, f"{task.graph}/"), 0
        while some := list(islice(found, BATCH)):
            tally = task.work.tally(number)
            if tally is None:
                tally = Tally(len(some), sum(not wrong for _, wrong in some))
                for each, (line, wrong) in enumerate(some, row + 1):
                    if wrong:
                        tally.reject(path.name, each, f"{wrong}: statement {each}", line.strip())
                tally.made["statements"] += tally.taken
                task.work.keep(number, tally, text="".join(line for line, wrong in some if not wrong))
            task.tally.add(tally)
            task.progress("reading", (at + 0.5) / len(task.paths))
            number, row = number + 1, row + len(some)
    task.work.part(number).write_text(HEAD + task.belongs(), "utf-8")
