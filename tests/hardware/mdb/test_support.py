"""What the table of support says our master sends is what it sends: nothing else, and all of it."""

from __future__ import annotations

import pytest

from hardware.commands import (
    ApproveVend,
    CancelCard,
    DenyVend,
    LoadCard,
    OfferFunds,
    PayCoins,
    RefundCard,
    ReportCashSale,
    RequestCard,
    ReturnNote,
    SetAccept,
    SettleCard,
    StackNote,
)
from hardware.events import MachineVendAsked
from hardware.mdb import qibixx
from hardware.mdb.cashless import CashlessTalk
from hardware.mdb.changer import ChangerTalk
from hardware.mdb.host import ValidatorConfig
from hardware.mdb.messages import ChangerState, Said
from hardware.mdb.qibixx import QibixxLink
from hardware.mdb.reader_messages import Code, Reported
from hardware.mdb.slave import MachineSlave
from hardware.mdb.support import command_in, line_command
from hardware.mdb.talk import Talk
from hardware.mdb.validator import ValidatorTalk
from tests.hardware.mdb import machine
from tests.hardware.mdb.conversation import (
    NOTES,
    Conversation,
    changer_config,
    reader_config,
    reader_sim,
    validator_config,
    validator_sim,
    with_changer,
)


def sent_in(*sessions: Conversation) -> set[bytes]:
    """The commands that the box was asked to put on the bus; one that has no row shows as its whole block."""
    found = set()
    for wire in sessions:
        for line in b"".join(wire.sent).decode("ascii").splitlines():
            block = qibixx.read_order(line)
            if block is not None:
                command = command_in(block)
                found.add(block if command is None else command.code)
    return found


def a_changer() -> list[Conversation]:
    """Coins in, coins out, and a changer that says that something is wrong."""
    wire, sim = with_changer()
    sim.fill(2, 9)
    wire.run(6_000)
    wire.open()
    wire.run(1_000)
    sim.drop(2, 1, wire.now_ms)
    wire.run(2_000)
    wire.pay(2)
    wire.run(5_000)
    sim.firmware.push(Said(ChangerState.TUBE_JAM))
    wire.run(70_000)
    wire.restart_host([changer_config()])
    wire.run(8_000)
    return [wire]


def a_validator() -> list[Conversation]:
    """Notes kept, given back and paid, of a recycler that jams; and one of level 1."""
    sim = validator_sim()
    wire = Conversation([validator_config()], [sim])
    sim.fill(1, 5)
    wire.run(8_000)
    wire.ask(SetAccept("notes", (1, 2, 3, 4)))
    wire.run(1_000)
    for command in (StackNote("notes", "N1"), ReturnNote("notes", "N2")):
        sim.insert(1, wire.now_ms)
        wire.run(4_000)
        wire.ask(command)
        wire.run(6_000)
    sim.set_fault("stalls", True, wire.now_ms)
    wire.ask(PayCoins("recycler-5", "P1", 1, None))
    wire.run(150_000)
    wire.restart_host([validator_config()])
    wire.run(10_000)
    old = Conversation([ValidatorConfig("notes", NOTES, "EUR")], [validator_sim(level=1)])
    old.run(8_000)
    return [wire, old]


def a_reader() -> list[Conversation]:
    """Cards charged, given back and withdrawn; a sale for cash, money put on a card, a reader that wants to be typed at."""
    sim = reader_sim()
    wire = Conversation([reader_config()], [sim])
    wire.run(6_000)
    wire.ask(SetAccept("card", (1,)))
    wire.run(1_000)
    for number, end in enumerate((SettleCard, RefundCard, CancelCard)):
        job = f"C{number}"
        sim.set_fault("never_answers", end is CancelCard, wire.now_ms)
        wire.ask(RequestCard("card", job, 250))
        sim.tap(wire.now_ms)
        wire.run(4_000)
        wire.ask(end("card", job))
        wire.run(6_000)
    sim.set_fault("never_answers", False, wire.now_ms)
    wire.run(20_000)
    wire.ask(ReportCashSale("card", 120, 7))
    wire.ask(LoadCard("card", "L1", 500))
    sim.tap(wire.now_ms)
    wire.run(5_000)
    sim.firmware.push(Reported(Code.DATA_ENTRY, 4))
    wire.run(3_000)
    wire.ask(SetAccept("card", ()))
    wire.run(5_000)
    wire.restart_host([reader_config()])
    wire.run(8_000)
    return [wire]


@pytest.mark.parametrize(
    ("talk", "sessions"), [(ChangerTalk, a_changer), (ValidatorTalk, a_validator), (CashlessTalk, a_reader)]
)
def test_the_master_sends_what_it_says_that_it_sends(talk: type[Talk], sessions: object) -> None:
    assert callable(sessions)
    assert sent_in(*sessions()) == talk.asks


def test_the_master_says_the_lines_that_the_table_says() -> None:
    lines = b"".join(b"".join(wire.sent) for wire in a_changer()).decode("ascii").splitlines()
    assert begun(lines) == QibixxLink.asks


def test_the_card_reader_of_an_old_machine_says_the_lines_that_the_table_says() -> None:
    wire = machine.Conversation({"mdb-currency-code": "0x1978"})
    wire.run(5_000)
    for answer in (ApproveVend, DenyVend, None):
        wire.host.request(OfferFunds(machine.NAME, 500), machine.AUTHORITY)
        wire.run(2_000)
        if answer is not None:
            wire.sim.act("press", {"item": "12"}, wire.now_ms)
            wire.run(1_000)
            (asked,) = [each for each in wire.seen if isinstance(each, MachineVendAsked)][-1:]
            approval = ApproveVend(machine.NAME, "V", asked.request, asked.amount_minor)
            is_yes = answer is ApproveVend
            wire.host.request(
                approval if is_yes else DenyVend(machine.NAME, asked.request), machine.AUTHORITY
            )
            wire.run(12_000)
    wire.host.request(OfferFunds(machine.NAME, 0), machine.AUTHORITY)
    wire.run(2_000)
    assert begun(wire.sent.decode("ascii").splitlines()) == MachineSlave.asks


def begun(lines: list[str]) -> set[bytes]:
    """How lines begin; one that has no row shows whole."""
    rows = {line: line_command(line) for line in lines if line}
    return {line.encode() if row is None else row.code for line, row in rows.items()}
