"""The messages of the FA FB wire that we know, by code and by who says them: what each is for, and what it would move.

Source: "VMC - Upper Computer Communication Protocol", section 2 (rhythm) and section 4 (messages).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hardware.fafb.messages import Code
from hardware.sansio import WireCommand

_RHYTHM: Final = "2"
_MESSAGES: Final = "4"


def _message(code: int, name: str, purpose: str, source: str = _MESSAGES, moves: str = "") -> WireCommand:
    return WireCommand(bytes((code,)), name, purpose, source, moves)


HOST_COMMANDS: Final[tuple[WireCommand, ...]] = (
    _message(Code.CHECK_SLOT, "check slot", "is it ready? asked before every turn"),
    _message(0x03, "buy", "vend a slot for the board's own credit", moves="vends a slot"),
    _message(0x05, "select", "choose a slot as its keypad does; 0 takes it back", moves="selects a slot"),
    _message(Code.DRIVE, "drive", "turn a coil, without any money", moves="turns a coil"),
    _message(0x12, "set price", "in the board's book"),
    _message(0x13, "set stock", "in the board's book"),
    _message(0x14, "set capacity", "in the board's book"),
    _message(0x15, "set product", "in the board's book"),
    _message(Code.SET_INTERVAL, "set interval", "how often it polls"),
    _message(0x25, "give change", "pay the board's own credit out", moves="pays change"),
    _message(0x27, "report money", "money that we took, for its credit"),
    _message(0x28, "accept", "which notes or coins its own devices take"),
    _message(Code.SYNCHRONISE, "synchronise", "begin anew and tell your book"),
    _message(Code.ACK, "ack", "heard; nothing to say", _RHYTHM),
    _message(0x51, "machine status?", "doors, temperature and the like"),
    _message(0x53, "lift status?", "where the elevator is"),
)
"""What a host says; each is the answer to a poll."""

BOARD_MESSAGES: Final[tuple[WireCommand, ...]] = (
    _message(Code.SLOT_STATE, "slot state", "ready, empty, absent, paused, or not ready"),
    _message(Code.STATUS, "status", "how the drive goes, and how it ended"),
    _message(0x05, "selection", "somebody pressed a key"),
    _message(Code.SLOT_REPORT, "slot report", "a line of its book: price, stock, product"),
    _message(0x12, "price", "somebody changed its book"),
    _message(0x13, "stock", "somebody changed its book"),
    _message(0x14, "capacity", "somebody changed its book"),
    _message(0x15, "product", "somebody changed its book"),
    _message(0x21, "money in", "its own devices took money"),
    _message(0x23, "credit", "what its own credit is now"),
    _message(0x26, "change given", "what its own devices paid"),
    _message(Code.SYNCHRONISE, "synchronise", "it has restarted"),
    _message(Code.POLL, "poll", "your turn to speak", _RHYTHM),
    _message(Code.ACK, "ack", "heard", _RHYTHM),
    _message(0x52, "machine status", "doors, temperature and the like"),
    _message(0x54, "lift status", "where the elevator is"),
)
"""What the board says."""

BY_CODE: Final[Mapping[int, WireCommand]] = {each.code[0]: each for each in HOST_COMMANDS}
"""Code -> what a host means by it."""
