"""In what way two answers about a place differ: one kind for each pair, the first that fits."""

from __future__ import annotations

from typing import Literal, NamedTuple, get_args

from kg.control.answers import State

Kind = Literal[
    "changed-hands", "gained", "settled", "lost", "doubtful", "disputed", "contested", "undisputed",
    "newly-possible", "ruled-out", "newly-told", "no-longer-told",
]  # fmt: skip
"""How the second of two answers differs from the first; `kind` says when."""
KINDS: tuple[Kind, ...] = get_args(Kind)
"""In the order in which they are listed."""


class Told(NamedTuple):
    """What two answers are compared by: the state, the certain controller, all controllers."""

    state: State
    certain: str | None
    controllers: frozenset[str]


def kind(a: Told, b: Told) -> Kind | None:
    """In what way `b` differs from `a`; None where state and controllers, and how sure they are, are the same.

    `newly-told` and `no-longer-told`: the other is unknown. `changed-hands`: both are certain, of different holders.
    `gained`: certain of one whom the first does not name, and `lost` the other way round; `settled`: certain of one who
    was possible, and `doubtful` the other way round. `disputed`, `contested`: that is its state now; `undisputed`: it
    was one of these, and is possible. `newly-possible`: somebody more may hold the place; `ruled-out`: somebody less.
    """
    if a == b:
        return None
    if "unknown" in (a.state, b.state):
        return "newly-told" if a.state == "unknown" else "no-longer-told"
    if a.certain and b.certain and a.certain != b.certain:
        return "changed-hands"
    if a.state != b.state and b.state in ("disputed", "contested"):
        return "disputed" if b.state == "disputed" else "contested"
    if b.certain and not a.certain:
        return "settled" if b.certain in a.controllers else "gained"
    if a.certain and not b.certain:
        return "doubtful" if a.certain in b.controllers else "lost"
    if a.state in ("disputed", "contested") and b.state == "possible":
        return "undisputed"
    return "newly-possible" if b.controllers - a.controllers else "ruled-out"


IN_TIME: dict[Kind, str] = {
    "changed-hands": "changed hands",
    "gained": "gained",
    "settled": "now certain",
    "lost": "lost",
    "doubtful": "no longer certain",
    "disputed": "now disputed",
    "contested": "now contested",
    "undisputed": "no longer disputed or contested",
    "newly-possible": "newly possible",
    "ruled-out": "no longer possible",
    "newly-told": "newly told",
    "no-longer-told": "no longer told",
}
"""What each is called where the second answer is of a later day."""
BY_SIDE: dict[Kind, str] = {
    "changed-hands": "with another holder",
    "gained": "with a holder whom A does not name",
    "settled": "certain in B only",
    "lost": "with a holder whom B does not name",
    "doubtful": "certain in A only",
    "disputed": "disputed in B",
    "contested": "contested in B",
    "undisputed": "disputed or contested in A only",
    "newly-possible": "with more possible holders in B",
    "ruled-out": "with fewer possible holders in B",
    "newly-told": "told in B only",
    "no-longer-told": "told in A only",
}
"""What each is called of two sides, A and B, that differ in who is listened to."""
