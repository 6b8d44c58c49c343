"""The worked frames, asserted on the codec, on our host and on our simulated units."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Final

import pytest

from hardware.simulators.ssp_validator import NoteValidatorSim
from hardware.ssp.crypto import Exchange, Opened, is_prime, key_of, make_exchange, seal, unseal
from hardware.ssp.frames import Frame, crc_of, decode, encode
from hardware.ssp.host import DEFAULT_FIXED_KEY, NotesConfig, SspBus, TubeConfig, UnitConfig
from hardware.ssp.messages import (
    DO_IT,
    Command,
    Event,
    Seen,
    UnitType,
    inhibits_of,
    pay_amount,
    read_events,
    write_events,
)
from hardware.ssp.talk import Ask, Reply
from tests.hardware.ssp.conversation import NOTES, SERIAL, Conversation, with_notes

VECTORS: Final[dict[str, Any]] = tomllib.loads(
    (Path(__file__).parents[2] / "vectors" / "ssp.toml").read_text(encoding="utf-8")
)
FRAMES: Final[list[dict[str, Any]]] = VECTORS["frame"]
KEYS: Final[dict[str, Any]] = VECTORS["keys"]
KEY: Final = bytes.fromhex(KEYS["key"])


def named(vectors: list[dict[str, Any]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("vector", vectors, ids=[vector["what"] for vector in vectors])


def test_the_crc_is_that_of_the_specification() -> None:
    for vector in VECTORS["crc"]:
        assert crc_of(bytes.fromhex(vector["bytes"])) == vector["crc"]


@named(FRAMES)
def test_each_worked_frame_reads_and_writes_as_printed(vector: dict[str, Any]) -> None:
    raw = bytes.fromhex(vector["raw"])
    frame = Frame(0, vector["sequence"], bytes.fromhex(vector["data"]))
    assert decode(raw) == frame
    assert encode(frame) == raw


@named(VECTORS["events"])
def test_events_mean_what_is_written_beside_them(vector: dict[str, Any]) -> None:
    frame = decode(bytes.fromhex(vector["raw"]))
    assert frame is not None
    seen = tuple(Seen(Event[name], channel) for name, channel in vector["seen"])
    for protocol in (6, 7, 8):
        assert read_events(frame.data[1:], protocol, UnitType.VALIDATOR).seen == seen
        assert b"\xf0" + write_events(seen, protocol, UnitType.VALIDATOR) == frame.data


def test_the_words_that_our_host_builds_are_those_of_the_frames() -> None:
    built = {
        bytes((Command.PAY_AMOUNT,)) + pay_amount(500, "EUR", DO_IT),
        bytes((Command.INHIBITS,)) + inhibits_of((1, 2, 3)),
    }
    assert built <= {bytes.fromhex(vector["data"]) for vector in FRAMES}


# --- keys -------------------------------------------------------------------------------------------------------


def test_both_sides_of_the_key_exchange_come_to_the_same_key() -> None:
    host = Exchange(KEYS["generator"], KEYS["modulus"], KEYS["host_secret"])
    unit = Exchange(KEYS["generator"], KEYS["modulus"], KEYS["unit_secret"])
    assert (host.public, unit.public) == (KEYS["host_public"], KEYS["unit_public"])
    assert host.shared(unit.public) == unit.shared(host.public) == KEYS["shared"]
    assert key_of(DEFAULT_FIXED_KEY, KEYS["shared"]) == KEY


@named(VECTORS["sealed"])
def test_each_sealed_field_opens_and_closes_as_printed(vector: dict[str, Any]) -> None:
    plain, raw = bytes.fromhex(vector["plain"]), bytes.fromhex(vector["raw"])
    assert encode(Frame(0, vector["sequence"], seal(KEY, vector["count"], plain))) == raw
    frame = decode(raw)
    assert frame is not None
    assert unseal(KEY, frame.data) == Opened(vector["count"], plain)
    assert bytes.fromhex(vector["block"])[5 : 5 + len(plain)] == plain


# --- the unit -----------------------------------------------------------------------------------------------------


def answer(sim: NoteValidatorSim, raw: str, now_ms: int) -> str:
    sim.machine.receive(bytes.fromhex(raw), now_ms)
    sim.machine.tick(now_ms + 20)
    return sim.machine.bytes_to_send().hex(" ").upper()


def play(scene: str) -> NoteValidatorSim:
    """A unit in the state of ``scene``; everything was said to it with sequence 0 last."""
    sim = NoteValidatorSim("notes", SERIAL, NOTES)
    sim.link.secret = KEYS["unit_secret"]
    if scene in {"generator given", "modulus given"}:
        answer(sim, encode(Frame(0, False, b"\x4a" + KEYS["generator"].to_bytes(8, "little"))).hex(), 100)
    if scene == "modulus given":
        answer(sim, encode(Frame(0, True, b"\x4b" + KEYS["modulus"].to_bytes(8, "little"))).hex(), 200)
    if scene in {"escrow", "rejected"}:
        for sequence, data in ((True, "02 07 00"), (False, "0A"), (True, "07")):
            answer(sim, encode(Frame(0, sequence, bytes.fromhex(data))).hex(), 300)
        sim.insert(1, 400, 1)
        sim.tick(3000)
        assert (
            answer(sim, "7F 00 01 07 11 88", 3000)
            == encode(Frame(0, False, b"\xf0\xef\x01")).hex(" ").upper()
        )
    if scene == "rejected":
        answer(sim, "7F 80 01 08 30 02", 3100)
        sim.tick(5000)
        answer(sim, "7F 00 01 07 11 88", 5000)
    return sim


@named([vector for vector in FRAMES if "scene" in vector])
def test_the_simulated_unit_answers_as_printed(vector: dict[str, Any]) -> None:
    assert answer(play(vector["scene"]), vector["raw"], 6000) == vector["answer"]


def test_the_simulated_unit_answers_the_sealed_poll_with_the_next_count() -> None:
    sim = play("modulus given")
    answer(sim, "7F 00 09 4C D4 D4 02 00 00 00 00 00 89 D9", 300)
    sim.firmware.reports.clear()
    sim.firmware.is_enabled = True
    poll, ok, _ = VECTORS["sealed"]
    assert answer(sim, poll["raw"], 400) == ok["raw"]


# --- the host -----------------------------------------------------------------------------------------------------


def test_the_host_sends_the_worked_frames() -> None:
    wire, sim = with_notes(has_keys=False)
    for parity in (0, 1):  # so that each command is met with each sequence bit
        wire.open()
        wire.run(4000 + 250 * parity)
        for decide in ("stack", "return"):
            wire.decide = decide
            sim.insert(1, wire.now_ms, 1)
            wire.run(5000)
        wire.close()
        wire.run(1000)
    plain = Conversation([UnitConfig(0, "EUR", NotesConfig("notes", NOTES))], [sim], has_keys=False)
    plain.run(3000)
    sent = {raw[2:] if raw[1] & 0x80 else raw for _, raw in wire.sent + plain.sent}
    assert sent
    both = {raw for _, raw in wire.sent + plain.sent}
    commands = ("11", "07", "06 08", "05", "0C", "02 07 00", "0A", "09", "18", "08", "17")
    for data in commands:
        frames = {encode(Frame(0, sequence, bytes.fromhex(data))) for sequence in (True, False)}
        assert frames & both, data
    assert {bytes.fromhex(vector["raw"]) for vector in FRAMES if vector.get("host") == "plain"} <= both


def test_the_host_offers_its_keys_as_in_the_worked_exchange() -> None:
    """The numbers of the example are too small for a unit's real ones, so the exchange itself is handed in."""
    offered = make_exchange(
        lambda bits: (1 << bits) - 59
    )  # chance that is none: it still ends, with two primes
    assert offered.generator > offered.modulus
    assert is_prime(offered.generator)
    assert is_prime(offered.modulus)
    host = SspBus([UnitConfig(0, "EUR", tubes=(TubeConfig("five", 500),))], lambda bits: (1 << bits) - 59)
    talk = host._talks[0]
    script = talk._offer(Exchange(KEYS["generator"], KEYS["modulus"], KEYS["host_secret"]))
    asked = [next(script), script.send(Reply(0xF0)), script.send(Reply(0xF0))]
    fields = [ask.field.hex(" ").upper() for ask in asked if isinstance(ask, Ask)]
    assert fields == [FRAMES[index]["data"] for index in (-4, -3, -2)]
