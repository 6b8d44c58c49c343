"""What the table of support says our host sends is what it sends: nothing else, and all of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from hardware.cctalk.acceptor import AcceptorTalk
from hardware.cctalk.device import Answer
from hardware.cctalk.hopper import HopperTalk
from hardware.cctalk.messages import Header, HopperFlag
from hardware.cctalk.talk import Talk
from hardware.cctalk.validator import ValidatorTalk
from hardware.simulators.cctalk_validator import NoteValidatorSim
from hardware.simulators.coin_acceptor import CoinAcceptorSim
from hardware.simulators.hopper import HopperSim
from tests.hardware.cctalk.conversation import (
    COINS,
    NOTES,
    SERIAL,
    Conversation,
    acceptor_config,
    hopper_config,
    validator_config,
)


def two(wire: Conversation) -> None:
    """Two devices answer at each address for a while."""
    for slave in wire.wire.slaves[1:]:
        slave.set_power(True, wire.now_ms)
    wire.run(15_000)


def coins() -> Conversation:
    hopper = HopperSim("hopper1", 3, 7, 10)
    sim = CoinAcceptorSim("coin", 2, SERIAL, COINS, sorter={2: hopper})
    wire = Conversation(
        [replace(acceptor_config(), into={1: "hopper1"}, paths={1: 2})],
        [sim, CoinAcceptorSim("other", 2, SERIAL + 1, COINS)],
        has_clash=True,
    )
    wire.wire.slaves[1].set_power(False, wire.now_ms)
    wire.open()
    wire.run(6000)
    two(wire)
    return wire


def hoppers() -> Conversation:
    sim = HopperSim("hopper1", 3, SERIAL, 10)
    sim.fill(20)
    wire = Conversation([hopper_config()], [sim, HopperSim("other", 3, 9, 10)], has_clash=True)
    wire.wire.slaves[1].set_power(False, wire.now_ms)
    wire.run(3000)
    sim.firmware.flags.add(HopperFlag.OVER_CURRENT)
    sim.set_fault("stalls", True, wire.now_ms)
    wire.pay(3)
    wire.run(40_000)
    two(wire)
    wire.pay(1)
    wire.run(5000)
    two(wire)
    return wire


def notes() -> Conversation:
    sim = NoteValidatorSim("note", 40, SERIAL, NOTES)
    wire = Conversation(
        [validator_config()], [sim, NoteValidatorSim("other", 40, SERIAL + 1, NOTES)], has_clash=True
    )
    wire.wire.slaves[1].set_power(False, wire.now_ms)
    wire.open_notes()
    wire.run(5000)
    sim.insert(1, wire.now_ms)
    wire.run(2000)
    wire.stack()
    wire.run(3000)
    two(wire)
    sim.firmware._commands[Header.READ_BILL_EVENTS] = lambda _data, _now_ms: Answer(bytes(11))
    wire.run(10_000)
    two(wire)
    return wire


@pytest.mark.parametrize(
    ("talk", "address", "session"),
    [(AcceptorTalk, 2, coins), (HopperTalk, 3, hoppers), (ValidatorTalk, 40, notes)],
)
def test_the_host_sends_what_it_says_that_it_sends(
    talk: type[Talk], address: int, session: Callable[[], Conversation]
) -> None:
    sent = {Header(header) for header in session().sent_headers(address)}
    assert sent == talk.asks
