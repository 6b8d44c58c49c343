"""The commands of ccTalk that we know, by header: what each is for, where it is known from, and what it would move.

Sources: ccTalk Generic Specification 4.7, part 2 (headers) with the tables of part 3; a public capture of an Alberici X3 hopper.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hardware.cctalk.messages import Header
from hardware.sansio import WireCommand

_PART_2: Final = "part 2"
_TABLES: Final = "parts 2 and 3"


def _command(header: int, name: str, purpose: str, source: str = _PART_2, moves: str = "") -> WireCommand:
    return WireCommand(bytes((header,)), name, purpose, source, moves)


COMMANDS: Final[tuple[WireCommand, ...]] = (
    _command(Header.SIMPLE_POLL, "simple poll", "is anybody there?"),
    _command(Header.ADDRESS_POLL, "address poll", "who is on the bus?"),
    _command(Header.ADDRESS_CLASH, "address clash", "are there two at one address?"),
    _command(251, "change address", "move a device to another address"),
    _command(Header.POLLING_PRIORITY, "polling priority", "how often it wants to be polled"),
    _command(248, "status", "return lever and coin on a string"),
    _command(Header.MAKER, "manufacturer", "its maker, as text"),
    _command(Header.CATEGORY, "category", "what kind of device it is"),
    _command(Header.PRODUCT, "product code", "its model, as text"),
    _command(Header.SERIAL, "serial", "its serial number: the name of its events and counts"),
    _command(Header.SOFTWARE, "software revision", "its firmware, as text"),
    _command(240, "test solenoids", "move the gates for a moment", moves="moves solenoids"),
    _command(239, "operate motors", "run motors for as long as is said", moves="turns motors"),
    _command(238, "test output lines", "switch output lines", moves="drives output lines"),
    _command(236, "read opto states", "which light barriers are blocked"),
    _command(233, "latch output lines", "switch output lines and leave them so", moves="drives output lines"),
    _command(Header.SELF_CHECK, "self check", "what is wrong with it, by a table of faults", _TABLES),
    _command(Header.INHIBITS, "inhibits", "accept these positions"),
    _command(Header.READ_INHIBITS, "read inhibits", "which positions it accepts"),
    _command(Header.READ_EVENTS, "read events", "the ring of coin events and its counter", _TABLES),
    _command(Header.MASTER_INHIBIT, "master inhibit", "accept, or accept nothing"),
    _command(Header.READ_MASTER_INHIBIT, "read master inhibit", "whether it accepts at all"),
    _command(Header.INSERTED_TOTAL, "inserted total", "coins put in, ever"),
    _command(Header.ACCEPTED_TOTAL, "accepted total", "coins or notes taken, ever"),
    _command(222, "sorter override", "send positions to the reject or override path"),
    _command(Header.PAYOUT_LEVEL, "payout level", "low and full, as a hopper's sensors see it"),
    _command(Header.SORTER_PATH, "write sorter paths", "lead a position to a sorter path"),
    _command(Header.READ_SORTER_PATH, "read sorter paths", "where the sorter leads a position"),
    _command(202, "teach mode", "learn a new coin"),
    _command(Header.BUILD, "build code", "its build, as text"),
    _command(Header.COIN_ID, "coin id", "what it takes a position for"),
    _command(Header.EMERGENCY_STOP, "emergency stop", "stop paying at once; tells how many were not paid"),
    _command(171, "hopper coin", "which coin a hopper holds"),
    _command(Header.HOPPER_TOTAL, "hopper total", "coins paid, ever: the evidence of every payout"),
    _command(
        Header.DISPENSE, "dispense", "pay so many coins; signed as the hopper wants it", moves="pays coins"
    ),
    _command(Header.HOPPER_STATUS, "hopper status", "counter, coins still due, paid and not paid"),
    _command(Header.ENABLE_HOPPER, "enable hopper", "let it pay, or forbid it"),
    _command(Header.TEST_HOPPER, "test hopper", "its flags: jam, fraud, limits, reset", _TABLES),
    _command(
        Header.REQUEST_CIPHER_KEY,
        "request cipher key",
        "the key that some hoppers want back with the order",
        "part 2; a captured Alberici X3",
    ),
    _command(Header.READ_BILL_EVENTS, "read bill events", "the ring of note events and its counter", _TABLES),
    _command(Header.BILL_ID, "bill id", "country, value and issue of a note type"),
    _command(Header.COUNTRY_SCALE, "country scaling", "by what a country's note values are multiplied"),
    _command(
        Header.ROUTE_BILL,
        "route bill",
        "stack the note in escrow, return it, or ask for time",
        moves="stacks or returns a note",
    ),
    _command(Header.BILL_MODE, "bill operating mode", "use escrow and stacker"),
    _command(Header.READ_BILL_MODE, "read bill operating mode", "whether escrow and stacker are used"),
    _command(Header.READ_ACCEPT_COUNT, "read accept count", "coins of one position taken, ever"),
    _command(147, "stacker cycle", "run the stacker once", moves="moves the stacker"),
    _command(146, "operate bidirectional motors", "run motors either way", moves="turns motors"),
    _command(145, "currency revision", "which table of notes it has"),
    _command(134, "pay value", "a hopper of several coins pays an amount", moves="pays coins by value"),
    _command(125, "pay money out", "a changer pays an amount", moves="pays money out"),
    _command(121, "purge hopper", "empty a hopper", moves="empties a hopper"),
    _command(107, "operate escrow", "keep or return coins in an escrow unit", moves="moves the escrow"),
    _command(4, "comms revision", "which issue of the specification it follows"),
    _command(Header.RESET, "reset", "begin anew"),
)

BY_HEADER: Final[Mapping[int, WireCommand]] = {each.code[0]: each for each in COMMANDS}
"""Header -> command."""
