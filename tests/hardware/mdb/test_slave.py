"""The kiosk as card reader of an old machine: lines on both ends, one end for each vend, and money only by the machine's word."""

from __future__ import annotations

import itertools
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.commands import ApproveVend, DenyVend, TurnCoil
from hardware.events import (
    DeviceFaulted,
    DeviceLost,
    DeviceRecovered,
    DropSeen,
    Fault,
    MachineIdentified,
    MachineSessionEnded,
    MachineVendAsked,
    MachineVendWithdrawn,
    VendDelivered,
    VendFailed,
    VendUnknown,
)
from hardware.mdb.slave import DECIDE_MS, LOST_MS, UNSEEN_MS, VEND_MS
from hardware.mdb.slave_lines import (
    OFF,
    amount_minor,
    amount_text,
    describe_order,
    describe_said,
    line_of,
    read_order,
    read_said,
    setting,
)
from hardware.sansio import UnauthorizedError, WireError
from hardware.simulators.vending_machine import FAULTS, PATIENCE_MS, TURN_MS
from tests.hardware.mdb.machine import AUTHORITY, NAME, Conversation, machine_sim, shopping

VECTORS = tomllib.loads(
    (Path(__file__).parents[2] / "vectors" / "mdb_slave.toml").read_text(encoding="utf-8")
)


# --- lines --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("vector", VECTORS["host"], ids=[vector["what"] for vector in VECTORS["host"]])
def test_a_line_of_the_host_means_what_the_vector_says(vector: dict[str, str]) -> None:
    assert read_order(vector["line"]) is not None
    assert describe_order(vector["line"]) == vector["means"]
    assert describe_said(vector["line"]) == ""


@pytest.mark.parametrize("vector", VECTORS["box"], ids=[vector["what"] for vector in VECTORS["box"]])
def test_a_line_of_the_box_means_what_the_vector_says(vector: dict[str, str]) -> None:
    said = read_said(vector["line"])
    assert said is not None
    assert line_of(said) == vector["line"]
    assert describe_said(vector["line"]) == vector["means"]
    assert read_order(vector["line"]) is None


@given(st.integers(0, 10**9 - 1), st.integers(0, 6))
def test_an_amount_is_read_as_it_was_written(minor: int, exponent: int) -> None:
    assert amount_minor(amount_text(minor, exponent), exponent) == minor


@pytest.mark.parametrize(
    ("text", "exponent", "minor"),
    [
        ("1.5", 2, 150),
        ("1", 2, 100),
        ("1.50", 2, 150),
        ("1.500", 2, None),
        ("1.0", 0, None),
        ("150000", 0, 150_000),
        ("-1", 2, None),
        ("1.", 2, None),
        ("1e3", 2, None),
        ("", 2, None),
        ("1,50", 2, None),
        ("١.٥", 2, None),
    ],
)
def test_an_amount_with_more_decimals_than_the_currency_is_none(
    text: str, exponent: int, minor: int | None
) -> None:
    assert amount_minor(text, exponent) == minor


@given(st.text(max_size=60))
def test_no_line_of_any_kind_raises(line: str) -> None:
    for said in (read_said(line), read_order(line)):
        assert said is None or describe_said(line) or describe_order(line)


def test_an_item_without_a_number_is_told_from_all_others() -> None:
    assert describe_said("c,STATUS,VEND,1.00,0") == "the machine asks for 1.00, item 65535"
    assert read_said("c,STATUS,VEND,1.00,65536") is None
    assert read_said("c,STATUS,VEND,1.00") is None


def test_a_setting_is_letters_and_digits_only() -> None:
    assert setting("mdb-addr", "0x10") == "C,SETCONF,mdb-addr=0x10"
    with pytest.raises(WireError, match="letters, digits"):
        setting("mdb-addr", "0x10\nC,VEND,1")


# --- raw bytes against the simulated machine -------------------------------------------------------------------------


