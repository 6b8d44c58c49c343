"""Bad input, driver by driver: what each kind of it makes the driver tell, and that none of it makes money or goods.

While a coin falls, a note goes in, change is paid, a coil turns or a receipt is printed, the wire or the device misbehaves; then
it is well again and everything comes to its end. Each row names all that is told until then. Never may more be told as taken,
paid, delivered, charged or printed than is really there.

An old machine whose card reader we are has its own tests, in `tests/hardware/mdb/test_slave.py`.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Final

import pytest

import hardware.cctalk.frames as cctalk
import hardware.ssp.frames as ssp
import hardware.vmc96.frames as k1
from hardware.events import (
    CodeScanned,
    CoinAccepted,
    CoinsPaid,
    DeviceEvent,
    NoteStacked,
    PrintEnded,
    PrintResult,
    VendDelivered,
)
from hardware.mdb import waferstar
from tests.hardware.stages import STAGES, Spoil, Stage, whole

READY_MS: Final = 14_000
"""A card reader needs eight seconds to be met, and then is told to open."""

OPENING_MS: Final = 2_000

BAD_MS, GOOD_MS = 12_000, 40_000
"""How long the wire is bad while something is asked of it, and how long everything has to end afterwards."""


class Kind(StrEnum):
    """Kinds of bad input."""

    NOISE = "noise"
    HALF = "half frames"
    ADDRESS = "wrong address"
    CHECKSUM = "wrong checksum"
    ORDER = "out of order"


def noise() -> Spoil:
    """Bytes of chance before every word."""
    dice = random.Random(4)
    return lambda data: (dice.randbytes(dice.randrange(1, 9)), data)


def halves() -> Spoil:
    """Of every second word the first half."""
    words: Iterator[int] = iter(range(1 << 30))
    return lambda data: (data[: len(data) // 2] if next(words) % 2 else data,)


def swapped() -> Spoil:
    """Every word is kept back, and comes after the next one."""
    kept: list[bytes] = []

    def spoil(data: bytes) -> Sequence[bytes]:
        kept.append(data)
        return (kept.pop(1), kept.pop(0)) if len(kept) > 1 else ()

    return spoil


def last_byte_flipped(data: bytes) -> Sequence[bytes]:
    """One bit of the check is another."""
    return (data[:-1] + bytes((data[-1] ^ 0x10,)),)


def from_another(decode: Callable[[bytes], object], encode: Callable[..., bytes], name: str) -> Spoil:
    """Every second word is said as if somebody else had said it, with a good check."""
    words: Iterator[int] = iter(range(1 << 30))

    def spoil(data: bytes) -> Sequence[bytes]:
        frame = decode(data)
        if frame is None or not next(words) % 2:
            return (data,)
        return (encode(frame._replace(**{name: 5})),)  # type: ignore[attr-defined]  # frames are named tuples

    return spoil


def first_of(reader: Callable[[], object]) -> Callable[[bytes], object]:
    def decode(data: bytes) -> object:
        frames = reader().feed(data, 0)  # type: ignore[attr-defined]  # each wire has its own reader
        return frames[0] if frames else None

    return decode


def others_report(data: bytes) -> Sequence[bytes]:
    """A box says what somebody whom nobody configured reported: a coin in its tube."""
    return (waferstar.report_line(0x28, bytes.fromhex("53 09")), data)


ADDRESSES: Final[Mapping[str, Callable[[], Spoil]]] = {
    **dict.fromkeys(
        ("cctalk coins", "cctalk hopper", "cctalk notes"),
        lambda: from_another(cctalk.decode, cctalk.encode, "source"),
    ),
    **dict.fromkeys(("ssp notes", "ssp hopper"), lambda: from_another(ssp.decode, ssp.encode, "address")),
    "k1 coils": lambda: from_another(first_of(k1.FrameReader), k1.encode, "address"),
    "mdb coins, waferstar": lambda: others_report,
}
CHECKS: Final = tuple(name for name in STAGES if name.split()[0] in {"cctalk", "ssp", "fafb", "k1"})


NOT_THERE: Final[Mapping[tuple[str, Kind], str]] = {
    **{
        (name, Kind.ADDRESS): "a line, a byte or a frame without an address"
        for name in STAGES
        if name not in ADDRESSES
    },
    **{
        (
            name,
            Kind.CHECKSUM,
        ): "the box does the sums, and its lines have none; printers and scanners have none either"
        for name in STAGES
        if name not in CHECKS
    },
    ("scanner", Kind.HALF): "a shorter code: its check digit tells, in `inventory`",
    ("scanner", Kind.ORDER): "one scan is one word",
}
"""What does not exist on a wire, and why."""

OUTCOMES: Final[Mapping[tuple[str, Kind], str]] = {
    ("cctalk coins", Kind.NOISE): "LineNoise, DeviceLost(NO_REPLY), AcceptorIdentified",
    ("cctalk coins", Kind.HALF): "CoinAccepted, LineNoise",
    ("cctalk coins", Kind.ORDER): "CoinAccepted",
    ("cctalk coins", Kind.ADDRESS): "CoinAccepted, LineNoise",
    ("cctalk coins", Kind.CHECKSUM): "DeviceLost(NO_REPLY), LineNoise, AcceptorIdentified",
    ("cctalk hopper", Kind.NOISE): "LineNoise, DeviceLost(NO_REPLY), CoinsPaid(NO_REPLY), HopperIdentified",
    ("cctalk hopper", Kind.HALF): "LineNoise, CoinsPaid",
    ("cctalk hopper", Kind.ORDER): "CoinsPaid",
    ("cctalk hopper", Kind.ADDRESS): "LineNoise, CoinsPaid",
    (
        "cctalk hopper",
        Kind.CHECKSUM,
    ): "DeviceLost(NO_REPLY), LineNoise, CoinsPaid(NO_REPLY), HopperIdentified",
    (
        "cctalk notes",
        Kind.NOISE,
    ): "LineNoise, DeviceLost(NO_REPLY), AcceptorIdentified, NoteEscrowed, NoteStacked",
    ("cctalk notes", Kind.HALF): "NoteEscrowed, LineNoise, NoteStacked",
    ("cctalk notes", Kind.ORDER): "NoteEscrowed, NoteStacked",
    ("cctalk notes", Kind.ADDRESS): "LineNoise, NoteEscrowed, NoteStacked",
    (
        "cctalk notes",
        Kind.CHECKSUM,
    ): "DeviceLost(NO_REPLY), LineNoise, AcceptorIdentified, NoteEscrowed, NoteStacked",
    (
        "mdb coins",
        Kind.NOISE,
    ): "CoinEventsLost, DeviceLost(NO_REPLY), CoinAccepted, AcceptorIdentified, HopperIdentified",
    ("mdb coins", Kind.HALF): "CoinEventsLost, DeviceLost(NO_REPLY), AcceptorIdentified, HopperIdentified",
    (
        "mdb coins",
        Kind.ORDER,
    ): "CoinEventsLost, DeviceLost(NO_REPLY), CoinAccepted, AcceptorIdentified, HopperIdentified",
    (
        "mdb coins, waferstar",
        Kind.NOISE,
    ): "CoinEventsLost, DeviceLost(NO_REPLY), AcceptorIdentified, HopperIdentified",
    ("mdb coins, waferstar", Kind.HALF): "CoinEventsLost",
    ("mdb coins, waferstar", Kind.ORDER): "CoinAccepted, CoinEventsLost",
    ("mdb coins, waferstar", Kind.ADDRESS): "CoinAccepted",
    (
        "mdb tube",
        Kind.NOISE,
    ): "DeviceLost(NO_REPLY), CoinsPaid(NO_REPLY), AcceptorIdentified, HopperIdentified",
    (
        "mdb tube",
        Kind.HALF,
    ): "DeviceLost(NO_REPLY), CoinsPaid(NO_REPLY), AcceptorIdentified, HopperIdentified",
    (
        "mdb tube",
        Kind.ORDER,
    ): "DeviceLost(NO_REPLY), CoinsPaid(NO_REPLY), AcceptorIdentified, HopperIdentified",
    ("mdb notes", Kind.NOISE): "DeviceLost(NO_REPLY), AcceptorIdentified",
    ("mdb notes", Kind.HALF): "DeviceLost(NO_REPLY), AcceptorIdentified",
    ("mdb notes", Kind.ORDER): "",
    ("mdb card", Kind.NOISE): "CardApproved, CardSettled",
    ("mdb card", Kind.HALF): "CardApproved, CardSettled",
    ("mdb card", Kind.ORDER): "CardApproved, CardSettled, CardReaderIdentified",
    ("ssp notes", Kind.NOISE): "NoteEscrowed, NoteStacked, LineNoise",
    ("ssp notes", Kind.HALF): "NoteEscrowed, NoteStacked, LineNoise",
    ("ssp notes", Kind.ORDER): "NoteEscrowed, NoteStacked",
    ("ssp notes", Kind.ADDRESS): "NoteEscrowed, LineNoise, NoteStacked",
    ("ssp notes", Kind.CHECKSUM): "LineNoise, DeviceLost(NO_REPLY), AcceptorIdentified",
    ("ssp hopper", Kind.NOISE): "PayoutProgressed, CoinsPaid, LineNoise",
    ("ssp hopper", Kind.HALF): "LineNoise, CoinsPaid",
    ("ssp hopper", Kind.ORDER): "CoinsPaid",
    ("ssp hopper", Kind.ADDRESS): "LineNoise, CoinsPaid",
    ("ssp hopper", Kind.CHECKSUM): "LineNoise, DeviceLost(NO_REPLY), CoinsPaid(NO_REPLY), HopperIdentified",
    ("fafb coils", Kind.NOISE): "VendProgressed, LineNoise, VendDelivered",
    ("fafb coils", Kind.HALF): "VendProgressed, VendDelivered",
    ("fafb coils", Kind.ORDER): "VendProgressed, VendUnknown(NO_REPLY)",
    (
        "fafb coils",
        Kind.CHECKSUM,
    ): "LineNoise, VendFailed(NO_REPLY), DeviceLost(NO_REPLY), CoilBoardIdentified",
    ("k1 coils", Kind.NOISE): "VendProgressed, LineNoise, VendDelivered",
    ("k1 coils", Kind.HALF): "VendUnknown(MOTOR_RUNS)",
    ("k1 coils", Kind.ORDER): "VendUnknown(MOTOR_RUNS)",
    ("k1 coils", Kind.ADDRESS): "VendUnknown(MOTOR_RUNS)",
    ("k1 coils", Kind.CHECKSUM): "LineNoise, VendFailed(NO_REPLY), DeviceLost(NO_REPLY), CoilBoardIdentified",
    (
        "printer",
        Kind.NOISE,
    ): "PrintEnded(PAPER_OUT), PrinterStatus(UNSPECIFIED), LineNoise, PrinterStatus, PrinterStatus(CUTTER)",
    ("printer", Kind.HALF): "PrintEnded(NO_REPLY)",
    ("printer", Kind.ORDER): "PrintEnded",
    ("scanner", Kind.NOISE): "CodeUnreadable(UNREADABLE)",
}

STRANGERS: Final[Mapping[str, str]] = {
    "cctalk coins": "CoinRefused(REFUSED)",
    "cctalk notes": "NoteRefused(REFUSED), AcceptorIdentified",
    "mdb coins": "CoinRefused(REFUSED)",
    "mdb coins, waferstar": "CoinRefused(REFUSED)",
    "mdb notes": "NoteRefused(REFUSED)",
    "ssp notes": "NoteRefused(REFUSED)",
}
"""A coin or note that the device knows and the configuration does not: it is never let in."""

SCALES: Final[Mapping[tuple[str, str], str]] = {
    ("cctalk notes", "wrong_scale"): "DeviceFaulted(WRONG_SCALE), AcceptorIdentified, NoteRefused(REFUSED)",
    (
        "mdb coins",
        "wrong_scale",
    ): "AcceptorIdentified, HopperIdentified, DeviceFaulted(WRONG_SCALE), CoinRefused(REFUSED)",
    (
        "mdb tube",
        "wrong_scale",
    ): "AcceptorIdentified, HopperIdentified, DeviceFaulted(WRONG_SCALE), CoinsPaid",
    ("mdb notes", "wrong_scale"): "AcceptorIdentified, DeviceFaulted(WRONG_SCALE), NoteRefused(REFUSED)",
    (
        "mdb card",
        "wrong_currency",
    ): "CardReaderIdentified, DeviceFaulted(WRONG_SCALE), CardDenied(REFUSED), CardSessionBegan",
    ("ssp notes", "other_currency"): "DeviceFaulted(WRONG_SCALE), AcceptorIdentified",
}
"""A device that counts in another unit or currency than the kiosk. Coin acceptors and hoppers of ccTalk say no unit; what pays
from a tube pays pieces, whatever they are said to be worth."""

LIES: Final[Mapping[tuple[str, str], str]] = {
    ("cctalk coins", "string"): "CoinRefused(FRAUD)",
    ("cctalk coins", "swallow"): "CoinRefused(SWALLOWED)",
    ("cctalk coins", "wrong_coin"): "CoinUnvalued",
    ("cctalk hopper", "sensor_lies"): "PayoutProgressed, CoinsPaid, HopperLevel",
    ("cctalk hopper", "wrong_coin_extra"): "PayoutProgressed, CoinsPaid",
    ("cctalk notes", "double_report"): "NoteEscrowed, NoteStacked, DeviceFaulted(OUT_OF_SEQUENCE)",
    (
        "cctalk notes",
        "string",
    ): "NoteEscrowed, DeviceFaulted(FRAUD), NoteUnknown(NOT_SEEN), AcceptorIdentified",
    ("cctalk notes", "string_from_box"): "NoteEscrowed, NoteStacked, DeviceFaulted(FRAUD)",
    ("cctalk notes", "pulled_back"): "NoteReturned(FRAUD)",
    ("cctalk notes", "stacks_by_itself"): "NoteEscrowed, NoteStacked",
    ("cctalk notes", "reset_while_stacking"): "NoteEscrowed, NoteStacked, AcceptorIdentified",
    ("cctalk notes", "counts_seen"): "NoteEscrowed, NoteStacked, AcceptorIdentified",
    ("cctalk notes", "wrong_note"): "NoteUnvalued",
    ("mdb coins", "string"): "CoinRefused(FRAUD)",
    ("mdb coins", "count_lies"): "CoinAccepted, HopperIdentified",
    ("mdb coins", "ack_lost"): "CoinAccepted",
    ("mdb tube", "count_lies"): "HopperIdentified, CoinsPaid(REFUSED)",
    ("mdb tube", "wrong_coin_extra"): "CoinsPaid",
    ("mdb notes", "cheat"): "NoteEscrowed, NoteUnvalued, NoteReturned(REFUSED)",
    ("mdb notes", "not_counting"): "NoteEscrowed, NoteStacked",
    ("mdb notes", "says_stacked"): "NoteEscrowed, NoteStacked, DeviceFaulted(NOT_COUNTED), DeviceRecovered",
    ("mdb notes", "pulled_back"): "NoteEscrowed, NoteUnknown(FRAUD), NoteUnknown(REFUSED)",
    ("mdb notes", "wrong_note"): "NoteRefused(UNKNOWN_NOTE)",
    ("mdb card", "other_amount"): "CardApproved, CardSettled",
    ("mdb card", "token"): "CardApproved, CardSettled",
    ("mdb card", "late_approval"): "CardDenied(TIMED_OUT)",
    (
        "mdb card",
        "out_of_sequence",
    ): "DeviceFaulted(OUT_OF_SEQUENCE), CardUnknown(OUT_OF_SEQUENCE), CardReaderIdentified",
    ("ssp notes", "credits_twice"): "NoteEscrowed, NoteStacked, DeviceFaulted(OUT_OF_SEQUENCE)",
    ("ssp notes", "string"): "NoteEscrowed, DeviceFaulted(FRAUD), NoteReturned",
    ("ssp notes", "swallow"): "NoteEscrowed, NoteUnknown(NO_REPLY)",
    ("ssp notes", "wrong_note"): "NoteEscrowed, NoteUnknown(OUT_OF_SEQUENCE), NoteUnvalued",
    ("ssp hopper", "sensor_lies"): "HopperCounted, PayoutProgressed, CoinsPaid",
    ("ssp hopper", "wrong_coin_extra"): "PayoutProgressed, PayoutUnknown(UNSPECIFIED), HopperCounted",
    ("fafb coils", "sensor_blind"): "VendProgressed, VendFailed(NOT_SEEN)",
    ("fafb coils", "no_drop"): "VendProgressed, VendFailed(NOT_SEEN)",
    ("fafb coils", "double_drop"): "VendProgressed, VendDelivered",
    ("k1 coils", "sensor_blocked"): "DeviceFaulted(SENSOR_BLOCKED), VendFailed(SENSOR_BLOCKED)",
    ("k1 coils", "home_stuck"): "VendProgressed, VendUnknown(NO_REPLY)",
    ("k1 coils", "sensor_blind"): "VendProgressed, VendFailed(NOT_SEEN)",
    ("printer", "lost_answer"): "PrintEnded(NO_REPLY)",
    ("printer", "says_no_but_prints"): "PrinterStatus(PAPER_OUT), PrintEnded(PAPER_OUT)",
    ("scanner", "double_read"): "CodeScanned",
    ("scanner", "flood"): "CodeUnreadable(TOO_LONG)",
}
"""A device that answers well and says what is not so; the faults are named by the simulators."""

IN_WHEN_TOLD: Final = frozenset({("cctalk notes", "string_from_box")})
"""It was inside when it was told, and was pulled out afterwards; which is told too."""

ON_ITS_WORD: Final = frozenset({("mdb notes", "says_stacked")})
"""It said that the note which it was told to keep is in, as one that counts late says too: credited, with the doubt beside it."""

PROVEN: Final = frozenset({"cctalk notes", "mdb notes"})
"""A count is held against events once it was seen to move with a note."""


def spoils(name: str) -> dict[Kind, Spoil]:
    found = {Kind.NOISE: noise(), Kind.HALF: halves(), Kind.ORDER: swapped()}
    if name in ADDRESSES:
        found[Kind.ADDRESS] = ADDRESSES[name]()
    if name in CHECKS:
        found[Kind.CHECKSUM] = last_byte_flipped
    return found


def ready(name: str) -> Stage:
    stage = STAGES[name]()
    stage.run(READY_MS - OPENING_MS)
    stage.open()
    stage.run(OPENING_MS)
    stage.seen.clear()
    return stage


def told(events: Sequence[DeviceEvent]) -> set[str]:
    """Events by name, with their fault."""
    faults = [(type(event).__name__, getattr(event, "fault", None)) for event in events]
    return {name if fault is None else f"{name}({fault.name})" for name, fault in faults}


def names_in(row: str) -> set[str]:
    return set(row.split(", ")) if row else set()


@pytest.mark.parametrize(("name", "kind"), OUTCOMES, ids=str)
def test_a_bad_wire_has_a_named_outcome_and_invents_nothing(name: str, kind: Kind) -> None:
    stage = ready(name)
    stage.spoil = spoils(name)[kind]
    stage.act(stage)
    stage.run(BAD_MS)
    stage.spoil = whole
    stage.run(GOOD_MS)
    assert stage.invented(stage) == ""
    assert told(stage.seen) == names_in(OUTCOMES[name, kind])


@pytest.mark.parametrize("name", STRANGERS)
def test_what_the_configuration_does_not_know_is_not_let_in(name: str) -> None:
    stage = ready(name)
    assert stage.stranger is not None
    stage.stranger(stage)
    stage.run(GOOD_MS)
    assert stage.invented(stage) == ""
    assert told(stage.seen) == names_in(STRANGERS[name])


@pytest.mark.parametrize(("name", "fault"), SCALES)
def test_a_device_that_counts_in_another_unit_is_named_and_takes_nothing(name: str, fault: str) -> None:
    stage = STAGES[name]()
    stage.sim.set_fault(fault, True, stage.now_ms)
    stage.run(READY_MS - OPENING_MS)
    stage.open()
    stage.run(OPENING_MS)
    stage.act(stage)
    stage.run(GOOD_MS)
    assert stage.invented(stage) == ""
    assert told(stage.seen) == names_in(SCALES[name, fault])


@pytest.mark.parametrize(("name", "fault"), LIES)
def test_a_device_that_answers_but_lies_has_a_named_outcome_and_makes_no_money(name: str, fault: str) -> None:
    stage = ready(name)
    if name in PROVEN:
        stage.act(stage)
        stage.run(BAD_MS)
        assert stage.invented(stage) == ""
    before = len(stage.seen)
    stage.sim.set_fault(fault, True, stage.now_ms)
    stage.act(stage)
    stage.run(GOOD_MS)
    assert stage.invented(stage) == "" or (name, fault) in IN_WHEN_TOLD | ON_ITS_WORD
    assert told(stage.seen[before:]) == names_in(LIES[name, fault])


def test_every_driver_meets_every_kind_or_says_why_not() -> None:
    rows = {(name, kind) for name in STAGES for kind in Kind}
    assert rows == set(OUTCOMES) | set(NOT_THERE)
    assert not set(OUTCOMES) & set(NOT_THERE)
    assert {name for name, make in STAGES.items() if make().stranger} == set(STRANGERS)
    assert {name for name, _ in LIES} == set(STAGES) - {"mdb coins, waferstar"}


def test_a_stage_notices_what_is_told_and_not_there() -> None:
    """Each count of what is really there finds a thing that nobody put in, paid, printed or held."""
    more: Mapping[str, DeviceEvent] = {
        "cctalk coins": CoinAccepted("coin", 1, 1, 1, 3, 50, "EUR", 1),
        "mdb notes": NoteStacked("notes", 1, 1, 1, 2, 1000, "EUR"),
        "cctalk hopper": CoinsPaid("hopper", "P", 1, None),
        "ssp hopper": CoinsPaid("coins-20", "P", 1, None),
        "mdb tube": CoinsPaid("tube", "P", 1, None),
        "k1 coils": VendDelivered("coils", "V", seen=True),
        "printer": PrintEnded("printer", "R", PrintResult.PRINTED),
        "scanner": CodeScanned("scanner", "1"),
    }
    for name, event in more.items():
        stage = STAGES[name]()
        assert stage.invented(stage) == ""
        stage.seen.append(event)
        assert stage.invented(stage)
