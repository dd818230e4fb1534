"""In what engines differ, as far as it matters here: one line each, with the test that needs it.

The tests are in `tests/test_remote.py`, which runs on the engines that the machine has, and beside it in
`tests/test_remote_faults.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

_OGC = "http://www.opengis.net/ont/geosparql#"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_AS = "urn:controlgraph:datatype:"


@dataclass(frozen=True)
class Dialect:
    """What is particular to an engine.

    `update` is how many statements one update may name: a larger write is staged. `batch` is how many statements are
    staged with one request. `datatypes` are those of which it changes or refuses the literals, with the names under
    which it is given them; `spelled` is what it writes in tables in place of what was written. `cut` is the header by
    which it says that it cut an answer, `refuses` is how it begins to say with status 500 that a query is beyond
    it. Where it is `settled`, no reader sees an update before it is complete
    (test_a_version_that_is_seen_in_the_middle_of_an_update_is_looked_at_again). Where it is `strict`, a dataset without
    named graphs has none, and a graph that is not of the dataset has nothing. `own` is how the names begin, in lower
    case, that mean something else to it than to SPARQL (both `tests/test_remote_dataset.py`). `one_writer` is
    whether one copy of the service should take all writes, because the engine is not known to carry out only one of two
    updates that exclude each other (test_two_updates_that_exclude_each_other_are_one).
    """

    update: int = 5_000
    batch: int = 5_000
    datatypes: Mapping[str, str] = field(default_factory=dict)
    spelled: tuple[tuple[str, str], ...] = ()
    cut: str = ""
    refuses: tuple[str, ...] = ()
    settled: bool = False
    strict: bool = False
    own: tuple[str, ...] = ()
    one_writer: bool = False

    def given(self, statement: str) -> str:
        """A statement in N-Triples as the engine is given it."""
        for ours, theirs in self.datatypes.items():
            statement = statement.replace(f'"^^<{ours}>', f'"^^<{theirs}>')
        return statement

    def taken(self) -> list[tuple[str, str]]:
        """What has to be replaced in its answers, and by what, for terms to be as they were written."""
        tables = [(f'"{theirs}"', f'"{ours}"') for ours, theirs in self.datatypes.items()]
        graphs = [(f'"^^<{theirs}>', f'"^^<{ours}>') for ours, theirs in self.datatypes.items()]
        return [*tables, *graphs, *self.spelled]


DIALECTS = {
    "generic": Dialect(one_writer=True),
    "oxigraph": Dialect(update=20_000, batch=20_000, settled=True, strict=True),
    "virtuoso": Dialect(
        one_writer=True,  # of 100 times that four such updates came at once, two or more were carried out in 2
        update=600,  # of 3,000 it refuses one: test_a_load_that_dies_is_undone_or_completed_by_the_next_writer
        batch=1_000,  # of 10,000
        datatypes={  # test_terms_come_back_as_they_were_written
            f"{_XSD}duration": f"{_AS}duration",
            f"{_OGC}wktLiteral": f"{_AS}wktLiteral",
        },
        spelled=(  # test_terms_come_back_as_they_were_written
            (f'"{_XSD}boolean", "value": "1"', f'"{_XSD}boolean", "value": "true"'),
            (f'"{_XSD}boolean", "value": "0"', f'"{_XSD}boolean", "value": "false"'),
        ),
        cut="x-sparql-maxrows",  # test_an_answer_that_was_cut_is_none
        refuses=("Virtuoso 22", "Virtuoso 37", "Virtuoso 42"),  # test_what_is_beyond_the_engine_is_the_querys_fault
        own=("bif:", "sql:"),
    ),
}
"""The dialects by the names that `KG_STORE_DIALECT` takes."""