def test_the_simulated_machine_answers_a_raw_script() -> None:
    sim = machine_sim()
    now_ms = 0

    def say(data: bytes, for_ms: int = 20) -> bytes:
        nonlocal now_ms
        sim.receive(data, now_ms)
        now_ms += for_ms
        sim.tick(now_ms)
        return sim.bytes_to_send()

    assert say(b"V\r\n").startswith(b"v,")
    assert say(b"C,0\n") == b"c,SET,OK\r\n"
    assert say(b"C,SETCONF,mdb-addr=0x10\nC,1\n") == b"c,SET,OK\r\nc,STATUS,INACTIVE\r\n"
    assert sim.box.settings == {"mdb-addr": "0x10"}
    assert say(b"C,1\n", 1_000) == b'c,ERR,"cashless is on"\r\nc,STATUS,DISABLED\r\nc,STATUS,ENABLED\r\n'
    assert say(b"C,VEND,1.00\n") == b'c,ERR,"VEND -3"\r\n'
    assert not sim.press(11, now_ms), "no session, no vend"
    assert say(b"C,START,2.00\n") == b"c,STATUS,IDLE\r\n"
    assert say(b"C,START,2.00\n") == b'c,ERR,"START -3"\r\n'
    assert not sim.press(13, now_ms), "it costs more"
    assert sim.press(12, now_ms)
    assert say(b"") == b"c,STATUS,VEND,1.50,12\r\n"
    assert say(b"C,VEND,x\n") == b'c,ERR,"VEND -2"\r\n'
    assert say(b"C,VEND,-1\n") == b"c,STATUS,IDLE\r\n"
    assert sim.press(12, now_ms)
    assert say(b"C,VEND,1.50\n", TURN_MS + 1_000) == (
        b"c,STATUS,VEND,1.50,12\r\nc,VEND,SUCCESS\r\nc,STATUS,IDLE\r\nc,STATUS,ENABLED\r\n"
    )
    assert (sim.inside(12), sim.snapshot()["tray"]) == (4, {"12": 1})
    assert say(b"rubbish\nR,08\n").count(b"e,ERR") == 2


# --- a session ------------------------------------------------------------------------------------------------------


def test_funds_that_stand_still_become_one_session_and_changed_funds_another() -> None:
    conversation = shopping(200)
    conversation.offer(250)
    conversation.run(3_000)
    assert conversation.lines() == ["C,STOP", "C,START,2.50"]
    conversation.offer(0)
    conversation.run(3_000)
    assert conversation.lines() == ["C,STOP"]
    assert conversation.sim.box.funds == ""


def test_settings_are_made_before_the_box_is_switched_on_and_again_when_it_began_anew() -> None:
    conversation = Conversation({"mdb-currency-code": "0x1978"})
    assert conversation.run(5_000) == [MachineIdentified(NAME)]
    assert conversation.sim.box.settings == {"mdb-currency-code": "0x1978"}
    conversation.sim.set_power(False, conversation.now_ms)
    conversation.sim.set_power(True, conversation.now_ms)
    assert conversation.sim.box.settings == {}
    conversation.run(8_000)
    assert conversation.sim.box.settings == {"mdb-currency-code": "0x1978"}
    assert conversation.sim.box.is_on


def test_a_hand_at_the_return_lever_ends_the_session_and_the_offer_comes_back_later() -> None:
    conversation = shopping()
    conversation.sim.act("return", {}, conversation.now_ms)
    assert conversation.run(2_000) == [MachineSessionEnded(NAME)]
    assert conversation.sim.box.funds == ""
    conversation.run(6_000)
    assert conversation.sim.box.funds == "2.00"


# --- a vend ---------------------------------------------------------------------------------------------------------


def test_a_vend_is_asked_for_approved_and_delivered() -> None:
    conversation = shopping()
    asked = conversation.press(12)
    assert (asked.amount_minor, asked.item) == (150, 12)
    conversation.approve("J1", asked)
    assert conversation.run(5_000) == [VendDelivered(NAME, "J1", seen=True)]
    assert conversation.sim.dropped_total == 1


