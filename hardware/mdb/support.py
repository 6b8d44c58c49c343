"""The commands of MDB that we know, by peripheral: what each is for, where it is known from, and what it would move.

A reader's commands are listed at the first reader's address (10h); the second one's are 50h higher.

Sources: MDB/ICP 4.2, sections 5 (changer), 6 (note validator and recycler), 7 (card reader), 11 (diagnosis); public clients of
the Qibixx box for its lines.
"""

from __future__ import annotations

from typing import Final

from hardware.mdb.messages import (
    READER,
    SECOND_READER,
    ChangerExtra,
    ChangerOrder,
    ValidatorExtra,
    ValidatorOrder,
)
from hardware.mdb.reader_messages import Extra, ReaderOrder, Setup, Switch, Vend
from hardware.sansio import WireCommand, command_of

_RESET, _POLL = "begin anew; only after the non-response time", "what happened since the last poll"
_FILES: Final = "its files; FA is the first of five such commands"
_FIRST_FILE: Final = 0xFA
_DIAGNOSIS: Final = 0xFF


def _changer(
    order: ChangerOrder, name: str, purpose: str, extra: int | None = None, moves: str = ""
) -> WireCommand:
    return WireCommand(_code(order, extra), name, purpose, "5", moves)


def _validator(
    order: ValidatorOrder, name: str, purpose: str, extra: int | None = None, moves: str = ""
) -> WireCommand:
    return WireCommand(_code(order, extra), name, purpose, "6", moves)


def _reader(
    order: ReaderOrder, name: str, purpose: str, extra: int | None = None, moves: str = ""
) -> WireCommand:
    return WireCommand(_code(READER | order, extra), name, purpose, "7", moves)


def _code(order: int, extra: int | None) -> bytes:
    return bytes((order,)) if extra is None else bytes((order, extra))


CHANGER_COMMANDS: Final[tuple[WireCommand, ...]] = (
    _changer(ChangerOrder.RESET, "reset", _RESET),
    _changer(ChangerOrder.SETUP, "setup", "level, currency, scale, values of its types, which go to tubes"),
    _changer(ChangerOrder.TUBE_STATUS, "tube status", "coins in each tube: the evidence of every payout"),
    _changer(ChangerOrder.POLL, "poll", _POLL),
    _changer(ChangerOrder.COIN_TYPE, "coin type", "accept these types; let these be let out by hand"),
    _changer(
        ChangerOrder.DISPENSE, "dispense", "pay 1 to 15 coins of one type, not checked", moves="pays coins"
    ),
    _changer(ChangerOrder.EXPANSION, "identify", "maker, serial number, options", ChangerExtra.IDENTIFY),
    _changer(ChangerOrder.EXPANSION, "features", "enable its options", ChangerExtra.FEATURES),
    _changer(
        ChangerOrder.EXPANSION,
        "payout",
        "pay an amount; it chooses the coins",
        ChangerExtra.PAYOUT,
        "pays coins by value",
    ),
    _changer(
        ChangerOrder.EXPANSION, "payout status", "what that payout paid, by type", ChangerExtra.PAYOUT_STATUS
    ),
    _changer(
        ChangerOrder.EXPANSION, "payout value", "what it paid since this was asked", ChangerExtra.PAYOUT_VALUE
    ),
    _changer(ChangerOrder.EXPANSION, "diagnosis", "what is wrong with it", ChangerExtra.DIAGNOSIS),
    _changer(ChangerOrder.EXPANSION, "filled", "coins put in under control", ChangerExtra.FILLED),
    _changer(ChangerOrder.EXPANSION, "dispensed", "coins let out by hand", ChangerExtra.DISPENSED),
    _changer(ChangerOrder.EXPANSION, "file transfer", _FILES, _FIRST_FILE),
    _changer(ChangerOrder.EXPANSION, "maker's diagnosis", "whatever its maker likes", _DIAGNOSIS),
)

