"""GeoJSON with times: a feature for each stretch of days on which the answer about a place is the same.

`start` and `end` are what programs with a time slider look for; `when` is the same as GeoJSON-T has it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any

from kg.export import told
from kg.forms import plain
from kg.store.embedded import Store


def write(store: Store, output: IO[bytes]) -> None:
    """Write every run of every place. Raises NoStudyStart."""
    whose = told.dataset(store)
    told.collection(output, {"title": whose.title, "license": list(whose.licences)}, _features(store))


def _features(store: Store) -> Iterator[dict[str, Any]]:
    for known, place, runs in told.histories(store):
        about = plain.place(known, place, "en")
        point = about.pop("coordinates")
        for run in runs:
            said = plain.run(run)
            first, last = said.pop("first"), said.pop("last")
            span = {"start": {"in": first}, **({"end": {"in": last}} if last else {})}
            yield {
                "type": "Feature",
                "id": f"{place}#{first}",
                "geometry": {"type": "Point", "coordinates": point} if point else None,
                "properties": {
                    **about,
                    "start": first,
                    "end": last,
                    **said,
                    "certainLabel": known.gazetteer.label(run.certain) if run.certain else None,
                },
                "when": {"timespans": [span]},
            }