def test_goods_that_did_not_fall_are_not_delivered() -> None:
    conversation = shopping()
    conversation.fault("jam")
    conversation.approve("J1", conversation.press())
    assert conversation.run(5_000) == [VendFailed(NAME, "J1", Fault.UNSPECIFIED)]
    assert conversation.sim.dropped_total == 0


def test_a_denied_vend_moves_nothing_and_the_session_goes_on() -> None:
    conversation = shopping()
    asked = conversation.press()
    conversation.host.request(DenyVend(NAME, asked.request))
    assert conversation.run(4_000) == []
    assert conversation.sim.box.funds == "2.00"
    conversation.approve("J1", asked)
    assert conversation.run(100) == [VendFailed(NAME, "J1", Fault.REFUSED)], "that question is over"
    again = conversation.press()
    assert again.request > asked.request


def test_nothing_is_approved_but_what_was_asked() -> None:
    conversation = shopping()
    asked = conversation.press()
    conversation.approve("J1", asked, 100)
    assert conversation.run(10) == [VendFailed(NAME, "J1", Fault.REFUSED)]
    assert "C,VEND,1.00" not in conversation.lines()
    with pytest.raises(UnauthorizedError):
        conversation.host.request(ApproveVend(NAME, "J2", asked.request, 150))
    with pytest.raises(WireError, match="cannot TurnCoil"):
        conversation.host.request(TurnCoil(NAME, "J3", 1), AUTHORITY)
    with pytest.raises(WireError, match="0 minor units or more"):
        conversation.offer(-1)


def test_a_question_that_nobody_answers_is_denied_before_the_machine_gives_up() -> None:
    assert DECIDE_MS < PATIENCE_MS / 2
    conversation = shopping()
    asked = conversation.press()
    assert conversation.run(DECIDE_MS + 100) == [MachineVendWithdrawn(NAME, asked.request)]
    assert conversation.lines() == ["C,VEND,-1"]


def test_a_machine_that_withdraws_first_sells_nothing() -> None:
    conversation = shopping()
    conversation.fault("impatient")
    assert conversation.sim.press(12, conversation.now_ms)
    asked, withdrawn = conversation.run(200)
    assert isinstance(asked, MachineVendAsked)
    assert withdrawn == MachineVendWithdrawn(NAME, asked.request)
    conversation.approve("J1", asked)
    assert conversation.run(100) == [VendFailed(NAME, "J1", Fault.REFUSED)]
    assert conversation.sim.dropped_total == 0


def test_an_approval_that_crosses_a_withdrawal_is_no_delivery_because_the_session_goes_on() -> None:
    conversation = shopping()
    asked = conversation.press()
    conversation.to_box = lambda data: data if b"C,VEND" not in data else b""
    conversation.approve("J1", asked)
    assert conversation.run(PATIENCE_MS - 100) == []
    assert conversation.run(4_000) == [VendFailed(NAME, "J1", Fault.TIMED_OUT)]
    assert conversation.sim.dropped_total == 0


def test_a_withdrawal_with_nothing_to_bear_it_out_is_unknown() -> None:
    conversation = shopping()
    conversation.approve("J1", conversation.press())
    conversation.run(100)
    # A reset whose number was damaged on the way: the machine turned, and begins anew.
    conversation.to_host = lambda data: data.replace(b"VEND 5", b"VEND 1")
    conversation.sim.box.reset()
    seen = conversation.run(6_000)
    assert [type(event) for event in seen if getattr(event, "job", "") == "J1"] == [VendUnknown]


@pytest.mark.parametrize("state", ["vend", "idle", "enabled"])
def test_a_machine_that_is_switched_off_leaves_a_vend_unknown_and_comes_back(state: str) -> None:
    conversation = Conversation() if state == "enabled" else shopping()
    conversation.run(3_000)
    if state == "vend":
        conversation.approve("J1", conversation.press())
        conversation.run(500)
    conversation.fault("machine_off")
    seen = conversation.run(UNSEEN_MS + 2_000)
    unknown = [VendUnknown(NAME, "J1", Fault.RESTARTED)] if state == "vend" else []
    assert [event for event in seen if not isinstance(event, MachineSessionEnded)] == [
        *unknown,
        DeviceLost(NAME, conversation.sim.kind, Fault.NO_REPLY),
    ]
    conversation.fault("machine_off", False)
    assert MachineIdentified(NAME) in conversation.run(5_000)


