"""What a seed does to a year of trade: which coil begins to jam, which collection is short, which batch is found expired.

Nobody who reads the journals is told: the figures must say it.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from inventory.catalogue import Catalogue, Place
from kiosk.simulation.sites import life_days

JAM_WEEKS: Final = (8, 13)
"""How many weeks before the end a coil begins to jam: long enough to grow, recent enough to matter today."""

JAM_WORST: Final = 0.8
"""Share of its vends that fail in the last week."""

SHORT_DAYS: Final = (9, 24)
"""How many days before the end the short collection is looked for: no home page should need to reach further back."""

SHORT_MINOR: Final = (2_400, 4_600)
"""How much is missing, in steps of a euro: what somebody takes who hopes that nobody counts."""

BATCH_DAYS: Final = (10, 30)
BATCH_QTY: Final = (10, 12)
"""Pieces of the batch that was found expired."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What happens, and where; sites by their place in `kiosk.simulation.sites.SITES`.

    Attributes:
        jam_site: Where a coil jams.
        jam_slot: Which.
        jam_days: How many days before the end it begins.
        short_site: Where a collection is short.
        short_days: How many days before the end; the next collection after that day it is.
        short_minor: How much is missing.
        batch_site: Where a batch is found expired.
        batch_slot: In which shelf slot.
        batch_days: How many days before the end.
        batch_qty: Pieces of it.
    """

    jam_site: int
    jam_slot: str
    jam_days: int
    short_site: int
    short_days: int
    short_minor: int
    batch_site: int
    batch_slot: str
    batch_days: int
    batch_qty: int

    def jam_chance(self, site: int, slot: str, days_left: int) -> float:
        """How likely a turn of this coil jams: next to never, but for one coil, and there more with every week."""
        if site != self.jam_site or slot != self.jam_slot or days_left > self.jam_days:
            return USUAL_JAM
        return USUAL_JAM + JAM_WORST * (1.0 - days_left / self.jam_days)


USUAL_JAM: Final = 0.002
"""One turn of five hundred jams in any machine."""


def fate_of(
    seed: int, catalogue: Catalogue, sites: int, busy: Mapping[int, Sequence[str]], days: int
) -> Fate:
    """Draw what happens.

    Args:
        seed: Equal seeds, equal fate.
        catalogue: What is sold.
        sites: How many there are.
        busy: Site -> its busiest coils: one that nobody uses would jam unseen.
        days: Of the whole time; in a short one everything comes later.
    """
    dice = random.Random(f"{seed}/fate")
    jam_site, short_site, batch_site = (dice.randrange(sites) for _ in range(3))
    shelves = [
        slot.code
        for slot in catalogue.slots.values()
        if slot.place is Place.SHELF
        and 14 <= life_days(catalogue.products[slot.sku]) <= 60
        and slot.capacity >= BATCH_QTY[1]  # else there is no room for the batch
    ]
    return Fate(
        jam_site=jam_site,
        jam_slot=dice.choice(list(busy[jam_site])),
        jam_days=min(7 * dice.randint(*JAM_WEEKS), days),
        short_site=short_site,
        short_days=min(dice.randint(*SHORT_DAYS), max(7, days // 2)),
        short_minor=dice.randrange(SHORT_MINOR[0], SHORT_MINOR[1], 100),
        batch_site=batch_site,
        batch_slot=dice.choice(shelves),
        batch_days=min(dice.randint(*BATCH_DAYS), max(3, days // 2)),
        batch_qty=dice.randint(*BATCH_QTY),
    )
