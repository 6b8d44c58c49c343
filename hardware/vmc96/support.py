"""The commands of the K1 board that we know, by address and command: what each is for, and what it would move.

Source: LacobusVentura/VMC96API, ``vmc96api.c``.
"""

from __future__ import annotations

from typing import Final

from hardware.sansio import WireCommand
from hardware.vmc96.messages import Address, Command

_SOURCE: Final = "vmc96api.c"
_SWITCHES: Final = "switches a relay"


def _command(address: Address, command: Command, name: str, purpose: str, moves: str = "") -> WireCommand:
    return WireCommand(bytes((address, command)), name, purpose, _SOURCE, moves)


COMMANDS: Final[tuple[WireCommand, ...]] = (
    _command(Address.ALL, Command.RESET_ALL, "reset everything", "everything on the board begins anew"),
    *(
        each
        for relay in (Address.RELAY_1, Address.RELAY_2)
        for each in (
            _command(relay, Command.PING, "ping", "is the relay there?"),
            _command(relay, Command.VERSION, "version", "the relay's firmware, as text"),
            _command(relay, Command.RESET, "reset", "the relay begins anew"),
            _command(relay, Command.SCAN, "switch", "a lamp, a lock, a heater on or off", _SWITCHES),
        )
    ),
    _command(Address.MOTORS, Command.PING, "ping", "are the motors there?"),
    _command(Address.MOTORS, Command.VERSION, "version", "their firmware, as text"),
    _command(Address.MOTORS, Command.RESET, "reset", "the motors' part begins anew"),
    _command(Address.MOTORS, Command.STATUS, "status", "which motors turn, and what they draw"),
    _command(Address.MOTORS, Command.SCAN, "scan", "which motors there are; asked before every turn"),
    _command(Address.MOTORS, Command.STOP_ALL, "stop all", "take the power from every motor"),
    _command(
        Address.MOTORS, Command.RUN, "run", "turn one motor, or a pair, to the home switch", "turns a motor"
    ),
    _command(Address.MOTORS, Command.PULSE, "pulse", "turn one motor for so many ms", "turns a motor"),
    _command(Address.MOTORS, Command.BARRIER, "light barrier", "its last 32 samples of 40 ms"),
)
"""What a host asks; the board says nothing by itself."""
