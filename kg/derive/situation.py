"""Everything that relationships are derived from: the network, who held what, and from which day on that is told."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kg.control.ledger import NEVER
from kg.control.names import Array
from kg.control.record import Day
from kg.derive.describing import LeftOut
from kg.derive.held import Held
from kg.derive.history.sweep import Swept
from kg.derive.network import Network


@dataclass(frozen=True, eq=False)
class Situation:
    """The network and who held what, as one version of a store has them; `left_out` is what could not be read, and
    `found` what was found through time, where that was written with the version."""

    version: str
    study_start: Day
    network: Network
    held: Held
    left_out: tuple[LeftOut, ...] = ()
    found: Swept | None = None

    def change_days(self) -> Array:
        """The study start, and all later days on which any interval begins, becomes certain, or ceases to, in order:
        between two of them nothing changes."""
        held = self.held
        bounds = (held.possible_from, held.certain_from, held.certain_until, held.possible_until)
        days = np.unique(np.concatenate([[self.study_start], *bounds]))
        found: Array = days[(days >= self.study_start) & (days < NEVER)]
        return found


def off_network(network: Network) -> list[str]:
    """The places, areas aside, at which no piece of road ends."""
    return [network.place(at) for at in np.flatnonzero(~network.on_network & ~network.area).tolist()]
