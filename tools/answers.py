"""Write the answers of the example questions to `tests/golden/queries/`, to be read and checked by a person.

Run as `python -m tools.answers STORE` after a change of the data or of a question; `git diff` then shows what changed.
"""

from __future__ import annotations

import sys
from pathlib import Path

from kg import queries
from kg.ontology import PREFIXES
from kg.store import open_store

GOLDEN = Path(__file__).parent.parent / "tests" / "golden" / "queries"


def shortened(text: str) -> str:
    """A result with IRIs as the prefixes write them, so that a person can read it."""
    for prefix, namespace in sorted(PREFIXES.items(), key=lambda item: -len(item[1])):
        text = text.replace(namespace, f"{prefix}:")
    return text


def main() -> None:
    """Write one CSV file a question."""
    store = open_store(sys.argv[1] if len(sys.argv) > 1 else "store")
    GOLDEN.mkdir(parents=True, exist_ok=True)
    for example in queries.examples():
        answer = shortened(store.query(example.text, results="csv").text()).replace("\r\n", "\n")
        (GOLDEN / f"{example.slug}.csv").write_text(answer, "utf-8")
        print(f"{answer.count(chr(10)) - 1:5} rows  {example.question}")
    store.close()


if __name__ == "__main__":
    main()
