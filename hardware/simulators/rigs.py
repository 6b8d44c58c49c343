"""Rigs of the trade as simulators: which devices a market has, on which wires, and where a kiosk finds them.

Each rig is a whole market: something takes coins, something pays them, coils turn. `RIGS` names them for `kiosk simulate --rig`,
the demo and the tests. Nothing holds money before hands put it there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final

from hardware.rig import RigConfig
from hardware.simulators.market import ACCEPTOR, COIL_BOARD, COINS, HOPPERS, demo_rig_config, demo_wires
from hardware.simulators.pty_line import Wire


@dataclass(frozen=True, slots=True)
class MarketRig:
    """One rig.

    Attributes:
        name: What ``--rig`` takes.
        says: Which devices it has, in a line.
        wires: Makes the simulators, with ``goods`` (coil -> pieces) in the coils.
        config: The kiosk's side: ports below a folder.
        coins: Coin position -> value in minor units.
        hoppers: Hopper, tube or recycler -> value of its pieces; those that a clerk fills come first.
        notes: Note position -> value in minor units; empty where no notes are taken.
        validator: The note validator, or empty.
        reader: The card reader, or empty.
    """

    name: str
    says: str
    wires: Callable[[Mapping[int, int]], tuple[Wire, ...]]
    config: Callable[[Path], RigConfig]
    coins: Mapping[int, int]
    hoppers: Mapping[str, int]
    notes: Mapping[int, int] = field(default_factory=dict)
    validator: str = ""
    reader: str = ""
    acceptor: str = ACCEPTOR
    board: str = COIL_BOARD


CCTALK: Final = MarketRig(
    name="cctalk",
    says="a ccTalk coin acceptor, three hoppers on one bus, an FA FB coil board",
    wires=demo_wires,
    config=demo_rig_config,
    coins=COINS,
    hoppers=MappingProxyType({name: value for name, (_, value) in HOPPERS.items()}),
)

RIGS: Final[Mapping[str, MarketRig]] = MappingProxyType({rig.name: rig for rig in (CCTALK,)})
"""By name."""
