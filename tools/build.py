"""Writes every generated file of data/ from the tables: ``python -m tools.build``.

With ``--check`` nothing is written: the files are compared with what the tables give, and the exit code is 1 if any
differs.
"""

import argparse
import sys
from pathlib import Path

from tools import gazetteer, links, record, routes, sources
from tools.tables import TableError
from tools.turtle import text

DATA = Path(__file__).parent.parent / "data"


def built(tables: Path) -> dict[str, str]:
    """Return the text of every generated file by its name; raise TableError for the first cell that is wrong."""
    places = gazetteer.read_places(tables)
    actors = gazetteer.read_actors(tables, places)
    pages = sources.read_sources(tables, set(actors))
    made = {
        "sources.ttl": (sources.sources_graph(pages), sources),
        "gazetteer.ttl": (gazetteer.gazetteer_graph(tables, places, actors), gazetteer),
        "routes.ttl": (routes.routes_graph(tables, places), routes),
        "links.ttl": (links.links_graph(tables, places, actors), links),
        "record.ttl": (record.record_graph(tables, places, actors, set(pages)), record),
    }
    return {name: text(graph, module.ABOUT, module.TABLES) for name, (graph, module) in made.items()}


def differing(files: dict[str, str], folder: Path) -> list[str]:
    """Return the names of the files in ``folder`` that are missing or not as in ``files``."""
    paths = {name: folder / name for name in files}
    return [name for name, path in paths.items() if not path.exists() or path.read_text("utf-8") != files[name]]


def main(arguments: list[str] | None = None) -> int:
    """Build or check; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.build", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing, say which files differ")
    parser.add_argument("--data", type=Path, default=DATA, help="the folder of the files and of tables/")
    chosen = parser.parse_args(arguments)
    try:
        files = built(chosen.data / "tables")
    except TableError as error:
        print(error, file=sys.stderr)
        return 1
    changed = differing(files, chosen.data)
    if chosen.check:
        for name in changed:
            print(f"data/{name} is not what the tables give: run python -m tools.build", file=sys.stderr)
        return 1 if changed else 0
    for name in changed:
        (chosen.data / name).write_text(files[name], "utf-8")
        print(f"wrote data/{name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