VALIDATOR_COMMANDS: Final[tuple[WireCommand, ...]] = (
    _validator(ValidatorOrder.RESET, "reset", _RESET + "; a note in escrow goes back"),
    _validator(ValidatorOrder.SETUP, "setup", "level, currency, scale, values, size of its box, escrow"),
    _validator(ValidatorOrder.SECURITY, "security", "look more strictly at these types"),
    _validator(ValidatorOrder.POLL, "poll", _POLL),
    _validator(ValidatorOrder.BILL_TYPE, "bill type", "accept these types, and hold these in escrow"),
    _validator(
        ValidatorOrder.ESCROW,
        "escrow",
        "keep the note in escrow, or give it back",
        moves="keeps or returns a note",
    ),
    _validator(ValidatorOrder.STACKER, "stacker", "notes in its box: part of the evidence of every note"),
    _validator(
        ValidatorOrder.EXPANSION, "identify", "maker, serial number (level 1)", ValidatorExtra.IDENTIFY
    ),
    _validator(ValidatorOrder.EXPANSION, "features", "enable its options", ValidatorExtra.FEATURES),
    _validator(
        ValidatorOrder.EXPANSION,
        "identify with options",
        "maker, serial number, options (level 2)",
        ValidatorExtra.IDENTIFY_WITH_OPTIONS,
    ),
    _validator(
        ValidatorOrder.EXPANSION,
        "recycler setup",
        "which types it can recycle",
        ValidatorExtra.RECYCLER_SETUP,
    ),
    _validator(
        ValidatorOrder.EXPANSION,
        "recycler enable",
        "keep these types for paying (layout not seen on a device)",
        ValidatorExtra.RECYCLER_ENABLE,
    ),
    _validator(
        ValidatorOrder.EXPANSION,
        "dispenser status",
        "notes in the recycler: the evidence of every payout",
        ValidatorExtra.DISPENSER_STATUS,
    ),
    _validator(
        ValidatorOrder.EXPANSION,
        "pay notes",
        "pay so many notes of one type",
        ValidatorExtra.PAY_NOTES,
        "pays notes",
    ),
    _validator(
        ValidatorOrder.EXPANSION,
        "pay value",
        "pay an amount; it chooses the notes",
        ValidatorExtra.PAY_VALUE,
        "pays notes",
    ),
    _validator(
        ValidatorOrder.EXPANSION,
        "payout status",
        "what that payout paid, by type",
        ValidatorExtra.PAYOUT_STATUS,
    ),
    _validator(
        ValidatorOrder.EXPANSION,
        "payout value",
        "what it paid since this was asked",
        ValidatorExtra.PAYOUT_VALUE,
    ),
    _validator(ValidatorOrder.EXPANSION, "cancel payout", "stop paying", ValidatorExtra.CANCEL_PAYOUT),
    _validator(ValidatorOrder.EXPANSION, "file transfer", _FILES, _FIRST_FILE),
    _validator(ValidatorOrder.EXPANSION, "maker's diagnosis", "whatever its maker likes", _DIAGNOSIS),
)

_SELLS, _LOADS = "sells by card", "loads a card"

