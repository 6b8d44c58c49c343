"""The worked frames, asserted on the codec, on our host and on our simulated devices."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hardware.cctalk.frames import Check, crc_of, decode, encode
from hardware.cctalk.host import AcceptorConfig, HopperConfig, Security, ValidatorConfig
from hardware.cctalk.messages import HopperStatus, new_events, read_event_reply, read_hopper_status
from hardware.commands import SetAccept
from hardware.simulators.cctalk_validator import NoteValidatorSim
from hardware.simulators.cctalk_wire import CcTalkSlave
from hardware.simulators.coin_acceptor import CoinAcceptorSim
from hardware.simulators.hopper import HopperSim
from tests.hardware.cctalk.conversation import NOTES, SERIAL, Conversation

VECTORS: dict[str, list[dict[str, Any]]] = tomllib.loads(
    (Path(__file__).parents[2] / "vectors" / "cctalk.toml").read_text(encoding="utf-8")
)
EXCHANGES = VECTORS["exchange"]
PLAYED = [vector for vector in EXCHANGES if "scene" in vector]
ASKED = [vector for vector in EXCHANGES if "not_asked" not in vector]
CAPTURED_KEY = bytes.fromhex("00DC0465AA1FAD1D")
ALL_COINS = dict.fromkeys(range(1, 17), 100)


def named(vectors: list[dict[str, Any]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("vector", vectors, ids=[vector["what"] for vector in vectors])


def check_of(vector: dict[str, Any]) -> Check:
    return Check(vector.get("check", "sum"))


@named(EXCHANGES)
def test_each_worked_frame_reads_and_writes_as_printed(vector: dict[str, Any]) -> None:
    for way in ("ask", "answer"):
        raw = bytes.fromhex(vector[way])
        frame = decode(raw, check_of(vector))
        assert frame is not None
        assert encode(frame, check_of(vector)) == raw


@named([vector for vector in EXCHANGES if "pairs" in vector])
def test_event_replies_mean_what_is_written_beside_them(vector: dict[str, Any]) -> None:
    frame = decode(bytes.fromhex(vector["answer"]), check_of(vector))
    assert frame is not None
    reply = read_event_reply(frame.data)
    assert (reply.counter, [list(pair) for pair in reply.pairs]) == (vector["counter"], vector["pairs"])


@named([vector for vector in EXCHANGES if "status" in vector])
def test_hopper_statuses_mean_what_is_written_beside_them(vector: dict[str, Any]) -> None:
    frame = decode(bytes.fromhex(vector["answer"]))
    assert frame is not None
    assert read_hopper_status(frame.data) == HopperStatus(*vector["status"])


@pytest.mark.parametrize("vector", VECTORS["crc"], ids=lambda vector: vector["bytes"])
def test_crc_sums_are_those_of_the_specification(vector: dict[str, Any]) -> None:
    assert crc_of(bytes.fromhex(vector["bytes"])) == vector["crc"]


@pytest.mark.parametrize(
    "vector", VECTORS["counting"], ids=lambda vector: f"{vector['last']}-{vector['now']}"
)
def test_counter_distances_are_those_of_the_specification(vector: dict[str, Any]) -> None:
    assert new_events(vector["last"], vector["now"]) == vector["new"]


# --- the device -------------------------------------------------------------------------------------------------------


def play_acceptor(scene: str, check: Check) -> CoinAcceptorSim:
    coins = {2: 100} if scene == "no_coins" else {1: 100}
    sim = CoinAcceptorSim("coin", 2, SERIAL, coins, check=check)
    pairs = {
        "one_credit": [(3, 1)],
        "error_then_credit": [(3, 1), (0, 2), (4, 2)],
        "wrapped": [(1, 1)] * 251 + [(4, 0), (4, 1), (5, 1), (0, 254), (5, 1)],
    }
    for pair in pairs.get(scene, []):
        sim.firmware.push(*pair)
    sim.firmware.has_sorter = scene == "sorter"
    return sim


def play_validator(scene: str, check: Check) -> NoteValidatorSim:
    sim = NoteValidatorSim("note", 40, SERIAL, NOTES, check=check)
    if scene == "idle":
        return sim
    firmware = sim.firmware
    for header, data in ((153, b"\x03"), (231, b"\xff\xff"), (228, b"\x01"), (159, b"")):
        firmware.answer(header, data, 0)
    sim.insert(3, 0)
    sim.tick(900)
    if scene == "note_stacked":
        sim.receive(bytes.fromhex("28 01 01 9A 01 3B"), 900)
        sim.tick(3000)
        sim.bytes_to_send()
    firmware.refuses_route = scene == "stuck"
    return sim


def play_hopper(scene: str, security: Security) -> HopperSim:
    sim = HopperSim("hopper1", 3, SERIAL, 10, security=security)
    sim.firmware.key_source = lambda _number: CAPTURED_KEY
    sim.fill(100)
    if scene == "idle":
        return sim
    sim.firmware.answer(164, b"\xa5", 0)
    if scene == "key_given":
        sim.firmware.answer(160, b"", 0)
    if scene in {"reset_in_mid_payout", "two_left"}:
        sim.firmware.answer(167, SERIAL.to_bytes(3, "little") + b"\x05", 0)
        for _ in range(1 if scene == "reset_in_mid_payout" else 3):
            sim.firmware.coin_left()
    if scene == "reset_in_mid_payout":
        sim.firmware.power_failed()
        sim.firmware.reset()
    return sim


@named(PLAYED)
def test_the_simulated_device_answers_as_printed(vector: dict[str, Any]) -> None:
    slave: CcTalkSlave
    if vector["slave"] == "acceptor":
        slave = play_acceptor(vector["scene"], check_of(vector))
    elif vector["slave"] == "validator":
        slave = play_validator(vector["scene"], check_of(vector))
    else:
        security = Security.KEY_ECHO if vector["slave"] == "key_hopper" else Security.SERIAL
        slave = play_hopper(vector["scene"], security)
    slave.receive(bytes.fromhex(vector["ask"]), 4000)
    slave.tick(4010)
    assert slave.bytes_to_send() == bytes.fromhex(vector["answer"])


# --- the host ---------------------------------------------------------------------------------------------------------


def acceptor_session(check: Check) -> Conversation:
    sim = CoinAcceptorSim("coin", 2, SERIAL, ALL_COINS, check=check)
    wire = Conversation([AcceptorConfig("coin", 2, ALL_COINS, "EUR")], [sim], check=check)
    wire.run(3000)
    for positions in (tuple(range(1, 17)), (1, 2, 3), ()):
        wire.host.request(SetAccept("coin", positions))
        wire.run(500)
    return wire


def hopper_session(security: Security) -> Conversation:
    sim = play_hopper("idle", security)
    wire = Conversation([HopperConfig("hopper1", 3, security=security)], [sim])
    wire.run(3000)
    sim.set_fault("stalls", True, wire.now_ms)
    wire.pay(5)
    wire.run(30_000)
    return wire


def validator_session(check: Check) -> Conversation:
    sim = NoteValidatorSim("note", 40, SERIAL, NOTES, check=check)
    wire = Conversation([ValidatorConfig("note", 40, NOTES, "EUR")], [sim], check=check)
    wire.open_notes()
    wire.run(3000)
    for decide in (wire.stack, wire.give_back):
        sim.insert(3, wire.now_ms)
        wire.run(6000)
        decide()
        wire.run(3000)
    return wire


SESSIONS: dict[str, Callable[[], Conversation]] = {
    "acceptor sum": lambda: acceptor_session(Check.SUM),
    "acceptor crc": lambda: acceptor_session(Check.CRC),
    "validator sum": lambda: validator_session(Check.SUM),
    "validator crc": lambda: validator_session(Check.CRC),
    "hopper sum": lambda: hopper_session(Security.SERIAL),
    "key_hopper sum": lambda: hopper_session(Security.KEY_ECHO),
}


@pytest.mark.parametrize("name", SESSIONS)
def test_the_host_sends_the_worked_frames(name: str) -> None:
    slave, check = name.split()
    expected = {
        vector["ask"] for vector in ASKED if vector["slave"] == slave and check_of(vector) is Check(check)
    }
    sent = {frame.hex(" ").upper() for _, frame in SESSIONS[name]().sent}
    assert expected
    assert expected <= sent