def test_a_box_that_falls_silent_leaves_a_vend_unknown_and_a_late_word_is_evidence_only() -> None:
    conversation = shopping()
    conversation.approve("J1", conversation.press())
    conversation.run(100)
    held: list[bytes] = []

    def hold(data: bytes) -> bytes:
        held.append(data)
        return b""

    conversation.to_host = hold
    assert conversation.run(LOST_MS + 3_000) == [
        VendUnknown(NAME, "J1", Fault.NO_REPLY),
        DeviceLost(NAME, conversation.sim.kind, Fault.NO_REPLY),
    ]
    conversation.to_host = bytes
    conversation.host.receive(b"c,VEND,SUCCESS\r\n", conversation.now_ms)
    assert DropSeen(NAME) in conversation.run(100)
    assert any(b"c,VEND,SUCCESS" in data for data in held)


def test_a_lost_word_is_unknown_as_soon_as_the_machine_goes_on() -> None:
    conversation = shopping()
    conversation.fault("lost_word")
    conversation.approve("J1", conversation.press())
    assert conversation.run(6_000) == [VendUnknown(NAME, "J1", Fault.OUT_OF_SEQUENCE)]
    assert conversation.sim.dropped_total == 1


def test_a_vend_that_never_ends_is_unknown_and_the_box_begins_anew() -> None:
    conversation = shopping()
    conversation.approve("J1", conversation.press())
    conversation.to_host = lambda data: data if b"is on" in data else b""
    assert conversation.run(VEND_MS + 1_000) == [VendUnknown(NAME, "J1", Fault.TIMED_OUT)]
    assert OFF in conversation.lines()


def test_a_doubled_line_is_one_question_and_one_delivery() -> None:
    conversation = shopping()
    conversation.to_host = lambda data: data + data if b"VEND" in data else data
    asked = conversation.press()
    conversation.approve("J1", asked)
    assert conversation.run(3_000) == [VendDelivered(NAME, "J1", seen=True), DropSeen(NAME)]
    conversation.to_host = bytes
    conversation.run(3_000)
    conversation.to_box = lambda data: data + data
    conversation.approve("J2", conversation.press())
    assert conversation.run(5_000) == [VendDelivered(NAME, "J2", seen=True)], (
        "its second line is refused, and means nothing"
    )


def test_a_delivery_that_nobody_allowed_is_evidence_and_no_sale() -> None:
    conversation = shopping()
    conversation.host.receive(b"c,VEND,SUCCESS\r\n", conversation.now_ms)
    assert conversation.run(10) == [DropSeen(NAME)]


def test_more_decimals_than_the_currency_has_are_denied_and_said_once() -> None:
    conversation = shopping()
    conversation.fault("wrong_scale")
    for expected in ([DeviceFaulted(NAME, conversation.sim.kind, Fault.WRONG_SCALE)], []):
        assert conversation.sim.press(12, conversation.now_ms)
        assert conversation.run(500) == expected
        assert conversation.lines() == ["C,VEND,-1"]
    conversation.fault("wrong_scale", False)
    assert conversation.sim.press(12, conversation.now_ms)
    assert conversation.run(10) == [
        DeviceRecovered(NAME, conversation.sim.kind),
        MachineVendAsked(NAME, 1, 150, 12),
    ]


def test_funds_beyond_the_boxs_scale_are_a_fault_and_not_offered_again_at_once() -> None:
    conversation = Conversation()
    conversation.run(3_000)
    conversation.to_host = lambda data: data.replace(b"c,STATUS,IDLE", b'c,ERR,"START -2"')
    conversation.offer(10_000)
    assert conversation.run(1_000) == [DeviceFaulted(NAME, conversation.sim.kind, Fault.WRONG_SCALE)]
    assert conversation.lines() == [OFF, "C,START,100.00"]


