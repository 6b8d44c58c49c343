"""The commands of SSP that we know, by code: what each is for, where it is known from, and what it would move.

Sources: SSP interface manual GA138 2.2.222A; implementation guide GA973 2.2 for keys and acknowledged polls; the public driver
kybarg/ssp agrees with their codes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hardware.sansio import WireCommand
from hardware.ssp.messages import Command

_MANUAL: Final = "GA138"
_GUIDE: Final = "GA138, GA973"
_PAYS: Final = "pays money"
_TO_BOX: Final = "moves money to the cash box"
_EMPTIES: Final = "empties itself into the cash box"


def _command(code: Command, purpose: str, source: str = _MANUAL, moves: str = "") -> WireCommand:
    return WireCommand(bytes((code,)), code.name.lower().replace("_", " "), purpose, source, moves)


COMMANDS: Final[tuple[WireCommand, ...]] = (
    _command(Command.RESET, "begin anew"),
    _command(Command.INHIBITS, "accept these channels"),
    _command(Command.DISPLAY_ON, "light the bezel"),
    _command(Command.DISPLAY_OFF, "darken the bezel"),
    _command(Command.SETUP, "what unit it is, its currencies, channels and values"),
    _command(Command.PROTOCOL, "which version of events both speak"),
    _command(Command.POLL, "what happened; a note in escrow is kept by it", _GUIDE),
    _command(Command.REJECT, "give the note in escrow back", _GUIDE),
    _command(Command.DISABLE, "accept nothing"),
    _command(Command.ENABLE, "work; where it recycles, pay too"),
    _command(Command.SERIAL, "its serial number: the name of its events and counts"),
    _command(Command.UNIT_DATA, "unit and currency, without values"),
    _command(Command.CHANNEL_VALUES, "values of its channels"),
    _command(Command.CHANNEL_SECURITY, "how strictly each channel is looked at"),
    _command(Command.SYNC, "the next sequence bit is 0", _GUIDE),
    _command(Command.LAST_REJECT, "why the last note was turned away"),
    _command(Command.HOLD, "keep the note in escrow for another five seconds", _GUIDE),
    _command(Command.FIRMWARE, "its firmware, as text"),
    _command(Command.DATASET, "its table of notes, as text"),
    _command(Command.LEVELS, "how many of each value are inside"),
    _command(Command.PAY_AMOUNT, "pay an amount, or say whether it could", moves=_PAYS),
    _command(Command.SET_LEVEL, "say how many coins were poured in"),
    _command(Command.GET_LEVEL, "how many of one value are inside"),
    _command(Command.HALT, "stop paying"),
    _command(Command.SET_ROUTE, "keep a value for paying, or send it to the cash box"),
    _command(Command.GET_ROUTE, "which of both"),
    _command(Command.FLOAT_AMOUNT, "leave an amount, the rest to the cash box", moves=_TO_BOX),
    _command(Command.MIN_PAYOUT, "the smallest amount that it can pay"),
    _command(Command.EMPTY, "everything to the cash box, uncounted", moves=_EMPTIES),
    _command(Command.COIN_INHIBIT, "let an attached coin mech take one value, or not"),
    _command(Command.NOTE_POSITIONS, "note float: what lies in which place"),
    _command(Command.PAY_TOP_NOTE, "note float: pay the note on top", moves=_PAYS),
    _command(
        Command.STACK_TOP_NOTE, "note float: the note on top to the box", moves="moves a note to the stacker"
    ),
    _command(Command.FLOAT_PIECES, "leave so many of each value, the rest to the cash box", moves=_TO_BOX),
    _command(Command.REPORT_BY, "note float: report by value or by channel"),
    _command(Command.PAY_PIECES, "pay so many of each value, or say whether it could", moves=_PAYS),
    _command(Command.COIN_INHIBIT_ALL, "let an attached coin mech take coins, or not"),
    _command(Command.GENERATOR, "first number of a key exchange", _GUIDE),
    _command(Command.MODULUS, "second number of a key exchange", _GUIDE),
    _command(Command.KEY_EXCHANGE, "both halves of a key", _GUIDE),
    _command(Command.BAUD, "another speed"),
    _command(Command.SET_OPTIONS, "how a hopper pays: split, high values first"),
    _command(Command.GET_OPTIONS, "how it is set"),
    _command(Command.SMART_EMPTY, "everything to the cash box, counted", moves=_EMPTIES),
    _command(Command.CASHBOX_DATA, "what the last emptying moved"),
    _command(Command.BEZEL, "colour of the bezel"),
    _command(Command.POLL_ACK, "as poll; money events come again until they are acknowledged", _GUIDE),
    _command(Command.ACK, "what was reported is recorded", _GUIDE),
    _command(Command.COUNTERS, "notes stacked, stored, paid, moved and turned away, ever"),
    _command(Command.RESET_COUNTERS, "set those counters to 0"),
    _command(Command.PAYOUT_OFF, "the paying part stops"),
    _command(Command.PAYOUT_ON, "the paying part works"),
    _command(Command.SET_FIXED_KEY, "another fixed half of the key", _GUIDE),
    _command(Command.RESET_FIXED_KEY, "the maker's fixed half again", _GUIDE),
)

BY_CODE: Final[Mapping[int, WireCommand]] = {each.code[0]: each for each in COMMANDS}
"""Code -> command."""
