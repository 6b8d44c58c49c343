"""One thing goes wrong at each place of a whole session: what is told stays what happened."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from hardware.events import (
    AcceptorIdentified,
    CoinsPaid,
    DeviceEvent,
    DeviceFaulted,
    DeviceKind,
    Fault,
    LineNoise,
    NoteEscrowed,
    NoteReturned,
    NoteStacked,
    NoteUnknown,
)
from hardware.sansio import AcceptorMemory
from hardware.simulators.ssp_validator import NoteValidatorSim
from hardware.ssp.crypto import unseal
from hardware.ssp.frames import Frame, decode, encode
from hardware.ssp.host import NotesConfig, SspBus, UnitConfig
from hardware.ssp.messages import Event
from tests.hardware.ssp.conversation import (
    NOTES,
    SERIAL,
    Conversation,
    Spoil,
    inside_worth,
    with_coins,
    with_notes,
    with_recycler,
)

KEYS = pytest.mark.parametrize("has_keys", [True, False], ids=["encrypted", "plain"])


class Losing:
    """Loses ``qty`` transmissions from the ``nth`` on."""

    def __init__(self, nth: int, qty: int) -> None:
        self._lost = range(nth, nth + qty)
        self._passed = 0

    def __call__(self, data: bytes) -> Sequence[bytes]:
        self._passed += 1
        return () if self._passed - 1 in self._lost else (data,)


def check_notes(wire: Conversation, sim: NoteValidatorSim) -> None:
    """Every note in escrow has one end, and what was told as kept is inside."""
    told = wire.of(NoteStacked)
    assert sum(event.value_minor for event in told if isinstance(event, NoteStacked)) == inside_worth(sim)
    assert len(wire.of(NoteStacked, NoteReturned, NoteUnknown)) == len(wire.of(NoteEscrowed))
    assert not wire.of(NoteUnknown)


@KEYS
@pytest.mark.parametrize("qty", [1, 2, 5], ids=["one", "two", "until it gives up"])
@pytest.mark.parametrize("way", ["answers", "commands"])
def test_answers_or_commands_lost_at_any_place_of_a_sale_lose_no_note(
    way: str, qty: int, has_keys: bool
) -> None:
    for nth in range(0, 40, 3):
        wire, sim = with_notes(has_keys=has_keys)
        losing: Spoil = Losing(nth, qty)
        if way == "answers":
            wire.to_host = losing
        else:
            wire.to_units = losing
        wire.open()
        wire.run(2500)
        sim.insert(2, wire.now_ms)
        wire.run(25_000)
        check_notes(wire, sim)


@pytest.mark.parametrize("qty", [1, 2, 12], ids=["one", "two", "until it gives up"])
@pytest.mark.parametrize("way", ["answers", "commands"])
def test_answers_or_commands_lost_at_any_place_of_a_payout_pay_what_is_told(way: str, qty: int) -> None:
    for nth in range(1, 24, 2):
        wire, sim = with_coins()
        wire.run(4000)
        losing: Spoil = Losing(nth, qty)
        if way == "answers":
            wire.to_host = losing
        else:
            wire.to_units = losing
        wire.pay("coins-20", 4)
        wire.run(60_000)
        (end,) = wire.of(CoinsPaid)
        assert isinstance(end, CoinsPaid)
        assert (end.paid_qty, end.level) == (sim.tray(20), 50 - sim.tray(20))


def test_a_power_cut_in_each_state_of_a_recycler_leaves_every_note_told_once() -> None:
    for at_ms in range(100, 5200, 300):
        wire, sim = with_recycler()
        wire.open()
        wire.run(5000)
        sim.insert(1, wire.now_ms)
        wire.run(at_ms)
        sim.set_power(False, wire.now_ms)
        wire.run(400)
        sim.set_power(True, wire.now_ms)
        wire.run(25_000)
        assert sum(event.value_minor for event in wire.of(NoteStacked) if isinstance(event, NoteStacked)) == (
            inside_worth(sim)
        ), at_ms


# --- bad input ------------------------------------------------------------------------------------------------------


def ready(*, has_keys: bool = False) -> tuple[Conversation, NoteValidatorSim]:
    wire, sim = with_notes(has_keys=has_keys)
    wire.open()
    wire.run(4000)
    return wire, sim


def instead(found: bytes, other: bytes) -> Spoil:
    """Answers with this data become other ones, with good checks."""

    def change(data: bytes) -> Sequence[bytes]:
        frame = decode(data)
        if frame is None or frame.data != found:
            return (data,)
        return (encode(Frame(frame.address, frame.sequence, other)),)

    return change


def test_a_credit_from_another_address_is_nobodys() -> None:
    wire, sim = ready()

    def foreign(data: bytes) -> Sequence[bytes]:
        return (encode(Frame(0x10, True, b"\xf0\xee\x01")), encode(Frame(0x10, False, b"\xf0\xee\x01")), data)

    wire.to_host = foreign
    wire.run(20_000)
    assert wire.of(NoteStacked) == []
    assert wire.of(LineNoise), "frames of strangers are noise"
    assert inside_worth(sim) == 0


def test_an_old_answer_that_comes_late_is_not_taken_for_the_new_one() -> None:
    wire, sim = ready()
    sim.insert(1, wire.now_ms)
    wire.run(8000)
    credit = next(data for _, data in wire.heard if b"\xee\x01" in data)
    wire.to_host = lambda data: (credit, data)
    wire.run(10_000)
    assert len(wire.of(NoteStacked)) == 1
    assert inside_worth(sim) == 500


def opened(sim: NoteValidatorSim, data: bytes) -> bytes:
    frame, key = decode(data), sim.link._key
    field = unseal(key, frame.data) if frame is not None and key is not None else None
    return b"" if field is None else field.plain


def test_encrypted_answers_of_the_past_are_dropped_by_their_count() -> None:
    sim = NoteValidatorSim("notes", SERIAL, NOTES)
    sim.set_fault("no_counts", True, 0)
    wire, _ = with_notes(sim=sim)
    wire.open()
    wire.run(5000)
    since_ms = wire.now_ms
    sim.insert(1, wire.now_ms)
    wire.run(6000)
    past = tuple(data for at, data in wire.heard if at >= since_ms and b"\xee\x01" in opened(sim, data))
    assert past, "the credit was heard"
    wire.to_host = lambda data: (*past, data)
    wire.run(6000)
    assert len(wire.of(NoteStacked)) == 1
    assert len(wire.of(NoteEscrowed)) == 1


class Once:
    """The first answer with this data becomes another one, with a good check: what one damage in 65,536 can do."""

    def __init__(self, found: bytes, other: bytes) -> None:
        self._change = instead(found, other)
        self.is_done = False

    def __call__(self, data: bytes) -> Sequence[bytes]:
        if self.is_done:
            return (data,)
        changed = self._change(data)
        self.is_done = tuple(changed) != (data,)
        return changed


@pytest.mark.parametrize(
    ("found", "other"),
    [
        (b"\xf0" + SERIAL.to_bytes(4, "big"), b"\xf0\x00\x00\x00\x09"),
        (b"\xf0\x05" + bytes(20), b"\xf0\x05\x07" + bytes(19)),
        (b"\xf0\xe8", b"\xf0\xee\x01\xe8"),
        (b"\xf0\xe8", b"\xf0\xef\x01\xe8"),
        (b"\xf0\xe8", b"\xf0\xf1\xe8"),
    ],
    ids=["serial", "count", "credit", "escrow", "reset"],
)
def test_an_answer_that_the_line_forged_once_is_not_believed(found: bytes, other: bytes) -> None:
    wire, _ = with_notes(AcceptorMemory(SERIAL, 1, 0, kept_total=0), has_keys=False)
    forged = wire.to_host = Once(found, other)
    wire.run(10_000)
    assert forged.is_done
    assert wire.seen == [
        AcceptorIdentified(
            "notes", SERIAL, 1, 0, None, restarted=True, kind=DeviceKind.NOTE_VALIDATOR, kept_total=0
        )
    ]


def test_a_credit_that_the_line_forged_once_is_no_money_where_nothing_counts_notes() -> None:
    wire, sim = with_notes(has_keys=False)
    sim.set_fault("no_counts", True, wire.now_ms)
    wire.open()
    wire.run(5000)
    forged = wire.to_host = Once(b"\xf0", b"\xf0\xee\x01")
    wire.run(5000)
    assert forged.is_done
    assert wire.of(NoteStacked) == []


@KEYS
def test_credits_without_notes_are_not_money(has_keys: bool) -> None:
    wire, sim = ready(has_keys=has_keys)
    sim.firmware.report(Event.CREDIT, 1)
    wire.run(15_000)
    assert wire.of(NoteStacked) == []
    assert DeviceFaulted("notes", DeviceKind.NOTE_VALIDATOR, Fault.OUT_OF_SEQUENCE, 1) in wire.seen


def test_an_event_that_nobody_knows_is_told_once_and_the_counts_are_read() -> None:
    wire, sim = ready()
    wire.to_host = instead(b"\xf0", b"\xf0\x99\x01\x02")
    wire.run(5000)
    assert wire.of(DeviceFaulted) == [
        DeviceFaulted("notes", DeviceKind.NOTE_VALIDATOR, Fault.UNSPECIFIED, 0x99)
    ]
    wire.to_host = lambda data: (data,)
    sim.insert(1, wire.now_ms)
    wire.run(8000)
    check_notes(wire, sim)


@KEYS
def test_noise_before_every_answer_changes_nothing_that_is_told(has_keys: bool) -> None:
    chance = random.Random(3)
    wire, sim = ready(has_keys=has_keys)
    wire.to_host = lambda data: (chance.randbytes(20), data)
    sim.insert(3, wire.now_ms)
    wire.run(60_000)
    check_notes(wire, sim)
    assert inside_worth(sim) == 2000
    assert wire.of(LineNoise)


def test_two_answers_glued_together_and_answers_byte_by_byte_are_read() -> None:
    wire, sim = ready()
    wire.to_host = lambda data: (*(data[at : at + 1] for at in range(len(data))),)
    sim.insert(3, wire.now_ms)
    wire.run(9000)
    wire.to_host = lambda data: (data + data,)
    sim.insert(2, wire.now_ms)
    wire.run(9000)
    check_notes(wire, sim)
    assert inside_worth(sim) == 3000


def test_an_answer_just_before_and_just_after_the_time_out_is_one_answer() -> None:
    for late_ms in (900, 990, 1010, 1100, 1900):
        wire, sim = ready()
        held: list[tuple[int, bytes]] = []

        def late(
            data: bytes,
            wire: Conversation = wire,
            held: list[tuple[int, bytes]] = held,
            late_ms: int = late_ms,
        ) -> Sequence[bytes]:
            held.append((wire.now_ms + late_ms, data))
            return ()

        wire.to_host = late
        sim.insert(1, wire.now_ms)
        for _ in range(1200):
            wire.run(10)
            while held and held[0][0] <= wire.now_ms:
                wire.host.receive(held.pop(0)[1], wire.now_ms)
        wire.to_host = lambda data: (data,)
        wire.run(20_000)
        assert sum(event.value_minor for event in wire.of(NoteStacked) if isinstance(event, NoteStacked)) == (
            inside_worth(sim)
        ), late_ms


def test_a_host_that_is_alone_on_its_wire_waits_and_says_so_once() -> None:
    host = SspBus([UnitConfig(0, "EUR", NotesConfig("notes", NOTES))])
    told: list[DeviceEvent] = []
    for now_ms in range(0, 120_000, 50):
        host.tick(now_ms)
        host.bytes_to_send()
        told += host.events()
    assert len(told) == 1
