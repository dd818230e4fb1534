"""The answer that somebody cites: from the version that they name, as it was, with what has changed since."""

from __future__ import annotations

from kg.control.answers import View
from kg.control.record import Day
from kg.dossier.document import Document, asked, compared, document
from kg.dossier.kept import Shelf
from kg.dossier.making import dossier
from kg.errors import NoStudyStart, UnknownEntity
from kg.store.embedded import Store


def cited(
    store: Store,
    shelf: Shelf,
    place: str,
    first: Day,
    last: Day,
    view: View | None = None,
    version: str | None = None,
    whose: str = "",
) -> tuple[Document, Document | None]:
    """The dossier of a place for some days as one version has it (None: the present one), and, where that is an older
    one, what has changed since (`document.compared`).

    A dossier that is made is kept, for the address `whose`; `kept` in the document says whether it could be. One that
    is kept answers when its version is gone. Raises UnknownVersion, VersionGone, and what `making.dossier` does.
    """
    view = view or View()
    present = store.version()
    if version in (None, present):
        return _made(store.at(present), shelf, place, first, last, view, whose), None
    former = shelf.find(asked(place, first, last, view), version)
    if former is None:
        former = _made(store.at(version), shelf, place, first, last, view, whose)
    try:
        now = document(dossier(store.at(present), place, first, last, view))
    except (UnknownEntity, NoStudyStart):
        return former | {"kept": True}, _lost(former, store)
    return former | {"kept": True}, compared(former, now)


def _made(seen: Store, shelf: Shelf, place: str, first: Day, last: Day, view: View, whose: str) -> Document:
    made = document(dossier(seen, place, first, last, view))
    return made | {"kept": shelf.keep(made, whose)}


def _lost(former: Document, store: Store) -> Document:
    """What has changed where the present version knows nothing of the place, or answers no questions."""
    now = {
        **former, "state": "kg:Unknown", "stays": [], "claims": [], "assumptions": [], "because": [],
        "verdict": "Nothing is known of this place any more.", "version": store.version(),
        "published": store.manifest().entry.get("at", ""),
    }  # fmt: skip
    return compared(former, now)