def test_a_request_that_cannot_be_read_gets_a_no() -> None:
    conversation = shopping()
    conversation.to_host = lambda data: data.replace(b"1.50", b"1.5p")
    assert conversation.sim.press(12, conversation.now_ms)
    assert conversation.run(100) == []
    assert conversation.lines() == ["C,VEND,-1"]
    assert conversation.sim.dropped_total == 0


def test_an_open_door_takes_the_machine_away_and_says_so() -> None:
    conversation = Conversation()
    conversation.fault("door_open")
    assert conversation.run(UNSEEN_MS + 3_000) == [DeviceLost(NAME, conversation.sim.kind, Fault.REFUSED)]
    conversation.fault("door_open", False)
    assert conversation.run(3_000) == [MachineIdentified(NAME)]


def test_a_lost_word_that_the_machine_enabled_us_is_asked_for_again() -> None:
    conversation = Conversation()
    conversation.to_host = lambda data: data.replace(b"c,STATUS,ENABLED\r\n", b"")
    assert conversation.run(3_000) == []
    conversation.to_host = bytes
    assert MachineIdentified(NAME) in conversation.run(UNSEEN_MS + 3_000)


def test_a_machine_that_lies_delivers_by_its_word() -> None:
    conversation = shopping()
    conversation.fault("lies")
    conversation.fault("jam")
    conversation.approve("J1", conversation.press())
    assert conversation.run(5_000) == [VendDelivered(NAME, "J1", seen=True)]


@given(st.binary(max_size=200), st.lists(st.integers(0, 200), max_size=6))
def test_no_bytes_of_a_line_let_anything_be_sold(noise: bytes, cuts: list[int]) -> None:
    conversation = shopping()
    places = sorted({0, len(noise), *(cut for cut in cuts if cut < len(noise))})
    for since, until in itertools.pairwise(places):
        conversation.host.receive(noise[since:until], conversation.now_ms)
    conversation.run(500)
    assert not [line for line in conversation.lines() if line.startswith("C,VEND,") and line != "C,VEND,-1"]
    assert not [
        event for event in conversation.seen if isinstance(event, VendDelivered | VendFailed | VendUnknown)
    ]


@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_befalls_it_each_vend_has_one_end_and_no_more_falls_than_was_allowed(fault: str) -> None:
    conversation = shopping(1_000)
    conversation.fault(fault)
    jobs: list[str] = []
    for number in range(4):
        if conversation.sim.press(12, conversation.now_ms):
            conversation.run(20)
            asked = conversation.seen[-1] if conversation.seen else None
            if isinstance(asked, MachineVendAsked):
                jobs.append(f"J{number}")
                conversation.approve(jobs[-1], asked)
        conversation.run(20_000)
    conversation.fault(fault, False)
    conversation.run(VEND_MS)
    ends = [
        event for event in conversation.seen if isinstance(event, VendDelivered | VendFailed | VendUnknown)
    ]
    assert [event.job for event in ends] == jobs
    assert conversation.sim.dropped_total - sum(conversation.sim.extra.values()) <= len(jobs)
    sold = [event for event in ends if isinstance(event, VendDelivered)]
    fell = conversation.sim.dropped_total - sum(conversation.sim.extra.values())
    failed = [event for event in ends if isinstance(event, VendFailed)]
    if fault != "lies":
        assert len(sold) <= fell <= len(jobs) - len(failed)


def test_the_simulated_machine_keeps_its_pieces_through_a_power_cut() -> None:
    sim = machine_sim()
    sim.act("load", {"item": "11", "qty": "3"}, 0)
    truth = sim.snapshot()
    other = machine_sim()
    other.recall(sim.remember())
    assert other.snapshot() == truth
    sim.set_power(False, 10)
    sim.set_power(True, 20)
    assert sim.snapshot()["coils"] == truth["coils"]
