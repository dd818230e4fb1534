"""Draw what growing costs: `python -m bench.grown` reads `bench/scale.jsonl`, writes three SVGs beside it and prints a table.

Of each size and step the newest line counts that was measured to its end.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from bench.plot import Line, plotted
from bench.scale import RESULTS

HERE = Path(__file__).parent
COSTS = {"read": "reading into the database", "index": "reading it out, columns", "derive": "conclusions as text",
         "conclude": "all of that, loaded"}  # fmt: skip
QUESTIONS = {
    "all places on a day, in memory": ("ask", "map"), "one place, in memory": ("ask", "place"),
    "all places as JSON over HTTP": ("serve", "all places"),
}  # fmt: skip


def measured(path: Path = RESULTS) -> dict[tuple[int, str], dict[str, Any]]:
    """The lines by size and step, the newest of each."""
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return {(line["changes"], line["step"]): line for line in lines if "ended" not in line}


def main() -> None:
    """Draw, and print."""
    found = measured()
    sizes = sorted({changes for changes, _ in found})

    def line(step: str, field: str, by: float = 1.0) -> Line:
        return [
            (changes, found[changes, step][field] * by) for changes in sizes if field in found.get((changes, step), {})
        ]

    drawings: dict[str, tuple[dict[str, Line], str]] = {
        "processor": ({name: line(step, "processor") for step, name in COSTS.items()}, "seconds of a processor"),
        "memory": ({name: line(step, "memory", 1e-9) for step, name in COSTS.items()}, "GB at most"),
        "questions": (
            {name: line(step, field, 1000) for name, (step, field) in QUESTIONS.items()}, "ms, the fastest of several"
        ),
    }  # fmt: skip
    for name, (lines, upwards) in drawings.items():
        drawn = {each: points for each, points in lines.items() if points}
        (HERE / f"scale-{name}.svg").write_text(plotted(drawn, "changes of control", upwards), encoding="utf-8")
    for (changes, step), each in sorted(found.items()):
        known = {"changes", "step", "at", "load", "memory", "seconds", "processor"}
        more = ", ".join(f"{name} {value:,}" if isinstance(value, int) else f"{name} {value}"
                         for name, value in each.items() if name not in known)  # fmt: skip
        print(f"| {changes:,} | {step} | {each['seconds']:,.0f} s | {each['processor']:,.0f} s | "
              f"{each['memory'] / 1e9:.2f} GB | {each['load']:.0f} | {more} |")  # fmt: skip


if __name__ == "__main__":
    main()