READER_COMMANDS: Final[tuple[WireCommand, ...]] = (
    _reader(ReaderOrder.RESET, "reset", _RESET + ": an open approval becomes a charge"),
    _reader(ReaderOrder.SETUP, "config", "level and display of both; scale, abilities, time", Setup.CONFIG),
    _reader(ReaderOrder.SETUP, "prices", "largest and smallest price", Setup.PRICES),
    _reader(ReaderOrder.POLL, "poll", _POLL),
    _reader(ReaderOrder.VEND, "vend request", "ask for money", Vend.REQUEST, _SELLS),
    _reader(ReaderOrder.VEND, "vend cancel", "withdraw the request", Vend.CANCEL, _SELLS),
    _reader(ReaderOrder.VEND, "vend success", "the goods were delivered", Vend.SUCCESS, _SELLS),
    _reader(ReaderOrder.VEND, "vend failure", "they were not: give the money back", Vend.FAILURE, _SELLS),
    _reader(ReaderOrder.VEND, "session complete", "the shopper is done", Vend.COMPLETE, _SELLS),
    _reader(ReaderOrder.VEND, "cash sale", "something was sold for cash", Vend.CASH_SALE, _SELLS),
    _reader(ReaderOrder.VEND, "negative vend", "put money on a card for goods", Vend.NEGATIVE, _SELLS),
    _reader(ReaderOrder.VEND, "vend, other", "steps that we do not know", None, _SELLS),
    _reader(ReaderOrder.READER, "disable", "take no card", Switch.DISABLE),
    _reader(ReaderOrder.READER, "enable", "take cards", Switch.ENABLE),
    _reader(ReaderOrder.READER, "cancel", "stop what it does before a session", Switch.CANCEL),
    _reader(ReaderOrder.READER, "data entry", "what the shopper typed: nothing", Switch.DATA_ENTRY),
    _reader(ReaderOrder.REVALUE, "revalue", "put money on the card", 0, _LOADS),
    _reader(ReaderOrder.REVALUE, "revalue limit", "how much may be put on the card", 1, _LOADS),
    _reader(ReaderOrder.REVALUE, "revalue, other", "steps that we do not know", None, _LOADS),
    _reader(ReaderOrder.EXPANSION, "identify", "who both are, and its options", Extra.IDENTIFY),
    _reader(ReaderOrder.EXPANSION, "time", "date and time for the reader", Extra.TIME),
    _reader(ReaderOrder.EXPANSION, "options", "enable its options", Extra.OPTIONS),
    _reader(ReaderOrder.EXPANSION, "file transfer", _FILES, _FIRST_FILE),
    _reader(ReaderOrder.EXPANSION, "maker's diagnosis", "whatever its maker likes", _DIAGNOSIS),
)

_CLIENTS: Final = "public clients"


def _line(begins: str, name: str, purpose: str, moves: str = "") -> WireCommand:
    return WireCommand(begins.encode("ascii"), name, purpose, _CLIENTS, moves)


BOX_COMMANDS: Final[tuple[WireCommand, ...]] = (
    _line("V", "version", "which firmware is the box?"),
    _line("H", "hardware", "which hardware is the box?"),
    _line("F,RESET", "reset the box", "it begins anew"),
    _line("F,RESPTIMEOUT,", "patience", "how long it waits for a slow peripheral, 10 to 1000 ms"),
    _line("M,1", "master on", "be the master of the bus"),
    _line("M,0", "master off", "be the master no more"),
    _line("R,", "exchange", "one block on the bus; what it moves its own row says"),
    _line("D,REQ,", "card request", "its own card mode: ask for money", "asks a card for money"),
    _line("D,END", "card end", "its own card mode: delivered, or not", "ends a sale by card"),
    _line("D,", "card mode", "its own card mode: off, on, status"),
    _line("C,0", "slave off", "stop playing a card reader"),
    _line("C,1", "slave on", "play a card reader for another machine"),
    _line("C,SETCONF,", "setting", "a value of the played reader"),
    _line("C,START,", "offer", "open a session with funds"),
    _line("C,STOP", "stop", "end a session that was not used"),
    _line("C,VEND,-1", "deny", "the machine may not sell"),
    _line("C,VEND,", "approve", "the machine may sell for this amount", "approves a sale"),
    _line("C,REVALUE,", "revalue", "allow money to be put on the account, or not"),
    _line("C,DISPLAY,", "display", "a text on the machine"),
    _line("C,SALE,", "cash sale", "something was sold for cash"),
    _line("X,", "sniff", "tell everything that passes on the bus, or stop"),
    _line("L,", "relays", "switch its relays", "switches relays"),
)
"""Lines to a Qibixx box, by how they begin."""

_ALL: Final = (*CHANGER_COMMANDS, *VALIDATOR_COMMANDS, *READER_COMMANDS)


def command_in(block: bytes) -> WireCommand | None:
    """The command in a block to any peripheral; None when we do not know it."""
    is_second = bool(block) and block[0] & 0xF8 == SECOND_READER
    return command_of(_ALL, bytes((block[0] - SECOND_READER + READER,)) + block[1:] if is_second else block)


def line_command(line: str) -> WireCommand | None:
    """What a line asks of a Qibixx box; None when we do not know it."""
    return command_of(BOX_COMMANDS, line.encode("ascii", "replace"))
